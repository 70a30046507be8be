/* What is typed and not sent, and where it is kept. */
import type { draft as sv } from './sv_draft.ts';

export const draft: typeof sv = {
  none: 'What you write is kept on the server, for you alone, until you send or remove it.',
  soon: 'The draft is being saved …',
  saved: 'The draft was saved at {time}. Only you see it.',
  here: 'The draft is kept in this tab. It could not be saved on the server.',
  drop: 'Remove the draft',
  dropped: 'The draft has been removed.',
  undo: 'Undo',
  other: 'You have written something else on another device or in another tab, {at}:',
  takeOther: 'Take that instead',
  keepMine: 'Keep what stands here',
  later: 'You have text that has not been sent. It will be here next time.',
};
