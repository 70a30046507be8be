/* Disclosures at the desk: a request without anybody's name, its documents gone through by
 * keyboard, the decision, the files, and that they were handed out. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { jpeg } from '../api/contract_samples.mjs';
import { multipart, startServer } from '../api/harness.mjs';
import { addUser, signIn } from '../api/staff.mjs';
import { closeBrowser, formEnv } from './browser.mjs';
import { clean, enterDesk, leave, picture, says } from './desk_kit.mjs';
import { keyboard } from './hands.mjs';

const text = 'Snön ligger kvar 🚲 på Vildvinsgatan 14. Jag heter Zebrina Qvist, 070-123 45 67.';
let server, password, filed, other;

before(async () => {
  server = await startServer({ env: formEnv });
  password = await addUser(server, 'cia', 'coordinator@trafiknamnden', 'Cia Ord');
  const submit = async (json) => (await server.post('/api/v1/cases', { json: { category: 'snorojning', ...json } })).json;
  filed = await submit({ text, contact: { name: 'Zebrina Qvist', phone: '070-123 45 67' } });
  other = await submit({ text: 'Plogbilen kom inte. Mitt nummer är 19811218-9876.' });
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

test('a request is answered by keyboard, from its first word to the file', async () => {
  const tab = await enterDesk(server, 'cia', password, '/desk/utlamnande');
  const hands = keyboard(tab);
  await tab.waitForSelector('h1:focus:has-text("Utlämnanden")');
  await says(tab, 'Du får inte fråga vem som begär handlingarna eller varför.');
  assert.equal(await tab.locator('main input, main textarea').count(), 1, 'what is asked for, and nothing else');
  await hands.press('main form button[type="submit"]');
  await tab.waitForSelector('#disclosure-asked:focus[aria-invalid="true"]');
  await hands.write('#disclosure-asked', 'Klagomål om snöröjning');
  await clean(tab, 'the list of disclosures');
  await picture(tab, 'disclosure-list');
  await hands.press('main form button[type="submit"]');

  await tab.waitForSelector('#disclosure-numbers');
  await hands.write('#disclosure-numbers', 'tjugo');
  await hands.press('form:has(#disclosure-numbers) button');
  await says(tab, 'Skriv ärendenummer som 2026-104233.');
  await hands.retype('#disclosure-numbers', `${filed.number}\n${other.number}`);
  await hands.press('form:has(#disclosure-numbers) button');
  await says(tab, 'Tillagda ärenden: 2.');
  await says(tab, 'ser ut som ett personnummer');
  await clean(tab, 'a disclosure');
  await picture(tab, 'disclosure-one');

  await hands.press(`a[href$="/${filed.number}"]`);
  await tab.waitForSelector('#text');
  await hands.press('#text button[aria-label^="Maska gatuadress"]');
  await hands.press('#text button[aria-label="Maska namn Zebrina Qvist"]');
  /* By selection: the telephone number at the end. */
  await hands.reach('#own-text');
  await tab.keyboard.press('Control+End');
  await tab.keyboard.type('x'); /* which does not get in */
  for (let i = 0; i < '070-123 45 67.'.length; i++) await tab.keyboard.press('Shift+ArrowLeft');
  await hands.press('#text button[name="mask"]');
  await tab.locator('#text .result', { hasText: /^Snön ligger kvar 🚲 på \[maskat, OSL [^\]]+\]\. Jag heter \[maskat, [^\]]+\], \[maskat, [^\]]+\]$/ }).waitFor();
  await clean(tab, 'a document that is masked');
  await picture(tab, 'disclosure-document');
  await hands.press('#text button[name="part"]');
  await tab.locator('#text', { hasText: 'Lämnas ut med maskering' }).waitFor();
  await hands.press('#contact button[name="refused"]');
  await tab.locator('#contact', { hasText: 'Lämnas inte ut' }).waitFor();
  await tab.waitForSelector('#disclosure-on:focus');

  await hands.press('#disclosure-on');
  await tab.waitForSelector(`h1:has-text("${other.number}")`);
  await hands.press('#text button[aria-label^="Maska personnummer"]');
  await hands.press('#text button[name="part"]');
  await tab.locator('#text', { hasText: 'Lämnas ut med maskering' }).waitFor();
  await hands.press('.back');

  await tab.waitForSelector('#disclosure-words');
  await hands.press('form:has(#disclosure-words) button[type="submit"]');
  await tab.waitForSelector('#disclosure-words[aria-invalid="true"]');
  await hands.press('button[name="suggest"]');
  assert.match(await tab.inputValue('#disclosure-words'), /Kammarrätten/);
  await hands.press('form:has(#disclosure-words) button[type="submit"]');
  await tab.waitForSelector('#disclosure-how');
  await clean(tab, 'a disclosure that is decided');
  await picture(tab, 'disclosure-decided');
  const [file] = await Promise.all([tab.waitForEvent('download'), hands.press('a[href$="/pdf"]')]);
  assert.match(file.suggestedFilename(), /^utlamnande-U\d{4}-\d+\.pdf$/);
  await hands.choose('#disclosure-how', 'På');
  await hands.press('form button[name="note"]');
  await says(tab, 'På plats.');
  await hands.press('.back');
  await says(tab, 'Utlämnat.');
  await leave(tab);
});

test('cases are chosen by filter', async () => {
  const tab = await enterDesk(server, 'cia', password, '/desk/utlamnande');
  await tab.fill('#disclosure-asked', 'Allt om snö');
  await keyboard(tab).press('main form button[type="submit"]');
  await tab.waitForSelector('#disclosure-category option[value="snorojning"]', { state: 'attached' });
  await tab.selectOption('#disclosure-category', 'snorojning');
  await keyboard(tab).press('form:has(#disclosure-category) button');
  await says(tab, filed.number);
  await leave(tab);
});

test('of a case that was passed on it is said who has it, when it is added and when it goes', async () => {
  const desk = await signIn(server, 'cia', password);
  const submit = async () => (await server.post('/api/v1/cases', { json: { text: 'Snö', category: 'snorojning' } })).json.number;
  const passOn = async (number) => {
    const path = `/api/v1/desk/cases/${number}`;
    const res = await desk.post(`${path}/transfers`, { json: { board: 'farsta-stadsdelsnamnd', ground: 'no-secrecy' },
      etag: (await desk.get(path)).headers.etag });
    assert.equal(res.status, 201, res.text);
  };
  const [gone, goes] = [await submit(), await submit()];
  await passOn(gone);
  const id = await opened(desk, goes);
  await passOn(goes);
  const tab = await enterDesk(server, 'cia', password, `/desk/utlamnande/${id}`);
  const hands = keyboard(tab);
  await says(tab, `${goes} har lämnats över till Farsta stadsdelsnämnd`);
  await hands.write('#disclosure-numbers', gone);
  await hands.press('form:has(#disclosure-numbers) button');
  await says(tab, `${gone} har lämnats över till Farsta stadsdelsnämnd, som nu har handlingarna och lämnar ut dem.`);
  await clean(tab, 'a disclosure with a case that was passed on');
  await picture(tab, 'disclosure-passed');
  await leave(tab);
});

/* A disclosure with a case in it, which anybody of the board may have done something about since. */
async function opened(desk, number) {
  const { id } = (await desk.post('/api/v1/desk/disclosures', { json: { board: 'trafiknamnden', asked: 'Snö' } })).json;
  await desk.post(`/api/v1/desk/disclosures/${id}/cases`, { json: { numbers: [number] } });
  return id;
}

test('what could not be done is told where it was tried; afterwards the focus goes on', async () => {
  const desk = await signIn(server, 'cia', password);
  const id = await opened(desk, filed.number);
  const path = `/api/v1/desk/disclosures/${id}`;
  const tab = await enterDesk(server, 'cia', password, `/desk/utlamnande/${id}`);
  const hands = keyboard(tab);
  await hands.reach('.periods button');
  await desk.post(`${path}/cases/${filed.number}/removals`);
  await hands.press('.periods button');
  await tab.waitForSelector('.periods li .trouble');
  assert.equal(await tab.locator('main .trouble').count(), 1);
  await desk.post(`${path}/cases`, { json: { numbers: [filed.number] } });
  let answer;
  await tab.route(`**${path}/cases/*/removals`, async (route) => { await new Promise((go) => { answer = go; }); await route.continue(); });
  await hands.press('.periods button');
  await tab.waitForSelector('.periods button[aria-disabled="true"]:has-text("Tar bort …")');
  answer();
  await tab.waitForSelector('#disclosure-cases:focus');
  await says(tab, 'Inga ärenden är valda.');

  await hands.press('.choosing > summary');
  await tab.fill('#disclosure-from', '2026-02-01');
  await tab.fill('#disclosure-to', '2026-01-01');
  await hands.press('form:has(#disclosure-from) button[type="submit"]');
  await tab.waitForSelector('#disclosure-to:focus[aria-invalid="true"]');
  await hands.press('form:has(#disclosure-words) button[type="submit"]');
  await tab.waitForSelector('form:has(#disclosure-words) .trouble');
  assert.equal(await tab.locator('main .trouble').count(), 1);
  await leave(tab);
});

test('what is selected is masked, also on a line after one that a form sent', async () => {
  const desk = await signIn(server, 'cia', password);
  const c = (await server.post('/api/v1/cases', { json: { text: 'Snö.\r\nMycket snö.\r\nZebrina Qvist', category: 'snorojning' } })).json;
  const tab = await enterDesk(server, 'cia', password, `/desk/utlamnande/${await opened(desk, c.number)}/${c.number}`);
  const hands = keyboard(tab);
  await hands.reach('#own-text');
  await tab.keyboard.press('Control+End');
  for (let i = 0; i < 'Zebrina Qvist'.length; i++) await tab.keyboard.press('Shift+ArrowLeft');
  await hands.press('#text button[name="mask"]');
  await tab.locator('#text .result', { hasText: /^Snö\.\s+Mycket snö\.\s+\[maskat, [^\]]+\]$/ }).waitFor();
  /* Text that a telephone composes cannot be held back. */
  const cdp = await tab.context().newCDPSession(tab);
  await hands.reach('#own-text');
  await cdp.send('Input.imeSetComposition', { text: 'x', selectionStart: 1, selectionEnd: 1 });
  assert.equal(await tab.inputValue('#own-text'), 'Snö.\nMycket snö.\nZebrina Qvist');
  await hands.press('#text button[aria-label="Ta bort maskeringen av Zebrina Qvist"]');
  await tab.waitForSelector('#result-text:focus');
  await leave(tab);
});

test('of a picture that is handed out masked the copy alone is led to', async () => {
  const res = await server.post('/api/v1/cases', { multipart: multipart([{ name: 'case', json: { text: 'Se bilden', category: 'snorojning' } },
    { name: 'attachment', filename: 'bild.jpg', body: jpeg }]) });
  const { number } = res.json;
  const desk = await signIn(server, 'cia', password);
  const path = `/api/v1/desk/cases/${number}`;
  const masked = await desk.post(`${path}/attachments/1/masks`, { etag: (await desk.get(path)).headers.etag,
    json: { areas: [{ left: 0, top: 0, width: 1, height: 1 }] } });
  assert.equal(masked.status, 201, masked.text);
  const { id } = (await desk.post('/api/v1/desk/disclosures', { json: { board: 'trafiknamnden', asked: 'Bilder' } })).json;
  await desk.post(`/api/v1/desk/disclosures/${id}/cases`, { json: { numbers: [number] } });
  const tab = await enterDesk(server, 'cia', password, `/desk/utlamnande/${id}/${number}`);
  const links = '#attachment-1 a[href*="/attachments/1"]';
  await tab.waitForSelector(links);
  assert.equal(await tab.locator(links).count(), 2, 'the copy and the original, before it is decided');
  await keyboard(tab).press('#attachment-1 button[name="part"]');
  await tab.locator('#attachment-1', { hasText: 'Lämnas ut med maskering' }).waitFor();
  assert.deepEqual(await tab.locator(links).evaluateAll((all) => all.map((a) => /\?masked=\d+$/.test(a.href))), [true]);
  await leave(tab);
});

test('who hands out nothing is told so, and is not led there', async () => {
  const hers = await addUser(server, 'anna', 'case-handler@trafiknamnden', 'Anna Ek');
  const tab = await enterDesk(server, 'anna', hers, '/desk/utlamnande');
  await says(tab, 'Handlingar lämnas ut av nämndens registratorer och samordnare.');
  assert.equal(await tab.locator('.me a[href="/desk/utlamnande"]').count(), 0);
  await leave(tab);
});
