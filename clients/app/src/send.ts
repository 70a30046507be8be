/* One try to send, and what its answer means. Only the city's own 201 with number and
 * code is a receipt: a network's sign-in page answers 200 to anything. */
import type { FieldFault, Photo, Receipt, Refusal, Waiting } from './types.ts';

export type Verdict =
  | { is: 'received'; receipt: Receipt }
  | { is: 'later'; seconds: number } /* 0: not said */
  | { is: 'refused'; refusal: Refusal };

const timeout = 300_000;
/* The server has not looked at it, or not now. Anything else below 500 is a no. */
const passing = [401, 403, 404, 405, 408, 411, 421, 425, 429];

function isFault(value: unknown): value is FieldFault {
  return typeof value === 'object' && value !== null && 'name' in value && 'reason' in value;
}

function isReceipt(body: object): body is Receipt {
  return 'number' in body && typeof body.number === 'string' &&
    'followUpCode' in body && typeof body.followUpCode === 'string';
}

/* Retry-After in seconds, or as a date (RFC 9110, 10.2.3). */
export function secondsOf(header: string | null, now: number): number {
  if (!header) return 0;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, Math.min(seconds, 86_400));
  const at = Date.parse(header);
  return Number.isNaN(at) ? 0 : Math.max(0, Math.min((at - now) / 1000, 86_400));
}

export function verdictOf(status: number, retryAfter: string | null, body: unknown, now: number): Verdict {
  const has = typeof body === 'object' && body !== null ? body : {};

  if (status === 201 && isReceipt(has)) return { is: 'received', receipt: has };
  if (status < 400 || status >= 500 || passing.includes(status))
    return { is: 'later', seconds: secondsOf(retryAfter, now) };
  const list = 'invalidParams' in has && Array.isArray(has.invalidParams) ? has.invalidParams : [];
  return { is: 'refused', refusal: { status, fields: list.filter(isFault),
    detail: 'detail' in has && typeof has.detail === 'string' ? has.detail : '' } };
}

function formOf(entry: Waiting, photos: Photo[]): FormData {
  const form = new FormData();

  form.append('case', new Blob([JSON.stringify(entry.body)], { type: 'application/json' }));
  for (const { blob, name } of photos) form.append('attachment', blob, name);
  return form;
}

async function jsonOf(res: Response): Promise<unknown> {
  if (!/json/.test(res.headers.get('Content-Type') ?? '')) return null;
  return res.json();
}

/* Never throws: no answer, or half of one, is "later". */
export async function sendOnce(entry: Waiting, photos: Photo[]): Promise<Verdict> {
  try {
    const res = await fetch('/api/v1/cases', { method: 'POST', body: formOf(entry, photos),
      headers: { 'Idempotency-Key': entry.key, Accept: 'application/json' },
      credentials: 'omit', cache: 'no-store', redirect: 'error', signal: AbortSignal.timeout(timeout) });
    return verdictOf(res.status, res.headers.get('Retry-After'), await jsonOf(res), Date.now());
  } catch {
    return { is: 'later', seconds: 0 };
  }
}
