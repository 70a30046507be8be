import assert from 'node:assert/strict';
import { test } from 'node:test';

import { OfflineError, ProblemError } from './api.ts';
import { isNewer } from './news.ts';
import { ServiceError, withCase, withoutCase } from './push.ts';
import { isTold, troubleOf } from './push_now.ts';
import type { CaseNow, Known } from './types.ts';

const told = { endpoint: 'https://push.example/a', key: 'BK', numbers: ['2026-1', '2026-2'] };

test('a case is told once, and with the last one everything goes', () => {
  assert.deepEqual(withCase(told, '2026-1').numbers, ['2026-2', '2026-1']);
  const one = withoutCase(told, '2026-1');
  assert.deepEqual(one, { ...told, numbers: ['2026-2'] });
  assert.deepEqual(withoutCase(one, '2026-2'), { endpoint: '', key: '', numbers: [] });
  assert.deepEqual(withoutCase(one, '2026-9'), one);
});

test('on is only what would come', () => {
  assert.ok(isTold(told, '2026-1', 'granted', told.endpoint));
  assert.ok(!isTold(told, '2026-9', 'granted', told.endpoint), 'another case');
  assert.ok(!isTold(told, '2026-1', 'denied', told.endpoint), 'leave was taken back');
  assert.ok(!isTold(told, '2026-1', 'granted', undefined), 'the browser has forgotten it');
  assert.ok(!isTold(told, '2026-1', 'granted', 'https://push.example/b'), 'the city has an old address');
  assert.ok(!isTold({ ...told, endpoint: '' }, '2026-1', 'granted', ''));
});

test('each thing that stands in the way has words of its own', () => {
  assert.equal(troubleOf(new OfflineError('no answer')), 'offline');
  assert.equal(troubleOf(new ProblemError(429, 60)), 'busy');
  assert.equal(troubleOf(new ProblemError(422, 0)), 'refused');
  assert.equal(troubleOf(new ServiceError('AbortError')), 'service');
  assert.equal(troubleOf(new DOMException('full', 'QuotaExceededError')), 'service');
});

test('what is new since the case’s page was looked at: an answer, or where it stands', () => {
  const known = { status: 'received', answers: 1 } as Known;
  const now = (status: string, answers: number): CaseNow =>
    ({ status, messages: [{ from: 'resident' }, ...Array.from({ length: answers }, () => ({ from: 'city' }))] } as CaseNow);
  assert.ok(!isNewer(known, now('received', 1)));
  assert.ok(isNewer(known, now('received', 2)));
  assert.ok(isNewer(known, now('closed', 1)));
});
