/* What becomes of mail: a case, words on a case, or a note that it came. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { eventually, startServer } from './harness.mjs';
import { letter, lmtpOpen } from './lmtp_client.mjs';
import { readLetter, startSink } from './smtp_sink.mjs';

let server;
let sink;
before(async () => {
  sink = await startSink();
  server = await startServer({ env: { SYNPUNKT_SMTP: sink.url,
    SYNPUNKT_MAIL_FROM: 'synpunkter@stad.example' } });
}, { timeout: 120000 });
after(async () => {
  await server?.stop();
  await sink?.close();
});

let serial = 0;

/* A case with the first letter about it. */
async function submit() {
  const email = `anna.${++serial}@example.se`;
  const res = await server.post('/api/v1/cases', { json: { text: 'Lampan är släckt',
    category: 'gatubelysning', contact: { email } } });
  assert.equal(res.status, 201, res.text);
  const receipt = await eventually('a receipt', async () =>
    sink.letters.find((l) => l.to === email));
  return { ...res.json, email, id: res.json.number.split('-')[1],
    receipt: readLetter(receipt.text).headers };
}

const replyTo = (c) => c.receipt['reply-to'].replace(/[<>]/g, '');

async function deliver(to, options = {}) {
  const talk = await lmtpOpen(server);
  const answers = await talk.send({ to: [to], from: options.from, bytes: letter(options) });
  await talk.end();
  return answers[0];
}

test('a letter about a case has an address that knows the case', async () => {
  const c = await submit();
  assert.match(replyTo(c), /^arende\+[0-9a-z]{40}@stad\.example$/);
  const id = 'answer.1@example.se';
  assert.match(await deliver(replyTo(c).toUpperCase(), { id }), /^250 /);
  const [row] = await server.sql(`SELECT d.token, d.mailbox FROM synpunkt.mail_delivery d
    JOIN synpunkt.mail_message m ON m.id = d.message_id WHERE m.message_id = '${id}'`);
  assert.equal(row.token, replyTo(c).slice(7, 47));
  assert.equal(row.mailbox, null);
});

test('an address that was not signed here is unknown', async () => {
  const address = replyTo(await submit());
  const changed = address.slice(0, 10) + (address[10] === 'x' ? 'y' : 'x') + address.slice(11);
  for (const to of [changed, address.replace('stad.', 'annan.'), 'arende+@stad.example'])
    assert.match(await deliver(to), /^550 5\.1\.1 /);
});
