/*
 * What the app's browser tests share: a telephone, and a network between it and the server
 * that does what a test says.
 *
 *   const net = await startNet(server);     net.url is what the telephone knows
 *   net.down = true;                        nothing comes through
 *   net.next('lose-answer');                of the next POST of a case
 *
 * The ways: cut-before (not a byte arrives), cut-during (half of it does), lose-answer (the
 * server has all and answers, nobody hears it), hold (until net.release()), or an object
 * {status, headers, body} that answers in the server's place. Always: net.answers['GET /path'].
 */
import assert from 'node:assert/strict';
import http from 'node:http';

import { axeSource, lookAt, openTab } from './browser.mjs';
import { eventually } from '../api/harness.mjs';

export const phone = { width: 360, height: 740 };
export const farsta = { latitude: 59.2518, longitude: 18.0921, accuracy: 12 };

const bytesOf = async (stream) => {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
};

function reply(res, { status, headers = {}, body = {} }) {
  res.writeHead(status, { 'content-type': 'application/json', ...headers });
  res.end(typeof body === 'string' ? body : JSON.stringify(body));
}

class Net {
  constructor(server) {
    this.target = new URL(server.url);
    this.down = false;
    this.ways = []; /* of the next POSTs of a case */
    this.keys = []; /* of all POSTs of a case that were begun */
    this.bodies = []; /* of those that came whole */
    this.forms = []; /* the bodies of all other POSTs */
    this.answers = {};
    this.http = http.createServer((req, res) => {
      this.take(req, res).catch(() => { res.destroy(); });
    });
  }

  next(...ways) {
    this.ways.push(...ways);
  }

  release() {
    const { held } = this;
    this.held = undefined;
    held?.();
  }

  async take(req, res) {
    const { pathname } = new URL(req.url, this.url);
    /* A browser tries again by itself on a connection that it has used before. */
    res.shouldKeepAlive = false;
    const isCase = req.method === 'POST' && pathname === '/api/v1/cases';
    const answer = this.answers[`${req.method} ${pathname}`];

    if (this.down) return void req.socket.destroy();
    if (isCase) this.keys.push(req.headers['idempotency-key']);
    const way = isCase ? this.ways.shift() : undefined;
    if (way === 'cut-before') return void req.socket.destroy();
    if (way === 'cut-during') return void req.once('data', () => req.socket.destroy());
    const body = await bytesOf(req);
    if (req.method === 'POST') (isCase ? this.bodies : this.forms).push(body);
    if (answer || typeof way === 'object')
      return reply(res, typeof answer === 'function' ? answer(req, body) : answer ?? way);
    if (way === 'hold') await new Promise((done) => { this.held = done; });
    return this.pass(req, body, res, way === 'lose-answer');
  }

  async pass(req, body, res, isLost) {
    const { hostname, port } = this.target;
    const up = await new Promise((done, fail) => {
      const out = http.request({ hostname, port, path: req.url, method: req.method, headers: req.headers }, done);
      out.on('error', fail);
      out.end(body);
    });
    const answer = await bytesOf(up);
    if (isLost) return void req.socket.destroy();
    const { connection, 'keep-alive': alive, ...headers } = up.headers;
    res.writeHead(up.statusCode, headers);
    res.end(answer);
  }
}

export async function startNet(server) {
  const net = new Net(server);
  await new Promise((done) => { net.http.listen(0, '127.0.0.1', done); });
  net.url = `http://127.0.0.1:${net.http.address().port}`;
  net.stop = () => new Promise((done) => { net.http.closeAllConnections(); net.http.close(done); });
  return net;
}

/* A telephone with the app on its screen; more tabs of the same telephone come of its
 * context. */
export async function openApp(net, { path = '/app/', lang = 'sv', place = farsta, first, ...more } = {}) {
  const tab = await openTab({ url: net.url }, { ...phone, lang, hasTouch: true, isMobile: true, viewport: phone,
    ...(place && { geolocation: place, permissions: ['geolocation'] }), ...more });
  await first?.(tab);
  return watch(tab, path);
}

export async function another(tab, path = '/app/') {
  return watch(await tab.context().newPage(), path);
}

async function watch(tab, path) {
  tab.faults = [];
  tab.on('pageerror', (e) => tab.faults.push(e.stack ?? e.message));
  tab.on('console', (m) => { if (/Content Security|Refused to/.test(m.text())) tab.faults.push(m.text()); });
  await tab.goto(path);
  await tab.waitForSelector('h1');
  return tab;
}

export async function leave(...tabs) {
  for (const tab of tabs) assert.deepEqual(tab.faults, []);
  for (const tab of tabs) if (!tab.isClosed()) await tab.context().close();
}

/* The worker has all it needs: from now on no network is needed to open the app. */
export const installed = (tab) => tab.evaluate(async () => {
  const { active } = await navigator.serviceWorker.ready;
  while (active.state !== 'activated') await new Promise((done) => { active.addEventListener('statechange', done, { once: true }); });
  while (!navigator.serviceWorker.controller) await new Promise((done) => { navigator.serviceWorker.addEventListener('controllerchange', done, { once: true }); });
});

/* No network, and the telephone knows. */
export async function offline(net, tab, isOffline = true) {
  net.down = isOffline;
  if (isOffline) net.http.closeAllConnections();
  await tab.context().setOffline(isOffline);
}

export const heading = (tab, text) => tab.locator('h1', { hasText: text }).waitFor();
export const button = (tab, name) => tab.getByRole('button', { name, exact: true });
export const next = (tab) => button(tab, 'Nästa').click();

/* As somebody does who is in a hurry: up to the button that sends. */
export async function fillIn(tab, { text = 'Lampan vid torget är släckt.', category = 'Gatubelysning', photos = [] } = {}) {
  await heading(tab, 'Vad gäller det?');
  await tab.fill('#what-search', category);
  await tab.locator('.hits button').first().click();
  await heading(tab, 'Var är det?');
  await tab.locator('.given').waitFor();
  await next(tab);
  await heading(tab, 'Berätta');
  await tab.fill('#tell-text', text);
  if (photos.length) await addPhotos(tab, photos);
  await next(tab);
  await heading(tab, 'Läs igenom och skicka');
}

export async function addPhotos(tab, photos) {
  await tab.setInputFiles('#tell-files', photos);
  await tab.locator('.photo').nth(photos.length - 1).waitFor();
}

export const send = (tab) => button(tab, 'Skicka').click();

export async function received(tab) {
  await heading(tab, 'Mottagen: ');
  return (await tab.textContent('h1')).replace('Mottagen: ', '').trim();
}

/* What the device keeps of a store. */
export const kept = (tab, store) => tab.evaluate((name) => new Promise((done, fail) => {
  const open = indexedDB.open('synpunkt-app');
  open.onerror = () => fail(open.error);
  open.onsuccess = () => {
    const all = open.result.transaction(name).objectStore(name).getAll();
    all.onsuccess = () => {
      open.result.close();
      done(all.result.map(({ blob, ...row }) => ({ ...row, ...(blob && { bytes: blob.size }) })));
    };
  };
}), store);

export const cases = async (server) => (await server.sql('SELECT id, channel, attachments FROM (SELECT c.id, c.channel,' +
  ' (SELECT count(*)::int FROM synpunkt.case_attachment a WHERE a.case_id = c.id) AS attachments FROM synpunkt.case c) x ORDER BY id'))
  .map((row) => ({ ...row, attachments: Number(row.attachments) }));

/* Every screen as it stands: no fault of axe's, targets large enough, nothing wider than it.
 * All of it at once, or axe would call a target small that the bar at the foot lies over. */
export async function clean(tab, name, { width = phone.width } = {}) {
  const window = tab.viewportSize();
  const height = await tab.evaluate(() => document.documentElement.scrollHeight);

  await tab.setViewportSize({ ...window, height: Math.max(height, window.height) });
  await tab.evaluate(axeSource);
  for (const scheme of ['light', 'dark']) {
    await tab.emulateMedia({ colorScheme: scheme });
    const { faults, wide, small } = await lookAt(tab);
    assert.deepEqual({ faults, small, isWide: wide > width }, { faults: [], small: [], isWide: false }, `${name}, ${scheme}`);
  }
  await tab.emulateMedia({ colorScheme: 'light' });
  await tab.setViewportSize(window);
}

export { eventually };
