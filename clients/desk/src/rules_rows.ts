/* What takes a plain complaint, as rows of a table. */
import type { RuleRow } from './types.ts';

export interface TableRow {
  category: string;
  name: string;
  rule: string;
  board: string;
  districts: (string | null)[]; /* null: not known */
  isAll: boolean;
}

export interface TableFilter {
  category: string; /* words */
  district: string; /* '': all; '-': not known */
  board: string;
  onlyGaps: boolean;
}

const isGap = (rule: string): boolean => rule === 'none' || rule === 'failed';

/* Districts that one rule gives to one board are one row. */
export function tableRows(table: RuleRow[], filter: TableFilter, fits: (seen: string, sought: string) => boolean): TableRow[] {
  return table.filter(({ name, category }) => !filter.category.trim() || fits(`${name} ${category}`, filter.category)).flatMap(({ category, name, districts }) => {
    const groups = new Map<string, TableRow>();
    for (const { district, rule, board } of districts) {
      if (filter.district && (district ?? '-') !== filter.district) continue;
      if ((filter.board && board !== filter.board) || (filter.onlyGaps && !isGap(rule))) continue;
      const key = `${rule} ${board}`;
      const group = groups.get(key) ?? { category, name, rule, board, districts: [], isAll: false };
      group.districts.push(district);
      groups.set(key, group);
    }
    return [...groups.values()].map((row) => ({ ...row, isAll: row.districts.length === districts.length }));
  });
}
