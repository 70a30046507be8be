/* Who else has a case open. */
import type { presence as sv } from './sv_presence.ts';

export const presence: typeof sv = {
  open: '{name} has the case open',
  writing: '{name} is doing something with the case',
  writes: {
    reply: '{name} is writing a reply',
    'interim-reply': '{name} is writing an interim reply',
    ask: '{name} is writing a question',
    note: '{name} is writing a note',
    acknowledge: '{name} is writing an acknowledgement',
    'notify-delay': '{name} is writing a delay notice',
  },
};
