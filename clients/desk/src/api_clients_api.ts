/* The calls about other systems' keys; they are fetched with their page. */
import { parseList, shaped } from './api.ts';
import { request } from './request.ts';
import type { ApiClient, ApiClientKey, NewApiClient } from './types.ts';

const root = '/api/v1/desk/api-clients';

export async function readClients(signal: AbortSignal): Promise<ApiClient[]> {
  return parseList<ApiClient>(await request(root, { signal }));
}

export async function addClient(client: NewApiClient): Promise<ApiClientKey> {
  return shaped(await request(root, { method: 'POST', body: client }), ['id', 'key']) as ApiClientKey;
}

export async function revokeClient(id: string): Promise<void> {
  await request(`${root}/${id}/revocations`, { method: 'POST' });
}
