import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

import { paced } from './pace.ts';

/* How often the task has been done after each of so many ticks of 100 ms with a request. */
function doneAfter(ticks: number, asks: (tick: number) => boolean): number[] {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1000000 });
  let n = 0;
  const pace = paced(() => { n++; });
  const list = Array.from({ length: ticks }, (_, tick) => {
    if (asks(tick)) pace.ask();
    mock.timers.tick(100);
    return n;
  });
  mock.timers.reset();
  return list;
}

test('what is asked for together is done once, soon', () => {
  assert.deepEqual(doneAfter(6, (tick) => tick < 2), [0, 0, 1, 1, 1, 1]);
});

test('without a pause between the requests it is done all the same, every other second', () => {
  const done = doneAfter(60, () => true);
  assert.equal(done[2], 1);
  assert.equal(done[59], 3);
});

test('what was asked for before it is stopped is not done', () => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1000000 });
  let n = 0;
  const pace = paced(() => { n++; });
  pace.ask();
  pace.stop();
  mock.timers.tick(5000);
  assert.equal(n, 0);
  pace.ask();
  mock.timers.tick(300);
  assert.equal(n, 1);
  mock.timers.reset();
});
