/* Every board by type in a period of reports: what its own report says, to the last digit, and
 * no hidden number follows from the city's row. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { ctl, eventually, startServer } from './harness.mjs';
import { localDay, makeLives, storeLives } from './lives.mjs';
import { leaksOf } from './pack_leaks.mjs';
import { newColleague } from './staff.mjs';

const api = '/api/v1/statistics/type-comparisons';
const trafik = 'trafiknamnden';
const thisYear = Number(localDay(Date.now()).slice(0, 4));
const year = thisYear - 1;
const periods = [`${year}-t1`, `${year}-t2`, `${year}`];
let server;
let alva; /* analyst */

before(async () => {
  const days = JSON.parse((await ctl(['due', '--list', '2020', '2035', '--json'])).stdout);
  server = await startServer();
  /* The months stay as the cells say until they are frozen here. */
  await server.sql("UPDATE synpunkt.statistic_freeze SET next_month = '2099-01-01'");
  await storeLives(server, makeLives(2500, 13, new Map(days.map((d) => [d.date, d.workingDay]))));
  alva = await newColleague(server, 'alva', 'analyst');
  await eventually('all is counted', async () => (await server.sql(`SELECT
    (SELECT count(*) FROM synpunkt.case) = (SELECT count(*) FROM synpunkt.statistic_case)
    AND NOT EXISTS (SELECT FROM synpunkt.statistic_dirty) AS done`))[0].done === 't', 240000);
});
after(async () => {
  await server.stop();
  assert.doesNotMatch(server.log, /Sanitizer|runtime error|statistics_failed|page_failed/);
});

async function jsonOf(where) {
  const res = await alva.get(where);
  assert.equal(res.status, 200, res.text);
  return res.json;
}
const typesOf = (period) => jsonOf(`${api}?period=${period}`);
const tableOf = (doc) => doc.sections[0].tables[0];
const columnsOf = (doc) => tableOf(doc).columns.map((c) => c.id);
const boardsOf = (doc) => tableOf(doc).rows.filter((r) => !r.total).map((r) => r.id);
const cellOf = (doc, row, column) =>
  tableOf(doc).rows.find((r) => r.id === row).cells[columnsOf(doc).indexOf(column)];
const typesIn = (doc) => columnsOf(doc).filter((c) => c !== 'all' && !c.endsWith('-last-year'));

test('each board’s row is its own report’s, in the period and the year before', async () => {
  for (const period of [...periods, `${thisYear}`]) {
    const doc = await typesOf(period);
    if (!doc.through) continue; /* in January none of the year's months is over */
    assert.ok(boardsOf(doc).length > 5, period);
    for (const board of boardsOf(doc)) {
      const report = await jsonOf(`/api/v1/desk/reports/${board}/${period}`);
      assert.deepEqual([doc.through, doc.from, doc.to, doc.name, doc.kind],
        [report.through, report.from, report.to, report.name, report.kind]);
      const own = report.sections.find((s) => s.id === 'types').tables.find((t) => t.id === 'report-types');
      for (const [column, end] of [['now', ''], ['last-year', '-last-year']]) {
        const at = own.columns.findIndex((c) => c.id === column);
        for (const row of own.rows) {
          const { n, mark } = cellOf(doc, board, `${row.total ? 'all' : row.id || 'none'}${end}`);
          assert.deepEqual({ n, mark }, { n: row.cells[at].n, mark: row.cells[at].mark },
            `${period} ${board} ${row.id} ${column}`);
        }
      }
    }
  }
});

/* What there is, month by month, whatever of it is shown. */
async function exactOf(board, of, months) {
  const rows = await server.sql(`SELECT r.item, sum(r.n) AS n
    FROM generate_series(1, ${months}) m
    CROSS JOIN LATERAL synpunkt_statistics.month_rows('${board}', make_date(${of}, m, 1)) r
    WHERE r.part = 'type' AND r.col = 'received' GROUP BY 1`);
  return new Map(rows.map((r) => [r.item || 'none', Number(r.n)]));
}
async function tellingOf(doc, of, months, end) {
  const items = typesIn(doc);
  const cells = new Map();
  const lists = [];
  const exact = new Map();
  for (const board of [...boardsOf(doc), 'all']) {
    exact.set(board, await exactOf(board === 'all' ? '' : board, of, months));
    for (const item of [...items, 'all']) cells.set(`${board} ${item}`, cellOf(doc, board, `${item}${end}`));
    for (const item of items) {
      const { n, mark } = cells.get(`${board} ${item}`);
      if (mark === 'shown') assert.equal(n, exact.get(board).get(item) ?? 0, `${of} ${board} ${item}`);
    }
    lists.push({ total: `${board} all`, parts: items.map((item) => `${board} ${item}`) });
  }
  const alone = leaksOf({ cells, sums: lists });
  /* Somebody who knows how many each type was moved: boards = city + so many. */
  const sums = [...lists];
  for (const item of items) {
    const parts = boardsOf(doc).map((board) => `${board} ${item}`);
    const city = cells.get(`all ${item}`);
    if (city.mark !== 'shown') continue;
    const n = boardsOf(doc).reduce((k, board) => k + (exact.get(board).get(item) ?? 0), 0);
    cells.set(`boards ${item}`, { n, mark: 'shown' });
    sums.push({ total: `boards ${item}`, parts });
  }
  return { cells, alone, leaks: leaksOf({ cells, sums }) };
}

test('no hidden number of a board follows from the city’s row', async () => {
  let shown = 0;
  let hidden = 0;
  for (const [period, months] of [[periods[0], 4], [periods[1], 8], [periods[2], 12]]) {
    const doc = await typesOf(period);
    for (const [of, end] of [[year, ''], [year - 1, '-last-year']]) {
      const { cells, alone, leaks } = await tellingOf(doc, of, months, end);
      assert.deepEqual(leaks.filter((key) => !alone.includes(key)), [], `${period} ${of}`);
      for (const cell of cells.values()) cell.mark === 'shown' ? shown++ : hidden++;
    }
  }
  assert.ok(shown > 20 && hidden > 10, `${shown} shown, ${hidden} hidden`);
});

test('the city’s type is hidden where all boards but one show theirs', async () => {
  await server.sql('CREATE TABLE public.kept AS SELECT * FROM synpunkt.statistic_cube');
  /* One month of figures: twenty of each type at each board that has it, and at one as many as said. */
  const cityOf = async (n) => {
    await server.sql(`UPDATE synpunkt.statistic_cube SET received = 0
        WHERE month BETWEEN '${year}-01-01' AND '${year}-12-01';
      UPDATE synpunkt.statistic_cube c SET received = CASE WHEN x.board = '${trafik}'
        AND x.type = 'praise' THEN ${n} ELSE 20 END
      FROM (SELECT DISTINCT ON (k.board, k.type) k.ctid AS at, k.board, k.type
        FROM synpunkt.statistic_cube k WHERE k.month = '${year}-02-01' ORDER BY k.board, k.type, k.ctid) x
      WHERE c.ctid = x.at`);
    const doc = await typesOf(`${year}-t1`);
    return [cellOf(doc, trafik, 'praise').mark, cellOf(doc, 'all', 'praise').mark];
  };
  const many = await cityOf(20);
  const few = await cityOf(3);
  await server.sql(`TRUNCATE synpunkt.statistic_cube; INSERT INTO synpunkt.statistic_cube
    SELECT * FROM public.kept; DROP TABLE public.kept`);
  assert.deepEqual(many, ['shown', 'shown']);
  assert.deepEqual(few, ['few', 'withheld']);
});

test('page, file and API show the same numbers, and lead on', async () => {
  const doc = await typesOf(`${year}-t2`);
  const cells = tableOf(doc).rows.flatMap((r) => r.cells.map((c) => c.text));
  const csv = await alva.get(`/statistik/typer.csv?period=${year}-t2`);
  assert.equal(csv.status, 200);
  assert.match(csv.headers['content-type'], /^text\/csv; charset=utf-8/);
  assert.match(csv.headers['content-disposition'], new RegExp(`statistik-typer-${year}-t2\\.csv`));
  assert.deepEqual(csv.text.trim().split('\r\n').slice(1)
    .map((l) => l.split('";"')[8].replace(/^'/, '')), cells);
  const page = await alva.get(`/statistik/typer?period=${year}-t2`);
  assert.deepEqual([...page.text.matchAll(/<td class="number(?: hidden)?">([^<]*)/g)]
    .map((m) => m[1].trim().replaceAll('&lt;', '<')), cells);
  for (const link of [`/statistik/${trafik}/rapport`, ...periods.map((p) => `/statistik/typer?period=${p}`),
    `/statistik/typer?period=${thisYear}`, '/statistik/jamfor'])
    assert.ok(page.text.includes(`href="${link}"`), link);
});

test('the lists, the comparison and each report lead an analyst there, and nobody else', async () => {
  const sekr = await newColleague(server, 'sekr', `board-secretary@${trafik}`);
  const list = `/statistik/${trafik}/rapport`;
  const report = `${list}/${year}-t2`;
  for (const [from, to] of [['/statistik/', '/statistik/typer'], [list, '/statistik/typer'],
    [`/statistik/jamfor?month=${year}-03`, '/statistik/typer'], [report, `/statistik/typer?period=${year}-t2`]])
    assert.ok((await alva.get(from)).text.includes(`href="${to}"`), from);
  for (const from of ['/statistik/', list, report])
    assert.ok(!(await sekr.get(from)).text.includes('/statistik/typer'), from);
  const res = await alva.get('/statistik/typer');
  assert.equal(res.status, 303);
  assert.equal((await alva.get(res.headers.location)).status, 200);
  for (const where of [`${api}?period=${year}`, `/statistik/typer?period=${year}`, `/statistik/typer.csv?period=${year}`])
    assert.equal((await sekr.get(where)).status, 403, where);
  assert.equal((await server.get(`${api}?period=${year}`)).status, 401);
});

test('of no other period than one that has begun', async () => {
  for (const query of ['', '?period=nu', `?period=${year}-t3`, '?period=']) {
    const res = await alva.get(`${api}${query}`);
    assert.deepEqual([res.status, res.json.invalidParams[0].name], [422, 'period'], query);
  }
  for (const where of [`${api}?period=${thisYear + 1}-t1`, `/statistik/typer?period=${thisYear + 1}`,
    '/statistik/typer?period=nu', '/statistik/typer.csv'])
    assert.equal((await alva.get(where)).status, 404, where);
});

test('a period none of whose months is over says so, and has no table', async () => {
  const [{ was }] = await server.sql("SELECT pg_get_functiondef('synpunkt.today()'::regprocedure) AS was");
  await server.sql(`CREATE OR REPLACE FUNCTION synpunkt.today() RETURNS date LANGUAGE sql STABLE
    AS $$ SELECT '${year}-01-15'::date $$`);
  const doc = await typesOf(`${year}`);
  const page = await alva.get(`/statistik/typer?period=${year}`);
  await server.sql(was);
  assert.deepEqual([doc.through, doc.complete, doc.sections[0].tables], [null, false, []]);
  assert.equal(doc.sections[0].notes.length, 1);
  assert.ok(page.text.includes(doc.sections[0].notes[0]) && !page.text.includes('<table'));
});

test('frozen months stay as they were frozen', async () => {
  const before = await typesOf(`${year}-t1`);
  assert.equal(before.complete, false);
  for (let month = 1; month <= 4; month++)
    for (const of of [year - 1, year])
      assert.equal((await server.ctl(['statistics', '--freeze', '--month', `${of}-0${month}`])).code, 0);
  await server.sql(`UPDATE synpunkt.statistic_cube SET received = received + 7;
    UPDATE synpunkt.statistic_cell SET received = received + 7`);
  const frozen = await typesOf(`${year}-t1`);
  assert.equal(frozen.complete, true);
  assert.deepEqual(frozen.sections, before.sections);
});
