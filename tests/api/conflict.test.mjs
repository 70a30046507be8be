/* Conflict of interest: a case that names a colleague, or concerns them, does not become
 * theirs without the word of another, who is a manager. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { assertProblem } from './contract_kit.mjs';
import { act, at, events, farsta, serial, submitTo, trafik } from './contract_desk_kit.mjs';
import { literal, startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

let server;
let carl; /* coordinator */
let anna; /* case-handler */
let clara; /* manager */
let mats; /* another */
before(async () => {
  server = await startServer();
  carl = await newColleague(server, 'carl', `coordinator@${trafik}`, 'Carl Alm');
  anna = await newColleague(server, 'anna', `case-handler@${trafik}`, 'Anna-Karin Åkesson');
  clara = await newColleague(server, 'clara', `manager@${trafik}`, 'Clara Dahl');
  mats = await newColleague(server, 'mats', `manager@${trafik}`, 'Mats Rask');
  await newColleague(server, 'fia', `manager@${farsta}`, 'Fia Lind');
  await server.ctl(['user', 'email', 'anna', '--email', 'anna.k@stad.example.se']);
});
after(() => server.stop());

const text = 'Anna-Karin Åkesson skrek åt mig i telefon.';
const submit = (words = text, more = {}) => submitTo(server, words, more);
const look = async (c, client = carl) => (await client.get(at(c.number))).json;

/* The refusal says so, and not a word of what was written. */
async function refused(client, c, user, more = {}) {
  const res = await act(client, c.number, 'assign', { user, ...more }, 409);
  assertProblem(res, 409);
  assert.equal(res.json.conflictOfInterest, true);
  assert.equal(res.json.current.number, c.number);
  for (const word of ['Anna', 'Åkesson', 'skrek']) assert.ok(!res.json.detail.includes(word));
  assert.equal((await look(c)).version, res.json.current.version);
  return res;
}

test('whom a text names: first name and surname as words, the Swedish way; or the address', async () => {
  const table = [
    ['Anna Ek var otrevlig', 'Anna Ek', null, true],
    ['ANNA EKS beslut', 'Anna Ek', null, true],
    ['ek, anna', 'Anna Ek', null, true],
    ['Anna sa nej.\nDå ringde jag Ek.', 'Anna Ek', null, true],
    ['Eken och Anna', 'Anna Ek', null, false],
    ['Anna', 'Anna Ek', null, false],
    ['Ek', 'Anna Ek', null, false],
    ['hej Ake Oberg', 'Åke Öberg', null, false],
    ['hej ÅKE ÖBERG', 'åke öberg', null, true],
    ['hej A\u030ake O\u0308BERG', 'Åke Öberg', null, true],
    ['RENÉE MULLER', 'Renee Müller', null, true],
    ['Soren Øster', 'Sören Öster', null, false],
    ['Sören Øster', 'Sören Öster', null, true],
    ['Karin Berg-Lund', 'Anna-Karin Lund', null, false],
    ['Anna Karin Lund', 'Anna-Karin Lund', null, true],
    ['Annas chef heter Ek', 'Anna Maria Ek', null, true],
    ['Sean O’Brien', 'Sean O\'Brien', null, true],
    ['Кузнецова АННА', 'Анна Кузнецова', null, true],
    ['mejla A.B+C@Stad.example.se.', 'X Y', 'a.b+c@stad.example.se', true],
    ['mejla xa.b+c@stad.example.se', 'X Y', 'a.b+c@stad.example.se', false],
    ['mejla aXb+c@stad.example.se', 'X Y', 'a.b+c@stad.example.se', false],
    ['mejla a.b+c@stad.example.sex', 'X Y', 'a.b+c@stad.example.se', false],
    ['Admin', 'Admin', null, false],
    ['.*', '. *', null, false],
    ['', 'Anna Ek', '', false],
  ];
  for (const [body, name, email, is] of table) {
    const [{ names }] = await server.sql(`SELECT synpunkt.names_person(${literal(body)},
      ${literal(name)}, ${email === null ? 'NULL' : literal(email)}) AS names`);
    assert.equal(names, is ? 't' : 'f', `${body} | ${name} | ${email}`);
  }
});

test('the longest text and the oddest names are looked through in bounded time', async () => {
  const start = Date.now();
  for (const [body, name] of [['anna ser en sten '.repeat(588), 'Anna Ek'],
    ['a'.repeat(10000), `${'a'.repeat(100)} ${'a'.repeat(100)}`],
    ['-'.repeat(10000), 'Anna Ek'], ['ek '.repeat(3333), `${'ek-'.repeat(60)} ek`]])
    await server.sql(`SELECT synpunkt.names_person(${literal(body)}, ${literal(name)},
      'anna.ek@stad.example.se')`);
  assert.ok(Date.now() - start < 5000, `${Date.now() - start} ms`);
});

test('a case that names a colleague is not theirs: not given, not taken', async () => {
  const c = await submit();
  await refused(carl, c, 'anna');
  await refused(anna, c, 'anna');
  assert.equal((await look(c)).handler, null);
  assert.equal((await events(server, c.number)).length, 1);
  assert.equal((await act(carl, c.number, 'assign', { user: 'carl' })).json.handler, 'carl');
  assert.equal((await act(carl, c.number, 'assign', { user: null })).json.handler, null);
});

test('a message, the contact’s name and the colleague’s address count; others’ words do not', async () => {
  const plain = await submit('Lampan är trasig');
  await act(carl, plain.number, 'note', { text: 'Anna-Karin Åkesson, ta den här' });
  await act(carl, plain.number, 'reply', { text: 'Hälsningar Anna-Karin Åkesson' });
  assert.equal((await act(carl, plain.number, 'assign', { user: 'anna' })).status, 201);
  await act(carl, plain.number, 'assign', { user: null });
  const sent = await server.post(`/api/v1/cases/${plain.number}/messages`,
    { json: { text: 'Det var åkesson, anna karin, som sa det' },
      headers: { authorization: `Bearer ${plain.followUpCode}` } });
  assert.equal(sent.status, 201, sent.text);
  await refused(carl, plain, 'anna');
  await refused(carl, await submit('Hej', { contact: { name: 'Anna-Karin Åkesson',
    email: 'x@example.org' } }), 'anna');
  await refused(carl, await submit('Jag skrev till Anna.K@stad.example.se'), 'anna');
});

test('a manager may give it anyway, with a reason that is kept; the event says so', async () => {
  const c = await submit();
  await refused(clara, c, 'anna');
  for (const more of [{}, { reason: null }, { reason: ' ' }])
    assertProblem(await act(clara, c.number, 'assign', { user: 'anna', overrule: true, ...more },
      422), 422, ['reason']);
  for (const client of [carl, anna])
    await act(client, c.number, 'assign', { user: 'anna', overrule: true, reason: 'vill' }, 403);
  const res = await act(clara, c.number, 'assign',
    { user: 'anna', overrule: true, reason: 'Bara hon kan teckenspråk.' });
  assert.deepEqual([res.json.handler, res.json.status], ['anna', 'assigned']);
  const last = res.json.events.at(-1);
  assert.deepEqual([last.what, last.byName, last.codes.overruled, last.codes.handler.to],
    ['assigned', 'Clara Dahl', true, 'Anna-Karin Åkesson']);
  assert.deepEqual(res.json.notes.map((n) => [n.kind, n.text]),
    [['assigned', 'Bara hon kan teckenspråk.']]);
  assert.deepEqual(await server.sql(`SELECT kind, body FROM synpunkt.case_content
    WHERE case_id = ${serial(c.number)} AND seq = ${last.seq}`),
    [{ kind: 'note', body: 'Bara hon kan teckenspråk.' }]);
});

test('not even a manager decides in their own matter', async () => {
  const c = await submit('Chefen Clara Dahl svarar aldrig.');
  await refused(clara, c, 'clara');
  await refused(clara, c, 'clara', { overrule: true, reason: 'jag är chef' });
  const res = await act(mats, c.number, 'assign',
    { user: 'clara', overrule: true, reason: 'Hon ska svara själv.' });
  assert.equal(res.json.handler, 'clara');
});

test('a colleague who is marked as concerned is refused the same; only a manager lifts it', async () => {
  const c = await submit('Grannen bråkar');
  let res = await act(anna, c.number, 'concern', { user: 'anna' });
  assert.deepEqual(res.json.concerns, [{ user: 'anna', name: 'Anna-Karin Åkesson' }]);
  assert.deepEqual([res.json.events.at(-1).what, res.json.events.at(-1).codes],
    ['concern-marked', { concerned: 'Anna-Karin Åkesson' }]);
  await refused(anna, c, 'anna');
  assert.equal((await act(carl, c.number, 'concern', { user: 'anna' })).json.version,
    res.json.version); /* already */
  await act(anna, c.number, 'concern', { user: 'anna', lift: true }, 403);
  await act(carl, c.number, 'concern', { user: 'anna', lift: true }, 403);
  for (const json of [{}, { user: null }, { user: 'ingen' }, { user: 1 }])
    assertProblem(await act(carl, c.number, 'concern', json, 422), 422, ['user']);
  await act(carl, c.number, 'concern', { user: 'clara' });
  await act(clara, c.number, 'concern', { user: 'clara', lift: true }, 403);
  res = await act(clara, c.number, 'concern', { user: 'anna', lift: true });
  assert.deepEqual(res.json.concerns.map((p) => p.user), ['clara']);
  assert.equal(res.json.events.at(-1).what, 'concern-lifted');
  assert.equal((await act(anna, c.number, 'assign', { user: 'anna' })).json.handler, 'anna');
});

test('the complainant sees nothing of who is concerned', async () => {
  const c = await submit('Grannen bråkar igen');
  await act(carl, c.number, 'concern', { user: 'anna' });
  const told = await server.get(`/api/v1/cases/${c.number}`,
    { headers: { authorization: `Bearer ${c.followUpCode}` } });
  assert.ok(!/concern|Anna/.test(told.text));
});

test('whoever decides it reads no note and no reply, and tells only yes or no', async () => {
  const [{ database }] = await server.sql('SELECT current_database() AS database');
  assert.ok(database);
  const rows = await server.sql(`SET ROLE synpunkt_care;
    SELECT DISTINCT kind FROM synpunkt.case_content ORDER BY kind`);
  assert.deepEqual(rows.map((r) => r.kind), ['contact', 'message', 'text']);
  await assert.rejects(server.sql(
    'SET ROLE synpunkt_care; SELECT password_hash FROM synpunkt.staff_user'), /permission denied/);
  await assert.rejects(server.sql(
    'SET ROLE synpunkt_desk; SELECT synpunkt_desk.conflict_of(1, 1)'), /permission denied/);
});

test('a mark of somebody who has left can be lifted, and none can be set', async () => {
  const c = await submit('Något annat');
  await newColleague(server, 'slutar', `case-handler@${trafik}`, 'Stig Slutar');
  await act(anna, c.number, 'concern', { user: 'slutar' });
  assert.equal((await server.ctl(['user', 'disable', 'slutar'])).code, 0);
  const lifted = await act(clara, c.number, 'concern', { user: 'slutar', lift: true });
  assert.deepEqual(lifted.json.concerns, []);
  await act(anna, c.number, 'concern', { user: 'slutar' }, 422);
});
