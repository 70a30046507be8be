/* Secrecy marking: a warning on the case or one document of it, by a section of law. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { act, at, coordinator, events, farsta, serial, submitTo, trafik }
  from './contract_desk_kit.mjs';
import { eventually, multipart, startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

let server;
let co;
let secretary;
before(async () => {
  server = await startServer();
  co = await coordinator(server);
  secretary = await newColleague(server, 'mark-sekr', `board-secretary@${trafik}`, 'Siv Berg');
});
after(() => server.stop());

const look = async (number, client = co) => (await client.get(at(number))).json;
const item = async (number, client = co) => (await client.get(
  `/api/v1/desk/cases?limit=200&q=${number}`)).json.items[0];
const live = (it) => it.markings.filter((m) => m.removedAt === null)
  .map((m) => [m.document, m.section]);
async function withFile() {
  const file = Buffer.from('Vid övergångsstället.\n');
  const res = await server.post('/api/v1/cases', { multipart: multipart([
    { name: 'case', json: { text: 'Med fil', category: 'gatubelysning',
      contact: { email: 'a@example.org' } } },
    { name: 'attachment', filename: 'plats.txt', type: 'text/plain', body: file }]) });
  assert.equal(res.status, 201, res.text);
  return res.json;
}

test('a marking says which section, who and when; the queue and the case show it', async () => {
  const c = await submitTo(server, 'Kan vara hemligt');
  assert.equal((await item(c.number)).marked, false);
  const res = await act(secretary, c.number, 'mark', { section: 'OSL 26:1' });
  const [mark] = res.json.markings;
  assert.deepEqual({ ...mark, at: '' }, { document: null, section: 'OSL 26:1', at: '',
    byName: 'Siv Berg', removedAt: null, removedByName: null });
  assert.ok(Math.abs(Date.parse(mark.at) - Date.now()) < 60_000);
  assert.equal(res.json.marked, true);
  assert.equal(res.json.version, 2);
  assert.equal((await item(c.number)).marked, true);
});

test('each kind of document can be marked by itself', async () => {
  const c = await withFile();
  await act(co, c.number, 'note', { text: 'En anteckning' });
  await act(co, c.number, 'ask', { text: 'Var?' });
  await server.post(`/api/v1/cases/${c.number}/messages`, { json: { text: 'Där' },
    headers: { authorization: `Bearer ${c.followUpCode}` } });
  const it = await look(c.number);
  const documents = ['text', 'attachment-1',
    ...[...it.messages, ...it.notes].map((m) => m.document)];
  assert.deepEqual(documents.map((d) => d.replace(/\d+/, 'N')).sort(),
    ['attachment-N', 'message-N', 'note-N', 'reply-N', 'text']);
  for (const document of documents)
    await act(co, c.number, 'mark', { document, section: 'OSL 21:7' });
  assert.deepEqual(live(await look(c.number)), documents.map((d) => [d, 'OSL 21:7']));
  assert.equal((await item(c.number)).marked, true);
});

test('the events hold the document and the section, and the chain holds', async () => {
  const c = await submitTo(server, 'Kedjan');
  await act(co, c.number, 'mark', { section: 'OSL 26:1' });
  await act(co, c.number, 'mark', { section: 'OSL 26:5' });
  await act(co, c.number, 'mark', { document: 'text', section: 'OSL 39:3' });
  await act(co, c.number, 'unmark', {});
  const said = (await events(server, c.number)).slice(1)
    .map((e) => [e.what, JSON.parse(e.codes)]);
  assert.deepEqual(said, [
    ['marked', { document: 'case', section: 'OSL 26:1' }],
    ['marked', { document: 'case', section: { from: 'OSL 26:1', to: 'OSL 26:5' } }],
    ['marked', { document: 'text', section: 'OSL 39:3' }],
    ['unmarked', { document: 'case', section: 'OSL 26:5' }]]);
  assert.equal((await server.ctl(['audit', 'verify'])).code, 0);
});

test('what was removed stays known: who marked, who removed, when', async () => {
  const c = await submitTo(server, 'Borttagen');
  await act(secretary, c.number, 'mark', { section: 'OSL 26:1' });
  const res = await act(co, c.number, 'unmark', {});
  const [mark] = res.json.markings;
  assert.deepEqual([mark.byName, mark.removedByName], ['Siv Berg', 'Cia Ord']);
  assert.ok(Date.parse(mark.removedAt) >= Date.parse(mark.at));
  assert.equal(res.json.marked, false);
  assert.equal((await item(c.number)).marked, false);
  assert.ok(!res.json.actions.includes('unmark'));
  await act(co, c.number, 'unmark', {}, 409);
});

test('the same again changes nothing', async () => {
  const c = await submitTo(server, 'Två gånger');
  await act(co, c.number, 'mark', { section: 'OSL 26:1' });
  const res = await act(co, c.number, 'mark', { section: 'OSL 26:1' });
  assert.deepEqual([res.json.version, res.json.markings.length], [2, 1]);
});

test('a document that the case has not, or words that are no section: 422, nothing done', async () => {
  const c = await submitTo(server, 'Fel');
  const refused = async (action, json, names) => {
    const res = await act(co, c.number, action, json, 422);
    assert.deepEqual(res.json.invalidParams.map((p) => p.name).sort(), names);
  };
  for (const document of ['note-1', 'message-9', 'attachment-1', 'reply-999999999', 'case', '',
    'contact-1', 7])
    await refused('mark', { document, section: 'OSL 26:1' }, ['document']);
  for (const section of ['26:1', 'OSL', 'Anna Ek 850101-1234', '', 7])
    await refused('mark', { section }, ['section']);
  await refused('mark', {}, ['section']);
  await act(co, c.number, 'mark', { section: 'OSL 26:1' });
  await refused('unmark', { document: 'text' }, ['document']);
  assert.deepEqual(live(await look(c.number)), [[null, 'OSL 26:1']]);
});

test('a closed case can be marked; to remove is not for the board’s secretary', async () => {
  const c = await submitTo(server, 'Stängt');
  await act(co, c.number, 'close');
  await act(secretary, c.number, 'mark', { section: 'OSL 26:1' });
  await act(secretary, c.number, 'unmark', {}, 403);
  await act(co, c.number, 'unmark', {});
});

test('the marking goes with the case to the next board, and is gone from the first', async () => {
  const c = await submitTo(server, 'Vidare');
  const there = await newColleague(server, 'mark-farsta', `coordinator@${farsta}`, 'Fia Lind');
  await act(co, c.number, 'mark', { document: 'text', section: 'OSL 26:5' });
  await act(co, c.number, 'transfer', { board: farsta, ground: 'no-secrecy' });
  assert.deepEqual(live(await look(c.number, there)), [['text', 'OSL 26:5']]);
  await act(there, c.number, 'unmark', { document: 'text' });
});

test('common sections are offered, as rows with validity', async () => {
  const sections = async () => (await co.get('/api/v1/desk/secrecy-sections')).json.items
    .map((s) => s.section);
  assert.deepEqual(await sections(), ['OSL 21:7', 'OSL 26:1', 'OSL 26:5', 'OSL 39:3']);
  await server.sql(`UPDATE synpunkt.secrecy_section SET valid_to = '2020-01-01'
    WHERE section = 'OSL 39:3'`);
  assert.ok(!(await sections()).includes('OSL 39:3'));
  assert.equal((await server.get('/api/v1/desk/secrecy-sections')).status, 401);
});

test('markings are behind the same wall as the case, and nobody writes them by hand', async () => {
  const c = await submitTo(server, 'Muren');
  await act(co, c.number, 'mark', { section: 'OSL 26:1' });
  await newColleague(server, 'mark-annan', `manager@${farsta}`);
  const [{ h }] = await server.sql(`SELECT encode(s.token_hash, 'hex') AS h
    FROM synpunkt.staff_session s JOIN synpunkt.staff_user u ON u.id = s.user_id
    WHERE u.username = 'mark-annan'`);
  assert.deepEqual(await server.sqlAs('synpunkt_desk', `SET synpunkt.session = '${h}';
    SELECT 1 FROM synpunkt.case_marking WHERE case_id = ${serial(c.number)}`), []);
  for (const role of ['synpunkt_resident', 'synpunkt_job', 'synpunkt_report'])
    await assert.rejects(server.sqlAs(role, 'SELECT 1 FROM synpunkt.case_marking'),
      /permission denied/);
  await assert.rejects(server.sqlAs('synpunkt_desk', `SET synpunkt.session = '${h}';
    UPDATE synpunkt.case_marking SET removed_at = now()`), /permission denied/);
});

test('two at once: one marks, the other is told', async () => {
  const c = await submitTo(server, 'Samtidigt');
  const { etag } = (await co.get(at(c.number))).headers;
  const both = await Promise.all(['OSL 26:1', 'OSL 26:5'].map((section) =>
    co.post(at(c.number, 'markings'), { json: { section }, etag })));
  assert.deepEqual(both.map((r) => r.status).sort(), [201, 409]);
  await eventually('one is live', async () => live(await look(c.number)).length === 1);
});
