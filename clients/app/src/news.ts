/* Which of the cases that are told by push has something new: the message does not say. */
import { ProblemError, readCase } from './api.ts';
import { tell } from './changes.ts';
import { within } from './db.ts';
import { answersIn } from './known.ts';
import { toldNow } from './push.ts';
import type { CaseNow, Known } from './types.ts';

/* Against what was there when its page was last looked at. */
export function isNewer(known: Known, now: CaseNow): boolean {
  return answersIn(now) > known.answers || now.status !== known.status;
}

/* Null: the city does not know it any more, which is said on its own page. */
function nowOf({ number, code }: Known, signal: AbortSignal): Promise<CaseNow | null> {
  return readCase(number, code, signal).catch((error: unknown) => {
    if (error instanceof ProblemError && error.status !== 429) return null;
    throw error;
  });
}

/* Its page may have been looked at meanwhile. */
async function mark(number: string, now: CaseNow): Promise<void> {
  await within(['cases'], 'readwrite', async (kept) => {
    const known = await kept.get('cases', number);
    if (known && isNewer(known, now)) await kept.put('cases', { ...known, status: now.status, hasNews: true });
  });
  tell('changed');
}

export async function lookForNews(signal: AbortSignal): Promise<void> {
  const { numbers } = await toldNow();
  if (!numbers.length) return;
  const cases = await within(['cases'], 'readonly', (kept) => kept.all('cases'));

  for (const known of cases.filter(({ number }) => numbers.includes(number))) {
    const now = await nowOf(known, signal);
    if (now && isNewer(known, now)) await mark(known.number, now);
  }
}
