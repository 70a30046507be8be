/* The routing rules at the desk: a version changed, judged, saved, tried, in force and back,
 * by keyboard alone; and beside a case why it came where it is. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { submitTo } from '../api/contract_desk_kit.mjs';
import { eventually, startServer } from '../api/harness.mjs';
import { addUser } from '../api/staff.mjs';
import { closeBrowser, nuCheck } from './browser.mjs';
import { at, clean, enterDesk, htmlOf, leave, picture, says } from './desk_kit.mjs';
import { keyboard } from './hands.mjs';

const path = '/desk/regler';
const html = {};
let server, admin, leader, handler;

before(async () => {
  server = await startServer();
  admin = await addUser(server, 'adam', 'administrator@*', 'Adam Ask');
  leader = await addUser(server, 'carl', 'coordinator@trafiknamnden', 'Carl Alm');
  handler = await addUser(server, 'anna', 'case-handler@trafiknamnden', 'Anna Ek');
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

async function look(tab, name) {
  await clean(tab, name);
  html[name] = await htmlOf(tab);
  await picture(tab, `rules-${name}`);
}

const boardOf = async (text) => (await server.post('/api/v1/cases', { json: { text } })).json.board.code;

test('by keyboard alone: a rule added, its fault seen, saved, tried, in force, and back', async () => {
  const tab = await enterDesk(server, 'adam', admin, path);
  const hands = keyboard(tab);
  await says(tab, '✓ Gäller');
  await look(tab, 'list');
  await hands.press(`a[href="${path}/1"]`);
  await says(tab, 'Regler i ordning');
  await look(tab, 'one');

  await hands.press('[aria-label^="Ny regel under"]');
  await hands.retype('#rule-1-code', 'lyktan');
  await hands.write('#rule-1-words', 'sjumilalykta');
  await hands.write('#rule-1-handler', 'ingen.alls');
  await hands.retype('#rule-1-because', 'Du skriver om ”{word}”. Det sköts av {board}.');
  await says(tab, 'Ett fel. Med fel kan versionen inte börja gälla.');
  await look(tab, 'fault');
  await hands.back('#rule-1-handler');
  await hands.retype('#rule-1-handler', '');
  await hands.back('#rule-1-outcome');
  await hands.choose('#rule-1-outcome', 'Kyrk');
  assert.equal(await tab.inputValue('#rule-1-outcome'), 'kyrkogardsnamnden');
  await eventually('the fault is gone', async () => !/Ett fel/.test(await tab.textContent('.checked')));
  await hands.press('.ruleform button[type="submit"]');
  await tab.waitForSelector('#rule-change-1:focus');
  await tab.keyboard.press('Alt+ArrowUp');
  await says(tab, '1. lyktan');

  await tab.keyboard.press('Control+s');
  await tab.waitForSelector('#rules-note:focus');
  await tab.keyboard.type('Lyktan i Norrtull är kyrkogårdsnämndens');
  await hands.press('form:has(#rules-note) button[type="submit"]');
  await says(tab, /version 2/);
  assert.equal(new URL(tab.url()).pathname, `${path}/2`);

  const at_first = await boardOf('Jag såg sjumilalyktan i går.');
  assert.notEqual(at_first, 'kyrkogardsnamnden');
  await hands.press('form:has(#rehearse-since) button[type="submit"]');
  await says(tab, /av .* ärenden hade gått någon annanstans/);
  await look(tab, 'rehearsed');
  await hands.press('form:has(#rules-from) button[type="submit"]');
  await says(tab, '✓ Gäller nu.');
  await eventually('it routes', async () => await boardOf('Jag såg sjumilalyktan i dag.') === 'kyrkogardsnamnden');

  await hands.back('.back');
  await hands.press('.back');
  await says(tab, 'Version 2');
  await hands.press('article.rules > button');
  await tab.waitForSelector('dialog[open]');
  await look(tab, 'back');
  await hands.press('dialog .main');
  await says(tab, 'Version 1 gäller igen.');
  await eventually('it routes as before', async () => await boardOf('Jag såg sjumilalyktan nyss.') === at_first);
  await leave(tab);
});

test('what is wrong in a rule is told at its field; what is unfolded and typed stays so', async () => {
  const tab = await enterDesk(server, 'adam', admin, `${path}/1`);
  const hands = keyboard(tab);
  await hands.press('[aria-label^="Ny regel under"]');
  await hands.retype('#rule-1-because', '');
  await says(tab, 'Förklaring saknas.');
  await tab.waitForSelector('#rule-1-because[aria-invalid="true"][aria-describedby~="rule-1-because-fault"]');
  await tab.waitForSelector('#rule-1-because-fault:has-text("Förklaring saknas.")');
  await hands.retype('#rule-1-because', 'Så är det.');
  await hands.back('#rule-1-words');
  await hands.write('#rule-1-words', 'blåklint\n');
  assert.equal(await tab.inputValue('#rule-1-words'), 'blåklint\n', 'the line that has just begun stands');

  await hands.press('.ruleform summary');
  await hands.write('#rule-1-languages', 'fi');
  await hands.retype('#rule-1-languages', '');
  assert.ok(await tab.isVisible('#rule-1-languages'), 'it does not fold while somebody is in it');
  await tab.waitForSelector('#rule-1-languages:focus');

  /* Another rule in its place begins with nothing of this one. */
  await hands.back('#rule-0 ~ .acts [aria-label^="Ny regel under"]');
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('#rule-1-code:focus');
  assert.equal(await tab.inputValue('#rule-1-words'), '');
  await hands.back('form:has(#rules-note) button[type="button"]');
  await tab.keyboard.press('Enter');
  await eventually('the changes are thrown away', async () => await tab.locator('#rules-note').count() === 0);
  await leave(tab);
});

test('a coordinator reads them and finds no way to change; a case handler is told whom they are for', async () => {
  const tab = await enterDesk(server, 'carl', leader, `${path}/1`);
  await says(tab, 'Du kan läsa reglerna. En administratör ändrar dem.');
  assert.equal(await tab.locator('.rule .acts').count(), 0);
  assert.equal(await tab.locator('#rules-note').count(), 0);
  const other = await enterDesk(server, 'anna', handler, path);
  await says(other, /samordnare/);
  await leave(tab, other);
});

test('where a plain complaint goes, by subject and district', async () => {
  const tab = await enterDesk(server, 'adam', admin, `${path}/1`);
  await tab.getByText('Vart går ett vanligt klagomål?').click();
  await tab.fill('#table-category', 'gatubelysning');
  await says(tab, /^\d+ rader$/);
  await look(tab, 'table');
  await leave(tab);
});

test('beside a case: by which version and rule it came, and why the others did not take it', async () => {
  const c = await submitTo(server, 'Lampan är släckt.');
  const tab = await enterDesk(server, 'anna', handler, at(c));
  await tab.getByText('Varför hamnade ärendet här?').click();
  await says(tab, /Ärendet fördelades efter version \d+/);
  await says(tab, /✓ stämmer/);
  await look(tab, 'why');
  await leave(tab);
});

test('what was looked at is valid HTML', async () => {
  assert.ok(Object.keys(html).length >= 7);
  assert.deepEqual(await nuCheck(html), []);
});
