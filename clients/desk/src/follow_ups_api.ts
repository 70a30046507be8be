/* The calls about following up. */
import { ServerError } from './errors.ts';
import { request } from './request.ts';
import type { DeskToday, FollowUp } from './types.ts';

const at = (number: string): string => `/api/v1/desk/cases/${encodeURIComponent(number)}/follow-ups`;

function itemsOf(value: unknown): FollowUp[] {
  if (typeof value !== 'object' || value === null || !('items' in value))
    throw new ServerError('not the answer that was expected');
  return (value as { items: FollowUp[] }).items;
}

export async function readFollowUps(number: string, signal: AbortSignal): Promise<FollowUp[]> {
  return itemsOf(await request(at(number), { signal }));
}

export async function addFollowUp(number: string, body: object): Promise<FollowUp[]> {
  return itemsOf(await request(at(number), { method: 'POST', body }));
}

export async function endFollowUp(number: string, id: number): Promise<FollowUp[]> {
  return itemsOf(await request(`${at(number)}/${id}/completions`, { method: 'POST' }));
}

export async function readToday(signal: AbortSignal): Promise<DeskToday> {
  const value = await request('/api/v1/desk/today', { signal });
  if (typeof value !== 'object' || value === null || !('followUps' in value))
    throw new ServerError('not the answer that was expected');
  return value as DeskToday;
}
