/* What each database role must not do, tried by connecting as it. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { before, test } from 'node:test';

import { sharedCluster, template } from './harness.mjs';

const tables = ['case', 'case_leg', 'case_event', 'case_content', 'case_attachment',
  'outbox', 'intake_key', 'staff_user', 'staff_role', 'staff_session', 'staff_totp', 'staff_passkey',
  'staff_recovery', 'role_requirement', 'statistic_cell',
  'statistic_due', 'statistic_case', 'statistic_dirty', 'statistic_mark',
  'approval_rule', 'case_concern', 'threat_word'];
const logins = ['synpunkt_resident', 'synpunkt_desk', 'synpunkt_job', 'synpunkt_report'];

let cluster;
let database;
const as = (role, query) => cluster.sql(query, { database, role });
const owner = (query) => as('postgres', query);
const denied = (promise) => assert.rejects(promise, /permission denied/);

/* One case at a board, by the same call that the server makes. */
function submit(board, text, more = {}) {
  const value = { serial: "nextval('synpunkt.case_serial')", key: 'NULL', version:
    '(SELECT version FROM synpunkt.city_version)', ...more };
  return owner(`SELECT synpunkt_intake.submit(${value.version}, ARRAY[${value.serial}],
    ARRAY[now()], ARRAY[current_date], ARRAY['complaint'], ARRAY['gatubelysning'],
    ARRAY['${board}'], ARRAY[NULL]::text[], ARRAY[NULL]::text[], ARRAY['api'],
    ARRAY[1]::smallint[], ARRAY['sv'], ARRAY[NULL]::text[], ARRAY[false], ARRAY[true],
    ARRAY[NULL]::float8[], ARRAY[NULL]::float8[], ARRAY[current_date + 2], ARRAY['två'],
    ARRAY[current_date + 14], ARRAY['tio'], ARRAY['regel'], ARRAY['därför'],
    ARRAY[sha256('kod')], ARRAY['${text}'], ARRAY['{"email":"a@b.se"}'],
    ARRAY[NULL]::text[], ARRAY['\\x00'::bytea], ARRAY[NULL]::jsonb[], ARRAY[${value.key}]::bytea[],
    ARRAY[${value.key}]::bytea[], ARRAY['"a":1'], ARRAY[now()], ARRAY[NULL]::text[]) AS serial`);
}

before(async () => {
  cluster = await sharedCluster();
  database = await cluster.newDatabase(await template(cluster, { empty: true }));
  await submit('trafiknamnden', 'Lampan är trasig');
  await submit('utbildningsnamnden', 'Hemligt om ett barn');
});

test('the residents’ side can select, add, change and remove no row of a case', async () => {
  for (const table of tables) {
    await denied(as('synpunkt_resident', `SELECT * FROM synpunkt.${table}`));
    await denied(as('synpunkt_resident', `DELETE FROM synpunkt.${table}`));
    await denied(as('synpunkt_resident', `INSERT INTO synpunkt.${table} DEFAULT VALUES`));
  }
});

test('only the residents’ side may call intake and follow-up', async () => {
  for (const role of logins.filter((r) => r !== 'synpunkt_resident')) {
    await denied(as(role, `SELECT * FROM synpunkt_intake.prepare('{}', '{}', '{}')`));
    await denied(as(role, `SELECT * FROM synpunkt_follow.read(1, 2026::smallint, '')`));
  }
});

test('reports read sums and no case', async () => {
  for (const column of ['id', 'board', 'position', 'follow_hash'])
    await denied(as('synpunkt_report', `SELECT ${column} FROM synpunkt.case`));
});

test('the desk without a live session sees nothing, whatever it claims', async () => {
  for (const claim of ['', 'ff', crypto.randomBytes(32).toString('hex')]) {
    const rows = await as('synpunkt_desk',
      `SET synpunkt.session = '${claim}'; SELECT count(*) AS n FROM synpunkt.case`);
    assert.equal(rows[0].n, '0');
  }
});

async function session(username, { role = 'case-handler', board = 'trafiknamnden',
  ends = "now() + interval '1 hour'", from = '-infinity', to = 'infinity',
  disabled = 'NULL' } = {}) {
  const token = crypto.randomBytes(32).toString('hex');
  await owner(`WITH u AS (INSERT INTO synpunkt.staff_user (username, name, disabled_at)
      VALUES ('${username}', 'Test', ${disabled}) RETURNING id),
    r AS (INSERT INTO synpunkt.staff_role (user_id, role, board, valid_from, valid_to)
      SELECT id, '${role}', '${board}', '${from}', '${to}' FROM u)
    INSERT INTO synpunkt.staff_session (token_hash, user_id, ends_at)
      SELECT decode('${token}', 'hex'), id, ${ends} FROM u`);
  return token;
}

const desk = (token, query) =>
  as('synpunkt_desk', `SET synpunkt.session = '${token}'; ${query}`);

test('the desk sees its own board’s cases only, with no filter in the statement', async () => {
  const token = await session('handlaggare');
  const cases = await desk(token, 'SELECT DISTINCT board FROM synpunkt.case');
  assert.deepEqual(cases, [{ board: 'trafiknamnden' }]);
  const texts = await desk(token,
    "SELECT body FROM synpunkt.case_content WHERE kind = 'text'");
  assert.deepEqual(texts, [{ body: 'Lampan är trasig' }]);
  for (const table of ['case_leg', 'case_event']) {
    const boards = await desk(token, `SELECT DISTINCT board FROM synpunkt.${table}`);
    assert.deepEqual(boards, [{ board: 'trafiknamnden' }]);
  }
});

test('sessions that ended, roles that ended and closed accounts see nothing', async () => {
  const tokens = [await session('a', { ends: "now() - interval '1 second'" }),
    await session('b', { to: '2020-01-01' }), await session('c', { from: '2999-01-01' }),
    await session('d', { disabled: 'now()' }), await session('e', { role: 'analyst' }),
    await session('f', { role: 'administrator' })];
  for (const token of tokens) {
    const rows = await desk(token, 'SELECT count(*) AS n FROM synpunkt.case');
    assert.equal(rows[0].n, '0');
  }
});

test('the desk changes nothing by hand', async () => {
  const token = await session('andrare');
  await denied(desk(token, "UPDATE synpunkt.case SET board = 'x'"));
  await denied(desk(token, 'DELETE FROM synpunkt.case_event'));
  await denied(desk(token, "INSERT INTO synpunkt.staff_role VALUES (1, 'manager', 'x')"));
});

test('reports and jobs read no content', async () => {
  for (const role of ['synpunkt_report', 'synpunkt_job'])
    for (const table of ['case_content', 'case_attachment', 'staff_session', 'staff_totp',
      'staff_recovery'])
      await denied(as(role, `SELECT * FROM synpunkt.${table}`));
});

test('row-level security binds the tables’ owner, too', async () => {
  for (const table of tables) {
    const rows = await owner(
      `SET ROLE synpunkt_owner; SELECT count(*) AS n FROM synpunkt.${table}`);
    assert.equal(rows[0].n, '0', table);
  }
});

test('every table of a case has forced row-level security', async () => {
  const rows = await owner(`SELECT c.relname FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'synpunkt' AND c.relkind = 'r' AND c.relname = ANY
      ('{${tables.join(',')}}') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)`);
  assert.deepEqual(rows, []);
});

test('no function of ours but what day it is is anybody’s, and each definer pins its search path', async () => {
  const rows = await owner(`SELECT p.proname FROM pg_proc p
    JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname LIKE 'synpunkt%' AND (p.proacl IS NULL
      OR EXISTS (SELECT FROM aclexplode(p.proacl) a WHERE a.grantee = 0
        AND p.proname NOT IN ('today', 'local_day'))
      OR p.prosecdef AND p.proconfig IS NULL)`);
  assert.deepEqual(rows, []);
});

test('an event’s hash is over the one before it and all that it says', async () => {
  const rows = await owner(`SELECT e.seq FROM synpunkt.case_event e
    WHERE e.hash <> synpunkt.event_hash(coalesce((SELECT b.hash FROM synpunkt.case_event b
      WHERE b.case_id = e.case_id AND b.seq = e.seq - 1), ''), e.case_id, e.seq, e.at,
      e.what, e.actor, e.board, e.codes, e.content)`);
  assert.deepEqual(rows, []);
});

test('content is referred to by the hash of salt and body', async () => {
  const rows = await owner(`SELECT t.kind FROM synpunkt.case_content t
    JOIN synpunkt.case_event e USING (case_id, seq)
    WHERE e.content ->> t.kind IS DISTINCT FROM encode(sha256(t.salt || t.body::bytea), 'hex')
      AND t.body !~ '\\\\'`);
  assert.deepEqual(rows, []);
  const salts = await owner('SELECT count(*) - count(DISTINCT salt) AS same FROM synpunkt.case_content');
  assert.equal(salts[0].same, '0');
});

test('a batch routed by an older city is refused', async () => {
  await assert.rejects(submit('trafiknamnden', 'x', { version: '-1' }), /city changed/);
});

test('the same key is stored once; an answer older than 30 days gives way', async () => {
  const key = `sha256('k')`;
  assert.equal((await submit('trafiknamnden', 'en', { key })).length, 1);
  assert.equal((await submit('trafiknamnden', 'två', { key })).length, 0);
  await owner(`UPDATE synpunkt.intake_key SET stored_at = now() - interval '31 days'`);
  assert.equal((await submit('trafiknamnden', 'tre', { key })).length, 1);
});

test('follow-up gives nothing for a wrong year, number or code', async () => {
  const [{ id }] = await owner('SELECT min(id) AS id FROM synpunkt.case');
  const read = (serial, year, code) => as('synpunkt_resident', `SELECT board FROM
    synpunkt_follow.read(${serial}, ${year}::smallint, sha256('${code}'))`);
  const [{ year }] = await owner('SELECT min(year) AS year FROM synpunkt.case');
  assert.equal((await read(id, year, 'kod')).length, 1);
  assert.equal((await read(id, year, 'fel')).length, 0);
  assert.equal((await read(id, Number(year) + 1, 'kod')).length, 0);
  assert.equal((await read(1, year, 'kod')).length, 0);
});

test('a message goes to an open case, not to a closed or a full one', async () => {
  const [{ serial }] = await submit('trafiknamnden', 'öppet');
  const add = (most, text) => as('synpunkt_resident', `SELECT m FROM
    synpunkt_follow.add_message(${serial}, extract(year FROM current_date)::smallint,
    sha256('kod'), '${text}', ${most}) m`);
  assert.equal((await add(2, 'ett'))[0].m, 'added');
  assert.equal((await add(2, 'två'))[0].m, 'added');
  assert.equal((await add(2, 'tre'))[0].m, 'full');
  await owner(`UPDATE synpunkt.case SET status = 'closed', closed_at = now()
    WHERE id = ${serial}`);
  assert.equal((await add(100, 'fyra'))[0].m, 'closed');
});

test('a second tap on the button adds the words once', async () => {
  const [{ serial }] = await submit('trafiknamnden', 'två tryck');
  const add = () => as('synpunkt_resident', `SELECT m FROM
    synpunkt_follow.add_message(${serial}, extract(year FROM current_date)::smallint,
    sha256('kod'), 'samma ord', 100) m`);
  const both = await Promise.all([add(), add()]);
  assert.deepEqual(both.map((rows) => rows[0].m), ['added', 'added']);
  const rows = await owner(`SELECT 1 FROM synpunkt.case_content
    WHERE case_id = ${serial} AND kind = 'message'`);
  assert.equal(rows.length, 1);
});
