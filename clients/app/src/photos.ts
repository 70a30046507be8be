/* Photos on the device: made anew on a canvas, which leaves position and all else that a
 * camera writes behind; and boxes painted over what nobody shall see. */
import { newKey } from './draft.ts';
import type { Photo } from './types.ts';

export const sideMax = 2048;
const quality = 0.86;
/* What the server takes, for a picture that this browser cannot open. */
export const sizeMax = 20 * 1024 * 1024;

export interface Box {
  x: number; /* all four as shares of the picture's width and height */
  y: number;
  w: number;
  h: number;
}

/* The longest side at most `most`; nothing grows. */
export function fitted(width: number, height: number, most: number): { width: number; height: number } {
  const scale = Math.min(1, most / Math.max(width, height, 1));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

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

/* White first: what was transparent would become black in a JPEG. */
async function painted(picture: ImageBitmap, boxes: Box[]): Promise<Blob> {
  const { width, height } = fitted(picture.width, picture.height, sideMax);
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('no canvas');
  pen.fillStyle = '#ffffff';
  pen.fillRect(0, 0, width, height);
  pen.drawImage(picture, 0, 0, width, height);
  pen.fillStyle = '#000000';
  for (const { x, y, w, h } of boxes)
    pen.fillRect(Math.floor(x * width), Math.floor(y * height), Math.ceil(w * width), Math.ceil(h * height));
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/jpeg', quality);
  });
}

async function repainted(blob: Blob, boxes: Box[]): Promise<Blob> {
  const picture = await createImageBitmap(blob, { imageOrientation: 'from-image' });
  try {
    return await painted(picture, boxes);
  } finally {
    picture.close();
  }
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
