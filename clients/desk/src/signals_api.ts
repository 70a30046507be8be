/* The calls about signals. */
import { desk, shaped } from './api.ts';
import { request } from './request.ts';
import type { SignalList } from './types.ts';

const parse = (value: unknown): SignalList => shaped(value, ['week', 'items', 'tested']) as SignalList;

export async function readSignals(signal: AbortSignal): Promise<SignalList> {
  return parse(await request(`${desk}/signals`, { signal }));
}

export async function dismissSignal(id: number, reason: string): Promise<SignalList> {
  return parse(await request(`${desk}/signals/${id}/dismissals`, { method: 'POST', body: { reason } }));
}
