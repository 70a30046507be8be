/* What the public map and the app's are drawn on: a PMTiles file of vectors or of pictures,
 * read in parts, in light and dark; and the districts' outlines when it cannot be read. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { startServer, testRoot } from '../api/harness.mjs';
import { button, clean, eventually, installed, leave, openApp, startNet } from './app_kit.mjs';
import { axeSource, closeBrowser, lookAt, openTab } from './browser.mjs';
import { pmtilesOf, pngOf, tileOf, tilesOf } from './tile_kit.mjs';

const dir = path.join(testRoot(), 'tiles');
const file = path.join(dir, 'stad.pmtiles');
const mib = 1 << 20;

/* The western half of the city is water, a wide road goes along all of it. */
const city = [17.6, 59.1, 18.4, 59.6];
const rect = (west, south, east, north) => [[west, south], [east, south], [east, north], [west, north]];
const layers = {
  earth: [{ ring: rect(17, 59, 19, 60) }],
  water: [{ ring: rect(17, 59, 18.03, 60), props: { kind: 'lake' } }],
  roads: [{ line: [[17, 59.31], [19, 59.31]], props: { kind: 'highway', name: 'Långa gatan', min_zoom: 3 } }],
  places: [{ point: [18.0686, 59.3293], props: { kind: 'locality', name: 'Stockholm', population_rank: 12 } }],
};
const vectors = pmtilesOf(tilesOf(city, [6, 11], (z, x, y) => tileOf(layers, z, x, y)), { filler: 5 * mib });

/* As clients/app/src/map_colours.ts has them. */
const colours = { light: { land: '#eae7df', water: '#cfe2ea', road: '#ffffff' },
  dark: { land: '#1d272f', water: '#0d1a24', road: '#3f4d59' } };

let server, net;
before(async () => {
  fs.mkdirSync(dir, { recursive: true });
  server = await startServer({ env: { SYNPUNKT_TILES: dir, SYNPUNKT_TILE_URL: '/tiles/stad.pmtiles',
    SYNPUNKT_TILE_CREDIT: '© Kartans <a href="https://kartan.example/">ägare</a>' } });
  net = await startNet(server);
});
after(async () => {
  await closeBrowser();
  await net?.stop();
  await server?.stop();
});

/* What the page said and read of the file. */
function follow(tab) {
  tab.said = [];
  tab.parts = [];
  tab.on('console', (m) => { if (['error', 'warning'].includes(m.type())) tab.said.push(m.text()); });
  tab.on('pageerror', (e) => tab.said.push(`Uncaught ${e.stack}`));
  tab.on('response', (res) => {
    if (res.url().endsWith('.pmtiles'))
      tab.parts.push({ status: res.status(), range: res.request().headers().range, size: Number(res.headers()['content-length']) });
  });
}

async function openPublic(scheme = 'light', more = {}) {
  const tab = await openTab(server, { scheme, ...more });
  follow(tab);
  await tab.goto('/karta');
  await tab.locator('.map .outline').first().waitFor({ state: 'attached' });
  return tab;
}

async function openPlace(scheme = 'light', more = {}) {
  const tab = await openApp(net, { path: '/app/var', place: null, scheme, first: follow, ...more });
  await button(tab, 'Visa karta').click();
  await tab.locator('.map path.area').first().waitFor({ state: 'attached' });
  return tab;
}

/* How much of the map has each colour, as it is seen; a road that is a pixel wide is a
 * little paler. */
async function sharesOf(tab, of) {
  await tab.locator('.map').scrollIntoViewIfNeeded();
  const picture = [...await tab.locator('.map').screenshot()];
  return tab.evaluate(async ({ picture, of }) => {
    const image = await createImageBitmap(new Blob([new Uint8Array(picture)]));
    const pen = new OffscreenCanvas(image.width, image.height).getContext('2d');
    pen.drawImage(image, 0, 0);
    const { data } = pen.getImageData(0, 0, image.width, image.height);
    return Object.fromEntries(Object.entries(of).map(([name, colour]) => {
      const want = [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
      let n = 0;
      for (let i = 0; i < data.length; i += 4) if (want.every((c, k) => Math.abs(data[i + k] - c) < 12)) n++;
      return [name, n / (data.length / 4)];
    }));
  }, { picture, of });
}

const drawn = (tab, of) => eventually('the map is drawn', async () => {
  const { land, water, road } = await sharesOf(tab, of);
  return land > 0.1 && water > 0.1 && road > 0.0003;
});

function assertParts(tab) {
  const read = tab.parts.reduce((sum, { size }) => sum + size, 0);

  assert.ok(tab.parts.length >= 2);
  assert.deepEqual(tab.parts.filter(({ status, range }) => status !== 206 || !/^bytes=\d+-\d+$/.test(range)), []);
  assert.ok(read < vectors.length / 20, `${read} octets of ${vectors.length} were read`);
}

async function assertOutlines(tab, fault = '') {
  await eventually(`outlines alone ${fault}`, () => tab.evaluate(() => !document.querySelector('.map.tiled, .map .leaflet-tile') &&
    [...document.querySelectorAll('.map path')].some((e) => getComputedStyle(e).fill !== 'none')));
}

for (const [name, open] of [['the public map', openPublic], ['the app’s map', openPlace]]) {
  test(`${name} is drawn from parts of the city’s own file, light and dark`, async () => {
    fs.writeFileSync(file, vectors);
    for (const scheme of ['light', 'dark']) {
      const tab = await open(scheme);
      await drawn(tab, colours[scheme]);
      assert.equal(await tab.locator('.leaflet-control-attribution').textContent(), '© Kartans ägare');
      assert.equal(await tab.evaluate(() => getComputedStyle(document.querySelector('.map path')).fill), 'none');
      assertParts(tab);
      await tab.emulateMedia({ colorScheme: scheme === 'light' ? 'dark' : 'light' });
      await drawn(tab, colours[scheme === 'light' ? 'dark' : 'light']);
      assert.deepEqual(tab.said, []);
      await tab.context().close();
    }
  });

  test(`${name} shows a file of pictures, which the page’s policy lets in nothing for`, async () => {
    const red = pngOf('#b03060');
    fs.writeFileSync(file, pmtilesOf(tilesOf(city, [6, 11], () => red), { type: 2 }));
    const tab = await open();
    await eventually('the pictures are there', async () => (await sharesOf(tab, { red: '#b03060' })).red > 0.5);
    assert.deepEqual(tab.said, []);
    await tab.context().close();
  });

  test(`${name} is the districts’ outlines when the file cannot be read`, async () => {
    const end = vectors.indexOf('\x1f\x8b', 200, 'latin1'); /* the metadata's: after the directory */
    const files = { 'not there': null, empty: '', 'something else': 'x'.repeat(5000), 'cut off': vectors.subarray(0, end),
      'one that it does not know how to read': pmtilesOf([{ z: 0, x: 0, y: 0, bytes: Buffer.from('x') }], { type: 0 }) };
    for (const [fault, bytes] of Object.entries(files)) {
      fs.rmSync(file, { force: true });
      if (bytes !== null) fs.writeFileSync(file, bytes);
      const tab = await open();
      await eventually(`it was asked for: ${fault}`, () => tab.parts.length);
      await assertOutlines(tab, fault);
      assert.deepEqual(tab.said.filter((text) => /^Uncaught|Content Security|Refused to/.test(text)), [], fault);
      await tab.context().close();
    }
  });
}

test('a map with a file under it is as clean as one without', async () => {
  fs.writeFileSync(file, vectors);
  for (const scheme of ['light', 'dark']) {
    const tab = await openPublic(scheme, { width: 320 });
    await drawn(tab, colours[scheme]);
    await tab.evaluate(axeSource);
    const { faults, wide } = await lookAt(tab);
    assert.deepEqual({ faults, wide }, { faults: [], wide: 320 });
    await tab.context().close();
  }
  const tab = await openPlace();
  await drawn(tab, colours.light);
  await clean(tab, 'the app’s map');
  await leave(tab);
});

test('the app’s worker keeps no part of the file, and the map is there without a network', async () => {
  fs.writeFileSync(file, vectors);
  const tab = await openPlace();
  await installed(tab);
  await tab.reload();
  await button(tab, 'Visa karta').click();
  await drawn(tab, colours.light);
  const kept = await tab.evaluate(async () => {
    const caches = await Promise.all((await window.caches.keys()).map((name) => window.caches.open(name)));
    return (await Promise.all(caches.map((cache) => cache.keys()))).flat().map(({ url }) => new URL(url).pathname);
  });
  assert.ok(kept.some((name) => name.endsWith('/map-vector.js')));
  assert.deepEqual(kept.filter((name) => /tiles/.test(name)), []);
  net.down = true;
  await button(tab, 'Dölj karta').click();
  await button(tab, 'Visa karta').click();
  await assertOutlines(tab);
  net.down = false;
  await tab.context().close();
});

/* Another's server: pictures, and a file by Range, which it lets other origins read. */
async function startFar() {
  const far = http.createServer((req, res) => {
    const [from, to] = /^bytes=(\d+)-(\d+)$/.exec(req.headers.range ?? '')?.slice(1).map(Number) ?? [];
    if (req.url.endsWith('.png')) return void res.writeHead(200, { 'content-type': 'image/png' }).end(pngOf('#b03060'));
    const part = vectors.subarray(from, to + 1);
    res.writeHead(206, { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'ETag', etag: '"1"',
      'content-length': part.length, 'content-range': `bytes ${from}-${from + part.length - 1}/${vectors.length}` }).end(part);
  });
  await new Promise((done) => { far.listen(0, '127.0.0.1', done); });
  return far;
}

for (const [kind, name, of] of [['pictures', '{z}/{x}/{y}.png', { red: '#b03060' }], ['a file', 'stad.pmtiles', colours.light]])
  test(`both maps show ${kind} of another server`, async () => {
    const far = await startFar();
    const near = await startServer({ env: { SYNPUNKT_TILE_URL: `http://127.0.0.1:${far.address().port}/${name}` } });
    const tabs = [await openPublic('light', { baseURL: near.url }), await openPlace('light', { baseURL: near.url })];
    for (const tab of tabs) {
      await eventually('the map is drawn', async () => Object.values(await sharesOf(tab, of)).every((share) => share > 0.0003));
      assert.deepEqual(tab.said, []);
      await tab.context().close();
    }
    await near.stop();
    far.closeAllConnections();
    far.close();
  });

test('a district’s name on the app’s map goes along, not down', async () => {
  fs.rmSync(file, { force: true });
  const tab = await openPlace();
  const sizes = await tab.locator('.areaname').evaluateAll((all) => all.map((e) => [e.offsetWidth, e.offsetHeight, e.textContent]));
  assert.ok(sizes.length > 5);
  assert.deepEqual(sizes.filter(([width, height]) => height > width), []);
  await tab.context().close();
});
