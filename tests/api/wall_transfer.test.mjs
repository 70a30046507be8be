/* A transfer is a disclosure: what is sent, what stays, and whether one may. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { after, before, test } from 'node:test';

import { at, farsta, serial } from './contract_desk_kit.mjs';
import { eventually, multipart, startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

const board = 'utbildningsnamnden';
const secret = 'Hallonbåten sjönk';
let server;
let here; /* coordinator of the board */
let there; /* of farsta */
let other; /* of a board that never has it */

before(async () => {
  server = await startServer();
  here = await newColleague(server, 'har', `coordinator@${board}`);
  there = await newColleague(server, 'dar', `coordinator@${farsta}`);
  other = await newColleague(server, 'annan', 'coordinator@trafiknamnden');
});
after(() => server.stop());

const hashOf = (client) => crypto.createHash('sha256')
  .update(Buffer.from(client.cookie.split('=')[1], 'hex')).digest('hex');
const desk = (client, query) => server.sqlAs('synpunkt_desk',
  `SET synpunkt.session = '${hashOf(client)}'; ${query}`);
const look = async (client, number) => {
  const res = await client.get(at(number));
  assert.equal(res.status, 200, res.text);
  return res.json;
};
async function act(client, number, what, json, status = 201) {
  const { etag } = (await client.get(at(number))).headers;
  const res = await client.post(at(number, what), { json, etag });
  assert.equal(res.status, status, res.text);
  return res;
}
async function submit(sensitivity, more = {}) {
  const res = await server.post('/api/v1/cases', { json: { text: secret,
    category: 'fritids-mat-skjuts', contact: { name: 'Ada Hallon', email: 'ada@example.org' },
    place: { address: 'Hallonvägen 3' }, ...more } });
  assert.equal(res.json.board.code, board, res.text);
  if (sensitivity)
    await here.patch(at(res.json.number), { json: { sensitivity }, etag: '*' });
  return res.json;
}
const transfer = (client, number, json, status) => act(client, number, 'transfers',
  { board: farsta, ground: 'no-secrecy', ...json }, status);
const lastSent = (it) => it.events.filter((e) => e.what === 'transferred').at(-1).codes.sent;

test('of an open case everything but notes goes along', async () => {
  const { number } = await submit();
  await act(here, number, 'notes', { text: 'Bara vår anteckning' });
  await act(here, number, 'questions', { text: 'När var det?' });
  await transfer(here, number, { text: 'Till er' });
  const it = await look(there, number);
  assert.deepEqual([it.part, it.text, it.place.address, it.contact.name], ['present', secret,
    'Hallonvägen 3', 'Ada Hallon']);
  assert.deepEqual(it.notes.map((n) => n.text), ['Till er']);
  assert.deepEqual(it.messages.map((m) => m.text), ['När var det?']);
  assert.deepEqual(lastSent(it), ['text', 'contact', 'place', 'attachments', 'messages']);
  assert.deepEqual(it.withheld, ['notes']);
  assert.deepEqual(it.legs.map((l) => [l.board, l.workingDays, l.sent?.length]),
    [[board, 0, undefined], [farsta, 0, 5]]);
});

for (const s of [3, 4])
  test(`of an S${s} case said not to be secret only the place goes along`, async () => {
    const { number } = await submit(s);
    await transfer(here, number);
    const it = await look(there, number);
    assert.deepEqual([it.restricted, it.text, it.contact, it.messages, it.notes, it.snippet],
      [false, null, null, [], [], '']);
    assert.equal(it.place.address, 'Hallonvägen 3');
    assert.deepEqual(lastSent(it), ['place']);
    assert.deepEqual((await desk(there, `SELECT kind FROM synpunkt.case_content
      WHERE case_id = ${serial(number)}`)).map((r) => r.kind), ['place']);
    assert.equal((await there.get('/api/v1/desk/cases?limit=200')).json.items
      .find((i) => i.number === number).snippet, '');
    const found = async (client) => (await client.get(`/api/v1/desk/cases?q=${
      encodeURIComponent('hallonbåten')}`)).json.items.some((i) => i.number === number);
    await eventually('indexed', async () => (await server.sql(`SELECT 1 FROM
      synpunkt.case_search WHERE case_id = ${serial(number)}`)).length);
    assert.equal(await found(there), false);
  });

test('on another ground everything but notes of a sensitive case goes along', async () => {
  const { number } = await submit(3);
  await transfer(here, number, { ground: 'osl-10-28' });
  assert.equal((await look(there, number)).text, secret);
});

test('the sender chooses; what was not sent stays, and is there again when it returns', async () => {
  const { number } = await submit(3);
  await act(here, number, 'notes', { text: 'Vår anteckning' });
  await transfer(here, number, { send: ['contact'] });
  const theirs = await look(there, number);
  assert.deepEqual([theirs.text, theirs.place, theirs.contact.name, theirs.notes],
    [null, null, 'Ada Hallon', []]);
  assert.deepEqual(theirs.withheld, ['attachments', 'messages', 'notes', 'place', 'text']);
  const mine = await look(here, number);
  assert.deepEqual([mine.part, mine.text, mine.notes.map((n) => n.text)],
    ['earlier', secret, ['Vår anteckning']]);
  await act(there, number, 'notes', { text: 'Deras anteckning' });
  await transfer(there, number, { board, send: ['notes'] });
  const back = await look(here, number);
  assert.deepEqual([back.part, back.text, back.notes.map((n) => n.text), back.withheld],
    ['present', secret, ['Vår anteckning', 'Deras anteckning'], ['messages']]);
  await transfer(here, number, { send: ['madeUp'] }, 422);
});

test('who was not sent something cannot send it on', async () => {
  const { number } = await submit(3);
  await transfer(here, number, { send: [] });
  await transfer(there, number, { board: 'trafiknamnden', ground: 'consent' });
  const it = await look(other, number);
  assert.deepEqual([it.text, it.contact, it.place], [null, null, null]);
});

test('an attachment that was not sent is not to be had', async () => {
  const { body, type } = multipart([{ name: 'case', json: { text: secret,
    category: 'fritids-mat-skjuts' } }, { name: 'attachment', filename: 'a.txt',
    type: 'text/plain', body: 'Ett brev' }]);
  const res = await server.post('/api/v1/cases', { body, headers: { 'content-type': type } });
  assert.equal(res.status, 201, res.text);
  const { number } = res.json;
  const file = (client) => client.get(`${at(number)}/attachments/1`);
  assert.equal((await file(here)).status, 200);
  await transfer(here, number, { send: ['text'] });
  assert.equal((await file(there)).status, 404);
  assert.equal((await file(here)).text, 'Ett brev');
  assert.equal((await file(other)).status, 404);
  assert.deepEqual((await look(there, number)).attachments, []);
});

test('the board keeps its own part, as it was then, read only; others get 404', async () => {
  const { number } = await submit();
  const missing = await other.get(at(number));
  await transfer(here, number, { text: 'Till er' });
  await act(there, number, 'notes', { text: 'Efteråt' });
  await there.patch(at(number), { json: { category: 'gatubelysning' }, etag: '*' });
  const it = await look(here, number);
  assert.deepEqual([it.part, it.board, it.category, it.status, it.actions, it.text],
    ['earlier', board, 'fritids-mat-skjuts', 'received', [], secret]);
  assert.equal(it.events.at(-1).what, 'transferred');
  assert.deepEqual(it.legs.map((l) => [l.board, l.state]), [[board, 'passed-on'], [farsta, 'offered']]);
  assert.ok(it.legs[0].registrationNumber !== undefined);
  assert.deepEqual(it.notes.map((n) => n.text), ['Till er']);
  const left = (await here.get('/api/v1/desk/cases?part=earlier')).json.items
    .find((i) => i.number === number);
  assert.equal(left.leftFor, farsta);
  assert.ok(!(await here.get('/api/v1/desk/cases?status=any&limit=200')).json.items
    .some((i) => i.number === number));
  assert.deepEqual(await desk(here, `SELECT 1 FROM synpunkt.case WHERE id = ${serial(number)}`), []);
  const still = await other.get(at(number));
  assert.deepEqual([still.status, still.json.detail], [404, missing.json.detail]);
  assert.ok(!(await other.get('/api/v1/desk/cases?part=earlier')).json.items
    .some((i) => i.number === number));
  assert.equal((await here.get('/api/v1/desk/cases?part=later')).status, 422);
});

test('pages of what was passed on follow each other', async () => {
  const seen = [];
  for (let next = ''; next !== null;) {
    const res = await here.get(`/api/v1/desk/cases?part=earlier&limit=2${next
      && `&after=${encodeURIComponent(next)}`}`);
    assert.equal(res.status, 200, res.text);
    seen.push(...res.json.items.map((i) => i.number));
    next = res.json.next;
  }
  const all = (await here.get('/api/v1/desk/cases?part=earlier&limit=200')).json.items;
  assert.deepEqual(seen, all.map((i) => i.number));
  assert.ok(seen.length > 5);
});

test('who reads less sees less of the earlier part, too', async () => {
  const clerk = await newColleague(server, 'sekr', `board-secretary@${board}`);
  const { number } = await submit(3);
  await transfer(here, number);
  const it = await look(clerk, number);
  assert.deepEqual([it.part, it.restricted, it.text, it.contact], ['earlier', true, null, null]);
});

test('two transfers at once: one wins, the other is told where it stands', async () => {
  const mate = await newColleague(server, 'kollega', `coordinator@${board}`);
  const { number } = await submit();
  const { etag } = (await here.get(at(number))).headers;
  const both = await Promise.all([[here, farsta], [mate, 'trafiknamnden']].map(([client, to]) =>
    client.post(at(number, 'transfers'), { json: { board: to, ground: 'no-secrecy' }, etag })));
  assert.deepEqual(both.map((r) => r.status).sort(), [201, 409]);
  assert.equal(both.find((r) => r.status === 409).json.current.part, 'earlier');
  assert.equal((await server.sql(`SELECT 1 FROM synpunkt.case_leg
    WHERE case_id = ${serial(number)}`)).length, 2);
});

for (const [word, what] of [['ja', 'consent-given'], ['nej', 'consent-refused']])
  test(`the complainant is asked, and says ${word}: an event, and the case goes on`, async () => {
    const c = await submit(3);
    const asked = await act(here, c.number, 'consent-requests', { board: farsta, text: 'De kan mer' });
    assert.equal(asked.json.status, 'waiting-complainant');
    const page = `/folj/${c.number}/${c.followUpCode}`;
    assert.match((await server.get(page)).text, /Får vi lämna ditt ärende till Farsta/);
    const send = (svar) => server.post(`${page}/samtycke`, { body: `svar=${svar}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    assert.equal((await send('kanske')).status, 303);
    const res = await send(word);
    assert.deepEqual([res.status, res.headers.location], [303, `${page}?tack=samtycke`]);
    assert.ok(!(await server.get(page)).text.includes('Får vi lämna'));
    assert.equal((await send(word)).headers.location, `${page}?tack=samtycke`);
    assert.equal((await send(word === 'ja' ? 'nej' : 'ja')).headers.location, `${page}?tack=for-sent`);
    const it = await look(here, c.number);
    const event = it.events.find((e) => e.what === what);
    assert.deepEqual([it.status, event.codes, event.actor], ['received',
      { consentBoard: farsta }, 'resident']);
    const [mail] = await server.sql(`SELECT kind FROM synpunkt.outbox
      WHERE case_id = ${serial(c.number)} AND kind = 'consent'`);
    assert.ok(mail);
    assert.equal((await server.post(`/folj/${c.number}/fel-kod/samtycke`, { body: 'svar=ja',
      headers: { 'content-type': 'application/x-www-form-urlencoded' } })).status, 404);
  });

test('the audit finds nothing to say of transfers and consents', async () => {
  const out = await server.ctl(['audit', 'verify']);
  assert.equal(out.code, 0, `${out.stdout}${out.stderr}`);
});

test('an answer that comes when the case is closed is told so in words', async () => {
  const c = await submit(3);
  await act(here, c.number, 'consent-requests', { board: farsta, text: 'De kan mer' });
  await act(here, c.number, 'closures', { reason: 'explained' });
  const page = `/folj/${c.number}/${c.followUpCode}`;
  const res = await server.post(`${page}/samtycke`, { body: 'svar=ja',
    headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  assert.deepEqual([res.status, res.headers.location], [303, `${page}?tack=for-sent`]);
  assert.match((await server.get(res.headers.location)).text,
    /Ärendet är avslutat\. Ditt svar kunde inte sparas\./);
});
