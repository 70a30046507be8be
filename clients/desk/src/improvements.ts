/* What improvement actions are, without a page: who writes them, what is sent, what is said
 * of their effect. */
import type { Draft } from './store.ts';
import type { Improvement, NewImprovement, Session } from './types.ts';
import { fill } from './words.ts';
import type { ImprovementWords } from './texts/improvement.ts';
import type { Texts } from './texts/sv.ts';

export const mostSubjects = 10;
const writers = ['coordinator', 'manager', 'board-secretary'];

/* As synpunkt.my_improvement_boards(), which decides. */
export function boardsToImprove({ roles }: Session): string[] {
  return [...new Set(roles.filter(({ role, board, unit }) => writers.includes(role) && !unit && board !== '*')
    .map(({ board }) => board))].sort();
}

export const fieldNames = ['board', 'unit', 'title', 'cause', 'expectedResult', 'responsible', 'startsOn', 'endsOn',
  'goal', 'indicator', 'state'] as const;

export function valuesOf(it: Improvement): Draft {
  return { ...Object.fromEntries(fieldNames.map((name) => [name, it[name] ?? ''])), version: String(it.version),
    categories: it.categories.map(({ code }) => code).join(' ') };
}

export function newValues(board: string, day: string): Draft {
  return { ...Object.fromEntries(fieldNames.map((name) => [name, ''])), board, startsOn: day, state: 'planned', categories: '' };
}

export const subjectsOf = (values: Draft): string[] => (values['categories'] ?? '').split(' ').filter(Boolean);

export function wantedOf(values: Draft): NewImprovement {
  const value = (name: (typeof fieldNames)[number]): string => (values[name] ?? '').trim();
  const states = ['planned', 'ongoing', 'dropped', 'done'] as const;

  return { board: value('board'), unit: value('unit') || null, title: value('title'), cause: value('cause'),
    expectedResult: value('expectedResult'), responsible: value('responsible'), startsOn: value('startsOn'),
    endsOn: value('endsOn'), goal: value('goal') || null, indicator: value('indicator') || null,
    categories: subjectsOf(values), state: states.find((s) => s === value('state')) ?? 'planned' };
}

/* Names of fields that must be filled in and are not. */
export function missingOf(values: Draft): string[] {
  return ['board', 'title', 'cause', 'responsible', 'startsOn', 'endsOn'].filter((name) => !values[name]?.trim());
}

export function monthText(t: Texts, month: string): string {
  return new Intl.DateTimeFormat(t.locale, { month: 'long', year: 'numeric', timeZone: 'UTC' })
    .format(new Date(`${month}-15T12:00:00Z`));
}

const number = (t: Texts, value: number, digits: number): string =>
  new Intl.NumberFormat(t.locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);

/* Never 0: there is always a chance. */
export function chanceText(t: Texts, p: number): string {
  return p < 0.001 ? `< ${number(t, 0.001, 3)}` : number(t, p, 3);
}

export const ratioText = (t: Texts, ratio: number): string => number(t, ratio, 2);
export const expectedText = (t: Texts, expected: number): string => number(t, expected, 1);

/* Why it says what it says: always with the numbers, where there are some. */
export function becauseOf(t: Texts, w: ImprovementWords, it: Improvement): string | null {
  const { effect } = it;

  if (it.state !== 'done') return it.categories.length ? null : w.because.nothing;
  if (!effect) return it.categories.length ? w.because.hidden : w.because.nothing;
  if (effect.verdict === 'too-early') return fill(w.because['too-early'], { month: monthText(t, effect.from ?? '') });
  if (effect.few || effect.p === undefined || effect.expected === undefined) return w.because.few;
  return fill(w.because[effect.verdict], { after: effect.after?.n ?? 0, expected: expectedText(t, effect.expected),
    p: chanceText(t, effect.p) });
}
