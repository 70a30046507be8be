/* Cells of a row that are there when their column is chosen. */
import type { JSX } from 'preact';

import { always, columnNames } from './columns.ts';
import type { ColumnName, Columns } from './columns.ts';
import { boardName, categoryName, useDesk } from './desk.ts';
import type { Lists } from './desk.ts';
import { instant } from './format.ts';
import type { Item } from './types.ts';
import { useWords, wordOf } from './words.ts';
import type { Texts } from './texts/sv.ts';

function textOf(t: Texts, lists: Lists, item: Item, name: ColumnName): string {
  const texts: Partial<Record<ColumnName, string | null | undefined>> = {
    category: categoryName(lists, item.category) ?? t.unknownCategory, board: boardName(lists, item.board),
    unit: item.unitName, district: item.districtName, received: instant(t, item.receivedAt),
    channel: wordOf(t.channel, item.channel ?? null) };

  return texts[name] || '–';
}

export function ExtraCells({ item, columns }: { item: Item; columns: Columns }): JSX.Element {
  const t = useWords();
  const { lists } = useDesk();

  return (
    <>{columnNames.filter((name) => !always.includes(name) && columns.has(name)).map((name) => (
      <div class="extra" key={name}>
        <span class="away">{t.column[name]}: </span>
        <span lang={name === 'received' || name === 'channel' ? undefined : 'sv'}>{textOf(t, lists, item, name)}</span>
      </div>))}</>);
}
