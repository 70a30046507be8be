/* A reorganisation and the figures: months that were are as they were, row by row, and what is
 * open is counted where it went. And one that was killed in the middle ends the same. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { ctl, eventually, startServer } from './harness.mjs';
import { cityOf, localDay, makeLives, nextMonth, storeLives } from './lives.mjs';
import { openPsql } from './psql.mjs';
import { addBoards, farsta, pastFigures, planOf, reorganise, syd, today } from './reorganise_kit.mjs';
import { newColleague } from './staff.mjs';

const edu = 'utbildningsnamnden';
const month = nextMonth(localDay(Date.now()).slice(0, 7), -3);
let server, day;
before(async () => {
  const days = JSON.parse((await ctl(['due', '--list', '2020', '2035', '--json'])).stdout);
  server = await startServer();
  const now = Date.now() - 120000;
  await storeLives(server, makeLives(1500, 7, new Map(days.map((d) => [d.date, d.workingDay])), now, await cityOf(server, now)));
  await addBoards(server);
  day = await today(server);
  await newColleague(server, 'ped', `coordinator@${syd}`, 'Per Ed');
  await counted();
});
after(async () => {
  await server.stop();
  assert.doesNotMatch(server.log, /Sanitizer|runtime error|statistics_failed/);
});

const counted = () => eventually('all is counted', async () => (await server.sql(`SELECT
  (SELECT count(*) FROM synpunkt.case) = (SELECT count(*) FROM synpunkt.statistic_case)
  AND NOT EXISTS (SELECT FROM synpunkt.statistic_dirty) AS done`))[0].done === 't', 240000);
const one = async (sql) => Number((await server.sql(sql))[0].n);
const differences = () => one('SELECT synpunkt_statistics.differences() AS n');
const openAt = (board) => one(`SELECT count(*) AS n FROM synpunkt.case WHERE board = '${board}' AND closed_at IS NULL`);
const stockAt = (board, unit = '') => one(`SELECT coalesce(sum(change), 0) AS n FROM synpunkt.statistic_stock
  WHERE board = '${board}'${unit && ` AND unit = '${unit}'`}`);
const carriedEach = () => server.sql(`SELECT case_id, count(*) AS n FROM synpunkt.case_event
  WHERE what = 'carried-over' GROUP BY case_id`);

test('killed in the middle nothing is half done, and run again each case is carried once', async () => {
  const plan = planOf(day, { boards: [{ board: farsta, successor: syd }] });
  const open = await openAt(farsta);
  assert.ok(open > 20, `${open} open`);
  await newColleague(server, 'fia', `case-handler@${farsta}`, 'Fia Lind');
  const [{ id }] = await server.sql(`SELECT max(id) AS id FROM synpunkt.case WHERE board = '${farsta}' AND closed_at IS NULL`);
  await server.sql(`INSERT INTO synpunkt.case_access (case_id, user_id)
    SELECT ${id}, u.id FROM synpunkt.staff_user u WHERE u.username = 'fia'`);
  const past = await pastFigures(server);
  assert.ok(past.length > 3000, `${past.length} rows`);
  for (const board of ['', farsta, edu])
    assert.equal((await server.ctl(['statistics', ...(board ? ['--board', board] : []), '--month', month, '--freeze'])).code, 0);

  /* Who has the row that the last case's carrying needs stops it in the middle of a batch. */
  const holder = openPsql(server);
  await holder.run('BEGIN; SELECT FROM synpunkt.case_access FOR UPDATE');
  const running = reorganise(server, 'carry-out', plan);
  const waiting = () => server.sql(`SELECT pid FROM pg_stat_activity WHERE datname = current_database()
    AND query LIKE '%synpunkt_reorganise.carry%' AND wait_event_type = 'Lock' AND wait_event <> 'advisory'`);
  for (let kills = 0; kills < 3; kills++) {
    const [{ pid }] = await eventually('a batch is in the middle', async () => {
      const rows = await waiting();
      return rows.length > 0 && rows;
    });
    await server.sql(`SELECT pg_terminate_backend(${pid})`);
    await eventually('it is dead', async () => !(await waiting()).some((r) => r.pid === pid));
  }
  assert.ok((await carriedEach()).every((r) => r.n === '1'));
  assert.equal(await one(`SELECT count(*) AS n FROM synpunkt.case c WHERE board = '${syd}'
    AND NOT EXISTS (SELECT FROM synpunkt.case_event e WHERE e.case_id = c.id AND e.what = 'carried-over')`), 0);
  await holder.run('ROLLBACK');
  await holder.close();
  await running;

  const [first, second] = await Promise.all([reorganise(server, 'carry-out', plan), reorganise(server, 'carry-out', plan)]);
  assert.deepEqual([first.code, second.code], [0, 0], first.text + second.text);
  const each = await carriedEach();
  assert.deepEqual([each.length, each.every((r) => r.n === '1')], [open, true]);
  assert.deepEqual([await openAt(farsta), await openAt(syd)], [0, open]);
  assert.equal(await one(`SELECT carried AS n FROM synpunkt.reorganisation`), open);
  assert.equal(await one(`SELECT count(*) AS n FROM synpunkt.case c WHERE board = '${syd}' AND (SELECT count(*)
    FROM synpunkt.case_leg l WHERE l.case_id = c.id AND l.ended_at IS NULL AND l.board = '${syd}') <> 1`), 0);

  await counted();
  assert.deepEqual(await pastFigures(server), past, 'every row of every month before');
  assert.equal(await differences(), 0);
  const verify = await server.ctl(['statistics', '--verify']);
  assert.equal(verify.code, 0, verify.stdout + verify.stderr);
  assert.deepEqual([await stockAt(farsta), await stockAt(syd)], [0, open]);
  const sums = await server.sql(`SELECT sum(received) AS received, sum(passed_on) AS passed FROM synpunkt.statistic_cube WHERE board = '${syd}'`);
  assert.deepEqual(sums, [{ received: '0', passed: '0' }], 'carried over is neither received nor passed on');
});

test('of a unit that ends the months keep its name, and what is open is the successor’s', async () => {
  const [{ unit }] = await server.sql(`SELECT unit FROM synpunkt.case WHERE board = '${edu}' AND unit IS NOT NULL
    AND closed_at IS NULL GROUP BY unit ORDER BY count(*) DESC LIMIT 1`);
  await server.sql(`INSERT INTO synpunkt.unit (code, name, kind, board, operating_form)
    VALUES ('arvtagaren', 'Arvtagarens skola', 'school', '${edu}', 'in-house')`);
  await counted();
  const past = await pastFigures(server);
  const open = await one(`SELECT count(*) AS n FROM synpunkt.case WHERE unit = '${unit}' AND closed_at IS NULL`);
  const out = await reorganise(server, 'carry-out', planOf(day, { code: 'enhet', units: [{ unit, successor: 'arvtagaren' }] }));
  assert.equal(out.code, 0, out.text);
  assert.equal(out.json.carried, open);
  await counted();
  assert.deepEqual(await pastFigures(server), past);
  assert.equal(await differences(), 0);
  assert.deepEqual([await stockAt(edu, unit), await stockAt(edu, 'arvtagaren')], [0, await one(
    `SELECT count(*) AS n FROM synpunkt.case WHERE unit = 'arvtagaren' AND board = '${edu}' AND closed_at IS NULL`)]);
  assert.deepEqual(await server.sql(`SELECT kind, code, today FROM synpunkt_statistics.todays() WHERE code IN ('${unit}', '${farsta}') ORDER BY kind`),
    [{ kind: 'board', code: farsta, today: syd }, { kind: 'unit', code: unit, today: 'arvtagaren' }]);
  const verify = await server.ctl(['statistics', '--verify']);
  assert.equal(verify.code, 0, verify.stdout + verify.stderr);
});
