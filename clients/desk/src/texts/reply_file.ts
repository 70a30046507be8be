/* Files that go with a reply, in words that come with their parts. */
import { inLanguageOf } from './language.ts';
import type { Texts } from './sv.ts';

const sv = {
  label: 'Bifoga filer', list: 'Valda filer', sent: 'Filer till svaret',
  hint: 'Högst 10 filer, 20 MB var och 50 MB tillsammans: JPEG, PNG, WebP, HEIC, PDF, text, DOCX eller ODT. '
    + 'Är de större än 7 MB tillsammans följer de inte med mejlet, utan finns på ärendets sida.',
  notKept: 'Filerna sparas inte i utkastet. Välj dem igen om sidan stängs innan du har skickat.',
  remove: 'Ta bort', removeThis: 'Ta bort {name}', added: '{name} är vald.', removed: '{name} är borttagen.',
  count: 'Högst 10 filer. {name} togs inte med.',
  size: '{name} är större än 20 MB och togs inte med.',
  total: 'Filerna får vara 50 MB tillsammans. {name} togs inte med.',
  empty: '{name} är tom och togs inte med.',
  refused: '{name} är av en sort som inte tas emot, eller kan inte läsas. Ta bort den eller välj en annan fil.',
  oneOf: 'En av filerna',
  infected: 'Viruskontrollen hittade skadlig kod i {name}. Inget är skickat. Ta bort filen och välj en annan.',
  uncheckable: '{name} är för stor för viruskontrollen. Inget är skickat. Ta bort filen, eller gör den mindre och välj den igen.',
  unchecked: 'Filerna kunde inte kontrolleras mot virus just nu. Inget är skickat. Försök igen om en stund, eller ta bort filerna och skicka bara texten.',
  tooLarge: 'Filerna är för stora. Högst 20 MB var och 50 MB tillsammans.',
  inLetter: 'Följer med mejlet', apart: 'Filerna följer inte med mejlet. De finns på ärendets sida.',
};

const en: typeof sv = {
  label: 'Attach files', list: 'Chosen files', sent: 'Files of the answer',
  hint: '10 files at most, 20 MB each and 50 MB together: JPEG, PNG, WebP, HEIC, PDF, text, DOCX or ODT. '
    + 'Larger than 7 MB together they do not go with the letter, but are on the page of the case.',
  notKept: 'Files are not kept in the draft. Choose them again if the page is closed before you have sent.',
  remove: 'Remove', removeThis: 'Remove {name}', added: '{name} is chosen.', removed: '{name} is removed.',
  count: '10 files at most. {name} was left out.',
  size: '{name} is larger than 20 MB and was left out.',
  total: 'The files may be 50 MB together. {name} was left out.',
  empty: '{name} is empty and was left out.',
  refused: '{name} is of a type that is not taken, or cannot be read. Remove it or choose another file.',
  oneOf: 'One of the files',
  infected: 'The virus check found harmful code in {name}. Nothing was sent. Remove the file and choose another.',
  uncheckable: '{name} is too large for the virus check. Nothing was sent. Remove the file, or make it smaller and choose it again.',
  unchecked: 'The files could not be checked for viruses just now. Nothing was sent. Try again in a while, or remove the files and send the text alone.',
  tooLarge: 'The files are too large. 20 MB each and 50 MB together at most.',
  inLetter: 'Goes with the letter', apart: 'The files do not go with the letter. They are on the page of the case.',
};

export function replyFileWords(t: Texts): typeof sv {
  return inLanguageOf(t, { sv, en });
}
