/* Improvement actions at the desk by keyboard alone: written, linked from a case, done, told. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startServer } from '../api/harness.mjs';
import { addUser } from '../api/staff.mjs';
import { closeBrowser } from './browser.mjs';
import { at, clean, enterDesk, leave, says } from './desk_kit.mjs';
import { keyboard } from './hands.mjs';

let server;
let password;
let filed;

before(async () => {
  server = await startServer();
  password = await addUser(server, 'siv', 'coordinator@trafiknamnden', 'Siv Ek');
  filed = (await server.post('/api/v1/cases', { json: { text: 'Lampan är trasig', category: 'gatubelysning',
    contact: { email: 'eva@example.se' } } })).json;
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

test('an action is written, linked from its case, done, and told to who complained', async () => {
  const tab = await enterDesk(server, 'siv', password, '/desk/forbattringar');
  const hands = keyboard(tab);
  await says(tab, 'Det finns ingen åtgärd än.');
  await hands.press('a[href="/desk/forbattringar/ny"]');
  await hands.write('#improvement-title', 'Byt armaturer');
  await hands.press('.improvements form .buttons button:not(.main)');
  await hands.press('a[href="/desk/forbattringar/ny"]');
  await tab.waitForFunction(() => document.querySelector('#improvement-title')?.value === 'Byt armaturer');
  await hands.reach('#improvement-title');
  await tab.keyboard.press('Enter');
  await says(tab, 'Fyll i: Orsak');
  await hands.write('#improvement-cause', 'Lamporna är gamla.');
  await hands.write('#improvement-responsible', 'Enhetschef belysning');
  await tab.fill('#improvement-endsOn', '2027-06-30');
  await clean(tab, 'form');
  await hands.press('.improvements form button.main');
  await tab.waitForURL(/forbattringar\/\d+$/);
  await tab.waitForSelector('#ils-copy');

  await tab.goto(at(filed));
  await hands.press('.improving > summary');
  await hands.choose('#improvement-choice', 'Byt armaturer');
  await hands.press('form:has(#improvement-choice) button');
  await says(tab, `${filed.number} är kopplat.`);
  await clean(tab, 'beside a case');
  await hands.press('.improving a[href^="/desk/forbattringar/"]');
  await says(tab, 'Ärenden: 1');
  await hands.press('.completing > summary');
  await hands.write('#said-sv', 'Lampor var släckta.');
  await hands.write('#did-sv', 'Vi bytte lamporna.');
  await clean(tab, 'completion');
  await hands.press('.completing button.main');
  await says(tab, 'Klart. 1 har fått veta.');
  await clean(tab, 'one that is done');
  await hands.press('a.back');
  await tab.waitForSelector('.improvements tbody tr');
  await clean(tab, 'list');
  const [{ n }] = await server.sql(`SELECT count(*)::int AS n FROM synpunkt.outbox WHERE kind = 'improved'`);
  assert.equal(Number(n), 1);
  await leave(tab);
});
