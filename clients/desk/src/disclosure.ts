/* Passages of a text that are masked or proposed, in code points, as the server counts; what
 * becomes of the text; and why something was not done. Everything that needs no page. */
import { ProblemError } from './errors.ts';
import type { DisclosureWords } from './texts/disclosure.ts';
import type { Texts } from './texts/sv.ts';
import type { DisclosureHead, Passage } from './types.ts';

export interface Span {
  start: number;
  end: number;
}

/* What a field says of a selection is in code units, of which "🚲" is two; and each line that a
 * form sent ends with two letters, which are one in a field. */
export function pointsOf(text: string, units: number): number {
  let left = units;
  let points = 0;

  for (const letter of text.matchAll(/\r\n|./gsu)) {
    if (left <= 0) break;
    left -= letter[0] === '\r\n' ? 1 : letter[0].length;
    points += [...letter[0]].length;
  }
  return points;
}

export function selected(text: string, from: number, to: number): Span | null {
  return from < to ? { start: pointsOf(text, from), end: pointsOf(text, to) } : null;
}

export const wordsOf = (text: string, { start, end }: Span): string => [...text].slice(start, end).join('');

export const isSame = (a: Span, b: Span): boolean => a.start === b.start && a.end === b.end;
const overlaps = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end;

export const isMasked = (masks: Passage[], span: Span): boolean => masks.some((m) => m.start <= span.start && m.end >= span.end);

/* In the order of the text. What lies within the new one is part of it. */
export function withMask(masks: Passage[], next: Passage): Passage[] {
  return [...masks.filter((m) => !(m.start >= next.start && m.end <= next.end)), next].sort((a, b) => a.start - b.start || a.end - b.end);
}

export const withoutMask = (masks: Passage[], gone: Span): Passage[] => masks.filter((m) => !overlaps(m, gone));

export interface Piece {
  text: string;
  section: string | null; /* null: it is handed out */
}

/* As synpunkt_disclosure.cut() has it: passages that overlap are one. */
export function piecesOf(text: string, masks: Passage[]): Piece[] {
  const letters = [...text];
  const pieces: Piece[] = [];
  let done = 0;

  for (const { start, end, section } of [...masks].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const last = pieces.at(-1);
    if (start > done) pieces.push({ text: letters.slice(done, start).join(''), section: null });
    if (start >= done) pieces.push({ text: letters.slice(start, end).join(''), section });
    else if (last && end > done) last.text += letters.slice(done, end).join('');
    done = Math.max(done, end);
  }
  if (done < letters.length) pieces.push({ text: letters.slice(done).join(''), section: null });
  return pieces;
}

/* Numbers of cases as somebody writes them: a line each, or parted by commas. */
export const numbersIn = (text: string): string[] => [...new Set(text.split(/[\s,;]+/).filter((word) => word !== ''))];

/* Why, and what to do, by the server's code; '': it said none. */
export function whyNot(w: DisclosureWords, error: unknown): string {
  if (!(error instanceof ProblemError)) return '';
  return w.why[error.problem.outcome] ?? (error.status === 404 ? w.changed : '');
}

export const isOnItsWay = ({ mail }: Pick<DisclosureHead, 'mail'>): boolean => mail?.state === 'waiting';

export function mailTrouble(t: Texts, w: DisclosureWords, trouble: string | null): string {
  if (trouble === 'bounced') return t.trouble.bounced;
  if (trouble === 'time') return w.mailTime;
  return trouble !== null && /^(recipient-|address$)/.test(trouble) ? t.trouble.recipient : t.trouble.server;
}
