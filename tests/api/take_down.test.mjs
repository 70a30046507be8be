/* What comes by telephone, letter, visit or social media, taken down by a colleague: the
 * one way in, with the day that it came apart from the day that it was written down. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { farsta, roleAt, roles, serial, trafik } from './contract_desk_kit.mjs';
import { ctl, eventually, multipart, startServer } from './harness.mjs';
import { readLetter, startSink } from './smtp_sink.mjs';
import { addUser, newColleague, signIn } from './staff.mjs';

const path = '/api/v1/desk/cases';
const lamp = { channel: 'phone', text: 'Lampan vid Hökarängens torg är släckt',
  category: 'gatubelysning' };
let server;
let sink;
let hanna; /* case-handler at Farsta: what is taken down here goes to another board */
let password;
let days; /* every day from 1950 to 2199, as `synpunktctl due` has them */

before(async () => {
  sink = await startSink();
  server = await startServer({ env: { SYNPUNKT_SMTP: sink.url,
    SYNPUNKT_MAIL_FROM: 'synpunkter@stad.example', SYNPUNKT_PUBLIC_URL: 'https://synpunkt.example' } });
  password = await addUser(server, 'hanna.ord', `case-handler@${farsta}`, 'Hanna Ord');
  hanna = await signIn(server, 'hanna.ord', password);
  days = JSON.parse((await ctl(['due', '--list', '1950', '2199', '--json'])).stdout);
});
after(async () => {
  await server?.stop();
  await sink?.close();
});

const take = (more = {}, client = hanna, headers = {}) =>
  client.post(path, { json: { ...lamp, ...more }, headers });
async function taken(more, client, headers) {
  const res = await take(more, client, headers);
  assert.equal(res.status, 201, res.text);
  return res.json;
}

const row = async (number) => (await server.sql(`SELECT c.*,
  l.opened_at, l.opened_on, l.opened_at = c.registered_at AS opened_then,
  (c.registered_at AT TIME ZONE 'Europe/Stockholm')::date AS registered_on,
  to_char(c.received_at AT TIME ZONE 'Europe/Stockholm', 'YYYY-MM-DD HH24:MI') AS received_local
  FROM synpunkt.case c JOIN synpunkt.case_leg l ON l.case_id = c.id AND l.seq = 1
  WHERE c.id = ${serial(number)}`))[0];
const receivable = async () => (await hanna.get('/api/v1/desk/received-days')).json;
const cases = async () => Number((await server.sql('SELECT count(*) AS n FROM synpunkt.case'))[0].n);

const indexOf = (day) => days.findIndex((d) => d.date === day);
const dayBefore = (day, n = 1) => days[indexOf(day) - n].date;
const workingBefore = (day) => days.slice(0, indexOf(day)).findLast((d) => d.workingDay).date;
/* The n-th working day after, by the list. */
const after_ = (day, n) => days.slice(indexOf(day) + 1).filter((d) => d.workingDay)[n - 1].date;

test('the colleague is told number, code, board and dates, and does not see the case', async () => {
  const c = await taken({ contact: { name: 'Rut Berg', phone: '08-123 45 67' } });
  assert.match(c.number, /^\d{4}-\d+$/);
  assert.match(c.followUpCode, /^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  assert.equal(c.followUpUrl, `https://synpunkt.example/folj/${c.number}/${c.followUpCode}`);
  assert.equal(c.board.code, trafik);
  assert.equal(c.channel, 'phone');
  assert.equal(c.receiptMailed, false);
  assert.equal(c.registeredAt, c.receivedAt);
  const { last } = await receivable();
  assert.equal(c.receivedOn, last);
  assert.doesNotMatch(JSON.stringify(c), /Rut|123 45|torg/);
  assert.equal((await hanna.get(`${path}/${c.number}`)).status, 404);
  const { items } = (await hanna.get(`${path}?status=any&sort=receivedAt&limit=200`)).json;
  assert.ok(items.every(({ board, number }) => board === farsta && number !== c.number));
});

test('the board reads the words, the channel, both days, and who took it down when', async () => {
  const { first } = await receivable();
  const c = await taken({ channel: 'letter', receivedOn: first, type: 'question', language: 'fi',
    onBehalfOf: 'relative', place: { address: 'Hökarängsplan 1', lat: 59.2578, lon: 18.0832 },
    contact: { name: 'Rut Berg', phone: '08-123 45 67' } });
  const thea = await newColleague(server, 'thea', `coordinator@${trafik}`);
  const { json: it } = await thea.get(`${path}/${c.number}`);

  assert.equal(it.text, lamp.text);
  assert.equal(it.channel, 'letter');
  assert.equal(it.type, 'question');
  assert.equal(it.language, 'fi');
  assert.equal(it.onBehalfOf, 'relative');
  assert.equal(it.contact.name, 'Rut Berg');
  assert.equal(it.place.address, 'Hökarängsplan 1');
  assert.equal(it.districtName, 'Farsta');
  assert.equal(it.receivedOn, first);
  assert.equal(it.registeredAt.slice(0, 19), c.registeredAt.slice(0, 19));
  assert.equal(it.receivedAt, c.receivedAt);
  const [told] = it.events;
  assert.deepEqual([told.what, told.actor, told.byName], ['received', 'staff', 'Hanna Ord']);
  assert.equal(told.at, it.registeredAt);
  assert.equal(told.codes.receivedOn, first);
  assert.equal(told.codes.channel, 'letter');
  const [{ actor, id }] = await server.sql(`SELECT e.actor, u.id FROM synpunkt.case_event e,
    synpunkt.staff_user u WHERE e.case_id = ${serial(c.number)} AND e.seq = 1 AND u.username = 'hanna.ord'`);
  assert.equal(actor, `user:${id}`);
  const audit = await server.ctl(['--json', 'audit', 'verify']);
  assert.equal(audit.code, 0, audit.stdout);
});

test('a letter came the working day before, anything else today, unless said', async () => {
  const { first, last, letter } = await receivable();
  assert.equal(letter, workingBefore(last));
  assert.equal(first, dayBefore(last, 180));
  for (const channel of ['phone', 'visit', 'social-media'])
    assert.equal((await taken({ channel })).receivedOn, last, channel);
  assert.equal((await taken({ channel: 'letter' })).receivedOn, letter);
  assert.equal((await taken({ channel: 'letter', receivedOn: last })).receivedOn, last);
  assert.equal((await taken({ channel: 'phone', receivedOn: letter })).receivedOn, letter);
});

test('promises run from the day it came, over every weekend and holiday', async () => {
  const { last } = await receivable();
  const [category] = (await server.get('/api/v1/categories?limit=200')).json.items
    .filter((c) => c.code === lamp.category);
  let overClosed = 0;

  for (let back = 0; back <= 180; back += back < 16 ? 1 : 9) {
    const receivedOn = dayBefore(last, back);
    const c = await taken({ channel: 'letter', receivedOn });
    assert.equal(c.acknowledgeBy, after_(receivedOn, category.acknowledgeDays), receivedOn);
    assert.equal(c.answerBy, after_(receivedOn, category.answerDays), receivedOn);
    const r = await row(c.number);
    assert.equal(r.received_on, receivedOn);
    assert.equal(r.opened_on, receivedOn);
    assert.equal(r.registered_on, last);
    assert.equal(r.opened_then, 't');
    assert.equal(r.year, last.slice(0, 4));
    if (back > 0) assert.equal(r.received_local, `${receivedOn} 12:00`);
    overClosed += Number(!days[indexOf(receivedOn)].workingDay);
  }
  assert.ok(overClosed >= 4); /* two weekends at least */
});

test('the register has the number of the day it was written down, and the day it came', async () => {
  const { first } = await receivable();
  const c = await taken({ channel: 'letter', receivedOn: first });
  const [leg] = await eventually('it is registered', async () => {
    const rows = await server.sql(`SELECT registration_number FROM synpunkt.case_leg
      WHERE case_id = ${serial(c.number)} AND registration_number IS NOT NULL`);
    return rows.length && rows;
  });
  assert.equal(leg.registration_number.split('/')[0], c.number.split('-')[0]);
  const rita = await newColleague(server, 'rita', `registrar@${trafik}`);
  const { json } = await rita.get(`/api/v1/register?board=${trafik}&q=${leg.registration_number}`);
  assert.equal(json.items[0].receivedOn, first, JSON.stringify(json).slice(0, 300));
});

test('the month that counts it is the month it came in', async () => {
  const { first } = await receivable();
  const mia = await newColleague(server, 'mia.manad', `manager@${trafik}`);
  const received = async () => (await mia.get(
    `/api/v1/statistics?board=${trafik}&month=${first.slice(0, 7)}`)).json.received;
  const counted = () => eventually('all is counted', async () => (await server.sql(`SELECT
    (SELECT count(*) FROM synpunkt.case) = (SELECT count(*) FROM synpunkt.statistic_case)
    AND NOT EXISTS (SELECT FROM synpunkt.statistic_dirty) AS done`))[0].done === 't', 60000);
  await counted();
  const before_ = await received();
  await taken({ channel: 'letter', receivedOn: first });
  await counted();
  assert.equal(await received(), before_ + 1);
});

test('a case that came long ago does not hide a newer one from the search', async () => {
  const { first } = await receivable();
  const thea = await newColleague(server, 'thea.sok', `coordinator@${trafik}`);
  await taken({ channel: 'letter', receivedOn: first, text: 'Kvasten Alfabetagamma' });
  const find = async () => (await thea.get(`${path}?q=Alfabetagamma`)).json.items.length === 1;
  await eventually('it is found', find);
  const [{ mark, n }] = await server.sql(`SELECT m.case_id AS mark, (SELECT min(c.id)
    FROM synpunkt.case c WHERE c.registered_at > now() - interval '5 minutes') AS n FROM synpunkt.case_search_mark m`);
  assert.ok(Number(mark) < Number(n), 'the mark waits for what was stored just now');
});

test('who may: case handlers, coordinators and registrars of any board', async () => {
  const { first } = await receivable();
  assert.ok(first);
  for (const role of roles) {
    const may = ['registrar', 'coordinator', 'case-handler'].includes(role);
    const client = await newColleague(server, `roll.${role}`, roleAt(role, farsta));
    const n = await cases();
    const res = await take({}, client);
    assert.equal(res.status, may ? 201 : 403, `${role} ${res.text}`);
    assert.equal((await client.get('/api/v1/desk/received-days')).status, may ? 200 : 403, role);
    assert.equal(await cases(), n + Number(may), role);
    /* The database says the same, whoever asks it. */
    const asked = server.sql(`SELECT synpunkt.taker_of(encode(s.token_hash, 'hex')) FROM
      synpunkt.staff_session s JOIN synpunkt.staff_user u ON u.id = s.user_id
      WHERE u.username = 'roll.${role}'`);
    if (may) await asked;
    else await assert.rejects(asked, /none of the session/);
  }
  assert.equal((await server.post(path, { json: lamp })).status, 401);
  assert.equal((await server.post(path, { json: lamp, headers: { cookie: hanna.cookie } })).status, 403);
  await assert.rejects(server.sql(`SELECT synpunkt.taker_of('${'00'.repeat(32)}')`), /none of the session/);
});

test('a role taken away meanwhile: 403, and nothing is stored', async () => {
  const eva = await newColleague(server, 'eva.utan', `case-handler@${farsta}`);
  await server.sql(`DELETE FROM synpunkt.staff_role
    WHERE user_id = (SELECT id FROM synpunkt.staff_user WHERE username = 'eva.utan')`);
  const n = await cases();
  const res = await take({}, eva);
  assert.equal(res.status, 403);
  assert.match(res.headers['content-type'], /^application\/problem\+json/);
  assert.equal(await cases(), n);
});

test('every fault at once, and nothing stored', async () => {
  const { first, last } = await receivable();
  const n = await cases();
  const names = async (more) => {
    const res = await take(more);
    assert.equal(res.status, 422, res.text);
    return res.json.invalidParams.map(({ name }) => name).sort();
  };
  assert.deepEqual(await names({ channel: 'web', text: ' ', category: 'nej', type: 'x',
    receivedOn: '2026-02-30', place: { lat: 91 }, contact: { email: 'inte en', phone: '1' },
    onBehalfOf: 'granne', language: '?' }),
  ['category', 'channel', 'contact.email', 'contact.phone', 'language', 'onBehalfOf', 'place.lat',
    'place.lon', 'receivedOn', 'text', 'type']);
  for (const channel of [undefined, null, 'mail', 'api', 'app', 'open311', 7])
    assert.deepEqual(await names({ channel }), ['channel'], channel);
  const tomorrow = days[indexOf(last) + 1].date;
  for (const receivedOn of [tomorrow, dayBefore(first), '2026-13-01', '27 november', '', 20261127])
    assert.deepEqual(await names({ receivedOn }), ['receivedOn'], receivedOn);
  for (const receivedOn of [first, last]) assert.equal((await taken({ receivedOn })).receivedOn, receivedOn);
  const res = await take({}, hanna, { 'idempotency-key': 'å'.repeat(3) });
  assert.deepEqual(res.json.invalidParams.map(({ name }) => name), ['Idempotency-Key']);
  assert.equal((await hanna.post(path, { body: '{"text":', headers: { 'content-type': 'application/json' } })).status, 400);
  assert.equal((await hanna.post(path, { body: 'x', headers: { 'content-type': 'text/plain' } })).status, 415);
  assert.equal(await cases(), n + 2);
});

test('the same key is the same case, for the same colleague and the same words', async () => {
  const key = { 'idempotency-key': 'samtal-1' };
  const first = await taken({ channel: 'letter' }, hanna, key);
  assert.deepEqual(await taken({ channel: 'letter' }, hanna, key), first);
  /* Signed in anew it is still the same colleague. */
  assert.deepEqual(await taken({ channel: 'letter' }, await signIn(server, 'hanna.ord', password), key), first);
  const other = await newColleague(server, 'olle.annan', `case-handler@${farsta}`);
  for (const [more, client] of [[{ channel: 'letter', text: 'Annat' }, hanna], [{ channel: 'visit' }, hanna],
    [{ channel: 'letter', receivedOn: first.receivedOn }, hanna], [{ channel: 'letter' }, other]])
    assert.equal((await take(more, client, key)).status, 409, JSON.stringify(more));
  const resident = await server.post('/api/v1/cases', { json: { ...lamp, channel: undefined }, headers: key });
  assert.equal(resident.status, 409, 'nor does it open for a stranger');
});

test('the code read out on the telephone follows the case, which can be added to', async () => {
  const { first } = await receivable();
  const c = await taken({ channel: 'letter', receivedOn: first });
  const headers = { authorization: `Bearer ${c.followUpCode}` };
  const { json } = await server.get(`/api/v1/cases/${c.number}`, { headers });
  assert.equal(json.receivedAt, c.receivedAt);
  assert.deepEqual(json.events.map(({ what }) => what), ['received']);
  assert.doesNotMatch(JSON.stringify(json), /Hanna/);
  const page = await server.get(`/folj/${c.number}/${c.followUpCode}`);
  assert.equal(page.status, 200);
  assert.ok(page.text.includes(lamp.text), 'their own words');
  assert.doesNotMatch(page.text, /12\.00|Hanna/); /* nobody knows the hour */
  assert.ok(page.text.includes(`datetime="${first}"`), page.text);
  const more = await server.post(`/api/v1/cases/${c.number}/messages`, { json: { text: 'Mer' }, headers });
  assert.equal(more.status, 201, more.text);
});

test('a receipt goes to the address there is, and to nobody without one', async () => {
  const { letter } = await receivable();
  const email = 'rut.berg@example.se';
  const c = await taken({ channel: 'letter', contact: { name: 'Rut Berg', email } });
  assert.equal(c.receiptMailed, true);
  const [sent] = await eventually('the receipt has come', () => {
    const letters = sink.letters.filter((l) => l.to === email);
    return letters.length && letters;
  });
  const { headers, body } = readLetter(sent.text);
  assert.ok(headers.subject.includes(c.number));
  assert.ok(body.includes(`https://synpunkt.example/folj/${c.number}/${c.followUpCode}`), body);
  assert.ok(body.includes(String(Number(letter.slice(8)))), 'the day it came');
  for (const more of [{}, { contact: { phone: '08-123 45 67' } }, { contact: { email: 'tyst@example.se' }, wantsReply: false }]) {
    const silent = await taken(more);
    assert.equal(silent.receiptMailed, false);
    assert.deepEqual(await server.sql(`SELECT id FROM synpunkt.outbox WHERE case_id = ${serial(silent.number)}`), []);
  }
});

test('a scanned letter comes along', async () => {
  const body = multipart([{ name: 'case', json: { ...lamp, channel: 'letter' } },
    { name: 'attachment', filename: 'brev.txt', type: 'text/plain', body: 'Hej staden' }]);
  const res = await hanna.post(path, { multipart: body });
  assert.equal(res.status, 201, res.text);
  assert.deepEqual(res.json.attachments.map(({ name, state }) => [name, state]), [['brev.txt', 'stored']]);
  const without = await server.post(path, { multipart: body, headers: { cookie: hanna.cookie } });
  assert.equal(without.status, 403);
});

test('where the rules send a letter by channel or words is the rules’ to say', async () => {
  const c = await taken({ category: null, text: 'Min farmor fick ingen mat av hemtjänsten' });
  assert.ok(c.routing.because.length > 0);
  const open = await server.post('/api/v1/cases', { json: { text: 'Min farmor fick ingen mat av hemtjänsten' } });
  assert.equal(c.board.code, open.json.board.code);
});

test('the database has the last word on who takes down, and others are not held up', async () => {
  const rules = (await server.sql(`SELECT pg_get_functiondef('synpunkt.taker_of'::regproc) AS f`))[0].f;
  await server.sql(rules.replace('NOT EXISTS', 'true OR NOT EXISTS'));
  const n = await cases();
  const [refused, open] = await Promise.all([take(),
    server.post('/api/v1/cases', { json: { text: 'Lampan är släckt' } })]);
  assert.equal(refused.status, 403, refused.text);
  assert.equal(open.status, 201, open.text);
  assert.equal(await cases(), n + 1);
  await server.sql(rules);
  await taken();
});
