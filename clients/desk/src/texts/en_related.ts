/* What else there is about a case, in English. */

export const related = {
  title: 'Other cases that may belong together',
  duplicates: 'May be the same thing',
  person: 'From the same person',
  place: 'At the same place',
  noDuplicates: 'No case with similar words within 150 metres and 30 days.',
  noPerson: 'No other case with the same e-mail address or telephone.',
  noPlace: 'No other case within 100 metres and a year.',
  anonymous: 'The complainant has left neither an e-mail address nor a telephone. What else the same person has written cannot be seen then.',
  contactNotSent: 'The contact details did not come along. What else the same person has written cannot be seen then.',
  noPosition: 'The case has no point on the map. Correct its place, and cases nearby are shown.',
  placeNotSent: 'The place did not come along. What there is nearby cannot be seen then.',
  protectedIdentity: 'Protected identity: no other cases are shown here.',
  here: 'the same place',
  metres: '{n} metres away',
  today: 'today',
  yesterday: 'yesterday',
  days: '{n} days ago',
};
