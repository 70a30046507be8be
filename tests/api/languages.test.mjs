/* The languages of residents' pages, letters and lists: what is served in which, and
 * that a language says of itself what a reader must know. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { readForm, visible } from './contract_form_reader.mjs';
import { eventually, startServer } from './harness.mjs';
import { readLetter, startSink } from './smtp_sink.mjs';

/* What each calls itself, and a word of its own on the start page. */
const languages = {
  sv: { name: 'Svenska', word: 'Lämna en synpunkt' },
  en: { name: 'English', word: 'Tell us what you think' },
  fi: { name: 'Suomi', word: 'Anna palautetta', unreviewed: true },
  fit: { name: 'Meänkieli', word: 'Jätä synpunkti', unreviewed: true },
  se: { name: 'Davvisámegiella', word: 'Buvtte oaivila', unreviewed: true },
  'sv-x-easy': { name: 'Lätt svenska', word: 'Skriv till oss' },
  ar: { name: 'العربية', word: 'اترك ملاحظة', unreviewed: true, dir: 'rtl' },
};
const codes = Object.keys(languages);
/* Swedish first, then by name. */
const inMenu = ['sv', 'se', 'en', 'sv-x-easy', 'fit', 'fi', 'ar'];
const html = { accept: 'text/html' };
const notice = 'Den här översättningen har inte granskats av någon som talar språket.';

let server, sink;
before(async () => {
  sink = await startSink();
  server = await startServer({ env: { SYNPUNKT_SMTP: sink.url, SYNPUNKT_FORM_LEAST_MS: '0',
    SYNPUNKT_INTAKE_PER_HOUR: '0' } });
});
after(async () => {
  await server.stop();
  await sink.close();
});

test('every page says which language it is in, and which way that is written', async () => {
  for (const [code, { word, dir = 'ltr' }] of Object.entries(languages))
    for (const path of ['/', '/lamna', '/lamna/barn', '/folj', '/om', '/tillganglighet', '/finns-inte']) {
      const res = await server.get(`${path}?lang=${code}`, { headers: html });
      assert.match(res.text, new RegExp(`<html lang="${code}" dir="${dir}">`), path);
      assert.equal(res.headers['content-language'], code, path);
      assert.ok(res.text.includes(word), `${code} ${path}`);
    }
});

test('Accept-Language chooses among all of them', async () => {
  for (const code of codes) {
    const res = await server.get('/', { headers: { 'accept-language': `xx, ${code};q=0.9, en;q=0.1` } });
    assert.ok(res.text.includes(`<html lang="${code}"`), code);
  }
  const res = await server.get('/', { headers: { 'accept-language': 'ar-SY, sv;q=0.5' } });
  assert.ok(res.text.includes('<html lang="ar" dir="rtl">'));
});

test('the menu has every language by its own name, Swedish first', async () => {
  for (const code of codes) {
    const { text } = await server.get(`/lamna?lang=${code}`);
    const links = [...text.matchAll(/<a href="\?lang=([^"]+)" lang="([^"]+)" hreflang="[^"]+" dir="([^"]+)"( aria-current="true")?>([^<]+)</g)];
    assert.deepEqual(links.map((m) => m[1]), inMenu);
    for (const [, href, lang, dir, current, name] of links) {
      assert.equal(href, lang);
      assert.equal(dir, languages[lang].dir ?? 'ltr');
      assert.equal(name, languages[lang].name);
      assert.equal(Boolean(current), lang === code);
    }
  }
});

test('what no speaker has read says so, in Swedish and in the language', async () => {
  const own = {};
  for (const [code, { unreviewed = false }] of Object.entries(languages)) {
    const { text } = await server.get(`/om?lang=${code}`);
    const [, said] = /<div class="unreviewed">\s*<p>([^<]+)<\/p>\s*<p lang="sv" dir="ltr">([^<]+)<\/p>/.exec(text) ?? [];
    assert.equal(text.includes(notice), unreviewed, code);
    assert.equal(Boolean(said), unreviewed, code);
    if (said) own[said] = code;
  }
  assert.equal(Object.keys(own).length, 4, 'each in its own words');
});

async function submit(lang) {
  const { text } = await server.get(`/lamna?lang=${lang}`);
  const form = readForm(text);
  assert.equal(form.fields.language, lang);
  const res = await server.post('/lamna', { form: { ...form.fields, text: 'Lampan är släckt',
    category: 'gatubelysning', email: `anna.${lang}@example.se` } });
  assert.equal(res.status, 303, visible(res.text).slice(0, 300));
  const [, number, code] = /^\/kvitto\/([^/]+)\/([^/]+)$/.exec(res.headers.location);
  return { number, code, id: number.split('-')[1], email: `anna.${lang}@example.se` };
}

test('a case has the language of its page, and so has its letter', async () => {
  const words = { sv: /senast [a-zåö]+dag \d+ \w+ 20\d\d/, en: /by \w+day \d+ \w+ 20\d\d/,
    fi: /viimeistään \w+ \d+\. \w+kuuta 20\d\d/u, fit: /viimistään \w+ \d+\. \w+kuuta 20\d\d/u,
    se: /maŋimustá \S+ \S+mánu \d+\. b\. 20\d\d/u, 'sv-x-easy': /senast [a-zåö]+dag \d+ \w+ 20\d\d/,
    ar: /أقصاه \u2068\u2068\S+\u2069 \u2068\d+\u2069 \u2068\S+\u2069 \u206820\d\d\u2069\u2069/u };
  const subjects = new Set();

  for (const lang of codes) {
    const c = await submit(lang);
    const [row] = await server.sql(`SELECT language FROM synpunkt."case" WHERE id = ${c.id}`);
    assert.equal(row.language, lang);
    const letter = await eventually('the letter', () => sink.letters.find((l) => l.to === c.email));
    const { headers, body } = readLetter(letter.text);
    assert.equal(headers['content-language'], lang);
    assert.match(body, words[lang]);
    assert.ok(headers.subject.includes(c.number), headers.subject);
    subjects.add(headers.subject.replace(c.number, ''));
  }
  assert.equal(subjects.size, codes.length, [...subjects].join());
});

/* After Arabic words "2026-104233" alone would be shown as "104233-2026". */
test('numbers and codes keep their order on a right-to-left page', async () => {
  const c = await submit('ar');
  const receipt = (await server.get(`/kvitto/${c.number}/${c.code}?lang=ar`)).text;
  for (const word of [c.number, c.code])
    assert.ok(receipt.includes(`<bdi dir="ltr">${word}</bdi>`), word);
  const follow = (await server.get(`/folj/${c.number}/${c.code}?lang=ar`)).text;
  assert.ok(follow.includes(`<h1>القضية \u2068${c.number}\u2069</h1>`));
  assert.match(follow, /<p class="said" dir="auto">Lampan är släckt<\/p>/);
  assert.match(follow, /<bdi lang="sv">Trafiknämnden<\/bdi>/);
});

test('names of categories come in the language asked for, else in Swedish', async () => {
  const names = { '': 'Gatubelysning', sv: 'Gatubelysning', en: 'Street lights', fi: 'Katuvalaistus',
    fit: 'Katuvalo', se: 'Gáhttačuovggat', 'sv-x-easy': 'Gatubelysning', ar: 'إنارة الشوارع', so: 'Gatubelysning' };
  for (const [lang, name] of Object.entries(names)) {
    const res = await server.get(`/api/v1/categories?limit=200${lang && `&lang=${lang}`}`,
      { headers: { 'accept-language': 'en' } });
    assert.equal(res.status, 200);
    const found = res.json.items.find((c) => c.code === 'gatubelysning');
    assert.equal(found.name, name, lang);
    assert.ok(found.synonyms.length);
  }
  const fi = (await server.get('/api/v1/categories?limit=200&lang=fi')).json.items;
  assert.equal(fi.find((c) => c.code === 'gatubelysning').area, 'Liikenne ja kadut');
  const boards = (await server.get('/api/v1/boards?limit=200&lang=fi')).json.items;
  assert.ok(boards.some((b) => b.name === 'Trafiknämnden'), 'a board keeps its official name');
});

test('pages link to sign language and reading aloud when the city has set them', async () => {
  for (const word of ['Teckenspråk', 'Få sidan uppläst'])
    assert.ok(!(await server.get('/?lang=sv')).text.includes(`>${word}</a>`));
  const other = await startServer({ env: {
    SYNPUNKT_SIGN_LANGUAGE_URL: 'https://stad.example/teckensprak?a=1&b=2',
    SYNPUNKT_READ_ALOUD_URL: 'https://uppl.example/' } });
  try {
    for (const path of ['/', '/lamna', '/folj', '/om', '/finns-inte']) {
      const { text } = await other.get(`${path}?lang=sv`, { headers: html });
      assert.ok(text.includes('<a href="https://stad.example/teckensprak?a=1&amp;b=2">Teckenspråk</a>'), path);
      assert.ok(text.includes('<a href="https://uppl.example/">Få sidan uppläst</a>'), path);
    }
    assert.ok((await other.get('/?lang=ar')).text.includes('>لغة الإشارة السويدية</a>'));
    const missing = 'Teckenspråk saknas än.';
    assert.ok((await server.get('/tillganglighet?lang=sv')).text.includes(missing));
    assert.ok(!(await other.get('/tillganglighet?lang=sv')).text.includes(missing), 'it is there');
  } finally {
    await other.stop();
  }
});

test('a link that is no web address stops the start', async () => {
  await assert.rejects(startServer({ env: { SYNPUNKT_SIGN_LANGUAGE_URL: 'javascript:alert(1)' } }),
    /SYNPUNKT_SIGN_LANGUAGE_URL/);
});
