/* What is nearest to the point, in words: who cannot see the map hears where the pin is. */
import { useEffect, useState } from 'preact/hooks';

import { nearestPlace } from './api.ts';
import type { Nearest } from './api.ts';
import type { Place } from './types.ts';

const pause = 400; /* milliseconds without a move of the pin, before the city is asked */

/* null: not known, or not needed, since what was chosen has a name of its own. */
export function useNearest({ lat, lon, from }: Place): Nearest | null {
  const [near, setNear] = useState<Nearest | null>(null);

  useEffect(() => {
    const control = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    setNear(null);
    if (lat !== null && lon !== null && from !== 'search')
      timer = setTimeout(() => { nearestPlace(lat, lon, control.signal).then(setNear, () => undefined); }, pause);
    return () => {
      clearTimeout(timer);
      control.abort();
    };
  }, [lat, lon, from]);
  return near;
}
