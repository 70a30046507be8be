/*
 * Pictures of the whole way for the README, taken from the running product:
 *
 *   SYNPUNKT_TEST_BUILD=build tests/node_modules/.bin/node tests/browser/pictures.mjs clients/pictures
 *
 * Not a test. Files a complaint, answers it at the desk, reads the answer, shows the month.
 */
import fs from 'node:fs';
import path from 'node:path';

import { addUser } from '../api/staff.mjs';
import { startServer } from '../api/harness.mjs';
import { closeBrowser, formEnv, openTab } from './browser.mjs';

const dir = process.argv[2];
if (!dir) throw new Error('usage: pictures.mjs DIR');
fs.mkdirSync(dir, { recursive: true });

const server = await startServer({ env: formEnv });
const password = await addUser(server, 'eva', 'case-handler@trafiknamnden,board-secretary@trafiknamnden',
  'Eva Exempel');
const tab = await openTab(server, { width: 1120, height: 800 });
const shoot = async (name) => {
  await tab.waitForTimeout(700); /* the desk's stream never ends, so not "networkidle" */
  await tab.screenshot({ path: path.join(dir, `${name}.png`) });
};

try {
  await tab.goto('/lamna');
  await tab.fill('#text', 'Lampan vid busshållplatsen Hornsgatan 12 är släckt sedan i måndags. Det är mörkt när barnen går hem.');
  await tab.selectOption('select[name=category]', 'gatubelysning');
  await tab.locator('#text').scrollIntoViewIfNeeded();
  await shoot('1-form');
  await tab.fill('#email', 'anna@example.se');
  await tab.click('form#synpunkt section:last-of-type button');
  await tab.waitForURL(/kvitto/);
  await shoot('2-receipt');
  const [, number, code] = /kvitto\/([^/]+)\/([^/?]+)/.exec(tab.url());

  await tab.goto('/desk/');
  await tab.fill('input[autocomplete=username]', 'eva');
  await tab.fill('input[type=password]', password);
  await tab.keyboard.press('Enter');
  await tab.locator(`a[href*="${number}"], main a`).first().waitFor();
  await shoot('3-queue');
  await tab.goto(`/desk/arenden/${number}`);
  await tab.getByText('Det som skrevs').waitFor();
  await tab.keyboard.press('r');
  await tab.locator('textarea').first().fill(
    'Hej! Tack för att du hörde av dig. Lampan är lagad i dag. Hälsningar, Eva på trafikkontoret');
  await shoot('4-reply');
  await tab.locator('form:has(textarea) button[type=submit]').first().click();
  await tab.getByText('Svarat').first().waitFor({ timeout: 10000 }).catch(() => {});

  await tab.goto(`/folj/${number}/${code}`);
  await tab.getByText('Lampan är lagad').scrollIntoViewIfNeeded();
  await shoot('5-answer');
  const month = new Date().toLocaleDateString('sv-SE', { timeZone: 'Europe/Stockholm' }).slice(0, 7);
  await tab.waitForTimeout(3000); /* the figures follow within a couple of seconds */
  await tab.goto(`/statistik/trafiknamnden/${month}`);
  await shoot('6-month');
} finally {
  await closeBrowser();
  await server.stop();
}
