/* How many a unit, a district or a board is for, and what the pack says per thousand. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { ctl, eventually, startServer, testRoot } from './harness.mjs';
import { boards, localDay, makeLives, nextMonth, storeLives } from './lives.mjs';
import { leaks } from './pack_leaks.mjs';
import { newColleague } from './staff.mjs';

const farsta = 'farsta-stadsdelsnamnd';
const month = nextMonth(localDay(Date.now()).slice(0, 7), -2);
let server;
let alva;

before(async () => {
  const days = JSON.parse((await ctl(['due', '--list', '2020', '2035', '--json'])).stdout);
  server = await startServer();
  await storeLives(server, makeLives(2000, 9, new Map(days.map((d) => [d.date, d.workingDay]))));
  await server.sql(`INSERT INTO synpunkt.case_event (case_id, seq, at, what, actor, board, codes,
      content, hash)
    SELECT c.id, (SELECT max(e.seq) + 1 FROM synpunkt.case_event e WHERE e.case_id = c.id), now(),
      'changed', 'system', c.board, jsonb_build_object('district', jsonb_build_object('from', NULL, 'to',
      CASE WHEN c.id % 12 = 0 THEN 'skarpnack' WHEN c.id % 2 = 0 THEN 'bromma' ELSE 'farsta' END)),
      '{}', sha256('') FROM synpunkt.case c`);
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

async function imported(...lines) {
  const file = path.join(testRoot(), `denominators-${process.pid}.tsv`);
  fs.writeFileSync(file, `kind\tcode\twhat\tn\tvalid_from\n${lines.map((l) => l.join('\t')).join('\n')}\n`);
  return server.ctl(['import', 'denominators', file]);
}
async function packOf(of = month, board = farsta) {
  const res = await alva.get(`/api/v1/statistics/packs?month=${of}&board=${board}`);
  assert.equal(res.status, 200, res.text);
  return res.json;
}
const tableOf = (pack, id) => pack.sections.flatMap((s) => s.tables).find((t) => t.id === id);
function cells(pack, id, column) {
  const table = tableOf(pack, id);
  const k = table.columns.findIndex((c) => c.id === column);
  return k < 0 ? null : new Map(table.rows.map((r) => [r.id, r.cells[k]]));
}

test('a file goes in whole or not at all, and a board may be called by its name', async () => {
  for (const [line, told] of [[['unit', 'ingen', 'elever', 10, ''], /nothing is called "ingen"/],
    [['school', 'farsta', 'elever', 10, ''], /line 3, kind/],
    [['district', 'farsta', 'invånare', 0, ''], /from 1 to/]]) {
    const out = await imported(['district', 'farsta', 'invånare', 50, ''], line);
    assert.notEqual(out.code, 0);
    assert.match(out.stderr, told);
    assert.deepEqual(await server.sql('SELECT code FROM synpunkt.denominator'), []);
  }
  assert.equal((await imported(['board', 'Farsta', 'invånare', 60000, ''])).code, 0);
  assert.deepEqual(await server.sql('SELECT kind, code, n FROM synpunkt.denominator'),
    [{ kind: 'board', code: farsta, n: '60000' }]);
});

test('received per thousand of those that hold on the month’s last day, where it is shown', async () => {
  /* A board that shows one district and hides another. */
  let board, shown, hidden;
  const seen = [];
  for (board of boards) {
    const received = cells(await packOf(month, board), 'districts', 'received') ?? new Map();
    assert.equal(cells(await packOf(month, board), 'districts', 'rate'), null, 'no column without a number');
    shown = [...received].find(([id, c]) => id && id !== 'all' && c.n >= 5);
    hidden = [...received].find(([id, c]) => id && c.mark !== 'shown');
    if (shown && hidden) break;
    seen.push(board, ...[...received].map(([id, c]) => `${id} ${c.text}`));
  }
  assert.ok(shown && hidden, seen.join(', '));
  const day = `${month}-20`;
  const out = await imported(['board', board, 'invånare', 60000, ''],
    ['district', shown[0], 'invånare', 9999, '2020-01-01'],
    ['district', shown[0], 'invånare', 700, day],
    ['district', shown[0], 'invånare', 5, `${nextMonth(month, 1)}-01`],
    ['district', hidden[0], 'invånare', 30, '2020-01-01']);
  assert.equal(out.code, 0, out.stderr);
  const pack = await packOf(month, board);
  const rates = cells(pack, 'districts', 'rate');
  const exact = Math.round(10000 * shown[1].n / 700) / 10;
  assert.equal(rates.get(shown[0]).n, exact);
  assert.equal(rates.get(shown[0]).text, exact.toFixed(1).replace('.', ','));
  const [y, m, d] = day.split('-').map(Number);
  const short = ['jan', 'feb', 'mars', 'apr', 'maj', 'juni', 'juli', 'aug', 'sep', 'okt', 'nov', 'dec'];
  assert.equal(rates.get(shown[0]).note, `700 invånare, ${d} ${short[m - 1]} ${y}`);
  assert.equal(rates.get(hidden[0]).mark, 'withheld');
  assert.match(rates.get('all').note, /^60\s000 invånare$/);
  for (const [id, cell] of rates)
    if (![shown[0], hidden[0], 'all'].includes(id)) assert.equal(cell.mark, 'none', id);
  assert.deepEqual(leaks(pack), []);
  const csv = await alva.get(`/statistik/${board}/${month}/csv`);
  assert.match(csv.text, new RegExp(`"rate";"Per 1 000 användare";"${exact.toFixed(1)}"`));
  const page = await alva.get(`/statistik/${board}/${month}`);
  assert.ok(page.text.includes(`700 invånare, ${d} ${short[m - 1]} ${y}`));
  assert.equal((await packOf(nextMonth(month, 1), board)).sections.length, 15);
});

test('a frozen month keeps the number that it was told by', async () => {
  assert.equal((await imported(['board', farsta, 'invånare', 60000, ''],
    ['district', 'farsta', 'invånare', 700, ''])).code, 0);
  assert.equal((await server.ctl(['statistics', '--freeze', '--month', month])).code, 0);
  const before = await packOf();
  assert.equal((await imported(['board', 'Farsta', 'invånare', 1, ''])).code, 0);
  assert.deepEqual(await packOf(), before);
  assert.ok(cells(before, 'districts', 'rate').get('all').n > 0);
});
