import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fetching } from './fetched.ts';

/* A reading that is answered when the test says so, and what it told. */
function reading() {
  const told: unknown[] = [];
  const server = { resolve: (_: string): void => undefined, reject: (_: unknown): void => undefined };
  const letGo = fetching((signal) => new Promise<string>((resolve, reject) => {
    Object.assign(server, { resolve, reject });
    signal.addEventListener('abort', () => reject(signal.reason));
  }), (value) => told.push(value), (error) => told.push(error));

  return { told, server, letGo };
}

const settled = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

test('an answer and an error are told', async () => {
  const [good, bad] = [reading(), reading()];
  const error = new Error('no answer');

  good.server.resolve('a');
  bad.server.reject(error);
  await settled();
  assert.deepEqual([good.told, bad.told], [['a'], [error]]);
});

test('one that is let go of tells nothing: not that it was, nor an answer on its way', async () => {
  const [asked, answered] = [reading(), reading()];

  asked.letGo();
  answered.server.resolve('late');
  answered.letGo();
  await settled();
  assert.deepEqual([asked.told, answered.told], [[], []]);
});
