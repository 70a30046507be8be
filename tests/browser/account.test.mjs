/* One's own account at the desk: two-step sign-in, where one is signed in, and the
 * password once more before what is sensitive. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';

import { startServer, testRoot } from '../api/harness.mjs';
import { addUser, signIn } from '../api/staff.mjs';
import { codeOf, enrol, forgetStep, inStep, wrongCode } from '../api/totp.mjs';
import { closeBrowser, formEnv, nuCheck } from './browser.mjs';
import { clean, htmlOf, leave, openDesk, says } from './desk_kit.mjs';
import { keyboard } from './hands.mjs';

const trafik = 'case-handler@trafiknamnden';
const shots = process.env.SYNPUNKT_TEST_PICTURES; /* a folder to look at, or none */
const html = {};
let server;

before(async () => { server = await startServer({ env: formEnv }); });
after(async () => {
  await closeBrowser();
  await server?.stop();
});

/* Not yet signed in: a code may be wanted. */
async function enter(user, password, path) {
  const tab = await openDesk(server, path);
  await tab.fill('#username', user);
  await tab.fill('#password', password);
  await tab.keyboard.press('Enter');
  return tab;
}

/* Clean by axe in both widths and schemes, kept for the markup checker, and on request a
 * picture of it on a telephone and on a desk. */
async function look(tab, name) {
  await clean(tab, name);
  html[name] = await htmlOf(tab);
  for (const [width, scheme] of shots ? [[390, 'light'], [1280, 'light'], [1280, 'dark']] : []) {
    await tab.setViewportSize({ width, height: 900 });
    await tab.emulateMedia({ colorScheme: scheme });
    await tab.screenshot({ path: `${shots}/${name}-${width}-${scheme}.png`, fullPage: true });
  }
}

async function signInByKeys(tab, user, password) {
  const hands = keyboard(tab);

  await hands.write('#username', user);
  await hands.write('#password', password);
  await tab.keyboard.press('Enter');
}

/* As if the password had been given so long ago. */
const age = (username) => server.sql(`UPDATE synpunkt.staff_session
  SET confirmed_at = now() - interval '11 minutes' WHERE user_id =
    (SELECT id FROM synpunkt.staff_user WHERE username = '${username}')`);

const keyOf = async (tab) => (await tab.locator('.groups code').allTextContents()).join('');

test('by keyboard alone: turn it on, keep the recovery codes, sign in with a code', async () => {
  const password = await addUser(server, 'kim', trafik, 'Kim Kod');
  const tab = await openDesk(server);
  const hands = keyboard(tab);
  const key = async (...keys) => { for (const k of keys) await tab.keyboard.press(k); };
  const at = (selector) => tab.waitForSelector(`${selector}:focus`);

  await signInByKeys(tab, 'kim', password);
  await tab.waitForSelector('.me');
  await hands.press('.me summary');
  await hands.press('.me a[href="/desk/konto"]');
  await tab.waitForURL(/\/desk\/konto$/);
  await at('h1');
  assert.equal(await tab.title(), 'Konto – Handläggning');
  await tab.waitForSelector('.sessions li');
  await look(tab, 'account');
  await key('Tab', 'Enter'); /* from the heading: the first button is to turn it on */
  await tab.waitForSelector('.groups code');
  const secret = await keyOf(tab);
  assert.match(secret, /^[A-Z2-7]{32}$/);
  assert.equal(await tab.locator('.groups code').first().textContent(), secret.slice(0, 4));
  assert.match(await tab.getAttribute('.key a', 'href'),
    new RegExp(`^otpauth://totp/Synpunkt:kim\\?secret=${secret}&issuer=Synpunkt`));
  assert.equal(await tab.locator('svg.qr[role=img]').count(), 1);
  await look(tab, 'setup');

  await hands.press('#first-code');
  await says(tab, 'Skriv koden från appen');
  await hands.retype('#first-code', wrongCode(secret));
  await key('Enter');
  await says(tab, 'Koden stämmer inte');
  await inStep();
  await hands.retype('#first-code', codeOf(secret));
  await key('Enter');
  await at('h3');
  const codes = await tab.locator('.recovery code').allTextContents();
  assert.equal(codes.length, 10);
  await look(tab, 'recovery-codes');
  await hands.press('.recovery .main');
  await says(tab, 'Du har 10 reservkoder kvar.');
  assert.doesNotMatch(await tab.content(), new RegExp(codes[0]));
  await look(tab, 'account-with-totp');
  await leave(tab);

  const again = await openDesk(server);
  await signInByKeys(again, 'kim', password);
  await again.waitForSelector('#totp:focus');
  assert.equal(await again.inputValue('#username'), 'kim');
  await look(again, 'sign-in-code');
  await again.keyboard.type(wrongCode(secret));
  await again.keyboard.press('Enter');
  await says(again, 'Koden stämmer inte');
  await keyboard(again).retype('#totp', codes[0].toLowerCase());
  await again.keyboard.press('Enter');
  await again.waitForSelector('.me');
  await leave(again);

  await forgetStep(server, 'kim');
  const third = await openDesk(server);
  await signInByKeys(third, 'kim', password);
  await third.waitForSelector('#totp:focus');
  await inStep();
  await third.keyboard.type(codeOf(secret));
  await third.keyboard.press('Enter');
  await third.waitForSelector('.me');
  await leave(third);
});

test('a role that asks for it: enrolment and nothing else, then what was wanted', async () => {
  const password = await addUser(server, 'rev', 'auditor,analyst', 'Rev Isor');
  const file = `${testRoot()}/requirements-browser.tsv`;
  fs.writeFileSync(file, 'role\ttotp_required\nauditor\tyes\n');
  assert.equal((await server.ctl(['import', 'requirements', file])).code, 0);
  const tab = await enter('rev', password, '/desk/?next=/statistik/');
  await says(tab, 'Din roll kräver tvåstegsinloggning.');
  await tab.waitForSelector('.groups code');
  assert.equal(await tab.locator('.queue, .me').count(), 0);
  await look(tab, 'enrolment');
  await tab.reload();
  await tab.waitForSelector('.groups code');
  await inStep();
  await tab.fill('#first-code', codeOf(await keyOf(tab)));
  await tab.click('.setup .main');
  await tab.click('.recovery .main');
  await tab.waitForURL(/\/statistik\//);
  await leave(tab);
  fs.writeFileSync(file, 'role\ttotp_required\n');
  assert.equal((await server.ctl(['import', 'requirements', file])).code, 0);
});

test('a requirement that comes while one works: enrolment, and the draft is kept', async () => {
  const password = await addUser(server, 'mitt', 'board-secretary@trafiknamnden', 'Mitt I');
  const made = await server.post('/api/v1/cases', { json: { text: 'Lampan är trasig.', category: 'gatubelysning' } });
  const file = `${testRoot()}/requirements-middle.tsv`;
  const tab = await enter('mitt', password, `/desk/arenden/${made.json.number}`);
  await tab.click('#do-note');
  await tab.fill('#act-text', 'Ring entreprenören.');
  fs.writeFileSync(file, 'role\ttotp_required\nboard-secretary\tyes\n');
  assert.equal((await server.ctl(['import', 'requirements', file])).code, 0);
  await tab.click('.act button[type=submit]');
  await tab.waitForSelector('.groups code');
  await inStep();
  await tab.fill('#first-code', codeOf(await keyOf(tab)));
  await tab.click('.setup .main');
  await tab.click('.recovery .main');
  await tab.click('#do-note');
  assert.equal(await tab.inputValue('#act-text'), 'Ring entreprenören.');
  await leave(tab);
  fs.writeFileSync(file, 'role\ttotp_required\n');
  assert.equal((await server.ctl(['import', 'requirements', file])).code, 0);
});

test('sessions: which is this one, and the others are ended after the password', async () => {
  const password = await addUser(server, 'sess', trafik, 'Sess Ion');
  const [one, two] = [await signIn(server, 'sess', password), await signIn(server, 'sess', password)];
  const tab = await enter('sess', password);
  await tab.waitForSelector('.me');
  await age('sess');
  await tab.goto('/desk/konto');
  await tab.waitForSelector('.session');
  assert.equal(await tab.locator('.session').count(), 3);
  assert.match(await tab.locator('.session').first().textContent(), /^(Chrome|Okänd webbläsare).*Den här enheten/);

  await tab.locator('.session button').first().click();
  await tab.waitForSelector('dialog[open]');
  await look(tab, 'confirmation');
  await tab.keyboard.press('Escape');
  await says(tab, 'Du måste skriva ditt lösenord för att göra det här.');
  assert.equal((await two.get('/api/v1/sessions/current')).status, 200);

  await tab.click('.trouble button');
  await tab.locator('.session button').first().click();
  await tab.fill('#confirm-password', 'fel lösenord');
  await tab.keyboard.press('Enter');
  await says(tab, 'Lösenordet stämmer inte.');
  await tab.fill('#confirm-password', password);
  await tab.keyboard.press('Enter');
  await tab.waitForFunction(() => document.querySelectorAll('.session').length === 2);
  await tab.waitForSelector('dialog', { state: 'detached' });
  await tab.getByText('Logga ut alla andra').click();
  await tab.waitForFunction(() => document.querySelectorAll('.session').length === 1);
  for (const gone of [one, two])
    assert.equal((await gone.get('/api/v1/sessions/current')).status, 401);
  await leave(tab);
});

test('turning it off asks for password and code, and does what was to be done', async () => {
  const password = await addUser(server, 'stang', trafik, 'Stäng Av');
  const { secret } = await enrol(await signIn(server, 'stang', password));
  await forgetStep(server, 'stang');
  const tab = await enter('stang', password);
  await tab.waitForSelector('#totp:focus');
  await inStep();
  await tab.fill('#totp', codeOf(secret));
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('.me');
  await age('stang');
  await forgetStep(server, 'stang');
  await tab.goto('/desk/konto');
  await tab.getByText('Skapa nya reservkoder').click();
  await tab.fill('#confirm-password', password);
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('#confirm-totp:focus');
  await inStep();
  await tab.fill('#confirm-totp', codeOf(secret));
  await look(tab, 'confirmation-with-code');
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('.recovery code');
  await tab.click('.recovery .main');
  await tab.getByText('Stäng av koderna').click();
  await says(tab, 'Tvåstegsinloggning är av.');
  assert.equal((await server.sql(`SELECT 1 FROM synpunkt.staff_totp t JOIN synpunkt.staff_user u
    ON u.id = t.user_id WHERE u.username = 'stang'`)).length, 0);
  await leave(tab);
});

test('a new password: the old one once more, the new one once, and it signs in', async () => {
  const password = await addUser(server, 'byter', trafik, 'Britt Byter');
  const tab = await enter('byter', password);
  const other = await signIn(server, 'byter', password);

  await tab.waitForSelector('.me');
  await age('byter');
  await tab.goto('/desk/konto');
  await tab.getByRole('button', { name: 'Få ett nytt lösenord' }).press('Enter');
  await tab.fill('#confirm-password', password);
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('#secret-title:focus');
  const made = await tab.textContent('.told-once code');
  assert.notEqual(made, password);
  await look(tab, 'new-password');
  assert.equal((await other.get('/api/v1/sessions/current')).status, 401);
  await signIn(server, 'byter', made);
  await leave(tab);
});

test('what was looked at is valid HTML', async () => {
  assert.ok(Object.keys(html).length >= 7);
  assert.deepEqual(await nuCheck(html), []);
});
