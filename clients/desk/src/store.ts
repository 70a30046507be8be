/* What this device remembers: what was typed and not sent (until the tab closes or one
 * signs out), the language, and whether single keys do things. A browser may refuse. */

const drafts = 'synpunkt.desk.draft.';

function safely<T>(task: () => T, otherwise: T): T {
  try {
    return task();
  } catch {
    return otherwise;
  }
}

export type Draft = Record<string, string>;

function parseDraft(text: string | null): Draft {
  const value: unknown = JSON.parse(text ?? '{}');

  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value)
    .filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
}

export function draftRead(number: string, action: string): Draft {
  return safely(() => parseDraft(sessionStorage.getItem(`${drafts}${number}.${action}`)), {});
}

export function draftKeep(number: string, action: string, draft: Draft): void {
  const key = `${drafts}${number}.${action}`;

  safely(() => {
    if (Object.values(draft).some((value) => value.trim()))
      sessionStorage.setItem(key, JSON.stringify(draft));
    else
      sessionStorage.removeItem(key);
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
