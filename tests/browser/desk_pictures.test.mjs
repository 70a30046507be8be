/* A case's pictures, large: turned, zoomed and masked, by keyboard alone. */
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

const boxes = (tab) => tab.locator('.stage .cover').evaluateAll((all) => all.map((e) => ({ left: e.offsetLeft, width: e.offsetWidth })));

test('by keyboard alone: parts of a picture are covered, and the masked copy is what is shown first', async () => {
  const tab = await enterDesk(server, 'anna', password, at(filed));
  const hands = keyboard(tab);
  await hands.press('.files a');
  await tab.getByRole('button', { name: 'Maska delar av bilden' }).waitFor();
  await hands.press('#mask');
  await tab.waitForFunction(() => document.querySelector('.stage img')?.naturalWidth > 0);
  await hands.press('#mask-add');
  await tab.waitForFunction(() => document.activeElement.matches('.stage .cover'));
  const [before] = await boxes(tab);
  for (const key of ['ArrowLeft', 'ArrowLeft', 'Shift+ArrowRight']) await tab.keyboard.press(key);
  await eventually('the area is moved and wider', async () => {
    const [now] = await boxes(tab);
    return now.left < before.left && now.width > before.width;
  });
  await clean(tab, 'masking');
  await tab.keyboard.press('a');
  await eventually('there are two', async () => (await boxes(tab)).length === 2);
  await tab.keyboard.press('Delete');
  await eventually('one is gone', async () => (await boxes(tab)).length === 1);
  await tab.keyboard.press('Control+z');
  await eventually('and is there again', async () => (await boxes(tab)).length === 2);
  assert.match(await tab.textContent('.areas [role=status]'), /Ångrat. Områden: 2/);
  /* Closed without saving: they are there again, and it says so. */
  await tab.keyboard.press('Escape');
  await tab.getByRole('button', { name: 'Fortsätt maskera (inte sparat)' }).waitFor();
  await tab.keyboard.press('Escape');
  await tab.waitForSelector('.viewer', { state: 'detached' });
  await hands.press('.files a');
  await hands.press('#mask');
  await eventually('both areas are there', async () => (await boxes(tab)).length === 2);
  await hands.press('#mask-save');

  await tab.getByText(/Maskad bild. Maskad av Anna Ek/).waitFor();
  await tab.waitForSelector('.viewer canvas:not([hidden])');
  const middle = () => tab.evaluate(() => {
    const canvas = document.querySelector('.viewer canvas');
    return [...canvas.getContext('2d').getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data.slice(0, 3)];
  });
  assert.ok((await middle()).every((v) => v < 30), 'what was in the middle is covered');
  await clean(tab, 'a masked picture');
  await hands.press('#mask-other');
  await tab.getByText('Originalet, som det kom.').waitFor();
  await eventually('the original is shown', async () => (await middle()).some((v) => v > 60));
  await tab.keyboard.press('Escape');
  await tab.waitForSelector('.viewer', { state: 'detached' });
  await tab.locator('.files .masked').waitFor();
  await tab.getByText('En bild maskades').waitFor();
  await leave(tab);
});
