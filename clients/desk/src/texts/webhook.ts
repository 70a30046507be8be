/* The words of webhooks, which come with their part. */
import { boardName } from '../desk.ts';
import type { Lists } from '../desk.ts';
import { inLanguageOf } from './language.ts';
import type { Texts } from './sv.ts';

const sv = {
  title: 'Webhookar',
  lead: 'Andra system som får veta när en månads siffror publiceras, eller när nämnders ärenden ändras. Varje meddelande signeras, och försöks i tre dygn.',
  notYou: 'Webhookar är för administratörer.',
  add: 'Ny webhook', none: 'Inget system får veta något än.', back: 'Till webhookar',
  listens: 'Lyssnar på', events: { 'month-frozen': 'En månads siffror publiceras', 'case-changed': 'Ärenden ändras' } as Record<string, string>, since: 'Sedan', by: '{at}, {who}', last: 'Senast levererat',
  never: 'Aldrig', quiet: 'Inget att leverera än', works: 'Fungerar', waits: 'Väntar på att levereras: {n}', fails: 'Kom inte fram: {n}',
  failing: 'Svarar inte: {n} meddelanden väntar, och inga fler görs förrän de är borta',
  url: 'Adress att anropa', urlHint: 'Börjar med https://, utan användarnamn och lösenord.', urlFault: 'Skriv en adress som börjar med https://, utan användarnamn och lösenord.',
  what: 'Vad systemet får veta', whatFault: 'Välj vad systemet får veta.', whose: 'Vilka nämnders ärenden',
  whoseHint: 'Systemet får ärendets nummer, läge, ämne och vad som gjordes. Aldrig vad någon skrev, vem eller var, och inget om känsliga ärenden.', whoseFault: 'Välj minst en nämnd.',
  boardsFault: 'En av nämnderna tar inte emot ärenden i dag. Välj om.',
  faults: 'Det här går inte att spara', make: 'Lägg till', making: 'Lägger till …', full: 'Det finns redan 20. Avsluta en först.',
  secretOf: 'Hemlighet för {url}',
  secretOnce: 'Den visas bara nu. Mottagaren behöver den för att se att meddelanden kommer härifrån: Synpunkt-Signature är HMAC-SHA256 av tiden, en punkt och innehållet.',
  deliveries: 'Meddelanden', noDeliveries: 'Inget har skickats än.', most: 'De hundra senaste.', again: 'Uppdatera meddelandena',
  attempts: 'Försök', why: 'Svar',
  states: { delivered: '✓ Levererat', waiting: 'Väntar', dead: '▲ Kom inte fram' } as Record<string, string>,
  whys: { timeout: 'inget svar i tid', tls: 'säker anslutning gick inte', connect: 'ingen anslutning', refused: 'adressen får inte anropas', broken: 'svaret gick inte att läsa' } as Record<string, string>,
  replay: 'Skicka igen', replayThis: 'Skicka igen: {month}', replaying: 'Skickar …', replayingThis: 'Skickar {month} …', replayed: 'Meddelandet skickas igen.',
  endLead: 'Systemet får inget mer veta, och det som väntar skickas inte. Det går inte att ångra; en ny webhook får en ny hemlighet.',
  end: 'Avsluta webhooken', ended: 'Webhooken är avslutad.', gone: 'Webhooken finns inte längre.',
};

const en: typeof sv = {
  title: 'Webhooks',
  lead: 'Other systems that are told when a month’s figures are published, or when cases of boards change. Each message is signed, and tried for three days.',
  notYou: 'Webhooks are for administrators.',
  add: 'New webhook', none: 'No system is told anything yet.', back: 'To webhooks',
  listens: 'Listens to', events: { 'month-frozen': 'A month’s figures are published', 'case-changed': 'Cases change' }, since: 'Since', by: '{at}, {who}', last: 'Last delivered',
  never: 'Never', quiet: 'Nothing to deliver yet', works: 'Works', waits: 'Waiting to be delivered: {n}', fails: 'Did not arrive: {n}',
  failing: 'Does not answer: {n} messages wait, and no more are made until they are gone',
  url: 'Address to call', urlHint: 'Begins with https://, without user name and password.', urlFault: 'Write an address that begins with https://, without user name and password.',
  what: 'What the system is told', whatFault: 'Choose what the system is told.', whose: 'Cases of which boards',
  whoseHint: 'The system gets the case’s number, status, category and what was done. Never what somebody wrote, who or where, and nothing of sensitive cases.', whoseFault: 'Choose at least one board.',
  boardsFault: 'One of the boards takes no cases today. Choose again.',
  faults: 'This cannot be saved', make: 'Add', making: 'Adding …', full: 'There are 20 already. End one first.',
  secretOf: 'Secret of {url}',
  secretOnce: 'It is shown only now. The receiver needs it to see that messages come from here: Synpunkt-Signature is the HMAC-SHA256 of the time, a full stop and the body.',
  deliveries: 'Messages', noDeliveries: 'Nothing has been sent yet.', most: 'The last hundred.', again: 'Look again for messages',
  attempts: 'Attempts', why: 'Answer',
  states: { delivered: '✓ Delivered', waiting: 'Waiting', dead: '▲ Did not arrive' },
  whys: { timeout: 'no answer in time', tls: 'no safe connection', connect: 'no connection', refused: 'the address may not be called', broken: 'the answer could not be read' },
  replay: 'Send again', replayThis: 'Send again: {month}', replaying: 'Sending …', replayingThis: 'Sending {month} …', replayed: 'The message is sent again.',
  endLead: 'The system is told nothing more, and what waits is not sent. It cannot be undone; a new webhook gets a new secret.',
  end: 'End the webhook', ended: 'The webhook is ended.', gone: 'The webhook is no more.',
};

export type WebhookWords = typeof sv;

export function webhookWords(t: Texts): WebhookWords {
  return inLanguageOf(t, { sv, en });
}

/* Whoever has said nothing listens to months. */
export function listensTo(w: WebhookWords, { events, boards }: { events?: string[]; boards?: string[] }, lists: Lists): string {
  const what = (events ?? ['month-frozen']).map((event) => w.events[event] ?? event).join(', ');

  return boards?.length ? `${what} (${boards.map((code) => boardName(lists, code)).join(', ')})` : what;
}
