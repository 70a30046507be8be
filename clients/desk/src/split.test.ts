import assert from 'node:assert/strict';
import { test } from 'node:test';

import { bodyOf, contactGoes, draftOf, faultsFrom, faultsIn, isSameWay, newPart, partsOf } from './split.ts';
import type { SplitDecision } from './types.ts';

const it = { text: 'Lampan är trasig. Maten är dyr.', type: 'complaint' as const, sensitivity: 1, threat: false };
const goes = (code: string, otherBoard: boolean): SplitDecision => ({ board: { code, name: code }, otherBoard,
  category: null, type: 'complaint', sensitivity: 1, acknowledgeBy: '2026-12-01', answerBy: '2026-12-11',
  acknowledgeBecause: '', answerBecause: '', routing: { rule: 'r', because: 'b' }, receiptMailed: true });

test('what is marked of the letter is the part; what is marked elsewhere is not', () => {
  assert.equal(newPart(it, ' Maten är dyr. ').text, 'Maten är dyr.');
  for (const marked of ['', '  ', 'Ärende 2026-1']) assert.equal(newPart(it, marked).text, it.text);
  assert.equal(newPart({ ...it, threat: true }, '').text, '');
});

test('a ground and who wrote go only with what another board gets', () => {
  const part = { ...newPart(it, ''), ground: 'osl-10-28' };
  const body = bodyOf(it, [part, part], [goes('a', false), goes('b', true)]) as { parts: Record<string, unknown>[] };
  assert.deepEqual(body.parts.map((p) => [p['board'], p['ground'], p['contact']]),
    [['a', undefined, undefined], ['b', 'osl-10-28', true]]);
});

test('of a sensitive letter that is said not to be secret who wrote stays, unless chosen', () => {
  const secret = { sensitivity: 3 };
  assert.deepEqual([contactGoes(secret, { contact: null, ground: 'no-secrecy' }),
    contactGoes(secret, { contact: true, ground: 'no-secrecy' }), contactGoes(secret, { contact: null, ground: 'consent' }),
    contactGoes(it, { contact: null, ground: 'no-secrecy' })], [false, true, true, true]);
});

test('what was typed comes back as it was, also half of it broken', () => {
  const parts = [{ ...newPart(it, ''), files: [2], place: false }, newPart(it, 'Maten är dyr.')];
  assert.deepEqual(partsOf(draftOf(parts), it), parts);
  assert.equal(partsOf({ part0: '{', part1: '{"text":"x"}', text: 'annat' }, it).length, 1);
});

test('an empty part and a missing ground are told before anything is sent', () => {
  const empty = { ...newPart(it, ''), text: ' ' };
  assert.deepEqual(faultsIn([empty, newPart(it, '')], [goes('a', false), goes('b', true)]),
    [{ part: 0, field: 'text', why: 'required' }, { part: 1, field: 'ground', why: 'required' }]);
  assert.deepEqual(faultsFrom(['parts[1].board', 'parts', 'x']), [{ part: 1, field: 'board', why: 'refused' }]);
});

test('a new look is wanted for what decides where it goes, not for the ground', () => {
  const part = newPart(it, '');
  assert.equal(isSameWay(part, { ...part, ground: 'consent', contact: false }), true);
  assert.equal(isSameWay(part, { ...part, category: 'park' }), false);
});
