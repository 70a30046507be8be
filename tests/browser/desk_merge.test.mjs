/* A duplicate merged by keyboard, its parent answered for both, and the merge undone. */
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
  password = await addUser(server, 'sammanslagare', `coordinator@${trafik}`, 'Sam Slagare');
});
after(async () => { await closeBrowser(); await server.stop(); });

test('one duplicate is chosen, one written; who answers sees for whom, and it is undone', async () => {
  const place = { lat: 59.2518, lon: 18.0921, address: 'Torget 1' };
  const first = await submitTo(server, 'Belysningen mellan torget och bron är trasig', { place });
  const twin = await submitTo(server, 'Trasig belysning vid torget och bron', { place });
  const other = await submitTo(server, 'Mörkt');
  await eventually('indexed', async () => (await server.sql(
    `SELECT 1 FROM synpunkt.case_search WHERE case_id = ${twin.number.split('-')[1]}`)).length);
  const tab = await enterDesk(server, 'sammanslagare', password, at(twin));
  await tab.locator('#do-merge').press('Enter');
  await tab.locator('#act-parent:focus').waitFor();
  await tab.keyboard.type(twin.number);
  await tab.keyboard.press('Enter');
  await says(tab, 'Det är numret på det här ärendet.');
  await tab.locator(`button[aria-label="Välj ${first.number}"]`).press('Enter');
  assert.equal(await tab.inputValue('#act-parent'), first.number);
  await clean(tab, 'merging');
  await tab.locator('#act-parent').press('Enter');
  await says(tab, 'Ärendet är ihopslaget.');
  await tab.locator('.casehead .notice', { hasText: `Ihopslaget med ${first.number} av Sam Slagare` }).waitFor();

  await tab.goto(at(other));
  await tab.locator('#do-merge').press('Enter');
  await tab.locator('#act-parent:focus').waitFor();
  await tab.keyboard.type(first.number);
  await tab.keyboard.press('Enter');
  await says(tab, 'Ärendet är ihopslaget.');
  await tab.locator('#do-unmerge').press('Enter');
  await says(tab, 'Ärendet är öppet för sig igen.');
  await tab.locator('#do-close').press('Enter');
  await says(tab, 'Välj Slå ihop i stället');
  assert.equal(await tab.locator('#act-reason option[value="duplicate"]').count(), 0);

  await tab.goto(at(first));
  await tab.locator('#merged a', { hasText: twin.number }).waitFor();
  await tab.locator('#do-reply').press('Enter');
  await says(tab, 'Svaret går också till dem som har skrivit de ihopslagna ärendena (1).');
  await clean(tab, 'answering for others');
  await tab.locator('#act-text').fill('Lampan är bytt.');
  await tab.locator('#act-text').press('Control+Enter');
  await says(tab, 'Svaret är registrerat.');
  await tab.locator('#merged', { hasText: 'besvarat' }).waitFor();
  await leave(tab);
});
