import assert from 'node:assert/strict';
import { test } from 'node:test';

import { mergeRows } from './merge.ts';
import type { Rows } from './merge.ts';
import type { Item } from './types.ts';

const item = (number: string, version = 1): Item => ({ number, version, type: 'complaint', category: null,
  board: 'b', status: 'received', receivedAt: '', acknowledgeBy: '', answerBy: '', overdue: false, marked: false, restricted: false, supporters: 0,
  threat: false, protectedIdentity: false,
  handler: null, handlerName: null, snippet: '', acknowledged: false, daysLeft: 3, attention: [] });
const rows = (...numbers: string[]): Rows => ({ items: numbers.map((n) => item(n)), marks: new Map(), fresh: 0 });
const numbers = (r: Rows): string[] => r.items.map((i) => i.number);

test('rows stay where they are; what changed and what went says so', () => {
  const after = mergeRows(rows('a', 'b', 'c'), { items: [item('c', 2), item('a')], next: null });

  assert.deepEqual(numbers(after), ['a', 'b', 'c']);
  assert.deepEqual([...after.marks], [['b', 'gone'], ['c', 'changed']]);
  assert.equal(after.items[2]?.version, 2);
  assert.equal(after.fresh, 0);
});

test('new rows are counted, not shown', () => {
  const after = mergeRows(rows('a', 'b'), { items: [item('n'), item('a'), item('b'), item('z')], next: null });

  assert.deepEqual(numbers(after), ['a', 'b']);
  assert.equal(after.fresh, 2);
});

test('rows of a page that has not been asked for are no news', () => {
  const after = mergeRows(rows('a', 'b'), { items: [item('a'), item('b'), item('c')], next: 'more' });

  assert.equal(after.fresh, 0);
});

test('a row that comes back loses its mark', () => {
  const gone = mergeRows(rows('a'), { items: [], next: null });

  assert.equal(gone.marks.get('a'), 'gone');
  assert.equal(mergeRows(gone, { items: [item('a')], next: null }).marks.size, 0);
});
