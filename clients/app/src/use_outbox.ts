/* What this device has sent and not yet sent, as it is now, whoever changed it. */
import { useEffect, useState } from 'preact/hooks';

import { listen } from './changes.ts';
import { within } from './db.ts';
import { receivedLoose, sendingNow, waiting } from './outbox.ts';
import type { Known, Supported, Waiting } from './types.ts';

export interface Sent {
  waiting: Waiting[];
  sending: Set<string>;
  cases: Known[]; /* the newest first */
  supports: Supported[];
}

async function readSent(): Promise<Sent> {
  const entries = await waiting();
  const sending = await sendingNow();
  const [cases, supports] = await within(['cases', 'supports'], 'readonly',
    async (kept) => [await kept.all('cases'), await kept.all('supports')] as const).catch(() => [[], []] as const);

  return { waiting: entries.sort((a, b) => b.made - a.made), sending, supports: [...supports],
    cases: [...cases].sort((a, b) => b.receivedAt.localeCompare(a.receivedAt)) };
}

/* Null until it has been read. */
export function useSent(): Sent | null {
  const [sent, setSent] = useState<Sent | null>(null);

  useEffect(() => {
    let isOver = false;
    const read = (): void => {
      readSent().then((now) => { if (!isOver) setSent(now); }, () => undefined);
    };
    read();
    const deaf = listen((news) => { if (news === 'changed') read(); });
    return () => { isOver = true; deaf(); };
  }, []);
  return sent;
}

export function caseOfKey(sent: Sent, key: string): Known | undefined {
  return sent.cases.find((one) => one.key === key) ?? receivedLoose(key);
}
