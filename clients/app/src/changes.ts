/* Word between this page, other tabs and the service worker that something kept has
 * changed: whoever shows it reads it again. */
/* 'news': the city has something new in some case. */
export type News = 'changed' | 'removed' | 'news';

const words: readonly unknown[] = ['changed', 'removed', 'news'] satisfies News[];
const isNews = (data: unknown): data is News => words.includes(data);

const listeners = new Set<(news: News) => void>();
/* Under node, in tests, there is nobody to tell, and a channel would keep it alive. */
const channel = typeof self === 'undefined' ? null : new BroadcastChannel('synpunkt-app');

function tellHere(news: News): void {
  for (const listener of listeners) listener(news);
}

if (channel)
  channel.onmessage = ({ data }) => { if (isNews(data)) tellHere(data); };

export function tell(news: News): void {
  channel?.postMessage(news);
  tellHere(news);
}

export function listen(listener: (news: News) => void): () => void {
  listeners.add(listener);
  return () => { listeners.delete(listener); };
}
