/* The words of one's own account in Swedish: signing in with a code, sessions. */
import { provider } from './sv_provider.ts';

export const account = {
  provider,
  totp: {
    title: 'Tvåstegsinloggning',
    code: 'Kod från telefonen',
    codeHint: 'Sex siffror från appen. Är telefonen borta? Skriv en reservkod.',
    wrongCode: 'Koden stämmer inte eller är redan använd. Vänta tills appen visar en ny kod och försök igen.',
    wrongRecovery: 'Reservkoden stämmer inte eller är redan använd.',
    missing: 'Använd din passkey, eller skriv en reservkod.',
  },
  account: {
    title: 'Konto',
  },
  confirm: {
    title: 'Bekräfta att det är du',
    lead: 'Det här är känsligt. Skriv ditt lösenord, så fortsätter du där du var.',
    button: 'Bekräfta',
    working: 'Bekräftar …',
    faults: 'Du kunde inte bekräftas',
    wrongPassword: 'Lösenordet stämmer inte. Försök igen.',
    needed: 'Du måste skriva ditt lösenord för att göra det här.',
  },
};

export type AccountTexts = typeof account;
