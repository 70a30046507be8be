/* Files that staff send with replies, before ClamAV: what it does not find clean is not sent. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startClamd, startOddClamd } from './clamd.mjs';
import { at, serial, submitTo, trafik } from './contract_desk_kit.mjs';
import { jpeg, pdf } from './contract_samples.mjs';
import { eventually, multipart, request, startServer } from './harness.mjs';
import { startSink } from './smtp_sink.mjs';
import { newColleague } from './staff.mjs';

let clamd, sink, server;
let hanna; /* case handler */
let clara; /* manager */
before(async () => {
  [clamd, sink] = await Promise.all([startClamd(), startSink()]);
  server = await startServer({ env: { SYNPUNKT_CLAMAV: clamd.address, SYNPUNKT_SMTP: sink.url } });
  hanna = await newColleague(server, 'check-hanna', `case-handler@${trafik}`, 'Hanna Ek');
  clara = await newColleague(server, 'check-clara', `manager@${trafik}`, 'Clara Alm');
}, { timeout: 120000 });
after(async () => {
  await server?.stop();
  await clamd?.close();
  await sink?.close();
});

const withTail = (text) => Buffer.concat([pdf, Buffer.from(`%${text} ${Math.random()}\n`)]);
const clean = () => withTail('');
const infected = () => withTail(clamd.marker);

let people = 0;
const submit = (where = server) => submitTo(where, 'Lampan är trasig', { contact: {
  email: `kontroll-${++people}@example.org` } });
const bearer = (c) => ({ headers: { authorization: `Bearer ${c.followUpCode}` } });
const fileOf = (c, n, where = server) => where.get(`/api/v1/cases/${c.number}/reply-files/${n}`, bearer(c));
const metric = async (name) => Number((await request(server.opsUrl, 'GET', '/metrics')).text
  .match(new RegExp(`^${name.replace(/[{}]/g, '\\$&')} (\\d+)`, 'm'))?.[1]);

async function reply(c, files, { client = hanna, word = 'replies', json = { text: 'Se ritningen.' } } = {}) {
  const { etag } = (await client.get(at(c.number))).headers;
  return client.post(at(c.number, word), { etag, multipart: multipart([{ name: 'reply', json },
    ...files.map(([filename, body]) => ({ name: 'attachment', filename, body }))]) });
}

const letters = (c) => server.sql(`SELECT o.kind FROM synpunkt.outbox o
  WHERE o.case_id = ${serial(c.number)} AND o.kind IN ('reply', 'interim')`);
const written = (c) => server.sql(`SELECT t.kind FROM synpunkt.case_content t
  WHERE t.case_id = ${serial(c.number)} AND t.kind IN ('reply', 'reply-files', 'draft', 'draft-files')`);

/* Refused at the field, and nothing of it anywhere. */
async function assertRefused(c, answer, [status, outcome, name]) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.outcome, outcome);
  assert.match(answer.json.detail, new RegExp(`^"${name}" `));
  assert.deepEqual(await written(c), []);
  assert.deepEqual(await letters(c), []);
  assert.equal((await fileOf(c, 1)).status, 404);
}

test('clean files go with a reply at once: to the page and in the letter', async () => {
  const c = await submit();
  const bytes = clean();
  const earlier = await metric('synpunkt_file_checks_total{outcome="clean"}');
  const done = await reply(c, [['ritning.pdf', bytes], ['lampa.jpg', jpeg]]);
  assert.equal(done.status, 201, done.text);
  assert.ok((await fileOf(c, 1)).body.equals(bytes));
  assert.equal((await fileOf(c, 2)).status, 200);
  assert.equal(await metric('synpunkt_file_checks_total{outcome="clean"}'), earlier + 2);
  await eventually('the letter', async () => sink.letters.find(({ text }) =>
    text.includes(bytes.toString('base64').slice(0, 60))));
});

test('with an infected one nothing is sent, whatever it goes with, and whose it is is said', async () => {
  for (const [word, client] of [['replies', hanna], ['interim-replies', hanna], ['replies', clara]]) {
    const c = await submit();
    const answer = await reply(c, [['ren.pdf', clean()], ['faktura.pdf', infected()]], { word, client });
    await assertRefused(c, answer, [415, 'attachment-infected', 'faktura.pdf']);
    const again = await reply(c, [['ren.pdf', clean()]], { word, client });
    assert.equal(again.status, 201, again.text);
  }
});

test('one that is larger than the scanner takes is refused, and what was found goes first', async () => {
  const c = await submit();
  const large = Buffer.concat([pdf, Buffer.alloc(2 * 1024 * 1024, 0x20)]);
  await assertRefused(c, await reply(c, [['stor.pdf', large]]), [413, 'attachment-too-large', 'stor.pdf']);
  await assertRefused(c, await reply(c, [['stor.pdf', large], ['faktura.pdf', infected()]]),
    [415, 'attachment-infected', 'faktura.pdf']);
});

test('while the scanner is away, or says what nobody understands, no file goes; words alone do', async () => {
  const c = await submit();
  await clamd.stop();
  try {
    await assertRefused(c, await reply(c, [['ren.pdf', clean()]]), [503, 'attachment-unchecked', 'ren.pdf']);
    const words = await hanna.post(at(c.number, 'replies'), { json: { text: 'Den är lagad.' },
      etag: (await hanna.get(at(c.number))).headers.etag });
    assert.equal(words.status, 201, words.text);
  } finally {
    await clamd.start();
  }
  const odd = await startOddClamd((socket) => socket.end('stream: lookup ERROR\0'));
  const other = await startServer({ env: { SYNPUNKT_CLAMAV: odd.address } });
  try {
    const client = await newColleague(other, 'check-odd', `case-handler@${trafik}`, 'Olle Dahl');
    const answer = await reply(await submit(other), [['ren.pdf', clean()]], { client });
    assert.deepEqual([answer.status, answer.json.outcome], [503, 'attachment-unchecked']);
  } finally {
    await other.stop();
    await odd.close();
  }
});

test('one that something is found in later, by the same bytes, is served to nobody any more', async () => {
  const c = await submit();
  const bytes = clean();
  assert.equal((await reply(c, [['ritning.pdf', bytes]])).status, 201);
  assert.equal((await hanna.get(at(c.number, 'reply-files/1'))).status, 200);
  const form = new FormData();
  form.append('case', new Blob([JSON.stringify({ text: 'Lampan', category: 'gatubelysning' })], { type: 'application/json' }));
  form.append('attachment', new Blob([bytes]), 'samma.pdf');
  const same = await (await fetch(`${server.url}/api/v1/cases`, { method: 'POST', body: form })).json();
  const [{ id }] = await server.sql(`SELECT o.id FROM synpunkt.outbox o
    WHERE o.case_id = ${serial(c.number)} AND o.kind = 'reply'`);
  const mailed = async () => (await server.sql(`SELECT synpunkt_mail.files_of(${id}) AS files`))[0].files;
  assert.match(await mailed(), /ritning\.pdf/);
  /* as file_checked() leaves it with signatures that are newer than the reply */
  await server.sql(`UPDATE synpunkt.case_attachment SET state = 'infected'
    WHERE case_id = ${serial(same.number)}`);
  assert.equal((await fileOf(c, 1)).status, 404);
  assert.equal((await server.get(`/folj/${c.number}/${c.followUpCode}/svarsfil/1`)).status, 404);
  assert.equal((await hanna.get(at(c.number, 'reply-files/1'))).status, 404);
  assert.equal(await mailed(), null);
});

test('without a scanner files go as they are, as residents\' do', async () => {
  const plain = await startServer();
  try {
    const client = await newColleague(plain, 'check-plain', `case-handler@${trafik}`, 'Pia Lind');
    const c = await submit(plain);
    const done = await reply(c, [['faktura.pdf', infected()]], { client });
    assert.equal(done.status, 201, done.text);
    assert.equal((await fileOf(c, 1, plain)).status, 200);
  } finally {
    await plain.stop();
  }
});
