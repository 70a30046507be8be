/* The city's categories and districts; the service worker has the last ones for when there
 * is no network. */
import { useEffect, useMemo, useState } from 'preact/hooks';

import { readCategories, readDistricts } from './api.ts';
import type { City } from './app_state.ts';
import { named, withRecent } from './categories.ts';
import { settingKeep, settingRead } from './db.ts';
import type { Areas, Category } from './types.ts';
import { unknown } from './types.ts';
import type { Words } from './words.ts';

/* Asked for until it is there: at once, and each time the network comes back. */
function useFetched<T>(ask: () => Promise<T>): T | null {
  const [value, setValue] = useState<T | null>(null);

  useEffect(() => {
    let isOver = false;
    const fetchIt = (): void => {
      ask().then((got) => { if (!isOver) setValue(got); }, () => undefined);
    };
    fetchIt();
    window.addEventListener('online', fetchIt);
    return () => {
      isOver = true;
      window.removeEventListener('online', fetchIt);
    };
  }, []);
  return value;
}

export function useCity(words: Words): City {
  const list = useFetched<Category[]>(readCategories);
  const areas = useFetched<Areas>(readDistricts);
  const [recent, setRecent] = useState<string[]>([]);
  const categories = useMemo(() => list?.map((one) => named(one, words.or)) ?? null, [list, words]);
  const used = (category: string): void => {
    if (!category || category === unknown) return;
    const next = withRecent(recent, category);
    setRecent(next);
    void settingKeep('recent', next);
  };

  useEffect(() => { void settingRead<string[]>('recent', []).then(setRecent); }, []);
  return { categories, areas, recent, used };
}
