/* The calls about reorganisations; they are fetched with their page. */
import { parseList, shaped } from './api.ts';
import { request } from './request.ts';
import type { Reorganisation, ReorganisationHead } from './types.ts';

const root = '/api/v1/desk/reorganisations';

export async function readReorganisations(signal: AbortSignal): Promise<ReorganisationHead[]> {
  return parseList<ReorganisationHead>(await request(root, { signal }));
}

export async function readReorganisation(code: string, signal: AbortSignal): Promise<Reorganisation> {
  return shaped(await request(`${root}/${encodeURIComponent(code)}`, { signal }), ['code', 'state']) as Reorganisation;
}

export async function carryOut(code: string): Promise<Reorganisation> {
  return shaped(await request(`${root}/${encodeURIComponent(code)}/carry-outs`, { method: 'POST' }), ['code', 'state']) as Reorganisation;
}
