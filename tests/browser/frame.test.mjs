/* The form in a frame of another site's page: whose page may, what is in the frame, and
 * what can never be in one. */
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';

import { eventually, freePort, startServer } from '../api/harness.mjs';
import { axeSource, closeBrowser, formEnv, lookAt, makeCase, openTab } from './browser.mjs';

const send = 'form#synpunkt section:last-of-type button';
const preset = '/lamna?ram=1&lang=en&category=lekplats&unit=Vasaparken';

let server;
let city;
let stranger;

/* A page that frames whatever address it is given; localhost, so another site than
 * 127.0.0.1, where the server is. */
async function parentSite(port = 0) {
  const site = http.createServer((req, res) => {
    const src = new URL(req.url, 'http://localhost').searchParams.get('src') ?? 'about:blank';
    res.setHeader('content-type', 'text/html; charset=utf-8');
    res.end(`<!DOCTYPE html><html lang="sv"><title>Vasaparken</title><h1>Vasaparken</h1>
      <iframe id="form" title="Lämna en synpunkt" width="360" height="800"
        src="${src.replaceAll('&', '&amp;')}"></iframe>`);
  });
  await new Promise((done) => { site.listen(port, '127.0.0.1', done); });
  site.origin = `http://localhost:${site.address().port}`;
  return site;
}

before(async () => {
  city = await parentSite(await freePort());
  stranger = await parentSite();
  server = await startServer({ env: { ...formEnv,
    SYNPUNKT_FRAME_ANCESTORS: `https://stad.example ${city.origin}` } });
});
after(async () => {
  await closeBrowser();
  await server?.stop();
  city?.close();
  stranger?.close();
});

const framing = (site, path) => `${site.origin}/?src=${encodeURIComponent(server.url + path)}`;

/* The frame's document once it has loaded: ours, or the browser's own about refusing. */
async function framed(tab, site, path) {
  const refused = [];
  tab.on('console', (m) => { if (/frame-ancestors/.test(m.text())) refused.push(m.text()); });
  await tab.goto(framing(site, path));
  const frame = await (await tab.$('#form')).contentFrame();
  await frame.waitForLoadState();
  return { frame, shown: await frame.locator('main').count() > 0, refused };
}

test('the city’s page frames the form, preset; it is sent and the receipt stays there', async () => {
  const tab = await openTab(server, { width: 400 });
  const { frame } = await framed(tab, city, preset);

  assert.equal(await frame.locator('html').getAttribute('lang'), 'en');
  assert.equal(await frame.locator('#category').inputValue(), 'lekplats');
  assert.equal(await frame.locator('#unit').inputValue(), 'Vasaparken');
  assert.equal(await frame.locator('header, nav, footer.site').count(), 0);
  await frame.fill('#text', 'The swing is broken.');
  await frame.click(send);
  await frame.waitForURL('**/kvitto/**');
  assert.equal(await frame.locator('header, nav, footer.site').count(), 0);
  assert.equal(await frame.locator('html').getAttribute('lang'), 'en', 'without a cookie');
  assert.equal(tab.url(), framing(city, preset), 'the city’s page is still around it');
  const number = await frame.locator('.slip .code').first().textContent();
  const [row] = await server.sql(`SELECT category FROM synpunkt.case
    WHERE id = ${number.split('-')[1]}`);
  assert.equal(row.category, 'lekplats');

  await frame.click('a[target=_self]');
  await frame.waitForURL('**/lamna?ram=1&lang=en');
  assert.equal(await frame.locator('header').count(), 0, 'another one, in the frame');
  await frame.evaluate(() => window.history.back());
  await frame.waitForURL('**/kvitto/**');
  await Promise.all([tab.waitForURL('**/folj/**'), frame.click('.slip .button')]);
  assert.equal(await tab.locator('header.site').count(), 1, 'followed in the whole window');
});

test('faults are shown in the frame and have the focus; nothing typed is lost', async () => {
  const tab = await openTab(server, { width: 400 });
  const { frame } = await framed(tab, city, '/lamna?ram=1');

  await frame.fill('#text', 'Gungan är trasig.');
  await frame.fill('#email', 'eva@');
  await frame.click(send);
  await frame.waitForSelector('#fel');
  assert.equal(await frame.locator('#text').inputValue(), 'Gungan är trasig.');
  assert.equal(await frame.locator('header').count(), 0);
  await eventually('the summary has the focus', () =>
    frame.evaluate(() => document.activeElement.id === 'fel'));
  await frame.click('#fel a');
  assert.equal(await frame.evaluate(() => document.activeElement.id), 'email');
  await frame.fill('#email', '');
  await frame.click(send);
  await frame.waitForURL('**/kvitto/**');
});

test('without script and without ?ram=1 it is the same: the browser says that it is a frame', async () => {
  const tab = await openTab(server, { width: 400, javaScriptEnabled: false });
  const { frame } = await framed(tab, city, '/lamna?unit=Vasaparken');

  assert.equal(await frame.locator('header').count(), 0);
  await frame.fill('#text', 'Gungan är trasig.');
  await frame.click(send);
  await frame.waitForURL('**/kvitto/**');
  assert.equal(await frame.locator('header').count(), 0);
});

test('the frame leads to the form in a window of its own, as it was preset', async () => {
  const tab = await openTab(server, { width: 400 });
  const { frame } = await framed(tab, city, preset);

  await Promise.all([tab.waitForURL('**/lamna?*'), frame.click('footer.framed a')]);
  assert.equal(tab.url(), `${server.url}/lamna?category=lekplats&unit=Vasaparken&lang=en`);
  assert.equal(await tab.locator('header.site').count(), 1);
  assert.equal(await tab.locator('#unit').inputValue(), 'Vasaparken');
});

test('a page that is not on the list frames nothing', async () => {
  const tab = await openTab(server);
  const { shown, refused } = await framed(tab, stranger, '/lamna?ram=1');

  assert.equal(shown, false);
  assert.equal(refused.length, 1);
});

test('the city’s own page frames nothing but the form and its receipt', async () => {
  const made = await makeCase(server);
  const child = await makeCase(server, {}, '/lamna/barn');
  const tab = await openTab(server);

  for (const path of ['/', '/om', '/folj', made.follow, '/lamna/barn', child.receipt, '/desk/',
    '/statistik/', '/diarium/', '/affischer/', '/finns-inte', '/kvitto/2026-1/AAAA-BBBB-CCCC',
    '/api/v1/categories']) {
    const { headers } = await server.get(`${path}?ram=1`);
    assert.match(headers['content-security-policy'], /frame-ancestors 'none'/, path);
    assert.equal(headers['x-frame-options'], 'DENY', path);
  }
  for (const path of ['/folj?ram=1', '/desk/', `${made.follow}?ram=1`])
    assert.equal((await framed(tab, city, path)).shown, false, path);
});

test('what may be framed says so in one way, and is the whole page outside of a frame', async () => {
  const made = await makeCase(server);

  for (const path of ['/lamna', made.receipt]) {
    const { headers, text } = await server.get(path);
    assert.match(headers['content-security-policy'],
      new RegExp(`; frame-ancestors https://stad\\.example ${city.origin}$`), path);
    assert.equal(headers['x-frame-options'], undefined, path);
    assert.match(headers.vary, /Sec-Fetch-Dest/);
    assert.match(text, /<header class="site">/);
    assert.doesNotMatch(text, /<base/);
  }
});

test('a unit is preset by its code, and shown by its name', async () => {
  const [unit] = await server.sql('SELECT code, name FROM synpunkt.unit ORDER BY code LIMIT 1');
  const { text } = await server.get(`/lamna?unit=${unit.code}`);

  assert.match(text, new RegExp(`name="unit"[^>]* value="${unit.name}"`));
});

test('in the frame it is accessible, at the width of a telephone, light and dark', async () => {
  for (const scheme of ['light', 'dark']) {
    const tab = await openTab(server, { width: 320, scheme });
    await tab.addInitScript({ content: axeSource });
    await tab.goto('/lamna?ram=1');
    assert.deepEqual(await lookAt(tab), { faults: [], wide: 320, small: [] });
  }
});

test('without the setting nobody frames the form, and ?ram=1 changes nothing', async () => {
  const other = await startServer({ env: formEnv });
  const { headers, text } = await other.get('/lamna?ram=1', { headers: { 'sec-fetch-dest': 'iframe' } });

  await other.stop();
  assert.match(headers['content-security-policy'], /frame-ancestors 'none'/);
  assert.equal(headers['x-frame-options'], 'DENY');
  assert.match(text, /<header class="site">/);
});

test('an origin that is none stops the start', async () => {
  const other = await startServer({ wait: false,
    env: { SYNPUNKT_FRAME_ANCESTORS: 'https://stad.example/ *' } });

  assert.equal((await other.exited).code, 1);
  assert.match(other.log, /SYNPUNKT_FRAME_ANCESTORS: expected origins/);
});
