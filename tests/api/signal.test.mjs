/* Signals: a rise that was planted is found and a season is not, how often nothing at all is
 * taken for something, and who is told. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { coordinator, serial, submitTo, trafik } from './contract_desk_kit.mjs';
import { eventually, startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

let server, desk, first;
before(async () => {
  server = await startServer({ env: { SYNPUNKT_INTAKE_PER_HOUR: '0' } });
  desk = await coordinator(server);
  first = serial((await submitTo(server, 'Lampan är släckt')).number);
});
after(async () => {
  await server.stop();
  assert.doesNotMatch(server.log, /Sanitizer|runtime error|signals_failed/);
});

let used = 900000;
/* So many cases like the first one, evenly over days counted back from Monday. */
async function cases(n, [oldest, newest], over) {
  await server.sql(`INSERT INTO synpunkt.case SELECT (jsonb_populate_record(c, jsonb_build_object(
      'id', ${used} + i, 'submission_id', ${used} + i, 'received_on', d.day, 'acknowledge_by', d.day + 2,
      'answer_by', d.day + 10, 'follow_hash', encode(sha256(int8send(${used} + i)), 'hex')::bytea) || '${JSON.stringify(over)}')).*
    FROM synpunkt.case c, generate_series(0, ${n - 1}) i,
    LATERAL (SELECT date_trunc('week', synpunkt.today()::timestamp)::date - ${oldest}
      + (i * ${oldest - newest} / ${Math.max(n - 1, 1)})::integer AS day) d WHERE c.id = ${first}`
    .replace("encode(sha256(int8send(", "('\\x' || encode(sha256(int8send(").replace("), 'hex')::bytea", "), 'hex'))"));
  used += n;
}
const again = async () => {
  await server.sql('DELETE FROM synpunkt.signal; DELETE FROM synpunkt.signal_run');
  await eventually('the job worker has looked', async () =>
    (await server.sql('SELECT 1 FROM synpunkt.signal_run')).length === 1, 60000);
  return (await desk.get('/api/v1/desk/signals')).json;
};

test('the exact chance is that of the textbook', async () => {
  const [r] = await server.sql(`SELECT synpunkt_signal.tail(3, 3, 0.5) AS a, synpunkt_signal.tail(0, 9, 0.25) AS b,
    synpunkt_signal.tail(8, 10, 0.5) AS c, synpunkt_signal.tail(400, 500, 0.25) AS d, synpunkt_signal.tail(5, 5, 0.2) AS e`);
  for (const [name, right] of [['a', 0.125], ['b', 1], ['c', 56 / 1024], ['e', 0.00032]])
    assert.ok(Math.abs(Number(r[name]) - right) < 1e-9, `${name} ${r[name]}`);
  assert.ok(Number(r.d) < 1e-100);
});

/* Counts of 100 cells of a city, by their weekly rate; every fourth has a season that is four
 * times its other weeks. Drawn from tables of the Poisson distribution, by a fixed seed. */
const simulate = (cities, planted) => server.sql(`DO $$ BEGIN PERFORM setseed(0.5); END $$;
  CREATE TEMP TABLE rate AS SELECT r, (ARRAY[0.1, 0.3, 1, 3])[r] AS weekly FROM generate_series(1, 4) r;
  CREATE TEMP TABLE law AS WITH RECURSIVE law AS (
    SELECT m.mean, 0 AS k, exp(-m.mean) AS p, exp(-m.mean) AS up_to FROM (SELECT DISTINCT (weekly * f)::float8 AS mean
      FROM rate, unnest(ARRAY[4, 12, 8, 16, 32]) f) m
    UNION ALL SELECT l.mean, l.k + 1, l.p * l.mean / (l.k + 1), l.up_to + l.p * l.mean / (l.k + 1)
    FROM law l WHERE l.k < l.mean + 10 * sqrt(l.mean) + 20)
    SELECT mean, array_agg(up_to ORDER BY k) AS steps FROM law GROUP BY mean;
  CREATE TEMP TABLE city AS SELECT city, cell, r.weekly, cell % 4 = 0 AS season, random() AS u, random() AS v, random() AS w
    FROM generate_series(1, ${cities}) city, generate_series(1, 100) cell JOIN rate r ON r.r = cell % 5 % 4 + 1;
  CREATE TEMP TABLE counts AS SELECT c.city, c.cell, c.season,
    width_bucket(c.u, o.steps) + CASE WHEN ${planted} AND c.cell = 2 THEN 20 ELSE 0 END AS o, width_bucket(c.v, b.steps) AS b, width_bucket(c.w, y.steps) AS y
    FROM city c JOIN law o ON o.mean = (c.weekly * CASE WHEN c.season THEN 16 ELSE 4 END)::float8
    JOIN law b ON b.mean = (c.weekly * 12)::float8
    JOIN law y ON y.mean = (c.weekly * CASE WHEN c.season THEN 32 ELSE 8 END)::float8;
  SELECT count(DISTINCT j.city) FILTER (WHERE j.is_rise) AS alarmed, count(*) FILTER (WHERE j.is_rise) AS alarms,
    count(*) FILTER (WHERE j.is_rise AND j.i = 2) AS found, count(*) AS tested,
    count(*) FILTER (WHERE j.is_rise AND j.season) AS seasonal
  FROM (SELECT l.city, j.*, l.season[j.i] AS season FROM (SELECT city, array_agg(o ORDER BY cell)::integer[] AS o,
    array_agg(b ORDER BY cell)::integer[] AS b, array_agg(y ORDER BY cell)::integer[] AS y, array_agg(season ORDER BY cell) AS season FROM counts GROUP BY city) l
    CROSS JOIN LATERAL synpunkt_signal.judge(l.o, l.b, l.y, 0.25, 28.0 / (28 + 56)) j) j`).then((rows) => rows.at(-1));

test('of a thousand quiet cities at most one in twenty is told of anything, and a planted rise is found', async (t) => {
  const started = Date.now();
  const quiet = await simulate(1000, false);
  const rate = Number(quiet.alarmed) / 1000;
  t.diagnostic(`false alarms: ${quiet.alarmed} of 1000 quiet cities (${(100 * rate).toFixed(1)} %), ${quiet.seasonal} of ${quiet.alarms} alarms seasonal, ${quiet.tested} cells tested, ${Date.now() - started} ms`);
  assert.ok(Number(quiet.tested) > 30000);
  assert.ok(rate <= 0.05, `${rate}`);
  const planted = await simulate(200, true);
  t.diagnostic(`found: ${planted.found} of 200 planted rises, of 4 in four weeks to 24`);
  assert.ok(Number(planted.found) >= 190, planted.found);
});

test('on Monday: the planted rise and not the season, what comes back at one place, what piles up', async () => {
  const district = { district: 'farsta' };
  /* One a week for two years; in the last four weeks sixteen more. */
  await cases(104, [728, 1], { category: 'gatubelysning', ...district });
  await cases(16, [28, 1], { category: 'gatubelysning', ...district });
  /* Many now, and as many at the same time a year ago and two. */
  await cases(20, [28, 1], { category: 'klotter', ...district });
  await cases(40, [364 + 42, 364 - 13], { category: 'klotter', ...district });
  await cases(40, [728 + 42, 728 - 13], { category: 'klotter', ...district });
  await cases(3, [100, 40], { category: 'klotter', ...district });
  /* A rise of sensitive cases, whose district is nobody's to see. */
  await cases(14, [28, 1], { category: 'hemtjanst', sensitivity: 3, district: 'bromma' });
  await cases(3, [100, 40], { category: 'hemtjanst', sensitivity: 3, district: 'bromma' });
  /* Duplicates and praise are no cases. */
  await cases(30, [28, 1], { category: 'park', type: 'praise', ...district });
  await cases(30, [28, 1], { category: 'stadning', ...district, status: 'closed', closed_at: new Date().toISOString(), closure_reason: 'duplicate' });
  /* Six at one place, four at another, of no district: ten more than there ever were at the board. */
  await cases(6, [20, 2], { category: 'vagskador', position: 'SRID=4326;POINT(18.06 59.33)' });
  await cases(4, [20, 2], { category: 'vagskador', position: 'SRID=4326;POINT(18.09 59.33)' });
  await server.sql(`INSERT INTO synpunkt.case_leg (case_id, seq, board, opened_at, opened_on, opened_by)
    SELECT c.id, 9, 'farsta-stadsdelsnamnd', now() - make_interval(days => (c.id % 40)::integer), synpunkt.today(), 'routing'
    FROM synpunkt.case c WHERE c.id >= 900000 AND c.id < 900200 ON CONFLICT DO NOTHING`);

  const list = await again();
  const of = (kind) => list.items.filter((i) => i.kind === kind);
  assert.deepEqual(of('rise').map((i) => [i.category, i.districtName !== null, i.sensitive]).sort(),
    [['gatubelysning', true, false], ['hemtjanst', false, true], ['vagskador', false, false]]);
  const rise = of('rise').find((i) => i.category === 'gatubelysning');
  assert.ok(rise.evidence.n >= 20 && rise.evidence.p <= rise.evidence.limit, JSON.stringify(rise.evidence));
  const [repeat] = of('repeat');
  assert.deepEqual([of('repeat').length, repeat.category, repeat.evidence.n, repeat.numbers.length], [1, 'vagskador', 6, 6]);
  assert.ok(!JSON.stringify(list).includes('bromma'));

  assert.equal((await desk.get('/api/v1/desk/today')).json.signals, list.items.length);
  const [{ n }] = await server.sql('SELECT count(*) AS n FROM synpunkt.signal_run');
  assert.equal(n, '1');

  /* Farsta's backlog is Farsta's to see, and nobody handles signals without leading. */
  const farsta = await newColleague(server, 'signal-farsta', 'coordinator@farsta-stadsdelsnamnd');
  const theirs = (await farsta.get('/api/v1/desk/signals')).json.items;
  assert.deepEqual(theirs.map((i) => i.kind), ['backlog']);
  const { open } = theirs[0].evidence;
  assert.ok(open.length === 5 && open.every((k, i) => i === 0 || k > open[i - 1]), open.join());
  const handler = await newColleague(server, 'signal-hand', `case-handler@${trafik}`);
  assert.equal((await handler.get('/api/v1/desk/signals')).status, 403);
  assert.equal((await handler.post(`/api/v1/desk/signals/${rise.id}/dismissals`, { json: { reason: 'x' } })).status, 404);
  assert.equal((await farsta.post(`/api/v1/desk/signals/${rise.id}/dismissals`, { json: { reason: 'x' } })).status, 404);

  /* Dismissed with a reason, once. */
  const at = `/api/v1/desk/signals/${rise.id}/dismissals`;
  assert.equal((await desk.post(at, { json: { reason: ' ' } })).status, 422);
  assert.equal((await desk.post('/api/v1/desk/signals/x/dismissals', { json: { reason: 'x' } })).status, 404);
  const all = await Promise.all([1, 2].map(() => desk.post(at, { json: { reason: 'Vi bytte lampor.' } })));
  assert.deepEqual(all.map((r) => r.status).sort(), [200, 409]);
  const after = (await desk.get('/api/v1/desk/signals')).json.items;
  assert.equal(after.at(-1).dismissed.reason, 'Vi bytte lampor.');
  assert.equal((await desk.get('/api/v1/desk/today')).json.signals, list.items.length - 1);
});

test('a place that was dismissed is silent for four weeks, and the next crossing is not', async () => {
  await cases(7, [20, 2], { category: 'trafiksignal-skylt', district: 'farsta', position: 'SRID=4326;POINT(18.06 59.34)' });
  await cases(6, [20, 2], { category: 'trafiksignal-skylt', district: 'farsta', position: 'SRID=4326;POINT(18.07 59.34)' });
  const places = ({ items }) => items.filter((i) => i.kind === 'repeat' && i.category === 'trafiksignal-skylt').map((i) => i.evidence.n);
  const before = await again();
  assert.deepEqual(places(before), [7, 6]);
  const seven = before.items.find((i) => i.kind === 'repeat' && i.category === 'trafiksignal-skylt' && i.evidence.n === 7);
  assert.equal((await desk.post(`/api/v1/desk/signals/${seven.id}/dismissals`, { json: { reason: 'Bygget är klart.' } })).status, 200);
  const aWeekOn = async (days) => {
    await server.sql(`DELETE FROM synpunkt.signal WHERE dismissed_at IS NULL;
      UPDATE synpunkt.signal SET week = week - ${days}; DELETE FROM synpunkt.signal_run`);
    await eventually('the job worker has looked', async () =>
      (await server.sql('SELECT 1 FROM synpunkt.signal_run')).length === 1, 60000);
    return places((await desk.get('/api/v1/desk/signals')).json);
  };
  assert.deepEqual(await aWeekOn(7), [6]);
  assert.deepEqual(await aWeekOn(28), [7, 6], 'five weeks after');
});
