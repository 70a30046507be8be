/* The map, for who asks for it: its code is fetched then and not before. Without it
 * nothing is missing: everything here can be given in words. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import built from 'built/map.json';

import { readTiles } from './api.ts';
import { useApp } from './app_state.ts';
import type { Drawn, MapModule, Point } from './map.ts';
import { Icon } from './icons.tsx';
import { useWords } from './words.ts';

async function fetchMap(): Promise<MapModule> {
  if (!document.querySelector(`link[href="${built.style}"]`)) {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = built.style;
    document.head.append(link);
  }
  return await import(built.script) as MapModule; /* what map.ts exports */
}

/* Without what it is drawn on the map is the districts' outlines. */
function drawUnder(drawn: Drawn, language: string): void {
  readTiles().then((tiles) => drawn.under(tiles, language.replace(/-.*/, ''))).catch(() => undefined);
}

function useMap(isOpen: boolean, onAway: () => void): { current: HTMLDivElement | null } {
  const { t, language } = useWords();
  const app = useApp();
  const { writing, city } = app;
  const live = useRef(app); /* for what happens after the next render */
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<Drawn | null>(null);
  const { lat, lon } = writing.draft.place;
  const point = lat === null || lon === null ? null : { lat, lon };
  /* The address that was chosen before is not where the pin is now. */
  const move = (to: Point): void => {
    const isChosen = live.current.writing.draft.place.from === 'search';
    live.current.writing.setPlace({ ...to, accuracy: null, from: 'map', ...(isChosen && { address: '', unit: '' }) });
    if (isChosen) live.current.say(t('where.moved'));
  };

  live.current = app;
  useEffect(() => {
    let isOver = false;
    if (!isOpen) return undefined;
    fetchMap().then((map) => {
      if (isOver || !box.current) return;
      drawn.current = map.draw(box.current, { areas: city.areas, point, label: t('map.pin'), zoomIn: t('map.in'), zoomOut: t('map.out'),
        isStill: matchMedia('(prefers-reduced-motion: reduce)').matches, onMove: move });
      drawUnder(drawn.current, language.code);
    }, () => { if (!isOver) onAway(); });
    return () => {
      isOver = true;
      drawn.current?.remove();
      drawn.current = null;
    };
  }, [isOpen, city.areas]);
  useEffect(() => drawn.current?.show(point), [lat, lon]);
  return box;
}

export function MapPanel(): JSX.Element {
  const { t } = useWords();
  const [isOpen, setOpen] = useState(false);
  const [isAway, setAway] = useState(false);
  const box = useMap(isOpen, () => setAway(true));

  return (
    <section aria-labelledby="map-title" class="mapsection">
      <h2 id="map-title" class="away">{t('map.title')}</h2>
      <button type="button" class="wide" aria-expanded={isOpen} onClick={() => { setOpen(!isOpen); setAway(false); }}>
        <Icon name="pin" />{t(isOpen ? 'map.hide' : 'map.show')}</button>
      {isOpen && <p class="hint">{t(isAway ? 'map.away' : 'map.how')}</p>}
      {isOpen && <div class="map" ref={box} />}
    </section>);
}
