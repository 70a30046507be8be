/*
 * The service worker: the app's own files without a network, what is shared from other
 * apps, what waits to be sent when the page is gone, and word of news that the city sends.
 * It keeps no answer that is anybody's own.
 */
/// <reference lib="webworker" />
import kept from 'built/kept.json';
import languages from 'built/languages.json';

import { tell } from './changes.ts';
import { settingKeep, settingRead, within } from './db.ts';
import { newDraft, photosMax } from './draft.ts';
import { openNews, showNews } from './notice.ts';
import { sendAll } from './outbox.ts';
import { rawPhoto } from './photos.ts';
import { renewTold } from './push.ts';

interface SyncEvent extends ExtendableEvent {
  readonly tag: string;
}

declare const self: ServiceWorkerGlobalScope & {
  addEventListener(type: 'sync', listener: (event: SyncEvent) => void): void;
  addEventListener(type: 'pushsubscriptionchange', listener: (event: ExtendableEvent) => void): void;
};

const files = `synpunkt-app-${kept.version}`;
const lists = 'synpunkt-app-lists'; /* the city's, the last that were seen */
const page = '/app/';
const listPaths = ['/api/v1/categories', '/api/v1/areas'];

/* The files by their addresses, which name their content; the page as it is now; of the
 * languages the chosen one. */
async function install(): Promise<void> {
  const cache = await caches.open(files);
  const chosen = await settingRead('language', '');
  const texts = languages.filter(({ code }) => code === chosen).map((one) => one.texts).filter(Boolean);

  await cache.addAll([...kept.files, ...texts, new Request(page, { cache: 'reload' })]);
}

async function removeOld(): Promise<void> {
  for (const name of await caches.keys())
    if (name.startsWith('synpunkt-app-') && name !== files && name !== lists) await caches.delete(name);
}

/* Any of this worker's pages is the one page; a tab keeps to one version. */
async function pageOf(request: Request): Promise<Response> {
  return await (await caches.open(files)).match(page) ?? fetch(request);
}

/* What was fetched once, another language for one, is there without a network, too. */
async function fileOf(request: Request): Promise<Response> {
  const cache = await caches.open(files);
  const had = await cache.match(request);
  if (had) return had;
  const res = await fetch(request);
  if (res.ok && /immutable/.test(res.headers.get('Cache-Control') ?? '')) await cache.put(request, res.clone());
  return res;
}

/* The network first; one language's list is better than none. */
async function listOf(request: Request): Promise<Response> {
  const cache = await caches.open(lists);

  try {
    const res = await fetch(request);
    if (res.ok) await cache.put(request, res.clone());
    return res;
  } catch (error) {
    const last = await cache.match(request) ?? await cache.match(request, { ignoreSearch: true });
    if (last) return last;
    throw error;
  }
}

/* Kept as it came; the page makes the photos ready, which needs a canvas. */
async function takeShared(request: Request): Promise<Response> {
  const form = await request.formData();
  const words = ['title', 'text', 'url'].map((name) => form.get(name)).filter((value) => typeof value === 'string' && value);
  const photos = form.getAll('photos').filter((value) => value instanceof File).slice(0, photosMax);
  const draft = { ...newDraft(), text: words.join('\n'), changed: Date.now() };

  await within(['drafts', 'photos'], 'readwrite', async (store) => {
    await store.put('drafts', draft);
    for (const [i, photo] of photos.entries()) await store.put('photos', rawPhoto(draft.id, i, photo));
  });
  await settingKeep('draft', draft.id);
  return Response.redirect('/app/', 303);
}

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(removeOld().then(() => self.clients.claim())));

/* Offered by the page, and taken when the reader says so. */
self.addEventListener('message', ({ data }) => { if (data === 'take-over') void self.skipWaiting(); });

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);

  if (url.origin !== self.location.origin) return;
  if (request.method === 'POST' && url.pathname === '/app/dela')
    event.respondWith(takeShared(request).catch(() => Response.redirect('/app/?delat=nej', 303)));
  if (request.method !== 'GET') return;
  if (request.mode === 'navigate') event.respondWith(pageOf(request));
  else if (url.pathname.startsWith('/static/')) event.respondWith(fileOf(request));
  else if (listPaths.includes(url.pathname)) event.respondWith(listOf(request));
});

/* Rejected while something still waits: the browser then tries again by itself. */
self.addEventListener('sync', (event) => {
  if (event.tag !== 'outbox') return;
  event.waitUntil(sendAll(true).then((left) => {
    tell('changed');
    if (left) throw new Error('something still waits');
  }));
});

/* What comes says nothing; neither does what is shown. */
self.addEventListener('push', (event) => event.waitUntil(showNews(self.registration)));
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openNews(self.clients));
});

/* What fails here is tried again when the app is opened. */
self.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(renewTold(self.registration)));
