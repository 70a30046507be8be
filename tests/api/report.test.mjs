/* Reports of a tertial and of a year: sums of the months' packs that tell nothing these hide,
 * and what is written of them, version by version. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { ctl, eventually, startServer } from './harness.mjs';
import { localDay, makeLives, storeLives } from './lives.mjs';
import { newColleague } from './staff.mjs';

const trafik = 'trafiknamnden';
const farsta = 'farsta-stadsdelsnamnd';
const root = '/api/v1/desk/reports';
const today = localDay(Date.now());
const thisYear = Number(today.slice(0, 4));
const lastYear = thisYear - 1;
let server;
let sekr; /* board-secretary at trafik */
let chef; /* manager at trafik */
let anna; /* case-handler at trafik */
let fred; /* board-secretary at farsta */
let alva; /* analyst */

const monthsOf = (year, n) => Array.from({ length: n },
  (_, i) => `${year}-${String(i + 1).padStart(2, '0')}`);

before(async () => {
  const days = JSON.parse((await ctl(['due', '--list', '2020', '2035', '--json'])).stdout);
  server = await startServer();
  await storeLives(server, makeLives(2500, 5, new Map(days.map((d) => [d.date, d.workingDay]))));
  await server.sql(`INSERT INTO synpunkt.statistic_about (board, month, type, sex, age_band, n)
    VALUES ('${trafik}', '${lastYear}-03-01', 'complaint', 'woman', '', 8),
      ('${trafik}', '${lastYear}-03-01', 'complaint', 'man', '', 6),
      ('${trafik}', '${lastYear}-05-01', 'complaint', 'woman', '', 9),
      ('${trafik}', '${lastYear}-05-01', 'complaint', 'man', '', 3)`);
  await counted();
  await frozen();
  sekr = await newColleague(server, 'sekr', `board-secretary@${trafik}`, 'Siv Ek');
  chef = await newColleague(server, 'chef', `manager@${trafik}`);
  anna = await newColleague(server, 'anna', `case-handler@${trafik}`);
  fred = await newColleague(server, 'fred', `board-secretary@${farsta}`);
  alva = await newColleague(server, 'alva', 'analyst');
});
after(async () => {
  await server.stop();
  assert.doesNotMatch(server.log, /Sanitizer|runtime error|statistics_failed|page_failed/);
});

const counted = () => eventually('all is counted', async () => (await server.sql(`SELECT
  (SELECT count(*) FROM synpunkt.case) = (SELECT count(*) FROM synpunkt.statistic_case)
  AND NOT EXISTS (SELECT FROM synpunkt.statistic_dirty) AS done`))[0].done === 't', 240000);

/* Every month of last year, and of this one what is due. */
async function frozen() {
  await server.sql(`UPDATE synpunkt.statistic_freeze SET next_month = '${lastYear}-01-01'`);
  await eventually('all that is due is frozen', async () => (await server.sql(`SELECT
    synpunkt_statistics.freeze_on(f.next_month) > synpunkt.today() AS done
    FROM synpunkt.statistic_freeze f`))[0].done === 't', 240000);
}

async function reportOf(client, board, period, more = '') {
  const res = await client.get(`${root}/${board}/${period}${more}`);
  assert.equal(res.status, 200, res.text);
  assert.equal(res.headers.etag, `"${res.json.version}"`);
  return res.json;
}
const sectionOf = (report, id) => report.sections.find((s) => s.id === id);
const tableOf = (report, id) => report.sections.flatMap((s) => s.tables).find((t) => t.id === id);
function cellOf(report, id, row, column) {
  const table = tableOf(report, id);
  return table.rows.find((r) => r.id === row)
    .cells[table.columns.findIndex((c) => c.id === column)];
}
const packs = new Map();
async function packOf(board, month) {
  const key = `${board} ${month}`;
  if (!packs.has(key)) {
    const res = await alva.get(`/api/v1/statistics/packs?month=${month}&board=${board}`);
    assert.equal(res.status, 200, res.text);
    packs.set(key, res.json);
  }
  return packs.get(key);
}
const save = (client, board, period, version, sections) => client.put(`${root}/${board}/${period}`,
  { json: { sections }, etag: `"${version}"` });

test('the list has the reports of this year and the last, latest first', async () => {
  const { items } = (await sekr.get(root)).json;
  assert.deepEqual(items.map((i) => i.period), [`${thisYear}`, `${thisYear}-t2`, `${thisYear}-t1`,
    `${lastYear}`, `${lastYear}-t2`, `${lastYear}-t1`]);
  const year = items.find((i) => i.period === `${lastYear}`);
  assert.deepEqual({ ...year, board: year.board.code }, { board: trafik, period: `${lastYear}`,
    kind: 'annual', name: `Verksamhetsberättelse ${lastYear}`, from: `${lastYear}-01-01`,
    to: `${lastYear}-12-31`, through: `${lastYear}-12`, complete: true, version: 0,
    savedAt: null, savedBy: null });
  assert.equal(items.find((i) => i.period === `${lastYear}-t2`).to, `${lastYear}-08-31`);
  const all = (await alva.get(root)).json.items;
  assert.ok(new Set(all.map((i) => i.board.code)).size > 3);
  assert.deepEqual((await alva.get(`${root}?board=${farsta}`)).json.items.map((i) => i.board.code),
    Array(6).fill(farsta));
  assert.equal((await alva.get(`${root}?board=ingen`)).status, 422);
  assert.deepEqual((await sekr.get(`${root}?board=${farsta}`)).json.items, []);
});

test('a period’s figures are the sums of its months’ packs, beside the year before', async () => {
  for (const [period, n] of [[`${lastYear}-t1`, 4], [`${lastYear}-t2`, 8], [`${lastYear}`, 12]]) {
    const report = await reportOf(sekr, trafik, period);
    let received = 0;
    let due = 0;
    for (const month of monthsOf(lastYear, n)) {
      const pack = await packOf(trafik, month);
      received += cellOf(pack, 'headline', 'received', 'now').n;
      due += cellOf(pack, 'timely', 'answered', 'now').of ?? 0;
    }
    assert.equal(cellOf(report, 'report-types', 'all', 'now').n, received, period);
    assert.equal(cellOf(report, 'report-late', 'due', 'now').n, due, period);
    assert.equal(report.through, monthsOf(lastYear, n).at(-1));
    assert.match(sectionOf(report, 'told').suggested, new RegExp(`emot ${received} ärenden`));
  }
  const through = Number(today.slice(5, 7)) - 1;
  if (through < 1) return;
  const running = await reportOf(sekr, trafik, `${thisYear}`);
  let before = 0;
  for (const month of monthsOf(lastYear, through))
    before += cellOf(await packOf(trafik, month), 'headline', 'received', 'now').n;
  assert.equal(running.through, monthsOf(thisYear, through).at(-1));
  assert.equal(running.complete, false);
  assert.equal(cellOf(running, 'report-types', 'all', 'last-year').n, before);
  assert.match(running.state, /inte slut/);
});

test('the median of a period is that of all its cases, not of the months’ medians', async () => {
  const report = await reportOf(sekr, trafik, `${lastYear}`);
  const [{ days }] = await server.sql(`SELECT string_agg(d.days || ':' || d.n, ',') AS days
    FROM (SELECT k.days, sum(k.n) AS n FROM synpunkt.statistic_days k WHERE k.board = '${trafik}'
      AND k.kind = 'handling' AND k.month BETWEEN '${lastYear}-01-01' AND '${lastYear}-12-01'
      GROUP BY k.days) d WHERE d.n > 0`);
  const all = days.split(',').flatMap((d) => Array(Number(d.split(':')[1])).fill(Number(d.split(':')[0])))
    .sort((a, b) => a - b);
  assert.equal(cellOf(report, 'report-indicators', 'handling', 'outcome').n,
    all[Math.ceil(all.length / 2) - 1]);
});

test('no number of 1 to 4 is shown in a split, and no month’s hidden one can be worked out', async () => {
  const kinds = { 'report-types': 'types', 'report-top': 'categories' };
  let hidden = 0;
  for (const [client, board] of [[sekr, trafik], [fred, farsta], [alva, 'dispatch']])
    for (const year of [lastYear, thisYear]) {
      const sums = { 0: new Map() };
      for (const [period, n] of [['-t1', 4], ['-t2', 8], ['', 12]]) {
        const report = await reportOf(client, board, `${year}${period}`);
        if (report.through?.slice(5) !== String(n).padStart(2, '0')) continue;
        sums[n] = new Map();
        for (const id of Object.keys(kinds))
          for (const row of tableOf(report, id)?.rows ?? []) {
            if (row.total) continue;
            const cell = row.cells[0];
            assert.ok(!(cell.n > 0 && cell.n < 5), `${board} ${report.period} ${row.id}`);
            sums[n].set(`${id} ${row.id}`, cell);
            hidden += cell.mark !== 'shown';
          }
      }
      /* Row by row: the months and the sums at the ends are all that somebody has. */
      for (const n of [4, 8, 12].filter((k) => sums[k]))
        for (const [key, cell] of sums[n]) {
          const [id, row] = key.split(' ');
          const open = [];
          for (const month of monthsOf(year, n)) {
            const pack = await packOf(board, month);
            const table = tableOf(pack, kinds[id]);
            const of = table?.rows.find((r) => r.id === row)?.cells[0];
            if (of && of.mark !== 'shown') open.push(month);
          }
          const before = sums[n - 4].get(key);
          const since = open.filter((m) => Number(m.slice(5)) > n - 4);
          if (cell.mark === 'shown' && (n === 4 || before?.mark === 'shown'))
            assert.notEqual(since.length, 1, `${board} ${year} ${n} ${key} tells ${since}`);
          if (cell.mark === 'shown') assert.notEqual(open.length, 1, `${board} ${year} ${n} ${key}`);
        }
    }
  assert.ok(hidden > 0, `${hidden} are hidden`);
});

test('who wrote is told of the months that tell it, with n and how many are missing', async () => {
  const report = await reportOf(sekr, trafik, `${lastYear}`);
  const received = cellOf(report, 'report-types', 'all', 'now').n;
  const { rows } = tableOf(report, 'report-about-sex');
  assert.deepEqual(rows.map((r) => [r.id, r.cells[0].n]),
    [['woman', 8], ['man', 6], ['missing', received - 14]]);
  assert.match(sectionOf(report, 'who').suggested, new RegExp(`känt för 14 av ${received}`));
  const none = await reportOf(fred, farsta, `${lastYear}`);
  assert.equal(sectionOf(none, 'who').tables.length, 0);
  assert.match(sectionOf(none, 'who').suggested, /inte insamlat/);
});

test('a role at the board or an analyst reads; nobody else, and no other period', async () => {
  assert.equal((await server.get(`${root}/${trafik}/${lastYear}`)).status, 401);
  assert.equal((await fred.get(`${root}/${trafik}/${lastYear}`)).status, 403);
  assert.equal((await alva.get(`${root}/${trafik}/${lastYear}`)).json.mayWrite, false);
  assert.equal((await anna.get(`${root}/${trafik}/${lastYear}`)).json.mayWrite, false);
  assert.equal((await chef.get(`${root}/${trafik}/${lastYear}`)).json.mayWrite, true);
  for (const wrong of ['ingen/2026', `${trafik}/26`, `${trafik}/${lastYear}-t3`, `${trafik}/nu`,
    `${trafik}/${thisYear + 1}`, `${trafik}/${lastYear}?version=7`, `${trafik}/${lastYear}?version=x`])
    assert.equal((await alva.get(`${root}/${wrong}`)).status, 404, wrong);
});

test('what is written is kept version by version, and who wrote it', async () => {
  const at = [trafik, `${lastYear}-t1`];
  const first = await reportOf(sekr, ...at);
  assert.deepEqual([first.version, first.versions], [0, []]);
  assert.ok(first.sections.every((s) => s.text === s.suggested && !s.edited && !s.outdated));
  const saved = await save(sekr, ...at, 0, [{ id: 'told', text: 'Många\r\nskrev om snö.' }]);
  assert.equal(saved.status, 200, saved.text);
  assert.equal(saved.headers.etag, '"1"');
  assert.equal(sectionOf(saved.json, 'told').text, 'Många\nskrev om snö.');
  assert.equal(sectionOf(saved.json, 'told').edited, true);
  assert.equal(saved.json.versions[0].by, 'Siv Ek');
  const more = await save(chef, ...at, 1, [{ id: 'late', text: 'Sjukdom.' }, { id: 'risks', text: '' }]);
  assert.equal(more.status, 200, more.text);
  assert.equal(sectionOf(more.json, 'told').text, 'Många\nskrev om snö.');
  assert.equal(sectionOf(more.json, 'risks').text, '');
  const back = await save(sekr, ...at, 2, [{ id: 'told', text: null }]);
  assert.equal(sectionOf(back.json, 'told').edited, false);
  assert.equal(sectionOf(back.json, 'told').text, first.sections[0].suggested);
  const earlier = await reportOf(alva, ...at, '?version=1');
  assert.equal(sectionOf(earlier, 'told').text, 'Många\nskrev om snö.');
  assert.equal(earlier.latest, false);
  assert.deepEqual(back.json.versions.map((v) => v.version), [3, 2, 1]);
  assert.equal((await sekr.get(root)).json.items.find((i) => i.period === at[1]).version, 3);
  await assert.rejects(server.sql('DELETE FROM synpunkt.report_text'), /does not change/);
  await assert.rejects(server.sql('UPDATE synpunkt.report_text SET version = 9'), /does not change/);
});

test('a version that somebody has saved since is not written over', async () => {
  const at = [trafik, `${lastYear}-t2`];
  const sections = [{ id: 'told', text: 'Ett.' }];
  const bare = await sekr.put(`${root}/${at.join('/')}`, { json: { sections } });
  assert.equal(bare.status, 428);
  assert.equal((await save(sekr, ...at, 0, sections)).status, 200);
  const stale = await save(chef, ...at, 0, [{ id: 'told', text: 'Två.' }]);
  assert.equal(stale.status, 409, stale.text);
  assert.equal(stale.json.current.version, 1);
  assert.equal(sectionOf(stale.json.current, 'told').text, 'Ett.');
  for (const [who, status] of [[anna, 403], [fred, 403], [alva, 403]])
    assert.equal((await save(who, ...at, 1, sections)).status, status);
});

test('all that is wrong with what is written is told at once', async () => {
  const res = await save(sekr, trafik, `${lastYear}`, 0, [{ id: 'nothing', text: 'x' },
    { id: 'told', text: 'å'.repeat(10001) }, { id: 'late', text: 7 }, { id: 'risks' },
    { id: 'types', text: 'a\u0000b' }, { id: 'types', text: 'a\u0007b' }, { id: 'who', text: 'a' },
    { id: 'who', text: 'b' }]);
  assert.equal(res.status, 422, res.text);
  assert.deepEqual(res.json.invalidParams.map((p) => p.name), ['sections[0].id', 'sections[1].text',
    'sections[2].text', 'sections[3].text', 'sections[4].text', 'sections[5].text', 'sections[7].id']);
  assert.equal((await sekr.put(`${root}/${trafik}/${lastYear}`, { json: {}, etag: '"0"' })).status, 422);
  const whole = Array.from(['told', 'changed', 'types', 'indicators', 'activities', 'operation', 'who',
    'children', 'late', 'risks'], (id) => ({ id, text: 'ö'.repeat(10000) }));
  const long = await save(sekr, trafik, `${lastYear}`, 0, whole);
  assert.equal(long.status, 200, long.text);
  assert.equal(sectionOf(long.json, 'risks').text.length, 10000);
});

test('a correction of a month makes what was written of it outdated', async () => {
  const at = [trafik, `${lastYear}-t1`];
  const { version } = await reportOf(sekr, ...at);
  assert.equal((await save(sekr, ...at, version, [{ id: 'types', text: 'Som det var.' }])).status, 200);
  const before = await reportOf(sekr, ...at);
  const month = `${lastYear}-02`;
  await server.sql(`INSERT INTO synpunkt.case_event (case_id, seq, at, what, actor, board, codes,
      content, hash)
    SELECT c.id, (SELECT max(e.seq) + 1 FROM synpunkt.case_event e WHERE e.case_id = c.id), now(),
      'changed', 'system', c.board, jsonb_build_object('type', jsonb_build_object('from', c.type,
      'to', 'complaint')), '{}', sha256('')
    FROM synpunkt.case c JOIN synpunkt.case_leg l ON l.case_id = c.id AND l.seq = 1
    WHERE c.board = '${trafik}' AND l.board = c.board AND to_char(c.received_on, 'YYYY-MM') = '${month}'
      AND c.type <> 'complaint'`);
  await counted();
  assert.deepEqual((await reportOf(sekr, ...at)).sections, before.sections, 'it is frozen');
  const res = await sekr.post('/api/v1/statistics/corrections',
    { json: { board: trafik, month, reason: 'Fel typ' } });
  assert.equal(res.status, 201, res.text);
  const after = await reportOf(sekr, ...at);
  assert.equal(sectionOf(after, 'types').outdated, true);
  assert.equal(sectionOf(after, 'types').text, 'Som det var.');
  assert.notEqual(sectionOf(after, 'types').suggested, sectionOf(before, 'types').suggested);
  assert.match(after.state, /rättats/);
  const again = await save(sekr, ...at, after.version, [{ id: 'types', text: 'Som det är.' }]);
  assert.equal(sectionOf(again.json, 'types').outdated, false);
});

const setting = async (kind, row) => {
  const res = await chef.post(`/api/v1/settings/${kind}`, { json: { row, reason: 'Beslut' } });
  assert.equal(res.status, 201, res.text);
  return res.json;
};

test('an indicator is fulfilled, partly or not by the exact outcome; without a target it is told', async () => {
  const at = [trafik, `${lastYear}-t2`];
  const verdict = async (id) =>
    tableOf(await reportOf(sekr, ...at), 'report-indicators').rows.find((r) => r.id === id);
  const untargeted = await verdict('answered');
  assert.equal(untargeted.verdict, 'no-target');
  assert.equal(untargeted.cells[1].mark, 'shown');
  const share = untargeted.cells[1];
  const floor = Math.floor(100 * share.n / share.of);
  const target = (measure, n, partly, more) => setting('report-targets', { board: trafik,
    year: lastYear, measure, target: n, partly, ...more });
  await target('answered', floor, 0);
  assert.equal((await verdict('answered')).verdict, 'fulfilled');
  await target('answered', floor + 1, floor);
  assert.equal((await verdict('answered')).verdict, 'partly');
  await target('answered', 100, floor + 1);
  assert.equal((await verdict('answered')).verdict, 'not');
  const { n } = (await verdict('handling')).cells[1];
  await target('handling', n, n + 5);
  assert.equal((await verdict('handling')).verdict, 'fulfilled');
  await target('handling', n - 1, n);
  assert.equal((await verdict('handling')).verdict, 'partly');
  assert.equal((await verdict('satisfaction')).verdict, 'no-target');
  for (const row of [{ measure: 'answered', target: 90, partly: 95 },
    { measure: 'answered', target: 101, partly: 9 }, { measure: 'handling', target: 20, partly: 10 },
    { measure: 'mood', target: 1, partly: 1 }]) {
    const res = await chef.post('/api/v1/settings/report-targets',
      { json: { row: { board: trafik, year: lastYear, ...row }, reason: 'x' } });
    assert.equal(res.status, 422, res.text);
  }
  assert.match(sectionOf(await reportOf(sekr, ...at), 'indicators').notes.join(' '), /delvis uppfyllt/);
});

test('a board without tertial report 1 has none', async () => {
  await setting('report-rhythm', { board: trafik, tertial1: false });
  const { items } = (await sekr.get(root)).json;
  assert.deepEqual(items.map((i) => i.period),
    [`${thisYear}`, `${thisYear}-t2`, `${lastYear}`, `${lastYear}-t2`]);
  assert.equal((await sekr.get(`${root}/${trafik}/${lastYear}-t1`)).status, 404);
  assert.equal((await fred.get(`${root}/${farsta}/${lastYear}-t1`)).status, 200);
});
