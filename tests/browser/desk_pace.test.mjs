/* Many cases before lunch and a telephone that rings: what the desk spares its users. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startServer } from '../api/harness.mjs';
import { addUser } from '../api/staff.mjs';
import { closeBrowser, formEnv } from './browser.mjs';
import { at, clean, enterDesk, leave, says } from './desk_kit.mjs';

let server;
let password;

before(async () => {
  server = await startServer({ env: formEnv });
  password = await addUser(server, 'anna', 'case-handler@trafiknamnden', 'Anna Ek');
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

const enter = (path, options) => enterDesk(server, 'anna', password, path, options);

async function submit(text) {
  const res = await server.post('/api/v1/cases', { json: { text, category: 'gatubelysning',
    contact: { name: 'Eva Ek', email: 'eva@example.se' } } });
  assert.equal(res.status, 201, res.text);
  return res.json;
}

test('somebody calls: the number leads to the case, a wrong one says so', async () => {
  const c = await submit('Ringer om lampan.');
  const tab = await enter(at(await submit('Ett annat ärende.')));

  await tab.waitForSelector('h1:focus');
  await tab.keyboard.press('/');
  await tab.waitForSelector('#q:focus');
  await tab.keyboard.type(` ${c.number} `);
  await tab.keyboard.press('Enter');
  await says(tab, 'Ringer om lampan.');
  assert.ok(tab.url().endsWith(at(c)));
  await tab.keyboard.press('/');
  await tab.waitForSelector('#q:focus');
  await tab.keyboard.type('2026-999999999');
  await tab.keyboard.press('Enter');
  await says(tab, 'Numret kan vara fel');
  await leave(tab);
});

test('the focus goes to what comes next: the answer, then the next case', async () => {
  const tab = await enter('/desk/?handler=none&status=received');

  await tab.waitForSelector('a.open');
  await tab.keyboard.press('j');
  await tab.keyboard.press('Enter');
  await tab.click('#do-take');
  await tab.waitForSelector('#do-reply.main:focus');
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('#act-text:focus');
  await tab.keyboard.type('Det är gjort.');
  await tab.keyboard.press('Control+Enter'); /* from the middle of the form */
  await says(tab, 'Svaret är registrerat.');
  await tab.keyboard.press('x');
  await tab.waitForSelector('#act-reason:focus');
  await tab.keyboard.type('Felet');
  await tab.keyboard.press('Control+Enter');
  await says(tab, 'Ärendet är avslutat.');
  const first = tab.url();
  await tab.waitForSelector('.notice a:focus');
  await tab.keyboard.press('Enter');
  await tab.waitForFunction((was) => location.href !== was, first);
  await tab.waitForSelector('h1:focus');
  assert.equal(await tab.locator('#do-take.main').count(), 1, 'not taken: that is next');
  assert.equal(await tab.locator('.actions .main').count(), 1);
  await leave(tab);
});

test('what is typed and not sent is seen, from the queue and before it is lost', async () => {
  const c = await submit('Avbruten mitt i svaret.');
  const tab = await enter(at(c));

  await tab.click('#do-reply');
  await tab.fill('#act-text', 'Jag ringer upp');
  await tab.keyboard.press('Escape');
  await tab.waitForSelector('#do-reply:focus');
  assert.match(await tab.textContent('#do-reply'), /Utkast/);
  await clean(tab, 'a draft');
  await tab.keyboard.press('Escape');
  await tab.waitForSelector('ol.rows');
  const row = tab.locator('li.row', { has: tab.locator(`[data-number="${c.number}"]`) });
  assert.match(await row.textContent(), /Utkast/);

  await tab.click('.me summary');
  await says(tab, 'Du har text som inte är skickad.');
  await clean(tab, 'signing out with a draft');
  await tab.click(`.me a:text-is("${c.number}")`);
  await tab.waitForSelector('#act-text');
  assert.equal(await tab.inputValue('#act-text'), 'Jag ringer upp');
  assert.ok(!await tab.locator('.me .sheet').isVisible());

  /* Another page of ours in the same tab loses nothing, so nothing is asked. */
  const asked = [];
  tab.on('dialog', (dialog) => { asked.push(dialog.type()); return dialog.dismiss(); });
  await tab.click('a[href="/statistik/"]');
  await tab.waitForURL(/\/statistik\/$/);
  assert.deepEqual(asked, []);
  await tab.goBack();
  await tab.waitForSelector('#act-text');
  await tab.click('#act-text');
  await tab.keyboard.type(' nu');
  const dialog = tab.waitForEvent('dialog');
  await tab.close({ runBeforeUnload: true });
  assert.equal((await dialog).type(), 'beforeunload');
  await tab.fill('#act-text', '');
  await tab.click('.act button[type=button]');
  await leave(tab);
});

test('filters stay folded or open as they were left; the search is always there', async () => {
  const tab = await enter('/desk/', { width: 390 });

  await tab.waitForSelector('ol.rows');
  assert.ok(await tab.isVisible('#q'));
  await tab.click('.me summary');
  const sheet = await tab.locator('.me .sheet').boundingBox();
  assert.ok(sheet.x >= 0 && sheet.x + sheet.width <= 390, `the sheet is all there: ${JSON.stringify(sheet)}`);
  await tab.click('.me summary');
  assert.ok(!await tab.isVisible('#filter-handler'));
  await tab.click('.filters summary');
  await tab.selectOption('#filter-handler', 'none');
  await says(tab, 'Välj ut (1)');
  await tab.reload();
  await tab.waitForSelector('#filter-handler');
  await tab.click('.find .clear');
  await tab.waitForURL(/\/desk\/$/);
  await tab.click('.filters summary');
  await tab.reload();
  await tab.waitForSelector('ol.rows');
  assert.ok(!await tab.isVisible('#filter-handler'));
  await leave(tab);
});

test('a case prints as a paper: the text and the facts, nothing to press', async () => {
  const c = await submit('Ska läsas på papper.');
  const tab = await enter(at(c));

  await says(tab, 'Ska läsas på papper.');
  await says(tab, 'Diarienummer'); /* given a moment after the case has come */
  await tab.emulateMedia({ media: 'print' });
  for (const gone of ['header.site', '.casenav', '.actions'])
    assert.ok(!await tab.locator(gone).isVisible(), gone);
  for (const text of ['Ska läsas på papper.', 'eva@example.se', 'Diarienummer'])
    assert.ok(await tab.getByText(text).first().isVisible(), text);
  assert.ok(await tab.locator('details p').first().isVisible(), 'why the days are those');
  assert.equal(await tab.locator('button:visible').count(), 0);
  await leave(tab);
});

/* Types as soon as the element is drawn: before the browser has painted it. */
function pressWhenDrawn(tab, selector, key) {
  return tab.evaluate(([at, pressed]) => {
    const watch = new MutationObserver(() => {
      if (!document.querySelector(at)) return;
      watch.disconnect();
      document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: pressed, bubbles: true }));
    });
    watch.observe(document.body, { childList: true, subtree: true });
  }, [selector, key]);
}

test('a key pressed the moment the case is drawn opens its form, and the focus stays there', async () => {
  await submit('Snabba fingrar.');
  const tab = await enter('/desk/');

  await tab.waitForSelector('a.open');
  await pressWhenDrawn(tab, '#do-note', 'i');
  await tab.locator('a.open').first().click();
  await tab.waitForSelector('form.act');
  await tab.waitForTimeout(300); /* whatever else would take it has had its time */
  assert.equal(await tab.evaluate(() => document.activeElement?.id), 'act-text');
  await leave(tab);
});

/* How many rows the buttons take that are seen. */
const rowsOf = (tab) => tab.locator('.actions button').evaluateAll((all) =>
  new Set(all.filter((e) => e.checkVisibility()).map((e) => Math.round(e.getBoundingClientRect().top))).size);

test('on a telephone what is done seldom is folded, and what was written comes sooner', async () => {
  const coPassword = await addUser(server, 'cia', 'coordinator@trafiknamnden', 'Cia Ord');
  const c = await submit('Lampan är släckt.');
  const tab = await enterDesk(server, 'cia', coPassword, at(c), { width: 390 });
  const fold = tab.getByRole('button', { name: 'Fler åtgärder' });

  await fold.waitFor();
  assert.ok(await rowsOf(tab) <= 5, `${await rowsOf(tab)} rows`);
  assert.ok((await tab.locator('.words').first().boundingBox()).y < 800, 'the words are on the first screen');
  assert.equal(await fold.getAttribute('aria-expanded'), 'false');
  for (const name of ['take', 'reply', 'note', 'acknowledge', 'ask', 'assign', 'close'])
    assert.ok(await tab.isVisible(`#do-${name}`), name);
  assert.equal(await tab.locator('#do-mark').count(), 0);
  await fold.press('Enter');
  assert.equal(await fold.getAttribute('aria-expanded'), 'true');
  for (const name of ['transfer', 'change', 'wait', 'mark', 'concern']) assert.ok(await tab.isVisible(`#do-${name}`), name);
  await clean(tab, 'unfolded');
  await tab.setViewportSize({ width: 390, height: 900 });
  await fold.press('Enter');
  await tab.locator('#do-mark').waitFor({ state: 'detached' });
  /* A key opens what is folded, and the focus comes back to its button. */
  await tab.keyboard.press('m');
  await tab.waitForSelector('#act-document:focus');
  assert.equal(await fold.getAttribute('aria-expanded'), 'true');
  await tab.keyboard.press('Escape');
  await tab.waitForSelector('#do-mark:focus');
  /* With room for all of them nothing is folded. */
  await tab.setViewportSize({ width: 1280, height: 900 });
  await fold.waitFor({ state: 'detached' });
  assert.ok(await tab.isVisible('#do-mark'));
  await leave(tab);
});
