/* The server's calls about what is typed and not sent, and about who else is there. */
import { caseAt, desk, parseList, shaped } from './api.ts';
import { request } from './request.ts';
import type { Draft } from './store.ts';
import type { Beside, ServerDraft } from './types.ts';

const draftAt = (number: string, action: string): string =>
  `${caseAt(number)}/drafts/${encodeURIComponent(action)}`;

/* number: null for all cases. */
export async function listDrafts(number: string | null, signal: AbortSignal): Promise<ServerDraft[]> {
  return parseList<ServerDraft>(await request(number === null ? `${desk}/drafts` : `${caseAt(number)}/drafts`, { signal }));
}

export interface Kept {
  fields: Draft;
  seen: string | null; /* of the server's copy, as far as it is known */
}

/* When it was saved, which is seen next time. */
export async function putDraft(number: string, action: string, kept: Kept, isLast: boolean): Promise<string> {
  return (shaped(await request(draftAt(number, action), { method: 'PUT', body: kept, isLast }),
    ['savedAt']) as { savedAt: string }).savedAt;
}

export async function dropDraft(number: string, action: string, isLast: boolean): Promise<void> {
  await request(draftAt(number, action), { method: 'DELETE', isLast });
}

/* What a refusal says that another device has written. */
export function otherOf(v: unknown): Pick<ServerDraft, 'savedAt' | 'fields'> {
  return shaped(v, ['savedAt', 'fields']) as Pick<ServerDraft, 'savedAt' | 'fields'>;
}

/* Says that one has a case open, and with which form; gives who else has. */
export async function putPresence(number: string, writing: string | null, signal: AbortSignal): Promise<Beside[]> {
  return parseList<Beside>(await request(`${caseAt(number)}/presence`, { method: 'PUT', body: { writing }, signal }));
}

export async function dropPresence(number: string): Promise<void> {
  await request(`${caseAt(number)}/presence`, { method: 'DELETE', isLast: true });
}
