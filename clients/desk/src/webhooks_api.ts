/* The calls about webhooks; they are fetched with their page. */
import { parseList, shaped } from './api.ts';
import { request } from './request.ts';
import type { Delivery, NewWebhook, Webhook, WebhookSecret } from './types.ts';

const root = '/api/v1/desk/webhooks';

export async function readDeliveries(id: string, signal: AbortSignal): Promise<Delivery[]> {
  return parseList<Delivery>(await request(`${root}/${id}/deliveries`, { signal }));
}

export interface Told extends Webhook {
  deliveries: Delivery[]; /* the newest first */
}

/* There are twenty at most. */
export async function readWebhooks(signal: AbortSignal): Promise<Told[]> {
  const hooks = parseList<Webhook>(await request(root, { signal }));

  return Promise.all(hooks.map(async (hook) => ({ ...hook, deliveries: await readDeliveries(hook.id, signal) })));
}

export async function addWebhook(hook: NewWebhook): Promise<WebhookSecret> {
  return shaped(await request(root, { method: 'POST', body: hook }), ['id', 'secret']) as WebhookSecret;
}

export async function endWebhook(id: string): Promise<void> {
  await request(`${root}/${id}/removals`, { method: 'POST' });
}

export async function replayDelivery(id: string, delivery: string): Promise<void> {
  await request(`${root}/${id}/deliveries/${delivery}/replays`, { method: 'POST' });
}
