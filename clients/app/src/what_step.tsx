/* Step 1: what it is about, by picture, by word, by what was used last; or not known. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { useApp } from './app_state.ts';
import { areasOf, found } from './categories.ts';
import type { Named } from './categories.ts';
import { Bar, Title } from './frame.tsx';
import { Icon } from './icons.tsx';
import { PhotoButtons } from './photo_buttons.tsx';
import { addressOf } from './route.ts';
import { unknown } from './types.ts';
import { useWords } from './words.ts';

/* A choice leads on by itself: one tap less. */
function useChoice(): (code: string) => void {
  const { go, writing } = useApp();

  return (code) => {
    writing.set({ category: code });
    go({ name: 'where' });
  };
}

function Tile({ one, onChoose }: { one: Named; onChoose: (code: string) => void }): JSX.Element {
  const { writing } = useApp();

  return (
    <li>
      <button type="button" class="tile" aria-pressed={writing.draft.category === one.code} onClick={() => onChoose(one.code)}>
        <Icon name={one.code} or={one.area} />{one.name}</button>
    </li>);
}

function Unknown({ onChoose }: { onChoose: (code: string) => void }): JSX.Element {
  const { t } = useWords();
  const { writing } = useApp();

  return (
    <button type="button" class="wide" aria-pressed={writing.draft.category === unknown} onClick={() => onChoose(unknown)}>
      <Icon name="unknown" />{t('what.unknown')}</button>);
}

function Search({ list, onChoose }: { list: Named[]; onChoose: (code: string) => void }): JSX.Element {
  const { t } = useWords();
  const [query, setQuery] = useState('');
  const hits = found(list, query).slice(0, 8);

  return (
    <div class="search" role="search">
      <label for="what-search">{t('what.search')}</label>
      <input id="what-search" type="search" autocomplete="off" enterkeyhint="search" value={query}
        aria-describedby="what-hint" onInput={(event) => setQuery(event.currentTarget.value)} />
      <p class="hint" id="what-hint">{t('what.search-hint')}</p>
      <p class="away" role="status">{query.trim() && t('what.hits', { n: hits.length })}</p>
      {query.trim() && <ul class="hits">{hits.map((one) => (
        <li key={one.code}><button type="button" class="wide" onClick={() => onChoose(one.code)}>
          <Icon name={one.code} or={one.area} /><span>{one.name} <span class="soft">{one.areaName}</span></span></button></li>))}
      </ul>}
      {query.trim() && !hits.length && <p>{t('what.no-hit')}</p>}
    </div>);
}

function Recent({ list, onChoose }: { list: Named[]; onChoose: (code: string) => void }): JSX.Element | null {
  const { t } = useWords();
  const { city } = useApp();
  const used = city.recent.flatMap((code) => list.find((one) => one.code === code) ?? []);

  if (!used.length) return null;
  return (
    <section aria-labelledby="recent-title">
      <h2 id="recent-title">{t('what.recent')}</h2>
      <ul class="tiles">{used.map((one) => <Tile key={one.code} one={one} onChoose={onChoose} />)}</ul>
    </section>);
}

function Areas({ list }: { list: Named[] }): JSX.Element {
  const { t } = useWords();

  return (
    <section aria-labelledby="areas-title">
      <h2 id="areas-title">{t('what.areas')}</h2>
      <ul class="tiles">{areasOf(list).map(({ code, name }) => (
        <li key={code}><a class="tile" href={addressOf({ name: 'what', area: code })}><Icon name={code} />{name}</a></li>))}
      </ul>
    </section>);
}

/* Which one is chosen, when one comes back to change it. */
function Chosen({ list }: { list: Named[] }): JSX.Element | null {
  const { t } = useWords();
  const { category } = useApp().writing.draft;
  const name = category === unknown ? t('what.unknown') : list.find(({ code }) => code === category)?.name;

  return name ? <p>{t('what.chosen')} <strong>{name}</strong></p> : null;
}

export function WhatStep({ area }: { area: string }): JSX.Element {
  const { t } = useWords();
  const { city, go, back } = useApp();
  const choose = useChoice();
  const list = city.categories ?? [];
  const inArea = list.filter((one) => one.area === area);
  const isArea = inArea.length > 0;

  return (
    <>
      <Title text={isArea ? inArea[0]?.areaName ?? '' : t('what.title')} step="what" />
      {!isArea && <PhotoButtons id="what" />}
      {!isArea && list.length > 0 && <><Search list={list} onChoose={choose} /><Chosen list={list} />
        <Recent list={list} onChoose={choose} /></>}
      {!isArea && <Unknown onChoose={choose} />}
      {!isArea && list.length > 0 && <Areas list={list} />}
      {isArea && <ul class="tiles">{inArea.map((one) => <Tile key={one.code} one={one} onChoose={choose} />)}</ul>}
      {city.categories === null && <p role="status">{t('what.none')}</p>}
      {isArea && <Unknown onChoose={choose} />}
      <Bar {...(isArea && { onBack: back })}>
        <button type="button" class="main" onClick={() => go({ name: 'where' })}>{t('next')}</button>
      </Bar>
    </>);
}
