/* The city's own map as a file, read in parts. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { startServer, testRoot } from './harness.mjs';

const MIB = 1 << 20;
const dir = path.join(testRoot(), 'tiles');
const large = crypto.randomBytes(5 * MIB);
const small = crypto.randomBytes(1000);

let server;
before(async () => {
  fs.mkdirSync(`${dir}/inner`, { recursive: true });
  fs.writeFileSync(`${dir}/stad.pmtiles`, large);
  fs.writeFileSync(`${dir}/liten_1-2.pmtiles`, small);
  fs.writeFileSync(`${dir}/tom.pmtiles`, '');
  fs.writeFileSync(`${dir}/hemlig.txt`, 'hemlig');
  fs.writeFileSync(`${dir}/.gomd.pmtiles`, 'hemlig');
  fs.writeFileSync(`${dir}/inner/a.pmtiles`, 'hemlig');
  fs.mkdirSync(`${dir}/mapp.pmtiles`);
  fs.symlinkSync('/etc/passwd', `${dir}/lank.pmtiles`);
  server = await startServer({ env: { SYNPUNKT_TILES: dir } });
});
after(() => server.stop());

async function get(name, headers = {}, method = 'GET') {
  const res = await fetch(`${server.url}/tiles/${name}`, { headers, method });
  return { status: res.status, headers: res.headers, bytes: Buffer.from(await res.arrayBuffer()) };
}

test('a part is what was asked for, with its place in the file', async () => {
  for (const [range, from, to] of [['bytes=0-16383', 0, 16384], ['bytes=4000000-4000099', 4000000, 4000100],
    [`bytes=${5 * MIB - 10}-`, 5 * MIB - 10, 5 * MIB], ['bytes=-7', 5 * MIB - 7, 5 * MIB]]) {
    const res = await get('stad.pmtiles', { range });
    assert.equal(res.status, 206);
    assert.equal(res.headers.get('content-range'), `bytes ${from}-${to - 1}/${5 * MIB}`);
    assert.equal(res.headers.get('content-type'), 'application/vnd.pmtiles');
    assert.equal(res.headers.get('accept-ranges'), 'bytes');
    assert.ok(res.bytes.equals(large.subarray(from, to)), range);
  }
});

test('no answer is longer than two mebibytes: a longer range is cut, a large file is had in parts', async () => {
  const res = await get('stad.pmtiles', { range: 'bytes=100-' });
  assert.equal(res.status, 206);
  assert.equal(res.headers.get('content-range'), `bytes 100-${100 + 2 * MIB - 1}/${5 * MIB}`);
  assert.ok(res.bytes.equals(large.subarray(100, 100 + 2 * MIB)));
  assert.equal((await get('stad.pmtiles')).status, 400);
  const whole = await get('liten_1-2.pmtiles');
  assert.equal(whole.status, 200);
  assert.ok(whole.bytes.equals(small));
  assert.equal((await get('tom.pmtiles')).bytes.length, 0);
  const head = await get('liten_1-2.pmtiles', {}, 'HEAD');
  assert.deepEqual([head.status, head.headers.get('content-length'), head.bytes.length], [200, '1000', 0]);
});

test('a file that has changed is not put together from two', async () => {
  const first = await get('liten_1-2.pmtiles', { range: 'bytes=0-9' });
  const etag = first.headers.get('etag');
  assert.match(etag, /^"[^"]+"$/);
  assert.equal((await get('liten_1-2.pmtiles', { range: 'bytes=10-19', 'if-range': etag })).status, 206);
  assert.equal((await get('liten_1-2.pmtiles', { 'if-none-match': etag })).status, 304);
  const other = await get('liten_1-2.pmtiles', { range: 'bytes=10-19', 'if-range': '"x"' });
  assert.deepEqual([other.status, other.bytes.length], [200, 1000]);
  fs.writeFileSync(`${dir}/liten_1-2.pmtiles`, crypto.randomBytes(1000));
  const changed = await get('liten_1-2.pmtiles', { range: 'bytes=10-19', 'if-range': etag });
  assert.equal(changed.status, 200);
  assert.notEqual(changed.headers.get('etag'), etag);
});

test('outside the file, or several ranges: 416 with its length', async () => {
  for (const range of [`bytes=${5 * MIB}-`, 'bytes=-0', 'bytes=0-1,4-5']) {
    const res = await get('stad.pmtiles', { range });
    assert.equal(res.status, 416, range);
    assert.equal(res.headers.get('content-range'), `bytes */${5 * MIB}`);
  }
});

test('nothing but the folder’s own files: no path, no link, no folder, nothing hidden', async () => {
  for (const name of ['lank.pmtiles', 'mapp.pmtiles', '.gomd.pmtiles', 'hemlig.txt', 'inner/a.pmtiles',
    'inner%2Fa.pmtiles', '..%2Fa.pmtiles', '%2e%2e%2fstad.pmtiles', '.pmtiles', 'stad.pmtiles%00', 'stad.pmtiles%2F',
    `${'a'.repeat(60)}.pmtiles`, 'finns-inte.pmtiles', 'st%C3%A4d.pmtiles']) {
    const res = await server.get(`/tiles/${name}`);
    assert.ok([400, 404].includes(res.status), `${name} ${res.status}`);
    assert.ok(!/hemlig|root:/.test(res.text), name);
  }
});

test('many at once are read beside the loop, and each is right', async () => {
  const all = await Promise.all(Array.from({ length: 40 }, async (_, i) => {
    const from = i * 100000;
    const res = await get('stad.pmtiles', { range: `bytes=${from}-${from + 65535}` });
    return res.status === 503 || (res.status === 206 && res.bytes.equals(large.subarray(from, from + 65536)));
  }));
  assert.ok(all.every(Boolean));
  assert.equal((await server.get('/')).status, 200);
});
