/* What came of it: how many were done, and each that was not with its reason. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { canRetry } from './bulk.ts';
import type { BulkRow, Outcome } from './bulk.ts';
import { useDesk } from './desk.ts';
import { instant } from './format.ts';
import { addressOf } from './place.ts';
import { movesOf, whoOf } from './timeline.tsx';
import { fill, useWords, wordOf } from './words.ts';

/* What a colleague did last, so that trying again is no blind overwriting. */
function Theirs({ outcome }: { outcome: Outcome }): JSX.Element | null {
  const t = useWords();
  const { lists } = useDesk();
  const last = outcome.current?.events.at(-1);

  if (outcome.ending !== 'stale' || !last) return null;
  return (
    <p class="soft">{wordOf(t.event, last.what)} {whoOf(t, last)} {instant(t, last.at)}
      {movesOf(t, lists, last).map((text) => <span key={text}> {text}</span>)}</p>);
}

function Failed({ outcome }: { outcome: Outcome }): JSX.Element {
  const t = useWords();
  const { item: { number }, ending, field } = outcome;

  return (
    <li>
      <a class="button" href={addressOf({ number, filters: {} })} target="_blank">{number}
        <span class="away"> ({t.bulk.link})</span></a>
      <div>
        <p>{ending === 'refused' && field in t.refused ? wordOf(t.refused, field) : wordOf(t.bulk.ending, ending)}</p>
        <Theirs outcome={outcome} />
      </div>
    </li>);
}

interface BulkResultProps {
  row: BulkRow;
  outcomes: Outcome[];
  onRetry: () => void;
  onClose: () => void;
}

export function BulkResult({ row, outcomes, onRetry, onClose }: BulkResultProps): JSX.Element {
  const t = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  const failed = outcomes.filter(({ ending }) => ending !== 'done');
  const open = failed.filter((outcome) => canRetry(outcome, row));
  const n = outcomes.length - failed.length;

  useEffect(() => heading.current?.focus(), [outcomes]);
  return (
    <>
      <h3 tabIndex={-1} ref={heading}>{failed.length ? fill(t.bulk.someDone, { n, m: failed.length })
        : `✓ ${fill(t.bulk.allDone, { n })}`}</h3>
      {failed.length > 0 && <>
        <p id="bulk-failed">{t.bulk.failed}:</p>
        <ul class="failed" aria-labelledby="bulk-failed">{failed.map((outcome) => (
          <Failed key={outcome.item.number} outcome={outcome} />))}</ul>
      </>}
      <div class="buttons">
        {open.length > 0 && <button type="button" class="main" onClick={onRetry}>{fill(t.bulk.again, { n: open.length })}</button>}
        <button type="button" class={open.length ? '' : 'main'} onClick={onClose}>{t.close}</button>
      </div>
    </>);
}
