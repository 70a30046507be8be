/* The texts in the reader's language. Swedish is in the script; another is a file of its
 * own, with Swedish where it lacks a text. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

import swedish from 'built/sv.json';

import { base } from './languages.ts';
import type { Language } from './languages.ts';

export type Table = Record<string, string>;
export type Values = Record<string, string | number>;

export interface Words {
  language: Language;
  t: (key: string, values?: Values) => string;
  or: (key: string, otherwise: string) => string; /* of codes that may be newer than the app */
}

export function fill(text: string, values: Values = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/* Among words from right to left a value stands isolated (U+2068, U+2069), or
 * "2026-104233" would be shown as "104233-2026". */
function isolated(values: Values = {}): Values {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, `\u2068${value}\u2069`]));
}

export function wordsOf(language: Language, table: Table): Words {
  const ready = language.dir === 'rtl' ? isolated : (values?: Values) => values;

  return { language, t: (key, values) => fill(table[key] ?? key, ready(values)), or: (key, otherwise) => table[key] ?? otherwise };
}

export const swedishWords = wordsOf(base, swedish);

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && Object.values(value).every((text) => typeof text === 'string');
}

export async function wordsIn(language: Language): Promise<Words> {
  if (!language.texts) return swedishWords;
  try {
    const table: unknown = await (await fetch(language.texts)).json();
    return isTable(table) ? wordsOf(language, table) : swedishWords;
  } catch {
    return swedishWords;
  }
}

export const WordsContext = createContext<Words>(swedishWords);

export function useWords(): Words {
  return useContext(WordsContext);
}
