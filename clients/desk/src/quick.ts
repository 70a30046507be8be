/* The subjects that have a digit when one sorts fast. They are chosen once from what lies in
 * the board's queue and stay where they are, so that the fingers learn them; what was chosen
 * last by letters comes first in the list of all. */
import { sessionKeep, sessionRead, settingKeep, settingRead } from './store.ts';
import type { Category, Item } from './types.ts';

export const digits = 9;

/* Theirs while one sorts; the other letters do as in any case. */
export const sortKeys = ['a', 't', 'c', 'g', 's'];

/* Most used first; those that the board owns fill up. */
export function mostUsed(board: string, items: Pick<Item, 'board' | 'category'>[], categories: Category[]): string[] {
  const known = new Set(categories.map(({ code }) => code));
  const uses = new Map<string, number>();

  for (const { board: at, category } of items)
    if (at === board && category && known.has(category)) uses.set(category, (uses.get(category) ?? 0) + 1);
  const used = [...uses].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([code]) => code);
  const own = categories.filter(({ owner, code }) => owner === board && !uses.has(code)).map(({ code }) => code);
  return [...used, ...own].slice(0, digits);
}

const listOf = (text: string | null): string[] => (text ?? '').split(',').filter(Boolean);

export function quickCodes(board: string, items: Item[], categories: Category[]): string[] {
  const kept = listOf(settingRead(`quick.${board}`)).filter((code) => categories.some((c) => c.code === code));

  if (kept.length || !categories.length) return kept;
  const fresh = mostUsed(board, items, categories);
  if (items.length) settingKeep(`quick.${board}`, fresh.join(','));
  return fresh;
}

export function quickForget(board: string): void {
  settingKeep(`quick.${board}`, '');
}

const recent = 9;

/* Gone when one signs out: colleagues' names are nobody else's. */
export function recentOf(kind: 'category' | 'user'): string[] {
  return listOf(sessionRead(`recent.${kind}`));
}

export function recentAdd(kind: 'category' | 'user', code: string): void {
  sessionKeep(`recent.${kind}`, [code, ...recentOf(kind).filter((one) => one !== code)].slice(0, recent).join(','));
}

/* What was chosen last first, the rest in its order. */
export function recentFirst<T>(kind: 'category' | 'user', all: T[], codeOf: (one: T) => string): T[] {
  const last = recentOf(kind);
  const rank = (one: T): number => { const at = last.indexOf(codeOf(one)); return at < 0 ? recent : at; };

  return all.map((one, i) => ({ one, i })).sort((a, b) => rank(a.one) - rank(b.one) || a.i - b.i).map(({ one }) => one);
}
