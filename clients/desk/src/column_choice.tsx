/* The choice of columns, and their headings. */
import type { JSX } from 'preact';

import { always, columnNames } from './columns.ts';
import type { Columns } from './columns.ts';
import { useWords } from './words.ts';

export function ColumnChoice({ columns }: { columns: Columns }): JSX.Element {
  const t = useWords();

  return (
    <details class="columnchoice">
      <summary>{t.column.title}</summary>
      <fieldset>
        <legend class="away">{t.column.title}</legend>
        {columnNames.map((name) => (
          <label class="check choice" key={name}>
            <input type="checkbox" checked={columns.has(name)} onChange={() => columns.toggle(name)} />
            <span>{t.column[name]}</span>
          </label>))}
        <p class="hint">{t.column.hint}</p>
      </fieldset>
    </details>);
}

/* In the order of a row's cells: due first, then the matter, then the rest. */
export function Labels({ columns }: { columns: Columns }): JSX.Element {
  const t = useWords();
  const rest = [...always.filter((name) => name !== 'due'), ...columnNames.filter((name) => !always.includes(name))];

  return (
    <div class="row labels" aria-hidden="true">
      <span />{columns.has('due') && <span>{t.column.due}</span>}<span>{t.queue.matter}</span>
      {rest.filter(columns.has).map((name) => <span key={name}>{t.column[name]}</span>)}
    </div>);
}
