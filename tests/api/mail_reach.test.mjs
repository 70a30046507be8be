/* Addresses that letters come back from, and how often an address is written to. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { act, at, serial } from './contract_desk_kit.mjs';
import { eventually, startServer } from './harness.mjs';
import { bounced } from './mail_kit.mjs';
import { readLetter, startSink } from './smtp_sink.mjs';
import { newColleague } from './staff.mjs';

let server;
let sink;
let desk;
before(async () => {
  sink = await startSink();
  server = await startServer({ env: { SYNPUNKT_SMTP: sink.url,
    SYNPUNKT_MAIL_FROM: 'synpunkter@stad.example' } });
  desk = await newColleague(server, 'reach-co', 'coordinator@trafiknamnden');
});
after(async () => {
  await server?.stop();
  await sink?.close();
});

let nth = 0;
const lettersTo = (email) => sink.letters.filter((l) => l.to === email);
const headersOf = (letter) => readLetter(letter.text).headers;
const look = async (c) => (await desk.get(at(c.number))).json;
const outbox = (c) => server.sql(`SELECT * FROM synpunkt.outbox
  WHERE case_id = ${serial(c.number)} ORDER BY id`);
const whats = async (c) => (await look(c)).events.map((e) => e.what);

async function submit(email = `eva.${++nth}@example.se`) {
  const res = await server.post('/api/v1/cases', { json: { text: 'Lampan är släckt',
    category: 'gatubelysning', contact: { email } } });
  assert.equal(res.status, 201, res.text);
  return { ...res.json, email };
}

/* A case and its receipt, which is known to be sent. */
async function written(email) {
  const c = await submit(email);
  const row = await eventually('it is sent', async () => {
    const [it] = await outbox(c);
    return it.sent_at && it;
  });
  return { ...c, messageId: row.message_id };
}

const bounce = (c, messageId, status) => bounced(server, { email: c.email, messageId, status });
const returned = (it) => it.mail.some((m) => m.returned);

test('a bounce for good marks the address; later letters to it are not tried', async () => {
  const c = await written();
  await bounce(c, c.messageId);
  let it = await look(c);
  assert.ok(returned(it));
  assert.deepEqual(it.mail.map((m) => [m.kind, m.state, m.trouble, m.returned]),
    [['receipt', 'failed', 'bounced', true]]);
  assert.deepEqual(it.events.map((e) => e.what).slice(-2), ['mail-failed', 'address-unreachable']);
  assert.deepEqual(it.attention, ['mail-failed']);

  await act(desk, c.number, 'reply', { text: 'Vi lagar den i morgon.' });
  await eventually('it is not tried', async () => (await outbox(c)).at(-1).failed_at);
  it = await look(c);
  assert.deepEqual(it.mail.map((m) => [m.kind, m.state, m.trouble, m.returned]),
    [['receipt', 'failed', 'bounced', true], ['reply', 'failed', 'unreachable', false]]);
  assert.equal(lettersTo(c.email).length, 1, 'the receipt alone');
  assert.equal(it.events.filter((e) => e.what === 'address-unreachable').length, 1);
  const page = await server.get(`/folj/${c.number}/${c.followUpCode}`);
  assert.match(page.text, /Mejl till din adress kommer tillbaka/);
});

test('corrected, the letters that came back or were not tried go to the right address',
  async () => {
    const c = await written();
    await bounce(c, c.messageId);
    await act(desk, c.number, 'reply', { text: 'Den är lagad.' });
    await eventually('it is not tried', async () => (await outbox(c)).at(-1).failed_at);
    await act(desk, c.number, 'correct', { text: 'Hon ringde',
      contact: { email: `ratt.${c.email}` } });
    await eventually('both are sent', () => lettersTo(`ratt.${c.email}`).length === 2);
    const it = await eventually('all is well', async () => {
      const now = await look(c);
      return now.mail.every((m) => m.state === 'sent') && now;
    });
    assert.deepEqual([returned(it), it.attention.includes('mail-failed')], [false, false]);
    assert.equal(lettersTo(c.email).length, 1);

    /* Back to what was wrong: it is known to be. */
    await act(desk, c.number, 'correct', { text: 'Nej', contact: { email: c.email } });
    assert.ok(returned(await look(c)));
  });

test('what is corrected but the address sends nothing again', async () => {
  const c = await written();
  await bounce(c, c.messageId);
  await act(desk, c.number, 'correct', { text: 'Namnet', contact: { name: 'Eva Ek' } });
  assert.ok(returned(await look(c)));
  assert.equal((await outbox(c)).length, 1);
});

test('sent again, the address is held to work, also for letters to come', async () => {
  const c = await written();
  await bounce(c, c.messageId);
  await act(desk, c.number, 'retry-mail', {});
  await eventually('again', () => lettersTo(c.email).length === 2);
  assert.equal(returned(await look(c)), false);
  await act(desk, c.number, 'reply', { text: 'Den är lagad.' });
  await eventually('the reply', () => lettersTo(c.email).length === 3);

  /* It comes back again: marked again. */
  await bounce(c, headersOf(lettersTo(c.email)[2])['message-id'].slice(1, -1));
  assert.ok(returned(await look(c)));
  assert.equal((await whats(c)).filter((w) => w === 'address-unreachable').length, 2);
});

test('let be, the letter does not go again, and the address stays marked', async () => {
  const c = await written();
  await bounce(c, c.messageId);
  await act(desk, c.number, 'retry-mail', { dismiss: true });
  const it = await look(c);
  assert.deepEqual([returned(it), it.attention], [true, []]);
  await act(desk, c.number, 'correct', { text: 'Hon ringde',
    contact: { email: `ratt.${c.email}` } });
  assert.equal((await outbox(c)).length, 1);
});

test('a delay does not mark, nor does a letter to the address before', async () => {
  const c = await written();
  await bounce(c, c.messageId, '4.4.1');
  assert.equal(returned(await look(c)), false);
  assert.ok((await outbox(c))[0].sent_at);
  await act(desk, c.number, 'correct', { text: 'Hon ringde',
    contact: { email: `ratt.${c.email}` } });
  await bounce(c, c.messageId);
  const it = await look(c);
  assert.deepEqual([returned(it), it.mail[0].trouble], [false, 'bounced']);
  assert.ok(!(await whats(c)).includes('address-unreachable'));
});

test('what letters met in one case no other case learns', async () => {
  const c = await written();
  const other = await written(c.email);
  await bounce(c, c.messageId);
  assert.equal(returned(await look(other)), false);
  await act(desk, other.number, 'reply', { text: 'Den är lagad.' });
  await eventually('it is tried', () => lettersTo(c.email).length === 3);
});

test('a letter that came back before it was marked as sent stays one that came back',
  async () => {
    const c = await written();
    await bounce(c, c.messageId);
    const [row] = await outbox(c);
    assert.deepEqual(await server.sqlAs('synpunkt_job', `SELECT f
      FROM synpunkt_mail.finish(${row.id}, ${row.attempts}::smallint, 'sent', NULL) f`), []);
    assert.ok((await outbox(c))[0].failed_at);
  });

/* ---- how often an address is written to ---- */

/* One that is being tried is neither put off nor done, whatever its lease says. */
const states = async (email) => Object.fromEntries((await server.sql(`SELECT
    CASE WHEN o.sent_at IS NOT NULL THEN 'sent' WHEN o.failed_at IS NOT NULL THEN o.trouble
      WHEN o.due_at > now() AND o.attempts = 0 THEN 'put off' ELSE 'due' END AS state, count(*) AS n
  FROM synpunkt.outbox o
  JOIN synpunkt.case_content p ON p.case_id = o.case_id AND p.seq = 1 AND p.kind = 'contact'
  WHERE p.body::jsonb ->> 'email' = '${email}' GROUP BY 1`)).map((r) => [r.state, Number(r.n)]));

test('ten receipts an hour go to one address; ten wait for the next, the rest are not sent',
  async () => {
    const email = 'manga@example.se';
    const cases = [];
    for (let i = 0; i < 23; i++) cases.push(await submit(email));
    const now = await eventually('none is due', async () => {
      const s = await states(email);
      return !s.due && s.sent + s['put off'] + (s.ceiling ?? 0) === 23 && s;
    });
    assert.deepEqual(now, { sent: 10, 'put off': 10, ceiling: 3 });
    assert.equal(lettersTo(email).length, 10);
    const [late] = await server.sql(`SELECT max(due_at) <= now() + interval '1 hour' AS within
      FROM synpunkt.outbox WHERE sent_at IS NULL AND failed_at IS NULL`);
    assert.equal(late.within, 't');

    /* Of one that was not written there is an event, and nobody has to see to it. */
    const none = cases.at(-1);
    const it = await look(none);
    assert.deepEqual(it.events.at(-1).codes, { kind: 'receipt', of: 1, trouble: 'ceiling' });
    assert.deepEqual(it.attention, []);

    /* What a colleague writes goes at once, also when our own words must wait. */
    await act(desk, none.number, 'reply', { text: 'Den är lagad.' });
    await eventually('the reply', () => lettersTo(email).length === 11);
    await act(desk, cases[0].number, 'acknowledge', {});
    await eventually('it waits', async () => (await outbox(cases[0]))[1].recipient);
    assert.ok(!(await outbox(cases[0]))[1].sent_at);

    /* An hour later there is room for ten again. */
    await server.sql(`UPDATE synpunkt.outbox SET tried_at = tried_at - interval '1 hour',
      due_at = CASE WHEN sent_at IS NULL THEN now() ELSE due_at END
      WHERE recipient = sha256(convert_to('${email}', 'UTF8')) AND failed_at IS NULL`);
    await eventually('ten more', () => lettersTo(email).length === 21);
  });

test('what could not be handed over takes nobody’s room', async () => {
  const email = 'borta@example.se';
  sink.mode = 'rcpt-450';
  for (let i = 0; i < 12; i++) await submit(email);
  await eventually('all were tried', async () => Number((await server.sql(`SELECT count(*) AS n
    FROM synpunkt.outbox WHERE recipient = sha256(convert_to('${email}', 'UTF8'))
    AND trouble = 'recipient-450'`))[0].n) === 12);
  sink.mode = 'ok';
  await server.sql(`UPDATE synpunkt.outbox SET due_at = now() WHERE sent_at IS NULL
    AND failed_at IS NULL AND recipient = sha256(convert_to('${email}', 'UTF8'))`);
  await eventually('ten go', () => lettersTo(email).length === 10);
  assert.equal((await states(email)).ceiling, undefined);
});
