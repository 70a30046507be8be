/* What a case was merged into, what was merged into it, and what that means for what one is
 * about to do with it. */
import type { JSX } from 'preact';

import { useDesk } from './desk.ts';
import { day, instant, languageName } from './format.ts';
import { addressOf } from './place.ts';
import { ageOf } from './related.tsx';
import type { Case } from './types.ts';
import { fill, useWords } from './words.ts';

function Number({ number }: { number: string }): JSX.Element {
  const { place } = useDesk();
  return <a href={addressOf({ number, filters: place.filters })}>{number}</a>;
}

/* Words with a link in the place of the number. */
export function MergedInto({ it }: { it: Case }): JSX.Element | null {
  const t = useWords();
  const up = it.mergedInto;

  if (!up) return null;
  const text = fill(up.answeredAt ? t.merged.intoAnswered : t.merged.into, { who: up.byName ?? '',
    date: up.answeredAt ? instant(t, up.answeredAt) : '', number: '{}' });
  const [before, after] = text.split('{}');
  return (
    <p class="notice">{before}{up.number ? <Number number={up.number} /> : t.merged.unread}{after}<br />
      {up.undoUntil ? fill(t.merged.until, { date: day(t, up.undoUntil) }) : t.merged.past}</p>);
}

export function MergedCases({ it }: { it: Case }): JSX.Element | null {
  const t = useWords();
  const unread = it.mergedTotal - it.merged.length;

  if (it.mergedTotal === 0) return null;
  return (
    <section class="card" id="merged" tabIndex={-1}>
      <h2>{t.merged.children}</h2>
      <ul class="related">{it.merged.map((one) => (
        <li key={one.number}>
          <Number number={one.number} />
          <p class="soft">{[ageOf(t, one.daysAgo), one.language === 'sv' ? null : languageName(t, one.language),
            one.answeredAt ? fill(t.merged.answered, { date: instant(t, one.answeredAt) })
              : one.wantsReply ? t.merged.waits : t.merged.noReply].filter(Boolean).join(' · ')}</p>
        </li>))}</ul>
      {unread > 0 && <p class="soft">{fill(t.merged.unreadChildren, { n: unread })}</p>}
    </section>);
}

const answers = ['reply', 'approve'];
const leaves = ['close', 'transfer', 'return', 'protect'];

/* Before it is done: whom it reaches, or leaves without an answer. */
export function MergedNote({ it, name }: { it: Case; name: string }): JSX.Element | null {
  const t = useWords();

  if (it.mergedWaiting === 0 || ![...answers, ...leaves].includes(name)) return null;
  return (
    <p class="notice" id="act-merged">{fill(answers.includes(name) ? t.merged.alsoAnswers : t.merged.letsGo, { n: it.mergedWaiting })}{' '}
      <a href="#merged" onClick={(event) => {
        event.preventDefault();
        document.getElementById('merged')?.focus();
      }}>{t.merged.see}</a></p>);
}
