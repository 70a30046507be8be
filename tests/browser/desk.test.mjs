/* The desk as a case handler uses it: by mouse, by keyboard alone, two at once, and when
 * the session or the role goes. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { HtmlValidate, StaticConfigLoader } from 'html-validate';

import { eventually, startServer } from '../api/harness.mjs';
import { addUser, signIn } from '../api/staff.mjs';
import { closeBrowser, formEnv, nuCheck, openTab } from './browser.mjs';
import { at, clean, enterDesk, htmlOf, isListed, leave, says, signInAt } from './desk_kit.mjs';
import { keyboard } from './hands.mjs';

const trafik = 'trafiknamnden';
const people = { anna: 'Anna Ek', bo: 'Bo Alm' };
const password = {};
let server;

before(async () => {
  server = await startServer({ env: formEnv });
  for (const [user, name] of Object.entries(people))
    password[user] = await addUser(server, user, `case-handler@${trafik}`, name);
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

async function submit(text, more = {}) {
  const res = await server.post('/api/v1/cases', { json: { text, category: 'gatubelysning',
    place: { lat: 59.2518, lon: 18.0921, address: 'Farsta torg 1' },
    contact: { name: 'Eva Ek', email: 'eva@example.se' }, ...more } });
  assert.equal(res.status, 201, res.text);
  return res.json;
}

const follow = async (c) => (await server.get(`/api/v1/cases/${c.number}`,
  { headers: { authorization: `Bearer ${c.followUpCode}` } })).json;

const enter = (user, path, options) => enterDesk(server, user, password[user], path, options);

test('by mouse: sign in, find, take, answer and close', async () => {
  const c = await submit('Gatlampan vid xylofonbacken är släckt sedan i går.');
  const tab = await openTab(server);

  await tab.goto('/desk/');
  await tab.fill('#username', 'anna');
  await tab.fill('#password', 'fel lösenord');
  await tab.click('button[type=submit]');
  await says(tab, 'stämmer inte');
  assert.equal(await tab.inputValue('#username'), 'anna');
  await tab.fill('#password', password.anna);
  await tab.click('button[type=submit]');
  await tab.waitForSelector('ol.rows');

  await eventually('the words are found', async () => {
    await tab.fill('#q', 'xylofonbacken');
    await tab.click('.search button');
    await tab.waitForURL(/[?&]q=xylofonbacken/);
    const isThere = await isListed(tab, c);
    if (!isThere) await tab.goto('/desk/');
    return isThere;
  });
  await tab.click(`a[data-number="${c.number}"]`);
  await tab.waitForURL(new RegExp(`/desk/arenden/${c.number}\\?q=`));
  await says(tab, 'Farsta torg 1');
  await tab.locator('.canvas path.area').nth(10).waitFor({ state: 'attached' });
  assert.equal(await tab.locator('.canvas .pin').count(), 1);
  await tab.click('#do-take');
  await says(tab, 'Ärendet är ditt.');
  await tab.click('#do-reply');
  await tab.click('.act button[type=submit]');
  await says(tab, 'Fyll i: Svar');
  await tab.fill('#act-text', 'Lampan är bytt. Tack!');
  await tab.selectOption('#act-close', 'remedied');
  await tab.click('.act button[type=submit]');
  await says(tab, 'Svaret är registrerat.');
  await says(tab, 'Felet är åtgärdat');
  assert.equal((await follow(c)).status, 'closed');
  assert.match(JSON.stringify((await follow(c)).messages), /Lampan är bytt/);

  await tab.goBack();
  await tab.waitForURL(/\/desk\/\?q=xylofonbacken/);
  await tab.click('.me summary');
  await tab.click('.me .sheet button:text-is("Logga ut")');
  await tab.waitForSelector('#username');
  assert.equal(await tab.evaluate(() => Object.keys(sessionStorage).length), 0);
  await leave(tab);
});

test('by keyboard alone: find, note, answer, and nothing fires while one writes', async () => {
  const c = await submit('Snön är inte röjd vid trumpetgränd.', { category: 'snorojning' });
  const tab = await openTab(server);
  const hands = keyboard(tab);
  const key = (...keys) => keys.reduce((done, k) => done.then(() => tab.keyboard.press(k)), Promise.resolve());

  await tab.goto('/desk/');
  await hands.reach('#username');
  await tab.keyboard.type('bo');
  await key('Tab');
  await tab.keyboard.type(password.bo);
  await key('Enter');
  await tab.waitForSelector('ol.rows');
  await tab.keyboard.press('?');
  await tab.waitForSelector('dialog[open]');
  await key('Escape', 'j', 'j', 'k');
  assert.equal(await tab.evaluate(() => [...document.querySelectorAll('a.open')]
    .indexOf(document.activeElement)), 0);
  await eventually('the words are found', async () => {
    await tab.waitForSelector('#q'); /* whoever sees it may press its key at once */
    await key('/');
    await tab.waitForSelector('#q:focus');
    await key('Control+a');
    await tab.keyboard.type('trumpetgränd'); /* r, e and t are shortcuts elsewhere */
    await key('Enter');
    await tab.waitForURL(/[?&]q=trumpet/);
    const isThere = await isListed(tab, c);
    if (!isThere) await tab.reload();
    return isThere;
  });
  await key('Tab', 'j', 'Enter'); /* out of the field first */
  await tab.waitForSelector('h1:focus');
  await key('i');
  await tab.waitForSelector('#act-text:focus');
  await tab.keyboard.type('ring eva. qeox');
  assert.equal(await tab.inputValue('#act-text'), 'ring eva. qeox');
  /* Escape keeps the draft; the same key brings it back. */
  await key('Escape');
  await tab.waitForSelector('#do-note:focus');
  await key('i');
  await tab.waitForSelector('#act-text:focus');
  assert.equal(await tab.inputValue('#act-text'), 'ring eva. qeox');
  await key('Tab', 'Enter');
  await says(tab, 'Anteckningen är sparad.');
  await key('r');
  await tab.waitForSelector('#act-text:focus');
  await tab.keyboard.type('Vi röjer i dag.');
  await hands.press('.act button[type=submit]');
  await says(tab, 'Svaret är registrerat.');
  assert.equal((await follow(c)).status, 'answered');
  assert.doesNotMatch(JSON.stringify(await follow(c)), /ring eva/);
  await key('Escape');
  await tab.waitForURL(/\/desk\/\?q=/);
  await tab.waitForSelector(`a[data-number="${c.number}"]:focus`);
  await key('Enter');
  await tab.waitForSelector('h1:focus');
  await key('/');
  await tab.waitForSelector('#q:focus');

  /* Letters can be switched off (WCAG 2.1.4). */
  await key('Tab', '?');
  await hands.press('dialog .switch button');
  await key('Escape');
  await tab.waitForSelector('dialog', { state: 'detached' });
  await tab.evaluate(() => document.activeElement.blur());
  await key('j');
  assert.equal(await tab.evaluate(() => document.activeElement.tagName), 'BODY');
  await leave(tab);
});

test('two at once: the second sees both texts, loses nothing and sends again', async () => {
  const c = await submit('Två på en gång.');
  const [one, two] = [await enter('anna', at(c)), await enter('bo', at(c))];

  await two.click('#do-reply');
  await two.fill('#act-text', 'Svaret från Bo.');
  await one.click('#do-reply');
  await one.fill('#act-text', 'Svaret från Anna.');
  await one.click('.act button[type=submit]');
  await says(one, 'Svaret är registrerat.');
  await says(two, 'Ärendet har ändrats. Ditt utkast är kvar.');
  await two.click('.act button[type=submit]');
  await two.waitForSelector('.conflict h2:focus');
  const both = await two.textContent('.conflict');
  assert.match(both, /Svaret från Anna\./);
  assert.match(both, /Anna Ek/);
  assert.match(both, /Svaret från Bo\./);
  await clean(two, 'conflict');
  await two.click('.conflict button >> nth=1');
  assert.equal(await two.inputValue('#act-text'), 'Svaret från Bo.');
  await two.fill('#act-text', 'Svaret från Bo, efter Annas.');
  await two.click('.act button[type=submit]');
  await says(two, 'Svaret är registrerat.');
  const texts = (await follow(c)).messages.map((m) => m.text);
  assert.deepEqual(texts.slice(-2), ['Svaret från Anna.', 'Svaret från Bo, efter Annas.']);
  await leave(one, two);
});

test('a role that is taken away: a clear word, and nothing of the case is left', async () => {
  const c = await submit('Hemligt om grannen Olle.');
  password.dag = await addUser(server, 'dag', `case-handler@${trafik}`, 'Dag Ny');
  const tab = await enter('dag', at(c));

  await says(tab, 'Hemligt om grannen Olle.');
  await tab.click('#do-note');
  await tab.fill('#act-text', 'Mitt eget utkast.');
  await server.sql(`DELETE FROM synpunkt.staff_role WHERE user_id =
    (SELECT id FROM synpunkt.staff_user WHERE username = 'dag')`);
  await tab.click('.act button[type=submit]');
  await says(tab, 'Du har inte tillgång till ärendet');
  const html = await tab.content();
  assert.doesNotMatch(html, /Olle|Farsta torg|eva@example/);
  assert.match(html, /Mitt eget utkast\./);
  await clean(tab, 'gone');
  await leave(tab);
});

test('a session that dies: sign in over the page, what was typed is there', async () => {
  const c = await submit('Sessionen dör.');
  const tab = await enter('anna', at(c));

  await tab.click('#do-note');
  await tab.fill('#act-text', 'Halvskriven tanke.');
  await server.sql(`DELETE FROM synpunkt.staff_session WHERE user_id =
    (SELECT id FROM synpunkt.staff_user WHERE username = 'anna')`);
  /* Not by the mouse: the page may have noticed by itself, and asks already. */
  await tab.$eval('.act button[type=submit]', (button) => button.click());
  await tab.waitForSelector('dialog[open] #username');
  await tab.fill('#username', 'anna');
  await tab.fill('#password', password.anna);
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('dialog[open]', { state: 'detached' });
  assert.equal(await tab.inputValue('#act-text'), 'Halvskriven tanke.');
  await tab.reload(); /* and a reload loses it no more than a dead session does */
  await tab.waitForSelector('#act-text');
  assert.equal(await tab.inputValue('#act-text'), 'Halvskriven tanke.');
  await tab.context().setOffline(true);
  await tab.click('.act button[type=submit]');
  await says(tab, 'Ingen kontakt med servern.');
  await tab.context().setOffline(false);
  await tab.click('.act button[type=submit]');
  await says(tab, 'Anteckningen är sparad.');
  await leave(tab);
});

test('the queue changes by itself, and moves nothing', async () => {
  const c = await submit('Den som ändras.');
  const tab = await enter('anna', '/desk/?sort=receivedAt&handler=none&status=received');
  const bo = await signIn(server, 'bo', password.bo);
  let isLast = false;

  while (!isLast) { /* to the end, where new ones come */
    const more = tab.locator('.foot button');
    isLast = await more.count() === 0;
    if (!isLast) await more.click();
    await tab.waitForSelector('section[aria-busy=false]');
  }
  const rows = () => tab.locator('a.open').evaluateAll((all) => all.map((a) => a.dataset.number));
  const before = await rows();
  assert.ok(before.includes(c.number));
  const res = await bo.post(`/api/v1/desk/cases/${c.number}/assignments`,
    { json: { user: 'bo' }, etag: '"1"' });
  assert.equal(res.status, 201, res.text);
  await tab.locator('li.gone', { hasText: c.number }).waitFor();
  const fresh = await submit('Helt ny.');
  await says(tab, '1 nya – visa');
  assert.deepEqual(await rows(), before);
  await tab.click('.news button');
  await tab.waitForSelector('section[aria-busy=false]');
  assert.ok(!(await rows()).includes(c.number));
  assert.ok(fresh.number);
  await leave(tab);
});

test('?next= leads to the statistics and nowhere else', async () => {
  for (const [next, isThere] of [['/statistik/trafiknamnden/2026-10', true],
    ['https://example.org/', false]]) {
    const tab = await openTab(server);
    await tab.goto(`/desk/?next=${encodeURIComponent(next)}`);
    await tab.fill('#username', 'anna');
    await tab.fill('#password', password.anna);
    await tab.keyboard.press('Enter');
    if (isThere) await tab.waitForURL(/\/statistik\//);
    else await tab.waitForSelector('ol.rows');
    await leave(tab);
  }
});

/* ---- clean to look at ---- */

const views = [
  ['sign-in with faults', async (tab) => { await tab.goto('/desk/'); await tab.click('button.main'); }],
  ['queue', async (tab) => { await signInAt(tab, 'anna', password.anna); await tab.waitForSelector('ol.rows'); }],
  ['empty queue', async (tab) => { await tab.goto('/desk/?handler=me&category=park&type=praise'); await tab.waitForSelector('.lonely h2'); }],
  ['case', async (tab, c) => { await tab.goto(at(c)); await tab.waitForSelector('.canvas .pin, .act'); }],
  ['form with a fault', async (tab) => { await tab.click('#do-transfer'); await tab.click('.act .main'); }],
  ['keys', async (tab) => { await tab.click('.tools button:has-text("Kortkommandon")'); await tab.waitForSelector('dialog'); }],
];

test('axe, html-validate and Nu are content with every view', async () => {
  const c = await submit('En rad.\n\nEn till.');
  const tab = await openTab(server);
  const validate = new HtmlValidate(new StaticConfigLoader({
    extends: ['html-validate:recommended', 'html-validate:a11y'],
    /* How the browser writes out what a script made, and not how anybody wrote it. */
    rules: { 'void-style': 'off', 'no-trailing-whitespace': 'off', 'attribute-boolean-style': 'off',
      'attribute-empty-style': 'off', 'long-title': 'off' } }));
  const html = {};

  for (const [name, open] of views) {
    await open(tab, c);
    await clean(tab, name);
    html[name] = await htmlOf(tab);
    const report = await validate.validateString(html[name]);
    assert.deepEqual(report.results.flatMap((r) => r.messages).map((m) =>
      `${m.ruleId} ${m.message} (${m.line}:${m.column})`), [], name);
  }
  assert.deepEqual(await nuCheck(html), []);
  await leave(tab);
});
