/* One case as the server has it, kept fresh while nobody writes. */
import { useEffect, useRef, useState } from 'preact/hooks';

import { readCase } from './api.ts';
import { isOutOfReach } from './trouble.ts';
import type { Case, Change } from './types.ts';

export interface CaseState {
  it: Case | null;
  error: unknown;
  isOut: boolean; /* not, or no longer, the reader's: nothing of it is shown */
  isStale: boolean; /* it has changed, and what is on the screen has been left alone */
  put: (it: Case) => void;
  reload: () => void;
}

interface Known {
  it: Case | null;
  error: unknown;
  isOut: boolean;
  isStale: boolean;
}

/* The number in the register comes a moment after the case, and is no change of it. */
const untilRegistered = 2000; /* ms; it is promised within one second */

const isUnregistered = (it: Case | null): boolean => it?.legs.some((leg) => leg.registrationNumber === null) ?? false;

/* Answers may come in another order than they were asked for: what is known stays until
 * something as new comes. A part that was passed on is another thing than the case. */
export const newest = (old: Case | null, it: Case): Case =>
  (old && old.number === it.number && old.part === it.part && old.version > it.version ? old : it);

/* While isWriting nothing moves: the reader is told, and asks for it. */
export function useCase(number: string, change: Change | null, signIns: number,
  isWriting: boolean, onFresh: () => void): CaseState {
  const [known, setKnown] = useState<Known>({ it: null, error: null, isOut: false, isStale: false });
  const control = useRef(new AbortController());
  const set = (part: Partial<Known>): void => setKnown((old) => ({ ...old, ...part }));
  const take = (it: Case, part: Partial<Known> = {}): void =>
    setKnown((old) => ({ ...old, ...part, it: newest(old.it, it), error: null, isStale: false }));
  const load = async (isQuiet: boolean): Promise<void> => {
    control.current.abort();
    const mine = control.current = new AbortController();
    if (!isQuiet) set({ error: null });
    try {
      const it = await readCase(number, mine.signal);
      if (isQuiet && known.it && it.version > known.it.version) onFresh();
      take(it, { isOut: false });
    } catch (error) {
      if (mine.signal.aborted) return;
      if (isOutOfReach(error)) set({ it: null, error: null, isOut: true });
      else if (!isQuiet) set({ error });
    }
  };

  useEffect(() => {
    void load(false);
    return () => control.current.abort();
  }, [number, signIns]);
  useEffect(() => {
    if (!known.it || !change || (change.number && change.number !== number)) return;
    if (change.number && change.version <= known.it.version) return;
    if (isWriting && change.number) set({ isStale: true });
    else if (!isWriting) void load(true);
  }, [change]);
  const isNumberless = isUnregistered(known.it);
  useEffect(() => {
    const timer = isNumberless && !isWriting ? window.setTimeout(() => void load(true), untilRegistered) : 0;
    return () => clearTimeout(timer);
  }, [isNumberless, isWriting]);
  return { ...known, put: (it) => { take(it); }, reload: () => { void load(false); } };
}
