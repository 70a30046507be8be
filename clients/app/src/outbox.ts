/*
 * What waits to be sent, exactly once each.
 *
 * It is on the disk before anything is sent, with the key that it had as a draft: two tabs
 * that send the same draft put it here once. One lock lets one tab or worker send at a time;
 * were two to send all the same, the key makes it one case at the server. After 201 the
 * entry becomes a known case in the same transaction. What the disk has no room for is kept
 * in `loose`, and lives as long as the page.
 */
import { tell } from './changes.ts';
import { within } from './db.ts';
import { newKey } from './draft.ts';
import { sendOnce } from './send.ts';
import type { Verdict } from './send.ts';
import type { Draft, Known, Photo, Submission, Waiting } from './types.ts';

const sendingLock = 'synpunkt-outbox';
const oneLock = 'synpunkt-send:';
const waits = [5, 15, 60, 300, 900]; /* seconds, by how often it was tried */
const loose = new Map<string, { entry: Waiting; photos: Photo[] }>();
const looseReceipts = new Map<string, Known>();

export type Put = 'kept' | 'gone' | 'loose'; /* gone: another tab has sent that draft */

export function entryOf(draft: Draft, body: Submission): Waiting {
  return { key: draft.id, draft, body, made: Date.now(), tries: 0, notBefore: 0, isAsked: false, refusal: null };
}

/* The draft becomes an entry; its photos are its own already. */
export async function putIn(entry: Waiting, photos: Photo[]): Promise<Put> {
  try {
    return await within(['drafts', 'photos', 'outbox', 'cases'], 'readwrite', async (kept) => {
      const isSent = (await kept.all('cases')).some(({ key }) => key === entry.key);
      if (isSent || await kept.get('outbox', entry.key)) return 'gone';
      await kept.put('outbox', entry);
      for (const photo of photos) await kept.put('photos', photo);
      await kept.remove('drafts', entry.key);
      return 'kept';
    });
  } catch {
    loose.set(entry.key, { entry, photos });
    return 'loose';
  } finally {
    tell('changed');
  }
}

export async function waiting(): Promise<Waiting[]> {
  const held = Array.from(loose.values(), ({ entry }) => entry);
  try {
    return [...await within(['outbox'], 'readonly', (kept) => kept.all('outbox')), ...held];
  } catch {
    return held;
  }
}

/* Of what was received while there was no room for it. */
export function receivedLoose(key: string): Known | undefined {
  return looseReceipts.get(key);
}

export function isLoose(key: string): boolean {
  return loose.has(key);
}

/* The keys that some tab or worker is sending now: a lock cannot outlive its holder. */
export async function sendingNow(): Promise<Set<string>> {
  const { held = [] } = await navigator.locks.query();
  return new Set(held.flatMap(({ name }) => (name?.startsWith(oneLock) ? [name.slice(oneLock.length)] : [])));
}

export function knownOf(entry: Waiting, { receipt }: Extract<Verdict, { is: 'received' }>): Known {
  return { number: receipt.number, code: receipt.followUpCode, key: entry.key,
    text: entry.draft.text.slice(0, 120), category: receipt.category, board: receipt.board.name,
    status: receipt.status, answerBy: receipt.answerBy, receivedAt: receipt.receivedAt, answers: 0 };
}

/* What becomes of an entry after a try that the server did not take. */
export function afterTry(entry: Waiting, verdict: Verdict, now: number): Waiting {
  const tries = entry.tries + 1;

  if (verdict.is === 'refused') return { ...entry, tries, refusal: verdict.refusal };
  const isAsked = verdict.is === 'later' && verdict.seconds > 0;
  const seconds = isAsked ? verdict.seconds : waits[Math.min(entry.tries, waits.length - 1)] ?? 900;
  return { ...entry, tries, isAsked, notBefore: now + seconds * 1000 };
}

async function settle(entry: Waiting, verdict: Verdict): Promise<void> {
  await within(['outbox', 'photos', 'cases'], 'readwrite', async (kept) => {
    if (!await kept.get('outbox', entry.key)) return; /* removed meanwhile */
    if (verdict.is !== 'received') {
      await kept.put('outbox', afterTry(entry, verdict, Date.now()));
      return;
    }
    for (const { id } of await kept.photosOf(entry.key)) await kept.remove('photos', id);
    await kept.remove('outbox', entry.key);
    await kept.put('cases', knownOf(entry, verdict));
  });
}

async function settleLoose(entry: Waiting, verdict: Verdict): Promise<void> {
  const held = loose.get(entry.key);

  if (!held) return;
  if (verdict.is !== 'received') {
    loose.set(entry.key, { ...held, entry: afterTry(entry, verdict, Date.now()) });
    return;
  }
  const known = knownOf(entry, verdict);
  loose.delete(entry.key);
  looseReceipts.set(entry.key, known);
  await within(['cases'], 'readwrite', (kept) => kept.put('cases', known)).catch(() => undefined);
}

async function photosOf(key: string): Promise<Photo[]> {
  return loose.get(key)?.photos ?? within(['photos'], 'readonly', (kept) => kept.photosOf(key));
}

/* Looked at again under its own lock: it may have been taken back meanwhile. */
async function sendEntry(key: string, isUrged: boolean): Promise<void> {
  await navigator.locks.request(oneLock + key, async () => {
    const entry = (await waiting()).find((one) => one.key === key);
    if (!entry || !isDue(entry, Date.now(), isUrged)) return;
    tell('changed');
    const verdict = await sendOnce(entry, await photosOf(entry.key));
    if (loose.has(entry.key)) await settleLoose(entry, verdict);
    else await settle(entry, verdict);
  });
  tell('changed');
}

/* Urged, by a network that came back or somebody who presses, it does not wait for its
 * turn, but for what the server asked for. */
export function isDue({ refusal, notBefore, isAsked }: Waiting, now: number, isUrged: boolean): boolean {
  return refusal === null && (notBefore <= now || (isUrged && !isAsked));
}

/* Sends all that is due and says how many still wait. */
export async function sendAll(isUrged: boolean): Promise<number> {
  return navigator.locks.request(sendingLock, async () => {
    for (const entry of await waiting())
      if (isDue(entry, Date.now(), isUrged)) await sendEntry(entry.key, isUrged);
    return (await waiting()).filter(({ refusal }) => !refusal).length;
  });
}

/* When the next try is due; null: nothing waits. */
export async function nextTry(): Promise<number | null> {
  const times = (await waiting()).filter(({ refusal }) => !refusal).map(({ notBefore }) => notBefore);
  return times.length ? Math.min(...times) : null;
}

/* The key of a conflict belongs to something else; any other refusal left it unused. */
function draftAgain({ draft, refusal }: Waiting): Draft {
  return { ...draft, id: refusal?.status === 409 ? newKey() : draft.id, changed: Date.now() };
}

export interface Begun {
  draft: Draft;
  photos: Photo[];
}

async function takeKept(key: string, isBack: boolean): Promise<Begun | null> {
  return within(['outbox', 'photos', 'drafts'], 'readwrite', async (kept) => {
    const entry = await kept.get('outbox', key);
    if (!entry) return null;
    const draft = draftAgain(entry);
    const photos = (await kept.photosOf(key)).map((photo) => ({ ...photo, owner: draft.id }));
    await kept.remove('outbox', key);
    for (const photo of photos) await (isBack ? kept.put('photos', photo) : kept.remove('photos', photo.id));
    if (isBack) await kept.put('drafts', draft);
    return { draft, photos };
  });
}

/* Taken away, or back to be changed. Under its own lock, so that nothing goes while it is
 * being sent, and it need not wait for others. */
export async function takeOut(key: string, isBack: boolean): Promise<Begun | null> {
  return navigator.locks.request(oneLock + key, async () => {
    const held = loose.get(key);
    const begun = held ? { draft: draftAgain(held.entry), photos: held.photos } : await takeKept(key, isBack);
    loose.delete(key);
    tell('changed');
    return begun;
  });
}
