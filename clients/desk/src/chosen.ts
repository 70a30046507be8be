/* The rows of the queue that are chosen for doing the same with all of them. They stay chosen
 * through a look at a case; another filter chooses anew. */
import { useEffect, useRef, useState } from 'preact/hooks';

import type { Values } from './actions.ts';
import type { Item } from './types.ts';

/* What one looks through before one presses a button; the server is asked once for each. */
export const mostChosen = 200;

export interface Chosen {
  items: Item[]; /* in the order they stand in */
  has: (number: string) => boolean;
  toggle: (number: string, isRange: boolean) => void;
  all: () => void; /* or none, when all are chosen already */
  clear: () => void;
  drop: (numbers: string[]) => void;
  drafts: Record<string, Values>; /* what was typed for them and not sent */
}

/* The numbers from one row to another, both with; the one alone when the other is not there. */
export function between(numbers: string[], from: string | null, to: string): string[] {
  const [a, b] = [numbers.indexOf(from ?? to), numbers.indexOf(to)];

  return a < 0 || b < 0 ? [to] : numbers.slice(Math.min(a, b), Math.max(a, b) + 1);
}

/* As many of them as may be chosen at once, the first first. */
export function withMost(picked: ReadonlySet<string>, more: string[]): ReadonlySet<string> {
  return new Set([...picked, ...more].slice(0, Math.max(mostChosen, picked.size)));
}

export function useChosen(rows: Item[], query: string, onFull: () => void): Chosen {
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const anchor = useRef<string | null>(null);
  const drafts = useRef<Record<string, Values>>({});
  const items = rows.filter(({ number }) => picked.has(number));
  const numbers = rows.map(({ number }) => number);
  const add = (more: string[]): void => {
    const next = withMost(new Set(items.map(({ number }) => number)), more);
    if (more.some((number) => !next.has(number))) onFull();
    setPicked(next);
  };
  const drop = (gone: string[]): void => setPicked((old) => new Set([...old].filter((n) => !gone.includes(n))));

  const none = (): void => {
    drafts.current = {};
    setPicked(new Set());
  };

  useEffect(none, [query]);
  return {
    items, drop, drafts: drafts.current,
    has: (number) => picked.has(number),
    toggle: (number, isRange) => {
      if (!numbers.includes(number)) return; /* the rows of another filter, which are about to go */
      if (isRange) add(between(numbers, anchor.current, number));
      else if (picked.has(number)) drop([number]);
      else add([number]);
      if (!isRange) anchor.current = number;
    },
    all: () => {
      if (numbers.slice(0, mostChosen).every((number) => picked.has(number))) setPicked(new Set());
      else add(numbers);
    },
    clear: none,
  };
}
