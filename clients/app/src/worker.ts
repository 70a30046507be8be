/* The service worker as the page sees it: it is put to work, and a new version is offered. */
import { useEffect, useState } from 'preact/hooks';

import { within } from './db.ts';
import { lookForNews } from './news.ts';
import { routeOf } from './route.ts';
import type { Route } from './route.ts';

export async function startWorker(): Promise<void> {
  await navigator.serviceWorker?.register('/app/sw.js', { scope: '/app/', updateViaCache: 'none' });
}

const routeNow = (): Route => routeOf(new URL(location.href));
const isWriting = (): boolean => [...document.querySelectorAll('textarea')].some(({ value }) => value.trim() !== '');

/* A case's own page shows by itself what is new in it, and its words are not kept: it is
 * left for what is new in another, and only while nothing is written. */
async function isToLeave(number: string): Promise<boolean> {
  await lookForNews(new AbortController().signal).catch(() => undefined);
  const cases = await within(['cases'], 'readonly', (kept) => kept.all('cases'));
  const now = routeNow();
  return now.name === 'case' && now.number === number && !isWriting() && cases.some((one) => one.hasNews && one.number !== number);
}

/* A notification was pressed: to the list of own cases, which marks what is new. What is
 * written in a step is kept. */
export function useNotice(go: (route: Route) => void): void {
  useEffect(() => {
    const show = async (): Promise<void> => {
      const route = routeNow();
      if (route.name === 'mine') return;
      if (route.name !== 'case' || await isToLeave(route.number)) go({ name: 'mine' });
    };
    const onWord = ({ data }: MessageEvent): void => { if (data === 'show-mine') void show(); };
    navigator.serviceWorker?.addEventListener('message', onWord);
    return () => navigator.serviceWorker?.removeEventListener('message', onWord);
  }, []);
}

/* The worker of a version that has been fetched and waits; null: there is none. */
export function useNewVersion(): ServiceWorker | null {
  const [worker, setWorker] = useState<ServiceWorker | null>(null);

  useEffect(() => {
    void navigator.serviceWorker?.ready.then((registration) => {
      const look = (): void => setWorker(navigator.serviceWorker.controller ? registration.waiting : null);
      const watch = (): void => registration.installing?.addEventListener('statechange', look);
      look();
      watch();
      registration.addEventListener('updatefound', watch);
    });
  }, []);
  return worker;
}

/* The page is loaded anew once the new worker has taken over, and not before. */
export function takeVersion(worker: ServiceWorker): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  worker.postMessage('take-over');
}
