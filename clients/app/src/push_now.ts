/* Push as the page sees it: whether this browser and the city can, how it stands for a
 * case, and what is done about it while the page is open. */
import { OfflineError, ProblemError, readPushKey } from './api.ts';
import { settingKeep, settingRead } from './db.ts';
import { dropAllTold, dropTold, endTold, renewTold, ServiceError, startTold, toldNow } from './push.ts';
import type { Told } from './push.ts';
import type { Known } from './types.ts';

export type PushTrouble = '' | 'offline' | 'denied' | 'unanswered' | 'service' | 'busy' | 'refused';

export interface PushNow {
  isShown: boolean;
  isOn: boolean;
  trouble: PushTrouble;
}

export const canPush = (): boolean =>
  'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

const registrationNow = async (): Promise<ServiceWorkerRegistration | undefined> =>
  canPush() ? navigator.serviceWorker.getRegistration('/app/') : undefined;

/* On is only what would come: with leave, and to the address that the city has. */
export function isTold(told: Told, number: string, permission: string, endpoint: string | undefined): boolean {
  return permission === 'granted' && told.endpoint !== '' && told.endpoint === endpoint && told.numbers.includes(number);
}

/* The city's key, or without a network the last that was seen; '': it sends nothing. */
async function keyNow(): Promise<{ key: string; isOffline: boolean }> {
  try {
    const key = await readPushKey() ?? '';
    await settingKeep('push-key', key);
    return { key, isOffline: false };
  } catch {
    return { key: await settingRead('push-key', ''), isOffline: true };
  }
}

export async function pushNow(number: string): Promise<PushNow> {
  if (!canPush()) return { isShown: false, isOn: false, trouble: '' };
  const { key, isOffline } = await keyNow();
  const had = await (await registrationNow())?.pushManager.getSubscription().catch(() => null);
  const isOn = isTold(await toldNow(), number, Notification.permission, had?.endpoint);
  return { isShown: key !== '', isOn, trouble: isOffline ? 'offline' : '' };
}

export function troubleOf(error: unknown): PushTrouble {
  if (error instanceof OfflineError) return 'offline';
  if (error instanceof ProblemError) return error.status === 429 ? 'busy' : 'refused';
  return 'service';
}

/* Asked of the browser by the press and never before. A question that is left unanswered
 * leaves the button free. */
export async function askLeave(): Promise<PushTrouble> {
  if (!navigator.onLine) return 'offline';
  const answer = Notification.permission === 'default' ? await Notification.requestPermission() : Notification.permission;
  return answer === 'granted' ? '' : answer === 'denied' ? 'denied' : 'unanswered';
}

/* What stood in the way; '': it is as wanted. */
export async function setPush(known: Known, isWanted: boolean): Promise<PushTrouble> {
  try {
    const registration = await registrationNow();
    if (!registration?.active) throw new ServiceError('no worker');
    if (!isWanted) await endTold(registration, known);
    else {
      await startTold(registration, known, await readPushKey() ?? '');
      await renewTold(registration);
    }
    return '';
  } catch (error) {
    return troubleOf(error);
  }
}

export async function dropCase(known: Known): Promise<void> {
  const registration = await registrationNow();
  if (registration && (await toldNow()).numbers.includes(known.number)) await dropTold(registration, known);
}

export async function dropAll(): Promise<void> {
  const registration = await registrationNow();
  if (registration) await dropAllTold(registration);
}

/* When the app is opened and when the network is back. */
export function keepTold(): void {
  const renew = async (): Promise<void> => {
    const registration = await registrationNow();
    if (registration) await renewTold(registration);
  };
  const tryNow = (): void => { void renew().catch(() => undefined); };

  window.addEventListener('online', tryNow);
  tryNow();
}
