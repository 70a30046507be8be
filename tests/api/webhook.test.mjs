/* Webhooks: another system is told when a month's indicators are there, signed, once, also
 * when it was away; and never an address of our own network unless the operator says so. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import http from 'node:http';
import { after, before, test } from 'node:test';

import { eventually, startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

let server;
let admin;
let receiver;
let url;
let hook; /* as it was made, with its secret */
const taken = [];
let answer = 503;

before(async () => {
  receiver = http.createServer((req, res) => {
    const parts = [];
    req.on('data', (p) => parts.push(p)).on('end', () => {
      taken.push({ path: req.url, headers: req.headers, body: Buffer.concat(parts) });
      res.writeHead(answer).end('what is said here is not kept');
    });
  });
  await new Promise((done) => { receiver.listen(0, '127.0.0.1', done); });
  url = `http://127.0.0.1:${receiver.address().port}/told`;
  server = await startServer({ env: { SYNPUNKT_WEBHOOK_PRIVATE: 'true' } });
  admin = await newColleague(server, 'adda', 'administrator');
});
after(async () => {
  await server.stop();
  receiver.close();
  assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
});

const publish = (month) => server.sql(`INSERT INTO synpunkt.open_month (month) VALUES ('${month}-01')`);
const deliveries = async (of = hook) => (await admin.get(`/api/v1/desk/webhooks/${of.id}/deliveries`)).json.items;
const hurry = () => server.sql('UPDATE synpunkt.webhook_delivery SET due_at = now() WHERE due_at IS NOT NULL');
const received = (n) => eventually(`${n} came`, () => taken.length >= n, 60000);

function check({ headers, body }) {
  const [, at, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers['synpunkt-signature']);
  assert.equal(mac, crypto.createHmac('sha256', hook.secret).update(`${at}.`).update(body).digest('hex'));
  assert.ok(Math.abs(Date.now() / 1000 - Number(at)) < 600);
  assert.match(headers['content-type'], /^application\/cloudevents\+json/);
}

test('an administrator subscribes an address and is told the secret once', async () => {
  const res = await admin.post('/api/v1/desk/webhooks', { json: { url } });
  assert.equal(res.status, 201, res.text);
  hook = res.json;
  assert.match(hook.secret, /^[0-9a-f]{64}$/);
  const list = await admin.get('/api/v1/desk/webhooks');
  assert.deepEqual(list.json.items.map((w) => [w.id, w.url, w.waiting, w.dead]), [[hook.id, url, 0, 0]]);
  assert.ok(!list.text.includes(hook.secret));
  const [{ secret }] = await server.sql('SELECT secret FROM synpunkt.webhook');
  assert.ok(!secret.includes(hook.secret) && secret.length > 64, 'it is sealed');
});

test('nobody else does, and no other kind of address is taken', async () => {
  const anna = await newColleague(server, 'anna', 'case-handler@trafiknamnden');
  const chef = await newColleague(server, 'chef', 'manager@trafiknamnden');
  for (const who of [anna, chef]) {
    assert.equal((await who.get('/api/v1/desk/webhooks')).status, 403);
    assert.equal((await who.post('/api/v1/desk/webhooks', { json: { url } })).status, 403);
    assert.equal((await who.get(`/api/v1/desk/webhooks/${hook.id}/deliveries`)).status, 403);
  }
  const vik = await newColleague(server, 'vik', 'case-handler@trafiknamnden');
  assert.equal((await server.ctl(['user', 'substitute', admin.username, 'vik', '--to', '2099-01-01'])).code, 0);
  assert.equal((await vik.get('/api/v1/desk/webhooks')).status, 403, 'who stands in for an administrator');
  assert.equal((await vik.get(`/api/v1/desk/webhooks/${hook.id}/deliveries`)).status, 403);
  for (const bad of ['ftp://a.example/', 'file:///etc/passwd', 'https://', 'https://u:p@a.example/', 'https://a.example/ x', ''])
    assert.equal((await admin.post('/api/v1/desk/webhooks', { json: { url: bad } })).status, 422, bad);
  assert.equal((await admin.post('/api/v1/desk/webhooks/x/removals')).status, 404);
});

test('a receiver that is away gets the message when it is back: signed, with the same id', async () => {
  await publish('2020-01');
  await received(1);
  const [waiting] = await eventually('it waits', async () => {
    const list = await deliveries();
    return list[0]?.why === '503' && list;
  }, 60000);
  assert.deepEqual([waiting.state, waiting.month], ['waiting', '2020-01']);
  answer = 204;
  await hurry();
  await eventually('it is delivered', async () => (await deliveries())[0].state === 'delivered', 60000);
  const n = taken.length;
  assert.ok(n >= 2);
  taken.forEach(check);
  for (const { body } of taken) assert.deepEqual(body, taken[0].body);
  const event = JSON.parse(taken[0].body);
  assert.deepEqual([event.specversion, event.id, event.type, event.subject, event.data.month],
    ['1.0', waiting.event, 'synpunkt.month-frozen', '2020-01', '2020-01']);
  assert.ok(event.source && event.datacontenttype === 'application/json' && Date.parse(event.time));
  await hurry();
  await publish('2020-02');
  await received(n + 1);
  assert.equal(JSON.parse(taken[n].body).subject, '2020-02', 'what was taken is not sent again');
});

test('what was delivered is sent again when somebody asks, the same bytes', async () => {
  await eventually('both are delivered', async () =>
    (await deliveries()).every((d) => d.state === 'delivered'), 60000);
  const n = taken.length;
  const last = (await deliveries()).find((d) => d.month === '2020-01');
  const res = await admin.post(`/api/v1/desk/webhooks/${hook.id}/deliveries/${last.id}/replays`);
  assert.equal(res.status, 204, res.text);
  await received(n + 1);
  check(taken[n]);
  assert.deepEqual(taken[n].body, taken[0].body);
  assert.equal((await admin.post(`/api/v1/desk/webhooks/${hook.id}/deliveries/999999/replays`)).status, 404);
});

test('after three days it is dead, is shown as such, and can be sent again', async () => {
  await eventually('all are delivered', async () =>
    (await deliveries()).every((d) => d.state === 'delivered'), 60000);
  answer = 500;
  await publish('2020-03');
  await eventually('it was marked', async () => (await deliveries())[0].why === '500', 60000);
  await server.sql(`UPDATE synpunkt.webhook_delivery SET due_at = now(), give_up_at = now() - interval '1 second'
    WHERE due_at IS NOT NULL`);
  await eventually('it is dead', async () => (await deliveries())[0].state === 'dead', 60000);
  assert.equal((await admin.get('/api/v1/desk/webhooks')).json.items[0].dead, 1);
  answer = 200;
  const [dead] = await deliveries();
  await admin.post(`/api/v1/desk/webhooks/${hook.id}/deliveries/${dead.id}/replays`);
  await eventually('it is delivered', async () => (await deliveries())[0].state === 'delivered', 60000);
});

test('a webhook that was removed is told nothing more', async () => {
  assert.equal((await admin.post(`/api/v1/desk/webhooks/${hook.id}/removals`)).status, 204);
  assert.equal((await admin.post(`/api/v1/desk/webhooks/${hook.id}/removals`)).status, 404);
  await publish('2020-04');
  assert.equal((await server.sql("SELECT count(*) AS n FROM synpunkt.webhook_delivery WHERE due_at IS NOT NULL"))[0].n, '0');
  assert.deepEqual((await admin.get('/api/v1/desk/webhooks')).json.items, []);
});

test('without the operator’s word no address of our own network is sent to', async () => {
  const n = taken.length;
  await server.stop();
  server = await startServer();
  admin = await newColleague(server, 'adda', 'administrator');
  assert.equal((await admin.post('/api/v1/desk/webhooks', { json: { url } })).status, 422, 'not by http');
  const res = await admin.post('/api/v1/desk/webhooks', { json: { url: url.replace('http:', 'https:') } });
  assert.equal(res.status, 201, res.text);
  await publish('2020-01');
  await eventually('it is refused', async () => (await deliveries(res.json))[0]?.why === 'refused', 60000);
  assert.equal(taken.length, n);
});
