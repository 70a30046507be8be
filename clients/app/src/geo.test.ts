import assert from 'node:assert/strict';
import { test } from 'node:test';

import { metres } from '../../shared/metres.ts';
import { districtAt } from './geo.ts';
import type { Areas } from './types.ts';

const square = (x: number, y: number, side: number): number[][] =>
  [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]];
const area = (code: string, coordinates: number[][][]): Areas['features'][number] =>
  ({ type: 'Feature', properties: { code, name: code }, geometry: { type: 'Polygon', coordinates } });
const areas: Areas = { type: 'FeatureCollection', features: [
  area('west', [square(0, 0, 10), square(4, 4, 2)]),
  area('east', [square(10, 0, 10)]),
  { type: 'Feature', properties: { code: 'isles', name: 'isles' },
    geometry: { type: 'MultiPolygon', coordinates: [[square(30, 0, 1)], [square(40, 0, 1)]] } },
] };

test('a point lies in its district, not in its hole, nor outside', () => {
  assert.equal(districtAt(areas, 2, 2), 'west');
  assert.equal(districtAt(areas, 5, 15), 'east');
  assert.equal(districtAt(areas, 5, 5), '', 'a hole');
  assert.equal(districtAt(areas, 50, 50), '');
  assert.equal(districtAt(areas, 0.5, 40.5), 'isles');
});

test('while the districts are not known nothing is said', () => {
  assert.equal(districtAt(null, 2, 2), null);
  assert.equal(districtAt({ type: 'FeatureCollection', features: [] }, 2, 2), null);
});

test('a position is told no better than it is', () => {
  for (const [accuracy, told] of [[0, 1], [0.3, 1], [4.3, 4], [12, 10], [23, 25], [99, 100], [260, 250], [1000, 1000], [4100, 4000]])
    assert.equal(metres(accuracy!), told, String(accuracy));
});
