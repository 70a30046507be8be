import assert from 'node:assert/strict';
import { test } from 'node:test';

import { boxOf, moved } from '../../shared/boxes.ts';
import { fitted } from '../../shared/picture.ts';

test('the longest side is held to, proportions kept, nothing grows', () => {
  assert.deepEqual(fitted(4096, 3072, 2048), { width: 2048, height: 1536 });
  assert.deepEqual(fitted(3000, 6000, 2048), { width: 1024, height: 2048 });
  assert.deepEqual(fitted(800, 600, 2048), { width: 800, height: 600 });
  assert.deepEqual(fitted(30_000, 1, 2048), { width: 2048, height: 1 });
});

test('a box is the same whichever corner one begins at, and ends at the picture’s edge', () => {
  const box = boxOf({ x: 0.2, y: 0.7 }, { x: 0.6, y: 0.3 });
  assert.deepEqual([box.x, box.y, box.w.toFixed(2), box.h.toFixed(2)], [0.2, 0.3, '0.40', '0.40']);
  assert.deepEqual(boxOf({ x: 0.5, y: 0.5 }, { x: 7, y: -3 }), { x: 0.5, y: 0, w: 0.5, h: 0.5 });
});

test('a box never leaves the picture and never vanishes', () => {
  const box = { x: 0.9, y: 0.9, w: 0.1, h: 0.1 };
  assert.deepEqual(moved(box, { x: 0.5 }), box);
  assert.deepEqual(moved(box, { w: -1, h: -1 }), { x: 0.9, y: 0.9, w: 0.04, h: 0.04 });
  assert.deepEqual(moved(box, { w: 5 }), { x: 0, y: 0.9, w: 1, h: 0.1 });
});
