/* Areas in WGS 84, SWEREF 99 TM and SWEREF 99 18 00, held against two libraries that share
 * nothing with PostGIS: proj4 (JavaScript) says where a point is in the file's system, and
 * point-in-polygon-hao in which of the file's polygons that is. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';

import pointInPolygon from 'point-in-polygon-hao';
import proj4 from 'proj4';

import { ctl, sharedCluster, startServer, template, testRoot } from './harness.mjs';

const systems = {
  4326: { proj: 'WGS84', name: null },
  3006: { proj: '+proj=utm +zone=33 +ellps=GRS80 +units=m +no_defs', name: 'urn:ogc:def:crs:EPSG::3006' },
  3011: { proj: '+proj=tmerc +lat_0=0 +lon_0=18 +k=1 +x_0=150000 +y_0=0 +ellps=GRS80 +units=m +no_defs',
    name: 'EPSG:3011' },
};

let cluster;
before(async () => { cluster = await sharedCluster(); });

let state = 20261128; /* a small generator: the same areas and points every time */
const random = () => {
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
  return state / 0x80000000;
};
const about = (x, by) => x + (random() * 2 - 1) * by;

/* From one corner to another by three more, none on the straight line; without the last. */
function edge([ax, ay], [bx, by]) {
  const points = [[ax, ay]];
  for (const t of [0.25, 0.5, 0.75])
    points.push([about(ax + (bx - ax) * t, 90), about(ay + (by - ay) * t, 90)]);
  return points;
}

const closed = (ring) => [...ring, ring[0]];
const back = (points, end) => [end, ...points.slice(1).reverse()];

/* Five by five ragged squares of a kilometre, in SWEREF 99 TM, that share their edges; in
 * the middle of one lies another. */
function division() {
  const n = 5;
  const corners = Array.from({ length: n + 1 }, (_, i) => Array.from({ length: n + 1 },
    (__, k) => [about(668000 + 1000 * k, 250), about(6575000 + 1000 * i, 250)]));
  const flat = corners.map((row) => row.slice(1).map((to, k) => edge(row[k], to)));
  const upright = corners.slice(1).map((row, i) => row.map((to, k) => edge(corners[i][k], to)));
  const areas = [];
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++)
      areas.push({ name: `Område ${i}${k}`, rings: [closed([...flat[i][k], ...upright[i][k + 1],
        ...back(flat[i + 1][k], corners[i + 1][k + 1]), ...back(upright[i][k], corners[i + 1][k])])] });
  }
  const island = closed([[670350, 6577400], [670600, 6577380], [670620, 6577650], [670480, 6577500], [670340, 6577600]]);
  areas[12].rings.push(island);
  return [...areas, { name: 'Ön', rings: [island] }];
}

const tm = systems[3006].proj;
const inSystem = (areas, epsg) => areas.map(({ name, rings }) => ({ name,
  rings: rings.map((ring) => ring.map((p) => (epsg === '3006' ? p : proj4(tm, systems[epsg].proj, p)))) }));

function fileOf(areas, epsg, crs = systems[epsg].name) {
  const where = path.join(testRoot(), `areas${process.pid}_${Math.random()}.geojson`);
  fs.writeFileSync(where, JSON.stringify({ type: 'FeatureCollection',
    ...(crs && { crs: { type: 'name', properties: { name: crs } } }),
    features: areas.map(({ name, rings }) => ({ type: 'Feature', properties: { name },
      geometry: { type: 'Polygon', coordinates: rings } })) }));
  return where;
}

const importAreas = (at, file, ...more) => ctl(['--json', 'import', 'areas', file, '--kind', 'district',
  '--name-property', 'name', ...more], at);

async function freshCity() {
  const database = await cluster.newDatabase(await template(cluster, { empty: true }));
  return { database, dir: cluster.dir };
}

/* From a point to a piece of a border, in units of the plane. */
function toPiece([x, y], [ax, ay], [bx, by]) {
  const length2 = (bx - ax) ** 2 + (by - ay) ** 2;
  const t = length2 ? Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length2)) : 0;
  return Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay));
}

/* Metres to the border of an area. Degrees are made metres about the point itself. */
function toBorder(point, rings, epsg) {
  const scale = epsg === '4326' ? [111320 * Math.cos(point[1] * Math.PI / 180), 111420] : [1, 1];
  const plane = ([x, y]) => [(x - point[0]) * scale[0], (y - point[1]) * scale[1]];
  return Math.min(...rings.flatMap((ring) => ring.slice(1).map((to, i) =>
    toPiece([0, 0], plane(ring[i]), plane(to)))));
}

/* Nearer than this to a border the two may differ: a straight line of the file is kept to
 * some millimetres, and the libraries' numbers are not the same to the last digit. */
const tolerance = 0.05;
/* A gap is given to the nearest area within 200 metres, measured on the ellipsoid there and in
 * the plane here: about that distance nothing is asked. */
const reach = [199, 201];

/* The name of the area, null for none, undefined where the libraries need not agree. */
function expected(point, areas, epsg) {
  const near = areas.map(({ name, rings }) => ({ name, metres: toBorder(point, rings, epsg) }))
    .sort((a, b) => a.metres - b.metres);
  if (near[0].metres < tolerance) return undefined;
  const inside = areas.filter(({ rings }) => pointInPolygon(point, rings));
  assert.ok(inside.length <= 1);
  if (inside.length) return inside[0].name;
  if (near[0].metres > reach[1]) return null;
  return near[0].metres > reach[0] || near[1].metres - near[0].metres < 0.5 ? undefined : near[0].name;
}

async function districtsAt(at, points) {
  const rows = [];
  for (let i = 0; i < points.length; i += 500) {
    const values = points.slice(i, i + 500).map(([lon, lat], k) => `(${k}, ${lat}, ${lon})`);
    rows.push(...await cluster.sql(`SELECT (SELECT a.name FROM synpunkt.area a
      WHERE a.code = synpunkt.district_at(p.lat, p.lon)) AS name
      FROM (VALUES ${values.join()}) AS p (i, lat, lon) ORDER BY p.i`, at));
  }
  return rows.map((r) => r.name);
}

const division1 = division();
for (const epsg of Object.keys(systems)) {
  test(`3,000 points lie in the areas of EPSG:${epsg} that two other libraries say`, async () => {
    const at = await freshCity();
    const areas = inSystem(division1, epsg);
    const out = await importAreas(at, fileOf(areas, epsg));
    assert.equal(out.code, 0, out.stdout);
    const told = JSON.parse(out.stdout);
    assert.deepEqual([told.epsg, told.areas, told.overlaps, told.gaps.count], [Number(epsg), 26, [], 0]);

    const points = Array.from({ length: 3000 }, () => proj4(tm, 'WGS84',
      [667400 + random() * 6200, 6574400 + random() * 6200]));
    const found = await districtsAt(at, points);
    const counts = { inside: 0, near: 0, outside: 0, skipped: 0 };
    points.forEach((point, i) => {
      const there = epsg === '4326' ? point : proj4('WGS84', systems[epsg].proj, point);
      const name = expected(there, areas, epsg);
      counts[name === undefined ? 'skipped' : name === null ? 'outside' : 'inside']++;
      if (name !== undefined) assert.equal(found[i], name, `${point} ${i}`);
    });
    assert.ok(counts.inside > 1800 && counts.outside > 300 && counts.skipped < 40, JSON.stringify(counts));
  });
}

test('numbers that cannot be of the system are refused, and nothing is changed', async () => {
  const at = await freshCity();
  const [wgs, metres, local] = ['4326', '3006', '3011'].map((epsg) => inSystem(division1, epsg));
  const swapped = metres.map(({ name, rings }) => ({ name, rings: rings.map((r) => r.map(([e, n]) => [n, e])) }));
  for (const [file, more, said] of [
    [fileOf(metres, '4326', null), [], /feature 1: the position 66\d+.*cannot be in WGS 84/],
    [fileOf(metres, '3006'), ['--crs', 'EPSG:4326'], /says that it is in EPSG:3006 .*not in EPSG:4326/],
    [fileOf(metres, '3011'), [], /cannot be in SWEREF 99 18 00/],
    [fileOf(local, '3006'), [], /cannot be in SWEREF 99 TM/],
    [fileOf(wgs, '3006'), [], /cannot be in SWEREF 99 TM/],
    [fileOf(swapped, '3006'), [], /cannot be in SWEREF 99 TM, easting first/],
    [fileOf(metres, '3006', 'EPSG:3857'), [], /"EPSG:3857" .*not known/]]) {
    const out = await importAreas(at, file, ...more);
    assert.equal(out.code, 1, out.stdout);
    assert.match(JSON.parse(out.stdout).error, said);
  }
  assert.deepEqual(await cluster.sql('SELECT 1 FROM synpunkt.area', at), []);
  assert.equal((await importAreas(at, fileOf(metres, '3006'), '--crs', 'EPSG:3857')).code, 2);
  const out = await importAreas(at, fileOf(local, '3011', null), '--crs', '3011');
  assert.equal(JSON.parse(out.stdout).epsg, 3011, out.stdout);
});

test('kinds of areas stand beside each other, and only the district decides', async () => {
  const server = await startServer();
  try {
    const [lon, lat] = proj4(tm, 'WGS84', [674000, 6580000]);
    const square = (name) => [{ name, rings: [[[673000, 6579000], [675000, 6579000], [675000, 6581000],
      [673000, 6581000], [673000, 6579000]]] }];
    for (const [kind, name] of [['park', 'Prövoparken'], ['school-catchment', 'Prövoskolan'], ['owner', 'Prövoägaren']]) {
      const out = await server.ctl(['import', 'areas', fileOf(square(name), '3006'), '--kind', kind,
        '--name-property', 'name']);
      assert.equal(out.code, 0, out.stderr);
      const { features } = JSON.parse((await server.get(`/api/v1/areas?kind=${kind}`)).text);
      assert.deepEqual(features.map((f) => f.properties.name), [name]);
    }
    const c = await send(server, lat, lon);
    const [{ district }] = await server.sql(`SELECT district FROM synpunkt.case WHERE id = ${serial(c)}`);
    assert.ok(!/prov/.test(district), district);
  } finally {
    await server.stop();
  }
});

const serial = (c) => c.number.split('-')[1];
async function send(server, lat, lon) {
  const res = await server.post('/api/v1/cases', { json: { text: 'Grenar över stigen', category: 'park',
    place: { lat, lon } } });
  assert.equal(res.status, 201, res.text);
  return res.json;
}

test('a changed border moves no old case, and holds for the next from its day', async () => {
  const server = await startServer();
  try {
    const [lon, lat] = proj4(tm, 'WGS84', [674000, 6580000]);
    const old = await send(server, lat, lon);
    const district = async (c) => (await server.sql(`SELECT district, board FROM synpunkt.case
      WHERE id = ${serial(c)}`))[0];
    const was = await district(old);
    assert.ok(was.district && was.district !== 'farsta');
    /* All that there is becomes Farsta's, from a day. */
    const all = (name) => [{ name, rings: [[[640000, 6550000], [700000, 6550000], [700000, 6610000],
      [640000, 6610000], [640000, 6550000]]] }];
    const from = async (day) => {
      const out = await server.ctl(['import', 'areas', fileOf(all('Farsta'), '3006'), '--kind', 'district',
        '--name-property', 'name', '--valid-from', day]);
      assert.equal(out.code, 0, out.stderr);
    };
    const [{ today, tomorrow }] = await server.sql('SELECT synpunkt.today(), synpunkt.today() + 1 AS tomorrow');
    await from(tomorrow);
    assert.deepEqual(await district(await send(server, lat, lon)), was, 'not before its day');
    await server.sql(`UPDATE synpunkt.area SET valid_from = '${today}' WHERE valid_from = '${tomorrow}';
      UPDATE synpunkt.area SET valid_to = valid_to - 1 WHERE valid_to = '${today}'`);
    const next = await send(server, lat, lon);
    assert.deepEqual([next.board.code, (await district(next)).district], ['farsta-stadsdelsnamnd', 'farsta']);
    assert.deepEqual(await district(old), was);
    const { features } = JSON.parse((await server.get('/api/v1/areas?kind=district')).text);
    assert.deepEqual(features.map((f) => f.id), ['farsta']);
  } finally {
    await server.stop();
  }
});
