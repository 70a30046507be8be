/* Work orders in words. They come with their parts. */
import { inLanguageOf } from './language.ts';
import type { Texts } from './sv.ts';

const sv = {
  none: 'Inget uppdrag.', noContractors: 'Nämnden har inga utförare. De läggs in under Inställningar, Utförare.',
  suggested: '{name} har hand om sådana här ärenden.',
  contractor: 'Utförare', choose: 'Välj utförare', text: 'Det som ska göras',
  textHint: 'Bara det som utföraren behöver. Den som skrev nämns aldrig: inga namn, nummer eller adresser till personer.',
  marks: 'I texten står det här. Ta bort det som utföraren inte behöver:',
  kinds: { 'identity-number': 'personnummer', mail: 'mejladress', telephone: 'telefonnummer', name: 'namn' } as Record<string, string>,
  pictures: 'Bilder som följer med', noPictures: 'Bilder följer inte med till Open311.', waits: 'Ärendet väntar på utföraren',
  ground: 'Varför får uppgifterna lämnas ut?', noGround: 'Välj skäl', wrongGround: 'Välj varför uppgifterna får lämnas ut.',
  order: 'Beställ', ordering: 'Beställer …', ordered: 'Uppdraget är beställt.',
  missing: 'Välj utförare och skriv vad som ska göras.',
  link: 'Lämna den här länken till utföraren. Den visas bara nu:',
  states: { waiting: 'väntar på att skickas', sent: 'skickat', accepted: 'utföraren tar det', done: 'klart', refused: 'lämnat tillbaka',
    recalled: 'återkallat', stuck: 'har fastnat' } as Record<string, string>,
  by: '{who}, {at}', automatic: 'beställt av sig självt', number: 'Utförarens nummer: {id}',
  told: { waiting: 'Utföraren får snart veta det.', told: 'Utföraren vet om det.', failed: 'Utföraren kunde inte nås. Ring.',
    'not-needed': 'Det hade inte skickats.', 'by-telephone': 'Utföraren får inte veta det av sig självt. Ring.' } as Record<string, string>,
  unsure: 'Ingen vet om uppdraget kom fram. Fråga utföraren. Skicka sedan igen, eller skriv deras nummer.',
  lies: 'Utförarens server svarade så att det inte går att lita på ({code}). Inget är ändrat.',
  key: 'Utförarens server godtar inte nyckeln.', trouble: 'Det gick inte: {code}',
  recall: 'Återkalla', recallText: 'Till utföraren, om du vill', resend: 'Skicka igen', confirm: 'Det är framme', remoteId: 'Utförarens nummer',
  did: 'Gjort.', identity: 'Texten säger vem som skrev, eller har ett personnummer. Ta bort det.',
  stuckTitle: 'Uppdrag som har fastnat', stuckNone: 'Inget uppdrag har fastnat.', more: 'Visa fler', since: 'sedan {at}',
};

const en: typeof sv = {
  none: 'No work order.', noContractors: 'The board has no contractors. They are added under Settings, Contractors.',
  suggested: '{name} sees to cases like this.',
  contractor: 'Contractor', choose: 'Choose a contractor', text: 'What is to be done',
  textHint: 'Only what the contractor needs. Who wrote is never told: no names, numbers or addresses of persons.',
  marks: 'The text holds this. Take away what the contractor does not need:',
  kinds: { 'identity-number': 'personal identity number', mail: 'mail address', telephone: 'telephone number', name: 'name' },
  pictures: 'Pictures that go along', noPictures: 'Pictures do not go along by Open311.', waits: 'The case waits for the contractor',
  ground: 'Why may this be let out?', noGround: 'Choose a ground', wrongGround: 'Choose why this may be let out.',
  order: 'Order', ordering: 'Ordering …', ordered: 'The work is ordered.',
  missing: 'Choose a contractor and write what is to be done.',
  link: 'Hand this link to the contractor. It is shown only now:',
  states: { waiting: 'waits to be sent', sent: 'sent', accepted: 'the contractor takes it', done: 'done', refused: 'handed back',
    recalled: 'recalled', stuck: 'is stuck' },
  by: '{who}, {at}', automatic: 'ordered by itself', number: 'The contractor’s number: {id}',
  told: { waiting: 'The contractor will soon know.', told: 'The contractor knows.', failed: 'The contractor could not be reached. Telephone.',
    'not-needed': 'It had not been sent.', 'by-telephone': 'The contractor is not told by itself. Telephone.' },
  unsure: 'Nobody knows whether the order arrived. Ask the contractor. Then send it again, or write their number.',
  lies: 'The contractor’s server answered what cannot be meant ({code}). Nothing is changed.',
  key: 'The contractor’s server does not take the key.', trouble: 'It did not go well: {code}',
  recall: 'Recall', recallText: 'To the contractor, if you like', resend: 'Send again', confirm: 'It is there', remoteId: 'The contractor’s number',
  did: 'Done.', identity: 'The text tells who wrote, or holds a personal identity number. Take it away.',
  stuckTitle: 'Work orders that are stuck', stuckNone: 'No work order is stuck.', more: 'Show more', since: 'since {at}',
};

export type OrderWords = typeof sv;

export function orderWords(t: Texts): OrderWords {
  return inLanguageOf(t, { sv, en });
}

export function orderTrouble(w: OrderWords, code: string): string {
  if (code === 'unsure') return w.unsure;
  if (code === 'key') return w.key;
  return (code.startsWith('lies') ? w.lies : w.trouble).replace('{code}', code);
}
