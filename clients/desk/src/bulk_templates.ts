/* Which templates for replies fit each of the chosen cases, filled in with what it holds. */
import { useEffect, useState } from 'preact/hooks';

import type { Options } from './options.ts';
import { fitTemplates } from './template_api.ts';
import type { FilledTemplate, Item } from './types.ts';

export type FilledOf = ReadonlyMap<string, FilledTemplate[]>;

const atOnce = 4;

/* Asked once, case by case: what could not be fetched fits nothing. */
export function useFilled(items: Item[], isOn: boolean): FilledOf {
  const [filled, setFilled] = useState<FilledOf>(new Map());

  useEffect(() => {
    const control = new AbortController();
    const left = isOn ? items.filter((item) => !item.restricted && !item.leftAt) : [];
    const work = async (): Promise<void> => {
      for (let item = left.shift(); item && !control.signal.aborted; item = left.shift()) {
        const { number } = item;
        const found = await fitTemplates(number, 'reply', control.signal).catch((): FilledTemplate[] => []);
        if (!control.signal.aborted) setFilled((old) => new Map(old).set(number, found));
      }
    };
    void Promise.all(Array.from({ length: atOnce }, work));
    return () => control.abort();
  }, [isOn]);
  return filled;
}

/* Those that are not known of yet. */
export function unfilled(items: Item[], filled: FilledOf): number {
  return items.filter((item) => !item.restricted && !item.leftAt).length - filled.size;
}

/* Each that fits some case, with how many where it is not all; what fits most first. */
export function templateOptions(filled: FilledOf, of: number): Options {
  const all = new Map<number, { text: string; n: number }>();

  for (const { id, name, language } of [...filled.values()].flat())
    all.set(id, { text: `${name} (${language})`, n: (all.get(id)?.n ?? 0) + 1 });
  return [...all].sort((a, b) => b[1].n - a[1].n || a[1].text.localeCompare(b[1].text))
    .map(([id, { text, n }]) => [String(id), n < of ? `${text}: ${n}` : text]);
}
