import assert from 'node:assert/strict';
import { test } from 'node:test';

import { dueOf } from './format.ts';
import { en } from './texts/en.ts';
import { sv } from './texts/sv.ts';

const year = new Date().getUTCFullYear();
const base = { status: 'received' as const, overdue: false, answerBy: `${year}-03-10` };

test('late, near and calm are told in words', () => {
  const late = dueOf(sv, { ...base, overdue: true, daysLeft: -3 });
  assert.deepEqual([late.kind, late.text], ['late', 'Försenat 3 dagar']);
  assert.match(late.more, /10 mars/);
  assert.equal(dueOf(sv, { ...base, overdue: true, daysLeft: -1 }).text, 'Försenat 1 dag');
  const near = dueOf(en, { ...base, daysLeft: 1, attention: ['near-due'] });
  assert.deepEqual([near.kind, near.text], ['near', '1 day left']);
  assert.equal(dueOf(sv, { ...base, daysLeft: 0 }).text, 'Svara i dag');
  assert.equal(dueOf(sv, { ...base, daysLeft: 8 }).text, '8 dagar kvar');
});

test('a server that does not count days: the date alone', () => {
  const due = dueOf(sv, base);
  assert.equal(due.kind, 'calm');
  assert.match(due.text, /^senast \S+ 10 mars$/);
  assert.equal(due.more, '');
  assert.equal(dueOf(sv, { ...base, overdue: true }).text, 'Försenat');
});

test('answered and closed have nothing left', () => {
  assert.equal(dueOf(sv, { ...base, status: 'answered' }).text, 'Besvarat');
  assert.equal(dueOf(sv, { ...base, status: 'closed' }).text, 'Avslutat');
  assert.equal(dueOf(sv, { ...base, daysLeft: null }).kind, 'done');
});
