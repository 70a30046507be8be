/* The picture viewer's words, which come with it. */
import { inLanguageOf } from './language.ts';
import type { Texts } from './sv.ts';

const sv = {
  title: 'Bild {n} av {all}: {name}',
  picture: '{name}, vriden {turn} grader, {zoom} procent',
  left: 'Vrid åt vänster', right: 'Vrid åt höger', larger: 'Större', smaller: 'Mindre', whole: 'Hela bilden',
  next: 'Nästa bild', previous: 'Föregående bild', own: 'Öppna i eget fönster', away: 'Bilden kunde inte hämtas.',
  keys: 'Tangenter: + och − ändrar storlek, r och l vrider, 0 visar hela bilden, n och p byter bild, Esc stänger.',
  masked: 'Maskad bild. Maskad av {who}, {at}.', isOriginal: 'Originalet, som det kom. Visa det bara för den som behöver se det.',
  onlyMasked: 'Bara den maskade bilden skickades hit.',
  showOriginal: 'Visa originalet', showMasked: 'Visa den maskade bilden', mask: 'Maska delar av bilden', maskAgain: 'Ändra maskningen', maskOn: 'Fortsätt maskera (inte sparat)',
};

const en: typeof sv = {
  title: 'Picture {n} of {all}: {name}',
  picture: '{name}, turned {turn} degrees, {zoom} per cent',
  left: 'Turn left', right: 'Turn right', larger: 'Larger', smaller: 'Smaller', whole: 'Whole picture',
  next: 'Next picture', previous: 'Previous picture', own: 'Open in its own window', away: 'The picture could not be fetched.',
  keys: 'Keys: + and − change the size, r and l turn it, 0 shows all of it, n and p change the picture, Esc closes.',
  masked: 'Masked picture. Masked by {who}, {at}.', isOriginal: 'The original, as it came. Show it only to those who need to see it.',
  onlyMasked: 'Only the masked picture was sent here.',
  showOriginal: 'Show the original', showMasked: 'Show the masked picture', mask: 'Mask parts of the picture', maskAgain: 'Change the masking', maskOn: 'Go on masking (not saved)',
};

export function pictureWords(t: Texts): typeof sv {
  return inLanguageOf(t, { sv, en });
}
