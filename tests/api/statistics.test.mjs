/* The month in figures: against an independent count of 2,000 lives, who may see which,
 * and how soon what is done shows. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { ctl, eventually, startServer, testRoot } from './harness.mjs';
import { boards, localDay, makeLives, nextMonth, storeLives } from './lives.mjs';
import { countMonth, nothing, readRows, workingDays } from './month_count.mjs';
import { newColleague } from './staff.mjs';

const trafik = 'trafiknamnden';
const farsta = 'farsta-stadsdelsnamnd';
let server;
let calendar;
let anna; /* case-handler at trafik */
let alva; /* analyst */

before(async () => {
  const days = JSON.parse((await ctl(['due', '--list', '2020', '2035', '--json'])).stdout);
  calendar = new Map(days.map((d) => [d.date, d.workingDay]));
  server = await startServer();
  await storeLives(server, makeLives(2000, 7, calendar));
  anna = await newColleague(server, 'anna', `case-handler@${trafik}`);
  alva = await newColleague(server, 'alva', 'analyst');
  await counted();
});
after(async () => {
  await server.stop();
  assert.doesNotMatch(server.log, /Sanitizer|runtime error|statistics_failed/);
});

const counted = () => eventually('all is counted', async () => (await server.sql(`SELECT
  (SELECT count(*) FROM synpunkt.case) = (SELECT count(*) FROM synpunkt.statistic_case)
  AND NOT EXISTS (SELECT FROM synpunkt.statistic_dirty) AS done`))[0].done === 't', 240000);

const thisMonth = () => localDay(Date.now()).slice(0, 7);
const months = () => Array.from({ length: 30 }, (_, i) => nextMonth(thisMonth(), i - 27));

const ask = async (client, query) => client.get(`/api/v1/statistics?${query}`);
async function figures(client, board, month) {
  const res = await ask(client, `${board ? `board=${board}&` : ''}month=${month}`);
  assert.equal(res.status, 200, res.text);
  return res.json;
}

async function monthsOf(board, byEvents = false, which = months()) {
  const rows = await server.sql(`SELECT synpunkt_statistics.month_of('${board}', m::date,
    ${byEvents}) AS month FROM unnest('{${which.map((m) => `${m}-01`)}}'::date[]) AS m`);
  return rows.map((r) => JSON.parse(r.month));
}

/* Without what says which month it is. */
function bare({ board: _b, month: _m, frozen: _f, notDue: _n, sameMonthLastYear: _s, ...rest }) {
  return rest;
}

async function compareAll() {
  const cases = await readRows(server);
  const counts = new Map(months().map((m) => [m, countMonth(cases, m, calendar)]));
  let n = 0;

  for (const board of [...boards, ''])
    for (const month of await monthsOf(board)) {
      const where = `${board} ${month.month}`;
      const expected = counts.get(month.month).get(board) ?? nothing;
      assert.deepEqual(bare(month), expected, where);
      assert.equal(month.frozen, false);
      const before = counts.get(nextMonth(month.month, -12));
      if (month.sameMonthLastYear && before)
        assert.deepEqual(bare(month.sameMonthLastYear), before.get(board) ?? nothing, where);
      n += month.received + month.closed;
    }
  return n;
}

test('2,000 lives: every figure of every board and month is the independent count’s', async () => {
  assert.ok(await compareAll() > 4000);
});

test('the lives hold what is hard', async () => {
  const [n] = await server.sql(`SELECT count(*) FILTER (WHERE what = 'reopened') AS reopened,
    count(*) FILTER (WHERE what = 'leg-returned') AS returned,
    count(*) FILTER (WHERE what = 'transferred') AS passed,
    count(*) FILTER (WHERE what = 'clock-resumed') AS resumed,
    count(*) FILTER (WHERE (at AT TIME ZONE 'Europe/Stockholm')::time = '23:59:59') AS last,
    count(*) FILTER (WHERE (at AT TIME ZONE 'Europe/Stockholm')::time = '00:00') AS first
    FROM synpunkt.case_event WHERE case_id > 500000`);
  for (const [what, count] of Object.entries(n)) assert.ok(Number(count) > 50, `${what} ${count}`);
});

test('straight from the events the figures are the same', async () => {
  for (const board of [trafik, farsta, '']) {
    const which = [0, -1, -6, -13, -26].map((n) => nextMonth(thisMonth(), n));
    assert.deepEqual(await monthsOf(board, true, which), await monthsOf(board, false, which));
  }
});

test('the API answers a month whole, and the year before or null', async () => {
  const month = nextMonth(thisMonth(), -1);
  const got = await figures(anna, trafik, month);
  assert.equal(got.board, trafik);
  assert.equal(got.month, month);
  assert.deepEqual(got, (await monthsOf(trafik, false, [month]))[0]);
  assert.equal(got.sameMonthLastYear.month, nextMonth(month, -12));
  assert.equal((await figures(alva, '', nextMonth(thisMonth(), -20))).sameMonthLastYear, null);
  assert.equal((await figures(alva, '', month)).board, null);
  assert.ok(got.byCategory.some((c) => c.category === null));
});

test('a role at the board or an analyst: nobody else', async () => {
  const month = thisMonth();
  assert.equal((await server.get(`/api/v1/statistics?board=${trafik}&month=${month}`)).status, 401);
  assert.equal((await ask(anna, `board=${trafik}&month=${month}`)).status, 200);
  assert.equal((await ask(anna, `board=${farsta}&month=${month}`)).status, 403);
  assert.equal((await ask(anna, `month=${month}`)).status, 403);
  assert.equal((await ask(alva, `board=${farsta}&month=${month}`)).status, 200);
  assert.equal((await ask(alva, `month=${month}`)).status, 200);
  const admin = await newColleague(server, 'admin', 'administrator');
  assert.equal((await ask(admin, `board=${trafik}&month=${month}`)).status, 403);
  const secretary = await newColleague(server, 'sekr', `board-secretary@${farsta}`);
  assert.equal((await ask(secretary, `board=${farsta}&month=${month}`)).status, 200);
});

test('wrong members are 422, all at once', async () => {
  for (const [query, names] of [['', ['month']], ['month=2026-13', ['month']],
    ['month=2026-1', ['month']], ['month=2026-01-01', ['month']], ['month=0000-01', ['month']],
    ['board=ingen-namnd&month=nu', ['board', 'month']], [`board=${trafik}&month=`, ['month']]]) {
    const res = await ask(alva, query);
    assert.equal(res.status, 422, query);
    assert.deepEqual(res.json.invalidParams.map((p) => p.name), names, query);
  }
});

test('the database itself keeps other boards’ figures away', async () => {
  const token = await server.sql(`SELECT encode(s.token_hash, 'hex') AS hash, u.username
    FROM synpunkt.staff_session s JOIN synpunkt.staff_user u ON u.id = s.user_id`);
  const hash = (name) => token.find((t) => t.username === name).hash;
  const seen = (name) => server.sqlAs('synpunkt_report', `SET synpunkt.session = '${name}';
    SELECT DISTINCT board FROM synpunkt.statistic_cell UNION
    SELECT board FROM synpunkt.statistic_due ORDER BY board`);
  assert.deepEqual(await seen(hash('anna')), [{ board: trafik }]);
  assert.deepEqual(await seen('ff'), []);
  assert.deepEqual(await seen(''), []);
  assert.ok((await seen(hash('alva'))).length > boards.length);
  for (const query of ['SELECT id FROM synpunkt.case', 'SELECT * FROM synpunkt.case_event',
    "SELECT * FROM synpunkt_statistics.straight('')",
    "SELECT synpunkt_statistics.month_of('', '2026-01-01', false)",
    'SELECT synpunkt_statistics.catch_up(1, 0)', 'DELETE FROM synpunkt.statistic_cell'])
    await assert.rejects(server.sqlAs('synpunkt_report', query), /permission denied/, query);
  await assert.rejects(server.sqlAs('synpunkt_job', 'SELECT * FROM synpunkt.statistic_cell'),
    /permission denied/);
});

/* Does it with the case's version as it is. */
async function act(client, number, what, json) {
  const at = `/api/v1/desk/cases/${number}`;
  const { headers } = await client.get(at);
  const res = await client.post(`${at}/${what}`, { json, etag: headers.etag });
  assert.equal(res.status, 201, res.text);
}

test('a case that is handled shows within a couple of seconds: one received, one in time', async () => {
  const month = thisMonth();
  const before = await figures(anna, trafik, month);
  const { json: made } = await server.post('/api/v1/cases', { json: { text: 'Lampan är trasig',
    category: 'gatubelysning', contact: { email: 'a@example.org' } } });
  const due = made.answerBy.slice(0, 7);
  const dueBefore = await figures(anna, trafik, due);

  await eventually('it is received', async () =>
    (await figures(anna, trafik, month)).received === before.received + 1, 3000);
  assert.equal((await figures(anna, trafik, due)).notDue, dueBefore.notDue + 1);
  await act(anna, made.number, 'replies', { text: 'Lagad.', close: 'remedied' });
  await eventually('it is answered in time', async () =>
    (await figures(anna, trafik, due)).answeredInTime.in === dueBefore.answeredInTime.in + 1, 3000);
  const now = await figures(anna, trafik, month);
  assert.equal(now.closed, before.closed + 1);
  assert.equal(now.open, before.open);
  assert.equal(now.handlingDays.n, before.handlingDays.n + 1);
});

test('what the desk does, moved and changed and reopened, is counted as the rows say', async () => {
  const carl = await newColleague(server, 'carl', `coordinator@${trafik},coordinator@${farsta}`);
  for (let i = 0; i < 6; i++) {
    const { json: made } = await server.post('/api/v1/cases', { json: { text: `Fall ${i}`,
      category: 'gatubelysning', contact: { email: 'a@example.org' }, wantsReply: i % 2 === 0 } });
    if (i > 0) await act(carl, made.number, 'acknowledgements', {});
    if (i > 1) await act(carl, made.number, 'transfers', { board: farsta, ground: 'no-secrecy' });
    if (i > 2) await act(carl, made.number, 'replies', { text: 'Svar', close: 'explained' });
    if (i > 3) await act(carl, made.number, 'reopenings', { text: 'Igen' });
    if (i > 4) await act(carl, made.number, 'closures', { reason: 'remedied' });
  }
  await counted();
  await compareAll();
});

test('days that the city closes afterwards change the handling times', async () => {
  const file = path.join(testRoot(), 'closed.tsv');
  const days = [...calendar].filter(([d, open]) => open && d < localDay(Date.now())).slice(-60)
    .map(([d]) => d).filter((_, i) => i % 7 === 0);
  fs.writeFileSync(file, ['day\topen\tname', ...days.map((d) => `${d}\tno\tstängt`), ''].join('\n'));
  assert.equal((await server.ctl(['import', 'exceptions', file])).code, 0);
  for (const d of days) calendar.set(d, false);
  await counted();
  await compareAll();
  const [first] = days;
  assert.equal(workingDays(calendar, first, first), 0);
});

test('counting anew from nothing gives the same', async () => {
  const which = [0, -1, -8].map((n) => nextMonth(thisMonth(), n));
  const before = await monthsOf('', false, which);
  await server.stop();
  await server.sql(`TRUNCATE synpunkt.statistic_cell, synpunkt.statistic_due,
    synpunkt.statistic_cube, synpunkt.statistic_days, synpunkt.statistic_stock,
    synpunkt.statistic_case`);
  await server.start();
  await counted();
  assert.deepEqual(await monthsOf('', false, which), before);
});

test('synpunktctl statistics says the same, in words and as JSON', async () => {
  const month = nextMonth(thisMonth(), -1);
  const json = await server.ctl(['--json', 'statistics', '--board', trafik, '--month', month]);
  assert.equal(json.code, 0, json.stderr);
  const expected = await figures(anna, trafik, month);
  assert.deepEqual(JSON.parse(json.stdout), expected);
  const text = await server.ctl(['statistics', '--board', trafik, '--month', month]);
  assert.match(text.stdout, new RegExp(`^received +${expected.received}$`, 'm'));
  assert.match(text.stdout, new RegExp(`^answeredInTime +${expected.answeredInTime.in} of ${expected.answeredInTime.of}$`, 'm'));
  assert.equal((await server.ctl(['statistics', '--month', month, '--check'])).code, 0);
  assert.equal((await server.ctl(['statistics', '--month', 'x'])).code, 2);
  assert.equal((await server.ctl(['statistics', '--month', month, '--board', 'x'])).code, 2);
  await server.sql(`UPDATE synpunkt.statistic_cell SET received = received + 1
    WHERE board = '' AND axis = 'all' AND month = '${month}-01'`);
  const wrong = await server.ctl(['statistics', '--month', month, '--check']);
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /differ/);
});

test('the definitions are in the API’s description, in Swedish', async () => {
  const { json } = await server.get('/api/v1/openapi.json');
  const { received } = json.components.schemas.Figures.properties;
  assert.match(received.description, /^För en nämnd: /);
  assert.doesNotMatch(JSON.stringify(json), /"text:/);
});

test('pages: a session, a role, a board and a month', async () => {
  const res = await server.get('/statistik/trafiknamnden/2026-10');
  assert.equal(res.status, 303);
  assert.equal(res.headers.location, '/desk/?next=/statistik/trafiknamnden/2026-10');
  assert.equal((await server.get('/statistik/')).headers.location, '/desk/?next=/statistik/');
  const month = thisMonth();
  assert.equal((await anna.get(`/statistik/${trafik}/${month}`)).status, 200);
  assert.equal((await anna.get(`/statistik/${farsta}/${month}`)).status, 403);
  assert.equal((await anna.get(`/statistik/staden/${month}`)).status, 403);
  assert.equal((await alva.get(`/statistik/staden/${month}`)).status, 200);
  for (const missing of [`ingen/${month}`, `${trafik}/2026-13`, `${trafik}/nu`, 'ingen'])
    assert.equal((await alva.get(`/statistik/${missing}`)).status, 404, missing);
  const latest = await anna.get(`/statistik/${trafik}`);
  assert.equal(latest.status, 303);
  assert.equal(latest.headers.location, `/statistik/${trafik}/${month}`);
  const index = await anna.get('/statistik/');
  assert.match(index.text, /Trafiknämnden/);
  assert.doesNotMatch(index.text, /Farsta/);
});
