/* What the server does for the app: its pages, files, worker and manifest, and the channel
 * of what comes by it. What the app does itself is in tests/browser/app*.test.mjs. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { multipart, startServer } from './harness.mjs';

let server;
before(async () => { server = await startServer(); });
after(async () => {
  await server.stop();
});

const addresses = ['/app/', '/app/var', '/app/beratta', '/app/skicka', '/app/skickat/0123', '/app/mina',
  '/app/mina/lagg-till', '/app/mina/2026-104233', '/app/stod/a_b-C', '/app/enheten'];

test('every address of the app is its one page, with nothing inline and nothing from elsewhere', async () => {
  const first = await server.get('/app/');
  for (const path of addresses) {
    const res = await server.get(path);
    assert.equal(res.status, 200, path);
    assert.equal(res.text, first.text);
    assert.equal(res.headers['content-type'], 'text/html; charset=utf-8');
    assert.equal(res.headers['cache-control'], 'no-cache');
    const policy = res.headers['content-security-policy'];
    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self';/);
    assert.match(policy, /connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'none'/);
    assert.doesNotMatch(policy, /unsafe|\*|https?:/);
  }
  assert.doesNotMatch(first.text, /<script(?![^>]*src=)|<style|style=|\son\w+=|https?:/);
  assert.equal((await server.get('/app/', { headers: { 'if-none-match': first.headers.etag } })).status, 304);
});

test('where no part of the app is there is none', async () => {
  for (const path of ['/app/finns-inte', '/app/index.html', '/app/app.js', '/static/0/index.html', '/static/0/manifest.webmanifest'])
    assert.equal((await server.get(path)).status, 404, path);
  assert.equal((await server.get('/app')).headers.location, '/app/');
});

test('what the page names may be kept for ever, and is what its address says', async () => {
  const page = (await server.get('/app/')).text;
  const manifest = (await server.get('/app/manifest.webmanifest')).text;
  const named = [...`${page}${manifest}`.matchAll(/"(\/static\/[^"]+)"/g)].map(([, path]) => path);
  const types = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', svg: 'image/svg+xml', png: 'image/png' };

  assert.ok(named.length >= 6, named.join(' '));
  for (const path of named) {
    const res = await server.get(path);
    assert.equal(res.status, 200, path);
    assert.match(res.headers['cache-control'], /immutable/, path);
    assert.equal(res.headers['content-type'], types[path.split('.').pop()], path);
  }
});

test('the worker is in charge of /app/, asked for each time, and keeps what the page names', async () => {
  const res = await server.get('/app/sw.js');
  assert.equal(res.status, 200);
  assert.equal(res.headers['content-type'], 'text/javascript; charset=utf-8');
  assert.equal(res.headers['cache-control'], 'no-cache');
  const page = (await server.get('/app/')).text;
  for (const [, path] of page.matchAll(/(\/static\/[^"]+\/app\.(?:js|css))/g)) assert.ok(res.text.includes(path), path);
});

test('the manifest can be installed, and takes photos from other apps', async () => {
  const res = await server.get('/app/manifest.webmanifest');
  assert.equal(res.headers['content-type'], 'application/manifest+json');
  const manifest = JSON.parse(res.text);
  assert.equal(manifest.scope, '/app/');
  assert.equal(manifest.display, 'standalone');
  assert.ok(manifest.icons.some(({ sizes, type }) => sizes === '192x192' && type === 'image/png'));
  assert.ok(manifest.icons.some(({ purpose }) => purpose === 'maskable'));
  assert.equal(manifest.share_target.action, '/app/dela');
});

test('what is shared while no worker runs is not read, and the app is told', async () => {
  for (const size of [10, 200_000]) {
    const res = await server.post('/app/dela', multipart([{ name: 'photos', filename: 'a.jpg', type: 'image/jpeg', body: Buffer.alloc(size) }]));
    assert.equal(res.status, 303);
    assert.equal(res.headers.location, '/app/?delat=nej');
  }
});

const channelOf = async ({ number }) => (await server.sql(`SELECT channel FROM synpunkt.case WHERE id = ${number.split('-')[1]}`))[0].channel;

test('what the app sends says so; nobody says anything else of how it came', async () => {
  const submit = async (channel) => (await server.post('/api/v1/cases', { json: { text: 'Hej', channel } })).json;
  assert.equal(await channelOf(await submit('app')), 'app');
  for (const channel of ['web', 'mail', 'letter', 'App', '', null, 7, ['app'], undefined])
    assert.equal(await channelOf(await submit(channel)), 'api', String(channel));
});
