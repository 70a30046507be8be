/* Step 2: where it is. Three ways side by side, each enough alone, and a map for who asks
 * for it. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { useApp } from './app_state.ts';
import { Bar, Title } from './frame.tsx';
import { locate, mayLocate } from './geo.ts';
import { Icon } from './icons.tsx';
import { MapPanel } from './map_panel.tsx';
import { useWords } from './words.ts';
import { WhereDistrict } from './where_district.tsx';
import { WhereGiven } from './where_given.tsx';
import { WhereSearch } from './where_search.tsx';

type Looking = '' | 'waiting' | 'denied' | 'unavailable';

function useHere(): { looking: Looking; look: () => void } {
  const { writing } = useApp();
  const [looking, setLooking] = useState<Looking>('');
  const look = (): void => {
    setLooking('waiting');
    void locate().then((fix) => {
      setLooking(typeof fix === 'string' ? fix : '');
      if (typeof fix !== 'string') writing.setPlace({ ...fix, from: 'here', address: '', unit: '' });
    });
  };
  const { place } = writing.draft;
  const isEmpty = place.lat === null && !place.address && !place.district && !place.described;

  /* Where it was allowed before, the place is found without a tap. */
  useEffect(() => {
    if (isEmpty) void mayLocate().then((may) => { if (may) look(); });
  }, []);
  return { looking, look };
}

function Here(): JSX.Element {
  const { t } = useWords();
  const { looking, look } = useHere();

  return (
    <section aria-labelledby="here-title">
      <h2 id="here-title">{t('where.here')}</h2>
      <button type="button" class="wide" onClick={look} aria-describedby="here-said"><Icon name="here" />{t('where.here-find')}</button>
      <p id="here-said" role="status" class="hint">{looking && t(`where.here-${looking}`)}</p>
    </section>);
}

export function WhereStep(): JSX.Element {
  const { t } = useWords();
  const { go, back } = useApp();

  return (
    <>
      <Title text={t('where.title')} step="where" />
      <p class="lead">{t('where.lead')}</p>
      <WhereGiven />
      <Here />
      <WhereSearch />
      <WhereDistrict />
      <MapPanel />
      <Bar onBack={back}>
        <button type="button" class="main" onClick={() => go({ name: 'tell' })}>{t('next')}</button>
      </Bar>
    </>);
}
