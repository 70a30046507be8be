/* What becomes of mail: a case, words on a case, or a note that it came. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { jpeg } from './contract_samples.mjs';
import { eventually, startServer } from './harness.mjs';
import { letter, lmtpOpen } from './lmtp_client.mjs';
import { readLetter, startSink } from './smtp_sink.mjs';
import { newColleague } from './staff.mjs';

let server;
let sink;
before(async () => {
  sink = await startSink();
  server = await startServer({ env: { SYNPUNKT_SMTP: sink.url,
    SYNPUNKT_MAIL_FROM: 'synpunkter@stad.example',
    SYNPUNKT_MAIL_AUTHSERV_ID: 'mx.stad.example' } });
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
  const { sender = options.from, ...rest } = options;
  const from = options.from ?? `bo.${++serial}@example.se`;
  const bytes = options.bytes ?? Buffer.from(letter(rest).toString()
    .replace('Anna <anna@example.org>', `Bo Ek <${from}>`));
  const talk = await lmtpOpen(server);
  const answers = await talk.send({ to: [to], from: sender ?? from, bytes });
  await talk.end();
  return answers[0];
}

const newId = () => `${process.pid}.${++serial}.mail-in@example.se`;

/* Delivers a letter and waits for what became of it. */
async function handled(to, options = {}) {
  const id = options.id ?? newId();
  assert.match(await deliver(to, { ...options, id }), /^250 /);
  return eventually('the mail is done', async () => (await server.sql(`SELECT d.*
    FROM synpunkt.mail_delivery d JOIN synpunkt.mail_message m ON m.id = d.message_id
    WHERE m.message_id = '${id}' AND d.state = 'done'`))[0]);
}

const caseOf = async (row) => {
  const [it] = await server.sql(`SELECT c.*, t.body AS text, p.body AS contact FROM synpunkt.case c
  JOIN synpunkt.case_content t ON t.case_id = c.id AND t.kind = 'text'
  LEFT JOIN synpunkt.case_content p ON p.case_id = c.id AND p.kind = 'contact'
  WHERE c.id = ${row.case_id}`);
  return { ...it, contact: JSON.parse(it.contact) };
};
const eventsOf = async (row) => (await server.sql(`SELECT seq, what, actor, codes
  FROM synpunkt.case_event WHERE case_id = ${row.case_id ?? row.id} ORDER BY seq`))
  .map((e) => ({ ...e, codes: JSON.parse(e.codes) }));
const lettersOf = async (row) => server.sql(`SELECT * FROM synpunkt.outbox
  WHERE case_id = ${row.case_id ?? row.id} ORDER BY id`);
const followed = (c) => server.get(`/api/v1/cases/${c.number}`,
  { headers: { Authorization: `Bearer ${c.followUpCode}` } });

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

test('a mail to a board is a case there, with a receipt', async () => {
  const from = 'bo.ek@example.se';
  const row = await handled('trafik@stad.example', { from, subject: 'Lampan',
    body: 'Den är släckt vid kiosken.' });
  assert.equal(row.class, 'new');
  const it = await caseOf(row);
  assert.equal(it.board, 'trafiknamnden');
  assert.equal(it.channel, 'mail');
  assert.equal(it.rule, 'mailbox');
  assert.match(it.text, /^Lampan\n\nDen är släckt vid kiosken\.\s*$/);
  assert.equal(it.contact.name, 'Bo Ek');
  assert.equal(it.contact.email, from);
  const receipt = await eventually('a receipt', async () =>
    sink.letters.find((l) => l.to === from));
  assert.match(readLetter(receipt.text).headers.subject, new RegExp(it.id));
});

test('an answer to a letter of ours is on the case and on its page', async () => {
  const c = await submit();
  const row = await handled(replyTo(c), { from: 'en.annan@example.se',
    subject: 'Sv: Vi har fått din synpunkt',
    body: 'Den lyser igen.\r\n\r\nDen 1 maj skrev Synpunkter:\r\n> Vi har fått' });
  assert.equal(row.case_id, c.id);
  const { json } = await followed(c);
  assert.equal(json.messages.length, 1);
  assert.equal(json.messages[0].from, 'resident');
  assert.match(json.messages[0].text, /^Den lyser igen\.\s*$/);
  const page = await server.get(`/folj/${c.number}/${c.followUpCode}`);
  assert.match(page.text, /Den lyser igen\./);
  assert.equal((await eventsOf(row)).at(-1).actor, 'resident');
});

test('a Message-ID of ours counts with a sender who is a party, in any case of letters',
  async () => {
    const c = await submit();
    const head = `In-Reply-To: ${c.receipt['message-id']}\r\n`;
    const mine = await handled('trafik@stad.example',
      { from: c.email.toUpperCase(), head, subject: 'Sv', body: 'Mer från mig.' });
    assert.equal(mine.case_id, c.id);
    const other = await handled('trafik@stad.example',
      { from: 'frammande@example.se', head, subject: 'Sv', body: 'Från mig också.' });
    assert.notEqual(other.case_id, c.id);
    assert.deepEqual((await eventsOf(other)).at(-1).codes, { case: c.number });
    assert.equal((await followed(c)).json.messages.length, 1);
  });

test('who writes as the complainant and is not puts no words on the case', async () => {
  const c = await submit();
  for (const [result, added] of [['dmarc=fail header.from=example.se', false],
    ['dmarc=pass header.from=evil.example', false],
    ['dmarc=pass header.from=example.se', true]]) {
    const row = await handled('trafik@stad.example', { from: c.email, subject: 'Sv',
      body: `Ord med ${result}.`, head: `Authentication-Results: mx.stad.example; ${result}\r\n`
        + `In-Reply-To: ${c.receipt['message-id']}\r\n` });
    assert.equal(row.case_id === c.id, added, result);
    if (result.includes('fail')) assert.deepEqual(await lettersOf(row), []);
  }
  assert.equal((await followed(c)).json.messages.length, 1);
});

test('two answers that say the same are two messages', async () => {
  const c = await submit();
  const first = await handled(replyTo(c), { from: c.email, body: 'Se bilden.' });
  const second = await handled(replyTo(c), { from: c.email, body: 'Se bilden.' });
  assert.equal((await followed(c)).json.messages.length, 2);
  assert.equal(Number(second.seq), Number(first.seq) + 1);
});

test('a number in the subject is a hint on a new case, never an addition', async () => {
  const c = await submit();
  const row = await handled('kultur@stad.example', { from: c.email,
    subject: `Angående ${c.number}` });
  assert.notEqual(row.case_id, c.id);
  const last = (await eventsOf(row)).at(-1);
  assert.equal(last.what, 'mail-hint');
  assert.deepEqual(last.codes, { case: c.number });
  assert.equal((await followed(c)).json.messages.length, 0);
});

test('an out-of-office reply is noted on the case, told nobody, and answered by nothing',
  async () => {
    const c = await submit();
    const before = (await lettersOf(c)).length;
    const row = await handled(replyTo(c), { from: c.email, subject: 'Frånvaro',
      head: 'Auto-Submitted: auto-replied\r\n', body: 'Jag är på semester.' });
    assert.equal(row.class, 'auto-reply');
    assert.equal(row.case_id, c.id);
    assert.equal((await eventsOf(row)).at(-1).what, 'mail-noted');
    const { json } = await followed(c);
    assert.deepEqual(json.messages, []);
    assert.ok(!json.events.some((e) => e.what === 'mail-noted'));
    assert.equal((await lettersOf(c)).length, before);
  });

test('an automatic answer to no letter of ours is seen by the board and not answered',
  async () => {
    const row = await handled('trafik@stad.example', { subject: 'Frånvaro',
      head: 'Auto-Submitted: auto-replied\r\n' });
    assert.equal(row.class, 'auto-reply');
    assert.equal((await caseOf(row)).board, 'trafiknamnden');
    assert.deepEqual(await lettersOf(row), []);
  });

/* What a mail server says of the letter of a case. */
const bounceOf = (c, id) => Buffer.from(['From: MAILER-DAEMON@mail.example', 'To: synpunkter@stad.example',
    'Subject: Undelivered Mail Returned to Sender', `Message-ID: <${id}>`,
    'Auto-Submitted: auto-replied', 'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"', '',
    '--b', 'Content-Type: text/plain', '', 'It could not be delivered.', '',
    '--b', 'Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; mail.example',
    '', `Final-Recipient: rfc822; ${c.email}`, 'Action: failed', 'Status: 5.1.1', '',
    '--b', 'Content-Type: text/rfc822-headers', '',
    `Message-ID: ${c.receipt['message-id']}`, 'Subject: x', '', '--b--', ''].join('\r\n'));

test('a bounce says of our letter that it did not arrive', async () => {
  const c = await submit();
  const id = newId();
  const row = await handled('trafik@stad.example', { sender: '', id, bytes: bounceOf(c, id) });
  assert.equal(row.class, 'bounce');
  assert.equal(row.case_id, c.id);
  const [out] = await lettersOf(c);
  assert.ok(out.failed_at);
  assert.equal(out.trouble, 'bounced');
  assert.deepEqual((await eventsOf(row)).map((e) => e.what).slice(-3),
    ['mail-noted', 'mail-failed', 'address-unreachable']);
});

test('a bounce that comes by another case says nothing of the letter', async () => {
  const c = await submit();
  const id = newId();
  const row = await handled(replyTo(await submit()), { sender: '', id, bytes: bounceOf(c, id) });
  assert.equal(row.class, 'bounce');
  assert.notEqual(row.case_id, c.id);
  assert.equal((await lettersOf(c))[0].failed_at, null);
});

test('robots are noted twenty times on a case, and no more', async () => {
  const c = await submit();
  let row;
  for (let i = 0; i < 22; i++)
    row = await handled(replyTo(c), { from: c.email, subject: 'Frånvaro',
      head: 'Auto-Submitted: auto-replied\r\n' });
  assert.equal(row.case_id, c.id);
  assert.equal((await eventsOf(row)).filter((e) => e.what === 'mail-noted').length, 20);
});

test('ten letters an hour go to one address by themselves, and no more', async () => {
  const from = 'slinga@example.se';
  for (let i = 0; i < 12; i++) await handled('trafik@stad.example', { from });
  const [{ n }] = await server.sql(`SELECT count(*) AS n FROM synpunkt.outbox o
    JOIN synpunkt.case_content p ON p.case_id = o.case_id AND p.kind = 'contact'
    WHERE p.body::jsonb ->> 'email' = '${from}'`);
  assert.equal(Number(n), 10);
});

test('neither the null sender, a list, nor one of us is written to', async () => {
  for (const options of [{ sender: '' }, { head: 'List-Id: <x.example.se>\r\n' },
    { from: 'kultur@stad.example' }, { from: 'synpunkter@stad.example' }]) {
    const row = await handled('trafik@stad.example', options);
    assert.ok(row.case_id);
    assert.deepEqual(await lettersOf(row), [], JSON.stringify(options));
  }
});

test('what is no letter at all is a case all the same', async () => {
  const bytes = Buffer.from([0, 255, 254, 10, 13, 0, 128].map((b) => (b === 10 ? 11 : b)));
  const talk = await lmtpOpen(server);
  assert.match((await talk.send({ to: ['trafik@stad.example'], bytes }))[0], /^250 /);
  await talk.end();
  const row = await eventually('it is done', async () => (await server.sql(`SELECT d.*
    FROM synpunkt.mail_delivery d JOIN synpunkt.mail_message m ON m.id = d.message_id
    WHERE m.raw = decode('${bytes.toString('hex')}0d0a', 'hex') AND d.state = 'done'`))[0]);
  assert.equal((await caseOf(row)).board, 'trafiknamnden');
});

test('a mail whose worker died after the case was made makes no second case', async () => {
  const row = await handled('trafik@stad.example', { subject: 'En gång' });
  await server.sql(`UPDATE synpunkt.mail_delivery SET state = 'received', due_at = now(),
    case_id = NULL WHERE id = ${row.id}`);
  const again = await eventually('it is done again', async () => (await server.sql(`SELECT *
    FROM synpunkt.mail_delivery WHERE id = ${row.id} AND state = 'done'`))[0]);
  assert.equal(again.case_id, row.case_id);
});

/* Makes storing a row fail. The returned function ends that. */
async function breakTable(table, condition) {
  await server.sql(`CREATE FUNCTION public.break_it() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RAISE 'broken for a test'; END $$`);
  await server.sql(`CREATE TRIGGER break_it BEFORE INSERT OR UPDATE ON ${table}
    FOR EACH ROW WHEN (${condition}) EXECUTE FUNCTION public.break_it()`);
  return () => server.sql('DROP FUNCTION public.break_it() CASCADE');
}

const deliveryOf = async (id) => (await server.sql(`SELECT d.* FROM synpunkt.mail_delivery d
  JOIN synpunkt.mail_message m ON m.id = d.message_id WHERE m.message_id = '${id}'`))[0];

test('a case that could not be settled stays the mail’s, however it reads the next time',
  async () => {
    const id = newId();
    const mend = await breakTable('synpunkt.mail_delivery', "NEW.state = 'done'");
    let key;
    try {
      assert.match(await deliver('trafik@stad.example', { id, subject: 'Tidsgräns' }), /^250 /);
      key = await eventually('its case', async () => (await server.sql(`SELECT k.case_id,
        k.stored_at = 'infinity' AS kept, encode(k.key_hash, 'hex') AS hash
        FROM synpunkt.intake_key k JOIN synpunkt.case_content t ON t.case_id = k.case_id
        WHERE t.kind = 'text' AND t.body LIKE 'Tidsgräns%'`))[0]);
    } finally {
      await mend();
    }
    assert.equal(key.kept, 't');
    await server.sql(`UPDATE synpunkt.intake_key SET fingerprint = sha256('another reading')
      WHERE key_hash = decode('${key.hash}', 'hex')`);
    await server.sql(`UPDATE synpunkt.mail_delivery SET due_at = now()
      WHERE id = ${(await deliveryOf(id)).id}`);
    const row = await eventually('it is done', async () => {
      const it = await deliveryOf(id);
      return it.state === 'done' && it;
    });
    assert.equal(row.case_id, key.case_id);
    const [{ kept }] = await server.sql(`SELECT stored_at = 'infinity' AS kept
      FROM synpunkt.intake_key WHERE key_hash = decode('${key.hash}', 'hex')`);
    assert.equal(kept, 'f');
  });

test('promises run from the day that a mail came, not from when a case was made', async () => {
  const id = newId();
  const mend = await breakTable('synpunkt.mail_delivery', 'NEW.attempts > 0');
  try {
    assert.match(await deliver('trafik@stad.example', { id }), /^250 /);
    await server.sql(`UPDATE synpunkt.mail_message SET received_at = now() - interval '20 days'
      WHERE message_id = '${id}'`);
  } finally {
    await mend();
  }
  const row = await eventually('it is done', async () => {
    const it = await deliveryOf(id);
    return it.state === 'done' && it;
  });
  const [it] = await server.sql(`SELECT c.received_at = m.received_at AS same,
    c.received_on = synpunkt.local_day(m.received_at) AS day,
    c.acknowledge_by < synpunkt.local_day(c.registered_at) AS late
    FROM synpunkt.case c, synpunkt.mail_message m
    WHERE c.id = ${row.case_id} AND m.message_id = '${id}'`);
  assert.deepEqual(it, { same: 't', day: 't', late: 't' });
});

test('a mail that fails again and again is a case of the dispatcher', async () => {
  const id = newId();
  const mend = await breakTable('synpunkt.case_content', "NEW.body LIKE 'Går aldrig in%'");
  try {
    assert.match(await deliver('trafik@stad.example', { id, subject: 'Går aldrig in' }), /^250 /);
    await eventually('it has failed', async () => server.logs().some((l) =>
      l.event === 'mail_waits' && l.step === 'case'));
    await server.sql(`UPDATE synpunkt.mail_delivery SET attempts = 12, due_at = now()
      WHERE id = ${(await deliveryOf(id)).id}`);
    const row = await eventually('it is done', async () => {
      const it = await deliveryOf(id);
      return it.state === 'done' && it;
    });
    const it = await caseOf(row);
    assert.equal(it.board, 'dispatch');
    assert.match(it.text, /sparat som det kom/);
    assert.equal(it.contact, null);
  } finally {
    await mend();
  }
});

test('a mail whose bytes cannot be had waits for its lease and holds up no other', async () => {
  const id = newId();
  await server.sql('REVOKE SELECT (raw) ON synpunkt.mail_message FROM synpunkt_clerk');
  try {
    assert.match(await deliver('trafik@stad.example', { id }), /^250 /);
    await eventually('an attempt', async () => Number((await deliveryOf(id)).attempts) > 0);
    await eventually('it is told', async () => server.logs().some((l) =>
      l.event === 'mail_waits' && l.step === 'bytes'));
  } finally {
    await server.sql('GRANT SELECT (raw) ON synpunkt.mail_message TO synpunkt_clerk');
  }
  await server.sql(`UPDATE synpunkt.mail_delivery SET due_at = now()
    WHERE id = ${(await deliveryOf(id)).id}`);
  await eventually('it is done', async () => (await deliveryOf(id)).state === 'done');
});

test('nobody can take the key of a mail to come', async () => {
  const [{ last }] = await server.sql(`SELECT max(id) AS last FROM synpunkt.mail_delivery`);
  const res = await server.post('/api/v1/cases', { json: { text: 'Jag var först' },
    headers: { 'Idempotency-Key': `mail-delivery-${Number(last) + 1}` } });
  assert.equal(res.status, 201, res.text);
  const row = await handled('trafik@stad.example', { subject: 'Utan konflikt' });
  assert.equal(Number(row.id), Number(last) + 1);
  assert.match((await caseOf(row)).text, /^Utan konflikt/);
});

test('the log tells what a mail became and quotes nothing of it', async () => {
  await handled('trafik@stad.example', { subject: 'SV: Hemlig rubrik om grannen' });
  assert.match(server.log, /mail_done/);
  assert.doesNotMatch(server.log, /Hemlig rubrik/);
});

test('the original is there for who reads the case, as a file, and for nobody else',
  async () => {
    const staff = await newColleague(server, 'mail-anna', 'case-handler@trafiknamnden');
    const other = await newColleague(server, 'mail-olle', 'case-handler@kulturnamnden');
    const id = newId();
    const row = await handled('trafik@stad.example', { id, body: '<script>alert(1)</script>' });
    const it = await caseOf(row);
    const at = `/api/v1/desk/cases/${it.year}-${it.id}/mails`;
    const { json } = await staff.get(at);
    assert.deepEqual(json.items.map((m) => [m.n, m.class]), [[1, 'new']]);
    const file = await staff.get(`${at}/1`);
    assert.equal(file.status, 200);
    assert.equal(file.headers['content-type'], 'message/rfc822');
    assert.match(file.headers['content-disposition'], /^attachment; filename=".*\.eml"$/);
    assert.equal(file.headers['x-content-type-options'], 'nosniff');
    const [stored] = await server.sql(`SELECT encode(raw, 'hex') AS raw
      FROM synpunkt.mail_message WHERE message_id = '${id}'`);
    assert.equal(Buffer.from(file.text).toString('hex'), stored.raw);
    for (const n of ['2', '0', '01', 'ett', '99999'])
      assert.equal((await staff.get(`${at}/${n}`)).status, 404, n);
    assert.equal((await other.get(`${at}/1`)).status, 404);
    assert.deepEqual((await other.get(at)).json.items, []);
    assert.equal((await server.get(`${at}/1`)).status, 401);
  });

test('a board that was not sent the files is not sent the mail they came in', async () => {
  const here = await newColleague(server, 'mail-sam', 'coordinator@trafiknamnden');
  const kultur = await newColleague(server, 'mail-kim', 'coordinator@kulturnamnden');
  const send = async (parts) => {
    const it = await caseOf(await handled('trafik@stad.example', {}));
    const at = `/api/v1/desk/cases/${it.year}-${it.id}`;
    const { etag } = (await here.get(at)).headers;
    const res = await here.post(`${at}/transfers`, { etag,
      json: { board: 'kulturnamnden', ground: 'no-secrecy', send: parts } });
    assert.equal(res.status, 201, res.text);
    return { list: (await kultur.get(`${at}/mails`)).json.items.length,
      file: (await kultur.get(`${at}/mails/1`)).status };
  };
  assert.deepEqual(await send(['text', 'contact', 'place', 'attachments', 'messages']),
    { list: 1, file: 200 });
  for (const left of ['text', 'contact', 'attachments', 'messages'])
    assert.deepEqual(await send(['text', 'contact', 'place', 'attachments', 'messages']
      .filter((part) => part !== left)), { list: 0, file: 404 }, left);
});

test('a picture that came along is made anew; what is not taken is in the original', async () => {
  const id = newId();
  const b64 = (bytes) => bytes.toString('base64').replace(/.{76}/g, '$&\r\n');
  const part = (type, name, bytes) => ['--b', `Content-Type: ${type}; name="${name}"`,
    `Content-Disposition: attachment; filename="${name}"`, 'Content-Transfer-Encoding: base64',
    '', b64(bytes)];
  const bytes = Buffer.from(['From: Bo <bo.bild@example.se>', 'To: trafik@stad.example',
    'Subject: Bild', `Message-ID: <${id}>`, 'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="b"', '', '--b', 'Content-Type: text/plain', '',
    'Se bilden.', '', ...part('image/jpeg', 'lampa.jpg', jpeg),
    ...part('application/octet-stream', 'x.exe', Buffer.from('MZ\x90\0\x03\0\0\0')),
    '--b--', ''].join('\r\n'));
  const row = await handled('trafik@stad.example', { id, bytes, from: 'bo.bild@example.se' });
  const files = await server.sql(`SELECT * FROM synpunkt.case_attachment
    WHERE case_id = ${row.case_id}`);
  assert.deepEqual(files.map((f) => [f.name, f.type, f.state]),
    [['lampa.jpg', 'image/jpeg', 'stored']]);
  assert.ok(files[0].thumbnail_sha256);
  const staff = await newColleague(server, 'mail-bild', 'case-handler@trafiknamnden');
  const it = await caseOf(row);
  const file = await staff.get(`/api/v1/desk/cases/${it.year}-${it.id}/attachments/1`);
  assert.equal(file.status, 200);
  assert.ok(!file.text.includes('Exif'));
});

test('the chains hold with what mail wrote', async () => {
  const { code, stdout, stderr } = await server.ctl(['audit', 'verify']);
  assert.equal(code, 0, stdout + stderr);
});

test('reading the original of a sensitive case is logged', async () => {
  const staff = await newColleague(server, 'mail-eva', 'case-handler@trafiknamnden');
  const it = await caseOf(await handled('trafik@stad.example', {}));
  await server.sql(`UPDATE synpunkt.case SET sensitivity = 3, handler = (SELECT u.id FROM
    synpunkt.staff_user u WHERE u.username = 'mail-eva') WHERE id = ${it.id}`);
  assert.equal((await staff.get(`/api/v1/desk/cases/${it.year}-${it.id}/mails/1`)).status, 200);
  const rows = await server.sql(`SELECT what FROM synpunkt.read_log WHERE case_id = ${it.id}`);
  assert.deepEqual(rows.map((r) => r.what), ['mail-1']);
});

test('an answer to a closed case is a new one that names it', async () => {
  const c = await submit();
  await server.sql(`UPDATE synpunkt.case SET status = 'closed', closed_at = now(),
    closure_reason = 'explained' WHERE id = ${c.id}`);
  const row = await handled(replyTo(c), { from: c.email, body: 'Det blev inte bra.' });
  assert.notEqual(row.case_id, c.id);
  assert.deepEqual((await eventsOf(row)).at(-1).codes, { case: c.number });
});
