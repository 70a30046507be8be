/* How it stands, in figures that are also ways to the rows behind them. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { readSummary } from './api.ts';
import { decidesOnMail, useDesk } from './desk.ts';
import { addressOf, quarantinePath } from './place.ts';
import type { Filters } from './place.ts';
import type { Summary } from './types.ts';
import { fill, useWords } from './words.ts';

const cells: [name: keyof Summary, filters: Filters, isBad: boolean][] = [
  ['overdue', { attention: 'overdue' }, true],
  ['nearDue', { attention: 'near-due' }, false],
  ['acknowledgeOverdue', { attention: 'acknowledge' }, true],
  ['mailFailed', { attention: 'mail-failed' }, true],
  ['unassigned', { handler: 'none' }, false],
  ['mine', { handler: 'me' }, false],
  ['open', {}, false],
];

export function SummaryStrip({ isStale }: { isStale: object }): JSX.Element | null {
  const t = useWords();
  const { place, session } = useDesk();
  const [summary, setSummary] = useState<Summary | null>(null);

  useEffect(() => {
    const control = new AbortController();
    readSummary(control.signal).then(setSummary, () => undefined); /* the rows tell of it */
    return () => control.abort();
  }, [isStale]);
  if (!summary) return null;
  const here = addressOf({ number: null, filters: place.filters });

  return (
    <nav class="summary" aria-label={t.summary.title}>
      <ul>{cells.map(([name, filters, isBad]) => {
        const to = addressOf({ number: null, filters });
        return (
          <li key={name} class={summary[name] === 0 ? 'none' : isBad ? 'bad' : ''}>
            <a href={to} aria-current={to === here ? 'true' : undefined}>
              <strong>{summary[name]}</strong> {t.summary[name]}</a>
          </li>);
      })}
      {decidesOnMail(session) && <li class={summary.heldOverdue > 0 ? 'bad' : summary.held === 0 ? 'none' : ''}>
        <a href={quarantinePath}><strong>{summary.held}</strong> {t.summary.held}
          {summary.heldOverdue > 0 && <>, {fill(t.summary.heldOverdue, { n: summary.heldOverdue })}</>}</a></li>}
      </ul>
    </nav>);
}
