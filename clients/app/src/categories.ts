/* The city's categories: by area, by search over their other names, the last used first. */
import type { Category } from './types.ts';

/* As the server makes a code of an area's name. */
export function codeOf(name: string): string {
  return name.toLowerCase().replace(/[åä]/g, 'a').replace(/ö/g, 'o').replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
}

/* Letters without marks, so that "potthal" finds "potthål". */
export function folded(text: string): string {
  return text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '').trim();
}

export interface Named {
  code: string;
  name: string; /* in the reader's language */
  area: string; /* its code */
  areaName: string;
  words: string[]; /* all that it can be found by, folded */
}

export function named(category: Category, or: (key: string, otherwise: string) => string): Named {
  const area = codeOf(category.area);
  const name = or(`category.${category.code}`, category.name);
  const areaName = or(`area.${area}`, category.area);

  return { code: category.code, name, area, areaName,
    words: [name, category.name, ...category.synonyms, areaName].map(folded) };
}

/* How near one word of a phrase is to what is sought; 9: not at all. "lampan" finds
 * "lampa": a word in another form begins alike. */
function wordNearness(word: string, sought: string, isName: boolean): number {
  if (word.startsWith(sought) || (word.length >= 4 && sought.startsWith(word))) return isName ? 1 : 2;
  return sought.length > 2 && word.includes(sought) ? 3 : 9;
}

/* 0: it is how the name begins. Null: not found. */
function nearness(words: string[], sought: string): number | null {
  const ranks = words.flatMap((phrase, i) => (i === 0 && phrase.startsWith(sought) ? [0]
    : phrase.split(/[^\p{L}\p{N}]+/u).filter(Boolean).map((word) => wordNearness(word, sought, i < 2))));
  const best = Math.min(9, ...ranks);

  return best === 9 ? null : best;
}

export function found(list: Named[], query: string): Named[] {
  const sought = folded(query).split(/\s+/).filter(Boolean);
  const ranked = list.flatMap((one) => {
    const ranks = sought.map((word) => nearness(one.words, word));
    return ranks.some((rank) => rank === null) ? []
      : [{ one, rank: ranks.reduce<number>((sum, rank) => sum + (rank ?? 0), 0) }];
  });

  return sought.length ? ranked.sort((a, b) => a.rank - b.rank).map(({ one }) => one) : [];
}

/* In the city's own order. */
export function areasOf(list: Named[]): { code: string; name: string }[] {
  const areas = new Map(list.map(({ area, areaName }) => [area, areaName]));
  return Array.from(areas, ([code, name]) => ({ code, name }));
}

export function withRecent(recent: string[], code: string): string[] {
  return [code, ...recent.filter((one) => one !== code)].slice(0, 3);
}
