/* What the app asks the server, each with the one place where its answer gets its type.
 * Not here: sending a case, which is send.ts's. */
import type { Areas, CaseNow, Category, Known, Tiles } from './types.ts';

/* The server understood and said no. */
export class ProblemError extends Error {
  override name = 'ProblemError';
  readonly status: number;
  readonly retryAfter: number;

  constructor(status: number, retryAfter: number) {
    super(String(status));
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/* No answer, or one that is none. */
export class OfflineError extends Error {
  override name = 'OfflineError';
}

interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  bearer?: string;
  keepalive?: boolean; /* it goes even when the page does */
  signal?: AbortSignal;
}

function initOf({ method = 'GET', body, bearer, keepalive = false }: Call, signal: AbortSignal): RequestInit {
  return { method, signal, keepalive, credentials: 'omit', redirect: 'error',
    headers: { Accept: 'application/json', ...(bearer && { Authorization: `Bearer ${bearer}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }) };
}

async function answerOf(path: string, call: Call, signal: AbortSignal): Promise<unknown> {
  const res = await fetch(`/api/v1/${path}`, initOf(call, signal));

  /* Unread it would hold its connection until it is swept up. */
  if (!res.ok) await res.body?.cancel();
  if (res.status >= 500) throw new OfflineError(String(res.status));
  if (!res.ok) throw new ProblemError(res.status, Number(res.headers.get('Retry-After')) || 0);
  if (res.status === 204) return null;
  if (!/json/.test(res.headers.get('Content-Type') ?? '')) throw new OfflineError('not the city that answered');
  return res.json();
}

/* AbortSignal.any() is too young for telephones of some years ago. */
async function ask(path: string, call: Call = {}): Promise<unknown> {
  const control = new AbortController();
  const stop = (): void => control.abort();
  const timer = setTimeout(stop, 20_000);

  call.signal?.addEventListener('abort', stop);
  try {
    return await answerOf(path, call, control.signal);
  } catch (error) {
    if (call.signal?.aborted || error instanceof ProblemError || error instanceof OfflineError) throw error;
    throw new OfflineError('no answer');
  } finally {
    clearTimeout(timer);
    call.signal?.removeEventListener('abort', stop);
  }
}

function shaped(value: unknown, members: string[]): object {
  if (typeof value !== 'object' || value === null || members.some((m) => !(m in value)))
    throw new OfflineError('not the answer that was expected');
  return value;
}

const items = <T>(value: unknown): T[] => (shaped(value, ['items']) as { items: T[] }).items;
const caseOf = (value: unknown): CaseNow => shaped(value, ['number', 'status', 'messages']) as CaseNow;

/* As the city's rows name them, in Swedish: an area's code is made of its name, and what is
 * sought may be the Swedish word. The reader's names are among the texts. */
export async function readCategories(): Promise<Category[]> {
  return items<Category>(await ask('categories?limit=200'));
}

export async function readDistricts(): Promise<Areas> {
  return shaped(await ask('areas?kind=district'), ['features']) as Areas;
}

export async function readTiles(): Promise<Tiles> {
  return shaped(await ask('map-tiles'), ['url', 'credit']) as Tiles;
}

/* A part of the city's service that is not there is no fault of the resident's. */
async function orNothing<T>(asked: Promise<T>, nothing: T): Promise<T> {
  return asked.catch((error: unknown) => {
    if (error instanceof ProblemError && error.status === 404) return nothing;
    throw error;
  });
}

export interface FoundPlace {
  name: string;
  kind: string;
  district: { code: string; name: string } | null;
  lat: number;
  lon: number;
  unit?: string | null;
}

export function findPlaces(q: string, signal: AbortSignal): Promise<FoundPlace[]> {
  return orNothing(ask(`places?limit=8&q=${encodeURIComponent(q)}`, { signal }).then((v) => items<FoundPlace>(v)), []);
}

export interface Nearest {
  name: string | null;
  distance: number | null;
  insideCity: boolean;
}

export function nearestPlace(lat: number, lon: number, signal: AbortSignal): Promise<Nearest | null> {
  return orNothing(ask(`places/nearest?lat=${lat}&lon=${lon}`, { signal })
    .then((v) => shaped(v, ['insideCity']) as Nearest), null);
}

export interface OpenCase {
  key: string;
  category: string;
  status: string;
  days: number;
  distance: number;
  photo: string | null;
  supporters: number;
}

export interface Near {
  lat: number;
  lon: number;
  category: string;
}

export function readOpenCases({ lat, lon, category }: Near, signal: AbortSignal): Promise<OpenCase[]> {
  return orNothing(ask(`open-cases?lat=${lat}&lon=${lon}&category=${encodeURIComponent(category)}`, { signal })
    .then((v) => items<OpenCase>(v)), []);
}

export interface Support {
  supporters: number;
  supportToken: string;
}

export async function supportCase(key: string, device: string, language: string): Promise<Support> {
  return shaped(await ask(`open-cases/${encodeURIComponent(key)}/supports`,
    { method: 'POST', body: { device, language } }), ['supporters', 'supportToken']) as Support;
}

export interface SupportNow {
  status: string;
  category: string;
  supporters: number;
  answers: { at: string; text: string }[];
}

export async function readSupport(token: string, signal: AbortSignal): Promise<SupportNow> {
  return shaped(await ask('supports/current', { bearer: token, signal }), ['status', 'answers']) as SupportNow;
}

export async function endSupport(token: string): Promise<void> {
  await ask('supports/current', { method: 'DELETE', bearer: token });
}

const caseAt = (number: string): string => `cases/${encodeURIComponent(number)}`;

export async function readCase(number: string, code: string, signal?: AbortSignal): Promise<CaseNow> {
  return caseOf(await ask(caseAt(number), { bearer: code, ...(signal && { signal }) }));
}

export async function addMessage(number: string, code: string, text: string): Promise<CaseNow> {
  return caseOf(await ask(`${caseAt(number)}/messages`, { method: 'POST', bearer: code, body: { text } }));
}

export async function reopenCase(number: string, code: string, text: string): Promise<void> {
  await ask(`${caseAt(number)}/reopenings`, { method: 'POST', bearer: code, body: { text } });
}

/* The key that the city's push messages are signed by; null: it sends none. */
export function readPushKey(): Promise<string | null> {
  return orNothing(ask('push-key').then((v) => (shaped(v, ['key']) as { key: string }).key), null);
}

type Opened = Pick<Known, 'number' | 'code'>;

export async function keepDevice({ number, code }: Opened, device: PushSubscriptionJSON): Promise<void> {
  await ask(`${caseAt(number)}/push-subscription`, { method: 'PUT', bearer: code,
    body: { endpoint: device.endpoint, keys: device.keys } });
}

export async function forgetDevice({ number, code }: Opened, endpoint: string): Promise<void> {
  await ask(`${caseAt(number)}/push-subscription`, { method: 'DELETE', bearer: code, keepalive: true,
    body: { endpoint } });
}
