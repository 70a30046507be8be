/* The list of keys, in English. */
import type { keys as texts } from './sv_keys.ts';

export const keys: typeof texts = {
  title: 'Keyboard shortcuts',
  lead: 'They do not work while you write in a field.',
  help: 'Keyboard shortcuts',
  on: 'Shortcuts are on',
  off: 'Shortcuts are off',
  turnOn: 'Switch shortcuts on',
  turnOff: 'Switch shortcuts off',
  inQueue: 'In the queue',
  inCase: 'In a case',
  everywhere: 'Everywhere',
  down: 'Next case',
  up: 'Previous case',
  open: 'Open the case',
  search: 'Search',
  list: 'Show this list',
  send: 'Send what you are writing',
  back: 'Back',
  more: 'Show more',
  taking: 'Take down a complaint',
  pick: 'Choose the case, or not', pickRange: 'Choose all between', pickAll: 'Choose all shown', bulk: 'Do something with the chosen',
};
