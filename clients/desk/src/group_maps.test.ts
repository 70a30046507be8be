import assert from 'node:assert/strict';
import { test } from 'node:test';

import { daysText, endText, holdersText, whyText } from './group_maps.ts';
import { groupWords } from './texts/group_map.ts';
import { sv } from './texts/sv.ts';

const w = groupWords(sv);
const map = { id: '1', issuer: 'https://id.example', group: 'trafik', role: 'registrar', board: 'trafiknamnden', unit: null,
  validFrom: null, validTo: null, isOver: false, linked: 3, holders: 3, losers: 2, changes: [] };

test('who has a role by a group, and who loses it with the group', () => {
  assert.equal(holdersText(w, map), '3 personer har rollen så i dag.');
  assert.equal(holdersText(w, { ...map, holders: 0 }), w.noHolders);
  assert.equal(endText(w, map), `2 personer förlorar rollen genast. 1 person behåller den på annat sätt. ${w.again}`);
  assert.equal(endText(w, { ...map, holders: 0, losers: 0 }), `Ingen förlorar rollen. ${w.again}`);
});

test('other days take or give the role only where today is in the one and not in the other', () => {
  const say = (from: object, validFrom: string, validTo: string): string =>
    daysText(w, { ...map, ...from }, { validFrom, validTo }, '2026-11-30');
  assert.equal(say({}, '', '2026-12-31'), w.asToday);
  assert.match(say({}, '2026-12-01', ''), /^2 personer förlorar rollen genast/);
  assert.match(say({ validFrom: '2026-12-01' }, '2026-11-30', ''), /^3 personer får rollen genast/);
  assert.equal(say({ validFrom: '2026-12-01', linked: 0 }, '', ''), w.nobodyYet);
});

test('what failed at a provider is said in words, and what has none as the server says it', () => {
  assert.equal(whyText(w, 'document connect'), 'Uppgifterna: servern går inte att nå.');
  assert.equal(whyText(w, 'keys 503'), 'Nycklarna: svaret var felkoden 503.');
  assert.equal(whyText(w, 'document token_endpoint'), 'Uppgifterna: token_endpoint.');
  assert.equal(whyText(w, 'busy'), 'busy');
});
