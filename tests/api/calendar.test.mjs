/* The calendar as rows against the rule of `synpunktctl due`, and against the server. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { ctl, eventually, startServer, testRoot } from './harness.mjs';

let server;
let rule; /* [{date, workingDay}], 1950 to 2199 */

before(async () => {
  server = await startServer();
  rule = JSON.parse((await ctl(['due', '--list', '1950', '2199', '--json'])).stdout);
});
after(() => server.stop());

const rows = () => server.sql(
  'SELECT day, plain, working, ordinal FROM synpunkt.calendar_day ORDER BY day');

function exceptions(lines) {
  const file = path.join(testRoot(), 'exceptions.tsv');
  fs.writeFileSync(file, ['day\topen\tname', ...lines, ''].join('\n'));
  return server.ctl(['import', 'exceptions', file]);
}

test('every day 1950 to 2199 is what due says, and counted', async () => {
  let n = 0;
  const expected = rule.map((d) => {
    if (d.workingDay) n++;
    const open = d.workingDay ? 't' : 'f';
    return { day: d.date, plain: open, working: open, ordinal: `${n}` };
  });
  assert.deepEqual(await rows(), expected);
});

test('migrating again changes no row', async () => {
  const before = await server.sql('SELECT max(xmin::text::bigint) AS x FROM synpunkt.calendar_day');
  assert.equal((await server.ctl(['migrate'])).code, 0);
  assert.deepEqual(await server.sql(
    'SELECT max(xmin::text::bigint) AS x FROM synpunkt.calendar_day'), before);
});

test('a rule that has changed is laid in anew', async () => {
  await server.sql(`UPDATE synpunkt.calendar_day SET plain = true WHERE day = '2026-12-24'`);
  assert.equal((await server.ctl(['migrate'])).code, 0);
  assert.deepEqual(await server.sql(`SELECT plain, working FROM synpunkt.calendar_day
    WHERE day = '2026-12-24'`), [{ plain: 'f', working: 'f' }]);
});

test('days after and days between are what due says', async () => {
  for (let i = 0; i < 60; i++) {
    const from = rule[20000 + i * 397].date;
    const n = [0, 1, 2, 10, 250][i % 5];
    const due = (await ctl(['due', from, `${n}`])).stdout.trim();
    const [row] = await server.sql(`SELECT synpunkt.working_day_after('${from}', ${n}) AS due,
      synpunkt.working_days_between('${from}', '${due}') AS n,
      synpunkt.working_days_between('${due}', '${from}') AS back`);
    assert.deepEqual(row, { due, n: `${n}`, back: '0' }, `${from} + ${n}`);
  }
  const [out] = await server.sql(`SELECT synpunkt.working_day_after('2199-12-30', 5) AS late,
    synpunkt.working_day_after('1949-12-31', 1) AS early,
    synpunkt.working_day_after('2026-01-01', -1) AS back`);
  assert.deepEqual(out, { late: null, early: null, back: null });
});

test('the city’s own days are laid over it, and taken away, as the server reckons', async () => {
  const [{ today }] = await server.sql(
    `SELECT (now() AT TIME ZONE 'Europe/Stockholm')::date AS today`);
  const at = rule.findIndex((d) => d.date === today);
  const closed = rule.slice(at + 1).filter((d) => d.workingDay)[1].date;
  const open = rule.slice(at + 1).find((d) => !d.workingDay).date;
  const due = async () => (await server.sql(
    `SELECT synpunkt.working_day_after('${today}', 10) AS due`))[0].due;
  const promised = async () => (await server.post('/api/v1/cases',
    { json: { text: 'Hej', category: 'gatubelysning', type: 'question' } })).json.answerBy;
  const before = await rows();
  const plain = await due();

  assert.equal((await exceptions([`${closed}\tno\tklämdag`, '2030-01-02\tno\tklämdag'])).code, 0);
  const later = await due();
  assert.ok(later > plain);
  await eventually('the server has the exceptions', async () => await promised() === later);
  assert.equal((await exceptions([`${closed}\tno\tklämdag`, `${open}\tyes\töppet`])).code, 0);
  await eventually('the server has the others', async () => await promised() === await due());
  assert.equal((await exceptions([])).code, 0);
  assert.deepEqual(await rows(), before);
});
