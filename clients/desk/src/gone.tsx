/* A case that is not the reader's, or no longer: what they wrote themselves is theirs. */
import type { JSX, RefObject } from 'preact';

import { actionRows, wordsOf } from './actions.ts';
import { useDesk } from './desk.ts';
import { addressOf } from './place.ts';
import { draftRead } from './store.ts';
import { useWords, wordOf } from './words.ts';

interface GoneProps {
  number: string;
  heading: RefObject<HTMLHeadingElement | null>;
}

export function Gone({ number, heading }: GoneProps): JSX.Element {
  const t = useWords();
  const { place } = useDesk();
  const written = Object.keys(actionRows)
    .map((name): [string, string] => [name, wordsOf(draftRead(number, name))])
    .filter(([, text]) => text);

  return (
    <div class="lonely">
      <h1 tabIndex={-1} ref={heading}>{t.case.gone}</h1>
      <p class="number">{number}</p>
      <p>{t.case.goneLead}</p>
      {written.map(([name, text]) => (
        <section key={name} class="own">
          <h2>{t.case.yourDraft}: {wordOf(t.action, name)}</h2>
          <p class="words">{text}</p>
        </section>))}
      <p><a class="button" href={addressOf({ ...place, number: null })}>{t.case.back}</a></p>
    </div>);
}
