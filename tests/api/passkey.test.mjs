/* Passkeys in the place of codes: adding, signing in, and what an attacker would send. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { newDevice } from './authenticator.mjs';
import { assertProblem } from './contract_kit.mjs';
import { startServer } from './harness.mjs';
import { addUser, signIn } from './staff.mjs';
import { enrol } from './totp.mjs';

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

/* What is asked for after the password. */
async function asked({ username, password }) {
  const res = await attempt(username, password);
  assertProblem(res, 401);
  assert.equal(res.json.needs, 'totp');
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

test('only beside codes, ten at most, and they go with the codes', async () => {
  const password = await addUser(server, 'antal', 'manager@trafiknamnden');
  const client = await signIn(server, 'antal', password);
  assertProblem(await client.post(`${way}/challenges`), 409);
  await enrol(client);
  for (let i = 0; i < 10; i++) assert.equal((await add(client, newDevice({ origin }), `nr ${i}`)).status, 201);
  assertProblem(await client.post(`${way}/challenges`), 409);
  assert.equal((await client.get(way)).json.room, false);
  assert.equal((await client.delete('/api/v1/totp')).status, 204);
  assert.deepEqual((await client.get(way)).json.items, []);
  assert.equal((await attempt('antal', password)).status, 201);
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
    assert.deepEqual((await client.get(way)).json, { possible: false, room: false, items: [] });
    assertProblem(await client.post(`${way}/challenges`), 409);
  } finally {
    await numbers.stop();
  }
});
