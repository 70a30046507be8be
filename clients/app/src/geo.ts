/* Where the telephone is, and in which district a point lies. The server decides in the
 * end; this only tells somebody who stands outside the city before they send. */
import type { Areas } from './types.ts';

export interface Fix {
  lat: number;
  lon: number;
  accuracy: number;
}

export type NoFix = 'denied' | 'unavailable';

export function locate(): Promise<Fix | NoFix> {
  return new Promise((resolve) => {
    if (!('geolocation' in navigator)) {
      resolve('unavailable');
      return;
    }
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lat: coords.latitude, lon: coords.longitude, accuracy: coords.accuracy }),
      ({ code }) => resolve(code === 1 ? 'denied' : 'unavailable'),
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 30_000 });
  });
}

/* Has the resident said yes before? Then the place is found without being asked for. */
export async function mayLocate(): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: 'geolocation' })).state === 'granted';
  } catch {
    return false;
  }
}

/* Even-odd over one ring of [lon, lat]. */
function crosses(ring: number[][], lat: number, lon: number): boolean {
  let isIn = false;

  ring.forEach(([x = 0, y = 0], i) => {
    const [px = 0, py = 0] = ring[(i || ring.length) - 1] ?? [];
    if ((y > lat) !== (py > lat) && lon < ((px - x) * (lat - y)) / (py - y) + x) isIn = !isIn;
  });
  return isIn;
}

const inPolygon = (rings: number[][][], lat: number, lon: number): boolean =>
  rings.filter((ring) => crosses(ring, lat, lon)).length % 2 === 1;

/* The district's code; '' outside all of them; null while they are not known. */
export function districtAt(areas: Areas | null, lat: number, lon: number): string | null {
  if (!areas?.features.length) return null;
  const here = areas.features.find(({ geometry }) => (geometry.type === 'Polygon'
    ? inPolygon(geometry.coordinates, lat, lon)
    : geometry.coordinates.some((rings) => inPolygon(rings, lat, lon))));
  return here?.properties.code ?? '';
}
