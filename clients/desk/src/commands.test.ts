import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fit, matching, numberOf } from './commands.ts';
import { mostUsed } from './quick.ts';
import type { Command } from './commands.ts';
import type { Category } from './types.ts';

const command = (text: string, isQuiet = false): Command => ({ id: text, text, group: '', isQuiet, run: () => undefined });
const found = (texts: string[], query: string): string[] => matching(texts.map((text) => command(text)), query).map(({ text }) => text);

test('å, ä and ö are found without their dots and rings, and with', () => {
  assert.equal(fit('Ämne: Gång- och cykelbana', 'amne'), 0);
  assert.equal(fit('Ämne: Gång- och cykelbana', 'gang'), 1);
  assert.equal(fit('Ämne: Gång- och cykelbana', 'gång- och'), 2);
  assert.equal(fit('Ämne: Gång- och cykelbana', 'gang och'), 1);
  assert.equal(fit('Snöröjning, halka', 'roj halk'), 2);
  assert.equal(fit('Snöröjning', 'belysning'), null);
});

test('what begins so comes first, the rest in its order', () => {
  assert.deepEqual(found(['Ge till Bo', 'Bo Alm', 'Ambo', 'Eva'], 'bo'), ['Bo Alm', 'Ge till Bo', 'Ambo']);
  assert.deepEqual(matching([command('a'), command('b', true)], ''). map(({ text }) => text), ['a'], 'what is quiet is found when sought');
  assert.equal(matching([command('b', true)], 'b').length, 1);
});

test('a number leads to the case, also without its year', () => {
  assert.equal(numberOf(' 2026-104233 ', 2027), '2026-104233');
  assert.equal(numberOf('104233', 2026), '2026-104233');
  assert.equal(numberOf('12', 2026), null);
  assert.equal(numberOf('gata', 2026), null);
});

test('digits: most used at the board first, then its own, nine at most', () => {
  const category = (code: string, owner: string): Category => ({ code, owner, name: code, area: '', acknowledgeDays: 1, answerDays: 1, synonyms: [] });
  const all = [category('a', 'b'), category('c', 'x'), category('d', 'b'), ...Array.from({ length: 9 }, (_, i) => category(`e${i}`, 'b'))];
  const items = [{ board: 'b', category: 'c' }, { board: 'b', category: 'c' }, { board: 'b', category: 'd' }, { board: 'x', category: 'a' },
    { board: 'b', category: 'old' }, { board: 'b', category: null }];

  assert.deepEqual(mostUsed('b', items, all).slice(0, 4), ['c', 'd', 'a', 'e0']);
  assert.equal(mostUsed('b', items, all).length, 9);
});
