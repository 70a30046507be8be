/* Which of the cases that are told by push has something new: the message does not say. */
import { readCase } from './api.ts';
import { tell } from './changes.ts';
import { within } from './db.ts';
import { answersIn } from './known.ts';
import { toldNow } from './push.ts';
import type { CaseNow, Known } from './types.ts';

/* Against what was there when its page was last looked at. */
export function isNewer(known: Known, now: CaseNow): boolean {
  return answersIn(now) > known.answers || now.status !== known.status;
}

export async function lookForNews(signal: AbortSignal): Promise<void> {
  const { numbers } = await toldNow();
  if (!numbers.length) return;
  const cases = await within(['cases'], 'readonly', (kept) => kept.all('cases'));

  for (const known of cases.filter(({ number }) => numbers.includes(number))) {
    const now = await readCase(known.number, known.code, signal);
    if (!isNewer(known, now)) continue;
    await within(['cases'], 'readwrite', async (kept) => {
      if (await kept.get('cases', known.number)) await kept.put('cases', { ...known, status: now.status, hasNews: true });
    });
    tell('changed');
  }
}
