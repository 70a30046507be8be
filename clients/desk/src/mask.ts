/* The areas of a picture that are to be covered: what has been done with them, and undone;
 * and what they are in pixels of the picture. */
import { withBox, withChange, withoutChosen } from '../../shared/boxes.ts';
import type { Boxes } from '../../shared/boxes.ts';
import type { Box } from '../../shared/picture.ts';

import type { Area } from './types.ts';

/* The server takes no more. */
export const mostAreas = 50;
export const leastSide = 0.01;
const mostUndone = 200;

export type MaskDeed = { what: 'add'; box: Box } | { what: 'change'; by: Partial<Box> } | { what: 'choose'; n: number }
  | { what: 'remove' } | { what: 'undo' } | { what: 'begin'; boxes: Box[] };

export interface MaskState {
  now: Boxes;
  past: { was: Boxes; why: string }[];
  said: '' | 'added' | 'changed' | 'removed' | 'undone'; /* what a screen reader is told */
}

export const startMask = (boxes: Box[]): MaskState => ({ now: { boxes, chosen: -1 }, past: [], said: '' });

/* A box that is moved step after step is put back by one undoing. */
function did(state: MaskState, why: string, now: Boxes, said: MaskState['said']): MaskState {
  const isMore = why !== '' && state.past.at(-1)?.why === why;
  return { now, said, past: isMore ? state.past : [...state.past, { was: state.now, why }].slice(-mostUndone) };
}

export function masking(state: MaskState, deed: MaskDeed): MaskState {
  const { now } = state;

  if (deed.what === 'begin') return startMask(deed.boxes);
  if (deed.what === 'choose') return { ...state, now: { ...now, chosen: deed.n } };
  if (deed.what === 'add')
    return now.boxes.length < mostAreas ? did(state, '', withBox(now, deed.box), 'added') : state;
  if (deed.what === 'undo') {
    const last = state.past.at(-1);
    return last ? { now: last.was, past: state.past.slice(0, -1), said: 'undone' } : state;
  }
  if (now.chosen < 0) return state;
  if (deed.what === 'remove') return did(state, '', withoutChosen(now), 'removed');
  return did(state, `change ${now.chosen}`, withChange(now, deed.by, leastSide), 'changed');
}

export interface Size {
  width: number;
  height: number;
}

/* By its edges, so that an area that is read and written again is the same. */
export function areaOf({ x, y, w, h }: Box, { width, height }: Size): Area {
  const left = Math.min(Math.round(x * width), width - 1);
  const top = Math.min(Math.round(y * height), height - 1);
  return { left, top, width: Math.max(Math.round((x + w) * width) - left, 1), height: Math.max(Math.round((y + h) * height) - top, 1) };
}

export function boxOfArea({ left, top, width: w, height: h }: Area, { width, height }: Size): Box {
  return { x: left / width, y: top / height, w: w / width, h: h / height };
}
