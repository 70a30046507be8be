/* What a choice offers. */
export type Options = [value: string, text: string][];

export const nameOf = (options: Options, code: string): string => options.find(([value]) => value === code)?.[1] ?? code;
