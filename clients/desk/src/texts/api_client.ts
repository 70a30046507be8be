/* The words of other systems' keys, which come with their part. */
import { inLanguageOf } from './language.ts';
import type { Texts } from './sv.ts';

const sv = {
  title: 'Nycklar för andra system',
  lead: 'Andra system som får skicka ärenden hit. Med Open311 gör de som GeoReport v2 säger; adresserna finns i /open311/discovery.json. Med stadens eget API, se /api/v1/openapi.json, skickar de nyckeln som Authorization: Bearer.',
  notYou: 'Nycklar är för administratörer.',
  add: 'Ny nyckel', none: 'Inget system har någon nyckel.', back: 'Till nycklar', gone: 'Återkallade',
  name: 'Vilket system', nameHint: 'Så att andra ser vems nyckeln är.', nameFault: 'Skriv vilket system nyckeln är till, med högst 100 tecken.',
  kind: 'Till', kinds: { production: 'Skarp drift', test: 'Prov: inget sparas' },
  scopes: 'Får', scopeNames: { post: 'Skicka ärenden med Open311', updates: 'Skriva mer i dem, med Open311', cases: 'Skicka ärenden med stadens API och se hur det går för dem' }, scopesFault: 'Välj vad nyckeln får användas till.',
  perHour: 'Högst så många i timmen', perHourFault: 'Skriv ett antal från 1 till 10 000.',
  faults: 'Det här går inte att spara', make: 'Skapa nyckel', making: 'Skapar …', full: 'Det finns redan 50. Återkalla en först.',
  keyOf: 'Nyckel för {name}', keyOnce: 'Den visas bara nu. Den som sköter systemet behöver den; skicka den inte öppet.',
  facts: '{kind}. Högst {n} i timmen. Ärenden hittills: {cases}. Sedan {at}, {who}.', revokedAt: 'Återkallad {at}, {who}.',
  revokeLead: 'Systemet kan inte skicka något mer. Det går inte att ångra; en ny nyckel är en annan.',
  revokeThis: 'Återkalla: {name}', revoke: 'Återkalla nyckeln', revoked: 'Nyckeln är återkallad.',
};

const en: typeof sv = {
  title: 'Keys for other systems',
  lead: 'Other systems that may send cases here. By Open311 they do as GeoReport v2 says; the addresses are in /open311/discovery.json. By the city’s own API, see /api/v1/openapi.json, they send the key as Authorization: Bearer.',
  notYou: 'Keys are for administrators.',
  add: 'New key', none: 'No system has a key.', back: 'To keys', gone: 'Revoked',
  name: 'Which system', nameHint: 'So that others see whose key it is.', nameFault: 'Write which system the key is for, in 100 characters at most.',
  kind: 'For', kinds: { production: 'Production', test: 'Trying: nothing is stored' },
  scopes: 'May', scopeNames: { post: 'Send cases by Open311', updates: 'Write more in them, by Open311', cases: 'Send cases by the city’s API and see how it goes with them' }, scopesFault: 'Choose what the key may be used for.',
  perHour: 'At most so many an hour', perHourFault: 'Write a number from 1 to 10,000.',
  faults: 'This cannot be saved', make: 'Make key', making: 'Making …', full: 'There are 50 already. Revoke one first.',
  keyOf: 'Key of {name}', keyOnce: 'It is shown only now. Whoever looks after the system needs it; do not send it openly.',
  facts: '{kind}. {n} an hour at most. Cases so far: {cases}. Since {at}, {who}.', revokedAt: 'Revoked {at}, {who}.',
  revokeLead: 'The system can send nothing more. It cannot be undone; a new key is another.',
  revokeThis: 'Revoke: {name}', revoke: 'Revoke the key', revoked: 'The key is revoked.',
};

export type ApiClientWords = typeof sv;

export function apiClientWords(t: Texts): ApiClientWords {
  return inLanguageOf(t, { sv, en });
}
