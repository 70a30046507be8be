/* Photos on the device: made anew (clients/shared/picture.ts), and boxes painted over what
 * nobody shall see. */
import { repainted } from '../../shared/picture.ts';
import type { Box } from '../../shared/picture.ts';

import { newKey } from './draft.ts';
import type { Photo } from './types.ts';

/* What the server takes, for a picture that this browser cannot open. */
export const sizeMax = 20 * 1024 * 1024;

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
