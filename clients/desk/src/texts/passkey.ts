/* The words of passkeys, which come with their part. */
import { inLanguageOf } from './language.ts';
import type { Texts } from './sv.ts';

const sv = {
  use: 'Använd passkey',
  waiting: 'Väntar på enheten …',
  lost: 'Passkeyn gick inte att använda. Försök igen, eller skriv koden från telefonen.',
  lostAlone: 'Passkeyn gick inte att använda. Försök igen, eller skriv en reservkod.',
  step: 'Lösenordet stämmer. Bekräfta med din passkey att det är du.',
  notHere: 'Lösenordet stämmer. Här kan din passkey inte användas. Skriv en reservkod.',
  recovery: 'Reservkod', recoveryHint: 'Bara om du inte kan använda din passkey.',
  ways: {
    title: 'Hur vill du bekräfta att det är du?',
    lead: 'Välj det som passar dig. Du kan lägga till det andra senare.',
    passkey: 'Nyckel (passkey) på telefonen, datorn eller en säkerhetsnyckel',
    passkeyLead: 'Du bekräftar med finger, ansikte eller enhetens pinkod. Ingen kan lura av dig nyckeln på en annan webbplats.',
    passkeyStart: 'Välj nyckel',
    codes: 'Koder från en app',
    codesLead: 'En app i telefonen visar sex siffror som du skriver när du loggar in.',
    codesStart: 'Välj koder',
  },
  title: 'Passkeys',
  lead: 'Med en passkey bekräftar du inloggningen med finger, ansikte eller enhetens pinkod när du har skrivit lösenordet. Den ligger i din enhet eller i en säkerhetsnyckel, och fungerar bara här: ingen kan lura av dig den på en annan webbplats.',
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
  lostAlone: 'The passkey could not be used. Try again, or write a recovery code.',
  step: 'The password is right. Confirm with your passkey that it is you.',
  notHere: 'The password is right. Your passkey cannot be used here. Write a recovery code.',
  recovery: 'Recovery code', recoveryHint: 'Only if you cannot use your passkey.',
  ways: {
    title: 'How do you want to confirm that it is you?',
    lead: 'Choose what suits you. You can add the other later.',
    passkey: 'Passkey on your telephone, your computer or a security key',
    passkeyLead: 'You confirm by finger, face or the PIN of the device. Nobody can trick you out of it on another website.',
    passkeyStart: 'Choose a passkey',
    codes: 'Codes from an app',
    codesLead: 'An app on your telephone shows six digits that you write when you sign in.',
    codesStart: 'Choose codes',
  },
  title: 'Passkeys',
  lead: 'With a passkey you confirm that it is you by finger, face or the PIN of the device once you have written the password. It is kept in your device or in a security key, and works here only: nobody can trick you out of it on another website.',
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
