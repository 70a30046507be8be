/* Who else says that it is the same thing, and what of a case anybody may see, in Swedish. */

export const shown = {
  supporters: '{n} stöder ärendet',
  followers: 'Skicka svaret också till dem som följer ärendet ({n})',
  followersHint: 'De är främlingar. Skriv inget personligt: inget namn, inga kontaktuppgifter, inget om den som klagar. Annars ska rutan vara tom.',
  photo: 'Visa för allmänheten',
  photoHint: 'Alla kan se bilden, liten, så länge ärendet är offentligt. Titta först: syns ansikten eller registreringsskyltar, maska dem innan du visar bilden.',
  photoShown: 'Alla kan se bilden så länge ärendet är offentligt.',
  photoStop: 'Sluta visa',
  onMap: 'Syns på den offentliga kartan, utan nummer, text och namn.',
  hide: 'Ta bort från kartan',
  hidden: 'Borttaget från den offentliga kartan. De som följer ärendet får inte veta mer.',
  show: 'Visa på kartan igen',
  supported: 'Ärendet är någon annans. Personen stöder det sedan {at} och har lämnat adressen {email} för brev.',
  confirmed: 'Sa ja till brev {at}.',
  unconfirmed: 'Har inte sagt ja till brev än.',
};
