/* What the outbox says is sent, against an SMTP server that behaves as told. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { eventually, request, sleep, startServer } from './harness.mjs';
import { openPsql } from './psql.mjs';
import { at } from './contract_desk_kit.mjs';
import { readLetter, startSink } from './smtp_sink.mjs';
import { newColleague } from './staff.mjs';

let server;
let sink;
before(async () => {
  sink = await startSink();
  server = await startServer({ env: { SYNPUNKT_SMTP: sink.url, SYNPUNKT_MAIL_TIMEOUT_S: '3', SYNPUNKT_FORM_LEAST_MS: '0',
    SYNPUNKT_MAIL_FROM: 'synpunkter@stad.example',
    SYNPUNKT_PUBLIC_URL: 'https://synpunkt.example' } });
});
after(async () => {
  await server.stop();
  await sink.close();
});

let serial = 0;
const lamp = { text: 'Lampan är hemligt släckt', category: 'gatubelysning' };

/* A case whose receipt goes to an address of its own. */
async function submit(more = {}, email = `anna.${++serial}@example.se`) {
  const res = await server.post('/api/v1/cases', { json: { ...lamp, contact: { email },
    ...more } });
  assert.equal(res.status, 201, res.text);
  return { ...res.json, email, id: res.json.number.split('-')[1] };
}

const lettersTo = (c) => sink.letters.filter((l) => l.to === c.email);
const row = async (c) => (await server.sql(`SELECT *, due_at - now() AS wait
  FROM synpunkt.outbox WHERE case_id = ${c.id}`))[0];
const sent = (c) => eventually('the row is sent', async () => (await row(c)).sent_at);
const tried = (c) => eventually('the row was tried', async () => {
  const r = await row(c);
  return r.trouble && r;
});
const dueNow = (c) => server.sql(`UPDATE synpunkt.outbox SET due_at = now()
  WHERE case_id = ${c.id}`);

test('a receipt in Swedish says where, by when, and has the link', async () => {
  const c = await submit();
  await sent(c);
  const [letter] = lettersTo(c);
  assert.equal(letter.from, 'synpunkter@stad.example');
  const { headers, body } = readLetter(letter.text);
  assert.match(headers.from, /^Synpunkter, Stockholms stad <synpunkter@stad.example>$/);
  assert.equal(headers.to, `<${c.email}>`);
  assert.equal(headers.subject, `Vi har fått din synpunkt (${c.number})`);
  assert.equal(headers['auto-submitted'], 'auto-replied');
  assert.equal(headers['content-language'], 'sv');
  assert.match(headers.date, /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000$/);
  assert.ok(Math.abs(new Date(headers.date) - Date.now()) < 60000);
  assert.ok(body.includes(`Ärendenummer: ${c.number}`), body);
  assert.ok(body.includes(`Ansvarig: ${c.board.name}`), body);
  assert.ok(body.includes(`https://synpunkt.example/folj/${c.number}/${c.followUpCode}`), body);
  assert.match(body, /Du får svar senast [a-zåö]+dag \d+ \w+ 20\d\d\./);
  assert.ok(!body.includes('hemligt') && !/\{\w|mail\./.test(body), body);
  const r = await row(c);
  assert.equal(headers['message-id'], `<${r.message_id}>`);
  assert.match(r.message_id, /@stad\.example$/);
  assert.ok(letter.text.split('\r\n').every((l) => l.length <= 78 && /^[ -~]*$/.test(l)));
});

test('a receipt in English, and another language in Swedish', async () => {
  const c = await submit({ language: 'en' });
  const other = await submit({ language: 'so' });
  await sent(c);
  await sent(other);
  const { headers, body } = readLetter(lettersTo(c)[0].text);
  assert.equal(headers.subject, `We have received what you sent (${c.number})`);
  assert.equal(headers['content-language'], 'en');
  assert.match(body, /You get an answer by \w+day \d+ \w+ 20\d\d at the latest/);
  assert.match(readLetter(lettersTo(other)[0].text).body, /^Hej!/);
});

test('the letter of a sensitive case tells number and link, nothing else', async () => {
  const [category] = await server.sql(`SELECT code, name, area_name FROM synpunkt.category
    WHERE sensitivity = 4 LIMIT 1`);
  const c = await submit({ category: category.code, text: 'Om mitt barn' });
  await sent(c);
  const { headers, body } = readLetter(lettersTo(c)[0].text);
  for (const word of [category.name, category.area_name, category.code, c.board.name,
    c.board.code, 'barn', 'nämnd'])
    for (const text of [lettersTo(c)[0].text, headers.subject, body])
      assert.ok(!text.toLowerCase().includes(word.toLowerCase()), `${word} in ${text}`);
  assert.ok(body.includes(`/folj/${c.number}/${c.followUpCode}`));
  assert.ok(!/20\d\d\./.test(body), 'no dates');
});

test('an address beyond ASCII is written as the wire wants it', async () => {
  const c = await submit({}, 'anna@åkesson.example');
  await sent(c);
  assert.equal(lettersTo({ email: 'anna@xn--kesson-hua.example' }).length, 1);
  const d = await submit({}, 'åsa@exempel.example');
  await sent(d);
  assert.equal(lettersTo(d).length, 1);
  assert.ok(sink.commands.some((l) => /^MAIL .*SMTPUTF8/.test(l)));
});

test('4xx and a cut connection are tried again, with the same Message-ID', async () => {
  for (const [mode, why] of [['rcpt-450', 'recipient-450'], ['end-451', 'letter-451'],
    ['rcpt-policy', 'recipient-554'], ['cut-in-data', 'letter-broken']]) {
    sink.mode = mode;
    const c = await submit();
    const first = await tried(c);
    assert.equal(first.trouble, why);
    assert.equal(first.failed_at, null);
    assert.match(first.wait, /^00:0[01]:/);
    sink.mode = 'ok';
    await dueNow(c);
    await sent(c);
    assert.equal(lettersTo(c).length, 1, mode);
    assert.equal((await row(c)).message_id, first.message_id);
    assert.equal((await row(c)).attempts, '2');
  }
});

test('5xx for the recipient or the letter is the end, and is seen', async () => {
  for (const [mode, why] of [['rcpt-550', 'recipient-550'], ['end-554', 'letter-554']]) {
    sink.mode = mode;
    const c = await submit();
    const r = await tried(c);
    sink.mode = 'ok';
    assert.notEqual(r.failed_at, null);
    assert.equal(r.trouble, why);
    await dueNow(c);
    await sleep(1500);
    assert.equal(lettersTo(c).length, 0);
    assert.ok(server.logs().some((l) => l.event === 'mail_failed' && l.case === c.number));
    assert.ok(!server.log.includes(c.email), 'no address in the log');
  }
  const { text } = await request(server.opsUrl, 'GET', '/metrics');
  assert.match(text, /synpunkt_mail_attempts_total\{outcome="failed"\} 2/);
});

test('cut after the last byte: sent again, known by its Message-ID', async () => {
  sink.mode = 'cut-before-250';
  const c = await submit();
  await tried(c);
  sink.mode = 'ok';
  await dueNow(c);
  await sent(c);
  const ids = lettersTo(c).map((l) => readLetter(l.text).headers['message-id']);
  assert.equal(ids.length, 2);
  assert.equal(ids[0], ids[1]);
});

test('a server that says nothing is left after the time allowed', async () => {
  sink.mode = 'silent';
  const c = await submit();
  assert.equal((await tried(c)).trouble, 'letter-timeout');
  sink.mode = 'ok';
  await dueNow(c);
  await sent(c);
});

test('a slow server gets every letter once', async () => {
  sink.slow = 100;
  const cases = await Promise.all(Array.from({ length: 12 }, () => submit()));
  for (const c of cases) await sent(c);
  sink.slow = 0;
  for (const c of cases) assert.equal(lettersTo(c).length, 1);
});

test('a server that is down, or does not want us, costs no letter', async () => {
  await sink.close();
  const c = await submit();
  assert.equal((await tried(c)).trouble, 'connect-broken');
  await sink.open();
  await dueNow(c);
  await sent(c);
  sink.mode = 'mail-550';
  const d = await submit();
  assert.equal((await tried(d)).failed_at, null);
  sink.mode = 'ok';
  await dueNow(d);
  await sent(d);
  assert.equal(lettersTo(c).length + lettersTo(d).length, 2);
});

test('after two days it is given up', async () => {
  sink.mode = 'rcpt-450';
  const c = await submit();
  await tried(c);
  await server.sql(`UPDATE synpunkt.outbox SET give_up_at = now(), due_at = now()
    WHERE case_id = ${c.id}`);
  await eventually('it failed', async () => (await row(c)).failed_at);
  sink.mode = 'ok';
});

test('a later letter has the link too; the letter of a killed worker goes again', async () => {
  const c = await submit();
  await sent(c);
  await server.sql(`INSERT INTO synpunkt.outbox (case_id, seq, kind, due_at)
    VALUES (${c.id}, 1, 'reply', now())`);
  await eventually('the later letter', () => lettersTo(c).length === 2);
  const { headers, body } = readLetter(lettersTo(c)[1].text);
  assert.equal(headers.subject, `Du har fått svar (${c.number})`);
  assert.ok(body.includes(c.followUpCode), 'by the code of the receipt');
  sink.mode = 'silent';
  const d = await submit();
  await eventually('it is with the server', () => lettersTo(d).length === 1);
  await server.kill9();
  sink.mode = 'ok';
  await server.start();
  await sleep(1500);
  assert.equal(lettersTo(d).length, 1, 'the lease holds');
  await dueNow(d);
  await sent(d);
  assert.equal((await row(d)).attempts, '2');
});

test('stopping finishes the letter that is under way', async () => {
  sink.slow = 150;
  const c = await submit();
  await eventually('it began', () => sink.commands.some((l) => l.includes(c.email)));
  await server.stop();
  sink.slow = 0;
  assert.notEqual((await row(c)).sent_at, null);
  assert.equal(lettersTo(c).length, 1);
  await server.start();
});

test('a letter that fails waits for its case before it holds the letter', async (t) => {
  const held = openPsql(server);
  t.after(() => held.close());
  const c = await submit();
  await sent(c);
  await server.sql(`INSERT INTO synpunkt.outbox (case_id, seq, kind, due_at, attempts, give_up_at)
    VALUES (${c.id}, 1, 'notice', now() + interval '1 day', 1, now() + interval '2 days')`);
  const [{ id }] = await server.sql(`SELECT id FROM synpunkt.outbox
    WHERE case_id = ${c.id} AND kind = 'notice'`);
  /* As whoever disposes of the case, or has its letters sent again. */
  await held.run(`BEGIN; SELECT FROM synpunkt.case WHERE id = ${c.id} FOR NO KEY UPDATE`);
  const finished = server.sqlAs('synpunkt_job',
    `SELECT f FROM synpunkt_mail.finish(${id}, 1::smallint, 'refused', 'recipient-550') f`);
  await eventually('it waits for the case', async () => (await server.sql(`SELECT 1
    FROM pg_stat_activity WHERE datname = '${server.database}' AND wait_event_type = 'Lock'
      AND query LIKE '%synpunkt_mail.finish(${id}%'`)).length);
  assert.equal(await held.run(`SELECT id FROM synpunkt.outbox WHERE id = ${id}
    FOR UPDATE NOWAIT`), id);
  await held.run('COMMIT');
  assert.deepEqual(await finished, [{ f: 'failed' }]);
});

for (const [language, subject, words] of [['sv', 'Vi har frågat dig något', /Fråga en vuxen som du litar på/],
  ['en', 'We have asked you something', /Ask a grown-up you trust/]])
  test(`a child is asked for consent in easy words, ${language}`, async () => {
    const email = `barn.${language}@example.se`;
    const form = new FormData();
    for (const [name, value] of Object.entries({ text: 'De stora tar min mössa', email, language }))
      form.append(name, value);
    const res = await fetch(`${server.url}/lamna/barn`, { method: 'POST', body: form, redirect: 'manual',
      headers: { 'accept-language': language } });
    const [, number, code] = /^\/kvitto\/([^/]+)\/([^/]+)$/.exec(res.headers.get('location'));
    const dora = await newColleague(server, `dora.${language}`, 'coordinator@dispatch');
    const { etag } = (await dora.get(at(number))).headers;
    const asked = await dora.post(at(number, 'consent-requests'), { etag,
      json: { board: 'farsta-stadsdelsnamnd', text: 'De kan hjälpa dig' } });
    assert.equal(asked.status, 201, asked.text);
    const letter = await eventually('the question is sent', () => sink.letters.filter((l) => l.to === email)
      .map((l) => readLetter(l.text)).find((l) => l.headers.subject.startsWith(subject)));
    assert.equal(letter.headers.subject, `${subject} (${number})`);
    assert.match(letter.body.replace(/\s+/g, ' '), words);
    assert.ok(letter.body.includes(`https://synpunkt.example/folj/${number}/${code}`), letter.body);
    assert.doesNotMatch(letter.body, /ärende|nämnd|\bcase\b|board|Farsta|mössa|child\./i);
  });
