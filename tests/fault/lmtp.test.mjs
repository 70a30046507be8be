/*
 * 2,000 letters by LMTP while the mail worker and PostgreSQL are killed with -9 at random.
 * Then: every letter that was told 250 is in the database exactly once, with the bytes
 * that were sent, and no letter is there twice.
 */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { after, before, test } from 'node:test';

import { eventually, request, sleep, startServer } from '../api/harness.mjs';
import { letter, lmtpOpen } from '../api/lmtp_client.mjs';
import { random, seed } from './chance.mjs';

const letters = Number(process.env.FAULT_LETTERS ?? 2000);
const clients = 16;
const mark = crypto.randomBytes(4).toString('hex');
const boards = ['trafik@stad.example', 'kultur@stad.example', 'idrott@stad.example'];
const sent = []; /* {id, to: [], bytes, taken: Set of recipients told 250} */
const killed = { worker: 0, postmaster: 0, backend: 0 };
let server;

before(async () => {
  server = await startServer({ ownCluster: true });
}, { timeout: 300000 });

after(async () => {
  await server?.stop();
  await server?.cluster.stop();
});

/* One conversation for as long as it holds, as a mail server does. */
async function deliver(state, one) {
  try {
    state.talk ??= await lmtpOpen(server);
    const left = one.to.filter((r) => !one.taken.has(r));
    const answers = await state.talk.send({ to: left, bytes: one.bytes });
    if (answers.length !== left.length) throw new Error('refused before the letter');
    for (const [i, answer] of answers.entries()) {
      assert.match(answer, /^(250|451|421) /);
      if (answer.startsWith('250')) one.taken.add(left[i]);
    }
  } catch (e) {
    if (e instanceof assert.AssertionError) throw e;
    await state.talk?.end();
    state.talk = null;
  }
}

/* A letter is tried until every recipient has its 250; some once more, as after a lost one. */
async function client(n) {
  const state = { talk: null };
  for (let i = n; i < letters; i += clients) {
    const id = `${mark}.${i}@example.org`;
    const one = { id, to: i % 5 ? [boards[i % 3]] : boards, taken: new Set(),
      bytes: letter({ id, body: `Fel ${i} ${'x'.repeat((i % 40) * 1000)}` }) };
    sent.push(one);
    await eventually(`250 for ${id}`, async () => {
      await deliver(state, one);
      if (one.taken.size < one.to.length) await sleep(50 + 100 * Math.random());
      return one.taken.size === one.to.length;
    }, 120000);
    if (i % 10 === 0) {
      one.taken.clear();
      await deliver(state, one);
    }
  }
  await state.talk?.end();
}

async function killWorker() {
  const alive = new Set(server.children().map((c) => c.pid));
  const worker = server.logs().findLast((l) => l.event === 'child_started'
    && l.child === 'mail' && alive.has(l.child_pid));
  if (!worker) return;
  killed.worker++;
  process.kill(worker.child_pid, 'SIGKILL');
}

async function killBackend() {
  const rows = await server.cluster.sql(
    `SELECT pid FROM pg_stat_activity WHERE usename = 'synpunkt_mail_in'`);
  if (!rows.length) return;
  killed.backend++;
  process.kill(Number(rows[Math.floor(random() * rows.length)].pid), 'SIGKILL');
}

async function killPostmaster() {
  killed.postmaster++;
  server.cluster.kill9();
  await server.cluster.start();
}

/* What is to be killed comes by turns, so that a short course has some of each; between two
 * there is time for some letters. */
async function killer(isDone) {
  const turns = [killWorker, killBackend, killWorker, killPostmaster];
  for (let i = 0; !isDone(); i++) {
    const before = sent.length, gap = 60 + 120 * random();
    await eventually('some letters came', () => isDone()
      || sent.length > before + gap, 120000);
    if (isDone()) return;
    try {
      await turns[i % turns.length]();
    } catch (e) {
      if (e.code !== 'ESRCH' && !/psql|connection|server closed/.test(e.message)) throw e;
    }
  }
}

test('letters keep coming in while things are killed', { timeout: 600000 }, async (t) => {
  let done = false;
  const killing = killer(() => done);
  try {
    await Promise.all(Array.from({ length: clients }, (_, n) => client(n)));
  } finally {
    done = true;
    await killing;
  }
  t.diagnostic(`seed ${seed}; killed: ${JSON.stringify(killed)}`);
  assert.ok(killed.worker >= 5 && killed.backend >= 2 && killed.postmaster >= 2,
    'enough was killed');
});

test('every letter that was told 250 is there exactly once, as it was sent', async () => {
  await eventually('the database answers', async () =>
    (await request(server.opsUrl, 'GET', '/ready').catch(() => ({}))).status === 200, 60000);
  const rows = await server.sql(`SELECT m.message_id, d.recipient,
    encode(sha256(m.raw), 'hex') AS hash FROM synpunkt.mail_message m
    JOIN synpunkt.mail_delivery d ON d.message_id = m.id
    WHERE m.message_id LIKE '${mark}.%'`);
  const found = new Map(rows.map((r) => [`${r.message_id} ${r.recipient}`, r.hash]));
  assert.equal(found.size, rows.length, 'none is there twice');
  assert.equal(sent.length, letters);
  for (const one of sent)
    for (const to of one.to)
      assert.equal(found.get(`${one.id} ${to}`),
        crypto.createHash('sha256').update(one.bytes).digest('hex'), `${one.id} ${to}`);
  assert.equal(rows.length, sent.reduce((n, one) => n + one.to.length, 0));
  const [{ n }] = await server.sql(`SELECT count(*) AS n FROM synpunkt.mail_message
    WHERE message_id LIKE '${mark}.%'`);
  assert.equal(Number(n), letters, 'the bytes of each are there once');
});
