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
  const registrar = await newColleague(server, 'rita', 'registrar@farsta-stadsdelsnamnd');
  await registrar.post('/api/v1/desk/cases', { json: { channel: 'visit', type: 'citizen-proposal', text: 'Ett utegym.',
    district: 'farsta', contact: { name: 'Rut Berg', address: 'Exempelgatan 11' } } });
  await eventually('all is counted', async () => (await server.sql(`SELECT (SELECT count(*)
    FROM synpunkt.case) = (SELECT count(*) FROM synpunkt.statistic_case) AS done`))[0].done === 't', 240000);
  const month = localDay(Date.now()).slice(0, 7);
  const report = `/statistik/trafiknamnden/rapport/${Number(month.slice(0, 4)) - 1}`;
  pages = [
    { name: 'list of months', who: 'secretary', path: '/statistik/' },
    { name: 'list of boards', who: 'analyst', path: '/statistik/' },
    { name: 'a full month', who: 'secretary', path: `/statistik/trafiknamnden/${nextMonth(month, -2)}` },
    { name: 'the running month', who: 'secretary', path: `/statistik/trafiknamnden/${month}` },
    { name: 'an empty month', who: 'secretary', path: `/statistik/trafiknamnden/${nextMonth(month, -90)}` },
    { name: 'a month as today', who: 'secretary', path: `/statistik/trafiknamnden/${nextMonth(month, -2)}?som=idag` },
    { name: 'the city', who: 'analyst', path: `/statistik/staden/${nextMonth(month, -1)}` },
    { name: 'the comparison', who: 'analyst', path: `/statistik/jamfor?month=${nextMonth(month, -2)}` },
    { name: 'citizens’ proposals', who: 'analyst', path: '/statistik/staden/medborgarforslag' },
    { name: 'the reports', who: 'secretary', path: '/statistik/trafiknamnden/rapport' },
    { name: 'a report', who: 'secretary', path: report },
    { name: 'a report’s texts for ILS', who: 'secretary', path: `${report}/ils` },
    { name: 'every board by type', who: 'analyst', path: `/statistik/typer?period=${Number(month.slice(0, 4)) - 1}` },
    { name: 'an empty comparison', who: 'analyst', path: `/statistik/jamfor?month=${nextMonth(month, -90)}` },
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
  const cells = async (section, row) =>
    tab.locator(`section:has(#${section}) tr:has(> th:text-is("${row}")) > td`).allInnerTexts();
  assert.equal((await cells('headline', 'Inkomna'))[0], `${json.received}`);
  assert.equal((await cells('headline', 'Öppna'))[0], `${json.open}`);
  assert.equal((await cells('time', 'Till avslut'))[1], `${json.handlingDays.median}`);
  const { in: inTime, of } = json.answeredInTime;
  assert.match((await cells('time', 'Besvarade i tid'))[0],
    new RegExp(`${Math.round(100 * inTime / of)}\u00a0%\\s+${inTime} av ${of}`));
  await tab.click('a[rel=prev]');
  assert.match(tab.url(), /\/statistik\/trafiknamnden\/\d{4}-\d\d$/);
  await tab.context().close();
});

test('the way to the comparison, to a month before it and to a board’s own, by keyboard', async () => {
  const tab = await openTab(server);
  const [name, value] = clients.analyst.cookie.split('=');
  await tab.context().addCookies([{ name, value, url: server.url }]);
  await tab.goto('/statistik/');
  await tab.getByRole('link', { name: 'Jämför nämnder och bolag' }).focus();
  await tab.keyboard.press('Enter');
  await tab.waitForURL(/\/statistik\/jamfor\?month=/);
  const month = tab.url().split('=')[1];
  await tab.locator('a[rel=prev]').focus();
  await tab.keyboard.press('Enter');
  await tab.waitForURL(new RegExp(`month=${nextMonth(month, -1)}`));
  const row = tab.locator('section:has(#compare-boards) tr', { hasText: 'Trafiknämnden' });
  const received = await row.locator('td').first().innerText();
  await row.getByRole('link').focus();
  await tab.keyboard.press('Enter');
  await tab.waitForURL(`**/statistik/trafiknamnden/${nextMonth(month, -1)}`);
  assert.equal(await tab.locator('section:has(#headline) tbody tr').first().locator('td').first().innerText(), received);
  /* Each picture has a name and is described, and what is drawn stands in a table. */
  await tab.goBack();
  const pictures = await tab.locator('svg.chart').evaluateAll((all) => all.map((e) =>
    [e.getAttribute('role'), e.querySelector('title')?.textContent, e.querySelector('desc')?.textContent]));
  assert.ok(pictures.length > 8, `${pictures.length} pictures`);
  for (const [role, title, desc] of pictures) assert.ok(role === 'img' && title && desc, title);
  await tab.context().close();
});

test('from the comparison to every board by type, on to another period and a board’s reports, by keyboard', async () => {
  const tab = await openTab(server, { width: 390 });
  const [name, value] = clients.analyst.cookie.split('=');
  await tab.context().addCookies([{ name, value, url: server.url }]);
  await tab.goto(pages.find((p) => p.name === 'the comparison').path);
  await tab.getByRole('link', { name: 'Nämnder och bolag efter typ, tertial och år' }).focus();
  await tab.keyboard.press('Enter');
  await tab.waitForURL(/\/statistik\/typer\?period=/);
  const { path } = pages.find((p) => p.name === 'every board by type');
  await tab.locator(`a[href="${path}-t2"]`).focus();
  await tab.keyboard.press('Enter');
  await tab.waitForURL(`**${path}-t2`);
  assert.match(await tab.locator('a[aria-current]', { hasText: 'Tertialrapport 2' }).innerText(), /\d{4}$/);
  /* The names stay where they are while the types go by. */
  const row = tab.locator('tbody th', { hasText: 'Trafiknämnden' });
  const before = (await row.boundingBox()).x;
  await tab.locator('.wide').evaluate((e) => { e.scrollLeft = 200; });
  assert.ok(await tab.locator('.wide').evaluate((e) => e.scrollLeft > 100), 'it is wider than the screen');
  assert.ok(Math.abs((await row.boundingBox()).x - before) < 2);
  await row.getByRole('link').focus();
  await tab.keyboard.press('Enter');
  await tab.waitForURL('**/statistik/trafiknamnden/rapport');
  await tab.context().close();
});

test('a later correction of a frozen month is written on its page, by keyboard', async () => {
  const { path } = pages[2];
  const month = path.split('/')[3];
  assert.equal((await server.ctl(['statistics', '--freeze', '--month', month])).code, 0);
  await server.sql(`INSERT INTO synpunkt.case_event (case_id, seq, at, what, actor, board, codes,
      content, hash)
    SELECT c.id, (SELECT max(e.seq) + 1 FROM synpunkt.case_event e WHERE e.case_id = c.id), now(),
      'changed', 'system', c.board, jsonb_build_object('category', jsonb_build_object('from',
      c.category, 'to', 'badplats')), '{}', sha256('')
    FROM synpunkt.case c WHERE c.board = 'trafiknamnden' AND to_char(c.received_on, 'YYYY-MM') = '${month}'
      AND NOT EXISTS (SELECT FROM synpunkt.case_leg l WHERE l.case_id = c.id AND l.seq > 1) LIMIT 1`);
  await eventually('it is counted', async () => (await server.sql(`SELECT NOT EXISTS (SELECT
    FROM synpunkt.statistic_dirty) AS done`))[0].done === 't', 120000);
  const tab = await openTab(server);
  const [name, value] = clients.secretary.cookie.split('=');
  await tab.context().addCookies([{ name, value, url: server.url }]);
  await tab.goto(path);
  await tab.getByLabel('Varför har siffrorna ändrats?').fill('Ett ärende gällde en badplats');
  await tab.keyboard.press('Tab');
  await tab.keyboard.press('Enter');
  await tab.getByRole('heading', { name: 'Rättelser efter fastställandet' }).waitFor();
  assert.match(await tab.locator('section:has(#rattelser)').innerText(), /Ett ärende gällde en badplats/);
  assert.match(await tab.locator('.state').innerText(), /^Fastställd /);
  await tab.context().close();
});

test('a month prints on few sheets, without the menus', async () => {
  await eachPage({}, async (tab, page) => {
    await tab.emulateMedia({ media: 'print' });
    assert.ok(!await tab.locator('nav.main').isVisible(), page.name);
    if (['the comparison', 'every board by type'].includes(page.name)) {
      await tab.setViewportSize({ width: 703, height: 900 }); /* A4 between its margins */
      const cut = await tab.evaluate(() => [...document.querySelectorAll('.wide')]
        .filter((e) => e.scrollWidth > e.clientWidth + 1).length);
      assert.equal(cut, 0, `nothing of ${page.name} is cut at the edge of the sheet`);
      await tab.setViewportSize({ width: 1280, height: 900 });
    }
    if (page.name !== 'a full month') return;
    assert.ok(!await tab.locator('nav.files').isVisible());
    const pdf = await tab.pdf({ preferCSSPageSize: true });
    const n = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g).length;
    assert.ok(n <= 7, `${n} pages`);
  });
});

test('a report’s texts are copied for ILS by keyboard, and can be selected without script', async () => {
  const { path } = pages.find((p) => p.name === 'a report’s texts for ILS');
  const [name, value] = clients.secretary.cookie.split('=');
  const tab = await openTab(server);
  await tab.context().addCookies([{ name, value, url: server.url }]);
  await tab.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await tab.goto('/statistik/');
  await tab.getByRole('link', { name: 'Rapporter' }).first().focus();
  await tab.keyboard.press('Enter');
  await tab.waitForURL('**/statistik/trafiknamnden/rapport');
  await tab.goto(path);
  const field = tab.getByRole('textbox', { name: 'Indikatorer med årsmål och utfall' });
  const said = await field.inputValue();
  assert.match(said, /^Indikator\tÅrsmål\t.*\tMåluppfyllelse\nBekräftade i tid\tmål saknas\t/);
  await tab.getByRole('button', { name: 'Kopiera: Indikatorer med årsmål och utfall' }).focus();
  await tab.keyboard.press('Enter');
  await tab.getByRole('status').getByText('Kopierat.').waitFor();
  assert.equal(await tab.evaluate(() => navigator.clipboard.readText()), said);
  await tab.context().close();
  const plain = await openTab(server, { javaScriptEnabled: false });
  await plain.context().addCookies([{ name, value, url: server.url }]);
  await plain.goto(path);
  assert.equal(await plain.getByRole('button', { name: /^Kopiera/ }).count(), 0);
  assert.equal(await plain.getByRole('textbox', { name: 'Vad invånarna har sagt' })
    .getAttribute('readonly'), '');
  await plain.context().close();
});
