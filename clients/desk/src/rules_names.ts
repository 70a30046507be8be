/* Names of codes, for what of the rules stands beside a case, too. */
import type { Options } from './filters.tsx';

export const nameOf = (options: Options, code: string): string => options.find(([value]) => value === code)?.[1] ?? code;
