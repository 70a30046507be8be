import assert from 'node:assert/strict';
import { test } from 'node:test';

import { newDraft } from './draft.ts';
import { afterTry, entryOf, isDue, knownOf } from './outbox.ts';
import type { Receipt } from './types.ts';

const draft = { ...newDraft(), text: 'Lampan är släckt.' };
const entry = entryOf(draft, { text: draft.text, type: 'complaint', language: 'sv' });
const now = 1_000_000;

test('the key is the draft’s own, so that two tabs that send it send one thing', () => {
  assert.equal(entry.key, draft.id);
  assert.match(entry.key, /^[0-9a-f]{32}$/);
  assert.notEqual(newDraft().id, draft.id);
});

test('the waits grow, and the server’s own is kept to', () => {
  const first = afterTry(entry, { is: 'later', seconds: 0 }, now);
  const second = afterTry(first, { is: 'later', seconds: 0 }, now);
  assert.deepEqual([first.tries, first.notBefore, first.isAsked], [1, now + 5000, false]);
  assert.deepEqual([second.tries, second.notBefore], [2, now + 15_000]);
  const asked = afterTry(second, { is: 'later', seconds: 600 }, now);
  assert.deepEqual([asked.notBefore, asked.isAsked], [now + 600_000, true]);
  let many = entry;
  for (let i = 0; i < 50; i++) many = afterTry(many, { is: 'later', seconds: 0 }, now);
  assert.equal(many.notBefore, now + 900_000);
});

test('a network that came back is no reason to disregard what the server asked for', () => {
  const own = afterTry(entry, { is: 'later', seconds: 0 }, now);
  const asked = afterTry(entry, { is: 'later', seconds: 60 }, now);
  assert.equal(isDue(entry, now, false), true);
  assert.equal(isDue(own, now, false), false);
  assert.equal(isDue(own, now, true), true);
  assert.equal(isDue(asked, now, true), false);
  assert.equal(isDue(asked, now + 60_000, false), true);
});

test('what was refused is never sent again by itself', () => {
  const refused = afterTry(entry, { is: 'refused', refusal: { status: 422, detail: '', fields: [] } }, now);
  assert.equal(isDue(refused, now + 1e9, true), false);
  assert.equal(refused.key, entry.key);
  assert.equal(refused.draft.text, draft.text, 'all that was typed is there');
});

test('a receipt becomes a case that the device can open', () => {
  const receipt = { number: '2026-7', followUpCode: 'ABCD-EFGH-JKMN', category: null, status: 'received',
    answerBy: '2026-03-10', receivedAt: '2026-03-01T12:00:00Z', board: { code: 'x', name: 'Nämnden' } } as unknown as Receipt;
  const known = knownOf(entry, { is: 'received', receipt });
  assert.deepEqual([known.number, known.code, known.key, known.text, known.board],
    ['2026-7', 'ABCD-EFGH-JKMN', draft.id, draft.text, 'Nämnden']);
});
