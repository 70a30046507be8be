/* When to send: as soon as it is put in, when the network is back, when the page is looked
 * at again, when the next turn has come; and by the browser itself when the page is gone. */
import { listen } from './changes.ts';
import { nextTry, sendAll } from './outbox.ts';

let timer: ReturnType<typeof setTimeout> | undefined;

interface Syncing {
  sync: { register: (tag: string) => Promise<void> };
}

const canSync = (worker: object): worker is Syncing => 'sync' in worker;

async function askWorker(): Promise<void> {
  const worker = await navigator.serviceWorker?.getRegistration('/app/');
  if (worker && canSync(worker)) await worker.sync.register('outbox');
}

async function planNext(): Promise<void> {
  const at = await nextTry();

  clearTimeout(timer);
  if (at === null) return;
  timer = setTimeout(() => { void sendNow(false); }, Math.min(Math.max(at - Date.now(), 1000), 900_000));
}

export async function sendNow(isUrged: boolean): Promise<void> {
  const left = await sendAll(isUrged).catch(() => 0);

  if (left) await askWorker().catch(() => undefined);
  await planNext().catch(() => undefined);
}

export function keepSending(): void {
  window.addEventListener('online', () => { void sendNow(true); });
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') void sendNow(false); });
  listen((news) => { if (news === 'removed') clearTimeout(timer); });
  void sendNow(true);
}
