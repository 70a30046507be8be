/* The logs: who read which sensitive case, what was exported, and who may see that. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { act, at, coordinator, farsta, serial, submitTo, trafik } from './contract_desk_kit.mjs';
import { multipart, startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

let server;
let co;
let auditor;
before(async () => {
  server = await startServer();
  co = await coordinator(server);
  auditor = await newColleague(server, 'logg-revisor', `auditor@${trafik}`, 'Rolf Revisor');
});
after(() => server.stop());

const rows = (c) => server.sql(`SELECT r.what, r.because, r.board, u.username
  FROM synpunkt.read_log r JOIN synpunkt.staff_user u ON u.id = r.user_id
  WHERE r.case_id = ${serial(c.number)} ORDER BY r.id`);
const reads = async (query = '', client = auditor, board = trafik) => {
  const res = await client.get(`/api/v1/audit/reads?board=${board}&${query}`);
  assert.equal(res.status, 200, res.text);
  return res.json;
};
const setSensitivity = (c, n) => server.sql(`UPDATE synpunkt.case SET sensitivity = ${n}
  WHERE id = ${serial(c.number)}`);

test('reading S3 and S4 is logged, each time; S1 and S2 are not', async () => {
  for (const n of [1, 2, 3, 4]) {
    const c = await submitTo(server, `Känsligt ${n}`);
    await setSensitivity(c, n);
    await co.get(at(c.number));
    await co.get(at(c.number));
    const one = { what: 'case', because: `S${n}`, board: trafik, username: 'kontrakt-co' };
    assert.deepEqual(await rows(c), n >= 3 ? [one, one] : []);
  }
});

test('a marked case too, its files too, and what an act shows of it', async () => {
  const res = await server.post('/api/v1/cases', { multipart: multipart([
    { name: 'case', json: { text: 'Med fil', category: 'gatubelysning' } },
    { name: 'attachment', filename: 'plats.txt', type: 'text/plain', body: Buffer.from('Där.\n') }]) });
  assert.equal(res.status, 201, res.text);
  const c = res.json;
  assert.equal((await co.get(at(c.number, 'attachments/1'))).status, 200);
  assert.deepEqual(await rows(c), []);
  await act(co, c.number, 'mark', { document: 'text', section: 'OSL 26:1' });
  assert.equal((await co.get(at(c.number, 'attachments/1'))).status, 200);
  assert.equal((await co.get(at(c.number, 'attachments/9'))).status, 404);
  assert.deepEqual((await rows(c)).map((r) => [r.what, r.because]),
    [['case', 'marked'], ['attachment-1', 'marked']]);
});

test('a board’s own part of a case that it passed on is logged as its own', async () => {
  const c = await submitTo(server, 'Känsligt, skickat vidare');
  await act(co, c.number, 'transfer', { board: farsta, ground: 'osl-10-2' });
  await setSensitivity(c, 3);
  const before = (await rows(c)).length;
  assert.equal((await co.get(at(c.number))).json.part, 'earlier');
  assert.deepEqual((await rows(c)).slice(before),
    [{ what: 'case', because: 'S3', board: trafik, username: 'kontrakt-co' }]);
});

test('what was not shown is not logged: another board, no session', async () => {
  const c = await submitTo(server, 'Inte visat');
  await setSensitivity(c, 4);
  const there = await newColleague(server, 'logg-farsta', `coordinator@${farsta}`);
  assert.equal((await there.get(at(c.number))).status, 404);
  assert.equal((await server.get(at(c.number))).status, 401);
  assert.deepEqual(await rows(c), []);
});

test('who sees that a case is there without a word of it has read nothing', async () => {
  const c = await submitTo(server, 'Utan ett ord');
  await setSensitivity(c, 3);
  const secretary = await newColleague(server, 'logg-sekr', `board-secretary@${trafik}`);
  assert.equal((await secretary.get(at(c.number))).json.restricted, true);
  assert.deepEqual(await rows(c), []);
});

test('auditor and data protection officer of the board see it; nobody else', async () => {
  const c = await submitTo(server, 'Granskas');
  await setSensitivity(c, 3);
  await co.get(at(c.number));
  const officer = await newColleague(server, 'logg-ombud', `data-protection-officer@${trafik}`);
  for (const client of [auditor, officer]) {
    const [it] = (await reads(`case=${c.number}`, client)).items;
    assert.deepEqual({ ...it, id: 0, at: '' }, { id: 0, at: '', user: 'kontrakt-co',
      userName: 'Cia Ord', case: c.number, what: 'case', because: 'S3' });
    assert.ok(Math.abs(Date.parse(it.at) - Date.now()) < 60_000);
  }
  for (const role of ['registrar', 'coordinator', 'case-handler', 'manager', 'board-secretary',
    'dispatcher']) {
    const client = await newColleague(server, `logg-${role}`, `${role}@${trafik}`);
    for (const what of ['reads', 'exports'])
      assert.equal((await client.get(`/api/v1/audit/${what}?board=${trafik}`)).status, 403, role);
    assert.equal((await client.get(`/loggar/${trafik}/lasningar`)).status, 403, role);
  }
  const [unit] = await server.sql('SELECT board, code FROM synpunkt.unit LIMIT 1');
  for (const role of ['provider', 'auditor']) { /* of one unit is not of the board */
    const client = await newColleague(server, `logg-enhet-${role}`, `${role}@${unit.board}/${unit.code}`);
    assert.equal((await client.get(`/api/v1/audit/reads?board=${unit.board}`)).status, 403, role);
  }
  assert.equal((await auditor.get(`/api/v1/audit/reads?board=${farsta}`)).status, 403);
  assert.equal((await server.get(`/api/v1/audit/reads?board=${trafik}`)).status, 401);
});

test('by case, user and days; pages follow each other', async () => {
  const c = await submitTo(server, 'Många läsningar');
  await setSensitivity(c, 3);
  const bo = await newColleague(server, 'logg-bo', `case-handler@${trafik}`);
  for (let i = 0; i < 4; i++) await co.get(at(c.number));
  await bo.get(at(c.number));
  assert.deepEqual((await reads('user=logg-bo')).items.map((i) => i.case), [c.number]);
  assert.equal((await reads(`case=${c.number}`)).items.length, 5);
  assert.deepEqual((await reads('to=2020-01-01')).items, []);
  assert.deepEqual((await reads('from=2999-01-01')).items, []);
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm' }).format(new Date());
  assert.equal((await reads(`case=${c.number}&from=${day}&to=${day}`)).items.length, 5);
  const found = [];
  let next = '';
  do {
    const page = await reads(`case=${c.number}&limit=2${next && `&after=${next}`}`);
    found.push(...page.items.map((i) => i.id));
    next = page.next;
  } while (next && found.length < 9);
  assert.deepEqual(found, [...new Set(found)].sort((a, b) => b - a));
  assert.equal(found.length, 5);
  const wrong = await auditor.get(`/api/v1/audit/reads?board=${trafik}&case=x&from=1&to=2&after=y&limit=0`);
  assert.deepEqual([wrong.status, wrong.json.invalidParams.map((p) => p.name).sort()],
    [422, ['after', 'case', 'from', 'limit', 'to']]);
  assert.equal((await auditor.get('/api/v1/audit/reads')).status, 422);
});

test('exports: the register as a file and the operator’s statistics, without names', async () => {
  await co.get(`/diarium/${trafik}/csv?q=Sigismund&year=2026`);
  const out = await server.ctl(['--json', 'statistics', '--board', trafik, '--month', '2026-10']);
  assert.equal(out.code, 0, out.stderr);
  const { items } = (await auditor.get(`/api/v1/audit/exports?board=${trafik}`)).json;
  assert.deepEqual(items.slice(0, 2).map((i) => [i.what, i.user, i.board, i.filter]), [
    ['statistics', null, trafik, { month: '2026-10' }],
    ['register-csv', 'kontrakt-co', trafik, { year: 2026, searched: true }]]);
});

test('append-only: no role takes a row away or changes one', async () => {
  const count = async () => (await server.sql(`SELECT count(*) AS n, max(what) AS w
    FROM synpunkt.read_log`))[0];
  const before_ = await count();
  for (const role of ['synpunkt_desk', 'synpunkt_note', 'synpunkt_review', 'synpunkt_job',
    'synpunkt_owner', 'synpunkt_act'])
    for (const deed of ['DELETE FROM synpunkt.read_log', "UPDATE synpunkt.read_log SET what = 'zzz'"])
      await server.sql(`SET ROLE ${role}; ${deed}`).catch((e) =>
        assert.match(e.message, /permission denied/));
  assert.deepEqual(await count(), before_);
  for (const role of ['synpunkt_desk', 'synpunkt_report', 'synpunkt_resident', 'synpunkt_job'])
    await assert.rejects(server.sqlAs(role, 'SELECT 1 FROM synpunkt.read_log'), /permission denied/);
});
