/* Following up and what is late, in words that come with their parts. */
import { inLanguageOf } from './language.ts';
import type { Texts } from './sv.ts';

const sv = {
  title: 'Bevakning',
  none: 'Ingen bevakning. Sätt en dag då ärendet ska tittas på igen.',
  on: 'Titta på ärendet igen', text: 'Vad ska göras?', add: 'Bevaka', adding: 'Sparar …',
  set: '{by} satte den {at}', done: 'Klar', doneThis: 'Klar: {day}', added: 'Bevakningen är satt.', ended: 'Bevakningen är klar.',
  wrongDay: 'Välj en dag som kommer, inom två år.', full: 'Ärendet har redan 20 bevakningar. Avsluta en först.',
  mentions: 'Du är nämnd: {n}', today: 'I dag', followUps: 'Att följa upp: {n}', escalated: 'Så sena att du ska veta det: {n}',
  late: '{n} arbetsdagar för sent', lateOne: 'en arbetsdag för sent', nobody: 'ingen handläggare', more: 'och {n} till',
  signals: '{n} signaler att titta på', signal: 'En signal att titta på',
  stuckOrders: '{n} uppdrag har fastnat', stuckOrder: 'Ett uppdrag har fastnat',
  failingWebhooks: '{n} webhookar når inte fram', failingWebhook: 'En webhook når inte fram',
};

const en: typeof sv = {
  title: 'Follow up',
  none: 'Nothing to follow up. Set a day on which to look at the case again.',
  on: 'Look at the case again', text: 'What is to be done?', add: 'Follow up', adding: 'Saving …',
  set: '{by} set it {at}', done: 'Done', doneThis: 'Done: {day}', added: 'The follow-up is set.', ended: 'The follow-up is done.',
  wrongDay: 'Choose a day to come, within two years.', full: 'The case has 20 follow-ups already. End one first.',
  mentions: 'You are mentioned: {n}', today: 'Today', followUps: 'To follow up: {n}', escalated: 'Late enough for you to know: {n}',
  late: '{n} working days late', lateOne: 'one working day late', nobody: 'no handler', more: 'and {n} more',
  signals: '{n} signals to look at', signal: 'One signal to look at',
  stuckOrders: '{n} work orders are stuck', stuckOrder: 'A work order is stuck',
  failingWebhooks: '{n} webhooks do not get through', failingWebhook: 'A webhook does not get through',
};

export type FollowUpWords = typeof sv;

export function followUpWords(t: Texts): FollowUpWords {
  return inLanguageOf(t, { sv, en });
}
