/* How much lies with whom, in Swedish. */

export const workload = {
  title: 'Belastning',
  lead: 'Vem som har hur mycket, hos nämnder där du är samordnare eller chef. Öppna någons ärenden, välj med x (eller A för alla), tryck b och g och ge dem till en kollega.',
  notYou: 'Det här är för nämndens samordnare och chefer.',
  handlers: 'Per handläggare',
  units: 'Per verksamhet',
  open: 'Öppna',
  today: 'Svar i dag',
  late: 'Försenade',
  noUnit: 'Ingen verksamhet',
  at: 'Belastning hos {board}',
};
