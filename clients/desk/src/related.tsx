/* Other cases that may belong to this one. Fetched when somebody opens them: a read of what
 * is sensitive is logged. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';

import { linkCases, listRelated } from './api.ts';
import { boardName, categoryName, useDesk } from './desk.ts';
import { ProblemError } from './errors.ts';
import { useFetched } from './fetched.ts';
import { LinkForm } from './link_form.tsx';
import { addressOf } from './place.ts';
import { troubleText } from './trouble.ts';
import { Trouble } from './trouble_box.tsx';
import type { Case, Related, RelatedCase } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';
import type { Texts } from './texts/sv.ts';

type Group = 'linked' | 'duplicates' | 'person' | 'place';

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

  if (group === 'linked') return r.noLinked;
  if (group === 'person') {
    if (it.withheld.includes('contact')) return r.contactNotSent;
    return it.contact?.email || it.contact?.phone ? r.noPerson : r.anonymous;
  }
  if (it.withheld.includes('place')) return r.placeNotSent;
  if (it.place?.lat == null) return r.noPosition;
  return group === 'place' ? r.noPlace : r.noDuplicates;
}

interface RowProps {
  item: RelatedCase;
  board: string;
  isLinked: boolean;
  onLink: (other: string, isGone: boolean) => Promise<boolean>;
}

function Row({ item, board, isLinked, onLink }: RowProps): JSX.Element {
  const t = useWords();
  const { place, lists } = useDesk();
  const facts = [distanceOf(t, item.metres), ageOf(t, item.daysAgo),
    item.board === board ? null : boardName(lists, item.board), item.handlerName];
  const [short, whole] = isLinked ? [t.related.unlink, t.related.unlinkThis] : [t.related.link, t.related.linkThis];

  return (
    <li>
      <a href={addressOf({ number: item.number, filters: place.filters })}>{item.number}</a>{' '}
      <span class={`status ${item.status}`}>{wordOf(t.status, item.status)}</span>
      {item.closureReason && <span class="soft"> ({wordOf(t.reason, item.closureReason)})</span>}
      <p lang="sv">{item.snippet || categoryName(lists, item.category)}</p>
      <p class="soft">{facts.filter(Boolean).join(' · ')}</p>
      <button type="button" aria-label={fill(whole, { number: item.number })}
        onClick={() => onLink(item.number, isLinked)}>{short}</button>
    </li>);
}

interface ListProps {
  it: Case;
  found: Related;
  onLink: (other: string, isGone: boolean) => Promise<boolean>;
}

function Lists({ it, found, onLink }: ListProps): JSX.Element {
  const t = useWords();
  const linked = new Set(found.linked.map((item) => item.number));

  return <>{(['linked', 'duplicates', 'person', 'place'] as const).map((group) => (
    <section key={group}>
      <h3>{t.related[group]}</h3>
      {found[group].length > 0
        ? <ul class="related">{found[group].map((item) => (
          <Row key={item.number} item={item} board={it.board} isLinked={linked.has(item.number)} onLink={onLink} />))}</ul>
        : <p class="soft">{nothingOf(t, it, group)}</p>}
      {group === 'linked' && <LinkForm id="link-number" label={t.related.number} button={t.related.link} onLink={(other) => onLink(other, false)} />}
    </section>))}</>;
}

function Groups({ it }: { it: Case }): JSX.Element {
  const t = useWords();
  const { signIns } = useDesk();
  const { value: found, error, again, put } = useFetched((signal) => listRelated(it.number, signal), [it.number, it.version, signIns]);
  const [said, setSaid] = useState('');
  const heading = useRef<HTMLParagraphElement>(null);
  /* The button that was pressed may be gone: the focus goes where it is said what was done. */
  const say = (text: string): void => { setSaid(text); heading.current?.focus(); };
  const link = (other: string, isGone: boolean): Promise<boolean> => linkCases(it.number, other, isGone).then((now) => {
    put(now);
    say(fill(isGone ? t.related.didUnlink : t.related.didLink, { number: other }));
    return true;
  }, (e: unknown) => {
    say(e instanceof ProblemError && e.status === 422 ? fill(t.related.wrongNumber, { number: other }) : troubleText(t, e));
    return false;
  });

  if (error !== null) return <Trouble text={troubleText(t, error)} onRetry={again} />;
  if (!found) return <p role="status">{t.loading}</p>;
  return <>
    <p class="said" tabIndex={-1} ref={heading} role="status">{said}</p>
    <Lists it={it} found={found} onLink={link} />
  </>;
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
