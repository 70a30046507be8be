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

test('an answer that is lost on its way splits nothing twice', async () => {
  const { number } = (await server.post('/api/v1/cases', { json: { text: 'Lampan är trasig.\n\nStolpen lutar.',
    category: 'gatubelysning', contact: { name: 'Eva Ek', phone: '070-1234567' } } })).json;
  const tab = await enterDesk(server, 'anna', password, at({ number }));
  const made = async () => Number((await server.sql(`SELECT count(*) AS n FROM synpunkt.case
    WHERE submission_id = ${number.split('-')[1]} AND id <> ${number.split('-')[1]}`))[0].n);
  await tab.click('#do-split');
  await tab.fill('#split-0-text', 'Stolpen lutar.');
  await tab.selectOption('#split-0-category', 'gatubelysning');
  await tab.click('.split button[type=submit]');
  await says(tab, 'Stannar hos Trafiknämnden');
  await tab.route('**/splits', async (route) => {
    await route.fetch();
    await route.abort();
  });
  await tab.click('.split button[type=submit]');
  await tab.waitForSelector('.split .trouble');
  assert.equal(await made(), 1);
  await tab.unroute('**/splits');
  await tab.reload(); /* also by whoever loads the page anew */
  await tab.waitForSelector('.casehead');
  await tab.click('#do-split');
  await tab.click('.split button[type=submit]');
  await says(tab, 'Stannar hos Trafiknämnden');
  await tab.click('.split button[type=submit]');
  await tab.waitForSelector('.made h3:focus');
  await says(tab, 'Ärendet är redan uppdelat');
  await clean(tab, 'found');
  assert.equal(await made(), 1);
  await leave(tab);
});
