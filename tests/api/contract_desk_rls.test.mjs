/* The desk's database as an attacker: one who has the server's connections. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { after, before, test } from 'node:test';

import { act, at, coordinator, farsta, roleAt, roles, serial, submitTo, trafik }
  from './contract_desk_kit.mjs';
import { eventually, literal, startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

const logins = ['synpunkt_resident', 'synpunkt_desk', 'synpunkt_signin', 'synpunkt_job',
  'synpunkt_report'];
const secret = 'Hemlig smultronsylt';
let server;
let co;
let there;
let c;
let id;
before(async () => {
  server = await startServer();
  co = await coordinator(server);
  there = await newColleague(server, 'dar', `coordinator@${farsta}`);
  c = await submitTo(server, secret);
  id = serial(c.number);
  await eventually('indexed', async () => (await server.sql(
    `SELECT 1 FROM synpunkt.case_search WHERE case_id = ${id}`)).length);
});
after(() => server.stop());

const hashOf = (client) => crypto.createHash('sha256')
  .update(Buffer.from(client.cookie.split('=')[1], 'hex')).digest('hex');
/* As the desk's connection, with somebody's session. */
const desk = (client, query) => server.sqlAs('synpunkt_desk',
  `SET synpunkt.session = '${client ? hashOf(client) : ''}'; ${query}`);
const denied = (promise, what) => assert.rejects(promise, /permission denied|must be (owner|superuser)/, what);
const existing = async () => {
  const rows = await server.sql(`SELECT rolname FROM pg_roles WHERE rolcanlogin
    AND rolname LIKE 'synpunkt%'`);
  return rows.map((r) => r.rolname);
};

test('the login roles are those that are known, and none is more than it should be', async () => {
  const found = await existing();
  for (const role of logins) assert.ok(found.includes(role), role);
  assert.deepEqual(await server.sql(`SELECT rolname FROM pg_roles WHERE rolname LIKE
    'synpunkt%' AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)`),
  []);
  assert.deepEqual(await server.sql(`SELECT r.rolname, m.rolname AS member FROM pg_auth_members a
    JOIN pg_roles r ON r.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
    WHERE m.rolname = ANY ('{${found.join(',')}}')`), []);
});

test('no login role makes or changes things, takes another’s part or reads hashes', async () => {
  for (const role of await existing()) {
    for (const query of ['CREATE TABLE synpunkt.x (a int)', 'CREATE TABLE public.x (a int)',
      'CREATE FUNCTION synpunkt_desk.x() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
      'ALTER TABLE synpunkt.case DISABLE ROW LEVEL SECURITY',
      'DROP POLICY desk ON synpunkt.case', 'SET ROLE synpunkt_owner', 'SET ROLE synpunkt_act',
      'SET ROLE synpunkt_search', 'SET SESSION AUTHORIZATION postgres',
      'SELECT password_hash FROM synpunkt.staff_user',
      'SELECT token_hash FROM synpunkt.staff_session', 'TRUNCATE synpunkt.case_event',
      'SELECT vector FROM synpunkt.case_search', 'COPY synpunkt.case TO PROGRAM \'cat\'',
      "SELECT pg_read_file('/etc/passwd')"])
      await denied(server.sqlAs(role, query), `${role}: ${query}`);
  }
});

test('row_security = off is an error, not a way around', async () => {
  await assert.rejects(desk(there, 'SET row_security = off; SELECT * FROM synpunkt.case'),
    /row-level security/);
});

test('a forged, dead or malformed session setting shows nothing', async () => {
  for (const claim of ['', 'zz', "'", '00', 'ff'.repeat(32), 'f'.repeat(63),
    co.cookie.split('=')[1], hashOf(co).slice(0, 62), `${hashOf(co)}00`]) {
    const rows = await server.sqlAs('synpunkt_desk',
      `SET synpunkt.session = ${literal(claim)}; SELECT id FROM synpunkt.case`).catch((e) => {
      assert.match(e.message, /hexadecimal/);
      return [];
    });
    assert.deepEqual(rows, [], claim);
  }
});

const tables = ['case', 'case_leg', 'case_event', 'case_content', 'case_attachment',
  'case_change'];

test('every table, with no filter at all, shows one’s own board', async () => {
  for (const table of tables) {
    const key = table === 'case' ? 'id' : 'case_id';
    const q = `SELECT count(*) AS n FROM synpunkt.${table} WHERE ${key} = ${id}`;
    if (table !== 'case_attachment')
      assert.notEqual((await desk(co, q))[0].n, '0', table);
    assert.equal((await desk(there, q))[0].n, '0', table);
  }
});

test('the list’s own statement with its board filter removed leaks nothing', async () => {
  const [{ names, types, ...defs }] = await server.sql(`SELECT
      (SELECT string_agg(pg_get_functiondef(q.oid), ';') FROM pg_proc q
        WHERE q.pronamespace = n.oid AND q.proname IN ('queue', 'queue_part', 'page', 'list')) AS def,
      to_json(p.proargnames[1:p.pronargs]) AS names,
      to_json(ARRAY(SELECT format_type(t, NULL) FROM unnest(p.proargtypes) t)) AS types
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'synpunkt_desk' AND proname = 'list'`);
  assert.match(defs.def, /\w\.board = b\.code/);
  /* list() calls page(), which calls queue_part(), which calls queue(), where the filter is. */
  const open = defs.def.replace(/synpunkt_desk\.(queue|queue_part|page|list)\(/g, 'synpunkt_desk.open_$1(')
    .replace(/\w\.board = b\.code/g, 'true');
  await server.sql(`${open}; GRANT EXECUTE ON FUNCTION synpunkt_desk.open_list,
    synpunkt_desk.open_page, synpunkt_desk.open_queue_part, synpunkt_desk.open_queue TO synpunkt_desk`);
  /* Every other filter is off. */
  const given = (client, board) => ({ session: `'${hashOf(client)}'`,
    in_board: literal(board), most: '1000', near_days: '3' });
  const call = (client, name, board) => desk(client, `SELECT DISTINCT board FROM
    synpunkt_desk.${name}(${JSON.parse(names).map((arg, i) => `${arg} => ${
      given(client, board)[arg] ?? (JSON.parse(types)[i] === 'boolean' ? 'false' : 'NULL')}`)})`);
  assert.deepEqual(await call(co, 'open_list', trafik), [{ board: trafik }]);
  for (const board of [null, trafik, farsta])
    assert.deepEqual((await call(there, 'open_list', board))
      .filter((r) => r.board !== farsta), [], board);
  assert.deepEqual(await call(there, 'list', trafik), []);
});

test('errors of casts and functions in a filter tell nothing of rows one may not see', async () => {
  for (const filter of ['body::integer = 1', '1 / (length(body) - length(body)) = 1',
    "pg_catalog.xmlparse(document body) IS NULL", "body::jsonb ? 'x'", "('x' || body)::date = now()",
    "regexp_count(body, body || '(') = 1"]) {
    const said = await desk(there, `SELECT 1 FROM synpunkt.case_content
      WHERE case_id = ${id} AND ${filter}`).catch((e) => e.message);
    assert.ok(Array.isArray(said) ? said.length === 0 : !said.includes('smultron')
      && !/invalid input|division/.test(said), `${filter}: ${said}`);
  }
  const said = await desk(there, `EXPLAIN (ANALYZE, VERBOSE) SELECT body FROM
    synpunkt.case_content WHERE case_id = ${id}`);
  assert.ok(!JSON.stringify(said).includes('smultron'));
});

test('statistics of the planner tell no text', async () => {
  await server.sql('ANALYZE synpunkt.case_content; ANALYZE synpunkt.case');
  for (const role of await existing()) {
    const rows = await server.sqlAs(role, `SELECT most_common_vals::text AS v,
      histogram_bounds::text AS h FROM pg_stats WHERE schemaname = 'synpunkt'
      AND tablename LIKE 'case%'`);
    assert.ok(!JSON.stringify(rows).includes('smultron'), role);
    await denied(server.sqlAs(role, 'SELECT * FROM pg_statistic'), role);
  }
});

test('definer functions with foreign boards, numbers and sessions', async () => {
  const call = (client, text) => desk(client, `SELECT * FROM synpunkt_desk.${text}`);
  const mine = hashOf(there);
  const year = Number(c.number.split('-')[0]);
  const ids = async (client, boards) => (await call(client,
    `search('smultronsylt', jsonb_populate_record(NULL::synpunkt_desk.queue_filter,
      '${JSON.stringify({ boards: boards.split(',') })}'), false, 1000, 1000)`))[0].search;
  assert.equal(await ids(co, trafik), `{${id}}`);
  for (const boards of [trafik, `${trafik},${farsta}`, '*', '%'])
    assert.equal(await ids(there, boards), '{}', boards);
  assert.equal(await ids(null, trafik), '{}');
  for (const [client, found] of [[co, `{${id}}`], [there, '{}'], [null, '{}']])
    assert.equal((await call(client, `searched_among('smultronsylt', '{${id}}')`))[0]
      .searched_among, found);
  assert.deepEqual(await call(there, `read('${mine}', ${year}::smallint, ${id})`), []);
  assert.deepEqual(await call(there, `attachment('${mine}', ${year}::smallint, ${id}, 1::smallint, false)`), []);
  assert.ok(!(await call(there, `changes('${mine}', 0, 1000)`)).some((r) => r.number === c.number));
  assert.ok((await call(there, `colleagues('${mine}')`)).every((r) => r.boards === `["${farsta}"]`));
  const rule = { action: 'note', roles, from: ['received'], what: 'note', kind: 'note' };
  for (const [session, outcome] of [[mine, 'missing'], ['ff'.repeat(32), 'gone'], ['', 'gone']])
    assert.equal((await call(there, `act('${session}', ${year}::smallint, ${id}, NULL,
      '${JSON.stringify(rule)}', '{"text": "x"}')`))[0].outcome, outcome);
  assert.equal((await server.sql(`SELECT count(*) AS n FROM synpunkt.case_event
    WHERE case_id = ${id}`))[0].n, '1');
});

test('only the desk may call the desk’s functions; helpers are nobody’s', async () => {
  const functions = await server.sql(`SELECT p.oid::regprocedure::text AS f, p.proname AS name,
    r.rolname AS role FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace,
    pg_roles r WHERE n.nspname = 'synpunkt_desk' AND p.proname NOT LIKE 'open_%'
    AND r.rolcanlogin AND NOT r.rolsuper
    AND r.rolname LIKE 'synpunkt%' AND has_function_privilege(r.oid, p.oid, 'EXECUTE')`);
  for (const { name, role } of functions)
    assert.ok(role === 'synpunkt_desk' || role === 'synpunkt_job', `${name} ${role}`);
  for (const name of ['tell', 'put_event', 'on_message', 'words_of'])
    assert.ok(!functions.some((f) => f.name === name), name);
});

test('a search that goes the way of the desk finds no other board’s words', async () => {
  const find = async (client, q, more = '') => (await client.get(`/api/v1/desk/cases?status=any&q=${
    encodeURIComponent(q)}${more}`)).json.items.map((i) => i.number);
  assert.deepEqual(await find(co, 'smultronsylt'), [c.number]);
  assert.deepEqual(await find(there, 'smultronsylt'), []);
  assert.deepEqual(await find(there, 'smultronsylt', `&board=${trafik}`), []);
});

test('a case passed on is out of the old board’s sight, history and all', async () => {
  const moved = await submitTo(server, 'Flyttar härifrån');
  const key = serial(moved.number);
  await act(co, moved.number, 'transfer');
  assert.equal((await co.get(at(moved.number))).json.part, 'earlier'); /* its own part */
  for (const table of ['case_leg', 'case_event', 'case_content'])
    assert.deepEqual(await desk(co, `SELECT 1 FROM synpunkt.${table} WHERE case_id = ${key}`), []);
  assert.notDeepEqual(await desk(there, `SELECT 1 FROM synpunkt.case_event WHERE case_id = ${key}`),
    []);
});

test('a role taken away counts with the next statement, also within a transaction', async () => {
  const leaver = await newColleague(server, 'slutar', `manager@${trafik}`);
  const rows = await server.sql(`
    CREATE TABLE public.seen (n bigint);
    GRANT INSERT ON public.seen TO synpunkt_desk;
    GRANT USAGE ON SCHEMA public TO synpunkt_desk;
    BEGIN;
    SET LOCAL synpunkt.session = '${hashOf(leaver)}';
    SET LOCAL ROLE synpunkt_desk;
    INSERT INTO public.seen SELECT count(*) FROM synpunkt.case WHERE id = ${id};
    RESET ROLE;
    UPDATE synpunkt.staff_role SET valid_to = current_date - 1 WHERE user_id =
      (SELECT id FROM synpunkt.staff_user WHERE username = 'slutar');
    SET LOCAL ROLE synpunkt_desk;
    INSERT INTO public.seen SELECT count(*) FROM synpunkt.case WHERE id = ${id};
    RESET ROLE;
    COMMIT;
    SELECT n FROM public.seen ORDER BY n DESC`);
  assert.deepEqual(rows.map((r) => r.n), ['1', '0']);
  assert.equal((await leaver.get(at(c.number))).status, 403);
});

test('a provider, who may see units’ cases only, sees none of a board', async () => {
  const provider = await newColleague(server, 'utforare', roleAt('provider', trafik));
  assert.deepEqual(await desk(provider, 'SELECT id FROM synpunkt.case'), []);
  assert.deepEqual((await provider.get('/api/v1/desk/cases')).json.items, []);
  assert.equal((await provider.get(at(c.number))).status, 404);
});

test('residents’ codes give nothing of the desk, and notes stay inside', async () => {
  await act(co, c.number, 'note', { text: 'Internt: ring Bo' });
  const res = await server.get(`/api/v1/cases/${c.number}`,
    { headers: { authorization: `Bearer ${c.followUpCode}` } });
  assert.equal(res.status, 200);
  assert.ok(!res.text.includes('ring Bo') && !res.text.includes('Cia Ord'));
  assert.equal((await server.get(at(c.number),
    { headers: { authorization: `Bearer ${c.followUpCode}` } })).status, 401);
});
