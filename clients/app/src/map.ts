/* The map's own script, fetched when somebody asks for the map: the city's districts as
 * outlines, and a pin that is dragged, put by a tap, or moved by the arrow keys. */
import { DomEvent, DomUtil, GridLayer, control, divIcon, geoJSON, latLngBounds, map as makeMap, marker, tileLayer } from 'leaflet';
import type { LatLngExpression, Map as LeafletMap, Marker } from 'leaflet';

import vector from 'built/vector.json';

import type { VectorModule } from './map_vector.ts';
import type { Areas, Tiles } from './types.ts';

export interface Point {
  lat: number;
  lon: number;
}

interface Look {
  areas: Areas | null;
  point: Point | null;
  label: string;
  zoomIn: string;
  zoomOut: string;
  isStill: boolean;
  onMove: (to: Point) => void;
}

export interface Drawn {
  under: (tiles: Tiles, lang: string) => Promise<void>;
  show: (point: Point | null) => void;
  remove: () => void;
}

export interface MapModule {
  draw: (box: HTMLElement, look: Look) => Drawn;
}

const middle: LatLngExpression = [59.325, 18.05];
const pixels = 10; /* a press of an arrow key */
const steps: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const round = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;

function start(box: HTMLElement, { areas, point, isStill, zoomIn, zoomOut }: Look): LeafletMap {
  const map = makeMap(box, { attributionControl: false, zoomControl: false, keyboard: false, scrollWheelZoom: false,
    zoomAnimation: !isStill, fadeAnimation: false, inertia: !isStill, maxZoom: 19 });
  const outlines = areas ? geoJSON(areas, { interactive: false, style: { className: 'area' },
    onEachFeature: ({ properties: { name } }, layer) => {
      layer.bindTooltip(name, { permanent: true, direction: 'center', className: 'areaname' });
    } }).addTo(map) : null;

  if (point) map.setView([point.lat, point.lon], 12);
  else map.fitBounds(outlines?.getBounds() ?? latLngBounds([middle, middle]).pad(0.1));
  addZoom(map, box, zoomIn, zoomOut);
  return map;
}

/* A file's reader is large, and fetched only for one. */
async function drawUnder(map: LeafletMap, { url, credit }: Tiles, lang: string): Promise<void> {
  if (!url) return;
  if (credit) control.attribution({ prefix: false, position: 'bottomleft' }).addTo(map);
  if (url.endsWith('.pmtiles')) {
    const { drawFile } = await import(vector.script) as VectorModule; /* what map_vector.ts exports */
    await drawFile({ GridLayer, DomUtil }, map, { url, credit, lang });
  } else {
    tileLayer(url, { maxZoom: 19, maxNativeZoom: 18, attribution: credit }).addTo(map);
    map.getContainer().classList.add('tiled');
  }
}

/* Ordinary buttons, as large as the rest. */
function addZoom(map: LeafletMap, box: HTMLElement, zoomIn: string, zoomOut: string): void {
  const bar = document.createElement('div');
  bar.className = 'zoom';
  for (const [sign, label, by] of [['+', zoomIn, 1], ['−', zoomOut, -1]] as const) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = sign;
    button.setAttribute('aria-label', label);
    /* At once: while it moves, Leaflet takes no further press. */
    button.addEventListener('click', () => map.setZoom(map.getZoom() + by, { animate: false }));
    bar.append(button);
  }
  DomEvent.disableClickPropagation(bar);
  box.append(bar);
}

function addPin(map: LeafletMap, at: LatLngExpression, label: string, moved: (pin: Marker) => void): Marker {
  const pin = marker(at, { draggable: true, autoPan: true, keyboard: true, title: '', alt: '',
    icon: divIcon({ className: 'pin', iconSize: [44, 44], iconAnchor: [22, 40], html: '' }) }).addTo(map);
  const element = pin.getElement();

  element?.setAttribute('aria-label', label);
  element?.addEventListener('keydown', (event) => {
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const spot = map.latLngToContainerPoint(pin.getLatLng()).add([step[0] * pixels, step[1] * pixels]);
    pin.setLatLng(map.containerPointToLatLng(spot));
    map.panInside(pin.getLatLng(), { padding: [30, 50] });
    moved(pin);
  });
  pin.on('dragend', () => moved(pin));
  return pin;
}

export function draw(box: HTMLElement, look: Look): Drawn {
  const map = start(box, look);
  const moved = (pin: Marker): void => {
    const { lat, lng } = pin.getLatLng();
    look.onMove({ lat: round(lat), lon: round(lng) });
  };
  /* A pin from the start, so that the keyboard has something to move. */
  const pin = addPin(map, look.point ? [look.point.lat, look.point.lon] : map.getCenter(), look.label, moved);

  pin.setOpacity(look.point ? 1 : 0.6);
  map.on('click', ({ latlng }) => {
    pin.setLatLng(latlng);
    moved(pin);
  });
  return { remove: () => map.remove(),
    under: (tiles, lang) => drawUnder(map, tiles, lang),
    show: (point) => {
      pin.setOpacity(point ? 1 : 0.6);
      if (!point) return;
      pin.setLatLng([point.lat, point.lon]);
      if (!map.getBounds().contains(pin.getLatLng())) map.setView(pin.getLatLng(), Math.max(map.getZoom(), 12));
    } };
}
