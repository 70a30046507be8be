/* Where in a case a search found what was asked for, in English. */

export const match = {
  text: 'In the text',
  message: 'In a message',
  reply: 'In a reply',
  number: 'Case number',
  'registration-number': 'Registration number',
  name: 'Name',
  email: 'E-mail address',
  phone: 'Telephone',
};
