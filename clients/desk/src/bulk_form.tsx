/* What is done to all of them, and before it is done which of them it can be done to. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import { reasonsOf } from './action_field.tsx';
import type { FieldRow, Values } from './actions.ts';
import { Before } from './bulk_before.tsx';
import type { Judged } from './bulk_before.tsx';
import { hindrance, noUser, templateFor } from './bulk.ts';
import type { BulkRow, Try } from './bulk.ts';
import { templateOptions, unfilled, useFilled } from './bulk_templates.ts';
import type { FilledOf } from './bulk_templates.ts';
import { useDesk } from './desk.ts';
import type { Desk } from './desk.ts';
import { ErrorSummary, Field } from './field.tsx';
import type { Fault } from './field.tsx';
import type { Options } from './options.ts';
import type { Item } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';
import type { Texts } from './texts/sv.ts';

export function bulkOptions(t: Texts, { lists, session }: Desk, name: string, items: Item[]): Options {
  const boards = new Set(items.map(({ board }) => board));
  const isHere = (c: { boards: string[] }): boolean => c.boards.some((board) => boards.has(board));
  const tables: Record<string, Options> = {
    user: [['', t.choose], ...lists.colleagues.filter((c) => c.user === session.user && isHere(c))
      .map((c): [string, string] => [c.user, fill(t.bulk.me, { name: c.name })]),
    ...lists.colleagues.filter((c) => c.user !== session.user && isHere(c)).map((c): [string, string] => [c.user, c.name]),
    [noUser, t.bulk.nobody]],
    category: [['', t.bulk.asIs], ...lists.categories.map((c): [string, string] => [c.code, c.name])],
    type: [['', t.bulk.asIs], ...Object.entries(t.type)],
    qualityDimension: [['', t.bulk.asIs], ...Object.entries(t.dimension)],
    board: [['', t.choose], ...lists.boards.filter((b) => boards.size > 1 || !boards.has(b.code))
      .map((b): [string, string] => [b.code, b.name])],
    ground: [['', t.choose], ...Object.entries(t.ground).filter(([code]) => code !== 'consent')],
    reason: [['', t.choose], ...reasonsOf(t)],
    close: [['', t.form.keepOpen], ...reasonsOf(t)],
  };

  return tables[name] ?? [];
}

function judge(items: Item[], row: BulkRow, values: Values, { session, lists }: Desk, filled: FilledOf): Judged {
  const judged: Judged = { tries: [], barred: [] };

  for (const item of items) {
    const why = hindrance(item, row, values, { session, access: lists.access, colleagues: lists.colleagues, filled });
    if (why) judged.barred.push([item, why]);
    else judged.tries.push({ item, version: item.version, isUnsure: false,
      ...(row.code === 'reply' && { words: templateFor(item.number, values, filled)?.text }) });
  }
  return judged;
}

interface BulkFormProps {
  name: string;
  row: BulkRow;
  items: Item[];
  drafts: Record<string, Values>;
  onStart: (tries: Try[], values: Values) => void;
  onClose: () => void;
}

function faultsOf(t: Texts, row: BulkRow, values: Values, judged: Judged): Fault[] {
  const faults = row.fields.filter((field) => field.isRequired && !values[field.name])
    .map((field) => ({ id: `bulk-${field.name}`, text: fill(t.error.required, { label: wordOf(t.form, field.label) }) }));

  if (row.code === 'change' && !Object.values(values).some(Boolean)) return [{ id: 'bulk-category', text: t.bulk.fill }];
  if (!faults.length && !judged.tries.length) return [{ id: `bulk-${row.fields[0]?.name}`, text: t.bulk.noneCan }];
  return faults;
}

export function BulkForm({ name, row, items, drafts, onStart, onClose }: BulkFormProps): JSX.Element {
  const t = useWords();
  const desk = useDesk();
  const form = useRef<HTMLFormElement>(null);
  const [values, setValues] = useState<Values>(drafts[name] ?? {});
  const [faults, setFaults] = useState<Fault[]>([]);
  const filled = useFilled(items, row.code === 'reply');
  const left = row.code === 'reply' ? unfilled(items, filled) : 0;
  const judged = judge(items, row, values, desk, filled);
  const options = (field: FieldRow): Options => field.name === 'template'
    ? [['', t.choose], ...templateOptions(filled, items.length)] : bulkOptions(t, desk, field.name, items);
  const set = (field: string, value: string): void => setValues(drafts[name] = { ...values, [field]: value });
  const submit = (event: Event): void => {
    event.preventDefault();
    const wrong = left > 0 ? [{ id: 'bulk-template', text: fill(t.bulk.fetching, { n: filled.size, of: items.length }) }]
      : faultsOf(t, row, values, judged);
    setFaults(wrong);
    if (!wrong.length) onStart(judged.tries, values);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.current?.requestSubmit();
  };

  useLayoutEffect(() => form.current?.querySelector<HTMLElement>('select, textarea')?.focus(), []);
  return (
    <form class="bulk" ref={form} noValidate onSubmit={submit} onKeyDown={onKey} aria-labelledby="bulk-what">
      <h3 id="bulk-what">{wordOf(t.action, name)}</h3>
      <p class="soft">{t.bulk.lead}{row.code === 'transfer' && <> {t.bulk.sent}</>}
        {row.code === 'reply' && <> {t.bulk.templates} {left > 0 && fill(t.bulk.fetching, { n: filled.size, of: items.length })}</>}</p>
      <ErrorSummary title={t.error.summary} faults={faults} />
      {row.fields.map((field) => (
        <Field key={field.name} id={`bulk-${field.name}`} fault={faults.find(({ id }) => id === `bulk-${field.name}`)?.text}
          label={<>{wordOf(t.form, field.label)}{!field.isRequired && field.kind === 'text'
            && <span class="optional"> ({t.optional})</span>}</>}>
          {(aria) => (field.kind === 'text'
            ? <textarea {...aria} rows={4} maxLength={10_000} value={values[field.name] ?? ''}
              onInput={(event) => set(field.name, event.currentTarget.value)} />
            : <select {...aria} value={values[field.name] ?? ''} onChange={(event) => set(field.name, event.currentTarget.value)}>
              {options(field).map(([code, text]) => <option key={code} value={code}>{text}</option>)}
            </select>)}
        </Field>))}
      <Before name={name} row={row} values={values} judged={judged} options={options} />
      <div class="buttons">
        <button type="submit" class="main">{fill(wordOf(t.bulk.go, name), { n: judged.tries.length })}</button>
        <button type="button" onClick={onClose}>{t.cancel}</button>
      </div>
    </form>);
}
