/* Mail that has come in, as a case handler meets it. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';

import { eventually, startServer } from '../api/harness.mjs';
import { letter, lmtpOpen } from '../api/lmtp_client.mjs';
import { addUser } from '../api/staff.mjs';
import { closeBrowser } from './browser.mjs';
import { at, clean, enterDesk, leave, says } from './desk_kit.mjs';
import { keyboard } from './hands.mjs';

let server;
let password;

before(async () => {
  server = await startServer();
  password = await addUser(server, 'anna', 'case-handler@trafiknamnden', 'Anna Ek');
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

/* A mail to the board, and the case that it became. */
async function mailed(options) {
  const id = `${Date.now()}@example.se`;
  const talk = await lmtpOpen(server);
  assert.deepEqual(await talk.send({ to: ['trafik@stad.example'], bytes: letter({ id, ...options }) }),
    ['250 2.0.0 stored']);
  await talk.end();
  const [{ year, serial }] = await eventually('a case', async () => {
    const rows = await server.sql(`SELECT d.case_year AS year, d.case_id AS serial
      FROM synpunkt.mail_delivery d JOIN synpunkt.mail_message m ON m.id = d.message_id
      WHERE m.message_id = '${id}' AND d.case_id IS NOT NULL`);
    return rows.length ? rows : null;
  });
  return { number: `${year}-${serial}` };
}

test('by keyboard: a case that came by mail, and the mail as it came', async () => {
  const c = await mailed({ body: 'Gungan i parken är trasig.' });
  const tab = await enterDesk(server, 'anna', password, at(c));
  const hands = keyboard(tab);

  await says(tab, 'Gungan i parken är trasig.');
  await hands.press('.originals summary');
  await hands.reach('.originals a[download]');
  const file = tab.waitForEvent('download');
  await tab.keyboard.press('Enter');
  const saved = await file;
  assert.match(saved.suggestedFilename(), new RegExp(`^${c.number}-mejl-1.eml$`));
  assert.match(fs.readFileSync(await saved.path(), 'utf8'), /Gungan i parken är trasig/);
  await clean(tab, 'a case that came by mail');
  await leave(tab);
});
