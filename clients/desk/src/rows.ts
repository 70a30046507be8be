/* The queue as it is on the screen: its pages, and what has changed since. It outlives a
 * look at a case, so that one comes back to the same rows. */
import { useEffect, useRef, useState } from 'preact/hooks';

import { listCases } from './api.ts';
import { mergeRows } from './merge.ts';
import type { Rows } from './merge.ts';
import { paced } from './pace.ts';
import { queryOf } from './place.ts';
import type { Filters } from './place.ts';

export interface RowsState {
  rows: Rows;
  next: string | null;
  isLoading: boolean;
  isOld: boolean; /* the rows are still those of the filter before */
  error: unknown;
  reload: () => void;
  more: () => void;
  look: () => void; /* soon, once, however often it is called */
}

const none: Rows = { items: [], marks: new Map(), fresh: 0 };
const longest = 200;

export function useRows(filters: Filters, signIns: number): RowsState {
  const [rows, setRows] = useState(none);
  const [next, setNext] = useState<string | null>(null);
  const [isLoading, setLoading] = useState(true);
  const [shown, setShown] = useState(''); /* the query that the rows on the screen are of */
  const [settled, setSettled] = useState(''); /* the query whose answer, or error, is on the screen */
  const [error, setError] = useState<unknown>(null);
  const query = queryOf(filters).toString();
  const latest = useRef({ query, shown: 0, control: new AbortController(),
    merge: () => Promise.resolve() });
  const pace = useRef(paced(() => { void latest.current.merge(); })).current;

  latest.current.shown = rows.items.length;
  const fetchPage = async (extra: Record<string, string>): Promise<ReturnType<typeof listCases>> => {
    const asked = new URLSearchParams(query);
    for (const [name, value] of Object.entries(extra)) asked.set(name, value);
    return listCases(asked, latest.current.control.signal);
  };
  const attempt = async (task: () => Promise<void>): Promise<void> => {
    const { control } = latest.current;
    setLoading(true);
    setError(null);
    try {
      await task();
    } catch (fault) {
      if (!control.signal.aborted) setError(fault);
    }
    if (control.signal.aborted) return;
    setLoading(false);
    setSettled(query);
  };
  const load = (): void => {
    latest.current.control.abort();
    latest.current.control = new AbortController();
    void attempt(async () => {
      const page = await fetchPage({});
      setRows({ items: page.items, marks: new Map(), fresh: 0 });
      setShown(query);
      setNext(page.next);
    });
  };
  const more = (): void => {
    if (!next || isLoading) return;
    void attempt(async () => {
      const page = await fetchPage({ after: next });
      setRows((old) => ({ ...old, items: [...old.items, ...page.items] }));
      setNext(page.next);
    });
  };
  const merge = async (): Promise<void> => {
    const limit = String(Math.min(Math.max(latest.current.shown, 1) + 50, longest));
    const seen = await fetchPage({ limit }).catch(() => null);
    if (seen) setRows((old) => mergeRows(old, seen));
  };
  latest.current.merge = merge;
  useEffect(() => {
    load();
    return () => {
      pace.stop();
      latest.current.control.abort();
    };
  }, [query, signIns]);
  return { rows, next, isLoading: isLoading || settled !== query, isOld: shown !== query, error, reload: load, more, look: pace.ask };
}
