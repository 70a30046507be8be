/*
 * A notification when the city answers, in the app. Headless Chromium reaches no push
 * service and refuses PushManager.subscribe(): the network's part of it is stood in for on
 * the page, the server and the service worker are real, and what a push service would
 * deliver comes through the DevTools protocol.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { startServer, testRoot } from '../api/harness.mjs';
import { makePushKey } from '../api/push_service.mjs';
import { button, clean, eventually, fillIn, heading, installed, leave, openApp, received, send, startNet } from './app_kit.mjs';
import { closeBrowser } from './browser.mjs';

const keys = { p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg' };
let server, net;
before(async () => {
  const dir = fs.mkdtempSync(path.join(testRoot(), 'app-push-'));
  fs.chmodSync(dir, 0o755);
  server = await startServer({ env: { SYNPUNKT_PUSH_HOSTS: 'push.example',
    SYNPUNKT_PUSH_KEY_FILE: makePushKey(path.join(dir, 'push-key.pem')) } });
  net = await startNet(server);
});
after(async () => {
  await closeBrowser();
  await net?.stop();
  await server?.stop();
});

/* Kept in sessionStorage, so that a page that is loaded again has it still. */
function standIn(made) {
  const own = () => {
    const endpoint = sessionStorage.getItem('stand-in');
    return endpoint && { endpoint, toJSON: () => ({ endpoint, expirationTime: null, keys: made }),
      unsubscribe: async () => { sessionStorage.removeItem('stand-in'); return true; } };
  };
  PushManager.prototype.getSubscription = async () => own();
  PushManager.prototype.subscribe = async (options) => {
    if (!options.userVisibleOnly || !options.applicationServerKey) throw new TypeError('a browser would not');
    sessionStorage.setItem('stand-in', `https://push.example/${crypto.randomUUID()}`);
    return own();
  };
}

const name = 'Få en avisering när staden svarar';
const switchOf = (tab) => tab.getByRole('switch', { name, exact: true });
const stands = (tab, isOn) => tab.locator(`[role=switch][aria-checked="${isOn}"][aria-disabled="false"]`).waitFor();
const rows = (number) => server.sql(`SELECT endpoint FROM synpunkt.push_subscription WHERE case_id = ${number.split('-')[1]}`);

async function phoneWithCase(permissions = ['geolocation', 'notifications'], more = {}) {
  const tab = await openApp(net, { permissions, first: (page) => page.addInitScript(standIn, keys), ...more });
  await installed(tab);
  await fillIn(tab, { text: 'Lampan vid min port är släckt.' });
  await send(tab);
  const number = await received(tab);
  await tab.goto(`/app/mina/${number}`);
  await switchOf(tab).waitFor();
  return { tab, number };
}

test('on gives the city the device’s address, by keyboard too, and off takes it away', async () => {
  const { tab, number } = await phoneWithCase();
  await stands(tab, false);
  await clean(tab, 'case, off');
  await switchOf(tab).focus();
  await tab.keyboard.press('Space');
  await stands(tab, true);
  const [{ endpoint }] = await rows(number);
  assert.match(endpoint, /^https:\/\/push\.example\//);
  await clean(tab, 'case, on');
  await tab.reload();
  await stands(tab, true);
  await switchOf(tab).click();
  await stands(tab, false);
  assert.deepEqual(await rows(number), []);
  assert.equal(await tab.evaluate(() => sessionStorage.length), 0, 'the browser’s own is gone with the last case');
  await leave(tab);
});

test('the notification says that there is something new, and nothing of what', async () => {
  const { tab, number } = await phoneWithCase();
  const line = await tab.context().newCDPSession(tab);
  const known = new Promise((done) => {
    line.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const ours = registrations.find(({ scopeURL }) => scopeURL === `${net.url}/app/`);
      if (ours) done(ours.registrationId);
    });
  });
  await line.send('ServiceWorker.enable');
  await line.send('ServiceWorker.deliverPushMessage', { origin: net.url, registrationId: await known, data: '' });
  const shown = await eventually('it is shown', async () => {
    const [one] = await tab.evaluate(async () => (await (await navigator.serviceWorker.ready).getNotifications())
      .map(({ title, body, tag, data, lang }) => ({ title, body, tag, data, lang })));
    return one;
  });
  assert.deepEqual(shown, { title: 'Synpunkt', body: 'Det finns något nytt i ett av dina ärenden.', tag: 'news', data: null, lang: 'sv' });
  assert.ok(!JSON.stringify(shown).includes(number));
  await leave(tab);
});

test('without leave it says what to do, and the city is told nothing', async () => {
  const { tab, number } = await phoneWithCase(['geolocation']);
  await switchOf(tab).click();
  await tab.getByText('Webbläsaren får inte visa aviseringar').waitFor();
  await stands(tab, false);
  await clean(tab, 'case, denied');
  assert.deepEqual(await rows(number), []);
  await leave(tab);
});

test('without a network it says so, and stands as it stood', async () => {
  const { tab, number } = await phoneWithCase();
  net.down = true;
  await switchOf(tab).click();
  await tab.getByText('Det behövs nät').waitFor();
  await stands(tab, false);
  net.down = false;
  assert.deepEqual(await rows(number), []);
  await leave(tab);
});

test('a case, or all, removed from the device is told no more', async () => {
  for (const isAll of [false, true]) {
    const { tab, number } = await phoneWithCase();
    await switchOf(tab).click();
    await stands(tab, true);
    if (isAll) {
      await tab.goto('/app/enheten');
      await button(tab, 'Ta bort allt på den här enheten').click();
      await tab.locator('dialog .danger').click();
      await heading(tab, 'Allt är borttaget');
    } else {
      await button(tab, 'Ta bort från enheten').click();
      await button(tab, 'Ta bort: koden försvinner härifrån').click();
      await heading(tab, 'Mina ärenden');
    }
    await eventually('the city has forgotten it', async () => (await rows(number)).length === 0);
    await leave(tab);
  }
});

test('where the city sends nothing there is no switch', async () => {
  net.answers['GET /api/v1/push-key'] = { status: 404, body: {} };
  const tab = await openApp(net, { permissions: ['geolocation', 'notifications'] });
  await fillIn(tab);
  await send(tab);
  const number = await received(tab);
  await tab.goto(`/app/mina/${number}`);
  await tab.getByText('Svar och meddelanden').waitFor();
  assert.equal(await switchOf(tab).count(), 0);
  delete net.answers['GET /api/v1/push-key'];
  await leave(tab);
});
