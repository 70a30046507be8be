/* Other cases in the side of an open one: by keyboard, linked and let go, and said. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { submitTo, trafik } from '../api/contract_desk_kit.mjs';
import { eventually, startServer } from '../api/harness.mjs';
import { addUser } from '../api/staff.mjs';
import { closeBrowser } from './browser.mjs';
import { at, clean, enterDesk, leave, says } from './desk_kit.mjs';

let server;
let password;
before(async () => {
  server = await startServer();
  password = await addUser(server, 'kopplare', `coordinator@${trafik}`, 'Kop Lare');
});
after(async () => { await closeBrowser(); await server.stop(); });

test('what may belong together is shown with distance and age, linked and let go by keyboard', async () => {
  const place = { lat: 59.2518, lon: 18.0921, address: 'Torget 1' };
  const contact = { name: 'Ulla Um', email: 'ulla@example.org' };
  const first = await submitTo(server, 'Belysningen mellan torget och bron är trasig', { place, contact });
  const c = await submitTo(server, 'Trasig belysning vid torget och bron', { place: { ...place, lat: 59.2524 }, contact });
  await eventually('indexed', async () => (await server.sql(
    `SELECT 1 FROM synpunkt.case_search WHERE case_id = ${c.number.split('-')[1]}`)).length);
  const tab = await enterDesk(server, 'kopplare', password, at(c));
  const summary = tab.locator('summary', { hasText: 'Andra ärenden' });
  await summary.focus();
  await tab.keyboard.press('Enter');
  await says(tab, '67 meter bort · i dag');
  await says(tab, 'Inget ärende är kopplat');
  await tab.locator(`button[aria-label="Koppla ${first.number}"]`).first().focus();
  await tab.keyboard.press('Enter');
  await says(tab, `${first.number} är kopplat.`);
  assert.equal(await tab.evaluate(() => document.activeElement.className), 'said');
  await clean(tab, 'linked');
  await tab.locator(`button[aria-label="Ta bort kopplingen till ${first.number}"]`).first().press('Enter');
  await says(tab, `${first.number} är inte längre kopplat.`);
  await tab.fill('#link-number', '2026-7');
  await tab.keyboard.press('Enter');
  await says(tab, 'Det finns inget annat ärende med numret 2026-7');
  await leave(tab);
});
