/* The same done to many cases at the desk: chosen and done by keyboard alone, a colleague and a
 * broken line in the middle of it, and what cannot be done said before. */
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
  /* What the demo has of it differs from day to day. */
  await server.sql("UPDATE synpunkt.case SET type = 'question' WHERE type = 'praise'");
  for (const [user, name, role] of [['anna', 'Anna Ek', 'case-handler'], ['bo', 'Bo Alm', 'case-handler'], ['kim', 'Kim Lund', 'coordinator']])
    password[user] = await addUser(server, user, `${role}@${trafik}`, name);
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

/* Each test has a category of its own, and so a queue of its own. */
async function submit(n, category, contact = { name: 'Eva Ek', email: 'eva@example.se' }) {
  const made = [];
  for (let i = 0; i < n; i++) {
    const res = await server.post('/api/v1/cases', { json: { text: `Nummer ${i} av flera.`, category, type: 'praise', contact,
      place: { lat: 59.2518, lon: 18.0921 } } });
    assert.equal(res.status, 201, res.text);
    made.push(res.json);
  }
  return made;
}

const serial = (c) => Number(c.number.split('-')[1]);
/* As text comes from psql; how many events staff made is a number here. */
const rowsOf = async (cases) => (await server.sql(`SELECT c.id, c.category, c.version, c.status,
  c.acknowledged_at IS NOT NULL AS acknowledged, u.username AS handler, (SELECT count(*)
    FROM synpunkt.case_event e WHERE e.case_id = c.id AND e.actor LIKE 'user:%') AS events
  FROM synpunkt.case c LEFT JOIN synpunkt.staff_user u ON u.id = c.handler
  WHERE c.id IN (${cases.map(serial).join(',')}) ORDER BY c.id`)).map((r) => ({ ...r, events: Number(r.events), version: Number(r.version),
  acknowledged: r.acknowledged === 't' }));

async function enterQueue(user, category, n, options) {
  const tab = await enterDesk(server, user, password[user], `/desk/?category=${category}&type=praise`, options);
  await tab.locator('a.open').nth(n - 1).waitFor();
  return tab;
}

const press = async (tab, ...keys) => { for (const key of keys) await tab.keyboard.press(key); };
const chosen = (tab) => tab.locator('.row.chosen').count();

test('by keyboard alone: rows chosen one by one, as a range, all; then acknowledged', async () => {
  const cases = await submit(5, 'gatuarbete');
  const tab = await enterQueue('anna', 'gatuarbete', 5);

  await press(tab, 'j', 'x');
  assert.equal(await chosen(tab), 1);
  await press(tab, 'j', 'j', 'X');
  assert.equal(await chosen(tab), 3);
  await press(tab, 'k', ' ');
  assert.equal(await chosen(tab), 2);
  await press(tab, 'A');
  assert.equal(await chosen(tab), 5);
  await press(tab, 'A');
  assert.equal(await chosen(tab), 0);
  await press(tab, 'k', 'Shift+ArrowDown', 'Shift+ArrowDown');
  assert.equal(await chosen(tab), 3);
  await says(tab, '3 valda');
  /* At the end of the page the bar lies over no row, half of whose box it would take. */
  await clean(tab, 'a queue with chosen rows', () => tab.evaluate(() => window.scrollTo(0, document.body.scrollHeight)));
  await tab.setViewportSize({ width: 1280, height: 900 });

  await press(tab, 'b');
  await tab.waitForSelector('dialog[open] .bulkchoice button:focus');
  await clean(tab, 'what to do with them');
  await press(tab, 'a');
  await tab.waitForSelector('#bulk-text:focus');
  assert.match(await tab.textContent('.before'), /3 ärenden bekräftas\./);
  await clean(tab, 'before');
  await press(tab, 'Control+Enter');
  await tab.waitForSelector('dialog h3:focus');
  await says(tab, '✓ 3 klara');
  await press(tab, 'Escape');
  await tab.waitForSelector('a.open:focus');
  assert.equal(await chosen(tab), 0);
  const rows = await rowsOf(cases);
  assert.equal(rows.filter((r) => r.acknowledged).length, 3);
  assert.ok(rows.every((r) => r.events === (r.acknowledged ? 1 : 0)), 'each its own event');

  /* Those are known not to need it again. */
  await tab.waitForFunction(() => document.querySelectorAll('.row.changed').length === 3);
  await press(tab, 'A', 'b', 'a');
  await tab.waitForSelector('.before');
  assert.match(await tab.textContent('.before'), /2 ärenden bekräftas\.\s*3 kan inte:\s*redan bekräftat/);
  await press(tab, 'Escape');
  await leave(tab);
});

test('nothing is chosen among the rows of the filter before', async () => {
  await submit(2, 'gatuparkering');
  const tab = await enterQueue('anna', 'gatuparkering', 2);

  await tab.route(/\/desk\/cases\?/, async (route) => {
    await new Promise((done) => { setTimeout(done, 700); });
    await route.continue();
  });
  await press(tab, 'A');
  assert.equal(await chosen(tab), 2);
  await tab.click('.clear');
  await tab.waitForURL(/\/desk\/$/);
  await press(tab, 'A', 'b');
  assert.equal(await chosen(tab), 0);
  assert.equal(await tab.locator('dialog').count(), 0);
  await leave(tab);
});

test('a colleague in the middle of it: that case is a conflict, told and tried again', async () => {
  const cases = await submit(4, 'stadning');
  const tab = await enterQueue('anna', 'stadning', 4, { width: 390 });
  const hands = keyboard(tab);
  const bo = await signIn(server, 'bo', password.bo);

  await press(tab, 'A', 'b', 'g');
  await hands.choose('#bulk-user', 'Jag');
  await says(tab, '4 ärenden får handläggare: Jag (Anna Ek).');
  const res = await bo.post(`/api/v1/desk/cases/${cases[1].number}/assignments`, { json: { user: 'bo' }, etag: '"1"' });
  assert.equal(res.status, 201, res.text);
  await press(tab, 'Control+Enter');
  await says(tab, '3 klara, 1 inte');
  assert.match(await tab.textContent('.failed'), new RegExp(`${cases[1].number}.*Ändrades av någon annan.*Bo Alm`));
  assert.deepEqual((await rowsOf(cases)).map((r) => r.handler), ['anna', 'bo', 'anna', 'anna'], 'nothing is overwritten');
  await clean(tab, 'after, with a conflict');
  await tab.waitForSelector('dialog h3:focus');
  await hands.press('dialog .buttons .main');
  await says(tab, '✓ 4 klara');
  assert.deepEqual((await rowsOf(cases)).map((r) => [r.handler, r.events]),
    [['anna', 1], ['anna', 2], ['anna', 1], ['anna', 1]]);
  await press(tab, 'Escape');
  await leave(tab);
});

test('a line that breaks: nothing is done twice, what was not done is listed and done', async () => {
  const cases = await submit(10, 'klotter');
  const tab = await enterQueue('anna', 'klotter', 10);
  const hands = keyboard(tab);
  let n = 0;

  /* The fourth is done, but its answer is lost; then there is no network at all. */
  await tab.route(/\/api\/v1\/desk\/cases\/[\d-]+$/, async (route) => {
    if (route.request().method() !== 'PATCH') return route.continue();
    n++;
    if (n > 4) return route.abort();
    if (n === 4) { await route.fetch(); return route.abort(); }
    return route.continue();
  });
  await press(tab, 'A', 'b', 'e');
  await hands.choose('#bulk-type', 'Fråga');
  await press(tab, 'Control+Enter');
  await says(tab, 'Inget svar från servern.');
  await says(tab, 'Inte påbörjat.');
  const failed = await tab.locator('.failed li').count();
  assert.ok(failed >= 7, `${failed} are listed`);
  await tab.unroute(/\/api\/v1\/desk\/cases\/[\d-]+$/);
  await says(tab, `Försök igen med ${failed}`);
  await hands.press('dialog .buttons .main');
  await says(tab, '✓ 10 klara');
  assert.ok((await rowsOf(cases)).every((r) => r.events === 1 && r.version === 2), 'each is changed once');
  await press(tab, 'Escape');
  await leave(tab);
});

test('Escape stops after those under way; the rest stays chosen', async () => {
  await submit(12, 'snorojning');
  const tab = await enterQueue('anna', 'snorojning', 12);
  const hands = keyboard(tab);
  const begun = new Set();

  await tab.route('**/assignments', async (route) => {
    begun.add(route.request().url());
    await new Promise((done) => { setTimeout(done, 400); });
    await route.continue();
  });
  await press(tab, 'A', 'b', 'g');
  await hands.choose('#bulk-user', 'Bo Alm');
  await press(tab, 'Control+Enter');
  await tab.waitForSelector('dialog progress');
  await press(tab, 'Escape');
  await says(tab, 'Inte påbörjat.');
  const left = await tab.locator('.failed li', { hasText: 'Inte påbörjat.' }).count();
  assert.equal(left, 12 - begun.size, 'those under way, and no other, are done');
  const done = 12 - await tab.locator('.failed li').count();
  await press(tab, 'Escape');
  await eventually('the rest is chosen', async () => await chosen(tab) === 12 - done);
  await leave(tab);
});

test('a reply by a template, filled in for each case; where it has gaps it does not go', async () => {
  const cases = await submit(2, 'trafiksignal-skylt');
  const anonymous = (await submit(1, 'trafiksignal-skylt', {}))[0];
  const kim = await signIn(server, 'kim', password.kim);
  const made = await kim.post('/api/v1/desk/templates', { json: { name: 'Tack för berömmet', kind: 'reply', board: trafik,
    language: 'sv', text: 'Hej {{complainantName}}! Tack för ord om {{number}}.' } });
  assert.equal(made.status, 201, made.text);
  const tab = await enterQueue('anna', 'trafiksignal-skylt', 3);
  const hands = keyboard(tab);

  await press(tab, 'A', 'b', 'r');
  await tab.waitForSelector('#bulk-template option:nth-child(2)', { state: 'attached' });
  await hands.choose('#bulk-template', 'Tack');
  await says(tab, 'mallen har luckor som ärendet inte fyller');
  assert.match(await tab.textContent('.before'), /2 ärenden får svaret Tack för berömmet[^]*1 kan inte/);
  assert.match(await tab.textContent('.before .words'), /^Hej Eva Ek! Tack för ord om \d{4}-\d+\.$/);
  await clean(tab, 'before a reply');
  await press(tab, 'Control+Enter');
  await says(tab, '✓ 2 klara');
  const said = await server.sql(`SELECT t.body FROM synpunkt.case_content t WHERE t.kind = 'reply'
    AND t.case_id IN (${[...cases, anonymous].map(serial).join(',')}) ORDER BY t.case_id`);
  assert.deepEqual(said.map((r) => r.body), cases.map((c) => `Hej Eva Ek! Tack för ord om ${c.number}.`));
  await press(tab, 'Escape');
  await leave(tab);
});

test('what cannot be done is said before, and is not tried', async () => {
  const cases = await submit(3, 'vagskador');
  const bo = await signIn(server, 'bo', password.bo);
  const closed = await bo.post(`/api/v1/desk/cases/${cases[0].number}/closures`, { json: { reason: 'remedied' }, etag: '"1"' });
  assert.equal(closed.status, 201, closed.text);
  const tab = await enterDesk(server, 'anna', password.anna, '/desk/?category=vagskador&type=praise&status=any');

  await tab.locator('a.open').nth(2).waitFor();
  await tab.click('.pickall');
  await tab.click('.chosenbar .direct:text-is("Avsluta")');
  await tab.click('dialog button[type=submit]');
  await tab.waitForSelector('.faults:focus');
  await tab.selectOption('#bulk-reason', 'remedied');
  await says(tab, '2 ärenden avslutas: Felet är åtgärdat.');
  assert.match(await tab.textContent('.before'), /1 kan inte:\s*redan avslutat/);
  await tab.click('dialog button[type=submit]');
  await says(tab, '✓ 2 klara');
  assert.ok((await rowsOf(cases)).every((r) => r.status === 'closed' && r.events === 1));
  await leave(tab);
});
