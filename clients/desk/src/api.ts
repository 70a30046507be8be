/* One function for each call, each with the one place where its answer gets its type. */
import { ServerError } from './errors.ts';
import { request } from './request.ts';
import type { Areas, Board, Case, Category, Colleague, Page, Section, Session,
  Summary }
  from './types.ts';

/* An answer without these members is not the one that was asked for. */
function shaped(value: unknown, members: string[]): object {
  if (typeof value !== 'object' || value === null || members.some((m) => !(m in value)))
    throw new ServerError('not the answer that was expected');
  return value;
}

const parseSession = (v: unknown): Session => shaped(v, ['user', 'csrfToken']) as Session;
const parsePage = (v: unknown): Page => shaped(v, ['items', 'next']) as Page;
export const parseCase = (v: unknown): Case => shaped(v, ['number', 'events', 'actions']) as Case;
const parseSummary = (v: unknown): Summary => shaped(v, ['open', 'overdue']) as Summary;
const parseList = <T>(v: unknown): T[] => (shaped(v, ['items']) as { items: T[] }).items;
const parseAreas = (v: unknown): Areas => shaped(v, ['features']) as Areas;

const desk = '/api/v1/desk';
const caseAt = (number: string): string => `${desk}/cases/${encodeURIComponent(number)}`;

export async function signIn(username: string, password: string): Promise<Session> {
  return parseSession(await request('/api/v1/sessions',
    { method: 'POST', body: { username, password }, isSignIn: true }));
}

export async function currentSession(signal: AbortSignal): Promise<Session> {
  return parseSession(await request('/api/v1/sessions/current', { signal }));
}

export async function signOut(isEverywhere: boolean): Promise<void> {
  await request(`/api/v1/sessions${isEverywhere ? '' : '/current'}`, { method: 'DELETE' });
}

export async function listCases(query: URLSearchParams, signal: AbortSignal): Promise<Page> {
  return parsePage(await request(`${desk}/cases?${query.toString()}`, { signal }));
}

export async function readCase(number: string, signal: AbortSignal): Promise<Case> {
  return parseCase(await request(caseAt(number), { signal }));
}

export interface Deed {
  path: string; /* '': a change of the case itself */
  body: object;
  version: number;
}

/* Null: it went to a board that is not the caller's. */
export async function act(number: string, deed: Deed, signal: AbortSignal): Promise<Case | null> {
  const answer = await request(caseAt(number) + (deed.path && `/${deed.path}`),
    { method: deed.path ? 'POST' : 'PATCH', body: deed.body, version: deed.version, signal });

  return typeof answer === 'object' && answer !== null && 'events' in answer
    ? parseCase(answer) : null;
}

export function attachmentAt(number: string, n: number, isSmall: boolean): string {
  return `${caseAt(number)}/attachments/${n}${isSmall ? '?thumbnail=1' : ''}`;
}

export async function readSummary(signal: AbortSignal): Promise<Summary> {
  return parseSummary(await request(`${desk}/summary`, { signal }));
}

export async function readColleagues(signal: AbortSignal): Promise<Colleague[]> {
  return parseList<Colleague>(await request(`${desk}/colleagues`, { signal }));
}

export async function readSections(signal: AbortSignal): Promise<Section[]> {
  return parseList<Section>(await request(`${desk}/secrecy-sections`, { signal }));
}

export async function readBoards(signal: AbortSignal): Promise<Board[]> {
  return parseList<Board>(await request('/api/v1/boards?limit=200', { signal }));
}

export async function readCategories(signal: AbortSignal): Promise<Category[]> {
  return parseList<Category>(await request('/api/v1/categories?limit=200', { signal }));
}

export async function readDistricts(signal: AbortSignal): Promise<Areas> {
  return parseAreas(await request('/api/v1/areas?kind=district', { signal }));
}
