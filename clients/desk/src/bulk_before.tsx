/* Before it is done: what becomes of how many, which cannot and why, and of a reply its words. */
import type { JSX } from 'preact';

import type { FieldRow, Values } from './actions.ts';
import type { BulkRow, Hindrance, Try } from './bulk.ts';
import type { Options } from './options.ts';
import type { Item } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';

export interface Judged {
  tries: Try[];
  barred: [item: Item, why: Hindrance][];
}

interface BeforeProps {
  name: string;
  row: BulkRow;
  values: Values;
  judged: Judged;
  options: (field: FieldRow) => Options;
}

export function Before({ name, row, values, judged, options }: BeforeProps): JSX.Element {
  const t = useWords();
  const n = judged.tries.length;
  const first = judged.tries[0];
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
      {first?.words !== undefined && <>
        <p class="soft">{fill(t.bulk.reads, { number: first.item.number })}</p>
        <p class="words own">{first.words}</p>
      </>}
    </div>);
}
