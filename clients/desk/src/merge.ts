/* What a fresh look at the queue means for the rows that are on the screen: they stay
 * where they are, and say that they changed. */
import type { Item, Page } from './types.ts';

export type Mark = 'changed' | 'gone';

export interface Rows {
  items: Item[];
  marks: ReadonlyMap<string, Mark>;
  fresh: number; /* rows that a reload would add */
}

export function mergeRows(shown: Rows, seen: Page): Rows {
  const now = new Map(seen.items.map((item) => [item.number, item]));
  const known = new Set(shown.items.map((item) => item.number));
  const marks = new Map(shown.marks);
  const isWhole = seen.next === null || seen.items.length >= shown.items.length;
  const items = shown.items.map((item) => {
    const other = now.get(item.number);

    if (!other && isWhole) marks.set(item.number, 'gone');
    if (!other) return item;
    if (other.version !== item.version) marks.set(item.number, 'changed');
    else if (marks.get(item.number) === 'gone') marks.delete(item.number);
    return other;
  });

  return { items, marks, fresh: freshOf(seen, known, shown.items.length) };
}

/* Beyond the rows that are shown there may always be more; those are not news. */
function freshOf(seen: Page, known: Set<string>, shown: number): number {
  const last = seen.items.reduce((at, item, i) => (known.has(item.number) ? i : at), -1);
  const isAll = seen.next === null && seen.items.length <= Math.max(shown + 50, 50);

  return seen.items.filter((item, i) => !known.has(item.number) && (isAll || i <= last)).length;
}
