/* Work orders at the desk and at the contractor's: given beside the case, answered on the page
 * that the link leads to, and those that have stuck told over the queue. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startServer } from '../api/harness.mjs';
import { addContractor } from '../api/order_kit.mjs';
import { addUser, signIn } from '../api/staff.mjs';
import { closeBrowser, formEnv, openTab } from './browser.mjs';
import { at, clean, enterDesk, leave, picture, says } from './desk_kit.mjs';
import { keyboard } from './hands.mjs';

let server, password, filed;

before(async () => {
  server = await startServer({ env: { ...formEnv, SYNPUNKT_PUBLIC_URL: 'https://synpunkt.example' } });
  password = await addUser(server, 'cia', 'coordinator@trafiknamnden', 'Cia Ord');
  await addContractor(await signIn(server, 'cia', password), { code: 'gren', name: 'Gren och Gräv AB', way: 'link' });
  filed = (await server.post('/api/v1/cases', { json: { text: 'Lampan är släckt. Ring 070-765 43 21.', category: 'gatubelysning',
    place: { lat: 59.3251, lon: 18.0711, address: 'Ljusgatan 1' }, contact: { name: 'Vendela Hemlig', phone: '070-765 43 21' } } })).json;
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

test('an order is given by keyboard, its words looked through first; the contractor says that it is done', async () => {
  const tab = await enterDesk(server, 'cia', password, at(filed));
  const hands = keyboard(tab);
  await hands.press('.ordering > summary');
  await tab.waitForSelector('#order-contractor');
  await says(tab, '070-765 43 21');
  await hands.press('.ordering form button[type="submit"]');
  await says(tab, 'Välj utförare och skriv vad som ska göras.');
  await clean(tab, 'an order being written');
  await tab.selectOption('#order-contractor', 'gren');
  await tab.fill('#order-text', 'Byt lampan i stolpen.');
  await picture(tab, 'order-form');
  await hands.press('.ordering form button[type="submit"]');
  await tab.waitForSelector('.ordering a[href*="/uppdrag/"]');
  await clean(tab, 'an order given');
  await picture(tab, 'order-given');
  const link = (await tab.getAttribute('.ordering a[href*="/uppdrag/"]', 'href')).replace('https://synpunkt.example', '');

  const theirs = await openTab(server);
  await theirs.goto(link);
  assert.match(await theirs.textContent('main'), /Byt lampan i stolpen/);
  assert.doesNotMatch(await theirs.content(), /Vendela|070-765/);
  await clean(theirs, 'the order at the contractor’s');
  await picture(theirs, 'order-page');
  await leave(tab, theirs);
});

test('orders that have stuck are told over the queue, and listed with why', async () => {
  await server.sql(`UPDATE synpunkt.work_order SET state = 'stuck', trouble = 'unsure'`);
  const tab = await enterDesk(server, 'cia', password);
  await keyboard(tab).press('.today a[href="/desk/uppdrag"]');
  await tab.waitForSelector('h1:focus:has-text("Uppdrag som har fastnat")');
  await says(tab, 'Gren och Gräv AB');
  await says(tab, 'Ingen vet om uppdraget kom fram');
  await clean(tab, 'stuck orders');
  await picture(tab, 'order-stuck');
  await keyboard(tab).press(`main a[href*="${filed.number}"]`);
  await tab.waitForSelector(`.casehead h1:has-text("${filed.number}")`);
  await leave(tab);
});
