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

test('an auditor is led to the logs and the register, an analyst to the figures', async () => {
  for (const [name, role, ways] of [['logg', `auditor@${trafik}`, ['/loggar/', '/diarium/', '/statistik/']],
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
