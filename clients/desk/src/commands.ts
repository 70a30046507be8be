/* What the command palette offers: each part of the screen says what it can do, as with keys,
 * and the list is made when it is asked for. */
import { useLayoutEffect, useRef } from 'preact/hooks';

export interface Command {
  id: string;
  text: string;
  group: string;
  key?: string | undefined; /* that does the same without the palette */
  isQuiet?: boolean; /* found when sought, and not listed before */
  run: () => void;
}

const parts: { current: () => Command[] }[] = [];

export function useCommands(make: () => Command[]): void {
  const now = useRef(make);

  now.current = make;
  useLayoutEffect(() => {
    parts.push(now);
    return () => { parts.splice(parts.indexOf(now), 1); };
  }, []);
}

/* Of what came last first: that is what one looks at. */
export function commandsNow(): Command[] {
  return [...parts].reverse().flatMap(({ current }) => current());
}

/* Every word of what is sought is somewhere in what is seen, dots or not. */
export function fitsWords(seen: string[], sought: string): boolean {
  const all = plainText(seen.join(' '));

  return plainText(sought).split(/\s+/).every((word) => all.includes(word));
}

/* "Gång" and "gang" are the same to whoever types fast. */
export function plainText(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();
}

/* How well it fits: 0 from the start, 1 from the start of a word, 2 each typed word somewhere;
 * null: not. */
export function fit(text: string, query: string): number | null {
  const plain = plainText(text);
  const sought = plainText(query);

  if (plain.startsWith(sought)) return 0;
  if (plain.split(/[^\p{L}\p{N}]+/u).some((_, i, words) => words.slice(i).join(' ').startsWith(sought))) return 1;
  return sought.split(/\s+/).every((word) => plain.includes(word)) ? 2 : null;
}

const most = 50; /* more is not read through; one types on */

export function matching(commands: Command[], query: string): Command[] {
  if (!query.trim()) return commands.filter(({ isQuiet }) => !isQuiet).slice(0, most);
  return commands.map((command, at) => ({ command, at, how: fit(command.text, query) }))
    .filter((one): one is { command: Command; at: number; how: number } => one.how !== null)
    .sort((a, b) => a.how - b.how || a.at - b.at).slice(0, most).map(({ command }) => command);
}

/* "2026-104233", and "104233" of this year. */
export function numberOf(query: string, year: number): string | null {
  const text = query.trim();

  if (/^\d{4}-\d{1,15}$/.test(text)) return text;
  return /^\d{5,15}$/.test(text) ? `${year}-${text}` : null;
}
