/* The second factor: enrolling, codes that count once, recovery codes, roles that must. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';

import { assertProblem } from './contract_kit.mjs';
import { startServer, testRoot } from './harness.mjs';
import { addUser, newColleague, signIn } from './staff.mjs';
import { base32, codeOf, enrol, forgetStep, inStep, wrongCode } from './totp.mjs';

const trafik = 'manager@trafiknamnden';
let server;
let addresses = 0;

before(async () => {
  server = await startServer({ env: { SYNPUNKT_TRUSTED_PROXIES: '127.0.0.1' } });
});
after(async () => {
  await server.stop();
});

/* From an address of its own each time, so that only what a test is about is counted. */
const attempt = (username, password, totp, from = `192.0.2.${++addresses % 250 + 1}`) =>
  server.post('/api/v1/sessions', { json: { username, password, ...(totp !== undefined && { totp }) },
    headers: { 'x-forwarded-for': from } });

/* A user with a second factor: password, secret, codes and a signed-in client. */
async function withTotp(username, roles = trafik) {
  const password = await addUser(server, username, roles);
  const client = await signIn(server, username, password);
  return { username, password, client, ...await enrol(client) };
}

const require = async (lines) => {
  const file = `${testRoot()}/requirements-${process.pid}-${Math.random()}.tsv`;
  fs.writeFileSync(file, ['role\ttotp_required', ...lines, ''].join('\n'));
  const out = await server.ctl(['--json', 'import', 'requirements', file]);
  assert.equal(out.code, 0, `${out.stdout}${out.stderr}`);
  return JSON.parse(out.stdout);
};

test('enrolling: a secret, a link for the app, ten recovery codes once a code is right', async () => {
  const client = await newColleague(server, 'enrol', trafik);
  assert.deepEqual((await client.get('/api/v1/totp')).json,
    { enrolled: false, enrolledAt: null, recoveryCodesLeft: 0, required: false });
  const begun = await client.post('/api/v1/totp');
  assert.equal(begun.status, 201, begun.text);
  assert.equal(begun.headers['cache-control'], 'no-store');
  assert.match(begun.json.secret, /^[A-Z2-7]{32}$/);
  assert.equal(begun.json.uri, `otpauth://totp/Synpunkt:enrol?secret=${begun.json.secret}` +
    '&issuer=Synpunkt&algorithm=SHA1&digits=6&period=30');
  const confirm = (code) => client.post('/api/v1/totp/confirmation', { json: { code } });
  for (const code of [wrongCode(begun.json.secret), '', '12345', 'ABCD-EFGH-JKMN', 'x'.repeat(32)])
    assertProblem(await confirm(code), 422, ['code']);
  assert.equal((await client.get('/api/v1/totp')).json.enrolled, false);
  const done = await confirm(codeOf(begun.json.secret).replace(/(...)/, '$1 '));
  assert.equal(done.status, 201, done.text);
  assert.equal(new Set(done.json.recoveryCodes).size, 10);
  for (const code of done.json.recoveryCodes)
    assert.match(code, /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
  const { enrolledAt, ...state } = (await client.get('/api/v1/totp')).json;
  assert.deepEqual(state, { enrolled: true, recoveryCodesLeft: 10, required: false });
  assert.ok(Math.abs(Date.parse(enrolledAt) - Date.now()) < 60000);
  const again = await client.post('/api/v1/totp');
  assertProblem(again, 409);
  assert.deepEqual(again.json.current, { enrolled: true });
  assertProblem(await confirm(codeOf(begun.json.secret, 1)), 409);
});

test('begun again, only the newest secret counts, and for an hour', async () => {
  const client = await newColleague(server, 'omtag', trafik);
  const [old, now] = [await client.post('/api/v1/totp'), await client.post('/api/v1/totp')];
  const confirm = (secret) =>
    client.post('/api/v1/totp/confirmation', { json: { code: codeOf(secret) } });
  assertProblem(await confirm(old.json.secret), 422, ['code']);
  await server.sql(`UPDATE synpunkt.staff_totp SET begun_at = now() - interval '61 minutes'
    WHERE confirmed_at IS NULL`);
  assertProblem(await confirm(now.json.secret), 409);
});

test('a secret that was begun and not confirmed asks nothing of anybody', async () => {
  const password = await addUser(server, 'halv', trafik);
  const client = await signIn(server, 'halv', password);
  await client.post('/api/v1/totp');
  assert.equal((await attempt('halv', password)).status, 201);
});

test('a code is asked for after a right password only', async () => {
  const { password, secret } = await withTotp('fraga');
  const wanted = await attempt('fraga', password);
  assertProblem(wanted, 401);
  assert.equal(wanted.json.needs, 'totp');
  assert.equal(wanted.headers['set-cookie'], undefined);
  const nobody = await attempt('ingen-alls', 'fel fel fel');
  for (const res of [await attempt('fraga', 'fel fel fel'),
    await attempt('fraga', 'fel fel fel', codeOf(secret)), nobody]) {
    assertProblem(res, 401);
    assert.equal(res.json.needs, undefined);
    assert.equal(res.json.detail, nobody.json.detail);
  }
  for (const totp of [wrongCode(secret), '12345', '1234567', 'ABCD-EFGH-JKMN', 'åäö', '１２３４５６']) {
    const res = await attempt('fraga', password, totp);
    if (res.status === 429) continue;
    assertProblem(res, 401);
    assert.equal(res.json.needs, 'totp');
  }
});

test('one step of drift either way is taken, two are not; blanks do not matter', async () => {
  const { password, secret } = await withTotp('drift');
  for (const off of [-3, -2, 2, 3]) {
    const res = await attempt('drift', password, codeOf(secret, off * 2));
    assertProblem(res, 401);
  }
  for (const [off, shape] of [[-1, (c) => c], [0, (c) => ` ${c.slice(0, 3)} ${c.slice(3)}`], [1, (c) => c]]) {
    await forgetStep(server, 'drift');
    await inStep();
    assert.equal((await attempt('drift', password, shape(codeOf(secret, off)))).status, 201, `${off}`);
  }
});

test('a code counts once, also of two requests at once, and none older than it', async () => {
  const { password, secret } = await withTotp('replay');
  await forgetStep(server, 'replay');
  await inStep();
  const code = codeOf(secret);
  const both = await Promise.all([attempt('replay', password, code), attempt('replay', password, code)]);
  assert.deepEqual(both.map((r) => r.status).sort(), [201, 401]);
  const late = await attempt('replay', password, code);
  assertProblem(late, 401);
  assert.equal(late.json.needs, 'totp');
  assertProblem(await attempt('replay', password, codeOf(secret, -1)), 401);
  assert.equal((await attempt('replay', password, codeOf(secret, 1))).status, 201);
  const left = await server.sql(`SELECT 1 FROM synpunkt.staff_session s JOIN synpunkt.staff_user u
    ON u.id = s.user_id WHERE u.username = 'replay'`);
  assert.equal(left.length, 3); /* the one that enrolled, and two */
  assert.ok(server.logs().some((l) => l.event === 'signin_refused' && l.what === 'code'));
});

test('the code that enrolled is used up', async () => {
  const { password, secret } = await withTotp('forsta');
  const res = await attempt('forsta', password, codeOf(secret));
  if (res.status === 201) return; /* the next thirty seconds had begun */
  assertProblem(res, 401);
});

test('a recovery code signs in once, also of two requests at once, in any spelling', async () => {
  const { password, codes, client } = await withTotp('reserv');
  const both = await Promise.all([attempt('reserv', password, codes[0]), attempt('reserv', password, codes[0])]);
  assert.deepEqual(both.map((r) => r.status).sort(), [201, 401]);
  assert.equal((await attempt('reserv', password, codes[1].toLowerCase().replaceAll('-', ' '))).status, 201);
  assert.equal((await client.get('/api/v1/totp')).json.recoveryCodesLeft, 8);
  assert.ok(server.logs().some((l) => l.event === 'recovery_code_used'));
});

test('new recovery codes void the old ones; another user’s are none', async () => {
  const one = await withTotp('nya');
  const two = await withTotp('andra');
  const fresh = await one.client.post('/api/v1/totp/recovery-codes');
  assert.equal(fresh.status, 201, fresh.text);
  assertProblem(await attempt('nya', one.password, one.codes[0]), 401);
  assertProblem(await attempt('nya', one.password, two.codes[0]), 401);
  assert.equal((await attempt('nya', one.password, fresh.json.recoveryCodes[9])).status, 201);
  const none = await newColleague(server, 'utan', trafik);
  assertProblem(await none.post('/api/v1/totp/recovery-codes'), 409);
});

test('wrong codes are slowed wherever they come from; the wrong password locks no one out', async () => {
  const { password, secret } = await withTotp('gissa');
  const wrong = wrongCode(secret);
  const statuses = [];
  for (let i = 0; i < 12; i++)
    statuses.push((await attempt('gissa', 'fel lösenord', wrong, `198.51.100.${i + 1}`)).status);
  assert.deepEqual(new Set(statuses), new Set([401]));
  const codes = await Promise.all(Array.from({ length: 12 }, (_, i) =>
    attempt('gissa', password, wrong, `203.0.113.${i + 1}`)));
  const held = codes.filter((r) => r.status === 429);
  assert.equal(codes.filter((r) => r.status === 401).length, 5);
  assert.ok(held.every((r) => Number(r.headers['retry-after']) >= 1));
  assert.equal((await attempt('gissa', password, codeOf(secret))).status, 429);
  const wanted = await attempt('gissa', password);
  assertProblem(wanted, 401);
  assert.equal(wanted.json.needs, 'totp');
});

test('what is right is not counted, asking for the code neither', async () => {
  const { password, secret } = await withTotp('lugn');
  for (let i = 0; i < 8; i++) {
    await forgetStep(server, 'lugn');
    assert.equal((await attempt('lugn', password, undefined, '198.51.100.200')).status, 401);
    assert.equal((await attempt('lugn', password, codeOf(secret), '198.51.100.200')).status, 201, `${i}`);
  }
});

test('nothing of secret or codes is in the database in clear, nor in the log', async () => {
  const { secret, codes, username } = await withTotp('tyst');
  const [row] = await server.sql(`SELECT encode(t.sealed, 'hex') AS sealed FROM synpunkt.staff_totp t
    JOIN synpunkt.staff_user u ON u.id = t.user_id WHERE u.username = '${username}'`);
  const clear = base32(secret).toString('hex');
  assert.ok(!row.sealed.includes(clear));
  assert.equal(row.sealed.length, 2 * (20 + 40));
  const dump = JSON.stringify(await server.sql(`SELECT t::text, r::text FROM synpunkt.staff_totp t
    JOIN synpunkt.staff_recovery r ON r.user_id = t.user_id`));
  for (const word of [secret, clear, ...codes, ...codes.map((c) => c.replaceAll('-', ''))]) {
    assert.ok(!dump.includes(word));
    assert.ok(!server.log.includes(word));
  }
  assert.ok(server.logs().some((l) => l.event === 'totp_enrolled'));
});

test('a seal belongs to its user: moved to another it opens nothing', async () => {
  const [one, two] = [await withTotp('ett'), await withTotp('tva')];
  await server.sql(`UPDATE synpunkt.staff_totp SET last_step = 0, sealed = (SELECT sealed FROM synpunkt.staff_totp
      WHERE user_id = (SELECT id FROM synpunkt.staff_user WHERE username = 'ett'))
    WHERE user_id = (SELECT id FROM synpunkt.staff_user WHERE username = 'tva')`);
  const res = await attempt('tva', two.password, codeOf(one.secret));
  assertProblem(res, 401);
  assert.ok(server.logs().some((l) => l.event === 'totp_seal_broken' && l.level === 'error'));
});

test('a role that asks for it leads to enrolment, and to nothing else until then', async () => {
  const client = await newColleague(server, 'maste', 'auditor,data-protection-officer');
  const other = await newColleague(server, 'slipper', trafik);
  assert.equal((await client.get('/api/v1/desk/colleagues')).status !== 401, true);
  assert.deepEqual(await require(['auditor\tyes', 'analyst\tno']),
    { imported: 'requirements', rows: 2, changed: 2 });
  try {
    for (const [verb, where, options] of [['get', '/api/v1/desk/cases'], ['get', '/api/v1/sessions'],
      ['get', '/api/v1/desk/events'], ['get', '/api/v1/statistics?board=trafiknamnden&month=2026-10'],
      ['post', '/api/v1/desk/cases/2026-1/notes', { json: { text: 'x' }, etag: '"1"' }],
      ['post', '/api/v1/totp/recovery-codes'], ['delete', '/api/v1/totp']]) {
      const res = await client[verb](where, options);
      assertProblem(res, 403);
      assert.equal(res.json.needs, 'totp-enrolment', where);
    }
    const page = await client.get('/statistik/');
    assert.equal(page.status, 303);
    assert.equal(page.headers.location, '/desk/?next=/statistik/');
    const current = await client.get('/api/v1/sessions/current');
    assert.equal(current.json.needs, 'totp-enrolment');
    assert.equal((await client.get('/api/v1/totp')).json.required, true);
    assert.equal((await other.get('/api/v1/sessions/current')).json.needs, undefined);
    assert.equal((await other.get('/api/v1/desk/cases')).status, 200);

    const fresh = await newColleague(server, 'maste2', 'auditor');
    assert.equal(fresh.session.needs, 'totp-enrolment');
    await enrol(fresh);
    assert.equal((await fresh.get('/api/v1/sessions/current')).json.needs, undefined);
    assert.equal((await fresh.get('/api/v1/sessions')).status, 200);
    /* Without it again, the same holds again. */
    assert.equal((await fresh.delete('/api/v1/totp')).status, 204);
    assert.equal((await fresh.get('/api/v1/sessions')).json.needs, 'totp-enrolment');
    assert.equal((await client.delete('/api/v1/sessions/current')).status, 204);
  } finally {
    await require([]);
  }
});

test('a substitute has the other’s role, and what it asks for', async () => {
  const client = await newColleague(server, 'vikarie', 'case-handler@trafiknamnden');
  await addUser(server, 'ledig', 'board-secretary@trafiknamnden');
  await require(['board-secretary\tyes']);
  try {
    assert.equal((await client.get('/api/v1/desk/cases')).status, 200);
    const out = await server.ctl(['user', 'substitute', 'ledig', 'vikarie', '--to', '2999-01-01']);
    assert.equal(out.code, 0, out.stderr);
    const res = await client.get('/api/v1/desk/cases');
    assertProblem(res, 403);
    assert.equal(res.json.needs, 'totp-enrolment');
    assert.equal((await client.get('/api/v1/totp')).json.required, true);
  } finally {
    await require([]);
  }
  assert.equal((await client.get('/api/v1/desk/cases')).status, 200);
});

test('requirements that cannot be are refused, and nothing changes', async () => {
  const file = `${testRoot()}/requirements-bad-${process.pid}.tsv`;
  for (const line of ['kung\tyes', 'auditor\tkanske', 'auditor\tyes\nauditor\tno']) {
    fs.writeFileSync(file, `role\ttotp_required\n${line}\n`);
    assert.equal((await server.ctl(['import', 'requirements', file])).code, 1, line);
  }
  assert.deepEqual(await server.sql('SELECT 1 FROM synpunkt.role_requirement'), []);
});

test('a lost telephone: totp-reset takes the factor and every session', async () => {
  const { password, client, codes } = await withTotp('tappat');
  const out = await server.ctl(['user', 'totp-reset', 'tappat']);
  assert.equal(out.code, 0, out.stderr);
  assert.match(out.stderr, /totp_reset.*\btappat\b/);
  assertProblem(await client.get('/api/v1/sessions/current'), 401);
  assert.equal((await attempt('tappat', password)).status, 201);
  assert.deepEqual(await server.sql(`SELECT 1 FROM synpunkt.staff_recovery r JOIN synpunkt.staff_user u
    ON u.id = r.user_id WHERE u.username = 'tappat'`), []);
  assert.equal(codes.length, 10);
  assert.equal((await server.ctl(['user', 'totp-reset', 'finns-inte'])).code, 1);
});

test('the second factor goes by its owner’s session and token alone', async () => {
  const { client } = await withTotp('egen');
  for (const [verb, where] of [['post', ''], ['delete', ''], ['post', '/confirmation'], ['post', '/recovery-codes']]) {
    assertProblem(await server[verb](`/api/v1/totp${where}`, { json: { code: '123456' } }), 401);
    assertProblem(await server[verb](`/api/v1/totp${where}`,
      { json: { code: '123456' }, headers: { cookie: client.cookie } }), 403);
  }
  assert.equal((await client.get('/api/v1/totp')).json.recoveryCodesLeft, 10);
  assert.ok(server.logs().some((l) => l.event === 'csrf_refused' && l.route === '/api/v1/totp'));
});
