/* Saved filters of the queue, in English. */
import type { view as texts } from './sv_view.ts';

export const view: typeof texts = {
  title: 'Saved filters',
  manage: 'Manage saved filters',
  save: 'Save the filter',
  digit: 'Digit of a saved filter',
  name: 'Name',
  whose: 'Who should have it?',
  mine: 'Only me',
  all: 'All at {board}',
  shared: 'shared, {board}',
  saved: 'The filter {name} is saved.',
  removed: 'The filter {name} is removed.',
  replace: 'Replace with the filter now',
  remove: 'Remove',
  none: 'No filters are saved. Choose something in the queue first, then you can save it here.',
  noWords: 'Words that were sought are not saved: they may name somebody',
  full: 'There are as many saved filters as there may be: 20 of your own and 30 shared. Remove one first.',
  go: 'Saved filter',
};
