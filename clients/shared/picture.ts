/* A picture from a camera, made anew on a canvas, which leaves position and all else that the
 * camera writes behind: the numbers, and the code, of app and form alike. */
const sideMax = 2048;
const quality = 0.86;

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

/* A JPEG, turned as it is seen, with the boxes painted over. Throws if this browser cannot
 * open it. */
export async function repainted(blob: Blob, boxes: Box[]): Promise<Blob> {
  const picture = await createImageBitmap(blob, { imageOrientation: 'from-image' });
  try {
    return await painted(picture, boxes);
  } finally {
    picture.close();
  }
}
