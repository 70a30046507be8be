/* Photos on the device: made anew (clients/shared/picture.ts), and boxes painted over what
 * nobody shall see. */
import { repainted } from '../../shared/picture.ts';
import type { Box } from '../../shared/picture.ts';

import { newKey } from './draft.ts';
import type { Photo } from './types.ts';

/* What the server takes, for a picture that this browser cannot open. */
export const sizeMax = 20 * 1024 * 1024;

const within01 = (value: number, most: number): number => Math.min(Math.max(value, 0), most);

/* A box never leaves the picture, and stays large enough to be seen and held. */
export function moved(box: Box, by: Partial<Box>): Box {
  const w = Math.min(Math.max(box.w + (by.w ?? 0), 0.04), 1);
  const h = Math.min(Math.max(box.h + (by.h ?? 0), 0.04), 1);
  return { w, h, x: within01(box.x + (by.x ?? 0), 1 - w), y: within01(box.y + (by.y ?? 0), 1 - h) };
}

/* Between two corners, in whichever order. */
export function boxOf(from: { x: number; y: number }, to: { x: number; y: number }): Box {
  const x = within01(Math.min(from.x, to.x), 1);
  const y = within01(Math.min(from.y, to.y), 1);
  return { x, y, w: within01(Math.max(from.x, to.x), 1) - x, h: within01(Math.max(from.y, to.y), 1) - y };
}

export function rawPhoto(owner: string, order: number, file: Blob): Photo {
  return { id: newKey(), owner, order, name: `bild-${order + 1}.jpg`, blob: file, state: 'raw' };
}

export type PhotoFault = 'not-picture' | 'too-large';

/* A kind that this browser cannot open goes as it is: the server makes it anew. */
export async function readied(photo: Photo): Promise<Photo | PhotoFault> {
  try {
    return { ...photo, blob: await repainted(photo.blob, []), state: 'ready' };
  } catch {
    if (!/^image\/(?:heic|heif)$/.test(photo.blob.type)) return 'not-picture';
    if (photo.blob.size > sizeMax) return 'too-large';
    return { ...photo, name: photo.name.replace(/\.jpg$/, '.heic'), state: 'whole' };
  }
}

/* For good: what was under the boxes is nowhere any more. */
export async function masked(photo: Photo, boxes: Box[]): Promise<Photo> {
  return boxes.length ? { ...photo, blob: await repainted(photo.blob, boxes) } : photo;
}
