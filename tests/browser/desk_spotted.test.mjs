/* What the desk shows of what is in a text: flags with their words beside a case and while
 * sorting, for people to decide on. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { submitTo, trafik } from '../api/contract_desk_kit.mjs';
import { eventually, startServer } from '../api/harness.mjs';
import { addUser } from '../api/staff.mjs';
import { closeBrowser, formEnv } from './browser.mjs';
import { at, clean, enterDesk, leave, says } from './desk_kit.mjs';

let server, password;
before(async () => {
  server = await startServer({ env: formEnv });
  password = await addUser(server, 'vaken', `coordinator@${trafik}`, 'Vak En');
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

test('flags stand beside the text with their words, what one can do, and the case they are about', async () => {
  const place = { lat: 59.2518, lon: 18.0921 };
  const text = 'Grannen på trappan slår sina barn. Bygger de om så ska jag skjuta er. Jag vill överklaga beslutet.';
  const first = await submitTo(server, text, { place });
  const c = await submitTo(server, text, { place });
  await eventually('indexed', async () => (await server.sql(`SELECT 1 FROM synpunkt.case_search
    WHERE case_id IN (${[first, c].map(({ number }) => number.split('-')[1])})`)).length === 2);
  const tab = await enterDesk(server, 'vaken', password, at(c));
  const card = tab.locator('.spotted');
  await card.waitFor();
  const told = await card.innerText();
  for (const words of ['Inget är ändrat: du avgör', 'Kan vara ett hot', 'skjuta er', 'Ett barn kan fara illa', 'genast anmäla det till socialtjänsten',
    'Kan höra till någon annan', 'Kan vara samma sak som', `${first.number}, samma plats`])
    assert.ok(told.includes(words), `${words} in ${told}`);
  assert.equal(await tab.getByText('Texten har ord som kan vara hot').count(), 0, 'told once');
  await clean(tab, 'flags');
  await tab.goto(`/desk/?q=${c.number}`);
  await tab.locator('a.open').first().waitFor();
  await tab.keyboard.press('s');
  await tab.waitForSelector('.sort');
  await says(tab, 'Kan vara ett hot');
  await clean(tab, 'flags while sorting');
  await tab.goto(at(c));
  await card.getByRole('link', { name: first.number }).focus();
  await tab.keyboard.press('Enter');
  await tab.waitForSelector(`.casehead h1:has-text("${first.number}")`);
  await leave(tab);
});

test('a text with nothing in it has no such part', async () => {
  const plain = await submitTo(server, 'Lampan är trasig.');
  const c = await submitTo(server, 'Busschauffören var otrevlig.');
  const tab = await enterDesk(server, 'vaken', password, at(c));
  await says(tab, 'svara vart frågan ska');
  const asked = tab.waitForResponse((res) => res.url().endsWith(`${plain.number}/suggestions`));
  await tab.goto(at(plain));
  await (await asked).finished();
  await tab.waitForSelector(`.casehead h1:has-text("${plain.number}")`);
  assert.equal(await tab.locator('.spotted').count(), 0);
  await leave(tab);
});
