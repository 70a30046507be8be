/* Who sees which case and who reads what is in it: sensitivity, names, units, providers,
 * days and substitutes. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { after, before, test } from 'node:test';

import { at, farsta, serial } from './contract_desk_kit.mjs';
import { eventually, startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

const board = 'utbildningsnamnden';
const secret = 'Hallonbåten sjönk';
let server;
const staff = {};
const numbers = {}; /* by sensitivity */

const queue = async (client, query = '') => {
  const res = await client.get(`/api/v1/desk/cases?limit=200${query}`);
  assert.equal(res.status, 200, res.text);
  return res.json.items;
};
const row = async (client, number) => (await queue(client)).find((i) => i.number === number);
const hashOf = (client) => crypto.createHash('sha256')
  .update(Buffer.from(client.cookie.split('=')[1], 'hex')).digest('hex');
const desk = (client, query) => server.sqlAs('synpunkt_desk',
  `SET synpunkt.session = '${hashOf(client)}'; ${query}`);
const act = async (client, number, what, json) => {
  const { etag } = (await client.get(at(number))).headers;
  return client.post(at(number, what), { json, etag: etag ?? '*' });
};
const ctl = async (...args) => {
  const out = await server.ctl(['user', ...args]);
  assert.equal(out.code, 0, `${out.stdout}${out.stderr}`);
};

async function submit(sensitivity, { text = secret, unit } = {}) {
  const res = await server.post('/api/v1/cases', { json: { text, category: 'fritids-mat-skjuts',
    contact: { name: 'Ada Hallon', email: 'ada@example.org' },
    place: { address: 'Hallonvägen 3' } } });
  assert.equal(res.json.board.code, board, res.text);
  await server.sql(`UPDATE synpunkt.case SET sensitivity = ${sensitivity},
    unit = ${unit ? `'${unit}'` : 'NULL'} WHERE id = ${serial(res.json.number)}`);
  return res.json.number;
}

before(async () => {
  server = await startServer();
  for (const role of ['registrar', 'coordinator', 'case-handler', 'manager', 'board-secretary',
    'dispatcher', 'auditor', 'data-protection-officer'])
    staff[role] = await newColleague(server, `v-${role}`, `${role}@${board}`);
  for (const s of [1, 2, 3, 4]) numbers[s] = await submit(s);
});
after(() => server.stop());

const readers = { 1: ['registrar', 'coordinator', 'case-handler', 'manager', 'board-secretary',
  'dispatcher'] };
readers[2] = readers[1];
readers[3] = ['registrar', 'coordinator', 'case-handler', 'manager', 'dispatcher'];
readers[4] = ['registrar', 'coordinator', 'manager'];

for (const s of [1, 2, 3, 4])
  test(`S${s} is read by the roles that may; the others see that it is there`, async () => {
    for (const role of readers[1]) {
      const may = readers[s].includes(role);
      const item = await row(staff[role], numbers[s]);
      assert.deepEqual([item.restricted, item.snippet], [!may, may ? secret : ''], role);
      const res = await staff[role].get(at(numbers[s]));
      assert.equal(res.status, 200, role);
      assert.equal(res.json.restricted, !may, role);
      assert.equal(res.text.includes('Hallon'), may, role);
      if (may) continue;
      const { text, place, contact, attachments, messages, notes, mail, actions } = res.json;
      assert.deepEqual([text, place, contact, attachments, messages, notes, mail, actions],
        [null, null, null, [], [], [], [], []]);
      assert.equal(res.json.events[0].what, 'received');
    }
  });

test('the database itself holds back the words of S3 and S4', async () => {
  const bodies = (client, s) => desk(client, `SELECT body FROM synpunkt.case_content
    WHERE case_id = ${serial(numbers[s])}`);
  for (const s of [3, 4]) {
    assert.deepEqual(await bodies(staff['board-secretary'], s), []);
    assert.notDeepEqual(await bodies(staff.registrar, s), []);
    assert.deepEqual(await desk(staff['board-secretary'], `SELECT id FROM synpunkt.outbox
      WHERE case_id = ${serial(numbers[s])}`), []);
    assert.notDeepEqual(await desk(staff['board-secretary'], `SELECT what FROM
      synpunkt.case_event WHERE case_id = ${serial(numbers[s])}`), []);
  }
  assert.deepEqual(await bodies(staff['case-handler'], 4), []);
});

test('what somebody may not read they do nothing with', async () => {
  for (const [role, what, json] of [['case-handler', 'assignments', { user: 'v-case-handler' }],
    ['case-handler', 'replies', { text: 'x' }], ['dispatcher', 'transfers',
      { board: farsta, ground: 'consent' }], ['board-secretary', 'notes', { text: 'x' }]]) {
    const res = await act(staff[role], numbers[4], what, json);
    assert.equal(res.status, 403, `${role} ${what}: ${res.text}`);
  }
  const patched = await staff['case-handler'].patch(at(numbers[4]),
    { json: { sensitivity: 1 }, etag: '*' });
  assert.equal(patched.status, 403);
});

test('the handler of an S4 case reads it for as long as they have it', async () => {
  const mine = await submit(4);
  assert.equal((await staff['case-handler'].get(at(mine))).json.restricted, true);
  await act(staff.coordinator, mine, 'assignments', { user: 'v-case-handler' });
  const seen = (await staff['case-handler'].get(at(mine))).json;
  assert.deepEqual([seen.restricted, seen.text], [false, secret]);
  assert.ok(seen.actions.includes('reply'));
  await act(staff.coordinator, mine, 'assignments', { user: null });
  assert.equal((await staff['case-handler'].get(at(mine))).json.text, null);
});

test('who was named at one board is not named at the next', async () => {
  const c = await submit(4);
  const both = await newColleague(server, 'v-tva', `board-secretary@${board},board-secretary@farsta-stadsdelsnamnd`);
  await act(staff.manager, c, 'readers', { user: 'v-tva' });
  assert.equal((await both.get(at(c))).json.text, secret);
  const sent = await act(staff.coordinator, c, 'transfers', { board: 'farsta-stadsdelsnamnd',
    ground: 'osl-10-2' });
  assert.equal(sent.status, 201, sent.text);
  const there = (await both.get(at(c))).json;
  assert.deepEqual([there.board, there.restricted, there.text], ['farsta-stadsdelsnamnd', true, null]);
});

test('who is named reads the case, until the name is taken back; both are events', async () => {
  const c = await submit(4);
  const named = (client, what, user = 'v-board-secretary') => act(client, c, what, { user });
  assert.equal((await named(staff.registrar, 'readers')).status, 403);
  assert.equal((await named(staff.manager, 'readers', 'v-auditor')).status, 422);
  assert.equal((await named(staff.manager, 'readers', 'ingen')).status, 422);
  assert.equal((await staff.manager.post(at(c, 'readers'), { json: { user: 'v-registrar' } })).status,
    428);
  const given = await named(staff.manager, 'readers');
  assert.equal(given.status, 201, given.text);
  assert.deepEqual(given.json.readers, [{ user: 'v-board-secretary', name: 'Test v-board-secretary' }]);
  assert.equal((await staff['board-secretary'].get(at(c))).json.text, secret);
  assert.deepEqual((await staff['board-secretary'].get(at(c))).json.actions, ['note', 'mark', 'hold']);
  assert.equal((await named(staff.coordinator, 'readers')).json.version, given.json.version);
  const taken = await named(staff.coordinator, 'reader-removals');
  assert.equal(taken.status, 201, taken.text);
  assert.equal((await staff['board-secretary'].get(at(c))).json.restricted, true);
  assert.deepEqual(taken.json.events.slice(-2).map((e) => [e.what, e.codes.reader]),
    [['reader-named', 'Test v-board-secretary'], ['reader-removed', 'Test v-board-secretary']]);
});

test('words of S3 and S4 are found by those alone who read them', async () => {
  const find = async (client, query = '') =>
    (await queue(client, `&q=${encodeURIComponent('hallonbåten')}${query}`)).map((i) => i.number);
  await eventually('indexed', async () => (await server.sql(`SELECT 1 FROM synpunkt.case_search
    WHERE case_id = ${serial(numbers[4])}`)).length);
  for (const role of readers[1])
    for (const s of [1, 2, 3, 4])
      for (const query of ['', '&status=any'])
        assert.equal((await find(staff[role], query)).includes(numbers[s]),
          readers[s].includes(role), `${role} S${s} ${query}`);
  const filter = `jsonb_populate_record(NULL::synpunkt_desk.queue_filter,
    '{"boards": ["${board}"]}')`;
  const ids = (client, call) => desk(client, `SELECT unnest(synpunkt_desk.${call}) AS id`);
  for (const call of [`search('hallonbåten', ${filter}, false, 1000, 1000)`,
    `searched_among('hallonbåten', '{${[1, 2, 3, 4].map((s) => serial(numbers[s]))}}')`]) {
    const found = (await ids(staff['board-secretary'], call)).map((r) => r.id);
    assert.ok(found.includes(serial(numbers[2])) && !found.includes(serial(numbers[3])), call);
  }
  /* What is raised to S3 is no longer found. */
  const raised = await submit(1);
  await eventually('indexed', async () => (await find(staff['board-secretary'])).includes(raised));
  await staff.registrar.patch(at(raised), { json: { sensitivity: 3 }, etag: '*' });
  assert.ok(!(await find(staff['board-secretary'])).includes(raised));
  assert.ok((await find(staff['case-handler'])).includes(raised));
});

test('auditors and data protection officers see no case in the desk', async () => {
  for (const role of ['auditor', 'data-protection-officer']) {
    for (const where of ['/api/v1/desk/cases', at(numbers[1]), '/api/v1/desk/colleagues'])
      assert.equal((await staff[role].get(where)).status, 403, `${role} ${where}`);
    assert.deepEqual(await desk(staff[role], 'SELECT id FROM synpunkt.case'), []);
  }
});

test('a role for a unit sees and does that unit’s cases only', async () => {
  const ours = await submit(3, { unit: 'klippskolan' });
  const theirs = await submit(1, { unit: 'bjorkdungeskolan' });
  const rektor = await newColleague(server, 'rektor', `manager@${board}/klippskolan`);
  assert.deepEqual(rektor.session.roles, [{ role: 'manager', board, unit: 'klippskolan' }]);
  const inUnit = async (numbersSeen) => server.sql(`SELECT DISTINCT unit FROM synpunkt.case
    WHERE id IN (${numbersSeen.map(serial)})`);
  const seen = (await queue(rektor)).map((i) => i.number);
  assert.ok(seen.includes(ours));
  assert.deepEqual(await inUnit(seen), [{ unit: 'klippskolan' }]);
  assert.equal((await rektor.get(at(ours))).json.text, secret);
  assert.ok((await rektor.get(at(ours))).json.actions.includes('assign'));
  for (const number of [theirs, numbers[1]]) {
    assert.equal((await rektor.get(at(number))).status, 404);
    assert.equal((await act(rektor, number, 'notes', { text: 'x' })).status, 404);
  }
  assert.deepEqual(await desk(rektor, 'SELECT DISTINCT unit FROM synpunkt.case'),
    [{ unit: 'klippskolan' }]);
  assert.deepEqual(await desk(rektor, `SELECT id FROM unnest(synpunkt_desk.search('hallonbåten',
    jsonb_populate_record(NULL::synpunkt_desk.queue_filter, '{"boards": ["${board}"]}'),
    false, 1000, 1000)) AS id WHERE id IN (${serial(theirs)}, ${serial(numbers[1])})`), []);
  const told = await desk(rektor, `SELECT DISTINCT case_id FROM synpunkt.case_change
    WHERE case_id IN (${serial(ours)}, ${serial(theirs)})`);
  assert.ok(told.every((r) => r.case_id === serial(ours)));
  /* Reads less of the whole board than of the unit. */
  await ctl('role', 'add', 'rektor', `board-secretary@${board}`);
  assert.equal((await rektor.get(at(theirs))).json.text, secret);
  assert.equal((await rektor.get(at(numbers[3]))).json.restricted, true);
  assert.deepEqual((await rektor.get(at(theirs))).json.actions, ['note', 'mark', 'hold']);
});

test('a provider needs a unit, and may acknowledge, ask, reply and note', async () => {
  const out = await server.ctl(['user', 'add', 'hel', '--name', 'Hel', '--roles', `provider@${board}`]);
  assert.equal(out.code, 1);
  assert.match(out.stderr, /provider@board\/unit/);
  assert.equal((await server.ctl(['user', 'add', 'hel', '--name', 'Hel', '--roles',
    `provider@${board}/finns-inte`])).code, 1);
  assert.deepEqual(await server.sql("SELECT 1 FROM synpunkt.staff_user WHERE username = 'hel'"), []);
  const provider = await newColleague(server, 'utforaren', `provider@${board}/klippskolan`);
  const ours = await submit(2, { unit: 'klippskolan' });
  const seen = (await provider.get(at(ours))).json;
  assert.deepEqual(seen.actions, ['acknowledge', 'ask', 'reply', 'note', 'interim-reply']);
  assert.equal((await act(provider, ours, 'acknowledgements', {})).status, 201);
  assert.equal((await act(provider, ours, 'replies', { text: 'Klart', close: 'remedied' })).status, 403);
  assert.equal((await act(provider, ours, 'replies', { text: 'Klart' })).status, 201);
  assert.equal((await act(provider, ours, 'transfers', { board: farsta, ground: 'consent' })).status, 403);
  const sensitive = await submit(3, { unit: 'klippskolan' });
  assert.equal((await provider.get(at(sensitive))).json.restricted, true);
  await act(staff.coordinator, sensitive, 'readers', { user: 'utforaren' });
  assert.equal((await provider.get(at(sensitive))).json.text, secret);
});

test('a role counts from its first day to its last', async () => {
  const client = await newColleague(server, 'tidvis', 'analyst');
  const days = { past: ['2020-01-01', '2020-12-31'], future: ['2999-01-01', '2999-12-31'] };
  for (const [from, to] of Object.values(days)) {
    await ctl('role', 'add', 'tidvis', `case-handler@${board}`, '--from', from, '--to', to);
    assert.equal((await client.get('/api/v1/desk/cases')).status, 403);
  }
  const [{ today }] = await server.sql("SELECT synpunkt.today()::text AS today");
  await ctl('role', 'add', 'tidvis', `case-handler@${board}`, '--from', today, '--to', today);
  assert.equal((await client.get(at(numbers[1]))).json.text, secret);
  await ctl('role', 'add', 'tidvis', `registrar@${farsta}`);
  assert.deepEqual(new Set((await queue(client)).map((i) => i.board)), new Set([board, farsta]));
  await ctl('role', 'remove', 'tidvis', `case-handler@${board}`);
  assert.equal((await client.get(at(numbers[1]))).status, 404);
  for (const wrong of [['role', 'add', 'tidvis', `manager@${board}`, '--from', '2026-02-30'],
    ['role', 'add', 'tidvis', `manager@${board}`, '--from', '2026-02-02', '--to', '2026-02-01'],
    ['role', 'add', 'ingen', `manager@${board}`], ['role', 'add', 'tidvis', 'manager@finns-inte'],
    ['role', 'add', 'tidvis', `chefen@${board}`], ['role', 'remove', 'tidvis', `manager@${board}`]])
    assert.equal((await server.ctl(['user', ...wrong])).code, 1, wrong.join(' '));
  assert.equal((await server.ctl(['user', 'role', 'take', 'tidvis', 'x'])).code, 2);
});

test('a substitute has the user’s roles and cases on the days that it is for', async () => {
  const away = await newColleague(server, 'borta', `case-handler@${board}`);
  const stand = await newColleague(server, 'vikarie', `board-secretary@${farsta}`);
  const c = await submit(4);
  await act(staff.coordinator, c, 'assignments', { user: 'borta' });
  assert.equal((await stand.get(at(c))).status, 404);
  await ctl('substitute', 'borta', 'vikarie', '--from', '2020-01-01', '--to', '2020-02-01');
  assert.equal((await stand.get(at(c))).status, 404);
  await ctl('substitute', 'borta', 'vikarie', '--to', '2999-01-01');
  assert.equal((await stand.get(at(c))).json.text, secret);
  assert.deepEqual((await queue(stand, '&handler=me')).map((i) => i.number), [c]);
  assert.equal((await stand.get('/api/v1/desk/summary')).json.mine, 1);
  assert.deepEqual((await stand.get('/api/v1/sessions/current')).json?.roles
    ?? [{ role: 'case-handler', board }, { role: 'board-secretary', board: farsta }]
      .sort((a, b) => (a.board < b.board ? -1 : 1)),
  [{ role: 'board-secretary', board: farsta }, { role: 'case-handler', board }]);
  const replied = await act(stand, c, 'replies', { text: 'Jag svarar för Borta.' });
  assert.equal(replied.status, 201, replied.text);
  assert.equal(replied.json.events.at(-1).byName, 'Test vikarie');
  /* Nothing goes on from a substitute, or from an account that is closed. */
  const third = await newColleague(server, 'tredje', `board-secretary@${farsta}`);
  await ctl('substitute', 'vikarie', 'tredje', '--to', '2999-01-01');
  assert.equal((await third.get(at(c))).status, 404);
  await ctl('disable', 'borta');
  assert.equal((await stand.get(at(c))).status, 404);
  await ctl('reset', 'borta');
  assert.equal((await stand.get(at(c))).status, 200);
  await ctl('substitute', 'borta', 'nobody');
  assert.equal((await stand.get(at(c))).status, 404);
  assert.equal((await away.get('/api/v1/desk/cases')).status, 401);
  assert.equal((await server.ctl(['user', 'substitute', 'borta', 'vikarie'])).code, 2);
  assert.equal((await server.ctl(['user', 'substitute', 'borta', 'ingen', '--to', '2999-01-01'])).code, 1);
});

test('a role removed while its holder is signed in: a clear answer, nothing changed', async () => {
  const leaver = await newColleague(server, 'gick', `coordinator@${board},registrar@${farsta}`);
  const c = await submit(1);
  const { etag } = (await leaver.get(at(c))).headers;
  await ctl('role', 'remove', 'gick', `coordinator@${board}`);
  const res = await leaver.post(at(c, 'transfers'), { json: { board: farsta, ground: 'no-secrecy' }, etag });
  assert.equal(res.status, 404, res.text);
  assert.equal(res.json.detail ?? res.json.title, 'your boards hold no such case');
  await ctl('role', 'add', 'gick', `board-secretary@${board}`);
  const lesser = await leaver.post(at(c, 'replies'), { json: { text: 'x' }, etag });
  assert.equal(lesser.status, 403, lesser.text);
  assert.deepEqual(await server.sql(`SELECT version, board FROM synpunkt.case
    WHERE id = ${serial(c)}`), [{ version: '1', board }]);
  assert.deepEqual(await server.sql(`SELECT what FROM synpunkt.case_event
    WHERE case_id = ${serial(c)}`), [{ what: 'received' }]);
});

test('the queue of many S1 cases asks for no one’s rights row by row', async () => {
  await server.sql(`INSERT INTO synpunkt.case SELECT (jsonb_populate_record(c, jsonb_build_object(
      'id', 900000 + i, 'answer_by', '2030-01-01'))).* FROM synpunkt.case c,
      generate_series(1, 4000) i WHERE c.id = ${serial(numbers[1])};
    ANALYZE synpunkt.case`);
  const plan = JSON.stringify(await desk(staff.coordinator, `EXPLAIN (ANALYZE, FORMAT JSON)
    SELECT c.id, (SELECT t.body FROM synpunkt.case_content t WHERE t.case_id = c.id
      AND t.seq = 1 AND t.kind = 'text'), c.sensitivity > 2 AND NOT EXISTS (SELECT FROM
      synpunkt.case_readable r WHERE r.id = c.id)
    FROM synpunkt.case c WHERE c.board = '${board}' AND c.closed_at IS NULL
    ORDER BY c.answer_by, c.id LIMIT 50`));
  assert.match(plan, /case_queue/);
  const loops = [...plan.matchAll(/my_keys/g)].length;
  assert.ok(loops < 20, plan);
  for (const found of plan.matchAll(/"Subplan Name\\?": \\?"InitPlan[^}]*?"Actual Loops\\?": (\d+)/g))
    assert.ok(Number(found[1]) <= 1, found[0]);
});

test('who has left can be taken from those who read a case', async () => {
  const c = await submit(4);
  await newColleague(server, 'v-slutar', `board-secretary@${board}`);
  assert.equal((await act(staff.manager, c, 'readers', { user: 'v-slutar' })).status, 201);
  await ctl('disable', 'v-slutar');
  assert.equal((await act(staff.manager, c, 'readers', { user: 'v-slutar' })).status, 422);
  const taken = await act(staff.manager, c, 'reader-removals', { user: 'v-slutar' });
  assert.equal(taken.status, 201, taken.text);
  assert.deepEqual(taken.json.readers, []);
  assert.equal(taken.json.events.at(-1).codes.reader, 'Test v-slutar');
});

test('a unit’s staff are told when a case leaves it, and nothing of another unit’s', async () => {
  const skola = await newColleague(server, 'skola', `case-handler@${board}/klippskolan`);
  const ours = await submit(1, { unit: 'klippskolan' });
  const theirs = await submit(1, { unit: 'bjorkdungeskolan' });
  for (const c of [ours, theirs])
    assert.equal((await act(staff.coordinator, c, 'transfers', { board: farsta,
      ground: 'no-secrecy' })).status, 201);
  const told = (await desk(skola, `SELECT number, version FROM synpunkt_desk.changes(
    '${hashOf(skola)}', 0, 1000) WHERE number IS NOT NULL`));
  assert.ok(told.some((r) => r.number === ours && r.version === '2'), 'it left');
  assert.ok(!told.some((r) => r.number === theirs));
});

test('a session that has ended, or whose account is closed, is nobody', async () => {
  const gone = await newColleague(server, 'gangen', `coordinator@${board}`);
  const hash = hashOf(gone);
  await server.sql(`INSERT INTO synpunkt.approval_rule (board) VALUES ('${board}')`);
  const waits = async () => (await desk(gone,
    `SELECT synpunkt_desk.reply_waits('${board}', NULL, 1::smallint) AS w`))[0].w;
  const actor = async () => (await server.sql(
    `SELECT synpunkt_audit.actor_of('${hash}') AS a`))[0].a;
  assert.equal(await waits(), 't');
  assert.match(await actor(), /^user:\d+$/);
  const both = async (why) => assert.deepEqual([await waits(), await actor()], ['f', null], why);
  const me = `WHERE username = 'gangen'`;
  await server.sql(`UPDATE synpunkt.staff_user SET disabled_at = now() ${me}`);
  await both('closed');
  await server.sql(`UPDATE synpunkt.staff_user SET disabled_at = NULL ${me}`);
  assert.equal(await waits(), 't');
  await server.sql(`UPDATE synpunkt.staff_session SET ends_at = now()
    WHERE token_hash = decode('${hash}', 'hex')`);
  await both('ended');
  await server.sql(`DELETE FROM synpunkt.approval_rule WHERE board = '${board}'`);
});

test('but for signing in nobody reads the hash of a password', async () => {
  const roles = await server.sql(`SELECT r.rolname AS name FROM pg_roles r
    WHERE r.rolname LIKE 'synpunkt\\_%' AND NOT r.rolsuper
      AND r.rolname NOT IN ('synpunkt_owner', 'synpunkt_account')
      AND has_column_privilege(r.oid, 'synpunkt.staff_user', 'password_hash', 'SELECT')`);
  assert.deepEqual(roles, []);
});
