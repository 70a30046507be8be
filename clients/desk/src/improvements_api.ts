/* The calls about improvement actions and shared praise. */
import { caseAt, desk, parseList, shaped } from './api.ts';
import { ServerError } from './errors.ts';
import { request } from './request.ts';
import type { Goal, Improvement, ImprovementChange, NewImprovement, Praise } from './types.ts';

const improvements = `${desk}/improvements`;

export const parseImprovement = (v: unknown): Improvement => shaped(v, ['id', 'version', 'effect']) as Improvement;

export interface ImprovementPage {
  items: Improvement[];
  next: string | null;
}

export async function listImprovements(board: string, after: string, signal: AbortSignal): Promise<ImprovementPage> {
  const query = new URLSearchParams({ ...(board && { board }), ...(after && { after }) });

  return shaped(await request(`${improvements}?${query.toString()}`, { signal }), ['items', 'next']) as ImprovementPage;
}

/* Of a board, page after page. */
export async function allImprovements(board: string, signal: AbortSignal): Promise<Improvement[]> {
  const all: Improvement[] = [];
  let after: string | null = '';

  while (after !== null) {
    const page: ImprovementPage = await listImprovements(board, after, signal);
    all.push(...page.items);
    after = page.next;
  }
  return all;
}

export async function improvementsOf(number: string, signal: AbortSignal): Promise<Improvement[]> {
  return parseList<Improvement>(await request(`${caseAt(number)}/improvements`, { signal }));
}

export async function readImprovement(id: string, signal: AbortSignal): Promise<Improvement> {
  return parseImprovement(await request(`${improvements}/${id}`, { signal }));
}

/* old: null for a new one; its version is the one that was seen. */
export async function saveImprovement(wanted: NewImprovement, old: Pick<Improvement, 'id' | 'version'> | null): Promise<Improvement> {
  return parseImprovement(await request(old ? `${improvements}/${old.id}` : improvements,
    { method: old ? 'PUT' : 'POST', body: wanted, ...(old && { version: old.version }) }));
}

/* Hundreds may be told. */
export async function completeImprovement({ id, version }: Pick<Improvement, 'id' | 'version'>, body: object): Promise<Improvement> {
  return parseImprovement(await request(`${improvements}/${id}/completions`, { method: 'POST', version, body, timeout: 60_000 }));
}

export async function linkImprovement(id: number, number: string, isGone: boolean): Promise<Improvement> {
  return parseImprovement(await request(`${improvements}/${id}/${isGone ? 'link-removals' : 'links'}`,
    { method: 'POST', body: { number } }));
}

export async function listImprovementChanges(id: number, signal: AbortSignal): Promise<ImprovementChange[]> {
  return parseList<ImprovementChange>(await request(`${improvements}/${id}/changes`, { signal }));
}

export const ilsAt = (id: number): string => `${improvements}/${id}/ils`;

export async function readIls(id: number): Promise<string> {
  const text = await request(ilsAt(id));

  if (typeof text !== 'string') throw new ServerError('not the text that was expected');
  return text;
}

export async function listGoals(board: string, signal: AbortSignal): Promise<Goal[]> {
  return parseList<Goal>(await request(`${desk}/goals?board=${encodeURIComponent(board)}`, { signal }));
}

const parsePraise = (v: unknown): Praise => shaped(v, ['possible', 'shared']) as Praise;

export async function readPraise(number: string, signal: AbortSignal): Promise<Praise> {
  return parsePraise(await request(`${caseAt(number)}/praise`, { signal }));
}

/* text: null to show it no more. */
export async function sharePraise(number: string, text: string | null, consent: boolean): Promise<Praise> {
  return parsePraise(await request(`${caseAt(number)}/praise-sharing${text === null ? '-removals' : 's'}`,
    { method: 'POST', body: text === null ? {} : { text, consent } }));
}
