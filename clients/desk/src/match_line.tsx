/* Where in a case a search found what was asked for, with that marked. */
import type { JSX } from 'preact';

import type { Item } from './types.ts';
import { useWords, wordOf } from './words.ts';

export function MatchLine({ match }: { match: NonNullable<Item['match']> }): JSX.Element {
  const t = useWords();

  return (
    <p class="match">
      <span class="soft">{wordOf(t.match, match.where)}{match.snippet.length > 0 && ': '}</span>
      <span lang="sv">{match.snippet.map((part, i) => i % 2 === 1 ? <mark key={i}>{part}</mark> : part)}</span>
    </p>);
}
