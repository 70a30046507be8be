/* The words of reorganisations, which come with their part. */
import { inLanguageOf } from './language.ts';
import type { Texts } from './sv.ts';

const sv = {
  title: 'Omorganisation',
  lead: 'Nämnder och enheter som upphör, och vilka som tar över deras öppna ärenden. Planen läses in med verktyget synpunktctl. Här provar du vad den gör, och genomför den när dagen har kommit.',
  notYou: 'Omorganisationer är för administratörer.',
  none: 'Ingen omorganisation är planerad.', back: 'Till omorganisationer',
  from: 'Gäller från {day}', decision: 'Beslut', made: 'Inläst', begun: 'Påbörjad', done: 'Klar', tool: 'med verktyget',
  by: '{at}, {who}',
  states: { planned: 'Planerad', carrying: '▲ Genomförs', done: '✓ Genomförd' } as Record<string, string>,
  carried: 'Ärenden som har följt med: {n}', left: 'Kvar att föra över: {n}', again: 'Se hur långt den har kommit',
  rehearsal: 'Om den genomfördes nu', faults: 'Planen går inte att genomföra', warnings: 'Att tänka på',
  total: 'Öppna ärenden som följer med: {n}', noCases: 'Inga öppna ärenden berörs.',
  fine: { overdue: 'Sena: {n}', unassigned: 'Blir utan handläggare: {n}', keep: 'Behåller sin handläggare: {n}' },
  statuses: { received: 'Inkomna: {n}', assigned: 'Tilldelade: {n}', waiting: 'Väntar: {n}', 'awaiting-approval': 'Väntar på godkännande: {n}', answered: 'Besvarade: {n}' } as Record<string, string>,
  moves: 'Vart ärendena går', cases: '{n} ärenden', case: '1 ärende',
  handlers: 'Handläggare utan roll dit ärendena går', handler: '{name} ({username}), till {to}: {n}',
  allKept: 'Alla handläggare har en roll dit deras ärenden går.',
  begunWork: 'Påbörjat arbete', drafts: 'Utkast: {n}', mentions: 'Omnämnanden som väntar: {n}', followUps: 'Bevakningar: {n}', workOrders: 'Uppdrag hos utförare: {n}',
  roles: 'Roller som inte förs vidare', rolesLead: '{loses} av {n} roller. Den som ska ha en roll hos efterträdaren måste stå i planen eller få den för hand.',
  noRoles: 'Alla roller förs vidare.', role: '{name} ({username}): {role}, {place}', more: 'Och {n} till.',
  named: 'Annat som nämner det som upphör', namedLead: 'Det här ändras inte av sig självt, utom brevlådor och enheter, som flyttas.', noNamed: 'Inget annat nämner det som upphör.',
  kinds: { mailboxes: 'Brevlådor', rules: 'Fördelningsregler', categories: 'Kategorier som nämnden äger', units: 'Enheter', deadlines: 'Svarstider', approvals: 'Godkännanden', escalations: 'Upptrappning', templates: 'Svarsmallar', views: 'Nämndens sparade urval', 'own-views': 'Egna sparade urval', contractors: 'Utförare', 'contractor-shares': 'Vad utförare har hand om', 'disposal-rules': 'Gallringsregler', 'disposal-holds': 'Stopp för gallring', goals: 'Mål', 'report-targets': 'Årsmål i rapporterna', improvements: 'Förbättringsåtgärder', webhooks: 'Webhookar', subscriptions: 'Prenumerationer på statistik', groups: 'Grupper som ger roller', disclosures: 'Utlämnanden som pågår' } as Record<string, string>,
  start: 'Genomför …', startLead: 'Varje öppet ärende får en ny nämnd eller enhet, med samma svarsdag. Den som har skrivit får inget brev, men ser det på ärendets sida. Det går inte att ångra.',
  startNow: 'Genomför omorganisationen', starting: 'Genomför …', started: 'Omorganisationen genomförs. Ärendena följer med inom några minuter.',
  early: 'Den kan genomföras först den dag då den börjar gälla.', blocked: 'Rätta planen med verktyget innan den genomförs.',
};

const en: typeof sv = {
  title: 'Reorganisation',
  lead: 'Boards and units that end, and who takes over their open cases. A plan is put with the tool synpunktctl. Here you see what it would do, and carry it out when its day has come.',
  notYou: 'Reorganisations are for administrators.',
  none: 'No reorganisation is planned.', back: 'To reorganisations',
  from: 'From {day}', decision: 'Decision', made: 'Put', begun: 'Begun', done: 'Done', tool: 'with the tool',
  by: '{at}, {who}',
  states: { planned: 'Planned', carrying: '▲ Being carried out', done: '✓ Carried out' },
  carried: 'Cases that have gone along: {n}', left: 'Still to be carried over: {n}', again: 'See how far it has come',
  rehearsal: 'If it were carried out now', faults: 'The plan cannot be carried out', warnings: 'To think of',
  total: 'Open cases that go along: {n}', noCases: 'No open cases are concerned.',
  fine: { overdue: 'Late: {n}', unassigned: 'Lose their handler: {n}', keep: 'Keep their handler: {n}' },
  statuses: { received: 'Received: {n}', assigned: 'Assigned: {n}', waiting: 'Waiting: {n}', 'awaiting-approval': 'Awaiting approval: {n}', answered: 'Answered: {n}' },
  moves: 'Where the cases go', cases: '{n} cases', case: '1 case',
  handlers: 'Handlers without a role where the cases go', handler: '{name} ({username}), to {to}: {n}',
  allKept: 'All handlers have a role where their cases go.',
  begunWork: 'Work that has begun', drafts: 'Drafts: {n}', mentions: 'Mentions that wait: {n}', followUps: 'Follow-ups: {n}', workOrders: 'Work orders at contractors: {n}',
  roles: 'Roles that are not given on', rolesLead: '{loses} of {n} roles. Who shall have a role at the successor must stand in the plan or get it by hand.',
  noRoles: 'All roles are given on.', role: '{name} ({username}): {role}, {place}', more: 'And {n} more.',
  named: 'What else names what ends', namedLead: 'This does not change by itself, but mailboxes and units, which move.', noNamed: 'Nothing else names what ends.',
  kinds: { mailboxes: 'Mailboxes', rules: 'Routing rules', categories: 'Categories that the board owns', units: 'Units', deadlines: 'Deadlines', approvals: 'Approvals', escalations: 'Escalation', templates: 'Reply templates', views: 'The board’s saved filters', 'own-views': 'People’s own saved filters', contractors: 'Contractors', 'contractor-shares': 'What contractors do', 'disposal-rules': 'Disposal rules', 'disposal-holds': 'Holds on disposal', goals: 'Goals', 'report-targets': 'Annual targets in reports', improvements: 'Improvement actions', webhooks: 'Webhooks', subscriptions: 'Subscriptions to figures', groups: 'Groups that give roles', disclosures: 'Disclosures under way' },
  start: 'Carry out …', startLead: 'Each open case gets a new board or unit, with the same day for its answer. Whoever wrote gets no letter but sees it on the page of the case. It cannot be undone.',
  startNow: 'Carry out the reorganisation', starting: 'Carrying out …', started: 'The reorganisation is being carried out. The cases go along within minutes.',
  early: 'It can be carried out from its first day on.', blocked: 'Put the plan right with the tool before it is carried out.',
};

export type ReorganisationWords = typeof sv;

export function reorganisationWords(t: Texts): ReorganisationWords {
  return inLanguageOf(t, { sv, en });
}
