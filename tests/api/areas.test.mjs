/* The city's outlines for maps, and the page of the desk. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startServer } from './harness.mjs';

let server;
before(async () => { server = await startServer(); });
after(() => server.stop());

test('districts are GeoJSON that anybody may read and keep for an hour', async () => {
  const res = await server.get('/api/v1/areas?kind=district');
  assert.equal(res.status, 200, res.text);
  assert.equal(res.headers['content-type'], 'application/geo+json');
  assert.equal(res.headers['cache-control'], 'public, max-age=3600');
  const areas = JSON.parse(res.text);
  assert.equal(areas.type, 'FeatureCollection');
  assert.equal(areas.features.length, 11);
  for (const { type, id, properties, geometry } of areas.features) {
    assert.equal(type, 'Feature');
    assert.equal(id, properties.code);
    assert.ok(properties.name);
    const [lon, lat] = geometry.coordinates.flat(geometry.type === 'Polygon' ? 1 : 2)[0];
    assert.ok(lon > 17 && lon < 19 && lat > 59 && lat < 60, id);
  }
  const again = await server.get('/api/v1/areas?kind=district',
    { headers: { 'if-none-match': res.headers.etag } });
  assert.equal(again.status, 304);
  assert.deepEqual(JSON.parse((await server.get('/api/v1/areas?kind=moon')).text).features, []);
  const without = await server.get('/api/v1/areas');
  assert.equal(without.status, 422);
  assert.equal(without.json.invalidParams[0].name, 'kind');
});

test('areas that have ended are not shown', async () => {
  await server.sql(`UPDATE synpunkt.area SET valid_to = '2020-01-01' WHERE code = 'farsta'`);
  const { features } = JSON.parse((await server.get('/api/v1/areas?kind=district')).text);
  assert.equal(features.length, 10);
});

test('the desk is one page at each of its addresses, under a strict policy', async () => {
  for (const path of ['/desk/', '/desk/arenden/2026-104233']) {
    const res = await server.get(path);
    assert.equal(res.status, 200);
    assert.match(res.headers['content-security-policy'], /default-src 'none'; script-src 'self'; style-src 'self';/);
    assert.doesNotMatch(res.headers['content-security-policy'], /unsafe/);
    assert.equal(res.headers['cache-control'], 'no-cache');
    assert.equal((await server.get(path, { headers: { 'if-none-match': res.headers.etag } })).status, 304);
    for (const [, address] of res.text.matchAll(/(?:src|href)="([^"]+)"/g)) {
      const file = await server.get(address);
      assert.equal(file.status, 200, address);
      assert.equal(file.headers['cache-control'], 'public, max-age=31536000, immutable', address);
    }
  }
  const bare = await server.get('/desk');
  assert.equal(bare.status, 303);
  assert.equal(bare.headers.location, '/desk/');
  assert.equal((await server.get('/desk/finns/inte')).status, 404);
});

test('synpunktctl prints the same description of the API as the server', async () => {
  const out = await server.ctl(['config', '--openapi']);
  assert.equal(out.code, 0);
  assert.deepEqual(JSON.parse(out.stdout), (await server.get('/api/v1/openapi.json')).json);
});
