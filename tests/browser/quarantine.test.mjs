/* Mail in quarantine, as whoever decides on it meets it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startServer } from '../api/harness.mjs';
import { became, deliver, mailOf, newId } from '../api/mail_kit.mjs';
import { addUser, signIn } from '../api/staff.mjs';
import { closeBrowser, nuCheck } from './browser.mjs';
import { clean, enterDesk, htmlOf, leave, says } from './desk_kit.mjs';
import { keyboard } from './hands.mjs';

const path = '/desk/karantan';
const shots = process.env.SYNPUNKT_TEST_PICTURES; /* a folder to look at, or none */
const html = {};
let server;
let password;

before(async () => {
  server = await startServer({ env: { SYNPUNKT_MAIL_AUTHSERV_ID: 'mx.stad.example' } });
  password = await addUser(server, 'rut', 'registrar@trafiknamnden', 'Rut Registrator');
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

async function held(options = {}) {
  const id = newId('held');
  await deliver(server, 'trafik@stad.example', { bytes: mailOf({ id,
    fields: ['X-Spam-Flag: YES'], ...options }) });
  return { ...await became(server, id, 'quarantined'), message: id };
}

async function look(tab, name) {
  await clean(tab, name);
  html[name] = await htmlOf(tab);
  for (const width of shots ? [390, 1280] : []) {
    await tab.setViewportSize({ width, height: 900 });
    await tab.emulateMedia({ colorScheme: 'light' });
    await tab.screenshot({ path: `${shots}/quarantine-${name}-${width}.png`, fullPage: true });
  }
}

const shows = (subject) => `button[aria-label*="${subject}"]`;

test('by keyboard alone: from the summary to a mail that is let through', async () => {
  const row = await held({ subject: 'Gropen på Storgatan', text: 'En stor grop.\n\nHälsningar Bo',
    files: [{ name: 'karta över gropen.txt', type: 'text/plain', bytes: 'här' }] });
  const tab = await enterDesk(server, 'rut', password);
  const hands = keyboard(tab);
  await hands.press('.summary a[href="/desk/karantan"]');
  await tab.waitForSelector(shows('Gropen'));
  assert.equal(await tab.title(), 'Mejl i karantän – Handläggning');
  await says(tab, 'Vår mejlserver kallar det skräppost');
  await says(tab, 'Ingen har tittat på det');
  assert.equal(await tab.getByText('En stor grop.').count(), 0);
  await look(tab, 'list');
  await hands.press(shows('Gropen'));
  await says(tab, 'En stor grop.');
  await says(tab, 'karta över gropen.txt');
  await look(tab, 'open');
  await hands.press('.decision button.main');
  await says(tab, '”Gropen på Storgatan” är framsläppt');
  await tab.waitForSelector('.quarantine h1:focus');
  await says(tab, 'Inga mejl väntar.');
  await look(tab, 'none');
  const done = await became(server, row.message, 'done');
  assert.ok(done.case_id);
  await leave(tab);
});

test('a mail is dismissed with a reason; what a colleague has decided first is told', async () => {
  const one = await held({ subject: 'Vinn en resa' });
  const two = await held({ subject: 'Billiga glasögon' });
  const tab = await enterDesk(server, 'rut', password, path);
  await tab.click(shows('Vinn en resa'));
  await tab.selectOption('.decision select', 'other');
  await tab.click('.decision button:last-child');
  await says(tab, '”Vinn en resa” är avfärdat.');
  const [{ outcome, reason }] = await server.sql(`SELECT outcome, dismissed_as AS reason
    FROM synpunkt.mail_held WHERE id = ${one.id}`);
  assert.deepEqual([outcome, reason], ['dismissed', 'other']);

  await tab.click(shows('Billiga'));
  await tab.waitForSelector('.decision');
  const kim = await signIn(server, 'kim', await addUser(server, 'kim',
    'coordinator@trafiknamnden', 'Kim Kollega'));
  const { etag } = (await kim.get(`/api/v1/desk/quarantine/${two.id}`)).headers;
  assert.equal((await kim.post(`/api/v1/desk/quarantine/${two.id}/dismissals`,
    { etag, json: { reason: 'spam' } })).status, 201);
  await tab.click('.decision button.main');
  await says(tab, 'Kim Kollega hann före: avfärdades.');
  assert.equal(await tab.locator(shows('Billiga')).count(), 0);
  await leave(tab);
});

test('what has waited for too long says so, in English too', async () => {
  const row = await held({ subject: 'En gammal synpunkt' });
  await server.sql(`UPDATE synpunkt.mail_held SET held_on = held_on - 14 WHERE id = ${row.id}`);
  const tab = await enterDesk(server, 'rut', password);
  await tab.waitForSelector('.summary .bad a[href="/desk/karantan"]');
  await tab.goto(path);
  await says(tab, 'Har väntat för länge');
  await tab.click('.me summary');
  await tab.click('.langs button[lang="en"]');
  await says(tab, 'Has waited for too long');
  await look(tab, 'late');
  await leave(tab);
});

test('nobody else is led there, nor sees anything there', async () => {
  const other = await addUser(server, 'hans', 'case-handler@trafiknamnden', 'Hans Handläggare');
  const tab = await enterDesk(server, 'hans', other, path);
  await says(tab, 'Karantänen är för den som registrerar');
  assert.equal(await tab.locator('a[href="/desk/karantan"]').count(), 0);
  assert.equal(await tab.locator('.quarantine .card').count(), 0);
  await leave(tab);
});

test('the markup is what the checker expects', async () => {
  assert.deepEqual(await nuCheck(html), []);
});
