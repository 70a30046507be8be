/* The words of other systems' keys, which come with their part. */
import { inLanguageOf } from './language.ts';
import type { Texts } from './sv.ts';

const sv = {
  title: 'Nycklar för Open311',
  lead: 'Andra system som får skicka ärenden hit. Hur de gör står i Open311 GeoReport v2; adresserna finns i /open311/discovery.json.',
  notYou: 'Nycklar är för administratörer.',
  add: 'Ny nyckel', none: 'Inget system har någon nyckel.', back: 'Till nycklar', gone: 'Återkallade',
  name: 'Vilket system', nameHint: 'Så att andra ser vems nyckeln är.', nameFault: 'Skriv vilket system nyckeln är till, med högst 100 tecken.',
  kind: 'Till', kinds: { production: 'Skarp drift', test: 'Prov: inget sparas' },
  scopes: 'Får', scopeNames: { post: 'Skicka ärenden', updates: 'Skriva mer i ärenden som det har skickat' }, scopesFault: 'Välj vad nyckeln får användas till.',
  perHour: 'Högst så många i timmen', perHourFault: 'Skriv ett antal från 1 till 10 000.',
  faults: 'Det här går inte att spara', make: 'Skapa nyckel', making: 'Skapar …', full: 'Det finns redan 50. Återkalla en först.',
  keyOf: 'Nyckel för {name}', keyOnce: 'Den visas bara nu. Den som sköter systemet behöver den; skicka den inte öppet.',
  facts: '{kind}. Högst {n} i timmen. Ärenden hittills: {cases}. Sedan {at}, {who}.', revokedAt: 'Återkallad {at}, {who}.',
  revokeLead: 'Systemet kan inte skicka något mer. Det går inte att ångra; en ny nyckel är en annan.',
  revokeThis: 'Återkalla: {name}', revoke: 'Återkalla nyckeln', revoked: 'Nyckeln är återkallad.',
};

const en: typeof sv = {
  title: 'Keys for Open311',
  lead: 'Other systems that may send cases here. How they do stands in Open311 GeoReport v2; the addresses are in /open311/discovery.json.',
  notYou: 'Keys are for administrators.',
  add: 'New key', none: 'No system has a key.', back: 'To keys', gone: 'Revoked',
  name: 'Which system', nameHint: 'So that others see whose key it is.', nameFault: 'Write which system the key is for, in 100 characters at most.',
  kind: 'For', kinds: { production: 'Production', test: 'Trying: nothing is stored' },
  scopes: 'May', scopeNames: { post: 'Send cases', updates: 'Write more in cases that it has sent' }, scopesFault: 'Choose what the key may be used for.',
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
