/* A letter about several things, split at the desk by keyboard alone. */
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
const meal = 'Skolmaten har blivit för dyr.';

before(async () => {
  server = await startServer();
  password = await addUser(server, 'anna', 'case-handler@trafiknamnden', 'Anna Ek');
  filed = (await server.post('/api/v1/cases', { json: { text: `Lampan vid porten är trasig.\n\n${meal}\n\nOch stolpen lutar.`,
    category: 'gatubelysning', place: { lat: 59.2518, lon: 18.0921, address: 'Torget 1' },
    contact: { name: 'Eva Ek', phone: '070-1234567' } } })).json;
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

test('by keyboard alone: two matters are cut out of a letter, looked at, and become cases', async () => {
  const tab = await enterDesk(server, 'anna', password, at(filed));
  const hands = keyboard(tab);
  await hands.press('#do-split');
  await tab.waitForSelector('#split-0-text:focus');
  await tab.keyboard.press('Control+A');
  await tab.keyboard.type(meal);
  await hands.choose('#split-0-category', 'Fritids');
  await hands.press('.split > div > p.buttons button');
  await tab.waitForSelector('#split-1-text:focus');
  await tab.keyboard.press('Control+A');
  await tab.keyboard.press('Delete');
  await tab.keyboard.press('Control+Enter');
  await tab.waitForSelector('.faults:focus');
  await hands.press('.faults a');
  await tab.keyboard.type('Stolpen lutar.');
  await hands.choose('#split-1-category', 'Gatubel');
  await tab.keyboard.press('Control+Enter');
  await says(tab, 'Går till Utbildningsnämnden');
  await says(tab, 'Stannar hos Trafiknämnden');
  await clean(tab, 'split');

  await tab.keyboard.press('Control+Enter');
  await tab.waitForSelector('.faults:focus');
  await hands.press('.faults a');
  await tab.waitForSelector('#split-0-ground:focus');
  await hands.choose('#split-0-ground', 'Uppgifterna');
  await tab.keyboard.press('Control+Enter');
  await tab.waitForSelector('.made h3:focus');
  await says(tab, 'Uppdelat i 3 ärenden');
  await clean(tab, 'made');
  const rows = await server.sql(`SELECT board, (SELECT body FROM synpunkt.case_content t WHERE t.case_id = c.id
    AND t.kind = 'text') AS text FROM synpunkt.case c WHERE submission_id = ${filed.number.split('-')[1]} ORDER BY id`);
  assert.deepEqual(rows.slice(1), [{ board: 'utbildningsnamnden', text: meal }, { board: 'trafiknamnden', text: 'Stolpen lutar.' }]);
  await hands.press('.made button');
  await says(tab, 'Samma brev:');
  await leave(tab);
});
