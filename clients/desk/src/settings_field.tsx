/* A field of a setting, by what it holds. */
import type { JSX } from 'preact';

import { Checks } from './checks.tsx';
import { Field } from './field.tsx';
import type { FieldAria } from './field.tsx';
import type { Options } from './options.ts';
import { valueText } from './settings.ts';
import type { Speaker, Values } from './settings.ts';
import { Wording, wordingHint } from './settings_wording.tsx';
import type { SettingField } from './types.ts';
import { wordOf } from './words.ts';

const idOf = (name: string): string => `setting-${name}`;
export { idOf as idOfSetting };

function codesOf({ w, lists, districts }: Speaker, { value, codes }: SettingField): string[] {
  const boards = lists.boards.map((b) => b.code);
  const categories = lists.categories.map((c) => c.code);

  if (value === 'board') return boards;
  if (value === 'owner') return [...Object.keys(w.owners), ...boards];
  if (value === 'category') return categories;
  return value === 'district' ? Object.keys(districts) : codes;
}

/* What a row has is a choice even when it is none today. */
function optionsOf(speaker: Speaker, field: SettingField, held: string): Options {
  const codes = codesOf(speaker, field);
  const all = held && !codes.includes(held) ? [held, ...codes] : codes;

  return [['', field.required ? speaker.t.choose : valueText(speaker, field, null)], ...all.map((code): [string, string] =>
    [code, valueText(speaker, field, code)])];
}

interface SettingInputProps {
  speaker: Speaker;
  field: SettingField;
  value: string;
  fault: string | undefined;
  onValue: (value: string) => void;
  values: Values; /* of the whole row */
}

const chosen = ['board', 'owner', 'category', 'district', 'choice'];

function Choices({ speaker: { w }, field, value, fault, onValue }: SettingInputProps): JSX.Element {
  return <Checks id={idOf(field.name)} legend={wordOf(w.fields, field.name)} fault={fault} chosen={value.split(',')}
    choices={field.codes.map((code) => [code, wordOf(w.stops, code)])} onChange={(chosen) => onValue(chosen.join(','))} />;
}

function input({ speaker, field, value, values, onValue }: SettingInputProps, aria: FieldAria): JSX.Element {
  const set = (event: { currentTarget: { value: string } }): void => onValue(event.currentTarget.value);

  if (chosen.includes(field.value))
    return <select {...aria} value={value} onChange={set}>{optionsOf(speaker, field, value).map(([code, text]) => (
      <option key={code} value={code}>{text}</option>))}</select>;
  if (field.value === 'words') return <Wording aria={aria} speaker={speaker} values={values} value={value} onText={onValue} />;
  if (field.value === 'list') return <textarea {...aria} rows={4} value={value} onInput={set} />;
  if (field.value === 'day') return <input {...aria} type="date" class="short" value={value} onInput={set} />;
  if (field.value === 'number') return <input {...aria} class="short" inputMode="numeric" value={value} onInput={set} />;
  return <input {...aria} type="text" autocomplete="off" value={value} onInput={set} />;
}

export function SettingInput(props: SettingInputProps): JSX.Element {
  const { speaker, field, value, values, fault, onValue } = props;
  const { t, w } = speaker;

  if (field.value === 'choices') return <Choices {...props} />;
  if (field.value === 'yes')
    return (
      <label class="check choice" id={`${idOf(field.name)}-field`}><input id={idOf(field.name)} type="checkbox" checked={value === 'true'}
        onChange={(event) => onValue(event.currentTarget.checked ? 'true' : '')} /><span>{wordOf(w.fields, field.name)}</span></label>);
  return (
    <Field id={idOf(field.name)} hint={field.value === 'words' ? wordingHint(speaker, field, values) : w.hints[field.name]} fault={fault}
      label={<>{wordOf(w.fields, field.name)}{!field.required && !chosen.includes(field.value)
        && <span class="optional"> ({t.optional})</span>}</>}>
      {(aria) => input(props, aria)}
    </Field>);
}
