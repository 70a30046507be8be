/* The register of a board as pages: without script, on paper, for every eye. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';

import { HtmlValidate, StaticConfigLoader } from 'html-validate';

import { eventually, startServer } from '../api/harness.mjs';
import { newColleague } from '../api/staff.mjs';
import { axeSource, closeBrowser, lookAt, nuCheck, openTab } from './browser.mjs';

const board = 'trafiknamnden';
let server;
let clients;
let pages;

before(async () => {
  server = await startServer();
  clients = { auditor: await newColleague(server, 'rolf', `auditor@${board}`, 'Rolf Lo'),
    secretary: await newColleague(server, 'nina', `board-secretary@${board}`, 'Nina Berg'),
    both: await newColleague(server, 'otto', `auditor@${board},auditor@farsta-stadsdelsnamnd`),
    none: await newColleague(server, 'siri', 'analyst') };
  for (let i = 0; i < 90; i++) {
    const res = await server.post('/api/v1/cases', { json: { text: `Lampa ${i}`,
      category: ['gatubelysning', 'trafiksakerhet', 'snorojning'][i % 3],
      ...(i % 2 && { contact: { name: `Avsändare ${i}`, email: 'a@example.se' } }) } });
    assert.equal(res.status, 201, res.text);
  }
  await server.sql(`UPDATE synpunkt.case SET sensitivity = 3 WHERE id % 7 = 0`);
  await eventually('all are registered', async () => (await server.sql(`SELECT 1
    FROM synpunkt.case_leg WHERE registration_number IS NULL`)).length === 0, 60000);
  const handler = await newColleague(server, 'hedda', `case-handler@${board}`, 'Hedda Ros');
  const { items } = (await handler.get('/api/v1/desk/cases?limit=200')).json;
  for (const { number } of items.slice(0, 40)) await handler.get(`/api/v1/desk/cases/${number}`);
  await clients.secretary.get(`/diarium/${board}/csv?year=2026`);
  pages = [
    { name: 'list of registers', who: 'both', path: '/diarium/' },
    { name: 'no register', who: 'none', path: '/diarium/' },
    { name: 'a register', who: 'secretary', path: `/diarium/${board}` },
    { name: 'a chosen part', who: 'secretary',
      path: `/diarium/${board}?q=snö&status=received&limit=5` },
    { name: 'list of logs', who: 'both', path: '/loggar/' },
    { name: 'no logs', who: 'none', path: '/loggar/' },
    { name: 'readings', who: 'auditor', path: `/loggar/${board}/lasningar` },
    { name: 'exports', who: 'auditor', path: `/loggar/${board}/uttag` },
    { name: 'nothing', who: 'secretary', path: `/diarium/${board}?year=2019&q=xyzzy` },
  ];
});
after(async () => {
  await closeBrowser();
  await server?.stop();
  assert.doesNotMatch(server?.log ?? '', /Sanitizer|runtime error|page_failed/);
});

async function enter(page, options) {
  const tab = await openTab(server, options);
  const [name, value] = clients[page.who].cookie.split('=');
  await tab.context().addCookies([{ name, value, url: server.url }]);
  const res = await tab.goto(page.path);
  assert.equal(res.status(), 200, page.name);
  tab.res = res;
  return tab;
}

for (const [width, scheme, lang] of [[320, 'dark', 'sv'], [1280, 'light', 'sv'], [390, 'light', 'en']])
  test(`axe has nothing to say, nothing is too wide or small: ${width} px, ${scheme}, ${lang}`, async () => {
    for (const page of pages) {
      const tab = await enter(page, { width, scheme, lang });
      await tab.evaluate(axeSource);
      const seen = await lookAt(tab);
      assert.deepEqual([seen.faults, seen.small], [[], []], page.name);
      assert.ok(seen.wide <= width, `${page.name} is ${seen.wide} px wide at ${width}`);
      await tab.context().close();
    }
  });

test('html-validate and the Nu checker find no errors, and nothing is inline', async () => {
  const validate = new HtmlValidate(new StaticConfigLoader({
    extends: ['html-validate:recommended', 'html-validate:a11y'],
    rules: { 'no-trailing-whitespace': 'off', 'void-style': 'off', 'long-title': 'off' } }));
  const found = {};
  for (const lang of ['sv', 'en'])
    for (const page of pages) {
      const tab = await enter(page, { lang, javaScriptEnabled: false });
      const html = await tab.res.text();
      found[`${lang} ${page.name}`] = html;
      const report = await validate.validateString(html, `${page.name}.html`);
      assert.deepEqual(report.results.flatMap((r) => r.messages)
        .map((m) => `${m.line}: ${m.ruleId} ${m.message}`), [], `${lang} ${page.name}`);
      assert.doesNotMatch(html, / style=|<style|<script(?! src)/, page.name);
      await tab.context().close();
    }
  assert.deepEqual(await nuCheck(found), []);
});

test('without script: search, older numbers, back to the newest, and the file', async () => {
  const tab = await enter(pages[2], { javaScriptEnabled: false, acceptDownloads: true });
  const numbers = () => tab.locator('tbody th').allInnerTexts();
  assert.match(await tab.textContent('.lead'), /Nummer \d{4}\/1 till \d{4}\/\d+\. Inget nummer saknas\./);
  await tab.selectOption('#category', 'snorojning');
  await tab.click('main form button');
  const chosen = await tab.locator('tbody td:nth-of-type(4)').allInnerTexts();
  assert.ok(chosen.length >= 30 && chosen.every((t) => t.startsWith('Snöröjning')), chosen[0]);
  await tab.click('.choose a.button');
  const first = await numbers();
  assert.equal(first.length, 50);
  await tab.click('a[rel=next]');
  const second = await numbers();
  assert.deepEqual(second.filter((n) => first.includes(n)), []);
  await tab.click('nav.steps-in-time a >> nth=0');
  assert.deepEqual(await numbers(), first);
  const [file] = await Promise.all([tab.waitForEvent('download'),
    tab.click('nav.steps-in-time a[href*=csv]')]);
  assert.equal(fs.readFileSync(await file.path(), 'utf8').trim().split('\r\n').length,
    Number(/\/(\d+)$/.exec(first[0])[1]) + 1);
  await tab.context().close();
});

test('what may be secret says so, and never whose it is', async () => {
  const tab = await enter({ who: 'secretary', name: 'all', path: `/diarium/${board}?limit=200` });
  const rows = await tab.locator('tbody tr').allInnerTexts();
  const hidden = rows.filter((r) => r.includes('Visas inte'));
  assert.ok(hidden.length > 5 && hidden.length < rows.length);
  assert.ok(hidden.every((r) => !r.includes('Avsändare ')));
  await tab.context().close();
});

test('on paper: A4, heading of the table on each sheet, board, date and what was chosen', async () => {
  const tab = await enter({ who: 'secretary', name: 'paper',
    path: `/diarium/${board}?limit=200&status=received` });
  await tab.emulateMedia({ media: 'print' });
  assert.ok(!await tab.locator('nav.main').isVisible());
  assert.ok(!await tab.locator('.choose').isVisible());
  const paper = (await tab.pdf({ preferCSSPageSize: true })).toString('latin1');
  assert.ok(paper.match(/\/Type\s*\/Page\b/g).length >= 2);
  const boxes = [...paper.matchAll(/\/MediaBox\s*\[([^\]]*)\]/g)].map((m) => m[1].trim()
    .split(/\s+/).map((n) => Math.round(Number(n))));
  assert.ok(boxes.length && boxes.every((b) => b[2] === 842 && b[3] === 595), `${boxes}`);
  assert.equal(await tab.evaluate(() => getComputedStyle(document.querySelector('.diary thead'))
    .display), 'table-header-group');
  assert.match(await tab.innerText('h1'), /Diarium \d{4}\s+Trafiknämnden/);
  const said = await tab.innerText('.onlyprint');
  assert.match(said, /Utskrivet \d+ \S+ \d{4} kl/);
  assert.match(said, /Läge: Inkommet\./);
  await tab.context().close();
});

test('the logs: who read what, by case and by name, without script; on paper', async () => {
  const tab = await enter({ who: 'auditor', name: 'readings', path: `/loggar/${board}/lasningar` },
    { javaScriptEnabled: false });
  const rows = await tab.locator('tbody tr').allInnerTexts();
  assert.ok(rows.length >= 3 && rows.every((r) => /Hedda Ros hedda\s+\d{4}-\d+\s+Ärendet\s+S[34]/.test(r)), rows[0]);
  const number = /\d{4}-\d{6}/.exec(rows[0])[0];
  await tab.fill('#case', number);
  await tab.click('main form button');
  assert.equal(await tab.locator('tbody tr').count(), 1);
  await tab.emulateMedia({ media: 'print' });
  assert.ok(!await tab.locator('main form').isVisible());
  assert.match(await tab.innerText('.onlyprint'), new RegExp(`Ärende: ${number}`));
  await tab.emulateMedia({ media: 'screen' });
  await tab.click('text=Uttag');
  assert.match((await tab.locator('tbody tr').allInnerTexts())[0],
    /Nina Berg nina\s+Diariet som CSV\s+Trafiknämnden\s+year: 2026\s+\d+/);
  await tab.context().close();
});

test('signed out, the way leads by the desk’s door back to the register', async () => {
  const res = await server.get(`/diarium/${board}`);
  assert.equal(res.status, 303);
  assert.equal(res.headers.location, `/desk/?next=/diarium/${board}`);
});
