/* Passkeys in the place of codes: adding, signing in, and what an attacker would send. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';

import { newDevice } from './authenticator.mjs';
import { assertProblem } from './contract_kit.mjs';
import { startServer, testRoot } from './harness.mjs';
import { addUser, newColleague, signIn } from './staff.mjs';
import { codeOf, enrol } from './totp.mjs';

const origin = 'https://synpunkt.example';
const way = '/api/v1/passkeys';
let server;
let addresses = 0;

before(async () => {
  server = await startServer({ env: { SYNPUNKT_PUBLIC_URL: origin, SYNPUNKT_TRUSTED_PROXIES: '127.0.0.1' } });
});
after(async () => {
  await server.stop();
});

const attempt = (username, password, more = {}) => server.post('/api/v1/sessions', {
  json: { username, password, ...more },
  headers: { 'x-forwarded-for': `192.0.2.${++addresses % 250 + 1}`, 'x-forwarded-proto': 'https' } });

async function add(client, device, name = 'Telefonen', more = {}) {
  const begun = await client.post(`${way}/challenges`);
  assert.equal(begun.status, 201, begun.text);
  return client.post(way, { json: { name, ...device.make(begun.json.challenge, more) } });
}

/* A user with codes, and a passkey on a device. */
async function withPasskey(username, options = {}) {
  const password = await addUser(server, username, 'manager@trafiknamnden');
  const client = await signIn(server, username, password);
  await enrol(client);
  const device = newDevice({ origin, ...options });
  const added = await add(client, device);
  assert.equal(added.status, 201, added.text);
  return { username, password, client, device, id: added.json.id };
}

/* A user whose passkey is the only second factor. */
async function passkeyAlone(username) {
  const password = await addUser(server, username, 'manager@trafiknamnden');
  const client = await signIn(server, username, password);
  const device = newDevice({ origin });
  const added = await add(client, device);
  assert.equal(added.status, 201, added.text);
  return { username, password, client, device, id: added.json.id, codes: added.json.recoveryCodes };
}

async function requireFactor(lines) {
  const file = `${testRoot()}/requirements-passkey-${process.pid}.tsv`;
  fs.writeFileSync(file, ['role\ttotp_required', ...lines, ''].join('\n'));
  assert.equal((await server.ctl(['import', 'requirements', file])).code, 0);
}

/* What is asked for after the password. */
async function asked({ username, password }, needs = 'totp') {
  const res = await attempt(username, password);
  assertProblem(res, 401);
  assert.equal(res.json.needs, needs);
  return res.json.passkey;
}

for (const kind of ['es256', 'eddsa', 'rs256'])
  test(`a passkey signs in, and is listed with when it last did: ${kind}`, async () => {
    const who = await withPasskey(`nyckel-${kind}`, { kind });
    const passkey = await asked(who);
    assert.deepEqual([passkey.host, passkey.credentials], ['synpunkt.example', [who.device.id]]);
    const res = await attempt(who.username, who.password, { passkey: who.device.answer(passkey.challenge) });
    assert.equal(res.status, 201, res.text);
    const { json } = await who.client.get(way);
    assert.equal(json.possible, true);
    assert.deepEqual(json.items.map(({ id, name }) => ({ id, name })), [{ id: who.id, name: 'Telefonen' }]);
    assert.ok(Math.abs(Date.parse(json.items[0].usedAt) - Date.now()) < 60000);
    assert.ok(server.logs().some((line) => line.event === 'signed_in' && line.factor === 'passkey'));
  });

test('with a recovery code beside it the code is not used up, and the log says what held', async () => {
  const password = await addUser(server, 'bada', 'manager@trafiknamnden');
  const client = await signIn(server, 'bada', password);
  const { codes } = await enrol(client);
  const device = newDevice({ origin });
  assert.equal((await add(client, device)).status, 201);
  const { challenge } = await asked({ username: 'bada', password });
  const res = await attempt('bada', password, { totp: codes[0], passkey: device.answer(challenge) });
  assert.equal(res.status, 201, res.text);
  assert.equal((await client.get('/api/v1/totp')).json.recoveryCodesLeft, 10);
  const [{ id }] = await server.sql("SELECT id FROM synpunkt.staff_user WHERE username = 'bada'");
  const told = server.logs().filter((line) => line.user === Number(id)).map((line) => line.event);
  assert.ok(!told.includes('recovery_code_used'), told.join(' '));
  const byCode = await attempt('bada', password, { totp: codes[1], passkey: device.answer(challenge) });
  assert.equal(byCode.status, 201, byCode.text);
  assert.ok(server.logs().some((line) => line.event === 'signed_in' && line.user === Number(id) && line.factor === 'recovery-code'));
});

test('without the password no challenge is told, nor which devices there are', async () => {
  const { username } = await withPasskey('okand');
  const res = await attempt(username, 'fel-fel-fel');
  assertProblem(res, 401);
  assert.equal(res.json.passkey, undefined);
});

test('an answer counts once', async () => {
  const who = await withPasskey('engang', { counts: false });
  const answer = who.device.answer((await asked(who)).challenge);
  assert.equal((await attempt(who.username, who.password, { passkey: answer })).status, 201);
  assertProblem(await attempt(who.username, who.password, { passkey: answer }), 401);
});

test('an answer that comes after five minutes is too late', async () => {
  const who = await withPasskey('sen');
  const answer = who.device.answer((await asked(who)).challenge);
  await server.sql("UPDATE synpunkt.staff_challenge SET made_at = now() - interval '301 seconds'");
  assertProblem(await attempt(who.username, who.password, { passkey: answer }), 401);
});

test('a count that does not grow is a copy, and refused', async () => {
  const who = await withPasskey('kopia');
  const first = who.device.answer((await asked(who)).challenge, { count: 7 });
  assert.equal((await attempt(who.username, who.password, { passkey: first })).status, 201);
  const copy = who.device.answer((await asked(who)).challenge, { count: 7 });
  assertProblem(await attempt(who.username, who.password, { passkey: copy }), 401);
});

test('what was signed for another page, host, purpose or challenge, or by nobody, is refused', async () => {
  const wrong = [{ origin: 'https://synpunkt.exarnple' }, { host: 'exarnple' }, { type: 'webauthn.create' },
    { challenge: Buffer.alloc(32).toString('base64url') }, { crossOrigin: true }, { flags: 0 }];
  for (const [i, more] of wrong.entries()) {
    const who = await withPasskey(`fiske${i}`);
    const { challenge } = await asked(who);
    const res = await attempt(who.username, who.password, { passkey: who.device.answer(challenge, more) });
    assertProblem(res, 401);
  }
});

test('a device that is not the user’s, or whose signature was changed, is refused', async () => {
  const [who, other] = [await withPasskey('ena'), await withPasskey('andra')];
  const { challenge } = await asked(who);
  const strange = await attempt(who.username, who.password, { passkey: other.device.answer(challenge) });
  assertProblem(strange, 401);
  const answer = who.device.answer((await asked(who)).challenge);
  const bytes = Buffer.from(answer.signature, 'base64url');
  bytes[bytes.length - 1] ^= 1;
  const changed = await attempt(who.username, who.password, { passkey: { ...answer, signature: bytes.toString('base64url') } });
  assertProblem(changed, 401);
  assert.notEqual(changed.json.passkey.challenge, challenge);
});

test('parts that are no base64url, too long or not there', async () => {
  const who = await withPasskey('skrap');
  const answer = who.device.answer((await asked(who)).challenge);
  for (const [name, value] of [['id', '!'], ['clientData', 'e30'], ['authenticatorData', 'AAAA'], ['signature', '']])
    assertProblem(await attempt(who.username, who.password, { passkey: { ...answer, [name]: value } }), 401);
  assertProblem(await attempt(who.username, who.password, { passkey: { ...answer, clientData: 'A'.repeat(4097) } }),
    422, ['passkey.clientData']);
  assertProblem(await attempt(who.username, who.password, { passkey: { id: answer.id } }), 422,
    ['passkey.authenticatorData', 'passkey.clientData', 'passkey.signature']);
});

test('wrong answers are counted with wrong codes', async () => {
  const who = await withPasskey('rakna');
  const { challenge } = await asked(who);
  const statuses = [];
  for (let i = 0; i < 6; i++)
    statuses.push((await attempt(who.username, who.password, { passkey: who.device.answer(challenge, { flags: 0 }) })).status);
  assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429]);
});

test('says once more who one is, for what is sensitive', async () => {
  const who = await withPasskey('igen');
  const confirm = (more) => who.client.post('/api/v1/sessions/current/confirmation', { json: { password: who.password, ...more } });
  const wanted = await confirm({});
  assertProblem(wanted, 422, ['totp']);
  const answer = who.device.answer(wanted.json.passkey.challenge);
  assert.equal((await confirm({ passkey: answer })).status, 204);
});

test('one is added only for the challenge of now, from the city’s page, by somebody who was there', async () => {
  const password = await addUser(server, 'lagga', 'manager@trafiknamnden');
  const client = await signIn(server, 'lagga', password);
  await enrol(client);
  const device = newDevice({ origin });
  for (const more of [{ origin: 'https://exarnple' }, { host: 'exarnple' }, { type: 'webauthn.get' },
    { challenge: Buffer.alloc(32).toString('base64url') }, { flags: 0x40 }, { flags: 1 }])
    assertProblem(await add(client, device, 'x', more), 422);
  assert.equal((await add(client, device)).status, 201);
  assertProblem(await add(client, device), 409);
  assertProblem(await client.post(way, { json: { name: 'x', ...device.make('AAAA') } }), 409);
});

test('ten at most, and they stay when the codes go', async () => {
  const who = await withPasskey('antal');
  for (let i = 1; i < 10; i++) assert.equal((await add(who.client, newDevice({ origin }), `nr ${i}`)).status, 201);
  assertProblem(await who.client.post(`${way}/challenges`), 409);
  assert.equal((await who.client.get(way)).json.room, false);
  assert.equal((await who.client.delete('/api/v1/totp')).status, 204);
  assert.equal((await who.client.get(way)).json.items.length, 10);
  assert.equal((await asked(who, 'passkey')).credentials.length, 10);
});

test('a passkey alone: recovery codes with the first, and it signs in without codes', async () => {
  const who = await passkeyAlone('ensam');
  assert.equal(new Set(who.codes).size, 10);
  assert.deepEqual((await who.client.get('/api/v1/totp')).json,
    { enrolled: false, enrolledAt: null, recoveryCodesLeft: 10, required: false });
  const { challenge } = await asked(who, 'passkey');
  assert.equal((await attempt(who.username, who.password, { passkey: who.device.answer(challenge) })).status, 201);
  const more = await add(who.client, newDevice({ origin }), 'Datorn');
  assert.deepEqual(more.json.recoveryCodes, []);
  assert.deepEqual((await enrol(who.client)).codes, []);
  assert.equal((await attempt(who.username, who.password, { totp: who.codes[0] })).status, 201);
  assert.equal((await who.client.get('/api/v1/totp')).json.recoveryCodesLeft, 9);
});

test('a passkey alone: neither nothing, six digits nor a wrong recovery code signs in; a right one does once', async () => {
  const who = await passkeyAlone('bara');
  for (const more of [{}, { totp: '123456' }, { totp: 'ABCD-EFGH-JKMN' }, { totp: 'x' }]) {
    const res = await attempt(who.username, who.password, more);
    assertProblem(res, 401);
    assert.equal(res.json.needs, 'passkey');
    assert.equal(res.headers['set-cookie'], undefined);
  }
  assert.equal((await attempt(who.username, who.password, { totp: who.codes[3].toLowerCase() })).status, 201);
  assertProblem(await attempt(who.username, who.password, { totp: who.codes[3] }), 401);
});

test('a passkey alone says once more who one is, and renews the recovery codes', async () => {
  const who = await passkeyAlone('sager');
  const confirm = (more) => who.client.post('/api/v1/sessions/current/confirmation', { json: { password: who.password, ...more } });
  await server.sql("UPDATE synpunkt.staff_session SET confirmed_at = now() - interval '11 minutes'");
  assert.equal((await who.client.post('/api/v1/totp/recovery-codes')).json.needs, 'confirmation');
  const wanted = await confirm({});
  assertProblem(wanted, 422, ['passkey']);
  assert.equal(wanted.json.needs, 'passkey');
  assertProblem(await confirm({ totp: 'ABCD-EFGH-JKMN' }), 422, ['totp']);
  const { json } = await confirm({});
  assert.equal((await confirm({ passkey: who.device.answer(json.passkey.challenge) })).status, 204);
  const fresh = await who.client.post('/api/v1/totp/recovery-codes');
  assert.equal(fresh.status, 201, fresh.text);
  assertProblem(await attempt(who.username, who.password, { totp: who.codes[0] }), 401);
  assert.equal((await attempt(who.username, who.password, { totp: fresh.json.recoveryCodes[0] })).status, 201);
});

test('two first factors at once give recovery codes once', async () => {
  const password = await addUser(server, 'bagge', 'manager@trafiknamnden');
  const client = await signIn(server, 'bagge', password);
  const { json: { secret } } = await client.post('/api/v1/totp');
  const { json: { challenge } } = await client.post(`${way}/challenges`);
  const device = newDevice({ origin });
  const both = await Promise.all([client.post(way, { json: { name: 'x', ...device.make(challenge) } }),
    client.post('/api/v1/totp/confirmation', { json: { code: codeOf(secret) } })]);
  assert.deepEqual(both.map(({ status }) => status), [201, 201]);
  assert.deepEqual(both.map(({ json }) => json.recoveryCodes.length).sort((a, b) => a - b), [0, 10]);
});

test('with the last factor, of whichever kind, the recovery codes go', async () => {
  const who = await passkeyAlone('sista');
  await enrol(who.client);
  const left = async () => (await who.client.get('/api/v1/totp')).json.recoveryCodesLeft;
  assert.equal((await who.client.delete(`${way}/${who.id}`)).status, 204);
  assert.equal(await left(), 10);
  assert.equal((await who.client.delete('/api/v1/totp')).status, 204);
  assert.equal(await left(), 0);
  assert.equal((await attempt(who.username, who.password)).status, 201);
  const again = await add(who.client, newDevice({ origin }));
  assert.equal(again.json.recoveryCodes.length, 10);
  assert.equal((await who.client.delete(`${way}/${again.json.id}`)).status, 204);
  assert.equal(await left(), 0);
  assert.equal((await attempt(who.username, who.password)).status, 201);
});

test('a role that asks for a second factor is content with a passkey, and asks again without the last', async () => {
  const password = await addUser(server, 'krav', 'auditor');
  await requireFactor(['auditor\tyes']);
  try {
    const client = await signIn(server, 'krav', password);
    assert.equal(client.session.needs, 'totp-enrolment');
    assert.equal((await client.get('/api/v1/sessions')).status, 403);
    assert.deepEqual((await client.get(way)).json.items, []);
    const device = newDevice({ origin });
    const added = await add(client, device);
    assert.equal(added.json.recoveryCodes.length, 10);
    assert.equal((await client.get('/api/v1/sessions/current')).json.needs, undefined);
    assert.equal((await client.get('/api/v1/sessions')).status, 200);
    const { challenge } = await asked({ username: 'krav', password }, 'passkey');
    const res = await attempt('krav', password, { passkey: device.answer(challenge) });
    assert.equal(res.status, 201, res.text);
    assert.equal(res.json.needs, undefined);
    assert.equal((await client.delete(`${way}/${added.json.id}`)).status, 204);
    assert.equal((await client.get('/api/v1/sessions')).json.needs, 'totp-enrolment');
  } finally {
    await requireFactor([]);
  }
});

test('whoever resets a colleague’s second factor takes passkeys and recovery codes, too', async () => {
  const who = await passkeyAlone('aterstalld');
  const seen = (await newColleague(server, 'chefen', 'administrator')).get(`/api/v1/people/${who.username}`);
  assert.deepEqual((({ hasTotp, hasPasskey }) => [hasTotp, hasPasskey])((await seen).json), [false, true]);
  assert.equal((await server.ctl(['user', 'totp-reset', who.username])).code, 0);
  assertProblem(await who.client.get(way), 401);
  assert.equal((await attempt(who.username, who.password)).status, 201);
  assert.deepEqual(await server.sql(`SELECT FROM synpunkt.staff_passkey p JOIN synpunkt.staff_user u ON u.id = p.user_id
    WHERE u.username = '${who.username}'`), []);
  assert.deepEqual(await server.sql(`SELECT FROM synpunkt.staff_recovery r JOIN synpunkt.staff_user u ON u.id = r.user_id
    WHERE u.username = '${who.username}'`), []);
});

test('one that is taken away signs in no more; others’ are nobody else’s to take', async () => {
  const [who, other] = [await withPasskey('borta'), await withPasskey('kvar')];
  assertProblem(await who.client.delete(`${way}/${other.id}`), 404);
  const { challenge } = await asked(who);
  assert.equal((await who.client.delete(`${way}/${who.id}`)).status, 204);
  assertProblem(await attempt(who.username, who.password, { passkey: who.device.answer(challenge) }), 401);
  assert.equal(await asked(who), undefined);
});

test('at an address in numbers there are none, and the list says so', async () => {
  const numbers = await startServer({});
  try {
    const password = await addUser(numbers, 'siffra', 'manager@trafiknamnden');
    const client = await signIn(numbers, 'siffra', password);
    assert.deepEqual((await client.get(way)).json, { possible: false, room: true, items: [] });
    assertProblem(await client.post(`${way}/challenges`), 409);
  } finally {
    await numbers.stop();
  }
});
