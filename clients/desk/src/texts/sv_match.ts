/* Where in a case a search found what was asked for, in Swedish. */

export const match = {
  text: 'I texten',
  message: 'I ett meddelande',
  reply: 'I ett svar',
  number: 'Ärendenummer',
  'registration-number': 'Diarienummer',
  name: 'Namn',
  email: 'E-postadress',
  phone: 'Telefon',
};
