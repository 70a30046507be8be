/* Signals, in words that come with their part. */
import { inLanguageOf } from './language.ts';
import type { Texts } from './sv.ts';

const sv = {
  lead: 'Det som ökar mer än slumpen förklarar, kommer tillbaka på samma plats eller växer. Listan görs natten till måndag och gäller nämnder där du är samordnare eller chef.',
  notYou: 'Det här är för nämndens samordnare och chefer.',
  week: 'Listan från {day}.', notYet: 'Den första listan görs inom kort.', none: 'Inget att titta på den här veckan.',
  tested: '{n} kombinationer av ämne och plats prövades. Går allt som vanligt visar högst en vecka av tjugo ett falskt larm.',
  untested: 'Ökningar prövas först när det finns ärenden från ett år tidigare att jämföra med.',
  rise: '{what} ökar: {where}', riseAll: '{what} ökar', repeat: '{what} på samma plats: {where}', repeatAll: '{what} på samma plats', backlog: 'Öppna ärenden växer',
  riseWhy: '{n} ärenden på fyra veckor. Väntat är {before} efter de tolv veckorna innan och {years} efter samma tid tidigare år.',
  chance: 'Så många av en slump: {p}. Gränsen var {limit}.', less: 'mindre än en på en miljard', one: 'en på {n}',
  repeatWhy: '{n} ärenden inom {metres} meter, {from} – {to}',
  backlogWhy: 'Öppna de fem senaste måndagarna: {open}.',
  sensitive: 'Känsliga ärenden visas bara som antal.',
  improve: 'Gör en förbättringsåtgärd', begun: 'Du har redan en påbörjad åtgärd. Spara eller avbryt den först.',
  cases: 'Ärenden', dismiss: 'Avfärda …', why: 'Varför är det inget att göra något åt?', send: 'Avfärda', sending: 'Sparar …',
  empty: 'Skriv varför.', gone: 'Signalen är avfärdad.', already: 'Någon annan har redan avfärdat den.', by: '{by} avfärdade den {at}: {reason}',
};

const en: typeof sv = {
  lead: 'What rises more than chance explains, comes back at one place or grows. The list is made in the night to Monday, for boards where you are coordinator or manager.',
  notYou: 'This is for the board’s coordinators and managers.',
  week: 'The list of {day}.', notYet: 'The first list is made shortly.', none: 'Nothing to look at this week.',
  tested: '{n} combinations of subject and place were tested. When all is as usual at most one week in twenty shows a false alarm.',
  untested: 'Rises are tested once there are cases from a year before to compare with.',
  rise: '{what} rises: {where}', riseAll: '{what} rises', repeat: '{what} at one place: {where}', repeatAll: '{what} at one place', backlog: 'Open cases pile up',
  riseWhy: '{n} cases in four weeks. Expected are {before} by the twelve weeks before and {years} by the same time of earlier years.',
  chance: 'So many by chance: {p}. The limit was {limit}.', less: 'less than one in a billion', one: 'one in {n}',
  repeatWhy: '{n} cases within {metres} metres, {from} – {to}',
  backlogWhy: 'Open on the last five Mondays: {open}.',
  sensitive: 'Sensitive cases are shown as numbers alone.',
  improve: 'Make an improvement action', begun: 'You have begun an action already. Save or cancel it first.',
  cases: 'Cases', dismiss: 'Dismiss …', why: 'Why is there nothing to act on?', send: 'Dismiss', sending: 'Saving …',
  empty: 'Write why.', gone: 'The signal is dismissed.', already: 'Somebody else has dismissed it already.', by: '{by} dismissed it {at}: {reason}',
};

export type SignalWords = typeof sv;

export function signalWords(t: Texts): SignalWords {
  return inLanguageOf(t, { sv, en });
}
