/* The calls about trying a version of the routing rules on past cases. */
import { shaped } from './api.ts';
import { request } from './request.ts';

const root = '/api/v1/desk/rules';

export interface Rehearsed {
  state: 'running' | 'done' | 'failed';
  cases: number;
  elsewhere: number;
  moves: { from: string; to: string; n: number; samples: { number: string | null; category: string | null; rule: string; ruleBefore: string }[] }[];
  load: { board: string; name: string; now: number; then: number }[];
  milliseconds: number;
}

export async function startRehearsal(version: number, since: string, until: string): Promise<number | string> {
  return (shaped(await request(`${root}/${version}/rehearsals`, { method: 'POST', body: { since, until } }), ['id']) as { id: number | string }).id;
}

export async function readRehearsal(id: number | string, signal: AbortSignal): Promise<Rehearsed> {
  return shaped(await request(`${root}/rehearsals/${id}`, { signal }), ['state']) as Rehearsed;
}
