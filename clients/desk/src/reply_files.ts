/* The files of a reply that is being written: the ceilings, which are the server's, and what
 * it says of them in words. */
import { ProblemError, ServerError } from './errors.ts';
import { replyFileWords } from './texts/reply_file.ts';
import type { Texts } from './texts/sv.ts';
import { fill } from './words.ts';

const mib = 1024 * 1024;
const ceilings = { count: 10, size: 20 * mib, total: 50 * mib };

/* Above it they are on the page alone: MAIL_ENCLOSED_MAX in server/mail_enclosing.h. */
const letterMost = 7 * mib;

export const filesField = 'act-files';

const totalOf = (files: File[]): number => files.reduce((sum, { size }) => sum + size, 0);

export type Why = 'count' | 'size' | 'total' | 'empty';

/* Those that there is room for, and of the first that there is not, why. */
export function withFiles(files: File[], more: File[]): { files: File[]; left: { name: string; why: Why } | null } {
  let left: { name: string; why: Why } | null = null;
  const all = [...files];

  for (const file of more) {
    const why: Why | null = file.size === 0 ? 'empty' : file.size > ceilings.size ? 'size'
      : all.length >= ceilings.count ? 'count' : totalOf(all) + file.size > ceilings.total ? 'total' : null;
    if (why) left ??= { name: file.name, why };
    else all.push(file);
  }
  return { files: all, left };
}

export const areApart = (files: File[], isSensitive: boolean): boolean => isSensitive || totalOf(files) > letterMost;

/* What the server would not take of them, at their field; it names the first. */
export function fileRefused(t: Texts, files: File[], error: unknown): string | null {
  const w = replyFileWords(t);

  if (!files.length) return null;
  if (error instanceof ServerError) return error.outcome === 'attachment-unchecked' ? w.unchecked : null;
  if (!(error instanceof ProblemError)) return null;
  const { status, problem: { detail, outcome } } = error;
  const named = files.find(({ name }) => detail.startsWith(`"${name}" `))?.name ?? w.oneOf;
  if (outcome === 'attachment-infected') return fill(w.infected, { name: named });
  if (outcome === 'attachment-too-large') return fill(w.uncheckable, { name: named });
  if (status === 413) return w.tooLarge;
  return status === 415 ? fill(w.refused, { name: named }) : null;
}
