/* Passkeys at the desk, with a device that the browser makes up: adding one, signing in and
 * saying once more who one is, by keyboard, beside codes and alone; and what is said when
 * the device does not. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';

import { startServer, testRoot } from '../api/harness.mjs';
import { addUser, signIn } from '../api/staff.mjs';
import { codeOf, enrol, forgetStep, inStep } from '../api/totp.mjs';
import { closeBrowser, formEnv, nuCheck } from './browser.mjs';
import { clean, htmlOf, leave, openDesk, picture, says } from './desk_kit.mjs';
import { keyboard } from './hands.mjs';

const html = {};
const people = {};
let server;

before(async () => {
  server = await startServer({ env: formEnv });
  server.url = server.url.replace('127.0.0.1', 'localhost'); /* browsers make none for numbers */
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

/* A device that is touched as soon as it is asked. */
async function plugIn(tab) {
  const line = await tab.context().newCDPSession(tab);
  await line.send('WebAuthn.enable');
  const { authenticatorId } = await line.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2',
    transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
    automaticPresenceSimulation: true } });
  return { forget: () => line.send('WebAuthn.clearCredentials', { authenticatorId }) };
}

async function withCodes(user, name) {
  const password = await addUser(server, user, 'case-handler@trafiknamnden', name);
  const { secret } = await enrol(await signIn(server, user, password));
  people[user] = { user, password, secret };
  return people[user];
}

async function writePassword(tab, { user, password }) {
  const hands = keyboard(tab);
  await hands.write('#username', user);
  await hands.write('#password', password);
  await tab.keyboard.press('Enter');
}

async function writeWho(tab, who) {
  await writePassword(tab, who);
  await tab.waitForSelector('#totp:focus');
}

async function signOut(tab) {
  const hands = keyboard(tab);
  await tab.waitForSelector('.me');
  await hands.press('.me summary');
  await hands.press('.me button');
  await tab.waitForSelector('#username');
}

/* Signed in by code, at the account. */
async function atAccount(who) {
  const tab = await openDesk(server, '/desk/konto');
  const device = await plugIn(tab);
  await writeWho(tab, who);
  await inStep();
  await forgetStep(server, who.user);
  await tab.keyboard.type(codeOf(who.secret));
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('#passkey-name');
  return { tab, device };
}

async function look(tab, name) {
  await clean(tab, name);
  html[name] = await htmlOf(tab);
  await picture(tab, `passkey-${name}`);
  await tab.setViewportSize({ width: 1280, height: 900 });
}

const use = 'button.passkey';
const push = (tab, name) => tab.getByRole('button', { name, exact: true }).press('Enter');

test('by keyboard alone: add one, sign out, and sign in with it in the place of a code', async () => {
  const { tab } = await atAccount(await withCodes('pia', 'Pia Nyckel'));
  const hands = keyboard(tab);
  await hands.reach('#passkey-name');
  await tab.keyboard.press('Enter');
  await says(tab, 'Skriv vad passkeyn ska heta.');
  await tab.keyboard.type('Tjänstetelefonen');
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('h3:focus:has-text("Passkeys")');
  await says(tab, 'Tjänstetelefonen');
  await says(tab, 'inte använd än');
  await look(tab, 'account');
  await hands.press('.me summary');
  await hands.press('.me button');
  await writeWho(tab, people.pia);
  await look(tab, 'signin');
  await hands.press(use);
  await tab.waitForSelector('.me');
  await leave(tab);
});

test('says once more who one is, for what is sensitive', async () => {
  const { tab } = await atAccount(await withCodes('per', 'Per Nyckel'));
  const hands = keyboard(tab);
  await hands.write('#passkey-name', 'Nyckelknippan');
  await tab.keyboard.press('Enter');
  await says(tab, 'Nyckelknippan');
  await server.sql("UPDATE synpunkt.staff_session SET confirmed_at = now() - interval '11 minutes'");
  await hands.press('button[aria-label="Ta bort passkeyn Nyckelknippan"]');
  await tab.waitForSelector('#confirm-password');
  await hands.write('#confirm-password', people.per.password);
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('#confirm-totp:focus');
  await hands.press(use);
  await says(tab, 'Du har ingen passkey.');
  await leave(tab);
});

test('a device that has none of the account’s says so, and the code is still there', async () => {
  const who = await withCodes('pil', 'Pil Nyckel');
  const { tab, device } = await atAccount(who);
  const hands = keyboard(tab);
  await hands.write('#passkey-name', 'Telefonen');
  await tab.keyboard.press('Enter');
  await says(tab, 'Telefonen');
  await device.forget();
  await hands.press('.me summary');
  await hands.press('.me button');
  await writeWho(tab, who);
  await hands.press(use);
  await tab.waitForSelector('[role=alert]:has-text("skriv koden från telefonen")');
  await inStep();
  await forgetStep(server, 'pil');
  await hands.write('#totp', codeOf(who.secret));
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('.me');
  await leave(tab);
});

test('by keyboard alone: a role that asks for two steps is content with a passkey, and it signs in alone', async () => {
  const who = { user: 'rut', password: await addUser(server, 'rut', 'board-secretary@trafiknamnden', 'Rut Ensam') };
  const file = `${testRoot()}/requirements-passkey.tsv`;
  fs.writeFileSync(file, 'role\ttotp_required\nboard-secretary\tyes\n');
  assert.equal((await server.ctl(['import', 'requirements', file])).code, 0);
  const tab = await openDesk(server);
  const device = await plugIn(tab);
  const hands = keyboard(tab);
  await writePassword(tab, who);
  await tab.waitForSelector('#choose-passkey');
  assert.equal(await tab.locator('.queue, .me').count(), 0);
  await look(tab, 'choice');
  await hands.press('#choose-codes');
  await tab.waitForSelector('.groups code');
  await push(tab, 'Avbryt');
  await hands.press('#choose-passkey');
  await tab.waitForSelector('h2:focus:has-text("Nyckel (passkey)")');
  await look(tab, 'first');
  await hands.write('#passkey-name', 'Tjänstetelefonen');
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('h2:focus:has-text("Dina reservkoder")');
  const codes = await tab.locator('.recovery code').allTextContents();
  assert.equal(codes.length, 10);
  await hands.press('.recovery .main');
  await signOut(tab);

  await writePassword(tab, who);
  await tab.waitForSelector(`${use}:focus`);
  await look(tab, 'alone');
  await hands.press('.signin form > button');
  await says(tab, 'Använd din passkey, eller skriv en reservkod.');
  await hands.retype('#totp', 'ABCD-EFGH-JKMN');
  await tab.keyboard.press('Enter');
  await says(tab, 'Reservkoden stämmer inte');
  await look(tab, 'alone-wrong');
  await hands.retype('#totp', '');
  await hands.press(use);
  await tab.waitForSelector('.me');
  await signOut(tab);

  await device.forget();
  await writePassword(tab, who);
  await tab.waitForSelector(`${use}:focus`);
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('[role=alert]:has-text("skriv en reservkod")');
  await hands.write('#totp', codes[0]);
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('.me');
  await leave(tab);
  fs.writeFileSync(file, 'role\ttotp_required\n');
  assert.equal((await server.ctl(['import', 'requirements', file])).code, 0);
});

test('at the account: a passkey alone, which says once more who one is; then codes beside it, and back', async () => {
  const who = { user: 'ros', password: await addUser(server, 'ros', 'case-handler@trafiknamnden', 'Ros Ensam') };
  const tab = await openDesk(server, '/desk/konto');
  await plugIn(tab);
  const hands = keyboard(tab);
  await writePassword(tab, who);
  await push(tab, 'Slå på tvåstegsinloggning');
  await hands.press('#choose-passkey');
  await hands.write('#passkey-name', 'Datorn');
  await tab.keyboard.press('Enter');
  await hands.press('.recovery .main');
  await says(tab, 'Tvåstegsinloggning är på.');
  await says(tab, 'Du har 10 reservkoder kvar.');
  await look(tab, 'account-alone');
  await server.sql("UPDATE synpunkt.staff_session SET confirmed_at = now() - interval '11 minutes'");
  await push(tab, 'Skapa nya reservkoder');
  await tab.waitForSelector('#confirm-password');
  await hands.write('#confirm-password', who.password);
  await tab.keyboard.press('Enter');
  await tab.waitForSelector(`dialog ${use}:focus`);
  await look(tab, 'confirmation-alone');
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('.recovery code');
  await hands.press('.recovery .main');
  await push(tab, 'Slå på koder från en app');
  await tab.waitForSelector('.groups code');
  await inStep();
  await hands.write('#first-code', codeOf((await tab.locator('.groups code').allTextContents()).join('')));
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('button:text-is("Stäng av koderna")');
  await hands.press('button[aria-label="Ta bort passkeyn Datorn"]');
  await says(tab, 'Du har ingen passkey.');
  await says(tab, 'Tvåstegsinloggning är på.');
  await push(tab, 'Stäng av koderna');
  await says(tab, 'Tvåstegsinloggning är av.');
  await leave(tab);
});

test('html-validate and Nu are content with it', async () => {
  assert.deepEqual(await nuCheck(html), []);
});
