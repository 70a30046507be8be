/*
 * Being told by push that there is something new in a case. The browser has one
 * subscription for the app; the city is given its address for each case that wants it, and
 * the device remembers which those are (setting "told"), for the city does not say. Page and
 * service worker both do it, under one lock.
 */
import { forgetDevice, keepDevice, ProblemError, readPushKey } from './api.ts';
import { tell } from './changes.ts';
import { settingRead, within } from './db.ts';
import type { Known } from './types.ts';

export interface Told {
  endpoint: string; /* that the city has */
  key: string; /* of the city's, that it was made with; '': given up, and to be made anew */
  numbers: string[];
}

type Opened = Pick<Known, 'number' | 'code'>;

/* The browser or its maker's service would not. */
export class ServiceError extends Error {
  override name = 'ServiceError';
}

const toldNone: Told = { endpoint: '', key: '', numbers: [] };
const timeout = 20_000;

export const toldNow = (): Promise<Told> => settingRead('told', toldNone);

export function withCase(told: Told, number: string): Told {
  return { ...told, numbers: [...told.numbers.filter((one) => one !== number), number] };
}

/* With the last case everything goes. */
export function withoutCase(told: Told, number: string): Told {
  const numbers = told.numbers.filter((one) => one !== number);
  return numbers.length ? { ...told, numbers } : toldNone;
}

async function keepTold(value: Told): Promise<void> {
  await within(['settings'], 'readwrite', (kept) => kept.put('settings', { name: 'told', value }));
  tell('changed');
}

async function locked(task: () => Promise<void>): Promise<void> {
  await navigator.locks.request('synpunkt-app-push', task);
}

/* A browser whose service is out of reach may never answer. */
function inTime<T>(asked: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new ServiceError('no answer in time')), timeout);
    asked.then(resolve, (error: unknown) => reject(new ServiceError(String(error)))).finally(() => clearTimeout(late));
  });
}

/* Made with another key, the old one is of no use. */
async function subscribed({ pushManager }: ServiceWorkerRegistration, told: Told, key: string): Promise<PushSubscription> {
  const had = await inTime(pushManager.getSubscription());

  if (had && told.key === key) return had;
  if (had) await inTime(had.unsubscribe());
  return inTime(pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
}

async function unsubscribe({ pushManager }: ServiceWorkerRegistration): Promise<void> {
  await inTime(pushManager.getSubscription().then((had) => had?.unsubscribe())).catch(() => undefined);
}

/* What the city does not know any more has ended. */
async function forgotten(known: Opened, endpoint: string): Promise<void> {
  await forgetDevice(known, endpoint).catch((error: unknown) => {
    if (!(error instanceof ProblemError) || error.status === 429) throw error;
  });
}

async function openedOf({ numbers }: Told): Promise<Opened[]> {
  const cases = await within(['cases'], 'readonly', (kept) => kept.all('cases'));
  return cases.filter(({ number }) => numbers.includes(number));
}

/* Throws ServiceError, OfflineError or ProblemError; then nothing is left behind. */
export function startTold(registration: ServiceWorkerRegistration, known: Opened, key: string): Promise<void> {
  return locked(async () => {
    const told = await toldNow();
    const subscription = await subscribed(registration, told, key);
    const { endpoint } = subscription;
    try {
      await keepDevice(known, subscription.toJSON());
      /* Another address than before: the others follow in renewTold(). */
      await keepTold({ ...withCase(told, known.number), key,
        endpoint: told.numbers.length ? told.endpoint : endpoint });
    } catch (error) {
      await forgotten(known, endpoint).catch(() => undefined);
      if (!told.numbers.length) await unsubscribe(registration);
      throw error;
    }
  });
}

/* Throws OfflineError, and ProblemError when the city has too much to do; then it goes on
 * as it was. */
export function endTold(registration: ServiceWorkerRegistration, known: Opened): Promise<void> {
  return locked(async () => {
    const told = await toldNow();
    if (!told.numbers.includes(known.number)) return;
    if (told.endpoint) await forgotten(known, told.endpoint);
    const left = withoutCase(told, known.number);
    await keepTold(left);
    if (!left.numbers.length) await unsubscribe(registration);
  });
}

/* Of a case that goes from the device. Where the city is out of reach the browser gives its
 * address up, now or when the app is opened next: its maker's service then says that nobody is
 * there, and the city forgets it. Other cases get a new one. */
export async function dropTold(registration: ServiceWorkerRegistration, known: Opened): Promise<void> {
  await endTold(registration, known).catch(() => locked(async () => {
    await keepTold({ ...withoutCase(await toldNow(), known.number), key: '' });
    await unsubscribe(registration);
  }));
}

/* Of everything that goes from the device: what there is to say to the city is on its way
 * when this returns, and need not be waited for. */
export async function dropAllTold(registration: ServiceWorkerRegistration): Promise<void> {
  const told = await toldNow();

  if (!told.numbers.length) return;
  for (const known of await openedOf(told))
    if (told.endpoint) void forgotten(known, told.endpoint).catch(() => undefined);
  await unsubscribe(registration);
}

/* Whether the city took it. That it has too much to do, or is out of reach, is thrown. */
async function isTaken(known: Opened, subscription: PushSubscription): Promise<boolean> {
  return keepDevice(known, subscription.toJSON()).then(() => true, (error: unknown) => {
    if (error instanceof ProblemError && error.status !== 429) return false;
    throw error;
  });
}

async function moveTold(registration: ServiceWorkerRegistration, told: Told, key: string): Promise<void> {
  const subscription = await subscribed(registration, told, key);
  const { endpoint } = subscription;
  let moved: Told = { endpoint, key, numbers: [] };

  for (const known of await openedOf(told)) {
    if (await isTaken(known, subscription)) moved = withCase(moved, known.number);
    if (told.endpoint && told.endpoint !== endpoint) await forgotten(known, told.endpoint).catch(() => undefined);
  }
  await keepTold(moved.numbers.length ? moved : toldNone);
  if (!moved.numbers.length) await unsubscribe(registration);
}

/* What was taken away in the browser's settings is not begun again when it is given back. */
async function endAll(registration: ServiceWorkerRegistration, told: Told): Promise<void> {
  for (const known of await openedOf(told)) if (told.endpoint) await forgotten(known, told.endpoint);
  await keepTold(toldNone);
  await unsubscribe(registration);
}

/* After the browser changed its address, or the city its key: the city gets the new one. An
 * address that no case has any more goes: the browser may have kept it without a network. */
export function renewTold(registration: ServiceWorkerRegistration): Promise<void> {
  return locked(async () => {
    const told = await toldNow();
    if (!told.numbers.length) return unsubscribe(registration);
    if (Notification.permission !== 'granted') return endAll(registration, told);
    const key = await readPushKey();
    const had = await inTime(registration.pushManager.getSubscription());
    if (key !== null && (had?.endpoint !== told.endpoint || key !== told.key)) await moveTold(registration, told, key);
  });
}
