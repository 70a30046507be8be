/* Addresses, places and units, found as people write them. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import proj4 from 'proj4';

import { startServer, testRoot, top } from './harness.mjs';

let server;
before(async () => { server = await startServer(); });
after(() => server.stop());

let files = 0;
function file(text) {
  const name = path.join(testRoot(), `places${process.pid}_${++files}.tsv`);
  fs.writeFileSync(name, text);
  return name;
}
const load = (text, source = 'prov') => server.ctl(['--json', 'import', 'places', file(text), '--source', source]);

async function find(q, more = '') {
  const res = await server.get(`/api/v1/places?q=${encodeURIComponent(q)}${more}`);
  assert.equal(res.status, 200, res.text);
  assert.equal(res.json.next, null);
  return res.json.items;
}
const names = async (q, more) => (await find(q, more)).map((i) => i.name);
const nearest = async (lat, lon) => (await server.get(`/api/v1/places/nearest?lat=${lat}&lon=${lon}`)).json;

const street = (name, n, lat) => Array.from({ length: n }, (_, i) =>
  `${name} ${i + 1}\taddress\t${lat}\t${17.9 + i * 0.0002}`).join('\n');

test('an address is found with and without å, ä and ö, by its beginning, the shorter first', async () => {
  const out = await load(`name\tkind\tlat\tlon\n${street('Sveavägen', 130, 59.34)}\nÅsögläntan\tplace\t59.31\t18.06\n`);
  assert.equal(out.code, 0, out.stdout);
  assert.deepEqual(JSON.parse(out.stdout), { imported: 'places', source: 'prov', rows: 131 });
  for (const q of ['sveavagen 12', 'Sveavägen 12', ' SVEAVÄGEN  12', 'sveavägen, 12', 'Sveava\u0308gen 12'])
    assert.deepEqual((await names(q)).slice(0, 3), ['Sveavägen 12', 'Sveavägen 120', 'Sveavägen 121'], q);
  assert.deepEqual(await names('sveav', '&limit=2'), ['Sveavägen 1', 'Sveavägen 2']);
  assert.equal((await names('asoglantan'))[0], 'Åsögläntan');
  const [item] = await find('åsö');
  assert.deepEqual(item, { name: 'Åsögläntan', kind: 'place',
    district: { code: 'sodermalm', name: 'Södermalm' }, lat: 59.31, lon: 18.06 });
});

test('what is misspelt is found, and the number is kept', async () => {
  for (const q of ['svevägen 17', 'sveavägn 17', 'sveaveagen 17'])
    assert.equal((await names(q))[0], 'Sveavägen 17', q);
  assert.deepEqual(await names('xyzzyqwert 17'), []);
});

test('units are found by a word of their name, with their code', async () => {
  const [unit] = await find('smultronbacken');
  assert.equal(unit.name, 'Förskolan Smultronbacken');
  assert.deepEqual([unit.kind, unit.unit, unit.district.code],
    ['unit', 'forskolan-smultronbacken', 'kungsholmen']);
});

test('the demonstration’s districts and made-up streets are there', async () => {
  assert.ok((await find('södermalm')).some((i) => i.kind === 'place' && i.name === 'Södermalm'));
  assert.ok((await find('provstigen 20')).some((i) => i.kind === 'address' && i.name === 'Provstigen 20, Bromma'));
});

test('nothing of what is typed is a pattern or a program', async () => {
  for (const q of ['%%', '__', "'; DROP TABLE x", '\\\\', '{{{', '<<>>', '()', '🙂🙂', '\u0000a', 'a'.repeat(100)]) {
    const res = await server.get(`/api/v1/places?q=${encodeURIComponent(q)}`);
    assert.ok([200, 400].includes(res.status), `${q}: ${res.text}`);
    if (res.status === 200) assert.deepEqual(res.json.items, [], q);
  }
});

test('the nearest place, the district, and where the city ends', async () => {
  assert.deepEqual(await nearest(59.34001, 17.9), { name: 'Sveavägen 1', distance: 1,
    district: { code: 'bromma', name: 'Bromma' }, insideCity: true });
  const far = await nearest(59.3, 18.07);
  assert.deepEqual([far.name, far.distance, far.insideCity], [null, null, true]);
  assert.ok(far.district.code);
  assert.deepEqual(await nearest(57.7, 11.97), { name: null, distance: null, district: null, insideCity: false });
});

test('the file may be in SWEREF 99 TM or 18 00', async () => {
  const at = { lat: 59.3226, lon: 17.9871 };
  const tm = proj4('+proj=utm +zone=33 +ellps=GRS80', [at.lon, at.lat]);
  const local = proj4('+proj=tmerc +lat_0=0 +lon_0=18 +k=1 +x_0=150000 +y_0=0 +ellps=GRS80', [at.lon, at.lat]);
  for (const [system, [e, n]] of [['sweref99tm', tm], ['sweref991800', local]]) {
    const out = await load(`name\tkind\t${system}_n\t${system}_e\nSweref ${system}\tplace\t${n}\t${e}\n`, system);
    assert.equal(out.code, 0, out.stdout);
    const [found] = await find(`sweref ${system}`);
    assert.ok(Math.abs(found.lat - at.lat) < 1e-7 && Math.abs(found.lon - at.lon) < 1e-7, JSON.stringify(found));
  }
});

test('a file is the whole of its source, goes in whole or not at all, and says where it is bad', async () => {
  const head = 'name\tkind\tlat\tlon\tsweref99tm_n\tsweref99tm_e\n';
  for (const [text, said] of [
    [`${head}A gata 1\taddress\t59.3\n`, /line 2: the place cannot be in WGS 84/],
    [`${head}A gata 1\taddress\n`, /line 2: exactly one pair/],
    [`${head}A gata 1\taddress\t59.3\t18\t6580000\t674000\n`, /line 2: exactly one pair/],
    [`${head}# x\nA gata 1\taddress\t\t\t674000\t6580000\n`, /line 3: the place cannot be in SWEREF 99 TM/],
    [`${head}A gata 1\taddress\t96\t18\n`, /cannot be in WGS 84/],
    [`${head}A gata 1\thouse\t59\t18\n`, /line 2, kind/],
    ['', /no line of column names/]]) {
    const out = await load(text);
    assert.equal(out.code, 1, text);
    assert.match(JSON.parse(out.stdout).error, said);
  }
  assert.equal((await names('sveavagen 12')).length > 0, true, 'what was there is there');
  /* More than one part, the fault in the last. */
  const many = (last) => `name\tkind\tlat\tlon\n${street('Mångagränd', 6000, 59.3)}\n${last}`;
  let out = await load(many('Fel 1\taddress\tx\t18\n'));
  assert.match(JSON.parse(out.stdout).error, /line 6002, lat/);
  assert.deepEqual(await names('mangagrand 1'), []);
  out = await load(many(''));
  assert.equal(JSON.parse(out.stdout).rows, 6000);
  assert.deepEqual((await names('mangagrand 600')).slice(0, 2), ['Mångagränd 600', 'Mångagränd 6000']);
  assert.deepEqual(await names('sveavagen 12'), [], 'the source has been replaced');
  assert.equal((await find('smultronbacken')).length, 1);
  assert.equal((await server.ctl(['import', 'places', file(head), '--source', 'Två ord'])).code, 2);
});

test('loading the demonstration’s file again changes nothing', async () => {
  const before = await names('provstigen');
  const out = await server.ctl(['import', 'places', path.join(top, 'server/demo/places.tsv'), '--source', 'demo']);
  assert.equal(out.code, 0, out.stderr);
  assert.deepEqual(await names('provstigen'), before);
});

test('what is no question is refused by name', async () => {
  for (const [where, name] of [['places', 'q'], ['places?q=a', 'q'], [`places?q=${'å'.repeat(101)}`, 'q'],
    ['places?q=ab&limit=0', 'limit'], ['places/nearest', 'lat'], ['places/nearest?lat=91&lon=18', 'lat'],
    ['places/nearest?lat=59&lon=x', 'lon'], ['places/nearest?lat=59&lon=nan', 'lon']]) {
    const res = await server.get(`/api/v1/${where}`);
    assert.equal(res.status, 422, where);
    assert.equal(res.json.invalidParams[0].name, name, where);
  }
});

test('an address asks 1,200 times a minute and no more', async () => {
  const other = await startServer();
  try {
    let refused;
    for (let i = 0; i < 1300 && !refused; i += 20) {
      const all = await Promise.all(Array.from({ length: 20 }, () => other.get('/api/v1/places/nearest?lat=59.3&lon=18')));
      refused = all.find((r) => r.status === 429);
      if (i < 1100) assert.equal(refused, undefined, `${i}`);
    }
    assert.ok(Number(refused.headers['retry-after']) >= 1);
    assert.equal((await other.get('/api/v1/places?q=ab')).status, 429);
  } finally {
    await other.stop();
  }
});
