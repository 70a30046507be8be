/* Secrecy marking in the desk: by keyboard, seen in the queue, on the case and on paper. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startServer } from '../api/harness.mjs';
import { addUser } from '../api/staff.mjs';
import { axeSource, closeBrowser, formEnv, lookAt, openTab, unfold } from './browser.mjs';
import { keyboard } from './hands.mjs';

let server;
let password;
before(async () => {
  server = await startServer({ env: formEnv });
  password = await addUser(server, 'mia', 'coordinator@trafiknamnden', 'Mia Falk');
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

async function enter(path, options) {
  const tab = await openTab(server, options);
  await tab.goto(path);
  await tab.fill('#username', 'mia');
  await tab.fill('#password', password);
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('.me');
  return tab;
}

async function submit(text) {
  const res = await server.post('/api/v1/cases', { json: { text, category: 'gatubelysning',
    contact: { name: 'Eva Ek', email: 'eva@example.se' } } });
  assert.equal(res.status, 201, res.text);
  return res.json;
}

const says = (tab, text) => tab.getByText(text).first().waitFor();

test('by keyboard alone: mark the case and its text, see it in the queue, take one away', async () => {
  const c = await submit('Det här kan vara hemligt.');
  const tab = await enter(`/desk/arenden/${c.number}`);

  const hands = keyboard(tab);
  await tab.waitForSelector('#do-mark');
  await tab.waitForSelector('h1:focus'); /* where a case begins */
  await tab.keyboard.press('m');
  await tab.waitForSelector('#act-section');
  assert.equal(await tab.evaluate(() => document.activeElement?.id), 'act-document');
  await tab.keyboard.press('Tab');
  await tab.keyboard.type('26:1');
  await tab.keyboard.press('Enter');
  await says(tab, 'Skriv lagrummet så här');
  await hands.retype('#act-section', 'OSL 26:1');
  await tab.keyboard.press('Enter');
  await says(tab, 'Sekretessmarkeringen är gjord');
  await says(tab, 'En varning, inte ett beslut');
  await tab.keyboard.press('m');
  await tab.waitForSelector('#act-section');
  assert.ok((await tab.$$('#act-section-list option')).length >= 4);
  await hands.choose('#act-document', 'Det som skrevs');
  await hands.write('#act-section', 'OSL 26:5');
  await tab.keyboard.press('Enter');
  await says(tab, 'Sekretessmarkerade handlingar:');
  assert.match(await tab.locator('.said .marking').innerText(), /OSL 26:5.*Mia Falk/s);

  await tab.keyboard.press('Escape');
  const row = tab.locator('li.row', { has: tab.locator(`[data-number="${c.number}"]`) });
  await row.filter({ hasText: 'Sekretessmarkerat' }).waitFor(); /* a moment after the queue is there */
  await hands.press(`a.open[data-number="${c.number}"]`);
  await tab.waitForSelector('#do-unmark');
  await tab.keyboard.press('n');
  await tab.waitForSelector('#act-document');
  await tab.keyboard.press('Tab');
  await tab.keyboard.press('Enter');
  await says(tab, 'Sekretessmarkeringen är borttagen');
  await says(tab, 'Borttagen av Mia Falk');
  await tab.context().close();
});

test('marked cases are for everybody’s eyes: axe, narrow and wide, light and dark, on paper', async () => {
  const c = await submit('Syns det på papper?');
  const tab = await enter(`/desk/arenden/${c.number}`, { width: 1280 });
  await tab.evaluate(axeSource);
  await tab.waitForSelector('#do-mark');
  await tab.click('#do-mark');
  await tab.selectOption('#act-document', 'text');
  await tab.fill('#act-section', 'OSL 39:3');
  assert.deepEqual((await lookAt(tab)).faults, []);
  await tab.keyboard.press('Enter');
  await says(tab, 'Sekretessmarkeringen är gjord');
  await unfold(tab);
  for (const [width, scheme] of [[1280, 'light'], [390, 'dark'], [320, 'light']]) {
    await tab.setViewportSize({ width, height: 900 });
    await tab.emulateMedia({ colorScheme: scheme });
    const seen = await lookAt(tab);
    assert.deepEqual([seen.faults, seen.small], [[], []], `${width} ${scheme}`);
    assert.ok(seen.wide <= width, `${seen.wide} of ${width}`);
  }
  await tab.emulateMedia({ media: 'print' });
  assert.ok(await tab.locator('.said .marking').isVisible());
  await tab.context().close();
});
