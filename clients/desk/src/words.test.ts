import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fill, sentence, wordOf } from './words.ts';

test('a code without a word is told as it is, or as what it is otherwise', () => {
  const table = { none: 'Ingen regel' };

  assert.equal(wordOf(table, 'none'), 'Ingen regel');
  assert.equal(wordOf(table, 'new-code'), 'new-code');
  assert.equal(wordOf(table, 'new-code', 'Något annat'), 'Något annat');
  assert.equal(wordOf(table, 'toString'), 'toString');
  assert.equal(wordOf(table, null), '');
});

test('a sentence ends with one full stop', () => {
  assert.equal(fill('Gäller från {date}. Sedan {n}.', { date: '1 dec.', n: 2 }), 'Gäller från 1 dec. Sedan 2.');
  assert.equal(fill('{a}{b}', { a: 1 }), '1{b}');
  assert.equal(sentence('1 dec.'), '1 dec.');
  assert.equal(sentence('Gäller'), 'Gäller.');
});
