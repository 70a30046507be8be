/* Colleagues mentioned in notes: who may be, and who is told until when. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { act, at, farsta, serial, submitTo, trafik } from './contract_desk_kit.mjs';
import { eventually, startServer } from './harness.mjs';
import { startSink } from './smtp_sink.mjs';
import { newColleague } from './staff.mjs';

let server, sink;
let anna, bo, carl; /* case-handlers and a coordinator */
let sara; /* board secretary: reads nothing sensitive */
let fia; /* of another board */
before(async () => {
  sink = await startSink();
  server = await startServer({ env: { SYNPUNKT_SMTP: sink.url } });
  anna = await newColleague(server, 'anna', `case-handler@${trafik}`, 'Anna Ek');
  bo = await newColleague(server, 'bo', `case-handler@${trafik}`, 'Bo Alm');
  carl = await newColleague(server, 'carl', `coordinator@${trafik},manager@${trafik}`, 'Carl Berg');
  sara = await newColleague(server, 'sara', `board-secretary@${trafik}`, 'Sara Ask');
  fia = await newColleague(server, 'fia', `coordinator@${farsta}`, 'Fia Lind');
});
after(async () => {
  await server.stop();
  await sink.close();
});

const submit = () => submitTo(server, 'Lampan är trasig');
const note = (who, c, mentions, status, text = 'Hej @Bo Alm') =>
  act(who, c.number, 'note', { text, ...(mentions && { mentions }) }, status);
const told = async (who, c) => (await who.get('/api/v1/desk/today')).json.mentions.items
  .filter(({ number }) => number === c.number);
const whom = async (who, c) => (await who.get(at(c.number, 'mentionable')));
const rows = (c) => server.sql(`SELECT u.username, m.seq FROM synpunkt.case_mention m
  JOIN synpunkt.staff_user u ON u.id = m.user_id WHERE m.case_id = ${serial(c.number)} ORDER BY 2, 1`);

test('who is mentioned is told until they open the case; nobody else is', async () => {
  const c = await submit();
  assert.deepEqual((await whom(anna, c)).json.items.map(({ user }) => user)
    .filter((user) => ['anna', 'bo', 'carl', 'sara', 'fia'].includes(user)), ['bo', 'carl', 'sara']);
  const done = await note(anna, c, ['bo', 'sara', 'bo']);
  const { document } = done.json.notes.at(-1);
  assert.deepEqual(done.json.mentions, [{ document, user: 'bo', name: 'Bo Alm' },
    { document, user: 'sara', name: 'Sara Ask' }]);
  assert.deepEqual((await told(bo, c)).map(({ number, byName }) => [number, byName]), [[c.number, 'Anna Ek']]);
  assert.deepEqual([(await told(carl, c)).length, (await told(anna, c)).length], [0, 0]);
  assert.equal((await bo.get(at(c.number))).status, 200);
  assert.deepEqual([(await told(bo, c)).length, (await told(sara, c)).length], [0, 1]);
  await note(anna, c, ['bo']);
  assert.equal((await told(bo, c)).length, 1, 'once more');
});

test('a name in the text alone is no mention, and a refused one writes nothing', async () => {
  const c = await submit();
  await note(anna, c);
  assert.equal((await told(bo, c)).length, 0);
  for (const [mentions, name] of [[['fia'], 'another board'], [['anna'], 'oneself'], [['ingen'], 'nobody'],
    [['bo', 'fia'], 'one of two'], [Array.from({ length: 11 }, () => 'bo'), 'eleven'], ['bo', 'no list']]) {
    const res = await note(anna, c, mentions, 422);
    assert.match(res.json.invalidParams[0].name, /^mentions/, name);
  }
  await server.sql(`UPDATE synpunkt.staff_user SET disabled_at = now() WHERE username = 'bo'`);
  await note(anna, c, ['bo'], 422);
  await server.sql(`UPDATE synpunkt.staff_user SET disabled_at = NULL WHERE username = 'bo'`);
  assert.deepEqual(await rows(c), []);
  assert.equal((await anna.get(at(c.number))).json.notes.length, 1);
});

test('the walls of secrecy hold: for whom one mentions, and for who asks', async () => {
  const c = await submit();
  await note(anna, c, ['sara', 'bo']);
  await act(carl, c.number, 'change', { sensitivity: 3 });
  assert.equal((await told(sara, c)).length, 0, 'not theirs to read any more');
  assert.equal((await told(bo, c)).length, 1);
  await note(anna, c, ['sara'], 422);
  assert.ok(!(await whom(anna, c)).json.items.some(({ user }) => user === 'sara'));
  assert.equal((await whom(sara, c)).status, 404, 'who sees but does not read it learns of nobody');
  assert.equal((await whom(fia, c)).status, 404);
  /* To another board the notes do not go along, nor do the mentions. */
  await act(carl, c.number, 'transfer', { board: farsta, ground: 'consent', send: ['text'] });
  assert.deepEqual((await fia.get(at(c.number))).json.mentions, []);
  assert.equal((await told(bo, c)).length, 0);
});

test('a note that comes too late mentions nobody', async () => {
  const c = await submit();
  const { etag } = (await anna.get(at(c.number))).headers;
  await note(carl, c);
  const late = await anna.post(at(c.number, 'notes'), { etag, json: { text: 'sen', mentions: ['bo'] } });
  assert.equal(late.status, 409);
  assert.deepEqual(await rows(c), []);
});

test('the daily letter tells of it without who wrote or what', async () => {
  const c = await submit();
  await note(anna, c, ['bo'], 201, 'Zebrafink');
  await server.sql(`UPDATE synpunkt.staff_user SET email = 'bo@stad.example' WHERE username = 'bo'`);
  await server.sql(`DELETE FROM synpunkt.case_mention WHERE case_id <> ${serial(c.number)}`);
  const early = `(SELECT max(d.day) FROM synpunkt.calendar_day d WHERE d.working AND d.day <= synpunkt.today())::timestamp
    AT TIME ZONE 'Europe/Stockholm' + interval '1 hour'`;
  await server.sql(`DELETE FROM synpunkt.digest; SELECT synpunkt_desk.digest(${early}, '00:30', 3);
    UPDATE synpunkt.outbox SET due_at = now(), give_up_at = now() + interval '1 hour' WHERE kind = 'digest'`);
  const [{ body }] = await server.sql(`SELECT d.body FROM synpunkt.digest d JOIN synpunkt.staff_user u
    ON u.id = d.user_id WHERE u.username = 'bo'`);
  const { mentioned } = (typeof body === 'string' ? JSON.parse(body) : body).mine;
  assert.ok(mentioned.items.some(({ number }) => number === c.number));
  assert.doesNotMatch(JSON.stringify(mentioned), /Zebrafink|Anna/);
  const letter = await eventually('the letter', () => sink.letters.find(({ to }) => to === 'bo@stad.example'));
  assert.match(letter.text.replace(/=\r\n/g, ''), new RegExp(`n=C3=A4mnd i en anteckning: 1[^]*${c.number}`));
  assert.doesNotMatch(letter.text, /Zebrafink|Anna/);
});
