/* /karta and its RSS: the list that needs no script. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { eventually, startServer } from './harness.mjs';

let server;
let total;
before(async () => {
  server = await startServer({ env: { SYNPUNKT_PUBLIC_URL: 'https://synpunkt.example',
    SYNPUNKT_TILE_URL: 'https://kartor.example/{z}/{x}/{y}.png', SYNPUNKT_TILE_CREDIT: '© Kartor & "Co"' } });
  await eventually('the demonstration’s cases are on the map', async () => (await server.sql(
    'SELECT 1 FROM synpunkt.map_sweep WHERE after_id IS NULL')).length);
  const send = (json) => server.post('/api/v1/cases', { json });
  for (let i = 0; i < 30; i++)
    await send({ text: 'zebrafink', category: i % 3 ? 'park' : 'klotter', place: { lat: 59.25 + i * 1e-4, lon: 18.09 } });
  await eventually('the new ones, too', async () => (await server.sql(`SELECT 1 FROM synpunkt.public_case p
    JOIN synpunkt.case_content t ON t.case_id = p.case_id AND t.body = 'zebrafink'`)).length === 30);
  total = Number((await server.sql('SELECT count(*) AS n FROM synpunkt.public_case'))[0].n);
});
after(() => server.stop());

const get = async (where, lang = 'sv') => {
  const res = await server.get(where, { headers: { 'accept-language': lang } });
  assert.equal(res.status, 200, res.text);
  return res.text;
};
const itemsOf = (html) => [...html.matchAll(/<li><strong>([^<]+)<\/strong> <span[^>]*>([^<]+)<\/span> <span class="n"><time datetime="([^"]+)">[^<]+<\/time> · ([^<]+)<\/span>/g)]
  .map(([, category, district, month, status]) => ({ category, district, month, status }));
const nextOf = (html) => /href="([^"]+)" rel="next"/.exec(html)?.[1].replaceAll('&amp;', '&');

test('page by page the list has every public case once', async () => {
  let where = '/karta';
  let n = 0;
  let pages = 0;
  while (where) {
    const html = await get(where);
    n += itemsOf(html).length;
    where = nextOf(html);
    pages++;
  }
  assert.equal(n, total);
  assert.equal(pages, Math.ceil(total / 25));
});

test('it tells subject, district, month and state, and nothing that was written', async () => {
  const html = await get('/karta?category=park&district=farsta');
  const items = itemsOf(html);
  assert.ok(items.length >= 20);
  const month = (await server.sql("SELECT to_char(synpunkt.today(), 'YYYY-MM') AS m"))[0].m;
  assert.deepEqual(items[0], { category: 'Park, gräs, planteringar', district: 'Farsta', month, status: 'pågår' });
  assert.ok(items.every((i) => i.category === items[0].category && i.district === 'Farsta'));
  assert.ok(!html.includes('zebrafink') && !/20\d\d-1\d{5}/.test(html));
  assert.match(html, /<option value="park" selected>/);
});

test('it can be narrowed, and links go on with what was chosen', async () => {
  for (const [query, sql] of [['category=klotter', "category = 'klotter'"], ['status=closed', 'closed_on IS NOT NULL'],
    ['status=open&category=park', "closed_on IS NULL AND category = 'park'"], ['district=sodermalm', "district = 'sodermalm'"],
    ['status=closed&district=bromma&category=park', "closed_on IS NOT NULL AND district = 'bromma' AND category = 'park'"],
    ['category=&status=&district=', 'true'], ['category=nothing', 'false'], ['status=nonsense', 'true']]) {
    let n = 0;
    for (let where = `/karta?${query}`; where; ) {
      const html = await get(where);
      n += itemsOf(html).length;
      where = nextOf(html);
    }
    const [{ count }] = await server.sql(`SELECT count(*) FROM synpunkt.public_case WHERE ${sql}`);
    assert.equal(n, Number(count), query);
  }
  const html = await get('/karta?category=park&status=open');
  assert.match(html, /href="\/karta\/rss\?category=park&amp;status=open"/);
  const data = /href="(\/api\/v1\/map\?bbox[^"]+)"/.exec(html)[1].replaceAll('&amp;', '&');
  const { features } = JSON.parse((await server.get(data)).text);
  const [{ count }] = await server.sql("SELECT count(*) FROM synpunkt.public_case WHERE category = 'park' AND closed_on IS NULL");
  assert.equal(features.reduce((sum, f) => sum + (f.properties.count ?? 1), 0), Number(count));
  assert.doesNotMatch(await get('/karta?category=x%22%3E%3Cscript%3E'), /<script>/);
  assert.match(await get('/karta?category=nothing'), /role="status"/);
});

test('only categories that are mapped are offered', async () => {
  const html = await get('/karta');
  assert.match(html, /<option value="gatubelysning"/);
  for (const code of ['bibliotek', 'god-man', 'gatuparkering'])
    assert.ok(!html.includes(`<option value="${code}"`), code);
});

test('RSS 2.0 with the same filters, by key and never by number', async () => {
  const res = await server.get('/karta/rss?category=klotter', { headers: { 'accept-language': 'en' } });
  assert.equal(res.headers['content-type'], 'application/rss+xml; charset=utf-8');
  assert.equal(res.headers['cache-control'], 'public, max-age=300');
  const text = res.text;
  assert.ok(text.startsWith('<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"'));
  assert.match(text, /<channel>\s*<title>[^<]+<\/title>\s*<link>https:\/\/synpunkt\.example\/karta\?category=klotter<\/link>/);
  assert.match(text, /<language>en<\/language>/);
  const items = [...text.matchAll(/<item>\s*<title>([^<]+)<\/title>\s*<link>[^<]+<\/link>\s*<description>([^<]+)<\/description>\s*<guid isPermaLink="false">([\w-]{22})<\/guid>\s*<\/item>/g)];
  assert.equal(items.length, text.split('<item>').length - 1);
  assert.ok(items.length >= 10 && items.length <= 50);
  const keys = await server.sql("SELECT key FROM synpunkt.public_case WHERE category = 'klotter' ORDER BY case_id DESC LIMIT 50");
  assert.deepEqual(items.map((i) => i[3]), keys.map((k) => k.key));
  assert.ok(!text.includes('zebrafink'));
  assert.doesNotMatch(text, /&(?!amp;|lt;|gt;|quot;|#)/);
});

test('pictures from elsewhere are let in where a map is, and nothing but pictures', async () => {
  const { headers, text } = await server.get('/karta');
  const policy = headers['content-security-policy'];
  assert.match(policy, /img-src 'self' data: https:\/\/kartor\.example;/);
  assert.equal(policy.split('https:').length, 2);
  assert.doesNotMatch(policy, /unsafe/);
  assert.match(text, /data-tiles="https:\/\/kartor\.example\/\{z\}\/\{x\}\/\{y\}\.png"/);
  assert.match(text, /data-credit="© Kartor &amp; &quot;Co&quot;"/);
  assert.doesNotMatch((await server.get('/')).headers['content-security-policy'], /https:/);
});

test('the start page leads there', async () => {
  assert.match(await get('/'), /href="\/karta"/);
});
