/* The calls about trying a version of the routing rules on past cases. */
import { shaped } from './api.ts';
import { request } from './request.ts';
import type { Rehearsed } from './types.ts';

const root = '/api/v1/desk/rules';

export async function startRehearsal(version: number, since: string, until: string): Promise<number> {
  return (shaped(await request(`${root}/${version}/rehearsals`, { method: 'POST', body: { since, until } }), ['id']) as { id: number }).id;
}

export async function readRehearsal(id: number, signal: AbortSignal): Promise<Rehearsed> {
  return shaped(await request(`${root}/rehearsals/${id}`, { signal }), ['state', 'decided']) as Rehearsed;
}
