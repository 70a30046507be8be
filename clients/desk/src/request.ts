/* The one way to the server: time-out, abort, the CSRF token, errors by class. */
import { OfflineError, ProblemError, ServerError, SignedOutError } from './errors.ts';
import type { FieldFault } from './errors.ts';

export interface Call {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  body?: unknown;
  version?: number; /* goes in If-Match */
  signal?: AbortSignal;
  timeout?: number;
  isSignIn?: boolean; /* 401 is then about the password */
}

const wire = { csrf: '', onSignedOut: (): void => undefined };

export function setToken(csrf: string): void {
  wire.csrf = csrf;
}

export function whenSignedOut(told: () => void): void {
  wire.onSignedOut = told;
}

function headersOf(call: Call): Headers {
  const headers = new Headers({ Accept: 'application/json' });

  if (call.body !== undefined) headers.set('Content-Type', 'application/json');
  if (call.method && call.method !== 'GET') headers.set('X-CSRF-Token', wire.csrf);
  if (call.version !== undefined) headers.set('If-Match', `"${call.version}"`);
  return headers;
}

/* AbortSignal.any() is too young for managed work computers. */
async function send(path: string, call: Call): Promise<Response> {
  const control = new AbortController();
  const stop = (): void => control.abort();
  const timer = setTimeout(stop, call.timeout ?? 20_000);

  call.signal?.addEventListener('abort', stop);
  try {
    return await fetch(path, { method: call.method ?? 'GET', headers: headersOf(call),
      credentials: 'same-origin', cache: 'no-store', signal: control.signal,
      ...(call.body !== undefined && { body: JSON.stringify(call.body) }) });
  } catch (error) {
    if (call.signal?.aborted) throw error;
    throw new OfflineError('no answer');
  } finally {
    clearTimeout(timer);
    call.signal?.removeEventListener('abort', stop);
  }
}

async function bodyOf(res: Response): Promise<unknown> {
  if (res.status === 204) return null;
  if (!/json/.test(res.headers.get('Content-Type') ?? '')) return null;
  try {
    return await res.json();
  } catch {
    throw new OfflineError('the answer was cut off');
  }
}

function isFault(value: unknown): value is FieldFault {
  return typeof value === 'object' && value !== null && 'name' in value && 'reason' in value;
}

export function problemOf(res: Response, body: unknown): ProblemError {
  const has = typeof body === 'object' && body !== null ? body : {};
  const list = 'invalidParams' in has && Array.isArray(has.invalidParams)
    ? has.invalidParams : [];

  return new ProblemError({ status: res.status,
    detail: 'detail' in has && typeof has.detail === 'string' ? has.detail : '',
    fields: list.filter(isFault),
    current: 'current' in has ? has.current : undefined,
    isOfInterest: 'conflictOfInterest' in has && has.conflictOfInterest === true,
    retryAfter: Number(res.headers.get('Retry-After')) || 0 });
}

export async function request(path: string, call: Call = {}): Promise<unknown> {
  const res = await send(path, call);
  const body = await bodyOf(res);

  if (res.ok) return body;
  if (res.status === 401 && !call.isSignIn) {
    wire.onSignedOut();
    throw new SignedOutError('signed out');
  }
  if (res.status >= 500) throw new ServerError(String(res.status));
  throw problemOf(res, body);
}
