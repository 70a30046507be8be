/* The contract's section 3: POST /api/v1/sessions and DELETE /api/v1/sessions/current. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { after, before, test } from 'node:test';

import { assertProblem } from './contract_kit.mjs';
import { startServer, testRoot } from './harness.mjs';
import { addUser, cookieOf, signIn } from './staff.mjs';

const trafik = 'manager@trafiknamnden';
const where = '/api/v1/sessions';
let server;
before(async () => {
  server = await startServer({ env: { SYNPUNKT_TRUSTED_PROXIES: '127.0.0.1' } });
});
after(() => server.stop());

const post = (json, headers = {}, on = server) => on.post(where, { json, headers });
const from = (address) => ({ 'x-forwarded-for': address });
const alive = async (cookie, on = server) =>
  (await on.get(`${where}/current`, { headers: { cookie } })).status === 200;

test('201 with the members of the contract and a cookie; totp is taken, unknown ignored', async () => {
  const password = await addUser(server, 'en', `registrar@trafiknamnden,${trafik}`, 'Ett Namn');
  for (const more of [{}, { totp: null }, { colour: 'red' }]) {
    const res = await post({ username: 'en', password, ...more });
    assert.equal(res.status, 201, res.text);
    assert.deepEqual(Object.keys(res.json).sort(), ['csrfToken', 'name', 'roles', 'user']);
    assert.equal(res.json.user, 'en');
    assert.equal(res.json.name, 'Ett Namn');
    assert.deepEqual(res.json.roles.map((r) => `${r.role}@${r.board}`).sort(),
      [trafik, 'registrar@trafiknamnden']);
    assert.equal(res.headers['set-cookie'].length, 1);
    assert.equal(res.headers['cache-control'], 'no-store');
    assert.ok(!res.text.includes(password));
  }
});

test('bodies: broken 400, wrong members 422 together, other media 415, too big 413', async () => {
  const json = { 'content-type': 'application/json' };
  for (const body of ['', '{', '{"username":"a","username":"b"}', '\ufeff{}'])
    assertProblem(await server.post(where, { body, headers: json }), 400);
  for (const [body, names] of [['{}', ['username', 'password']],
    ['{"username":1,"password":[],"totp":{}}', ['username', 'password', 'totp']],
    ['{"username":null,"password":"x"}', ['username']]])
    assertProblem(await server.post(where, { body, headers: json }), 422, names);
  for (const body of ['[]', 'null', '"a"'])
    assertProblem(await server.post(where, { body, headers: json }), 422);
  assertProblem(await server.post(where, { body: '{}', headers: { 'content-type': 'text/plain' } }), 415);
  assertProblem(await server.post(where, { form: { username: 'a', password: 'b' } }), 415);
  assertProblem(await server.post(where, { body: JSON.stringify({ username: 'a',
    password: 'x'.repeat(100000) }), headers: json }), 413);
});

test('names and passwords that are near are wrong, and odd ones are no error of ours', async () => {
  const password = await addUser(server, 'nara', trafik);
  const names = ['Nara', 'nara ', ' nara', 'nara\n', "nara'--", 'n\u00e4ra', '%', '', 'x'.repeat(100)];
  for (const [i, username] of names.entries()) {
    const res = await post({ username, password }, from(`192.0.2.${i + 1}`));
    assert.ok([401, 422].includes(res.status), `${username} ${res.status}`);
    assert.equal(res.headers['set-cookie'], undefined);
  }
  for (const [i, wrong] of [`${password} `, password.slice(1), '', password.toUpperCase() + 'x']
    .entries())
    assert.ok([401, 422].includes((await post({ username: 'nara', password: wrong },
      from(`192.0.2.${i + 50}`))).status));
  assertProblem(await post({ username: 'nara\u0000x', password }), 422, ['username']);
  assertProblem(await post({ username: 'nara', password: `${password}\u0000x` }), 422, ['password']);
});

const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];

test('an unknown user, a closed account and a wrong password take the same time', async () => {
  await addUser(server, 'klocka', trafik);
  await addUser(server, 'stangd', trafik);
  assert.equal((await server.ctl(['user', 'disable', 'stangd'])).code, 0);
  const times = { klocka: [], stangd: [], ingen: [] };
  const answers = new Set();
  for (let i = 0; i < 15; i++)
    for (const username of Object.keys(times)) {
      const start = process.hrtime.bigint();
      const res = await post({ username, password: 'gissning' }, from(`198.51.100.${i + 1}`));
      times[username].push(Number(process.hrtime.bigint() - start) / 1e6);
      const { correlationId, ...rest } = res.json;
      assert.ok(correlationId);
      answers.add(JSON.stringify([res.status, rest]));
    }
  assert.equal(answers.size, 1, [...answers].join());
  const [known, closed, unknown] = Object.values(times).map(median);
  for (const other of [closed, unknown])
    assert.ok(Math.abs(known - other) < known * 0.5 + 3, `${known} ${closed} ${unknown}`);
});

test('a token that somebody brought along is not the one that is given', async () => {
  const password = await addUser(server, 'fast', trafik);
  const planted = `synpunkt=${'ab'.repeat(32)}`;
  const res = await post({ username: 'fast', password }, { cookie: planted });
  assert.equal(res.status, 201);
  assert.notEqual(cookieOf(res), planted);
  assert.equal(await alive(planted), false);
  const second = await post({ username: 'fast', password }, { cookie: cookieOf(res) });
  assert.notEqual(cookieOf(second), cookieOf(res));
  assert.notEqual(second.json.csrfToken, res.json.csrfToken);
});

test('cookies: plain on loopback, __Host- and Secure behind TLS, one never as the other', async () => {
  const password = await addUser(server, 'kaka', trafik);
  const plain = await post({ username: 'kaka', password });
  assert.match(plain.headers['set-cookie'][0],
    /^synpunkt=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=(Lax|Strict)$/);
  for (const proto of ['https', 'HTTPS', 'http, https']) {
    const res = await post({ username: 'kaka', password }, { 'x-forwarded-proto': proto });
    const [cookie] = res.headers['set-cookie'];
    assert.match(cookie, /^__Host-synpunkt=[0-9a-f]{64};/);
    for (const flag of [/; Path=\/(;|$)/, /; HttpOnly(;|$)/, /; SameSite=(Lax|Strict)(;|$)/,
      /; Secure(;|$)/])
      assert.match(cookie, flag);
    assert.ok(!/Domain/i.test(cookie));
    const token = cookieOf(res).split('=')[1];
    const secure = (c) => server.get(`${where}/current`,
      { headers: { cookie: c, 'x-forwarded-proto': 'https' } });
    assert.equal((await secure(`__Host-synpunkt=${token}`)).status, 200);
    assert.equal((await secure(`synpunkt=${token}`)).status, 401);
    assert.equal(await alive(`__Host-synpunkt=${token}`), false);
  }
  for (const proto of ['http', 'https, http', 'ws'])
    assert.match((await post({ username: 'kaka', password }, { 'x-forwarded-proto': proto }))
      .headers['set-cookie'][0], /^synpunkt=/);
});

test('X-Forwarded-Proto of somebody who is no trusted proxy is not believed', async () => {
  const other = await startServer();
  try {
    const password = await addUser(other, 'kaka', trafik);
    const res = await post({ username: 'kaka', password }, { 'x-forwarded-proto': 'https' }, other);
    assert.match(res.headers['set-cookie'][0], /^synpunkt=/);
  } finally {
    await other.stop();
  }
});

test('with TLS of its own the server gives the __Host- cookie', async () => {
  const dir = fs.mkdtempSync(`${testRoot()}/tls-`);
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
    'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=localhost', '-days', '2',
    '-keyout', `${dir}/key`, '-out', `${dir}/cert`], { stdio: 'ignore' });
  fs.chmodSync(dir, 0o755);
  fs.chmodSync(`${dir}/key`, 0o644);
  const other = await startServer({ env: { SYNPUNKT_TLS_CERT: `${dir}/cert`,
    SYNPUNKT_TLS_KEY: `${dir}/key` } });
  try {
    const password = await addUser(other, 'tls', trafik);
    const client = await signIn(other, 'tls', password);
    assert.match(client.cookie, /^__Host-synpunkt=/);
    assert.equal((await client.get(`${where}/current`)).status, 200);
    assert.equal((await client.delete(`${where}/current`)).status, 204);
  } finally {
    await other.stop();
  }
});

test('signing out: 204, the cookie taken back, the session dead; twice is 401', async () => {
  const password = await addUser(server, 'ut', trafik);
  const client = await signIn(server, 'ut', password);
  assertProblem(await server.delete(`${where}/current`, { headers: { cookie: client.cookie } }), 403);
  assertProblem(await server.delete(`${where}/current`), 401);
  const res = await client.delete(`${where}/current`);
  assert.equal(res.status, 204);
  assert.match(res.headers['set-cookie'][0], /^synpunkt=;.*Max-Age=0/);
  assertProblem(await client.delete(`${where}/current`), 401);
  assertProblem(await client.get('/api/v1/desk/cases'), 401);
});

test('cookies among others, doubled, long or odd are no way in and no error', async () => {
  const password = await addUser(server, 'kakor', trafik);
  const { cookie } = await signIn(server, 'kakor', password);
  const token = cookie.split('=')[1];
  for (const good of [`a=b; ${cookie}; c=d`, `${cookie};x`, `xsynpunkt=1; ${cookie}`])
    assert.equal(await alive(good), true, good);
  for (const bad of [`synpunkt=${token}0`, `synpunkt=${token.slice(1)}`, `Synpunkt=${token}`,
    `x=${token}`, `synpunkt="${token}"`, `synpunkt=${'a'.repeat(9000)}`,
    `synpunkt=${'0'.repeat(64)}; synpunkt=${token}`, 'synpunkt', '=;=;;', `synpunkt=%00${token}`])
    assert.equal(await alive(bad), false, bad.slice(0, 80));
});

test('who guesses is held back, with Retry-After; the colleague elsewhere is not', async () => {
  const password = await addUser(server, 'mal', trafik);
  const guesses = [];
  for (let i = 0; i < 40; i++)
    guesses.push(await post({ username: 'mal', password: `gissning ${i}` }, from('203.0.113.66')));
  const held = guesses.filter((r) => r.status === 429);
  assert.ok(held.length >= 30, `${held.length}`);
  assert.ok(held.every((r) => Number(r.headers['retry-after']) >= 1));
  assert.equal((await post({ username: 'mal', password }, from('203.0.113.66'))).status, 429);
  for (const address of ['203.0.113.67', '2001:db8::1'])
    assert.equal((await post({ username: 'mal', password }, from(address))).status, 201, address);
});

test('guesses from many addresses do not lock the colleague out', async () => {
  const password = await addUser(server, 'utspridd', trafik);
  for (let i = 1; i <= 60; i++)
    await post({ username: 'utspridd', password: 'fel' }, from(`100.64.0.${i}`));
  assert.equal((await post({ username: 'utspridd', password }, from('100.64.9.9'))).status, 201);
});

test('a closed account’s open sessions are dead at once', async () => {
  const password = await addUser(server, 'bort', trafik);
  const client = await signIn(server, 'bort', password);
  assert.equal((await server.ctl(['user', 'disable', 'bort'])).code, 0);
  assertProblem(await client.get('/api/v1/desk/cases'), 401);
  assertProblem(await post({ username: 'bort', password }, from('192.0.2.200')), 401);
});

test('methods that are not there are 405; no password in the log', async () => {
  assertProblem(await server.patch(where), 405);
  assertProblem(await server.put(`${where}/current`), 405);
  await post({ username: 'hemligtnamn', password: 'hemligtord' }, from('192.0.2.201'));
  assert.ok(!/hemligtnamn|hemligtord/.test(server.log));
});
