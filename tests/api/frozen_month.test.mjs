/* The frozen month: what was said of a month stays said; what is known later is a
 * correction of its own. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { ctl, eventually, request, startServer } from './harness.mjs';
import { localDay, makeLives, nextMonth, storeLives } from './lives.mjs';
import { newColleague } from './staff.mjs';

const trafik = 'trafiknamnden';
const farsta = 'farsta-stadsdelsnamnd';
const thisMonth = () => localDay(Date.now()).slice(0, 7);
const month = nextMonth(thisMonth(), -3);
let server;
let sekr; /* board-secretary at trafik */
let anna; /* case-handler at trafik */
let alva; /* analyst */

before(async () => {
  const days = JSON.parse((await ctl(['due', '--list', '2020', '2035', '--json'])).stdout);
  const calendar = new Map(days.map((d) => [d.date, d.workingDay]));
  server = await startServer({ env: { SYNPUNKT_CHECK_AT: '00:00' } });
  await storeLives(server, makeLives(800, 11, calendar));
  sekr = await newColleague(server, 'sekr', `board-secretary@${trafik}`);
  anna = await newColleague(server, 'anna', `case-handler@${trafik}`);
  alva = await newColleague(server, 'alva', 'analyst');
  await counted();
});
after(async () => {
  await server.stop();
  assert.doesNotMatch(server.log, /Sanitizer|runtime error|statistics_failed|job_failed/);
});

const counted = () => eventually('all is counted', async () => (await server.sql(`SELECT
  (SELECT count(*) FROM synpunkt.case) = (SELECT count(*) FROM synpunkt.statistic_case)
  AND NOT EXISTS (SELECT FROM synpunkt.statistic_dirty) AS done`))[0].done === 't', 240000);
const differences = async () =>
  (await server.sql('SELECT synpunkt_statistics.differences() AS n'))[0].n;
const statistics = async (...args) => server.ctl(['--json', 'statistics', ...args]);
async function shown(board, of = month) {
  const got = await statistics(...(board ? ['--board', board] : []), '--month', of);
  assert.equal(got.code, 0, got.stdout + got.stderr);
  return JSON.parse(got.stdout);
}

/* A case of the month becomes another subject, long after: which it was. */
async function recategorise(board) {
  const [row] = await server.sql(`INSERT INTO synpunkt.case_event (case_id, seq, at, what, actor,
      board, codes, content, hash)
    SELECT c.id, (SELECT max(e.seq) + 1 FROM synpunkt.case_event e WHERE e.case_id = c.id), now(),
      'changed', 'system', c.board, jsonb_build_object('category',
      jsonb_build_object('from', c.category, 'to', 'badplats')), '{}', sha256('')
    FROM synpunkt.case c WHERE c.board = '${board}' AND c.category IS NOT NULL
      AND to_char(c.received_on, 'YYYY-MM') = '${month}'
      AND NOT EXISTS (SELECT FROM synpunkt.case_leg l WHERE l.case_id = c.id AND l.seq > 1)
    LIMIT 1 RETURNING codes #>> '{category,from}' AS was`);
  assert.ok(row, 'there is a case to change');
  await counted();
  return row.was;
}

test('all cells are the events’, also by every axis at once', async () => {
  assert.equal(await differences(), '0');
  const [{ n }] = await server.sql('SELECT count(*) AS n FROM synpunkt.statistic_cube');
  assert.ok(Number(n) > 500);
});

const measured = async (name) => {
  const { text } = await request(server.opsUrl, 'GET', '/metrics');
  return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1]);
};

test('the nightly self-check says in /metrics what it found, once a day', async () => {
  await eventually('it is checked', async () =>
    await measured('synpunkt_statistics_checked_timestamp_seconds') > 0, 90000);
  assert.equal(await measured('synpunkt_statistics_differences'), 0);
  assert.equal(await measured('synpunkt_statistics_frozen_wrong'), 0);
  const check = async () => (await server.sql("SELECT * FROM synpunkt_statistics.check('00:00')"))[0];
  assert.equal((await check()).now, 'f');
  await server.sql('DELETE FROM synpunkt.statistic_checked');
  const { differences: n, wrong, now } = await check();
  assert.deepEqual([n, wrong, now], ['0', '0', 't']);
});

test('a wrong cell of any kind is a difference', async () => {
  for (const [table, column] of [['statistic_cell', 'received'], ['statistic_cube', 'answered'],
    ['statistic_days', 'n'], ['statistic_stock', 'change']]) {
    await server.sql(`CREATE TABLE public.kept AS SELECT * FROM synpunkt.${table};
      UPDATE synpunkt.${table} SET ${column} = ${column} + 1
      WHERE ctid = (SELECT min(ctid) FROM synpunkt.${table})`);
    assert.equal(await differences(), '1', table);
    await server.sql(`DELETE FROM synpunkt.${table}; INSERT INTO synpunkt.${table}
      SELECT * FROM public.kept; DROP TABLE public.kept`);
  }
  assert.equal(await differences(), '0');
});

test('a month that runs or has just ended cannot be frozen', async () => {
  const got = await statistics('--freeze', '--month', thisMonth());
  assert.equal(got.code, 1);
  assert.match(got.stdout, /third working day/);
});

test('a frozen month is what it was, and says so', async () => {
  const live = await shown(trafik);
  assert.equal(live.frozen, false);
  const got = await statistics('--freeze', '--month', month);
  assert.equal(got.code, 0, got.stdout + got.stderr);
  assert.ok(JSON.parse(got.stdout).frozen > 4);
  const frozen = await shown(trafik);
  assert.deepEqual(frozen, { ...live, frozen: true, corrections: [] });
  const { json } = await sekr.get(`/api/v1/statistics?board=${trafik}&month=${month}`);
  assert.deepEqual(json, frozen);
  assert.equal((await shown('')).frozen, true);
});

test('a month frozen twice is frozen once', async () => {
  const count = async () => (await server.sql('SELECT count(*) AS n FROM synpunkt.statistic_frozen'))[0].n;
  const n = await count();
  const got = await statistics('--freeze', '--month', month);
  assert.equal(JSON.parse(got.stdout).frozen, 0);
  assert.equal(await count(), n);
});

test('what is known later changes no frozen figure, until a correction says so beside it', async () => {
  const frozen = await shown(trafik);
  const subject = await recategorise(trafik);
  assert.deepEqual(await shown(trafik), frozen);
  const got = await server.ctl(['statistics', '--board', trafik, '--month', month, '--check']);
  assert.equal(got.code, 0, 'the cells are right all the same');
  const done = await statistics('--board', trafik, '--month', month, '--correct', 'Fel ämne från början');
  assert.equal(JSON.parse(done.stdout).outcome, 'done');
  const { corrections, ...rest } = await shown(trafik);
  const { corrections: none, ...before } = frozen;
  assert.deepEqual(none, []);
  assert.deepEqual(rest, before);
  assert.equal(corrections.length, 1);
  assert.equal(corrections[0].reason, 'Fel ämne från början');
  const of = (part, item, col) => corrections[0].changes.find((c) =>
    c[0] === part && c[1] === item && c[2] === col);
  assert.deepEqual(of('category', 'badplats', 'received').slice(3), [0, 1]);
  const [was, now] = of('category', subject, 'received').slice(3);
  assert.equal(now, was - 1);
  assert.equal(of('whole', '', 'received'), undefined);
});

test('a correction without anything to correct is none', async () => {
  const again = await statistics('--board', trafik, '--month', month, '--correct', 'Igen');
  assert.equal(JSON.parse(again.stdout).outcome, 'unchanged');
  assert.equal((await shown(trafik)).corrections.length, 1);
  const other = nextMonth(month, -1);
  assert.equal((await statistics('--board', trafik, '--month', other, '--correct', 'Nej')).code, 1);
});

test('nobody changes what is frozen, not even the owner', async () => {
  for (const sql of [`UPDATE synpunkt.statistic_frozen SET body = '{}'`,
    'DELETE FROM synpunkt.statistic_frozen', 'TRUNCATE synpunkt.statistic_frozen'])
    await assert.rejects(server.sql(sql), /does not change/, sql);
  for (const role of ['synpunkt_report', 'synpunkt_job', 'synpunkt_desk'])
    await assert.rejects(server.sqlAs(role, `INSERT INTO synpunkt.statistic_frozen (board, month,
      part, at, actor, body, before, hash) VALUES ('x', '2026-01-01', 0, now(), 'x', '{}', '',
      sha256(''))`), /permission denied/, role);
});

test('a frozen month that was changed behind the triggers is found', async () => {
  assert.equal((await server.ctl(['statistics', '--verify'])).code, 0);
  await server.sql(`ALTER TABLE synpunkt.statistic_frozen DISABLE TRIGGER frozen;
    UPDATE synpunkt.statistic_frozen SET body = replace(body, '"received": ', '"received": 1')
    WHERE board = '${farsta}'`);
  const got = await server.ctl(['statistics', '--verify']);
  assert.equal(got.code, 1);
  assert.match(got.stderr, new RegExp(`${farsta} ${month}`));
  await server.sql(`UPDATE synpunkt.statistic_frozen SET body = replace(body, '"received": 1', '"received": ')
    WHERE board = '${farsta}'; ALTER TABLE synpunkt.statistic_frozen ENABLE TRIGGER frozen`);
  assert.equal((await server.ctl(['statistics', '--verify'])).code, 0);
});

test('the month before is frozen by itself on its third working day, not before', async () => {
  const [{ next }] = await server.sql('SELECT next_month AS next FROM synpunkt.statistic_freeze');
  assert.equal(next, `${thisMonth()}-01`);
  const due = nextMonth(thisMonth(), -2);
  await server.sql(`UPDATE synpunkt.statistic_freeze SET next_month = '${due}-01'`);
  await eventually('it is frozen', async () => (await shown(trafik, due)).frozen, 60000);
  const [{ on }] = await server.sql(`SELECT synpunkt_statistics.freeze_on('${thisMonth()}-01') AS on`);
  assert.ok(on > localDay(Date.now()));
  const [{ last }] = await server.sql('SELECT max(month) AS last FROM synpunkt.statistic_frozen');
  assert.ok(last < `${thisMonth()}-01`);
});

test('year change, Easter and the clock: the third working day', async () => {
  for (const [of, on] of [['2025-12', '2026-01-07'], ['2026-03', '2026-04-07'],
    ['2026-10', '2026-11-04'], ['2026-04', '2026-05-06']]) {
    const [row] = await server.sql(`SELECT synpunkt_statistics.freeze_on('${of}-01') AS on`);
    assert.equal(row.on, on, of);
  }
});

test('the months that a pack compares with are those that were frozen', async () => {
  const [{ pack }] = await server.sql(`SELECT synpunkt_statistics.pack_live('${trafik}',
    '${nextMonth(month)}-01')::text AS pack`);
  const { history } = JSON.parse(pack);
  const moved = (of) => history.find((h) => h[0] === of && h[1] === 'category' && h[2] === 'badplats');
  assert.equal(moved(month), undefined, 'the recategorised case is not in the frozen month');
});
