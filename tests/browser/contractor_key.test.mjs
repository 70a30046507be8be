/* A contractor's key at the desk: kept, replaced and removed by keyboard alone, and never shown. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startServer } from '../api/harness.mjs';
import { addContractor } from '../api/order_kit.mjs';
import { addUser, signIn } from '../api/staff.mjs';
import { closeBrowser, nuCheck } from './browser.mjs';
import { clean, enterDesk, htmlOf, leave, picture, says } from './desk_kit.mjs';
import { keyboard } from './hands.mjs';

const path = '/desk/installningar/contractors/gator';
const secret = 'nyckel-9817-som-ingen-ser';
const html = {};
let server, cia;

before(async () => {
  server = await startServer();
  cia = await addUser(server, 'cia', 'coordinator@trafiknamnden', 'Cia Ord');
  const desk = await signIn(server, 'cia', cia);
  await addContractor(desk, { code: 'gator', name: 'Gator AB', way: 'open311', url: 'https://gator.example/open311/v2' });
  await addContractor(desk, { code: 'gren', name: 'Gren AB', way: 'link' });
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

async function look(tab, name) {
  await clean(tab, name);
  html[name] = await htmlOf(tab);
  await picture(tab, `contractor-key-${name}`);
}
const kept = async () => (await server.sql('SELECT sealed FROM synpunkt.contractor_key')).map((r) => r.sealed);

test('a key is kept, replaced and removed, and stands nowhere', async () => {
  const tab = await enterDesk(server, 'cia', cia, path);
  const hands = keyboard(tab);
  await says(tab, 'Ingen nyckel finns sparad.');
  await hands.write('#contractor-key', 'två ord');
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('.faults:focus');
  await look(tab, 'fault');
  assert.deepEqual(await kept(), []);
  await hands.retype('#contractor-key', secret);
  await tab.keyboard.press('Enter');
  await says(tab, 'Nyckeln är sparad.');
  await says(tab, /av Cia Ord\. Den visas aldrig/);
  assert.equal(await tab.inputValue('#contractor-key'), '');
  assert.ok(!(await tab.content()).includes(secret));
  await look(tab, 'kept');
  const [first] = await kept();
  await hands.write('#contractor-key', `${secret}2`);
  await tab.keyboard.press('Enter');
  await tab.waitForFunction(() => document.querySelector('#contractor-key').value === '');
  assert.notEqual((await kept())[0], first);
  await hands.press('section[aria-labelledby="contractor-key-title"] .ending summary');
  await hands.press('section[aria-labelledby="contractor-key-title"] .ending button');
  await says(tab, 'Nyckeln är borttagen.');
  assert.deepEqual(await kept(), []);
  await leave(tab);
  assert.deepEqual(await nuCheck(html), []);
});

test('who is reached by a link has no key', async () => {
  const tab = await enterDesk(server, 'cia', cia, '/desk/installningar/contractors/gren');
  await tab.waitForSelector('#setting-name');
  assert.equal(await tab.locator('#contractor-key').count(), 0);
  await leave(tab);
});
