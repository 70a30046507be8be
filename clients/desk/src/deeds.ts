/* What is pressed fast on one case, one after the other: each waits for the answer before, so
 * that its version is right. A refusal drops what was pressed after it. */
import { useEffect, useRef, useState } from 'preact/hooks';

import { act } from './api.ts';
import type { ActionCode, Case } from './types.ts';

export interface QuickDeed {
  code: ActionCode;
  path: string;
  body: object;
  isDone?: (it: Case) => boolean; /* already: nothing is sent */
}

interface Answers {
  onCase: (it: Case) => void;
  onFault: (error: unknown) => void;
  onLate: (error: unknown, number: string) => void; /* the case was left before it was refused */
}

export interface Deeds {
  isBusy: boolean;
  /* done: after it was done and only then, unless the case was left meanwhile */
  send: (deed: QuickDeed, done: (after: Case | null) => void) => void;
  then: (done: () => void) => void; /* when all that was pressed is answered */
}

export function useDeeds(it: Case, answers: Answers): Deeds {
  const [waiting, setWaiting] = useState(0);
  const now = useRef({ it, answers, chain: Promise.resolve(), isHere: true });

  if (it.version >= now.current.it.version || it.number !== now.current.it.number) now.current.it = it;
  now.current.answers = answers;
  useEffect(() => {
    now.current.isHere = true;
    return () => { now.current.isHere = false; };
  }, []);
  const one = async ({ code, path, body, isDone }: QuickDeed, done: (after: Case | null) => void): Promise<void> => {
    const { it: before } = now.current;
    if (isDone?.(before)) { done(before); return; }
    if (!before.actions.includes(code)) return;
    const after = await act(before.number, { path, body, version: before.version }, new AbortController().signal);
    if (!now.current.isHere) return;
    if (after) {
      now.current.it = after;
      now.current.answers.onCase(after);
    }
    done(after);
  };
  const send: Deeds['send'] = (deed, done) => {
    const { current } = now;
    setWaiting((n) => n + 1);
    current.chain = current.chain.then(() => one(deed, done));
    const mine = current.chain;
    mine.then(() => setWaiting((n) => n - 1), (error: unknown) => {
      setWaiting((n) => n - 1);
      if (current.chain !== mine) return; /* told once, by the last that waited */
      current.chain = Promise.resolve();
      if (current.isHere) current.answers.onFault(error);
      else current.answers.onLate(error, current.it.number);
    });
  };
  const then: Deeds['then'] = (done) => {
    const { current } = now;
    current.chain.then(() => { if (current.isHere) done(); }, () => undefined);
  };
  return { isBusy: waiting > 0, send, then };
}
