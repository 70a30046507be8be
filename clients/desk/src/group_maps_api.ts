/* The calls about groups and their roles, and about the providers; they are fetched with their page. */
import { parseList, shaped } from './api.ts';
import { request } from './request.ts';
import type { GroupMapping, ProviderStates } from './types.ts';

const root = '/api/v1/desk/group-mappings';

export async function readMaps(signal: AbortSignal): Promise<GroupMapping[]> {
  return parseList<GroupMapping>(await request(root, { signal }));
}

/* Each provider is asked, which takes as long as the slowest of them. */
export async function readProviders(signal: AbortSignal): Promise<ProviderStates> {
  return shaped(await request('/api/v1/desk/sign-in-providers', { signal }), ['items']) as ProviderStates;
}

export async function addMap(body: object): Promise<void> {
  await request(root, { method: 'POST', body });
}

export async function changeMapDays(id: string, body: object): Promise<void> {
  await request(`${root}/${id}`, { method: 'PATCH', body });
}

export async function endMap(id: string, body: object): Promise<void> {
  await request(`${root}/${id}/ends`, { method: 'POST', body });
}
