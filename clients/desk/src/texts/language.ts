/* For parts whose words come with them: in both languages, in one file. */
import type { Texts } from './sv.ts';

export function inLanguageOf<T>({ locale }: Texts, words: { sv: T; en: T }): T {
  return locale.startsWith('sv') ? words.sv : words.en;
}
