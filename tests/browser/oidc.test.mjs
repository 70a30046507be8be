/* Signing in with a provider in a real browser: the button, what is said when it goes wrong,
 * and the form for a password that is for emergencies alone. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { enter, mapAdd, startWith } from '../api/oidc_kit.mjs';
import { startLiar } from '../api/oidc_liar.mjs';
import { closeBrowser, formEnv } from './browser.mjs';
import { clean, leave, openDesk } from './desk_kit.mjs';

const shots = process.env.SYNPUNKT_TEST_PICTURES; /* a folder to look at, or none */
const button = 'a.button:has-text("Logga in med Stockholms stad")';
let server;
let liar;

before(async () => {
  ({ server, provider: liar } = await startWith(startLiar, { env: { ...formEnv, SYNPUNKT_LOCAL_ACCOUNTS: 'break-glass' } }));
  await mapAdd(server, liar.issuer, 'handlaggare', 'case-handler@trafiknamnden');
});
after(async () => {
  await closeBrowser();
  await server?.stop();
  await liar?.stop();
});

async function look(tab, name) {
  await clean(tab, name);
  for (const [width, scheme] of shots ? [[360, 'light'], [1280, 'light'], [1280, 'dark']] : []) {
    await tab.setViewportSize({ width, height: 900 });
    await tab.emulateMedia({ colorScheme: scheme });
    await tab.screenshot({ path: `${shots}/${name}-${width}-${scheme}.png` });
  }
}

test('by the keyboard one comes in with the provider, to the page that was asked for', async () => {
  const tab = await openDesk(server, '/desk/konto');
  await tab.waitForSelector(button);
  assert.equal(await tab.locator('#password').count(), 0);
  await look(tab, 'oidc-door');
  await tab.focus(button);
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('h1:has-text("konto")');
  assert.equal(new URL(tab.url()).pathname, '/desk/konto');
  await leave(tab);
});

test('what went wrong at the provider is said in words', async () => {
  liar.lie = { claims: { groups: [] , sub: 'bo' } };
  const tab = await openDesk(server, '/desk/');
  await tab.click(button);
  await tab.waitForSelector('[role=alert]:has-text("ingen roll")');
  liar.lie = {};
  await look(tab, 'oidc-no-role');
  await leave(tab);
});

test('the form for a password is at its own address, which says what it is for', async () => {
  const tab = await openDesk(server, '/desk/lokal');
  await tab.waitForSelector('#password');
  assert.match(await tab.locator('.signin').textContent(), /nödläge/);
  await look(tab, 'oidc-local');
  await leave(tab);
});

test('for what is sensitive the provider is asked in a tab of its own', async () => {
  await enter(server, 'anna');
  const tab = await openDesk(server, '/desk/konto');
  await tab.click(button);
  await tab.waitForSelector('h1:has-text("konto")');
  await tab.goto(`${server.url}/desk/bekraftad`);
  await tab.waitForSelector('h1:has-text("Klart")');
  await look(tab, 'oidc-done');
  await leave(tab);
});

test('what is not confirmed yet is said to be so, in the dialogue and in the tab that was opened', async () => {
  const tab = await openDesk(server, '/desk/konto');
  await tab.click(button);
  await tab.waitForSelector('h1:has-text("konto")');
  await server.sql("UPDATE synpunkt.staff_session SET confirmed_at = confirmed_at - interval '1 hour'");
  await tab.locator('.session button').first().click();
  await tab.waitForSelector('dialog[open] #confirm-title');
  assert.equal(await tab.locator('dialog .trouble').count(), 0);
  await tab.click('dialog button:has-text("Fortsätt")');
  await tab.waitForSelector('dialog .trouble:has-text("Det är inte bekräftat än.")');
  await look(tab, 'oidc-not-yet');

  liar.lie = { claims: { sub: 'bo' } };
  const [other] = await Promise.all([tab.context().waitForEvent('page'), tab.click('dialog .providers a')]);
  await other.waitForSelector('h1:has-text("Det blev inte bekräftat")');
  await other.waitForSelector('.lonely [role=alert]:not(:empty)');
  assert.equal(await other.locator('.queue').count(), 0);
  liar.lie = {};
  await leave(tab);
});
