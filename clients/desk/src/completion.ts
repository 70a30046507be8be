/* What is said of an action that is done, without a page: in each language what people told
 * and what was done about it, and what is wrong with that. */
import { today } from './format.ts';
import type { FieldFault } from './errors.ts';
import type { Fault } from './field.tsx';
import type { Draft } from './store.ts';
import type { ImprovementWords } from './texts/improvement.ts';
import type { Texts } from './texts/sv.ts';
import type { Improvement } from './types.ts';
import { fill } from './words.ts';

export type Language = keyof NonNullable<Improvement['texts']>;
export const languages: Language[] = ['sv', 'sv-x-easy', 'en', 'fi', 'fit', 'se', 'ar'];
export const parts = ['said', 'did'] as const;
export type Part = (typeof parts)[number];

export const nameOf = (language: Language, part: Part): string => `${part}-${language}`;
const isGiven = (values: Draft, l: Language): boolean => l === 'sv' || parts.some((part) => values[nameOf(l, part)]?.trim());

export function startOf(it: Improvement): Draft {
  return { version: String(it.version), doneOn: it.doneOn ?? today(), public: it.state === 'done' && !it.public ? '' : 'yes', tell: 'yes',
    ...Object.fromEntries(languages.flatMap((l) => parts.map((part) => [nameOf(l, part), it.texts?.[l]?.[part] ?? '']))) };
}

export function bodyOf(values: Draft): object {
  return { doneOn: values['doneOn'], public: values['public'] === 'yes', tell: values['tell'] === 'yes',
    texts: Object.fromEntries(languages.filter((l) => isGiven(values, l))
      .map((l) => [l, Object.fromEntries(parts.map((part) => [part, (values[nameOf(l, part)] ?? '').trim()]))])) };
}

/* Swedish is what goes without saying. */
function labelOf(t: Texts, w: ImprovementWords, language: Language, part: Part): string {
  return language === 'sv' ? w[part] : `${w[part]} (${t.template.languages[language]})`;
}

/* Both or neither, in each language but Swedish. */
export function missingIn(t: Texts, w: ImprovementWords, values: Draft): Fault[] {
  return languages.filter((l) => isGiven(values, l)).flatMap((l) => parts.filter((part) => !values[nameOf(l, part)]?.trim())
    .map((part) => ({ id: nameOf(l, part), text: fill(w.required, { label: labelOf(t, w, l, part) }) })));
}

/* Of the server's names: "doneOn", "texts.fi.did", or "texts.sv" where all of it is missing. */
export function refusedIn(t: Texts, w: ImprovementWords, fields: FieldFault[]): Fault[] {
  return fields.flatMap(({ name }): Fault[] => {
    const [, code, which] = /^texts\.([a-z-]+)(?:\.(said|did))?$/.exec(name) ?? [];
    const language = languages.find((l) => l === code);
    const part = parts.find((p) => p === which) ?? 'said';

    if (name === 'doneOn') return [{ id: 'doneOn', text: w.refused.doneOn }];
    return language ? [{ id: nameOf(language, part), text: fill(w.refused.other, { label: labelOf(t, w, language, part) }) }] : [];
  });
}
