/* Section 6: synpunktctl: what it prints, --json, and its exit codes 0, 1 and 2. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { ctl, sharedCluster, startServer, template, testRoot, top } from './harness.mjs';

let server;
before(async () => { server = await startServer(); });
after(async () => { await server.stop(); });

const away = { env: { SYNPUNKT_DATABASE: 'host=/nowhere dbname=x' } };

/* due ------------------------------------------------------------------------------------- */

const vectors = [['2026-12-22', 2, '2026-12-28'], ['2026-12-22', 10, '2027-01-12'],
  ['2026-04-01', 2, '2026-04-07'], ['2026-04-01', 10, '2026-04-17'],
  ['2026-05-13', 2, '2026-05-18'], ['2026-06-18', 2, '2026-06-23'],
  ['2024-06-20', 1, '2024-06-24'], ['2025-12-23', 2, '2025-12-30'],
  ['2025-12-30', 1, '2026-01-02'], ['2026-11-20', 10, '2026-12-04'],
  ['2026-11-21', 2, '2026-11-24'], ['2027-05-04', 2, '2027-05-07']];

for (const [date, n, due] of vectors)
  test(`due ${date} ${n} is ${due}, without a database`, async () => {
    const out = await ctl(['due', date, String(n)], away);
    assert.deepEqual([out.code, out.stdout, out.stderr], [0, `${due}\n`, '']);
  });

test('due --json says the same, wherever --json stands', async () => {
  for (const args of [['--json', 'due', '2026-12-22', '10'], ['due', '--json', '2026-12-22', '10'],
    ['due', '2026-12-22', '10', '--json']]) {
    const out = await ctl(args, away);
    assert.equal(out.code, 0, out.stderr);
    assert.ok(JSON.stringify(JSON.parse(out.stdout)).includes('2027-01-12'));
  }
});

test('wrong usage is 2, with a line that says why', async () => {
  for (const args of [[], ['nothing'], ['due'], ['due', '2026-12-22'], ['due', 'x', '1'],
    ['due', '2026-02-30', '1'], ['due', '2026-13-01', '1'], ['due', '2026-12-22', 'x'],
    ['due', '2026-12-22', '-1'], ['due', '2026-12-22', '1.5'], ['due', '2026-12-22', '1', '2'],
    ['due', '--colour', '2026-12-22', '1'], ['import'], ['import', 'cats', 'x'], ['route', '--x'],
    ['import', 'areas', 'x.geojson'], ['config', 'x'], ['render'], ['migrate', 'x']]) {
    const out = await ctl(args, away);
    assert.equal(out.code, 2, `${args.join(' ')}: ${out.stdout}${out.stderr}`);
    assert.equal(out.stdout, '');
    assert.ok(out.stderr.length > 0);
  }
});

test('a year that is not known is 1', async () => {
  for (const date of ['1949-06-01', '2200-01-01']) {
    const out = await ctl(['due', date, '1'], away);
    assert.ok([1, 2].includes(out.code), date);
    assert.ok(out.stderr.length > 0);
  }
});

/* config ------------------------------------------------------------------------------------ */

test('config prints every setting of the contract with its value', async () => {
  const out = await ctl(['config', '--json'], away);
  assert.equal(out.code, 0, out.stderr);
  const text = JSON.stringify(JSON.parse(out.stdout));
  for (const name of ['SYNPUNKT_HTTP', 'SYNPUNKT_OPS', 'SYNPUNKT_LMTP', 'SYNPUNKT_SMTP',
    'SYNPUNKT_INTAKE_PER_HOUR', 'SYNPUNKT_CONNECTIONS_PER_ADDRESS'])
    assert.ok(text.includes(name), name);
  for (const value of ['127.0.0.1:8080', '127.0.0.1:8081', '127.0.0.1:2424', 'smtp://127.0.0.1:25',
    '300', '100'])
    assert.ok(text.includes(value), value);
});

test('config tells of an unknown or wrong setting', async () => {
  for (const env of [{ SYNPUNKT_COLOUR: 'red' }, { SYNPUNKT_INTAKE_PER_HOUR: 'many' },
    { SYNPUNKT_HTTP: 'nowhere' }]) {
    const out = await ctl(['config'], { env });
    assert.equal(out.code, 1, JSON.stringify(env));
    assert.ok(out.stderr.includes(Object.keys(env)[0]), out.stderr);
  }
});

/* migrate ------------------------------------------------------------------------------------ */

test('migrate may be run again and then does nothing', async () => {
  const before = await server.sql('SELECT count(*) AS n FROM synpunkt.category');
  const out = await server.ctl(['migrate']);
  assert.equal(out.code, 0, out.stderr);
  assert.deepEqual(await server.sql('SELECT count(*) AS n FROM synpunkt.category'), before);
});

test('without a database migrate, import and route are 1 and say so in one line', async () => {
  const file = path.join(top, 'server/demo/categories.tsv');
  for (const args of [['migrate'], ['import', 'categories', file],
    ['route', '--category', 'park', '--text', 'x']]) {
    const out = await ctl(args, away);
    assert.equal(out.code, 1, `${args}: ${out.stdout}`);
    assert.match(out.stderr, /^synpunktctl: .+\n$/);
  }
});

/* import ------------------------------------------------------------------------------------- */

const write = (name, text) => {
  const file = path.join(testRoot(), name);
  fs.writeFileSync(file, text);
  return file;
};

test('import of the shipped files may be repeated', async () => {
  const count = async () => server.sql(`SELECT (SELECT count(*) FROM synpunkt.category) AS c,
    (SELECT count(*) FROM synpunkt.organisation) AS b, (SELECT count(*) FROM synpunkt.unit) AS u`);
  const before = await count();
  for (const kind of ['organisation', 'categories', 'units']) {
    const out = await server.ctl(['import', kind, path.join(top, `server/demo/${kind}.tsv`)]);
    assert.equal(out.code, 0, `${kind}: ${out.stderr}`);
  }
  assert.deepEqual(await count(), before);
});

test('a file that is not there, or is broken, is 1 and changes nothing', async () => {
  const head = fs.readFileSync(path.join(top, 'server/demo/categories.tsv'), 'utf8')
    .split('\n').find((l) => l.startsWith('code\t'));
  const files = ['/nowhere.tsv', write('empty.tsv', ''), write('words.tsv', 'a\tb\n1\t2\n'),
    write('owner.tsv', `${head}\nny\tOmråde\tNamn\t\tfinns-inte\t2\t10\t\tS1\t\t\n`),
    write('days.tsv', `${head}\nny\tOmråde\tNamn\t\ttrafiknamnden\tx\t10\t\tS1\t\t\n`)];
  for (const file of files) {
    const out = await server.ctl(['import', 'categories', file]);
    assert.equal(out.code, 1, `${file}: ${out.stdout}`);
    assert.ok(out.stderr.includes(path.basename(file)) || out.stderr.length > 10, out.stderr);
  }
  const rows = await server.sql("SELECT 1 FROM synpunkt.category WHERE code = 'ny'");
  assert.equal(rows.length, 0);
});

const square = (lat, lon, name, size = 0.01) => ({ type: 'Feature', properties: { namn: name },
  geometry: { type: 'Polygon', coordinates: [[[lon, lat], [lon + size, lat],
    [lon + size, lat + size], [lon, lat + size], [lon, lat]]] } });

test('areas: either ring direction, and a broken file is 1', async () => {
  const turned = square(60, 15, 'Farsta');
  turned.geometry.coordinates[0].reverse();
  const cluster = await sharedCluster();
  const database = await cluster.newDatabase(await template(cluster));
  const at = { database, dir: cluster.dir };
  const good = write('good.geojson', JSON.stringify({ type: 'FeatureCollection',
    features: [square(60, 16, 'Bromma'), turned] }));
  const out = await ctl(['import', 'areas', good, '--kind', 'district', '--name-property', 'namn'], at);
  assert.equal(out.code, 0, out.stderr);
  for (const [lat, lon, board] of [[60.005, 16.005, 'bromma-stadsdelsnamnd'],
    [60.005, 15.005, 'farsta-stadsdelsnamnd']]) {
    const said = await ctl(['--json', 'route', '--category', 'park', '--lat', String(lat),
      '--lon', String(lon)], at);
    assert.equal(said.code, 0, said.stderr);
    assert.ok(said.stdout.includes(board), said.stdout);
  }
  for (const bad of ['{', '{}', '{"type":"FeatureCollection","features":[]}',
    '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"namn":"Bromma"},'
      + '"geometry":{"type":"Point","coordinates":[1,2]}}]}']) {
    const res = await ctl(['import', 'areas', write('bad.geojson', bad), '--kind', 'district',
      '--name-property', 'namn'], at);
    assert.equal(res.code, 1, bad);
  }
});

/* route, render --------------------------------------------------------------------------------- */

test('route --explain tells each rule and why not', async () => {
  const out = await server.ctl(['route', '--category', 'park', '--text', 'x', '--explain']);
  assert.equal(out.code, 0, out.stderr);
  assert.ok(out.stdout.split('\n').length > 5, out.stdout);
  assert.match(out.stdout, /dispatch/);
});

test('route refuses what does not exist', async () => {
  for (const args of [['--category', 'finns-inte'], ['--type', 'x', '--category', 'park'],
    ['--lat', '59', '--category', 'park'], ['--lat', 'x', '--lon', '18', '--category', 'park'],
    ['--category', 'park', '--channel', 'pigeon']]) {
    const out = await server.ctl(['route', ...args]);
    assert.ok([1, 2].includes(out.code), `${args}: ${out.stdout}`);
    assert.ok(out.stderr.length > 0);
  }
});

test('render puts data into a template, partials too, without a database', async () => {
  const dir = path.join(testRoot(), 'partials');
  fs.mkdirSync(dir);
  fs.writeFileSync(path.join(dir, 'who.mustache'), '<b>{{name}}</b>');
  const out = await ctl(['render', write('t.mustache', 'Hej {{> who}}{{{raw}}}!'),
    write('d.json', '{"name":"A & B","raw":"<i>"}'), '--partials', dir], away);
  assert.equal(out.code, 0, out.stderr);
  assert.equal(out.stdout, 'Hej <b>A &amp; B</b><i>!');
  assert.equal((await ctl(['render', write('u.mustache', '{{#a}}'), write('e.json', '{}')], away)).code, 1);
  assert.equal((await ctl(['render', '/nowhere', write('e.json', '{}')], away)).code, 1);
});

test('every command speaks JSON, and ends with 0, 1 or 2 as it went', async () => {
  const away = { env: { SYNPUNKT_DATABASE: 'host=/nonexistent dbname=x' } };
  const none = path.join(top, 'nosuch');
  const calls = [
    [0, 'due', '2026-12-22', '10'], [2, 'due', 'x'], [0, 'config'], [0, 'config', '--routes'],
    [0, 'config', '--access'], [2, 'config', '--nope'], [1, 'render', none, none], [2, 'render'],
    [1, 'migrate'], [2, 'migrate', 'x'], [2, 'import', 'x', none], [2, 'import'],
    [1, 'import', 'organisation', none], [2, 'import', 'areas', none],
    [1, 'route', '--category', 'park'], [2, 'route', '--nope'], [1, 'user', 'reset', 'x'],
    [2, 'user', 'x', 'y'], [2, 'user'], [1, 'demo-cases', none, '--count', '1'],
    [2, 'demo-cases', none], [2, 'nosuch'],
  ];
  for (const [code, ...args] of calls) {
    const out = await ctl(['--json', ...args], away);
    assert.equal(out.code, code, `${args.join(' ')}: ${out.stdout}${out.stderr}`);
    const value = JSON.parse(out.stdout);
    assert.equal('error' in value, code !== 0, args.join(' '));
    const plain = await ctl(args, away);
    assert.equal(plain.code, code, args.join(' '));
    if (code) assert.match(plain.stderr, /^synpunktctl: \S/, args.join(' '));
  }
});
