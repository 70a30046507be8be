/* Mail into a server of a test, and what became of it. */
import assert from 'node:assert/strict';

import { eventually } from './harness.mjs';
import { lmtpOpen } from './lmtp_client.mjs';

let serial = 0;
export const newId = (what = 'mail') => `${process.pid}.${++serial}.${what}@example.se`;

/* One mail as bytes: fields over the usual, and files, each {name, type, bytes}. */
export function mailOf({ id, from = 'Bo Ek <bo@example.se>', to = 'trafik@stad.example',
  subject = 'Lampan', fields = [], text = 'Lampan är släckt.', files = [] }) {
  const b64 = (bytes) => Buffer.from(bytes).toString('base64').replace(/.{76}/g, '$&\r\n');
  const head = [...fields, `From: ${from}`, `To: ${to}`, `Subject: ${subject}`,
    `Message-ID: <${id}>`, 'MIME-Version: 1.0'];
  const plain = ['Content-Type: text/plain; charset=utf-8', '', text.replace(/\r?\n/g, '\r\n'), ''];
  const parts = files.flatMap(({ name, type, bytes }) => ['--grans',
    `Content-Type: ${type}; name="${name}"`,
    `Content-Disposition: attachment; filename="${name}"`,
    'Content-Transfer-Encoding: base64', '', b64(bytes)]);
  const body = files.length ? ['Content-Type: multipart/mixed; boundary="grans"', '', '--grans',
    ...plain, ...parts, '--grans--', ''] : plain;

  return Buffer.from([...head, ...body].join('\r\n'));
}

export async function deliver(server, to, { sender = 'bo@example.se', bytes }) {
  const talk = await lmtpOpen(server);
  const answers = await talk.send({ to: [to], from: sender, bytes });
  await talk.end();
  assert.match(answers[0], /^250 /);
}

export const deliveryOf = async (server, id) => (await server.sql(`SELECT d.*, m.received_at
  FROM synpunkt.mail_delivery d JOIN synpunkt.mail_message m ON m.id = d.message_id
  WHERE m.message_id = '${id}'`))[0];

export const became = (server, id, state) => eventually(`the mail is ${state}`, async () => {
  const row = await deliveryOf(server, id);
  return row?.state === state && row;
});

/* What a mail server says of a letter of ours that went to email; waits until it is read. */
export async function bounced(server, { email, messageId, status = '5.1.1' }) {
  const id = newId('bounce');
  const bytes = Buffer.from(['From: MAILER-DAEMON@mail.example', 'To: synpunkter@stad.example',
    'Subject: Undelivered Mail Returned to Sender', `Message-ID: <${id}>`,
    'Auto-Submitted: auto-replied', 'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"', '',
    '--b', 'Content-Type: text/plain', '', 'It could not be delivered.', '',
    '--b', 'Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; mail.example',
    '', `Final-Recipient: rfc822; ${email}`,
    `Action: ${status[0] === '5' ? 'failed' : 'delayed'}`, `Status: ${status}`, '',
    '--b', 'Content-Type: text/rfc822-headers', '', `Message-ID: <${messageId}>`,
    'Subject: x', '', '--b--', ''].join('\r\n'));
  await deliver(server, 'trafik@stad.example', { sender: '', bytes });
  return became(server, id, 'done');
}
