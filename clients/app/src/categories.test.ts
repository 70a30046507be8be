import assert from 'node:assert/strict';
import { test } from 'node:test';

import { areasOf, codeOf, found, named, withRecent } from './categories.ts';
import type { Category } from './types.ts';

const row = (code: string, area: string, name: string, synonyms: string[]): Category =>
  ({ code, area, name, synonyms, owner: 'x', acknowledgeDays: 2, answerDays: 10 });
const swedish = (_: string, otherwise: string): string => otherwise;
const list = [
  row('vagskador', 'Trafik och gata', 'Vägskador, gropar, gatubeläggning', ['potthål', 'hål i gatan']),
  row('gatubelysning', 'Trafik och gata', 'Gatubelysning', ['lyktstolpe', 'släckt lampa']),
  row('lekplats', 'Park, natur, renhållning', 'Lekplats, utegym', ['gungor']),
].map((one) => named(one, swedish));
const codes = (query: string): string[] => found(list, query).map(({ code }) => code);

test('found by other names, parts, forms of a word, and without marks', () => {
  assert.deepEqual(codes('potthål'), ['vagskador']);
  assert.deepEqual(codes('potthal'), ['vagskador']);
  assert.deepEqual(codes('LAMPA'), ['gatubelysning']);
  assert.deepEqual(codes('lampan'), ['gatubelysning']);
  assert.deepEqual(codes('belysning'), ['gatubelysning']);
  assert.deepEqual(codes('hål gatan'), ['vagskador']);
});

test('the name itself comes before other names and the area', () => {
  assert.deepEqual(codes('gatu')[0], 'gatubelysning');
  assert.deepEqual(codes('gata').sort(), ['gatubelysning', 'vagskador']);
});

test('nothing is found by nothing, or by what is not there', () => {
  assert.deepEqual(codes(''), []);
  assert.deepEqual(codes('   '), []);
  assert.deepEqual(codes('elefant'), []);
});

test('found by its name in the reader’s language, and in Swedish still', () => {
  const english = named(row('park', 'Park, natur, renhållning', 'Park, gräs', []),
    (key, otherwise) => (key === 'category.park' ? 'Parks and grass' : otherwise));
  assert.equal(english.name, 'Parks and grass');
  assert.equal(found([english], 'grass').length, 1);
  assert.equal(found([english], 'gräs').length, 1);
});

test('areas come once each, in the city’s order, with the server’s codes', () => {
  assert.deepEqual(areasOf(list).map(({ code }) => code), ['trafik-och-gata', 'park-natur-renhallning']);
  assert.equal(codeOf('Vuxenutbildning, arbete'), 'vuxenutbildning-arbete');
});

test('the last used come first, once each, three at most', () => {
  assert.deepEqual(withRecent(['a', 'b', 'c'], 'b'), ['b', 'a', 'c']);
  assert.deepEqual(withRecent(['a', 'b', 'c'], 'd'), ['d', 'a', 'b']);
});
