/* What takes a plain complaint, by category and district: a row for each rule and board, so
 * that it is read on a telephone, too. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { fitsWords } from './commands.ts';
import { Check } from './field.tsx';
import { nameOf, outcomeWord } from './rules.ts';
import type { Speaker } from './rules.ts';
import { tableRows } from './rules_rows.ts';
import type { TableFilter, TableRow } from './rules_rows.ts';
import type { RuleRow } from './types.ts';
import { fill } from './words.ts';

const most = 400; /* rows that are drawn; one narrows it */

function districtText({ w, districts }: Speaker, { isAll, districts: held }: TableRow): string {
  return isAll ? w.allDistricts : held.map((code) => code === null ? w.unknownDistrict : nameOf(districts, code)).join(', ');
}

function Filters({ speaker, filter, boards, set }: { speaker: Speaker; filter: TableFilter; boards: string[]; set: (some: Partial<TableFilter>) => void }): JSX.Element {
  const { w, districts } = speaker;

  return (
    <div class="filters">
      <div class="field"><label for="table-category">{w.filterCategory}</label>
        <input id="table-category" type="search" autocomplete="off" value={filter.category} onInput={(event) => set({ category: event.currentTarget.value })} /></div>
      <div class="field"><label for="table-district">{w.district}</label>
        <select id="table-district" value={filter.district} onChange={(event) => set({ district: event.currentTarget.value })}>
          <option value="">{w.any}</option><option value="-">{w.unknownDistrict}</option>
          {districts.map(([code, name]) => <option key={code} value={code}>{name}</option>)}</select></div>
      <div class="field"><label for="table-board">{w.filterBoard}</label>
        <select id="table-board" value={filter.board} onChange={(event) => set({ board: event.currentTarget.value })}>
          <option value="">{w.any}</option>
          {boards.map((code) => <option key={code} value={code}>{outcomeWord(speaker, code)}</option>)}</select></div>
      <Check text={w.onlyGaps} isOn={filter.onlyGaps} onChange={(onlyGaps) => set({ onlyGaps })} />
    </div>);
}

function Rows({ speaker, rows }: { speaker: Speaker; rows: TableRow[] }): JSX.Element {
  const { w } = speaker;
  const ruleText = (rule: string): string => rule === 'none' ? `▲ ${w.noRule}` : rule === 'failed' ? `▲ ${w.failedRule}` : rule;

  return (
    <div class="wide" role="region" tabIndex={0} aria-labelledby="table-title">
      <table class="stacked">
        <thead><tr><th scope="col">{w.category}</th><th scope="col">{w.district}</th><th scope="col">{w.rule}</th><th scope="col">{w.board}</th></tr></thead>
        <tbody>{rows.map((row) => (
          <tr key={`${row.category} ${row.rule} ${row.board}`}>
            <th scope="row" lang="sv">{row.category === 'none' ? w.noCategory : row.name}</th>
            <td data-label={w.district} lang="sv">{districtText(speaker, row)}</td>
            <td data-label={w.rule}>{ruleText(row.rule)}</td>
            <td data-label={w.board} lang="sv">{outcomeWord(speaker, row.board)}</td>
          </tr>))}</tbody>
      </table>
    </div>);
}

export function RuleTable({ speaker, table }: { speaker: Speaker; table: RuleRow[] }): JSX.Element {
  const { w } = speaker;
  const [filter, setFilter] = useState<TableFilter>({ category: '', district: '', board: '', onlyGaps: false });
  const [isOpen, setOpen] = useState(false);
  const boards = [...new Set(table.flatMap(({ districts }) => districts.map(({ board }) => board)))].sort();
  const rows = isOpen ? tableRows(table, filter, (seen, sought) => fitsWords([seen], sought)) : [];

  return (
    <section class="card">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary><h2 id="table-title">{w.table}</h2></summary>
        <p>{w.tableLead}</p>
        {isOpen && <>
          <Filters speaker={speaker} filter={filter} boards={boards} set={(some) => setFilter({ ...filter, ...some })} />
          <p role="status" class="soft">{rows.length ? fill(w.tableRows, { n: rows.length }) : w.noRows}</p>
          {rows.length > 0 && <Rows speaker={speaker} rows={rows.slice(0, most)} />}
        </>}
      </details>
    </section>);
}
