/* Where drafts are between one letter and the next. A save that is under way is followed by
 * one of the latest, so that typing never waits and the last letter is never missing. */
import { settingKeep, settingRead, within } from './db.ts';
import { newDraft } from './draft.ts';
import type { Begun } from './outbox.ts';
import type { Draft, Photo } from './types.ts';

const currentName = 'draft';

/* The one that was last written in, or a new one. */
export async function draftNow(): Promise<Begun> {
  const id = await settingRead(currentName, '');
  try {
    const begun = id ? await draftAt(id) : null;
    if (begun) return begun;
  } catch { /* nothing can be kept: one begins anew */ }
  return { draft: newDraft(), photos: [] };
}

export async function draftAt(id: string): Promise<Begun | null> {
  return within(['drafts', 'photos'], 'readonly', async (kept) => {
    const draft = await kept.get('drafts', id);
    return draft ? { draft, photos: await kept.photosOf(id) } : null;
  });
}

export async function draftsBegun(): Promise<Draft[]> {
  try {
    return await within(['drafts'], 'readonly', (kept) => kept.all('drafts'));
  } catch {
    return [];
  }
}

export function chooseDraft(id: string): Promise<void> {
  return settingKeep(currentName, id);
}

/* A draft that another tab has sent is not brought back to life. */
async function draftKeep(draft: Draft): Promise<void> {
  await within(['drafts', 'outbox', 'cases', 'settings'], 'readwrite', async (kept) => {
    const isSent = await kept.get('outbox', draft.id) || (await kept.all('cases')).some(({ key }) => key === draft.id);
    if (isSent) return;
    await kept.put('drafts', draft);
    await kept.put('settings', { name: currentName, value: draft.id });
  });
}

export async function draftRemove(id: string): Promise<void> {
  await within(['drafts', 'photos'], 'readwrite', async (kept) => {
    await kept.remove('drafts', id);
    for (const photo of await kept.photosOf(id)) await kept.remove('photos', photo.id);
  });
}

export async function photoKeep(photo: Photo): Promise<void> {
  await within(['photos'], 'readwrite', (kept) => kept.put('photos', photo));
}

export async function photoRemove(id: string): Promise<void> {
  await within(['photos'], 'readwrite', (kept) => kept.remove('photos', id));
}

export interface Saver {
  save: (draft: Draft) => void;
  stop: () => void;
}

export function makeSaver(told: (error: unknown) => void): Saver {
  let latest: Draft | null = null;
  let isBusy = false;
  let isStopped = false;
  const work = async (): Promise<void> => {
    isBusy = true;
    while (latest && !isStopped) {
      const draft = latest;
      latest = null;
      await draftKeep(draft).then(() => told(null), told);
    }
    isBusy = false;
  };

  return { stop: () => { isStopped = true; },
    save: (draft) => {
      latest = draft;
      if (!isBusy && !isStopped) void work();
    } };
}
