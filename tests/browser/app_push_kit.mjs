/*
 * What the tests of push in the app share. Headless Chromium reaches no push service and
 * refuses PushManager.subscribe(): the network's part of it is stood in for, on the page and
 * in the service worker; the server and the worker are real, and what a push service would
 * deliver comes through the DevTools protocol.
 */
import fs from 'node:fs';
import path from 'node:path';

import { startServer, testRoot } from '../api/harness.mjs';
import { makePushKey } from '../api/push_service.mjs';
import { fillIn, installed, openApp, received, send } from './app_kit.mjs';

const keys = { p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg' };

export function startPushServer() {
  const dir = fs.mkdtempSync(path.join(testRoot(), 'app-push-'));
  fs.chmodSync(dir, 0o755);
  return startServer({ env: { SYNPUNKT_PUSH_HOSTS: 'push.example',
    SYNPUNKT_PUSH_KEY_FILE: makePushKey(path.join(dir, 'push-key.pem')) } });
}

/* Kept in sessionStorage, so that a page that is loaded again has it still; the worker has
 * none, and keeps its own. Without a network nothing is given up. */
function standIn(made) {
  const store = globalThis.sessionStorage ?? {
    getItem: () => globalThis.standInAt ?? null,
    setItem: (name, value) => { globalThis.standInAt = value; },
    removeItem: () => { globalThis.standInAt = null; },
  };
  const own = () => {
    const endpoint = store.getItem('stand-in');
    return endpoint && { endpoint, toJSON: () => ({ endpoint, expirationTime: null, keys: made }),
      unsubscribe: async () => {
        if (!navigator.onLine) throw new DOMException('no network', 'NetworkError');
        store.removeItem('stand-in');
        return true;
      } };
  };
  PushManager.prototype.getSubscription = async () => own();
  PushManager.prototype.subscribe = async (options) => {
    if (!options.userVisibleOnly || !options.applicationServerKey) throw new TypeError('a browser would not');
    store.setItem('stand-in', `https://push.example/${crypto.randomUUID()}`);
    return own();
  };
}

export const name = 'Få en avisering när staden svarar';
export const switchOf = (tab) => tab.getByRole('switch', { name, exact: true });
export const stands = (tab, isOn) => tab.locator(`[role=switch][aria-checked="${isOn}"][aria-disabled="false"]`).waitFor();
export const endpointsOf = async (server, number) => (await server.sql(`SELECT endpoint FROM synpunkt.push_subscription
  WHERE case_id = ${number.split('-')[1]} ORDER BY id`)).map(({ endpoint }) => endpoint);

/* Of the page, as the browser has it; or as a browser would have it, given anew. */
export const endpointAt = (tab, given) => tab.evaluate((value) => {
  if (value) sessionStorage.setItem('stand-in', value);
  return sessionStorage.getItem('stand-in');
}, given);

export async function sendCase(tab, text = 'Lampan vid min port är släckt.') {
  await fillIn(tab, { text });
  await send(tab);
  const number = await received(tab);
  await tab.goto(`/app/mina/${number}`);
  await switchOf(tab).waitFor();
  return number;
}

export async function phoneWithCase(net, permissions = ['geolocation', 'notifications'], more = {}) {
  const tab = await openApp(net, { permissions, first: (page) => page.addInitScript(standIn, keys), ...more });
  await installed(tab);
  return { tab, number: await sendCase(tab) };
}

/* As a push service would: a message without content. */
export async function deliver(net, tab) {
  const line = await tab.context().newCDPSession(tab);
  const known = new Promise((done) => {
    line.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const ours = registrations.find(({ scopeURL }) => scopeURL === `${net.url}/app/`);
      if (ours) done(ours.registrationId);
    });
  });
  await line.send('ServiceWorker.enable');
  await line.send('ServiceWorker.deliverPushMessage', { origin: net.url, registrationId: await known, data: '' });
}

export async function workerOf(tab) {
  const [worker] = tab.context().serviceWorkers();
  const found = worker ?? await tab.context().waitForEvent('serviceworker');
  await found.evaluate(standIn, keys);
  return found;
}

/* An event in the worker, and the end of all that it began: '', or what was thrown. A browser
 * lets only a real press open and focus windows: those are told instead, as {opened, focused}. */
export function happens(worker, type) {
  return worker.evaluate(async (type) => {
    const begun = [];
    const did = { opened: [], focused: [] };
    const [notification] = await self.registration.getNotifications();
    const event = type === 'notificationclick' ? new NotificationEvent(type, { notification }) : new ExtendableEvent(type);
    Object.defineProperty(event, 'waitUntil', { value: (task) => { begun.push(task); } });
    self.clients.openWindow = async (url) => { did.opened.push(url); };
    WindowClient.prototype.focus = async function focus() { did.focused.push(new URL(this.url).pathname); };
    self.dispatchEvent(event);
    const error = await Promise.all(begun).then(() => '', String);
    return { ...did, error, left: (await self.registration.getNotifications()).length };
  }, type);
}
