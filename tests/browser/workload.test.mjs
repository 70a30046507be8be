/* The workload of a board at the desk: who has too much, and moving cases by keyboard alone. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startServer } from '../api/harness.mjs';
import { addUser, signIn } from '../api/staff.mjs';
import { closeBrowser, formEnv } from './browser.mjs';
import { clean, enterDesk, leave, says } from './desk_kit.mjs';
import { keyboard } from './hands.mjs';

const trafik = 'trafiknamnden';
const password = {};
let server;

before(async () => {
  server = await startServer({ env: formEnv });
  for (const [user, name, role] of [['anna', 'Anna Ek', 'case-handler'], ['bo', 'Bo Alm', 'case-handler'], ['kim', 'Kim Lund', 'coordinator']])
    password[user] = await addUser(server, user, `${role}@${trafik}`, name);
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

test('a coordinator sees who has too much and gives it to who has nothing, by keyboard', async () => {
  const anna = await signIn(server, 'anna', password.anna);
  for (let i = 0; i < 3; i++) {
    const c = (await server.post('/api/v1/cases', { json: { text: `Mycket ${i}`, category: 'gatubelysning' } })).json;
    const res = await anna.post(`/api/v1/desk/cases/${c.number}/assignments`, { json: { user: 'anna' }, etag: '"1"' });
    assert.equal(res.status, 201, res.text);
  }
  const tab = await enterDesk(server, 'kim', password.kim, '/desk/');
  const hands = keyboard(tab);
  const rowOf = (name) => tab.locator('.workload tr', { hasText: name });

  await hands.press('a[href="/desk/belastning"]');
  await says(tab, 'Per handläggare');
  assert.match(await rowOf('Anna Ek').textContent(), /^Anna Ek300/);
  assert.match(await rowOf('Bo Alm').textContent(), /^Bo Alm000$/);
  await clean(tab, 'workload');
  await tab.setViewportSize({ width: 1280, height: 900 });
  await hands.press('.workload a[href*="handler=anna"]');
  await tab.waitForSelector('.queue section[aria-busy=false] ol.rows:not(:has(li:nth-child(4)))');
  for (const key of ['A', 'b', 'g']) await tab.keyboard.press(key);
  await hands.choose('#bulk-user', 'Bo Alm');
  await tab.keyboard.press('Control+Enter');
  await says(tab, '✓ 3 klara');
  await tab.keyboard.press('Escape');
  await tab.goto('/desk/belastning');
  await says(tab, 'Per handläggare');
  assert.match(await rowOf('Anna Ek').textContent(), /^Anna Ek000$/);
  assert.match(await rowOf('Bo Alm').textContent(), /^Bo Alm300/);
  await leave(tab);
});

test('a handler has no way there, and is told whom it is for', async () => {
  const tab = await enterDesk(server, 'anna', password.anna, '/desk/');

  await tab.waitForSelector('ol.rows, .lonely');
  assert.equal(await tab.locator('a[href="/desk/belastning"]').count(), 0);
  await tab.goto('/desk/belastning');
  await says(tab, 'Det här är för nämndens samordnare och chefer.');
  await clean(tab, 'workload of nobody');
  await leave(tab);
});
