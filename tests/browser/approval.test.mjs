/* Approval in the desk, by keyboard alone: an answer waits, its writer sees for whom, and
 * a manager finds it, reads it beside the case and lets it go. And a case that is not for
 * the colleague whom it names. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startServer } from '../api/harness.mjs';
import { addUser } from '../api/staff.mjs';
import { closeBrowser, formEnv } from './browser.mjs';
import { at, clean, enterDesk, leave, picture, says } from './desk_kit.mjs';
import { keyboard } from './hands.mjs';

const trafik = 'trafiknamnden';
const people = { hanna: ['case-handler', 'Hanna Ek'], clara: ['manager', 'Clara Alm'] };
const password = {};
let server;

before(async () => {
  server = await startServer({ env: formEnv });
  for (const [user, [role, name]] of Object.entries(people))
    password[user] = await addUser(server, user, `${role}@${trafik}`, name);
  await server.sql(`INSERT INTO synpunkt.approval_rule (board) VALUES ('${trafik}')`);
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

const enter = (user, path) => enterDesk(server, user, password[user], path);

/* Where DESK_PICTURES names a directory, for the eye. */
test('by keyboard: written, waiting, found, read beside the case, approved', async () => {
  const res = await server.post('/api/v1/cases', { json: { category: 'gatubelysning',
    text: 'Gatlampan vid bron är släckt.', contact: { email: 'eva@example.se' } } });
  const c = res.json;
  const follow = async () => (await server.get(`/api/v1/cases/${c.number}`,
    { headers: { authorization: `Bearer ${c.followUpCode}` } })).json;
  const hanna = await enter('hanna', at(c));
  await says(hanna, 'Gatlampan vid bron');
  await hanna.keyboard.press('r');
  await says(hanna, 'Hos er godkänner en chef svaret');
  await hanna.keyboard.type('Lampan är bytt i dag.');
  await keyboard(hanna).press('.act button[type=submit]');
  await says(hanna, 'Svaret väntar på att en chef godkänner det.');
  await says(hanna, 'Svaret kan godkännas av: Clara Alm');
  assert.equal(await hanna.locator('#do-approve').count(), 0);
  await clean(hanna, 'an answer that waits');
  await picture(hanna, 'approval-waits');
  assert.deepEqual((await follow()).messages, []);

  const clara = await enter('clara', '/desk/?attention=approval');
  const link = clara.locator(`a[data-number="${c.number}"]`);
  await link.waitFor();
  await clara.locator('.row .attention', { hasText: 'Ett svar väntar på godkännande' }).first().waitFor();
  await keyboard(clara).press(`a[data-number="${c.number}"]`);
  await says(clara, 'Lampan är bytt i dag.');
  await says(clara, 'Gatlampan vid bron');
  await clara.keyboard.press('y');
  await says(clara, 'Svaret skickas nu, precis som det står här.');
  await clean(clara, 'the form of approval');
  await picture(clara, 'approval-form');
  assert.deepEqual((await follow()).messages, []);
  await clara.keyboard.press('Enter');
  await says(clara, 'Svaret är godkänt och registrerat.');
  assert.deepEqual((await follow()).messages.map((m) => m.text), ['Lampan är bytt i dag.']);
  assert.equal((await follow()).status, 'answered');
  await says(hanna, 'Svaret godkänt'); /* she sees it by itself */
  await leave(hanna, clara);
});

test('a case that names a colleague: a clear word, and a manager’s way on by keyboard', async () => {
  const res = await server.post('/api/v1/cases', { json: { category: 'gatubelysning',
    text: 'Hanna Ek lyssnar inte på oss.' } });
  const c = res.json;
  const hanna = await enter('hanna', at(c));
  await says(hanna, 'Hanna Ek lyssnar inte');
  await hanna.keyboard.press('t');
  await says(hanna, 'Du kan inte ta ärendet: du är nämnd i det');
  await clean(hanna, 'not one’s own case');
  await picture(hanna, 'conflict-self');

  const clara = await enter('clara', at(c));
  const hands = keyboard(clara);
  await says(clara, 'Hanna Ek lyssnar inte');
  await clara.keyboard.press('g');
  await hands.choose('#act-user', 'Hanna');
  await hands.press('.act button[type=submit]');
  await says(clara, 'Ärendet kan inte lämnas till Hanna Ek');
  await clean(clara, 'not the colleague’s case');
  await picture(clara, 'conflict-manager');
  await clara.keyboard.press('Tab');
  await clara.keyboard.press('Enter');
  assert.equal(await clara.inputValue('#act-user'), 'hanna');
  await hands.write('#act-reason', 'Hon ska svara själv.');
  await hands.press('.act button[type=submit]');
  await says(clara, 'Handläggaren är ändrad, efter ditt beslut.');
  await says(clara, 'trots att kollegan är nämnd eller berörd');
  await says(clara, 'Hon ska svara själv.');
  await leave(hanna, clara);
});
