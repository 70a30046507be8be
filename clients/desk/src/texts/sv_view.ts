/* Saved filters of the queue, in Swedish. */

export const view = {
  title: 'Sparade urval',
  manage: 'Hantera sparade urval',
  save: 'Spara urvalet',
  digit: 'Siffra för sparat urval',
  name: 'Namn',
  whose: 'Vem ska ha det?',
  mine: 'Bara jag',
  all: 'Alla hos {board}',
  shared: 'delat, {board}',
  saved: 'Urvalet {name} är sparat.',
  removed: 'Urvalet {name} är borttaget.',
  replace: 'Ersätt med urvalet nu',
  remove: 'Ta bort',
  none: 'Inga urval är sparade. Välj ut något i kön först, så kan du spara det här.',
  noWords: 'Sökorden sparas inte: de kan nämna någon',
  full: 'Det finns redan så många sparade urval som det får finnas: 20 egna och 30 delade. Ta bort ett först.',
  go: 'Sparat urval',
};
