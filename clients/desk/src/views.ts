/* Saved filters, and how many cases each shows. The counts are asked for when one comes, and
 * a little after something changed, once for however many changes there were. */
import { useEffect, useRef, useState } from 'preact/hooks';

import { countViews, readViews } from './api.ts';
import { filterNames, queryOf } from './place.ts';
import type { Filters } from './place.ts';
import type { SavedView, ViewCount } from './types.ts';

export interface Views {
  items: SavedView[];
  countOf: (view: SavedView) => ViewCount | undefined;
  put: (view: SavedView) => void;
  drop: (id: number) => void;
}

const settle = 1500; /* ms of quiet; a bulk change of 200 cases is a change a moment */
const longest = 5000; /* but no longer than this behind */

export function filtersOf(view: SavedView): Filters {
  const saved: Record<string, string | undefined> = view.filters;
  const filters: Filters = {};

  for (const name of filterNames) {
    const value = saved[name];
    if (value) filters[name] = value;
  }
  return filters;
}

/* What can be kept: not words that were sought, nor what has been passed on. */
export function savable({ q, part, ...filters }: Filters): Filters {
  return filters;
}

export const isOpen = (view: SavedView, filters: Filters): boolean =>
  queryOf(filtersOf(view)).toString() === queryOf(filters).toString();

/* change: anything that is another thing after a change. */
export function useViews(signIns: number, change: unknown, has: boolean): Views {
  const [items, setItems] = useState<SavedView[]>([]);
  const [counts, setCounts] = useState<ViewCount[]>([]);
  const waits = useRef({ timer: 0, since: 0, control: new AbortController() });
  const count = (): void => {
    const { current } = waits;
    current.since = 0;
    current.control.abort();
    current.control = new AbortController();
    countViews(current.control.signal).then(setCounts, () => undefined); /* the old ones stay */
  };

  useEffect(() => {
    if (!has) return;
    const control = new AbortController();
    readViews(control.signal).then(setItems, () => undefined); /* the queue is there without them */
    return () => control.abort();
  }, [signIns, has]);
  useEffect(() => {
    if (!items.length) return;
    const { current } = waits;
    current.since ||= Date.now();
    clearTimeout(current.timer);
    const wait = counts.length ? Math.min(settle, Math.max(current.since + longest - Date.now(), 0)) : 0;
    current.timer = window.setTimeout(count, wait);
    return () => clearTimeout(current.timer);
  }, [change, items]);
  return {
    items,
    countOf: ({ id }) => counts.find((one) => one.id === id),
    put: (view) => setItems((old) => (old.some(({ id }) => id === view.id)
      ? old.map((one) => (one.id === view.id ? view : one)) : [...old, view])),
    drop: (gone) => setItems((old) => old.filter(({ id }) => id !== gone)),
  };
}
