/* The colours of a vector map, light and dark: few and pale, so that the districts' lines
 * and what is put on the map stand out. Names are read on what they may lie on (the test
 * beside this). */
import { DARK, LIGHT } from '@protomaps/basemaps';
import type { Flavor } from '@protomaps/basemaps';

const light = { land: '#eae7df', ground: '#e5e1d8', green: '#dde9d6', water: '#cfe2ea', building: '#dcd6cb', road: '#ffffff',
  edge: '#cdc6b9', rail: '#a9afb4', border: '#8b939b', halo: '#ffffff', text: '#2b3640', soft: '#525c66', sea: '#2f5568' };
const dark: Palette = { land: '#1d272f', ground: '#222c34', green: '#1c3530', water: '#0d1a24', building: '#28333c', road: '#3f4d59',
  edge: '#151d24', rail: '#55616b', border: '#74818c', halo: '#10171e', text: '#dfe6ea', soft: '#b4bfc9', sea: '#93b6c8' };

export type Palette = typeof light;
export const palettes = { light, dark };

/* What a name in Protomaps' own themes is drawn with: the first that fits. */
const drawnWith: [RegExp, keyof Palette][] = [
  [/_halo$/, 'halo'], [/^ocean_label$/, 'sea'], [/^(city|country|state)_label$|^roads_label_major$/, 'text'], [/_label/, 'soft'],
  [/_casing/, 'edge'], [/^(tunnel|bridges)_|^(other|minor|link|major|highway|runway)/, 'road'], [/^water$/, 'water'],
  [/^(park|wood|scrub|zoo)/, 'green'], [/^(buildings|pier)$/, 'building'], [/^railway$/, 'rail'], [/^boundaries$/, 'border'],
  [/^(background|earth|pedestrian)$/, 'land'], [/^/, 'ground']];

export function flavorOf(isDark: boolean): Flavor {
  const base = isDark ? DARK : LIGHT;
  const palette = palettes[isDark ? 'dark' : 'light'];
  const ours = Object.entries(base).filter(([, colour]) => typeof colour === 'string')
    .map(([name]) => [name, palette[drawnWith.find(([fits]) => fits.test(name))?.[1] ?? 'ground']]);

  return { ...base, ...Object.fromEntries(ours) };
}
