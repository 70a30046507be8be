/* What is remembered of a case on the device, as it was when last looked at. */
import type { CaseNow, Known } from './types.ts';

export const answersIn = (now: CaseNow): number => now.messages.filter(({ from }) => from === 'city').length;

export function knownNow(own: Pick<Known, 'number' | 'code' | 'key' | 'text'>, now: CaseNow): Known {
  return { ...own, category: now.category, board: now.board.name, status: now.status, answerBy: now.answerBy,
    receivedAt: now.receivedAt, answers: answersIn(now), hasNews: false };
}
