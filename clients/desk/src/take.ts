/* What is taken down for somebody: the form's values, what goes to the server, and what
 * is kept of it until it is sent. */
import { day } from './format.ts';
import { draftKeep, draftRead } from './store.ts';
import type { Draft } from './store.ts';
import { takeDraft } from './takers.ts';
import type { Texts } from './texts/sv.ts';
import type { ReceivedDays } from './types.ts';

export const channels = ['phone', 'letter', 'visit', 'social-media'] as const;
export const types = ['complaint', 'suggestion', 'praise', 'question', 'fault-report', 'deviation',
  'citizen-proposal'] as const;
export const behalves = ['self', 'child', 'relative', 'client', 'other'] as const;
/* Swedish, the national minority languages and English; the resident's language decides
 * in which one the receipt is written. */
export const languageCodes = ['sv', 'fi', 'fit', 'se', 'en'] as const;

export const startTaking: Draft = { channel: 'phone', receivedOn: '', text: '', type: 'complaint', category: '',
  'place.address': '', 'place.unit': '', 'contact.name': '', 'contact.email': '', 'contact.phone': '', 'contact.address': '', district: '',
  wantsReply: 'yes', onBehalfOf: '', language: 'sv', 'deviation.unit': '', 'deviation.occurredOn': '', 'deviation.action': '',
  'deviation.affected': '', 'deviation.statutory': '' };

export function takingRead(): Draft {
  return { ...startTaking, ...draftRead(takeDraft, 'take') };
}

/* Only what somebody has changed: an untouched form is no draft. */
export function takingKeep(values: Draft): void {
  draftKeep(takeDraft, 'take', Object.fromEntries(Object.entries(values)
    .filter(([name, value]) => value !== startTaking[name])));
}

/* The day that stands in the form: what was chosen, else what the channel begins with. */
export function dayShown(values: Draft, days: ReceivedDays | null): string {
  return values['receivedOn'] || (days ? days[values['channel'] === 'letter' ? 'letter' : 'last'] : '');
}

/* The range of days as people say them; nothing while it is not known. */
export function daysSaid(t: Texts, days: ReceivedDays | null): Record<string, string> {
  return days ? { first: day(t, days.first), last: day(t, days.last) } : { first: '…', last: '…' };
}

export const idOfField = (name: string): string => `take-${name.replace('.', '-')}`;

const members = (values: Draft, of: string): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter(([name, value]) => name.startsWith(`${of}.`) && value.trim())
    .map(([name, value]) => [name.slice(of.length + 1), value.trim()]));

/* One has the postal address of whoever makes it, and goes where they are registered. */
export const isProposal = (values: Draft): boolean => values['type'] === 'citizen-proposal';

/* Staff's own report of their operation: nobody whom it comes from, nobody to answer. */
export const isDeviation = (values: Draft): boolean => values['type'] === 'deviation';

function bodyOfDeviation(values: Draft): object {
  const { unit, ...deviation } = members(values, 'deviation');

  return { type: 'deviation', text: values['text'], ...(values['category'] && { category: values['category'] }),
    ...(unit && { place: { unit } }), deviation };
}

export function bodyOfTaking(values: Draft, days: ReceivedDays | null): object {
  if (isDeviation(values)) return bodyOfDeviation(values);
  const place = members(values, 'place');
  const { address, ...others } = members(values, 'contact');
  const contact = { ...others, ...(address && isProposal(values) && { address }) };
  const day = dayShown(values, days);

  return { channel: values['channel'], text: values['text'], type: values['type'], language: values['language'],
    ...(day && { receivedOn: day }),
    ...(values['category'] && { category: values['category'] }),
    ...(values['district'] && { district: values['district'] }),
    ...(values['onBehalfOf'] && { onBehalfOf: values['onBehalfOf'] }),
    ...(Object.keys(place).length && { place }),
    ...(Object.keys(contact).length && { contact }),
    ...(values['wantsReply'] !== 'yes' && { wantsReply: false }) };
}

/* The same words sent again are the same case: the key goes with them. Other words are
 * another case, with another key. */
export function keyFor(content: string, sent: { content: string; key: string } | null): string {
  if (sent?.content === content) return sent.key;
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const sentDraft = 'sent';

export function sentRead(): { content: string; key: string } | null {
  const { content, key } = draftRead(takeDraft, sentDraft);

  return content && key ? { content, key } : null;
}

/* Empty strings: forgotten. */
export function sentKeep(content: string, key: string): void {
  draftKeep(takeDraft, sentDraft, { content, key });
}
