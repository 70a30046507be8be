/* One rule as it is changed, in its place: when it matches, and what it does then. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { Check, Field } from './field.tsx';
import type { Options } from './options.ts';
import { LinesField, ManyField } from './rules_field.tsx';
import { areaKey, areaName, areaOf, itemWord, outcomeWord, policyWord, withField } from './rules.ts';
import type { FieldFaults, ListField, Speaker } from './rules.ts';
import type { Rule } from './types.ts';
import { wordOf } from './words.ts';

interface FormProps {
  speaker: Speaker;
  rule: Rule;
  at: number;
  faults: FieldFaults;
  onRule: (rule: Rule) => void;
  onClose: () => void;
}

interface PartProps extends Omit<FormProps, 'onClose'> {
  set: <K extends keyof Rule>(name: K, value: Rule[K] | undefined) => void;
}

function TextField({ speaker: { w }, rule, at, faults, set, name, type = 'text' }: PartProps & { name: 'code' | 'handler' | 'validFrom' | 'validTo'; type?: 'text' | 'date' }): JSX.Element {
  return (
    <Field id={`rule-${at}-${name}`} label={wordOf(w.fields, name)} hint={w.hints[name]} fault={faults[name]}>
      {(aria) => <>{type === 'date' ? <input {...aria} type="date" class="short" value={rule[name] ?? ''} onInput={(event) => set(name, event.currentTarget.value)} />
        : <input {...aria} type="text" autocomplete="off" value={rule[name] ?? ''} onInput={(event) => set(name, event.currentTarget.value)} />}</>}
    </Field>);
}

interface ChoiceProps {
  id: string;
  label: string;
  fault: string | undefined;
  value: string;
  options: Options; /* without the empty one */
  none?: string; /* what the empty one is called; without it there is none */
  onValue: (value: string) => void;
}

/* What a rule has is a choice even when it is none today. */
function Choice({ id, label, fault, value, options, none, onValue }: ChoiceProps): JSX.Element {
  const all = value && !options.some(([code]) => code === value) ? [[value, value] satisfies [string, string], ...options] : options;

  return (
    <Field id={id} label={label} fault={fault}>
      {(aria) => <select {...aria} value={value} onChange={(event) => onValue(event.currentTarget.value)}>
        {none !== undefined && <option value="">{none}</option>}
        {all.map(([code, text]) => <option key={code} value={code}>{text}</option>)}</select>}
    </Field>);
}

const classes = [1, 2, 3, 4];
const classOptions: Options = classes.map((n) => [String(n), `S${n}`]);

function choicesOf(speaker: Speaker, field: ListField): string[] {
  const { t, lists, districts, names } = speaker;

  if (field === 'categories') return ['none', ...lists.categories.map(({ code }) => code)];
  if (field === 'types') return Object.keys(t.type);
  if (field === 'channels') return Object.keys(t.channel);
  if (field === 'districts') return districts.map(([code]) => code);
  return field === 'units' ? names.units.map(({ code }) => code) : names.mailboxes;
}

function Many(props: PartProps & { name: Exclude<ListField, 'words' | 'languages'> }): JSX.Element {
  const { speaker, rule, at, faults, set, name } = props;

  return <ManyField id={`rule-${at}-${name}`} w={speaker.w} label={wordOf(speaker.w.fields, name)} fault={faults[name]} held={rule[name] ?? []}
    options={choicesOf(speaker, name).map((code) => [code, itemWord(speaker, name, code)])} onHeld={(held) => set(name, held)} />;
}

/* Other areas have a kind, too: a school's catchment may have the code of a park. */
function Areas({ speaker, rule, at, faults, set }: PartProps): JSX.Element {
  const { w, names } = speaker;
  const known = (rule.areas ?? []).map(areaKey);

  return <ManyField id={`rule-${at}-areas`} w={w} label={wordOf(w.fields, 'areas')} fault={faults['areas']} held={known}
    options={[...new Set([...names.areas.map(areaKey), ...known])].map((key) => [key, areaName(speaker, key)])}
    onHeld={(held) => set('areas', held.map(areaOf))} />;
}

function Season({ speaker: { w }, rule, at, faults, set }: PartProps): JSX.Element {
  const { from = '', to = '' } = rule.season ?? {};
  const one = (name: 'seasonFrom' | 'seasonTo', value: string, next: (text: string) => NonNullable<Rule['season']>): JSX.Element => (
    <Field id={`rule-${at}-${name}`} label={wordOf(w.fields, name)} hint={w.hints[name]} fault={faults[name]}>
      {(aria) => <input {...aria} type="text" class="short" autocomplete="off" maxLength={5} value={value} onInput={(event) => {
        const season = next(event.currentTarget.value.trim());
        set('season', season.from || season.to ? season : undefined);
      }} />}
    </Field>);

  return <div class="beside">{one('seasonFrom', from, (text) => ({ from: text, to }))}{one('seasonTo', to, (text) => ({ from, to: text }))}</div>;
}

/* What few rules ask is folded away, unless this one did when it was opened: it does not fold by
 * itself while somebody is in it. */
function MoreConditions(props: PartProps): JSX.Element {
  const { speaker, rule, at, faults, set } = props;
  const { w } = speaker;
  const [isUsed] = useState( Boolean(rule.types ?? rule.areas ?? rule.units ?? rule.channels ?? rule.mailboxes ?? rule.languages ?? rule.sensitivityAtLeast ?? rule.season ?? rule.validFrom ?? rule.validTo));

  return (
    <details open={isUsed}><summary>{[w.fields['types'], w.fields['units'], w.fields['channels'], w.fields['seasonFrom'], '…'].join(', ')}</summary>
      <Many {...props} name="types" />
      <Many {...props} name="units" />
      <Many {...props} name="channels" />
      <Many {...props} name="mailboxes" />
      <Areas {...props} />
      <LinesField id={`rule-${at}-languages`} label={wordOf(w.fields, 'languages')} hint={w.hints['languages']} fault={faults['languages']} held={rule.languages ?? []} onHeld={(held) => set('languages', held)} />
      <Choice id={`rule-${at}-sensitivityAtLeast`} label={wordOf(w.fields, 'sensitivityAtLeast')} fault={faults['sensitivityAtLeast']} none={w.any} options={classOptions}
        value={String(rule.sensitivityAtLeast ?? '')} onValue={(value) => set('sensitivityAtLeast', value ? Number(value) : undefined)} />
      <Season {...props} />
      <div class="beside"><TextField {...props} name="validFrom" type="date" /><TextField {...props} name="validTo" type="date" /></div>
    </details>);
}

function Conditions(props: PartProps): JSX.Element {
  const { speaker: { w }, rule, at, faults, set } = props;

  return (
    <fieldset><legend>{w.conditions}</legend>
      <Many {...props} name="categories" />
      <Many {...props} name="districts" />
      <LinesField id={`rule-${at}-words`} label={wordOf(w.fields, 'words')} hint={w.hints['words']} fault={faults['words']} held={rule.words ?? []} onHeld={(held) => set('words', held)} />
      <Check id={`rule-${at}-stems`} text={wordOf(w.fields, 'stems')} isOn={rule.stems ?? false} onChange={(isOn) => set('stems', isOn || undefined)} />
      <MoreConditions {...props} />
    </fieldset>);
}

function Outcome(props: PartProps): JSX.Element {
  const { speaker, rule, at, faults, set } = props;
  const { w, lists, names } = speaker;
  const outcomes = [...Object.keys(w.found), ...lists.boards.map(({ code }) => code)];

  return (
    <fieldset><legend>{w.outcomes}</legend>
      <Choice id={`rule-${at}-outcome`} label={wordOf(w.fields, 'outcome')} fault={faults['outcome']} value={rule.outcome} options={outcomes.map((code) => [code, outcomeWord(speaker, code)])}
        onValue={(value) => set('outcome', value)} />
      <Choice id={`rule-${at}-setsCategory`} label={wordOf(w.fields, 'setsCategory')} fault={faults['setsCategory']} none={w.noChoice} value={rule.setsCategory ?? ''}
        options={lists.categories.map(({ code, name }) => [code, name])} onValue={(value) => set('setsCategory', value)} />
      <Choice id={`rule-${at}-unit`} label={wordOf(w.fields, 'unit')} fault={faults['unit']} none={w.noChoice} value={rule.unit ?? ''}
        options={names.units.filter(({ board }) => board === rule.outcome || w.found[rule.outcome] !== undefined).map(({ code, name }) => [code, name])} onValue={(value) => set('unit', value)} />
      <TextField {...props} name="handler" />
      <Choice id={`rule-${at}-sensitivity`} label={wordOf(w.fields, 'sensitivity')} fault={faults['sensitivity']} none={w.noChoice} options={classOptions}
        value={String(rule.sensitivity ?? '')} onValue={(value) => set('sensitivity', value ? Number(value) : undefined)} />
      <Choice id={`rule-${at}-deadlinePolicy`} label={wordOf(w.fields, 'deadlinePolicy')} fault={faults['deadlinePolicy']} none={w.noChoice} value={String(rule.deadlinePolicy ?? '')}
        options={names.policies.map(({ id }) => [String(id), policyWord(speaker, id)])} onValue={(value) => set('deadlinePolicy', value ? Number(value) : undefined)} />
      <Check id={`rule-${at}-priority`} text={wordOf(w.fields, 'priority')} isOn={rule.priority === 'high'} onChange={(isOn) => set('priority', isOn ? 'high' : undefined)} />
      <Check id={`rule-${at}-needsHuman`} text={wordOf(w.fields, 'needsHuman')} isOn={rule.needsHuman ?? false} onChange={(isOn) => set('needsHuman', isOn || undefined)} />
      <Field id={`rule-${at}-because`} label={wordOf(w.fields, 'because')} hint={w.hints['because']} fault={faults['because']}>
        {(aria) => <textarea {...aria} rows={2} lang="sv" maxLength={500} value={rule.because} onInput={(event) => set('because', event.currentTarget.value)} />}
      </Field>
    </fieldset>);
}

/* A code and a reason are always there, empty or not: the check says what is missing. */
export function RuleForm({ onClose, ...props }: FormProps): JSX.Element {
  const { speaker: { w }, rule, onRule } = props;
  const set: PartProps['set'] = (name, value) => {
    const next = withField(rule, name, value);
    onRule({ ...next, code: next.code ?? '', because: next.because ?? '' });
  };

  return (
    <form noValidate class="ruleform" onSubmit={(event) => { event.preventDefault(); onClose(); }}>
      <p class="hint">{w.editClosed}</p>
      <TextField {...props} set={set} name="code" />
      <Conditions {...props} set={set} />
      <Outcome {...props} set={set} />
      <div class="buttons"><button type="submit">{w.close}</button></div>
    </form>);
}
