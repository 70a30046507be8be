/* Exactly once, whatever the network, the telephone and the writer do: cut before, during
 * and after; two tabs; switched off; a full disk; a server that refuses or asks to wait. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import { startServer } from '../api/harness.mjs';
import { another, button, cases, clean, eventually, fillIn, heading, installed, kept, leave, next, offline, openApp,
  received, send, startNet } from './app_kit.mjs';
import { closeBrowser } from './browser.mjs';

const photo = { name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAgAAAAIAQMAAAD+wSzIAAAABlBMVEX///+/v7+jQ3Y5AAAADklEQVQI12P4AIX8EAgALgAD/aNpbtEAAAAASUVORK5CYII=', 'base64') };

let server, net, at;
before(async () => {
  server = await startServer();
  net = await startNet(server);
});
after(async () => {
  await closeBrowser();
  await net?.stop();
  await server?.stop();
});
beforeEach(async () => {
  net.down = false;
  net.ways = [];
  net.release();
  net.keys = [];
  net.bodies = [];
  at = (await cases(server)).length;
});

/* One case more than before, with so many photos; the device holds nothing back. */
async function once(tab, photos = 1) {
  const all = await cases(server);
  assert.equal(all.length, at + 1, 'one case');
  assert.deepEqual({ channel: all.at(-1).channel, attachments: all.at(-1).attachments }, { channel: 'app', attachments: photos });
  assert.deepEqual(await kept(tab, 'outbox'), []);
  assert.deepEqual(await kept(tab, 'photos'), []);
  assert.equal((await kept(tab, 'cases')).length, 1);
  assert.equal(new Set(net.keys).size, 1, 'one key');
}

test('without a network from beginning to end: it waits, and goes when the network is back', async () => {
  const tab = await openApp(net);
  await tab.locator('.tile').first().waitFor();
  await installed(tab);
  await tab.reload(); /* by the worker: it has seen the city's lists */
  await tab.locator('.tile').first().waitFor();
  await offline(net, tab);

  await tab.reload();
  await tab.getByText('Du är utan nät').waitFor();
  await fillIn(tab, { photos: [photo] });
  await send(tab);
  await heading(tab, 'Väntar på att skickas');
  await tab.getByText('Det finns inget nät').waitFor();
  await clean(tab, 'waiting');
  assert.equal((await kept(tab, 'photos')).length, 1);
  await tab.goto('/app/mina');
  await tab.getByText('Inte skickat än').waitFor();
  await clean(tab, 'mine, waiting');
  assert.equal((await cases(server)).length, at);
  await offline(net, tab, false);
  await tab.locator('a.card').waitFor();
  await once(tab);
  await leave(tab);
});

for (const way of ['cut-before', 'cut-during', 'lose-answer'])
  test(`the network goes, ${way}: sent again with the same key, and one case`, async () => {
    const tab = await openApp(net);

    net.next(way);
    await fillIn(tab, { photos: [photo, photo] });
    await send(tab);
    await heading(tab, 'Väntar på att skickas');
    await tab.getByText('Staden har inte svarat än').waitFor();
    assert.equal((await cases(server)).length, at + (way === 'lose-answer' ? 1 : 0));
    await button(tab, 'Försök nu').click();
    const number = await received(tab);
    await once(tab, 2);
    assert.ok(net.keys.length >= 2);
    const [own] = await kept(tab, 'cases');
    assert.equal(own.number, number);
    const res = await server.get(`/api/v1/cases/${number}`, { headers: { authorization: `Bearer ${own.code}` } });
    assert.equal(res.status, 200, 'the code that the device has opens the case');
    await leave(tab);
  });

test('two tabs that send the same draft send one case, and both say its number', async () => {
  const one = await openApp(net);
  await fillIn(one, { photos: [photo] });
  const two = await another(one, '/app/skicka');
  await heading(two, 'Läs igenom och skicka');
  await two.getByText('Lampan vid torget').waitFor();

  net.next('hold');
  await Promise.all([send(one), send(two)]);
  await eventually('one of them sends', () => net.held);
  net.release();
  assert.equal(await received(one), await received(two));
  await once(one);
  assert.equal(net.keys.length, 1, 'and sends once');
  await leave(one, two);
});

test('the page is closed while it sends: the next one finishes it', async () => {
  const tab = await openApp(net);

  net.next('hold');
  await fillIn(tab, { photos: [photo] });
  await send(tab);
  await eventually('it is being sent', () => net.held);
  const two = await tab.context().newPage();
  await tab.close();
  net.release();
  await two.goto(`${net.url}/app/mina`);
  await two.locator('a.card').waitFor();
  await once(two);
  await two.context().close();
});

test('switched off in the middle of writing: words and photos are there again', async () => {
  const tab = await openApp(net);
  const [context, text] = [tab.context(), 'Halvvägs genom en mening om'];

  await fillIn(tab, { photos: [photo] });
  await tab.goBack();
  await tab.fill('#tell-text', text);
  await eventually('the last letter is kept', async () => (await kept(tab, 'drafts'))[0]?.text === text);
  const two = await context.newPage();
  await tab.close(); /* the page is asked nothing and does nothing more */
  await two.goto(`${net.url}/app/beratta`);
  await two.locator('.photo img').waitFor();
  assert.equal(await two.inputValue('#tell-text'), text);
  await next(two);
  await send(two);
  await received(two);
  await once(two);
  await context.close();
});

test('a full disk is told, nothing typed is lost, and it can still be sent', async () => {
  const tab = await openApp(net, { first: async (page) => {
    const line = await page.context().newCDPSession(page);
    await line.send('Storage.overrideQuotaForOrigin', { origin: net.url, quotaSize: 1 });
  } });

  await fillIn(tab, { text: 'Lampan är släckt.', photos: [photo] });
  await tab.getByText('så det du skriver sparas inte').waitFor();
  await clean(tab, 'full');
  await tab.goBack();
  assert.equal(await tab.inputValue('#tell-text'), 'Lampan är släckt.');
  net.next('cut-before');
  await next(tab);
  await send(tab);
  await tab.getByText('Stäng inte appen förrän det är skickat').waitFor();
  await button(tab, 'Försök nu').click();
  await received(tab);
  const all = await cases(server);
  assert.equal(all.length, at + 1);
  assert.equal(all.at(-1).attachments, 1);
  assert.equal(new Set(net.keys).size, 1);
  assert.match(await tab.textContent('.slip'), /[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}/);
  await leave(tab);
});

const refusals = [
  { status: 409, words: 'med samma nyckel', body: { current: null } },
  { status: 413, words: 'Ta bort någon bild' },
  { status: 415, words: 'av ett slag som inte kan tas emot' },
  { status: 422, words: 'Allt du skrev finns kvar', body: { invalidParams: [{ name: 'contact.email', reason: 'är ingen adress' }] } },
];

for (const { status, words, body } of refusals)
  test(`refused with ${status}: said why, and back with all that was typed`, async () => {
    const tab = await openApp(net);

    net.next({ status, body: body ?? {} });
    await fillIn(tab, { photos: [photo] });
    await send(tab);
    await heading(tab, 'Kunde inte tas emot');
    await tab.getByText(words).first().waitFor();
    await clean(tab, `refused ${status}`);
    await button(tab, 'Ändra').click();
    await heading(tab, 'Berätta');
    assert.equal(await tab.inputValue('#tell-text'), 'Lampan vid torget är släckt.');
    await tab.locator('.photo img').waitFor();
    const [first] = net.keys;
    await next(tab);
    await send(tab);
    await received(tab);
    assert.equal((await cases(server)).length, at + 1);
    assert.equal(net.keys.at(-1) === first, status !== 409, 'a key that stands for something else is not used again');
    await leave(tab);
  });

for (const status of [429, 503])
  test(`asked to wait by ${status}: waited, however much one presses`, async () => {
    const tab = await openApp(net);

    net.next({ status, headers: { 'retry-after': '4' } });
    await fillIn(tab);
    await send(tab);
    await tab.getByText('Nytt försök klockan').waitFor();
    const [entry] = await kept(tab, 'outbox');
    assert.equal(entry.isAsked, true);
    await button(tab, 'Försök nu').click();
    await tab.evaluate(() => window.dispatchEvent(new Event('online')));
    await received(tab);
    assert.equal(net.keys.length, 2);
    assert.ok((await tab.evaluate(() => Date.now())) >= entry.notBefore, 'not before its time');
    await leave(tab);
  });

test('a network’s sign-in page is no receipt', async () => {
  const tab = await openApp(net);

  net.next({ status: 200, headers: { 'content-type': 'text/html' }, body: '<h1>Välkommen till tåget</h1>' });
  await fillIn(tab);
  await send(tab);
  await heading(tab, 'Väntar på att skickas');
  await button(tab, 'Försök nu').click();
  await received(tab);
  await once(tab, 0);
  await leave(tab);
});

test('the worker sends what waits when no page is open', async () => {
  const tab = await openApp(net);
  await installed(tab);
  const line = await tab.context().newCDPSession(tab);
  const id = await new Promise((done) => {
    line.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const own = registrations.find(({ scopeURL }) => scopeURL === `${net.url}/app/`);
      if (own) done(own.registrationId);
    });
    line.send('ServiceWorker.enable');
  });

  net.down = true;
  await fillIn(tab, { photos: [photo] });
  await send(tab);
  await heading(tab, 'Väntar på att skickas');
  const other = await tab.context().newPage();
  await tab.close();
  net.down = false;
  const otherLine = await other.context().newCDPSession(other);
  await otherLine.send('ServiceWorker.enable');
  await otherLine.send('ServiceWorker.dispatchSyncEvent', { origin: net.url, registrationId: id, tag: 'outbox', lastChance: false });
  await eventually('the case is there', async () => (await cases(server)).length === at + 1);
  await other.goto(`${net.url}/app/mina`);
  await other.locator('a.card').waitFor();
  await once(other);
  await other.context().close();
});

test('what waits can be changed before it has been tried, with all of it', async () => {
  const tab = await openApp(net);
  await tab.locator('.tile').first().waitFor();
  const two = await another(tab, '/app/mina');

  net.next('hold');
  await fillIn(tab, { text: 'Den första' });
  await send(tab);
  await eventually('the first is being sent', () => net.held);
  await two.goto('/app/');
  await fillIn(two, { text: 'Den andra', photos: [photo] });
  await send(two);
  await heading(two, 'Väntar på att skickas');
  await button(two, 'Ta bort').click(); /* asks first */
  await button(two, 'Ta bort för gott').waitFor();
  await button(two, 'Ändra').click();
  net.release();
  await received(tab);
  await heading(two, 'Berätta');
  assert.equal(await two.inputValue('#tell-text'), 'Den andra');
  await two.locator('.photo img').waitFor();
  assert.equal((await cases(server)).length, at + 1, 'the second is not sent');
  await leave(tab, two);
});
