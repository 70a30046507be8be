/* The API's types by the names that the app uses, and what the device keeps. */
import type { FeatureCollection, MultiPolygon, Polygon } from 'geojson';

import type { components } from '../../desk/src/api.gen.ts';

type Schemas = components['schemas'];

export type Category = Schemas['Category'];
export type Submission = Schemas['Submission'];
export type Receipt = Schemas['Receipt'];
export type CaseNow = Schemas['Case'];
export type Tiles = Schemas['MapTiles'];
export type Areas = FeatureCollection<Polygon | MultiPolygon, { code: string; name: string }>;

export interface FieldFault {
  name: string;
  reason: string;
}

/* Where it is, in any of three ways, each enough alone. */
export interface Place {
  lat: number | null;
  lon: number | null;
  accuracy: number | null; /* metres, of what the telephone says */
  from: '' | 'here' | 'search' | 'map'; /* how the position was given */
  address: string; /* as typed, or the name of what was found */
  unit: string;
  district: string; /* a code */
  described: string;
}

export const unknown = '?'; /* the category of who does not know */

/* What is being written. Its id is the idempotency key for as long as it lives. */
export interface Draft {
  id: string;
  category: string; /* '': not chosen yet */
  type: string;
  text: string;
  place: Place;
  name: string;
  email: string;
  phone: string;
  wantsReply: boolean;
  changed: number; /* milliseconds since 1970 */
}

/* A picture of a draft or of what waits to be sent: the same id as that one's. */
export interface Photo {
  id: string;
  owner: string;
  order: number;
  name: string;
  blob: Blob;
  state: 'ready' | 'raw' | 'whole'; /* raw: not shrunk yet; whole: cannot be opened here */
}

export interface Refusal {
  status: number;
  detail: string;
  fields: FieldFault[];
}

/* What waits to be sent; body and photos never change under one key. */
export interface Waiting {
  key: string;
  draft: Draft; /* to go back to, when it is refused */
  body: Submission;
  made: number;
  tries: number;
  notBefore: number; /* milliseconds since 1970; 0: at once */
  isAsked: boolean; /* the server asked for that wait: it is kept to */
  refusal: Refusal | null;
}

/* A case that this device can open: its code is what opens it. */
export interface Known {
  number: string;
  code: string;
  key: string; /* that it was sent by; '': added by hand */
  text: string; /* its beginning, to know it again */
  category: string | null;
  board: string;
  status: string;
  answerBy: string;
  receivedAt: string;
  answers: number; /* messages from the city, when last looked at */
  hasNews?: boolean; /* since then */
}

/* Somebody else's case that this device supports. */
export interface Supported {
  key: string;
  token: string;
  category: string;
  at: number;
}
