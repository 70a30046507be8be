/*
 * A real Postfix in front, set up as server/MAIL.md says, and swaks as whoever writes.
 */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { after, before, test } from 'node:test';

import { eventually, startServer } from './harness.mjs';
import { letter } from './lmtp_client.mjs';
import { startPostfix } from './postfix.mjs';

const trafik = 'trafik@stad.example';
const newId = () => `${crypto.randomUUID()}@example.org`;
let server;
let postfix;

before(async () => {
  server = await startServer({ ownCluster: true });
  postfix = await startPostfix({ lmtp: server.env.SYNPUNKT_LMTP });
}, { timeout: 180000 });

after(async () => {
  await postfix?.stop();
  await server?.stop();
  await server?.cluster.stop();
});

const rowsOf = (id) => server.sql(`SELECT d.recipient, d.board, encode(m.raw, 'hex') AS raw,
  m.envelope_from FROM synpunkt.mail_message m JOIN synpunkt.mail_delivery d
  ON d.message_id = m.id WHERE m.message_id = '${id}' ORDER BY d.recipient`);

/* As swaks has it: LF, which it makes CRLF. */
const send = (id, to, extra = []) => postfix.swaks(['--to', to, '--data', '-', ...extra],
  letter({ id, body: 'Å, lampan är släckt.\r\n.\r\n..två punkter' }).toString('utf8')
    .replaceAll('\r\n', '\n'));

test('a letter handed to Postfix is a row, whole but for the lines that Postfix adds',
  { timeout: 60000 }, async () => {
    const id = newId();
    const { code, stdout } = await send(id, `${trafik},kultur@stad.example`);
    assert.equal(code, 0, stdout);
    const rows = await eventually('both have it', async () => {
      const found = await rowsOf(id);
      return found.length === 2 && found;
    }, 30000).catch((e) => { throw new Error(`${e.message}\n${postfix.log()}`); });
    assert.deepEqual(rows.map((r) => r.board), ['kulturnamnden', 'trafiknamnden']);
    assert.equal(rows[0].envelope_from, 'anna@example.org');
    const raw = Buffer.from(rows[0].raw, 'hex').toString('utf8');
    assert.match(raw, /^Received: from /);
    assert.match(raw, /\r\n\r\nÅ, lampan är släckt\.\r\n\.\r\n\.\.två punkter\r\n(\r\n)?$/);
  });

test('swaks speaks LMTP to us itself, and each recipient has its answer', async () => {
  const id = newId();
  const { stdout } = await postfix.swaks(['--protocol', 'LMTP', '--port',
    server.env.SYNPUNKT_LMTP.split(':')[1], '--to', `${trafik},kultur@stad.example`,
    '--data', '-'], letter({ id }).toString('utf8').replaceAll('\r\n', '\n'));
  assert.equal(stdout.match(/<- {2}250 2\.0\.0 stored/g)?.length, 2, stdout);
  assert.equal((await rowsOf(id)).length, 2);
});

test('who is no recipient, and any other domain, is refused while the sender waits',
  { timeout: 60000 }, async () => {
    for (const to of ['nobody@stad.example', 'anna@elsewhere.example']) {
      const { code, stdout } = await send(newId(), to);
      assert.notEqual(code, 0, to);
      assert.match(stdout, /<\*\* 5\d\d /, to);
    }
    assert.deepEqual(await postfix.queue(), []);
  });

test('with PostgreSQL stopped Postfix keeps the letter, and it comes once afterwards',
  { timeout: 180000 }, async () => {
    const id = newId();
    await server.cluster.stop('immediate');
    const { code, stdout } = await send(id, trafik);
    assert.equal(code, 0, stdout); /* that it is a recipient Postfix remembers */
    await eventually('it was tried and is kept', async () =>
      (await postfix.queue()).some((q) => q.recipients[0].delay_reason?.includes('4.3.0')), 60000);
    await server.cluster.start();
    await postfix.flush();
    await eventually('the queue is empty', async () => (await postfix.queue()).length === 0, 90000)
      .catch((e) => { throw new Error(`${e.message}\n${postfix.log().slice(-3000)}`); });
    assert.equal((await rowsOf(id)).length, 1);
  });
