/* How much lies with whom, in English. */
import type { workload as texts } from './sv_workload.ts';

export const workload: typeof texts = {
  title: 'Workload',
  lead: 'Who has how much, at boards where you are coordinator or manager. Open somebody’s cases, choose with x (or A for all), press b and g and give them to a colleague.',
  notYou: 'This is for the board’s coordinators and managers.',
  handlers: 'By handler',
  units: 'By unit',
  open: 'Open',
  today: 'Answer today',
  late: 'Late',
  noUnit: 'No unit',
  at: 'Workload at {board}',
};
