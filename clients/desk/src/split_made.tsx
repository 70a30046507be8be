/* After a split: the new cases, and what is to be told where no letter tells it. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

import { boardsOf, useDesk } from './desk.ts';
import { longDay } from './format.ts';
import { addressOf } from './place.ts';
import { splitWords } from './texts/split.ts';
import type { Case, SplitMade } from './types.ts';
import { fill, useWords } from './words.ts';

function One({ made }: { made: SplitMade }): JSX.Element {
  const t = useWords();
  const w = splitWords(t);
  const { session, place } = useDesk();
  const isOurs = boardsOf(session).includes(made.board.code);

  return (
    <li>
      {isOurs ? <a href={addressOf({ filters: place.filters, number: made.number })}>{fill(w.openCase, { number: made.number })}</a>
        : <strong>{made.number}</strong>}{' '}
      <span lang="sv">{made.board.name}</span>.{' '}
      {fill(w.dates, { acknowledge: longDay(t, made.acknowledgeBy), answer: longDay(t, made.answerBy) })}{' '}
      {made.receiptMailed ? <span class="soft">{w.mailed}</span> : <span>{w.code}: <strong class="code">{made.followUpCode}</strong></span>}
    </li>);
}

export function SplitDone({ number, made, onReady }: { number: string; made: SplitMade[]; onReady: () => void }): JSX.Element {
  const w = splitWords(useWords());
  const heading = useRef<HTMLHeadingElement>(null);

  useLayoutEffect(() => heading.current?.focus(), []);
  return (
    <div class="act card made">
      <div>
        <h3 tabIndex={-1} ref={heading}>✓ {fill(w.made, { n: made.length + 1 })}</h3>
        <p>{fill(w.firstStays, { number })}</p>
        <ul>{made.map((one) => <One key={one.number} made={one} />)}</ul>
        {made.some(({ receiptMailed }) => !receiptMailed) && <p class="notice">{w.tell}</p>}
        <div class="buttons"><button type="button" class="main" onClick={onReady}>{w.ready}</button></div>
      </div>
    </div>);
}

/* The answer was lost: which cases there are is known, what was to be told once is not. */
export function SplitFound({ it, onReady }: { it: Case; onReady: () => void }): JSX.Element {
  const w = splitWords(useWords());
  const { place } = useDesk();
  const heading = useRef<HTMLHeadingElement>(null);

  useLayoutEffect(() => heading.current?.focus(), []);
  return (
    <div class="act card made">
      <div>
        <h3 tabIndex={-1} ref={heading}>✓ {w.found}</h3>
        <p>{w.foundLead}</p>
        <ul>{it.sameLetter.map(({ number }) => (
          <li key={number}><a class="button" href={addressOf({ filters: place.filters, number })}>{fill(w.openCase, { number })}</a></li>))}</ul>
        <p class="notice">{w.foundCode}</p>
        <div class="buttons"><button type="button" class="main" onClick={onReady}>{w.ready}</button></div>
      </div>
    </div>);
}
