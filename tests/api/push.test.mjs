/* Push messages: whose device may be told, of what, and what a push service sees. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import path from 'node:path';

import { eventually, freePort, request, startServer, testRoot } from './harness.mjs';
import { at } from './contract_desk_kit.mjs';
import { makeCertificates, makePushKey, startPushService, verifyVapid } from './push_service.mjs';
import { newColleague } from './staff.mjs';

const keys = { p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg' };

let dir;
let service;
let server;
let desk;

before(async () => {
  dir = fs.mkdtempSync(path.join(testRoot(), 'push-'));
  fs.chmodSync(dir, 0o755);
  const certificates = makeCertificates(dir);
  service = await startPushService(certificates);
  server = await startServer({ env: {
    SYNPUNKT_PUSH_KEY_FILE: makePushKey(path.join(dir, 'push-key.pem')),
    SYNPUNKT_PUSH_CA_FILE: certificates.ca, SYNPUNKT_PUSH_SUBJECT: 'mailto:drift@stad.example',
    SYNPUNKT_PUSH_HOSTS: `localhost:${service.port} push.example *.push.example.org` } });
  desk = await newColleague(server, 'hedda', 'case-handler@trafiknamnden', 'Hedda Ros');
});
after(async () => {
  await server?.stop();
  await service?.close();
});

async function submit() {
  const res = await server.post('/api/v1/cases', { json: { text: 'Lampan är släckt',
    category: 'gatubelysning' } });
  assert.equal(res.status, 201, res.text);
  const { number, followUpCode: code } = res.json;
  return { number, id: number.split('-')[1], headers: { authorization: `Bearer ${code}` },
    where: `/api/v1/cases/${number}/push-subscription` };
}

let serial = 0;
const newPath = () => `/wpush/v2/device-${++serial}`;

const put = (c, endpoint, more = {}) =>
  server.put(c.where, { headers: c.headers, json: { endpoint, keys, ...more } });

/* A case that a new device is told of: the device's path at the service. */
async function followed() {
  const c = await submit();
  const where = newPath();
  const res = await put(c, service.origin + where);
  assert.equal(res.status, 204, res.text);
  return { ...c, device: where };
}

async function act(c, word, json) {
  const { etag } = (await desk.get(at(c.number))).headers;
  const res = await desk.post(at(c.number, word), { json, etag });
  assert.ok([200, 201].includes(res.status), res.text);
}

const rows = (c) => server.sql(`SELECT * FROM synpunkt.push_subscription
  WHERE case_id = ${c.id} ORDER BY id`);
const told = (c, n = 1) => eventually(`the device is told ${n} times`,
  () => service.to(c.device).length >= n, 20000);
const settled = (c) => eventually('all has been told',
  async () => (await rows(c)).every((r) => r.due_at === null), 20000);
const dueNow = (c) => server.sql(`UPDATE synpunkt.push_subscription SET due_at = now()
  WHERE case_id = ${c.id}`);
test('the key that browsers subscribe with is the key that signs', async () => {
  const { json, status } = await server.get('/api/v1/push-key');
  assert.equal(status, 200);
  assert.equal(Buffer.from(json.key, 'base64url').length, 65);
  const c = await followed();
  await act(c, 'replies', { text: 'Den är lagad' });
  await told(c);
  assert.equal(verifyVapid(service.to(c.device)[0].headers.authorization).key, json.key);
});

test('a message has no content, and a token for its service that is right', async () => {
  const c = await followed();
  await act(c, 'replies', { text: 'Den är lagad' });
  await told(c);
  await settled(c);
  const [message] = service.to(c.device);
  assert.equal(message.method, 'POST');
  assert.equal(message.body, '');
  const { authorization, ...headers } = message.headers;
  const claims = verifyVapid(authorization);
  assert.deepEqual(claims.head, { typ: 'JWT', alg: 'ES256' });
  assert.equal(claims.aud, service.origin);
  assert.equal(claims.sub, 'mailto:drift@stad.example');
  const hours = (claims.exp - Date.now() / 1000) / 3600;
  assert.ok(hours > 0.5 && hours <= 24, `${hours} hours`);
  assert.match(headers.ttl, /^\d+$/);
  assert.match(headers.topic, /^[\w-]{1,32}$/);
  assert.equal(headers['content-length'], '0');
  for (const name of ['content-type', 'content-encoding', 'referer', 'cookie'])
    assert.equal(headers[name], undefined);
  /* Nothing tells which case, or whose. */
  assert.ok(!JSON.stringify([headers, claims]).includes(c.id));
});

test('told of an answer, a question, an end; not of what happens among colleagues', async () => {
  const c = await followed();
  await act(c, 'notes', { text: 'Ring elektrikern' });
  await act(c, 'assignments', { user: 'hedda' });
  await act(c, 'acknowledgements', {});
  assert.deepEqual((await rows(c)).map((r) => r.news), ['0']);
  await act(c, 'questions', { text: 'Vilken lampa?' });
  await told(c, 1);
  await settled(c);
  await act(c, 'replies', { text: 'Den är lagad' });
  await told(c, 2);
  await settled(c);
  await act(c, 'closures', { reason: 'remedied' });
  await told(c, 3);
  await settled(c);
  assert.equal(service.to(c.device).length, 3);
});

test('the complainant’s own words tell nobody', async () => {
  const c = await followed();
  const res = await server.post(`/api/v1/cases/${c.number}/messages`,
    { headers: c.headers, json: { text: 'Den blinkar nu' } });
  assert.equal(res.status, 201);
  assert.deepEqual((await rows(c)).map((r) => r.news), ['0']);
});

test('a device that is gone is forgotten', async () => {
  for (const status of [404, 410]) {
    const c = await followed();
    service.answers[c.device] = status;
    await act(c, 'replies', { text: 'Den är lagad' });
    await eventually('it is forgotten', async () => (await rows(c)).length === 0, 20000);
    assert.equal(service.to(c.device).length, 1);
  }
  const { text } = await request(server.opsUrl, 'GET', '/metrics');
  assert.match(text, /synpunkt_push_attempts_total\{outcome="gone"\} 2/);
});

test('a service in trouble is tried again, later each time, and as late as it asks', async () => {
  const c = await followed();
  service.answers[c.device] = 503;
  const logged = () => server.log.match(/push_waits/g)?.length ?? 0;
  const before = logged(); /* by the tests before this one */
  await act(c, 'replies', { text: 'Den är lagad' });
  const wait = async (n) => {
    const row = await eventually(`attempt ${n} is marked`, async () => {
      const [r] = await server.sql(`SELECT attempts, extract(epoch FROM due_at - now())::int AS wait
        FROM synpunkt.push_subscription WHERE case_id = ${c.id}`);
      return Number(r.attempts) === n && service.to(c.device).length === n
        && logged() >= before + n && r;
    }, 20000);
    return Number(row.wait);
  };
  const first = await wait(1);
  assert.ok(first > 45 && first <= 60, `${first} s`);
  service.answers[c.device] = [429, { 'retry-after': '7200' }];
  await dueNow(c);
  const second = await wait(2);
  assert.ok(second > 7100 && second <= 7200, `${second} s`);
  service.answers[c.device] = [429, { 'retry-after': new Date(Date.now() + 3600e3).toUTCString() }];
  await dueNow(c);
  const third = await wait(3);
  assert.ok(third > 3400 && third <= 3600, `${third} s`);
  service.answers[c.device] = 201;
  await dueNow(c);
  await told(c, 4);
  await settled(c);
});

test('after two days it is given up, until there is something new', async () => {
  const c = await followed();
  service.answers[c.device] = 500;
  await act(c, 'replies', { text: 'Den är lagad' });
  await eventually('it is tried', () => service.to(c.device).length === 1, 20000);
  await server.sql(`UPDATE synpunkt.push_subscription SET give_up_at = now(), due_at = now()
    WHERE case_id = ${c.id}`);
  await settled(c);
  service.answers[c.device] = 201;
  const before = service.to(c.device).length;
  await act(c, 'closures', { reason: 'remedied' });
  await told(c, before + 1);
  await settled(c);
});

test('what happens while a message is on its way is told too', async () => {
  const c = await followed();
  service.answers[c.device] = 'silent';
  await act(c, 'questions', { text: 'Vilken lampa?' });
  await told(c, 1);
  service.answers[c.device] = 201;
  await act(c, 'replies', { text: 'Den är lagad' });
  await told(c, 2);
  await settled(c);
});

test('a service whose certificate is nobody’s is not spoken to', async () => {
  const other = fs.mkdtempSync(path.join(dir, 'other-'));
  const port = await freePort();
  const liar = await startPushService(makeCertificates(other), port);
  const second = await startServer({ cluster: server.cluster, database: server.database, env: {
    SYNPUNKT_PUSH_KEY_FILE: path.join(dir, 'push-key.pem'), SYNPUNKT_PUSH_CA_FILE: path.join(dir, 'ca.pem'),
    SYNPUNKT_PUSH_HOSTS: `localhost:${port}` } });
  await server.stop(); /* so that the second one has the work alone */
  try {
    const made = await second.post('/api/v1/cases', { json: { text: 'Lampan', category: 'gatubelysning' } });
    const headers = { authorization: `Bearer ${made.json.followUpCode}` };
    const where = `/api/v1/cases/${made.json.number}/push-subscription`;
    assert.equal((await second.put(where, { headers, json: { endpoint: `${liar.origin}/x`, keys } })).status, 204);
    /* Of the first one's list, no more of this one's: forgotten, not sent to. */
    await second.sql(`INSERT INTO synpunkt.push_subscription (case_id, endpoint, due_at)
      VALUES (${made.json.number.split('-')[1]}, '${service.origin}/old', now())`);
    await second.sql('UPDATE synpunkt.push_subscription SET due_at = now()');
    await eventually('it was tried', () => second.logs().some((l) => l.event === 'push_waits'
      && l.why === 'tls'), 20000);
    await eventually('the other is forgotten', async () => (await second.sql(`SELECT 1
      FROM synpunkt.push_subscription WHERE endpoint LIKE '%/old'`)).length === 0, 20000);
    assert.deepEqual(liar.messages, []);
    assert.equal(service.to('/old').length, 0);
  } finally {
    await second.stop();
    await liar.close();
    await server.start();
  }
  assert.doesNotMatch(second.log, /Sanitizer|runtime error/);
  desk = await newColleague(server, 'hanna', 'case-handler@trafiknamnden', 'Hanna Alm');
});

test('only services on the list are taken, whatever the address looks like', async () => {
  const c = await submit();
  const port = service.port;
  for (const endpoint of ['https://push.example/a', 'https://PUSH.example/a', 'https://a.push.example.org/x',
    'https://a.b.push.example.org:443/x', `${service.origin}/x`])
    assert.equal((await put(c, endpoint)).status, 204, endpoint);
  for (const endpoint of ['http://push.example/a', 'https://push.example:8443/a', 'https://evil.example/a',
    'https://127.0.0.1/', `https://127.0.0.1:${port}/x`, `https://2130706433:${port}/x`, 'https://[::1]/',
    'https://169.254.169.254/latest/meta-data', 'https://10.0.0.1/', 'https://localhost/x', 'https://push.example.org/x',
    'https://xpush.example.org/x', 'https://.push.example.org/x', 'https://push.example.evil.example/',
    'https://push.example@evil.example/', 'https://evil.example#push.example', 'https://user:pass@push.example/a',
    'https://push.example/a#b', 'file:///etc/passwd', 'ftp://push.example/a', 'https:push.example', '//push.example/a',
    'push.example/a', 'https://push.example\\@evil.example/', 'https://push.example/å', 'https://push.example/a b',
    'https://push.example/a\r\nX: y', '', `https://push.example/${'x'.repeat(1024)}`]) {
    const res = await put(c, endpoint);
    assert.equal(res.status, 422, `${endpoint}: ${res.text}`);
    assert.equal(res.json.invalidParams[0].name, 'endpoint');
  }
});

test('who may subscribe: number and code, and what is wrong is said', async () => {
  const c = await submit();
  const json = { endpoint: `${service.origin}/who`, keys };
  assert.equal((await server.put(c.where, { json })).status, 401);
  for (const verb of ['put', 'delete']) {
    assert.equal((await server[verb](c.where, { json, headers: { authorization: 'Bearer AAAA-BBBB-CCCC' } })).status, 404);
    assert.equal((await server[verb]('/api/v1/cases/2026-1/push-subscription', { json, headers: c.headers })).status, 404);
  }
  for (const [more, name] of [[{ endpoint: undefined }, 'endpoint'], [{ endpoint: 7 }, 'endpoint'],
    [{ keys: { p256dh: 'x'.repeat(89) } }, 'keys.p256dh'], [{ keys: { auth: '<>' } }, 'keys.auth']]) {
    const res = await put(c, json.endpoint, more);
    assert.equal(res.status, 422, res.text);
    assert.deepEqual(res.json.invalidParams.map((p) => p.name), [name]);
  }
  assert.equal((await server.put(c.where, { headers: { ...c.headers, 'content-type': 'application/json' },
    body: '{' })).status, 400);
  assert.equal((await server.put(c.where, { headers: { ...c.headers, 'content-type': 'application/json' },
    body: JSON.stringify({ x: 'x'.repeat(9000) }) })).status, 413);
  assert.deepEqual(await rows(c), []);
});

test('the same device is one; beyond five the oldest goes; off again, one or all', async () => {
  const c = await submit();
  const endpoint = (n) => `${service.origin}/ceiling/${n}`;
  for (let i = 0; i < 3; i++) assert.equal((await put(c, endpoint(0))).status, 204);
  assert.equal((await rows(c)).length, 1);
  for (let i = 1; i < 7; i++) assert.equal((await put(c, endpoint(i))).status, 204);
  assert.deepEqual((await rows(c)).map((r) => r.endpoint).sort(), [2, 3, 4, 5, 6].map(endpoint));
  const off = (json) => server.delete(c.where, { headers: c.headers, ...(json && { json }) });
  assert.equal((await off({ endpoint: endpoint(3) })).status, 204);
  assert.equal((await off({ endpoint: endpoint(3) })).status, 204, 'twice is the same');
  assert.deepEqual((await rows(c)).map((r) => r.endpoint).sort(), [2, 4, 5, 6].map(endpoint));
  assert.equal((await off()).status, 204);
  assert.deepEqual(await rows(c), []);
});

test('only the address is kept, and no log names it', async () => {
  const c = await followed();
  service.answers[c.device] = 500;
  await act(c, 'replies', { text: 'Den är lagad' });
  await eventually('it is in the log that it waits', () => service.to(c.device).length > 0
    && server.log.includes('push_waits'), 20000);
  const [row] = await rows(c);
  assert.ok(!Object.values(row).some((v) => String(v).includes(keys.auth) || String(v).includes(keys.p256dh)));
  assert.ok(!server.log.includes('device-') && !server.log.includes('wpush'));
});

test('residents’ side, desk and jobs read no subscription', async () => {
  for (const role of ['synpunkt_resident', 'synpunkt_desk', 'synpunkt_job', 'synpunkt_report', 'synpunkt_signin'])
    await assert.rejects(server.sqlAs(role, 'SELECT 1 FROM synpunkt.push_subscription'), /permission denied/, role);
  await assert.rejects(server.sqlAs('synpunkt_resident', 'SELECT synpunkt_push.claim(1, 1)'), /permission denied/);
  await assert.rejects(server.sqlAs('synpunkt_job', `SELECT synpunkt_follow.push_subscribe(1, 2026::smallint, '', 'x', 1)`),
    /permission denied/);
});

test('with no key there is no push', async () => {
  const other = await startServer();
  const c = await other.post('/api/v1/cases', { json: { text: 'Lampan' } });
  const headers = { authorization: `Bearer ${c.json.followUpCode}` };
  const where = `/api/v1/cases/${c.json.number}/push-subscription`;
  assert.equal((await other.get('/api/v1/push-key')).status, 404);
  assert.equal((await other.put(where, { headers, json: { endpoint: 'https://fcm.googleapis.com/x', keys } })).status, 404);
  await other.stop();
  assert.doesNotMatch(other.log, /Sanitizer|runtime error/);
});

test('a key of another kind, and a list that lets in too many, stop the start', async () => {
  const key = path.join(dir, 'push-key.pem');
  const empty = path.join(dir, 'empty.pem');
  fs.writeFileSync(empty, '');
  for (const [env, why] of [
    [{ SYNPUNKT_PUSH_KEY_FILE: makePushKey(path.join(dir, 'p384.pem'), 'P-384') }, /not on the curve P-256/],
    [{ SYNPUNKT_PUSH_KEY_FILE: empty }, /no private key in PEM/],
    [{ SYNPUNKT_PUSH_KEY_FILE: path.join(dir, 'none') }, /no private key in PEM/],
    [{ SYNPUNKT_PUSH_KEY_FILE: key, SYNPUNKT_PUSH_HOSTS: '*.com' }, /SYNPUNKT_PUSH_HOSTS/],
    [{ SYNPUNKT_PUSH_KEY_FILE: key, SYNPUNKT_PUSH_HOSTS: 'https://push.example' }, /SYNPUNKT_PUSH_HOSTS/],
    [{ SYNPUNKT_PUSH_KEY_FILE: key, SYNPUNKT_PUSH_HOSTS: 'push.example:x' }, /SYNPUNKT_PUSH_HOSTS/]]) {
    const other = await startServer({ wait: false, env });
    assert.equal((await other.exited).code, 1, JSON.stringify(env));
    assert.match(other.log, why);
  }
});
