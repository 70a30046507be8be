/*
 * A PMTiles file under a map. It is a script of its own, for the app's map and the public
 * one, fetched where the city has such a file. The file is read in parts; if nothing of it
 * can be read, the map is as if there were none. Leaflet is the map's, for there can be but
 * one of it.
 */
import type { DomUtil, GridLayer, Map as LeafletMap } from 'leaflet';
import { PMTiles, SharedPromiseCache, TileType } from 'pmtiles';
import type { Header } from 'pmtiles';
import { labelRules, leafletLayer, paintRules } from 'protomaps-leaflet';

import { flavorOf } from './map_colours.ts';
import { pictureLayer } from './map_pictures.ts';

export interface Leaflet {
  GridLayer: typeof GridLayer;
  DomUtil: typeof DomUtil;
}

interface MapFile {
  url: string;
  credit: string;
  lang: string;
}

export interface VectorModule {
  drawFile: (leaflet: Leaflet, map: LeafletMap, tiles: MapFile) => Promise<void>;
}

const pictures = new Set([TileType.Png, TileType.Jpeg, TileType.Webp, TileType.Avif]);

/* What could not be had is asked for again the next time, and not kept as a failure. That
 * there is no tile somewhere says nothing of the others. */
class Parts extends PMTiles {
  hasRead = false;
  hasFailed = false;
  readonly #kept: SharedPromiseCache;

  constructor(url: string) {
    const kept = new SharedPromiseCache();

    super(url, kept);
    this.#kept = kept;
  }

  override async getZxy(...asked: Parameters<PMTiles['getZxy']>): ReturnType<PMTiles['getZxy']> {
    try {
      const tile = await super.getZxy(...asked);
      if (tile) this.hasRead = true;
      return tile;
    } catch (error) {
      if (!asked[3]?.aborted) {
        this.hasFailed = true;
        this.#kept.cache.clear();
      }
      throw error;
    }
  }
}

function layerOf(leaflet: Leaflet, file: Parts, { tileType, minZoom, maxZoom }: Header, { credit, lang }: MapFile, isDark: boolean) {
  const flavor = flavorOf(isDark);

  if (pictures.has(tileType))
    return pictureLayer(leaflet.GridLayer, file, { minNativeZoom: minZoom, maxNativeZoom: maxZoom, attribution: credit });
  if (tileType !== TileType.Mvt) throw new Error(`no kind of tile that can be drawn: ${tileType}`);
  Object.assign(globalThis, { L: leaflet }); /* where protomaps-leaflet looks for it */
  return leafletLayer({ url: file, maxDataZoom: maxZoom, lang, attribution: credit, backgroundColor: flavor.background,
    paintRules: paintRules(flavor), labelRules: labelRules(flavor, lang) });
}

export async function drawFile(leaflet: Leaflet, map: LeafletMap, tiles: MapFile): Promise<void> {
  const file = new Parts(tiles.url);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const box = map.getContainer();
  const header = await file.getHeader();
  /* Leaflet is not done with the layer when it says so. */
  const make = () => layerOf(leaflet, file, header, tiles, dark.matches)
    .on('load', () => { if (file.hasFailed && !file.hasRead) setTimeout(end); });
  let layer = make();
  const turn = (): void => {
    layer.remove();
    layer = make().addTo(map);
  };
  const end = (): void => {
    dark.removeEventListener('change', turn);
    box.classList.remove('tiled');
    layer.remove();
  };

  if (!map.getPane('tilePane')) return; /* it has been removed meanwhile */
  layer.addTo(map);
  box.classList.add('tiled');
  dark.addEventListener('change', turn);
  map.on('unload', end);
}
