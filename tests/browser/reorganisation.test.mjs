/* A reorganisation at the desk: looked at, rehearsed and carried out, by keyboard alone. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startServer } from '../api/harness.mjs';
import { addBoards, farsta, park, planOf, reorganise, syd, today } from '../api/reorganise_kit.mjs';
import { addUser } from '../api/staff.mjs';
import { closeBrowser, nuCheck, widthOf } from './browser.mjs';
import { clean, enterDesk, htmlOf, leave, picture, says } from './desk_kit.mjs';
import { keyboard } from './hands.mjs';

const path = '/desk/omorganisation';
const html = {};
let server, admin, leader, day;

before(async () => {
  server = await startServer();
  await addBoards(server);
  day = await today(server);
  admin = await addUser(server, 'adam', 'administrator@*', 'Adam Ask');
  leader = await addUser(server, 'carl', `coordinator@${farsta}`, 'Carl Alm');
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

async function look(tab, name) {
  await clean(tab, name);
  html[name] = await htmlOf(tab);
  await picture(tab, `reorganisation-${name}`);
}

test('by keyboard alone: what it would do, and carried out after a look', async () => {
  const tab = await enterDesk(server, 'adam', admin, '/desk/installningar');
  const hands = keyboard(tab);
  await hands.press(`a[href="${path}"]`);
  await says(tab, 'Ingen omorganisation är planerad.');
  await look(tab, 'none');

  const plan = planOf(day, { boards: [{ board: farsta, successor: syd, parts: [{ category: 'park', to: park }] }] });
  const put = await reorganise(server, 'plan', plan);
  assert.equal(put.code, 0, put.text);
  await tab.reload();
  await says(tab, plan.name);
  await hands.press(`a[href="${path}/prov"]`);
  await says(tab, 'Om den genomfördes nu');
  await says(tab, /Farsta stadsdelsnämnd → Sydöstra stadsdelsnämnden/);
  await says(tab, /Nya ärenden om/);
  await says(tab, 'farsta@stad.example');
  assert.doesNotMatch(await tab.textContent('main'), /undefined|null|\{\w+\}/);
  await look(tab, 'rehearsal');

  await hands.press('details.ending summary');
  await hands.press('details.ending button');
  await says(tab, 'Omorganisationen genomförs.');
  await tab.waitForFunction(() => {
    const again = [...document.querySelectorAll('main button')].find((b) => b.textContent === 'Se hur långt den har kommit');
    if (/✓ Genomförd/.test(document.body.textContent)) return true;
    again?.click();
    return false;
  }, null, { polling: 500 });
  await look(tab, 'done');
  await leave(tab);
});

test('who is no administrator is told so, and finds no way there', async () => {
  const tab = await enterDesk(server, 'carl', leader, '/desk/installningar');
  await says(tab, 'Svarstider');
  assert.equal(await tab.locator(`a[href="${path}"]`).count(), 0);
  await tab.goto(path);
  await says(tab, 'Omorganisationer är för administratörer.');
  await leave(tab);
});

test('it fits 320 pixels', async () => {
  const tab = await enterDesk(server, 'adam', admin, `${path}/prov`, { width: 320 });
  await says(tab, 'Nya nämnder på prov');
  assert.ok(await widthOf(tab) <= 320);
  await leave(tab);
  const other = await reorganise(server, 'plan', planOf(await today(server, 30), { code: 'nasta', name: 'Nästa',
    boards: [{ board: 'bromma-stadsdelsnamnd', successor: syd }] }));
  assert.equal(other.code, 0, other.text);
  const next = await enterDesk(server, 'adam', admin, `${path}/nasta`, { width: 320 });
  await says(next, 'Om den genomfördes nu');
  await says(next, /först den dag då den börjar gälla/);
  assert.equal(await next.locator('details.ending').count(), 0);
  assert.ok(await widthOf(next) <= 320);
  await leave(next);
});

test('the pages are valid HTML', async () => {
  assert.deepEqual(await nuCheck(html), []);
});
