/* Working days against an independent library, and what `due` prints. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import Holidays from 'date-holidays';

import { ctl } from './harness.mjs';

const firstYear = 2020;
const lastYear = 2035;
const dayOf = (date) => date.toISOString().slice(0, 10);

/* The library's public holidays, the three eves that the law treats the same, and the
 * weekend. It calls the eves bank days or observances, so they are named by hand. */
function closedDays(year) {
  const closed = new Set([`${year}-12-24`, `${year}-12-31`]);
  for (const holiday of new Holidays('SE', { languages: 'sv' }).getHolidays(year)) {
    const day = holiday.date.slice(0, 10);
    if (holiday.type === 'public') closed.add(day);
    if (holiday.rule === 'friday after 06-19') closed.add(day);
  }
  return closed;
}

function* daysOf(year) {
  for (let t = Date.UTC(year, 0, 1); t <= Date.UTC(year, 11, 31); t += 86400000)
    yield new Date(t);
}

const isWeekend = (date) => date.getUTCDay() % 6 === 0;

test(`every day ${firstYear} to ${lastYear} agrees with date-holidays`, async () => {
  const out = await ctl(['due', '--list', `${firstYear}`, `${lastYear}`, '--json']);
  assert.equal(out.code, 0);
  const ours = new Map(JSON.parse(out.stdout).map((d) => [d.date, d]));
  let n = 0;

  for (let year = firstYear; year <= lastYear; year++) {
    const closed = closedDays(year);
    /* Thirteen red days but for Sundays, midsummer's eve, Christmas and New Year's. */
    assert.ok(closed.size >= 15, `${year}: ${[...closed]}`);
    for (const date of daysOf(year)) {
      const day = dayOf(date);
      const open = !closed.has(day) && !isWeekend(date);
      assert.equal(ours.get(day)?.workingDay, open, day);
      n++;
    }
  }
  assert.equal(ours.size, n);
});

test('due counts as the library does', async () => {
  const closed = new Set();
  for (let year = firstYear; year <= lastYear; year++)
    for (const day of closedDays(year)) closed.add(day);
  for (let i = 0; i < 40; i++) {
    const from = Date.UTC(2020, 0, 1 + i * 131);
    const n = 1 + (i * 7) % 60;
    let at = from;
    for (let left = n; left > 0;) {
      at += 86400000;
      const date = new Date(at);
      if (!isWeekend(date) && !closed.has(dayOf(date))) left--;
    }
    const out = await ctl(['due', dayOf(new Date(from)), `${n}`]);
    assert.equal(out.stdout, `${dayOf(new Date(at))}\n`, `${dayOf(new Date(from))} + ${n}`);
  }
});

test('due prints the promised example and says what it cannot do', async () => {
  assert.deepEqual(await ctl(['due', '2026-12-22', '10']),
    { code: 0, stdout: '2027-01-12\n', stderr: '' });
  assert.deepEqual(JSON.parse((await ctl(['--json', 'due', '2026-12-22', '2'])).stdout),
    { due: '2026-12-28' });
  const cases = [[[], 2], [['2026-12-22'], 2], [['2026-02-30', '1'], 2],
    [['2026-12-22', '-1'], 2], [['2026-12-22', 'x'], 2], [['2026-12-22', '1', '2'], 2],
    [['2199-12-30', '5'], 1], [['1949-01-01', '1'], 1], [['--never'], 2]];
  for (const [args, code] of cases) {
    const out = await ctl(['due', ...args]);
    assert.equal(out.code, code, args.join(' '));
    assert.equal(out.stdout, '');
    assert.match(out.stderr, /^synpunktctl: /);
  }
});
