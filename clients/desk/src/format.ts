/* Dates and time left, as people say them. */
import type { Attachment, Case, Item } from './types.ts';
import type { Texts } from './texts/sv.ts';
import { fill } from './words.ts';

const zone = 'Europe/Stockholm';

export function day(t: Texts, date: string): string {
  const noon = new Date(`${date}T12:00:00Z`);
  return new Intl.DateTimeFormat(t.locale, { weekday: 'short', day: 'numeric', month: 'short',
    ...yearOf(noon), timeZone: 'UTC' }).format(noon);
}

/* As it stands on paper. */
export function longDay(t: Texts, date: string): string {
  return new Intl.DateTimeFormat(t.locale, { dateStyle: 'full', timeZone: 'UTC' }).format(new Date(`${date}T12:00:00Z`));
}

function yearOf(date: Date): { year?: 'numeric' } {
  return date.getUTCFullYear() === new Date().getUTCFullYear() ? {} : { year: 'numeric' };
}

export function instant(t: Texts, at: string): string {
  const date = new Date(at);
  return new Intl.DateTimeFormat(t.locale, { day: 'numeric', month: 'short', ...yearOf(date),
    hour: '2-digit', minute: '2-digit', timeZone: zone }).format(date);
}

/* Of what was taken down on a later day nobody knows the hour. */
export function receivedText(t: Texts, it: Pick<Case, 'receivedAt' | 'receivedOn' | 'registeredAt'>): string {
  return it.receivedAt === it.registeredAt ? instant(t, it.receivedAt) : day(t, it.receivedOn);
}

export function clock(t: Texts, at: Date): string {
  return new Intl.DateTimeFormat(t.locale, { hour: '2-digit', minute: '2-digit',
    second: '2-digit', timeZone: zone }).format(at);
}

/* The local date, as the server counts days. */
export function today(): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(new Date());
}

export interface Due {
  kind: 'late' | 'near' | 'calm' | 'done';
  text: string;
  more: string;
}

export type DueFacts = Pick<Item, 'status' | 'overdue' | 'answerBy' | 'daysLeft' | 'attention'>;

/* Working days are the server's to count. While the clock stands still they do not shrink. */
export function dueOf(t: Texts, item: DueFacts): Due {
  const date = day(t, item.answerBy);

  if (item.status === 'closed') return { kind: 'done', text: t.due.closed, more: '' };
  if (item.daysLeft === null) return { kind: 'done', text: t.due.answered, more: '' };
  if (item.overdue)
    return { kind: 'late', text: lateText(t, -item.daysLeft), more: fill(t.due.by, { date }) };
  return { kind: item.attention.includes('near-due') ? 'near' : 'calm',
    text: leftText(t, item.daysLeft), more: fill(t.due.by, { date }) };
}

function lateText(t: Texts, days: number): string {
  return days === 1 ? t.due.overdueOne : fill(t.due.overdueDays, { n: days });
}

function leftText(t: Texts, days: number): string {
  if (days <= 0) return t.due.today;
  return days === 1 ? t.due.one : fill(t.due.days, { n: days });
}

/* What asks for somebody's hand besides the answer's date, which stands by itself. */
export function otherMarks(item: Pick<Item, 'attention'>): Item['attention'] {
  return item.attention.filter((code) => code !== 'overdue' && code !== 'near-due');
}

/* "sv" as "svenska"; what no browser knows stays as it came. */
export function languageName(t: Texts, code: string): string {
  try {
    return new Intl.DisplayNames(t.locale, { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
}

export function size(bytes: number, t: Texts): string {
  const number = new Intl.NumberFormat(t.locale, { maximumFractionDigits: 1 });
  return bytes < 1_000_000 ? `${number.format(Math.max(bytes / 1000, 0.1))} kB`
    : `${number.format(bytes / 1_000_000)} MB`;
}

/* One that can be shown: what is not stored has no picture. */
export function isPicture({ type, state }: Attachment): boolean {
  return state === 'stored' && type.startsWith('image/');
}
