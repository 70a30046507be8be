/* The field of a text of the city's own: as many lines as it may have, in its language. */
import type { JSX } from 'preact';

import type { FieldAria } from './field.tsx';
import type { Speaker, Values } from './settings.ts';
import { ownTextWords } from './texts/own_text.ts';
import type { OwnTexts, SettingField } from './types.ts';
import { fill } from './words.ts';

type OwnText = OwnTexts['items'][number];

function textOf({ texts }: Speaker, values: Values): OwnText | undefined {
  return texts?.items.find(({ code }) => code === values['text']);
}

export function wordingHint(speaker: Speaker, field: SettingField, values: Values): string {
  const own = ownTextWords(speaker.t);
  const text = textOf(speaker, values);

  return [text && own[({ line: 'line', paragraphs: 'paragraphs', lines: 'lines' } as const)[text.form]],
    text?.values.length ? fill(own.keep, { values: text.values.join(', ') }) : '',
    fill(own.most, { max: field.max.toLocaleString(speaker.t.locale) })].filter(Boolean).join(' ');
}

interface WordingProps {
  aria: FieldAria;
  speaker: Speaker;
  values: Values;
  value: string;
  onText: (value: string) => void;
}

/* A single line may be long, so that it has room too; the server says if it is two. */
export function Wording({ aria, speaker, values, value, onText }: WordingProps): JSX.Element {
  const language = speaker.texts?.languages.find(({ code }) => code === values['language']);

  return <textarea {...aria} rows={textOf(speaker, values)?.form === 'line' ? 3 : 8} lang={language?.code} dir={language?.dir} value={value}
    onInput={(event) => onText(event.currentTarget.value)} />;
}

/* What stands where the city says nothing of its own. */
export function ProgramSays({ speaker, text, language }: { speaker: Speaker; text: string; language: string }): JSX.Element {
  const own = ownTextWords(speaker.t);
  const words = textOf(speaker, { text })?.words[language];
  const dir = speaker.texts?.languages.find(({ code }) => code === language)?.dir;

  return (
    <section class="says" aria-labelledby="says-title">
      <h2 id="says-title">{own.programSays}</h2>
      {words ? <p class="held" lang={language} dir={dir}>{words}</p> : <p>{own.programSilent}</p>}
    </section>);
}
