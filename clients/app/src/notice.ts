/* The notification: that there is something new, in the reader's language, and nothing of
 * what or for whom. Whoever looks at the telephone may read it. */
/// <reference lib="webworker" />
import kept from 'built/kept.json';
import notices from 'built/notices.json';

import { tell } from './changes.ts';
import { settingRead } from './db.ts';
import { languageFor } from './languages.ts';

const list = '/app/mina';

/* One at a time: what has not been looked at yet is replaced by the same words. */
export async function showNews(registration: ServiceWorkerRegistration): Promise<void> {
  const { code, dir } = languageFor(await settingRead('language', ''), navigator.languages);
  const { title = '', body = '' } = notices[code] ?? {};

  tell('news');
  await registration.showNotification(title, { body, dir, lang: code, tag: 'news', icon: kept.icon });
}

const isOurs = ({ url }: WindowClient): boolean => new URL(url).pathname.startsWith('/app/');

/* To the app where it is open, which leads to the list itself. */
export async function openNews(clients: Clients): Promise<void> {
  const open = (await clients.matchAll({ type: 'window', includeUncontrolled: true })).find(isOurs);

  if (!open) {
    await clients.openWindow(list);
    return;
  }
  open.postMessage('show-mine');
  await open.focus();
}
