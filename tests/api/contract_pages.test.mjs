/* Residents' pages: addresses, languages, presets, headers, receipt and following. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { readForm, visible } from './contract_form_reader.mjs';
import { close, lamp, submitter } from './contract_kit.mjs';
import { startServer } from './harness.mjs';

let server;
let made;
before(async () => {
  server = await startServer();
  made = (await submitter(server)({ ...lamp, place: { lat: 59.2518, lon: 18.0921 } })).json;
});
after(async () => { await server.stop(); });

const browser = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } };
const pages = ['/', '/lamna', '/folj', '/tillganglighet', '/om'];
const paths = () => [...pages, new URL(made.followUpUrl).pathname,
  `/kvitto/${made.number}/${made.followUpCode}`];

for (const path of pages)
  test(`${path} is an HTML page in UTF-8`, async () => {
    const res = await server.get(path);
    assert.equal(res.status, 200);
    assert.match(res.headers['content-type'], /^text\/html; ?charset=utf-8$/i);
    assert.match(res.text, /^<!doctype html>/i);
    assert.match(res.text, /<title>[^<]+<\/title>/);
    assert.equal(res.text.match(/<h1[ >]/g)?.length, 1);
  });

test('a page that is not there is a page that says so', async () => {
  const res = await server.get('/finns-inte', browser);
  assert.equal(res.status, 404);
  assert.match(res.headers['content-type'], /^text\/html/);
  assert.match(res.text, /<h1/);
});

test('a page asked for in a wrong way is 405 with Allow, as a page', async () => {
  const res = await server.post('/om', { form: { a: 'b' }, ...browser });
  assert.equal(res.status, 405);
  assert.match(res.headers.allow, /GET/);
  assert.match(res.headers['content-type'], /^text\/html/);
});

/* Language ------------------------------------------------------------------------------------ */

const languageOf = (res) => /<html[^>]* lang="([^"]*)"/.exec(res.text)[1];

test('Swedish is the language unless another is wanted', async () => {
  for (const headers of [{}, { 'accept-language': 'sv' }, { 'accept-language': 'de, ja' },
    { 'accept-language': '*' }, { 'accept-language': ';;q=,' }])
    assert.equal(languageOf(await server.get('/', { headers })), 'sv', JSON.stringify(headers));
});

test('Accept-Language chooses, by weight', async () => {
  for (const wanted of ['en', 'en-GB', 'de, en;q=0.8, sv;q=0.5', 'sv;q=0, en', 'EN'])
    assert.equal(languageOf(await server.get('/', { headers: { 'accept-language': wanted } })),
      'en', wanted);
  assert.equal(languageOf(await server.get('/',
    { headers: { 'accept-language': 'en;q=0.2, sv;q=0.9' } })), 'sv');
});

test('?lang= goes before Accept-Language', async () => {
  for (const path of paths()) {
    const res = await server.get(`${path}?lang=en`, { headers: { 'accept-language': 'sv' } });
    assert.equal(res.status, 200, path);
    assert.equal(languageOf(res), 'en', path);
    assert.equal(languageOf(await server.get(`${path}?lang=sv`,
      { headers: { 'accept-language': 'en' } })), 'sv', path);
  }
});

test('every language of the contract is answered, an unknown one is Swedish', async () => {
  for (const lang of ['sv', 'en', 'fi', 'fit', 'se', 'sv-x-easy', 'xx', '', '%00', '../sv']) {
    const res = await server.get(`/?lang=${lang}`);
    assert.ok(res.status === 200 || (lang === '%00' && res.status === 400), `${lang}: ${res.status}`);
    if (!['en', '%00', 'fi', 'fit', 'se', 'sv-x-easy'].includes(lang))
      assert.equal(languageOf(res), 'sv', lang);
  }
});

test('the pages say that they vary by language', async () => {
  assert.match((await server.get('/')).headers.vary ?? '', /accept-language/i);
});

test('no key of the catalogue and no mark of a template is left on a page', async () => {
  for (const path of paths())
    for (const lang of ['sv', 'en']) {
      const { text } = await server.get(`${path}?lang=${lang}`);
      assert.ok(!text.includes('{{') && !text.includes('}}'), path);
      assert.doesNotMatch(visible(text),
        /\b(page|form|find|follow|receipt|case|site|fault|about)\.[a-z]+-[a-z-]+\b/, path);
    }
});

/* Headers ------------------------------------------------------------------------------------- */

test('every page has the security headers', async () => {
  for (const path of [...paths(), '/finns-inte']) {
    const { headers } = await server.get(path, browser);
    const csp = headers['content-security-policy'];
    assert.match(csp, /default-src '(none|self)'/, path);
    assert.match(csp, /frame-ancestors 'none'/);
    assert.doesNotMatch(csp, /unsafe|\*|https?:|(script|style)-src[^;]*data:/);
    assert.match(csp, /form-action 'self'/);
    assert.match(csp, /base-uri '(none|self)'/);
    assert.equal(headers['referrer-policy'], 'no-referrer');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
    assert.equal(headers['strict-transport-security'], undefined, 'only over TLS');
    assert.equal(headers.server, undefined, 'no product is named');
  }
});

test('no page has inline script or style, nor anything from elsewhere', async () => {
  for (const path of [...paths(), '/finns-inte']) {
    const { text } = await server.get(path, browser);
    assert.doesNotMatch(text, /<style|\sstyle="|\son[a-z]+="|javascript:/i, path);
    assert.doesNotMatch(text, /<script(?![^>]*\ssrc=)[^>]*>/i, path);
    assert.doesNotMatch(text, /(src|rel="stylesheet" href)="(https?:)?\/\//i, path);
  }
});

test('no page sets a cookie', async () => {
  for (const path of paths())
    assert.equal((await server.get(path)).headers['set-cookie'], undefined, path);
});

test('what a page needs is there, with its type', async () => {
  const { text } = await server.get('/lamna');
  const needed = [...text.matchAll(/<(?:link|script|img)\b[^>]*?(?:href|src)="([^"]+)"/g)]
    .map((m) => m[1]);
  assert.ok(needed.length >= 2);
  for (const path of needed) {
    const res = await server.get(path);
    assert.equal(res.status, 200, path);
    assert.match(res.headers['content-type'], /^(text\/css|text\/javascript|image\/svg\+xml)/, path);
    assert.ok(res.body.length > 0);
  }
});

test('pages of a case are not stored by anybody', async () => {
  for (const path of paths().slice(pages.length))
    assert.match((await server.get(path)).headers['cache-control'], /no-store/, path);
  assert.match((await server.get('/lamna')).headers['cache-control'] ?? '', /no-store|no-cache/);
});

test('pages of a case are not for search engines', async () => {
  for (const path of paths().slice(pages.length)) {
    const res = await server.get(path);
    assert.ok(/noindex/.test(res.headers['x-robots-tag'] ?? '')
      || /<meta name="robots" content="[^"]*noindex/.test(res.text), path);
  }
});

/* Presets ------------------------------------------------------------------------------------- */

const preset = async (query) => readForm((await server.get(`/lamna${query}`)).text).fields;

test('the form starts as a complaint without category', async () => {
  const fields = await preset('');
  assert.equal(fields.category, '');
  assert.equal(fields.text, '');
});

test('type, category and unit preset the form', async () => {
  const fields = await preset('?type=praise&category=bibliotek&unit=Biblioteket%20Lyktan');
  assert.equal(fields.type, 'praise');
  assert.equal(fields.category, 'bibliotek');
  assert.equal(fields.unit, 'Biblioteket Lyktan');
});

test('a preset that is unknown is ignored and never run', async () => {
  const res = await server.get(
    `/lamna?type=deviation&category=x&unit=${encodeURIComponent('"><script>alert(1)</script>')}`);
  assert.equal(res.status, 200);
  assert.ok(!res.text.includes('<script>alert'));
  const { fields } = readForm(res.text);
  assert.notEqual(fields.type, 'deviation');
  assert.equal(fields.category, '');
});

test('the form offers the five types and 48 categories by area', async () => {
  const { text } = await server.get('/lamna');
  for (const type of ['complaint', 'suggestion', 'praise', 'question', 'fault-report'])
    assert.match(text, new RegExp(`name="type"[^>]*value="${type}"`));
  assert.doesNotMatch(text, /value="(deviation|citizen-proposal)"/);
  const select = /<select[^>]*name="category"[^]*?<\/select>/.exec(text)[0];
  assert.equal(select.match(/<option\b[^>]*value="[a-z]/g).length, 48);
  assert.equal(select.match(/<optgroup/g).length, 15);
});

test('before the form it is said where else to turn', async () => {
  const { text } = await server.get('/lamna');
  const before = visible(text.slice(0, text.indexOf('<form id')));
  for (const word of ['112', /polis/i, /oro/i, /överklaga/i])
    assert.match(before, word instanceof RegExp ? word : new RegExp(word), String(word));
});

test('the page about complaints says the promised days', async () => {
  const words = visible((await server.get('/om')).text);
  assert.match(words, /arbetsdagar/);
  assert.match(words, /Gatubelysning 2 10 /);
  assert.match(words, /personuppgift/i);
});

/* Receipt and follow --------------------------------------------------------------------------- */

const kvitto = (number, code) => server.get(`/kvitto/${number}/${code}`);
const folj = (number, code) => server.get(`/folj/${number}/${code}`);

test('the receipt says number, code, who has it, why and by when', async () => {
  const words = visible((await kvitto(made.number, made.followUpCode)).text);
  for (const what of [made.number, made.followUpCode, made.board.name])
    assert.ok(words.includes(what), what);
  const day = new Intl.DateTimeFormat('sv', { day: 'numeric', month: 'long', timeZone: 'UTC' })
    .format(new Date(made.answerBy));
  assert.ok(words.includes(day), day);
});

test('the page to follow says status in words, who has it, and what happened', async () => {
  const words = visible((await folj(made.number, made.followUpCode)).text);
  for (const what of [made.number, made.board.name, lamp.text]) assert.ok(words.includes(what), what);
  assert.doesNotMatch(words, /\breceived\b/);
});

test('number and code in the form lead to the case by 303', async () => {
  for (const [number, code] of [[made.number, made.followUpCode],
    [` ${made.number} `, ` ${made.followUpCode.toLowerCase()} `],
    [made.number, made.followUpCode.replaceAll('-', ' ')]]) {
    const res = await server.post('/folj', { form: { number, code } });
    assert.equal(res.status, 303, `${number} ${code}`);
    const page = await server.get(res.headers.location);
    assert.equal(page.status, 200);
    assert.ok(page.text.includes(made.number));
  }
});

/* The answer, or where it leads. */
async function find(number, code) {
  const res = await server.post('/folj', { form: { number, code } });
  return res.status === 303 ? server.get(res.headers.location) : res;
}

test('a wrong number and a wrong code give the same page, and keep what was typed', async () => {
  const wrongCode = await find(made.number, 'AAAA-AAAA-AAAA');
  const wrongNumber = await find('2026-99999999', made.followUpCode);
  assert.deepEqual([wrongCode.status, wrongNumber.status], [404, 404]);
  const same = (res, ...typed) => typed.reduce((text, t) => text.replaceAll(t, '…'),
    res.text.replace(/[0-9a-f-]{16,}/g, ''));
  assert.equal(same(wrongCode, made.number, 'AAAA-AAAA-AAAA'),
    same(wrongNumber, '2026-99999999', made.followUpCode));
  assert.equal(readForm(wrongCode.text).fields.number, made.number);
});

test('number and code that are missing are asked for', async () => {
  const res = await server.post('/folj', { form: {} });
  assert.equal(res.status, 422);
  assert.match(res.text, /aria-invalid="true"/);
});

test('a wrong code in the address is 404, as a wrong number is', async () => {
  for (const page of [kvitto, folj]) {
    const a = await page(made.number, 'AAAA-AAAA-AAAA');
    const b = await page('2026-99999999', made.followUpCode);
    assert.deepEqual([a.status, b.status], [404, 404]);
    assert.match(a.headers['content-type'], /^text\/html/);
  }
});

test('a message by the form is shown, and answers with 303', async () => {
  const path = new URL(made.followUpUrl).pathname;
  const form = readForm((await server.get(path)).text);
  const res = await server.post(form.action,
    { form: { ...form.fields, text: 'Den blinkar <b>nu</b> & igen.' } });
  assert.equal(res.status, 303);
  const page = await server.get(res.headers.location);
  assert.ok(visible(page.text).includes('Den blinkar <b>nu</b> & igen.'));
  assert.ok(!page.text.includes('<b>nu'));
});

test('an empty message is 422 and says so', async () => {
  const form = readForm((await server.get(new URL(made.followUpUrl).pathname)).text);
  const res = await server.post(form.action, { form: { ...form.fields, text: ' ' } });
  assert.equal(res.status, 422);
  assert.match(res.text, /aria-invalid="true"/);
});

test('a closed case takes no more words but why it should be opened again', async () => {
  const other = (await submitter(server)(lamp)).json;
  await close(server, other.number);
  const path = new URL(other.followUpUrl).pathname;
  assert.equal(readForm((await server.get(path)).text).action, `${path}/oppna`);
  const res = await server.post(path, { form: { text: 'x' } });
  assert.equal(res.status, 409);
  assert.match(res.headers['content-type'], /^text\/html/);
});
