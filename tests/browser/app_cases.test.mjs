/* One's own cases on the device, without an account: status, answers, more words, another
 * device, and all of it gone in one go. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { at as deskAt } from '../api/contract_desk_kit.mjs';
import { startServer } from '../api/harness.mjs';
import { newColleague } from '../api/staff.mjs';
import { another, button, clean, eventually, fillIn, heading, installed, kept, leave, openApp, received, send, startNet } from './app_kit.mjs';
import { closeBrowser } from './browser.mjs';

let server, net;
before(async () => {
  server = await startServer();
  net = await startNet(server);
});
after(async () => {
  await closeBrowser();
  await net?.stop();
  await server?.stop();
});

async function sentCase(tab, text) {
  await fillIn(tab, { text });
  await send(tab);
  const number = await received(tab);
  const own = (await kept(tab, 'cases')).find((one) => one.number === number);
  return { number, code: own.code };
}

test('the city’s answer is read, and more is written to it', async () => {
  const tab = await openApp(net);
  const { number } = await sentCase(tab, 'Lampan är släckt.');
  const anna = await newColleague(server, 'anna.app', 'case-handler@trafiknamnden');
  const { etag } = (await anna.get(deskAt(number))).headers;
  const res = await anna.post(deskAt(number, 'replies'), { etag, json: { text: 'Vi byter lampan.' } });
  assert.equal(res.status, 201, res.text);

  await tab.goto('/app/mina');
  await tab.locator('a.card', { hasText: 'Lampan är släckt.' }).click();
  await heading(tab, `Ärende ${number}`);
  await tab.locator('.talk .city', { hasText: 'Vi byter lampan.' }).waitFor();
  await tab.getByText('Du har fått svar').waitFor();
  await clean(tab, 'case');
  await button(tab, 'Skicka').click();
  await tab.locator('.faults:focus').waitFor();
  await tab.fill('#answer', 'Tack!');
  await button(tab, 'Skicka').click();
  await tab.locator('.talk .resident', { hasText: 'Tack!' }).waitFor();
  assert.equal(await tab.inputValue('#answer'), '');
  assert.doesNotMatch(tab.url(), /[A-Z]{4}-/, 'the code is in no address');
  await leave(tab);
});

test('words that could not be sent are still there', async () => {
  const tab = await openApp(net);
  const { number } = await sentCase(tab, 'Lampan är släckt.');

  await tab.goto(`/app/mina/${number}`);
  await tab.fill('#answer', 'En sak till.');
  net.down = true;
  await button(tab, 'Skicka').click();
  await tab.getByText('Det du skrev finns kvar').first().waitFor();
  assert.equal(await tab.inputValue('#answer'), 'En sak till.');
  net.down = false;
  await leave(tab);
});

for (const close of [undefined, 'remedied'])
  test(`a case that is ${close ? 'closed' : 'answered'} is opened again by who is not content`, async () => {
    const tab = await openApp(net);
    const { number } = await sentCase(tab, 'Lampan är släckt.');
    const berit = await newColleague(server, `berit.${close ?? 'app'}`, 'case-handler@trafiknamnden');
    const { etag } = (await berit.get(deskAt(number))).headers;
    const res = await berit.post(deskAt(number, 'replies'), { etag, json: { text: 'Det är lagat.', ...(close && { close }) } });
    assert.equal(res.status, 201, res.text);

    await tab.goto(`/app/mina/${number}`);
    await tab.getByText(close ? 'Ärendet är avslutat' : 'Du har fått svar').waitFor();
    await tab.fill('#answer', 'Den är fortfarande släckt.');
    await button(tab, 'Be att ärendet öppnas igen').click();
    await tab.locator('.talk .resident', { hasText: 'Den är fortfarande släckt.' }).waitFor();
    const [{ status }] = await server.sql(`SELECT status FROM synpunkt.case WHERE id = ${number.split('-')[1]}`);
    assert.ok(!['answered', 'closed'].includes(status), status);
    await leave(tab);
  });

test('without a network the device tells what it remembers, and that it is that', async () => {
  const tab = await openApp(net);
  await installed(tab);
  const { number } = await sentCase(tab, 'Lampan är släckt.');

  net.down = true;
  await tab.goto(`/app/mina/${number}`);
  await tab.getByText('Det här är vad enheten kommer ihåg').waitFor();
  await tab.getByText('Vi har tagit emot det').waitFor();
  net.down = false;
  await leave(tab);
});

test('a case from a letter is added by number and code, and by nothing less', async () => {
  const sent = await server.post('/api/v1/cases', { json: { text: 'Skickat på webben' } });
  const { number, followUpCode } = sent.json;
  const tab = await openApp(net, { path: '/app/mina/lagg-till' });

  await tab.fill('#add-number', number);
  await tab.fill('#add-code', 'AAAA-BBBB-CCCC');
  await button(tab, 'Lägg till').click();
  await tab.locator('.faults:focus').waitFor();
  await clean(tab, 'add, with a fault');
  await tab.fill('#add-code', ` ${followUpCode.toLowerCase()} `);
  await button(tab, 'Lägg till').click();
  await heading(tab, `Ärende ${number}`);
  await tab.goto('/app/mina');
  await tab.locator('a.card', { hasText: number }).waitFor();
  await leave(tab);
});

test('number and code can be copied, and are alone on paper', async () => {
  const tab = await openApp(net);
  const { number, code } = await sentCase(tab, 'Lampan är släckt.');

  await tab.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await button(tab, 'Kopiera').click();
  const text = await eventually('it is copied', () => tab.evaluate(() => navigator.clipboard.readText()));
  assert.ok(text.includes(number) && text.includes(code));
  await tab.emulateMedia({ media: 'print' });
  assert.ok(await tab.locator('.slip .code').first().isVisible());
  assert.equal(await tab.locator('button:visible').count(), 0);
  await leave(tab);
});

test('one tap and one yes, and nothing is left: drafts, cases, files, worker', async () => {
  const tab = await openApp(net);
  await installed(tab);
  await sentCase(tab, 'Lampan är släckt.');
  await tab.goto('/app/beratta');
  await tab.fill('#tell-text', 'Ett utkast');
  const two = await another(tab, '/app/mina');

  await tab.goto('/app/enheten');
  await button(tab, 'Ta bort allt på den här enheten').click();
  await clean(tab, 'remove all');
  await tab.locator('dialog .danger').click();
  await heading(tab, 'Allt är borttaget');
  await two.waitForURL(`${net.url}/`);
  assert.deepEqual(await tab.evaluate(async () => [(await indexedDB.databases()).length, (await caches.keys()).length,
    localStorage.length, sessionStorage.length, (await navigator.serviceWorker.getRegistrations()).length]), [0, 0, 0, 0, 0]);
  await tab.goto('/app/mina');
  await tab.getByText('Du behöver inget konto').waitFor();
  await leave(two);
});
