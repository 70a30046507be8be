/* What is held on a person, in the desk: for the board's data protection officer alone. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';

import { act, coordinator, farsta, serial, trafik, at } from '../api/contract_desk_kit.mjs';
import { multipart, startServer } from '../api/harness.mjs';
import { addUser } from '../api/staff.mjs';
import { axeSource, closeBrowser, formEnv, lookAt, nuCheck } from './browser.mjs';
import { enterDesk, htmlOf, leave, says } from './desk_kit.mjs';
import { keyboard } from './hands.mjs';

const shots = process.env.SYNPUNKT_TEST_PICTURES; /* a folder to look at, or none */
const path = '/desk/personer';
const email = 'eva.ek@example.se';
const html = {};
let server, password, numbers;

before(async () => {
  server = await startServer({ env: formEnv });
  password = await addUser(server, 'dag', `data-protection-officer@${trafik}`, 'Dag Ombud');
  const co = await coordinator(server);
  const [one, two, three] = [await submit('Lampan vid lekplatsen är släckt sedan i måndags.\nDet är mörkt för barnen.',
    { name: 'Eva Ek', email, phone: '070-123 45 67' }), await submit('Snöröjningen blev inte av.', { email }),
  await submit('Någon annans', { name: 'Bo Annan', email: 'bo@example.se' })];
  await server.sql(`UPDATE synpunkt.case SET sensitivity = 3 WHERE id = ${serial(one)}`);
  await co.get(at(one));
  await act(co, one, 'reply', { text: 'Hej Eva!\n\nLampan är lagad.' });
  await act(co, two, 'correct', { text: 'Fel person', contact: { email: 'eva.k@example.se' } });
  await server.sql(`INSERT INTO synpunkt.push_subscription (case_id, endpoint, made_at)
    VALUES (${serial(one)}, 'https://push.example/eva', '2025-01-02 11:00Z')`);
  numbers = { one, two, three };
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

async function submit(text, contact) {
  const res = await server.post('/api/v1/cases', { multipart: multipart([
    { name: 'case', json: { text, category: 'gatubelysning', contact, place: { address: 'Storgatan 1' } } },
    { name: 'attachment', filename: 'bild-av-platsen.txt', body: 'fil\n' }]) });
  assert.equal(res.status, 201, res.text);
  return res.json.number;
}

/* Clean in each width and scheme, kept for the markup checker, and a picture on request. */
async function look(tab, name) {
  await tab.evaluate(axeSource);
  for (const width of [320, 1280])
    for (const colorScheme of ['light', 'dark']) {
      await tab.setViewportSize({ width, height: 900 });
      await tab.emulateMedia({ colorScheme });
      const { faults, wide, small } = await lookAt(tab);
      assert.deepEqual({ faults, small, isWide: wide > width }, { faults: [], small: [], isWide: false },
        `${name}, ${width} px, ${colorScheme}`);
    }
  html[name] = await htmlOf(tab);
  for (const [width, colorScheme] of shots ? [[390, 'light'], [1280, 'light'], [1280, 'dark']] : []) {
    await tab.setViewportSize({ width, height: 900 });
    await tab.emulateMedia({ colorScheme });
    await tab.screenshot({ path: `${shots}/persons-${name}-${width}-${colorScheme}.png`, fullPage: true });
  }
}

test('by keyboard alone: from the menu to what is held, which can be saved and printed', async () => {
  const tab = await enterDesk(server, 'dag', password);
  const asked = [];
  tab.on('request', (r) => asked.push(r.url()));
  const hands = keyboard(tab);
  await hands.press('nav a[href="/desk/personer"]');
  await tab.waitForURL(/\/desk\/personer$/);
  await tab.waitForSelector('#sought');
  assert.equal(await tab.title(), 'Uppgifter om en person – Handläggning');
  await look(tab, 'empty');
  await hands.write('#sought', '  Eva.EK@example.se ');
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('.held h2:focus');
  assert.equal(await tab.locator('.held h2').first().textContent(), '2 ärenden');
  const text = await tab.locator('.held').innerText();
  for (const part of [numbers.one, numbers.two, 'Lampan vid lekplatsen', 'Eva Ek', '070-123 45 67', 'Storgatan 1',
    'Hej Eva!', 'bild-av-platsen.txt', 'Cia Ord: ärendet', 'Uppgiften stod i ärendet tills den rättades',
    'Eva.EK@example.se, hos Trafiknämnden', 'Enheter som får aviseringar', 'sedan 2 jan. 2025'])
    assert.ok(text.toLowerCase().includes(part.toLowerCase()), part);
  assert.doesNotMatch(text, /Snöröjningen|Bo Annan|Fel person/);
  await look(tab, 'found');

  const [file] = await Promise.all([tab.waitForEvent('download'), hands.press('.held .buttons button:last-child')]);
  assert.equal(file.suggestedFilename(), 'registerutdrag.json');
  assert.equal(JSON.parse(fs.readFileSync(await file.path(), 'utf8')).items.length, 2);
  await tab.emulateMedia({ media: 'print', colorScheme: 'light' });
  assert.deepEqual(await tab.locator('header.site, form, .held .buttons').evaluateAll((all) =>
    all.filter((e) => e.checkVisibility()).length), 0);
  assert.ok(await tab.locator('h1').isVisible() && await tab.getByText('Hej Eva!').isVisible());
  if (shots) await tab.pdf({ path: `${shots}/persons.pdf` });
  assert.deepEqual(asked.filter((url) => /eva/i.test(decodeURIComponent(url)) && !url.startsWith('blob:')), []);
  assert.doesNotMatch(tab.url(), /eva/i);
  await leave(tab);
});

test('what is no address or number is said at the field; what is not found, in words', async () => {
  const tab = await enterDesk(server, 'dag', password, path);
  for (const wrong of ['', 'ring mig', '@']) {
    await tab.fill('#sought', wrong);
    await tab.focus('#sought');
    await tab.keyboard.press('Enter');
    await tab.waitForSelector('.faults:focus');
    await says(tab, 'Skriv en hel e-postadress eller ett telefonnummer.');
  }
  await look(tab, 'fault');
  await tab.keyboard.press('Tab');
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('#sought:focus');
  await tab.fill('#sought', '08-000 00 00');
  await tab.keyboard.press('Enter');
  await says(tab, 'Inga ärenden');
  await says(tab, 'Pröva personens andra adresser och nummer');
  assert.equal(await tab.locator('.faults, .held button').count(), 0);
  await look(tab, 'none');
  await leave(tab);
});

test('ten minutes after the password it asks for it, and then finds', async () => {
  const tab = await enterDesk(server, 'dag', password, path);
  await server.sql("UPDATE synpunkt.staff_session SET confirmed_at = now() - interval '11 minutes'");
  await tab.fill('#sought', email);
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('dialog[open]');
  await tab.keyboard.press('Escape');
  await says(tab, 'Du måste skriva ditt lösenord för att göra det här.');
  await tab.locator('#sought').press('Enter');
  await tab.fill('#confirm-password', password);
  await tab.keyboard.press('Enter');
  await says(tab, '2 ärenden');
  await leave(tab);
});

test('nobody else is led there, nor finds anything there', async () => {
  const other = await addUser(server, 'hanna', `coordinator@${trafik},auditor@${farsta}`, 'Hanna Handläggare');
  const tab = await enterDesk(server, 'hanna', other, path);
  await says(tab, 'Det här är för nämndens dataskyddsombud.');
  assert.equal(await tab.locator('#sought, nav a[href="/desk/personer"]').count(), 0);
  await leave(tab);
});

test('what was looked at is valid HTML', async () => {
  assert.deepEqual(Object.keys(html).sort(), ['empty', 'fault', 'found', 'none']);
  assert.deepEqual(await nuCheck(html), []);
});
