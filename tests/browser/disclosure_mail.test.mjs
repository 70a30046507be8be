/* What was decided, sent by mail from the desk: to an address that is not shown again, with what
 * became of it, and what to do when it did not arrive or does not go by mail. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startServer } from '../api/harness.mjs';
import { readLetter, startSink } from '../api/smtp_sink.mjs';
import { addUser, signIn } from '../api/staff.mjs';
import { closeBrowser, formEnv } from './browser.mjs';
import { clean, enterDesk, leave, picture, says } from './desk_kit.mjs';
import { keyboard } from './hands.mjs';

const address = 'quendolin@begaran.example';
let server, sink, password, desk;

before(async () => {
  sink = await startSink();
  server = await startServer({ env: { ...formEnv, SYNPUNKT_SMTP: sink.url, SYNPUNKT_MAIL_FROM: 'synpunkter@stad.example' } });
  password = await addUser(server, 'cia', 'coordinator@trafiknamnden', 'Cia Ord');
  desk = await signIn(server, 'cia', password);
});
after(async () => {
  await closeBrowser();
  await server?.stop();
  await sink?.close();
});

const root = '/api/v1/desk/disclosures';
async function decided(set = '') {
  const c = (await server.post('/api/v1/cases', { json: { text: 'Plogbilen kom inte', category: 'snorojning' } })).json;
  if (set) await server.sql(`UPDATE synpunkt.case SET ${set} WHERE id = ${c.number.split('-')[1]}`);
  const { id } = (await desk.post(root, { json: { board: 'trafiknamnden', asked: 'Snö' } })).json;
  await desk.post(`${root}/${id}/cases`, { json: { numbers: [c.number] } });
  for (const d of (await desk.get(`${root}/${id}/cases/${c.number}`)).json.items.filter((one) => one.state === 'needs'))
    await desk.put(`${root}/${id}/cases/${c.number}/documents/${d.document}`, { json: { decision: 'whole', hash: d.hash, because: d.because } });
  assert.equal((await desk.post(`${root}/${id}/decisions`, { json: {} })).json.state, 'decided');
  return id;
}
async function toMail(id) {
  const tab = await enterDesk(server, 'cia', password, `/desk/utlamnande/${id}`);
  const hands = keyboard(tab);
  await tab.waitForSelector('#disclosure-how');
  await hands.choose('#disclosure-how', 'Med e-post, sk');
  await tab.waitForSelector('#disclosure-email');
  return { tab, hands };
}
const button = 'form:has(#disclosure-email) button[type="submit"]';

test('by keyboard: the address is written, the mail goes, and the page says when it has gone', async () => {
  const id = await decided();
  const { tab, hands } = await toMail(id);
  await hands.press(button);
  await tab.waitForSelector('#disclosure-email:focus[aria-invalid="true"]');
  await says(tab, 'Skriv en e-postadress');
  await clean(tab, 'the form to mail a disclosure');
  await picture(tab, 'disclosure-mail-form');
  await hands.write('#disclosure-email', address);
  await hands.reach('#disclosure-table');
  await tab.keyboard.press('Space');
  sink.mode = 'rcpt-450';
  await hands.press(button);
  await tab.waitForSelector('#disclosure-handed:focus');
  await says(tab, 'På väg med e-post sedan');
  assert.equal(await tab.locator('#disclosure-email, #disclosure-how').count(), 0);
  assert.equal(await tab.getByText('Öppna igen').count(), 0, 'it stays as it is meanwhile');
  await clean(tab, 'a mail on its way');
  await picture(tab, 'disclosure-mail-waits');
  sink.mode = 'ok';
  await server.sql(`UPDATE synpunkt.outbox SET due_at = now() WHERE disclosure_id = ${id}`);
  await tab.waitForSelector('section:has(#disclosure-handed):has-text("Med e-post.")', { timeout: 20000 });
  await says(tab, 'Handlingarna lämnas ut i sin helhet.');
  assert.ok(!(await tab.content()).includes('begaran'), 'the address is nowhere on the page');
  const letters = sink.letters.filter((l) => l.to === address);
  assert.equal(letters.length, 1);
  assert.match(readLetter(letters[0].text).body, /utlamnande-U\d{4}-\d+\.xlsx/);
  await leave(tab);
});

test('a mail that did not arrive is told, here and in the list, and another address is asked for', async () => {
  const { tab, hands } = await toMail(await decided());
  await hands.write('#disclosure-email', address);
  sink.mode = 'rcpt-550';
  await hands.press(button);
  await tab.waitForSelector('section:has(#disclosure-handed) .attention', { timeout: 20000 });
  await says(tab, 'adressen tar inte emot mejl. Adressen är borttagen.');
  await tab.waitForSelector('#disclosure-how');
  assert.ok(!(await tab.content()).includes('begaran'));
  await clean(tab, 'a mail that failed');
  await picture(tab, 'disclosure-mail-failed');
  sink.mode = 'ok';
  await hands.press('.back');
  await tab.waitForSelector('.periods .attention:has-text("Mejlet kom inte fram")');
  await picture(tab, 'disclosure-mail-list');
  await leave(tab);
});

test('what does not go by mail is said with what to do instead, and what somebody else did, too', async () => {
  const id = await decided(`sensitivity = 3, handler = (SELECT id FROM synpunkt.staff_user WHERE username = 'cia')`);
  const { tab, hands } = await toMail(id);
  await hands.write('#disclosure-email', address);
  await hands.press(button);
  await tab.waitForSelector('form:has(#disclosure-email) .trouble:has-text("Skicka brev, eller lämna ut på plats.")');
  await picture(tab, 'disclosure-mail-confidential');
  await desk.post(`${root}/${id}/reopenings`);
  await hands.choose('#disclosure-how', 'På');
  await hands.press('form button[name="note"]');
  await tab.waitForSelector('.trouble:has-text("Utlämnandet är inte beslutat. Hämta sidan igen och besluta först.")');
  await leave(tab);
});
