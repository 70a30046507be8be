/* What else there is about a case, in Swedish. */

export const related = {
  title: 'Andra ärenden som kan höra ihop',
  duplicates: 'Kan vara samma sak',
  person: 'Från samma person',
  place: 'På samma plats',
  noDuplicates: 'Inget ärende med liknande ord inom 150 meter och 30 dagar.',
  noPerson: 'Inget annat ärende med samma e-postadress eller telefon.',
  noPlace: 'Inget annat ärende inom 100 meter och ett år.',
  anonymous: 'Den som skrev har inte lämnat e-postadress eller telefon. Då går det inte att se vad mer samma person har skrivit.',
  contactNotSent: 'Kontaktuppgifterna följde inte med hit. Då går det inte att se vad mer samma person har skrivit.',
  noPosition: 'Ärendet har ingen punkt på kartan. Rätta platsen, så visas ärenden i närheten.',
  placeNotSent: 'Platsen följde inte med hit. Då går det inte att se vad som finns i närheten.',
  protectedIdentity: 'Skyddade personuppgifter: här visas inga andra ärenden.',
  here: 'samma plats',
  metres: '{n} meter bort',
  today: 'i dag',
  yesterday: 'i går',
  days: 'för {n} dagar sedan',
};
