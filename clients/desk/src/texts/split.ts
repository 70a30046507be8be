/* A letter about several things, in words that come with the part. */
import { inLanguageOf } from './language.ts';
import type { Texts } from './sv.ts';

const sv = {
  title: 'Dela upp ärendet',
  lead: 'Det här ärendet behåller hela brevet. Varje sak som du lägger till här blir ett eget ärende med eget nummer. Den som skrev får veta det.',
  part: 'Ärende {n}', text: 'Orden som handlar om saken',
  textHint: 'Ta bort det som handlar om annat. Ändra inte orden: de är den klagandes egna.',
  category: 'Ämne', unknown: 'Vet inte', type: 'Typ',
  place: 'Platsen hör till den här saken', files: 'Filer som hör till den här saken',
  more: 'Lägg till en sak till', marked: 'Lägg till det jag har markerat', drop: 'Ta bort ärende {n}', dropped: 'Saken är borttagen.',
  look: 'Visa vart delarna går', looking: 'Hämtar …', looked: 'Nu visas vart varje del går. Läs det, och dela sedan upp.',
  send: 'Dela upp i {n} ärenden',
  goes: 'Går till {board}', stays: 'Stannar hos {board}',
  dates: 'Bekräftelse senast {acknowledge}, svar senast {answer}.', late: 'Dagen för svar har redan passerat.',
  other: 'En annan nämnd är en annan myndighet: att lämna ut delen kräver stöd i lag. Nämnden får bara den här delens ord, och det som du väljer nedan.',
  ground: 'Varför får delen lämnas?', contact: 'Nämnden får se vem som skrev', contactHint: 'Den som skrev får svar i vilket fall som helst.',
  mailed: 'Den som skrev får ett mejl med det nya numret.', notMailed: 'Det finns ingen e-postadress att skriva till. Du får nummer och kod att lämna.',
  made: 'Uppdelat i {n} ärenden', firstStays: '{number} är kvar och har hela brevet.',
  tell: 'Lämna nummer och kod till den som skrev. Koden visas bara nu.', code: 'Kod', ready: 'Klar', openCase: 'Öppna {number}',
  found: 'Ärendet är redan uppdelat', foundLead: 'Svaret kom aldrig fram, men ärendet delades upp. Det delas inte en gång till.',
  foundCode: 'Koderna stod i svaret som inte kom fram och visas inte igen. Den som har e-post har fått dem i ett mejl.',
  changed: 'Ärendet har ändrats sedan du öppnade det. Det du har skrivit är kvar. Läs ärendet och dela upp igen.',
  required: { text: 'Skriv orden som handlar om saken (ärende {n})', ground: 'Välj varför delen får lämnas (ärende {n})' },
  tooLong: 'Texten är för lång: högst 10 000 tecken (ärende {n})',
  refused: { text: 'Texten kan inte tas emot (ärende {n})', category: 'Ämnet finns inte längre (ärende {n})', type: 'Typen finns inte (ärende {n})',
    ground: 'Välj varför delen får lämnas (ärende {n})', board: 'Ärende {n} går någon annanstans nu: titta igen', attachments: 'En fil finns inte (ärende {n})' },
};

const en: typeof sv = {
  title: 'Split the case',
  lead: 'This case keeps the whole letter. Each matter that you add here becomes a case with a number of its own. The complainant is told.',
  part: 'Case {n}', text: 'The words that are about it',
  textHint: 'Take away what is about something else. Do not change the words: they are the complainant\'s own.',
  category: 'Subject', unknown: 'I do not know', type: 'Type',
  place: 'The place belongs to this matter', files: 'Files that belong to this matter',
  more: 'Add another matter', marked: 'Add what I have marked', drop: 'Remove case {n}', dropped: 'The matter is removed.',
  look: 'Show where the parts go', looking: 'Fetching …', looked: 'It is shown where each part goes. Read it, then split.',
  send: 'Split into {n} cases',
  goes: 'Goes to {board}', stays: 'Stays at {board}',
  dates: 'Acknowledgement by {acknowledge}, answer by {answer}.', late: 'The day for the answer has passed already.',
  other: 'Another board is another authority: to disclose the part needs a ground in law. The board gets the words of this part alone, and what you choose below.',
  ground: 'Why may the part be disclosed?', contact: 'The board sees who wrote', contactHint: 'The complainant is answered in any case.',
  mailed: 'The complainant gets a mail with the new number.', notMailed: 'There is no e-mail address to write to. You get a number and a code to pass on.',
  made: 'Split into {n} cases', firstStays: '{number} remains and has the whole letter.',
  tell: 'Pass number and code on to the complainant. The code is shown only now.', code: 'Code', ready: 'Done', openCase: 'Open {number}',
  found: 'The case is split already', foundLead: 'The answer never came, but the case was split. It is not split once more.',
  foundCode: 'The codes were in the answer that did not come and are not shown again. Whoever has an e-mail address got them in a letter.',
  changed: 'The case has changed since you opened it. What you have written is still here. Read the case and split again.',
  required: { text: 'Write the words that are about it (case {n})', ground: 'Choose why the part may be disclosed (case {n})' },
  tooLong: 'The text is too long: 10,000 characters at most (case {n})',
  refused: { text: 'The text cannot be taken (case {n})', category: 'The subject is there no more (case {n})', type: 'There is no such type (case {n})',
    ground: 'Choose why the part may be disclosed (case {n})', board: 'Case {n} goes somewhere else now: look again', attachments: 'A file is not there (case {n})' },
};

export type SplitWords = typeof sv;

export function splitWords(t: Texts): SplitWords {
  return inLanguageOf(t, { sv, en });
}
