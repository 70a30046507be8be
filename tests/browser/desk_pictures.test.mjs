/* A case's pictures, large: turned and zoomed, by keyboard alone. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { eventually, multipart, startServer } from '../api/harness.mjs';
import { addUser } from '../api/staff.mjs';
import { closeBrowser } from './browser.mjs';
import { at, clean, enterDesk, leave } from './desk_kit.mjs';
import { keyboard } from './hands.mjs';
import { takePhoto } from './photo_kit.mjs';

let server;
let password;
let filed;

before(async () => {
  server = await startServer();
  password = await addUser(server, 'anna', 'case-handler@trafiknamnden', 'Anna Ek');
  const photo = await takePhoto(server);
  const res = await server.post('/api/v1/cases', { multipart: multipart([
    { name: 'case', json: { text: 'Lampan är trasig', category: 'gatubelysning' } },
    { name: 'attachment', filename: 'lampa.jpg', type: 'image/jpeg', body: photo },
    { name: 'attachment', filename: 'stolpe.jpg', type: 'image/jpeg', body: photo }]) });
  assert.equal(res.status, 201, res.text);
  filed = res.json;
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

const drawn = (tab) => tab.evaluate(() => {
  const canvas = document.querySelector('.viewer canvas');
  return { isLying: canvas.width > canvas.height, label: canvas.ariaLabel ?? canvas.getAttribute('aria-label'),
    width: canvas.getBoundingClientRect().width };
});

test('by keyboard alone: a picture is turned, made larger, and left where one came from', async () => {
  const tab = await enterDesk(server, 'anna', password, at(filed));
  const hands = keyboard(tab);
  await hands.reach('.files a');
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('.viewer canvas:not([hidden])');
  assert.ok((await drawn(tab)).isLying);
  await clean(tab, 'the picture, large');

  await tab.keyboard.press('r');
  await eventually('the picture is turned', async () => !(await drawn(tab)).isLying);
  assert.match((await drawn(tab)).label, /vriden 90 grader/);
  const before = (await drawn(tab)).width;
  await tab.keyboard.press('+');
  await eventually('the picture is larger', async () => (await drawn(tab)).width > before);
  await tab.keyboard.press('n');
  await tab.getByText('Bild 2 av 2: stolpe.jpg').waitFor();

  await tab.keyboard.press('Escape');
  await tab.waitForSelector('.viewer', { state: 'detached' });
  assert.ok(await tab.evaluate(() => document.activeElement.matches('.files a')));
  await leave(tab);
});
