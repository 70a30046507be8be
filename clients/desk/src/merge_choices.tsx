/* Which case this one may be the same thing as: open ones of the board, the likeliest first. */
import type { JSX } from 'preact';

import { listRelated } from './api.ts';
import { categoryName, useDesk } from './desk.ts';
import { useFetched } from './fetched.ts';
import { addressOf } from './place.ts';
import { ageOf, distanceOf } from './related.tsx';
import { troubleText } from './trouble.ts';
import { Trouble } from './trouble_box.tsx';
import type { Case, Related, RelatedCase } from './types.ts';
import { fill, useWords } from './words.ts';

export function choicesOf(it: Pick<Case, 'board'>, found: Related): RelatedCase[] {
  const all = [...found.duplicates, ...found.linked];

  return all.filter((one, i) => one.board === it.board && one.status !== 'closed' && one.status !== 'answered'
    && all.findIndex((other) => other.number === one.number) === i);
}

interface MergeChoicesProps {
  it: Case;
  value: string;
  onValue: (number: string) => void;
}

export function MergeChoices({ it, value, onValue }: MergeChoicesProps): JSX.Element {
  const t = useWords();
  const { place, lists } = useDesk();
  const { value: all, error, again } = useFetched((signal) => listRelated(it.number, signal), [it.number]);
  const found = all && choicesOf(it, all);

  if (error !== null) return <Trouble text={troubleText(t, error)} onRetry={again} />;
  if (!found) return <p role="status">{t.loading}</p>;
  if (!found.length) return <p class="soft">{t.merged.none}</p>;
  return (
    <ul class="related" aria-label={t.merged.choices}>{found.map((one) => (
      <li key={one.number}>
        <a href={addressOf({ number: one.number, filters: place.filters })}>{one.number}</a>
        <p lang="sv">{one.snippet || categoryName(lists, one.category)}</p>
        <p class="soft">{[distanceOf(t, one.metres), ageOf(t, one.daysAgo), one.handlerName].filter(Boolean).join(' · ')}</p>
        <button type="button" aria-pressed={value.trim() === one.number} onClick={() => onValue(one.number)}
          aria-label={fill(t.merged.chooseThis, { number: one.number })}>{t.merged.choose}</button>
      </li>))}</ul>);
}
