import assert from 'node:assert/strict';
import { test } from 'node:test';

import { en } from './texts/en.ts';
import { sv } from './texts/sv.ts';
import { gapLeft, hasTemplates, holdsOn, valuesOf, wantedOf, whyOf, withGaps, writableBoards } from './templates.ts';
import type { Session, Template } from './types.ts';

const session = (...roles: Session['roles']): Session => ({ user: 'u', name: 'U', roles, csrfToken: '' });
const one: Template = { id: 1, version: 2, board: null, boardName: null, category: 'park', categoryName: 'Park',
  status: null, language: 'sv', kind: 'reply', name: 'A', text: 'Hej', validFrom: '2026-01-01', validTo: null,
  changedAt: '', changedBy: null, writable: true };

test('a gap is said in the reader\'s words, and one that is left is found in either form', () => {
  const text = withGaps(sv, 'Hej [complainantName?]! [number?]', ['complainantName']);

  assert.equal(text, 'Hej [namn på den som klagar saknas]! [number?]');
  assert.equal(gapLeft(sv, text), '[namn på den som klagar saknas]');
  assert.equal(gapLeft(sv, 'Se [number?]'), '[number?]');
  assert.equal(gapLeft(en, 'Hej [Eva] och [vad?]'), undefined);
});

test('templates are for what is sent to the complainant', () => {
  assert.deepEqual(['reply', 'ask', 'note', 'transfer'].map(hasTemplates), [true, true, false, false]);
});

test('a board\'s are written by those who lead all of it, the city\'s by administrators', () => {
  assert.deepEqual(writableBoards(session({ role: 'coordinator', board: 'b' }, { role: 'manager', board: 'a' },
    { role: 'manager', board: 'c', unit: 'x' }, { role: 'case-handler', board: 'd' })), ['a', 'b']);
  assert.deepEqual(writableBoards(session({ role: 'administrator', board: '*' })), ['']);
});

test('what is empty is sent as null, and the days of a template say whether it holds', () => {
  assert.deepEqual(wantedOf({ ...valuesOf(one), name: ' A ' }), { board: null, category: 'park', status: null,
    language: 'sv', kind: 'reply', name: 'A', text: 'Hej', validFrom: '2026-01-01', validTo: null });
  assert.deepEqual(['2025-12-31', '2026-01-01', '2099-01-01'].map((day) => holdsOn(one, day)), [false, true, true]);
  assert.equal(holdsOn({ ...one, validTo: '2026-02-01' }, '2026-02-02'), false);
});

test('why a text is refused', () => {
  assert.equal(whyOf(sv, 'has no field "namn"'), 'fältet namn finns inte');
  assert.equal(whyOf(sv, 'line 3: a section that is not closed'), 'klamrarna går inte ihop');
});
