/* Other systems that are told when a month is published: added, looked at, told again and
 * ended, by keyboard alone. */
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';

import { eventually, startServer } from '../api/harness.mjs';
import { addUser } from '../api/staff.mjs';
import { closeBrowser, nuCheck } from './browser.mjs';
import { clean, enterDesk, htmlOf, leave, picture, says } from './desk_kit.mjs';
import { keyboard } from './hands.mjs';

const path = '/desk/installningar/webhooks';
const html = {};
let server, admin, leader, receiver, url;
let answer = 503;
let calls = 0;

before(async () => {
  receiver = http.createServer((req, res) => { calls++; req.resume(); res.writeHead(answer).end(); });
  await new Promise((done) => { receiver.listen(0, '127.0.0.1', done); });
  url = `http://127.0.0.1:${receiver.address().port}/told`;
  server = await startServer({ env: { SYNPUNKT_WEBHOOK_PRIVATE: 'true' } });
  admin = await addUser(server, 'adam', 'administrator@*', 'Adam Ask');
  leader = await addUser(server, 'carl', 'coordinator@trafiknamnden', 'Carl Alm');
});
after(async () => {
  await closeBrowser();
  await server?.stop();
  receiver?.close();
});

async function look(tab, name) {
  await clean(tab, name);
  html[name] = await htmlOf(tab);
  await picture(tab, `webhooks-${name}`);
}

test('by keyboard alone: added, its secret once, what waits, sent again, ended', async () => {
  const tab = await enterDesk(server, 'adam', admin, '/desk/installningar');
  const hands = keyboard(tab);
  await hands.press(`a[href="${path}"]`);
  await says(tab, 'Inget system får veta något än.');
  await hands.press(`a[href="${path}/ny"]`);
  await hands.write('#webhook-url', 'ftp://a.example/');
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('.faults:focus');
  await look(tab, 'faults');
  await hands.retype('#webhook-url', url);
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('#secret-title:focus');
  const secret = await tab.textContent('.told-once code');
  assert.match(secret, /^[0-9a-f]{64}$/);
  await look(tab, 'secret');
  await hands.press('.told-once button');
  await says(tab, /Kopierat|Det gick inte att kopiera/);
  await hands.press('a.back');
  await says(tab, 'Inget att leverera än');
  assert.doesNotMatch(await tab.content(), new RegExp(secret), 'it is shown once');

  await server.sql("INSERT INTO synpunkt.open_month (month) VALUES ('2020-01-01')");
  await eventually('it was tried', () => calls > 0, 60000);
  await tab.reload();
  await says(tab, 'Väntar på att levereras: 1');
  await look(tab, 'list');
  await hands.press('.outsiders a');
  await says(tab, '2020-01');
  await eventually('the answer is there', async () => (await tab.locator('.outsiders li').first().textContent()).includes('Svar: 503')
    || (await hands.press('#deliveries-title ~ p button'), false), 60000);
  await look(tab, 'one');
  answer = 204;
  await hands.press('button[aria-label="Skicka igen: 2020-01"]');
  await eventually('it is delivered', async () => {
    await hands.press('#deliveries-title ~ p button');
    return (await tab.locator('.outsiders li').first().textContent()).includes('✓ Levererat');
  }, 60000);
  await look(tab, 'delivered');
  await hands.press('.ending summary');
  await hands.press('.ending button');
  await says(tab, 'Inget system får veta något än.');
  assert.equal(new URL(tab.url()).pathname, path);
  assert.equal((await server.sql('SELECT 1 FROM synpunkt.webhook WHERE ended_at IS NULL')).length, 0);
  await leave(tab);
});

test('one that is no more says so, and a network that is away loses nothing', async () => {
  const tab = await enterDesk(server, 'adam', admin, `${path}/01234567-89ab-cdef-0123-456789abcdef`);
  await says(tab, 'Webhooken finns inte längre.');
  await tab.goto(`${path}/ny`);
  await tab.fill('#webhook-url', url);
  await tab.context().setOffline(true);
  await tab.click('button[type=submit]');
  await tab.waitForSelector('.trouble');
  assert.equal(await tab.inputValue('#webhook-url'), url);
  await tab.context().setOffline(false);
  await leave(tab);
});

test('one that listens to cases is made, and one that does not get through is told', async () => {
  const tab = await enterDesk(server, 'adam', admin, `${path}/ny`);
  const hands = keyboard(tab);
  await hands.write('#webhook-url', url);
  await hands.reach('#webhook-month-frozen');
  await tab.keyboard.press('Space');
  await tab.keyboard.press('Enter');
  await says(tab, 'Välj vad systemet får veta.');
  await hands.reach('#webhook-month-frozen-case-changed');
  await tab.keyboard.press('Space');
  await hands.reach('#webhook-url');
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('.faults:focus');
  await says(tab, 'Välj minst en nämnd.');
  await look(tab, 'boards');
  await hands.reach('#webhook-boards-trafiknamnden');
  await tab.keyboard.press('Space');
  await hands.press('form button[type=submit]');
  await tab.waitForSelector('#secret-title:focus');
  await hands.press('a.back');
  await says(tab, /Ärenden ändras \(Trafiknämnden\)/);
  assert.deepEqual(await server.sql('SELECT events, boards FROM synpunkt.webhook WHERE ended_at IS NULL'),
    [{ events: '{case-changed}', boards: '{trafiknamnden}' }]);
  await server.sql('UPDATE synpunkt.webhook SET failing_since = now() WHERE ended_at IS NULL');
  await hands.press('a.back');
  await says(tab, 'En webhook når inte fram');
  await look(tab, 'failing');
  await hands.press(`.choices a[href="${path}"]`);
  await says(tab, /Svarar inte/);
  await leave(tab);
  assert.deepEqual(await nuCheck(html), []);
});

test('who is no administrator neither sees the way there nor the page', async () => {
  const tab = await enterDesk(server, 'carl', leader, '/desk/installningar');
  await says(tab, 'Svarstider');
  assert.equal(await tab.locator(`a[href="${path}"]`).count(), 0);
  await tab.goto(path);
  await says(tab, 'Webhookar är för administratörer.');
  await leave(tab);
});
