import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isMasked, mailTrouble, numbersIn, piecesOf, selected, whyNot, withMask, withoutMask, wordsOf } from './disclosure.ts';
import { ProblemError } from './errors.ts';
import { disclosureWords } from './texts/disclosure.ts';
import { sv } from './texts/sv.ts';

const s = 'OSL 21:7';

test('a selection is counted in code points', () => {
  const text = '🚲🚲 Åsa';

  assert.deepEqual(selected(text, 5, 8), { start: 3, end: 6 });
  assert.equal(wordsOf(text, { start: 3, end: 6 }), 'Åsa');
  assert.equal(selected(text, 3, 3), null);
});

test('a line that a form sent ends with two letters, which a field has as one', () => {
  const text = 'a\r\nÅsa\r\nb';

  assert.deepEqual(selected(text, 2, 5), { start: 3, end: 6 });
  assert.equal(wordsOf(text, { start: 3, end: 6 }), 'Åsa');
  assert.deepEqual(selected(text, 6, 7), { start: 8, end: 9 });
});

test('passages are in order, and one within another is part of it', () => {
  const one = withMask([{ start: 5, end: 7, section: s }], { start: 0, end: 2, section: s });

  assert.deepEqual(one.map((m) => m.start), [0, 5]);
  assert.deepEqual(withMask(one, { start: 4, end: 9, section: 'OSL 26:1' }), [one[0], { start: 4, end: 9, section: 'OSL 26:1' }]);
  assert.deepEqual(withoutMask(one, { start: 6, end: 8 }), [one[0]]);
  assert.ok(isMasked(one, { start: 5, end: 6 }));
  assert.ok(!isMasked(one, { start: 5, end: 8 }));
});

test('what is left is the text with the passages cut, those that overlap as one', () => {
  const pieces = piecesOf('abcdefgh', [{ start: 4, end: 6, section: 'OSL 26:1' }, { start: 1, end: 5, section: s }]);

  assert.deepEqual(pieces, [{ text: 'a', section: null }, { text: 'bcdef', section: s }, { text: 'gh', section: null }]);
  assert.deepEqual(piecesOf('ab', []), [{ text: 'ab', section: null }]);
});

test('numbers are taken as they are written, each once', () => {
  assert.deepEqual(numbersIn(' 2026-1, 2026-2\n2026-1;'), ['2026-1', '2026-2']);
});

test('why something was not done is said by the server’s code, and by no other', () => {
  const w = disclosureWords(sv);
  const failed = (status: number, outcome: string): ProblemError => new ProblemError({ status, outcome, detail: '', fields: [],
    current: undefined, isOfInterest: false, retryAfter: 0, needs: '' });

  assert.equal(whyNot(w, failed(409, 'mailing')), w.why['mailing']);
  assert.equal(whyNot(w, failed(404, '')), w.changed);
  assert.equal(whyNot(w, failed(409, 'something new')), '');
  assert.equal(whyNot(w, new Error('x')), '');
});

test('why a mail did not arrive is said in few words, whatever the mail server calls it', () => {
  const w = disclosureWords(sv);

  assert.deepEqual(['bounced', 'time', 'recipient-550', 'address', 'data-554', null].map((code) => mailTrouble(sv, w, code)),
    [sv.trouble.bounced, w.mailTime, sv.trouble.recipient, sv.trouble.recipient, sv.trouble.server, sv.trouble.server]);
});
