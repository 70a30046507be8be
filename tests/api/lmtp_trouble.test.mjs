/*
 * Mail comes in while something is wrong: the database away, silent or full, a client that
 * is slow or leaves, too many at once, the server told to stop.
 */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import { after, before, test } from 'node:test';

import { daemonPath, eventually, request, startServer } from './harness.mjs';
import { letter, lmtpConnect, lmtpOpen, stuffed } from './lmtp_client.mjs';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const trafik = 'trafik@stad.example';
const newId = () => `${crypto.randomUUID()}@example.org`;
let server;

before(async () => {
  server = await startServer({ ownCluster: true,
    env: { SYNPUNKT_DATABASE_TIMEOUT_MS: '1000' } });
}, { timeout: 120000 });

after(async () => {
  assert.deepEqual(await server?.stop(), { code: 0, signal: null });
  await server?.cluster.stop();
});

const stored = async (id, on = server) => Number((await on.sql(`SELECT count(*) AS n FROM
  synpunkt.mail_message m JOIN synpunkt.mail_delivery d ON d.message_id = m.id
  WHERE m.message_id = '${id}'`))[0].n);

/* Up to where the letter itself is to come. */
async function begun(on = server) {
  const talk = await lmtpOpen(on);
  await talk.say('MAIL FROM:<a@example.org>');
  assert.match(await talk.say(`RCPT TO:<${trafik}>`), /^250/);
  assert.match(await talk.say('DATA'), /^354/);
  return talk;
}

/* Sends until it is taken, as a mail server does. */
const taken = (bytes) => eventually('the letter is taken', async () => {
  const talk = await lmtpOpen(server);
  const [answer] = await talk.send({ to: [trafik], bytes });
  await talk.end();
  return answer.startsWith('250');
}, 60000);

test('the database stops in the middle: 451, and it is there once when sent again',
  { timeout: 120000 }, async () => {
    const id = newId();
    const talk = await begun();
    await server.cluster.stop('immediate');
    talk.write(stuffed(letter({ id })));
    assert.match(await talk.line(), /^451 4\.3\.0 /);
    const [refused] = await talk.send({ to: [trafik], bytes: letter({ id }) });
    assert.match(refused, /^451 4\.3\.0 /, 'and so are recipients');
    assert.match(await talk.say('NOOP'), /^250/, 'the conversation goes on');
    await server.cluster.start();
    await taken(letter({ id }));
    await taken(letter({ id }));
    assert.equal(await stored(id), 1);
    await talk.end();
  });

const backends = async () => (await server.sql(`SELECT pid FROM pg_stat_activity
  WHERE usename = 'synpunkt_mail_in'`)).map((r) => Number(r.pid));

test('a database that is silent: 451 in time, and once in the end', { timeout: 120000 },
  async () => {
    const id = newId();
    await taken(letter());
    const talk = await begun();
    const pids = await backends();
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    talk.write(stuffed(letter({ id })));
    assert.match(await talk.line(), /^451 4\.3\.0 /);
    for (const pid of pids) process.kill(pid, 'SIGCONT');
    await taken(letter({ id }));
    assert.equal(await stored(id), 1);
    await talk.end();
  });

test('a client that leaves while the database works harms nobody', { timeout: 120000 },
  async () => {
    const id = newId();
    await taken(letter());
    const [talk, other] = [await begun(), await lmtpOpen(server)];
    const waiting = (n) => eventually(`${n} waits for the database`, async () =>
      (await request(server.opsUrl, 'GET', '/metrics')).text
        .includes(`synpunkt_mail_in_waiting ${n}\n`));
    await waiting(0);
    const pids = await backends();
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    talk.write(stuffed(letter({ id })));
    await other.say('MAIL FROM:<a@example.org>');
    other.write('RCPT TO:<idrott@stad.example>\r\n');
    await waiting(1);
    talk.socket.resetAndDestroy();
    other.socket.resetAndDestroy();
    for (const pid of pids) process.kill(pid, 'SIGCONT');
    await taken(letter({ id }));
    assert.equal(await stored(id), 1);
  });

test('a full disk, and a commit that fails, are 451', { timeout: 60000 }, async () => {
  for (const [when, state] of [['BEFORE INSERT ON synpunkt.mail_message', '53100'],
    ['AFTER INSERT ON synpunkt.mail_message DEFERRABLE INITIALLY DEFERRED', '40001']]) {
    const id = newId();
    const kind = when.startsWith('AFTER') ? 'CONSTRAINT TRIGGER' : 'TRIGGER';
    await server.sql(`CREATE FUNCTION public.fails() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '${state}'; END $$;
      CREATE ${kind} fails ${when} FOR EACH ROW EXECUTE FUNCTION public.fails()`);
    const talk = await lmtpOpen(server);
    assert.match((await talk.send({ to: [trafik], bytes: letter({ id }) }))[0], /^451 4\.3\.0 /);
    assert.equal(await stored(id), 0);
    await server.sql('DROP FUNCTION public.fails CASCADE');
    await taken(letter({ id }));
    assert.equal(await stored(id), 1);
    await talk.end();
  }
});

test('a mailbox that ends while the letter comes: 550 for it, 250 for the others', async () => {
  const id = newId();
  await server.sql(`INSERT INTO synpunkt.mailbox VALUES ('snart@stad.example', 'trafiknamnden')`);
  const talk = await lmtpOpen(server);
  await talk.say('MAIL FROM:<a@example.org>');
  await talk.say('RCPT TO:<snart@stad.example>');
  await talk.say(`RCPT TO:<${trafik}>`);
  await talk.say('DATA');
  await server.sql(`DELETE FROM synpunkt.mailbox WHERE address = 'snart@stad.example'`);
  talk.write(stuffed(letter({ id })));
  assert.match(await talk.line(), /^550 5\.1\.1 /);
  assert.match(await talk.line(), /^250 /);
  assert.equal(await stored(id), 1);
  await talk.end();
});

test('a letter of twenty megabytes is stored whole, and leaves no memory taken', async () => {
  const id = newId();
  const head = letter({ id, body: '' });
  const bytes = Buffer.concat([head, crypto.randomBytes(15 * 1024 * 1024).toString('base64')
    .replace(/.{76}/g, '$&\r\n'), Buffer.from('\r\n')].map((b) => Buffer.from(b)));
  await taken(bytes);
  const [row] = await server.sql(`SELECT encode(sha256(m.raw), 'hex') AS hash, m.size
    FROM synpunkt.mail_message m WHERE m.message_id = '${id}'`);
  assert.equal(row.hash, crypto.createHash('sha256').update(bytes).digest('hex'));
  await eventually('nothing is held', async () => /synpunkt_mail_in_bytes 0\n/.test(
    (await request(server.opsUrl, 'GET', '/metrics')).text));
});

test('who drips or idles is told so and cut off', { timeout: 120000 }, async () => {
  const one = await startServer({ cluster: server.cluster, env: { SYNPUNKT_LMTP_IDLE_MS: '5000',
    SYNPUNKT_LMTP_DATA_MS: '700', SYNPUNKT_LMTP_DATA_TOTAL_MS: '3000' } });
  try {
    const idle = await lmtpOpen(one);
    assert.match(await idle.line(), /^421 4\.4\.2 nothing came/);
    await idle.closed;

    /* A byte now and then is below the least rate. */
    const slow = await begun(one);
    const drip = setInterval(() => slow.write('x'), 50);
    assert.match(await slow.line(), /^421 4\.4\.2 the message takes/);
    clearInterval(drip);
    await slow.closed;

    /* Fast enough, and never done. */
    const endless = await begun(one);
    const start = Date.now();
    const flow = setInterval(() => endless.write(Buffer.alloc(2000, 'x')), 20);
    assert.match(await endless.line(), /^421 4\.4\.2 the message takes/);
    clearInterval(flow);
    assert.ok(Date.now() - start > 2500, 'it had its time');
    await endless.closed;
  } finally {
    assert.deepEqual(await one.stop(), { code: 0, signal: null });
  }
});

test('one conversation too many is told to come again', { timeout: 60000 }, async () => {
  const one = await startServer({ cluster: server.cluster,
    env: { SYNPUNKT_LMTP_CONNECTIONS: '4' } });
  try {
    const four = await Promise.all(Array.from({ length: 4 }, () => lmtpConnect(one)));
    const fifth = await lmtpConnect(one);
    assert.match(fifth.greeting, /^421 4\.3\.2 too many/);
    await four[0].end();
    await eventually('there is room again', async () => {
      const next = await lmtpConnect(one);
      await next.end();
      return next.greeting.startsWith('220');
    });
  } finally {
    assert.deepEqual(await one.stop(), { code: 0, signal: null });
  }
});

test('told to stop, it finishes the letter that is under way and takes no more', async () => {
  const id = newId();
  const one = await startServer({ cluster: server.cluster });
  const [talk, idle] = [await begun(one), await lmtpOpen(one)];
  const stopped = one.stop();
  assert.match(await idle.line(), /^421 4\.3\.2 going down/);
  talk.write(stuffed(letter({ id })));
  assert.match(await talk.line(), /^250 /);
  assert.match(await talk.line(), /^421 4\.3\.2 going down/);
  await talk.closed;
  assert.deepEqual(await stopped, { code: 0, signal: null });
  assert.equal(await stored(id, one), 1);
});

test('at a unix socket, also one that was left behind', async () => {
  const id = newId();
  const one = await startServer({ cluster: server.cluster, wait: false,
    env: { SYNPUNKT_LMTP: `unix:${fs.mkdtempSync('/tmp/synpunkt-lmtp-')}/socket` } });
  const path = one.env.SYNPUNKT_LMTP.slice(5);
  try {
    await eventually('it serves', async () => (await request(one.opsUrl, 'GET', '/ready')
      .catch(() => ({}))).status === 200, 60000);
    await one.kill9();
    assert.ok(fs.existsSync(path));
    await one.start();
    await eventually('it serves again', async () => (await request(one.opsUrl, 'GET', '/ready')
      .catch(() => ({}))).status === 200, 60000);
    const talk = await lmtpOpen(one);
    assert.deepEqual(await talk.send({ to: [trafik], bytes: letter({ id }) }), ['250 2.0.0 stored']);
    await talk.end();
  } finally {
    await one.stop();
    fs.rmSync(path.replace(/\/socket$/, ''), { recursive: true });
  }
});

test('it is for this machine only', async () => {
  const { LMTP, ...env } = { ...server.env, SYNPUNKT_LMTP: '0.0.0.0:2424',
    SYNPUNKT_LOCK: `${server.state}/other-lock` };
  const failed = await promisify(execFile)(daemonPath, [], { env }).catch((e) => e);
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /SYNPUNKT_LMTP: only a loopback address or a unix socket/);
});

test('a mail worker that is killed is started again, and /ready stays', async () => {
  const mail = () => server.logs().filter((l) => l.event === 'child_started' && l.child === 'mail');
  const talk = await begun();
  const n = mail().length;
  process.kill(mail().at(-1).child_pid, 'SIGKILL');
  await talk.closed;
  await eventually('another has begun', () => mail().length > n);
  const id = newId();
  await eventually('it answers', async () => {
    const next = await lmtpConnect(server).catch(() => null);
    await next?.end();
    return next !== null;
  });
  await taken(letter({ id }));
  const ready = await request(server.opsUrl, 'GET', '/ready');
  assert.equal(ready.status, 200);
  assert.equal(ready.json.mail, true);
});
