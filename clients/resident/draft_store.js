/*
 * Where the form's draft is: one, in this browser alone, for a week at most. It goes by the
 * form's idempotency key, so that what was sent without the receipt having been seen becomes
 * no second case.
 *
 * Only the tab that holds the lock writes, and never over a draft that is not its own: two
 * tabs cannot destroy each other's text.
 */
const draftName = 'synpunkt.draft';
const offName = 'synpunkt.draft-off'; /* others use the device: nothing is kept */
const sentName = 'synpunkt.sent'; /* of this tab: the key of what it sent last */

const ageMax = 7 * 24 * 60 * 60 * 1000;
const sizeMax = 64 * 1024; /* characters: three times what the form takes */
const lockWait = 1000; /* milliseconds: the page before this one may still hold it */

/* In a frame the storage is the other site's visit; without locks two tabs would fight. */
export function canKeep() {
  try {
    return window.top === window && Boolean(navigator.locks && window.localStorage);
  } catch {
    return false;
  }
}

export const isOff = () => window.localStorage.getItem(offName) !== null;
export const sentKey = () => window.sessionStorage.getItem(sentName);

const isDraft = (it) => typeof it?.key === 'string' && typeof it.at === 'number' &&
  it.values !== null && typeof it.values === 'object';

/* {key, at, values}, or null. What is too old, or is no draft, goes. */
export function draftRead() {
  const text = window.localStorage.getItem(draftName);

  if (text === null) return null;
  try {
    const draft = JSON.parse(text);

    if (isDraft(draft) && Math.abs(Date.now() - draft.at) < ageMax) return draft;
  } catch { /* somebody else's, or cut off */ }
  draftDrop();
  return null;
}

/* False: it is too long, or the browser has no room; what was kept before stays. */
export function draftWrite(key, values) {
  const text = JSON.stringify({ key, at: Date.now(), values });

  if (text.length > sizeMax) return false;
  try {
    window.localStorage.setItem(draftName, text);
    return true;
  } catch {
    return false;
  }
}

export function draftDrop() {
  window.localStorage.removeItem(draftName);
}

export function setOff(off) {
  try {
    if (off) window.localStorage.setItem(offName, '1');
    else window.localStorage.removeItem(offName);
  } catch { /* then nothing can be kept either */ }
  if (off) draftDrop();
}

export function noteSent(key) {
  try {
    window.sessionStorage.setItem(sentName, key);
  } catch { /* the draft stays until it is removed or too old */ }
}

/* On the receipt: what this tab sent is a case now. Another tab's draft stays. */
export function draftForget() {
  if (draftRead()?.key === sentKey()) draftDrop();
}

let letGo = null;
let asking = null;

const askForLock = () => new Promise((resolve) => {
  const held = () => new Promise((done) => {
    letGo = done;
    resolve(true);
  });

  navigator.locks.request(draftName, { signal: AbortSignal.timeout(lockWait) }, held)
    .catch(() => resolve(false));
});

/* Whether this tab is now the one that may write; it is until draftRelease(). */
export async function draftHold() {
  if (letGo) return true;
  asking ??= askForLock();
  const isHeld = await asking;

  asking = null;
  return isHeld;
}

export function draftRelease() {
  letGo?.();
  letGo = null;
}
