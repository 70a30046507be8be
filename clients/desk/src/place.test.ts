import assert from 'node:assert/strict';
import { test } from 'node:test';

import { addressOf, nextAfterSignIn, placeOf, soughtPlace, withFilter } from './place.ts';

const url = (path: string): URL => new URL(path, 'https://synpunkt.test');

test('an address and a place are the same thing', () => {
  for (const path of ['/desk/', '/desk/?board=b&q=%C3%A5+%26&sort=receivedAt', '/desk/arenden/2026-104233?handler=me', '/desk/arenden/2026-104233?handler=none&sortera=1', '/desk/konto', '/desk/belastning', '/desk/signaler', '/desk/uppdrag', '/desk/rapporter', '/desk/rapporter/trafiknamnden/2026-t1', '/desk/utlamnande', '/desk/utlamnande/7', '/desk/utlamnande/7/2026-104233', '/desk/personer', '/desk/nytt'])
    assert.equal(addressOf(placeOf(url(path))), path);
  assert.deepEqual(placeOf(url('/desk/arenden/x?unknown=1&status=')), { number: null, filters: {} });
});

test('an empty value takes a filter away, and leaves the old ones alone', () => {
  const before = { q: 'lampa', handler: 'me' };

  assert.deepEqual(withFilter(before, 'q', ''), { handler: 'me' });
  assert.deepEqual(withFilter(before, 'q', 'x'), { q: 'x', handler: 'me' });
  assert.equal(before.q, 'lampa');
});

test('a case’s number leads to the case, words to the queue', () => {
  assert.deepEqual(soughtPlace({ handler: 'me' }, ' 2026-104233 '), { number: '2026-104233', filters: { handler: 'me' } });
  assert.deepEqual(soughtPlace({ q: 'lampa' }, 'snö 2026-1'), { number: null, filters: { q: 'snö 2026-1' } });
  assert.deepEqual(soughtPlace({ q: 'lampa' }, ' '), { number: null, filters: {} });
});

test('next leads to the statistics and nowhere else', () => {
  const next = (value: string): string | null => nextAfterSignIn(url(`/desk/?next=${encodeURIComponent(value)}`));

  assert.equal(next('/statistik/trafiknamnden/2026-10?x=1'), '/statistik/trafiknamnden/2026-10?x=1');
  assert.equal(next('/diarium/trafiknamnden'), '/diarium/trafiknamnden');
  for (const bad of ['', '/', '/statistik', '//statistik/', 'https://a.example/statistik/', '/statistik/../desk/',
    '/statistik//a.example', '/statistik/%2e%2e/om', '/statistik/\\a', 'javascript:alert(1)', '/om'])
    assert.equal(next(bad), null, bad);
});
