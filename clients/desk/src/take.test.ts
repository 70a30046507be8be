import assert from 'node:assert/strict';
import { test } from 'node:test';

import { bodyOfTaking, dayShown, keyFor, startTaking } from './take.ts';
import { reportsOnly, takesDown, takingName } from './takers.ts';
import { sv } from './texts/sv.ts';

const days = { first: '2026-06-01', last: '2026-11-28', letter: '2026-11-27' };

test('the day begins with what the channel says, until one is chosen', () => {
  assert.equal(dayShown(startTaking, days), '2026-11-28');
  assert.equal(dayShown({ ...startTaking, channel: 'letter' }, days), '2026-11-27');
  assert.equal(dayShown({ ...startTaking, channel: 'letter', receivedOn: '2026-11-20' }, days), '2026-11-20');
  assert.equal(dayShown(startTaking, null), '');
});

test('what is left empty is not sent, and the words are sent as they were written', () => {
  assert.deepEqual(bodyOfTaking({ ...startTaking, text: ' Hej ' }, days),
    { channel: 'phone', text: ' Hej ', type: 'complaint', language: 'sv', receivedOn: '2026-11-28' });
  assert.deepEqual(bodyOfTaking({ ...startTaking, text: 'x', 'contact.name': ' Rut ', 'place.unit': 'Skolan',
    category: 'park', onBehalfOf: 'child', wantsReply: 'no' }, null),
  { channel: 'phone', text: 'x', type: 'complaint', language: 'sv', category: 'park', onBehalfOf: 'child',
    place: { unit: 'Skolan' }, contact: { name: 'Rut' }, wantsReply: false });
});

test('a deviation has no complainant, whatever was typed before its type was chosen', () => {
  assert.deepEqual(bodyOfTaking({ ...startTaking, type: 'deviation', text: 'x', 'contact.name': 'Rut', onBehalfOf: 'child',
    'deviation.unit': 'klippskolan', 'deviation.action': ' Vi städade ', 'deviation.statutory': 'no' }, days),
  { type: 'deviation', text: 'x', place: { unit: 'klippskolan' }, deviation: { action: 'Vi städade', statutory: 'no' } });
});

test('the same words keep their key, others get their own', () => {
  const key = keyFor('a', null);

  assert.match(key, /^[0-9a-f]{32}$/);
  assert.equal(keyFor('a', { content: 'a', key }), key);
  assert.notEqual(keyFor('b', { content: 'a', key }), key);
  assert.notEqual(keyFor('a', null), key);
});

test('three roles take down, at any board', () => {
  const session = (role: string) => ({ user: 'u', name: 'U', csrfToken: '', roles: [{ role, board: 'b' }] });

  for (const role of ['registrar', 'coordinator', 'case-handler']) assert.ok(takesDown(session(role)), role);
  for (const role of ['manager', 'dispatcher', 'provider', 'analyst', 'administrator']) assert.ok(!takesDown(session(role)), role);
  for (const role of ['manager', 'provider']) assert.ok(reportsOnly(session(role)), role);
  for (const role of ['coordinator', 'dispatcher', 'analyst', 'administrator']) assert.ok(!reportsOnly(session(role)), role);
  assert.equal(takingName(sv, session('provider')), 'Rapportera en avvikelse');
  assert.equal(takingName(sv, session('analyst')), null);
});
