/* What a search at the desk found is marked in its row, and is text and nothing else. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { submitTo, trafik } from '../api/contract_desk_kit.mjs';
import { eventually, startServer } from '../api/harness.mjs';
import { addUser } from '../api/staff.mjs';
import { closeBrowser } from './browser.mjs';
import { clean, enterDesk, leave } from './desk_kit.mjs';

let server;
let password;
before(async () => {
  server = await startServer();
  password = await addUser(server, 'soker', `coordinator@${trafik}`, 'Sö Kare');
});
after(async () => { await closeBrowser(); await server.stop(); });

test('a hit is marked in its row, in text, name and number', async () => {
  const c = await submitTo(server, 'Mörkt på vägen. <img src=x onerror=alert(1)> Gatubelysningen är trasig.',
    { contact: { name: 'Ljusa Lampén', email: 'a@example.org' } });
  await eventually('indexed', async () => (await server.sql(
    `SELECT 1 FROM synpunkt.case_search WHERE case_id = ${c.number.split('-')[1]}`)).length);
  const tab = await enterDesk(server, 'soker', password, `/desk/?q=${encodeURIComponent('belysning trasig')}`);
  const row = tab.locator(`.row:has(a[data-number="${c.number}"])`);
  await row.locator('.match').waitFor();
  assert.deepEqual(await row.locator('mark').allInnerTexts(), ['Gatubelysningen', 'trasig']);
  assert.match(await row.locator('.match').innerText(), /^I texten: .*<img src=x onerror=alert\(1\)>/);
  await clean(tab, 'hits');
  for (const [q, marked, where] of [['lampen', 'Lampén', 'Namn'], [c.number.split('-')[1], c.number.split('-')[1], 'Ärendenummer']]) {
    await tab.goto(`/desk/?q=${encodeURIComponent(q)}`);
    await tab.locator('.match', { hasText: where }).waitFor();
    assert.deepEqual(await row.locator('mark').allInnerTexts(), [marked]);
  }
  await leave(tab);
});
