/* What is written in a form of a page of its own, kept until it is saved; under it that it
 * is, and the one way to throw it away, which can be taken back. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';

import { draftKeep, draftRead } from './store.ts';
import type { Draft } from './store.ts';
import { useWords } from './words.ts';

const isTouched = (values: Draft, start: Draft): boolean =>
  Object.entries(values).some(([name, value]) => value !== (start[name] ?? ''));

export interface Kept {
  values: Draft;
  start: Draft; /* what stood there before anything was written */
  set: (some: Draft) => void; /* the others stay as they are by then */
  put: (all: Draft) => void;
  change: (make: (now: Draft) => Draft) => void;
}

export function useKept(about: string, key: string, begin: () => Draft): Kept {
  const [start] = useState(begin);
  const [values, setValues] = useState<Draft>(() => ({ ...start, ...draftRead(about, key) }));
  const change = (make: (now: Draft) => Draft): void => setValues((now) => {
    const next = make(now);
    draftKeep(about, key, isTouched(next, start) ? next : {});
    return next;
  });

  return { values, start, set: (some) => change((now) => ({ ...now, ...some })), put: (all) => change(() => all), change };
}

export function KeptNote({ values, start, put }: Kept): JSX.Element {
  const t = useWords();
  const [dropped, setDropped] = useState<Draft | null>(null);
  const note = useRef<HTMLDivElement>(null);
  const is = isTouched(values, start);
  /* The button that was pressed goes. */
  const replace = (next: Draft): void => {
    put(next);
    note.current?.focus();
  };

  return (
    <div class="draftnote" ref={note} tabIndex={-1}>
      <p class="hint">{t.template.kept}</p>
      {is && <button type="button" class="plain" onClick={() => {
        setDropped(values);
        replace(start);
      }}>{t.draft.drop}</button>}
      {!is && dropped && <p role="status">{t.draft.dropped}{' '}
        <button type="button" onClick={() => replace(dropped)}>{t.draft.undo}</button></p>}
    </div>);
}
