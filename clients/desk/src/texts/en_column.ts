/* Columns of the queue, in English. */
import type { column as texts } from './sv_column.ts';

export const column: typeof texts = {
  title: 'Columns',
  due: 'Answer',
  state: 'State',
  handler: 'Handler',
  category: 'Subject',
  board: 'Board',
  unit: 'Unit',
  district: 'District',
  received: 'Received',
  channel: 'Channel',
  hint: 'On wide screens. Kept on this device.',
};
