/* True figures: every cell of the monthly pack, of every board and the city in every month,
 * is what a separate program counts from the events of made-up cases. SYNPUNKT_TEST_CASES
 * says how many, see ../README.md. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { ctl, eventually, startServer, testRoot } from './harness.mjs';
import { addDays, cityOf, localDay, makeLives, nextMonth, storeLives } from './lives.mjs';
import { countPack, ordinalsOf, readTables } from './pack_count.mjs';

const CASES = Number(process.env.SYNPUNKT_TEST_CASES ?? 4000);
const trafik = 'trafiknamnden';
let server;
let tables;
let city;
let calendar;
let boards; /* every one that has had a case, and '' */
let packs; /* what the product says of each: board → month → cell → number */

before(async () => {
  const days = JSON.parse((await ctl(['due', '--list', '2020', '2035', '--json'])).stdout);
  calendar = new Map(days.map((d) => [d.date, d.workingDay]));
  server = await startServer();
  city = await cityOf(server);
  tables = await readTables(server, calendar);
  await storeLives(server, makeLives(CASES, 23, calendar, Date.now() - 120000, city));
  await counted();
  boards = [...(await server.sql('SELECT DISTINCT board FROM synpunkt.case_leg ORDER BY board'))
    .map((l) => l.board), ''];
});
after(async () => {
  await server.stop();
  assert.doesNotMatch(server.log, /Sanitizer|runtime error|statistics_failed|job_failed/);
});

const counted = () => eventually('all is counted', async () => (await server.sql(`SELECT
  (SELECT count(*) FROM synpunkt.case) = (SELECT count(*) FROM synpunkt.statistic_case)
  AND NOT EXISTS (SELECT FROM synpunkt.statistic_dirty) AS done`))[0].done === 't',
60000 + CASES * 20);

const thisMonth = () => localDay(Date.now()).slice(0, 7);
const months = () => Array.from({ length: 28 }, (_, i) => nextMonth(thisMonth(), i - 27));

/* How many a board is for is imported: pack_rates.test.mjs. */
const isCounted = (part) => part !== 'denominator';

/* What the product says of a board: Map month → Map cell → number. */
async function packOf(board, which = months()) {
  const [{ rows }] = await server.sql(`SELECT coalesce(json_agg(json_build_array(
    to_char(m, 'YYYY-MM'), r.part, r.item, r.col, r.n)), '[]') AS rows
    FROM unnest('{${which.map((m) => `${m}-01`)}}'::date[]) AS m
    CROSS JOIN LATERAL synpunkt_statistics.month_rows('${board}', m) r`);
  const all = new Map(which.map((m) => [m, new Map()]));
  for (const [month, part, item, col, n] of JSON.parse(rows)) {
    if (!isCounted(part)) continue;
    const cell = `${part}\t${item}\t${col}`;
    assert.ok(!all.get(month).has(cell), `${board} ${month} ${cell} is there once`);
    all.get(month).set(cell, n);
  }
  return all;
}

/* Fails with the first cells that differ, and how many do. */
function compareMonth(got, expected, where) {
  const wrong = [];
  for (const cell of new Set([...got.keys(), ...expected.keys()]))
    if (got.get(cell) !== expected.get(cell))
      wrong.push(`${where} ${JSON.stringify(cell)}: ${got.get(cell)}, not ${expected.get(cell)}`);
  assert.equal(wrong.length, 0, `${wrong.length} cells differ:\n${wrong.slice(0, 20).join('\n')}`);
  return expected.size;
}

async function compareBoards(which, ofMonths = months()) {
  const cellsOf = await countPack(server, tables);
  const found = new Map();
  let n = 0;
  const left = [...which];
  const fetch = async () => {
    for (let b = left.pop(); b !== undefined; b = left.pop()) found.set(b, await packOf(b, ofMonths));
  };
  await Promise.all([fetch(), fetch()]); /* as many as there are processors */
  for (const [board, pack] of found)
    for (const [month, got] of pack)
      n += compareMonth(got, cellsOf(board, month), `${board || 'the city'} ${month}`);
  return { n, found };
}

test(`${CASES} lives: every cell of every board and month is the independent count’s`, async (t) => {
  const { n, found } = await compareBoards(boards);
  packs = found;
  t.diagnostic(`${n} cells of ${boards.length - 1} boards and the city`);
  assert.ok(n > 50000, `${n} cells`);
  const others = await server.sql(`SELECT DISTINCT c.board FROM synpunkt.statistic_cube c
    WHERE c.board <> ALL ('{${boards.filter(Boolean)}}')`);
  assert.deepEqual(others, []);
});

test('the lives hold what is hard', async () => {
  const local = (column) => `(${column} AT TIME ZONE 'Europe/Stockholm')`;
  const [n] = await server.sql(`SELECT count(*) FILTER (WHERE what = 'reopened') AS reopened,
    count(*) FILTER (WHERE what = 'leg-returned') AS returned,
    count(*) FILTER (WHERE what = 'transferred' AND ${local('at')}::time = '23:59:59'
      AND extract(day FROM ${local('at')} + interval '1 second') = 1) AS passed_on_in_the_last_second,
    count(*) FILTER (WHERE what = 'transferred' AND ${local('at')}::time = '00:00'
      AND extract(day FROM ${local('at')}) = 1) AS passed_on_in_the_first,
    count(*) FILTER (WHERE what = 'clock-resumed' AND (codes ->> 'workingDays')::integer > 0) AS waited,
    count(*) FILTER (WHERE what = 'delay-notice') AS delayed,
    count(*) FILTER (WHERE what = 'corrected' AND codes ? 'district') AS moved,
    count(*) FILTER (WHERE codes -> 'category' ->> 'from' <> ''
      AND codes -> 'category' ->> 'to' IS NULL) AS category_cleared,
    count(*) FILTER (WHERE codes -> 'qualityDimension' ->> 'from' <> ''
      AND codes -> 'qualityDimension' ->> 'to' IS NULL) AS dimension_cleared,
    count(*) FILTER (WHERE seq = 1 AND (codes ->> 'receivedOn')::date < ${local('at')}::date) AS papers,
    count(*) FILTER (WHERE seq = 1 AND date_trunc('month', (codes ->> 'receivedOn')::date)
      < date_trunc('month', ${local('at')})) AS papers_of_another_month,
    count(*) FILTER (WHERE ${local('at')}::time < '04:00' AND extract(isodow FROM ${local('at')}) = 7
      AND extract(month FROM ${local('at')}) IN (3, 10) AND extract(day FROM ${local('at')}) > 24) AS clock_nights,
    count(*) FILTER (WHERE to_char(${local('at')}, 'MMDD') IN ('1231', '0101')) AS year_changes,
    count(DISTINCT codes #>> '{closureReason,to}') FILTER (WHERE what = 'closed') * 10 AS reasons,
    count(DISTINCT codes ->> 'unit') AS units
    FROM synpunkt.case_event WHERE case_id > 500000`);
  for (const [what, count] of Object.entries(n)) assert.ok(Number(count) >= 30, `${what} ${count}`);
  const [{ soon, late }] = await server.sql(`SELECT count(*) FILTER (WHERE day <= ended + 60) AS soon,
      count(*) FILTER (WHERE day > ended + 60) AS late
    FROM (SELECT what, ${local('at')}::date AS day, max(${local('at')}::date) FILTER
        (WHERE what <> 'reopened') OVER (PARTITION BY case_id ORDER BY seq) AS ended
      FROM synpunkt.case_event WHERE what IN ('replied', 'closed', 'reopened')) e
    WHERE what = 'reopened'`);
  assert.ok(soon > 30 && late > 30, `reopened ${soon} within sixty days, ${late} later`);
});

test('the parts of a figure are the whole of it', async () => {
  const axes = ['category', 'type', 'unit', 'district', 'form', 'channel', 'language', 'dimension',
    'sensitivity'];
  const stocks = ['category', 'type', 'unit', 'district'];
  const flows = ['received', 'misdirected', 'passed_on', 'closed', 'reopened', 'redirected',
    'set_aside', 'unanswered', 'acknowledge_of', 'acknowledge_in', 'answer_of', 'answer_in',
    'answered', 'delayed', 'from_child', 'registered_late'];

  for (const board of [trafik, city.merger.from, city.merger.to, ''])
    for (const [month, cells] of packs.get(board)) {
      const whole = (col) => cells.get(`whole\t\t${col}`) ?? 0;
      const sums = new Map(); /* of a part, and of a column of a part */
      for (const [cell, n] of cells) {
        const [part, , col] = cell.split('\t');
        for (const key of [`${part} ${col}`, `${part} null`]) sums.set(key, (sums.get(key) ?? 0) + n);
      }
      const same = (part, col, figure) => assert.equal(sums.get(`${part} ${col}`) ?? 0,
        whole(figure), `${board} ${month} ${part} ${figure}`);
      for (const figure of flows) for (const part of axes) same(part, figure, figure);
      for (const figure of ['open', 'overdue', 'not_due'])
        for (const part of stocks) same(part, figure, figure);
      for (const kind of ['handling', 'net', 'answer']) {
        same(`${kind}-days`, 'n', `${kind}_n`);
        for (const part of [...stocks, 'form']) same(part, `${kind}_n`, `${kind}_n`);
      }
      same('category-type', null, 'received');
      same('dimension-area', null, 'received');
      same('stock', null, 'open');
      assert.equal(whole('handling_n'), whole('closed'));
      assert.equal(whole('answer_n'), whole('answered'));
    }
});

test('the city’s stocks and closings are the sums of its boards', async () => {
  for (const [month, cells] of packs.get(''))
    for (const figure of ['open', 'closed', 'answered', 'reopened', 'passed_on', 'answer_of']) {
      const cell = `whole\t\t${figure}`;
      const sum = boards.slice(0, -1).reduce((n, board) =>
        n + (packs.get(board).get(month).get(cell) ?? 0), 0);
      assert.equal(cells.get(cell) ?? 0, sum, `${month} ${figure}`);
    }
});

const importFile = async (kind, text) => {
  const file = path.join(testRoot(), `${kind}.tsv`);
  fs.writeFileSync(file, text);
  const done = await server.ctl(['import', kind, file]);
  assert.equal(done.code, 0, done.stdout + done.stderr);
};

test('boards that become one: what was the old board’s stays with it', async () => {
  const { from, to, on } = city.merger;
  const before = [packs.get(from), packs.get(to)];
  const rows = await server.sql(`SELECT code, kind, name, short_name, district
    FROM synpunkt.organisation WHERE code IN ('${from}', '${to}')`);
  const line = (o) => [o.code, o.kind, o.name, o.short_name, o.district,
    o.code === to ? on : '', o.code === from ? addDays(on, -1) : '', o.code === from ? to : ''];
  await importFile('organisation', ['code\tkind\tname\tshort_name\tdistrict\tvalid_from\tvalid_to\tsuccessor',
    ...rows.map((o) => line(o).join('\t')), ''].join('\n'));
  const [{ successor }] = await server.sql(`SELECT successor FROM synpunkt.organisation
    WHERE code = '${from}'`);
  assert.equal(successor, to);
  assert.deepEqual([await packOf(from), await packOf(to)], before);
  const received = (pack, month) => pack.get(month).get('whole\t\treceived') ?? 0;
  const month = on.slice(0, 7);
  /* The demonstration's own few cases know of no such merger. */
  assert.ok(received(before[0], nextMonth(month, -1)) > received(before[1], nextMonth(month, -1)));
  assert.ok(received(before[0], month) > 0 && received(before[1], month) > 0);
  assert.ok(received(before[0], nextMonth(month)) < received(before[1], nextMonth(month)));
});

test('a frozen month is what was counted, and is frozen once', async () => {
  const month = nextMonth(thisMonth(), -3);
  const cellsOf = await countPack(server, tables);
  const freeze = async () => {
    const got = await server.ctl(['--json', 'statistics', '--freeze', '--month', month]);
    assert.equal(got.code, 0, got.stdout + got.stderr);
    return JSON.parse(got.stdout).frozen;
  };
  assert.ok(await freeze() > 20);
  assert.equal(await freeze(), 0);
  const frozen = await server.sql(`SELECT board, (body::jsonb -> 'rows')::text AS rows
    FROM synpunkt.statistic_frozen WHERE month = '${month}-01'`);
  for (const { board, rows } of frozen)
    compareMonth(new Map(JSON.parse(rows).filter(([part]) => isCounted(part))
      .map(([part, item, col, n]) => [`${part}\t${item}\t${col}`, n])),
      cellsOf(board, month), `${board || 'the city'}, frozen`);
});

/* The unit that most of the cases are about, as a line of the file. */
async function busyUnit() {
  const [unit] = await server.sql(`SELECT u.code, u.name, u.kind, u.board, u.district,
    u.operating_form, u.address, public.st_y(u.position) AS lat, public.st_x(u.position) AS lon
    FROM synpunkt.unit u WHERE u.operating_form = 'in-house'
    ORDER BY (SELECT count(*) FROM synpunkt.case c WHERE c.unit = u.code) DESC LIMIT 1`);
  return unit;
}

test('a unit that is let to a contractor counts as contracted from that day on', async () => {
  const unit = await busyUnit();
  const today = localDay(Date.now());
  const only = { ...city, units: city.units.filter((u) => u.code === unit.code) };
  const fresh = makeLives(40, 99, calendar, Date.now() - 120000, only).map(receivedToday);
  await storeLives(server, fresh.slice(0, 20));
  await counted();
  await importFile('units', [Object.keys(unit).join('\t'),
    Object.values({ ...unit, operating_form: 'contracted' }).join('\t'), ''].join('\n'));
  tables.forms.get(unit.code).push({ from: today, form: 'contracted' });
  await storeLives(server, fresh.slice(20));
  await counted();
  await compareBoards([unit.board, ''], months().slice(-2));
  const [{ counted: n, received }] = await server.sql(`SELECT
    (SELECT sum(first_received) FROM synpunkt.statistic_cube
      WHERE unit = '${unit.code}' AND form = 'contracted') AS counted,
    (SELECT count(*) FROM synpunkt.case
      WHERE unit = '${unit.code}' AND received_on = '${today}') AS received`);
  assert.ok(Number(received) > 10);
  assert.equal(n, received);
});

/* Only just come, and nothing has happened to it. */
function receivedToday(life, i) {
  const id = 900001 + i;
  const at = Date.now() - 60000;
  const day = localDay(at);
  const [first] = life.events;
  const codes = { ...first.codes, receivedOn: day, acknowledgeBy: addDays(day, 3),
    answerBy: addDays(day, 20) };
  return { ...life, id, at, day, acknowledgeBy: codes.acknowledgeBy, answerBy: codes.answerBy,
    board: first.board, type: codes.type, category: codes.category ?? null, status: 'received',
    reason: null, closed: null, answered: null, acknowledged: null, waitingSince: null,
    events: [{ ...first, at, codes }],
    legs: [{ ...life.legs[0], opened: at, openedOn: day, ended: null, state: 'offered' }] };
}

test('days that the city closes afterwards change every number of working days', async () => {
  const closed = [...calendar].filter(([day, open]) => open && day < localDay(Date.now())).slice(-200)
    .map(([day]) => day).filter((_, i) => i % 9 === 0);
  await importFile('exceptions', ['day\topen\tname', ...closed.map((d) => `${d}\tno\tstängt`),
    ''].join('\n'));
  for (const day of closed) calendar.set(day, false);
  tables.ordinals = ordinalsOf(calendar);
  await counted();
  await compareBoards([trafik, city.merger.to, ''], months().slice(-12));
});

test('after all that the self-check finds no difference', async () => {
  const [{ n }] = await server.sql('SELECT synpunkt_statistics.differences() AS n');
  assert.equal(n, '0');
});
