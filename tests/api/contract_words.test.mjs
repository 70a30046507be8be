/* Section 1 of the contract: the codes, and the two lists open to all. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { assertProblem } from './contract_kit.mjs';
import { startServer } from './harness.mjs';

let server;
before(async () => { server = await startServer(); });
after(async () => { await server.stop(); });

/* Code, owner, days to acknowledge and to answer, one synonym; in order, by area. */
const catalogue = {
  'Trafik och gata': [
    ['vagskador', 'trafiknamnden', 2, 10, 'hål i gatan'],
    ['gang-och-cykelbana', 'trafiknamnden', 2, 10, 'trottoar'],
    ['snorojning', 'trafiknamnden', 1, 5, 'plogning'],
    ['gatubelysning', 'trafiknamnden', 2, 10, 'lyktstolpe'],
    ['trafiksignal-skylt', 'trafiknamnden', 1, 5, 'rödljus'],
    ['trafiksakerhet', 'trafiknamnden', 2, 10, 'farthinder'],
    ['gatuparkering', 'trafiknamnden', 2, 10, 'boendeparkering'],
    ['gatuarbete', 'trafiknamnden', 2, 10, 'schakt']],
  'Park, natur, renhållning': [
    ['park', 'district', 2, 10, 'blommor'],
    ['lekplats', 'district', 1, 5, 'gungor'],
    ['stadning', 'trafiknamnden', 2, 5, 'råttor'],
    ['klotter', 'trafiknamnden', 2, 5, 'graffiti'],
    ['bad-och-natur', 'district', 2, 10, 'brygga']],
  'Avfall och vatten': [
    ['sophamtning', 'stockholm-vatten-och-avfall', 2, 5, 'sopbil'],
    ['atervinning', 'stockholm-vatten-och-avfall', 2, 10, 'grovsopor'],
    ['vatten-och-avlopp', 'stockholm-vatten-och-avfall', 1, 5, 'läcka']],
  'Miljö och tillsyn': [
    ['buller-och-inomhusmiljo', 'miljo-och-halsoskyddsnamnden', 2, 10, 'mögel'],
    ['livsmedel', 'miljo-och-halsoskyddsnamnden', 2, 10, 'matförgiftning']],
  'Bygga och planera': [
    ['bygglov', 'stadsbyggnadsnamnden', 2, 10, 'grannhörande'],
    ['detaljplan', 'stadsbyggnadsnamnden', 2, 10, 'nytt bygge'],
    ['byggprojekt', 'exploateringsnamnden', 2, 10, 'sprängning']],
  Förskola: [
    ['forskola-verksamhet', 'district', 1, 10, 'barngrupp'],
    ['forskola-plats', 'district', 2, 10, 'placering']],
  Skola: [
    ['skola-undervisning', 'utbildningsnamnden', 1, 10, 'betyg'],
    ['skola-trygghet', 'utbildningsnamnden', 1, 5, 'mobbning'],
    ['fritids-mat-skjuts', 'utbildningsnamnden', 1, 10, 'skolkort'],
    ['skollokaler', null, 2, 10, 'klassrum']],
  'Vuxenutbildning, arbete': [
    ['vuxenutbildning-arbete', 'arbetsmarknadsnamnden', 2, 10, 'praktik']],
  Äldreomsorg: [
    ['hemtjanst', 'district', 1, 10, 'uteblivet besök'],
    ['aldreboende', 'district', 1, 10, 'bemanning'],
    ['trygghetslarm-dagverksamhet', 'district', 1, 5, 'larm svarar ej'],
    ['halso-och-sjukvard-boende', 'district', 1, 5, 'läkemedel']],
  Funktionsnedsättning: [
    ['lss', 'district', 1, 10, 'gruppbostad'],
    ['socialpsykiatri', 'district', 1, 10, 'boendestöd']],
  Socialtjänst: [
    ['ekonomiskt-bistand', 'district', 1, 10, 'försörjningsstöd'],
    ['barn-unga-familj', 'district', 1, 10, 'umgänge'],
    ['missbruk-vald-hemloshet', null, 1, 10, 'härbärge'],
    ['serveringstillstand-radgivning', 'socialnamnden', 2, 10, 'krog']],
  'God man': [['god-man', 'overformyndarnamnden', 2, 10, 'arvode']],
  Boende: [
    ['bostadsko', 'bostadsformedlingen-i-stockholm', 2, 10, 'kötid'],
    ['hyresratt-skotsel', null, 2, 5, 'tvättstuga'],
    ['hyresratt-storning', null, 1, 5, 'störningsjour']],
  'Kultur, idrott, fritid': [
    ['bibliotek', 'kulturnamnden', 2, 10, 'öppettider'],
    ['kulturskola-museum-teater', 'kulturnamnden', 2, 10, 'kurs'],
    ['simhall-idrottshall', 'idrottsnamnden', 2, 10, 'isbana'],
    ['fritidsgard', 'district', 2, 10, 'ungdomsgård']],
  'Staden som myndighet': [
    ['bemotande-kontakt', 'servicenamnden', 2, 10, 'svarar inte'],
    ['webb-etjanst-tillganglighet', 'kommunstyrelsen', 1, 5, 'skärmläsare']],
};

const all = (path) => server.get(`${path}${path.includes('?') ? '&' : '?'}limit=200`)
  .then((res) => res.json.items);

test('there are 48 categories, in the order of the catalogue', async () => {
  const codes = Object.values(catalogue).flat().map((row) => row[0]);
  assert.equal(codes.length, 48);
  assert.deepEqual((await all('/api/v1/categories')).map((c) => c.code), codes);
});

test('each category has its members and no other', async () => {
  for (const c of await all('/api/v1/categories'))
    assert.deepEqual(Object.keys(c).sort(),
      ['acknowledgeDays', 'answerDays', 'area', 'code', 'name', 'owner', 'synonyms']);
});

for (const [area, rows] of Object.entries(catalogue))
  test(`the categories of ${area} have owner, days and synonyms`, async () => {
    const known = new Map((await all('/api/v1/categories')).map((c) => [c.code, c]));
    for (const [code, owner, acknowledge, answer, synonym] of rows) {
      const c = known.get(code);
      assert.equal(c.area, area, code);
      assert.deepEqual([c.acknowledgeDays, c.answerDays], [acknowledge, answer], code);
      if (owner) assert.equal(c.owner, owner, code);
      assert.ok(c.synonyms.includes(synonym), `${code}: ${c.synonyms}`);
      assert.ok(c.name.length > 0);
    }
  });

const boards = ['kommunstyrelsen', 'arbetsmarknadsnamnden', 'exploateringsnamnden',
  'fastighetsnamnden', 'idrottsnamnden', 'kulturnamnden', 'kyrkogardsnamnden',
  'miljo-och-halsoskyddsnamnden', 'servicenamnden', 'socialnamnden',
  'stadsbyggnadsnamnden', 'trafiknamnden', 'utbildningsnamnden', 'valnamnden',
  'aldrenamnden', 'overformyndarnamnden', 'bromma-stadsdelsnamnd',
  'farsta-stadsdelsnamnd', 'hagersten-alvsjo-stadsdelsnamnd',
  'hasselby-vallingby-stadsdelsnamnd', 'jarva-stadsdelsnamnd', 'svenska-bostader',
  'familjebostader', 'stockholmshem', 'stockholm-vatten-och-avfall', 'stokab', 'dispatch'];

test('the boards have codes made from their names', async () => {
  const items = await all('/api/v1/boards');
  const codes = items.map((b) => b.code);
  for (const code of boards) assert.ok(codes.includes(code), code);
  assert.equal(new Set(codes).size, codes.length, 'each once');
  for (const b of items) assert.match(b.code, /^[a-z0-9]+(-[a-z0-9]+)*$/);
});

test('a code is its name in lower case, without AB, with a and o and hyphens', async () => {
  for (const { code, name } of await all('/api/v1/boards')) {
    if (code === 'dispatch') continue;
    const made = name.toLowerCase().split(/\s+/).filter((w) => w !== 'ab').join(' ')
      .replace(/[åä]/g, 'a').replace(/ö/g, 'o').replace(/é/g, 'e')
      .replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
    assert.equal(code, made, name);
  }
});

test('a board has code and name', async () => {
  for (const b of await all('/api/v1/boards'))
    assert.deepEqual(Object.keys(b).sort(), ['code', 'name']);
});

test('each owner of a category is a board, or the district', async () => {
  const codes = new Set((await all('/api/v1/boards')).map((b) => b.code));
  for (const c of await all('/api/v1/categories'))
    assert.ok(c.owner === 'district' || codes.has(c.owner), `${c.code}: ${c.owner}`);
});

test('boards that ended in 2023 are not offered', async () => {
  const codes = (await all('/api/v1/boards')).map((b) => b.code);
  for (const old of ['norrmalms-stadsdelsnamnd', 'rinkeby-kista-stadsdelsnamnd',
    'spanga-tensta-stadsdelsnamnd', 'ostermalms-stadsdelsnamnd'])
    assert.ok(!codes.includes(old), old);
});

/* Lists. ------------------------------------------------------------------------- */

for (const path of ['/api/v1/categories', '/api/v1/boards']) {
  test(`${path} answers items and next, and is JSON in UTF-8`, async () => {
    const res = await server.get(path);
    assert.equal(res.status, 200);
    assert.match(res.headers['content-type'], /^application\/json/);
    assert.deepEqual(Object.keys(res.json).sort(), ['items', 'next']);
  });

  test(`${path} pages from start to end without loss or repetition`, async () => {
    const whole = await all(path);
    for (const limit of [1, 7, whole.length - 1, whole.length, 200]) {
      const seen = [];
      let next = null;
      let pages = 0;
      do {
        const after = next === null ? '' : `&after=${encodeURIComponent(next)}`;
        const { json } = await server.get(`${path}?limit=${limit}${after}`);
        assert.ok(json.items.length <= limit);
        assert.equal(typeof (json.next ?? ''), 'string');
        seen.push(...json.items);
        ({ next } = json);
        assert.ok(++pages <= whole.length, 'it ends');
      } while (next !== null);
      assert.deepEqual(seen, whole, `limit ${limit}`);
      assert.equal(pages, Math.ceil(whole.length / limit));
    }
  });

  test(`${path} takes a limit of 1 to 200 and nothing else`, async () => {
    for (const limit of ['0', '201', '-1', '1.5', 'x', '', '1e2', '99999999999999999999', '+5',
      '%205', '5x'])
      assertProblem(await server.get(`${path}?limit=${limit}`), 422, ['limit']);
    for (const limit of ['1', '200'])
      assert.equal((await server.get(`${path}?limit=${limit}`)).status, 200);
  });

  test(`${path} refuses a cursor that is none`, async () => {
    for (const cursor of ['nonsense', '%00', 'AAAA', '-1', '', 'x'.repeat(3000)]) {
      const res = await server.get(`${path}?after=${cursor}`);
      assert.ok([200, 400, 422].includes(res.status), `${cursor}: ${res.status}`);
      if (res.status !== 200) assertProblem(res, res.status);
    }
  });

  test(`${path} ignores query names it does not know`, async () => {
    const res = await server.get(`${path}?colour=red&limit=2&x`);
    assert.equal(res.status, 200);
    assert.equal(res.json.items.length, 2);
  });
}

test('50 is the default', async () => {
  const { json } = await server.get('/api/v1/categories');
  assert.equal(json.items.length, 48);
  assert.equal(json.next, null);
});
