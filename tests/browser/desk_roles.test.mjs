/* The desk of those whose role sees no case: not an error, but the way to what they do see. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { addUser } from '../api/staff.mjs';
import { startServer } from '../api/harness.mjs';
import { closeBrowser } from './browser.mjs';
import { clean, enterDesk, leave } from './desk_kit.mjs';

const trafik = 'trafiknamnden';
let server;
before(async () => { server = await startServer(); });
after(async () => {
  await closeBrowser();
  await server.stop();
});

test('an auditor is led to the logs and the register, a data protection officer to persons too, an analyst to the figures', async () => {
  for (const [name, role, ways] of [['logg', `auditor@${trafik}`, ['/loggar/', '/diarium/', '/statistik/']],
    ['ombud', `data-protection-officer@${trafik}`, ['/desk/personer', '/loggar/', '/diarium/', '/statistik/']],
    ['siffra', 'analyst@*', ['/statistik/']]]) {
    const password = await addUser(server, name, role);
    const tab = await enterDesk(server, name, password);
    await tab.getByRole('heading', { name: 'Inga ärenden att visa' }).waitFor();
    assert.deepEqual(await tab.locator('.ways a').evaluateAll((links) =>
      links.map((a) => a.getAttribute('href'))), ways);
    assert.equal(await tab.locator('[role=alert]').count(), 0);
    await clean(tab, role);
    await tab.locator('.ways a').first().click();
    await tab.waitForURL((url) => url.pathname === ways[0]);
    await leave(tab);
  }
});

test('who has many ways in the head has them on one line, and its keys keep their names', async () => {
  const password = await addUser(server, 'samordnaren', `coordinator@${trafik}`, 'Sam Samordnare');
  const tab = await enterDesk(server, 'samordnaren', password);
  await tab.setViewportSize({ width: 1280, height: 900 });
  await tab.locator('.tools nav a').nth(4).waitFor();
  const heights = await tab.evaluate(() => ['header.site', '.tools nav a'].map((s) => document.querySelector(s).offsetHeight));
  assert.ok(heights[0] < 1.5 * heights[1], `the head is ${heights[0]} px high, a way ${heights[1]}`);
  for (const name of ['Kommandon', 'Kortkommandon'])
    assert.equal(await tab.getByRole('button', { name, exact: true }).count(), 1, name);
  await clean(tab, 'a head with many ways');
  await leave(tab);
});
