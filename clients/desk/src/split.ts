/* A letter about several things: what each further matter is, what goes to the server, and
 * what is kept of it until it is sent. */
import type { Draft } from './store.ts';
import { isSensitive } from './transfer.ts';
import type { Case, SplitDecision } from './types.ts';

export const partsMost = 9; /* as SPLIT_PARTS_MAX in server/split_parts.h */

export interface Part {
  text: string;
  category: string; /* '': nobody knows */
  type: string;
  place: boolean;
  files: number[];
  ground: string;
  contact: boolean | null; /* null: as the ground says */
}

type Letter = Pick<Case, 'text' | 'type' | 'sensitivity' | 'threat'>;

/* What somebody has marked of the letter is what they mean; else all of it, to cut from,
 * but for a threat, which nobody reads without having chosen to. */
export function newPart(it: Letter, marked: string): Part {
  const words = marked.trim();
  const letter = it.text ?? '';
  const whole = it.threat ? '' : letter;
  const isOfLetter = words !== '' && letter.replaceAll('\r\n', '\n').includes(words);

  return { text: isOfLetter ? words : whole, category: '', type: it.type, place: true, files: [],
    ground: isSensitive(it) ? 'no-secrecy' : '', contact: null };
}

/* As contact_goes() in server/split_case.c where nobody has chosen. */
export function contactGoes(it: Pick<Case, 'sensitivity'>, part: Pick<Part, 'contact' | 'ground'>): boolean {
  return part.contact ?? !(isSensitive(it) && part.ground === 'no-secrecy');
}

/* A field for each, so that one that is long does not take the others with it. */
export function draftOf(parts: Part[]): Draft {
  return Object.fromEntries(parts.map((part, i) => [`part${i}`, JSON.stringify(part)]));
}

function partOf(text: string, otherwise: Part): Part | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...otherwise, ...value } : null;
  } catch {
    return null;
  }
}

export function partsOf(draft: Draft, it: Letter): Part[] {
  return Array.from({ length: partsMost }, (_, i) => draft[`part${i}`])
    .flatMap((text) => (text ? partOf(text, newPart(it, '')) ?? [] : []));
}

/* Where it goes depends on these; a new look is wanted when one of them changes. */
export function isSameWay(a: Part, b: Part): boolean {
  return a.text === b.text && a.category === b.category && a.type === b.type && a.place === b.place;
}

export function bodyOf(it: Pick<Case, 'sensitivity'>, parts: Part[], looked: SplitDecision[] | null): object {
  return { parts: parts.map((part, i) => {
    const goes = looked?.[i];
    return { text: part.text, category: part.category || null, type: part.type, place: part.place,
      attachments: part.files, ...(goes && { board: goes.board.code }),
      ...(goes?.otherBoard && { ground: part.ground, contact: contactGoes(it, part) }) };
  }) };
}

export interface PartFault {
  part: number;
  field: 'text' | 'category' | 'type' | 'ground' | 'board' | 'attachments';
  why: 'required' | 'tooLong' | 'refused';
}

export function faultsIn(parts: Part[], looked: SplitDecision[] | null): PartFault[] {
  return parts.flatMap((part, i): PartFault[] => [
    ...(part.text.trim() ? [] : [{ part: i, field: 'text', why: 'required' } as const]),
    ...([...part.text].length > 10_000 ? [{ part: i, field: 'text', why: 'tooLong' } as const] : []),
    ...(looked?.[i]?.otherBoard && !part.ground ? [{ part: i, field: 'ground', why: 'required' } as const] : []),
  ]);
}

/* Of the server's names: "parts[1].text". */
export function faultsFrom(names: string[]): PartFault[] {
  return names.flatMap((name): PartFault[] => {
    const found = /^parts\[(\d)\]\.(text|category|type|ground|board|attachments)$/.exec(name);
    return found ? [{ part: Number(found[1]), field: found[2] as PartFault['field'], why: 'refused' }] : [];
  });
}

/* How many parts have become cases of their own. */
export function splitsIn({ events }: Pick<Case, 'events'>): number {
  return events.filter(({ what }) => what === 'split-off').length;
}
