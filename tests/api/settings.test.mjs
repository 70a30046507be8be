/* The city's settings at the desk: who may, what is seen before, what stays of it, and the
 * way back. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { eventually, startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

const trafik = 'trafiknamnden';
const kinds = '/api/v1/settings';
let server;
let admin;
let leader; /* coordinator of trafiknämnden */
let handler;

before(async () => {
  server = await startServer();
  admin = await newColleague(server, 'adam', 'administrator@*', 'Adam Ask');
  leader = await newColleague(server, 'carl', `coordinator@${trafik}`, 'Carl Alm');
  handler = await newColleague(server, 'anna', `case-handler@${trafik}`, 'Anna Ek');
});
after(() => server.stop());

const versionOf = async (path) => (await admin.get(path)).headers.etag;

async function made(kind, row, who = admin) {
  const res = await who.post(`${kinds}/${kind}`, { json: { row, reason: 'Ett försök' } });
  assert.equal(res.status, 201, res.text);
  return res.json;
}

async function changed(path, row, who = admin, more = {}) {
  return who.put(path, { json: { row, reason: 'Beslut i nämnden', ...more },
    headers: { 'If-Match': await versionOf(path) } });
}

/* ---- who ---- */

test('settings are for coordinators, managers and administrators', async () => {
  assert.equal((await handler.get(kinds)).status, 403);
  assert.equal((await handler.get(`${kinds}/helplines`)).status, 403);
  assert.equal((await leader.get(`${kinds}/helplines`)).status, 200);
  /* The rules have versions of their own. */
  assert.equal((await admin.get(`${kinds}/rules`)).status, 404);
});

test('a coordinator changes the deadlines of the own board and nothing else', async () => {
  const own = await made('deadlines', { board: trafik, type: 'praise', answerDays: 30 }, leader);
  const ofAll = (await admin.get(`${kinds}/deadlines`)).json.items.find(({ row }) => !row.board);

  assert.equal((await changed(`${kinds}/deadlines/${own.key}`, { board: trafik, type: 'praise', answerDays: 25 }, leader)).status, 200);
  assert.equal((await changed(`${kinds}/deadlines/${ofAll.key}`, { answerDays: 1 }, leader)).status, 403);
  /* Nor by giving the own row to everybody. */
  assert.equal((await changed(`${kinds}/deadlines/${own.key}`, { type: 'praise', answerDays: 25 }, leader)).status, 403);
  const line = await leader.post(`${kinds}/helplines`, { json: { reason: 'x', row: { code: 'min', position: 1,
    name: 'Min', phone: '08-1' } } });
  assert.equal(line.status, 403, line.text);
});

test('a list says which rows its reader may change', async () => {
  const { items } = (await leader.get(`${kinds}/deadlines`)).json;

  for (const { row, mayChange } of items) assert.equal(mayChange, row.board === trafik, JSON.stringify(row));
});

/* ---- making and changing ---- */

test('a promise that is changed holds for what comes in after it', async () => {
  const submit = async () => (await server.post('/api/v1/cases', { json: { category: 'gatubelysning',
    type: 'question', text: 'När tänds lampan?' } })).json;
  const before = await submit();
  await made('deadlines', { board: trafik, category: 'gatubelysning', type: 'question', answerDays: 1 });

  let now;
  for (let i = 0; i < 100; i++) {
    now = await submit();
    if (now.answerBy !== before.answerBy) break;
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
  assert.ok(now.answerBy < before.answerBy, `${now.answerBy} ${before.answerBy}`);
});

test('a preview says what would follow and changes nothing', async () => {
  const day = { day: '2027-06-04', open: false, name: 'Klämdag' };
  const seen = await admin.post(`${kinds}/working-days`, { json: { row: day, preview: true } });

  assert.equal(seen.status, 200, seen.text);
  assert.deepEqual(seen.json.after, day);
  /* What comes on 3 June 2027 is answered on the 17th, a day later without the 4th. */
  assert.deepEqual(seen.json.effects, [{ code: 'answer-day', before: '2027-06-17', after: '2027-06-18' }]);
  assert.equal((await admin.get(`${kinds}/working-days/2027-06-04`)).status, 404);
});

test('what somebody else has changed meanwhile is not overwritten', async () => {
  const { key } = await made('helplines', { code: 'provlinje', position: 900, name: 'Provlinje', phone: '08-123 00 00' });
  const path = `${kinds}/helplines/${key}`;
  const seen = await versionOf(path);

  assert.equal((await changed(path, { position: 900, name: 'Provlinjen', phone: '08-123 00 00' })).status, 200);
  const late = await admin.put(path, { json: { row: { position: 900, name: 'Min', phone: '08-1' }, reason: 'x' },
    headers: { 'If-Match': seen } });
  assert.equal(late.status, 409, late.text);
  assert.equal(late.json.outcome, 'conflict');
  assert.equal((await admin.get(path)).json.row.name, 'Provlinjen');
});

test('a row is not changed unseen', async () => {
  const { key } = await made('helplines', { code: 'osedd', position: 901, name: 'Osedd', phone: '08-123 00 01' });
  const res = await admin.put(`${kinds}/helplines/${key}`, { json: { row: { position: 1, name: 'x', phone: '1' }, reason: 'x' } });

  assert.equal(res.status, 428, res.text);
});

test('a change without a reason is asked for one', async () => {
  const res = await admin.post(`${kinds}/working-days`, { json: { row: { day: '2027-06-11', name: 'x' } } });

  assert.equal(res.status, 422);
  assert.deepEqual(res.json.invalidParams.map(({ name }) => name), ['reason']);
});

test('a row for what there is a row for already is refused', async () => {
  await made('working-days', { day: '2027-05-07', open: false, name: 'Klämdag' });
  const again = await admin.post(`${kinds}/working-days`, { json: { row: { day: '2027-05-07', name: 'Igen' }, reason: 'x' } });

  assert.equal(again.status, 409, again.text);
});

const wrong = [
  ['helplines', { code: 'Fel Kod', position: 1, name: 'x', phone: '1' }, 'row.code'],
  ['helplines', { code: 'r1', position: 'ett', name: 'x', phone: '1' }, 'row.position'],
  ['helplines', { code: 'r1', position: 1, name: ' ', phone: '1' }, 'row.name'],
  ['categories', { code: 'r1', position: 1, area: 'a', areaName: 'A', name: 'x', owner: 'ingen-namnd', sensitivity: 1 }, 'row.owner'],
  ['categories', { code: 'r1', position: 1, area: 'a', areaName: 'A', name: 'x', owner: trafik, sensitivity: 1, synonyms: 'hål' }, 'row.synonyms'],
  ['deadlines', { board: trafik }, 'row.answerDays'],
  ['deadlines', { board: trafik, answerDays: 251 }, 'row.answerDays'],
  ['deadlines', { board: trafik, answerDays: 2, validFrom: '2027-02-30' }, 'row.validFrom'],
  ['deadlines', { board: trafik, answerDays: 2, validFrom: '2027-02-02', validTo: '2027-02-01' }, 'row.validTo'],
  ['mailboxes', { address: 'inte en adress', board: trafik }, 'row.address'],
  ['mailboxes', { address: 'a@example.org' }, 'row.board'],
  ['helplines', { code: 'h', position: 1, name: 'x' }, 'row.phone'],
  ['helplines', { code: 'h', position: 1, name: 'x', link: 'javascript:alert(1)' }, 'row.link'],
  ['categories', { code: 'k', position: 1, area: 'a', areaName: 'A', name: 'K', owner: trafik, sensitivity: 2, mapMetres: 50 }, 'row.mapMetres'],
  ['categories', { code: 'k', position: 1, area: 'a', areaName: 'A', name: 'K', owner: trafik, sensitivity: 5 }, 'row.sensitivity'],
];

for (const [kind, row, name] of wrong)
  test(`${kind}: ${JSON.stringify(row).slice(0, 70)} is told where it is wrong`, async () => {
    const res = await admin.post(`${kinds}/${kind}`, { json: { row, reason: 'x' } });

    assert.equal(res.status, 422, res.text);
    assert.ok(res.json.invalidParams.some((fault) => fault.name === name), res.text);
  });

/* ---- the history ---- */

test('a row tells by whom, when, why and from what it was changed', async () => {
  const { key } = await made('mailboxes', { address: 'vagar@example.org', board: trafik });
  const path = `${kinds}/mailboxes/${encodeURIComponent(key)}`;
  await changed(path, { board: trafik, validTo: '2027-12-31' });
  const { changes } = (await admin.get(path)).json;

  assert.deepEqual(changes.map(({ user, userName, reason }) => [user, userName, reason]),
    [['adam', 'Adam Ask', 'Beslut i nämnden'], ['adam', 'Adam Ask', 'Ett försök']]);
  assert.equal(changes[0].before.validTo, null);
  assert.equal(changes[0].after.validTo, '2027-12-31');
  assert.equal(changes[1].before, null);
});

test('what an import changed is in the history, by nobody', async () => {
  const { items } = (await admin.get(`${kinds}/categories`)).json;
  const { changes } = (await admin.get(`${kinds}/categories/${items[0].key}`)).json;

  assert.equal(changes.at(-1).user, null);
  assert.equal(changes.at(-1).before, null);
});

test('nothing takes a change away from the history, not even the owner', async () => {
  await made('working-days', { day: '2027-05-14', open: false, name: 'Klämdag' });
  for (const sql of ['DELETE FROM synpunkt.setting_change', 'UPDATE synpunkt.setting_change SET reason = NULL',
    'TRUNCATE synpunkt.setting_change CASCADE'])
    await assert.rejects(server.sql(sql), /stays in the history/);
});

test('the desk\'s own role changes no setting but through its function', async () => {
  for (const table of ['category', 'helpline', 'deadline_policy', 'setting_change'])
    await assert.rejects(server.sql(`SET ROLE synpunkt_desk; UPDATE synpunkt.${table} SET ${
      table === 'setting_change' ? 'reason' : 'valid_to'} = NULL`), /permission denied/);
});

/* ---- the way back ---- */

test('a change is undone, which is a change of its own', async () => {
  const { key } = await made('helplines', { code: 'snolinje', position: 7000, name: 'Snö', phone: '08-1' });
  const path = `${kinds}/helplines/${key}`;
  await changed(path, { position: 7000, name: 'Snö och is', phone: '08-2' });
  const [last] = (await admin.get(path)).json.changes;

  const back = await admin.post(`${path}/reversals`, { json: { change: last.id, reason: 'Det blev fel' } });
  assert.equal(back.status, 200, back.text);
  const now = (await admin.get(path)).json;
  assert.deepEqual([now.row.name, now.row.phone], ['Snö', '08-1']);
  assert.deepEqual([now.changes[0].undoes, now.changes[0].reason], [last.id, 'Det blev fel']);
});

test('only the last change can be undone', async () => {
  const { key } = await made('helplines', { code: 'islinje', position: 7001, name: 'Is', phone: '08-1' });
  const path = `${kinds}/helplines/${key}`;
  await changed(path, { position: 7002, name: 'Is', phone: '08-1' });
  const { changes } = (await admin.get(path)).json;

  const res = await admin.post(`${path}/reversals`, { json: { change: changes.at(-1).id, reason: 'x' } });
  assert.equal(res.status, 409, res.text);
});

test('a row made by mistake is taken back, and can be had again', async () => {
  const { key } = await made('helplines', { code: 'misstag', position: 902, name: 'Misstag', phone: '08-1' });
  const path = `${kinds}/helplines/${key}`;
  const undo = async () => admin.post(`${path}/reversals`,
    { json: { change: (await admin.get(path)).json.changes[0].id, reason: 'x' } });

  assert.equal((await undo()).status, 200);
  assert.equal((await admin.get(path)).json.row, null);
  assert.equal((await undo()).status, 200);
  assert.equal((await admin.get(path)).json.row.name, 'Misstag');
});

test('a subject that cases have is not taken back but ended', async () => {
  const { key } = await made('categories', { code: 'provamne', position: 9000, area: 'ovrigt', areaName: 'Övrigt',
    name: 'Provämne', owner: trafik, sensitivity: 1 });
  /* The worker that is asked hears of the new subject a moment later. */
  await eventually('the subject is known', async () => (await admin.post(`${kinds}/deadlines`,
    { json: { row: { category: key, answerDays: 5 }, reason: 'x' } })).status === 201);
  const path = `${kinds}/categories/${key}`;
  const { changes } = (await admin.get(path)).json;

  const res = await admin.post(`${path}/reversals`, { json: { change: changes[0].id, reason: 'x' } });
  assert.equal(res.status, 409, res.text);
  assert.equal((await admin.get(path)).json.row.name, 'Provämne');
});

test('an exception among the working days is taken away; a helpline is ended', async () => {
  await made('working-days', { day: '2027-12-23', open: false, name: 'Lillejul' });
  const day = `${kinds}/working-days/2027-12-23`;
  const gone = await admin.post(`${day}/removals`, { json: { reason: 'Vi arbetar' }, headers: { 'If-Match': await versionOf(day) } });
  assert.equal(gone.status, 200, gone.text);
  assert.equal((await admin.get(day)).json.row, null);

  await made('helplines', { code: 'kvar', position: 7003, name: 'Kvar', phone: '08-1' });
  const line = `${kinds}/helplines/kvar`;
  const stays = await admin.post(`${line}/removals`, { json: { reason: 'x' }, headers: { 'If-Match': await versionOf(line) } });
  assert.equal(stays.status, 409, stays.text);
});
