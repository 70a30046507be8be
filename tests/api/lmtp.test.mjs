/*
 * Mail comes in by LMTP (RFC 2033): what is said to whom, what is stored, and what a
 * stranger cannot do.
 */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { after, before, test } from 'node:test';

import { eventually, request, startServer } from './harness.mjs';
import { letter, lmtpConnect, lmtpOpen, stuffed } from './lmtp_client.mjs';

const trafik = 'trafik@stad.example';
const kultur = 'kultur@stad.example';
let server;

before(async () => {
  server = await startServer({ env: { SYNPUNKT_LMTP_SIZE: '1MiB',
    SYNPUNKT_LMTP_MEMORY: '4MiB' } });
}, { timeout: 120000 });

after(async () => {
  assert.deepEqual(await server?.stop(), { code: 0, signal: null });
});

const rowsOf = (id) => server.sql(`SELECT m.id, m.envelope_from, m.message_id, m.size,
  encode(m.raw, 'hex') AS raw, encode(m.body_sha256, 'hex') AS body, d.recipient, d.mailbox,
  d.board, d.unit, d.state, d.token FROM synpunkt.mail_message m JOIN synpunkt.mail_delivery d
  ON d.message_id = m.id WHERE m.message_id = '${id}' ORDER BY d.recipient`);

const newId = () => `${crypto.randomUUID()}@example.org`;
const count = async () =>
  Number((await server.sql('SELECT count(*) AS n FROM synpunkt.mail_message'))[0].n);

test('LHLO tells what is offered, and HELO and EHLO are no LMTP', async () => {
  const talk = await lmtpConnect(server);
  assert.match(talk.greeting, /^220 localhost LMTP$/);
  assert.match(await talk.say('MAIL FROM:<a@example.org>'), /^503 5\.5\.1 /);
  assert.match(await talk.say('EHLO mail.example'), /^500 5\.5\.1 /);
  assert.match(await talk.say('HELO mail.example'), /^500 5\.5\.1 /);
  assert.match(await talk.say('LHLO'), /^501 5\.5\.4 /);
  const hello = (await talk.say('lhlo mail.example')).split('\r\n');
  assert.deepEqual(hello.map((l) => l.slice(4)).slice(1), ['PIPELINING', '8BITMIME',
    'SMTPUTF8', 'ENHANCEDSTATUSCODES', `SIZE ${1024 * 1024}`]);
  assert.match(await talk.say('NOOP whatever'), /^250 2\./);
  assert.match(await talk.say('VRFY anna'), /^252 2\./);
  assert.match(await talk.say('STARTTLS'), /^502 5\.5\.1 /);
  assert.match(await talk.say('FROB'), /^500 5\.5\.2 /);
  assert.match(await talk.say('QUIT'), /^221 2\./);
  await talk.closed;
});

test('a letter is stored byte for byte before it is told 250', async () => {
  const id = newId();
  const bytes = Buffer.concat([letter({ id, subject: 'Åäö',
    body: '.en punkt\r\n..två\r\n.\r\n mitt i\r\nslut.' }),
  Buffer.from([0x00, 0xff, 0xe5, 0x0d, 0x20, 0x80]), Buffer.from('\r\n')]);
  const talk = await lmtpOpen(server);
  assert.deepEqual(await talk.send({ to: ['Trafik@Stad.example'], bytes,
    mail: ` SIZE=${bytes.length} BODY=8BITMIME SMTPUTF8` }), ['250 2.0.0 stored']);
  const [row, ...more] = await rowsOf(id);
  assert.deepEqual(more, []);
  assert.equal(row.raw, bytes.toString('hex'));
  assert.equal(Number(row.size), bytes.length);
  assert.equal(row.envelope_from, 'anna@example.org');
  assert.equal(row.recipient, trafik);
  assert.equal(row.mailbox, trafik);
  assert.equal(row.board, 'trafiknamnden');
  assert.equal(row.unit, null);
  assert.equal(row.token, null);
  const body = bytes.subarray(bytes.indexOf('\r\n\r\n') + 4);
  assert.equal(row.body, crypto.createHash('sha256').update(body).digest('hex'));
  await talk.end();
});
