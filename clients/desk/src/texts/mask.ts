/* The words of masking, which come with it. */
import { inLanguageOf } from './language.ts';
import type { Texts } from './sv.ts';

const sv = {
  title: 'Maska {name}',
  how: 'Täck ansikten, skyltar och namn. Dra en ruta över bilden, eller lägg till ett område och flytta det. Originalet sparas som det är; den maskade bilden är en egen kopia som används när bilden visas för allmänheten eller skickas till en annan nämnd.',
  again: 'Den här kopian skickades hit redan maskad. Det som är täckt kan inte visas igen här.',
  keys: 'Tangenter på ett område: pilarna flyttar, Skift och pilarna ändrar storlek, Delete tar bort. A lägger till, Ctrl Z ångrar.',
  tools: 'Valt område', add: 'Lägg till område', remove: 'Ta bort', undo: 'Ångra', larger: 'Förstora bilden', smaller: 'Förminska bilden',
  left: 'Flytta åt vänster', right: 'Flytta åt höger', up: 'Flytta uppåt', down: 'Flytta nedåt',
  wider: 'Bredare', narrower: 'Smalare', taller: 'Högre', lower: 'Lägre',
  list: 'Områden som täcks', none: 'Inget område än.', full: 'Fler än {n} områden går inte att täcka.',
  area: 'Område {n}', place: '{width} × {height} bildpunkter, {left} från vänster, {top} uppifrån',
  added: 'Område {n} tillagt.', removed: 'Området borttaget.', undone: 'Ångrat.', count: 'Områden: {n}.',
  save: 'Spara maskad bild', saving: 'Bilden maskas …', cancel: 'Tillbaka utan att spara',
  conflict: 'Någon har ändrat ärendet. Områdena är kvar här: spara en gång till.',
};

const en: typeof sv = {
  title: 'Mask {name}',
  how: 'Cover faces, signs and names. Drag a box over the picture, or add an area and move it. The original is kept as it is; the masked picture is a copy of its own, used when the picture is shown to the public or sent to another board.',
  again: 'This copy was masked before it was sent here. What is covered cannot be shown again here.',
  keys: 'Keys on an area: the arrows move it, Shift and the arrows size it, Delete removes it. A adds one, Ctrl Z undoes.',
  tools: 'The chosen area', add: 'Add an area', remove: 'Remove', undo: 'Undo', larger: 'Larger picture', smaller: 'Smaller picture',
  left: 'Move left', right: 'Move right', up: 'Move up', down: 'Move down',
  wider: 'Wider', narrower: 'Narrower', taller: 'Taller', lower: 'Lower',
  list: 'Areas that are covered', none: 'No area yet.', full: 'No more than {n} areas can be covered.',
  area: 'Area {n}', place: '{width} × {height} pixels, {left} from the left, {top} from the top',
  added: 'Area {n} added.', removed: 'Area removed.', undone: 'Undone.', count: 'Areas: {n}.',
  save: 'Save the masked picture', saving: 'Masking the picture …', cancel: 'Back without saving',
  conflict: 'Somebody has changed the case. The areas are still here: save once more.',
};

export function maskWords(t: Texts): typeof sv {
  return inLanguageOf(t, { sv, en });
}
