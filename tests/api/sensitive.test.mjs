/* What is done to cases and persons that asks for the password once more. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { act, doIt, at, submitTo, trafik } from './contract_desk_kit.mjs';
import { assertProblem } from './contract_kit.mjs';
import { startServer } from './harness.mjs';
import { addUser, newColleague, signIn } from './staff.mjs';
import { codeOf } from './totp.mjs';

let server;
before(async () => { server = await startServer(); });
after(async () => {
  await server.stop();
});

/* Somebody who gave the password so many minutes ago, and can give it again. */
async function colleague(username, roles) {
  const password = await addUser(server, username, roles);
  const client = await signIn(server, username, password);
  return { client,
    age: (minutes) => server.sql(`UPDATE synpunkt.staff_session
      SET confirmed_at = now() - interval '${minutes} minutes' WHERE user_id =
        (SELECT id FROM synpunkt.staff_user WHERE username = '${username}')`),
    confirm: async () => assert.equal((await client.post('/api/v1/sessions/current/confirmation',
      { json: { password } })).status, 204) };
}

/* Done at nine minutes, refused at eleven without doing it, done when the password is given. */
async function asksAgain(who, call, isDone, good) {
  await who.age(9);
  assert.equal((await call()).status, good);
  await who.age(11);
  const before_ = await isDone();
  const res = await call();
  assertProblem(res, 403);
  assert.equal(res.json.needs, 'confirmation');
  assert.deepEqual(await isDone(), before_);
  await who.confirm();
  assert.equal((await call()).status, good);
  assert.notDeepEqual(await isDone(), before_);
}

const count = (table) => async () => (await server.sql(`SELECT count(*) AS n FROM synpunkt.${table}`))[0].n;

test('turning on a second factor, so that a desk left open is not enough', async () => {
  const who = await colleague('kod', `case-handler@${trafik}`);
  const { secret } = (await who.client.post('/api/v1/totp')).json;
  const confirm = () => who.client.post('/api/v1/totp/confirmation', { json: { code: codeOf(secret) } });
  await who.age(11);
  const res = await confirm();
  assertProblem(res, 403);
  assert.equal(res.json.needs, 'confirmation');
  assert.equal((await server.sql('SELECT count(*) AS n FROM synpunkt.staff_totp WHERE confirmed_at IS NOT NULL'))[0].n,
    '0');
  await who.confirm();
  assert.equal((await confirm()).status, 201);
});

test('a new password of one’s own: told once, and the old one and the other sessions end', async () => {
  const who = await colleague('byter', `case-handler@${trafik}`);
  const elsewhere = async () => (await server.sql(`SELECT count(*) AS n FROM synpunkt.staff_change c
    JOIN synpunkt.staff_user u ON u.id = c.user_id WHERE u.username = 'byter' AND c.what = 'password' AND c.by_id = u.id`))[0].n;
  const renew = () => who.client.post('/api/v1/sessions/current/passwords');
  await who.age(11);
  const refused = await renew();
  assertProblem(refused, 403);
  assert.equal(refused.json.needs, 'confirmation');
  assert.equal(await elsewhere(), '0');
  await who.confirm();
  const res = await renew();
  assert.equal(res.status, 201, res.text);
  assert.equal(res.json.username, 'byter');
  assert.match(res.json.password, /^[0-9A-Z]{5}(-[0-9A-Z]{5}){3}$/);
  assert.equal(await elsewhere(), '1');
  assert.equal((await who.client.get('/api/v1/sessions/current')).status, 200);
  const other = await signIn(server, 'byter', res.json.password);
  assert.equal((await who.client.post('/api/v1/sessions/current/passwords')).status, 201);
  assert.equal((await other.get('/api/v1/sessions/current')).status, 401);
  assert.equal((await server.post('/api/v1/sessions', { json: { username: 'byter', password: res.json.password } })).status, 401);
});

test('what is held on a person', async () => {
  const officer = await colleague('ombud', `data-protection-officer@${trafik}`);
  await asksAgain(officer, () => officer.client.post('/api/v1/desk/persons',
    { json: { email: 'nagon@example.org' } }), count('export_log'), 200);
});

test('naming who may read a case, not taking it back', async () => {
  const manager = await colleague('chef', `manager@${trafik}`);
  const names = ['las-a', 'las-b', 'las-c'];
  for (const name of names) await newColleague(server, name, `case-handler@${trafik}`);
  const c = await submitTo(server, 'Läsare');
  const name = async () => doIt(manager.client, c.number, 'name-reader', { json: { user: names.shift() },
    etag: (await manager.client.get(at(c.number))).headers.etag });
  await asksAgain(manager, name, count('case_access'), 201);
  await manager.age(11);
  await act(manager.client, c.number, 'remove-reader', { user: 'las-a' });
});

test('taking a secrecy marking away, not marking', async () => {
  const manager = await colleague('chef-m', `manager@${trafik},registrar@${trafik}`);
  const c = await submitTo(server, 'Markerat');
  const unmark = async () => doIt(manager.client, c.number, 'unmark', { json: {},
    etag: (await manager.client.get(at(c.number))).headers.etag });
  const again = async () => {
    const res = await unmark();
    if (res.status === 201) await act(manager.client, c.number, 'mark', { section: 'OSL 26:1' });
    return res;
  };
  await manager.age(11);
  await act(manager.client, c.number, 'mark', { section: 'OSL 26:1' });
  await asksAgain(manager, again, count('case_marking WHERE removed_at IS NOT NULL'), 201);
});
