/* "The same thing" at the desk: how many support a case, an answer for followers, what of it
 * anybody may see; and the page that a follower's letter leads to. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { after, before, test } from 'node:test';

import { serial } from '../api/contract_desk_kit.mjs';
import { jpeg } from '../api/contract_samples.mjs';
import { eventually, multipart, startServer } from '../api/harness.mjs';
import { readLetter, startSink } from '../api/smtp_sink.mjs';
import { addUser } from '../api/staff.mjs';
import { closeBrowser, formEnv, nuCheck, openTab } from './browser.mjs';
import { at, clean, enterDesk, leave, says } from './desk_kit.mjs';

let server, sink, password, c, path;
before(async () => {
  sink = await startSink();
  server = await startServer({ env: { ...formEnv, SYNPUNKT_SMTP: sink.url,
    SYNPUNKT_PUBLIC_URL: 'https://synpunkt.example' } });
  password = await addUser(server, 'mia', 'coordinator@trafiknamnden', 'Mia Falk');
  const res = await server.post('/api/v1/cases', { multipart: multipart([{ name: 'case', json: {
    text: 'Lampan är släckt', category: 'gatubelysning', place: { lat: 59.3105, lon: 18.0101 } } },
  { name: 'attachment', filename: 'lampa.jpg', body: jpeg }]) });
  const key = await eventually('it is on the map', async () => (await server.sql(
    `SELECT key FROM synpunkt.public_case WHERE case_id = ${serial(res.json.number)}`))[0]?.key);
  c = { ...res.json, key };
  for (const email of [undefined, 'anna@example.org'])
    await server.post(`/api/v1/open-cases/${key}/supports`, { json: {
      device: crypto.randomBytes(16).toString('base64url'), ...(email && { contact: { email } }) } });
  const letter = await eventually('the letter', () => sink.letters.find((l) => l.to === 'anna@example.org'));
  path = /\/stod\/[0-9A-Z]+/.exec(readLetter(letter.text).body)[0];
});
after(async () => {
  await closeBrowser();
  await server?.stop();
  await sink?.close();
});

test('the letter’s page asks, and takes the yes, without script and on a narrow screen', async () => {
  const html = (await server.get(path)).text;
  assert.deepEqual(await nuCheck({ asked: html }), []);
  const tab = await openTab(server);
  await tab.goto(path);
  await says(tab, 'Vill du få brev om ärendet?');
  await clean(tab, 'the page of the letter');
  await leave(tab);
  const plain = await openTab(server, { width: 320, javaScriptEnabled: false });
  await plain.goto(path);
  await plain.getByText('Ja, skicka brev till mig').click();
  await says(plain, 'Du får brev om ärendet');
  await leave(plain);
});

test('the desk says how many support it; the box for followers is empty from the start', async () => {
  const tab = await enterDesk(server, 'mia', password, at(c));
  await says(tab, '2 stöder ärendet');
  await tab.click('#do-reply');
  await tab.waitForSelector('#act-followers');
  assert.equal(await tab.isChecked('#act-followers'), false);
  await says(tab, 'Skicka svaret också till dem som följer ärendet (1)');
  await clean(tab, 'the answer with a box for followers');
  await tab.fill('#act-text', 'Lampan byts i dag.');
  await tab.check('#act-followers');
  await tab.locator('form.act button[type=submit]').click();
  await says(tab, 'Lampan byts i dag.');
  const letter = await eventually('the letter', () => sink.letters.filter((l) => l.to === 'anna@example.org')[1]);
  assert.match(readLetter(letter.text).body, /Lampan byts i dag\./);
  await leave(tab);
});

test('a picture is shown to the public and taken back, the case too, with the keyboard', async () => {
  const tab = await enterDesk(server, 'mia', password, at(c));
  const photo = () => server.get(`/api/v1/open-cases/${c.key}/photo`);
  await tab.focus('#show-photo-1');
  await says(tab, 'syns ansikten eller registreringsskyltar');
  await clean(tab, 'the case with its buttons');
  await tab.keyboard.press('Enter');
  await says(tab, 'Alla kan se bilden så länge');
  assert.equal((await photo()).status, 200);
  await tab.focus('#show-case');
  await tab.keyboard.press('Enter');
  await says(tab, 'Borttaget från den offentliga kartan. De som');
  assert.equal((await photo()).status, 404);
  assert.equal(await tab.evaluate(() => document.activeElement?.id), 'show-case', 'the focus stays');
  await tab.keyboard.press('Enter');
  await says(tab, 'Syns på den offentliga kartan');
  await tab.click('#show-photo-1');
  await says(tab, 'Titta först');
  assert.equal((await photo()).status, 404);
  await leave(tab);
});

test('the queue says how many support a case', async () => {
  const tab = await enterDesk(server, 'mia', password, '/desk/?sort=receivedAt');
  const row = tab.locator('li.row', { has: tab.locator(`[data-number="${c.number}"]`) });
  await row.filter({ hasText: '2 stöder ärendet' }).waitFor();
  await clean(tab, 'the queue');
  await leave(tab);
});
