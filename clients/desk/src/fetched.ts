/* What a part of the page reads from the server and shows: asked for again when what it
 * depends on changes. A reading that is let go of tells nothing, neither its answer nor its
 * error: what is shown is always of the last one. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Inputs } from 'preact/hooks';

export type Read<T> = (signal: AbortSignal) => Promise<T>;

export interface Fetched<T> {
  value: T | null; /* null: not yet. Stays while it is read again */
  error: unknown; /* null: none */
  again: () => void;
  put: (value: T) => void; /* newer than what is read just now, which is let go of */
}

/* Reads once; what it gives back lets go of it. */
export function fetching<T>(read: Read<T>, told: (value: T) => void, failed: (error: unknown) => void): () => void {
  const control = new AbortController();
  const unlessGone = <V>(tell: (value: V) => void) => (value: V): void => { if (!control.signal.aborted) tell(value); };

  read(control.signal).then(unlessGone(told), unlessGone(failed));
  return () => control.abort();
}

export function useFetched<T>(read: Read<T>, on: Inputs): Fetched<T> {
  const [value, setValue] = useState<T | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [times, setTimes] = useState(0);
  const letGo = useRef((): void => undefined);
  const put = (next: T): void => {
    letGo.current();
    setError(null);
    setValue(() => next);
  };

  useEffect(() => {
    setError(null);
    letGo.current = fetching(read, (next) => setValue(() => next), setError);
    return () => letGo.current();
  }, [...on, times]);
  return { value, error, put, again: () => setTimes((n) => n + 1) };
}
