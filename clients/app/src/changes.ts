/* Word between this page, other tabs and the service worker that something kept has
 * changed: whoever shows it reads it again. */
export type News = 'changed' | 'removed';

const listeners = new Set<(news: News) => void>();
/* Under node, in tests, there is nobody to tell, and a channel would keep it alive. */
const channel = typeof self === 'undefined' ? null : new BroadcastChannel('synpunkt-app');

function tellHere(news: News): void {
  for (const listener of listeners) listener(news);
}

if (channel)
  channel.onmessage = ({ data }) => { if (data === 'changed' || data === 'removed') tellHere(data); };

export function tell(news: News): void {
  channel?.postMessage(news);
  tellHere(news);
}

export function listen(listener: (news: News) => void): () => void {
  listeners.add(listener);
  return () => { listeners.delete(listener); };
}
