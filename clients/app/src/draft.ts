/* What is being written, and what goes to the server of it. */
import type { Areas, Draft, Place, Submission } from './types.ts';
import { unknown } from './types.ts';

export const types = ['complaint', 'suggestion', 'praise', 'question', 'fault-report'] as const;
export const textMax = 10_000;
export const photosMax = 10;
const addressMax = 300;

export const nowhere: Place = { lat: null, lon: null, accuracy: null, from: '', address: '', unit: '',
  district: '', described: '' };

/* 128 bits that nobody guesses, in letters that an address may hold. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function newDraft(): Draft {
  return { id: newKey(), category: '', type: 'complaint', text: '', place: nowhere, name: '', email: '',
    phone: '', wantsReply: true, changed: 0 };
}

/* Is there anything that somebody would miss? */
export function isBegun(draft: Draft, photos: number): boolean {
  const { place } = draft;

  return photos > 0 || [draft.category, draft.text, draft.name, draft.email, draft.phone, place.address,
    place.unit, place.district, place.described].some((value) => value.trim()) || place.lat !== null;
}

/* A code that ends in the middle of a surrogate pair is none, so by code points. */
export function cut(text: string, most: number): string {
  const points = Array.from(text);
  return points.length > most ? points.slice(0, most).join('') : text;
}

export function districtName(areas: Areas | null, code: string): string {
  return areas?.features.find(({ properties }) => properties.code === code)?.properties.name ?? '';
}

/* The place in words. A district alone is words, too: its middle would be a lie. */
export function addressOfPlace(place: Place, areas: Areas | null): string {
  const parts = [place.address, districtName(areas, place.district), place.described];
  return cut(parts.map((part) => part.trim()).filter(Boolean).join('. '), addressMax);
}

function placeOf(place: Place, areas: Areas | null): Submission['place'] {
  const address = addressOfPlace(place, areas);
  const has = place.lat !== null && place.lon !== null;

  if (!has && !address && !place.unit) return null;
  return { ...(has && { lat: place.lat!, lon: place.lon! }), ...(address && { address }),
    ...(place.unit && { unit: place.unit }) };
}

export function bodyOf(draft: Draft, areas: Areas | null, language: string): Submission & { channel: string } {
  const contact = Object.fromEntries(([['name', draft.name], ['email', draft.email], ['phone', draft.phone]] as const)
    .map(([name, value]) => [name, value.trim()]).filter(([, value]) => value));
  const place = placeOf(draft.place, areas);
  const canAnswer = 'email' in contact || 'phone' in contact;

  return { text: draft.text, type: draft.type as NonNullable<Submission['type']>, language, channel: 'app',
    ...(draft.category && draft.category !== unknown && { category: draft.category }),
    ...(place && { place }),
    ...(Object.keys(contact).length && { contact }),
    ...(canAnswer && { wantsReply: draft.wantsReply }) };
}

export interface Fault {
  field: string; /* the member that it is about: "contact.email" */
  key: string; /* of the text that says what to do */
}

/* On the page. */
export const idOfField = (field: string): string => `tell-${field.replace('.', '-')}`;

const mail = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/* What the server would refuse, said before it is sent. */
export function faultsOf(draft: Draft): Fault[] {
  const faults: Fault[] = [];

  if (!draft.text.trim()) faults.push({ field: 'text', key: 'fault.text' });
  else if (Array.from(draft.text).length > textMax) faults.push({ field: 'text', key: 'fault.text-long' });
  if (draft.email.trim() && !mail.test(draft.email.trim())) faults.push({ field: 'contact.email', key: 'fault.email' });
  if (draft.phone.trim() && (draft.phone.match(/\d/g) ?? []).length < 5) faults.push({ field: 'contact.phone', key: 'fault.phone' });
  return faults;
}

/* Of a member that the server refused: the step where it is filled in. */
export function stepOfField(field: string): 'what' | 'where' | 'tell' {
  if (field === 'category') return 'what';
  return field.startsWith('place') ? 'where' : 'tell';
}
