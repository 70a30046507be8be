/* The reader's language: chosen, remembered, Swedish until then. */
import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';

import { settingRead } from './store.ts';
import { sv } from './texts/sv.ts';
import type { Texts } from './texts/sv.ts';

/* English is fetched by whoever reads it: most never do, and it is a seventh of the script. */
export const languageNames: Record<string, string> = { sv: 'Svenska', en: 'English' };
export const languages: Record<string, Texts> = { sv };

export async function fetchLanguage(code: string): Promise<void> {
  if (code === 'en') languages['en'] ??= (await import('./texts/en.ts')).en;
}

/* The texts of a language that is not the reader's own; others until they are here. */
export function useLanguage(code: string, own: Texts): Texts {
  const [, setHere] = useState(0);

  useEffect(() => { fetchLanguage(code).then(() => setHere((n) => n + 1), () => undefined); }, [code]);
  return languages[code] ?? own;
}

export function languageNow(): string {
  const chosen = settingRead('language') ?? 'sv';
  return chosen in languageNames ? chosen : 'sv';
}

export const Words = createContext<Texts>(sv);

export function useWords(): Texts {
  return useContext(Words);
}

/* "{n} kvar" with {n: 3}: "3 kvar". A value that ends with a full stop, as "1 dec.", ends the
 * sentence, too. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/(\{(\w+)\})(\.?)/g, (_, whole: string, name: string, stop: string) => {
    const value = String(values[name] ?? whole);
    return stop ? sentence(value) : value;
  });
}

/* With one full stop at the end, whatever it ended with. */
export function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/* A code's word. For one that is newer than this desk, and has none: what is said otherwise, or
 * the code itself. */
export function wordOf(table: Record<string, string>, code: string | null, otherwise = code ?? ''): string {
  return (code !== null && Object.hasOwn(table, code) && table[code]) || otherwise;
}
