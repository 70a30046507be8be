import assert from 'node:assert/strict';
import { test } from 'node:test';

import { draftState, fetchDrafts, flushDrafts, settleDraft, startDrafts, unsavedNumbers, whenDraftComes } from './draft_sync.ts';
import { draftKeep, draftRead } from './store.ts';

/* A browser's tab, and a server that has drafts, or is away. */
const tab = new Map<string, string>();
const server = { drafts: new Map<string, { savedAt: string; fields: Record<string, string> }>(), isAway: false, n: 0,
  listed: Promise.resolve() }; /* when a list that was asked for comes */
const answer = (status: number, body: unknown): Response => new Response(status === 204 ? null : JSON.stringify(body),
  { status, headers: { 'Content-Type': 'application/json' } });

const storage = {
  getItem: (key: string) => tab.get(key) ?? null,
  setItem: (key: string, value: string) => {
    tab.set(key, value);
    Object.assign(storage, { [key]: value });
  },
  removeItem: (key: string) => {
    tab.delete(key);
    Reflect.deleteProperty(storage, key);
  },
};

Object.defineProperty(storage, 'getItem', { enumerable: false });
Object.defineProperty(storage, 'setItem', { enumerable: false });
Object.defineProperty(storage, 'removeItem', { enumerable: false });
Object.assign(globalThis, { sessionStorage: storage, window: Object.assign(new EventTarget(), { setTimeout: () => 0 }),
  fetch: (path: string, { method, body }: { method: string; body?: string }) => {
    const key = path.split('/').at(-1) ?? '';
    const old = server.drafts.get(key);
    if (server.isAway) return Promise.reject(new TypeError('away'));
    if (method === 'GET') {
      const items = [...server.drafts].map(([action, draft]) => ({ number: '2026-1', action, ...draft }));
      return server.listed.then(() => answer(200, { items, next: null }));
    }
    if (method === 'DELETE') server.drafts.delete(key);
    if (method === 'DELETE') return Promise.resolve(answer(204, null));
    const { fields, seen } = JSON.parse(body ?? '') as { fields: Record<string, string>; seen: string | null };
    if (old && old.savedAt !== seen) return Promise.resolve(answer(409, { current: old }));
    server.drafts.set(key, { savedAt: `s${++server.n}`, fields });
    return Promise.resolve(answer(200, { savedAt: `s${server.n}` }));
  } });

const fetchAll = (): Promise<string[]> => fetchDrafts('2026-1', new AbortController().signal);
const state = (): string => draftState('2026-1', 'reply').state;

function begin(): void {
  for (const key of tab.keys()) storage.removeItem(key);
  server.drafts.clear();
  server.isAway = false;
}

test('what is typed is saved, and without a network it stays here until there is one', async () => {
  const stop = startDrafts();
  begin();
  draftKeep('2026-1', 'reply', { text: 'Hej' });
  assert.equal(state(), 'soon');
  assert.deepEqual(unsavedNumbers(), ['2026-1']);
  server.isAway = true;
  await flushDrafts(false);
  assert.equal(state(), 'here');
  assert.deepEqual(draftRead('2026-1', 'reply'), { text: 'Hej' });
  server.isAway = false;
  await flushDrafts(false);
  assert.equal(state(), 'saved');
  assert.deepEqual(unsavedNumbers(), []);
  assert.deepEqual(server.drafts.get('reply')?.fields, { text: 'Hej' });
  stop();
});

test('what another device wrote comes, unless something is typed here: then both are there', async () => {
  const stop = startDrafts();
  begin();
  server.drafts.set('reply', { savedAt: 'a', fields: { text: 'Från surfplattan' } });
  const come: string[] = [];
  const forget = whenDraftComes((number, action) => come.push(`${number} ${action}`));
  await fetchDrafts(null, new AbortController().signal);
  assert.deepEqual(come, ['2026-1 reply'], 'also when it was not the open case that asked');
  forget();
  assert.deepEqual(await fetchAll(), []);
  assert.deepEqual(draftRead('2026-1', 'reply'), { text: 'Från surfplattan' });
  draftKeep('2026-1', 'reply', { text: 'Skrivet här' });
  server.drafts.set('reply', { savedAt: 'b', fields: { text: 'Skrivet där' } });
  assert.deepEqual(await fetchAll(), []);
  assert.deepEqual(draftRead('2026-1', 'reply'), { text: 'Skrivet här' });
  assert.equal(draftState('2026-1', 'reply').other?.fields['text'], 'Skrivet där');
  await flushDrafts(false);
  assert.equal(server.drafts.get('reply')?.fields['text'], 'Skrivet där', 'nothing is written over meanwhile');
  settleDraft('2026-1', 'reply', false);
  await flushDrafts(false);
  assert.equal(server.drafts.get('reply')?.fields['text'], 'Skrivet här');
  stop();
});

test('a list that was asked for before one wrote takes nothing of what was written', async () => {
  const stop = startDrafts();
  begin();
  draftKeep('2026-1', 'note', { text: 'Förr' });
  await flushDrafts(false);
  let come = (): void => undefined;
  server.listed = new Promise((done) => { come = done; });
  const asked = fetchAll();
  draftKeep('2026-1', 'reply', { text: 'Nytt svar' });
  draftKeep('2026-1', 'note', { text: 'Senare' });
  await flushDrafts(false);
  come();
  assert.deepEqual(await asked, []);
  assert.deepEqual([draftRead('2026-1', 'reply'), draftRead('2026-1', 'note')], [{ text: 'Nytt svar' }, { text: 'Senare' }]);
  server.listed = Promise.resolve();
  stop();
});

test('two savings of the same at once are one after the other, and no strife', async () => {
  const stop = startDrafts();
  begin();
  draftKeep('2026-1', 'reply', { text: 'Ett' });
  const first = flushDrafts(false);
  draftKeep('2026-1', 'reply', { text: 'Ett två' });
  await Promise.all([first, flushDrafts(false), flushDrafts(false)]);
  await flushDrafts(false);
  assert.equal(draftState('2026-1', 'reply').other, null);
  assert.equal(server.drafts.get('reply')?.fields['text'], 'Ett två');
  stop();
});

test('what was sent on another device goes here, and what the server never had stays', async () => {
  const stop = startDrafts();
  begin();
  draftKeep('2026-1', 'reply', { text: 'Skickas där' });
  await flushDrafts(false);
  draftKeep('2026-1', 'note', { text: 'Bara här' });
  server.drafts.clear();
  assert.deepEqual(await fetchAll(), ['reply']);
  assert.deepEqual(draftRead('2026-1', 'reply'), {});
  assert.deepEqual(draftRead('2026-1', 'note'), { text: 'Bara här' });
  stop();
});

test('what the server does not know of stays with the device', async () => {
  const stop = startDrafts();
  begin();
  draftKeep('mallar', 'new', { name: 'A' });
  await flushDrafts(false);
  assert.equal(server.drafts.size, 0);
  assert.deepEqual(unsavedNumbers(), ['mallar']);
  stop();
});
