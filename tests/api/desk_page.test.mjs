/* The desk's page: how much a slow connection fetches before there is a queue to see. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import zlib from 'node:zlib';

import { startServer } from './harness.mjs';

const most = 80 * 1024; /* bytes of script, compressed: the aim of the desk */
let server;
let page;

before(async () => {
  server = await startServer();
  page = (await server.get('/desk/')).text;
});
after(() => server.stop());

const scripts = () => [...page.matchAll(/(?:modulepreload" href|module" src)="([^"]+)"/g)].map((m) => m[1]);

test('the script that the desk starts with is under 80 KiB compressed', async () => {
  const files = await Promise.all(scripts().map((at) => server.get(at)));
  assert.ok(files.length > 1 && files.every((res) => res.status === 200));

  const size = files.reduce((sum, res) => sum + zlib.gzipSync(res.text, { level: 9 }).length, 0);
  assert.ok(size < most, `${size} bytes`);
});

test('everything that the script imports from the start is fetched beside it', async () => {
  const told = new Set(scripts().map((at) => at.split('/').pop()));
  for (const at of scripts()) {
    const { text } = await server.get(at);
    for (const [, name] of text.matchAll(/(?:from|import)"\.\/([^"]+)"/g)) assert.ok(told.has(name), name);
  }
});

test('a part of the script is kept for ever, for its name says what it holds', async () => {
  const part = scripts().find((at) => at.includes('desk-part-'));
  const res = await server.get(part);

  assert.match(res.headers['cache-control'], /immutable/);
  assert.equal((await server.get(part.replace(/part-\w+/, 'part-NOTTHERE'))).status, 404);
});
