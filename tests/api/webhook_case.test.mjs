/* Webhooks that listen to the cases of boards: in order, signed, again when asked, never more
 * than may wait, and never a word of a sensitive case. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import http from 'node:http';
import { after, before, test } from 'node:test';

import { eventually, startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

let server;
let admin;
let anna;
let receiver;
let url;
let hook;
const taken = [];
let answer = 204;

before(async () => {
  receiver = http.createServer((req, res) => {
    const parts = [];
    req.on('data', (p) => parts.push(p)).on('end', () => {
      taken.push({ status: answer, headers: req.headers, body: Buffer.concat(parts).toString() });
      res.writeHead(answer).end();
    });
  });
  await new Promise((done) => { receiver.listen(0, '127.0.0.1', done); });
  url = `http://127.0.0.1:${receiver.address().port}/told`;
  server = await startServer({ env: { SYNPUNKT_WEBHOOK_PRIVATE: 'true' } });
  admin = await newColleague(server, 'adda', 'administrator');
  anna = await newColleague(server, 'anna', 'case-handler@trafiknamnden,coordinator@trafiknamnden');
});
after(async () => {
  await server.stop();
  receiver.close();
});

const hooks = '/api/v1/desk/webhooks';
const submit = async (json) => (await server.post('/api/v1/cases', { json: { text: 'Zebrafink på Kungsgatan',
  category: 'gatubelysning', contact: { name: 'Eva Ek', email: 'eva@example.org' }, ...json } })).json.number;
const changes = () => taken.filter((m) => m.status < 300).map((m) => JSON.parse(m.body))
  .filter((e) => e.type === 'synpunkt.case-changed').flatMap((e) => e.data.changes);
const of = (number) => changes().filter((c) => c.number === number);
const listed = async () => (await admin.get(hooks)).json.items.find((w) => w.id === hook.id);
const hurry = () => server.sql('UPDATE synpunkt.webhook_delivery SET due_at = now() WHERE due_at IS NOT NULL');
/* Every case has its number, which is a change of it, and what is told of it is in a message. */
const seen = async () => (await server.sql(`SELECT (SELECT count(*) FROM synpunkt.webhook_case)
  + (SELECT count(*) FROM synpunkt.case_leg WHERE registration_number IS NULL) AS n`))[0].n === '0';
const quiet = () => eventually('nothing waits to be told', async () => await seen() && (await server.sql(
  'SELECT count(*) AS n FROM synpunkt.webhook_delivery WHERE due_at IS NOT NULL'))[0].n === '0', 20000);

async function act(number, what, json, who = anna) {
  const { headers } = await who.get(`/api/v1/desk/cases/${number}`);
  const res = await who.post(`/api/v1/desk/cases/${number}/${what}`, { json, etag: headers.etag });
  assert.ok(res.status < 300, `${what}: ${res.status} ${res.text}`);
}

test('what is listened to is said with the boards that it is of', async () => {
  for (const [json, names] of [
    [{ events: ['case-changed'] }, ['boards']], [{ events: ['everything'] }, ['events[0]']],
    [{ boards: ['trafiknamnden'] }, ['boards']], [{ events: 'case-changed' }, ['events']]]) {
    const res = await admin.post(hooks, { json: { url, ...json } });
    assert.equal(res.status, 422, JSON.stringify(json));
    assert.deepEqual(res.json.invalidParams.map((p) => p.name), names);
  }
  assert.equal((await admin.post(hooks, { json: { url, events: ['case-changed'], boards: ['ingen'] } })).status, 422);
  const res = await admin.post(hooks, { json: { url, events: ['case-changed'], boards: ['trafiknamnden'] } });
  assert.equal(res.status, 201, res.text);
  hook = res.json;
  const it = await listed();
  assert.deepEqual([it.events, it.boards, it.failingSince], [['case-changed'], ['trafiknamnden'], null]);
});

test('a case is told from its receipt to its end, in order, by codes alone', async () => {
  const number = await submit();
  await quiet();
  await act(number, 'acknowledgements', {});
  await act(number, 'notes', { text: 'Zebrafink sa grannen' });
  await act(number, 'replies', { text: 'Zebrafinken är borta.', close: 'remedied' });
  await eventually('its end', () => of(number).some((c) => c.what === 'closed'), 20000);
  assert.deepEqual(of(number).map((c) => c.what), ['received', 'acknowledged', 'replied', 'closed']);
  const [first] = of(number);
  assert.deepEqual(Object.keys(first).sort(), ['at', 'board', 'category', 'number', 'status', 'version', 'what']);
  assert.deepEqual([first.board, first.category, first.status], ['trafiknamnden', 'gatubelysning', 'received']);
  assert.deepEqual([of(number).at(-1).status, of(number).map((c) => c.version)],
    ['closed', of(number).map((c) => c.version).sort((a, b) => a - b)]);
  for (const { headers, body } of taken) {
    const [, at, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers['synpunkt-signature']);
    assert.equal(mac, crypto.createHmac('sha256', hook.secret).update(`${at}.`).update(body).digest('hex'));
    assert.doesNotMatch(body, /Zebrafink|Eva|example\.org|Kungsgatan|lat|lon/i);
  }
});

test('of other boards and of what is sensitive nothing is told, also when it becomes so', async () => {
  const park = await submit({ category: 'lekplats', place: { lat: 59.24, lon: 18.09 } });
  const secret = await submit();
  const care = await submit({ category: 'barn-unga-familj' });
  await quiet();
  await server.sql(`UPDATE synpunkt.case SET sensitivity = 3 WHERE id = ${secret.slice(5)}`);
  const before = of(secret).length;
  await act(secret, 'acknowledgements', {}, await newColleague(server, 'regi', 'registrar@trafiknamnden,coordinator@trafiknamnden'));
  await server.sql(`INSERT INTO synpunkt.webhook_case (case_id, board, what, at)
    SELECT id, board, 'changed', now() FROM synpunkt.case WHERE sensitivity >= 3`);
  await quiet();
  assert.equal(of(secret).length, before);
  assert.deepEqual([of(park), of(care)], [[], []]);
  const sensitive = (await server.sql(`SELECT year || '-' || id AS number FROM synpunkt.case WHERE sensitivity >= 3
    AND id <> ${secret.slice(5)}`)).map((r) => r.number);
  assert.ok(sensitive.length > 0 && changes().every((c) => !sensitive.includes(c.number)));
});

test('a case that is passed on is a number to the board that had it', async () => {
  const number = await submit();
  await quiet();
  await act(number, 'transfers', { board: 'exploateringsnamnden', ground: 'no-secrecy', send: ['text'] });
  await eventually('that it went', () => of(number).length === 2, 20000);
  const { what, version, status, category } = of(number)[1];
  assert.deepEqual([what, version, status, category], ['transferred', null, null, null]);
});

test('a message is sent again when somebody asks, the same bytes', async () => {
  const { json } = await admin.get(`${hooks}/${hook.id}/deliveries`);
  const last = json.items[0];
  assert.deepEqual([last.type, last.changes > 0, last.state], ['case-changed', true, 'delivered']);
  const n = taken.length;
  assert.equal((await admin.post(`${hooks}/${hook.id}/deliveries/${last.id}/replays`)).status, 204);
  await eventually('it came', () => taken.length > n, 20000);
  const again = taken.find((m) => JSON.parse(m.body).id === last.event);
  assert.equal(taken[n].body, again.body);
});

test('a receiver that is away gets them in order when it is back', async () => {
  answer = 503;
  const numbers = [];
  for (let i = 0; i < 3; i++) {
    numbers.push(await submit());
    await eventually('a message of it', async () => (await listed()).waiting > i, 20000);
  }
  answer = 204;
  await eventually('all have come', async () => { await hurry(); return numbers.every((n) => of(n).length === 1); }, 20000);
  assert.deepEqual(changes().map((c) => c.number).filter((n) => numbers.includes(n)), numbers);
});

test('what waits has a ceiling: it is failing, then told that it missed something', async () => {
  await quiet();
  answer = 503;
  await server.sql(`CREATE OR REPLACE FUNCTION synpunkt_webhook.waiting_most() RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT 2::bigint'`);
  for (let i = 0; i < 2; i++) {
    await submit();
    await eventually('a message of it', async () => (await listed()).waiting > i, 20000);
  }
  const missed = await submit();
  const it = await eventually('it is failing', async () => { const w = await listed(); return w.failingSince && w; }, 20000);
  assert.equal(it.waiting, 2);
  assert.equal((await admin.get('/api/v1/desk/today')).json.failingWebhooks, 1);
  const handler = await newColleague(server, 'olle', 'case-handler@trafiknamnden');
  assert.equal((await handler.get('/api/v1/desk/today')).json.failingWebhooks, 0, 'administrators alone are told');
  for (let i = 0; i < 3; i++) await submit();
  await eventually('they were seen', seen, 20000);
  assert.equal((await listed()).waiting, 2, 'it does not grow');
  answer = 204;
  await eventually('what waited has come', async () => { await hurry(); return (await listed()).waiting === 0; }, 20000);
  const number = await submit();
  await eventually('it is told again', () => of(number).length === 1, 20000);
  const { data } = taken.map((m) => JSON.parse(m.body)).find((e) => e.data.changes?.some((c) => c.number === number));
  assert.ok(Date.parse(data.missedSince));
  assert.equal((await listed()).failingSince, null);
  assert.equal((await admin.get('/api/v1/desk/today')).json.failingWebhooks, 0);
  assert.deepEqual(of(missed), []);
});

test('a maker who is no administrator any more is told nothing', async () => {
  await server.sql(`UPDATE synpunkt.staff_role SET valid_to = synpunkt.today() - 1
    WHERE user_id = (SELECT id FROM synpunkt.staff_user WHERE username = 'adda')`);
  const number = await submit();
  await quiet();
  assert.deepEqual(of(number), []);
});
