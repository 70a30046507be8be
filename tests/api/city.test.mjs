/* The city's rows: migrations, imports, areas, and the routes that follow from them. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';

import { ctl, sharedCluster, template, testRoot, top } from './harness.mjs';

let cluster;

before(async () => {
  cluster = await sharedCluster();
});

/* A fresh database: `sql` and `run` (synpunktctl, JSON out) on it. */
async function city({ empty = false } = {}) {
  const database = await cluster.newDatabase(await template(cluster, { empty }));
  const run = async (...args) => {
    const out = await ctl(['--json', ...args], { database, dir: cluster.dir });
    return { code: out.code, out: out.stdout && JSON.parse(out.stdout), stderr: out.stderr };
  };
  return { sql: (query) => cluster.sql(query, { database }), run };
}

let files = 0;
function file(text, ending = 'tsv') {
  const name = path.join(testRoot(), `city${process.pid}_${++files}.${ending}`);
  fs.writeFileSync(name, text);
  return name;
}

const ring = (west, south, east, north) =>
  [[west, south], [east, south], [east, north], [west, north], [west, south]];
const feature = (name, ...rings) =>
  ({ type: 'Feature', properties: { name }, geometry: { type: 'Polygon', coordinates: rings } });
const collection = (...features) =>
  file(JSON.stringify({ type: 'FeatureCollection', features }), 'geojson');
const areas = (db, name, ...more) =>
  db.run('import', 'areas', name, '--kind', 'district', '--name-property', 'name', ...more);
const districtAt = async (db, lat, lon) =>
  (await db.sql(`SELECT synpunkt.district_at(${lat}, ${lon}) AS code`))[0].code;

test('migrate holds every migration of the tree', async () => {
  const db = await city({ empty: true });
  const applied = await db.sql('SELECT name FROM synpunkt_migration.applied ORDER BY name');
  const listed = fs.readdirSync(path.join(top, 'migrations')).filter((n) => /\.sql$/.test(n));
  assert.deepEqual(applied.map((r) => r.name), listed.sort());
  assert.deepEqual((await db.run('migrate', '--check')).out, { upToDate: true, waiting: [] });
});

test('migrate refuses a changed migration and a database that is ahead', async () => {
  const db = await city({ empty: true });
  await db.sql("UPDATE synpunkt_migration.applied SET sha256 = 'x' WHERE name LIKE '0002%'");
  let out = await db.run('migrate');
  assert.equal(out.code, 1);
  assert.match(out.out.error, /"0002_city.sql" has changed since it was applied/);
  const ahead = await city({ empty: true });
  await ahead.sql("INSERT INTO synpunkt_migration.applied VALUES ('9999_later.sql', 'x')");
  out = await ahead.run('migrate');
  assert.equal(out.code, 1);
  assert.match(out.out.error, /ahead of this version: it has "9999_later.sql"/);
});

test('the demonstration city is whole and a second load changes nothing', async () => {
  const db = await city();
  const count = async (table) =>
    Number((await db.sql(`SELECT count(*) AS n FROM synpunkt.${table}`))[0].n);
  assert.equal(await count('category'), 48);
  assert.equal(await count("organisation WHERE kind = 'board'"), 16);
  assert.equal(await count("organisation WHERE kind = 'district-board'"), 15);
  assert.equal(await count("organisation WHERE kind = 'district-board' AND valid_to = 'infinity'"), 11);
  assert.equal(await count("organisation WHERE kind = 'company'"), 15);
  assert.equal(await count('area'), 11);
  assert.equal(await count('redirect'), 16);
  assert.equal(await count('helpline'), 2);
  assert.ok(await count('unit') >= 60);
  const before = (await db.sql('SELECT synpunkt.city_snapshot()::jsonb - \'version\' AS s'))[0].s;
  for (const kind of ['organisation', 'categories', 'units', 'rules', 'policies', 'redirects', 'helplines']) {
    const out = await db.run('import', kind, path.join(top, 'server/demo', `${kind}.tsv`));
    assert.equal(out.code, 0);
    assert.equal(out.out.changed, 0, kind);
  }
  const out = await areas(db, path.join(top, 'server/demo/districts.geojson'));
  assert.equal(out.out.changed, 0);
  assert.deepEqual([out.out.overlaps, out.out.repaired, out.out.gaps.count], [[], [], 0]);
  const after = (await db.sql('SELECT synpunkt.city_snapshot()::jsonb - \'version\' AS s'))[0].s;
  assert.equal(after, before);
});

test('the categories come with the promises of their rows', async () => {
  const db = await city();
  const rows = await db.sql(`SELECT c.code, c.owner, c.sensitivity, p.acknowledge_days AS a,
    p.answer_days AS b FROM synpunkt.category c
    JOIN synpunkt.deadline_policy p ON p.category = c.code ORDER BY c.position`);
  assert.equal(rows.length, 48);
  assert.deepEqual(rows[2],
    { code: 'snorojning', owner: 'trafiknamnden', sensitivity: '1', a: '1', b: '5' });
  assert.deepEqual(rows[24],
    { code: 'skola-trygghet', owner: 'utbildningsnamnden', sensitivity: '4', a: '1', b: '5' });
});

test('names that other papers misspell are found', async () => {
  const db = await city();
  const said = ['Hägersten-Ålvsjö', 'Normalm', 'Serviceämnden', 'Stockholm Hamnars',
    'AB Stokab', 'SISAB', 'trafiknämnden', 'enskede-arsta-vantors-stadsdelsnamnd'];
  const rows = said.map((board, i) => `prov-${i}\tProv ${i}\tlibrary\t${board}\tin-house`);
  const out = await db.run('import', 'units',
    file(`code\tname\tkind\tboard\toperating_form\n${rows.join('\n')}\n`));
  assert.equal(out.code, 0, JSON.stringify(out));
  const boards = await db.sql("SELECT board FROM synpunkt.unit WHERE code LIKE 'prov-%' ORDER BY code");
  assert.deepEqual(boards.map((r) => r.board), ['hagersten-alvsjo-stadsdelsnamnd',
    'norrmalms-stadsdelsnamnd', 'servicenamnden', 'stockholms-hamn', 'stokab',
    'skolfastigheter-i-stockholm-sisab', 'trafiknamnden',
    'enskede-arsta-vantors-stadsdelsnamnd']);
});

test('a bad file changes nothing and says where it is bad', async () => {
  const db = await city();
  const head = 'code\tname\tkind\tboard\toperating_form\n';
  const good = 'ny-1\tNy 1\tlibrary\tkulturnamnden\tin-house\n';
  const cases = [
    [`${head}${good}ny-2\tNy 2\tlibrary\tkulturnäm\tin-house\n`, /line 3, board: nothing is called "kulturnäm"/],
    [`${head}${good}ny-1\tNy 2\tlibrary\tkulturnamnden\tin-house\n`, /line 3, code: is there twice/],
    [`${head}${good}ny-2\tNy 2\tlibrary\tkulturnamnden\tleased\n`, /line 3, operating_form/],
    ['', /no line of column names/],
  ];
  for (const [text, said] of cases) {
    const out = await db.run('import', 'units', file(text));
    assert.equal(out.code, 1);
    assert.match(out.out.error, said);
  }
  assert.equal((await db.run('import', 'units', '/nowhere/x.tsv')).code, 1);
  assert.equal((await db.run('import', 'wishes', file(''))).code, 2);
  assert.equal((await db.run('import', 'units')).code, 2);
  assert.deepEqual(await db.sql("SELECT code FROM synpunkt.unit WHERE code LIKE 'ny-%'"), []);
});

test('rules and policies are replaced as a whole; the city-wide promise stays', async () => {
  const db = await city();
  let out = await db.run('import', 'rules',
    file('code\tcategory\toutcome\tbecause\nallt\tpark\tdistrict-board\tFör {board}.\n'));
  assert.equal(out.code, 0);
  const [{ rules }] = await db.sql(`SELECT v.rules FROM synpunkt.rule_version v
    WHERE v.version = synpunkt.rule_in_force(synpunkt.today())`);
  assert.deepEqual(JSON.parse(rules).map((rule) => rule.code), ['allt']);
  out = await db.run('import', 'policies',
    file('board\ttype\tanswer_days\tbecause\nfarsta\tpraise\t3\tnämnden har lovat\n'));
  assert.equal(out.code, 0, JSON.stringify(out));
  out = await db.run('import', 'policies', file('answer_days\n'));
  assert.equal(out.code, 0);
  assert.deepEqual(await db.sql(`SELECT acknowledge_days AS a, answer_days AS b
    FROM synpunkt.deadline_policy WHERE category IS NULL`), [{ a: '2', b: '10' }]);
});

test('every change of the city has a version and is told', async () => {
  const db = await city();
  const version = async () => Number((await db.sql('SELECT version FROM synpunkt.city_version'))[0].version);
  const before = await version();
  await db.run('import', 'exceptions', file('day\topen\tname\n2026-12-23\tno\tklämdag\n'));
  assert.ok(await version() > before);
  assert.deepEqual(JSON.parse((await db.sql('SELECT synpunkt.city_snapshot() AS s'))[0].s).exceptions,
    [{ day: '2026-12-23', open: false, name: 'klämdag' }]);
});

test('areas: either ring direction, holes, gaps and overlaps are taken and told', async () => {
  const db = await city();
  const out = await areas(db, collection(
    feature('Bromma', ring(17.80, 59.30, 17.90, 59.40).reverse()),
    feature('Farsta', ring(17.89, 59.30, 18.00, 59.40), ring(17.94, 59.34, 17.96, 59.36)),
    feature('Ö', [[18.1, 59.3], [18.2, 59.4], [18.2, 59.3], [18.1, 59.4], [18.1, 59.3]])));
  assert.equal(out.code, 0, JSON.stringify(out));
  assert.deepEqual(out.out.repaired, ['Ö']);
  assert.equal(out.out.overlaps.length, 1);
  assert.deepEqual([out.out.overlaps[0].one, out.out.overlaps[0].other], ['Bromma', 'Farsta']);
  assert.ok(out.out.overlaps[0].squareMetres > 6e6);
  assert.equal(out.out.gaps.count, 1);
  assert.deepEqual((await db.sql("SELECT code FROM synpunkt.area ORDER BY code")).map((r) => r.code),
    ['bromma', 'farsta', 'o']);
  assert.equal(await districtAt(db, 59.35, 17.895), 'bromma'); /* overlap: the lower code */
  assert.equal(await districtAt(db, 59.35, 17.89), 'bromma'); /* its edge */
  assert.equal(await districtAt(db, 59.35, 17.90), 'bromma');
  assert.equal(await districtAt(db, 59.35, 17.95), null); /* the middle of the hole */
  assert.equal(await districtAt(db, 59.3415, 17.95), 'farsta'); /* 167 m into the hole */
  assert.equal(await districtAt(db, 59.2985, 17.85), 'bromma'); /* 167 m outside */
  assert.equal(await districtAt(db, 59.2975, 17.85), null); /* 278 m outside */
  assert.equal(await districtAt(db, 59.35, 18.0030), 'farsta'); /* 170 m east */
  assert.equal(await districtAt(db, 59.35, 18.0040), null); /* 227 m east */
  assert.equal(await districtAt(db, -95, 17.85), null);
  assert.equal(await districtAt(db, "'NaN'", 17.85), null);
});

test('areas: a bad file names the feature and leaves all as it was', async () => {
  const db = await city();
  const cases = [
    [collection(feature('A', ring(17, 59, 18, 60)), feature('B', [[1, 2], [3, 4]])), /feature 2: a ring has fewer/],
    [collection(feature('A', ring(17, 59, 18, 60)), feature('a', ring(1, 2, 3, 4))), /feature 2: .*taken/],
    [collection(feature('A', [[1, 1], [1, 1], [1, 1], [1, 1]])), /feature 1: /],
    [collection(feature('A', ring(153000, 6580000, 154000, 6581000))), /WGS 84/],
    [file('{', 'geojson'), /no JSON/],
  ];
  for (const [name, said] of cases) {
    const out = await areas(db, name);
    assert.equal(out.code, 1);
    assert.match(out.out.error, said);
  }
  assert.equal((await db.run('import', 'areas', cases[0][0])).code, 2);
  assert.equal((await db.sql('SELECT code FROM synpunkt.area')).length, 11);
});

test('areas: a new division from a day keeps the old one for the days before', async () => {
  const db = await city({ empty: true });
  await areas(db, collection(feature('Väst', ring(17, 59, 18, 60)), feature('Öst', ring(18, 59, 19, 60))));
  const next = collection(feature('Väst', ring(17, 59, 18, 60)), feature('Syd', ring(18, 59, 19, 59.5)));
  for (const changed of [2, 0]) {
    const out = await areas(db, next, '--valid-from', '2023-07-01');
    assert.equal(out.code, 0, JSON.stringify(out));
    assert.equal(out.out.changed, changed);
  }
  const at = async (day) =>
    (await db.sql(`SELECT synpunkt.district_at(59.25, 18.5, '${day}') AS code`))[0].code;
  assert.equal(await at('2023-06-30'), 'ost');
  assert.equal(await at('2023-07-01'), 'syd');
});

/* Even-odd ray casting: the other opinion on where a point lies. */
function inside(lat, lon, polygon) {
  let odd = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [xi, yi] = polygon[i];
    const [xj, yj] = polygon[j];
    if (yi > lat !== yj > lat && lon < ((xj - xi) * (lat - yi)) / (yj - yi) + xi) odd = !odd;
  }
  return odd;
}

test('3,000 points lie in the district that ray casting says', async () => {
  const db = await city();
  const { features } = JSON.parse(fs.readFileSync(path.join(top, 'server/demo/districts.geojson')));
  const codes = new Map((await db.sql('SELECT name, code FROM synpunkt.area')).map((r) => [r.name, r.code]));
  let state = 20261122; /* a small generator: the same points every time */
  const random = () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x80000000;
  };
  const points = [];
  while (points.length < 3000) {
    const lat = 59.20 + random() * 0.25;
    const lon = 17.72 + random() * 0.5;
    const found = features.filter((f) => inside(lat, lon, f.geometry.coordinates[0]));
    assert.ok(found.length <= 1);
    points.push({ lat, lon, code: found[0] && codes.get(found[0].properties.name) });
  }
  const rows = [];
  for (let i = 0; i < points.length; i += 500) { /* a command line has its limits */
    const values = points.slice(i, i + 500).map((p, k) => `(${k}, ${p.lat}, ${p.lon})`);
    rows.push(...await db.sql(`SELECT synpunkt.district_at(p.lat, p.lon) AS code,
      (SELECT min(public.st_distance(a.geometry::public.geography,
        public.st_setsrid(public.st_makepoint(p.lon, p.lat), 4326)::public.geography))
        FROM synpunkt.area a) AS metres
      FROM (VALUES ${values.join()}) AS p (i, lat, lon) ORDER BY p.i`));
  }
  let within = 0;
  points.forEach((point, i) => {
    if (point.code) {
      assert.equal(rows[i].code, point.code, JSON.stringify(point));
      within++;
    } else {
      assert.equal(rows[i].code !== null, Number(rows[i].metres) <= 200, JSON.stringify(point));
    }
  });
  assert.ok(within > 1000);
});

test('route tells board, rule and reason, and with --explain every rule', async () => {
  const db = await city();
  const farsta = ['--lat', '59.2518', '--lon', '18.0921'];
  const cases = [
    [['--category', 'vagskador'], 'trafiknamnden', 'kategorins-agare'],
    [['--category', 'park', ...farsta], 'farsta-stadsdelsnamnd', 'kategorins-agare'],
    [['--category', 'park'], 'dispatch', 'okand-plats'],
    [['--category', 'park', '--lat', '57.7', '--lon', '11.97'], 'dispatch', 'okand-plats'],
    [['--category', 'park', '--text', 'Ett gatuträd har fallit', ...farsta], 'trafiknamnden', 'gatutrad'],
    [['--category', 'hemtjanst', '--unit', 'Hemtjänst Linden'], 'enskede-arsta-vantors-stadsdelsnamnd', 'enhet'],
    [['--text', 'Det är ett stort POTTHÅL här'], 'trafiknamnden', 'ord-vagskador'],
    [['--text', 'Jag är missnöjd'], 'dispatch', 'ingen-kategori'],
    [['--category', 'skollokaler', '--unit', 'Klippskolan'], 'skolfastigheter-i-stockholm-sisab', 'skollokaler'],
  ];
  for (const [args, board, rule] of cases) {
    const out = await db.run('route', ...args);
    assert.equal(out.code, 0, JSON.stringify(out));
    assert.deepEqual([out.out.board, out.out.rule], [board, rule], args.join(' '));
    assert.ok(out.out.because.length > 10 && !/[{}…]/.test(out.out.because), out.out.because);
  }
  const out = await db.run('route', '--category', 'park', '--explain');
  assert.equal(out.out.steps.at(-1).matched, true);
  assert.deepEqual(out.out.steps.find((s) => s.rule === 'kategorins-agare'),
    { rule: 'kategorins-agare', matched: false, why: 'no-district', whyNot: 'stadsdelsområdet är inte känt' });
  assert.equal((await db.run('route', '--category', 'finns-inte')).code, 2);
  assert.equal((await db.run('route', '--lat', '59')).code, 2);
});

test('every category has a board, whatever else is known', async () => {
  const db = await city();
  for (const { code } of await db.sql('SELECT code FROM synpunkt.category')) {
    const out = await db.run('route', '--category', code, '--lat', '59.3142', '--lon', '18.0678');
    assert.equal(out.code, 0);
    if (!code.startsWith('hyresratt')) assert.notEqual(out.out.board, 'dispatch', code);
  }
});

test('made-up cases go in once, and each has a leg, an event and its deadlines', async () => {
  const db = await city({ empty: true });
  for (const kind of ['organisation', 'categories', 'units', 'rules'])
    await db.run('import', kind, path.join(top, 'server/demo', `${kind}.tsv`));
  const args = ['demo-cases', path.join(top, 'server/demo/cases.tsv'), '--count', '60',
    '--months', '6', '--seed', '5'];
  assert.deepEqual((await db.run(...args)).out, { cases: 60 });
  assert.deepEqual((await db.run(...args)).out, { cases: 0 });
  const [row] = await db.sql(`SELECT count(*) AS n, count(DISTINCT c.board) > 5 AS many,
    bool_and(c.answer_by > c.received_on AND c.acknowledge_by <= c.answer_by) AS due,
    min(c.received_on) > current_date - 190 AS recent,
    bool_and(EXISTS (SELECT FROM synpunkt.case_leg l WHERE l.case_id = c.id)) AS legs,
    bool_and(EXISTS (SELECT FROM synpunkt.case_event e WHERE e.case_id = c.id)) AS events
    FROM synpunkt.case c`);
  assert.deepEqual(row, { n: '60', many: 't', due: 't', recent: 't', legs: 't', events: 't' });
  assert.equal((await db.run('demo-cases', args[1])).code, 2);
});
