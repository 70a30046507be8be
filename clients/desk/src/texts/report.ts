/* The words of reports, which come with their part. */
import { inLanguageOf } from './language.ts';
import type { Texts } from './sv.ts';

const sv = {
  title: 'Rapporter',
  lead: 'Tertialrapporter och verksamhetsberättelse. Siffror och förslag till text räknas fram ur det som är registrerat; du skriver om det som behövs.',
  notYou: 'Rapporterna är för den som ser en nämnds siffror.',
  back: 'Alla rapporter', board: 'Nämnd', none: 'Det finns inga rapporter.',
  complete: 'Alla månader är fastställda', through: 'Siffror till och med {month}', noMonth: 'Ingen månad är slut än',
  savedBy: 'Version {n} sparades {at} av {by}.', noVersion: 'Ingenting är sparat än. Texterna är systemets.',
  begun: 'Det finns text här som inte är sparad.',
  files: 'Filer', page: 'Som sida', word: 'Word', open: 'OpenDocument', pdf: 'PDF', ils: 'Till ILS', filesHint: 'Filerna har det som är sparat.',
  version: 'Version', latest: 'Version {n}, {at}, {by} (senaste)', versionBy: 'Version {n}, {at}, {by}',
  earlier: 'Du läser version {n}. Den går inte att ändra.', toLatest: 'Till den senaste',
  readOnly: 'Du kan läsa rapporten men inte ändra den. Det gör nämndens sekreterare, samordnare och chefer.',
  textOf: 'Text: {title}', empty: '(ingen text)', unsaved: 'Inte sparat.',
  again: 'Använd systemets text igen', againOf: 'Använd systemets text igen: {title}',
  outdated: 'Siffrorna har ändrats sedan texten skrevs.', suggestion: 'Så föreslår systemet nu:', takeSuggestion: 'Använd förslaget',
  others: 'Texten har ändrats sedan du började skriva. Så här står det nu:', takeTheirs: 'Använd den i stället', keepMine: 'Behåll min',
  othersIn: 'Sparar du nu ersätts det som någon annan har skrivit i:',
  save: 'Spara som ny version', saving: 'Sparar …', saved: '✓ Sparat som version {n}.', nothing: 'Det finns inget att spara.', noChange: 'Inget är ändrat.',
  oneChange: 'Ett avsnitt är ändrat och inte sparat.', changes: '{n} avsnitt är ändrade och inte sparade.',
  conflict: '{by} har sparat version {n} medan du skrev. Det du har skrivit finns kvar. Titta på det som är ändrat och spara igen.',
  full: 'Rapporten har så många versioner som den kan ha.',
  refused: '{title}: högst 10 000 tecken, utan styrtecken.',
};

const en: typeof sv = {
  title: 'Reports',
  lead: 'Tertial and annual reports. Figures and suggested texts are made of what is registered; you write over what needs it. Reports are in Swedish.',
  notYou: 'Reports are for those who see a board’s figures.',
  back: 'All reports', board: 'Board', none: 'There are no reports.',
  complete: 'All months are frozen', through: 'Figures up to {month}', noMonth: 'No month is over yet',
  savedBy: 'Version {n} was saved {at} by {by}.', noVersion: 'Nothing is saved yet. The texts are the system’s.',
  begun: 'There is text here that is not saved.',
  files: 'Files', page: 'As a page', word: 'Word', open: 'OpenDocument', pdf: 'PDF', ils: 'To ILS', filesHint: 'The files have what is saved.',
  version: 'Version', latest: 'Version {n}, {at}, {by} (latest)', versionBy: 'Version {n}, {at}, {by}',
  earlier: 'You read version {n}. It cannot be changed.', toLatest: 'To the latest',
  readOnly: 'You can read the report but not change it. The board’s secretary, coordinators and managers do.',
  textOf: 'Text: {title}', empty: '(no text)', unsaved: 'Not saved.',
  again: 'Use the system’s text again', againOf: 'Use the system’s text again: {title}',
  outdated: 'The figures have changed since the text was written.', suggestion: 'The system suggests now:', takeSuggestion: 'Use the suggestion',
  others: 'The text has changed since you began to write. It says now:', takeTheirs: 'Use that instead', keepMine: 'Keep mine',
  othersIn: 'Saving now writes over what somebody else has written in:',
  save: 'Save as a new version', saving: 'Saving …', saved: '✓ Saved as version {n}.', nothing: 'There is nothing to save.', noChange: 'Nothing is changed.',
  oneChange: 'One section is changed and not saved.', changes: '{n} sections are changed and not saved.',
  conflict: '{by} has saved version {n} while you wrote. What you have written is still here. Look at what has changed and save again.',
  full: 'The report has as many versions as it may have.',
  refused: '{title}: at most 10,000 characters, without control characters.',
};

export type ReportWords = typeof sv;

export function reportWords(t: Texts): ReportWords {
  return inLanguageOf(t, { sv, en });
}
