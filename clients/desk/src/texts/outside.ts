/* The words that the settings' pages about other systems share. */
import { inLanguageOf } from './language.ts';
import type { Texts } from './sv.ts';

const sv = {
  copy: 'Kopiera', copied: 'Kopierat.', notCopied: 'Det gick inte att kopiera. Markera texten och kopiera den själv.',
  end: 'Avsluta …', ending: 'Avslutar …',
};

const en: typeof sv = {
  copy: 'Copy', copied: 'Copied.', notCopied: 'It could not be copied. Select the text and copy it yourself.',
  end: 'End …', ending: 'Ending …',
};

export function outsideWords(t: Texts): typeof sv {
  return inLanguageOf(t, { sv, en });
}
