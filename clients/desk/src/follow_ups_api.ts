/* The calls about following up. */
import { caseAt, desk, parseList, shaped } from './api.ts';
import { request } from './request.ts';
import type { DeskToday, FollowUp } from './types.ts';

const at = (number: string): string => `${caseAt(number)}/follow-ups`;

export async function readFollowUps(number: string, signal: AbortSignal): Promise<FollowUp[]> {
  return parseList<FollowUp>(await request(at(number), { signal }));
}

export async function addFollowUp(number: string, body: object): Promise<FollowUp[]> {
  return parseList<FollowUp>(await request(at(number), { method: 'POST', body }));
}

export async function endFollowUp(number: string, id: number): Promise<FollowUp[]> {
  return parseList<FollowUp>(await request(`${at(number)}/${id}/completions`, { method: 'POST' }));
}

export async function readToday(signal: AbortSignal): Promise<DeskToday> {
  return shaped(await request(`${desk}/today`, { signal }), ['followUps', 'escalated', 'signals', 'mentions']) as DeskToday;
}
