import assert from 'node:assert/strict';
import { test } from 'node:test';

import { clock, longDay } from './format.ts';
import { afterTry, entryOf } from './outbox.ts';
import { newDraft } from './draft.ts';
import { languageFor, languages } from './languages.ts';
import { refusalText } from './sent.tsx';
import { fill, swedishWords, wordsOf } from './words.ts';

test('the chosen language, else the telephone’s, else Swedish', () => {
  assert.equal(languageFor('en', ['sv-SE']).code, 'en');
  assert.equal(languageFor('', ['en-GB', 'sv']).code, 'en');
  assert.equal(languageFor('', ['sv-SE', 'en']).code, 'sv');
  assert.equal(languageFor('xx', ['xx-YY']).code, 'sv');
});

test('Swedish is in the script, every other language is a file', () => {
  assert.equal(languages[0]?.code, 'sv');
  assert.equal(swedishWords.t('next'), 'Nästa');
  assert.equal(swedishWords.or('status.answered.name', ''), 'Du har fått svar', 'the residents’ texts are the app’s');
});

test('values are filled in, and a value that is missing is left to be seen', () => {
  assert.equal(fill('{n} av {of}', { n: 1, of: 4 }), '1 av 4');
  assert.equal(fill('{n} av {of}', { n: 1 }), '1 av {of}');
  assert.equal(fill('{a}', { a: '{b}', b: 'x' }), '{b}', 'a value is no template');
});

test('among words from right to left a value keeps its own order', () => {
  const arabic = wordsOf({ code: 'ar', name: 'العربية', dir: 'rtl', isUnreviewed: true, texts: '' }, { n: 'رقم {n}' });
  assert.equal(arabic.t('n', { n: '2026-104233' }), 'رقم \u20682026-104233\u2069');
  assert.equal(arabic.t('n'), 'رقم {n}');
});

test('a refusal says what to do, also one that nobody thought of', () => {
  const refused = (status: number): string => refusalText(swedishWords, afterTry(entryOf(newDraft(), { text: 'x', type: 'complaint', language: 'sv' }),
    { is: 'refused', refusal: { status, detail: '', fields: [] } }, 0));
  assert.match(refused(413), /Ta bort någon bild/);
  assert.match(refused(418), /418/);
});

test('days and times are the city’s, in any language and any zone', () => {
  assert.equal(longDay('sv', '2026-03-09'), '9 mars 2026');
  assert.equal(longDay('sv-x-easy', '2026-03-09'), '9 mars 2026');
  assert.equal(longDay('en', 'not a day'), 'not a day');
  assert.equal(clock('sv', Date.parse('2026-07-01T12:05:00Z')), '14:05');
  assert.ok(wordsOf(swedishWords.language, {}).t('unknown.key') === 'unknown.key');
});
