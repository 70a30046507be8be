/* An address or a place, typed: the city's own table helps where there is one; what was
 * typed is taken as it is where there is none. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { findPlaces } from './api.ts';
import type { FoundPlace } from './api.ts';
import { useApp } from './app_state.ts';
import { Icon } from './icons.tsx';
import { useWords } from './words.ts';

const pause = 250; /* milliseconds without a letter, before the city is asked */

function useHits(query: string): FoundPlace[] {
  const [hits, setHits] = useState<FoundPlace[]>([]);

  useEffect(() => {
    const control = new AbortController();
    const timer = setTimeout(() => {
      if (query.trim().length < 2) setHits([]);
      else findPlaces(query.trim(), control.signal).then(setHits, () => { if (!control.signal.aborted) setHits([]); });
    }, pause);
    return () => {
      clearTimeout(timer);
      control.abort();
    };
  }, [query]);
  return hits;
}

function Hit({ hit, onChoose }: { hit: FoundPlace; onChoose: (hit: FoundPlace) => void }): JSX.Element {
  return (
    <li><button type="button" class="wide" onClick={() => onChoose(hit)}>
      <Icon name="pin" /><span>{hit.name} {hit.district && <span class="soft">{hit.district.name}</span>}</span></button></li>);
}

export function WhereSearch(): JSX.Element {
  const { t } = useWords();
  const { writing, say } = useApp();
  const { place } = writing.draft;
  const [asked, setAsked] = useState('');
  const hits = useHits(asked);
  const choose = (hit: FoundPlace): void => {
    writing.setPlace({ lat: hit.lat, lon: hit.lon, accuracy: null, from: 'search', address: hit.name, unit: hit.unit ?? '' });
    setAsked('');
    say(t('where.chosen', { name: hit.name }));
  };
  /* Other words are another place: the position goes, from wherever it came. */
  const type = (address: string): void => {
    writing.setPlace({ address, unit: '', lat: null, lon: null, accuracy: null, from: '' });
    if (place.lat !== null) say(t('where.dropped'));
    setAsked(address);
  };

  return (
    <section aria-labelledby="search-title">
      <h2 id="search-title"><label for="address">{t('where.address')}</label></h2>
      <input id="address" type="text" autocomplete="off" maxLength={200} value={place.address} aria-describedby="address-hint"
        onInput={(event) => type(event.currentTarget.value)} />
      <p class="hint" id="address-hint">{t('where.address-hint')}</p>
      <p class="away" role="status">{hits.length > 0 && t('where.hits', { n: hits.length })}</p>
      {hits.length > 0 && <ul class="hits">{hits.map((hit) => <Hit key={`${hit.name} ${hit.lat}`} hit={hit} onChoose={choose} />)}</ul>}
    </section>);
}
