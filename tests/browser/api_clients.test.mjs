/* Keys of other systems: made, shown once and revoked, by keyboard alone. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startServer } from '../api/harness.mjs';
import { addUser } from '../api/staff.mjs';
import { closeBrowser, nuCheck } from './browser.mjs';
import { clean, enterDesk, htmlOf, leave, says } from './desk_kit.mjs';
import { keyboard } from './hands.mjs';

const shots = process.env.SYNPUNKT_TEST_PICTURES; /* a folder to look at, or none */
const path = '/desk/installningar/api-clients';
const html = {};
let server, admin, leader;

before(async () => {
  server = await startServer();
  admin = await addUser(server, 'adam', 'administrator@*', 'Adam Ask');
  leader = await addUser(server, 'carl', 'coordinator@trafiknamnden', 'Carl Alm');
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

async function look(tab, name) {
  await clean(tab, name);
  html[name] = await htmlOf(tab);
  for (const [width, colorScheme] of shots ? [[390, 'light'], [1280, 'light'], [1280, 'dark']] : []) {
    await tab.setViewportSize({ width, height: 900 });
    await tab.emulateMedia({ colorScheme });
    await tab.screenshot({ path: `${shots}/api-clients-${name}-${width}-${colorScheme}.png`, fullPage: true });
  }
}

const send = (key) => server.post('/open311/v2/requests.json', { form: { api_key: key, service_code: 'vagskador',
  lat: '59.33', long: '18.06', description: 'En grop' } });

test('by keyboard alone: a key is made, works, is shown once, and is revoked', async () => {
  const tab = await enterDesk(server, 'adam', admin, '/desk/installningar');
  const hands = keyboard(tab);
  await hands.press(`a[href="${path}"]`);
  await says(tab, 'Inget system har någon nyckel.');
  await hands.press(`a[href="${path}/ny"]`);
  await hands.retype('#client-per-hour', 'många');
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('.faults:focus');
  assert.equal(await tab.locator('.faults li').count(), 2);
  assert.equal(await tab.inputValue('#client-per-hour'), 'många', 'what is wrong stands there');
  await look(tab, 'faults');
  await hands.write('#client-name', 'Gatuappen');
  await hands.retype('#client-per-hour', '50');
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('#secret-title:focus');
  const key = await tab.textContent('.told-once code');
  assert.match(key, /^[0-9a-f]{64}$/);
  await look(tab, 'key');
  assert.equal((await send(key)).status, 201);
  await hands.press('a.back');
  await says(tab, /Gatuappen.*Högst 50 i timmen\. Ärenden hittills: 1/s);
  assert.doesNotMatch(await tab.content(), new RegExp(key), 'it is shown once');
  await hands.press('.ending summary');
  await look(tab, 'list');
  await hands.press('.ending button');
  await says(tab, 'Nyckeln är återkallad.');
  await says(tab, 'Återkallade');
  await look(tab, 'revoked');
  assert.equal((await send(key)).status, 403);
  await leave(tab);
  assert.deepEqual(await nuCheck(html), []);
});

test('a network that is away loses nothing', async () => {
  const tab = await enterDesk(server, 'adam', admin, `${path}/ny`);
  await tab.fill('#client-name', 'Gatuappen');
  await tab.context().setOffline(true);
  await tab.click('button[type=submit]');
  await tab.waitForSelector('.trouble');
  assert.equal(await tab.inputValue('#client-name'), 'Gatuappen');
  await tab.context().setOffline(false);
  await leave(tab);
});

test('who is no administrator neither sees the way there nor the page', async () => {
  const tab = await enterDesk(server, 'carl', leader, '/desk/installningar');
  await says(tab, 'Svarstider');
  assert.equal(await tab.locator(`a[href="${path}"]`).count(), 0);
  await tab.goto(path);
  await says(tab, 'Nycklar är för administratörer.');
  await leave(tab);
});
