import assert from 'node:assert/strict';
import { test } from 'node:test';

import { boardCodes, bodyOf, fitsPerson, roleCodes } from './people.ts';
import { settingWords } from './texts/settings.ts';
import { sv } from './texts/sv.ts';
import type { Session } from './types.ts';

const session = (...roles: string[]): Session => ({ user: 'x', name: 'X', csrfToken: '',
  roles: roles.map((text) => ({ role: text.split('@')[0] ?? '', board: text.split('@')[1] ?? '*' })) });
const speaker = { t: sv, w: settingWords(sv), districts: {},
  lists: { boards: [], categories: [], colleagues: [], sections: [], access: [] } };

test('a coordinator is offered the roles below the own, at the own boards', () => {
  const own = session('coordinator@trafiknamnden', 'case-handler@farsta-stadsdelsnamnd');
  assert.deepEqual(roleCodes(own, ['registrar', 'manager', 'administrator']), ['registrar']);
  assert.deepEqual(boardCodes(own, ['trafiknamnden', 'farsta-stadsdelsnamnd']), ['trafiknamnden']);
});

test('a unit\'s coordinator leads no board', () => {
  const own = session();
  own.roles.push({ role: 'coordinator', board: 'trafiknamnden', unit: 'klippskolan' });
  assert.deepEqual(boardCodes(own, ['trafiknamnden']), []);
});

test('people are found without their dots', () => {
  const one = { username: 'n', name: 'Nils Öhman', email: null, isClosed: false, hasTotp: false, hasPasskey: false, roles: [] };
  assert.ok(fitsPerson(speaker, one, 'ohman'));
});

test('a role of no board is sent without one', () => {
  assert.deepEqual(bodyOf({ role: 'administrator', board: 'trafiknamnden', reason: ' Ny ' }), { role: 'administrator', reason: 'Ny' });
});

test('people are found by their name, account or role', () => {
  const nils = { username: 'nils01', name: 'Nils Öhman', email: null, isClosed: false, hasTotp: false, hasPasskey: false,
    roles: [{ role: 'registrar', board: '*', unit: null, validFrom: null, validTo: null, mayEnd: true }] };
  for (const sought of ['öhman', 'NILS01', 'nils regist', '']) assert.ok(fitsPerson(speaker, nils, sought), sought);
  assert.ok(!fitsPerson(speaker, nils, 'öhman samordnare'));
});
