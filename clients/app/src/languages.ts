/* The languages there are, and the reader's: chosen, else the telephone's, else Swedish. The
 * page and the service worker ask the same. */
import known from 'built/languages.json';

export interface Language {
  code: string;
  name: string;
  dir: 'ltr' | 'rtl';
  isUnreviewed: boolean; /* nobody who speaks it has read the texts */
  texts: string;
}

const swedish: Language = { code: 'sv', name: 'Svenska', dir: 'ltr', isUnreviewed: false, texts: '' };

export const languages: Language[] = known;
export const base = languages.find(({ code }) => code === 'sv') ?? swedish;

/* "sv-SE" is Swedish; "sv-x-easy" only for who has chosen it. */
export function languageFor(chosen: string, wanted: readonly string[]): Language {
  const codes = [chosen, ...wanted.flatMap((tag) => [tag, tag.split('-')[0] ?? '']), 'sv'];
  const code = codes.find((one) => languages.some((language) => language.code === one));

  return languages.find((language) => language.code === code) ?? base;
}
