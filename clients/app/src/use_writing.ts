/* The draft on the screen and on the disk: each change goes there at once. What cannot be
 * kept stays on the screen, which says so. */
import { useEffect, useRef, useState } from 'preact/hooks';

import type { Writing } from './app_state.ts';
import { listen } from './changes.ts';
import { isFull } from './db.ts';
import { newDraft, photosMax } from './draft.ts';
import { chooseDraft, makeSaver, photoKeep, photoRemove } from './draft_store.ts';
import type { Saver } from './draft_store.ts';
import type { Begun } from './outbox.ts';
import { rawPhoto, readied } from './photos.ts';
import type { PhotoFault } from './photos.ts';
import type { Draft, Photo } from './types.ts';

interface Now extends Begun {
  unkept: Writing['unkept'];
  reading: number;
}

/* In the order in which they were chosen; one that cannot be read holds up no other. */
async function readyAll(raw: Photo[], each: (photo: Photo) => void): Promise<PhotoFault[]> {
  const faults: PhotoFault[] = [];

  for (const photo of raw) {
    const ready = await readied(photo);
    if (typeof ready === 'string') {
      faults.push(ready);
      void photoRemove(photo.id).catch(() => undefined);
    } else each(ready);
  }
  return faults;
}

export function useWriting(start: Begun): Writing {
  const [now, setNow] = useState<Now>({ draft: start.draft, photos: start.photos.filter(({ state }) => state !== 'raw'),
    unkept: '', reading: 0 });
  const live = useRef(now); /* for what ends after the next render */
  const saver = useRef<Saver | null>(null);
  const change = (part: Partial<Now>): void => {
    live.current = { ...live.current, ...part };
    setNow(live.current);
  };
  const told = (error: unknown): void => {
    if (error === null && live.current.photos.length) return; /* one of them may still not be kept */
    const unkept = error === null ? '' : isFull(error) ? 'full' : 'away';
    if (unkept !== live.current.unkept) change({ unkept });
  };
  const set = (part: Partial<Draft>): void => {
    const draft = { ...live.current.draft, ...part, changed: Date.now() };
    change({ draft });
    saver.current?.save(draft);
  };
  const keepPhoto = (photo: Photo): void => {
    const others = live.current.photos.filter(({ id }) => id !== photo.id);
    change({ photos: [...others, photo].sort((a, b) => a.order - b.order) });
    photoKeep(photo).catch((error: unknown) => change({ unkept: isFull(error) ? 'full' : 'away' }));
  };
  const ready = async (raw: Photo[]): Promise<PhotoFault[]> => {
    change({ reading: live.current.reading + 1 });
    const faults = await readyAll(raw, keepPhoto);
    change({ reading: live.current.reading - 1 });
    set({});
    return faults;
  };
  const addPhotos = (files: Iterable<Blob>): Promise<PhotoFault[]> => {
    const { draft, photos } = live.current;
    const next = Math.max(-1, ...photos.map(({ order }) => order)) + 1;
    const room = Array.from(files).slice(0, photosMax - photos.length);
    return ready(room.map((file, i) => rawPhoto(draft.id, next + i, file)));
  };
  const removePhoto = (id: string): void => {
    change({ photos: live.current.photos.filter((photo) => photo.id !== id) });
    void photoRemove(id).catch(() => undefined);
  };
  const begin = (begun: Begun | null): void => {
    const next = begun ?? { draft: newDraft(), photos: [] };
    change({ ...next, unkept: '' });
    if (begun) void chooseDraft(next.draft.id);
  };

  useEffect(() => {
    saver.current = makeSaver(told);
    const raw = start.photos.filter(({ state }) => state === 'raw');
    if (raw.length) void ready(raw);
    const deaf = listen((news) => { if (news === 'removed') saver.current?.stop(); });
    return () => { saver.current?.stop(); deaf(); };
  }, []);
  return { draft: now.draft, photos: now.photos, unkept: now.unkept, isReading: now.reading > 0, set,
    setPlace: (part) => set({ place: { ...live.current.draft.place, ...part } }), addPhotos, removePhoto, begin,
    replacePhoto: keepPhoto };
}
