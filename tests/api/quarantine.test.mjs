/* Mail in quarantine: what is held, who sees it, and what comes of letting it go on. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';

import { startClamd, startOddClamd } from './clamd.mjs';
import { jpeg, pdf } from './contract_samples.mjs';
import { eventually, request, startServer } from './harness.mjs';
import { became, deliver, deliveryOf, mailOf, newId } from './mail_kit.mjs';
import { readLetter, startSink } from './smtp_sink.mjs';
import { newColleague } from './staff.mjs';

const at = '/api/v1/desk/quarantine';
let server;
let sink;
let clamd;
let registrar;
let serial = 0;

before(async () => {
  sink = await startSink();
  clamd = await startClamd();
  server = await startServer({ env: { SYNPUNKT_SMTP: sink.url, SYNPUNKT_CLAMAV: clamd.address,
    SYNPUNKT_MAIL_FROM: 'synpunkter@stad.example',
    SYNPUNKT_MAIL_AUTHSERV_ID: 'mx.stad.example' } });
  registrar = await newColleague(server, 'held-registrar', 'registrar@trafiknamnden');
}, { timeout: 120000 });
after(async () => {
  await server?.stop();
  await clamd?.close();
  await sink?.close();
});

const spam = ['X-Spam-Flag: YES'];
const infected = () => ({ name: 'lampa.pdf', type: 'application/pdf',
  bytes: Buffer.concat([pdf, Buffer.from(`%${clamd.marker}\n`)]) });

/* A mail that is held: its row, and the person who wrote it. */
async function held(options = {}) {
  const id = newId('held');
  const person = `held.${++serial}@example.se`;
  const to = options.to ?? 'trafik@stad.example';

  await deliver(server, to, { sender: options.sender ?? person,
    bytes: mailOf({ id, from: `Eva Ek <${person}>`, to, ...options }) });
  return { ...await became(server, id, 'quarantined'), message: id, person };
}

const read = async (row, who = registrar) => (await who.get(`${at}/${row.id}`)).json;
async function decide(row, what, { who = registrar, json = {}, etag } = {}) {
  return who.post(`${at}/${row.id}/${what}`,
    { etag: etag ?? (await who.get(`${at}/${row.id}`)).headers.etag, json });
}
const listed = async (who = registrar, query = 'limit=200') =>
  (await who.get(`${at}?${query}`)).json.items;
const caseOf = async (row) => (await server.sql(`SELECT c.*, t.body AS text
  FROM synpunkt.case c JOIN synpunkt.case_content t ON t.case_id = c.id AND t.kind = 'text'
  WHERE c.id = ${row.case_id}`))[0];
const filesOf = (row) => server.sql(`SELECT name, state, sha256 FROM synpunkt.case_attachment
  WHERE case_id = ${row.case_id} ORDER BY seq`);
const eventsOf = async (row) => (await server.sql(`SELECT what, codes
  FROM synpunkt.case_event WHERE case_id = ${row.case_id} ORDER BY seq`))
  .map((e) => ({ ...e, codes: JSON.parse(e.codes) }));
const lettersTo = (email) => sink.letters.filter((l) => l.to === email);
const metrics = async () => (await request(server.opsUrl, 'GET', '/metrics')).text;
const codes = (it) => it.reasons.map((r) => r.code);

/* A case by the form, and the address that answers to its receipt come to. */
async function submit() {
  const email = `held.${++serial}@example.se`;
  const { json, status, text } = await server.post('/api/v1/cases', { json: {
    text: 'Lampan är släckt', category: 'gatubelysning', contact: { email } } });
  assert.equal(status, 201, text);
  const receipt = await eventually('a receipt', async () => lettersTo(email)[0]);
  return { ...json, email,
    replyTo: readLetter(receipt.text).headers['reply-to'].replace(/[<>]/g, '') };
}

test('spam by our mail server’s word is held: no case, no letter, and the desk sees why',
  async () => {
    const row = await held({ fields: spam, subject: 'Erbjudande', text: 'Köp nu!' });
    assert.equal(row.case_id, null);
    const it = (await listed()).find((i) => i.id === Number(row.id));
    assert.deepEqual(it.reasons, [{ code: 'spam', detail: 'X-Spam-Flag: YES' }]);
    assert.deepEqual([it.from, it.fromName, it.subject, it.mailbox, it.board, it.looked],
      [row.person, 'Eva Ek', 'Erbjudande', 'trafik@stad.example', 'trafiknamnden', false]);
    assert.equal(it.excerpt, undefined);
    const whole = await read(row);
    assert.equal(whole.excerpt.trim(), 'Köp nu!');
    assert.deepEqual(whole.trace.map((t) => [t.what, t.by]),
      [['held', null], ['looked', 'Test held-registrar']]);
    assert.equal((await listed()).find((i) => i.id === Number(row.id)).looked, true);
    assert.equal(lettersTo(row.person).length, 0);
  });

test('a mail that is let go on becomes a case, received when it came, with a receipt',
  async () => {
    const row = await held({ fields: spam, subject: 'Gropen', text: 'Stor grop i vägen.' });
    const res = await decide(row, 'releases');
    assert.equal(res.status, 201, res.text);
    assert.deepEqual([res.json.outcome, res.json.decidedBy], ['released', 'Test held-registrar']);
    const done = await became(server, row.message, 'done');
    const it = await caseOf(done);
    assert.match(it.text, /^Gropen\n\nStor grop/);
    assert.equal(it.board, 'trafiknamnden');
    assert.equal(it.received_at, done.received_at);
    await eventually('the receipt', async () => lettersTo(row.person).length === 1);
    assert.ok(!(await listed()).some((i) => i.id === Number(row.id)));
  });

test('an answer to a letter of ours that is let go on is words on its case', async () => {
  const c = await submit();
  const handler = await newColleague(server, `held-h${++serial}`, 'coordinator@trafiknamnden');
  const row = await held({ to: c.replyTo, sender: c.email, from: c.email, fields: spam,
    text: 'Den blinkar också.' });
  assert.equal((await server.get(`/api/v1/cases/${c.number}`,
    { headers: { Authorization: `Bearer ${c.followUpCode}` } })).json.messages.length, 0);
  const res = await decide(row, 'releases', { who: handler });
  assert.equal(res.status, 201, res.text);
  const done = await became(server, row.message, 'done');
  assert.equal(done.case_id, c.number.split('-')[1]);
  const { messages } = (await server.get(`/api/v1/cases/${c.number}`,
    { headers: { Authorization: `Bearer ${c.followUpCode}` } })).json;
  assert.deepEqual(messages.map((m) => m.text.trim()), ['Den blinkar också.']);
});

test('a sender whose domain disowns the mail is held; one whose domain asks for nothing is not',
  async () => {
    const said = (policy) => [`Authentication-Results: mx.stad.example; dmarc=fail (p=${policy}`
      + ' dis=none) header.from=example.se'];
    for (const policy of ['reject', 'quarantine']) {
      const row = await held({ fields: said(policy) });
      assert.deepEqual((await read(row)).reasons, [{ code: 'dmarc', detail: 'example.se' }]);
      assert.equal((await decide(row, 'releases')).status, 201);
      await became(server, row.message, 'done');
      assert.equal(lettersTo(row.person).length, 0); /* it may not be theirs */
    }
    const id = newId();
    await deliver(server, 'trafik@stad.example', { bytes: mailOf({ id, fields: said('none') }) });
    await became(server, id, 'done');
    const other = newId();
    await deliver(server, 'trafik@stad.example', { bytes: mailOf({ id: other, fields: [
      'Authentication-Results: mx.annan.example; dmarc=fail (p=reject) header.from=example.se'] }) });
    await became(server, other, 'done');
  });

test('what ClamAV finds is held, and let go on without the file and without the original',
  async () => {
    const row = await held({ files: [infected(),
      { name: 'bild.jpg', type: 'image/jpeg', bytes: jpeg }] });
    const it = await read(row);
    assert.deepEqual(it.reasons, [{ code: 'virus', detail: clamd.signature }]);
    assert.deepEqual(it.attachments.map((a) => [a.name, a.withheld]),
      [['lampa.pdf', true], ['bild.jpg', false]]);
    assert.equal((await decide(row, 'releases')).status, 201);
    const done = await became(server, row.message, 'done');
    const files = await filesOf(done);
    assert.deepEqual(files.map((f) => [f.name, f.state, Boolean(f.sha256)]),
      [['lampa.pdf', 'refused', false], ['bild.jpg', 'stored', true]]);
    const events = await eventsOf(done);
    assert.deepEqual(events.find((e) => e.what === 'attachment-refused').codes,
      { attachments: [1] });
    assert.deepEqual(events.find((e) => e.what === 'mail-infected').codes,
      { found: [clamd.signature] });
    const number = `/api/v1/desk/cases/${(await caseOf(done)).year}-${done.case_id}`;
    assert.equal((await registrar.get(`${number}/attachments/1`)).status, 404);
    assert.deepEqual((await registrar.get(`${number}/mails`)).json.items.map((m) => m.infected),
      [true]);
    const original = await registrar.get(`${number}/mails/1`);
    assert.equal(original.status, 403);
    assert.ok(!original.text.includes(clamd.marker));
  });

test('a mail whose text is what is found is held, too', async () => {
  const row = await held({ text: `Se här: ${clamd.marker}` });
  assert.deepEqual(codes(await read(row)), ['virus']);
});

test('a clean mail with files is a case at once, and its original is there', async () => {
  const id = newId();
  await deliver(server, 'trafik@stad.example', { bytes: mailOf({ id,
    files: [{ name: 'bild.jpg', type: 'image/jpeg', bytes: jpeg }] }) });
  const done = await became(server, id, 'done');
  assert.deepEqual((await filesOf(done)).map((f) => f.state), ['stored']);
  const { year } = await caseOf(done);
  const mails = `/api/v1/desk/cases/${year}-${done.case_id}/mails`;
  assert.equal((await registrar.get(`${mails}/1`)).status, 200);
  assert.equal((await registrar.get(`${mails}/2`)).status, 404);
});

test('what could run in a browser is kept and never shown by one, whatever it calls itself',
  async () => {
    const id = newId();
    const script = '<script>alert(1)</script>';
    await deliver(server, 'trafik@stad.example', { bytes: mailOf({ id, files: [
      { name: 'bild.jpg', type: 'image/jpeg', bytes: `<!DOCTYPE html><html>${script}</html>` },
      { name: 'sida.html', type: 'text/html', bytes: `<!DOCTYPE html><html>${script}</html>` },
      { name: 'bild.svg', type: 'image/svg+xml',
        bytes: `<svg xmlns="http://www.w3.org/2000/svg">${script}</svg>` },
      { name: 'text.txt', type: 'text/plain', bytes: `Hej ${script}` },
      { name: 'kod.js', type: 'text/javascript', bytes: 'alert(1)' },
      { name: 'program.exe', type: 'image/png', bytes: 'MZ\x90\0\x03\0\0\0' }] }) });
    const done = await became(server, id, 'done');
    const { year } = await caseOf(done);
    const files = await server.sql(`SELECT seq, type FROM synpunkt.case_attachment
      WHERE case_id = ${done.case_id}`);
    assert.ok(files.length > 0 && files.every((f) => f.type === 'text/plain'),
      JSON.stringify(files));
    const number = `/api/v1/desk/cases/${year}-${done.case_id}`;
    for (const where of [...files.map((f) => `attachments/${f.seq}`), 'mails/1']) {
      const res = await registrar.get(`${number}/${where}`);
      assert.equal(res.status, 200, where);
      assert.match(res.headers['content-disposition'], /^attachment;/, where);
      assert.equal(res.headers['x-content-type-options'], 'nosniff', where);
      assert.match(res.headers['content-security-policy'], /sandbox/, where);
    }
  });

test('a mail larger than clamd takes is held; its small files are checked all the same',
  async () => {
    const big = Buffer.concat([pdf, Buffer.alloc(1500000, 'x')]);
    const row = await held({ files: [{ name: 'stor.pdf', type: 'application/pdf', bytes: big },
      infected()] });
    const it = await read(row);
    assert.deepEqual(codes(it), ['virus', 'too-large']);
    assert.deepEqual(it.attachments.map((a) => a.withheld), [true, true]);
  });

test('mail waits while clamd is away, for as long as it takes, and none is lost', async () => {
  const id = newId();
  await clamd.stop();
  try {
    await deliver(server, 'trafik@stad.example', { bytes: mailOf({ id }) });
    await eventually('it is told', async () =>
      server.logs().some((l) => l.event === 'mail_scanner_away'));
    await eventually('it is counted', async () => /outcome="away"\} [1-9]/
      .test((await metrics())));
    const row = await deliveryOf(server, id);
    assert.deepEqual([row.state, row.attempts], ['received', '0']);
  } finally {
    await clamd.start();
  }
  const done = await eventually('the mail is done', async () => {
    const row = await deliveryOf(server, id);
    return row.state === 'done' && row;
  }, 20000);
  assert.equal(done.infected, 'f');
});

test('who decided, when and as what is kept; the second is told what the first did', async () => {
  const row = await held({ fields: spam });
  const other = await newColleague(server, `held-o${++serial}`, 'dispatcher@trafiknamnden');
  const { etag } = (await registrar.get(`${at}/${row.id}`)).headers;
  assert.equal((await registrar.post(`${at}/${row.id}/dismissals`,
    { json: { reason: 'spam' } })).status, 428);
  assert.equal((await decide(row, 'dismissals', { json: {} })).status, 422);
  assert.equal((await decide(row, 'dismissals', { json: { reason: 'tråkigt' } })).status, 422);
  assert.equal((await registrar.post(`${at}/${row.id}/dismissals`, { etag,
    json: { reason: 'spam' }, headers: { 'x-csrf-token': 'x' } })).status, 403);
  const first = await decide(row, 'dismissals', { who: other, json: { reason: 'spam' } });
  assert.equal(first.status, 201, first.text);
  const second = await decide(row, 'releases', { etag });
  assert.equal(second.status, 409, second.text);
  assert.deepEqual([second.json.current.outcome, second.json.current.reason,
    second.json.current.decidedBy], ['dismissed', 'spam', `Test ${other.username}`]);
  const { trace } = second.json.current;
  assert.ok(trace.some((t) => t.what === 'dismissed' && t.by === `Test ${other.username}`));
  const kept = await deliveryOf(server, row.message);
  assert.deepEqual([kept.state, kept.case_id], ['done', null]);
  assert.equal((await server.sql(`SELECT length(raw) > 0 AS whole FROM synpunkt.mail_message
    WHERE id = ${kept.message_id}`))[0].whole, 't');
  assert.equal(lettersTo(row.person).length, 0);
});

test('one board’s quarantine is unseen by another’s, and by roles that decide on no mail',
  async () => {
    const row = await held({ fields: spam });
    const { etag } = (await registrar.get(`${at}/${row.id}`)).headers;
    for (const roles of ['registrar@kulturnamnden', 'case-handler@trafiknamnden',
      'manager@trafiknamnden']) {
      const other = await newColleague(server, `held-x${++serial}`, roles);
      assert.deepEqual((await listed(other)).filter((i) => i.board === 'trafiknamnden'), [], roles);
      assert.equal((await other.get(`${at}/${row.id}`)).status, 404, roles);
      assert.equal((await decide(row, 'releases', { who: other, etag })).status, 404, roles);
      assert.equal((await other.get('/api/v1/desk/summary')).json.held, 0, roles);
    }
    const admin = await newColleague(server, `held-x${++serial}`, 'administrator@*');
    assert.equal((await admin.get(at)).status, 403);
    assert.equal((await admin.get(`${at}/${row.id}`)).status, 403);
    assert.equal((await server.get(at)).status, 401);
    assert.equal((await deliveryOf(server, row.message)).state, 'quarantined');
  });

test('the database itself keeps the boards apart, and lets nobody decide as somebody else',
  async () => {
    const row = await held({ fields: spam });
    const hash = createHash('sha256').update(Buffer.from(registrar.cookie.split('=')[1], 'hex')).digest('hex');
    const as = (sql) => server.sqlAs('synpunkt_desk', `SET synpunkt.session = '${hash}'; ${sql}`);
    assert.equal((await as(`SELECT id FROM synpunkt.mail_held WHERE board <> 'trafiknamnden'
      AND answers IS NULL`)).length, 0);
    assert.equal((await as(`SELECT id FROM synpunkt.mail_held WHERE id = ${row.id}`)).length, 1);
    const [{ other }] = await server.sql(`SELECT min(id) AS other FROM synpunkt.staff_user
      WHERE username <> 'held-registrar'`);
    await assert.rejects(as(`UPDATE synpunkt.mail_held SET outcome = 'released',
      decided_at = now(), decided_by = ${other}, version = version + 1
      WHERE id = ${row.id}`), /row-level security/);
    await assert.rejects(as(`INSERT INTO synpunkt.mail_held_trace (held_id, what, user_id)
      VALUES (${row.id}, 'released', synpunkt.my_user())`), /row-level security/);
  });

test('pages follow one another, each mail once', async () => {
  for (let i = 0; i < 3; i++) await held({ fields: spam });
  const seen = [];
  let next = '';
  do {
    const { json } = await registrar.get(`${at}?limit=2${next && `&after=${next}`}`);
    assert.ok(json.items.length <= 2);
    seen.push(...json.items.map((i) => i.id));
    ({ next } = json);
  } while (next);
  assert.deepEqual(seen, (await listed()).map((i) => i.id));
  assert.equal(new Set(seen).size, seen.length);
  assert.deepEqual(await listed(registrar, 'board=kulturnamnden'), []);
  assert.equal((await registrar.get(`${at}?after=x`)).status, 422);
  assert.equal((await registrar.get(`${at}/0x1`)).status, 404);
});

test('what has waited for too long is counted for the desk and for whoever watches', async () => {
  const row = await held({ fields: spam });
  const earlier = (await registrar.get('/api/v1/desk/summary')).json;
  await server.sql(`UPDATE synpunkt.mail_held SET held_on = held_on - 14 WHERE id = ${row.id}`);
  const { held: n, heldOverdue } = (await registrar.get('/api/v1/desk/summary')).json;
  assert.deepEqual([n, heldOverdue], [earlier.held, earlier.heldOverdue + 1]);
  assert.equal((await read(row)).overdue, true);
  await eventually('the gauge', async () => /synpunkt_mail_held_overdue [1-9]/
    .test((await metrics())), 15000);
});

test('the log quotes nothing of a held mail', async () => {
  await held({ fields: spam, subject: 'Hemligt om grannen', text: 'Grannen heter Olle Hemlig.' });
  assert.match(server.log, /mail_held/);
  assert.doesNotMatch(server.log, /emligt? om grannen|Olle Hemlig/);
});

test('the chains hold with what quarantine wrote', async () => {
  const { code, stdout, stderr } = await server.ctl(['audit', 'verify']);
  assert.equal(code, 0, stdout + stderr);
});

test('a clamd that says nothing in time, or nonsense, clears no mail', async () => {
  const odd = await startOddClamd(() => {});
  const other = await startServer({ env: { SYNPUNKT_CLAMAV: odd.address,
    SYNPUNKT_CLAMAV_TIMEOUT_MS: '300' } });
  const again = (id) => other.sql(`UPDATE synpunkt.mail_delivery d SET attempts = 7,
    due_at = now() FROM synpunkt.mail_message m WHERE m.id = d.message_id
    AND m.message_id = '${id}' AND d.state = 'received'`);
  const failures = () => other.logs().filter((l) => l.event === 'mail_waits'
    && l.step === 'scan').length;
  try {
    for (const answer of [() => {}, (s) => s.end('stream: OK'), (s) => s.end('stream: okay\0'),
      (s) => s.end('stream: OK\0stream: OK\0'), (s) => s.end('OK\0'), (s) => s.destroy(),
      (s) => s.write('x'.repeat(5000))]) {
      const id = newId();
      const seen = failures();
      odd.answer(answer);
      await deliver(other, 'trafik@stad.example', { bytes: mailOf({ id }) });
      await eventually('an attempt fails', async () => failures() > seen);
      assert.equal((await deliveryOf(other, id)).state, 'received');
      await again(id); /* the last one before somebody must decide */
      const row = await became(other, id, 'quarantined');
      assert.match(row.because, /could not be checked/);
    }
    odd.answer((s) => s.end('stream: OK\0'));
    const id = newId();
    await deliver(other, 'trafik@stad.example', { bytes: mailOf({ id }) });
    await became(other, id, 'done');
  } finally {
    await other.stop();
    await odd.close();
  }
});
