/* What the complainant will see. */
export const preview = {
  title: 'Så ser den som klagar det',
  show: 'Förhandsgranska',
  key: 'Förhandsgranska det du skriver',
  letter: 'Mejlet',
  page: 'Sidan där ärendet följs',
  back: 'Tillbaka',
  noLetter: {
    'no-address': 'Inget mejl skickas: ärendet har ingen e-postadress. Det syns bara på sidan där ärendet följs.',
    'no-reply-wanted': 'Inget mejl skickas: den som klagar vill inte ha svar. Det syns bara på sidan där ärendet följs.',
  },
};
