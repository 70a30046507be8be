import assert from 'node:assert/strict';
import { test } from 'node:test';

import { becauseOf, boardsToImprove, missingOf, newValues, valuesOf, wantedOf } from './improvements.ts';
import { improvementWords } from './texts/improvement.ts';
import { sv } from './texts/sv.ts';
import type { Improvement } from './types.ts';

const w = improvementWords(sv);
const window = (n: number) => ({ from: '2026-01', to: '2026-03', n });
const done = (effect: Improvement['effect']): Improvement => ({ id: 1, version: 1, board: 'b', boardName: 'B', unit: null,
  unitName: null, title: 't', cause: 'c', expectedResult: '', responsible: 'r', startsOn: '2026-01-01', endsOn: '2026-02-01',
  goal: null, goals: [], indicator: null, indicatorName: null, target: null, categories: [{ code: 'park', name: 'Park' }],
  state: 'done', late: false, doneOn: '2026-02-01', texts: null, public: false, cases: 0, told: 0, changedAt: '', changedBy: '',
  writable: true, effect });

test('what is said of an effect has its numbers, or says why there are none', () => {
  const counted = { few: false, months: 3, yearsEarlier: 1, after: window(40), before: window(80), afterEarlier: window(78),
    beforeEarlier: window(82), expected: 76.1, ratio: 0.53, p: 0.0105 };

  assert.match(becauseOf(sv, w, done({ verdict: 'helped', ...counted })) ?? '', /40 .*76,1 .*p = 0,011/);
  assert.match(becauseOf(sv, w, done({ verdict: 'helped', ...counted, p: 1e-9 })) ?? '', /p = < 0,001/);
  assert.match(becauseOf(sv, w, done({ verdict: 'no-change', few: true })) ?? '', /för få/);
  assert.match(becauseOf(sv, w, done({ verdict: 'too-early', from: '2026-06' })) ?? '', /juni 2026/);
  assert.equal(becauseOf(sv, w, done(null)), w.because.hidden);
  assert.equal(becauseOf(sv, w, { ...done(null), categories: [] }), w.because.nothing);
});

test('a form gives back what it was given', () => {
  const it = done(null);
  assert.deepEqual(wantedOf(valuesOf(it)), { board: 'b', unit: null, title: 't', cause: 'c', expectedResult: '', responsible: 'r',
    startsOn: '2026-01-01', endsOn: '2026-02-01', goal: null, indicator: null, categories: ['park'], state: 'done' });
  assert.deepEqual(missingOf(newValues('b', '2026-01-01')), ['title', 'cause', 'responsible', 'endsOn']);
});

test('actions are written by those who lead all of a board, and its secretary', () => {
  const role = (r: string, board: string, unit: string | null = null) => ({ role: r, board, unit });
  assert.deepEqual(boardsToImprove({ user: '', name: '', csrfToken: '', roles: [role('board-secretary', 'b'), role('manager', 'a', 'u'),
    role('case-handler', 'c'), role('coordinator', 'd'), role('analyst', '*')] } as never), ['b', 'd']);
});
