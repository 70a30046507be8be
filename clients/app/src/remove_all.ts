/* Everything that the app has left on this device, in one go: drafts, photos, cases and
 * codes, what waits, settings, kept files, and the worker that keeps them. */
import { tell } from './changes.ts';
import { removeDatabase } from './db.ts';

export async function removeAll(): Promise<void> {
  tell('removed'); /* other tabs let go, and write nothing more */
  await removeDatabase();
  for (const name of await caches.keys())
    if (name.startsWith('synpunkt-app')) await caches.delete(name);
  const worker = await navigator.serviceWorker?.getRegistration('/app/');
  await worker?.unregister();
}
