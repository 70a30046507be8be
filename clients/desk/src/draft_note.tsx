/* Under what is typed: where it is kept, a way to throw it away and to take that back, and
 * what another device has written of the same. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { wordsOf } from './actions.ts';
import type { Values } from './actions.ts';
import { draftState, fetchDrafts, settleDraft, watchDrafts, whenDraftComes } from './draft_sync.ts';
import type { Other } from './draft_sync.ts';
import { clock, instant } from './format.ts';
import { isBlank } from './store.ts';
import { fill, useWords } from './words.ts';

/* Told which action's words the server's copy has changed here. */
export function useServerDrafts(number: string, signIns: number, onChanged: (action: string) => void): void {
  useEffect(() => {
    const control = new AbortController();
    const stop = whenDraftComes((about, action) => { if (about === number) onChanged(action); });
    /* Without it what is kept here is shown, as ever. */
    fetchDrafts(number, control.signal).catch(() => undefined);
    return () => {
      stop();
      control.abort();
    };
  }, [number, signIns]);
}

function useDraftState(number: string, action: string): ReturnType<typeof draftState> {
  const [now, setNow] = useState(() => draftState(number, action));

  useEffect(() => {
    const look = (): void => setNow(draftState(number, action));
    look();
    return watchDrafts(look);
  }, [number, action]);
  return now;
}

interface DraftNoteProps {
  number: string;
  action: string;
  values: Values;
  onValues: (values: Values, isKept: boolean) => void; /* isKept: it is in the store already */
}

function Strife({ other, onSettle }: { other: Other; onSettle: (takesOther: boolean) => void }): JSX.Element {
  const t = useWords();

  return (
    <div class="notice" role="alert">
      <p>▲ {fill(t.draft.other, { at: instant(t, other.savedAt) })}</p>
      <p class="words">{wordsOf(other.fields)}</p>
      <div class="buttons">
        <button type="button" onClick={() => onSettle(true)}>{t.draft.takeOther}</button>
        <button type="button" onClick={() => onSettle(false)}>{t.draft.keepMine}</button>
      </div>
    </div>);
}

export function DraftNote({ number, action, values, onValues }: DraftNoteProps): JSX.Element {
  const t = useWords();
  const { state, seen, other } = useDraftState(number, action);
  const [dropped, setDropped] = useState<Values | null>(null);
  const drop = (): void => {
    setDropped(values);
    onValues({}, false);
    document.querySelector<HTMLElement>('.act textarea')?.focus();
  };
  const undo = (): void => {
    if (dropped) onValues(dropped, false);
    setDropped(null);
    document.querySelector<HTMLElement>('.act textarea')?.focus();
  };

  return (
    <div class="draftnote">
      {other && <Strife other={other} onSettle={(takesOther) => onValues(settleDraft(number, action, takesOther), true)} />}
      <p class="hint">{fill(t.draft[state], { time: seen ? clock(t, new Date(seen)) : '' })}</p>
      {state !== 'none' && <button type="button" class="plain" onClick={drop}>{t.draft.drop}</button>}
      {state === 'none' && dropped && !isBlank(dropped) && <p role="status">{t.draft.dropped}{' '}
        <button type="button" onClick={undo}>{t.draft.undo}</button></p>}
    </div>);
}
