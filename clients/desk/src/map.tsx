/* Where it is: the city's districts as outlines, and a pin. A picture beside the words,
 * not a way to anything: it takes no keys, and its two buttons are ordinary ones. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { circleMarker, geoJSON, map as makeMap } from 'leaflet';
import type { Map as LeafletMap } from 'leaflet';

import { readDistricts } from './api.ts';
import type { Areas } from './types.ts';
import { fill, useWords } from './words.ts';

interface PlaceMapProps {
  position: { lat: number; lon: number };
  where: string;
  district: string | null;
}

function draw(map: LeafletMap, areas: Areas, { position, district }: PlaceMapProps): void {
  geoJSON<{ name: string }>(areas, { interactive: false,
    style: (feature) => ({ className: feature?.id === district ? 'area here' : 'area' }),
    onEachFeature: ({ properties: { name } }, layer) => {
      if (window.innerWidth > 400)
        layer.bindTooltip(name, { permanent: true, direction: 'center', className: 'areaname' });
    } }).addTo(map);
  circleMarker(position2(position), { radius: 9, interactive: false, className: 'pin' }).addTo(map);
}

const position2 = ({ lat, lon }: PlaceMapProps['position']): [number, number] => [lat, lon];

type Ref<T> = { current: T | null };

function useMap(props: PlaceMapProps, onAway: () => void): [Ref<HTMLDivElement>, Ref<LeafletMap>] {
  const box = useRef<HTMLDivElement>(null);
  const map = useRef<LeafletMap | null>(null);

  useEffect(() => {
    const control = new AbortController();
    const isStill = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (!box.current) return undefined;
    map.current = makeMap(box.current, { keyboard: false, zoomControl: false, attributionControl: false,
      scrollWheelZoom: false, zoomAnimation: !isStill, fadeAnimation: false, inertia: !isStill })
      .setView(position2(props.position), 11);
    readDistricts(control.signal).then((areas) => { if (map.current) draw(map.current, areas, props); }, onAway);
    return () => {
      control.abort();
      map.current?.remove();
      map.current = null;
    };
  }, [props.position.lat, props.position.lon]);
  return [box, map];
}

export function PlaceMap(props: PlaceMapProps): JSX.Element {
  const t = useWords();
  const [isAway, setAway] = useState(false);
  const [box, map] = useMap(props, () => setAway(true));

  return (
    <div class="map noprint">
      {isAway && <p class="soft">{t.case.mapAway}</p>}
      <div role="img" aria-label={fill(t.case.map, { where: props.where })}><div class="canvas" ref={box} /></div>
      <div class="zoom">
        <button type="button" aria-label={t.case.zoomIn} onClick={() => map.current?.zoomIn()}>+</button>
        <button type="button" aria-label={t.case.zoomOut} onClick={() => map.current?.zoomOut()}>−</button>
      </div>
    </div>);
}
