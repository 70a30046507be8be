/* Saved filters at the desk: saved, opened and counted by keyboard alone, and a board's own. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { eventually, startServer } from '../api/harness.mjs';
import { addUser, signIn } from '../api/staff.mjs';
import { closeBrowser, formEnv } from './browser.mjs';
import { clean, enterDesk, leave, says } from './desk_kit.mjs';
import { keyboard } from './hands.mjs';

const trafik = 'trafiknamnden';
const password = {};
let server;

before(async () => {
  server = await startServer({ env: formEnv });
  for (const [user, name, role] of [['anna', 'Anna Ek', 'case-handler'], ['bo', 'Bo Alm', 'case-handler'], ['kim', 'Kim Lund', 'coordinator']])
    password[user] = await addUser(server, user, `${role}@${trafik}`, name);
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

async function submit(text, category) {
  const res = await server.post('/api/v1/cases', { json: { text, category, type: 'praise', place: { lat: 59.2518, lon: 18.0921 } } });
  assert.equal(res.status, 201, res.text);
  return res.json;
}

const enter = (user, path, options) => enterDesk(server, user, password[user], path, options);
const countAt = (tab, name) => tab.locator(`.views a:has-text("${name}") strong`).textContent();

test('by keyboard alone: the filter is saved, counted, opened by g and a digit, and removed', async () => {
  const cases = [await submit('Ett.', 'gatuarbete'), await submit('Två.', 'gatuarbete')];
  const tab = await enter('anna', '/desk/?category=gatuarbete&type=praise');
  const hands = keyboard(tab);

  await tab.locator('a.open').nth(1).waitFor();
  await hands.press('#views-edit');
  await tab.waitForSelector('dialog[open]');
  await says(tab, 'Ämne: Gatuarbete, avstängning, upplåtelse, Typ: Beröm');
  await clean(tab, 'saving a filter');
  await hands.press('dialog button[type=submit]');
  await tab.waitForSelector('.faults:focus');
  await hands.write('#view-name', 'Gatans beröm');
  await tab.keyboard.press('Enter');
  await says(tab, 'Urvalet Gatans beröm är sparat.');
  await tab.waitForSelector('dialog h2:focus');
  await clean(tab, 'saved filters');
  await tab.keyboard.press('Escape');
  await tab.waitForSelector('#views-edit:focus');
  await eventually('it is counted', async () => await countAt(tab, 'Gatans beröm') === '2');
  await clean(tab, 'a queue with saved filters');

  await tab.goto('/desk/');
  await tab.waitForSelector('.views a');
  await tab.keyboard.press('1'); /* is nothing by itself */
  assert.ok(!tab.url().includes('category'));
  await tab.keyboard.press('g');
  await tab.keyboard.press('1');
  await tab.waitForURL(/category=gatuarbete&type=praise/);
  assert.equal(await tab.locator('.views a[aria-current=true]').count(), 1);

  /* A colleague takes one out of it: the count follows by itself, within seconds. */
  const bo = await signIn(server, 'bo', password.bo);
  const res = await bo.post(`/api/v1/desk/cases/${cases[0].number}/closures`, { json: { reason: 'remedied' }, etag: '"1"' });
  assert.equal(res.status, 201, res.text);
  await eventually('the count is right', async () => await countAt(tab, 'Gatans beröm') === '1');

  await tab.goto('/desk/');
  await tab.waitForSelector('.views a');
  await tab.keyboard.press('Control+k');
  await tab.keyboard.type('gatans');
  await tab.keyboard.press('Enter');
  await tab.waitForURL(/category=gatuarbete&type=praise/);
  await hands.press('#views-edit');
  await hands.press('.saved .buttons button:last-child');
  await says(tab, 'Urvalet Gatans beröm är borttaget.');
  await tab.keyboard.press('Escape');
  assert.equal(await tab.locator('.views a').count(), 0);
  await leave(tab);
});

test('many changes are one question', async () => {
  const cases = [];
  for (let i = 0; i < 6; i++) cases.push(await submit(`Fråga ${i}.`, 'stadning'));
  const tab = await enter('anna', '/desk/');
  const made = await signIn(server, 'anna', password.anna);
  assert.equal((await made.post('/api/v1/desk/views', { json: { name: 'Städning', filters: { category: 'stadning', type: 'praise' } } })).status, 201);
  let asked = 0;
  tab.on('request', (request) => { if (request.url().endsWith('/views/counts')) asked++; });
  await tab.reload();
  await eventually('it is counted', async () => await countAt(tab, 'Städning') === '6');
  const before = asked;
  const bo = await signIn(server, 'bo', password.bo);
  for (const c of cases) await bo.post(`/api/v1/desk/cases/${c.number}/closures`, { json: { reason: 'remedied' }, etag: '"1"' });
  await eventually('the count is right', async () => await countAt(tab, 'Städning') === '0');
  assert.ok(asked - before <= 3, `${asked - before} questions for six changes`);
  await leave(tab);
});

test('a coordinator shares one with the board; a handler sees it and cannot remove it', async () => {
  const kim = await enter('kim', '/desk/?attention=overdue', { width: 390 });

  await kim.click('#views-edit');
  await kim.fill('#view-name', 'Sena hos oss');
  await kim.selectOption('#view-board', trafik);
  await kim.click('dialog button[type=submit]');
  await says(kim, 'Urvalet Sena hos oss är sparat.');
  const anna = await enter('anna', '/desk/?attention=overdue');
  await says(anna, 'Sena hos oss');
  await anna.click('#views-edit');
  await anna.waitForSelector('.saved li');
  assert.equal(await anna.locator('#view-board').count(), 0, 'a handler shares none');
  const shared = anna.locator('.saved li', { hasText: 'Sena hos oss' });
  assert.match(await shared.textContent(), /delat, Trafiknämnden/);
  assert.equal(await shared.locator('button').count(), 0);
  await leave(kim, anna);
});

test('columns are chosen by keyboard and remembered on the device; a telephone keeps its own', async () => {
  const c = await submit('Kolumnerna.', 'klotter');
  const tab = await enter('anna', '/desk/?category=klotter&type=praise');
  const hands = keyboard(tab);
  const box = (name) => `.columnchoice label:has-text("${name}") input`;
  const headings = () => tab.locator('.row.labels span').allTextContents();

  await tab.locator(`a.open[data-number="${c.number}"]`).waitFor();
  assert.deepEqual(await headings(), ['', 'Svar', 'Ärende', 'Läge', 'Handläggare']);
  await hands.press('.columnchoice summary');
  for (const name of ['Ämne', 'Område', 'Kom in', 'Kanal', 'Handläggare']) {
    await tab.focus(box(name));
    await tab.keyboard.press(' ');
  }
  assert.deepEqual(await headings(), ['', 'Svar', 'Ärende', 'Läge', 'Ämne', 'Område', 'Kom in', 'Kanal']);
  await clean(tab, 'a queue with other columns');
  await tab.setViewportSize({ width: 1280, height: 900 });
  const row = tab.locator('li.row', { has: tab.locator(`[data-number="${c.number}"]`) });
  assert.match(await row.locator('.extra').allTextContents().then((all) => all.join('|')), /Ämne: Klotter[^|]*\|Område: Farsta[^|]*\|Kom in: [^|]+\|Kanal: API/);
  assert.equal(await row.locator('.handler').isVisible(), false);
  await tab.reload();
  await tab.locator(`a.open[data-number="${c.number}"]`).waitFor();
  assert.deepEqual(await headings(), ['', 'Svar', 'Ärende', 'Läge', 'Ämne', 'Område', 'Kom in', 'Kanal']);
  await tab.setViewportSize({ width: 390, height: 900 });
  assert.equal(await row.locator('.handler').isVisible(), true);
  assert.equal(await row.locator('.extra').first().isVisible(), false);
  await leave(tab);
});
