/* What comes of a change to what a group stands for, in words: as much as is known. */
import { isValidOn } from './settings.ts';
import type { GroupWords } from './texts/group_map.ts';
import type { GroupMapping } from './types.ts';
import { fill } from './words.ts';

const people = (words: { one: string; many: string }, n: number): string => (n === 1 ? words.one : fill(words.many, { n }));

export function holdersText(w: GroupWords, { holders }: GroupMapping): string {
  return holders ? people(w.holders, holders) : w.noHolders;
}

function losersText(w: GroupWords, { holders, losers }: GroupMapping): string {
  const lose = losers ? people(w.lose, losers) : w.nobodyLoses;
  return holders > losers ? `${lose} ${people(w.keep, holders - losers)}` : lose;
}

export function endText(w: GroupWords, map: GroupMapping): string {
  return `${losersText(w, map)} ${w.again}`;
}

/* Emptied: no first day, or no last one. */
export function daysText(w: GroupWords, map: GroupMapping, days: { validFrom?: string | undefined; validTo?: string | undefined }, today: string): string {
  const was = isValidOn({ validFrom: map.validFrom, validTo: map.validTo }, today);
  const will = isValidOn({ validFrom: days.validFrom || null, validTo: days.validTo || null }, today);

  if (was && !will) return losersText(w, map);
  if (!was && will) return map.linked ? people(w.get, map.linked) : w.nobodyYet;
  return w.asToday;
}

/* What failed at a provider, of the server's words: which fetch, and how. */
export function whyText(w: GroupWords, why: string): string {
  const [what = '', how = ''] = why.split(/ (.*)/s);
  const said = w.whys[how] ?? (/^\d+$/.test(how) ? fill(w.whyCode, { why: how }) : how);

  return fill(w.why[what] ?? '{why}', { why: said || why });
}
