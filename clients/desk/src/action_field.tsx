/* A field of an action's form, with the choices that it has for this case. */
import type { JSX } from 'preact';

import type { FieldRow } from './actions.ts';
import { useDesk } from './desk.ts';
import type { Lists } from './desk.ts';
import { Field } from './field.tsx';
import type { FieldAria } from './field.tsx';
import { FollowersField } from './followers_field.tsx';
import { today } from './format.ts';
import { later } from './later.tsx';
import { PartsField } from './parts_field.tsx';
import { documentsOf, markedDocumentsOf } from './marking.tsx';
import type { Options } from './options.ts';
import type { Case } from './types.ts';
import { useWords, wordOf } from './words.ts';
import type { Texts } from './texts/sv.ts';

const MentionList = later(async () => (await import('./mention_list.tsx')).MentionList);
const MergeChoices = later(async () => (await import('./merge_choices.tsx')).MergeChoices);

/* A duplicate is merged, so that whoever wrote it is answered. */
export function reasonsOf(t: Texts): Options {
  return Object.entries(t.reason).filter(([code]) => code !== 'duplicate');
}

export function optionsOf(t: Texts, lists: Lists, name: string, it: Case): Options {
  const tables: Record<string, Options> = {
    close: [['', t.form.keepOpen], ...reasonsOf(t)],
    reason: [['', t.choose], ...reasonsOf(t)],
    ground: [['', t.choose], ...Object.entries(t.ground)],
    type: Object.entries(t.type),
    category: [...(it.category === null ? [['', t.unknownCategory]] satisfies Options : []),
      ...lists.categories.map((c): [string, string] => [c.code, c.name])],
    qualityDimension: [...(it.qualityDimension === null ? [['', t.case.notSet]] satisfies Options : []),
      ...Object.entries(t.dimension)],
    to: [['', t.choose], ...Object.entries(t.handTo)],
    document: documentsOf(t, it),
    markedDocument: markedDocumentsOf(t, it),
    user: [['', t.choose], ...lists.colleagues.filter((c) => c.boards.includes(it.board))
      .map((c): [string, string] => [c.user, c.name])],
    reader: [['', t.choose], ...it.readers.map((r): [string, string] => [r.user, r.name])],
    concerned: [['', t.choose], ...it.concerns.map((c): [string, string] => [c.user, c.name])],
    board: [['', t.choose], ...lists.boards.filter((b) => b.code !== it.board)
      .map((b): [string, string] => [b.code, b.name])],
  };

  return tables[name] ?? [];
}

interface SectionInputProps {
  aria: FieldAria;
  value: string;
  onInput: (event: { currentTarget: { value: string } }) => void;
}

/* A section of law: the common ones are offered, others can be written. */
function SectionInput({ aria, value, onInput }: SectionInputProps): JSX.Element {
  const { lists } = useDesk();

  return (
    <>
      <input {...aria} type="text" list={`${aria.id}-list`} value={value} autoComplete="off" onInput={onInput} />
      <datalist id={`${aria.id}-list`}>{lists.sections.map(({ section, name }) => (
        <option key={section} value={section}>{name}</option>))}</datalist>
    </>);
}

interface ActionFieldProps {
  id: string;
  field: FieldRow;
  it: Case;
  value: string;
  fault: string | undefined;
  onValue: (value: string) => void;
}

/* Of a ground: what it means, so that nobody must know the section by heart. */
function hintOf(t: Texts, field: FieldRow, value: string): string | undefined {
  if (field.name === 'ground') return wordOf(t.groundMeans, value || 'choose');
  if (field.name === 'reason') return t.merged.hint;
  return field.kind === 'section' ? t.form.sectionHint : undefined;
}

/* All of them beside each other, for whoever does not know which it is. */
function Grounds(): JSX.Element {
  const t = useWords();

  return (
    <details class="grounds">
      <summary>{t.form.grounds}</summary>
      <dl>{Object.entries(t.ground).map(([code, name]) => (
        <div key={code}><dt>{name}</dt><dd>{wordOf(t.groundMeans, code)}</dd></div>))}</dl>
    </details>);
}

export function ActionField({ id, field, it, value, fault, onValue }: ActionFieldProps): JSX.Element {
  const t = useWords();
  const { lists } = useDesk();
  const isChosen = field.kind === 'choice';
  const set = (event: { currentTarget: { value: string } }): void => onValue(event.currentTarget.value);
  const label = <>{wordOf(t.form, field.label)}{!field.isRequired && !isChosen && field.kind !== 'line'
    && <span class="optional"> ({t.optional})</span>}</>;

  if (field.isShown && !field.isShown(it)) return <></>;
  if (field.kind === 'followers') return <FollowersField id={id} it={it} value={value} onValue={onValue} />;
  if (field.kind === 'mentions') return <MentionList number={it.number} area="act-text" value={value} onValue={onValue} />;
  if (field.kind === 'parts') return <PartsField id={id} it={it} value={value} onValue={onValue} />;
  const list = field.kind === 'merge' ? <MergeChoices it={it} value={value} onValue={onValue} />
    : field.name === 'ground' && <Grounds />;
  return (
    <Field id={id} label={label} after={list} fault={fault} hint={hintOf(t, field, value)}>
      {(aria) => {
        if (field.kind === 'text') return <textarea {...aria} value={value} rows={6} onInput={set} />;
        if (field.kind === 'line' || field.kind === 'merge') return <input {...aria} type="text" autocomplete="off" value={value} onInput={set} />;
        if (field.kind === 'date') return <input {...aria} type="date" value={value} min={today()} onInput={set} />;
        if (field.kind === 'section') return <SectionInput aria={aria} value={value} onInput={set} />;
        return (
          <select {...aria} value={value} onChange={set}>
            {optionsOf(t, lists, field.choices ?? field.name, it).map(([code, text]) => <option key={code} value={code}>{text}</option>)}
          </select>);
      }}
    </Field>);
}
