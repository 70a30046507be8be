/* Which columns the queue has where there is room for columns. Number and matter are always
 * there; a telephone shows what it always has. Remembered on the device. */
import { useState } from 'preact/hooks';

import { settingKeep, settingRead } from './store.ts';

export const columnNames = ['due', 'state', 'handler', 'category', 'board', 'unit', 'district', 'received', 'channel'] as const;
export type ColumnName = (typeof columnNames)[number];

/* Those that stand in the row on a telephone too. */
export const always: readonly ColumnName[] = ['due', 'state', 'handler'];

export function columnsOf(text: string | null): ReadonlySet<ColumnName> {
  const kept = text?.split(',') ?? [...always];

  return new Set(columnNames.filter((name) => kept.includes(name)));
}

export interface Columns {
  has: (name: ColumnName) => boolean;
  toggle: (name: ColumnName) => void;
  classOf: (name: ColumnName) => string; /* of its cell */
  listClass: string;
}

export function useColumns(): Columns {
  const [chosen, setChosen] = useState(() => columnsOf(settingRead('columns')));
  const has = (name: ColumnName): boolean => chosen.has(name);

  return {
    has,
    toggle: (name) => {
      const next = columnNames.filter((one) => (one === name ? !chosen.has(one) : chosen.has(one)));
      settingKeep('columns', next.join(','));
      setChosen(new Set(next));
    },
    listClass: `rows${has('due') ? '' : ' undue'}${chosen.size > 4 ? ' many' : ''}`,
    classOf: (name) => (always.includes(name) ? `${name}${has(name) ? '' : ' off'}` : 'extra'),
  };
}
