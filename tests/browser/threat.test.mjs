/* Threats and protected identity in the desk: nobody meets the words unawares, and an
 * address is seen by choice only. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startServer } from '../api/harness.mjs';
import { addUser } from '../api/staff.mjs';
import { closeBrowser, formEnv } from './browser.mjs';
import { at, clean, enterDesk, leave, picture, says } from './desk_kit.mjs';

let server;
let password;

before(async () => {
  server = await startServer({ env: formEnv });
  password = await addUser(server, 'rut', 'registrar@trafiknamnden', 'Rut Rask');
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

/* Where DESK_PICTURES names a directory, for the eye. */
test('a threat is suggested, flagged by a key, and folded behind a button from then on', async () => {
  const res = await server.post('/api/v1/cases', { json: { category: 'gatubelysning',
    text: 'Laga lampan, annars ska jag skjuta er.' } });
  const c = res.json;
  const rut = await enterDesk(server, 'rut', password, at(c));
  await says(rut, 'Kan vara ett hot');
  await says(rut, 'annars ska jag skjuta er');
  await rut.keyboard.press('h');
  await says(rut, 'Ärendet är markerat som hot.');
  await says(rut, 'Svara på själva saken');
  assert.equal(await rut.getByText('skjuta er').count(), 0);
  await clean(rut, 'a threat, folded');
  await picture(rut, 'threat-folded');
  await rut.locator('.folded button').first().focus();
  await rut.keyboard.press('Enter');
  await says(rut, 'annars ska jag skjuta er');
  assert.ok(await rut.evaluate(() => document.activeElement.textContent.includes('skjuta er')),
    'the focus is where the button was');
  /* Left and come back to, without a new page: to be chosen anew. */
  await rut.keyboard.press('Escape');
  await rut.waitForSelector('#q');
  await rut.locator(`a[data-number="${c.number}"]`).first().click();
  await rut.waitForSelector('.folded');
  assert.equal(await rut.getByText('skjuta er').count(), 0);
  await rut.goto(`/desk/?q=${c.number}&status=any`);
  await rut.getByText('Texten är dold: den är markerad som hot').first().waitFor();
  assert.equal(await rut.getByText('skjuta er').count(), 0);
  await leave(rut);
});

test('of a protected person contact and place are seen by choice only', async () => {
  const res = await server.post('/api/v1/cases', { json: { category: 'gatubelysning',
    text: 'Lampan vid porten är trasig.', contact: { email: 'eva@example.se' },
    place: { lat: 59.2518, lon: 18.0921, address: 'Farsta torg 1' } } });
  const c = res.json;
  const rut = await enterDesk(server, 'rut', password, at(c));
  await says(rut, 'Farsta torg 1');
  await rut.click('#do-protect');
  await says(rut, 'Ärendet får känslighet S4');
  await rut.keyboard.press('Enter');
  await says(rut, 'Personuppgifterna är skyddade.');
  for (const text of ['Farsta torg 1', 'eva@example.se'])
    assert.equal(await rut.getByText(text).count(), 0, text);
  assert.equal(await rut.locator('.canvas').count(), 0);
  await clean(rut, 'protected');
  await picture(rut, 'protected');
  await rut.locator('.side .folded button').first().click();
  await says(rut, 'Farsta torg 1');
  await says(rut, 'eva@example.se');
  await leave(rut);
});
