/* What this device remembers: what was typed and not sent (until the tab closes or one
 * signs out; draft_sync.ts keeps it on the server too), the language, and whether single keys do things. A browser may refuse. */

import type { MaskState } from './mask.ts';

const drafts = 'synpunkt.desk.draft.';

function safely<T>(task: () => T, otherwise: T): T {
  try {
    return task();
  } catch {
    return otherwise;
  }
}

export type Draft = Record<string, string>;

/* Files cannot be kept as words are: as long as the page lives, by case and action. */
const chosen = new Map<string, File[]>();

export function filesRead(number: string, action: string): File[] {
  return chosen.get(`${number}.${action}`) ?? [];
}

export function filesKeep(number: string, action: string, files: File[]): void {
  if (files.length) chosen.set(`${number}.${action}`, files);
  else chosen.delete(`${number}.${action}`);
}

/* Areas drawn on a picture and not saved, likewise: by case and picture. */
const masks = new Map<string, MaskState>();

export function maskRead(number: string, n: number): MaskState | undefined {
  return masks.get(`${number}.${n}`);
}

/* null: saved, or as it was. */
export function maskKeep(number: string, n: number, state: MaskState | null): void {
  if (state) masks.set(`${number}.${n}`, state);
  else masks.delete(`${number}.${n}`);
}

let tellKept: (number: string, action: string) => void = () => undefined;

export function whenDraftKept(told: (number: string, action: string) => void): void {
  tellKept = told;
}

export function isBlank(draft: Draft): boolean {
  return !Object.values(draft).some((value) => value.trim());
}

function parseDraft(text: string | null): Draft {
  const value: unknown = JSON.parse(text ?? '{}');

  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value)
    .filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
}

export function draftRead(number: string, action: string): Draft {
  return safely(() => parseDraft(sessionStorage.getItem(`${drafts}${number}.${action}`)), {});
}

/* As it came from the server: nobody is told. */
export function draftPut(number: string, action: string, draft: Draft): void {
  const key = `${drafts}${number}.${action}`;

  safely(() => {
    if (isBlank(draft)) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(draft));
  }, undefined);
}

export function draftKeep(number: string, action: string, draft: Draft): void {
  draftPut(number, action, draft);
  tellKept(number, action);
}

/* The actions of a case with something that is typed and not sent. */
export function draftActions(number: string): string[] {
  const start = `${drafts}${number}.`;

  return safely(() => Object.keys(sessionStorage).filter((key) => key.startsWith(start))
    .map((key) => key.slice(start.length)), []);
}

/* What is known of the server's copy of one; forgotten with the drafts. */
export function syncRead(key: string): Draft {
  return safely(() => parseDraft(sessionStorage.getItem(`synpunkt.desk.sync.${key}`)), {});
}

export function syncKeep(key: string, known: Draft | null): void {
  safely(() => {
    if (known) sessionStorage.setItem(`synpunkt.desk.sync.${key}`, JSON.stringify(known));
    else sessionStorage.removeItem(`synpunkt.desk.sync.${key}`);
  }, undefined);
}

/* The cases for which something is typed and not sent. */
export function draftNumbers(): string[] {
  return safely(() => [...new Set(Object.keys(sessionStorage)
    .filter((key) => key.startsWith(drafts))
    .map((key) => key.slice(drafts.length).split('.')[0] ?? ''))].sort(), []);
}

/* Whose they are: somebody else who signs in here does not get to see them. */
export function draftsBelongTo(user: string): void {
  safely(() => {
    if (sessionStorage.getItem('synpunkt.desk.user') !== user) draftsForget();
    sessionStorage.setItem('synpunkt.desk.user', user);
  }, undefined);
}

export function draftsForget(): void {
  chosen.clear();
  masks.clear();
  safely(() => {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith('synpunkt.desk.')) sessionStorage.removeItem(key);
    }
  }, undefined);
}

/* Until the tab closes or one signs out. */
export function sessionRead(name: string): string | null {
  return safely(() => sessionStorage.getItem(`synpunkt.desk.${name}`), null);
}

export function sessionKeep(name: string, value: string): void {
  safely(() => sessionStorage.setItem(`synpunkt.desk.${name}`, value), undefined);
}

export function settingRead(name: string): string | null {
  return safely(() => localStorage.getItem(`synpunkt.desk.${name}`), null);
}

export function settingKeep(name: string, value: string): void {
  safely(() => localStorage.setItem(`synpunkt.desk.${name}`, value), undefined);
}
