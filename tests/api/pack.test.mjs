/* The monthly pack: one document in every form, nothing small to be found in it, and what
 * is corrected later beside it. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import { ctl, eventually, startServer, testRoot } from './harness.mjs';
import { localDay, makeLives, nextMonth, storeLives } from './lives.mjs';
import { hiddenCells, leaks } from './pack_leaks.mjs';
import { newColleague } from './staff.mjs';

const run = promisify(execFile);
const trafik = 'trafiknamnden';
const farsta = 'farsta-stadsdelsnamnd';
const thisMonth = () => localDay(Date.now()).slice(0, 7);
const month = nextMonth(thisMonth(), -2);
let server;
let sekr; /* board-secretary at trafik */
let anna; /* case-handler at trafik */
let alva; /* analyst */

before(async () => {
  const days = JSON.parse((await ctl(['due', '--list', '2020', '2035', '--json'])).stdout);
  server = await startServer();
  await storeLives(server, makeLives(2500, 5, new Map(days.map((d) => [d.date, d.workingDay]))));
  /* Every other case gets a quality dimension. */
  await server.sql(`INSERT INTO synpunkt.case_event (case_id, seq, at, what, actor, board, codes,
      content, hash)
    SELECT c.id, (SELECT max(e.seq) + 1 FROM synpunkt.case_event e WHERE e.case_id = c.id), now(),
      'changed', 'system', c.board, jsonb_build_object('qualityDimension', jsonb_build_object(
      'from', NULL, 'to', (ARRAY['treatment', 'information', 'cost', 'safety'])[1 + c.id / 2 % 4])),
      '{}', sha256('') FROM synpunkt.case c WHERE c.id % 2 = 0`);
  sekr = await newColleague(server, 'sekr', `board-secretary@${trafik}`);
  anna = await newColleague(server, 'anna', `case-handler@${trafik}`);
  alva = await newColleague(server, 'alva', 'analyst');
  await counted();
});
after(async () => {
  await server.stop();
  assert.doesNotMatch(server.log, /Sanitizer|runtime error|statistics_failed|page_failed/);
});

const counted = () => eventually('all is counted', async () => (await server.sql(`SELECT
  (SELECT count(*) FROM synpunkt.case) = (SELECT count(*) FROM synpunkt.statistic_case)
  AND NOT EXISTS (SELECT FROM synpunkt.statistic_dirty) AS done`))[0].done === 't', 240000);
async function packOf(client, board, of = month) {
  const res = await client.get(`/api/v1/statistics/packs?month=${of}${board ? `&board=${board}` : ''}`);
  assert.equal(res.status, 200, res.text);
  return res.json;
}
const tablesOf = (pack) => pack.sections.flatMap((s) => s.tables);
const tableOf = (pack, id) => tablesOf(pack).find((t) => t.id === id);
const cellOf = (pack, id, row, column) => {
  const table = tableOf(pack, id);
  return table.rows.find((r) => r.id === row)
    .cells[table.columns.findIndex((c) => c.id === column)];
};

test('the pack has sections A to O, and the board’s own totals are the API’s', async () => {
  const pack = await packOf(sekr, trafik);
  assert.equal(pack.sections.map((s) => s.code).join(''), 'ABCDEFGHIJKLMNO');
  const { json } = await sekr.get(`/api/v1/statistics?board=${trafik}&month=${month}`);
  for (const measure of ['received', 'closed', 'open', 'overdue']) {
    assert.equal(cellOf(pack, 'headline', measure, 'now').n, json[measure], measure);
    assert.equal(cellOf(pack, 'headline', measure, 'last-year').n,
      json.sameMonthLastYear[measure], measure);
  }
  const answered = cellOf(pack, 'timely', 'answered', 'now');
  assert.deepEqual([answered.n, answered.of], [json.answeredInTime.in, json.answeredInTime.of]);
  assert.equal(cellOf(pack, 'days', 'handling', 'median').n, json.handlingDays.median);
  for (const row of tableOf(pack, 'types').rows) {
    const cell = cellOf(pack, 'types', row.id, 'received');
    const exact = json.byType.find((t) => t.type === row.id)?.received ?? 0;
    if (cell.mark === 'shown') assert.equal(cell.n, exact, row.id);
    else assert.equal(cell.mark === 'few', exact < 5, row.id);
  }
});

test('no number of 1 to 4 is shown where figures are split, and none can be worked out', async () => {
  let hidden = 0;
  for (const [client, board] of [[sekr, trafik], [alva, farsta], [alva, ''], [alva, 'dispatch']])
    for (const back of [0, -1, -7, -14]) {
      const pack = await packOf(client, board, nextMonth(month, back));
      for (const table of tablesOf(pack).filter((t) => tableOf(pack, t.id).rows.some((r) => r.total)))
        table.columns.forEach((column, k) => {
          if (column.kind !== 'count') return;
          for (const row of table.rows.filter((r) => !r.total))
            assert.ok(!(row.cells[k].n > 0 && row.cells[k].n < 5),
              `${board} ${table.id} ${row.id} ${column.id}: ${row.cells[k].n}`);
        });
      assert.deepEqual(leaks(pack), [], `${board} ${pack.month}`);
      hidden += hiddenCells(pack).length;
    }
  assert.ok(hidden > 500, `${hidden} are hidden`);
});

test('what one pack hides of a month, the pack of a later month hides too', async () => {
  const own = await packOf(sekr, trafik);
  const later = await packOf(sekr, trafik, nextMonth(month, 1));
  for (const row of tableOf(own, 'types').rows)
    assert.equal(cellOf(later, 'types-months', row.id, month).text,
      cellOf(own, 'types', row.id, 'received').text, row.id);
  for (const row of tableOf(later, 'top-months').rows)
    assert.equal(cellOf(later, 'top-months', row.id, month).text,
      tableOf(own, 'categories').rows.some((r) => r.id === row.id)
        ? cellOf(own, 'categories', row.id, 'received').text : '0', row.id);
});

test('page, file and API show the same numbers', async () => {
  const pack = await packOf(sekr, trafik);
  const cells = tablesOf(pack).flatMap((t) => t.rows.flatMap((r) => r.cells.map((c) => c.text)));
  const csv = await sekr.get(`/statistik/${trafik}/${month}/csv`);
  assert.equal(csv.status, 200);
  assert.match(csv.headers['content-type'], /^text\/csv/);
  assert.match(csv.headers['content-disposition'], new RegExp(`statistik-${trafik}-${month}\\.csv`));
  const lines = csv.text.trim().split('\r\n').slice(1);
  assert.deepEqual(lines.map((l) => l.split('";"')[8].replace(/^'/, '')), cells);
  const page = await sekr.get(`/statistik/${trafik}/${month}`);
  const shown = [...page.text.matchAll(/<td class="number(?: hidden)?"><bdi dir="ltr">([^<]*)/g)]
    .map((m) => m[1].trim().replaceAll('&lt;', '<'));
  assert.deepEqual(shown, cells);
});

test('a role at the board or an analyst: nobody else, and no other board or month', async () => {
  const pack = (query) => `/api/v1/statistics/packs?${query}`;
  assert.equal((await server.get(pack(`board=${trafik}&month=${month}`))).status, 401);
  assert.equal((await anna.get(pack(`board=${farsta}&month=${month}`))).status, 403);
  assert.equal((await anna.get(pack(`month=${month}`))).status, 403);
  assert.equal((await alva.get(pack(`month=${month}`))).status, 200);
  assert.equal((await anna.get(`/statistik/${farsta}/${month}/csv`)).status, 403);
  assert.equal((await anna.get(`/statistik/ingen/${month}/csv`)).status, 404);
  for (const [query, names] of [['', ['month']], ['board=ingen&month=nu', ['board', 'month']]]) {
    const res = await alva.get(pack(query));
    assert.equal(res.status, 422);
    assert.deepEqual(res.json.invalidParams.map((p) => p.name), names);
  }
});

test('a frozen pack keeps its figures and its names; a renamed subject shows in none of it', async () => {
  const got = await server.ctl(['statistics', '--freeze', '--month', month]);
  assert.equal(got.code, 0, got.stderr);
  const before = await packOf(sekr, trafik);
  assert.equal(before.frozen, true);
  assert.match(before.hash, /^[0-9a-f]{64}$/);
  assert.match(before.state, /^Fastställd /);
  const [{ name }] = await server.sql("SELECT name FROM synpunkt.category WHERE code = 'park'");
  await server.sql("UPDATE synpunkt.category SET name = 'Grönytor' WHERE code = 'park'");
  assert.deepEqual(await packOf(sekr, trafik), before);
  assert.ok(JSON.stringify(before).includes(name));
  const live = await packOf(sekr, trafik, thisMonth());
  assert.ok(!JSON.stringify(tableOf(live, 'categories')).includes(name));
});

const correct = (client, json) => client.post('/api/v1/statistics/corrections', { json });

test('the board’s secretary corrects a frozen month with a reason, which shows beside it', async () => {
  const frozen = await packOf(sekr, trafik);
  assert.equal((await correct(sekr, { board: trafik, month, reason: 'Inget' })).status, 409);
  await server.sql(`INSERT INTO synpunkt.case_event (case_id, seq, at, what, actor, board, codes,
      content, hash)
    SELECT c.id, (SELECT max(e.seq) + 1 FROM synpunkt.case_event e WHERE e.case_id = c.id), now(),
      'changed', 'system', c.board, jsonb_build_object('type', jsonb_build_object('from', c.type,
      'to', CASE c.type WHEN 'complaint' THEN 'praise' ELSE 'complaint' END)), '{}', sha256('')
    FROM synpunkt.case c JOIN synpunkt.case_leg l ON l.case_id = c.id AND l.seq = 1
    WHERE c.board = '${trafik}' AND l.board = c.board AND to_char(c.received_on, 'YYYY-MM') = '${month}'
    LIMIT 1`);
  await counted();
  const page = await sekr.get(`/statistik/${trafik}/${month}`);
  assert.match(page.text, /api\/v1\/statistics\/corrections/);
  assert.doesNotMatch((await anna.get(`/statistik/${trafik}/${month}`)).text, /api\/v1\/statistics\/corrections/);

  assert.equal((await correct(anna, { board: trafik, month, reason: 'Nej' })).status, 403);
  assert.equal((await correct(sekr, { board: farsta, month, reason: 'Nej' })).status, 403);
  assert.equal((await correct(sekr, { board: trafik, month: thisMonth(), reason: 'x' })).status, 409);
  const wrong = await correct(sekr, { board: 'ingen', month: '2026', reason: ' ' });
  assert.equal(wrong.status, 422);
  assert.deepEqual(wrong.json.invalidParams.map((p) => p.name), ['reason', 'board', 'month']);

  const reason = 'Typen var fel i ett ärende <b>';
  assert.equal((await correct(sekr, { board: trafik, month, reason })).status, 201);
  const { corrections, ...rest } = await packOf(sekr, trafik);
  const { corrections: none, ...same } = frozen;
  assert.deepEqual(none, []);
  assert.deepEqual(rest, same);
  assert.equal(corrections.length, 1);
  assert.equal(corrections[0].reason, reason);
  const after = await sekr.get(`/statistik/${trafik}/${month}`);
  assert.ok(after.text.includes('Typen var fel i ett ärende &lt;b&gt;'));
  assert.doesNotMatch(after.text, /api\/v1\/statistics\/corrections/);
});

test('a correction tells no more of children than the pack does', async () => {
  const before = nextMonth(month, -1);
  const letter = (n) => anna.post('/api/v1/desk/cases', { json: { text: `Brev ${n}`,
    category: 'gatubelysning', type: 'complaint', channel: 'letter', receivedOn: `${before}-28`,
    onBehalfOf: 'child' }, headers: { 'idempotency-key': `brev-${n}-0123456789` } });
  for (const n of [1, 2]) assert.equal((await letter(n)).status, 201);
  await counted();
  assert.equal((await server.ctl(['statistics', '--freeze', '--month', before])).code, 0);
  assert.equal(cellOf(await packOf(sekr, trafik, before), 'who', 'from_child', 'n').text, '<5');
  assert.equal((await letter(3)).status, 201);
  await counted();
  assert.equal((await correct(sekr, { board: trafik, month: before, reason: 'Ett brev till' })).status, 201);
  const { corrections: [{ changes }] } = await packOf(sekr, trafik, before);
  assert.ok(changes.some((c) => c.name === 'Inkomna'));
  assert.deepEqual(changes.filter((c) => /barn/.test(c.name)), []);
});

test('a year is summed only where all its months are known', async () => {
  const first = (await server.sql(`SELECT to_char(min(month), 'YYYY-MM') AS m
    FROM synpunkt.statistic_cell WHERE board = '${trafik}' AND axis = 'all'`))[0].m;
  const early = await packOf(sekr, trafik, nextMonth(first, 11));
  assert.equal(cellOf(early, 'headline', 'received', 'year').mark, 'shown');
  assert.equal(cellOf(early, 'headline', 'received', 'year-before').mark, 'none');
  const short = await packOf(sekr, trafik, nextMonth(first, 10));
  assert.equal(cellOf(short, 'headline', 'received', 'year').mark, 'none');
});

test('what may not be seen is answered as an error, not saved as a file', async () => {
  for (const kind of ['csv', 'xlsx', 'pdf']) {
    const res = await anna.get(`/statistik/${farsta}/${month}/${kind}`);
    assert.equal(res.status, 403, kind);
    assert.equal(res.headers['content-disposition'], undefined, kind);
  }
});

test('who waits for an answer with days left is told beside the shares', async () => {
  const pack = await packOf(sekr, trafik, thisMonth());
  const { json } = await sekr.get(`/api/v1/statistics?board=${trafik}&month=${thisMonth()}`);
  const notes = pack.sections.find((s) => s.code === 'F').notes.join(' ');
  assert.equal(notes.includes(`: ${json.notDue}.`), json.notDue > 0);
});

test('the CSV is safe from formulas', async () => {
  await server.sql("UPDATE synpunkt.category SET name = '=HYPERLINK(\"http://x\")' WHERE code = 'klotter'");
  const csv = await sekr.get(`/statistik/${trafik}/${thisMonth()}/csv`);
  assert.doesNotMatch(csv.text, /;"=/);
});

test('the pack as a workbook and as a tagged PDF, with the same figures', async () => {
  const pack = await packOf(sekr, trafik);
  const file = async (kind) => {
    const res = await fetch(`${server.url}/statistik/${trafik}/${month}/${kind}`,
      { headers: { cookie: sekr.cookie } });
    assert.equal(res.status, 200, kind);
    const at = path.join(testRoot(), `pack.${kind}`);
    fs.writeFileSync(at, Buffer.from(await res.arrayBuffer()));
    return { at, res };
  };
  const book = await file('xlsx');
  assert.match(book.res.headers.get('content-disposition'), /\.xlsx"$/);
  const { stdout: parts } = await run('unzip', ['-p', book.at, 'xl/sharedStrings.xml'], { encoding: 'utf8' });
  for (const { title } of pack.sections) assert.ok(parts.includes(title), title);
  const { at, res } = await file('pdf');
  assert.equal(res.headers.get('content-type'), 'application/pdf');
  const { stdout: tags } = await run('pdfinfo', ['-struct-text', at], { maxBuffer: 1 << 24 });
  for (const tag of ['H1', 'H2', 'Table', 'TH', 'TD', 'Caption'])
    assert.match(tags, new RegExp(`^ *${tag}\\b`, 'm'), tag);
  const { stdout: text } = await run('pdftotext', ['-layout', at, '-'], { maxBuffer: 1 << 24 });
  assert.match(text, new RegExp(`Inkomna +${cellOf(pack, 'headline', 'received', 'now').text}`));
  assert.match(text, /Så räknar vi/);
});

test('who wants it is told in the daily letter when a month is frozen, once', async () => {
  const at = `/api/v1/statistics/subscriptions/${trafik}`;
  assert.equal((await sekr.put(at)).status, 409, 'without an address');
  await server.sql("UPDATE synpunkt.staff_user SET email = 'sekr@example.org' WHERE username = 'sekr'");
  assert.equal((await anna.put(`/api/v1/statistics/subscriptions/${farsta}`)).status, 403);
  assert.equal((await sekr.put('/api/v1/statistics/subscriptions/ingen')).status, 404);
  assert.equal((await sekr.put(at)).status, 204);
  assert.match((await sekr.get(`/statistik/${trafik}/${month}`)).text, /data-send="DELETE"/);
  const before = nextMonth(month, -2);
  await server.sql(`UPDATE synpunkt.statistic_freeze SET next_month = '${before}-01'`);
  /* The months after it follow: nothing is frozen between the two questions below. */
  await eventually('all that is due is frozen', async () => (await server.sql(`SELECT
    synpunkt_statistics.freeze_on(f.next_month) > synpunkt.today() AS done
    FROM synpunkt.statistic_freeze f`))[0].done === 't', 120000);
  const told = async () => (await server.sql(`SELECT synpunkt_statistics.told(u.id)::text AS told
    FROM synpunkt.staff_user u WHERE u.username = 'sekr'`))[0].told;
  const [first] = JSON.parse(await told());
  assert.equal(first.month, before);
  assert.equal(first.name, 'Trafiknämnden');
  assert.equal(first.received, cellOf(await packOf(sekr, trafik, before), 'headline', 'received', 'now').n);
  assert.equal(await told(), null);
  assert.equal((await sekr.delete(at)).status, 204);
  assert.match((await sekr.get(`/statistik/${trafik}/${month}`)).text, /data-send="PUT"/);
});
