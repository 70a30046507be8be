/* Following up at the desk: set beside the case, told over the queue, ended. */
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
  password = await addUser(server, 'anna', 'case-handler@trafiknamnden', 'Anna Ek');
  filed = (await server.post('/api/v1/cases', { json: { text: 'Lampan är trasig', category: 'gatubelysning' } })).json;
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

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
