/* What the city says in its own words: on the pages and in the letters, in one language at a
 * time, and back again. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { eventually, startServer } from './harness.mjs';
import { readLetter, startSink } from './smtp_sink.mjs';
import { newColleague } from './staff.mjs';

const texts = '/api/v1/settings/texts';
let server;
let sink;
let admin;
let leader;

before(async () => {
  sink = await startSink();
  server = await startServer({ env: { SYNPUNKT_SMTP: sink.url, SYNPUNKT_MAIL_FROM: 'synpunkter@stad.example',
    SYNPUNKT_PUBLIC_URL: 'https://synpunkt.stad.example' } });
  admin = await newColleague(server, 'adam', 'administrator@*', 'Adam Ask');
  leader = await newColleague(server, 'carl', 'coordinator@trafiknamnden', 'Carl Alm');
});
after(async () => {
  await server?.stop();
  await sink?.close();
});

const say = (row, more = { reason: 'Beslut' }, who = admin) => who.post(texts, { json: { row, ...more } });
async function said(row) {
  const res = await say(row);
  assert.equal(res.status, 201, res.text);
  return `${texts}/${res.json.key}`;
}
const pageIn = async (path, language) => (await server.get(`${path}?lang=${language}`)).text;
/* Each worker hears of a change for itself. */
const shows = (path, language, words) => eventually(`${path} says ${words}`, async () => {
  for (let i = 0; i < 8; i++)
    if (!(await pageIn(path, language)).includes(words)) return false;
  return true;
});
const hides = (path, language, words) => eventually(`${path} does not say ${words}`, async () => {
  for (let i = 0; i < 8; i++)
    if ((await pageIn(path, language)).includes(words)) return false;
  return true;
});
async function change(path, row, reason = 'Beslut') {
  const { version, row: held } = (await admin.get(path)).json;
  return admin.put(path, { etag: `"${version}"`, json: { row: { ...held, ...row }, reason } });
}
const local = (days) => new Date(Date.now() + days * 86400000).toLocaleDateString('sv-SE', { timeZone: 'Europe/Stockholm' });

test('every text that can be chosen is the program\'s own, in every language of the pages', async () => {
  const { languages, items } = (await admin.get('/api/v1/texts')).json;
  const page = await pageIn('/', 'sv');

  assert.equal(languages.length, [...new Set(page.match(/hreflang="[^"]+"/g))].length);
  for (const { code, words } of items)
    for (const language of languages)
      assert.ok(code === 'page.announcement' || words[language.code], `${code} ${language.code}`);
  assert.deepEqual(items.find(({ code }) => code === 'receipt.next-2').values, ['{date}']);
});

test('an announcement stands over every page of its language, as text, until its last day', async () => {
  assert.ok(!(await pageIn('/', 'sv')).includes('class="announcement"'));
  const path = await said({ text: 'page.announcement', language: 'sv', wording: 'Just nu <b>dröjer</b> det.\n\nTack & hej.' });
  for (const page of ['/', '/lamna', '/om', '/folj'])
    await shows(page, 'sv', '<p>Just nu &lt;b&gt;dröjer&lt;/b&gt; det.</p>\n<p>Tack &amp; hej.</p>');
  for (const language of ['en', 'sv-x-easy']) assert.ok(!(await pageIn('/', language)).includes('announcement'));

  assert.equal((await change(path, { validFrom: local(-9), validTo: local(-1) })).status, 200);
  await hides('/', 'sv', 'announcement');
});

test('a text of days to come is not said before, and two do not stand on one day', async () => {
  const row = { text: 'start.lead', language: 'sv', wording: 'Efter nyår.', validFrom: local(3) };
  await said(row);
  await said({ ...row, wording: 'Före nyår.', validFrom: null, validTo: local(2) });
  await shows('/', 'sv', 'Före nyår.');
  assert.ok(!(await pageIn('/', 'sv')).includes('Efter nyår.'));

  const third = await say({ ...row, wording: 'Mitt i.', validFrom: local(1), validTo: local(5) });
  assert.deepEqual([third.status, third.json.outcome], [409, 'exists']);
  assert.equal((await say({ ...row, language: 'en', wording: 'After.' })).status, 201);
});

test('a letter and a receipt say what the city says, in the language of each', async () => {
  const submit = async (language, email) => (await server.post('/api/v1/cases', { json: {
    text: 'Lampan är trasig.', category: 'gatubelysning', language, contact: { email } } })).json;
  const letter = async (language, email) => {
    await submit(language, email);
    const got = await eventually('the letter', () => sink.letters.find(({ to }) => to === email), 20000);
    return readLetter(got.text);
  };
  await said({ text: 'mail.sign', language: 'sv', wording: 'Vänliga hälsningar\nMed & <utan>' });
  await said({ text: 'mail.receipt.subject', language: 'en', wording: 'We have it: {number}' });
  await eventually('the letters have it', async () => (await letter('sv', `${process.hrtime.bigint()}@example.se`))
    .body.replaceAll('\r\n', '\n').includes('Vänliga hälsningar\nMed & <utan>'), 30000);
  await eventually('the English ones have theirs', async () => {
    const { headers, body } = await letter('en', `${process.hrtime.bigint()}@example.se`);
    assert.ok(!body.includes('Vänliga'));
    return /^We have it: \d{4}-\d+$/.test(headers.subject);
  }, 30000);
});

const wrong = [
  ['what is filled in is left out', { text: 'receipt.next-2', wording: 'Du får svar snart.' }, 'lacks {date}'],
  ['what nothing fills in is asked for', { text: 'form.lead', wording: 'Hej {namn}.' }, 'has {namn}, which nothing stands in for'],
  ['a heading has two lines', { text: 'start.heading', wording: 'Ett\nTvå' }, 'is one line'],
  ['nothing is said', { text: 'form.lead', wording: ' \n ' }, 'is missing'],
  ['too much is said', { text: 'form.lead', wording: 'ö'.repeat(2001) }, 'is too long'],
  ['a character cannot be shown', { text: 'form.lead', wording: 'a\u0007b' }, 'holds a character that cannot be shown'],
];
for (const [what, row, reason] of wrong)
  test(`a text is refused: ${what}`, async () => {
    const res = await say({ language: 'sv', ...row });
    assert.equal(res.status, 422, res.text);
    assert.deepEqual(res.json.invalidParams, [{ name: 'row.wording', reason }]);
  });

test('a text or language that there is not is refused; so is whoever is no administrator', async () => {
  const row = { text: 'form.lead', language: 'sv', wording: 'Hej.' };
  for (const over of [{ text: 'form.send' }, { language: 'de' }])
    assert.equal((await say({ ...row, ...over })).status, 422);
  assert.equal((await say(row, { reason: 'x' }, leader)).status, 403);
  assert.equal((await leader.get('/api/v1/texts')).status, 200);
  const path = await said({ ...row, wording: 'ö'.repeat(2000) });
  assert.equal((await change(path, { language: 'fi' })).status, 409);
});

test('before it is saved a text is shown as the page or the letter will have it, every one of them', async () => {
  const { items } = (await admin.get('/api/v1/texts')).json;
  for (const { code, values, place } of items) {
    const words = `Provord <${values.join(' ')}>`;
    const { status, json, text } = await say({ text: code, language: 'fi', wording: words, validFrom: local(1), validTo: local(1) }, { preview: true });
    assert.equal(status, 200, text);
    if (place === 'letters') assert.ok(`${json.shown.subject}\n${json.shown.text}`.includes('Provord <'), code);
    else assert.match(json.shown.html, /<html lang="fi"[^]*Provord &lt;/, code);
    assert.ok(!`${json.shown.html}${json.shown.subject}`.includes('{'), code);
  }
  assert.equal((await admin.get(texts)).json.items.filter(({ row }) => row.language === 'fi').length, 0);
});

test('any earlier wording comes back, as a change with a reason; nobody\'s newer one is lost', async () => {
  const path = await said({ text: 'footer.note', language: 'sv', wording: 'Ett.' });
  for (const words of ['Två.', 'Tre.']) assert.equal((await change(path, { wording: words })).status, 200);
  const { version, changes } = (await admin.get(path)).json;
  const back = (json, etag = `"${version}"`, who = admin) => who.post(`${path}/restorations`, { etag, json });
  const first = changes.find(({ before }) => before?.wording === 'Ett.');

  assert.equal((await back({ change: first.id, reason: 'x' }, '"1"')).status, 409);
  assert.equal((await back({ change: first.id, reason: 'x' }, `"${version}"`, leader)).status, 403);
  assert.equal((await back({ change: first.id })).status, 422);
  assert.equal((await back({ change: changes.at(-1).id, reason: 'x' })).json.outcome, 'not-removable');
  const seen = await back({ change: first.id, preview: true });
  assert.deepEqual([seen.json.before.wording, seen.json.after.wording], ['Tre.', 'Ett.']);
  assert.match(seen.json.shown.html, /<p>Ett\.<\/p>/);
  assert.equal((await admin.get(path)).json.version, version);

  assert.equal((await back({ change: first.id, reason: 'Det första var bäst' })).status, 200);
  const now = (await admin.get(path)).json;
  assert.deepEqual([now.row.wording, now.changes[0].reason, now.changes[0].undoes], ['Ett.', 'Det första var bäst', first.id]);
  await shows('/', 'sv', '<p>Ett.</p>');
});

test('a row of any kind that was taken away comes back with its history', async () => {
  const made = await admin.post('/api/v1/settings/deadlines', { json: { reason: 'x',
    row: { board: 'trafiknamnden', type: 'praise', answerDays: 30 } } });
  const path = `/api/v1/settings/deadlines/${made.json.key}`;
  const undo = async () => admin.post(`${path}/reversals`, { json: { reason: 'x', change: (await admin.get(path)).json.changes[0].id } });

  assert.equal((await undo()).status, 200);
  const { row, version, changes: [{ id }] } = (await admin.get(path)).json;
  assert.equal(row, null);
  const back = await admin.post(`${path}/restorations`, { etag: `"${version}"`, json: { change: id, reason: 'Ändå' } });
  assert.deepEqual([back.status, back.json.key], [200, made.json.key], back.text);
  assert.equal((await admin.get(path)).json.changes.length, 3);
});

test('the way back is closed when what the row named is no more', async () => {
  const subject = { code: 'kortlivat', position: 9100, area: 'ovrigt', areaName: 'Övrigt', name: 'Kortlivat',
    owner: 'trafiknamnden', sensitivity: 1 };
  assert.equal((await admin.post('/api/v1/settings/categories', { json: { row: subject, reason: 'x' } })).status, 201);
  const row = { board: 'trafiknamnden', type: 'suggestion', answerDays: 7 };
  const made = await eventually('the subject is known', async () => {
    const res = await admin.post('/api/v1/settings/deadlines', { json: { row: { ...row, category: 'kortlivat' }, reason: 'x' } });
    return res.status === 201 && res.json;
  });
  const path = `/api/v1/settings/deadlines/${made.key}`;
  assert.equal((await admin.put(path, { etag: `"${made.version}"`, json: { row, reason: 'x' } })).status, 200);
  const gone = '/api/v1/settings/categories/kortlivat';
  const [{ id }] = (await admin.get(gone)).json.changes;
  assert.equal((await admin.post(`${gone}/reversals`, { json: { change: id, reason: 'x' } })).status, 200);

  const now = (await admin.get(path)).json;
  const back = await admin.post(`${path}/restorations`, { etag: `"${now.version}"`, json: { change: now.changes[0].id, reason: 'x' } });
  assert.deepEqual([back.status, back.json.outcome], [409, 'gone'], back.text);
});

test('nor does a wording come back that lacks what is filled in today', async () => {
  await server.sql("INSERT INTO synpunkt.city_text (text, language, wording) VALUES ('receipt.next-2', 'se', 'Fargga.')");
  const { key } = (await admin.get(texts)).json.items.find(({ row }) => row.language === 'se');
  assert.equal((await change(`${texts}/${key}`, { wording: 'Fargga {date}.' })).status, 200);
  const { version, changes: [{ id }] } = (await admin.get(`${texts}/${key}`)).json;
  const back = await admin.post(`${texts}/${key}/restorations`, { etag: `"${version}"`, json: { change: id, reason: 'x' } });

  assert.equal(back.status, 422, back.text);
  assert.deepEqual(back.json.invalidParams, [{ name: 'row.wording', reason: 'lacks {date}' }]);
});
