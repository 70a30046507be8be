/* Files that go with a reply: what is taken, who gets at them, and the letter that has them. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { act, at, farsta, serial, submitTo, trafik } from './contract_desk_kit.mjs';
import { jpeg, pdf } from './contract_samples.mjs';
import { eventually, multipart, startServer, testRoot } from './harness.mjs';
import { startSink } from './smtp_sink.mjs';
import { newColleague } from './staff.mjs';

const mib = 1024 * 1024;
let server, sink;
let hanna; /* case-handler */
let clara; /* manager */
let there; /* coordinator of another board */
let dora; /* data protection officer */
before(async () => {
  sink = await startSink();
  server = await startServer({ env: { SYNPUNKT_SMTP: sink.url } });
  hanna = await newColleague(server, 'fil-hanna', `case-handler@${trafik}`, 'Hanna Ek');
  clara = await newColleague(server, 'fil-clara', `manager@${trafik}`, 'Clara Alm');
  there = await newColleague(server, 'fil-dar', `coordinator@${farsta}`, 'Dag Rask');
  dora = await newColleague(server, 'fil-dora', `data-protection-officer@${trafik}`, 'Dora Dahl');
});
after(async () => {
  await server.stop();
  await sink.close();
});

let people = 0;
const submit = (more = {}) => submitTo(server, 'Lampan är trasig', { contact: {
  email: `fil-${++people}@example.org` }, ...more });
const bearer = (c) => ({ headers: { authorization: `Bearer ${c.followUpCode}` } });
const follow = async (c) => (await server.get(`/api/v1/cases/${c.number}`, bearer(c))).json;
const look = async (c, client = hanna) => (await client.get(at(c.number))).json;

async function reply(c, { json = { text: 'Se ritningen.' }, files, client = hanna, word = 'replies', etag }) {
  const tag = etag ?? (await client.get(at(c.number))).headers.etag;
  return client.post(at(c.number, word), { etag: tag, multipart: multipart([
    ...(json ? [{ name: 'reply', json }] : []),
    ...files.map(([filename, body]) => ({ name: 'attachment', filename, body }))]) });
}

const letterTo = (c, what) => eventually(`a letter (${what})`, async () => {
  const [row] = await server.sql(`SELECT p.body::jsonb ->> 'email' AS email FROM synpunkt.case_content p
    WHERE p.case_id = ${serial(c.number)} AND p.kind = 'contact'`);
  return sink.letters.find(({ to, text }) => to === row.email && text.includes(what));
});

/* The parts of a letter with files: [{head, bytes}]. */
function partsOf(text) {
  const [, boundary] = /boundary="([^"]+)"/.exec(text);
  return text.split(`--${boundary}`).slice(1, -1).map((part) => {
    const at_ = part.indexOf('\r\n\r\n');
    const head = part.slice(2, at_);
    return { head, bytes: Buffer.from(part.slice(at_ + 4), /base64/.test(head) ? 'base64' : 'utf8') };
  });
}

test('a reply goes with its files: at the desk, on the page, to the app and in the letter', async () => {
  const c = await submit();
  const done = await reply(c, { files: [['Ritning över gården.pdf', pdf], ['../../bild.jpg', jpeg]] });
  assert.equal(done.status, 201, done.text);
  assert.equal(done.json.status, 'answered');
  const { document } = done.json.messages.at(-1);
  assert.deepEqual(done.json.replyFiles.map(({ size, ...rest }) => rest), [
    { n: 1, document, name: 'Ritning över gården.pdf', type: 'application/pdf' },
    { n: 2, document, name: 'bild.jpg', type: 'image/jpeg' }]);

  const seen = await follow(c);
  assert.deepEqual(seen.messages.map(({ text, files }) => [text, files.map((f) => Object.keys(f).sort())]),
    [['Se ritningen.', [['n', 'name', 'size', 'type'], ['n', 'name', 'size', 'type']]]]);
  const file = await server.get(`/api/v1/cases/${c.number}/reply-files/1`, bearer(c));
  assert.equal(file.status, 200);
  assert.ok(file.body.equals(pdf), 'byte for byte');
  assert.match(file.headers['content-disposition'], /^attachment; filename\*=UTF-8''Ritning%20%C3%B6ver/);
  assert.match(file.headers['content-security-policy'], /sandbox/);
  assert.ok((await hanna.get(at(c.number, 'reply-files/1'))).body.equals(pdf));
  assert.equal((await hanna.get(at(c.number, 'reply-files/2?thumbnail=1'))).headers['content-type'], 'image/jpeg');
  const picture = (await hanna.get(at(c.number, 'reply-files/2'))).body;
  assert.ok(jpeg.includes('Exif') && !picture.includes('Exif'), 'nothing of where it was taken is sent');

  const page = await server.get(`/folj/${c.number}/${c.followUpCode}`);
  assert.match(page.text, /<ul class="files" aria-label="Filer till svaret">\s*<li><a href="([^"]+)"><bdi>Ritning över gården\.pdf/);
  const [, href] = /<a href="([^"]+)"><bdi>Ritning/.exec(page.text);
  assert.ok((await server.get(href)).body.equals(pdf));

  const { text } = await letterTo(c, 'multipart/mixed');
  const [words, one, two] = partsOf(text);
  assert.match(words.head, /text\/plain; charset=utf-8/);
  assert.match(words.bytes.toString(), /Se ritningen\./);
  assert.match(words.bytes.toString(), /- bild\.jpg/);
  assert.match(one.head, /Content-Disposition: attachment/);
  assert.match(one.head, /application\/pdf/);
  assert.ok(one.bytes.equals(pdf));
  assert.ok(two.bytes.equals(picture));
  assert.ok(text.split('\r\n').every((line) => line.length <= 998), 'RFC 5322, 2.1.1');
  assert.equal((await server.ctl(['audit', 'verify'])).code, 0, 'the chain holds them');
});

test('who has not the code, or another board, gets at no file', async () => {
  const c = await submit();
  const other = await submit();
  await reply(c, { files: [['a.pdf', pdf]] });
  const api = `/api/v1/cases/${c.number}/reply-files`;
  assert.equal((await server.get(`${api}/1`)).status, 401);
  assert.equal((await server.get(`${api}/1`, bearer(other))).status, 404);
  for (const n of ['2', '0', '99999', 'x']) assert.equal((await server.get(`${api}/${n}`, bearer(c))).status, 404, n);
  assert.equal((await server.get(`/folj/${c.number}/${other.followUpCode}/svarsfil/1`)).status, 404);
  assert.equal((await there.get(at(c.number, 'reply-files/1'))).status, 404);
  assert.equal((await server.get(at(c.number, 'reply-files/1'))).status, 401);
});

test('what is refused says why, and nothing is stored or sent', async () => {
  const c = await submit();
  const one = 'x'.repeat(10);
  for (const [status, files, json] of [
    [415, [['a.gif', 'GIF89a\u0001\u0000;']]],
    [415, [['trasig.jpg', jpeg.subarray(0, 200)]]],
    [415, [['tom.txt', '']]],
    [413, Array.from({ length: 11 }, (_, i) => [`${i}.txt`, one])],
    [413, [['stor.txt', 'x'.repeat(20 * mib + 1)]]],
    [413, Array.from({ length: 3 }, (_, i) => [`${i}.txt`, 'x'.repeat(18 * mib)])],
    [400, [['a.txt', one]], null],
    [422, [['a.txt', one]], { text: '' }],
  ]) {
    const res = await reply(c, { files, json: json === undefined ? { text: 'Hej' } : json });
    assert.equal(res.status, status, `${files[0][0]}: ${res.text}`);
    if (status === 415) assert.match(res.json.detail, new RegExp(files[0][0]));
  }
  assert.equal((await reply(c, { files: [['a.txt', one]], etag: '"999"' })).status, 409);
  const it = await look(c);
  assert.deepEqual([it.status, it.replyFiles, it.messages], ['received', [], []]);
  assert.deepEqual(await server.sql(`SELECT n FROM synpunkt.reply_file WHERE case_id = ${serial(c.number)}`), []);
  const ten = await reply(c, { files: Array.from({ length: 10 }, (_, i) => [`${i}.txt`, one]) });
  assert.equal(ten.json.replyFiles.length, 10, 'ten are taken');
  assert.equal((await reply(c, { files: [], word: 'notes' })).status, 415, 'a note has none');
});

test('files too large for a mail box are on the page, and the letter says so', async () => {
  const c = await submit();
  const big = Buffer.alloc(7 * mib + 1, 'a');
  assert.equal((await reply(c, { files: [['protokoll.txt', big]], word: 'interim-replies' })).status, 201);
  const { text } = await letterTo(c, 'delsvar');
  assert.ok(!text.includes('multipart'));
  assert.match(text.replace(/=\r\n/g, ''), /f=C3=B6r stora f=C3=B6r ett mejl[^]*- protokoll\.txt/);
  assert.equal((await server.get(`/folj/${c.number}/${c.followUpCode}/svarsfil/1`)).body.length, big.length);
});

test('of a sensitive case no file leaves with a letter', async () => {
  const c = await submit();
  await act(clara, c.number, 'change', { sensitivity: 3 });
  await reply(c, { files: [['hemligt.pdf', pdf]] });
  const { text } = await letterTo(c, 'svar i ditt');
  assert.ok(!text.includes('multipart') && !text.includes('hemligt'));
  assert.equal((await hanna.get(at(c.number, 'reply-files/1'))).status, 200);
  const [read] = await server.sql(`SELECT what FROM synpunkt.read_log WHERE case_id = ${serial(c.number)}
    ORDER BY id DESC LIMIT 1`);
  assert.equal(read.what, 'replyfile-1', 'and the reading is logged');
});

test('files wait with the answer for its manager, and go with it', async () => {
  const rules = path.join(testRoot(), `reply-file-approvals-${process.pid}.tsv`);
  fs.writeFileSync(rules, `board\n${trafik}\n`);
  assert.equal((await server.ctl(['import', 'approvals', rules])).code, 0);
  const c = await submit();
  const waits = await reply(c, { files: [['svar.pdf', pdf]] });
  assert.equal(waits.json.status, 'awaiting-approval');
  assert.deepEqual((await look(c, clara)).replyFiles.map(({ n, document }) => [n, document]), [[1, 'draft']]);
  assert.ok((await clara.get(at(c.number, 'reply-files/1'))).body.equals(pdf));
  assert.equal((await server.get(`/api/v1/cases/${c.number}/reply-files/1`, bearer(c))).status, 404);
  assert.doesNotMatch((await server.get(`/folj/${c.number}/${c.followUpCode}`)).text, /svar\.pdf/);
  const gone = await act(clara, c.number, 'approve');
  assert.deepEqual(gone.json.replyFiles.map(({ n, name }) => [n, name]), [[2, 'svar.pdf']]);
  assert.ok((await server.get(`/api/v1/cases/${c.number}/reply-files/2`, bearer(c))).body.equals(pdf));
  assert.ok(partsOf((await letterTo(c, 'multipart/mixed')).text)[1].bytes.equals(pdf));
  fs.writeFileSync(rules, 'board\n');
  assert.equal((await server.ctl(['import', 'approvals', rules])).code, 0);
});

test('a transfer sends them with the messages, or keeps them; the sender has its part', async () => {
  for (const [send, status] of [[['text', 'messages'], 200], [['text'], 404]]) {
    const c = await submit();
    await reply(c, { files: [['a.pdf', pdf]], word: 'interim-replies' });
    await act(clara, c.number, 'transfer', { board: farsta, ground: 'consent', send });
    const it = await look(c, there);
    assert.equal(it.replyFiles.length, status === 200 ? 1 : 0);
    assert.equal((await there.get(at(c.number, 'reply-files/1'))).status, status);
    const part = await look(c, clara);
    assert.deepEqual([part.part, part.replyFiles.length], ['earlier', 1]);
    assert.equal((await clara.get(at(c.number, 'reply-files/1'))).status, 200);
  }
});

test('a person is told of them, and a disposal takes them', async () => {
  const c = await submit();
  const body = `bara i detta svar ${c.number}\n`;
  await reply(c, { json: { text: 'Se filen.', close: 'explained' }, files: [['disponerad.txt', body]] });
  const [{ email }] = await server.sql(`SELECT body::jsonb ->> 'email' AS email FROM synpunkt.case_content
    WHERE case_id = ${serial(c.number)} AND kind = 'contact'`);
  const held = await dora.post('/api/v1/desk/persons', { json: { email } });
  assert.equal(held.status, 200, held.text);
  assert.deepEqual(held.json.items[0].replyFiles, [{ name: 'disponerad.txt', type: 'text/plain', size: Buffer.byteLength(body) }]);
  const [{ sha256 }] = await server.sql(`SELECT sha256 FROM synpunkt.reply_file WHERE case_id = ${serial(c.number)}`);
  const stored = path.join(server.state, 'attachments', sha256.slice(0, 2), sha256.slice(2, 4), sha256);
  fs.utimesSync(stored, 1e9, 1e9); /* as one of long ago */
  assert.deepEqual(await server.sql(`SELECT * FROM synpunkt.attachments_unknown(ARRAY['${sha256}'])`), [],
    'it is somebody’s until then');
  const rules = path.join(testRoot(), `reply-file-disposal-${process.pid}.tsv`);
  fs.writeFileSync(rules, 'code\ttype\tboard\tcategory\toutcome\tage\tdecision\nallt\t\t\t\t\t1 month\tSSA 2026:17\n');
  const ctl = (...args) => server.ctl(args, { env: { SYNPUNKT_STATE: server.state } });
  assert.equal((await ctl('import', 'disposal-rules', rules)).code, 0);
  await server.sql(`UPDATE synpunkt.case SET closed_at = now() - interval '2 months' WHERE id = ${serial(c.number)}`);
  const run = await ctl('disposal', 'run', '--by', 'Arkivarien', '--yes');
  assert.equal(run.code, 0, run.stderr);
  assert.ok(!fs.existsSync(stored));
  assert.deepEqual(await server.sql(`SELECT t.kind FROM synpunkt.case_content t WHERE t.case_id = ${serial(c.number)}
    UNION ALL SELECT 'file' FROM synpunkt.reply_file r WHERE r.case_id = ${serial(c.number)}`), []);
  assert.equal((await server.get(`/api/v1/cases/${c.number}/reply-files/1`, bearer(c))).status, 404);
  assert.equal((await server.ctl(['audit', 'verify'])).code, 0);
});
