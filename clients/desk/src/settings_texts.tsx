/* The texts that the city may put in its own words, by where people meet them, with what
 * they say today in one language. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

import { useDesk } from './desk.ts';
import { day, today } from './format.ts';
import { settingPath, settingsPath } from './place.ts';
import { isValidOn, validityText } from './settings.ts';
import type { Row, Speaker } from './settings.ts';
import { useSettings } from './settings_list.tsx';
import { ownTextWords } from './texts/own_text.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { OwnTexts, SettingKind, SettingList } from './types.ts';
import { fill, wordOf } from './words.ts';

type Item = SettingList['items'][number];
type OwnText = OwnTexts['items'][number];

/* A text without a row of its own is at "form.lead.sv". */
export const newTextKey = (text: string, language: string): string => `${text}.${language}`;

export function newTextOf({ texts }: Speaker, key: string): { text: OwnText; language: string } | null {
  const dot = key.lastIndexOf('.');
  const text = texts?.items.find(({ code }) => code === key.slice(0, dot));

  return text && texts?.languages.some(({ code }) => code === key.slice(dot + 1)) ? { text, language: key.slice(dot + 1) } : null;
}

const dayOf = (row: Row, name: string, open: string): string => String(row[name] ?? open);

/* That hold now or later, the first first. */
function comingOf(items: Item[], text: string, language: string): Item[] {
  return items.filter(({ row }) => row['text'] === text && row['language'] === language && dayOf(row, 'validTo', '9999') >= today())
    .sort((a, b) => dayOf(a.row, 'validFrom', '').localeCompare(dayOf(b.row, 'validFrom', '')));
}

interface ListProps {
  kind: SettingKind;
  speaker: Speaker;
  language: string;
}

function OneText({ speaker, language, text, items }: Omit<ListProps, 'kind'> & { text: OwnText; items: Item[] }): JSX.Element {
  const { t } = speaker;
  const own = ownTextWords(t);
  const coming = comingOf(items, text.code, language);
  const held = coming.find(({ row }) => isValidOn(row, today()));
  const first = held ?? coming[0];
  const dir = speaker.texts?.languages.find(({ code }) => code === language)?.dir;
  const says = held ? String(held.row['wording']) : text.words[language];

  return (
    <li>
      <a href={settingPath('texts', first?.key ?? newTextKey(text.code, language))}>{wordOf(own.names, text.code)}</a>
      {first && <span class="mark">{held ? own.own : fill(own.planned, { date: day(t, dayOf(first.row, 'validFrom', '')) })}</span>}
      {says ? <p class="held" lang={language} dir={dir}>{says}</p> : <p class="soft">{own.silent}</p>}
    </li>);
}

function Places({ speaker, language, items }: Omit<ListProps, 'kind'> & { items: Item[] }): JSX.Element {
  const own = ownTextWords(speaker.t);
  const texts = speaker.texts?.items ?? [];

  return (
    <>{[...new Set(texts.map(({ place }) => place))].map((place) => (
      <section key={place} aria-labelledby={`place-${place}`}>
        <h2 id={`place-${place}`}>{wordOf(own.places, place)}</h2>
        <ul class="owntexts">{texts.filter((text) => text.place === place).map((text) => (
          <OneText key={text.code} speaker={speaker} language={language} text={text} items={items} />))}</ul>
      </section>))}</>);
}

function LanguageChoice({ speaker: { t, texts }, language }: Omit<ListProps, 'kind'>): JSX.Element {
  const { go } = useDesk();

  return (
    <div class="field"><label for="texts-language">{ownTextWords(t).language}</label>
      <select id="texts-language" value={language} onChange={(event) => go({ number: null, filters: {}, view: 'settings',
        setting: { kind: 'texts', key: event.currentTarget.value } })}>
        {texts?.languages.map(({ code }) => <option key={code} value={code}>{wordOf(t.template.languages, code)}</option>)}
      </select></div>);
}

export function TextList(props: ListProps): JSX.Element {
  const { kind, speaker: { t, w } } = props;
  const { list, error } = useSettings(kind.code);
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => { document.title = `${wordOf(w.kinds, kind.code)} – ${w.title} – ${t.desk}`; });
  useLayoutEffect(() => heading.current?.focus(), []);
  return (
    <>
      <p class="noprint"><a class="back" href={settingsPath}>← {w.back}</a></p>
      <h1 tabIndex={-1} ref={heading}>{wordOf(w.kinds, kind.code)}</h1>
      <p>{wordOf(w.leads, kind.code)}</p>
      <LanguageChoice {...props} />
      <p class="soft">{ownTextWords(t).only}</p>
      {error !== null && <Trouble text={troubleText(t, error)} />}
      {!list && error === null && <p role="status">{t.loading}</p>}
      {list && <Places {...props} items={list.items} />}
    </>);
}

/* What the same text says on other days, those that are over too. */
export function OtherDays({ speaker, text, language, at }: { speaker: Speaker; text: string; language: string; at: string }): JSX.Element | null {
  const own = ownTextWords(speaker.t);
  const { list } = useSettings('texts');
  const others = list?.items.filter(({ key, row }) => key !== at && row['text'] === text && row['language'] === language) ?? [];
  const mayAdd = list?.mayAdd && at !== newTextKey(text, language);

  if (!others.length && !mayAdd) return null;
  return (
    <section aria-labelledby="days-title">
      <h2 id="days-title">{own.otherDays}</h2>
      <ul class="plain">{others.map(({ key, row }) => (
        <li key={key}><a href={settingPath('texts', key)}>{validityText(speaker, row)}</a></li>))}
      {mayAdd && <li><a href={settingPath('texts', newTextKey(text, language))}>{own.addDays}</a></li>}</ul>
    </section>);
}
