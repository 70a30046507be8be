/* What is typed and not sent, on the server too: saved while one writes, two seconds after
 * the first key at the earliest, and read back on another device. The device's own copy
 * (store.ts) is what the forms show, and works without a network. The server's wins only
 * where nothing is typed here that it does not have; else both are shown. */
import { dropDraft, listDrafts, otherOf, putDraft } from './draft_api.ts';
import { ProblemError, SignedOutError } from './errors.ts';
import { draftActions, draftNumbers, draftPut, draftRead, isBlank, syncKeep, syncRead, whenDraftKept } from './store.ts';
import type { Draft } from './store.ts';
import type { ServerDraft } from './types.ts';

const pause = 2000; /* ms between two savings of the same */
const retry = 10_000; /* and after one that failed */

/* saved: the server has it; soon: it is on its way; here: the server cannot be reached, or
 * will not have it. */
export type DraftState = 'none' | 'saved' | 'soon' | 'here';
export type Other = Pick<ServerDraft, 'savedAt' | 'fields'>;

const timers = new Map<string, number>();
const running = new Map<string, Promise<void>>();
const others = new Map<string, Other>();
const failed = new Set<string>();
const turns = new Map<string, number>(); /* counts what was typed or sent of each */
const watchers = new Set<() => void>();
const awaiting = new Set<(number: string, action: string) => void>();

const tell = (): void => { for (const watch of watchers) watch(); };
const turn = (key: string): void => { turns.set(key, (turns.get(key) ?? 0) + 1); };
const keyOf = (number: string, action: string): string => `${number}.${action}`;
const partsOf = (key: string): [string, string] => [key.slice(0, key.indexOf('.')), key.slice(key.indexOf('.') + 1)];

/* A page of its own (a letter that is taken down, a template) is no case of the server's. */
const isOfCase = (number: string): boolean => /^\d{4}-\d+$/.test(number);

interface Known {
  seen: string | null;
  isDirty: boolean;
}

function knownOf(key: string): Known | null {
  const { seen, dirty } = syncRead(key);

  return dirty === undefined ? null : { seen: seen || null, isDirty: dirty === 'yes' };
}

function know(key: string, known: Known | null): void {
  syncKeep(key, known && { seen: known.seen ?? '', dirty: known.isDirty ? 'yes' : 'no' });
}

function schedule(key: string, ms: number): void {
  if (timers.has(key)) {
    if (ms >= pause) return;
    clearTimeout(timers.get(key));
  }
  timers.set(key, window.setTimeout(() => { void push(key, false); }, ms));
}

async function send(key: string, isLast: boolean): Promise<void> {
  const [number, action] = partsOf(key);
  const fields = draftRead(number, action);
  const seen = knownOf(key)?.seen ?? null;

  if (isBlank(fields)) {
    await dropDraft(number, action, isLast);
    if (isBlank(draftRead(number, action))) know(key, null);
    return;
  }
  const savedAt = await putDraft(number, action, { fields, seen }, isLast);
  const isDirty = JSON.stringify(draftRead(number, action)) !== JSON.stringify(fields);
  know(key, { seen: savedAt, isDirty });
  if (isDirty) schedule(key, pause);
}

function fail(key: string, error: unknown): void {
  failed.add(key);
  if (error instanceof ProblemError && error.status === 409 && error.problem.current)
    others.set(key, otherOf(error.problem.current));
  /* What is too large, or of a case that is not theirs to read, stays here. */
  else if (!(error instanceof ProblemError) && !(error instanceof SignedOutError)) schedule(key, retry);
}

/* One at a time for each, so that a removal comes after what it removes. */
async function push(key: string, isLast: boolean): Promise<void> {
  clearTimeout(timers.get(key));
  timers.delete(key);
  turn(key);
  const work = (running.get(key) ?? Promise.resolve()).then(() => (others.has(key) ? undefined
    : send(key, isLast).then(() => { failed.delete(key); }, (error: unknown) => fail(key, error))));
  running.set(key, work);
  await work;
  if (running.get(key) === work) running.delete(key);
  tell();
}

function onKept(number: string, action: string): void {
  const key = keyOf(number, action);
  const isGone = isBlank(draftRead(number, action));

  if (!isOfCase(number) || (isGone && !knownOf(key))) return;
  know(key, { seen: knownOf(key)?.seen ?? null, isDirty: true });
  turn(key);
  if (isGone) others.delete(key);
  schedule(key, isGone ? 0 : pause);
  tell();
}

/* One that the server has. True: what is kept here has changed. */
function takeOne(item: ServerDraft): boolean {
  const key = keyOf(item.number, item.action);
  const mine = draftRead(item.number, item.action);
  const known = knownOf(key) ?? { seen: null, isDirty: !isBlank(mine) };
  const isSame = JSON.stringify(mine) === JSON.stringify(item.fields);

  if (isSame || !known.isDirty) {
    know(key, { seen: item.savedAt, isDirty: false });
    if (!isSame) draftPut(item.number, item.action, item.fields);
    return !isSame;
  }
  if (known.seen === item.savedAt || isBlank(mine)) schedule(key, 0);
  else others.set(key, item);
  return false;
}

/* One that is here and not there: sent or thrown away on another device, or new. */
function missOne(number: string, action: string): boolean {
  const key = keyOf(number, action);
  const known = knownOf(key);

  if (known?.seen && !known.isDirty) {
    know(key, null);
    draftPut(number, action, {});
    return true;
  }
  know(key, { seen: null, isDirty: true });
  schedule(key, 0);
  return false;
}

/* The server's, of one case or all, but what was typed or sent here while it was asked: its
 * answer is older than that; gives the actions whose words here have changed. What is
 * not among all of them is left: its case may be somebody else's now. */
export async function fetchDrafts(number: string | null, signal: AbortSignal): Promise<string[]> {
  const before = new Map(turns);
  const items = await listDrafts(number, signal);
  const there = items.map(({ action }) => action);
  const isStill = (about: string, action: string): boolean => {
    const key = keyOf(about, action);
    return turns.get(key) === before.get(key) && !running.has(key);
  };
  const changed = items.filter((item) => isStill(item.number, item.action)).filter(takeOne).map((item): [string, string] => [item.number, item.action]);
  const gone = number === null ? [] : draftActions(number)
    .filter((action) => !there.includes(action) && isStill(number, action) && missOne(number, action)).map((action): [string, string] => [number, action]);

  tell();
  for (const [about, action] of [...changed, ...gone])
    for (const told of awaiting) told(about, action);
  return [...changed, ...gone].map(([, action]) => action);
}

/* Told what has changed here because another device wrote or sent it, whoever asked for it. */
export function whenDraftComes(told: (number: string, action: string) => void): () => void {
  awaiting.add(told);
  return () => { awaiting.delete(told); };
}

/* Everything that the server does not have yet. */
export async function flushDrafts(isLast: boolean): Promise<void> {
  await Promise.all(draftNumbers().filter(isOfCase).flatMap((number) => draftActions(number)
    .map((action) => keyOf(number, action))
    .filter((key) => knownOf(key)?.isDirty ?? true).map((key) => push(key, isLast))));
}

export function draftState(number: string, action: string): { state: DraftState; seen: string | null; other: Other | null } {
  const key = keyOf(number, action);
  const known = knownOf(key);
  const other = others.get(key) ?? null;

  if (isBlank(draftRead(number, action))) return { state: 'none', seen: null, other };
  if (known && !known.isDirty) return { state: 'saved', seen: known.seen, other };
  return { state: failed.has(key) ? 'here' : 'soon', seen: known?.seen ?? null, other };
}

/* The numbers of those that only this device has. */
export function unsavedNumbers(): string[] {
  return draftNumbers().filter((number) => !isOfCase(number)
    || draftActions(number).some((action) => draftState(number, action).state !== 'saved'));
}

/* Of two that differ: the other device's is taken, or what stands here goes over it. */
export function settleDraft(number: string, action: string, takesOther: boolean): Draft {
  const key = keyOf(number, action);
  const other = others.get(key);

  others.delete(key);
  if (other) know(key, { seen: other.savedAt, isDirty: !takesOther });
  if (other && takesOther) draftPut(number, action, other.fields);
  else schedule(key, 0);
  tell();
  return draftRead(number, action);
}

export function watchDrafts(watch: () => void): () => void {
  watchers.add(watch);
  return () => { watchers.delete(watch); };
}

/* While somebody is signed in. */
export function startDrafts(): () => void {
  const onLeave = (): void => { void flushDrafts(true); };
  const onBack = (): void => { void flushDrafts(false); };

  whenDraftKept(onKept);
  window.addEventListener('pagehide', onLeave);
  window.addEventListener('online', onBack);
  return () => {
    whenDraftKept(() => undefined);
    window.removeEventListener('pagehide', onLeave);
    window.removeEventListener('online', onBack);
    for (const timer of timers.values()) clearTimeout(timer);
    for (const all of [timers, running, others, failed, turns]) all.clear();
  };
}
