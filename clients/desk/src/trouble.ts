/* An error in words that say what to do. */
import { OfflineError, ProblemError, SignedOutError } from './errors.ts';
import { clock } from './format.ts';
import type { Texts } from './texts/sv.ts';
import { fill } from './words.ts';

export function troubleText(t: Texts, error: unknown): string {
  if (error instanceof OfflineError) return t.error.offline;
  if (error instanceof SignedOutError) return t.error.signedOut;
  if (!(error instanceof ProblemError)) return t.error.server;
  if (error.status === 429) return fill(t.error.busy, { time: retryAt(t, error) });
  if (error.problem.needs === 'confirmation') return t.confirm.needed;
  if (error.status === 403) return t.error.forbidden;
  if (error.problem.isOfInterest) return t.interest.ask;
  if (error.status === 409 || error.status === 428) return t.error.conflict;
  if (error.status === 413) return t.error.tooLarge;
  if (error.status === 404) return t.error.missing;
  return fill(t.error.refused, { status: error.status });
}

export function retryAt(t: Texts, error: ProblemError): string {
  return clock(t, new Date(Date.now() + Math.max(error.problem.retryAfter, 1) * 1000));
}

/* Is the case out of reach: gone to another board, or the role is. */
export function isOutOfReach(error: unknown): boolean {
  return error instanceof ProblemError && (error.status === 404 || error.status === 403);
}
