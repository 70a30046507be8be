/* The calls about the key that a contractor has given the city; fetched with its page. */
import { parseList } from './api.ts';
import { request } from './request.ts';
import type { ContractorKept } from './types.ts';

const keysOf = (code: string): string => `/api/v1/desk/contractors/${encodeURIComponent(code)}/keys`;

/* Since when and by whom; null: there is none. */
export async function readKept(code: string, signal: AbortSignal): Promise<{ kept: ContractorKept | null }> {
  return { kept: parseList<ContractorKept>(await request(keysOf(code), { signal }))[0] ?? null };
}

export async function keepKey(code: string, key: string): Promise<void> {
  await request(keysOf(code), { method: 'POST', body: { key } });
}

export async function forgetKey(code: string): Promise<void> {
  await request(keysOf(code), { method: 'DELETE' });
}
