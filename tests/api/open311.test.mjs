/* Open311 GeoReport v2: what another system sends becomes a case, what is wrong with it is
 * told in the specification's words, and nobody is told more than the public map shows. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { act, coordinator, serial } from './contract_desk_kit.mjs';
import { jpeg } from './contract_samples.mjs';
import { eventually, multipart, startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

let server;
let admin;
let co;
let key;
let other; /* another system's */
let trial; /* for the test endpoint */

const newKey = async (more = {}) => (await admin.post('/api/v1/desk/api-clients', { json: { name: 'Appen',
  kind: 'production', scopes: ['post', 'updates'], perHour: 1000, ...more } })).json.key;

before(async () => {
  server = await startServer();
  admin = await newColleague(server, 'adda', 'administrator');
  co = await coordinator(server);
  key = await newKey();
  other = await newKey({ name: 'En annan' });
  trial = await newKey({ name: 'Ett försök', kind: 'test' });
});
after(async () => {
  await server.stop();
  assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
  assert.ok(!server.log.includes(key), 'no key in the log');
});

let used = 0;
const somewhere = () => ({ lat: String(59.3105 + used++ * 0.0012), long: '18.0101' });
const without = (form, name) => Object.fromEntries(Object.entries(form).filter(([n]) => n !== name));
const lamp = (more = {}) => ({ api_key: key, service_code: 'gatubelysning', 'attribute[fel]': 'slackt',
  description: 'Mörkt vid trappan', ...somewhere(), ...more });
const get = (where) => server.get(`/open311/v2/${where}`);
const send = (form, where = 'v2/requests.json', more = {}) =>
  server.post(`/open311/${where}`, { form, ...more });

async function sent(form, more = {}) {
  const res = await send(form, undefined, more);
  assert.equal(res.status, 201, res.text);
  assert.equal(res.json.length, 1);
  return res.json[0].service_request_id;
}

async function refused(form, status, ...texts) {
  const res = await send(form);
  assert.equal(res.status, status, res.text);
  assert.equal(res.headers['content-type'], 'application/json; charset=utf-8');
  assert.deepEqual(Object.keys(res.json[0]), ['code', 'description']);
  assert.equal(res.json[0].code, status);
  const all = res.json.map((e) => e.description);
  for (const text of texts) assert.ok(all.some((d) => text instanceof RegExp ? text.test(d) : d === text), `${text}: ${all}`);
}

const caseOf = async (id) => (await server.sql(`SELECT c.* FROM synpunkt.case c
  JOIN synpunkt.open311_request r ON r.case_id = c.id WHERE r.key = '${id}'`))[0];
const numberOf = async (id) => { const c = await caseOf(id); return `${c.year}-${c.id}`; };
const bodyOf = async (id, kind) => (await server.sql(`SELECT t.body FROM synpunkt.case_content t
  JOIN synpunkt.open311_request r ON r.case_id = t.case_id
  WHERE r.key = '${id}' AND t.kind = '${kind}' ORDER BY t.seq DESC`))[0]?.body;
const isPublic = (id) => eventually('it is on the map', async () =>
  (await server.sql(`SELECT 1 FROM synpunkt.public_case WHERE key = '${id}'`)).length);
const count = async () => Number((await server.sql('SELECT count(*) AS n FROM synpunkt.case'))[0].n);

test('what is posted becomes a case of channel open311, with place, contact and attributes', async () => {
  const id = await sent(lamp({ first_name: 'Zita', last_name: 'Berg', email: 'z@example.org', phone: '08-508 00 508',
    address_string: 'Hemliga gatan 1', 'attribute[lyktstolpe]': '4711', media_url: 'https://a.example/b.jpg',
    'attribute[okand]': 'det här också', description: 'Mörkt\r\nvid trappan', jurisdiction_id: 'stockholm.se' }));
  const c = await caseOf(id);
  assert.deepEqual([c.channel, c.type, c.category, c.board], ['open311', 'fault-report', 'gatubelysning', 'trafiknamnden']);
  assert.equal(await bodyOf(id, 'text'), 'Mörkt\r\nvid trappan\n\nLyktstolpens nummer: 4711\nVad är fel?: Släckt\n'
    + 'okand: det här också\nhttps://a.example/b.jpg\n');
  assert.deepEqual(JSON.parse(await bodyOf(id, 'contact')), { name: 'Zita Berg', email: 'z@example.org', phone: '08-508 00 508' });
  assert.match(await bodyOf(id, 'place'), /Hemliga gatan 1/);
  assert.match(id, /^[A-Za-z0-9_-]{22}$/);
  assert.ok(!id.includes(String(c.id)));
});

test('an answer never holds the reporter, the words, the number or the exact place', async () => {
  const form = lamp({ description: 'zebrafink', first_name: 'Zita', email: 'zita@example.org', address_string: 'Hemliga gatan 2' });
  const id = await sent(form);
  await isPublic(id);
  const number = await numberOf(id);
  for (const where of [`requests/${id}.json`, `requests/${id}.json?api_key=${key}&extensions=true`, `requests.xml?extensions=true`,
    `requests.json?service_request_id=${id}`, 'servicerequestupdates.json', `tokens/${id}.xml`]) {
    const res = await get(where);
    assert.equal(res.status, 200, res.text);
    for (const secret of ['zebrafink', 'Zita', 'zita@', 'Hemliga', number, serial(number), form.lat, key])
      assert.ok(!res.text.includes(secret), `${secret} in ${where}`);
  }
  const [one] = (await get(`requests/${id}.json?extensions=true`)).json;
  assert.deepEqual(Object.keys(one), ['service_request_id', 'status', 'status_notes', 'service_name', 'service_code',
    'description', 'agency_responsible', 'service_notice', 'requested_datetime', 'updated_datetime', 'expected_datetime',
    'address', 'address_id', 'zipcode', 'lat', 'long', 'media_url', 'extended_attributes']);
  assert.deepEqual(Object.keys(one.extended_attributes), ['district', 'supporters']);
  assert.match(one.requested_datetime, /^\d{4}-\d\d-\d\dT00:00:00\+0[12]:00$/, 'the day and no hour');
  assert.equal(typeof one.lat, 'number');
  assert.equal(one.description, one.service_name);
});

test('a request is told of at once, and is on the map soon', async () => {
  const id = await sent(lamp());
  const res = await get(`requests/${id}.json`);
  assert.equal(res.status, 200, res.text);
  assert.deepEqual([res.json[0].status, res.json[0].service_code, res.json[0].status_notes], ['open', 'gatubelysning', null]);
  await isPublic(id);
  assert.equal((await get(`requests.json?service_code=gatubelysning&page_size=5`)).json[0].service_request_id, id, 'newest first');
});

test('sensitive categories are neither listed nor taken', async () => {
  const { json } = await get('services.json');
  const codes = json.map((s) => s.service_code);
  const s1 = (await server.sql(`SELECT code FROM synpunkt.category WHERE sensitivity = 1
    AND synpunkt.today() BETWEEN valid_from AND valid_to ORDER BY position`)).map((r) => r.code);
  assert.deepEqual(codes, s1);
  for (const code of ['aldreboende', 'gatuparkering', 'finns-inte']) {
    assert.equal((await get(`services/${code}.json`)).status, 404, code);
    await refused(lamp({ service_code: code }), 404, 'service_code was not found');
  }
});

test('what may not be public is a stranger\'s 404, and to its own client a state alone', async () => {
  const id = await sent(lamp({ description: 'zebrafink' }));
  await isPublic(id);
  const number = await numberOf(id);
  await act(co, number, 'mark');
  for (const where of [`requests/${id}.json`, `requests/${id}.json?api_key=${other}`, `requests/${id}.json?api_key=wrong`,
    `tokens/${id}.json`])
    assert.equal((await get(where)).status, 404, where);
  assert.deepEqual((await get(`requests.json?service_request_id=${id}`)).json, []);
  const own = await get(`requests/${id}.json?api_key=${key}`);
  assert.equal(own.status, 200, own.text);
  assert.match(own.headers['cache-control'], /no-store/);
  const [one] = own.json;
  assert.deepEqual([one.status, one.lat, one.media_url], ['open', null, null]);
  assert.ok(one.status_notes, 'in the words of who follows a case');
  await server.sql(`UPDATE synpunkt.case SET category = 'aldreboende' WHERE id = ${serial(number)}`);
  assert.equal((await get(`requests/${id}.json?api_key=${key}`)).json[0].service_code, 'gatubelysning', 'as it was sent');
});

test('a closed request is closed, and that is an update', async () => {
  const id = await sent(lamp());
  await isPublic(id);
  const before = new Date(Date.now() - 5000).toISOString();
  await act(co, await numberOf(id), 'close', { reason: 'remedied' });
  const [one] = (await get(`requests/${id}.json`)).json;
  assert.equal(one.status, 'closed');
  const after = new Date(Date.now() + 5000).toISOString();
  const updates = (await get(`servicerequestupdates.json?start_date=${before}&end_date=${after}`)).json
    .filter((u) => u.service_request_id === id);
  assert.deepEqual(updates.map((u) => u.status), ['closed']);
  assert.equal(updates[0].updated_datetime, one.updated_datetime);
  assert.deepEqual(Object.keys(updates[0]), ['update_id', 'service_request_id', 'status', 'updated_datetime', 'description', 'media_url']);
  assert.ok((await get(`requests.json?status=closed&updated_after=${before}`)).json.some((r) => r.service_request_id === id));
  assert.ok(!(await get(`requests.json?status=open&updated_after=${before}`)).json.some((r) => r.service_request_id === id));
});

test('one that is opened again is open, and that is an update too', async () => {
  const id = await sent(lamp());
  await isPublic(id);
  const number = await numberOf(id);
  await act(co, number, 'close');
  await act(co, number, 'reopen');
  const updates = (await get(`servicerequestupdates.json?service_request_id=${id}`)).json;
  assert.deepEqual(updates.map((u) => u.status), ['open', 'closed'], 'newest first');
  assert.equal(new Set(updates.map((u) => u.update_id)).size, 2);
  assert.equal((await get(`requests/${id}.json`)).json[0].status, 'open');
});

test('a picture is told of when staff let anybody see it, and not before', async () => {
  const fields = Object.entries(lamp()).map(([name, body]) => ({ name, body }));
  const res = await server.post('/open311/v2/requests.json', { multipart: multipart([...fields,
    { name: 'media[]', filename: 'a.jpg', type: 'image/jpeg', body: jpeg }]) });
  assert.equal(res.status, 201, res.text);
  const id = res.json[0].service_request_id;
  await isPublic(id);
  const media = async () => (await get(`requests/${id}.json`)).json[0].media_url;
  assert.equal(await media(), null);
  await act(co, await numberOf(id), 'show-photo');
  const url = await media();
  assert.ok(url?.startsWith(server.url), url);
  const picture = await server.get(url.slice(server.url.length));
  assert.deepEqual([picture.status, picture.headers['content-type'].split('/')[0]], [200, 'image']);
});

test('a duplicate leaves the map: its client is told, nobody else', async () => {
  const id = await sent(lamp({ lat: '', long: '', address_string: 'Vid bron' }));
  await act(co, await numberOf(id), 'close', { reason: 'duplicate' });
  const told = async (more = '') => (await get(`servicerequestupdates.json?service_request_id=${id}${more}`)).json.map((u) => u.status);
  assert.deepEqual([await told(), await told(`&api_key=${other}`), await told(`&api_key=${key}`)], [[], [], ['closed']]);
});

test('required attributes are required, and each is what it must be', async () => {
  await refused(lamp({ 'attribute[fel]': '' }), 400, 'fel required');
  await refused(without(lamp(), 'attribute[fel]'), 400, 'fel required');
  await refused(lamp({ 'attribute[fel]': 'nagot-annat' }), 400, /^fel must be one of/);
  await refused(lamp({ 'attribute[lyktstolpe]': 'två\r\nrader' }), 400, /^lyktstolpe must be one line/);
  const mess = { service_code: 'klotter', 'attribute[kvadratmeter]': 'många' };
  await refused(lamp(mess), 400, /^kvadratmeter must be a number/);
  await refused(lamp({ service_code: 'trafiksignal-skylt', 'attribute[sedan]': 'i går' }), 400, /^sedan must be a date/);
  const body = new URLSearchParams(lamp({ service_code: 'klotter', 'attribute[kvadratmeter]': '2.5' }));
  body.append('attribute[yta][]', 'mur');
  body.append('attribute[yta][]', 'bank');
  const id = await sent(body);
  assert.match(await bodyOf(id, 'text'), /Vad är klottrat på\?: Mur, Bänk\nHur stor yta, i kvadratmeter\?: 2.5\n/);
  const twice = new URLSearchParams(lamp());
  twice.append('attribute[fel]', 'blinkar');
  await refused(twice, 400, 'fel is there more than once');
});

test('all that is wrong is told at once', async () => {
  await refused(lamp({ lat: 'nord', email: 'x', 'attribute[fel]': '', description: 'x'.repeat(4001), media_url: 'ftp://x' }), 400,
    'fel required', /^lat must be a number/, /^email /, /^description must have 4000/, /^media_url /);
});

test('place, words and what is missing', async () => {
  await refused(lamp({ lat: '', long: '' }), 400, 'lat and long or address_string required');
  await refused(lamp({ lat: '', long: '', address_id: '77' }), 400, /^address_id stands for no address/);
  await refused(lamp({ long: '' }), 400, /^long /);
  await refused(lamp({ lat: '91' }), 400, /^lat /);
  await refused(lamp({ service_code: '' }), 400, 'service_code was not provided');
  await refused(lamp({ service_code: undefined }), 404);
  const quiet = await sent(without(lamp({ description: '', service_code: 'vagskador' }), 'attribute[fel]'));
  assert.equal(await bodyOf(quiet, 'text'), 'Vägskador, gropar, gatubeläggning');
  const crlf = `å${'\r\n'.repeat(3998)}ö`;
  assert.equal(await bodyOf(await sent(without(lamp({ description: crlf, service_code: 'vagskador' }), 'attribute[fel]')), 'text'), crlf);
  const ended = Object.fromEntries(Object.entries(lamp({ address_string: 'Torget 1' })).map(([name, value]) => [name, `${value}\r\n`]));
  assert.equal((await caseOf(await sent(ended))).category, 'gatubelysning', 'values that end in CRLF');
  const twice = new URLSearchParams(lamp());
  twice.append('lat', '59.3');
  await refused(twice, 400, 'lat is there more than once');
});

test('without a key, with a wrong one, a revoked one, or one that may not: 403', async () => {
  const n = await count();
  await refused(lamp({ api_key: '' }), 403, 'api_key was not provided');
  await refused(lamp({ api_key: 'f'.repeat(64) }), 403, 'api_key is not known');
  await refused(lamp({ api_key: trial }), 403, 'api_key is for the test endpoint');
  await refused(lamp({ api_key: await newKey({ scopes: ['updates'] }) }), 403, 'api_key may not send this');
  const gone = await admin.post('/api/v1/desk/api-clients', { json: { name: 'Borta', kind: 'production', scopes: ['post'] } });
  assert.equal((await send(lamp({ api_key: gone.json.key }))).status, 201);
  assert.equal((await admin.post(`/api/v1/desk/api-clients/${gone.json.id}/revocations`)).status, 204);
  await refused(lamp({ api_key: gone.json.key }), 403, 'api_key is not known');
  assert.equal(await count(), n + 1);
  const { api_key: k, ...form } = lamp();
  assert.equal((await send(form, `v2/requests.xml?api_key=${k}`)).status, 201, 'in the query');
});

test('a key has its share of an hour', async () => {
  const few = await newKey({ perHour: 2 });
  for (let i = 0; i < 2; i++) await sent(lamp({ api_key: few }));
  const res = await send(lamp({ api_key: few }));
  assert.equal(res.status, 429, res.text);
  assert.ok(Number(res.headers['retry-after']) > 0);
  assert.equal(res.json[0].code, 429);
});

test('what a key may send is its own, not the share of the address that it comes from', async () => {
  const city = await startServer({ env: { SYNPUNKT_INTAKE_PER_HOUR: '2' } });
  try {
    const adda = await newColleague(city, 'adda', 'administrator');
    const { key: few } = (await adda.post('/api/v1/desk/api-clients', { json: { name: 'Appen', kind: 'production',
      scopes: ['post', 'updates'], perHour: 4 } })).json;
    const statuses = [];
    for (let i = 0; i < 5; i++)
      statuses.push((await city.post('/open311/v2/requests.json', { form: lamp({ api_key: few }) })).status);
    assert.deepEqual(statuses, [201, 201, 201, 201, 429]);
    assert.equal((await city.post('/api/v1/cases', { json: { text: 'Lampan' } })).status, 201, 'residents there have theirs');
  } finally {
    await city.stop();
  }
});

test('files come along, as media[] or by any name; what breaks a rule is 400', async () => {
  const fields = Object.entries(lamp({ description: 'Med fil' })).map(([name, body]) => ({ name, body }));
  const file = (name, n, body = `text ${n}`) => ({ name, filename: `${n}.txt`, type: 'text/plain', body });
  const post = (files) => server.post('/open311/v2/requests.json', { multipart: multipart([...fields, ...files]) });
  const res = await post([file('media[]', 1), file('media[]', 2), file('photo1', 3)]);
  assert.equal(res.status, 201, res.text);
  const names = await server.sql(`SELECT a.name FROM synpunkt.case_attachment a JOIN synpunkt.open311_request r
    ON r.case_id = a.case_id WHERE r.key = '${res.json[0].service_request_id}' ORDER BY a.seq`);
  assert.deepEqual(names.map((r) => r.name), ['1.txt', '2.txt', '3.txt']);
  const n = await count();
  for (const files of [Array.from({ length: 11 }, (_, i) => file('media[]', i)), [file('media[]', 1, '\x7fELF\x02\x01\x01')]]) {
    const bad = await post(files);
    assert.equal(bad.status, 400, bad.text);
    assert.equal(bad.json[0].code, 400);
  }
  assert.equal(await count(), n);
});

test('a body that is no form is 400 in the format asked for', async () => {
  for (const options of [{ json: lamp() }, { body: 'x', headers: { 'content-type': 'multipart/form-data; boundary=y' } }, {},
    { body: 'api_key=%ff', headers: { 'content-type': 'application/x-www-form-urlencoded' } }]) {
    const res = await server.post('/open311/v2/requests.xml', options);
    assert.ok(res.status === 400 || res.status === 403, res.text);
    assert.match(res.text, /^<\?xml version="1.0" encoding="(utf|UTF)-8"\?>\s*<errors><error><code>40[03]</);
  }
});

test('the same Idempotency-Key of the same client is the same request', async () => {
  const form = lamp();
  const more = { headers: { 'idempotency-key': 'ett' } };
  const id = await sent(form, more);
  const n = await count();
  assert.equal(await sent(form, more), id);
  assert.equal(await count(), n);
  assert.notEqual(await sent({ ...form, api_key: other }, more), id);
  assert.equal((await send({ ...form, description: 'annat' }, undefined, more)).status, 400);
});

test('the test endpoint judges and stores nothing', async () => {
  const n = await count();
  for (const api_key of [trial, key]) {
    const res = await send(lamp({ api_key }), 'test/v2/requests.json');
    assert.equal(res.status, 201, res.text);
    assert.match(res.json[0].service_request_id, /^test-/);
    assert.equal((await get(`requests/${res.json[0].service_request_id}.json`)).status, 404);
  }
  assert.equal((await send(lamp({ api_key: trial, 'attribute[fel]': '' }), 'test/v2/requests.json')).status, 400);
  assert.equal((await send({ api_key: trial, service_request_id: 'x', description: 'y' }, 'test/v2/servicerequestupdates.json')).status, 201);
  assert.equal((await server.get('/open311/test/v2/services.json')).text, (await get('services.json')).text);
  assert.equal(await count(), n);
});

test('an update is words on a case that the same client sent', async () => {
  const id = await sent(lamp());
  const update = (more = {}) => send({ api_key: key, service_request_id: id, description: 'Nu är två släckta',
    status: 'OPEN', updated_datetime: '2026-01-01T12:00:00Z', ...more }, 'v2/servicerequestupdates.json');
  const res = await update();
  assert.equal(res.status, 201, res.text);
  assert.deepEqual(Object.keys(res.json[0]), ['update_id']);
  assert.equal(await bodyOf(id, 'message'), 'Nu är två släckta');
  assert.equal((await update()).json[0].update_id, res.json[0].update_id, 'a second time is the same');
  assert.equal((await update({ api_key: other })).status, 404);
  assert.equal((await update({ service_request_id: 'x' })).status, 404);
  for (const bad of [{ description: '' }, { status: 'half' }, { updated_datetime: 'nu' }, { service_request_id: '' }])
    assert.equal((await update(bad)).status, 400, JSON.stringify(bad));
  await act(co, await numberOf(id), 'close', { reason: 'remedied' });
  const late = await update({ description: 'mer' });
  assert.deepEqual([late.status, late.json[0].description], [400, 'the request is closed']);
});

test('keys are an administrator\'s to give: told once, kept as a hash', async () => {
  const made = await admin.post('/api/v1/desk/api-clients', { json: { name: 'Ny', kind: 'test', scopes: ['post'] } });
  assert.equal(made.status, 201, made.text);
  assert.match(made.json.key, /^[0-9a-f]{64}$/);
  const list = await admin.get('/api/v1/desk/api-clients');
  assert.ok(!list.text.includes(made.json.key));
  const row = list.json.items.find((c) => c.id === made.json.id);
  assert.deepEqual([row.name, row.kind, row.scopes, row.perHour, row.revokedAt, row.cases], ['Ny', 'test', ['post'], 300, null, 0]);
  assert.equal((await server.sql(`SELECT 1 FROM synpunkt.api_client WHERE encode(key_hash, 'hex') = '${made.json.key}'`)).length, 0);
  for (const json of [{}, { name: ' ', kind: 'test', scopes: ['post'] }, { name: 'x', kind: 'x', scopes: ['post'] },
    { name: 'x', kind: 'test', scopes: [] }, { name: 'x', kind: 'test', scopes: ['all'] }, { name: 'x', kind: 'test', scopes: ['post'], perHour: 0 }])
    assert.equal((await admin.post('/api/v1/desk/api-clients', { json })).status, 422, JSON.stringify(json));
  const anna = await newColleague(server, 'anna', 'manager@trafiknamnden');
  assert.equal((await anna.get('/api/v1/desk/api-clients')).status, 403);
  assert.equal((await anna.post('/api/v1/desk/api-clients', { json: { name: 'x', kind: 'test', scopes: ['post'] } })).status, 403);
  assert.equal((await anna.post(`/api/v1/desk/api-clients/${made.json.id}/revocations`)).status, 403);
  assert.equal((await server.get('/api/v1/desk/api-clients')).status, 401);
  assert.equal((await admin.post('/api/v1/desk/api-clients/x/revocations')).status, 404);
  assert.equal((await admin.post(`/api/v1/desk/api-clients/${made.json.id}/revocations`)).status, 204);
  const revoked = (await admin.get('/api/v1/desk/api-clients')).json.items.find((c) => c.id === made.json.id);
  assert.deepEqual([revoked.revokedBy, typeof revoked.revokedAt], ['Test adda', 'string']);
  assert.equal((await admin.post(`/api/v1/desk/api-clients/${made.json.id}/revocations`)).status, 404);
});

test('a page of anybody’s may read from a browser, and never send', async () => {
  for (const at of ['/open311/discovery.json', '/open311/discovery.xml', '/open311/v2/services.json', '/open311/v2/requests.xml',
    '/open311/v2/services/vagskador.json', '/open311/test/v2/services.json', '/open311/v2/requests.json?status=broken', '/open311/v2/requests/1.json']) {
    const got = await server.get(at, { headers: { Origin: 'https://karta.example' } });
    assert.equal(got.headers['access-control-allow-origin'], '*', at);
    const asked = await server.options(at, { headers: { Origin: 'https://karta.example', 'Access-Control-Request-Method': 'GET' } });
    assert.deepEqual([asked.status, asked.headers['access-control-allow-origin'], asked.headers['access-control-allow-methods']],
      [204, '*', 'GET, HEAD'], at);
    for (const one of [got, asked])
      assert.ok(!('access-control-allow-credentials' in one.headers) && !('access-control-allow-headers' in one.headers), at);
  }
  const sent = await server.post('/open311/v2/requests.json', { form: { service_code: 'vagskador' }, headers: { Origin: 'https://karta.example' } });
  assert.ok(!('access-control-allow-origin' in sent.headers));
});
