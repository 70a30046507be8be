/* The words of what a transfer sends, and on what ground. */
export const transfer = {
  groundMeans: {
    choose: 'En annan nämnd är en annan myndighet. Hemliga uppgifter får bara lämnas dit med stöd i lag.',
    'no-secrecy': 'Det du skickar innehåller inget hemligt. Av ett känsligt ärende skickas då bara ämne, typ och plats, om du inte väljer mer.',
    consent: 'Den som klagar har sagt ja till att just den här nämnden får uppgifterna.',
    'osl-10-2': 'Er nämnd måste lämna uppgiften för att själv kunna göra sitt arbete.',
    'osl-10-27': 'Generalklausulen: det är uppenbart att skälen att lämna uppgiften väger tyngre än intresset av att hemlighålla den. Gäller inte socialtjänst eller hälso- och sjukvård.',
    'osl-10-28': 'En lag säger att uppgiften ska lämnas.',
  },
  caution: {
    unasked: 'Ärendet är känsligt. Fråga först den som klagar, eller skicka bara det som inte är hemligt.',
    'consent-requested': 'Den som klagar har fått frågan om ärendet får lämnas till {board}, men inte svarat än.',
    'consent-given': 'Den som klagar har sagt ja till att ärendet lämnas till {board}.',
    'consent-refused': 'Den som klagar har sagt nej till att ärendet lämnas till {board}. Skicka bara det som inte är hemligt, om inte en lag säger annat.',
  },
  part: {
    text: 'Det som skrevs', contact: 'Namn och kontaktuppgifter', place: 'Plats',
    attachments: 'Bilder och filer', originals: 'Originalen av maskade bilder', messages: 'Meddelanden och svar', notes: 'Interna anteckningar',
  },
};
