/* Following up at the desk: set beside the case, told over the queue, ended; and mentions in
 * notes, which are told there, too. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startServer } from '../api/harness.mjs';
import { addUser } from '../api/staff.mjs';
import { closeBrowser } from './browser.mjs';
import { at, clean, enterDesk, leave, picture, says } from './desk_kit.mjs';
import { keyboard } from './hands.mjs';

let server;
let password;
let filed;

before(async () => {
  server = await startServer();
  password = await addUser(server, 'anna', 'case-handler@trafiknamnden', 'Anna Ek');
  filed = (await server.post('/api/v1/cases', { json: { text: 'Lampan är trasig', category: 'gatubelysning' } })).json;
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

/* Where DESK_PICTURES names a directory, for the eye. */
test('by keyboard alone: a case is to be looked at again, is told on its day, and is ended', async () => {
  const tab = await enterDesk(server, 'anna', password, at(filed));
  const hands = keyboard(tab);
  await hands.press('.followup > summary');
  await tab.waitForSelector('#follow-up-on');
  await hands.press('form:has(#follow-up-on) button');
  await says(tab, 'Välj en dag som kommer, inom två år.');
  await tab.fill('#follow-up-on', new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10));
  await hands.write('#follow-up-text', 'Har de bytt lampan?');
  await tab.keyboard.press('Enter');
  await says(tab, 'Anna Ek satte den');
  await clean(tab, 'follow up');

  await server.sql('UPDATE synpunkt.case_follow_up SET on_day = synpunkt.today()');
  await tab.goto('/desk/');
  await hands.press('.today summary');
  await says(tab, 'Har de bytt lampan?');
  await clean(tab, 'today');
  await hands.press(`.today a[href*="${filed.number}"]`);
  await hands.press('.followup > summary');
  await hands.press('.followups button');
  await says(tab, 'Ingen bevakning.');
  const [{ n }] = await server.sql('SELECT count(*)::int AS n FROM synpunkt.case_follow_up WHERE done_at IS NOT NULL');
  assert.equal(Number(n), 1);
  await leave(tab);
});

test('by keyboard: a colleague is mentioned in a note, is told at once, and no more when it was opened', async () => {
  const other = await addUser(server, 'bo', 'case-handler@trafiknamnden', 'Bo Alm');
  const tab = await enterDesk(server, 'anna', password, at(filed));
  const bo = await enterDesk(server, 'bo', other, '/desk/');
  await bo.waitForSelector('.queue section[aria-busy="false"]');
  await tab.waitForSelector('#do-note');
  await tab.keyboard.press('i');
  await tab.waitForSelector('.mentions');
  await tab.keyboard.type('Kan @bo');
  await tab.waitForSelector('[role="option"][aria-selected="true"]');
  assert.equal(await tab.getAttribute('#act-text', 'aria-activedescendant'), 'act-mention-list-0');
  await clean(tab, 'a note with somebody to mention');
  await picture(tab, 'mention-list');
  await tab.keyboard.press('Escape');
  await tab.waitForSelector('[role="option"]', { state: 'detached' });
  assert.equal(await tab.inputValue('#act-text'), 'Kan @bo', 'the form stays');
  await tab.keyboard.type(' ');
  await tab.keyboard.press('Backspace');
  await tab.waitForSelector('[role="option"]');
  await tab.keyboard.press('Enter');
  await says(tab, 'Får veta det: Bo Alm');
  await tab.keyboard.type('titta?');
  assert.equal(await tab.inputValue('#act-text'), 'Kan @Bo Alm titta?');
  await tab.keyboard.press('Control+Enter');
  await says(tab, 'Nämner Bo Alm');
  await picture(tab, 'mention-note');

  await bo.getByText('Du är nämnd: 1').waitFor();
  await keyboard(bo).press('.today summary');
  await clean(bo, 'today with a mention');
  await picture(bo, 'mention-today');
  await keyboard(bo).press(`.today a[href*="${filed.number}"]`);
  await says(bo, 'Kan @Bo Alm titta?');
  await bo.goto('/desk/');
  await bo.waitForSelector('.queue section[aria-busy="false"]');
  assert.deepEqual((await server.sql('SELECT opened_at FROM synpunkt.case_mention')).map((m) => m.opened_at !== null), [true]);
  await leave(tab, bo);
});
