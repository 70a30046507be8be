/* The reader's language: chosen, else the telephone's, else Swedish. Swedish is in the
 * script; another is a file of its own, with Swedish where it lacks a text. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

import known from 'built/languages.json';
import swedish from 'built/sv.json';

export type Table = Record<string, string>;
export type Values = Record<string, string | number>;

export interface Language {
  code: string;
  name: string;
  dir: 'ltr' | 'rtl';
  isUnreviewed: boolean; /* nobody who speaks it has read the texts */
  texts: string;
}

export interface Words {
  language: Language;
  t: (key: string, values?: Values) => string;
  or: (key: string, otherwise: string) => string; /* of codes that may be newer than the app */
}

export const languages: Language[] = known;
const base: Language = { code: 'sv', name: 'Svenska', dir: 'ltr', isUnreviewed: false, texts: '' };

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

export const swedishWords = wordsOf(languages.find(({ code }) => code === 'sv') ?? base, swedish);

/* "sv-SE" is Swedish; "sv-x-easy" only for who has chosen it. */
export function languageFor(chosen: string, wanted: readonly string[]): Language {
  const codes = [chosen, ...wanted.flatMap((tag) => [tag, tag.split('-')[0] ?? '']), 'sv'];
  const code = codes.find((one) => languages.some((language) => language.code === one));

  return languages.find((language) => language.code === code) ?? base;
}

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
