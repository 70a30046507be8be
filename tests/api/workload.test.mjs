/* How much lies with whom: for those who lead a board, and the same as the queue shows. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

const trafik = 'trafiknamnden';
const where = '/api/v1/desk/workload';
let server;
const who = {};

before(async () => {
  server = await startServer();
  const [{ code: unit }] = await server.sql('SELECT code FROM synpunkt.unit ORDER BY code LIMIT 1');
  for (const [name, roles] of Object.entries({ anna: `case-handler@${trafik}`, kim: `coordinator@${trafik}`, mia: `manager@${trafik}`,
    fia: 'coordinator@farsta-stadsdelsnamnd', uno: `coordinator@${trafik}/${unit}`, ann: 'analyst@*' }))
    who[name] = await newColleague(server, name, roles, name);
});
after(() => server.stop());

test('it is for coordinators and managers of a whole board, and of that board', async () => {
  for (const name of ['anna', 'uno', 'ann']) assert.equal((await who[name].get(where)).status, 403, name);
  assert.equal((await server.get(where)).status, 401);
  for (const name of ['kim', 'mia']) {
    const { handlers, units } = (await who[name].get(where)).json;
    assert.ok(handlers.length > 0 && units.length > 0);
    assert.ok([...handlers, ...units].every((row) => row.board === trafik));
  }
  assert.ok((await who.fia.get(where)).json.handlers.every((row) => row.board === 'farsta-stadsdelsnamnd'));
});

async function lengthOf(filters) {
  const query = new URLSearchParams({ ...filters, limit: '200' });
  let n = 0;
  for (;;) {
    const { json } = await who.kim.get(`/api/v1/desk/cases?${query}`);
    n += json.items.length;
    if (!json.next) return n;
    query.set('after', json.next);
  }
}

test('the figures are the queue’s, handler for handler, and add up', async () => {
  const made = [];
  for (let i = 0; i < 3; i++) made.push((await server.post('/api/v1/cases', { json: { text: `Last ${i}`, category: 'gatubelysning' } })).json);
  for (const c of made) {
    const res = await who.anna.post(`/api/v1/desk/cases/${c.number}/assignments`, { json: { user: 'anna' }, etag: '"1"' });
    assert.equal(res.status, 201, res.text);
  }
  const id = Number(made[0].number.split('-')[1]);
  const other = Number(made[1].number.split('-')[1]);
  await server.sql(`UPDATE synpunkt.case SET answer_by = synpunkt.today() WHERE id = ${id};
    UPDATE synpunkt.case SET received_on = synpunkt.today() - 30, acknowledge_by = synpunkt.today() - 20,
      answer_by = synpunkt.today() - 3 WHERE id = ${other}`);
  const { handlers, units } = (await who.kim.get(where)).json;
  const anna = handlers.find((row) => row.handler === 'anna');
  assert.deepEqual(anna, { board: trafik, handler: 'anna', handlerName: 'anna', open: 3, dueToday: 1, overdue: 1 });
  for (const row of handlers) {
    const handler = row.handler ?? 'none';
    assert.equal(row.open, await lengthOf({ board: trafik, handler }), handler);
    assert.equal(row.overdue, await lengthOf({ board: trafik, handler, attention: 'overdue' }), handler);
  }
  const sum = (rows, name) => rows.reduce((n, row) => n + row[name], 0);
  const { open, overdue } = (await who.kim.get('/api/v1/desk/summary')).json;
  for (const rows of [handlers, units]) assert.deepEqual([sum(rows, 'open'), sum(rows, 'overdue')], [open, overdue]);
  assert.equal(sum(handlers, 'dueToday'), sum(units, 'dueToday'));
});
