/* Looking at a case again on a day, and who hears of what is late. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

const trafik = 'trafiknamnden';
let server;
let anna; /* case-handler */
let carl; /* coordinator */
let mia; /* manager */
let other;
let admin;

before(async () => {
  server = await startServer();
  anna = await newColleague(server, 'anna', `case-handler@${trafik}`, 'Anna Ek');
  carl = await newColleague(server, 'carl', `coordinator@${trafik}`, 'Carl Alm');
  mia = await newColleague(server, 'mia', `manager@${trafik}`, 'Mia Berg');
  other = await newColleague(server, 'fia', 'coordinator@farsta-stadsdelsnamnd', 'Fia Lind');
  admin = await newColleague(server, 'adam', 'administrator@*', 'Adam Ask');
});
after(() => server.stop());

async function filed() {
  const res = await server.post('/api/v1/cases', { json: { text: 'Lampan är trasig', category: 'gatubelysning' } });
  assert.equal(res.status, 201, res.text);
  return res.json.number;
}
const at = (number) => `/api/v1/desk/cases/${number}/follow-ups`;
const dayFrom = (n) => new Date(Date.now() + n * 86_400_000).toLocaleDateString('sv-SE', { timeZone: 'Europe/Stockholm' });
const arrived = (number) => server.sql(`UPDATE synpunkt.case_follow_up SET on_day = synpunkt.today()
  WHERE case_id = ${number.split('-')[1]}`);
const todays = async (who) => (await who.get('/api/v1/desk/today')).json;
const follows = async (who, number) => (await todays(who)).followUps.items.filter((f) => f.number === number).length;

test('a case is to be looked at again from its day on, and no longer when it was', async () => {
  const number = await filed();
  const set = await anna.post(at(number), { json: { on: dayFrom(7), text: 'Har de bytt lampan?' } });
  assert.equal(set.status, 201, set.text);
  assert.equal(await follows(anna, number), 0);
  await arrived(number);
  assert.equal(await follows(anna, number), 1);

  const [{ id, text, byName }] = (await carl.get(at(number))).json.items;
  assert.deepEqual([text, byName], ['Har de bytt lampan?', 'Anna Ek']);
  assert.deepEqual((await carl.post(`${at(number)}/${id}/completions`)).json.items, []);
  assert.equal(await follows(anna, number), 0);
  assert.equal((await anna.post(`${at(number)}/${id}/completions`)).status, 404);
});

test('who handles the case is told what others set; who has nothing to do with it is not', async () => {
  const number = await filed();
  await carl.post(at(number), { json: { on: dayFrom(1) } });
  await arrived(number);
  const { version } = (await carl.get(`/api/v1/desk/cases/${number}`)).json;
  assert.equal((await carl.post(`/api/v1/desk/cases/${number}/assignments`, { json: { user: 'anna' }, etag: `"${version}"` })).status, 201);

  assert.deepEqual([await follows(anna, number), await follows(carl, number), await follows(mia, number)], [1, 1, 0]);
});

test('another board neither sees, sets nor ends it', async () => {
  const number = await filed();
  const { items: [{ id }] } = (await anna.post(at(number), { json: { on: dayFrom(1) } })).json;

  assert.equal((await other.get(at(number))).status, 404);
  assert.equal((await other.post(at(number), { json: { on: dayFrom(1) } })).status, 404);
  assert.equal((await other.post(`${at(number)}/${id}/completions`)).status, 404);
});

test('a case that is passed on does not take it along', async () => {
  const number = await filed();
  await anna.post(at(number), { json: { on: dayFrom(1), text: 'Zebrafink' } });
  await arrived(number);
  const { version } = (await carl.get(`/api/v1/desk/cases/${number}`)).json;
  const gone = await carl.post(`/api/v1/desk/cases/${number}/transfers`, { json: { board: 'farsta-stadsdelsnamnd',
    ground: 'no-secrecy' }, etag: `"${version}"` });
  assert.ok(gone.status < 300, gone.text);

  assert.deepEqual((await other.get(at(number))).json.items, []);
  assert.ok(!JSON.stringify(await todays(other)).includes('Zebrafink'));
});

test('who leads a board and a unit of it hears of a case once', async () => {
  const number = await filed();
  await server.sql(`UPDATE synpunkt.case SET unit = 'klippskolan', received_on = synpunkt.today() - 60,
    answer_by = synpunkt_desk.late_by(synpunkt.today(), 20) WHERE id = ${number.split('-')[1]}`);
  const both = await newColleague(server, 'berit', `manager@${trafik},coordinator@${trafik}/klippskolan`, 'Berit Ask');
  const rule = await admin.post('/api/v1/settings/escalations', { json: { reason: 'x', row: { coordinatorDays: 3, managerDays: 5 } } });
  assert.equal(rule.status, 201, rule.text);

  assert.equal((await todays(both)).escalated.items.filter((one) => one.number === number).length, 1);
});

test('a day that has passed, none, or one far away is told where it is wrong', async () => {
  const number = await filed();
  for (const on of [dayFrom(-1), dayFrom(0), dayFrom(800), '2026-02-30', undefined]) {
    const res = await anna.post(at(number), { json: { on } });
    assert.equal(res.status, 422, `${on} ${res.text}`);
    assert.equal(res.json.invalidParams[0].name, 'on');
  }
});

test('a case has no more than twenty to come', async () => {
  const number = await filed();
  for (let i = 0; i < 20; i++) assert.equal((await anna.post(at(number), { json: { on: dayFrom(3) } })).status, 201);
  assert.equal((await anna.post(at(number), { json: { on: dayFrom(3) } })).status, 409);
});

test('what is late enough is the coordinator\'s, and later the manager\'s, to know', async () => {
  const number = await filed();
  const rule = await admin.post('/api/v1/settings/escalations', { json: { reason: 'Nytt',
    row: { board: trafik, coordinatorDays: 2, managerDays: 6 } } });
  assert.equal(rule.status, 201, rule.text);
  const lateBy = (n) => server.sql(`UPDATE synpunkt.case SET received_on = synpunkt.today() - 60, answer_by = synpunkt_desk.late_by(synpunkt.today(), ${n})
    WHERE id = ${number.split('-')[1]}`);
  const hears = async (who) => (await todays(who)).escalated.items.some((one) => one.number === number);

  await lateBy(1);
  assert.deepEqual([await hears(carl), await hears(mia)], [false, false]);
  await lateBy(2);
  assert.deepEqual([await hears(carl), await hears(mia)], [true, false]);
  await lateBy(6);
  assert.deepEqual([await hears(carl), await hears(mia)], [true, true]);
  assert.deepEqual([await hears(anna), await hears(other)], [false, false]);
  assert.equal((await todays(mia)).escalated.items.find((one) => one.number === number).daysLate, 6);
});

test('the daily letter says it, a manager\'s too', async () => {
  const number = await filed();
  await server.sql(`UPDATE synpunkt.case SET received_on = synpunkt.today() - 60, answer_by = synpunkt_desk.late_by(synpunkt.today(), 9)
    WHERE id = ${number.split('-')[1]}`);
  await anna.post(at(number), { json: { on: dayFrom(1) } });
  await arrived(number);
  const bodyOf = async (user) => (await server.sql(`SELECT synpunkt_desk.digest_body(u.id, synpunkt.today(), 2, 20) AS body
    FROM synpunkt.staff_user u WHERE u.username = '${user}'`))[0].body;

  assert.match(JSON.stringify(await bodyOf('mia')), /escalated.*/);
  assert.match(JSON.stringify(await bodyOf('anna')), /follow-up/);
  assert.doesNotMatch(JSON.stringify(await bodyOf('fia')) ?? '', new RegExp(number));
});
