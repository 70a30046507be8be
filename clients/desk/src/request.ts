/* The one way to the server: time-out, abort, the CSRF token, errors by class. */
import { OfflineError, ProblemError, ServerError, SignedOutError } from './errors.ts';
import type { FieldFault } from './errors.ts';

export interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  body?: unknown; /* a FormData as it is, else as JSON */
  version?: number; /* goes in If-Match */
  key?: string; /* goes in Idempotency-Key */
  signal?: AbortSignal;
  timeout?: number;
  isLast?: boolean; /* the page is on its way out */
  isSignIn?: boolean; /* 401 is then about the password */
}

const wire = {
  csrf: '',
  onSignedOut: (): void => undefined,
  onEnrolment: (): void => undefined,
  onConfirmation: (_isAgain: boolean): Promise<boolean> => Promise.resolve(false),
};
let confirming: Promise<boolean> | null = null;

export function setToken(csrf: string): void {
  wire.csrf = csrf;
}

export function whenSignedOut(told: () => void): void {
  wire.onSignedOut = told;
}

/* The server wants a second factor set up before anything else. */
export function whenEnrolmentWanted(told: () => void): void {
  wire.onEnrolment = told;
}

/* The server wants the password again: asked() is true when it was given, or the provider was
 * asked, and the call that was refused is sent once more. isAgain: it was refused then, too. */
export function whenConfirmationWanted(asked: (isAgain: boolean) => Promise<boolean>): void {
  wire.onConfirmation = asked;
}

/* Several calls at once are one question. */
function askConfirmation(isAgain: boolean): Promise<boolean> {
  confirming ??= wire.onConfirmation(isAgain).finally(() => { confirming = null; });
  return confirming;
}

function headersOf(call: Call): Headers {
  const headers = new Headers({ Accept: 'application/json' });

  if (call.body !== undefined && !(call.body instanceof FormData)) headers.set('Content-Type', 'application/json');
  if (call.method && call.method !== 'GET') headers.set('X-CSRF-Token', wire.csrf);
  if (call.version !== undefined) headers.set('If-Match', `"${call.version}"`);
  if (call.key !== undefined) headers.set('Idempotency-Key', call.key);
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
      credentials: 'same-origin', cache: 'no-store', signal: control.signal, keepalive: call.isLast ?? false,
      ...(call.body !== undefined && { body: call.body instanceof FormData ? call.body : JSON.stringify(call.body) }) });
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
  const type = res.headers.get('Content-Type') ?? '';

  if (!/json|^text\/plain/.test(type)) return null;
  try {
    return await (/json/.test(type) ? res.json() : res.text());
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
    retryAfter: Number(res.headers.get('Retry-After')) || 0,
    outcome: 'outcome' in has && typeof has.outcome === 'string' ? has.outcome : '',
    ...('passkey' in has && { passkey: has.passkey }),
    needs: 'needs' in has && typeof has.needs === 'string' ? has.needs : '' });
}

export async function request(path: string, call: Call = {}, isAgain = false): Promise<unknown> {
  const { res, body } = await ask(path, call);

  if (res.ok) return body;
  const problem = problemOf(res, body);
  if (res.status === 403 && problem.problem.needs === 'confirmation' && await askConfirmation(isAgain))
    return request(path, call, true);
  if (problem.problem.needs === 'totp-enrolment') wire.onEnrolment();
  throw problem;
}

async function ask(path: string, call: Call): Promise<{ res: Response; body: unknown }> {
  const res = await send(path, call);
  const body = await bodyOf(res);

  if (res.status === 401 && !call.isSignIn) {
    wire.onSignedOut();
    throw new SignedOutError('signed out');
  }
  if (res.status >= 500) throw new ServerError(String(res.status), problemOf(res, body).problem.outcome);
  return { res, body };
}
