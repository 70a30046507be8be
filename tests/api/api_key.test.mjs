/* Other systems' keys in the API of cases. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { pdf } from './contract_samples.mjs';
import { startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

const path = '/api/v1/cases';
const lamp = { text: 'Lampan är släckt', category: 'gatubelysning' };
let server;
let admin;
let cia;

before(async () => {
  server = await startServer({ env: { SYNPUNKT_INTAKE_PER_HOUR: '3' } });
  admin = await newColleague(server, 'nyckel-adam', 'administrator@*');
  cia = await newColleague(server, 'nyckel-cia', 'coordinator@trafiknamnden');
});
after(() => server?.stop());

async function newKey(name, more = {}) {
  const res = await admin.post('/api/v1/desk/api-clients',
    { json: { name, kind: 'production', scopes: ['cases'], perHour: 100, ...more } });
  assert.equal(res.status, 201, res.text);
  return res.json;
}
const bearer = (key) => ({ authorization: `Bearer ${key}` });
const send = (key, json = lamp, headers = {}) => server.post(path, { json, headers: { ...bearer(key), ...headers } });
const sent = (key, query = '') => server.get(`/api/v1/sent-cases${query}`, { headers: bearer(key) });

test('what a system sends is its own: it sees how it goes with it, and the desk whose it is', async () => {
  const { key } = await newKey('Felanmälan AB');
  const other = (await newKey('Grannen')).key;
  const first = await send(key, { ...lamp, channel: 'app' });
  assert.equal(first.status, 201, first.text);
  assert.ok(first.json.followUpCode);
  assert.equal(first.headers.location, `${path}/${first.json.number}`);
  const second = (await send(key, { text: 'Ingen vet vad' })).json;
  const { items, next } = (await sent(key)).json;
  assert.deepEqual(items.map(({ number }) => number), [second.number, first.json.number]);
  assert.equal(next, null);
  const { board, category, type, status, receivedAt, acknowledgeBy, answerBy } = first.json;
  assert.deepEqual(items[1], { number: first.json.number, board, category, type, status, receivedAt, acknowledgeBy, answerBy });
  assert.deepEqual((await sent(other)).json.items, []);

  const whole = (await cia.get(`/api/v1/desk/cases/${first.json.number}`)).json;
  assert.deepEqual([whole.channel, whole.sentBy], ['api', 'Felanmälan AB']);
  const stranger = (await server.post(path, { json: lamp })).json;
  assert.equal((await cia.get(`/api/v1/desk/cases/${stranger.number}`)).json.sentBy, null);
  const row = (await admin.get('/api/v1/desk/api-clients')).json.items.find(({ name }) => name === 'Felanmälan AB');
  assert.deepEqual([row.cases, row.scopes], [2, ['cases']]);

  await server.sql(`UPDATE synpunkt.case SET status = 'assigned' WHERE id = ${Number(first.json.number.slice(5))}`);
  assert.equal((await sent(key)).json.items[1].status, 'assigned');
});

test('with files, too, and the list by pages', async () => {
  const { key } = await newKey('Med filer');
  const form = new FormData();
  form.append('case', new Blob([JSON.stringify(lamp)], { type: 'application/json' }));
  form.append('attachment', new Blob([pdf]), 'intyg.pdf');
  const res = await fetch(`${server.url}${path}`, { method: 'POST', headers: bearer(key), body: form });
  assert.equal(res.status, 201);
  const numbers = [(await res.json()).number];
  for (let i = 0; i < 2; i++) numbers.unshift((await send(key)).json.number);
  const page = (await sent(key, '?limit=2')).json;
  assert.deepEqual(page.items.map(({ number }) => number), numbers.slice(0, 2));
  const rest = (await sent(key, `?limit=2&after=${page.next}`)).json;
  assert.deepEqual([rest.items.map(({ number }) => number), rest.next], [numbers.slice(2), null]);
  for (const query of ['?limit=0', '?limit=201', '?after=x'])
    assert.equal((await sent(key, query)).status, 422, query);
});

test('a key has its own share of the hour, and none of its address’s', async () => {
  const { key } = await newKey('Många', { perHour: 5 });
  for (let i = 0; i < 5; i++) assert.equal((await send(key)).status, 201);
  const over = await send(key);
  assert.equal(over.status, 429);
  assert.ok(Number(over.headers['retry-after']) > 0);
  assert.equal((await server.post(path, { json: lamp })).status, 201, 'residents at the same address are let in');
});

test('the same Idempotency-Key of two systems is two keys', async () => {
  const [a, b] = [(await newKey('A')).key, (await newKey('B')).key];
  const headers = { 'idempotency-key': 'samma' };
  const first = await send(a, lamp, headers);
  assert.deepEqual((await send(a, lamp, headers)).json, first.json);
  const others = await send(b, { ...lamp, text: 'Något annat' }, headers);
  assert.equal(others.status, 201, others.text);
  assert.notEqual(others.json.number, first.json.number);
  assert.equal((await send(a, { ...lamp, text: 'Något annat' }, headers)).status, 409);
  assert.equal((await sent(a)).json.items.length, 1);
});

test('a key that is none, is revoked, or is for something else is refused, and nothing is stored', async () => {
  const n = async () => (await server.sql('SELECT count(*) AS n FROM synpunkt.case'))[0].n;
  const gone = await newKey('Borta');
  assert.equal((await admin.post(`/api/v1/desk/api-clients/${gone.id}/revocations`)).status, 204);
  const before = await n();
  for (const [key, status] of [['x', 401], ['0'.repeat(64), 401], [gone.key, 401],
    [(await newKey('Open311', { scopes: ['post', 'updates'] })).key, 403], [(await newKey('Prov', { kind: 'test' })).key, 403]]) {
    assert.equal((await send(key)).status, status);
    assert.equal((await sent(key)).status, status);
  }
  const none = await server.get('/api/v1/sent-cases');
  assert.equal(none.status, 401);
  assert.equal(none.headers['www-authenticate'], 'Bearer');
  assert.equal(await n(), before);
  const proxy = await server.post(path, { json: lamp, headers: { authorization: 'Basic eDp5' } });
  assert.equal(proxy.status, 201, 'what is no key is nothing of ours');
});

test('the description says that a key may come along, and must to see what was sent', async () => {
  const { paths, components } = (await server.get('/api/v1/openapi.json')).json;
  assert.deepEqual(paths[path].post.security, [{}, { apiKey: [] }]);
  assert.deepEqual(paths['/api/v1/sent-cases'].get.security, [{ apiKey: [] }]);
  assert.equal(components.securitySchemes.apiKey.scheme, 'bearer');
});
