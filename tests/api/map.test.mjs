/* The public map: which cases are on it, what it says of them, and how exactly. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { act, coordinator, serial } from './contract_desk_kit.mjs';
import { eventually, startServer, testRoot, top } from './harness.mjs';

let server;
let co;
before(async () => {
  server = await startServer();
  co = await coordinator(server);
});
after(() => server.stop());

/* Places far from those of the demonstration's own cases, each in a box of its own. */
let used = 0;
const newPlace = () => ({ lat: 59.3105 + used++ * 0.0012, lon: 18.0101 });
const boxAt = ({ lat, lon }, by = 0.0005) => [lon - by, lat - by, lon + by, lat + by].join();

async function submit(place, more = {}) {
  const res = await server.post('/api/v1/cases', { json: { text: 'Lampan är släckt',
    type: 'fault-report', category: 'gatubelysning', place, ...more } });
  assert.equal(res.status, 201, res.text);
  return res.json;
}

async function mapAt(place, more = '', zoom = 19) {
  const res = await server.get(`/api/v1/map?bbox=${boxAt(place)}&zoom=${zoom}${more}`);
  assert.equal(res.status, 200, res.text);
  assert.equal(res.headers['content-type'], 'application/geo+json');
  return JSON.parse(res.text).features;
}

const isSearchable = (c) => eventually('the job worker has seen it', async () =>
  (await server.sql(`SELECT 1 FROM synpunkt.case_search WHERE case_id = ${serial(c.number)}`))
    .length);
const shown = async (place) => eventually('it is on the map', async () =>
  (await mapAt(place))[0]);

/* In metres; good enough within a city. */
const metres = (a, b) => Math.hypot((a.lat - b.lat) * 111300,
  (a.lon - b.lon) * 111300 * Math.cos(a.lat * Math.PI / 180));

test('a case is on the map soon, with the fields that were reviewed and no others', async () => {
  const place = { ...newPlace(), address: 'Hemliga gatan 1' };
  const c = await submit(place, { text: 'zebrafink', contact: { name: 'Zita', email: 'z@example.org' } });
  const feature = await shown(place);
  const { key } = feature.properties;
  assert.match(key, /^[A-Za-z0-9_-]{22}$/);
  assert.deepEqual(feature.properties, { key, category: 'gatubelysning',
    month: c.receivedAt.slice(0, 7), status: 'open', supporters: 0 });
  assert.deepEqual(Object.keys(feature).sort(), ['geometry', 'properties', 'type']);
  const text = JSON.stringify(feature);
  for (const secret of [c.number, serial(c.number), 'zebrafink', 'Zita', 'Hemliga'])
    assert.ok(!text.includes(secret), secret);
});

test('a place is rounded by the category, and always to the same point', async () => {
  const place = newPlace();
  await submit(place);
  const [lon, lat] = (await shown(place)).geometry.coordinates;
  assert.ok(metres(place, { lat, lon }) <= 25 / Math.SQRT2 + 1.5, `${lat} ${lon}`);
  const near = await server.sql(`SELECT DISTINCT public.st_astext(synpunkt_map.rounded(
    public.st_transform(public.st_setsrid(public.st_makepoint(674000 + 25 * x, 6580000 + 25 * y),
    3006), 4326), 25::smallint)) AS at FROM unnest('{0.01,0.3,0.99}'::float8[]) x,
    unnest('{0.01,0.6,0.99}'::float8[]) y`);
  assert.equal(near.length, 1); /* nine places of one square */
  for (let i = 0; i < 3; i++)
    assert.deepEqual((await mapAt(place))[0].geometry.coordinates, [lon, lat]);
});

test('only what may be public is', async () => {
  const kinds = { 'of a sensitive category': { category: 'gatuparkering' },
    'of a category that is not mapped': { category: 'bibliotek' }, 'of no category': { category: null },
    praise: { type: 'praise' }, 'a question': { type: 'question' } };
  for (const [what, more] of Object.entries(kinds)) {
    const place = newPlace();
    await isSearchable(await submit(place, more));
    assert.deepEqual(await mapAt(place), [], what);
  }
  const [child, outside] = [newPlace(), { lat: 58.1, lon: 15.2 }];
  await isSearchable(await submit(outside));
  assert.deepEqual(await mapAt(outside), []);
  const c = await submit(child);
  await shown(child);
  await server.sql(`UPDATE synpunkt.case SET from_child = true, type = 'praise' WHERE id = ${serial(c.number)}`);
  assert.deepEqual(await mapAt(child), []);
});

const ways = {
  'another category': [['change', { category: 'gatuparkering' }]],
  'no category': [['change', { category: null }]],
  'a higher class': [['change', { sensitivity: 2 }], ['change', { sensitivity: 1 }]],
  'another type': [['change', { type: 'praise' }], ['change', { type: 'fault-report' }]],
  'a threat': [['flag-threat', {}], ['flag-threat', { lift: true }]],
  'a protected identity': [['protect', {}]],
  'a secrecy marking': [['mark', { section: 'OSL 26:1' }], ['unmark', {}]],
  'a marked document': [['mark', { section: 'OSL 26:1', document: 'text' }],
    ['unmark', { document: 'text' }]],
  'being withdrawn': [['close', { reason: 'withdrawn' }], ['reopen', {}]],
  'being a duplicate': [['close', { reason: 'duplicate' }]],
};

for (const [what, [there, back]] of Object.entries(ways)) {
  test(`${what} takes a case off the map at once${back ? ', and the way back puts it there' : ''}`, async () => {
    const place = newPlace();
    const c = await submit(place);
    const { key } = (await shown(place)).properties;
    await act(co, c.number, ...there);
    assert.deepEqual(await mapAt(place), []);
    if (!back) return;
    await act(co, c.number, ...back);
    assert.equal((await mapAt(place))[0].properties.key, key);
  });
}

test('a place that is made right moves on the map, and one taken away is gone', async () => {
  const [from, to] = [newPlace(), newPlace()];
  const c = await submit({ ...from, address: 'Fel' });
  await shown(from);
  await act(co, c.number, 'correct', { text: 'fel plats', place: to });
  assert.deepEqual(await mapAt(from), []);
  assert.equal((await mapAt(to)).length, 1);
  await server.sql(`UPDATE synpunkt.case SET position = NULL
    WHERE id = ${serial(c.number)}`);
  assert.deepEqual(await mapAt(to), []);
});

test('a closed case stays for 90 days', async () => {
  const place = newPlace();
  const c = await submit(place);
  await shown(place);
  await act(co, c.number, 'close', { reason: 'remedied' });
  assert.equal((await mapAt(place))[0].properties.status, 'closed');
  assert.equal((await mapAt(place, '&status=closed')).length, 1);
  assert.deepEqual(await mapAt(place, '&status=open'), []);
  const closed = (days) => server.sql(`UPDATE synpunkt.case SET closed_at = (synpunkt.today() - ${days})
    ::timestamp AT TIME ZONE 'Europe/Stockholm' + interval '12 hours' WHERE id = ${serial(c.number)}`);
  await closed(89);
  assert.equal((await mapAt(place)).length, 1);
  await closed(90);
  assert.deepEqual(await mapAt(place), []);
  await closed(89);
  /* The row of a day that has come by itself. */
  await server.sql(`UPDATE synpunkt.public_case SET closed_on = closed_on - 1
    WHERE case_id = ${serial(c.number)}`);
  await eventually('it has grown too old', async () => (await mapAt(place)).length === 0);
});

const counted = (features) => features.reduce((n, { properties: p }) => n + (p.count ?? 1), 0);

test('at every zoom the points together are all cases of the box', async () => {
  const place = newPlace();
  for (let i = 0; i < 5; i++) await submit(place);
  for (const category of ['park', 'park', 'klotter'])
    await submit({ lat: place.lat + 0.0002, lon: place.lon }, { category, type: 'complaint' });
  await eventually('all are there', async () => counted(await mapAt(place)) === 8);
  const alone = await mapAt(place);
  assert.ok(alone.every((f) => f.properties.key), 'few are shown one by one');
  for (let zoom = 0; zoom <= 16; zoom++) {
    const features = JSON.parse((await server.get(`/api/v1/map?bbox=17,59,19,60&zoom=${zoom}`)).text).features;
    const [{ n }] = await server.sql('SELECT count(*) AS n FROM synpunkt.public_case');
    assert.equal(counted(features), Number(n), `zoom ${zoom}`);
    assert.ok(features.every(({ properties: p }) => p.key || p.count > 1));
  }
  const low = await mapAt(place, '', 8);
  assert.ok(low.length <= 2 && low.some((f) => f.properties.count >= 8), JSON.stringify(low));
  assert.equal(counted(await mapAt(place, '&category=park')), 2);
  assert.deepEqual(await mapAt(place, '&category=nothing-such'), []);
});

test('the sums are those of the cases, whatever has happened to them', async () => {
  const wrong = await server.sql(`SELECT * FROM (
    SELECT k.category, l.level, p.x >> (20 - l.level) AS x, p.y >> (20 - l.level) AS y,
      p.closed_on IS NOT NULL AS closed, count(*)::integer AS n, bit_xor(p.case_id) AS ids
    FROM synpunkt.public_case p CROSS JOIN unnest('{8,10,12,14,16}'::integer[]) AS l (level)
    CROSS JOIN LATERAL (VALUES (p.category), ('')) AS k (category) GROUP BY 1, 2, 3, 4, 5) a
    FULL JOIN (SELECT category, level::integer, x, y, closed, n, ids
      FROM synpunkt.map_cell WHERE n <> 0) b USING (category, level, x, y, closed, n, ids)
    WHERE a.category IS NULL OR b.category IS NULL`);
  assert.deepEqual(wrong, []);
  await eventually('empty squares are gone', async () =>
    (await server.sql('SELECT 1 FROM synpunkt.map_cell WHERE n = 0')).length === 0);
});

test('an answer may be kept for a minute and is not sent twice', async () => {
  const where = '/api/v1/map?bbox=17,59,19,60&zoom=10';
  const res = await server.get(where);
  assert.equal(res.headers['cache-control'], 'public, max-age=60');
  assert.equal((await server.get(where, { headers: { 'if-none-match': res.headers.etag } })).status, 304);
});

test('what is no box, zoom or status is refused by name', async () => {
  for (const [query, name] of [['zoom=3', 'bbox'], ['bbox=1,2,3&zoom=3', 'bbox'],
    ['bbox=1,2,3,4,5&zoom=3', 'bbox'], ['bbox=3,2,1,4&zoom=3', 'bbox'], ['bbox=1,4,3,2&zoom=3', 'bbox'],
    ['bbox=nan,2,3,4&zoom=3', 'bbox'], ['bbox=1e1,2,30,4&zoom=3', 'bbox'], ['bbox=0x1,2,3,4&zoom=3', 'bbox'],
    ['bbox=-181,2,3,4&zoom=3', 'bbox'], ['bbox=1,2,3,86&zoom=3', 'bbox'], ['bbox= 1,2,3,4&zoom=3', 'bbox'],
    [`bbox=1,2,3,${'9'.repeat(400)}&zoom=3`, 'bbox'], ['bbox=1,2,3,4', 'zoom'], ['bbox=1,2,3,4&zoom=21', 'zoom'],
    ['bbox=1,2,3,4&zoom=-1', 'zoom'], ['bbox=1,2,3,4&zoom=1.5', 'zoom'], ['bbox=1,2,3,4&zoom=x', 'zoom'],
    ['bbox=1,2,3,4&zoom=3&status=answered', 'status']]) {
    const res = await server.get(`/api/v1/map?${query}`);
    assert.equal(res.status, 422, query);
    assert.equal(res.json.invalidParams[0].name, name, query);
  }
  for (const box of ['-180,-85,180,85', '17.999999,59.3,18,59.300001', '-.5,-1.,0,1'])
    for (const zoom of [0, 9, 17, 20])
      assert.equal((await server.get(`/api/v1/map?bbox=${box}&zoom=${zoom}`)).status, 200, `${box} ${zoom}`);
});

test('the file of categories says which are mapped; a sensitive one never is', async () => {
  const file = path.join(testRoot(), `categories-${process.pid}.tsv`);
  const given = fs.readFileSync(path.join(top, 'server/demo/categories.tsv'), 'utf8');
  const load = async (change) => {
    fs.writeFileSync(file, given.split('\n').map(change).join('\n'));
    return server.ctl(['import', 'categories', file]);
  };
  const cell = (code, n, value) => (line) => {
    const cells = line.split('\t');
    if (cells[0] !== code) return line;
    cells[n] = value;
    return cells.join('\t');
  };
  const place = newPlace();
  await submit(place);
  const before = (await shown(place)).geometry.coordinates;

  let out = await load(cell('gatubelysning', 11, ''));
  assert.equal(out.code, 0, out.stderr);
  assert.deepEqual(await mapAt(place), [], 'gone at once');
  out = await load(cell('gatubelysning', 11, '500'));
  const coarse = await eventually('they are back', async () => (await server.sql(`SELECT metres
    FROM synpunkt.public_case WHERE category = 'gatubelysning'`))[0]);
  assert.equal(coarse.metres, '500');
  out = await load((l) => l);
  assert.deepEqual((await shown(place)).geometry.coordinates, before);

  for (const [change, said] of [[cell('gatubelysning', 8, 'S2'), /category_mapped_is_not_sensitive/],
    [cell('gatubelysning', 11, '5'), /line 8, map_metres: expected metres, from 10 to 1000/],
    [cell('gatubelysning', 11, '25 m'), /expected metres/]]) {
    out = await load(change);
    assert.equal(out.code, 1);
    assert.match(out.stderr, said);
  }
  /* A file from before there was a map has no such column, and maps nothing. */
  out = await load((l) => (l.startsWith('#') ? l : l.split('\t').slice(0, 11).join('\t')));
  assert.equal(out.code, 0, out.stderr);
  assert.deepEqual(JSON.parse((await server.get('/api/v1/map?bbox=17,59,19,60&zoom=9')).text).features, []);
  await load((l) => l);
});

test('nobody who asks the map reads a table of it', async () => {
  for (const role of ['synpunkt_resident', 'synpunkt_desk', 'synpunkt_job', 'synpunkt_report'])
    for (const table of ['public_case', 'map_cell', 'public_key_pad', 'case_unshown'])
      await assert.rejects(server.sqlAs(role, `SELECT * FROM synpunkt.${table}`), /permission denied/);
  await assert.rejects(server.sqlAs('synpunkt_resident', 'SELECT synpunkt_map.publish(ARRAY[1]::bigint[])'),
    /permission denied/);
  await assert.rejects(server.sql('SET ROLE synpunkt_map; SELECT id FROM synpunkt.case'), /permission denied/);
  await assert.rejects(server.sql('SET ROLE synpunkt_publish; SELECT body FROM synpunkt.case_content'),
    /permission denied/);
});
