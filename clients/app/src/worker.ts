/* The service worker as the page sees it: it is put to work, and a new version is offered. */
import { useEffect, useState } from 'preact/hooks';

import { routeOf } from './route.ts';
import type { Route } from './route.ts';

export async function startWorker(): Promise<void> {
  await navigator.serviceWorker?.register('/app/sw.js', { scope: '/app/', updateViaCache: 'none' });
}

/* A notification was pressed: to the list of own cases. What is written in a step is kept;
 * a case's own page is left as it is, for its words are not. */
export function useNotice(go: (route: Route) => void): void {
  useEffect(() => {
    const onWord = ({ data }: MessageEvent): void => {
      if (data === 'show-mine' && !['mine', 'case'].includes(routeOf(new URL(location.href)).name)) go({ name: 'mine' });
    };
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
