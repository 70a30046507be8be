/* What a signal says, in words. */
import { day } from './format.ts';
import { newValues } from './improvements.ts';
import type { Draft } from './store.ts';
import { signalWords } from './texts/signal.ts';
import type { Texts } from './texts/sv.ts';
import type { Signal } from './types.ts';
import { fill } from './words.ts';

/* What an improvement action begins with that is made of it. */
export function improvementOf(t: Texts, it: Signal, on: string): Draft {
  return { ...newValues(it.board, on), title: signalTitle(t, it), cause: signalEvidence(t, it).join('\n'),
    categories: it.category ?? '' };
}

/* "en på 25 000", of a chance. */
function oneIn(t: Texts, p: number): string {
  const w = signalWords(t);

  return p < 1e-9 ? w.less : fill(w.one, { n: Math.round(1 / p).toLocaleString(t.locale) });
}

export function signalTitle(t: Texts, it: Signal): string {
  const w = signalWords(t);
  const what = it.categoryName ?? '';
  const where = it.unitName ?? it.districtName;

  if (it.kind === 'backlog') return w.backlog;
  if (where === null) return fill(it.kind === 'rise' ? w.riseAll : w.repeatAll, { what });
  return fill(it.kind === 'rise' ? w.rise : w.repeat, { what, where });
}

export function signalEvidence(t: Texts, { kind, evidence: e }: Signal): string[] {
  const w = signalWords(t);
  const number = (n: number | undefined): string => (n ?? 0).toLocaleString(t.locale);

  if (kind === 'backlog') return [fill(w.backlogWhy, { open: (e.open ?? []).map(number).join(', ') })];
  if (kind === 'repeat')
    return [fill(w.repeatWhy, { n: number(e.n), metres: number(e.metres), from: day(t, e.from ?? ''), to: day(t, e.to ?? '') })];
  return [fill(w.riseWhy, { n: number(e.n), before: number(e.expectedBefore), years: number(e.expectedYears) }),
    fill(w.chance, { p: oneIn(t, e.p ?? 0), limit: oneIn(t, e.limit ?? 0) })];
}
