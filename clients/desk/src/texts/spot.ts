/* What a text was flagged for, in words, and what one can do about it. They come with their
 * part. */
import { inLanguageOf } from './language.ts';
import type { Texts } from './sv.ts';

interface FlagWords {
  title: string;
  advice: string;
}

const sv = {
  title: 'Att titta närmare på',
  lead: 'Hittat av orden i texten. Inget är ändrat: du avgör.',
  words: 'Ord i texten:',
  near: '{number}, {metres} meter bort',
  here: '{number}, samma plats',
  flags: {
    threat: { title: 'Kan vara ett hot', advice: 'Läs och avgör själv. Stämmer det: välj Markera som hot.' },
    'child-in-need': { title: 'Ett barn kan fara illa', advice: 'Läs det nu. Misstänker du att ett barn far illa ska du genast anmäla det till socialtjänsten. Fråga din chef om du är osäker.' },
    'wrong-recipient': { title: 'Kan höra till någon annan:', advice: 'Stämmer det: svara vart frågan ska och avsluta som Hänvisat till rätt ställe.' },
    spam: { title: 'Kan vara reklam', advice: 'Öppna inga länkar i texten. Stämmer det: avsluta som Inget ärende.' },
    'identity-number': { title: 'Verkar innehålla ett personnummer', advice: 'Skriv inte av det i svar, anteckningar eller uppdrag.' },
    'several-matters': { title: 'Kan handla om flera ämnen:', advice: 'Ska de till olika håll: välj Dela upp ärendet.' },
    duplicate: { title: 'Kan vara samma sak som', advice: 'Läs båda. Stämmer det: välj Slå ihop med annat ärende.' },
  } as Record<string, FlagWords>,
};

const en: typeof sv = {
  title: 'Worth a closer look',
  lead: 'Found by the words of the text. Nothing is changed: you decide.',
  words: 'Words of the text:',
  near: '{number}, {metres} metres away',
  here: '{number}, the same place',
  flags: {
    threat: { title: 'May be a threat', advice: 'Read it and judge for yourself. If it is one: choose Mark as a threat.' },
    'child-in-need': { title: 'A child may be in need', advice: 'Read it now. If you suspect that a child is being harmed, you must report it to the social services at once. Ask your manager if you are unsure.' },
    'wrong-recipient': { title: 'May be somebody else’s matter:', advice: 'If so: reply where it belongs and close it as referred to the right place.' },
    spam: { title: 'May be advertising', advice: 'Open no links in the text. If it is: close it as no case.' },
    'identity-number': { title: 'Seems to hold a personal identity number', advice: 'Do not copy it into replies, notes or work orders.' },
    'several-matters': { title: 'May be about several subjects:', advice: 'If they belong to different people: choose to split the case.' },
    duplicate: { title: 'May be the same as', advice: 'Read both. If so: choose to merge it with the other case.' },
  },
};

export type SpotWords = typeof sv;

export function spotWords(t: Texts): SpotWords {
  return inLanguageOf(t, { sv, en });
}
