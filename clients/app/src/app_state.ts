/* What every screen is given: the draft that is being written, the city's lists, and the
 * ways of moving on. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

import type { Named } from './categories.ts';
import type { Begun } from './outbox.ts';
import type { PhotoFault } from './photos.ts';
import type { Route } from './route.ts';
import type { Areas, Draft, Photo, Place } from './types.ts';

export interface City {
  categories: Named[] | null; /* null: not known yet */
  areas: Areas | null;
  recent: string[];
  used: (category: string) => void;
}

export interface Writing {
  draft: Draft;
  photos: Photo[];
  unkept: '' | 'full' | 'away'; /* why what is written is in this page's memory alone */
  isReading: boolean; /* photos are being made ready */
  set: (part: Partial<Draft>) => void;
  setPlace: (part: Partial<Place>) => void;
  addPhotos: (files: Iterable<Blob>) => Promise<PhotoFault[]>;
  replacePhoto: (photo: Photo) => void;
  removePhoto: (id: string) => void;
  begin: (begun: Begun | null) => void; /* null: a new one */
}

export interface App {
  route: Route;
  moves: number; /* 0: as the page was opened */
  go: (route: Route, isReplacing?: boolean) => void;
  back: () => void;
  say: (text: string) => void; /* to who cannot see that something happened */
  city: City;
  writing: Writing;
  choose: (language: string) => void;
  isRemover: { current: boolean }; /* this tab is the one that removes everything */
}

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);

  if (!app) throw new Error('no app around this part');
  return app;
}
