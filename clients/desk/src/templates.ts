/* What templates for replies are, without a page: what they are for, gaps, what is sent. */
import { isAdministrator, ledBoards } from './desk.ts';
import type { Draft } from './store.ts';
import type { NewTemplate, Session, Template } from './types.ts';
import { fill, wordOf } from './words.ts';
import type { Texts } from './texts/sv.ts';

/* What store.ts calls what is typed on the page for them, in place of a case's number. */
export const templateDraft = 'mallar';
export const templateKinds = ['acknowledge', 'reply', 'interim-reply', 'ask', 'notify-delay'] as const;
export const templateLanguages = ['sv', 'en', 'fi', 'fit', 'se', 'sv-x-easy', 'ar'] as const;

export function hasTemplates(code: string): boolean {
  return templateKinds.some((kind) => kind === code);
}

/* A gap as it stands in a text, by the name of the field. */
export function gapOf(t: Texts, field: string): string {
  return fill(t.template.gap, { field: wordOf(t.template.fields, field) });
}

/* As the server filled it in, with the gaps in the reader's words. */
export function withGaps(t: Texts, text: string, missing: readonly string[]): string {
  return missing.reduce((so, field) => so.replaceAll(`[${field}?]`, gapOf(t, field)), text);
}

/* The first gap that nobody has filled in, or undefined. */
export function gapLeft(t: Texts, text: string): string | undefined {
  return Object.keys(t.template.fields).flatMap((field) => [gapOf(t, field), `[${field}?]`])
    .filter((gap) => text.includes(gap)).sort((a, b) => text.indexOf(a) - text.indexOf(b))[0];
}

/* Where the cursor is, so that the browser's undo takes it back. */
export function insertText(area: HTMLTextAreaElement, text: string): void {
  area.focus();
  /* Outdated, and the only way that undo knows of. */
  if (document.execCommand('insertText', false, text)) return;
  area.setRangeText(text, area.selectionStart, area.selectionEnd, 'end');
  area.dispatchEvent(new Event('input', { bubbles: true }));
}

/* The boards whose templates the session writes; '' is the whole city. */
export function writableBoards(session: Session): string[] {
  return [...(isAdministrator(session) ? [''] : []), ...ledBoards(session)];
}

export function holdsOn(template: Template, day: string): boolean {
  return (template.validFrom ?? '') <= day && (template.validTo ?? '9999') >= day;
}

const members = ['board', 'category', 'status', 'language', 'kind', 'name', 'text', 'validFrom', 'validTo'] as const;

export function valuesOf(template: Template): Draft {
  return Object.fromEntries(members.map((name) => [name, template[name] ?? '']));
}

export function newValues(board: string, day: string): Draft {
  return { board, category: '', status: '', language: 'sv', kind: 'reply', name: '', text: '', validFrom: day, validTo: '' };
}

export function wantedOf(values: Draft): NewTemplate {
  const value = (name: (typeof members)[number]): string | null => values[name] || null;

  return { board: value('board'), category: value('category'),
    status: value('status') as NewTemplate['status'] ?? null,
    language: templateLanguages.find((code) => code === values['language']) ?? 'sv',
    kind: templateKinds.find((code) => code === values['kind']) ?? 'reply',
    name: (values['name'] ?? '').trim(), text: values['text'] ?? '',
    validFrom: value('validFrom'), validTo: value('validTo') };
}

/* The server's reason for a text that it would not take, in the reader's words. */
export function whyOf(t: Texts, reason: string): string {
  const field = /field "([^"]*)"/.exec(reason)?.[1];

  return field === undefined ? t.template.notClosed : fill(t.template.unknownField, { field });
}
