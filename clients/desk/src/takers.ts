/* Of taking down, of reports and of disclosures what the frame must know from the start. */
import type { Texts } from './texts/sv.ts';
import type { Session } from './types.ts';

/* Where the draft of what is taken down is kept among those of cases. */
export const takeDraft = 'nytt';

const takers = ['registrar', 'coordinator', 'case-handler'];

export function takesDown({ roles }: Session): boolean {
  return roles.some(({ role }) => takers.includes(role));
}

/* Deviations alone, as synpunkt.reporter_of() has it: who leads, and who runs a unit for the city. */
export function reportsOnly(session: Session): boolean {
  return !takesDown(session) && session.roles.some(({ role }) => role === 'manager' || role === 'provider');
}

/* What the form for both is called, and where there is none. */
export function takingName(t: Pick<Texts, 'take'>, session: Session): string | null {
  if (takesDown(session)) return t.take.title;
  return reportsOnly(session) ? t.take.report : null;
}

/* Where what is written in reports is. */
export const reportDraft = 'rapporter';
/* Where rules that are changed and not saved are kept. */
export const rulesDraft = 'regler';

/* As synpunkt_statistics.may_correct() has it, which decides. */
export function writesReports({ roles }: Session): boolean {
  return roles.some(({ role, unit }) => !unit && ['board-secretary', 'coordinator', 'manager'].includes(role));
}

/* As synpunkt_statistics.my_boards(): whoever sees a board's figures. */
export function readsReports({ roles }: Session): boolean {
  return roles.some(({ role, board, unit }) => role === 'analyst' || (board !== '*' && !unit));
}

/* As synpunkt_disclosure.my_boards(): the boards whose documents one hands out. */
export function disclosingBoards({ roles }: Session): string[] {
  return [...new Set(roles.filter(({ role, board, unit }) => ['registrar', 'coordinator'].includes(role) && board !== '*' && !unit)
    .map(({ board }) => board))];
}
