import assert from 'node:assert/strict';
import { test } from 'node:test';

import { secondsOf, verdictOf } from './send.ts';

const receipt = { number: '2026-1', followUpCode: 'ABCD-EFGH-JKMN' };
const now = Date.parse('2026-03-01T12:00:00Z');

test('only the city’s own 201 with number and code is a receipt', () => {
  assert.equal(verdictOf(201, null, receipt, now).is, 'received');
  assert.equal(verdictOf(201, null, null, now).is, 'later', 'an answer that was cut');
  assert.equal(verdictOf(201, null, { number: '2026-1' }, now).is, 'later');
  assert.equal(verdictOf(200, null, receipt, now).is, 'later', 'a network’s sign-in page');
  assert.equal(verdictOf(302, null, null, now).is, 'later');
});

test('what the city looked at and refused goes back to the writer, with its reasons', () => {
  for (const status of [400, 409, 413, 415, 422])
    assert.equal(verdictOf(status, null, {}, now).is, 'refused', String(status));
  const fields = [{ name: 'contact.email', reason: 'is no address' }];
  assert.deepEqual(verdictOf(422, null, { detail: 'wrong', invalidParams: [...fields, null, { x: 1 }] }, now),
    { is: 'refused', refusal: { status: 422, detail: 'wrong', fields } });
});

test('what nobody looked at is sent again', () => {
  for (const status of [401, 403, 404, 408, 429, 500, 502, 503, 504])
    assert.equal(verdictOf(status, null, {}, now).is, 'later', String(status));
  assert.deepEqual(verdictOf(429, '120', {}, now), { is: 'later', seconds: 120 });
  assert.deepEqual(verdictOf(503, 'Sun, 01 Mar 2026 12:01:00 GMT', {}, now), { is: 'later', seconds: 60 });
});

test('a wait is neither negative nor longer than a day', () => {
  assert.equal(secondsOf('-5', now), 0);
  assert.equal(secondsOf('99999999', now), 86_400);
  assert.equal(secondsOf('soon', now), 0);
  assert.equal(secondsOf(null, now), 0);
});
