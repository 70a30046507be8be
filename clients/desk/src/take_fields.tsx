/* The parts of the form in which something is taken down: the same as in the residents'
 * form, with how and when it came. */
import type { ComponentChildren, JSX } from 'preact';

import { useDesk } from './desk.ts';
import { useDistricts } from './districts.ts';
import { Field } from './field.tsx';
import { takingWords } from './texts/taking.ts';
import { fill, useWords, wordOf } from './words.ts';
import { languageName } from './format.ts';
import type { Draft } from './store.ts';
import { behalves, channels, daysSaid, dayShown, idOfField, isDeviation, isProposal, languageCodes, types } from './take.ts';
import { deviationWords } from './texts/deviation.ts';
import type { ReceivedDays } from './types.ts';

export interface PartProps {
  values: Draft;
  days: ReceivedDays | null;
  set: (name: string, value: string) => void;
  faultOf: (name: string) => string | undefined;
}

type InputEvent = { currentTarget: { value: string } };

export function Part({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
  return <fieldset class="card"><legend>{title}</legend>{children}</fieldset>;
}

export interface LineProps extends PartProps {
  name: string;
  label: string;
  hint?: string;
  mode?: 'text' | 'tel' | 'email';
}

export function Line({ values, set, faultOf, name, label, hint, mode = 'text' }: LineProps): JSX.Element {
  return (
    <Field id={idOfField(name)} label={label} hint={hint} fault={faultOf(name)}>
      {(aria) => <input {...aria} type="text" inputMode={mode} autocomplete="off" value={values[name] ?? ''}
        onInput={(event) => set(name, event.currentTarget.value)} />}
    </Field>);
}

interface ChoiceProps extends PartProps {
  name: string;
  label: string;
  hint?: string;
  options: [code: string, text: string][];
}

export function Choice({ values, set, faultOf, name, label, hint, options }: ChoiceProps): JSX.Element {
  return (
    <Field id={idOfField(name)} label={label} hint={hint} fault={faultOf(name)}>
      {(aria) => <select {...aria} value={values[name] ?? ''} onChange={(event: InputEvent) => set(name, event.currentTarget.value)}>
        {options.map(([code, text]) => <option key={code} value={code}>{text}</option>)}
      </select>}
    </Field>);
}

export function TakeHow(props: PartProps): JSX.Element {
  const t = useWords();
  const { values, days, set, faultOf } = props;
  const hint = days ? fill(takingWords(t).receivedHint, daysSaid(t, days)) : '';
  const letter = values['channel'] === 'letter' ? `${takingWords(t).letterHint} ` : '';

  return (
    <Part title={takingWords(t).how}>
      <Choice {...props} name="channel" label={takingWords(t).channel}
        options={channels.map((code) => [code, wordOf(t.channel, code)])} />
      <Field id={idOfField('receivedOn')} label={takingWords(t).receivedOn} hint={`${letter}${hint}`.trim()}
        fault={faultOf('receivedOn')}>
        {(aria) => <input {...aria} type="date" class="short" value={dayShown(values, days)} min={days?.first} max={days?.last}
          onInput={(event) => set('receivedOn', event.currentTarget.value)} />}
      </Field>
    </Part>);
}

export function TakeCategory(props: PartProps): JSX.Element {
  const t = useWords();
  const { lists } = useDesk();

  return (
    <Choice {...props} name="category" label={takingWords(t).category}
      options={[['', takingWords(t).unknown], ...lists.categories.map((c): [string, string] => [c.code, c.name])]} />);
}

export function TakeFiles({ label, onFiles }: { label: string; onFiles: (files: File[]) => void }): JSX.Element {
  const t = useWords();

  return (
    <Field id="take-files" label={<>{label} <span class="optional">({t.optional})</span></>} hint={takingWords(t).filesHint}>
      {(aria) => <input {...aria} type="file" multiple
        onChange={(event) => onFiles([...event.currentTarget.files ?? []])} />}
    </Field>);
}

/* First, since what else is asked for depends on it. */
export function TakeType(props: PartProps): JSX.Element {
  const t = useWords();
  const w = deviationWords(t);
  const hint = isDeviation(props.values) ? w.deviationHint : isProposal(props.values) ? w.proposalHint : undefined;

  return (
    <Part title={w.type}>
      <Choice {...props} name="type" label={takingWords(t).type} {...(hint && { hint })}
        options={types.map((code) => [code, wordOf(t.type, code)])} />
    </Part>);
}

export function TakeWhat(props: PartProps & { onFiles: (files: File[]) => void }): JSX.Element {
  const t = useWords();
  const { values, set, faultOf, onFiles } = props;

  return (
    <Part title={takingWords(t).what}>
      <Field id={idOfField('text')} label={takingWords(t).text} hint={takingWords(t).textHint} fault={faultOf('text')}>
        {(aria) => <textarea {...aria} rows={8} value={values['text'] ?? ''} required
          onInput={(event) => set('text', event.currentTarget.value)} />}
      </Field>
      <TakeCategory {...props} />
      <TakeFiles label={takingWords(t).files} onFiles={onFiles} />
    </Part>);
}

export function TakeWhere(props: PartProps): JSX.Element {
  const t = useWords();
  const districts = useDistricts(useDesk().signIns);

  return (
    <Part title={takingWords(t).where}>
      <Line {...props} name="place.address" label={takingWords(t).address} />
      <Choice {...props} name="district" label={takingWords(t).district}
        hint={isProposal(props.values) ? takingWords(t).districtProposal : takingWords(t).districtHint}
        options={[['', takingWords(t).districtUnknown], ...districts]} />
      <Line {...props} name="place.unit" label={takingWords(t).unit} hint={takingWords(t).unitHint} />
    </Part>);
}

export function TakeWho(props: PartProps): JSX.Element {
  const t = useWords();
  const { values, set } = props;

  return (
    <Part title={takingWords(t).who}>
      <p class="hint">{isProposal(values) ? takingWords(t).proposal : takingWords(t).anonymous}</p>
      <Line {...props} name="contact.name" label={takingWords(t).name} />
      {isProposal(values) && <Line {...props} name="contact.address" label={takingWords(t).postal} />}
      <Line {...props} name="contact.phone" label={takingWords(t).phone} mode="tel" />
      <Line {...props} name="contact.email" label={takingWords(t).email} hint={takingWords(t).emailHint} mode="email" />
      <label class="check choice">
        <input type="checkbox" id="take-wants" checked={values['wantsReply'] === 'yes'}
          onChange={(event) => set('wantsReply', event.currentTarget.checked ? 'yes' : 'no')} />
        <span>{takingWords(t).wantsReply}</span>
      </label>
      <Choice {...props} name="onBehalfOf" label={takingWords(t).onBehalfOf}
        options={[['', takingWords(t).notSaid], ...behalves.map((code): [string, string] => [code, wordOf(t.behalf, code)])]} />
      <Choice {...props} name="language" label={takingWords(t).language}
        options={languageCodes.map((code) => [code, languageName(t, code)])} />
    </Part>);
}
