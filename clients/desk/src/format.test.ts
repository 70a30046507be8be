import assert from 'node:assert/strict';
import { test } from 'node:test';

import { dueOf, otherMarks, receivedText } from './format.ts';
import { en } from './texts/en.ts';
import { sv } from './texts/sv.ts';

const year = new Date().getUTCFullYear();
const base: Parameters<typeof dueOf>[1] = { status: 'received', overdue: false, daysLeft: 8,
  attention: [], answerBy: `${year}-03-10` };

test('late, near and calm are told in words', () => {
  const late = dueOf(sv, { ...base, overdue: true, daysLeft: -3 });
  assert.deepEqual([late.kind, late.text], ['late', '3 arbetsdagar sent']);
  assert.match(late.more, /10 mars/);
  assert.equal(dueOf(sv, { ...base, overdue: true, daysLeft: -1 }).text, '1 arbetsdag sent');
  const near = dueOf(en, { ...base, daysLeft: 1, attention: ['near-due'] });
  assert.deepEqual([near.kind, near.text], ['near', '1 working day left']);
  assert.equal(dueOf(sv, { ...base, daysLeft: 0 }).text, 'Svara i dag');
  assert.match(dueOf(sv, base).more, /^senast \S+ 10 mars$/);
  assert.equal(dueOf(sv, base).text, '8 arbetsdagar kvar');
});

test('answered and closed have nothing left', () => {
  assert.equal(dueOf(sv, { ...base, status: 'answered', daysLeft: null }).text, 'Besvarat');
  assert.equal(dueOf(sv, { ...base, status: 'closed', daysLeft: null }).text, 'Avslutat');
  assert.equal(dueOf(sv, { ...base, daysLeft: null }).kind, 'done');
});

test('the marks that are not about the answer', () => {
  assert.deepEqual(otherMarks({ attention: ['overdue', 'near-due', 'acknowledge', 'mail-failed'] }),
    ['acknowledge', 'mail-failed']);
});

test('of what was taken down later the day is said, without an hour', () => {
  const stored = '2026-02-03T09:30:00.123Z';

  assert.match(receivedText(sv, { receivedAt: stored, receivedOn: '2026-02-03', registeredAt: stored }), /10[:.]30/);
  const later = receivedText(sv, { receivedAt: '2026-02-02T11:00:00.000Z', receivedOn: '2026-02-02', registeredAt: stored });
  assert.match(later, /2 feb/);
  assert.doesNotMatch(later, /12/);
});
