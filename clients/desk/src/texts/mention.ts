/* Mentions in notes, in words that come with their parts. */
import { inLanguageOf } from './language.ts';
import type { Texts } from './sv.ts';

const sv = {
  hint: 'Skriv @ och ett namn för att nämna en kollega. Bara de som får läsa ärendet kan väljas, och de får veta det.',
  list: 'Kollegor att nämna', found: '{n} kollegor. Pil ner och upp byter, Enter väljer, Esc stänger.',
  foundOne: 'En kollega: {name}. Enter väljer, Esc stänger.', none: 'Ingen som får läsa ärendet heter så.',
  full: 'Högst 10 kollegor kan nämnas i en anteckning.', chosen: '{name} får veta att du har nämnt dem.',
  told: 'Får veta det: {names}', mentions: 'Nämner {names}', away: 'Kollegorna kunde inte hämtas.',
};

const en: typeof sv = {
  hint: 'Write @ and a name to mention a colleague. Only those who may read the case can be chosen, and they are told.',
  list: 'Colleagues to mention', found: '{n} colleagues. Arrow down and up move, Enter chooses, Esc closes.',
  foundOne: 'One colleague: {name}. Enter chooses, Esc closes.', none: 'Nobody who may read the case has that name.',
  full: '10 colleagues at most can be mentioned in a note.', chosen: '{name} will be told that you mentioned them.',
  told: 'Will be told: {names}', mentions: 'Mentions {names}', away: 'The colleagues could not be fetched.',
};

export function mentionWords(t: Texts): typeof sv {
  return inLanguageOf(t, { sv, en });
}
