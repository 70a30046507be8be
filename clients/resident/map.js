/*
 * The public map, added to the list that works without it: the districts' outlines, on what
 * the city has set to draw them on (pictures, or a PMTiles file, whose reader is fetched
 * then), and what /api/v1/map says of the box that is seen. A case or a number of them is a
 * button, so that the map works by keyboard as well.
 */
import { control, DomUtil, divIcon, geoJSON, GridLayer, layerGroup, map as makeMap, marker, tileLayer } from 'leaflet';
import 'leaflet/dist/leaflet.css';

const section = document.querySelector('[data-map-section]');
const box = section.querySelector('[data-map]');
const said = section.querySelector('[data-map-status]');
const words = box.dataset;
const names = JSON.parse(words.names);
const months = new Intl.DateTimeFormat(words.lang.slice(0, 2), { month: 'long', year: 'numeric', timeZone: 'UTC' });

const read = async (where, signal) => {
  const res = await fetch(where, { signal });

  if (!res.ok) throw new Error(`${where}: ${res.status}`);
  return res.json();
};

const monthText = (month) => months.format(new Date(`${month}-01T00:00:00Z`));
const manyText = (count) => words.many.replace('{n}', count);

function caseText({ category, month, status }) {
  return [names[category] ?? category, monthText(month), status === 'open' ? words.open : words.closed];
}

/* Nothing here is text of a resident's; it is put in as text all the same. */
function popupOf(lines) {
  const node = document.createElement('p');

  node.dir = 'auto';
  lines.forEach((line, i) => {
    if (i > 0) node.append(document.createElement('br'));
    node.append(line);
  });
  return node;
}

function markerOf(map, { geometry, properties }) {
  const [lon, lat] = geometry.coordinates;
  const { count, status } = properties;
  const kind = count ? `many ${count < 10 ? 'few' : count < 100 ? 'some' : 'lots'}` : `one ${status}`;
  const title = count ? manyText(count) : caseText(properties).join(', ');
  const icon = divIcon({ className: `mark ${kind}`, iconSize: [44, 44], html: count ? String(count) : '' });
  const it = marker([lat, lon], { icon, title, keyboard: true, riseOnHover: true });

  if (!count) return it.bindPopup(popupOf(caseText(properties)));
  return it.on('click', () => map.setView([lat, lon], Math.min(map.getZoom() + 2, map.getMaxZoom())));
}

function showBox(map, layer) {
  let asked = new AbortController();

  return async () => {
    const seen = map.getBounds().pad(0.1);
    const within = (value, limit) => Math.max(-limit, Math.min(limit, value)).toFixed(6);
    const corners = [within(seen.getWest(), 180), within(seen.getSouth(), 85), within(seen.getEast(), 180),
      within(seen.getNorth(), 85)];
    const join = words.query.includes('?') ? '&' : '?';

    asked.abort();
    asked = new AbortController();
    try {
      const { features } = await read(`${words.query}${join}bbox=${corners.join()}&zoom=${map.getZoom()}`, asked.signal);
      layer.clearLayers();
      for (const feature of features) layer.addLayer(markerOf(map, feature));
      said.textContent = '';
    } catch (error) {
      if (error.name !== 'AbortError') said.textContent = words.away;
    }
  };
}

async function drawDistricts(map) {
  const areas = await read('/api/v1/areas?kind=district');

  geoJSON(areas, { interactive: false, style: { className: 'outline' } }).addTo(map);
}

async function drawUnder(map) {
  const { tiles: url, credit, vector, lang } = words;

  if (credit) control.attribution({ prefix: false }).addTo(map);
  if (url.endsWith('.pmtiles')) {
    const { drawFile } = await import(vector);
    await drawFile({ GridLayer, DomUtil }, map, { url, credit, lang: lang.replace(/-.*/, '') });
  } else {
    tileLayer(url, { maxZoom: 20, maxNativeZoom: 18, attribution: credit }).addTo(map);
    box.classList.add('tiled');
  }
}

function start() {
  const isStill = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  const [west, south, east, north] = words.map.split(',').map(Number);
  const map = makeMap(box, { zoomControl: false, attributionControl: false, maxZoom: 20, minZoom: 6,
    zoomAnimation: !isStill, fadeAnimation: !isStill, inertia: !isStill, scrollWheelZoom: false });
  const layer = layerGroup().addTo(map);

  control.zoom({ zoomInTitle: words.closer, zoomOutTitle: words.further }).addTo(map);
  map.on('popupopen', ({ popup }) => popup.getElement().querySelector('.leaflet-popup-close-button')
    ?.setAttribute('aria-label', words.shut));
  map.fitBounds([[south, west], [north, east]]);
  map.on('moveend', showBox(map, layer));
  map.fire('moveend');
  drawDistricts(map).catch(() => { said.textContent = words.away; });
  /* Without it the map is the districts' outlines. */
  if (words.tiles) drawUnder(map).catch(() => undefined);
}

section.hidden = false;
start();
