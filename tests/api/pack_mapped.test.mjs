/* A month by today's organisation and categories: two boards became one in the middle of
 * what is told of, and a subject another. Nothing small comes out that was hidden. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { ctl, eventually, startServer } from './harness.mjs';
import { localDay, makeLives, nextMonth, storeLives } from './lives.mjs';
import { hiddenCells, leaks } from './pack_leaks.mjs';
import { newColleague } from './staff.mjs';

const farsta = 'farsta-stadsdelsnamnd';
const bromma = 'bromma-stadsdelsnamnd';
const ytter = 'yttre-stadsdelsnamnd';
const thisMonth = localDay(Date.now()).slice(0, 7);
const month = nextMonth(thisMonth, -8);
let server;
let alva; /* analyst */
let nils; /* secretary of the new board */
let frida; /* secretary of one that ended */

before(async () => {
  const days = JSON.parse((await ctl(['due', '--list', '2020', '2035', '--json'])).stdout);
  server = await startServer();
  await storeLives(server, makeLives(2500, 5, new Map(days.map((d) => [d.date, d.workingDay]))));
  await server.sql(`INSERT INTO synpunkt.organisation (code, position, kind, name, short_name, valid_from)
    VALUES ('${ytter}', 999, 'board', 'Yttre stadsdelsnämnd', 'Yttre', '${nextMonth(thisMonth, -4)}-01')`);
  await server.sql(`UPDATE synpunkt.organisation SET successor = '${ytter}',
    valid_to = date '${nextMonth(thisMonth, -4)}-01' - 1 WHERE code IN ('${farsta}', '${bromma}')`);
  await server.sql(`UPDATE synpunkt.category SET successor = 'lekplats',
    valid_to = date '${nextMonth(thisMonth, -4)}-01' - 1 WHERE code = 'park'`);
  alva = await newColleague(server, 'alva', 'analyst');
  nils = await newColleague(server, 'nils', `board-secretary@${ytter}`);
  frida = await newColleague(server, 'frida', `board-secretary@${farsta}`);
  await eventually('all is counted', async () => (await server.sql(`SELECT
    (SELECT count(*) FROM synpunkt.case) = (SELECT count(*) FROM synpunkt.statistic_case)
    AND NOT EXISTS (SELECT FROM synpunkt.statistic_dirty) AS done`))[0].done === 't', 240000);
});
after(async () => {
  await server.stop();
  assert.doesNotMatch(server.log, /Sanitizer|runtime error|statistics_failed|page_failed/);
});

async function packOf(client, board, mapped, of = month) {
  const res = await client.get(`/api/v1/statistics/packs?month=${of}${board ? `&board=${board}` : ''}${mapped ? '&mapped=true' : ''}`);
  assert.equal(res.status, 200, res.text);
  return res.json;
}
const tableOf = (pack, id) => pack.sections.flatMap((s) => s.tables).find((t) => t.id === id);
function cellOf(pack, id, row, column) {
  const table = tableOf(pack, id);
  return table?.rows.find((r) => r.id === row)?.cells[table.columns.findIndex((c) => c.id === column)];
}

test('a new board’s earlier month is empty as it was; mapped it is both boards’ together', async () => {
  assert.equal(cellOf(await packOf(nils, ytter, false), 'headline', 'received', 'now').n, 0);
  const both = [await packOf(alva, farsta, false), await packOf(alva, bromma, false)];
  const pack = await packOf(nils, ytter, true);
  assert.equal(pack.mapped, true);
  assert.equal(both[0].mapped, false);
  assert.deepEqual(pack.sources.sort(), ['Bromma stadsdelsnämnd', 'Farsta stadsdelsnämnd']);
  assert.equal(pack.boardName, 'Yttre stadsdelsnämnd');
  assert.match(pack.state, /^Visad som i dag/);
  for (const measure of ['received', 'closed', 'open', 'overdue'])
    for (const column of ['now', 'last-year'])
      assert.equal(cellOf(pack, 'headline', measure, column).n,
        both.reduce((n, p) => n + cellOf(p, 'headline', measure, column).n, 0), `${measure} ${column}`);
  for (const row of ['handling', 'net', 'answer'])
    for (const column of ['median', 'p90', 'last-year'])
      assert.equal(cellOf(pack, 'days', row, column).mark, 'none', `${row} ${column}`);
});

/* What the sources show of a code's cells, by the codes that it was made of. */
function partsOf(packs, id, codes, column) {
  return packs.flatMap((p) => codes.map((code) => cellOf(p, id, code, column)
    ?? { n: 0, mark: 'shown' }));
}

test('what is shown is the sum of what was shown, and what was hidden in any part is hidden', async () => {
  let shown = 0;
  let hidden = 0;
  for (const back of [0, -1, 1, 5]) {
    const of = nextMonth(month, back);
    const both = [await packOf(alva, farsta, false, of), await packOf(alva, bromma, false, of)];
    const pack = await packOf(nils, ytter, true, of);
    for (const id of ['categories', 'types', 'districts', 'forms', 'channel'])
      for (const row of tableOf(pack, id)?.rows.filter((r) => !r.total) ?? []) {
        assert.notEqual(row.id, 'park', id);
        if (!both.every((p) => tableOf(p, id))) continue; /* all of it is without a code */
        const codes = id === 'categories' && row.id === 'lekplats' ? ['lekplats', 'park'] : [row.id];
        for (const column of ['received', 'last-year', 'closed', 'open', 'overdue']) {
          const cell = cellOf(pack, id, row.id, column);
          if (!cell || cell.mark === 'none') continue;
          const parts = partsOf(both, id, codes, column);
          const at = `${of} ${id} ${row.id} ${column}`;
          if (cell.mark === 'shown') {
            assert.ok(parts.every((p) => p.mark === 'shown'), at);
            assert.equal(cell.n, parts.reduce((n, p) => n + p.n, 0), at);
            shown++;
          } else hidden++;
        }
      }
  }
  assert.ok(shown > 50 && hidden > 20, `${shown} shown, ${hidden} hidden`);
});

test('nothing hidden can be worked out of a mapped pack', async () => {
  let hidden = 0;
  for (const board of [ytter, 'trafiknamnden', ''])
    for (const back of [0, -6, 3, 7]) {
      const pack = await packOf(alva, board, true, nextMonth(month, back));
      assert.deepEqual(leaks(pack), [], `${board} ${pack.month}`);
      hidden += hiddenCells(pack).length;
    }
  assert.ok(hidden > 200, `${hidden} are hidden`);
});

test('page and file are mapped the same, and a link goes to and fro', async () => {
  const pack = await packOf(nils, ytter, true);
  const cells = pack.sections.flatMap((s) => s.tables)
    .flatMap((t) => t.rows.flatMap((r) => r.cells.map((c) => c.text)));
  const csv = await nils.get(`/statistik/${ytter}/${month}/csv?som=idag`);
  assert.match(csv.headers['content-disposition'], /-som-idag\.csv/);
  assert.deepEqual(csv.text.trim().split('\r\n').slice(1)
    .map((l) => l.split('";"')[8].replace(/^'/, '')), cells);
  const page = await nils.get(`/statistik/${ytter}/${month}?som=idag`);
  assert.deepEqual([...page.text.matchAll(/<td class="number(?: hidden)?"><bdi dir="ltr">([^<]*)/g)]
    .map((m) => m[1].trim().replaceAll('&lt;', '<')), cells);
  assert.ok(page.text.includes(`href="/statistik/${ytter}/${month}"`));
  assert.ok(page.text.includes(`href="/statistik/${ytter}/${month}/pdf?som=idag"`));
  assert.doesNotMatch(page.text, /statistics\/corrections/);
  const plain = await nils.get(`/statistik/${ytter}/${month}`);
  assert.ok(plain.text.includes(`href="/statistik/${ytter}/${month}?som=idag"`));
  /* From a board that ended it goes to that of today, for who may see it. */
  assert.ok((await alva.get(`/statistik/${farsta}/${month}`)).text
    .includes(`href="/statistik/${ytter}/${month}?som=idag"`));
  assert.ok(!(await frida.get(`/statistik/${farsta}/${month}`)).text.includes('som=idag'));
});

test('the successor sees its predecessors’ months mapped; a predecessor not the successor’s', async () => {
  const path = (board) => `/api/v1/statistics/packs?month=${month}&board=${board}&mapped=true`;
  assert.equal((await nils.get(path(ytter))).status, 200);
  assert.equal((await frida.get(path(ytter))).status, 403);
  assert.equal((await nils.get(path(farsta))).status, 403);
  assert.equal((await nils.get(`/api/v1/statistics/packs?month=${month}&board=${farsta}`)).status, 403);
  assert.equal((await server.get(path(ytter))).status, 401);
});

test('a frozen month is mapped as it was frozen', async () => {
  const before = await packOf(nils, ytter, true);
  assert.equal((await server.ctl(['statistics', '--freeze', '--month', month])).code, 0);
  await server.sql(`UPDATE synpunkt.statistic_cube SET received = received + 7 WHERE board = '${farsta}'
    AND month = '${month}-01'`);
  const after = await packOf(nils, ytter, true);
  assert.equal(after.frozen, true);
  assert.deepEqual({ ...after, frozen: false }, before);
});
