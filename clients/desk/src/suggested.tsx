/* What a case without a subject is likely to be about, by its words, and what in it somebody
 * should look at: for who sorts. A guess decides nothing until it is pressed. */
import type { JSX } from 'preact';

import { listSuggestions } from './api.ts';
import { categoryName, useDesk } from './desk.ts';
import { useFetched } from './fetched.ts';
import type { Case, Suggestions } from './types.ts';
import { fill, useWords } from './words.ts';

/* The dispatch sorts nothing else: there the first three digits are the guesses'. */
export const guessDigits = 3;

export function hasGuessDigits(it: Pick<Case, 'board'>): boolean {
  return it.board === 'dispatch';
}

/* Null: none for this case, or not yet. */
export function useSuggested(it: Case): Suggestions | null {
  const isAsked = it.category === null && !it.restricted && it.actions.includes('change');
  const { value } = useFetched(async (signal) => ({ number: it.number,
    found: isAsked ? await listSuggestions(it.number, signal) : null }), [it.number, isAsked]);

  return value?.number === it.number ? value.found : null;
}

/* Nothing is certain. */
export function percent(probability: number): string {
  return `${Math.min(99, Math.round(probability * 100))}\u00a0%`;
}

interface SuggestedProps {
  it: Case;
  found: Suggestions;
  onChoose: (code: string) => void;
}

export function Suggested({ it, found, onChoose }: SuggestedProps): JSX.Element | null {
  const t = useWords();
  const { lists } = useDesk();
  const names = (because: unknown): string => (Array.isArray(because)
    ? because.map((code: unknown) => categoryName(lists, String(code)) ?? String(code)).join(', ') : '');

  if (found.categories.length === 0) return null;
  return (
    <>
      <h3 id="suggested-title">{t.sort.suggested}</h3>
      <div class="quick guesses" role="group" aria-labelledby="suggested-title">
        {found.categories.map(({ code, probability, words }, i) => (
          <button type="button" key={code} onClick={() => onChoose(code)}>
            {hasGuessDigits(it) && <><kbd aria-hidden="true">{i + 1}</kbd> </>}
            <span lang="sv">{categoryName(lists, code) ?? code}</span> {percent(probability)}
            <span class="soft">{words.join(', ')}</span></button>))}
      </div>
      {found.flags.map(({ flag, because }) => (
        <p key={flag} class="attention">▲ {fill(t.sort.flag[flag], { what: names(because) })}</p>))}
    </>);
}
