import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ageOf, distanceOf, nothingOf } from './related.tsx';
import { sv } from './texts/sv.ts';

test('age and distance are said in words', () => {
  assert.deepEqual([0, 1, 9].map((n) => ageOf(sv, n)), ['i dag', 'i går', 'för 9 dagar sedan']);
  assert.deepEqual([null, 0, 80].map((n) => distanceOf(sv, n)), [null, 'samma plats', '80 meter bort']);
});

test('an empty list says why it is empty', () => {
  const it = { withheld: [], contact: null, place: null };
  const near = { ...it, place: { lat: 59, lon: 18 } };
  const r = sv.related;

  assert.equal(nothingOf(sv, it, 'person'), r.anonymous);
  assert.equal(nothingOf(sv, { ...it, contact: { name: 'A' } }, 'person'), r.anonymous);
  assert.equal(nothingOf(sv, { ...it, contact: { phone: '070' } }, 'person'), r.noPerson);
  assert.equal(nothingOf(sv, { ...it, withheld: ['contact'] }, 'person'), r.contactNotSent);
  assert.equal(nothingOf(sv, it, 'place'), r.noPosition);
  assert.equal(nothingOf(sv, { ...it, place: { address: 'x' } }, 'duplicates'), r.noPosition);
  assert.equal(nothingOf(sv, near, 'place'), r.noPlace);
  assert.equal(nothingOf(sv, near, 'duplicates'), r.noDuplicates);
  assert.equal(nothingOf(sv, { ...near, withheld: ['place'] }, 'duplicates'), r.placeNotSent);
});
