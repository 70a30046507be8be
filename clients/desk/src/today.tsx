/* Where one is mentioned, what is to be followed up today, and what is late enough for one's roles; nothing when
 * there is nothing. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { useDesk } from './desk.ts';
import { readToday } from './follow_ups_api.ts';
import { instant } from './format.ts';
import { addressOf, ordersPath, signalsPath } from './place.ts';
import { followUpWords } from './texts/follow_up.ts';
import type { FollowUpWords } from './texts/follow_up.ts';
import type { DeskToday } from './types.ts';
import { fill, useWords } from './words.ts';

interface GroupProps {
  title: string;
  n: number;
  lines: [number: string, text: string][];
  w: FollowUpWords;
}

function Group({ title, n, lines, w }: GroupProps): JSX.Element | null {
  const { place } = useDesk();

  if (!n) return null;
  return (
    <details>
      <summary>{title}</summary>
      <ul>{lines.map(([number, text], i) => (
        <li key={i}><a class="button" href={addressOf({ number, filters: place.filters })}>{number}</a> {text}</li>))}
        {n > lines.length && <li>{fill(w.more, { n: n - lines.length })}</li>}</ul>
    </details>);
}

export function Today({ isStale }: { isStale: object }): JSX.Element | null {
  const t = useWords();
  const w = followUpWords(t);
  const [told, setTold] = useState<DeskToday | null>(null);

  useEffect(() => {
    const control = new AbortController();
    readToday(control.signal).then(setTold, () => undefined); /* the rows tell of it */
    return () => control.abort();
  }, [isStale]);
  if (!told || told.followUps.n + told.escalated.n + told.signals + told.mentions.n + told.stuckOrders === 0) return null;
  return (
    <section class="today noprint" aria-label={w.today}>
      {told.signals > 0 && <a class="button" href={signalsPath}>{fill(told.signals === 1 ? w.signal : w.signals, { n: told.signals })}</a>}
      {told.stuckOrders > 0 && <a class="button" href={ordersPath}>{fill(told.stuckOrders === 1 ? w.stuckOrder : w.stuckOrders, { n: told.stuckOrders })}</a>}
      <Group w={w} n={told.mentions.n} title={fill(w.mentions, { n: told.mentions.n })}
        lines={told.mentions.items.map(({ number, byName, at }) => [number, `${byName}, ${instant(t, at)}`])} />
      <Group w={w} n={told.escalated.n} title={fill(w.escalated, { n: told.escalated.n })}
        lines={told.escalated.items.map(({ number, daysLate, handlerName }) => [number,
          `${daysLate === 1 ? w.lateOne : fill(w.late, { n: daysLate })}, ${handlerName ?? w.nobody}`])} />
      <Group w={w} n={told.followUps.n} title={fill(w.followUps, { n: told.followUps.n })}
        lines={told.followUps.items.map(({ number, text, byName }) => [number, text || byName])} />
    </section>);
}
