/* The address as state: back and forward work, and links to /app/ need no load. */
import { useEffect, useState } from 'preact/hooks';

import { addressOf, routeOf } from './route.ts';
import type { Route } from './route.ts';

export interface Moving {
  route: Route;
  moves: number; /* 0: as the page was opened */
  go: (route: Route, isReplacing?: boolean) => void;
  back: () => void;
}

function linkOf(event: MouseEvent): URL | null {
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  const link = event.target instanceof Element ? event.target.closest('a') : null;

  if (!isPlain || event.defaultPrevented || !link || link.target || link.hasAttribute('download')) return null;
  const url = new URL(link.href);
  return url.origin === location.origin && url.pathname.startsWith('/app/') && !url.hash ? url : null;
}

export function useRoute(): Moving {
  const [now, setNow] = useState({ route: routeOf(new URL(location.href)), moves: 0 });
  const show = (): void => setNow((old) => ({ route: routeOf(new URL(location.href)), moves: old.moves + 1 }));
  const go = (route: Route, isReplacing = false): void => {
    if (isReplacing) history.replaceState(history.state, '', addressOf(route));
    else history.pushState({ isOurs: true }, '', addressOf(route));
    show();
  };
  /* To a page of ours; never out of the app. */
  const back = (): void => {
    if (typeof history.state === 'object' && history.state !== null && 'isOurs' in history.state) history.back();
    else go({ name: 'what', area: '' }, true);
  };

  useEffect(() => {
    const onClick = (event: MouseEvent): void => {
      const url = linkOf(event);
      if (!url) return;
      event.preventDefault();
      go(routeOf(url));
    };
    window.addEventListener('popstate', show);
    document.addEventListener('click', onClick);
    return () => {
      window.removeEventListener('popstate', show);
      document.removeEventListener('click', onClick);
    };
  }, []);
  return { ...now, go, back };
}
