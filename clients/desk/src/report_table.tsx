/* A table of a report as the server has made it: a row's name, its figures in words. */
import type { JSX } from 'preact';

import type { ReportTable as Table } from './types.ts';

export function ReportTable({ table }: { table: Table }): JSX.Element {
  const id = `table-${table.id}`;

  return (
    <div class="wide" role="region" tabIndex={0} aria-labelledby={id} lang="sv">
      <table>
        <caption id={id}>{table.title}</caption>
        <thead><tr><th scope="col">{table.head}</th>{table.columns.map((column) => (
          <th scope="col" key={column.id} class={column.kind === 'text' ? '' : 'figure'}>{column.title}</th>))}</tr></thead>
        <tbody>{table.rows.map((row, i) => (
          <tr key={`${row.id ?? ''}${i}`} class={row.total ? 'total' : ''}>
            <th scope="row">{row.name}</th>
            {(row.cells ?? []).map((cell, c) => (
              <td key={c} class={table.columns[c]?.kind === 'text' ? '' : 'figure'}>{cell.text}{cell.note && <span class="soft"> {cell.note}</span>}</td>))}
          </tr>))}</tbody>
      </table>
    </div>);
}
