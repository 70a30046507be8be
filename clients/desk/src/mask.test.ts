import assert from 'node:assert/strict';
import { test } from 'node:test';

import { areaOf, boxOfArea, masking, mostAreas, startMask } from './mask.ts';
import type { MaskDeed } from './mask.ts';

const box = { x: 0.2, y: 0.2, w: 0.2, h: 0.2 };
const all = (...deeds: MaskDeed[]) => deeds.reduce(masking, startMask([]));

test('what was done last is undone first, a box that was moved in steps at once', () => {
  const done = all({ what: 'add', box }, { what: 'change', by: { x: 0.1 } }, { what: 'change', by: { w: 0.1 } });
  assert.ok((done.now.boxes[0]?.x ?? 0) > 0.29 && done.now.chosen === 0);
  const back = masking(done, { what: 'undo' });
  assert.deepEqual([back.now.boxes, back.said], [[box], 'undone']);
  assert.deepEqual(masking(back, { what: 'undo' }).now.boxes, []);
  const gone = masking(done, { what: 'remove' });
  assert.deepEqual([gone.now.boxes, masking(gone, { what: 'undo' }).now.boxes], [[], done.now.boxes]);
  assert.equal(masking(startMask([]), { what: 'undo' }).past.length, 0);
});

test('no more areas than the server takes, and nothing is moved that is not chosen', () => {
  const full = all(...Array.from({ length: mostAreas + 5 }, (): MaskDeed => ({ what: 'add', box })));
  assert.equal(full.now.boxes.length, mostAreas);
  const unchosen = masking(full, { what: 'choose', n: -1 });
  assert.equal(masking(unchosen, { what: 'change', by: { x: 0.5 } }), unchosen);
});

test('an area is whole pixels within the picture, and the same when it is read and written again', () => {
  const size = { width: 331, height: 217 };
  for (const area of [{ left: 0, top: 0, width: 331, height: 217 }, { left: 330, top: 216, width: 1, height: 1 },
    { left: 33, top: 17, width: 50, height: 40 }])
    assert.deepEqual(areaOf(boxOfArea(area, size), size), area);
  assert.deepEqual(areaOf({ x: 1, y: 1, w: 0, h: 0 }, size), { left: 330, top: 216, width: 1, height: 1 });
});
