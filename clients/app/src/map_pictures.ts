/* The tiles of a file that holds pictures. They are drawn on a canvas, not shown from an
 * address, so that the page's policy need not let in any. */
import type { Coords, DoneCallback, GridLayer, GridLayerOptions } from 'leaflet';
import type { PMTiles } from 'pmtiles';

async function drawOn(canvas: HTMLCanvasElement, file: PMTiles, { x, y, z }: Coords): Promise<void> {
  const tile = await file.getZxy(z, x, y);
  const picture = tile && await createImageBitmap(new Blob([tile.data]));

  if (!picture) return;
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext('2d')?.drawImage(picture, 0, 0);
}

export function pictureLayer(Base: typeof GridLayer, file: PMTiles, options: GridLayerOptions): GridLayer {
  return new class extends Base {
    protected override createTile(at: Coords, done: DoneCallback): HTMLElement {
      const canvas = document.createElement('canvas');

      drawOn(canvas, file, at).then(() => done(undefined, canvas), (error: Error) => done(error, canvas));
      return canvas;
    }
  }(options);
}
