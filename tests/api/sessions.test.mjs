/* One's own sessions, and saying once more who one is before sensitive acts. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { assertProblem } from './contract_kit.mjs';
import { startServer } from './harness.mjs';
import { addUser, newColleague, signIn } from './staff.mjs';
import { codeOf, enrol, forgetStep, inStep, wrongCode } from './totp.mjs';

const trafik = 'manager@trafiknamnden';
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
let server;

before(async () => {
  server = await startServer({ env: { SYNPUNKT_TRUSTED_PROXIES: '127.0.0.1' } });
});
after(async () => {
  await server.stop();
});

const list = async (client) => (await client.get('/api/v1/sessions')).json.items;
const alive = async (client) => (await client.get('/api/v1/sessions/current')).status === 200;
const confirm = (client, json) => client.post('/api/v1/sessions/current/confirmation', { json });

/* As if the password had been given so many minutes ago, in every session of the user. */
const age = (username, minutes) => server.sql(`UPDATE synpunkt.staff_session
  SET confirmed_at = now() - interval '${minutes} minutes' WHERE user_id =
    (SELECT id FROM synpunkt.staff_user WHERE username = '${username}')`);

/* A user signed in n times. */
async function sessions(username, n, roles = trafik) {
  const password = await addUser(server, username, roles);
  const clients = [];
  for (let i = 0; i < n; i++) clients.push(await signIn(server, username, password));
  return { password, clients };
}

test('the list: started, last seen, which is this one, and a word of the browser', async () => {
  const password = await addUser(server, 'lista', trafik);
  await server.post('/api/v1/sessions', { json: { username: 'lista', password },
    headers: { 'user-agent': firefox } });
  const client = await signIn(server, 'lista', password);
  await newColleague(server, 'granne', trafik);
  const res = await client.get('/api/v1/sessions');
  assert.equal(res.status, 200);
  assert.equal(res.json.next, null);
  assert.deepEqual(res.json.items.map(({ agent, current }) => ({ agent, current })),
    [{ agent: null, current: true }, { agent: 'Firefox, Linux', current: false }]);
  for (const item of res.json.items) {
    assert.deepEqual(Object.keys(item).sort(), ['agent', 'current', 'id', 'seenAt', 'startedAt']);
    for (const at of [item.startedAt, item.seenAt])
      assert.ok(Math.abs(Date.parse(at) - Date.now()) < 60000, at);
  }
  assert.doesNotMatch(res.text, /Mozilla|127\.0\.0\.1|[0-9a-f]{64}/);
  const [{ row }] = await server.sql(`SELECT string_agg(s::text, ' ') AS row
    FROM synpunkt.staff_session s`);
  assert.doesNotMatch(row, /Mozilla|127\.0\.0\.1/);
});

test('one of one’s sessions is ended, another’s is not found', async () => {
  const { clients: [here, there, third] } = await sessions('slut', 3);
  const stranger = await newColleague(server, 'frammande', trafik);
  const [{ id: strangers }] = await list(stranger);
  for (const id of [strangers, 'x', '%00', '00000000-0000-0000-0000-000000000000', "'--"])
    assert.ok([400, 404].includes((await here.delete(`/api/v1/sessions/${id}`)).status), id);
  assert.ok(await alive(stranger));
  const [{ id }] = await list(there);
  assert.equal((await here.delete(`/api/v1/sessions/${id}`)).status, 204);
  assertProblem(await here.delete(`/api/v1/sessions/${id}`), 404);
  assert.deepEqual([await alive(here), await alive(there), await alive(third)], [true, false, true]);
});

test('all the others are ended, this one stays', async () => {
  const { clients: [a, here, c] } = await sessions('andra', 3);
  const stranger = await newColleague(server, 'kvar', trafik);
  assert.equal((await here.delete('/api/v1/sessions/others')).status, 204);
  assert.deepEqual([await alive(a), await alive(here), await alive(c), await alive(stranger)],
    [false, true, false, true]);
  assert.equal((await here.delete('/api/v1/sessions/others')).status, 204);
  assert.ok(server.logs().some((l) => l.event === 'sessions_ended' && l.count === 2));
});

test('ten minutes after the password, sensitive acts ask for it, and change nothing', async () => {
  const { password, clients: [here, there] } = await sessions('kansligt', 2);
  const { secret } = await enrol(here);
  await age('kansligt', 9);
  assert.equal((await here.post('/api/v1/totp/recovery-codes')).status, 201);
  await age('kansligt', 11);
  const [, { id }] = await list(here);
  const acts = [['delete', '/api/v1/totp'], ['post', '/api/v1/totp/recovery-codes'],
    ['delete', '/api/v1/sessions/others'], ['delete', `/api/v1/sessions/${id}`]];
  const before_ = await server.sql(`SELECT r.code_hash FROM synpunkt.staff_recovery r ORDER BY 1`);
  for (const [verb, where] of acts) {
    const res = await here[verb](where);
    assertProblem(res, 403);
    assert.equal(res.json.needs, 'confirmation', where);
  }
  assert.deepEqual(await server.sql('SELECT r.code_hash FROM synpunkt.staff_recovery r ORDER BY 1'),
    before_);
  assert.ok(await alive(there));
  assert.ok(server.logs().some((l) => l.event === 'confirmation_wanted' && l.act === 'totp-remove'));
  /* What is not sensitive goes on. */
  assert.equal((await here.get('/api/v1/desk/cases')).status, 200);

  await inStep();
  await forgetStep(server, 'kansligt');
  assert.equal((await confirm(here, { password, totp: codeOf(secret) })).status, 204);
  for (const [verb, where] of acts.toReversed().filter(([, w]) => !/others/.test(w)))
    assert.ok([201, 204].includes((await here[verb](where)).status), where);
  assert.equal(await alive(there), false);
});

test('confirming holds for this session alone', async () => {
  const { password, clients: [here, there] } = await sessions('ensamt', 2);
  await age('ensamt', 60);
  assert.equal((await confirm(here, { password })).status, 204);
  assert.equal((await there.delete('/api/v1/sessions/others')).json.needs, 'confirmation');
  assert.equal((await here.delete('/api/v1/sessions/others')).status, 204);
});

test('confirming with a wrong password or code: which member, and the session lives', async () => {
  const { password, clients: [client] } = await sessions('bekrafta', 1);
  const { secret, codes } = await enrol(client);
  await age('bekrafta', 60);
  assertProblem(await confirm(client, {}), 422, ['password']);
  const wrong = await confirm(client, { password: 'fel lösenord', totp: codeOf(secret) });
  assertProblem(wrong, 422, ['password']);
  assert.equal(wrong.json.needs, undefined);
  for (const totp of [undefined, wrongCode(secret)]) {
    const res = await confirm(client, { password, totp });
    assertProblem(res, 422, ['totp']);
    assert.equal(res.json.needs, 'totp');
  }
  assert.ok(await alive(client));
  assert.equal((await client.delete('/api/v1/totp')).json.needs, 'confirmation');
  assert.equal((await confirm(client, { password, totp: codes[3] })).status, 204);
  const again = await confirm(client, { password, totp: codes[3] });
  assertProblem(again, 422, ['totp']);
});

test('a code that signed in does not confirm as well', async () => {
  const { password, clients: [client] } = await sessions('enkod', 1);
  const { secret } = await enrol(client);
  await forgetStep(server, 'enkod');
  await inStep();
  const totp = codeOf(secret);
  assert.equal((await server.post('/api/v1/sessions',
    { json: { username: 'enkod', password, totp } })).status, 201);
  assertProblem(await confirm(client, { password, totp }), 422, ['totp']);
});

test('guessing the password by confirmations is slowed like signing in', async () => {
  const { clients: [client] } = await sessions('trog', 1);
  const statuses = [];
  for (let i = 0; i < 7; i++)
    statuses.push((await confirm(client, { password: `gissning ${i}` })).status);
  assert.deepEqual(statuses, [422, 422, 422, 422, 422, 429, 429]);
});

test('confirmation, list and ending need a live session and its token', async () => {
  const { password, clients: [client, other] } = await sessions('korg', 2);
  const [, { id }] = await list(client);
  assertProblem(await server.get('/api/v1/sessions'), 401);
  for (const [verb, where, json] of [['post', '/api/v1/sessions/current/confirmation', { password }],
    ['delete', '/api/v1/sessions/others'], ['delete', `/api/v1/sessions/${id}`]]) {
    assertProblem(await server[verb](where, { json }), 401);
    assertProblem(await server[verb](where, { json, headers: { cookie: client.cookie } }), 403);
    assertProblem(await server[verb](where, { json,
      headers: { cookie: client.cookie, 'x-csrf-token': other.csrf } }), 403);
  }
  assert.ok(await alive(other));
  await server.sql(`UPDATE synpunkt.staff_session SET ends_at = now() - interval '1 second'
    WHERE user_id = (SELECT id FROM synpunkt.staff_user WHERE username = 'korg')`);
  assertProblem(await confirm(client, { password }), 401);
  assert.ok(server.logs().some((l) => l.event === 'session_dead'));
  assert.ok(server.logs().some((l) => l.event === 'csrf_refused'));
});
