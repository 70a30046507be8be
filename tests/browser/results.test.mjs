/* A district's figures as residents see them: for everybody, on a telephone, by keyboard,
 * on paper and without script. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { HtmlValidate, StaticConfigLoader } from 'html-validate';

import { ctl, eventually, startServer } from '../api/harness.mjs';
import { localDay, makeLives, nextMonth, storeLives } from '../api/lives.mjs';
import { axeSource, closeBrowser, lookAt, openTab, widthOf } from './browser.mjs';

const thisMonth = localDay(Date.now()).slice(0, 7);
const last = [-2, -3, -4, -5].map((n) => nextMonth(thisMonth, n)).find((m) => Number(m.slice(5)) % 4 === 0);
let server;

before(async () => {
  const days = JSON.parse((await ctl(['due', '--list', '2020', '2035', '--json'])).stdout);
  server = await startServer();
  const lives = makeLives(1500, 31, new Map(days.map((d) => [d.date, d.workingDay])));
  lives.forEach((life, i) =>
    Object.assign(life.events[0].codes, { district: i % 8 ? 'farsta' : 'bromma', sensitivity: 1 }));
  await storeLives(server, lives);
  await eventually('all is counted', async () => (await server.sql(`SELECT
    (SELECT count(*) FROM synpunkt.case) = (SELECT count(*) FROM synpunkt.statistic_case)
    AND NOT EXISTS (SELECT FROM synpunkt.statistic_dirty) AS done`))[0].done === 't', 90000);
  for (const back of [0, 4, 8])
    assert.equal((await server.ctl(['statistics', '--freeze', '--month', nextMonth(last, -back)])).code, 0);
  await eventually('they are published', async () =>
    (await server.sql('SELECT count(*) AS n FROM synpunkt.open_month'))[0].n === '3', 90000);
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

for (const lang of ['sv', 'ar']) {
  test(`axe has nothing to say, and nothing is wider than the window: ${lang}`, async () => {
    const tab = await openTab(server, { lang, width: 320 });
    for (const path of ['/resultat/farsta', '/resultat/bromma', '/oppnadata/']) {
      await tab.goto(path);
      await tab.evaluate(axeSource);
      for (const [width, scheme] of [[320, 'light'], [1280, 'light'], [1280, 'dark'], [320, 'dark']]) {
        await tab.setViewportSize({ width, height: 900 });
        await tab.emulateMedia({ colorScheme: scheme });
        const seen = await lookAt(tab);
        assert.deepEqual(seen.faults, [], `${path} ${width} ${scheme}`);
        assert.deepEqual(seen.small, [], `${path} ${width}`);
        assert.ok(seen.wide <= width, `${path} is ${seen.wide} px wide in ${width}`);
      }
      await tab.emulateMedia({ media: 'print' });
      await tab.setViewportSize({ width: 720, height: 900 });
      assert.ok(await widthOf(tab) <= 720, path);
      await tab.emulateMedia({ media: null });
    }
    await tab.context().close();
  });
}

test('html-validate finds no errors', async () => {
  const validate = new HtmlValidate(new StaticConfigLoader({
    extends: ['html-validate:recommended', 'html-validate:a11y'],
    rules: { 'no-autofocus': 'off', 'no-trailing-whitespace': 'off', 'void-style': 'off', 'long-title': 'off' },
  }));
  for (const path of ['/resultat/farsta', '/resultat/bromma', '/resultat/?q=stig', '/resultat/?q=x', '/oppnadata/']) {
    const report = await validate.validateString((await server.get(path)).text, 'results.html');
    assert.deepEqual(report.results.flatMap((r) => r.messages)
      .map((m) => `${m.line}: ${m.ruleId} ${m.message}`), [], path);
  }
});

test('by keyboard and without script: an address, its district, the months before', async () => {
  const tab = await openTab(server, { javaScriptEnabled: false });
  await tab.goto('/');
  await tab.getByRole('link', { name: 'Så gick det i ditt område' }).press('Enter');
  await tab.getByRole('searchbox', { name: 'Skriv en adress eller en plats' }).focus();
  await tab.keyboard.type('Provstigen 58');
  await tab.keyboard.press('Enter');
  await tab.waitForURL('**/resultat/farsta');
  assert.match(await tab.textContent('h1'), /Farsta/);
  const now = await tab.textContent('.how-many');
  assert.match(now, /^\d+$/);
  await tab.locator('a[rel=prev]').press('Enter');
  await tab.waitForURL('**/resultat/farsta?period=*');
  assert.notEqual(await tab.textContent('h1 .when'), '');
  assert.equal(await tab.locator('a[rel=prev], a[rel=next]').count(), 2);
  await tab.context().close();
});

test('the months are a table and a picture, and what is hidden is no number in either', async () => {
  const tab = await openTab(server);
  await tab.goto('/resultat/farsta');
  assert.equal(await tab.locator('.with-chart tbody tr').count(), 12);
  assert.equal(await tab.locator('svg[role=img] title').count(), 1);
  await tab.goto('/resultat/bromma');
  const numbers = await tab.locator('.with-chart td').allTextContents();
  for (const n of numbers) assert.doesNotMatch(n, /^[1-4]$/);
  const drawn = await tab.locator('svg text').allTextContents();
  if (numbers.includes('<5')) assert.ok(drawn.includes('<5'));
  await tab.context().close();
});
