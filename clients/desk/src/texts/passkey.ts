/* The words of passkeys, which come with their part. */
import { inLanguageOf } from './language.ts';
import type { Texts } from './sv.ts';

const sv = {
  use: 'Använd passkey',
  waiting: 'Väntar på enheten …',
  lost: 'Passkeyn gick inte att använda. Försök igen, eller skriv koden från telefonen.',
  title: 'Passkeys',
  lead: 'Med en passkey bekräftar du inloggningen med finger, ansikte eller enhetens pinkod i stället för en kod. Den ligger i din enhet eller i en säkerhetsnyckel, och fungerar bara här: ingen kan lura av dig den på en annan webbplats.',
  none: 'Du har ingen passkey.',
  name: 'Vad ska den heta?', nameHint: 'Så att du vet vilken enhet det är, till exempel ”Tjänstetelefonen”.',
  missing: 'Skriv vad passkeyn ska heta.',
  add: 'Lägg till en passkey', added: 'Passkeyn är tillagd.',
  remove: 'Ta bort', removeOf: 'Ta bort passkeyn {name}', removed: 'Passkeyn är borttagen.',
  since: 'Tillagd {at}', used: 'använd {at}', unused: 'inte använd än',
  notAdded: 'Passkeyn lades inte till', notRemoved: 'Passkeyn togs inte bort',
  cancelled: 'Enheten gav ingen passkey. Det kan bero på att du avbröt, att det tog för lång tid, eller att enheten redan har en. Försök igen.',
  failed: 'Det gick inte att visa dina passkeys',
  most: 'Du har tio passkeys. Ta bort en för att lägga till en annan.',
};

export type PasskeyWords = typeof sv;

const en: PasskeyWords = {
  use: 'Use a passkey',
  waiting: 'Waiting for the device …',
  lost: 'The passkey could not be used. Try again, or type the code from the telephone.',
  title: 'Passkeys',
  lead: 'With a passkey you confirm that it is you by finger, face or the PIN of the device in the place of a code. It is kept in your device or in a security key, and works here only: nobody can trick you out of it on another website.',
  none: 'You have no passkey.',
  name: 'What shall it be called?', nameHint: 'So that you know which device it is, for example “Work telephone”.',
  missing: 'Write what the passkey shall be called.',
  add: 'Add a passkey', added: 'The passkey is added.',
  remove: 'Remove', removeOf: 'Remove the passkey {name}', removed: 'The passkey is removed.',
  since: 'Added {at}', used: 'used {at}', unused: 'not used yet',
  notAdded: 'The passkey was not added', notRemoved: 'The passkey was not removed',
  cancelled: 'The device gave no passkey. Perhaps you left, it took too long, or the device has one already. Try again.',
  failed: 'Your passkeys could not be shown',
  most: 'You have ten passkeys. Remove one to add another.',
};

export function passkeyWords(t: Texts): PasskeyWords {
  return inLanguageOf(t, { sv, en });
}
