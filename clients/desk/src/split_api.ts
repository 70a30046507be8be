/* The two calls of a split. */
import { caseAt, shaped } from './api.ts';
import { request } from './request.ts';
import type { SplitDecision, SplitMade } from './types.ts';

export async function lookSplit(number: string, body: object): Promise<SplitDecision[]> {
  return (shaped(await request(`${caseAt(number)}/split-previews`, { method: 'POST', body }), ['parts']) as {
    parts: SplitDecision[] }).parts;
}

export async function sendSplit(number: string, body: object, version: number): Promise<SplitMade[]> {
  return (shaped(await request(`${caseAt(number)}/splits`, { method: 'POST', body, version }), ['cases']) as {
    cases: SplitMade[] }).cases;
}
