/* The city's districts as options of a choice. */
import { useEffect, useState } from 'preact/hooks';

import { readDistricts } from './api.ts';
import type { Options } from './filters.tsx';

export function useDistricts(signIns: number): Options {
  const [districts, setDistricts] = useState<Options>([]);

  useEffect(() => {
    const control = new AbortController();
    readDistricts(control.signal).then((areas) => setDistricts(areas.features
      .map(({ properties: { code, name } }) => [code, name])), () => undefined);
    return () => control.abort();
  }, [signIns]);
  return districts;
}
