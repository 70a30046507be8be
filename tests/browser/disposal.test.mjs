/* A case is kept from disposal at the desk, let go, and disposed of: what staff and the
 * complainant are shown then. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';

import { startServer } from '../api/harness.mjs';
import { addUser } from '../api/staff.mjs';
import { closeBrowser, formEnv, makeCase, openTab } from './browser.mjs';
import { at, clean, enterDesk, leave, says } from './desk_kit.mjs';

const trafik = 'trafiknamnden';
let server;
let password;
before(async () => {
  server = await startServer({ env: formEnv });
  password = await addUser(server, 'kia', `coordinator@${trafik}`, 'Kia Berg');
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

async function dispose(number) {
  await server.sql(`UPDATE synpunkt.case SET closed_at = now() - interval '3 years'
    WHERE id = ${number.split('-')[1]}`);
  fs.writeFileSync(`${server.state}/rules.tsv`, 'code\tcategory\tage\tdecision\n'
    + 'belysning\tgatubelysning\t2 years\tSSA 2026:17\n');
  const env = { SYNPUNKT_STATE: server.state };
  const put = await server.ctl(['import', 'disposal-rules', `${server.state}/rules.tsv`], { env });
  assert.equal(put.code, 0, put.stderr);
  return server.ctl(['--json', 'disposal', 'run', '--by', 'Arkivet', '--yes'], { env });
}

test('kept, let go and disposed of', async () => {
  const c = await makeCase(server);
  const tab = await enterDesk(server, 'kia', password, at(c));
  await tab.click('#do-close');
  await tab.selectOption('#act-reason', 'explained');
  await tab.click('.act button[type=submit]');
  await says(tab, 'Ärendet är avslutat.');
  await tab.click('#do-hold');
  await tab.fill('#act-text', 'Rättegång pågår i tingsrätten.');
  await clean(tab, 'keeping a case');
  await tab.click('.act button[type=submit]');
  await says(tab, /Gallras inte: bestämt .* av Kia Berg/);
  await says(tab, 'Rättegång pågår i tingsrätten.');
  const held = await dispose(c.number);
  assert.equal(held.code, 0, held.stderr);
  assert.deepEqual(await server.sql(`SELECT disposed_on FROM synpunkt.case
    WHERE id = ${c.number.split('-')[1]}`), [{ disposed_on: null }]);

  await tab.reload();
  await tab.click('#do-release-hold');
  await tab.click('.act button[type=submit]');
  await says(tab, 'Ärendet gallras när dess tid är inne.');
  assert.equal((await dispose(c.number)).code, 0);
  await tab.reload();
  await says(tab, 'Ärendet är gallrat');
  await says(tab, 'enligt beslut SSA 2026:17');
  assert.equal(await tab.locator('.actions > .buttons button').count(), 0);
  await clean(tab, 'a disposed case');

  for (const width of [390, 1280]) {
    const page = await openTab(server, { width });
    await page.goto(`${server.url}${c.follow}`);
    await says(page, 'Ärendet är gallrat');
    assert.equal(await page.locator('textarea').count(), 0);
    if (process.env.SYNPUNKT_TEST_SHOTS)
      await page.screenshot({ path: `${process.env.SYNPUNKT_TEST_SHOTS}/follow-${width}.png` });
    await clean(page, `following a disposed case at ${width}`);
    await leave(page);
  }
  if (process.env.SYNPUNKT_TEST_SHOTS)
    await tab.screenshot({ path: `${process.env.SYNPUNKT_TEST_SHOTS}/desk.png` });
  await leave(tab);
});
