import assert from 'node:assert/strict';
import { test } from 'node:test';

import { addressOf, routeOf } from './route.ts';
import type { Route } from './route.ts';

const at = (path: string): Route => routeOf(new URL(path, 'https://stad.example'));

test('an address and what it stands for are each other’s', () => {
  const routes: Route[] = [{ name: 'what', area: '' }, { name: 'what', area: 'park-natur-renhallning' }, { name: 'where' },
    { name: 'tell' }, { name: 'send' }, { name: 'mine' }, { name: 'add' }, { name: 'device' },
    { name: 'sent', key: '0123abcd' }, { name: 'support', key: 'a_b-C' }, { name: 'case', number: '2026-104233' }];
  for (const route of routes) assert.deepEqual(at(addressOf(route)), route);
});

test('what is no address of the app is its first screen', () => {
  for (const path of ['/app/', '/app/finns-inte', '/app/mina/2026-x', '/app/skickat/'])
    assert.deepEqual(at(path), { name: 'what', area: '' });
});
