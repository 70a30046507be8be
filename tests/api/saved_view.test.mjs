/* Saved filters of the queue: whose they are, who may make and remove them, how many there may
 * be, and that their counts are what the queue shows. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startServer } from './harness.mjs';
import { openPsql } from './psql.mjs';
import { newColleague } from './staff.mjs';

const trafik = 'trafiknamnden';
const farsta = 'farsta-stadsdelsnamnd';
const views = '/api/v1/desk/views';
let server;
const who = {};

before(async () => {
  server = await startServer();
  const [{ code: unit }] = await server.sql('SELECT code FROM synpunkt.unit ORDER BY code LIMIT 1');
  for (const [name, roles] of Object.entries({ anna: `case-handler@${trafik}`, bo: `case-handler@${trafik}`,
    kim: `coordinator@${trafik}`, mia: `manager@${trafik}`, fia: `coordinator@${farsta}`, ann: 'analyst@*',
    uno: `coordinator@${trafik}/${unit}` }))
    who[name] = await newColleague(server, name, roles, name);
});
after(() => server.stop());

const listed = async (name) => (await who[name].get(views)).json.items;
const names = async (name) => (await listed(name)).map((v) => v.name);
const save = (name, view) => who[name].post(views, { json: view });

test('one’s own is nobody else’s: not seen, not changed, not removed', async () => {
  const made = await save('anna', { name: 'Mina nya', filters: { handler: 'me', status: 'received' } });
  assert.equal(made.status, 201, made.text);
  assert.deepEqual(made.json, { id: made.json.id, name: 'Mina nya', board: null, mayChange: true,
    filters: { handler: 'me', status: 'received' } });
  assert.deepEqual(await names('anna'), ['Mina nya']);
  for (const other of ['bo', 'kim', 'mia']) {
    assert.deepEqual(await names(other), []);
    assert.equal((await who[other].patch(`${views}/${made.json.id}`, { json: { name: 'x' } })).status, 404);
    assert.equal((await who[other].delete(`${views}/${made.json.id}`)).status, 404);
  }
  const renamed = await who.anna.patch(`${views}/${made.json.id}`, { json: { name: 'Mina' } });
  assert.deepEqual([renamed.status, renamed.json.name, renamed.json.filters.handler], [200, 'Mina', 'me']);
  const changed = await who.anna.patch(`${views}/${made.json.id}`, { json: { filters: { attention: 'overdue' } } });
  assert.deepEqual([changed.json.name, changed.json.filters], ['Mina', { attention: 'overdue' }]);
  assert.equal((await who.anna.delete(`${views}/${made.json.id}`)).status, 204);
  assert.equal((await who.anna.delete(`${views}/${made.json.id}`)).status, 404);
  assert.deepEqual(await names('anna'), []);
});

test('a board’s is made and removed by its coordinators and managers, and seen by all there', async () => {
  for (const name of ['anna', 'fia', 'uno'])
    assert.equal((await save(name, { name: 'Delat', board: trafik, filters: {} })).status, 403, name);
  assert.equal((await save('ann', { name: 'x', filters: {} })).status, 403, 'who sees no case has no views');
  assert.equal((await save('kim', { name: 'x', board: farsta, filters: {} })).status, 403);
  const made = await save('kim', { name: 'Försenade', board: trafik, filters: { attention: 'overdue' } });
  assert.equal(made.status, 201, made.text);
  for (const [name, mayChange] of [['anna', false], ['bo', false], ['kim', true], ['mia', true], ['uno', false]])
    assert.deepEqual((await listed(name)).map((v) => [v.name, v.board, v.mayChange]), [['Försenade', trafik, mayChange]], name);
  assert.deepEqual(await names('fia'), [], 'another board’s');
  const at = `${views}/${made.json.id}`;
  assert.equal((await who.anna.patch(at, { json: { name: 'Mitt' } })).status, 403);
  assert.equal((await who.anna.delete(at)).status, 403);
  assert.equal((await who.uno.delete(at)).status, 403);
  assert.equal((await who.fia.delete(at)).status, 404);
  assert.equal((await who.mia.patch(at, { json: { name: 'Sena' } })).json.name, 'Sena');
  await server.sql(`UPDATE synpunkt.staff_role SET valid_to = current_date - 1 WHERE user_id =
    (SELECT id FROM synpunkt.staff_user WHERE username = 'kim')`);
  assert.equal((await who.kim.delete(at)).status, 403, 'the role has ended');
  await server.sql(`UPDATE synpunkt.staff_role SET valid_to = 'infinity' WHERE user_id =
    (SELECT id FROM synpunkt.staff_user WHERE username = 'kim')`);
  assert.equal((await who.mia.delete(at)).status, 204);
});

test('the order is the board’s first, then one’s own, as they were made', async () => {
  const made = [];
  for (const [name, view] of [['mia', { name: 'Ö egen' }], ['kim', { name: 'Ä delad', board: trafik }],
    ['mia', { name: 'A egen' }], ['kim', { name: 'A delad', board: trafik }]])
    made.push([name, (await save(name, { filters: {}, ...view })).json.id]);
  assert.deepEqual(await names('mia'), ['Ä delad', 'A delad', 'Ö egen', 'A egen']);
  for (const [name, id] of made) await who[name].delete(`${views}/${id}`);
});

test('what is wrong is told at its field; words that name somebody are not kept', async () => {
  const faults = async (view) => {
    const res = await save('anna', view);
    assert.equal(res.status, 422, res.text);
    return res.json.invalidParams.map((f) => f.name).sort();
  };
  assert.deepEqual(await faults({}), ['filters', 'name']);
  assert.ok((await faults({ name: ' ', filters: {} })).includes('name'));
  assert.deepEqual(await faults({ name: 'å'.repeat(61), filters: { q: 'Eva Ek', type: 'x', status: 'received,y', attention: 'z' } }),
    ['filters.attention', 'filters.q', 'filters.status', 'filters.type', 'name']);
  assert.equal((await who.anna.patch(`${views}/1`, { json: { board: trafik } })).status, 422);
  assert.equal((await who.anna.patch(`${views}/x`, { json: { name: 'x' } })).status, 404);
  assert.equal((await server.get(views)).status, 401);
  assert.deepEqual(await names('anna'), []);
});

test('twenty of one’s own, thirty of a board, also when two are last at once', async () => {
  const fill = async (name, n, more) => {
    const all = await Promise.all(Array.from({ length: n }, (_, i) => save(name, { name: `${i}`, filters: {}, ...more })));
    return all.filter((res) => res.status === 201).length;
  };
  assert.equal(await fill('bo', 24, {}), 20);
  assert.equal((await save('bo', { name: 'en till', filters: {} })).status, 409);
  assert.equal(await fill('kim', 33, { board: trafik }), 30);
  assert.equal((await save('anna', { name: 'min', filters: {} })).status, 201, 'others have their own ceiling');
  await server.sql('DELETE FROM synpunkt.saved_view');
});

/* The whole list, page after page. */
async function lengthOf(name, filters) {
  const query = new URLSearchParams({ ...filters, limit: '200' });
  let n = 0;
  for (;;) {
    const { json } = await who[name].get(`/api/v1/desk/cases?${query}`);
    n += json.items.length;
    if (!json.next) return n;
    query.set('after', json.next);
  }
}

test('the counts are what the queue shows, filter for filter', async () => {
  for (let i = 0; i < 3; i++) {
    const res = await server.post('/api/v1/cases', { json: { text: `Räkna ${i}`, category: 'gatubelysning', type: 'praise',
      place: { lat: 59.2518, lon: 18.0921 } } });
    const at = `/api/v1/desk/cases/${res.json.number}`;
    if (i > 0) await who.anna.post(`${at}/assignments`, { json: { user: 'anna' }, etag: '"1"' });
    if (i > 1) await who.anna.post(`${at}/closures`, { json: { reason: 'remedied' }, etag: '"2"' });
  }
  const all = [{}, { board: trafik }, { board: farsta }, { status: 'any' }, { status: 'closed' }, { status: 'received,assigned' },
    { status: 'assigned,closed' }, { handler: 'me' }, { handler: 'none' }, { handler: 'bo' }, { handler: 'nobody-such' },
    { category: 'gatubelysning', type: 'praise' }, { district: 'farsta' }, { overdue: 'true' }, { overdue: 'false' },
    { attention: 'overdue' }, { attention: 'near-due' }, { attention: 'acknowledge' }, { attention: 'mail-failed' },
    { attention: 'approval' }, { attention: 'approval', status: 'received' }, { sort: 'receivedAt', status: 'closed' }];
  let some = 0;

  for (const [name, start] of [['anna', 0], ['anna', 11], ['fia', 0], ['fia', 11]]) {
    const made = [];
    for (const filters of all.slice(start, start + 11)) made.push([(await save(name, { name: 'x', filters })).json.id, filters]);
    const counts = (await who[name].get(`${views}/counts`)).json.items;
    for (const [id, filters] of made) {
      const { count, more } = counts.find((c) => c.id === id);
      assert.deepEqual([count, more], [await lengthOf(name, filters), false], `${name} ${JSON.stringify(filters)}`);
      some += count > 0;
    }
    for (const [id] of made) await who[name].delete(`${views}/${id}`);
  }
  assert.ok(some > 15, `${some} counts are of something`);
});

/* What the desk's own database role sees and does in somebody's name, without the functions. */
async function asDesk(name, query) {
  const [{ token }] = await server.sql(`SELECT encode(s.token_hash, 'hex') AS token FROM synpunkt.staff_session s
    JOIN synpunkt.staff_user u ON u.id = s.user_id WHERE u.username = '${name}'`);
  const psql = openPsql(server);
  try {
    return await psql.run(`BEGIN; SET LOCAL ROLE synpunkt_desk; SET LOCAL synpunkt.session = '${token}'; ${query}; ROLLBACK`);
  } catch (error) {
    return String(error);
  } finally {
    await psql.close();
  }
}

test('the database itself keeps them apart', async () => {
  assert.equal((await save('anna', { name: 'Hemligt', filters: {} })).status, 201);
  assert.equal((await save('kim', { name: 'Delat', board: trafik, filters: {} })).status, 201);
  const read = 'SELECT name FROM synpunkt.saved_view ORDER BY 1';
  assert.match(await asDesk('anna', read), /Delat\nHemligt/);
  assert.equal(await asDesk('bo', read), 'Delat');
  assert.equal(await asDesk('fia', read), '');
  assert.equal(await asDesk('bo', "UPDATE synpunkt.saved_view SET name = 'x' RETURNING name"), '');
  assert.equal(await asDesk('bo', 'DELETE FROM synpunkt.saved_view RETURNING name'), '');
  assert.equal(await asDesk('kim', 'DELETE FROM synpunkt.saved_view RETURNING name'), 'Delat');
  const add = (board) => `INSERT INTO synpunkt.saved_view (made_by, board, name, filters)
    VALUES (synpunkt.my_user(), ${board}, 'x', '{}')`;
  assert.match(await asDesk('bo', add(`'${trafik}'`)), /row-level security/);
  assert.equal(await asDesk('bo', add('NULL')), '');
  assert.match(await asDesk('kim', 'UPDATE synpunkt.saved_view SET made_by = 1'), /permission denied/);
});
