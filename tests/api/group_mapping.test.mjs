/* Groups and their roles at the desk: who may, what is said before, what becomes of those
 * who have a role so, the history; and whether the providers work. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { assertProblem } from './contract_kit.mjs';
import { startServer } from './harness.mjs';
import { enter, mapAdd, startWith } from './oidc_kit.mjs';
import { startProvider } from './oidc_provider.mjs';
import { newColleague } from './staff.mjs';

const way = '/api/v1/desk/group-mappings';
const why = { reason: 'Beslut av nämnden' };
const far = '2999-12-31';
const people = {
  anna: { name: 'Anna A', groups: ['trafik'] },
  bo: { name: 'Bo B', groups: ['park'] },
  ceder: { name: 'Ceder C', groups: ['park', 'park-alla'] },
  dag: { name: 'Dag D', groups: ['vatten'] },
  eva: { name: 'Eva E', groups: ['admin'] },
};
let server, provider, chief;

before(async () => {
  ({ server, provider } = await startWith((options) => startProvider({ ...options, people })));
  chief = await newColleague(server, 'chefen', 'administrator', 'Ada Administratör');
});
after(async () => {
  await server?.stop();
  await provider?.stop();
});

const maps = async (client = chief) => (await client.get(way)).json.items;
const mapOf = async (id) => (await maps()).find((one) => one.id === id);
const add = (more, client = chief) => client.post(way, { json: { issuer: provider.issuer, role: 'case-handler',
  board: 'trafiknamnden', ...why, ...more } });
const rolesOf = (client) => client.session?.roles.map(({ role, board }) => `${role}@${board}`) ?? [];
const now = async (client) => (await client.get('/api/v1/sessions/current')).json.roles.map(({ role }) => role);

test('a group stands for a role from each one’s next sign-in, and the page says who has it so', async () => {
  const made = await add({ group: 'trafik', validTo: far });
  assert.equal(made.status, 201, made.text);
  const { changes, ...one } = await mapOf(made.json.id);
  assert.deepEqual(one, { id: made.json.id, issuer: provider.issuer, group: 'trafik', role: 'case-handler',
    board: 'trafiknamnden', unit: null, validFrom: null, validTo: far, isOver: false, linked: 0, holders: 0, losers: 0 });
  assert.deepEqual(changes.map(({ what, byName, reason }) => [what, byName, reason]), [['added', 'Ada Administratör', why.reason]]);
  const anna = await enter(server, 'anna');
  assert.deepEqual(rolesOf(anna), ['case-handler@trafiknamnden']);
  const { linked, holders, losers } = await mapOf(made.json.id);
  assert.deepEqual([linked, holders, losers], [1, 1, 1]);
});

test('ended, those who have the role so lose it at once; who has it otherwise keeps it', async () => {
  const [one, other] = [await add({ group: 'park' }), await add({ group: 'park-alla', validFrom: '2020-01-01' })];
  const [bo, ceder] = [await enter(server, 'bo'),
    await enter(server, 'ceder')];
  const { holders, losers } = await mapOf(one.json.id);
  assert.deepEqual([holders, losers], [2, 1]);
  assert.equal((await chief.post(`${way}/${one.json.id}/ends`, { json: { reason: 'Gruppen är borta' } })).status, 204);
  assert.deepEqual([await now(bo), await now(ceder)], [[], ['case-handler']]);
  const gone = await mapOf(one.json.id);
  assert.equal(gone.isOver, true);
  assert.deepEqual(gone.changes.map(({ what, reason }) => [what, reason]), [['ended', 'Gruppen är borta'], ['added', why.reason]]);
  assertProblem(await chief.post(`${way}/${one.json.id}/ends`, { json: why }), 404);
  assertProblem(await chief.patch(`${way}/${one.json.id}`, { json: why }), 404);
  assert.equal((await mapOf(other.json.id)).isOver, false);
  const [told] = await server.sql(`SELECT c.reason, b.username FROM synpunkt.staff_change c
    JOIN synpunkt.staff_user b ON b.id = c.by_id WHERE c.what = 'role-ended' ORDER BY c.id DESC LIMIT 1`);
  assert.deepEqual(told, { reason: 'Gruppen är borta', username: 'chefen' });
});

test('other days: the roles that it gave follow at once, there and back', async () => {
  const { json: { id } } = await add({ group: 'vatten', role: 'registrar' });
  const dag = await enter(server, 'dag');
  assert.deepEqual(await now(dag), ['registrar']);
  assert.equal((await chief.patch(`${way}/${id}`, { json: { ...why, validFrom: '2999-01-01', validTo: far } })).status, 204);
  assert.deepEqual(await now(dag), []);
  const { linked, holders } = await mapOf(id);
  assert.deepEqual([linked, holders], [1, 0]);
  assert.equal((await chief.patch(`${way}/${id}`, { json: { ...why, validTo: far } })).status, 204);
  assert.deepEqual(await now(dag), ['registrar']);
  assert.deepEqual((await mapOf(id)).changes.map(({ what, validFrom, validTo }) => [what, validFrom, validTo]),
    [['changed', null, far], ['changed', '2999-01-01', far], ['added', null, null]]);
});

test('what cannot be is refused at its field, and nothing is stored', async () => {
  const before = (await maps()).length;
  for (const [more, fields] of [[{ group: '' }, ['group']], [{ group: 'x', issuer: 'https://annan.example' }, ['issuer']],
    [{ group: 'x', role: 'kung' }, ['role']], [{ group: 'x', board: 'finns-inte' }, ['board']],
    [{ group: 'x', unit: 'finns-inte' }, ['unit']], [{ group: 'x', role: 'provider' }, ['unit']],
    [{ group: 'x', validFrom: '2026-02-30' }, ['validFrom']], [{ group: 'x', validFrom: far, validTo: '2026-01-01' }, ['validTo']],
    [{ group: 'x', reason: ' ' }, ['reason']]])
    assertProblem(await add(more), 422, fields);
  assert.equal((await maps()).length, before);
  assertProblem(await chief.patch(`${way}/1`, { json: { ...why, validFrom: far, validTo: '2026-01-01' } }), 422, ['validTo']);
  assertProblem(await chief.post(`${way}/x/ends`, { json: why }), 404);
});

test('administrators alone, who said lately who they are; a stand-in for one is none', async () => {
  const leader = await newColleague(server, 'ledaren', 'coordinator@trafiknamnden');
  for (const res of [await leader.get(way), await add({ group: 'x' }, leader), await leader.get('/api/v1/desk/sign-in-providers'),
    await leader.patch(`${way}/1`, { json: why }), await leader.post(`${way}/1/ends`, { json: why })])
    assertProblem(res, 403);
  assertProblem(await server.get(way), 401);
  const out = await server.ctl(['user', 'substitute', 'chefen', 'ledaren', '--to', far]);
  assert.equal(out.code, 0, out.stderr);
  assertProblem(await leader.get(way), 403);
  assertProblem(await add({ group: 'x' }, leader), 403);
  await server.sql("UPDATE synpunkt.staff_session SET confirmed_at = now() - interval '11 minutes'");
  for (const res of [await add({ group: 'x' }), await chief.patch(`${way}/1`, { json: why }),
    await chief.post(`${way}/1/ends`, { json: why })]) {
    assertProblem(res, 403);
    assert.equal(res.json.needs, 'confirmation');
  }
  await server.sql('UPDATE synpunkt.staff_session SET confirmed_at = now()');
});

test('the last administrator’s group cannot be ended, nor get days to come', async () => {
  const { json: { id } } = await add({ group: 'admin', role: 'administrator', board: undefined });
  const eva = await enter(server, 'eva');
  await server.sql("UPDATE synpunkt.staff_role SET valid_to = synpunkt.today() - 1 WHERE map_id IS NULL AND role = 'administrator'");
  for (const res of [await eva.post(`${way}/${id}/ends`, { json: why }),
    await eva.patch(`${way}/${id}`, { json: { ...why, validFrom: '2999-01-01' } })]) {
    assertProblem(res, 409);
    assert.equal(res.json.outcome, 'last-administrator');
  }
  await server.sql("UPDATE synpunkt.staff_role SET valid_to = 'infinity' WHERE map_id IS NULL AND role = 'administrator'");
});

test('the tool’s work is in the list and the history, and the other way', async () => {
  const id = await mapAdd(server, provider.issuer, 'verktyg', 'analyst', '--to', far);
  const days = await server.ctl(['--json', 'oidc', 'map', 'days', id, '--from', '2026-01-01', '--to', far]);
  assert.equal(days.code, 0, days.stderr);
  const one = await mapOf(id);
  assert.equal(one.validFrom, '2026-01-01');
  assert.deepEqual(one.changes.map(({ what, byName }) => [what, byName]), [['changed', null], ['added', null]]);
  assert.equal((await server.ctl(['oidc', 'map', 'end', id])).code, 0);
  assert.equal((await mapOf(id)).changes[0].what, 'ended');
  assert.equal((await server.ctl(['oidc', 'map', 'days', id])).code, 1);
  const { json } = await add({ group: 'skrivbord' });
  assert.ok((await server.ctl(['oidc', 'map', 'list'])).stdout.includes('skrivbord'));
  assert.ok(JSON.parse((await server.ctl(['--json', 'oidc', 'map', 'list'])).stdout).some((row) => row.id === json.id));
  await assert.rejects(server.sql('DELETE FROM synpunkt.oidc_map_change'), /stays in the history/);
});

test('whether a provider works, when its document and keys came, and what failed', async () => {
  const state = async () => (await chief.get('/api/v1/desk/sign-in-providers')).json;
  const { items: [one], localAccounts } = await state();
  assert.equal(localAccounts, 'always');
  const { documentAt, keysAt, ...rest } = one;
  assert.deepEqual(rest, { name: 'stad', label: 'Stockholms stad', issuer: provider.issuer, works: true, why: null,
    keys: rest.keys, tellsFactor: false });
  assert.ok(rest.keys > 0);
  for (const at of [documentAt, keysAt]) assert.ok(Math.abs(Date.parse(at) - Date.now()) < 60000, at);
});

test('a provider that is away is told of with what failed, and nobody waits for longer than it may take', async () => {
  const away = await startWith(async (how) => { const it = await startProvider(how); await it.stop(); return it; });
  try {
    const client = await newColleague(away.server, 'borta', 'administrator');
    const { json: { items: [one] } } = await client.get('/api/v1/desk/sign-in-providers');
    assert.deepEqual([one.works, one.why, one.documentAt, one.keysAt, one.keys], [false, 'document connect', null, null, 0]);
  } finally {
    await away.server.stop();
  }
});

test('without providers there are none, and no group can be named', async () => {
  const alone = await startServer({});
  try {
    const client = await newColleague(alone, 'sjalv', 'administrator');
    assert.deepEqual((await client.get('/api/v1/desk/sign-in-providers')).json, { items: [], localAccounts: 'always' });
    assert.deepEqual((await client.get(way)).json.items, []);
    assertProblem(await add({ group: 'x', issuer: 'https://id.example' }, client), 422, ['issuer']);
  } finally {
    await alone.stop();
  }
});
