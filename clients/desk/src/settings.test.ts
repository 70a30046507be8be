import assert from 'node:assert/strict';
import { test } from 'node:test';

import { addressOf, placeOf } from './place.ts';
import { differing, isValidOn, rowOf, startOf, valuesOf } from './settings.ts';
import type { SettingField } from './types.ts';

const field = (name: string, value: SettingField['value']): SettingField =>
  ({ name, value, required: false, key: false, min: 0, max: 0, codes: [] });
const fields = [field('position', 'number'), field('words', 'list'), field('open', 'yes'),
  field('stopsFor', 'choices'), field('because', 'text')];
const row = { position: 20, words: ['snö', 'halt is'], open: true, stopsFor: ['waiting-other'], because: 'Vinter' };

test('a row goes through the form and comes out as it was', () => {
  assert.deepEqual(rowOf(fields, valuesOf(fields, row)), row);
});

test('what is emptied is nothing, not an empty text', () => {
  assert.deepEqual(rowOf(fields, valuesOf(fields, {})),
    { position: null, words: [], open: false, stopsFor: [], because: null });
});

test('a number that is none is sent as it was typed, for the server to say what is wrong', () => {
  assert.equal(rowOf(fields, { position: 'tio' })['position'], 'tio');
});

test('a new row stands last', () => {
  const kind = { code: 'helplines', addable: true, removable: false, fields };
  assert.equal(startOf(kind, [{ position: 30 }, { position: 10 }], '2026-11-29')['position'], '40');
});

test('a row holds on its first and on its last day', () => {
  const both = { validFrom: '2026-01-01', validTo: '2026-01-31' };
  assert.deepEqual(['2025-12-31', '2026-01-01', '2026-01-31', '2026-02-01'].map((day) => isValidOn(both, day)),
    [false, true, true, false]);
  assert.ok(isValidOn({ validFrom: null, validTo: null }, '2026-01-01'));
});

test('only what differs is shown of a change', () => {
  assert.deepEqual(differing(fields, row, { ...row, words: ['snö'] }).map(({ name }) => name), ['words']);
});

test('the address of a row is read back, whatever its key holds', () => {
  const place = { number: null, filters: {}, view: 'settings' as const, setting: { kind: 'mailboxes', key: 'a/b@example.org' } };
  assert.deepEqual(placeOf(new URL(addressOf(place), 'http://x')), place);
});

test('of a broken address the first page of the settings is shown', () => {
  assert.deepEqual(placeOf(new URL('http://x/desk/installningar/%E0%A4%A')).setting, {});
});
