/* What the complainant will see of a reply: the same letter that then goes out. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { eventually, startServer } from './harness.mjs';
import { readLetter, startSink } from './smtp_sink.mjs';
import { newColleague } from './staff.mjs';

let server;
let sink;
let handler, stranger;

before(async () => {
  sink = await startSink();
  server = await startServer({ env: { SYNPUNKT_SMTP: sink.url,
    SYNPUNKT_MAIL_FROM: 'synpunkter@stad.example', SYNPUNKT_PUBLIC_URL: 'https://synpunkt.stad.example' } });
  handler = await newColleague(server, 'pre-handler', 'case-handler@trafiknamnden');
  stranger = await newColleague(server, 'pre-stranger', 'manager@farsta-stadsdelsnamnd');
}, { timeout: 120000 });
after(async () => {
  await server?.stop();
  await sink?.close();
});

async function submit(over = {}) {
  const res = await server.post('/api/v1/cases', { json: { text: 'Lampan är trasig.', category: 'gatubelysning',
    contact: { email: 'eva@example.se' }, ...over } });
  assert.equal(res.status, 201, res.text);
  return res.json;
}
const preview = (c, json, who = handler) => who.post(`/api/v1/desk/cases/${c.number}/previews`, { json });
const lettersTo = (email) => sink.letters.filter((l) => l.to === email);

test('the letter that is shown is the one that goes out, but for the code', async () => {
  const kinds = [['reply', 'replies', { text: 'Den är bytt.\nHälsningar & tack' }, 'reply-sv'],
    ['ask', 'questions', { text: 'Which lamp?' }, 'ask-en', 'en'],
    ['acknowledge', 'acknowledgements', {}, 'ack-fi', 'fi'],
    ['interim-reply', 'interim-replies', { text: 'Vi har varit på plats.' }, 'interim-sv'],
    ['notify-delay', 'delay-notices', { text: 'Vi väntar på en del.', expectedBy: '2099-03-01' }, 'delay-sv']];

  for (const [action, path, body, name, language = 'sv'] of kinds) {
    const email = `${name}@example.se`;
    const c = await submit({ contact: { email }, language });
    await eventually('the receipt', () => lettersTo(email).length === 1, 20000);
    const seen = await preview(c, { action, ...body });
    assert.equal(seen.status, 200, seen.text);
    assert.equal(seen.json.noLetter, null);
    const { etag } = (await handler.get(`/api/v1/desk/cases/${c.number}`)).headers;
    const done = await handler.post(`/api/v1/desk/cases/${c.number}/${path}`, { etag, json: body });
    assert.equal(done.status, 201, done.text);
    await eventually('the letter', () => lettersTo(email).length === 2, 20000);
    const letter = readLetter(lettersTo(email)[1].text);
    const plain = (text) => text.replaceAll('\r\n', '\n').trim();
    assert.equal(plain(seen.json.letter.text), plain(letter.body).replaceAll(c.followUpCode, '••••')
      .replace(/(?<=\/tyck\/)[0-9A-Z]+/, '••••'), action);
    assert.ok(seen.json.letter.text.includes(`/folj/${c.number}/••••`));
    assert.equal(seen.json.letter.subject, letter.headers.subject);
    assert.equal(seen.json.language, language);
  }
});

test('the page says how it will stand, with the board and the words', async () => {
  const c = await submit();
  const { page } = (await preview(c, { action: 'reply', text: 'Klart.', close: 'remedied' })).json;
  assert.deepEqual(page, { status: 'Ärendet är avslutat', statusText: 'Allt som har skrivits finns kvar här.',
    from: 'Trafiknämnden skrev', text: 'Klart.' });
  assert.equal((await preview(c, { action: 'ask', text: 'Var?' })).json.page.status, 'Vi väntar på dig');
  assert.deepEqual(await server.sql(`SELECT what FROM synpunkt.case_event
    WHERE case_id = ${c.number.split('-')[1]} AND what IN ('replied', 'question')`), [], 'nothing is stored');
});

test('why no letter goes out is said', async () => {
  assert.equal((await preview(await submit({ contact: undefined }), { action: 'reply', text: 'x' })).json.noLetter, 'no-address');
  const quiet = await preview(await submit({ wantsReply: false }), { action: 'reply', text: 'x' });
  assert.equal(quiet.json.noLetter, 'no-reply-wanted');
  assert.equal(quiet.json.letter, null);
});

test('of a sensitive case the letter has no words, and who may not read it sees none', async () => {
  const c = await submit();
  await server.sql(`UPDATE synpunkt.case SET sensitivity = 3 WHERE id = ${c.number.split('-')[1]}`);
  const seen = (await preview(c, { action: 'reply', text: 'Hemligt' })).json;
  assert.ok(!seen.letter.text.includes('Hemligt'));
  assert.equal(seen.page.text, 'Hemligt');
  await server.sql(`UPDATE synpunkt.case SET sensitivity = 4 WHERE id = ${c.number.split('-')[1]}`);
  assert.equal((await preview(c, { action: 'reply', text: 'x' })).status, 404);
  assert.equal((await preview(await submit(), { action: 'reply', text: 'x' }, stranger)).status, 404);
  assert.equal((await preview(await submit(), { action: 'note', text: 'x' })).status, 422);
  assert.equal((await preview(await submit(), { action: 'reply', text: 'x'.repeat(10001) })).status, 422);
});
