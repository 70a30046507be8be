/* The words of what a transfer sends, and on what ground. */
export const transfer = {
  groundMeans: {
    choose: 'Another board is another authority. Secret information may go there only with support in law.',
    'no-secrecy': 'What you send holds nothing secret. Of a sensitive case only subject, type and place are then sent, unless you choose more.',
    consent: 'The complainant has said yes to this very board getting the information.',
    'osl-10-2': 'Your board must disclose the information to be able to do its own work.',
    'osl-10-27': 'The general clause: it is obvious that the reasons for disclosing weigh more than the interest in secrecy. Not for social services or health care.',
    'osl-10-28': 'A law says that the information is to be disclosed.',
  },
  caution: {
    unasked: 'The case is sensitive. Ask the complainant first, or send only what is not secret.',
    'consent-requested': 'The complainant has been asked whether the case may be passed on to {board}, and has not answered yet.',
    'consent-given': 'The complainant has said yes to passing the case on to {board}.',
    'consent-refused': 'The complainant has said no to passing the case on to {board}. Send only what is not secret, unless a law says otherwise.',
  },
  part: {
    text: 'What was written', contact: 'Name and contact details', place: 'Place',
    attachments: 'Pictures and files', originals: 'The originals of masked pictures', messages: 'Messages and replies', notes: 'Internal notes',
  },
};
