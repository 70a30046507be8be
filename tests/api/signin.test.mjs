/* Signing in and out, time-outs, guesses, and the token against forged calls. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import crypto from 'node:crypto';
import { after, before, test } from 'node:test';

import { daemonPath, sleep, startServer } from './harness.mjs';
import { addUser, cookieOf, newColleague, signIn } from './staff.mjs';

let server;

before(async () => {
  server = await startServer({ env: { SYNPUNKT_TRUSTED_PROXIES: '127.0.0.1' } });
});
after(() => server.stop());

const attempt = (username, password, from = '192.0.2.1') =>
  server.post('/api/v1/sessions', { json: { username, password },
    headers: { 'x-forwarded-for': from } });

test('the right password opens a session that says who and what', async () => {
  const password = await addUser(server, 'anna', 'case-handler@trafiknamnden', 'Anna Ek');
  const res = await attempt('anna', password);
  assert.equal(res.status, 201, res.text);
  assert.equal(res.json.user, 'anna');
  assert.equal(res.json.name, 'Anna Ek');
  assert.deepEqual(res.json.roles, [{ role: 'case-handler', board: 'trafiknamnden' }]);
  assert.match(res.json.csrfToken, /^[0-9a-f]{64}$/);
  const [cookie] = res.headers['set-cookie'];
  assert.match(cookie, /^synpunkt=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Lax$/);
  const [{ n }] = await server.sql(`SELECT count(*) AS n FROM synpunkt.staff_session
    WHERE encode(token_hash, 'hex') = '${cookie.slice(9, 73)}'`);
  assert.equal(n, '0'); /* the hash is kept, not the token */
  const current = await server.get('/api/v1/sessions/current',
    { headers: { cookie: cookieOf(res) } });
  assert.equal(current.status, 200);
  assert.deepEqual(current.json, res.json);
});

test('behind a proxy that speaks TLS the cookie is __Host- and Secure', async () => {
  const password = await addUser(server, 'tls', 'manager@trafiknamnden');
  const headers = { 'x-forwarded-proto': 'https' };
  const res = await server.post('/api/v1/sessions',
    { json: { username: 'tls', password }, headers });
  assert.equal(res.status, 201);
  assert.match(res.headers['set-cookie'][0],
    /^__Host-synpunkt=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
  const plain = await server.get('/api/v1/sessions/current',
    { headers: { cookie: cookieOf(res) } });
  assert.equal(plain.status, 401);
  const secure = await server.get('/api/v1/sessions/current',
    { headers: { cookie: cookieOf(res), ...headers } });
  assert.equal(secure.status, 200);
});

test('wrong passwords, unknown users and closed accounts are the same 401', async () => {
  const password = await addUser(server, 'sture', 'manager@trafiknamnden');
  assert.equal((await server.ctl(['user', 'disable', 'sture'])).code, 0);
  const answers = [await attempt('sture', password), await attempt('sture', 'fel fel fel'),
    await attempt('ingen', 'fel fel fel')];
  for (const res of answers) {
    assert.equal(res.status, 401);
    assert.equal(res.headers['content-type'], 'application/problem+json');
    assert.equal(res.json.detail, answers[0].json.detail);
    assert.equal(res.headers['set-cookie'], undefined);
  }
});

test('what is missing or of the wrong kind is told as 422, other media as 415', async () => {
  const res = await server.post('/api/v1/sessions', { json: { username: 7 } });
  assert.equal(res.status, 422);
  assert.deepEqual(res.json.invalidParams.map((p) => p.name).sort(), ['password', 'username']);
  const form = await server.post('/api/v1/sessions',
    { form: { username: 'a', password: 'b' } });
  assert.equal(form.status, 415);
  assert.equal((await server.post('/api/v1/sessions', { json: { username: 'x',
    password: 'p'.repeat(1001) } })).status, 422);
});

test('a changing call needs the session’s own token', async () => {
  const one = await newColleague(server, 'csrf1', 'manager@trafiknamnden');
  const two = await newColleague(server, 'csrf2', 'manager@trafiknamnden');
  for (const token of [undefined, '', two.csrf, one.csrf.slice(1)]) {
    const res = await server.delete('/api/v1/sessions/current', { headers: {
      cookie: one.cookie, ...(token !== undefined && { 'x-csrf-token': token }) } });
    assert.equal(res.status, 403);
  }
  assert.equal((await one.get('/api/v1/sessions/current')).status, 200);
});

test('signing out ends this session; everywhere ends all of the user’s', async () => {
  const password = await addUser(server, 'ute', 'manager@trafiknamnden');
  const [a, b, c] = [await signIn(server, 'ute', password),
    await signIn(server, 'ute', password), await signIn(server, 'ute', password)];
  const other = await newColleague(server, 'kvar', 'manager@trafiknamnden');
  const out = await a.delete('/api/v1/sessions/current');
  assert.equal(out.status, 204);
  assert.match(out.headers['set-cookie'][0], /^synpunkt=; .*Max-Age=0/);
  assert.equal((await a.get('/api/v1/sessions/current')).status, 401);
  assert.equal((await b.get('/api/v1/sessions/current')).status, 200);
  assert.equal((await b.delete('/api/v1/sessions')).status, 204);
  for (const gone of [b, c])
    assert.equal((await gone.get('/api/v1/sessions/current')).status, 401);
  assert.equal((await other.get('/api/v1/sessions/current')).status, 200);
});

test('of more than twenty sessions of a user the one idle for longest ends', async () => {
  const password = await addUser(server, 'manga', 'manager@trafiknamnden');
  const other = await newColleague(server, 'ensam', 'manager@trafiknamnden');
  const all = [];
  for (let i = 0; i < 20; i++) all.push(await signIn(server, 'manga', password));
  const living = async () => (await Promise.all(all.map(async (c, i) =>
    ((await c.get('/api/v1/sessions/current')).status === 200 ? i : null))))
    .filter((i) => i !== null);
  assert.equal((await living()).length, 20);
  const idle = crypto.createHash('sha256')
    .update(Buffer.from(all[7].cookie.split('=')[1], 'hex')).digest('hex');
  await server.sql(`UPDATE synpunkt.staff_session SET seen_at = now() - interval '10 minutes'
    WHERE encode(token_hash, 'hex') = '${idle}'`);
  all.push(await signIn(server, 'manga', password));
  assert.deepEqual(await living(), [...Array(21).keys()].filter((i) => i !== 7));
  all.push(...await Promise.all([1, 2, 3].map(() => signIn(server, 'manga', password))));
  const left = await living();
  assert.equal(left.length, 20);
  assert.deepEqual(left.slice(-4), [20, 21, 22, 23]);
  assert.equal((await other.get('/api/v1/sessions/current')).status, 200);
});

test('cookies that are none are 401, on the spot', async () => {
  for (const cookie of ['', 'synpunkt=', 'synpunkt=zz', `synpunkt=${'0'.repeat(64)}`])
    assert.equal((await server.get('/api/v1/sessions/current',
      { headers: cookie ? { cookie } : {} })).status, 401);
});

test('a new password ends the sessions and the old password', async () => {
  const old = await addUser(server, 'byter', 'manager@trafiknamnden');
  const client = await signIn(server, 'byter', old);
  const out = await server.ctl(['--json', 'user', 'reset', 'byter']);
  assert.equal(out.code, 0, out.stdout);
  assert.equal((await client.get('/api/v1/sessions/current')).status, 401);
  assert.equal((await attempt('byter', old)).status, 401);
  await signIn(server, 'byter', JSON.parse(out.stdout).password);
});

test('who signed in, and by what, is in the log; with what is not', async () => {
  const password = await addUser(server, 'loggad', 'manager@trafiknamnden');
  assert.equal((await attempt('loggad', password)).status, 201);
  const [{ id }] = await server.sql("SELECT id FROM synpunkt.staff_user WHERE username = 'loggad'");
  assert.ok(server.logs().some((line) => line.event === 'signed_in' && line.user === Number(id)
    && line.factor === 'password'));
  assert.ok(!server.log.includes(password));
});

test('guessing is slowed for the one who guesses, not for the colleague', async () => {
  const password = await addUser(server, 'offer', 'manager@trafiknamnden');
  const statuses = [];
  for (let i = 0; i < 8; i++)
    statuses.push((await attempt('offer', 'gissning nummer ett', '198.51.100.9')).status);
  assert.deepEqual(statuses.slice(0, 5), Array(5).fill(401));
  assert.deepEqual(statuses.slice(5), Array(3).fill(429));
  const late = await attempt('offer', password, '198.51.100.9');
  assert.equal(late.status, 429);
  assert.ok(Number(late.headers['retry-after']) >= 1);
  assert.equal((await attempt('offer', password, '203.0.113.5')).status, 201);
});

test('what is right is not counted', async () => {
  const password = await addUser(server, 'ofta', 'manager@trafiknamnden');
  for (let i = 0; i < 12; i++)
    assert.equal((await attempt('ofta', password, '198.51.100.77')).status, 201);
});

test('a session ends when it is idle, and in any case after its longest time', async () => {
  const other = await startServer({ env: { SYNPUNKT_SESSION_IDLE_S: '2',
    SYNPUNKT_SESSION_LONGEST_S: '5' } });
  try {
    const password = await addUser(other, 'kort', 'manager@trafiknamnden');
    const [idle, busy] = [await signIn(other, 'kort', password),
      await signIn(other, 'kort', password)];
    const alive = async (c) => (await c.get('/api/v1/sessions/current')).status === 200;
    for (let i = 0; i < 5; i++) {
      await sleep(500);
      assert.ok(await alive(busy), `${i}`);
    }
    assert.equal(await alive(idle), false);
    for (let i = 0; i < 6; i++) {
      await sleep(500);
      await alive(busy);
    }
    assert.equal(await alive(busy), false);
  } finally {
    await other.stop();
  }
});

test('without TLS only a loopback address is served', async () => {
  const child = spawn(daemonPath, [], { env: { ...server.env, SYNPUNKT_TRUSTED_PROXIES: '',
    SYNPUNKT_HTTP: '0.0.0.0:0', SYNPUNKT_LOCK: `${server.state}/other` } });
  let said = '';
  child.stderr.on('data', (text) => { said += text; });
  const code = await new Promise((done) => { child.on('exit', done); });
  assert.equal(code, 1);
  assert.match(said, /only a loopback address/);
});

test('synpunktctl user says what is wrong', async () => {
  const run = async (...args) => {
    const out = await server.ctl(['--json', 'user', ...args]);
    return [out.code, JSON.parse(out.stdout).error ?? ''];
  };
  const full = ['--name', 'N', '--roles', 'manager@trafiknamnden'];
  assert.equal((await run('add', 'dubbel', ...full))[0], 0);
  for (const [args, code, said] of [
    [['add', 'dubbel', ...full], 1, /duplicate/],
    [['add', 'x1', '--name', 'N', '--roles', 'manager@ingenstans'], 1, /ingenstans/],
    [['add', 'x2', '--name', 'N', '--roles', 'kung@trafiknamnden'], 1, /role/],
    [['add', 'x3'], 1, /--name/],
    [['disable', 'ingen'], 1, /nobody is called/],
    [['adopt', 'x'], 2, /add, disable, reset, email, totp-reset, role or substitute/],
  ]) {
    const [is, text] = await run(...args);
    assert.equal(is, code, text);
    assert.match(text, said);
  }
});
