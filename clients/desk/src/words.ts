/* The reader's language: chosen, remembered, Swedish until then. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

import { settingRead } from './store.ts';
import { en } from './texts/en.ts';
import { sv } from './texts/sv.ts';
import type { Texts } from './texts/sv.ts';

export const languages: Record<string, Texts> = { sv, en };

export function languageNow(): string {
  const chosen = settingRead('language') ?? 'sv';
  return chosen in languages ? chosen : 'sv';
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
