/* What a case without a subject is likely to be about, by its words, for who sorts: a guess
 * decides nothing until it is pressed. With it comes what in the text somebody should look at,
 * beside any case that is not done (spotted.tsx). */
import type { JSX } from 'preact';

import { listSuggestions } from './api.ts';
import { categoryName, useDesk } from './desk.ts';
import { useFetched } from './fetched.ts';
import type { Case, Suggestions } from './types.ts';
import { useWords } from './words.ts';

/* The dispatch sorts nothing else: there the first three digits are the guesses'. */
export const guessDigits = 3;

export function hasGuessDigits(it: Pick<Case, 'board'>): boolean {
  return it.board === 'dispatch';
}

/* Null: none for this case, or not yet. */
export function useSuggested(it: Case | null): Suggestions | null {
  const number = it && !it.restricted && it.part === 'present' && it.status !== 'closed' && it.disposedOn === null ? it.number : null;
  const about = `${number} ${it?.threat}`; /* a threat that is flagged is folded, and so are its words */
  const { value } = useFetched(async (signal) => ({ about,
    found: number === null ? null : await listSuggestions(number, signal) }), [about]);

  return value?.about === about ? value.found : null;
}

/* The guesses are for what has no subject. */
export function guessesOf(it: Case, found: Suggestions | null): Suggestions['categories'] {
  return it.category === null && it.actions.includes('change') ? found?.categories ?? [] : [];
}

/* Nothing is certain. */
export function percent(probability: number): string {
  return `${Math.min(99, Math.round(probability * 100))}\u00a0%`;
}

interface SuggestedProps {
  it: Case;
  guesses: Suggestions['categories'];
  onChoose: (code: string, rank: number) => void;
}

export function Suggested({ it, guesses, onChoose }: SuggestedProps): JSX.Element | null {
  const t = useWords();
  const { lists } = useDesk();

  if (guesses.length === 0) return null;
  return (
    <>
      <h3 id="suggested-title">{t.sort.suggested}</h3>
      <div class="quick guesses" role="group" aria-labelledby="suggested-title">
        {guesses.map(({ code, probability, words }, i) => (
          <button type="button" key={code} onClick={() => onChoose(code, i + 1)}>
            {hasGuessDigits(it) && <><kbd aria-hidden="true">{i + 1}</kbd> </>}
            <span lang="sv">{categoryName(lists, code) ?? code}</span> {percent(probability)}
            <span class="soft">{words.join(', ')}</span></button>))}
      </div>
    </>);
}
