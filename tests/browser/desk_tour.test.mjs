/* The first day at the desk: the tour is offered, taken by keyboard, and offered no more. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startServer } from '../api/harness.mjs';
import { addUser } from '../api/staff.mjs';
import { closeBrowser } from './browser.mjs';
import { clean, enterDesk, leave } from './desk_kit.mjs';
import { keyboard } from './hands.mjs';

let server;
let password;

before(async () => {
  server = await startServer();
  password = await addUser(server, 'anna', 'case-handler@trafiknamnden', 'Anna Ek');
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

test('the tour is taken by keyboard, and is not offered again', async () => {
  const tab = await enterDesk(server, 'anna', password);
  const hands = keyboard(tab);
  await hands.press('.welcome button');
  await tab.getByText('Rundtur: 1 av').waitFor();
  await clean(tab, 'the tour');
  const steps = Number((await tab.getByText('Rundtur: 1 av').textContent()).split(' ').pop());
  for (let n = 1; n <= steps; n++) {
    await tab.getByText(`Rundtur: ${n} av`).waitFor();
    await hands.press('dialog button.main');
  }
  await tab.waitForSelector('dialog', { state: 'detached' });

  assert.equal(await tab.locator('.welcome').count(), 0);
  await tab.reload();
  await tab.waitForSelector('.queue');
  assert.equal(await tab.locator('.welcome').count(), 0);
  await leave(tab);
});

test('whoever declines the tour finds it beside the keys', async () => {
  const tab = await enterDesk(server, 'anna', password);
  await tab.getByRole('button', { name: 'Nej tack' }).click();
  await tab.waitForSelector('.welcome', { state: 'detached' });
  await tab.keyboard.press('?');
  await tab.getByRole('button', { name: 'Ta rundturen' }).click();
  await tab.getByText('Rundtur: 1 av').waitFor();
  await tab.keyboard.press('Escape');
  await tab.getByText('Rundtur: 1 av').waitFor({ state: 'detached' });
  await leave(tab);
});
