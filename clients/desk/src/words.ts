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

/* "{n} kvar" with {n: 3}: "3 kvar". */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/* A code's word, or the code itself for one that is newer than this desk. */
export function wordOf(table: Record<string, string>, code: string | null): string {
  return code === null ? '' : table[code] ?? code;
}
