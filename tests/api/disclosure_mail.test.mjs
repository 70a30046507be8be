/* What was decided of a disclosure, by mail: the same bytes as are handed out, once, and of
 * whoever asked nothing is left: in no table, no file of the database and no log. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import { serial, trafik } from './contract_desk_kit.mjs';
import { pdf as paper } from './contract_samples.mjs';
import { eventually, multipart, startServer } from './harness.mjs';
import { became, bounced, deliver, mailOf, newId } from './mail_kit.mjs';
import { readLetter, startSink } from './smtp_sink.mjs';
import { newColleague } from './staff.mjs';

const run = promisify(execFile);
const root = '/api/v1/desk/disclosures';
let server;
let sink;
let carl; /* coordinator of trafik */
let rut; /* registrar */
let anna; /* case-handler */
let nth = 0;
const newAddress = () => `quendolin.${++nth}@begaran.example`;

before(async () => {
  sink = await startSink();
  server = await startServer({ env: { SYNPUNKT_SMTP: sink.url, SYNPUNKT_MAIL_TIMEOUT_S: '3',
    SYNPUNKT_MAIL_FROM: 'synpunkter@stad.example', SYNPUNKT_INTAKE_PER_HOUR: '0' } });
  carl = await newColleague(server, 'carl', `coordinator@${trafik}`, 'Carl Alm');
  rut = await newColleague(server, 'rut', `registrar@${trafik}`, 'Rut Dahl');
  anna = await newColleague(server, 'anna', `case-handler@${trafik}`, 'Anna Ek');
});
after(async () => {
  await server?.stop();
  await sink?.close();
  assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
  assert.ok(!/quendolin|begaran/i.test(server.log), 'whoever asked is in no log');
});

const done = (res, status = 200) => { assert.equal(res.status, status, res.text); return res.json; };
async function submit(text = 'Det är mörkt', files = []) {
  const json = { text, category: 'gatubelysning' };
  const res = await server.post('/api/v1/cases', files.length ? { multipart: multipart([{ name: 'case', json },
    ...files.map((body) => ({ name: 'attachment', filename: 'Quendolins.pdf', body }))]) } : { json });
  return done(res, 201).number;
}
async function decided(numbers) {
  const { id } = done(await carl.post(root, { json: { board: trafik, asked: 'Klagomål om mörker' } }), 201);
  done(await carl.post(`${root}/${id}/cases`, { json: { numbers } }));
  for (const number of numbers) {
    const { items } = done(await carl.get(`${root}/${id}/cases/${number}`));
    for (const d of items.filter((i) => i.state === 'needs'))
      done(await carl.put(`${root}/${id}/cases/${number}/documents/${d.document}`, { json: { decision: 'whole', hash: d.hash, because: d.because } }));
  }
  done(await carl.post(`${root}/${id}/decisions`, { json: {} }));
  return id;
}
const mail = (id, email, more = {}, who = carl) => who.post(`${root}/${id}/mailings`, { json: { email, ...more } });
const one = async (id, who = carl) => done(await who.get(`${root}/${id}`));
const is = (id, test) => eventually('the letter has ended', async () => { const it = await one(id); return test(it) && it; }, 30000);
const isHandedOut = (id) => is(id, (it) => it.state === 'handed-out');
const isFailed = (id) => is(id, (it) => it.mail?.state === 'failed');
const lettersTo = (email) => sink.letters.filter((l) => l.to === email);
const isDue = (id) => server.sql(`UPDATE synpunkt.outbox SET due_at = now() WHERE disclosure_id = ${id}`);

/* Every file that goes along, as it is when it is saved. */
function filesOf(letter) {
  const [, boundary] = /boundary="([^"]+)"/.exec(letter.text);
  return Object.fromEntries(letter.text.split(`--${boundary}`).slice(2, -1).map((part) => {
    const [head, ...rest] = part.split('\r\n\r\n');
    return [/filename="?([^"\r\n]+)"?/.exec(head)[1], Buffer.from(rest.join(''), 'base64')];
  }));
}
async function fetched(id, ending) {
  const res = await fetch(`${server.url}/desk/utlamnande/${id}/${ending}`, { headers: { cookie: carl.cookie } });
  assert.equal(res.status, 200);
  return Buffer.from(await res.arrayBuffer());
}

/* In a dump bytes are hexadecimal digits. */
async function dumped() {
  const { stdout } = await run('pg_dump', ['-h', server.cluster.dir, '-U', 'postgres', server.database], { maxBuffer: 1 << 30, cwd: '/' });
  return stdout.toLowerCase();
}
async function assertForgotten(email) {
  const dump = await dumped();
  const [local] = email.split('@');
  for (const word of [email, local, Buffer.from(email).toString('hex'), Buffer.from(local).toString('hex')])
    assert.ok(!dump.includes(word), `${word} is in a table`);
}
/* Also what rows that were there have left behind; not the log that is written ahead, which
 * PostgreSQL writes over. */
async function assertInNoFile(word) {
  await server.sql('CHECKPOINT');
  for (const dir of [server.cluster.dir, server.state])
    for (const e of fs.readdirSync(dir, { recursive: true, withFileTypes: true })) {
      const where = path.join(e.parentPath ?? e.path, e.name);
      if (!e.isFile() || where.includes('/pg_wal/')) continue;
      let bytes = Buffer.alloc(0);
      try { bytes = fs.readFileSync(where); } catch (error) { if (error.code !== 'ENOENT') throw error; }
      assert.ok(!bytes.includes(word), `${word} is in ${where}`);
    }
}

test('what is mailed is what is handed out, and afterwards whoever asked is nowhere', async () => {
  const number = await submit('Lampan på torget', [paper]);
  const id = await decided([number]);
  const before = { pdf: await fetched(id, 'pdf'), xlsx: await fetched(id, 'xlsx') };
  const email = newAddress();
  const { reference, mail: state } = done(await mail(id, email, { table: true }));
  assert.equal(state?.state ?? 'gone', state ? 'waiting' : 'gone');
  const it = await isHandedOut(id);
  assert.equal(it.handedHow, 'mail');
  assert.equal(it.mail, null);
  assert.deepEqual(it.events.slice(0, 2).map((e) => [e.what, e.byName]), [['handed-out', 'Carl Alm'], ['mail-begun', 'Carl Alm']]);

  const [letter] = lettersTo(email);
  assert.equal(lettersTo(email).length, 1);
  const { headers, body } = readLetter(letter.text);
  assert.equal(headers.subject, `Handlingar som du har begärt, ${reference}`);
  assert.equal(headers['auto-submitted'], 'auto-generated');
  for (const word of ['Trafiknämnden', reference, 'Klagomål om mörker', 'Vi sparar inte din e-postadress.']) assert.ok(body.includes(word), word);
  assert.ok(!body.includes('Carl'));
  const files = filesOf(letter);
  assert.deepEqual(Object.keys(files), [`utlamnande-${reference}.pdf`, `utlamnande-${reference}.xlsx`, `bilaga-1-${number}.pdf`]);
  assert.ok(files[`utlamnande-${reference}.pdf`].equals(before.pdf), 'the same bytes as were handed out');
  assert.ok(files[`utlamnande-${reference}.xlsx`].equals(before.xlsx));
  assert.ok(files[`bilaga-1-${number}.pdf`].equals(paper));

  await assertForgotten(email);
  await assertInNoFile(email);
  const csv = await fetch(`${server.url}/desk/utlamnande/register/${trafik}/csv`, { headers: { cookie: rut.cookie } });
  assert.match(await csv.text(), new RegExp(`"${reference}".*"Utlämnat".*"\\d{4}-\\d\\d-\\d\\d";"E-post"`));
  assert.equal((await mail(id, email)).json.outcome, 'handed-out');
});

test('while the letter waits nobody reads the address, and the disclosure stays as it is', async () => {
  const id = await decided([await submit()]);
  const email = newAddress();
  sink.mode = 'rcpt-450';
  const { mail: state } = done(await mail(id, email));
  assert.deepEqual([state.state, state.trouble], ['waiting', null]);
  await eventually('it was tried', async () => (await server.sql(`SELECT 1 FROM synpunkt.outbox
    WHERE disclosure_id = ${id} AND attempts > 0 AND trouble IS NOT NULL`)).length);
  const [row] = await server.sql(`SELECT recipient, message_id FROM synpunkt.outbox WHERE disclosure_id = ${id}`);
  assert.equal(row.recipient, null);
  await assertForgotten(email);
  await assertInNoFile(email);
  for (const role of ['synpunkt_desk', 'synpunkt_job', 'synpunkt_mail'])
    await assert.rejects(server.sql(`SET ROLE ${role}; SELECT sealed FROM synpunkt.disclosure_mail`), /permission denied/);
  await assert.rejects(server.sql('SET ROLE synpunkt_desk; SELECT synpunkt_disclosure.letter(1)'), /permission denied/);
  for (const [what, json] of [['mailings', { email }], ['reopenings', {}], ['handovers', { how: 'letter' }]]) {
    const res = await carl.post(`${root}/${id}/${what}`, { json });
    assert.deepEqual([res.status, res.json.outcome], [409, 'mailing'], what);
  }
  assert.equal((await rut.get(`${root}?board=${trafik}`)).json.items.find((d) => d.id === id).mail.state, 'waiting');

  /* Tried again it is the same letter. */
  sink.mode = 'cut-before-250';
  await isDue(id);
  await eventually('its bytes were taken', () => lettersTo(email).length);
  sink.mode = 'ok';
  await eventually('the attempt is over', async () => (await server.sql(`SELECT 1 FROM synpunkt.outbox
    WHERE disclosure_id = ${id} AND attempts > 1 AND due_at > now() + interval '90 seconds'`)).length);
  await isDue(id);
  await isHandedOut(id);
  assert.ok(lettersTo(email).length >= 2);
  for (const letter of lettersTo(email)) assert.equal(readLetter(letter.text).headers['message-id'], `<${row.message_id}>`);
  assert.equal((await one(id)).events.filter((e) => e.what === 'handed-out').length, 1);
  await assertForgotten(email);
});

test('a letter that is refused for good is told, without the address, and another may be given', async () => {
  const id = await decided([await submit()]);
  const email = newAddress();
  sink.mode = 'rcpt-550';
  done(await mail(id, email));
  const it = await isFailed(id);
  assert.deepEqual([it.state, it.mail.trouble], ['decided', 'recipient-550']);
  assert.deepEqual(it.events.filter((e) => e.what === 'mail-failed').map((e) => [e.byName, e.codes]), [[null, { trouble: 'recipient-550' }]]);
  await assertForgotten(email);
  sink.mode = 'ok';
  const another = newAddress();
  done(await mail(id, another));
  await isHandedOut(id);
  assert.equal(lettersTo(another).length, 1);
  assert.equal((await one(id)).mail, null);
  await assertForgotten(another);
});

test('after two days the address goes, also when nobody could try', async () => {
  const id = await decided([await submit()]);
  const email = newAddress();
  sink.mode = 'rcpt-450';
  done(await mail(id, email));
  await server.sql(`UPDATE synpunkt.outbox SET due_at = now() + interval '9 days', give_up_at = give_up_at - interval '50 hours'
    WHERE disclosure_id = ${id}`);
  const it = await isFailed(id);
  assert.equal(it.mail.trouble, 'time');
  assert.deepEqual(await server.sql(`SELECT * FROM synpunkt.disclosure_mail WHERE disclosure_id = ${id}`), []);
  sink.mode = 'ok';
});

test('a letter that comes back is not handed out, and what comes back makes no case and is not kept', async () => {
  const id = await decided([await submit()]);
  const email = newAddress();
  done(await mail(id, email));
  await isHandedOut(id);
  const [{ message_id: messageId }] = await server.sql(`SELECT message_id FROM synpunkt.outbox WHERE disclosure_id = ${id}`);
  const [{ n: cases }] = await server.sql('SELECT count(*) AS n FROM synpunkt.case');

  /* A delay says nothing, and neither does a machine that answers. */
  await bounced(server, { email, messageId, status: '4.4.1' });
  const away = newId('away');
  await deliver(server, 'trafik@stad.example', { sender: email, bytes: mailOf({ id: away, from: `Quendolin Frisk <${email}>`,
    subject: 'Ledig', text: `${email} är på semester`, fields: [`In-Reply-To: <${messageId}>`, 'Auto-Submitted: auto-replied'] }) });
  await became(server, away, 'done');
  assert.equal((await one(id)).state, 'handed-out');
  await assertForgotten(email);

  await bounced(server, { email, messageId });
  const it = await isFailed(id);
  assert.deepEqual([it.state, it.mail.trouble, it.handedOn], ['decided', 'bounced', null]);
  await assertForgotten(email);
  assert.equal((await server.sql('SELECT count(*) AS n FROM synpunkt.case'))[0].n, cases);
  assert.deepEqual(done(await carl.post(`${root}/${id}/handovers`, { json: { how: 'letter' } })).handedHow, 'letter');
  await bounced(server, { email, messageId });
  assert.equal((await one(id)).handedHow, 'letter', 'a second bounce takes back nothing');
});

test('too much for a mail box is told at once, and nothing is sent', async () => {
  const big = Buffer.concat([paper, Buffer.alloc(4 << 20, '%')]);
  const id = await decided([await submit('Se filerna', [big, Buffer.concat([big, Buffer.from('\n%')])])]);
  const res = await mail(id, newAddress());
  assert.deepEqual([res.status, res.json.outcome], [409, 'too-large']);
  assert.equal((await one(id)).mail, null);
  assert.deepEqual(await server.sql(`SELECT 1 FROM synpunkt.outbox WHERE disclosure_id = ${id}`), []);
  done(await carl.post(`${root}/${id}/handovers`, { json: { how: 'visit' } }));
});

test('what is marked, sensitive or protected does not go by mail, and refused it may', async () => {
  for (const set of ['sensitivity = 3', `sensitivity = 4, protected_by = (SELECT id FROM synpunkt.staff_user WHERE username = 'carl')`]) {
    const number = await submit();
    await server.sql(`UPDATE synpunkt.case SET ${set}, handler = (SELECT id FROM synpunkt.staff_user WHERE username = 'carl')
      WHERE id = ${serial(number)}`);
    const res = await mail(await decided([number]), newAddress());
    assert.deepEqual([res.status, res.json.outcome], [409, 'confidential'], set);
  }
  const [plain, secret] = [await submit(), await submit()];
  await server.sql(`UPDATE synpunkt.case SET sensitivity = 3, handler = (SELECT id FROM synpunkt.staff_user WHERE username = 'carl')
    WHERE id = ${serial(secret)}`);
  const { id } = done(await carl.post(root, { json: { board: trafik, asked: 'Allt' } }), 201);
  done(await carl.post(`${root}/${id}/cases`, { json: { numbers: [plain, secret] } }));
  const { items: [d] } = done(await carl.get(`${root}/${id}/cases/${secret}`));
  done(await carl.put(`${root}/${id}/cases/${secret}/documents/${d.document}`, { json: { decision: 'refused', section: 'OSL 21:3', hash: d.hash, because: d.because } }));
  done(await carl.post(`${root}/${id}/decisions`, { json: { decision: 'Synpunkten omfattas av sekretess.' } }));
  const email = newAddress();
  done(await mail(id, email));
  await isHandedOut(id);
  assert.match(readLetter(lettersTo(email)[0].text).body, /Beslutet och hur du överklagar står i PDF-filen/);
});

test('only who hands out the board’s documents sends them, decided, to an address that can be one', async () => {
  const id = await decided([await submit()]);
  assert.equal((await mail(id, newAddress(), {}, anna)).status, 404);
  for (const email of ['', 'quendolin', 'a@b', 'quendolin@begaran.example\r\nBcc: x@y.example', undefined])
    assert.equal((await mail(id, email)).status, 422, String(email));
  const { id: open } = done(await carl.post(root, { json: { board: trafik, asked: 'Inget' } }), 201);
  assert.deepEqual([(await mail(open, newAddress())).json.outcome], ['not-decided']);
  assert.equal((await mail(id, newAddress(), {}, rut)).status, 200, 'a registrar may');
});

test('of a disclosure that could not be changed the answer says why, as a code', async () => {
  const number = await submit();
  const id = await decided([number]);
  const why = async (promise) => { const res = await promise; assert.equal(res.status, 409, res.text); return res.json.outcome; };
  assert.equal(await why(carl.post(`${root}/${id}/decisions`, { json: {} })), 'decided');
  assert.equal(await why(carl.post(`${root}/${id}/cases`, { json: { numbers: [number] } })), 'decided');
  done(await carl.post(`${root}/${id}/reopenings`));
  assert.equal(await why(carl.post(`${root}/${id}/handovers`, { json: { how: 'letter' } })), 'not-decided');
  done(await carl.post(`${root}/${id}/cases/${number}/removals`));
  assert.equal(await why(carl.post(`${root}/${id}/decisions`, { json: {} })), 'none');
  const secret = await submit('Nummer 19811218-9876');
  done(await carl.post(`${root}/${id}/cases`, { json: { numbers: [secret] } }));
  assert.equal(await why(carl.post(`${root}/${id}/decisions`, { json: {} })), 'needs');
  const { items: [d] } = done(await carl.get(`${root}/${id}/cases/${secret}`));
  assert.equal(await why(carl.put(`${root}/${id}/cases/${secret}/documents/text`, { json: { decision: 'whole', hash: d.hash, because: [] } })), 'stale');
});
