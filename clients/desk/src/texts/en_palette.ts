/* The command palette, and sorting fast, in English. */
import type { palette as paletteTexts, sort as sortTexts } from './sv_palette.ts';

export const palette: typeof paletteTexts = {
  title: 'Find a command',
  button: 'Commands',
  hint: 'Type a case number or some letters. Arrows choose, Enter does it.',
  found: '{n} found',
  none: 'Nothing fits. Type something else.',
  open: 'Open case {number}',
  case: 'Case',
  chosen: 'Chosen cases',
  filter: 'Filter of the queue',
  page: 'Page',
};

export const sort: typeof sortTexts = {
  late: '{number}: what you did was not carried out. {why}',
  title: 'Sorting fast',
  start: 'Sort fast',
  leave: 'Stop sorting',
  end: 'That was the last case of this selection.',
  category: 'Subject: {category}',
  categories: 'Subjects with a digit',
  acknowledged: 'Acknowledged',
  other: 'Another subject',
  take: 'Take it, and next',
  give: 'Give to, and next',
  skip: 'Skip',
  assigned: '{number} has the handler: {who}.',
  anew: 'Choose the digits anew by the queue',
  suggested: 'Suggested by what the text says',
  rest: 'The other keys do as in any case, for instance o to pass on and r to reply. Ctrl K has it all.',
  typing: 'Type some letters. Those you chose last come first.',
};
