/* One stream of changes for the page, while it is looked at: each tab would otherwise
 * hold one of the few connections that a browser opens to a server. */
import { useEffect, useRef, useState } from 'preact/hooks';

import { presenceNews } from './presence.tsx';
import { listen } from './stream.ts';
import type { Change } from './types.ts';

export interface Live {
  isLost: boolean;
}

interface Ears {
  onChange: (change: Change) => void;
  onMissed: () => void; /* the line was away: look again */
  onSignedOut: () => void;
}

/* Silence of this length is told; a worker that restarts is back before. */
const patience = 5000;

export function useLive(signIns: number, ears: Ears): Live {
  const [isLost, setLost] = useState(false);
  const now = useRef(ears);
  const from = useRef({ id: '' });

  now.current = ears;
  useEffect(() => {
    let control: AbortController | null = null;
    let timer = 0;
    let isFirst = true;
    const onOpen = (): void => {
      clearTimeout(timer);
      setLost(false);
      if (!isFirst) now.current.onMissed();
      isFirst = false;
    };
    const onLost = (): void => {
      clearTimeout(timer);
      timer = window.setTimeout(() => setLost(true), patience);
    };
    const turn = (): void => {
      if (document.hidden) {
        control?.abort();
        control = null;
      } else if (!control) {
        control = new AbortController();
        void listen(from.current, { onOpen, onLost,
          onChange: (change) => now.current.onChange(change), onPresence: presenceNews,
          onSignedOut: () => { control?.abort(); now.current.onSignedOut(); } }, control.signal);
      }
    };
    document.addEventListener('visibilitychange', turn);
    turn();
    return () => {
      document.removeEventListener('visibilitychange', turn);
      clearTimeout(timer);
      control?.abort();
    };
  }, [signIns]);
  return { isLost };
}
