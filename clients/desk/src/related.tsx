/* Other cases that may belong to this one. Fetched when somebody opens them: a read of what
 * is sensitive is logged. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { listRelated } from './api.ts';
import { boardName, categoryName, useDesk } from './desk.ts';
import { addressOf } from './place.ts';
import { troubleText } from './trouble.ts';
import { Trouble } from './trouble_box.tsx';
import type { Case, Related, RelatedCase } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';
import type { Texts } from './texts/sv.ts';

type Group = 'duplicates' | 'person' | 'place';

export function ageOf(t: Texts, days: number): string {
  if (days <= 0) return t.related.today;
  return days === 1 ? t.related.yesterday : fill(t.related.days, { n: days });
}

export function distanceOf(t: Texts, metres: number | null): string | null {
  if (metres === null) return null;
  return metres === 0 ? t.related.here : fill(t.related.metres, { n: metres });
}

/* Why there is nothing, and what would change that. */
export function nothingOf(t: Texts, it: Pick<Case, 'withheld' | 'contact' | 'place'>, group: Group): string {
  const { related: r } = t;

  if (group === 'person') {
    if (it.withheld.includes('contact')) return r.contactNotSent;
    return it.contact?.email || it.contact?.phone ? r.noPerson : r.anonymous;
  }
  if (it.withheld.includes('place')) return r.placeNotSent;
  if (it.place?.lat == null) return r.noPosition;
  return group === 'place' ? r.noPlace : r.noDuplicates;
}

function Row({ item, board }: { item: RelatedCase; board: string }): JSX.Element {
  const t = useWords();
  const { place, lists } = useDesk();
  const facts = [distanceOf(t, item.metres), ageOf(t, item.daysAgo),
    item.board === board ? null : boardName(lists, item.board), item.handlerName];

  return (
    <li>
      <a href={addressOf({ number: item.number, filters: place.filters })}>{item.number}</a>{' '}
      <span class={`status ${item.status}`}>{wordOf(t.status, item.status)}</span>
      {item.closureReason && <span class="soft"> ({wordOf(t.reason, item.closureReason)})</span>}
      <p lang="sv">{item.snippet || categoryName(lists, item.category)}</p>
      <p class="soft">{facts.filter(Boolean).join(' · ')}</p>
    </li>);
}

function Groups({ it }: { it: Case }): JSX.Element {
  const t = useWords();
  const [found, setFound] = useState<Related | null>(null);
  const [error, setError] = useState<unknown>(null);
  const load = (): void => {
    setError(null);
    listRelated(it.number, new AbortController().signal).then(setFound, setError);
  };

  useEffect(load, [it.number, it.version]);
  if (error !== null) return <Trouble text={troubleText(t, error)} onRetry={load} />;
  if (!found) return <p role="status">{t.loading}</p>;
  return <>{(['duplicates', 'person', 'place'] as const).map((group) => (
    <section key={group}>
      <h3>{t.related[group]}</h3>
      {found[group].length > 0
        ? <ul class="related">{found[group].map((item) => <Row key={item.number} item={item} board={it.board} />)}</ul>
        : <p class="soft">{nothingOf(t, it, group)}</p>}
    </section>))}</>;
}

export function RelatedCases({ it }: { it: Case }): JSX.Element | null {
  const t = useWords();
  const [isOpen, setOpen] = useState(false);

  if (it.restricted || it.part !== 'present') return null;
  return (
    <div class="card noprint">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{t.related.title}</summary>
        {isOpen && (it.protectedIdentity ? <p>{t.related.protectedIdentity}</p> : <Groups it={it} />)}
      </details>
    </div>);
}
