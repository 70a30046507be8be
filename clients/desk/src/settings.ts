/* Settings as values of a form and as words: everything that needs no page. */
import { boardName, categoryName } from './desk.ts';
import type { Lists } from './desk.ts';
import { day } from './format.ts';
import { ownTextWords } from './texts/own_text.ts';
import type { Settings } from './texts/settings.ts';
import type { Texts } from './texts/sv.ts';
import type { OwnTexts, SettingField, SettingKind } from './types.ts';
import { fill, wordOf } from './words.ts';

export type Row = Record<string, unknown>;
export type Values = Record<string, string>;

/* What a list shows of a row, in its order; the first leads to it. */
const columns: Record<string, string[]> = {
  deadlines: ['category', 'board', 'type', 'acknowledgeDays', 'answerDays'],
  escalations: ['board', 'coordinatorDays', 'managerDays'],
  'working-days': ['day', 'name', 'open'],
  categories: ['name', 'areaName', 'owner', 'sensitivity'],
  'auto-categories': ['bySelf', 'least'],
  mailboxes: ['address', 'board', 'unit'],
  contractors: ['name', 'board', 'way', 'phone'],
  'contractor-shares': ['category', 'unit', 'district', 'contractor', 'automatic'],
  helplines: ['name', 'phone', 'link'],
  redirects: ['code', 'link'],
  'report-targets': ['measure', 'year', 'board', 'target', 'partly'],
  'report-rhythm': ['board', 'tertial1'],
  texts: ['text', 'language', 'wording'],
};

export function columnsOf(kind: SettingKind): SettingField[] {
  return (columns[kind.code] ?? []).flatMap((name) => kind.fields.filter((field) => field.name === name));
}

export interface Speaker {
  t: Texts;
  w: Settings;
  lists: Lists;
  districts: Record<string, string>;
  texts?: OwnTexts | null; /* what the program itself says */
}

/* "Startsidan: Rubrik" */
export function ownTextName({ t, texts }: Speaker, code: string): string {
  const own = ownTextWords(t);
  const place = texts?.items.find((one) => one.code === code)?.place;

  return `${place ? `${wordOf(own.places, place)}: ` : ''}${wordOf(own.names, code)}`;
}

function codeWord(speaker: Speaker, field: SettingField, code: string): string {
  if (field.name === 'text') return ownTextName(speaker, code);
  if (field.name === 'language') return wordOf(speaker.t.template.languages, code);
  return otherWord(speaker, field, code);
}

function otherWord({ t, w, lists, districts }: Speaker, { value, name }: SettingField, code: string): string {
  if (value === 'owner') return w.owners[code] ?? boardName(lists, code);
  if (value === 'board') return boardName(lists, code);
  if (value === 'category') return categoryName(lists, code) ?? code;
  if (value === 'district') return districts[code] ?? code;
  if (value === 'choices') return wordOf(w.stops, code);
  if (name === 'measure') return wordOf(w.measures, code);
  if (value === 'choice' && name === 'way') return wordOf(w.ways, code);
  if (value === 'choice') return wordOf(name === 'channel' ? t.channel : t.type, code);
  return value === 'day' ? day(t, code) : code;
}

/* What any value fits is told so, where it is a condition. */
const conditions = ['board', 'category', 'type', 'district', 'unit', 'channel'];

export function valueText(speaker: Speaker, field: SettingField, value: unknown): string {
  const { w } = speaker;

  if (typeof value === 'boolean') return value ? w.yes : w.no;
  if (Array.isArray(value))
    return value.length ? value.map((one) => codeWord(speaker, field, String(one))).join(', ') : w.none;
  if (value === null || value === undefined || value === '')
    return conditions.includes(field.name) && !field.required ? w.anything : w.none;
  return codeWord(speaker, field, String(value));
}

export function validityText({ t, w }: Speaker, row: Row): string {
  const from = typeof row['validFrom'] === 'string' ? fill(w.from, { date: day(t, row['validFrom']) }) : '';
  const until = typeof row['validTo'] === 'string' ? fill(w.until, { date: day(t, row['validTo']) }) : '';

  return [from, until].filter(Boolean).join(' ') || w.always;
}

export function isValidOn(row: Row, today: string): boolean {
  const { validFrom, validTo } = row;

  return !(typeof validFrom === 'string' && validFrom > today) && !(typeof validTo === 'string' && validTo < today);
}

/* ---- the form ---- */

export function valuesOf(fields: SettingField[], row: Row): Values {
  return Object.fromEntries(fields.map(({ name, value }): [string, string] => {
    const held = row[name];
    if (Array.isArray(held)) return [name, held.join(value === 'list' ? '\n' : ',')];
    if (typeof held === 'boolean') return [name, held ? 'true' : ''];
    return [name, typeof held === 'string' || typeof held === 'number' ? String(held) : ''];
  }));
}

function valueSent({ value }: SettingField, text: string): unknown {
  if (value === 'yes') return text === 'true';
  if (value === 'list') return text.split('\n').map((line) => line.trim()).filter(Boolean);
  if (value === 'choices') return text.split(',').filter(Boolean);
  if (text.trim() === '') return null;
  return value === 'number' && /^-?\d+$/.test(text.trim()) ? Number(text) : text.trim();
}

export function rowOf(fields: SettingField[], values: Values): Row {
  return Object.fromEntries(fields.map((field) => [field.name, valueSent(field, values[field.name] ?? '')]));
}

/* A new one stands last, and holds from today. */
export function startOf(kind: SettingKind, rows: Row[], today: string): Values {
  const last = Math.max(0, ...rows.map(({ position }) => (typeof position === 'number' ? position : 0)));

  return { ...valuesOf(kind.fields, { stopsFor: ['waiting-complainant'], validFrom: today }),
    position: String(last + 10) };
}

/* Which fields two rows tell differently. */
export function differing(fields: SettingField[], before: Row | null, after: Row | null): SettingField[] {
  return fields.filter(({ name }) => JSON.stringify(before?.[name] ?? null) !== JSON.stringify(after?.[name] ?? null));
}

/* What names a row, for its heading and for whoever hears of it. */
export function titleOf(speaker: Speaker, kind: SettingKind, row: Row): string {
  const [first, second] = columnsOf(kind);

  if (!first) return '';
  if (kind.code === 'texts') return `${valueText(speaker, first, row['text'])} (${valueText(speaker, second!, row['language'])})`;
  return kind.code === 'deadlines' && second
    ? columnsOf(kind).slice(0, 3).map((field) => row[field.name] ? valueText(speaker, field, row[field.name]) : '')
      .filter(Boolean).join(', ') || speaker.w.anything
    : valueText(speaker, first, row[first.name]);
}
