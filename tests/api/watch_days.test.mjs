/* What is watched, at chosen instants: the database's functions without a server. */
import assert from 'node:assert/strict';
import { before, beforeEach, test } from 'node:test';

import { sharedCluster, template } from './harness.mjs';

const trafik = 'trafiknamnden';
const park = 'farsta-stadsdelsnamnd';
let cluster;
let database;
const sql = (query) => cluster.sql(query, { database });
const asJob = (query) => cluster.sql(query, { database, role: 'synpunkt_job' });

before(async () => {
  cluster = await sharedCluster();
  database = await cluster.newDatabase(await template(cluster, { empty: true }));
  await sql(`INSERT INTO synpunkt.organisation (code, position, kind, name, short_name)
    VALUES ('${trafik}', 1, 'board', 'Trafiknämnden', 'Trafik'),
      ('${park}', 2, 'board', 'Farsta stadsdelsnämnd', 'Farsta');
    INSERT INTO synpunkt.category (code, position, area, area_name, name, owner, sensitivity)
    VALUES ('gatubelysning', 1, 'gata', 'Gata', 'Gatubelysning', '${trafik}', 1),
      ('barn-unga-familj', 2, 'social', 'Social', 'Barn, unga, familj', '${park}', 4)`);
});
/* The histories of people and settings let nobody take anything away: not while their
 * triggers are on. */
beforeEach(() => sql(`SET session_replication_role = replica;
  TRUNCATE synpunkt.case, synpunkt.outbox, synpunkt.digest, synpunkt.staff_user CASCADE`));

/* One case by the call that the server makes, with the days as they are to be. */
async function submit({ received = '2025-12-01', acknowledge = '2025-12-03',
  answer = '2025-12-15', board = trafik, category = 'gatubelysning', sensitivity = 1,
  wants = true, handler = 'NULL' } = {}) {
  const [{ id }] = await sql(`SELECT synpunkt_intake.submit(
    (SELECT version FROM synpunkt.city_version),
    ARRAY[nextval('synpunkt.case_serial')], ARRAY['${received} 12:00+01'::timestamptz],
    ARRAY['${received}'::date], ARRAY['complaint'], ARRAY['${category}'], ARRAY['${board}'],
    ARRAY[NULL]::text[], ARRAY[NULL]::text[], ARRAY['api'], ARRAY[${sensitivity}]::smallint[],
    ARRAY['sv'], ARRAY[NULL]::text[], ARRAY[false], ARRAY[${wants}], ARRAY[NULL]::float8[],
    ARRAY[NULL]::float8[], ARRAY['${acknowledge}'::date], ARRAY['två'],
    ARRAY['${answer}'::date], ARRAY['tio'], ARRAY['regel'], ARRAY['därför'],
    ARRAY[sha256('kod')], ARRAY['Hemligt om Anna'], ARRAY['{"email":"anna@example.se"}'],
    ARRAY[NULL]::text[], ARRAY[NULL]::bytea[], ARRAY[NULL]::jsonb[], ARRAY[NULL]::bytea[],
    ARRAY[NULL]::bytea[], ARRAY['"a":1'], ARRAY['${received} 12:00+01'::timestamptz],
    ARRAY[NULL]::text[]) AS id`);
  if (handler !== 'NULL') await sql(`UPDATE synpunkt.case SET handler = ${handler} WHERE id = ${id}`);
  return id;
}

const watch = async (at, days = 2) => Number((await asJob(
  `SELECT synpunkt_desk.watch('${at}', ${days}, 200) AS n`))[0].n);
const marks = async (id) => (await sql(`SELECT near_due_on, overdue_on,
  acknowledge_overdue_on, version FROM synpunkt.case WHERE id = ${id}`))[0];
const events = async (id) => (await sql(`SELECT what FROM synpunkt.case_event
  WHERE case_id = ${id} ORDER BY seq`)).map((e) => e.what);
const told = async (id) => (await sql(`SELECT count(*) AS n FROM synpunkt.case_change
  WHERE case_id = ${id}`))[0].n;

async function chainHolds() {
  assert.deepEqual(await sql(`SELECT e.case_id, e.seq FROM synpunkt.case_event e
    WHERE e.hash <> synpunkt.event_hash(coalesce((SELECT b.hash FROM synpunkt.case_event b
      WHERE b.case_id = e.case_id AND b.seq = e.seq - 1), ''), e.case_id, e.seq, e.at,
      e.what, e.actor, e.board, e.codes, e.content)`), []);
}

/* [answer by, the last instant when it is not near, the first when it is, the last
 * when it is not overdue, the first when it is], local midnights by their offset. */
const turns = [
  ['across Christmas', '2025-12-29', '2025-12-21 23:59:59+01', '2025-12-22 00:00+01',
    '2025-12-29 23:59:59+01', '2025-12-30 00:00+01'],
  ['across midsummer', '2026-06-22', '2026-06-16 23:59:59+02', '2026-06-17 00:00+02',
    '2026-06-22 23:59:59+02', '2026-06-23 00:00+02'],
  ['as summer time begins', '2026-03-30', '2026-03-25 23:59:59+01', '2026-03-26 00:00+01',
    '2026-03-30 23:59:59+02', '2026-03-31 00:00+02'],
  ['as summer time ends', '2025-10-27', '2025-10-22 23:59:59+02', '2025-10-23 00:00+02',
    '2025-10-27 23:59:59+01', '2025-10-28 00:00+01'],
];
for (const [name, answer, before2, near, last, late] of turns) {
  test(`near due and overdue at the right midnight, ${name}`, async () => {
    const id = await submit({ received: '2025-10-01', acknowledge: '2026-12-01', answer });
    assert.equal(await watch(before2), 0);
    assert.equal(await watch(near), 1);
    assert.equal(await watch(near), 0, 'once');
    assert.deepEqual(await marks(id), { near_due_on: near.slice(0, 10), overdue_on: null,
      acknowledge_overdue_on: null, version: '1' });
    assert.equal(await watch(last), 0);
    assert.equal(await watch(late), 1);
    assert.equal(await watch(late), 0);
    const after = await marks(id);
    assert.equal(after.overdue_on, late.slice(0, 10));
    assert.equal(after.version, '2', 'the timeline has grown');
    assert.deepEqual(await events(id), ['received', 'became-overdue']);
    assert.equal(await told(id), '2');
    await chainHolds();
  });
}

test('near is a setting; 0 is the last day itself', async () => {
  await submit({ answer: '2025-12-15', acknowledge: '2026-01-01' });
  assert.equal(await watch('2025-12-12 12:00+01', 0), 0);
  assert.equal(await watch('2025-12-05 12:00+01', 5), 0);
  assert.equal(await watch('2025-12-08 12:00+01', 5), 1);
});

test('a late acknowledgement is marked and told, once, of those who want an answer', async () => {
  const id = await submit({ acknowledge: '2025-12-03' });
  const quiet = await submit({ acknowledge: '2025-12-03', wants: false });
  assert.equal(await watch('2025-12-03 23:59+01'), 0);
  assert.equal(await watch('2025-12-04 00:00+01'), 1);
  assert.equal(await watch('2025-12-04 00:00+01'), 0);
  assert.equal((await marks(id)).acknowledge_overdue_on, '2025-12-04');
  assert.equal((await marks(quiet)).acknowledge_overdue_on, null);
  assert.deepEqual(await events(id), ['received']);
});

test('answered, closed and standing still are left alone', async () => {
  const answered = await submit();
  const closed = await submit();
  const waiting = await submit();
  await sql(`UPDATE synpunkt.case SET acknowledged_at = now();
    UPDATE synpunkt.case SET answered_at = now() WHERE id = ${answered};
    UPDATE synpunkt.case SET status = 'closed', closed_at = now() WHERE id = ${closed};
    UPDATE synpunkt.case SET waiting_since = '2025-12-10' WHERE id = ${waiting}`);
  assert.equal(await watch('2026-02-02 12:00+01'), 0);
  await sql(`UPDATE synpunkt.case SET waiting_since = '2025-12-16' WHERE id = ${waiting}`);
  assert.equal(await watch('2026-02-02 12:00+01'), 1, 'was late when it began to wait');
});

test('several workers mark each case once', async () => {
  for (let i = 0; i < 30; i++) await submit({ acknowledge: '2026-12-01' });
  const ns = await Promise.all(Array.from({ length: 4 }, () => watch('2025-12-16 08:00+01')));
  const more = await watch('2025-12-16 08:00+01');
  const rows = await sql(`SELECT count(*) AS n, count(DISTINCT case_id) AS cases
    FROM synpunkt.case_event WHERE what = 'became-overdue'`);
  assert.deepEqual(rows, [{ n: '30', cases: '30' }], `${ns} ${more}`);
  await chainHolds();
});

test('a wait moves the answer’s day by the working days in it', async () => {
  for (const [answer, since, until, moved] of [
    ['2026-12-23', '2026-12-22', '2026-12-29', '2026-12-30'],
    ['2026-12-28', '2026-12-18', '2027-01-07', '2027-01-13'],
    ['2026-06-18', '2026-06-17', '2026-06-22', '2026-06-23'],
    ['2027-03-25', '2027-03-25', '2027-03-30', '2027-03-30'], /* Easter, and the clock */
    ['2026-10-26', '2026-10-23', '2026-10-26', '2026-10-27'],
    ['2026-11-20', '2026-11-21', '2026-11-22', '2026-11-20'], /* a week-end only */
    ['2026-11-20', '2026-11-18', '2026-11-18', '2026-11-20']]) {
    const [row] = await sql(`SELECT synpunkt_desk.clock_moved('${answer}', '${since}',
      '${until}') AS day`);
    assert.equal(row.day, moved, `${answer} waited ${since} to ${until}`);
  }
});

/* ---- the digest ---- */

async function person(name, role, board, email = `'${name}@stad.example'`) {
  const [{ id }] = await sql(`WITH u AS (INSERT INTO synpunkt.staff_user (username, name, email)
      VALUES ('${name}', '${name}', ${email}) RETURNING id)
    INSERT INTO synpunkt.staff_role (user_id, role, board)
    SELECT id, '${role}', '${board}' FROM u RETURNING user_id AS id`);
  return id;
}
const digest = async (at, time = '07:30') => Number((await asJob(
  `SELECT synpunkt_desk.digest('${at}', '${time}', 2) AS n`))[0].n);
const bodyOf = async (user) => JSON.parse((await sql(`SELECT body FROM synpunkt.digest
  WHERE user_id = ${user} ORDER BY day DESC LIMIT 1`))[0].body);

test('a digest at the time, on working days, once a person and day', async () => {
  await person('anna', 'coordinator', trafik);
  await person('utan', 'coordinator', trafik, 'NULL');
  await submit();
  for (const [at, n] of [
    ['2025-12-22 07:29:59+01', 0], ['2025-12-22 07:30+01', 1], ['2025-12-22 07:30:10+01', 0],
    ['2025-12-22 11:00+01', 0], ['2025-12-23 03:00+01', 0], ['2025-12-23 11:31+01', 0],
    ['2025-12-23 11:29+01', 1], ['2025-12-24 08:00+01', 0], ['2025-12-25 08:00+01', 0],
    ['2025-12-26 08:00+01', 0], ['2025-12-27 08:00+01', 0], ['2025-12-28 08:00+01', 0],
    ['2025-12-29 08:00+01', 1], ['2026-03-30 05:29Z', 0], ['2026-03-30 05:30Z', 1],
    ['2026-06-19 08:00+02', 0], ['2026-06-22 08:00+02', 1]])
    assert.equal(await digest(at), n, at);
  await sql(`INSERT INTO synpunkt.working_day_exception VALUES ('2026-08-03', false, 'stängt')`);
  assert.equal(await digest('2026-08-03 08:00+02'), 0);
});

test('several servers make one', async () => {
  await person('anna', 'coordinator', trafik);
  await submit();
  await Promise.all(Array.from({ length: 5 }, () => digest('2025-12-22 08:00+01')));
  assert.deepEqual(await sql(`SELECT count(*) AS n FROM synpunkt.outbox`), [{ n: '1' }]);
});

test('nothing waits: no letter, that day', async () => {
  await person('anna', 'coordinator', trafik);
  assert.equal(await digest('2025-12-22 08:00+01'), 0);
  await submit();
  assert.equal(await digest('2025-12-22 08:01+01'), 0);
});

test('it lists one’s own, and where one coordinates the board’s; of no other board', async () => {
  const anna = await person('anna', 'case-handler', trafik);
  const carl = await person('carl', 'coordinator', trafik);
  const fia = await person('fia', 'coordinator', park);
  await person('alva', 'analyst', '*');
  const mine = await submit({ handler: anna, answer: '2025-12-23', acknowledge: '2026-01-15' });
  const late = await submit({ acknowledge: '2026-01-15' });
  const secret = await submit({ board: park, category: 'barn-unga-familj', sensitivity: 4,
    acknowledge: '2026-01-15' });
  assert.equal(await digest('2025-12-22 08:00+01'), 3);
  const item = (id, answerBy) => ({ number: `2025-${id}`, category: 'Gatubelysning', answerBy });
  assert.deepEqual(await bodyOf(anna), { mine: { 'near-due': { n: 1,
    items: [item(mine, '2025-12-23')] } } });
  assert.deepEqual(await bodyOf(carl), { board: {
    'near-due': { n: 1, items: [item(mine, '2025-12-23')] },
    overdue: { n: 1, items: [item(late, '2025-12-15')] } } });
  assert.deepEqual(await bodyOf(fia), { board: { overdue: { n: 1,
    items: [{ number: `2025-${secret}` }] } } }, 'of a sensitive case the number');
});

test('a long list is cut, and says of how many', async () => {
  const anna = await person('anna', 'coordinator', trafik);
  for (let i = 0; i < 23; i++) await submit({ acknowledge: '2026-01-15' });
  await digest('2025-12-22 08:00+01');
  const { overdue } = (await bodyOf(anna)).board;
  assert.deepEqual([overdue.n, overdue.items.length], [23, 20]);
});

const signal = (board, more = '') => sql(`INSERT INTO synpunkt.signal_run (week, tested, years)
    VALUES ('2025-12-22', 1, 1) ON CONFLICT DO NOTHING;
  INSERT INTO synpunkt.signal (week, kind, board, evidence) VALUES ('2025-12-22', 'backlog', '${board}', '{}') ${more}`);

test('new signals are told once, to those who lead their board', async () => {
  await sql('DELETE FROM synpunkt.signal; DELETE FROM synpunkt.signal_run');
  const carl = await person('carl', 'coordinator', trafik);
  const mia = await person('mia', 'manager', trafik);
  const fia = await person('fia', 'coordinator', park);
  const anna = await person('anna', 'case-handler', trafik);
  await person('adam', 'administrator', '*');
  await signal(trafik);
  await signal(trafik);
  await signal(park, `RETURNING id`);
  await sql(`UPDATE synpunkt.signal SET dismissed_by = ${fia}, dismissed_at = now(), dismissed_because = 'Känt.' WHERE board = '${park}'`);
  assert.equal(await digest('2025-12-22 08:00+01'), 2);
  for (const who of [carl, mia]) assert.deepEqual(await bodyOf(who), { signals: 2 });
  for (const who of [fia, anna]) assert.deepEqual(await bodyOf(who), {});
  assert.equal(await digest('2025-12-23 08:00+01'), 0, 'not again the day after');
  await sql(`INSERT INTO synpunkt.signal_run (week, tested, years) VALUES ('2025-12-29', 1, 1);
    INSERT INTO synpunkt.signal (week, kind, board, evidence) VALUES ('2025-12-29', 'backlog', '${park}', '{}')`);
  assert.equal(await digest('2025-12-29 08:00+01'), 1);
  assert.deepEqual([await bodyOf(fia), await bodyOf(carl)], [{ signals: 1 }, {}]);
});

test('a list that was made late is told in the first letter after it', async () => {
  await sql('DELETE FROM synpunkt.signal; DELETE FROM synpunkt.signal_run');
  const carl = await person('carl', 'coordinator', trafik);
  assert.equal(await digest('2025-12-22 08:00+01'), 0);
  await signal(trafik);
  assert.equal(await digest('2025-12-23 08:00+01'), 1);
  assert.deepEqual(await bodyOf(carl), { signals: 1 });
});

test('deviations are told to the managers of their unit and board, until one is taken', async () => {
  await sql(`INSERT INTO synpunkt.unit (code, name, kind, board, operating_form)
    VALUES ('ett', 'Ett', 'school', '${park}', 'in-house'), ('tva', 'Två', 'school', '${park}', 'in-house') ON CONFLICT DO NOTHING`);
  const [all, one, two] = await Promise.all(['alla', 'ettan', 'tvaan'].map((name) => person(name, 'manager', park)));
  await person('mia', 'manager', trafik);
  await sql(`UPDATE synpunkt.staff_role SET unit = 'ett' WHERE user_id = ${one}; UPDATE synpunkt.staff_role SET unit = 'tva' WHERE user_id = ${two}`);
  const id = await submit({ board: park, acknowledge: '2026-01-15', answer: '2026-01-20', wants: false });
  await sql(`UPDATE synpunkt.case SET type = 'deviation', unit = 'ett' WHERE id = ${id}`);
  assert.equal(await digest('2025-12-22 08:00+01'), 2);
  for (const who of [all, one]) assert.deepEqual(await bodyOf(who), { board: { deviation: { n: 1,
    items: [{ number: `2025-${id}`, category: 'Gatubelysning', answerBy: '2026-01-20' }] } } });
  assert.deepEqual(await bodyOf(two), {});
  assert.equal(await digest('2025-12-23 08:00+01'), 2, 'while nobody has taken it');
  await sql(`UPDATE synpunkt.case SET status = 'assigned' WHERE id = ${id}`);
  assert.equal(await digest('2025-12-29 08:00+01'), 0);
});

test('what could not be sent by noon is given up, not sent at night', async () => {
  await person('anna', 'coordinator', trafik);
  await submit();
  await digest('2025-12-22 08:00+01');
  const claim = () => asJob(`SELECT kind FROM synpunkt_mail.claim(4, 60, 'stad.example')`);
  assert.deepEqual(await claim(), [], 'its time was in 2025');
  await digest('2025-12-22 22:00+01');
  const [row] = await sql('SELECT failed_at, trouble FROM synpunkt.outbox');
  assert.ok(row.failed_at);
  assert.equal(row.trouble, 'too-late');
});

test('nobody but the job worker makes marks and digests', async () => {
  for (const role of ['synpunkt_resident', 'synpunkt_desk', 'synpunkt_report'])
    for (const call of ["watch(now(), 2, 1)", "digest(now(), '07:30', 2)"])
      await assert.rejects(cluster.sql(`SELECT synpunkt_desk.${call}`, { database, role }),
        /permission denied/);
  await assert.rejects(cluster.sql('SELECT email FROM synpunkt.staff_user', { database,
    role: 'synpunkt_desk' }), /permission denied/);
});
