/* The city's districts as options of a choice. */
import { readDistricts } from './api.ts';
import { useFetched } from './fetched.ts';
import type { Options } from './options.ts';

export function useDistricts(signIns: number): Options {
  const { value } = useFetched(readDistricts, [signIns]);

  return value?.features.map(({ properties: { code, name } }) => [code, name]) ?? [];
}
