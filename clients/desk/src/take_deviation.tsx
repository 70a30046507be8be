/* The form in which staff report a deviation of their own operation: what happened, where,
 * what was done. Nobody complains, so nobody is asked for. */
import type { JSX } from 'preact';

import { readDeviationUnits } from './api.ts';
import { useDesk } from './desk.ts';
import { useFetched } from './fetched.ts';
import { Field } from './field.tsx';
import { today } from './format.ts';
import { idOfField } from './take.ts';
import { Choice, Part, TakeCategory, TakeFiles } from './take_fields.tsx';
import type { PartProps } from './take_fields.tsx';
import { deviationWords } from './texts/deviation.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import { useWords } from './words.ts';

interface AreaProps extends PartProps {
  name: string;
  label: string;
  hint: string;
  rows: number;
}

function Area({ values, set, faultOf, name, label, hint, rows }: AreaProps): JSX.Element {
  return (
    <Field id={idOfField(name)} label={label} hint={hint} fault={faultOf(name)}>
      {(aria) => <textarea {...aria} rows={rows} value={values[name] ?? ''}
        onInput={(event) => set(name, event.currentTarget.value)} />}
    </Field>);
}

/* Of the boards where one takes down. */
function Unit(props: PartProps): JSX.Element {
  const t = useWords();
  const w = deviationWords(t);
  const { value, error, again } = useFetched(readDeviationUnits, [useDesk().signIns]);
  const units = value?.items ?? [];

  return (
    <>
      <Choice {...props} name="deviation.unit" label={w.unit} hint={w.unitHint}
        options={[['', w.unitChoose], ...units.map(({ code, name }): [string, string] => [code, name])]} />
      {value && units.length === 0 && <p class="attention">▲ {w.unitNone}</p>}
      {error !== null && <Trouble text={troubleText(t, error)} onRetry={again} />}
    </>);
}

function Happened(props: PartProps): JSX.Element {
  const t = useWords();
  const w = deviationWords(t);
  const { values, set, faultOf } = props;

  return (
    <Part title={w.happened}>
      <Unit {...props} />
      <Field id={idOfField('deviation.occurredOn')} label={w.occurredOn} hint={w.occurredHint} fault={faultOf('deviation.occurredOn')}>
        {(aria) => <input {...aria} type="date" class="short" value={values['deviation.occurredOn'] ?? ''} max={today()}
          onInput={(event) => set('deviation.occurredOn', event.currentTarget.value)} />}
      </Field>
      <Area {...props} name="text" label={w.text} hint={w.textHint} rows={6} />
      <Area {...props} name="deviation.affected" label={w.affected} hint={w.affectedHint} rows={2} />
      <TakeCategory {...props} />
    </Part>);
}

export function TakeDeviation(props: PartProps & { onFiles: (files: File[]) => void }): JSX.Element {
  const w = deviationWords(useWords());

  return (
    <>
      <Happened {...props} />
      <Part title={w.done}>
        <Area {...props} name="deviation.action" label={w.action} hint={w.actionHint} rows={3} />
        <Choice {...props} name="deviation.statutory" label={w.statutory} hint={w.statutoryHint}
          options={[['', w.chooseStatutory], ...Object.entries(w.statutories)]} />
        <TakeFiles label={w.files} onFiles={props.onFiles} />
      </Part>
    </>);
}
