/* Accounts and roles at the desk: who makes and gives what, and that nobody is left out. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startServer } from './harness.mjs';
import { newColleague, signIn } from './staff.mjs';

const trafik = 'trafiknamnden';
const farsta = 'farsta-stadsdelsnamnd';
const people = '/api/v1/people';
let server;
let admin;
let leader; /* coordinator of trafiknämnden */
let handler;

before(async () => {
  server = await startServer();
  admin = await newColleague(server, 'adam', 'administrator@*', 'Adam Ask');
  leader = await newColleague(server, 'carl', `coordinator@${trafik}`, 'Carl Alm');
  handler = await newColleague(server, 'anna', `case-handler@${trafik}`, 'Anna Ek');
  await newColleague(server, 'fia', `manager@${farsta}`, 'Fia Lind');
});
after(() => server.stop());

const role = (more = {}) => ({ role: 'case-handler', board: trafik, reason: 'Ny i gruppen', ...more });

async function added(username, more = {}, who = admin) {
  const res = await who.post(people, { json: { username, name: `Test ${username}`, ...role(more) } });
  assert.equal(res.status, 201, res.text);
  return res.json;
}

/* ---- accounts ---- */

test('a new account signs in with the password that was told once', async () => {
  const { username, password } = await added('nils');
  const nils = await signIn(server, username, password);

  assert.deepEqual(nils.session.roles, [{ role: 'case-handler', board: trafik }]);
  assert.ok(!JSON.stringify((await admin.get(`${people}/nils`)).json).includes(password));
});

test('a password is in no log', async () => {
  const { password } = await added('olga');

  assert.ok(!server.log.includes(password));
});

test('a new password ends every session and opens a closed account', async () => {
  const { password } = await added('paul');
  const paul = await signIn(server, 'paul', password);
  assert.equal((await admin.patch(`${people}/paul`, { json: { closed: true, reason: 'Slutat' } })).status, 204);
  assert.equal((await paul.get('/api/v1/sessions/current')).status, 401);

  const again = await admin.post(`${people}/paul/passwords`, { json: { reason: 'Kom tillbaka' } });
  assert.equal(again.status, 201, again.text);
  assert.equal((await server.post('/api/v1/sessions', { json: { username: 'paul', password } })).status, 401);
  await signIn(server, 'paul', again.json.password);
});

test('a name that somebody has is refused, and no account is half made', async () => {
  await added('rut');
  const res = await admin.post(people, { json: { username: 'rut', name: 'En annan', ...role() } });
  assert.equal(res.status, 409, res.text);

  const unknown = await admin.post(people, { json: { username: 'halv', name: 'Halv', ...role({ unit: 'ingen-enhet' }) } });
  assert.equal(unknown.status, 422, unknown.text);
  assert.equal((await admin.get(`${people}/halv`)).status, 404);
});

test('an address is set and taken away', async () => {
  await added('sara', { email: 'sara@example.org' });
  assert.equal((await admin.get(`${people}/sara`)).json.email, 'sara@example.org');
  await admin.patch(`${people}/sara`, { json: { email: '', reason: 'Vill inte' } });
  assert.equal((await admin.get(`${people}/sara`)).json.email, null);
});

/* ---- who ---- */

test('a handler sees no accounts', async () => {
  assert.equal((await handler.get(people)).status, 403);
  assert.equal((await handler.post(people, { json: { username: 'x', name: 'X', ...role() } })).status, 403);
});

test('a coordinator sees who has a role at the own board, without their addresses', async () => {
  await added('tore', { board: farsta, email: 'tore@example.org' });
  await added('ulla', { email: 'ulla@example.org' }, leader);
  const { items } = (await leader.get(people)).json;

  assert.ok(items.some(({ username }) => username === 'ulla') && !items.some(({ username }) => username === 'tore'));
  assert.ok(items.every(({ email }) => email === null));
  assert.equal((await leader.get(`${people}/tore`)).status, 404);
});

test('a coordinator gives no role above the own, and none at another board', async () => {
  for (const more of [{ role: 'coordinator' }, { role: 'manager' }, { role: 'administrator', board: undefined },
    { role: 'data-protection-officer' }, { board: farsta }]) {
    const res = await leader.post(`${people}/anna/roles`, { json: role(more) });
    assert.equal(res.status, 403, `${JSON.stringify(more)} ${res.text}`);
  }
});

test('nobody but an administrator gives a new password, closes or renames', async () => {
  assert.equal((await leader.post(`${people}/adam/passwords`, { json: { reason: 'x' } })).status, 403);
  assert.equal((await leader.post(`${people}/anna/passwords`, { json: { reason: 'x' } })).status, 403);
  assert.equal((await leader.patch(`${people}/anna`, { json: { closed: true, reason: 'x' } })).status, 403);
});

test('the password is asked for again when it was long ago', async () => {
  await server.sql("UPDATE synpunkt.staff_session SET confirmed_at = now() - interval '11 minutes'");
  const res = await admin.post(people, { json: { username: 'vera', name: 'Vera', ...role() } });
  await server.sql('UPDATE synpunkt.staff_session SET confirmed_at = now()');

  assert.equal(res.status, 403);
  assert.equal(res.json.needs, 'confirmation');
});

test('a day\'s substitute of an administrator gives no role and no password', async () => {
  const sven = await newColleague(server, 'sven', `case-handler@${trafik}`, 'Sven Ek');
  const out = await server.ctl(['user', 'substitute', 'adam', 'sven', '--to', '2099-01-01']);
  assert.equal(out.code, 0, out.stderr);
  assert.ok((await sven.get('/api/v1/sessions/current')).json.roles.some((r) => r.role === 'administrator'));

  assert.equal((await sven.post(`${people}/sven/roles`, { json: { role: 'administrator', reason: 'x' } })).status, 403);
  assert.equal((await sven.post(`${people}/carl/passwords`, { json: { reason: 'x' } })).status, 403);
  await server.ctl(['user', 'substitute', 'adam', 'nobody', '--to', '2099-01-01']);
});

test('a manager of no board leads none, and a unit\'s coordinator no board', async () => {
  for (const [name, roles] of [['moa', 'manager@*'], ['uno', `coordinator@${trafik}/klippskolan`]]) {
    const one = await newColleague(server, name, roles, name);
    assert.equal((await one.post(`${people}/anna/passwords`, { json: { reason: 'x' } })).status, 403, name);
    assert.equal((await one.post(`${people}/anna/roles`, { json: role() })).status, 403, name);
  }
});

test('a coordinator who gives somebody a role learns nothing of other boards from it', async () => {
  const { username } = await added('yrsa', { board: farsta });
  assert.equal((await leader.post(`${people}/${username}/roles`, { json: role({ validFrom: '2098-01-01' }) })).status, 204);
  const seen = (await leader.get(`${people}/${username}`)).json;

  assert.deepEqual(seen.roles.map((r) => r.board), [trafik]);
  assert.deepEqual(seen.changes.map(({ what, role: r }) => [what, r.board]), [['role-given', trafik]]);
});

/* ---- roles ---- */

test('a role is given for some days, prolonged and ended', async () => {
  const { password } = await added('wilma', { role: 'board-secretary' });
  const wilma = await signIn(server, 'wilma', password);
  const rolesOf = async () => (await wilma.get('/api/v1/sessions/current')).json.roles.map((r) => r.role).sort();
  const given = role({ role: 'registrar', validFrom: '2026-01-01', validTo: '2099-01-01' });

  assert.equal((await leader.post(`${people}/wilma/roles`, { json: given })).status, 204);
  assert.deepEqual(await rolesOf(), ['board-secretary', 'registrar']);
  assert.equal((await leader.post(`${people}/wilma/roles`, { json: { ...given, validTo: '2099-06-30' } })).status, 204);
  const { roles, changes } = (await leader.get(`${people}/wilma`)).json;
  assert.deepEqual(roles.map((r) => r.validTo), [null, '2099-06-30']);
  assert.deepEqual(changes.slice(0, 2).map(({ what, by }) => [what, by]), [['role-changed', 'carl'], ['role-given', 'carl']]);

  assert.equal((await leader.post(`${people}/wilma/role-ends`, { json: given })).status, 204);
  assert.deepEqual(await rolesOf(), ['board-secretary']);
});

test('the last administrator is neither closed nor loses the role', async () => {
  await server.sql("UPDATE synpunkt.staff_user SET disabled_at = now() WHERE username = 'administrator.staden'"); /* the demonstration's */
  const end = await admin.post(`${people}/adam/role-ends`, { json: { role: 'administrator', reason: 'x' } });
  assert.equal(end.status, 409, end.text);
  const soon = await admin.post(`${people}/adam/roles`, { json: { role: 'administrator', validTo: '2026-01-01', reason: 'x' } });
  assert.equal(soon.status, 409, soon.text);
  assert.equal((await admin.patch(`${people}/adam`, { json: { closed: true, reason: 'x' } })).status, 409);
  assert.equal((await admin.get('/api/v1/sessions/current')).status, 200);
});

test('two administrators who end each other at once: one is left', async () => {
  const bo = await newColleague(server, 'bo', 'administrator@*', 'Bo Berg');
  const end = (who, whom) => who.post(`${people}/${whom}/role-ends`, { json: { role: 'administrator', reason: 'x' } });
  const ended = await Promise.all([end(admin, 'bo'), end(bo, 'adam')]);

  assert.deepEqual(ended.map((res) => res.status).filter((n) => n === 204).length, 1);
  const back = await server.ctl(['user', 'role', 'add', 'adam', 'administrator']);
  if (ended[1].status === 204) assert.equal(back.code, 0, back.stderr);
});

test('what the tool did is in the history too', async () => {
  const out = await server.ctl(['user', 'role', 'add', 'anna', `registrar@${trafik}`]);
  assert.equal(out.code, 0, out.stderr);
  const [last] = (await admin.get(`${people}/anna`)).json.changes;

  assert.deepEqual([last.what, last.role.role, last.by], ['role-given', 'registrar', null]);
});

test('the history of people stays', async () => {
  await assert.rejects(server.sql('DELETE FROM synpunkt.staff_change'), /stays in the history/);
});

const wrong = [
  [{ username: 'Stor Bokstav' }, 'username'],
  [{ name: '  ' }, 'name'],
  [{ email: 'ingen adress' }, 'email'],
  [{ role: 'kung' }, 'role'],
  [{ board: 'ingen-namnd' }, 'board'],
  [{ role: 'provider' }, 'unit'],
  [{ validFrom: '2026-13-01' }, 'validFrom'],
  [{ validFrom: '2026-02-02', validTo: '2026-02-01' }, 'validTo'],
  [{ reason: '' }, 'reason'],
];
for (const [more, name] of wrong)
  test(`${JSON.stringify(more)} is told where it is wrong`, async () => {
    const res = await admin.post(people, { json: { username: 'fel', name: 'Fel', ...role(), ...more } });

    assert.equal(res.status, 422, res.text);
    assert.ok(res.json.invalidParams.some((fault) => fault.name === name), res.text);
  });
