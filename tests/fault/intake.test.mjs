/*
 * 1,000 submissions by concurrent clients while workers and PostgreSQL are killed with
 * -9 at random. Then: every 201 is in the database exactly once, and the same key sent
 * again is the same case.
 */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { after, before, test } from 'node:test';

import { eventually, literal, request, sleep, startServer } from '../api/harness.mjs';
import { random, seed } from './chance.mjs';

const cases = Number(process.env.FAULT_CASES ?? 1000);
const clients = 16;
const mark = crypto.randomBytes(4).toString('hex');
const sent = []; /* {text, key, numbers: [of each 201], maybe} */
const killed = { worker: 0, postmaster: 0, backend: 0 };
let server;

before(async () => {
  server = await startServer({ workers: 2, ownCluster: true, env: {
    SYNPUNKT_CONNECTIONS_PER_ADDRESS: '0' } });
}, { timeout: 300000 });

after(async () => {
  await server?.stop();
});

async function post(one) {
  const headers = one.key ? { 'idempotency-key': one.key } : {};
  try {
    const res = await server.post('/api/v1/cases', { timeout: 20000, headers,
      json: { text: one.text, category: 'gatubelysning' } });
    if (res.status === 201) one.numbers.push(res.json.number);
    return res.status;
  } catch {
    return 0; /* nobody answered: it may be stored or not */
  }
}

/* With a key a client tries until it has its 201; a third of them send once more. */
async function submitKeyed(one) {
  await eventually(`201 for ${one.text}`, async () => {
    const status = await post(one);
    assert.ok([0, 201, 500, 503].includes(status), `status ${status}`);
    if (status !== 201) await sleep(50 + 200 * Math.random());
    return status === 201;
  }, 120000);
  if (Math.random() < 0.33) await post(one);
}

async function client(n) {
  for (let i = n; i < cases; i += clients) {
    const keyed = i % 4 !== 0;
    const one = { text: `${mark} fel ${i}`, numbers: [],
      key: keyed ? `${mark}-${i}` : null };
    sent.push(one);
    if (keyed) await submitKeyed(one);
    else await post(one);
    await sleep(400 * Math.random());
  }
}

/* Mostly one that serves HTTP, but no child is spared. */
async function killWorker() {
  const alive = new Set(server.children().map((c) => c.pid));
  const workers = server.logs().filter((l) => l.event === 'child_started'
    && alive.has(l.child_pid) && (l.child.startsWith('http') || random() < 0.2));
  if (!workers.length) return;
  killed.worker++;
  process.kill(workers[Math.floor(random() * workers.length)].child_pid, 'SIGKILL');
}

async function killBackend() {
  const rows = await server.cluster.sql(
    `SELECT pid FROM pg_stat_activity WHERE usename = 'synpunkt_resident'`);
  if (!rows.length) return;
  killed.backend++;
  process.kill(Number(rows[Math.floor(random() * rows.length)].pid), 'SIGKILL');
}

async function killPostmaster() {
  killed.postmaster++;
  server.cluster.kill9();
  await sleep(1000 * random());
  await server.cluster.start();
}

const answers = async () =>
  (await request(server.opsUrl, 'GET', '/ready').catch(() => ({}))).status === 200;

/* By turns, so that a short course has some of each. Between two kills there is time for a
 * few cases; after PostgreSQL's, until it is back. */
async function killer(isDone) {
  const turns = [killWorker, killWorker, killPostmaster, killWorker, killBackend];
  for (let i = 0; !isDone(); i++) {
    await sleep(200 + 1500 * random());
    const kill = turns[i % turns.length];
    try {
      await kill();
      if (kill === killPostmaster) await eventually('the server answers again', answers, 60000);
    } catch (e) {
      if (e.code !== 'ESRCH' && !/psql|connection|server closed/.test(e.message)) throw e;
    }
  }
}

test('cases keep coming in while things are killed', { timeout: 600000 }, async (t) => {
  let done = false;
  const killing = killer(() => done);
  try {
    await Promise.all(Array.from({ length: clients }, (_, n) => client(n)));
  } finally {
    done = true;
    await killing;
  }
  t.diagnostic(`seed ${seed}; killed: ${JSON.stringify(killed)}`);
  assert.ok(killed.worker >= 5 && killed.postmaster >= 2, 'enough was killed');
  /* The last to die may have been a backend: then PostgreSQL starts anew by itself, which
   * /ready has perhaps not met yet, nor the postmaster itself. */
  await sleep(500);
  await eventually('PostgreSQL answers again', () =>
    server.sql('SELECT 1').then(() => true, () => false), 60000);
  await eventually('the server answers again', answers, 60000);
});

async function stored() {
  const rows = await server.sql(`SELECT c.year || '-' || c.id AS number, t.body
    FROM synpunkt.case c JOIN synpunkt.case_content t ON t.case_id = c.id
    WHERE t.kind = 'text' AND t.body LIKE ${literal(`${mark}%`)}`);
  const byText = new Map();
  for (const { number, body } of rows)
    byText.set(body, [...(byText.get(body) ?? []), number]);
  return byText;
}

test('every 201 is in the database exactly once', async () => {
  const byText = await stored();
  assert.equal(sent.length, cases);
  for (const one of sent) {
    const found = byText.get(one.text) ?? [];
    assert.ok(found.length <= 1, `${one.text} is stored ${found.length} times`);
    for (const number of one.numbers) assert.deepEqual([number], found, one.text);
    if (one.key) assert.equal(found.length, 1, `${one.text} got its 201`);
  }
});

test('a key sent again afterwards is still the same case', async () => {
  const before = (await stored()).size;
  for (const one of sent.filter((s) => s.key).slice(0, 50)) {
    await submitKeyed(one);
    assert.equal(new Set(one.numbers).size, 1, one.text);
  }
  assert.equal((await stored()).size, before);
});

test('every case is whole: a leg, an event and its text', async () => {
  const [row] = await server.sql(`SELECT count(*) AS broken FROM synpunkt.case c
    WHERE (SELECT count(*) FROM synpunkt.case_leg l WHERE l.case_id = c.id) = 0
    OR (SELECT count(*) FROM synpunkt.case_event e WHERE e.case_id = c.id) = 0
    OR (SELECT count(*) FROM synpunkt.case_content t WHERE t.case_id = c.id) = 0`);
  assert.equal(row.broken, '0');
});
