/* Where one is mentioned, what is to be followed up today, and what is late enough for one's roles; nothing when
 * there is nothing. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { readToday } from './follow_ups_api.ts';
import { later } from './later.tsx';
import type { DeskToday } from './types.ts';

const TodayList = later(async () => (await import('./today_list.tsx')).TodayList);

export function Today({ isStale }: { isStale: object }): JSX.Element | null {
  const [told, setTold] = useState<DeskToday | null>(null);

  useEffect(() => {
    const control = new AbortController();
    readToday(control.signal).then(setTold, () => undefined); /* the rows tell of it */
    return () => control.abort();
  }, [isStale]);
  if (!told || told.followUps.n + told.escalated.n + told.signals + told.mentions.n + told.stuckOrders + told.failingWebhooks === 0) return null;
  return <TodayList told={told} />;
}
