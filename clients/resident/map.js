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
const side = 44; /* of what can be pressed, in pixels */
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

const countOf = ({ properties }) => properties.count ?? 1;

function placeOf({ geometry }) {
  const [lon, lat] = geometry.coordinates;

  return [lat, lon];
}

/* What would lie over another mark is told by that one: each can be pressed, also by a
 * finger. Those of many come first, and stay where they are. */
function apart(map, features) {
  const marks = [];

  for (const feature of [...features].sort((a, b) => countOf(b) - countOf(a))) {
    const at = map.latLngToLayerPoint(placeOf(feature));
    const near = marks.find((mark) => Math.max(Math.abs(mark.at.x - at.x), Math.abs(mark.at.y - at.y)) < side);
    if (near) near.told.push(feature);
    else marks.push({ at, told: [feature] });
  }
  return marks.map(({ told }) => told);
}

const lineOf = ({ properties }) => (properties.count ? manyText(properties.count) : caseText(properties).join(', '));

function iconOf(told, count) {
  const kind = count > 1 ? `many ${count < 10 ? 'few' : count < 100 ? 'some' : 'lots'}` : `one ${told[0].properties.status}`;

  return divIcon({ className: `mark ${kind}`, iconSize: [side, side], html: count > 1 ? String(count) : '' });
}

/* What is called a button goes by its keys; to Leaflet it is a picture. */
function byKeys(it, press) {
  it.on('keydown', ({ originalEvent: event }) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    press();
  });
}

/* The mark that was pressed goes away: what comes in its place is within the map. */
function goesCloser(map, it) {
  const press = () => {
    map.getContainer().focus({ preventScroll: true });
    map.setView(it.getLatLng(), Math.min(map.getZoom() + 2, map.getMaxZoom()));
  };

  byKeys(it.on('click', press), press);
  return it;
}

function tells(it, lines) {
  byKeys(it.bindPopup(popupOf(lines), { minWidth: 180, maxHeight: 240 }), () => it.openPopup());
  return it;
}

/* Many come apart from closer by; as close as it goes they are told one by one. */
function markerOf(map, told) {
  const count = told.reduce((sum, feature) => sum + countOf(feature), 0);
  const place = placeOf(told[0]);
  const title = count > 1 ? manyText(count) : lineOf(told[0]);
  const it = marker(place, { icon: iconOf(told, count), title, keyboard: true, riseOnHover: true });

  it.zoom = map.getZoom();
  if (count === 1) return tells(it, caseText(told[0].properties));
  return map.getZoom() < map.getMaxZoom() ? goesCloser(map, it) : tells(it, told.map(lineOf));
}

/* A mark that tells something goes on: the map itself moves to make room for its words.
 * From closer by or further off it may be another. */
function showMarks(map, layer, features) {
  const open = layer.getLayers().find((it) => it.isPopupOpen() && it.zoom === map.getZoom());

  for (const it of layer.getLayers()) if (it !== open) layer.removeLayer(it);
  for (const told of apart(map, features))
    if (!open?.getLatLng().equals(placeOf(told[0]))) layer.addLayer(markerOf(map, told));
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
      showMarks(map, layer, features);
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

  if (credit) box.after(control.attribution({ prefix: false }).addTo(map).getContainer());
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

  /* Beside the map, where they hide no mark. */
  box.before(control.zoom({ zoomInTitle: words.closer, zoomOutTitle: words.further }).addTo(map).getContainer());
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
