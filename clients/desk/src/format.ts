/* Dates and time left, as people say them. */
import type { Item } from './types.ts';
import type { Texts } from './texts/sv.ts';
import { fill } from './words.ts';

const zone = 'Europe/Stockholm';

export function day(t: Texts, date: string): string {
  const noon = new Date(`${date}T12:00:00Z`);
  return new Intl.DateTimeFormat(t.locale, { weekday: 'short', day: 'numeric', month: 'short',
    ...yearOf(noon), timeZone: 'UTC' }).format(noon);
}

function yearOf(date: Date): { year?: 'numeric' } {
  return date.getUTCFullYear() === new Date().getUTCFullYear() ? {} : { year: 'numeric' };
}

export function instant(t: Texts, at: string): string {
  const date = new Date(at);
  return new Intl.DateTimeFormat(t.locale, { day: 'numeric', month: 'short', ...yearOf(date),
    hour: '2-digit', minute: '2-digit', timeZone: zone }).format(date);
}

export function clock(t: Texts, at: Date): string {
  return new Intl.DateTimeFormat(t.locale, { hour: '2-digit', minute: '2-digit',
    second: '2-digit', timeZone: zone }).format(at);
}

export interface Due {
  kind: 'late' | 'near' | 'calm' | 'done';
  text: string;
  more: string;
}

type DueFacts = Pick<Item, 'status' | 'overdue' | 'answerBy' | 'daysLeft' | 'attention'>;

/* Working days are the server's to count; without them the date alone is said. */
export function dueOf(t: Texts, item: DueFacts): Due {
  const date = day(t, item.answerBy);

  if (item.status === 'closed') return { kind: 'done', text: t.due.closed, more: '' };
  if (item.overdue)
    return { kind: 'late', text: lateText(t, item.daysLeft), more: fill(t.due.wasBy, { date }) };
  if (item.status === 'answered' || item.daysLeft === null)
    return { kind: 'done', text: t.due.answered, more: '' };
  const isNear = item.attention?.includes('near-due') ?? false;
  return { kind: isNear ? 'near' : 'calm', more: item.daysLeft === undefined ? '' : fill(t.due.by, { date }),
    text: item.daysLeft === undefined ? fill(t.due.by, { date }) : leftText(t, item.daysLeft) };
}

function lateText(t: Texts, left: number | null | undefined): string {
  if (left === undefined || left === null || left >= 0) return t.due.overdue;
  return left === -1 ? t.due.overdueOne : fill(t.due.overdueDays, { n: -left });
}

function leftText(t: Texts, left: number): string {
  if (left <= 0) return t.due.today;
  return left === 1 ? t.due.one : fill(t.due.days, { n: left });
}

export function size(bytes: number, t: Texts): string {
  const number = new Intl.NumberFormat(t.locale, { maximumFractionDigits: 1 });
  return bytes < 1_000_000 ? `${number.format(Math.max(bytes / 1000, 0.1))} kB`
    : `${number.format(bytes / 1_000_000)} MB`;
}
