/* The month in figures in Chromium: what every page must hold, and that it prints. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { HtmlValidate, StaticConfigLoader } from 'html-validate';

import { ctl, eventually, startServer } from '../api/harness.mjs';
import { localDay, makeLives, nextMonth, storeLives } from '../api/lives.mjs';
import { newColleague } from '../api/staff.mjs';
import { axeSource, closeBrowser, nuCheck, openTab } from './browser.mjs';

let server;
let pages;
let clients;

before(async () => {
  const days = JSON.parse((await ctl(['due', '--list', '2020', '2035', '--json'])).stdout);
  server = await startServer();
  await storeLives(server, makeLives(600, 11, new Map(days.map((d) => [d.date, d.workingDay]))));
  clients = { secretary: await newColleague(server, 'nils', 'board-secretary@trafiknamnden'),
    analyst: await newColleague(server, 'alva', 'analyst') };
  await eventually('all is counted', async () => (await server.sql(`SELECT (SELECT count(*)
    FROM synpunkt.case) = (SELECT count(*) FROM synpunkt.statistic_case) AS done`))[0].done === 't', 60000);
  const month = localDay(Date.now()).slice(0, 7);
  pages = [
    { name: 'list of months', who: 'secretary', path: '/statistik/' },
    { name: 'list of boards', who: 'analyst', path: '/statistik/' },
    { name: 'a full month', who: 'secretary', path: `/statistik/trafiknamnden/${nextMonth(month, -2)}` },
    { name: 'the running month', who: 'secretary', path: `/statistik/trafiknamnden/${month}` },
    { name: 'an empty month', who: 'secretary', path: `/statistik/trafiknamnden/${nextMonth(month, -90)}` },
    { name: 'the city', who: 'analyst', path: `/statistik/staden/${nextMonth(month, -1)}` },
  ];
});
after(async () => {
  await closeBrowser();
  await server?.stop();
  assert.doesNotMatch(server?.log ?? '', /Sanitizer|runtime error|page_failed/);
});

async function eachPage(options, look) {
  const tab = await openTab(server, options);
  try {
    for (const page of pages) {
      await tab.context().clearCookies();
      const [name, value] = clients[page.who].cookie.split('=');
      await tab.context().addCookies([{ name, value, url: server.url }]);
      const res = await tab.goto(page.path);
      assert.equal(res.status(), 200, page.name);
      await look(tab, page, res);
    }
  } finally {
    await tab.context().close();
  }
}

for (const [width, scheme, lang] of [[320, 'light', 'sv'], [1280, 'dark', 'sv'],
  [320, 'dark', 'en'], [1280, 'light', 'en']])
  test(`axe has nothing to say, nothing is too wide: ${width} px, ${scheme}, ${lang}`, async () => {
    await eachPage({ width, scheme, lang }, async (tab, page) => {
      await tab.evaluate(axeSource);
      const { violations } = await tab.evaluate(() => window.axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      }));
      assert.deepEqual(violations.map((v) =>
        `${v.id}: ${v.nodes.map((n) => n.target).join(' ')}`), [], page.name);
      const wide = await tab.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${page.name} is ${wide} px wide at ${width}`);
      const small = await tab.evaluate(() => [...document.querySelectorAll('main a')]
        .map((e) => e.getBoundingClientRect()).filter((b) => b.height < 43.9 || b.width < 43.9).length);
      assert.equal(small, 0, page.name);
    });
  });

test('html-validate and the Nu checker find no errors, and nothing is inline', async () => {
  const validate = new HtmlValidate(new StaticConfigLoader({
    extends: ['html-validate:recommended', 'html-validate:a11y'],
    rules: { 'no-trailing-whitespace': 'off', 'void-style': 'off', 'long-title': 'off' } }));
  const found = {};
  for (const lang of ['sv', 'en'])
    await eachPage({ lang, javaScriptEnabled: false }, async (tab, page, res) => {
      const html = await res.text();
      found[`${lang} ${page.name}`] = html;
      const report = await validate.validateString(html, `${page.name}.html`);
      assert.deepEqual(report.results.flatMap((r) => r.messages)
        .map((m) => `${m.line}: ${m.ruleId} ${m.message}`), [], `${lang} ${page.name}`);
      assert.doesNotMatch(html, / style=|<style|<script(?! src)/, page.name);
    });
  assert.deepEqual(await nuCheck(found), []);
});

test('the page says what the API says', async () => {
  const { path } = pages[2];
  const { json } = await clients.secretary.get(
    `/api/v1/statistics?board=trafiknamnden&month=${path.split('/')[3]}`);
  const tab = await openTab(server);
  const [name, value] = clients.secretary.cookie.split('=');
  await tab.context().addCookies([{ name, value, url: server.url }]);
  await tab.goto(path);
  const cells = async (row) => tab.locator(`tr:has(> th:text-is("${row}")) > td`).allInnerTexts();
  assert.equal((await cells('Inkomna'))[0], `${json.received}`);
  assert.equal((await cells('Öppna'))[0], `${json.open}`);
  assert.equal((await cells('Median, arbetsdagar'))[0], `${json.handlingDays.median}`);
  const { in: inTime, of } = json.answeredInTime;
  assert.match(await tab.locator('section:has(#tid) tbody').first().innerText(),
    new RegExp(`${Math.round(100 * inTime / of)}\u00a0%\\s+${inTime} av ${of}`));
  assert.equal(await tab.locator('section:has(#amnen) tbody tr').count(), json.byCategory.length);
  await tab.click('a[rel=prev]');
  assert.match(tab.url(), /\/statistik\/trafiknamnden\/\d{4}-\d\d$/);
  await tab.context().close();
});

test('a month prints on one sheet, without the menus', async () => {
  await eachPage({}, async (tab, page) => {
    await tab.emulateMedia({ media: 'print' });
    assert.ok(!await tab.locator('nav.main').isVisible(), page.name);
    if (page.name !== 'a full month') return;
    const pdf = await tab.pdf({ preferCSSPageSize: true });
    assert.equal(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g).length, 1);
  });
});
