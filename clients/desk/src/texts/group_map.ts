/* The words of groups and their roles, which come with their part. */
import { inLanguageOf } from './language.ts';
import type { Texts } from './sv.ts';

const sv = {
  title: 'Grupper och roller',
  lead: 'Den som loggar in med stadens inloggningstjänst får sina roller av de grupper som hen är med i där.',
  notYou: 'Grupper och roller är för administratörer.',
  back: 'Till grupper och roller',
  providers: 'Inloggningstjänster', asking: 'Frågar inloggningstjänsterna …',
  noProviders: 'Ingen inloggningstjänst är inställd på servern. Alla loggar in med lösenord.',
  works: 'Svarar: det går att logga in.', fails: 'Svarar inte som den ska: det går inte att logga in.',
  why: { document: 'Uppgifterna: {why}.', keys: 'Nycklarna: {why}.' } as Record<string, string>,
  whys: { connect: 'servern går inte att nå', timeout: 'svaret kom inte i tid', tls: 'certifikatet går inte att lita på',
    refused: 'adressen får inte användas härifrån', large: 'svaret är för stort', json: 'svaret går inte att läsa',
    broken: 'svaret bröts av' } as Record<string, string>,
  whyCode: 'svaret var felkoden {why}', document: 'Uppgifter hämtade {at}', keys: 'nycklar: {n}, hämtade {at}', never: 'Uppgifter har aldrig hämtats',
  noFactor: 'Det är inte inställt hur tjänsten berättar om tvåstegsinloggning. Roller som kräver den går inte att använda.',
  always: 'Lösenord går också att logga in med.', emergency: 'Lösenord är bara för nödlägen, på /desk/lokal.',
  elsewhere: 'Inloggningstjänster ställs in på servern.',
  groups: 'Grupper', none: 'Ingen grupp ger någon roll.', add: 'Låt en grupp ge en roll',
  gives: '{group} ger {role}', over: 'Gäller inte längre', history: 'Historik',
  noHolders: 'Ingen har rollen så i dag.',
  holders: { one: '1 person har rollen så i dag.', many: '{n} personer har rollen så i dag.' },
  lose: { one: '1 person förlorar rollen genast.', many: '{n} personer förlorar rollen genast.' }, nobodyLoses: 'Ingen förlorar rollen.',
  keep: { one: '1 person behåller den på annat sätt.', many: '{n} personer behåller den på annat sätt.' },
  again: 'Den som är med i en annan grupp med samma roll får den vid sin nästa inloggning.',
  get: { one: '1 person får rollen genast, och andra i gruppen vid sin nästa inloggning.', many: '{n} personer får rollen genast, och andra i gruppen vid sin nästa inloggning.' },
  nobodyYet: 'De som är med i gruppen får rollen vid sin nästa inloggning.',
  asToday: 'Ingen får eller förlorar rollen i dag.',
  before: 'De som är med i gruppen får rollen vid sin nästa inloggning. Hur många de är vet bara inloggningstjänsten.',
  beforeLater: 'De som är med i gruppen får rollen från och med den dagen. Hur många de är vet bara inloggningstjänsten.',
  save: 'Spara', added: 'Gruppen ger nu rollen.', changed: 'Dagarna är ändrade.', ended: 'Gruppen ger inte rollen längre.',
  days: 'Ändra dagar', daysThis: 'Ändra dagar: {what}', end: 'Avsluta', endThis: 'Avsluta: {what}', endNow: 'Avsluta nu',
  done: { added: 'Lades till', changed: 'Dagarna ändrades:', ended: 'Avslutades' } as Record<string, string>,
};

export type GroupWords = typeof sv;

const en: GroupWords = {
  title: 'Groups and roles',
  lead: 'Whoever signs in with the city’s provider has their roles of the groups that they are in there.',
  notYou: 'Groups and roles are for administrators.',
  back: 'To groups and roles',
  providers: 'Providers', asking: 'Asking the providers …',
  noProviders: 'No provider is set at the server. Everybody signs in with a password.',
  works: 'Answers: one can sign in.', fails: 'Does not answer as it should: one cannot sign in.',
  why: { document: 'Its document: {why}.', keys: 'Its keys: {why}.' },
  whys: { connect: 'the server cannot be reached', timeout: 'the answer did not come in time', tls: 'the certificate cannot be trusted',
    refused: 'the address may not be used from here', large: 'the answer is too large', json: 'the answer cannot be read',
    broken: 'the answer broke off' },
  whyCode: 'the answer was the fault {why}', document: 'Fetched {at}', keys: 'keys: {n}, fetched {at}', never: 'Never fetched yet',
  noFactor: 'It is not set how the provider tells of two-step sign-in. Roles that require it cannot be used.',
  always: 'One can sign in with a password, too.', emergency: 'Passwords are for emergencies only, at /desk/lokal.',
  elsewhere: 'Providers are set at the server.',
  groups: 'Groups', none: 'No group stands for a role.', add: 'Let a group give a role',
  gives: '{group} gives {role}', over: 'No longer valid', history: 'History',
  noHolders: 'Nobody has the role so today.',
  holders: { one: '1 person has the role so today.', many: '{n} people have the role so today.' },
  lose: { one: '1 person loses the role at once.', many: '{n} people lose the role at once.' }, nobodyLoses: 'Nobody loses the role.',
  keep: { one: '1 person keeps it in another way.', many: '{n} people keep it in another way.' },
  again: 'Whoever is in another group with the same role gets it at their next sign-in.',
  get: { one: '1 person gets the role at once, and others in the group at their next sign-in.', many: '{n} people get the role at once, and others in the group at their next sign-in.' },
  nobodyYet: 'Those in the group get the role at their next sign-in.',
  asToday: 'Nobody gets or loses the role today.',
  before: 'Those in the group get the role at their next sign-in. How many they are only the provider knows.',
  beforeLater: 'Those in the group get the role from that day on. How many they are only the provider knows.',
  save: 'Save', added: 'The group gives the role now.', changed: 'The days are changed.', ended: 'The group no longer gives the role.',
  days: 'Change days', daysThis: 'Change days: {what}', end: 'End', endThis: 'End: {what}', endNow: 'End now',
  done: { added: 'Added', changed: 'Days changed:', ended: 'Ended' } as Record<string, string>,
};

export function groupWords(t: Texts): GroupWords {
  return inLanguageOf(t, { sv, en });
}
