/* The contract's section 3, server-sent events of the desk. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { assertProblem } from './contract_kit.mjs';
import { act, at, coordinator, farsta, serial, submitTo, trafik } from './contract_desk_kit.mjs';
import { eventually, rawOpen, sleep, startServer } from './harness.mjs';
import { addUser, newColleague, signIn } from './staff.mjs';

const where = '/api/v1/desk/events';
let server;
let co;
let there;
const open = [];
before(async () => {
  server = await startServer({ env: { SYNPUNKT_CONNECTIONS_PER_ADDRESS: '0' } });
  co = await coordinator(server);
  there = await newColleague(server, 'dar', `coordinator@${farsta}`);
});
after(async () => {
  for (const stream of open) stream.socket.destroy();
  await server.stop();
});

/* A stream as bytes: list() gives {id, event, data} as a browser would dispatch them,
 * lastId what it would send as Last-Event-ID. */
async function listen(client, headers = {}) {
  const conn = await rawOpen(server.url);
  open.push(conn);
  const more = Object.entries(headers).map(([k, v]) => `${k}: ${v}\r\n`).join('');
  conn.write(`GET ${where} HTTP/1.1\r\nHost: x\r\nCookie: ${client.cookie}\r\n${more}\r\n`);
  assert.ok(await conn.until((text) => /\r\n\r\n[^]*\n\n/.test(text) || /HTTP\/1.1 [45]/.test(text)));
  conn.status = () => Number(conn.text.split(' ')[1]);
  conn.blocks = () => conn.text.split('\r\n\r\n').slice(1).join('\r\n\r\n')
    .replace(/(^|\r\n)[0-9a-f]+\r\n/g, '').split('\n\n').slice(0, -1) /* the last has not come whole */
    .map((block) => Object.fromEntries(block.split('\n').filter((l) => l.includes(': '))
      .map((l) => [l.slice(0, l.indexOf(': ')), l.slice(l.indexOf(': ') + 2)])));
  conn.list = () => conn.blocks().filter((b) => b.data)
    .map(({ id, event, data }) => ({ id, event, data: JSON.parse(data) }));
  conn.about = (number) => conn.list().filter((e) => e.data.number === number)
    .map((e) => e.data.version);
  conn.lastId = () => conn.blocks().map((b) => b.id).filter(Boolean).at(-1);
  return conn;
}

test('the stream has the media type, is not kept, and its events have the contract’s form', async () => {
  const stream = await listen(co);
  assert.equal(stream.status(), 200);
  assert.match(stream.text, /\r\ncontent-type: text\/event-stream(;|\r)/i);
  assert.match(stream.text, /\r\ncache-control: no-store/i);
  const c = await submitTo(server, 'För strömmen');
  await eventually('it is told', () => stream.about(c.number).length);
  const told = stream.list().find((e) => e.data.number === c.number);
  assert.deepEqual(told, { id: told.id, event: 'case-changed',
    data: { number: c.number, version: 1 } });
  assert.match(told.id, /^\d+$/);
});

test('what changes once the stream has begun is told, from its first moment', async () => {
  for (let i = 0; i < 5; i++) {
    const c = await submitTo(server, 'Genast');
    await eventually('catching up is over', async () => (await server.sql(`SELECT 1 FROM
      synpunkt.case_change WHERE case_id = ${serial(c.number)}`)).length);
    const stream = await listen(co);
    await act(co, c.number, 'note');
    await eventually('the note is told', () => stream.about(c.number).includes(2));
    assert.deepEqual(stream.about(c.number), [2]);
  }
});

test('a stream that was cut before anything came goes on where it was', async () => {
  const c = await submitTo(server, 'Avbrott');
  await eventually('told', async () => (await server.sql(`SELECT 1 FROM
    synpunkt.case_change WHERE case_id = ${serial(c.number)}`)).length);
  const stream = await listen(co);
  const id = stream.lastId();
  assert.match(id, /^\d+$/);
  stream.socket.destroy();
  await act(co, c.number, 'note');
  const again = await listen(co, { 'Last-Event-ID': id });
  await eventually('what was missed comes', () => again.about(c.number).length);
  assert.deepEqual(again.about(c.number), [2]);
});

test('all of a long absence comes, in order and once', async () => {
  const c = await submitTo(server, 'Länge borta');
  const stream = await listen(co);
  const id = stream.lastId();
  stream.socket.destroy();
  await server.sql(`INSERT INTO synpunkt.case_change (case_id, year, version, board)
    SELECT ${serial(c.number)}, 2026, v, '${trafik}' FROM generate_series(1001, 2700) v`);
  const again = await listen(co, { 'Last-Event-ID': id });
  const came = () => again.about(c.number.replace(/^\d+/, '2026')).filter((v) => v > 1000);
  await eventually('1700 changes', () => came().length >= 1700, 8000);
  assert.deepEqual(came(), Array.from({ length: 1700 }, (_, i) => 1001 + i));
});

test('a Last-Event-ID that is none begins now', async () => {
  for (const id of ['x', '-1', '1e3', '9'.repeat(30), '1 OR 1=1']) {
    const stream = await listen(co, { 'Last-Event-ID': id });
    assert.equal(stream.status(), 200, id);
    assert.deepEqual(stream.list(), [], id);
  }
});

test('other boards’ changes are not told; a case passed on is told to both, once', async () => {
  const [here, away] = [await listen(co), await listen(there)];
  const c = await submitTo(server, 'Går vidare');
  await eventually('here', () => here.about(c.number).includes(1));
  await act(co, c.number, 'note');
  await act(co, c.number, 'transfer');
  await eventually('away', () => away.about(c.number).length);
  await act(there, c.number, 'note');
  await eventually('away again', () => away.about(c.number).includes(4));
  await eventually('here', () => here.about(c.number).includes(3));
  assert.deepEqual(here.about(c.number), [1, 2, 3]);
  assert.deepEqual(away.about(c.number), [3, 4]);
});

test('a role taken away while connected: no further news of that board', async () => {
  const both = await newColleague(server, 'tva', `manager@${trafik},manager@${farsta}`);
  const stream = await listen(both);
  const c = await submitTo(server, 'Roll som försvinner');
  await eventually('told', () => stream.about(c.number).length);
  await server.sql(`DELETE FROM synpunkt.staff_role WHERE board = '${trafik}' AND user_id =
    (SELECT id FROM synpunkt.staff_user WHERE username = 'tva')`);
  await act(co, c.number, 'note');
  await act(co, c.number, 'transfer');
  await act(there, c.number, 'note');
  await eventually('the other board’s', () => stream.about(c.number).includes(4));
  assert.ok(!stream.about(c.number).includes(2));
});

test('the stream ends with the session, and a dead one gets none', async () => {
  const password = await addUser(server, 'gar', `manager@${trafik}`);
  const [one, two] = [await signIn(server, 'gar', password), await signIn(server, 'gar', password)];
  const stream = await listen(one);
  assert.equal((await two.delete('/api/v1/sessions')).status, 204);
  await submitTo(server, 'Något händer'); /* or the beat, in 20 seconds */
  await eventually('it ends', () => stream.isClosed || stream.text.endsWith('0\r\n\r\n'), 25000);
  assertProblem(await one.get(where), 401);
  assertProblem(await server.get(where), 401);
  const analyst = await newColleague(server, 'siffror', 'analyst@*');
  assertProblem(await analyst.get(where), 403);
});

test('an idle stream is kept alive by comments', { timeout: 40000 }, async () => {
  const stream = await listen(co);
  await eventually('a heartbeat', () => /\n:[^\n]*\n\n/.test(stream.text), 30000);
});

test('HEAD is answered at once', async () => {
  const res = await server.head(where, { headers: { cookie: co.cookie }, timeout: 5000 });
  assert.equal(res.status, 200);
  assert.match(res.headers['content-type'], /^text\/event-stream/);
});

test('too many of one colleague’s are 429; others go on', async () => {
  const greedy = await newColleague(server, 'girig', `manager@${trafik}`);
  const streams = [];
  for (let i = 0; i < 20; i++) streams.push(await listen(greedy));
  assert.ok(streams.every((s) => s.status() === 200));
  const res = await greedy.get(where);
  assertProblem(res, 429);
  assert.ok(Number(res.headers['retry-after']) >= 1);
  assert.equal((await listen(co)).status(), 200);
  streams.forEach((s) => s.socket.destroy());
  await eventually('there is room again', async () => (await listen(greedy)).status() === 200);
});

test('many listeners and slow readers hold nobody up', async () => {
  const crowd = [];
  for (let u = 0; u < 4; u++) {
    const client = await newColleague(server, `mangd-${u}`, `manager@${trafik}`);
    for (let i = 0; i < 15; i++) crowd.push(await listen(client));
  }
  const slow = await listen(co, { 'Last-Event-ID': '0' });
  slow.socket.pause();
  const c = await submitTo(server, 'Till alla');
  const start = Date.now();
  await act(co, c.number, 'note');
  assert.equal((await co.get(at(c.number))).status, 200);
  assert.ok(Date.now() - start < 3000);
  await eventually('all of them hear of it', () => crowd.every((s) => s.about(c.number).includes(2)));
  crowd.forEach((s) => s.socket.destroy());
});
