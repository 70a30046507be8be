/* A case that goes to another board, at the desk and at the complainant's: who is asked,
 * what goes along, what the sender keeps, and what is shown to who may not read it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { HtmlValidate, StaticConfigLoader } from 'html-validate';

import { startServer } from '../api/harness.mjs';
import { addUser, signIn } from '../api/staff.mjs';
import { closeBrowser, formEnv, nuCheck, openTab } from './browser.mjs';
import { at, clean, enterDesk, htmlOf, leave, says } from './desk_kit.mjs';
import { keyboard, mouse } from './hands.mjs';

const school = 'utbildningsnamnden';
const farsta = 'farsta-stadsdelsnamnd';
const secret = 'Min son har berättat hur det var på fritids.';
const password = {};
const html = {}; /* of each view that was seen, for the checkers */
let server;

before(async () => {
  server = await startServer({ env: formEnv });
  for (const [user, role, name] of [['kim', `coordinator@${school}`, 'Kim Holm'],
    ['fia', `coordinator@${farsta}`, 'Fia Lind'], ['siv', `board-secretary@${school}`, 'Siv Ask']])
    password[user] = await addUser(server, user, role, name);
});
after(async () => {
  await closeBrowser();
  await server?.stop();
  assert.doesNotMatch(server?.log ?? '', /Sanitizer|runtime error|page_failed/);
});

const enter = (user, c) => enterDesk(server, user, password[user], at(c));
const page = (c) => `/folj/${c.number}/${c.followUpCode}`;

async function submit(sensitivity) {
  const res = await server.post('/api/v1/cases', { json: { text: secret, category: 'fritids-mat-skjuts',
    contact: { name: 'Ada Hall', email: 'ada@example.se' }, place: { address: 'Farsta torg 1' } } });
  assert.equal(res.json.board?.code, school, res.text);
  const kim = await signIn(server, 'kim', password.kim);
  if (sensitivity)
    assert.equal((await kim.patch(`/api/v1/desk/cases/${res.json.number}`,
      { json: { sensitivity }, etag: '*' })).status, 200);
  return res.json;
}

/* Where DESK_PICTURES names a directory, for the eye. */
async function seen(tab, name, isDesk = true) {
  const dir = process.env.DESK_PICTURES;
  if (isDesk) html[name] = await htmlOf(tab);
  if (dir)
    for (const width of [390, 1280]) {
      await tab.setViewportSize({ width, height: 900 });
      await tab.screenshot({ path: `${dir}/${name.replaceAll(' ', '-')}-${width}.png`, fullPage: true });
    }
  await clean(tab, name);
}

const ticked = (tab) => tab.locator('.parts-field .check').evaluateAll((all) =>
  all.filter((e) => e.querySelector('input').checked).map((e) => e.textContent));
const mains = (tab) => tab.locator('.act .main').allTextContents();
const isThere = (tab, selector) => tab.waitForSelector(selector);

async function ask(hands, tab) {
  await hands.act('transfer');
  await isThere(tab, '#act-ask:focus');
  assert.deepEqual(await mains(tab), ['Fråga om samtycke']);
  assert.deepEqual([await tab.inputValue('#act-ground'), await ticked(tab)], ['no-secrecy', ['Plats']]);
  await seen(tab, 'transfer of a sensitive case');
  await tab.keyboard.press('Enter');
  await says(tab, 'med knapparna ja och nej');
  await hands.choose('#act-board', 'Farsta');
  await hands.write('#act-text', 'Farsta kan ordna en annan plats.');
  await seen(tab, 'asking for consent');
  await hands.press('.act button[type=submit]');
  await says(tab, 'Frågan är registrerad.');
}

/* Without script: two buttons of a form. */
async function consent(c, word) {
  const tab = await openTab(server, { javaScriptEnabled: false });
  await tab.goto(page(c));
  await says(tab, 'Får vi lämna ditt ärende till Farsta stadsdelsnämnd?');
  await says(tab, 'svara ja eller nej');
  assert.equal(await tab.textContent('blockquote.said'), 'Farsta kan ordna en annan plats.');
  await tab.click(`button[name=svar][value=${word}]`);
  await says(tab, 'Den som arbetar med ärendet ser ditt svar.');
  assert.equal(await tab.locator('button[name=svar]').count(), 0);
  await tab.context().close();
}

/* As the complainant sees the question, with what axe needs. */
async function seenConsent(c) {
  const tab = await openTab(server);
  await tab.goto(page(c));
  await seen(tab, 'consent page', false);
  html['consent page'] = (await server.get(page(c))).text;
  await tab.context().close();
}

test('a sensitive case, by keyboard: the complainant is asked, says yes, and it goes', async () => {
  const c = await submit(3);
  const kim = await enter('kim', c);
  const hands = keyboard(kim);

  await isThere(kim, '#do-transfer');
  await ask(hands, kim);
  await hands.act('transfer');
  await says(kim, 'men inte svarat än');
  await kim.keyboard.press('Escape');
  await seenConsent(c);
  await consent(c, 'ja');

  await kim.reload();
  await says(kim, 'Den som klagar sa ja till att ärendet lämnas');
  await hands.act('transfer');
  await says(kim, 'Den som klagar har sagt ja till att ärendet lämnas till Farsta');
  assert.deepEqual(await mains(kim), ['Lämna till annan nämnd']);
  assert.deepEqual([await kim.inputValue('#act-board'), await kim.inputValue('#act-ground')], [farsta, 'consent']);
  assert.deepEqual(await ticked(kim), ['Det som skrevs', 'Namn och kontaktuppgifter', 'Plats',
    'Bilder och filer', 'Meddelanden och svar']);
  await seen(kim, 'transfer with consent');
  await hands.press('.act button[type=submit]');
  await says(kim, `Ärende ${c.number} är inte längre hos dina nämnder.`);

  const fia = await enter('fia', c);
  await says(fia, secret);
  await says(fia, 'ada@example.se');
  await says(fia, 'Den som klagar har samtyckt');
  await kim.goto(at(c));
  await says(kim, 'Du ser er egen del');
  await says(kim, secret);
  assert.equal(await kim.locator('.actions button').count(), 0);
  await seen(kim, 'earlier part');
  await leave(kim, fia);
});

test('a no is said at the desk, and only what is no secret is ticked', async () => {
  const c = await submit(3);
  const kim = await enter('kim', c);
  const hands = mouse(kim);

  await isThere(kim, '#do-transfer');
  await ask(hands, kim);
  await consent(c, 'nej');
  await kim.reload();
  await hands.act('transfer');
  await says(kim, 'har sagt nej till att ärendet lämnas till Farsta');
  assert.deepEqual([await kim.inputValue('#act-ground'), await ticked(kim)], ['no-secrecy', ['Plats']]);
  assert.deepEqual(await mains(kim), ['Lämna till annan nämnd']);
  await leave(kim);
});

test('an open case, by mouse: everything but notes goes', async () => {
  const c = await submit();
  const kim = await enter('kim', c);
  const hands = mouse(kim);

  await hands.act('note');
  await hands.write('#act-text', 'Bara för oss.');
  await hands.press('.act button[type=submit]');
  await says(kim, 'Anteckningen är sparad.');
  await hands.act('transfer');
  assert.equal(await kim.locator('.act .notice').count(), 0, 'nobody is asked');
  assert.equal((await ticked(kim)).includes('Interna anteckningar'), false);
  await hands.choose('#act-board', 'Farsta');
  await hands.choose('#act-ground', 'Uppgifterna är inte hemliga');
  await hands.press('.grounds summary');
  await says(kim, 'En lag säger att uppgiften ska lämnas.');
  await seen(kim, 'transfer of an open case');
  await hands.press('.act button[type=submit]');
  await says(kim, 'är inte längre hos dina nämnder');

  const fia = await enter('fia', c);
  for (const text of [secret, 'ada@example.se', 'Farsta torg 1']) await says(fia, text);
  assert.equal(await fia.getByText('Bara för oss.').count(), 0);
  await leave(kim, fia);
});

test('who may not read is told why and what to do, and sees no word; once named, reads', async () => {
  const c = await submit(3);
  const siv = await enter('siv', c);

  await says(siv, 'Innehållet visas inte för din roll');
  await says(siv, 'Fråga din chef eller samordnare');
  for (const text of [secret, 'Ada Hall', 'ada@example.se', 'Farsta torg 1'])
    assert.equal(await siv.getByText(text).count(), 0, text);
  assert.equal(await siv.locator('.actions button').count(), 0);
  await seen(siv, 'restricted');

  const kim = await enter('kim', c);
  const hands = mouse(kim);
  await hands.act('nameReader');
  await hands.choose('#act-user', 'Siv Ask');
  await seen(kim, 'naming a reader');
  await hands.press('.act button[type=submit]');
  await says(kim, 'Personen får läsa ärendet.');
  await siv.reload();
  await says(siv, secret);
  await hands.act('removeReader');
  await hands.choose('#act-user', 'Siv Ask');
  await hands.press('.act button[type=submit]');
  await says(kim, 'Personen får inte längre läsa ärendet.');
  await siv.reload();
  await says(siv, 'Innehållet visas inte för din roll');
  assert.equal(await siv.getByText(secret).count(), 0);
  await leave(kim, siv);
});

test('a case that is put back: the complainant is told that it waits, not that somebody got it', async () => {
  const c = await submit();
  const kim = await enter('kim', c);

  await kim.click('#do-take');
  await says(kim, 'Ärendet är ditt.');
  await kim.click('#do-giveBack');
  await says(kim, 'Ärendet har ingen handläggare.');
  const tab = await openTab(server, { javaScriptEnabled: false });
  await tab.goto(page(c));
  assert.deepEqual((await tab.locator('.events li span').allTextContents()).slice(-2),
    ['En handläggare fick ärendet.', 'Ärendet väntar på en ny handläggare.']);
  await tab.context().close();
  await leave(kim);
});

test('html-validate and Nu are content with all of it', async () => {
  const validate = new HtmlValidate(new StaticConfigLoader({
    extends: ['html-validate:recommended', 'html-validate:a11y'],
    /* How the browser writes out what a script made, and not how anybody wrote it. */
    rules: { 'void-style': 'off', 'no-trailing-whitespace': 'off', 'attribute-boolean-style': 'off',
      'attribute-empty-style': 'off', 'long-title': 'off' } }));

  assert.deepEqual(Object.keys(html).sort(), ['asking for consent', 'consent page', 'earlier part',
    'naming a reader', 'restricted', 'transfer of a sensitive case', 'transfer of an open case',
    'transfer with consent']);
  for (const [name, text] of Object.entries(html)) {
    const report = await validate.validateString(text);
    assert.deepEqual(report.results.flatMap((r) => r.messages).map((m) =>
      `${m.ruleId} ${m.message} (${m.line}:${m.column})`), [], name);
  }
  assert.deepEqual(await nuCheck(html), []);
});
