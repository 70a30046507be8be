/* Two cases that belong together: an event of each, by and for those who read both. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { assertProblem } from './contract_kit.mjs';
import { act, at, coordinator, events, farsta, serial, submitTo, trafik } from './contract_desk_kit.mjs';
import { startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

let server;
let co;
let there;
let handler;
before(async () => {
  server = await startServer();
  co = await coordinator(server);
  there = await newColleague(server, 'dar', `coordinator@${farsta}`);
  handler = await newColleague(server, 'handl', `case-handler@${trafik}`);
});
after(() => server.stop());

const submit = async (text) => (await submitTo(server, text)).number;
const link = (client, a, b, more = {}) =>
  client.post(at(a, 'links'), { json: { number: b, kind: 'related', ...more } });
const unlink = (client, a, b) => client.post(at(a, 'link-removals'), { json: { number: b } });
const linked = async (client, number) =>
  (await client.get(at(number, 'related'))).json.linked.map((i) => i.number);
const whats = async (number) => (await events(server, number)).map((e) => e.what);

test('a link is an event of both, and so is its end', async () => {
  const [a, b] = [await submit('En'), await submit('Två')];
  const res = await link(co, a, b);
  assert.equal(res.status, 201, res.text);
  assert.deepEqual(res.json.linked.map((i) => i.number), [b]);
  assert.deepEqual([await linked(co, a), await linked(handler, b)], [[b], [a]]);
  for (const [one, other] of [[a, b], [b, a]]) {
    const { json } = await co.get(at(one));
    assert.equal(json.version, 2);
    const { what, byName, codes } = json.events.at(-1);
    /* Which, the list says to who reads it; the event goes to every board the case comes to. */
    assert.deepEqual([what, byName, codes], ['linked', 'Cia Ord', {}]);
    assert.deepEqual(JSON.parse((await events(server, one)).at(-1).codes), { other });
  }
  /* Said twice, from either side, it is said once. */
  assert.equal((await link(co, b, a)).status, 201);
  assert.equal((await co.get(at(a))).json.version, 2);
  assert.deepEqual((await unlink(handler, b, a)).json.linked, []);
  assert.equal((await unlink(handler, b, a)).status, 201);
  for (const one of [a, b]) {
    assert.deepEqual((await whats(one)).slice(-2), ['linked', 'unlinked']);
    assert.deepEqual(await linked(co, one), []);
  }
  const out = await server.ctl(['audit', 'verify']);
  assert.equal(out.code, 0, out.stdout + out.stderr);
});

test('it takes a right to both, and tells nothing without', async () => {
  const [a, secret, theirs] = [await submit('Vår'), await submit('Känslig'), await submit('Deras')];
  await act(co, secret, 'change', { sensitivity: 4 });
  await act(co, theirs, 'transfer', { board: farsta, ground: 'no-secrecy' });
  for (const other of [secret, theirs, '2026-1', a])
    assertProblem(await link(handler, a, other), 422, ['number']);
  assertProblem(await link(handler, secret, a), 403);
  assertProblem(await link(handler, theirs, a), 404);
  assertProblem(await link(there, a, theirs), 404);
  assert.deepEqual(await whats(theirs).then((w) => w.includes('linked')), false);
  /* Who reads both may; who does not is shown that there is something, and not what. */
  assert.equal((await link(co, a, secret)).status, 201);
  assert.deepEqual([await linked(co, a), await linked(handler, a)], [[secret], []]);
  assertProblem(await unlink(handler, a, secret), 422, ['number']);
  assert.ok((await server.sql(`SELECT 1 FROM synpunkt.read_log WHERE case_id = ${serial(secret)} AND what = 'related'`)).length > 0);
  /* What goes to another board leaves no link behind. */
  const b = await submit('Går vidare');
  await link(co, a, b);
  await act(co, b, 'transfer', { board: farsta, ground: 'no-secrecy' });
  assert.deepEqual(await linked(co, a), [secret]);
  assert.deepEqual(await linked(there, b), []);
});

test('a protected person\'s case is linked to none', async () => {
  const [a, b] = [await submit('Vår'), await submit('Skyddad')];
  await server.sql(`UPDATE synpunkt.case SET sensitivity = 4, protected_by =
    (SELECT id FROM synpunkt.staff_user WHERE username = '${co.username}') WHERE id = ${serial(b)}`);

  assertProblem(await link(co, a, b), 422);
  assertProblem(await link(co, b, a), 422);
});

test('what is no number is said so, and nobody links without a session and its token', async () => {
  const [a, b] = [await submit('Ett'), await submit('Annat')];
  for (const number of ['', 'x', '1', 7, null, undefined])
    assertProblem(await link(co, a, number), 422, ['number']);
  assertProblem(await link(co, a, b, { kind: 'duplicate' }), 422, ['kind']);
  assertProblem(await link(co, a, b, { kind: 'duplicate' }), 422, ['kind']);
  assertProblem(await server.post(at(a, 'links'), { json: { number: b } }), 401);
  assertProblem(await co.post(at(a, 'links'), { json: { number: b }, headers: { 'x-csrf-token': '' } }), 403);
  const analyst = await newColleague(server, 'analys', `analyst@${trafik}`);
  assertProblem(await link(analyst, a, b), 403);
});

test('the complainant is told nothing of it', async () => {
  const c = await submitTo(server, 'Min sak');
  await link(co, c.number, await submit('En annans'));
  const res = await server.get(`/api/v1/cases/${c.number}`, { headers: { authorization: `Bearer ${c.followUpCode}` } });
  assert.ok(!res.text.includes('linked'), res.text);
});

test('two who link the same cases from either side at once do not stop each other', async () => {
  const cases = [await submit('a'), await submit('b'), await submit('c')];
  const all = cases.flatMap((a) => cases.filter((b) => b !== a).map((b) => [a, b]));
  const done = await Promise.all(all.map(([a, b], i) => link(i % 2 ? co : handler, a, b)));
  assert.deepEqual(done.map((r) => r.status), all.map(() => 201));
  for (const one of cases) assert.equal((await whats(one)).filter((w) => w === 'linked').length, 2);
});
