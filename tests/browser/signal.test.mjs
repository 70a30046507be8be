/* Monday's signals at the desk: told over the queue, read with their numbers, dismissed by
 * keyboard with a reason. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startServer } from '../api/harness.mjs';
import { addUser } from '../api/staff.mjs';
import { closeBrowser, formEnv } from './browser.mjs';
import { clean, enterDesk, leave, says } from './desk_kit.mjs';
import { keyboard } from './hands.mjs';

let server, password;
before(async () => {
  server = await startServer({ env: formEnv });
  password = await addUser(server, 'kim', 'coordinator@trafiknamnden', 'Kim Lund');
  await server.sql(`INSERT INTO synpunkt.signal_run (week, tested, years)
    VALUES (date_trunc('week', synpunkt.today()::timestamp)::date, 84, 2) ON CONFLICT (week) DO UPDATE SET tested = 84, years = 2`);
  await server.sql(`INSERT INTO synpunkt.signal (week, kind, board, category, district, evidence)
    SELECT r.week, v.kind, 'trafiknamnden', v.category, v.district, v.evidence::jsonb
    FROM synpunkt.signal_run r, (VALUES
      ('rise', 'gatubelysning', 'farsta', '{"n": 23, "days": 28, "expectedBefore": 4.7, "expectedYears": 5.5, "years": 2, "p": 2e-6, "limit": 6e-4, "tested": 84}'),
      ('repeat', 'vagskador', 'farsta', '{"n": 6, "days": 30, "metres": 100, "from": "2026-11-02", "to": "2026-11-20"}'),
      ('backlog', NULL, NULL, '{"open": [61, 64, 70, 78, 83], "weeks": 4}')) AS v (kind, category, district, evidence)`);
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

test('a coordinator is told of signals, reads what they rest on and dismisses one by keyboard', async () => {
  const tab = await enterDesk(server, 'kim', password, '/desk/');
  const hands = keyboard(tab);

  await says(tab, '3 signaler att titta på');
  await hands.press('.today a[href="/desk/signaler"]');
  await says(tab, 'Gatubelysning ökar: Farsta');
  await says(tab, '23 ärenden på fyra veckor. Väntat är 4,7 efter de tolv veckorna innan och 5,5 efter samma tid tidigare år.');
  await says(tab, 'Öppna de fem senaste måndagarna: 61, 64, 70, 78, 83.');
  await clean(tab, 'signals');
  await tab.setViewportSize({ width: 1280, height: 900 });
  await hands.press('.signals section:first-of-type a.button');
  await tab.waitForURL(/\/desk\/forbattringar\/ny$/);
  assert.equal(await tab.inputValue('#improvement-title'), 'Gatubelysning ökar: Farsta');
  assert.match(await tab.inputValue('#improvement-cause'), /^23 ärenden på fyra veckor/);
  await tab.goBack();
  const first = tab.locator('.signals section').first();
  await hands.press('.signals section:first-of-type summary');
  await hands.press('.signals section:first-of-type form button');
  await says(tab, 'Skriv varför.');
  await first.locator('input').focus();
  await tab.keyboard.type('Lamporna byts i veckan.');
  await tab.keyboard.press('Enter');
  await says(tab, 'Lamporna byts i veckan.');
  assert.match(await tab.locator('.signals section').last().textContent(), /Kim Lund avfärdade den/);
  assert.equal(await tab.locator('.signals summary').count(), 2);
  await leave(tab);
});
