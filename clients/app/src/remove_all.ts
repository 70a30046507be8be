/* Everything that the app has left on this device, in one go: drafts, photos, cases and
 * codes, what waits, settings, kept files, and the worker that keeps them; and what the city
 * has of the device. */
import { tell } from './changes.ts';
import { removeDatabase } from './db.ts';
import { dropAll } from './push_now.ts';

export async function removeAll(): Promise<void> {
  tell('removed'); /* other tabs let go, and write nothing more */
  await dropAll().catch(() => undefined); /* what a broken store cannot tell is not waited for */
  await removeDatabase();
  for (const name of await caches.keys())
    if (name.startsWith('synpunkt-app')) await caches.delete(name);
  const worker = await navigator.serviceWorker?.getRegistration('/app/');
  await worker?.unregister();
}
