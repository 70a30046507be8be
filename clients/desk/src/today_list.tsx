/* What there is today, in words; fetched when there is something. */
import type { JSX } from 'preact';

import { useDesk } from './desk.ts';
import { instant } from './format.ts';
import { addressOf, ordersPath, settingPath, signalsPath } from './place.ts';
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

/* To administrators. */
export function FailingWebhooks({ n }: { n: number }): JSX.Element | null {
  const w = followUpWords(useWords());

  return n > 0 ? <a class="button" href={settingPath('webhooks')}>{fill(n === 1 ? w.failingWebhook : w.failingWebhooks, { n })}</a> : null;
}

export function TodayList({ told }: { told: DeskToday }): JSX.Element {
  const t = useWords();
  const w = followUpWords(t);

  return (
    <section class="today noprint" aria-label={w.today}>
      {told.signals > 0 && <a class="button" href={signalsPath}>{fill(told.signals === 1 ? w.signal : w.signals, { n: told.signals })}</a>}
      {told.stuckOrders > 0 && <a class="button" href={ordersPath}>{fill(told.stuckOrders === 1 ? w.stuckOrder : w.stuckOrders, { n: told.stuckOrders })}</a>}
      <FailingWebhooks n={told.failingWebhooks} />
      <Group w={w} n={told.mentions.n} title={fill(w.mentions, { n: told.mentions.n })}
        lines={told.mentions.items.map(({ number, byName, at }) => [number, `${byName}, ${instant(t, at)}`])} />
      <Group w={w} n={told.escalated.n} title={fill(w.escalated, { n: told.escalated.n })}
        lines={told.escalated.items.map(({ number, daysLate, handlerName }) => [number,
          `${daysLate === 1 ? w.lateOne : fill(w.late, { n: daysLate })}, ${handlerName ?? w.nobody}`])} />
      <Group w={w} n={told.followUps.n} title={fill(w.followUps, { n: told.followUps.n })}
        lines={told.followUps.items.map(({ number, text, byName }) => [number, text || byName])} />
    </section>);
}
