/* How submissions become cases: batches, keys, races, and a database that goes away. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { eventually, multipart, rawOpen, startServer } from './harness.mjs';

let server;
before(async () => { server = await startServer({ workers: 2 }); });
after(async () => { await server.stop(); });

const submit = (json, headers = {}) => server.post('/api/v1/cases', { json, headers });
const lamp = { text: 'Lampan vid busshållplatsen är släckt.', category: 'gatubelysning' };
const serialOf = (res) => res.json.number.split('-')[1];

test('a case is stored with its leg, its event, its content and its receipt to send', async () => {
  const res = await submit({ ...lamp, place: { lat: 59.2518, lon: 18.0921, address: 'Torget 1' },
    contact: { name: 'Anna Åkesson', email: 'anna@example.se' }, language: 'sv' });
  assert.equal(res.status, 201, res.text);
  const id = serialOf(res);
  const [row] = await server.sql(`SELECT c.*, public.st_astext(c.position) AS at
    FROM synpunkt.case c WHERE c.id = ${id}`);
  assert.equal(row.board, 'trafiknamnden');
  assert.equal(row.district, 'farsta');
  assert.equal(row.channel, 'api');
  assert.equal(row.at, 'POINT(18.0921 59.2518)');
  assert.equal(row.status, 'received');
  assert.equal(row.acknowledge_by, res.json.acknowledgeBy);
  assert.equal(row.answer_by, res.json.answerBy);
  const [leg] = await server.sql(`SELECT * FROM synpunkt.case_leg WHERE case_id = ${id}`);
  assert.equal(leg.board, 'trafiknamnden');
  const events = await server.sql(`SELECT * FROM synpunkt.case_event WHERE case_id = ${id}`);
  assert.deepEqual(events.map((e) => e.what), ['received']);
  assert.ok(!/Anna|anna@|Torget|Lampan/.test(JSON.stringify(events)), 'nothing personal');
  const contents = await server.sql(`SELECT kind, body FROM synpunkt.case_content
    WHERE case_id = ${id} ORDER BY kind`);
  assert.deepEqual(contents.map((c) => c.kind), ['contact', 'place', 'text']);
  assert.equal(contents[2].body, lamp.text);
  const outbox = await server.sql(`SELECT kind FROM synpunkt.outbox WHERE case_id = ${id}`);
  assert.deepEqual(outbox, [{ kind: 'receipt' }]);
});

test('nobody is mailed who left no address or wants no reply', async () => {
  for (const more of [{}, { contact: { phone: '070-123 45 67' } },
    { contact: { email: 'a@example.se' }, wantsReply: false }]) {
    const res = await submit({ ...lamp, ...more });
    const rows = await server.sql(`SELECT 1 FROM synpunkt.outbox
      WHERE case_id = ${serialOf(res)}`);
    assert.equal(rows.length, 0);
  }
});

test('the same key and content get the same answer, code included', async () => {
  const headers = { 'idempotency-key': 'nyckel-1' };
  const first = await submit(lamp, headers);
  const second = await submit(lamp, headers);
  assert.equal(second.status, 201);
  assert.deepEqual(second.json, first.json);
});

test('the same key with other content is a conflict', async () => {
  const headers = { 'idempotency-key': 'nyckel-2' };
  await submit(lamp, headers);
  assert.equal((await submit({ ...lamp, text: 'Annat' }, headers)).status, 409);
  assert.equal((await submit({ ...lamp, place: { address: 'x' } }, headers)).status, 409);
});

test('the same members in another order, or with unknown ones, are the same', async () => {
  const headers = { 'idempotency-key': 'nyckel-3' };
  const first = await submit(lamp, headers);
  const second = await submit({ extra: 1, category: lamp.category, type: 'complaint',
    text: lamp.text }, headers);
  assert.equal(second.json.number, first.json.number);
});

test('fifty at once with one key make one case', async () => {
  const headers = { 'idempotency-key': 'nyckel-4' };
  const all = await Promise.all(Array.from({ length: 50 }, () => submit(lamp, headers)));
  assert.ok(all.every((res) => res.status === 201), all.map((r) => r.text).join('\n'));
  assert.equal(new Set(all.map((res) => res.json.number)).size, 1);
  assert.equal(new Set(all.map((res) => res.json.followUpCode)).size, 1);
});

test('several with one key that wait for the same batch make one case without an error', async () => {
  const one = await startServer({ workers: 1 });
  const post = (headers) => one.post('/api/v1/cases', { json: lamp, headers });
  const held = one.sql(`BEGIN; LOCK TABLE synpunkt.case IN EXCLUSIVE MODE;
    SELECT pg_sleep(1); COMMIT`);
  await new Promise((done) => { setTimeout(done, 300); });
  const others = [post({}), post({})]; /* these occupy both connections */
  await new Promise((done) => { setTimeout(done, 300); });
  const all = await Promise.all(Array.from({ length: 8 },
    () => post({ 'idempotency-key': 'samma' })));
  await Promise.all([held, ...others]);
  await one.stop();
  assert.deepEqual([...new Set(all.map((res) => res.status))], [201]);
  assert.equal(new Set(all.map((res) => res.json.number)).size, 1);
  assert.deepEqual(one.logs().filter((l) => l.event === 'db_statement_failed'), []);
});

test('a key that is none is told so', async () => {
  for (const key of ['', 'x'.repeat(65)]) {
    const res = await submit(lamp, { 'idempotency-key': key });
    assert.equal(res.status, 422);
    assert.equal(res.json.invalidParams[0].name, 'Idempotency-Key');
  }
});

test('one row that the database refuses takes none of its batch with it', async () => {
  await server.sql(`ALTER TABLE synpunkt.case_content ADD CONSTRAINT poison
    CHECK (body <> 'GIFT') NOT VALID`);
  const all = await Promise.all(Array.from({ length: 64 },
    (_, i) => submit({ ...lamp, text: i === 40 ? 'GIFT' : `Fall ${i}` })));
  assert.equal(all.filter((res) => res.status === 201).length, 63);
  assert.equal(all[40].status, 500);
  assert.ok(!/GIFT|poison|constraint/.test(all[40].text));
  const rows = await server.sql(`SELECT count(*) AS n FROM synpunkt.case_content
    WHERE kind = 'text' AND body LIKE 'Fall %'`);
  assert.equal(rows[0].n, '63');
  await server.sql('ALTER TABLE synpunkt.case_content DROP CONSTRAINT poison');
});

test('a city that changes while batches are on their way loses nobody', async () => {
  let going = true;
  const changes = (async () => {
    while (going) await server.sql(`UPDATE synpunkt.category SET position = position
      WHERE code = 'gatubelysning'`);
  })();
  const all = await Promise.all(Array.from({ length: 100 }, () => submit(lamp)));
  going = false;
  await changes;
  assert.deepEqual([...new Set(all.map((res) => res.status))], [201]);
});

test('a city that is slow to be read again costs a moment, not the submission', async (t) => {
  const slow = await startServer({ workers: 1 });
  t.after(() => slow.stop());
  await slow.sql(`ALTER FUNCTION synpunkt.city_snapshot() RENAME TO city_snapshot_quick`);
  await slow.sql(`CREATE FUNCTION synpunkt.city_snapshot() RETURNS text LANGUAGE sql AS
    $$ SELECT pg_sleep(0.3); SELECT synpunkt.city_snapshot_quick() $$`);
  await slow.sql(`GRANT EXECUTE ON FUNCTION synpunkt.city_snapshot() TO synpunkt_resident`);
  await slow.sql(`UPDATE synpunkt.category SET position = position
    WHERE code = 'gatubelysning'`);
  const all = await Promise.all(Array.from({ length: 8 }, () =>
    slow.post('/api/v1/cases', { json: lamp })));
  assert.deepEqual([...new Set(all.map((res) => res.status))], [201]);
});

test('a changed owner is used without a restart', async () => {
  await server.sql(`UPDATE synpunkt.category SET owner = 'idrottsnamnden'
    WHERE code = 'gatubelysning'`);
  await eventually('the new owner gets the case', async () =>
    (await submit(lamp)).json.board.code === 'idrottsnamnden');
  await server.sql(`UPDATE synpunkt.category SET owner = 'trafiknamnden'
    WHERE code = 'gatubelysning'`);
});

test('the list of categories promises what a case will be promised', async () => {
  await server.sql(`WITH gone AS (DELETE FROM synpunkt.deadline_policy
      WHERE category = 'gatubelysning')
    INSERT INTO synpunkt.deadline_policy (source, board, answer_days)
    VALUES ('test', 'trafiknamnden', 33)`);
  const listed = async () => (await server.get('/api/v1/categories')).json.items
    .find((c) => c.code === 'gatubelysning').answerDays;
  await eventually('the list has the new days', async () => await listed() === 33, 5000);
  const id = serialOf(await submit(lamp));
  const [row] = await server.sql(`SELECT answer_because FROM synpunkt.case WHERE id = ${id}`);
  assert.match(row.answer_because, /^33 arbetsdagar/);
  await server.sql("DELETE FROM synpunkt.deadline_policy WHERE source = 'test'");
});

test('a client that leaves before the answer harms nobody', async () => {
  const body = JSON.stringify(lamp);
  for (let i = 0; i < 20; i++) {
    const conn = await rawOpen(server.url);
    conn.write(`POST /api/v1/cases HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n`
      + `Content-Length: ${body.length}\r\n\r\n${body}`);
    conn.socket.destroy();
  }
  assert.equal((await submit(lamp)).status, 201);
});

test('an address that sends too much is told when to come again', async (t) => {
  const strict = await startServer({ workers: 2, env: { SYNPUNKT_INTAKE_PER_HOUR: '3' } });
  t.after(() => strict.stop());
  const statuses = [];
  let last;
  for (let i = 0; i < 4; i++) {
    last = await strict.post('/api/v1/cases', { json: lamp });
    statuses.push(last.status);
  }
  assert.deepEqual(statuses, [201, 201, 201, 429]);
  assert.ok(Number(last.headers['retry-after']) > 0);
});

test('while the database is away it is 503, and afterwards all works again', async (t) => {
  const alone = await startServer({ ownCluster: true,
    env: { SYNPUNKT_DATABASE_TIMEOUT_MS: '1000' } });
  t.after(async () => { await alone.stop(); await alone.cluster.stop(); });
  const post = () => alone.post('/api/v1/cases', { json: lamp });
  assert.equal((await post()).status, 201);
  await alone.cluster.stop('immediate');
  const away = await post();
  assert.equal(away.status, 503);
  assert.ok(Number(away.headers['retry-after']) > 0);
  assert.equal((await alone.get('/api/v1/categories')).status, 200, 'what is known is told');
  await alone.cluster.start();
  await eventually('it works again', async () => (await post()).status === 201, 20000);
});

test('multipart brings files; a picture that is none is refused and the case is kept', async () => {
  const res = await server.post('/api/v1/cases', { multipart: multipart([
    { name: 'case', json: lamp },
    { name: 'attachment', filename: 'anteckning.txt', type: 'image/png', body: 'Hej på dig\n' },
    { name: 'attachment', filename: 'trasig.jpg', type: 'image/jpeg',
      body: Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]),
        Buffer.from('JFIF\0'), Buffer.alloc(2000, 7)]) }]) });
  assert.equal(res.status, 201, res.text);
  assert.deepEqual(res.json.attachments.map((a) => [a.name, a.type, a.state]),
    [['anteckning.txt', 'text/plain', 'stored'], ['trasig.jpg', 'image/jpeg', 'refused']]);
  const events = await server.sql(`SELECT what, codes FROM synpunkt.case_event
    WHERE case_id = ${serialOf(res)} ORDER BY seq`);
  assert.deepEqual(events.map((e) => e.what), ['received', 'attachment-refused']);
  assert.deepEqual(JSON.parse(events[1].codes), { attachments: [2] });
});

test('the part "case" may have a file name, as a Blob in FormData does', async () => {
  const res = await server.post('/api/v1/cases', { multipart: multipart([
    { name: 'case', filename: 'blob', json: lamp }]) });
  assert.equal(res.status, 201, res.text);
});
