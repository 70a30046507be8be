/* The first day's tour. Its words come with it. */
import { inLanguageOf } from './language.ts';
import type { Texts } from './sv.ts';

export interface Step {
  title: string;
  text: string;
  keys?: [key: string, what: string][];
}

const sv = {
  title: 'Rundtur: {n} av {all}',
  next: 'Nästa', back: 'Tillbaka', end: 'Klar',
  steps: [
    { title: 'Kön', text: 'Här ligger nämndens öppna ärenden. Det som ska besvaras snarast står först. Rött betyder att dagen har passerat; det står också i ord.',
      keys: [['j', 'nästa rad'], ['k', 'föregående rad'], ['Enter', 'öppna']] },
    { title: 'Hitta', text: 'Sök på ord, namn, telefon, nummer eller diarienummer. ”belysning” hittar ”gatubelysningen”. Filtren går att spara som egna vyer.',
      keys: [['/', 'till sökrutan'], ['Ctrl K', 'allt annat']] },
    { title: 'Ett ärende', text: 'Texten står till vänster. Till höger står varför svarsdagen är den dagen, var det är och vem som skrev. Knapparna visar det du får göra.',
      keys: [['t', 'ta ärendet'], ['a', 'bekräfta'], ['r', 'svara'], ['i', 'anteckna']] },
    { title: 'Svara', text: 'Börja från en mall, ändra och se svaret som den som klagar ser det. Det du skriver sparas medan du skriver, också om datorn stannar.',
      keys: [['Ctrl Enter', 'skicka']] },
    { title: 'Sekretess', text: 'Är något känsligt? Sekretessmarkera handlingen. Att någon läser ett känsligt ärende loggas. Interna anteckningar går aldrig till den som klagar.',
      keys: [['m', 'sekretessmarkera']] },
    { title: 'Det är allt', text: 'Alla tangenter finns i listan. Rundturen hittar du där också.', keys: [['?', 'alla tangenter']] },
  ] as Step[],
};

const en: typeof sv = {
  title: 'Tour: {n} of {all}',
  next: 'Next', back: 'Back', end: 'Done',
  steps: [
    { title: 'The queue', text: 'The board’s open cases. What is to be answered soonest comes first. Red means that the day has passed; words say it, too.',
      keys: [['j', 'next row'], ['k', 'previous row'], ['Enter', 'open']] },
    { title: 'Finding', text: 'Search for words, names, telephones, numbers or registration numbers. “belysning” finds “gatubelysningen”. Filters can be saved as views.',
      keys: [['/', 'to the search'], ['Ctrl K', 'everything else']] },
    { title: 'A case', text: 'The text is on the left. On the right is why the answer is due on that day, where it is and who wrote. The buttons are what you may do.',
      keys: [['t', 'take it'], ['a', 'acknowledge'], ['r', 'reply'], ['i', 'note']] },
    { title: 'Replying', text: 'Begin from a template, change it, and see the reply as the complainant will. What you write is kept while you write, also if the computer stops.',
      keys: [['Ctrl Enter', 'send']] },
    { title: 'Secrecy', text: 'Is something sensitive? Mark the document. That somebody reads a sensitive case is logged. Internal notes never go to the complainant.',
      keys: [['m', 'mark as secret']] },
    { title: 'That is all', text: 'All keys are in the list, and the tour is there, too.', keys: [['?', 'all keys']] },
  ],
};

export function tourWords(t: Texts): typeof sv {
  return inLanguageOf(t, { sv, en });
}
