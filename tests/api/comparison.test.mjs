/* The city's boards and companies beside each other: nothing is said there that their own
 * packs do not say, to the last digit, and no hidden number can be worked out of both. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { ctl, eventually, startServer, testRoot } from './harness.mjs';
import { addDays, cityOf, localDay, makeLives, nextMonth, storeLives } from './lives.mjs';
import { leaksOf } from './pack_leaks.mjs';
import { newColleague } from './staff.mjs';

const company = 'svenska-bostader';
const thisMonth = localDay(Date.now()).slice(0, 7);
const month = nextMonth(thisMonth, -2);
let server;
let alva; /* analyst */
let city;

before(async () => {
  const days = JSON.parse((await ctl(['due', '--list', '2020', '2035', '--json'])).stdout);
  server = await startServer();
  city = await cityOf(server);
  await storeLives(server, makeLives(3000, 31, new Map(days.map((d) => [d.date, d.workingDay])),
    Date.now() - 120000, city));
  const { from, to, on } = city.merger;
  await server.sql(`UPDATE synpunkt.organisation SET valid_to = '${addDays(on, -1)}',
    successor = '${to}' WHERE code = '${from}'`);
  await server.sql('DELETE FROM synpunkt.denominator'); /* the demonstration's */
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
const comparisonOf = (of = month) => jsonOf(`/api/v1/statistics/comparisons?month=${of}`);
const packOf = (board, of = month) =>
  jsonOf(`/api/v1/statistics/packs?month=${of}${board ? `&board=${board}` : ''}`);
const tablesOf = (doc) => doc.sections.flatMap((s) => s.tables);
const tableOf = (doc, id) => tablesOf(doc).find((t) => t.id === id);
function cellOf(doc, id, row, column) {
  const table = tableOf(doc, id);
  return table?.rows.find((r) => r.id === row)
    ?.cells[table.columns.findIndex((c) => c.id === column)];
}
/* The boards of the tables of boards: [code, the table's id]. */
const boardsOf = (doc) => doc.sections.find((s) => s.id === 'compare-boards').tables
  .flatMap((t) => t.rows.filter((r) => !r.total).map((r) => [r.id, t.id]));
const columns = ['received', 'last-year', 'change', 'closed', 'open', 'overdue', 'answered', 'median'];

test('each board’s row is its own pack’s, the city’s the city’s, also of the running month', async () => {
  for (const of of [month, thisMonth]) {
    const doc = await comparisonOf(of);
    const rows = [...boardsOf(doc), ['all', 'compare-groups'], ['dispatch', 'compare-groups']];
    assert.ok(rows.length > 8, `${rows.length} rows`);
    for (const [board, id] of rows) {
      const pack = await packOf(board === 'all' ? '' : board, of);
      const at = `${of} ${board}`;
      for (const column of tableOf(pack, 'categories') ? columns : [])
        assert.deepEqual(cellOf(doc, id, board, column),
          cellOf(pack, 'categories', 'all', column), `${at} ${column}`);
      for (const measure of ['received', 'closed', 'open', 'overdue'])
        assert.deepEqual(cellOf(doc, id, board, measure),
          cellOf(pack, 'headline', measure, 'now'), `${at} ${measure}`);
      assert.deepEqual(cellOf(doc, id, board, 'acknowledged'),
        cellOf(pack, 'timely', 'acknowledged', 'now'), at);
      const [received, answered] = ['received', 'answered'].map((what) => (board in { all: 1, dispatch: 1 }
        ? `groups-${what}` : `boards-${what}`));
      const own = tableOf(pack, 'types-months')?.rows.find((r) => r.total);
      if (own) assert.deepEqual(tableOf(doc, received).rows.find((r) => r.id === board).cells, own.cells, at);
      assert.deepEqual(cellOf(doc, answered, board, of), cellOf(pack, 'timely', 'answered', 'now'), at);
    }
  }
});

test('answered in time month by month is what each month’s pack says', async () => {
  const doc = await comparisonOf();
  for (const [board] of [boardsOf(doc)[0], boardsOf(doc).at(-1)])
    for (const back of [1, 5, 11, 12]) {
      const of = nextMonth(month, -back);
      assert.deepEqual(cellOf(doc, 'boards-answered', board, of),
        cellOf(await packOf(board, of), 'timely', 'answered', 'now'), `${board} ${of}`);
    }
});

test('companies and boards stand apart, each kind with the sum of its own', async () => {
  const doc = await comparisonOf();
  assert.ok(tableOf(doc, 'compare-company').rows.some((r) => r.id === company));
  assert.ok(!tableOf(doc, 'compare-board').rows.some((r) => r.id === company));
  for (const kind of ['board', 'district-board', 'company']) {
    const table = tableOf(doc, `compare-${kind}`);
    const rows = table.rows.filter((r) => !r.total);
    const [received, before, change] = columns.map((c) => cellOf(doc, table.id, 'all', c)?.n);
    assert.equal(change, received - before, kind);
    for (const column of columns.slice(0, -1).filter((c) => c !== 'change')) {
      const all = cellOf(doc, table.id, 'all', column);
      const parts = rows.map((r) => cellOf(doc, table.id, r.id, column)).filter((c) => c.mark !== 'none');
      assert.equal(all.n, parts.reduce((n, c) => n + c.n, 0), `${kind} ${column}`);
      if (column === 'answered') assert.equal(all.of, parts.reduce((n, c) => n + c.of, 0), kind);
    }
    assert.deepEqual(cellOf(doc, 'compare-groups', kind, 'median'), cellOf(doc, table.id, 'all', 'median'));
    /* The median of all their closings, by nearest rank. */
    const days = await server.sql(`SELECT r.item::integer AS days, sum(r.n) AS n
      FROM unnest('{${rows.map((r) => r.id)}}'::text[]) AS b
      CROSS JOIN LATERAL synpunkt_statistics.month_rows(b, '${month}-01') r
      WHERE r.part = 'handling-days' GROUP BY 1 ORDER BY 1`);
    const list = days.flatMap((d) => Array(Number(d.n)).fill(Number(d.days)));
    assert.equal(cellOf(doc, table.id, 'all', 'median').n,
      list.length < 5 ? null : list[Math.ceil(list.length / 2) - 1], kind);
  }
});

/* The operating forms as everybody tells them: the boards' packs and the comparison. */
const packs = {}; /* asked for once: "board month" */
const forms = { received: 'received', 'last-year': 'received', closed: 'closed' };
async function exactForms(board, of, col) {
  const rows = await server.sql(`SELECT r.item, r.n FROM synpunkt_statistics.month_rows('${board}',
    '${of}-01') r WHERE r.part = 'form' AND r.col = '${col}'`);
  return new Map(rows.map((r) => [r.item, Number(r.n)]));
}
async function formTables(of, column) {
  const doc = await comparisonOf(of);
  const items = tableOf(doc, 'compare-forms').rows.filter((r) => !r.total).map((r) => r.id);
  const cells = new Map();
  const lists = [];
  const crossed = [];
  const exactOf = new Map();
  const back = column === 'last-year' ? nextMonth(of, -12) : of;
  const list = async (board, pack, id) => {
    const none = { n: 0, mark: 'shown' };
    for (const item of items) {
      const own = tableOf(pack, id) ? cellOf(pack, id, item, column) ?? none : null;
      cells.set(`${board} ${item}`, own ?? (item ? none
        : cellOf(pack, 'headline', forms[column], column === 'last-year' ? column : 'now')));
    }
    const parts = items.map((item) => `${board} ${item}`);
    exactOf.set(board, await exactForms(board, back, forms[column]));
    cells.set(`${board} all`, { n: [...exactOf.get(board).values()].reduce((n, k) => n + k, 0), mark: 'shown' });
    lists.push({ total: `${board} all`, parts });
    for (const item of items) {
      const { n, mark } = cells.get(`${board} ${item}`);
      if (mark === 'shown') assert.equal(n, exactOf.get(board).get(item) ?? 0, `${of} ${board} ${item}`);
    }
  };
  await list('', doc, 'compare-forms');
  const boards = [...boardsOf(doc).map(([board]) => board), 'dispatch'];
  for (const board of boards) await list(board, await (packs[`${board} ${of}`] ??= packOf(board, of)), 'forms');
  for (const item of items) {
    const n = boards.reduce((k, b) => k + (exactOf.get(b).get(item) ?? 0), 0) - (exactOf.get('').get(item) ?? 0);
    cells.set(`more ${item}`, { n, mark: 'shown' });
    cells.set(`sum ${item}`, { n: NaN, mark: 'withheld' });
    /* boards = city + more: by way of a sum that nobody shows, or at once. */
    crossed.push({ item, n, parts: boards.map((b) => `${b} ${item}`) });
  }
  return { cells, lists, crossed };
}
/* A sum that is not shown is put in place of its parts: city − boards = −more. */
function joined({ cells, lists, crossed }) {
  const all = new Map([...cells].filter(([key]) => !key.startsWith('sum ')));
  const sums = [...lists];
  for (const { item, n, parts } of crossed) {
    const city = all.get(` ${item}`);
    if (city.mark === 'shown') {
      all.set(`boards ${item}`, { n: city.n + n, mark: 'shown' });
      sums.push({ total: `boards ${item}`, parts });
    } else if (n === 0) sums.push({ total: ` ${item}`, parts });
  }
  return { cells: all, sums };
}

test('a form’s number of the city tells none that a board’s pack hides', async () => {
  let shown = 0;
  let hidden = 0;
  for (const of of [month, thisMonth])
    for (const column of Object.keys(forms)) {
      const tables = await formTables(of, column);
      const alone = leaksOf({ cells: tables.cells, sums: tables.lists });
      assert.deepEqual(leaksOf(joined(tables)).filter((key) => !alone.includes(key)), [], `${of} ${column}`);
      for (const [key, cell] of tables.cells)
        if (key.startsWith(' ') && key !== ' all') cell.mark === 'shown' ? shown++ : hidden++;
        else if (cell.mark !== 'shown' && !key.startsWith('sum ')) hidden++;
    }
  assert.ok(shown > 5 && hidden > 20, `${shown} shown, ${hidden} hidden`);
});

test('the city’s form is hidden where all boards but one show theirs', async () => {
  const of = nextMonth(month, -3);
  const before = await comparisonOf(of);
  await server.sql('CREATE TABLE public.kept AS SELECT * FROM synpunkt.statistic_cube');
  const [{ board }] = await server.sql(`SELECT board FROM synpunkt.statistic_cube WHERE month = '${of}-01'
    GROUP BY board HAVING count(DISTINCT form) > 2 AND bool_or(form = 'contracted') ORDER BY 1 LIMIT 1`);
  /* Twenty of each form at each board that has it, and at one as many as said. */
  const cityOf = async (n) => {
    await server.sql(`UPDATE synpunkt.statistic_cube SET closed = 0 WHERE month = '${of}-01';
      UPDATE synpunkt.statistic_cube c SET closed = CASE WHEN x.board = '${board}'
        AND x.form = 'contracted' THEN ${n} ELSE 20 END
      FROM (SELECT DISTINCT ON (k.board, k.form) k.ctid AS at, k.board, k.form
        FROM synpunkt.statistic_cube k WHERE k.month = '${of}-01' ORDER BY k.board, k.form, k.ctid) x
      WHERE c.ctid = x.at`);
    return cellOf(await comparisonOf(of), 'compare-forms', 'contracted', 'closed');
  };
  assert.equal((await cityOf(20)).mark, 'shown');
  const cell = await cityOf(3);
  await server.sql(`TRUNCATE synpunkt.statistic_cube; INSERT INTO synpunkt.statistic_cube
    SELECT * FROM public.kept; DROP TABLE public.kept`);
  assert.equal(cell.mark, 'withheld', JSON.stringify(cell));
  assert.deepEqual(await comparisonOf(of), before);
});

test('per thousand where a board’s own denominator holds, as in its pack', async () => {
  assert.equal(cellOf(await comparisonOf(), 'compare-district-board', 'all', 'rate'), undefined);
  const [[board]] = boardsOf(await comparisonOf()).filter(([, id]) => id === 'compare-district-board');
  const file = path.join(testRoot(), `denominators-${process.pid}.tsv`);
  fs.writeFileSync(file, `kind\tcode\twhat\tn\tvalid_from\nboard\t${board}\tinvånare\t5000\t2020-01-01\n`
    + `board\t${board}\tinvånare\t5\t${nextMonth(month, 1)}-01\n`);
  assert.equal((await server.ctl(['import', 'denominators', file])).code, 0);
  const doc = await comparisonOf();
  const table = tableOf(doc, 'compare-district-board');
  const { n } = cellOf(doc, table.id, board, 'received');
  const rate = cellOf(doc, table.id, board, 'rate');
  assert.equal(rate.n, Math.round(10000 * n / 5000) / 10);
  assert.match(rate.note, /^5\s000 invånare, 1 jan 2020$/);
  for (const row of table.rows.filter((r) => r.id !== board))
    assert.equal(cellOf(doc, table.id, row.id, 'rate').mark, 'none', row.id);
  assert.equal(cellOf(doc, 'compare-board', 'all', 'rate'), undefined);
});

test('boards that became one stand as they were, and it is said in words', async () => {
  const { from, to, on } = city.merger;
  const [{ old, next }] = await server.sql(`SELECT a.name AS old, b.name AS next FROM synpunkt.organisation a,
    synpunkt.organisation b WHERE a.code = '${from}' AND b.code = '${to}'`);
  const notes = (doc) => doc.sections.find((s) => s.id === 'compare-boards').notes.join(' ');
  const later = await comparisonOf();
  assert.ok(notes(later).includes(old) && notes(later).includes(next), notes(later));
  assert.ok(boardsOf(later).some(([code]) => code === from) && boardsOf(later).some(([code]) => code === to));
  const earlier = await comparisonOf(nextMonth(on.slice(0, 7), -1));
  assert.ok(!notes(earlier).includes(old), notes(earlier));
  assert.ok(boardsOf(earlier).some(([code]) => code === from));
});

test('page, file and API show the same numbers, and lead on', async () => {
  const doc = await comparisonOf();
  const cells = tablesOf(doc).flatMap((t) => t.rows.flatMap((r) => r.cells.map((c) => c.text)));
  const csv = await alva.get(`/statistik/jamfor.csv?month=${month}`);
  assert.equal(csv.status, 200);
  assert.match(csv.headers['content-type'], /^text\/csv; charset=utf-8/);
  assert.match(csv.headers['content-disposition'], new RegExp(`statistik-jamfor-${month}\\.csv`));
  assert.ok(csv.text.startsWith('\ufeff'));
  assert.deepEqual(csv.text.trim().split('\r\n').slice(1)
    .map((l) => l.split('";"')[8].replace(/^'/, '')), cells);
  const page = await alva.get(`/statistik/jamfor?month=${month}`);
  assert.deepEqual([...page.text.matchAll(/<td class="number(?: hidden)?"><bdi dir="ltr">([^<]*)/g)]
    .map((m) => m[1].trim().replaceAll('&lt;', '<')), cells);
  const [[board]] = boardsOf(doc);
  for (const link of [`/statistik/${board}/${month}`, `/statistik/staden/${month}`,
    `/statistik/jamfor?month=${nextMonth(month, -1)}`, `/statistik/jamfor?month=${nextMonth(month, 1)}`])
    assert.ok(page.text.includes(`href="${link}"`), link);
  assert.ok((await alva.get(`/statistik/staden/${month}`)).text.includes(`href="/statistik/jamfor?month=${month}"`));
  const last = nextMonth(thisMonth, -1);
  assert.ok((await alva.get('/statistik/')).text.includes(`href="/statistik/jamfor?month=${last}"`));
  const res = await alva.get('/statistik/jamfor');
  assert.deepEqual([res.status, res.headers.location], [303, `/statistik/jamfor?month=${last}`]);
  assert.match((await comparisonOf(thisMonth)).state, /^Inte fastställd/);
});

test('it is for analysts: nobody else, and for no other month than one', async () => {
  const sekr = await newColleague(server, 'sekr', 'board-secretary@trafiknamnden');
  for (const where of [`/api/v1/statistics/comparisons?month=${month}`,
    `/statistik/jamfor?month=${month}`, `/statistik/jamfor.csv?month=${month}`])
    assert.equal((await sekr.get(where)).status, 403, where);
  assert.equal((await server.get(`/api/v1/statistics/comparisons?month=${month}`)).status, 401);
  assert.ok(!(await sekr.get('/statistik/')).text.includes('jamfor'));
  assert.ok(!(await sekr.get(`/statistik/trafiknamnden/${month}`)).text.includes('jamfor'));
  for (const query of ['', '?month=nu', '?month=2026-13']) {
    const res = await alva.get(`/api/v1/statistics/comparisons${query}`);
    assert.deepEqual([res.status, res.json.invalidParams[0].name], [422, 'month'], query);
  }
  assert.equal((await alva.get('/statistik/jamfor?month=nu')).status, 404);
  assert.equal((await alva.get('/statistik/jamfor.csv')).status, 404);
});

test('a frozen month stays as it was frozen', async () => {
  const before = await comparisonOf();
  assert.equal(before.frozen, false);
  assert.equal((await server.ctl(['statistics', '--freeze', '--month', month])).code, 0);
  await server.sql(`UPDATE synpunkt.statistic_cube SET received = received + 7, closed = closed + 7
    WHERE month = '${month}-01'; UPDATE synpunkt.statistic_cell SET received = received + 7
    WHERE month = '${month}-01'`);
  const frozen = await comparisonOf();
  assert.equal(frozen.frozen, true);
  assert.match(frozen.state, /^Fastställd /);
  assert.deepEqual(frozen.sections, before.sections);
  /* And so it stands in what is told of later months. */
  const later = await comparisonOf(nextMonth(month, 1));
  for (const row of tableOf(later, 'boards-received').rows)
    assert.equal(cellOf(later, 'boards-received', row.id, month).text,
      cellOf(frozen, 'boards-received', row.id, month)?.text ?? '0', row.id);
});
