/* What is done to all of them, and before it is done which of them it can be done to. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import type { FieldRow, Values } from './actions.ts';
import { hindrance, noUser } from './bulk.ts';
import type { BulkRow, Hindrance, Try } from './bulk.ts';
import { useDesk } from './desk.ts';
import type { Desk } from './desk.ts';
import { ErrorSummary, Field } from './field.tsx';
import type { Fault } from './field.tsx';
import type { Options } from './filters.tsx';
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
    reason: [['', t.choose], ...Object.entries(t.reason)],
  };

  return tables[name] ?? [];
}

interface Judged {
  tries: Try[];
  barred: [item: Item, why: Hindrance][];
}

function judge(items: Item[], row: BulkRow, values: Values, { session, lists }: Desk): Judged {
  const judged: Judged = { tries: [], barred: [] };

  for (const item of items) {
    const why = hindrance(item, row, values, { session, access: lists.access, colleagues: lists.colleagues });
    if (why) judged.barred.push([item, why]);
    else judged.tries.push({ item, version: item.version, isUnsure: false });
  }
  return judged;
}

function Before({ name, row, values, judged, options }: { name: string; row: BulkRow; values: Values; judged: Judged;
  options: (field: FieldRow) => Options }): JSX.Element {
  const t = useWords();
  const n = judged.tries.length;
  const reasons = [...new Set(judged.barred.map(([, why]) => why))];
  const what = row.fields.filter(({ kind, name: field }) => kind === 'choice' && field !== 'ground')
    .flatMap((field) => options(field).filter(([code]) => code && code === values[field.name]).map(([, text]) => text)).join(', ');

  return (
    <div class="before">
      <p role="status">
        {n > 0 ? fill(wordOf(t.bulk.will, name), { cases: n === 1 ? t.bulk.oneCase : fill(t.bulk.cases, { n }), what: what || '…' }) : t.bulk.noneCan}
        {judged.barred.length > 0 && <>{' '}<strong>{fill(t.bulk.cannot, { n: judged.barred.length })}</strong>:{' '}
          {reasons.map((why) => t.bulk.hindrance[why]).join(', ')}.</>}
      </p>
      {judged.barred.length > 0 && <details>
        <summary>{t.bulk.why}</summary>
        <ul>{judged.barred.map(([{ number }, why]) => <li key={number}>{number}: {t.bulk.hindrance[why]}</li>)}</ul>
      </details>}
    </div>);
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
  const judged = judge(items, row, values, desk);
  const options = (field: FieldRow): Options => bulkOptions(t, desk, field.name, items);
  const set = (field: string, value: string): void => setValues(drafts[name] = { ...values, [field]: value });
  const submit = (event: Event): void => {
    event.preventDefault();
    const wrong = faultsOf(t, row, values, judged);
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
      <p class="soft">{t.bulk.lead}{row.code === 'transfer' && <> {t.bulk.sent}</>}</p>
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
