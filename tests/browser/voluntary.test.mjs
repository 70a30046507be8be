/* The two voluntary questions on the receipt: by keys alone, without script, within a small
 * screen, and reachable for everybody. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startServer } from '../api/harness.mjs';
import { axeSource, closeBrowser, formEnv, makeCase, openTab } from './browser.mjs';

let server;
before(async () => { server = await startServer({ env: formEnv }); });
after(async () => {
  await closeBrowser();
  await server?.stop();
});

const faults = (tab) => tab.evaluate(async (source) => {
  (0, eval)(source);
  const { violations } = await window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',
    'best-practice'] });
  return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' ')}`);
}, axeSource);

for (const scheme of ['light', 'dark'])
  test(`no fault in them, in ${scheme} and at 320 px, asked or answered`, async () => {
    const made = await makeCase(server);
    const tab = await openTab(server, { width: 320, scheme });
    await tab.goto(made.receipt);
    assert.ok(await tab.locator('#fragor').isVisible());
    assert.deepEqual(await faults(tab), []);
    assert.ok(await tab.evaluate(() => document.documentElement.scrollWidth <= 320));
    await tab.goto(`${made.receipt}?svar=inget#fragor`);
    assert.match(await tab.locator('#fragor [role=status]').textContent(), /hoppa över/);
    assert.deepEqual(await faults(tab), []);
    await tab.check('#sex-woman');
    await tab.check('#age-65');
    await Promise.all([tab.waitForNavigation(), tab.click('#fragor button')]);
    assert.match(await tab.locator('#fragor').textContent(), /Tack för svaren/);
    assert.equal(await tab.evaluate(() => document.activeElement.id), 'fragor');
    assert.deepEqual(await faults(tab), []);
  });

test('by the keyboard, without script', async () => {
  const made = await makeCase(server);
  const tab = await openTab(server, { javaScriptEnabled: false, width: 390 });
  await tab.goto(made.receipt);
  await tab.focus('#sex-woman');
  await tab.keyboard.press('ArrowDown');
  await tab.keyboard.press('Tab');
  await tab.keyboard.press('Space');
  await Promise.all([tab.waitForNavigation(), tab.keyboard.press('Enter')]);
  assert.match(tab.url(), /svar=tack/);
  assert.match(await tab.locator('#fragor').textContent(), /Tack för svaren/);
  const [row] = await server.sql(`SELECT s.sex, s.age_band, sum(s.n) AS n FROM synpunkt.statistic_about s
    WHERE s.sex = 'man' GROUP BY 1, 2`);
  assert.deepEqual(row, { sex: 'man', age_band: '0', n: '1' });
});
