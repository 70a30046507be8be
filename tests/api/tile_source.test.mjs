/* What maps are drawn on, as the app asks for it, and what pages let in for it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { startServer } from './harness.mjs';

const far = 'https://kartor.example:8443';
const sources = {
  'nothing': { url: '', img: [], connect: [] },
  'a file of our own': { url: '/tiles/stad.pmtiles', img: [], connect: [] },
  'pictures of our own': { url: '/bilder/{z}/{x}/{y}.png', img: [], connect: [] },
  'a file elsewhere': { url: `${far}/stad.pmtiles`, img: [], connect: [far] },
  'pictures elsewhere': { url: `${far}/{z}/{x}/{y}.png`, img: [far], connect: [] },
  'an address that is none': { url: '//kartor.example/stad.pmtiles', isNone: true, img: [], connect: [] },
  'an address that would be more than one': { url: "https://kartor.example 'unsafe-inline'/a.pmtiles", isNone: true, img: [], connect: [] },
};

const directives = (res) => Object.fromEntries(res.headers['content-security-policy'].split('; ')
  .map((text) => text.split(' ')).map(([name, ...values]) => [name, values]));

for (const [name, { url, isNone = url === '', img, connect }] of Object.entries(sources))
  test(`${name}: is told, and pages let in that and no more`, async () => {
    const server = await startServer({ env: { SYNPUNKT_TILE_URL: url, SYNPUNKT_TILE_CREDIT: '© Kartan' } });
    const told = await server.get('/api/v1/map-tiles');

    assert.equal(told.status, 200);
    assert.deepEqual(told.json, isNone ? { url: null, credit: '' } : { url, credit: '© Kartan' });
    const page = await server.get('/karta');
    assert.equal(page.text.includes('data-tiles='), !isNone);
    const [, reader] = /data-vector="(\/static\/[0-9a-f]{16}\/map-vector\.js)"/.exec(page.text) ?? [];
    assert.equal(reader === undefined, isNone);
    if (reader) assert.match((await server.get(reader)).headers['cache-control'], /immutable/);
    for (const res of [page, await server.get('/app/')]) {
      const policy = directives(res);
      assert.deepEqual(policy['default-src'], ["'none'"]);
      assert.deepEqual(policy['script-src'], ["'self'"]);
      assert.deepEqual(policy['connect-src'], ["'self'", ...connect]);
      assert.deepEqual(policy['img-src'].filter((source) => !/^('self'|data:|blob:)$/.test(source)), img);
    }
    assert.ok(!(await server.get('/')).headers['content-security-policy'].includes('kartor'));
    await server.stop();
  });
