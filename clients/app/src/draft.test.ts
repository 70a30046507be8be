import assert from 'node:assert/strict';
import { test } from 'node:test';

import { addressOfPlace, bodyOf, cut, faultsOf, isBegun, newDraft, nowhere, stepOfField } from './draft.ts';
import type { Areas, Draft } from './types.ts';
import { unknown } from './types.ts';

const areas: Areas = { type: 'FeatureCollection', features: [{ type: 'Feature',
  properties: { code: 'farsta', name: 'Farsta' }, geometry: { type: 'Polygon', coordinates: [] } }] };
const draft = (part: Partial<Draft>): Draft => ({ ...newDraft(), text: 'Hej', ...part });

test('what goes to the server says that the app sends it, and nothing that was not said', () => {
  assert.deepEqual(bodyOf(draft({}), areas, 'sv'), { text: 'Hej', type: 'complaint', language: 'sv', channel: 'app' });
  assert.equal('category' in bodyOf(draft({ category: unknown }), areas, 'sv'), false);
  assert.equal(bodyOf(draft({ category: 'park' }), areas, 'sv').category, 'park');
});

test('the text goes as it was typed, spaces and all', () => {
  assert.equal(bodyOf(draft({ text: '  Hej\r\n då ' }), areas, 'sv').text, '  Hej\r\n då ');
});

test('each way to say where is enough alone', () => {
  const placed = (place: object): unknown => bodyOf(draft({ place: { ...nowhere, ...place } }), areas, 'sv').place;
  assert.deepEqual(placed({ lat: 59.3, lon: 18.1 }), { lat: 59.3, lon: 18.1 });
  assert.deepEqual(placed({ address: ' Torget 1 ' }), { address: 'Torget 1' });
  assert.deepEqual(placed({ district: 'farsta' }), { address: 'Farsta' });
  assert.deepEqual(placed({ district: 'farsta', described: 'bakom skolan' }), { address: 'Farsta. bakom skolan' });
  assert.equal(placed({ lat: 59.3 }), undefined);
});

test('an address is no longer than the server takes, and cut between characters', () => {
  assert.equal(Array.from(addressOfPlace({ ...nowhere, address: '😀'.repeat(200), described: 'x'.repeat(200) }, null)).length, 300);
  assert.equal(cut('a😀b', 2), 'a😀');
});

test('a reply is a question only for who can get one', () => {
  assert.equal('wantsReply' in bodyOf(draft({ wantsReply: false }), areas, 'sv'), false);
  assert.deepEqual(bodyOf(draft({ email: ' a@b.se ', wantsReply: false }), areas, 'sv').contact, { email: 'a@b.se' });
  assert.equal(bodyOf(draft({ email: 'a@b.se', wantsReply: false }), areas, 'sv').wantsReply, false);
});

test('what the server would refuse is said before', () => {
  assert.deepEqual(faultsOf(draft({})), []);
  assert.deepEqual(faultsOf(draft({ text: ' \n', email: 'eva@', phone: 'nej' })).map(({ field }) => field),
    ['text', 'contact.email', 'contact.phone']);
  assert.deepEqual(faultsOf(draft({ text: '😀'.repeat(10_000) })), []);
  assert.deepEqual(faultsOf(draft({ text: 'x'.repeat(10_001) })).map(({ key }) => key), ['fault.text-long']);
});

test('a refused member leads to the step where it is', () => {
  assert.deepEqual(['category', 'place.lat', 'text', 'contact.email', 'odd'].map(stepOfField), ['what', 'where', 'tell', 'tell', 'tell']);
});

test('nothing typed is nothing begun', () => {
  assert.equal(isBegun(newDraft(), 0), false);
  assert.equal(isBegun(newDraft(), 1), true);
  assert.equal(isBegun(draft({ text: ' ' }), 0), false);
  assert.equal(isBegun(draft({}), 0), true);
});
