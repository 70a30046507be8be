/* Colleagues mentioned in a note: chosen from those who may read the case, and meant only
 * for as long as their name stands in it. */
import type { Mentionable } from './types.ts';

export const mentionsMost = 10;

function isPerson(value: unknown): value is Mentionable {
  return typeof value === 'object' && value !== null && 'user' in value && typeof value.user === 'string'
    && 'name' in value && typeof value.name === 'string';
}

/* What the form keeps of them, as text; a draft may hold anything. */
export function parseMentions(kept: string): Mentionable[] {
  try {
    const value: unknown = JSON.parse(kept || '[]');
    return Array.isArray(value) ? value.filter(isPerson) : [];
  } catch {
    return [];
  }
}

/* Whole: "@Anna Bergström" does not name Anna Berg. */
function names(text: string, name: string): boolean {
  return text.split(`@${name}`).slice(1).some((rest) => !/^[\p{L}\p{N}'-]/u.test(rest));
}

export function mentionedIn(text: string, kept: string): Mentionable[] {
  return parseMentions(kept).filter(({ name }) => names(text, name));
}

export function withMention(text: string, kept: string, person: Mentionable): string {
  const others = mentionedIn(text, kept).filter(({ user }) => user !== person.user);
  return JSON.stringify([...others, { user: person.user, name: person.name }]);
}

export interface Token {
  start: number; /* of the @ */
  word: string;
}

/* What is being written after an @ that begins a word; none in an address of mail. */
export function tokenAt(text: string, caret: number): Token | null {
  const found = /(?:^|[\s(])@([\p{L}\p{N}.'-]*(?: [\p{L}\p{N}.'-]*){0,2})$/u.exec(text.slice(0, caret));
  const word = found?.[1];

  return word === undefined || word.length > 40 ? null : { start: caret - word.length - 1, word };
}

export function matching(people: Mentionable[], word: string): Mentionable[] {
  const low = word.toLocaleLowerCase('sv');
  const fits = (text: string): boolean => text.toLocaleLowerCase('sv').startsWith(low);

  return people.filter(({ name, user }) => fits(user) || name.split(' ').some((_, i, all) => fits(all.slice(i).join(' '))))
    .slice(0, 8);
}
