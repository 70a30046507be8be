/* What is wrong with a row, or why it was refused, in words. */
import { isMissing, ProblemError } from './errors.ts';
import type { Speaker } from './settings.ts';
import { ownTextWords } from './texts/own_text.ts';
import { troubleText } from './trouble.ts';
import type { SettingKind } from './types.ts';
import { fill, wordOf } from './words.ts';

/* The server's reasons are for programs: those that name something are told with it. */
export function faultWhy({ t, w }: Speaker, reason: string): string {
  const { faults } = ownTextWords(t);
  const value = /\{[^}]*\}/.exec(reason)?.[0] ?? '';
  const found = Object.keys(faults).find((start) => reason.startsWith(start) || reason.endsWith(start));

  if (isMissing({ reason })) return w.why['fault.required'];
  return found ? fill(faults[found]!, { value }) : w.why.other;
}

export function outcomeText({ t, w }: Speaker, kind: SettingKind, error: unknown): string {
  if (!(error instanceof ProblemError) || error.status !== 409) return troubleText(t, error);
  return wordOf({ exists: kind.code === 'texts' ? ownTextWords(t).overlaps : w.exists, used: w.used, gone: w.goneRow, refused: w.refused, 'not-removable': w.notRemovable,
    conflict: w.conflict },     error.problem.outcome, w.conflict);
}
