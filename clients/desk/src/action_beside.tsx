/* What stands beside or before the fields of an action's form: the words that it is about,
 * and a word of caution. */
import type { JSX } from 'preact';

import { boardName, useDesk } from './desk.ts';
import { Folded } from './folded.tsx';
import { lastConsent } from './transfer.ts';
import type { Case } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';

/* What the words are about, so that nobody scrolls between it and the answer. */
export function Seen({ it }: { it: Case }): JSX.Element {
  const last = it.messages.filter(({ from }) => from === 'resident').at(-1);

  return (
    <div class="seen">
      <h4>{useWords().case.text}</h4>
      <Folded it={it} why="threat">
        <p class="words" lang={it.language}>{it.text}</p>
        {last && <p class="words" lang={it.language}>{last.text}</p>}
      </Folded>
    </div>);
}

/* A transfer of a sensitive case: ask first, or send only what is no secret. */
export function Caution({ it, isLead, onAsk }: { it: Case; isLead: boolean; onAsk: () => void }): JSX.Element {
  const t = useWords();
  const { lists } = useDesk();
  const last = lastConsent(it);

  return (
    <div class="notice">
      <p id="act-caution">{fill(wordOf(t.caution, last?.what ?? 'unasked'),
        { board: last ? boardName(lists, last.board) : '' })}</p>
      {last?.what !== 'consent-given' && it.actions.includes('ask-consent') && (
        <button type="button" class={isLead ? 'main' : ''} id="act-ask" aria-describedby="act-caution" onClick={onAsk}>
          {t.action.askConsent}</button>)}
    </div>);
}
