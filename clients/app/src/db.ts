/* What the device keeps: IndexedDB, with promises. A transaction is one function; what it
 * awaits must be the transaction's own. */
import type { Draft, Known, Photo, Supported, Waiting } from './types.ts';

export const databaseName = 'synpunkt-app';

export interface Setting {
  name: string;
  value: unknown;
}

interface Stores {
  drafts: Draft;
  photos: Photo;
  outbox: Waiting;
  cases: Known;
  supports: Supported;
  settings: Setting;
}

export type StoreName = keyof Stores;

const keys: Record<StoreName, string> = { drafts: 'id', photos: 'id', outbox: 'key',
  cases: 'number', supports: 'key', settings: 'name' };

let opened: Promise<IDBDatabase> | null = null;

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the store failed'));
  });
}

function make(database: IDBDatabase): void {
  for (const name of Object.keys(keys) as StoreName[]) {
    const store = database.createObjectStore(name, { keyPath: keys[name] });
    if (name === 'photos') store.createIndex('owner', 'owner');
  }
}

function open(): Promise<IDBDatabase> {
  opened ??= new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(databaseName, 1);
    request.onupgradeneeded = () => make(request.result);
    request.onerror = () => reject(request.error ?? new Error('no store'));
    request.onblocked = () => reject(new Error('the store is being removed'));
    request.onsuccess = () => {
      const database = request.result;
      /* Somebody removes everything: not held up by this tab. */
      database.onversionchange = () => { database.close(); opened = null; };
      database.onclose = () => { opened = null; };
      resolve(database);
    };
  });
  opened.catch(() => { opened = null; });
  return opened;
}

/* The stores of one transaction. */
export interface Kept {
  get: <N extends StoreName>(store: N, key: string) => Promise<Stores[N] | undefined>;
  all: <N extends StoreName>(store: N) => Promise<Stores[N][]>;
  photosOf: (owner: string) => Promise<Photo[]>;
  put: <N extends StoreName>(store: N, value: Stores[N]) => Promise<void>;
  remove: (store: StoreName, key: string) => Promise<void>;
}

function keptIn(tx: IDBTransaction): Kept {
  const at = (name: StoreName): IDBObjectStore => tx.objectStore(name);

  return {
    get: async (name, key) => await done(at(name).get(key)) as Stores[typeof name] | undefined,
    all: async (name) => await done(at(name).getAll()) as Stores[typeof name][],
    photosOf: async (owner) => {
      const found = await done(at('photos').index('owner').getAll(owner)) as Photo[];
      return found.sort((a, b) => a.order - b.order);
    },
    put: async (name, value) => { await done(at(name).put(value)); },
    remove: async (name, key) => { await done(at(name).delete(key)); },
  };
}

function finished(tx: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    tx.oncomplete = () => resolve();
    tx.onabort = () => reject(tx.error ?? new Error('the store gave up'));
  });
}

/* Everything that task does, or nothing of it. A change is on the disk when it is said to
 * be done: a telephone may lose its power the next moment. */
export async function within<T>(stores: StoreName[], mode: 'readonly' | 'readwrite',
  task: (kept: Kept) => Promise<T>): Promise<T> {
  const database = await open();
  const tx = database.transaction(stores, mode, { durability: 'strict' });
  const end = finished(tx);

  end.catch(() => undefined); /* told below, if the task did not tell it */
  try {
    const value = await task(keptIn(tx));
    await end;
    return value;
  } catch (error) {
    try { tx.abort(); } catch { /* it has ended */ }
    throw error;
  }
}

export async function settingRead<T>(name: string, otherwise: T): Promise<T> {
  try {
    const row = await within(['settings'], 'readonly', (kept) => kept.get('settings', name));
    return row && typeof row.value === typeof otherwise ? row.value as T : otherwise;
  } catch {
    return otherwise;
  }
}

/* A setting that cannot be kept is forgotten with the page. */
export async function settingKeep(name: string, value: unknown): Promise<void> {
  try {
    await within(['settings'], 'readwrite', (kept) => kept.put('settings', { name, value }));
  } catch { /* so it is */ }
}

export function isFull(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'QuotaExceededError';
}

export async function removeDatabase(): Promise<void> {
  const database = await opened?.catch(() => null);

  database?.close();
  opened = null;
  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.deleteDatabase(databaseName);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error ?? new Error('not removed'));
  });
}
