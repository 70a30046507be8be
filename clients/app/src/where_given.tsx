/* What is known of the place, in words, whichever way it came. */
import type { JSX } from 'preact';

import { metres, unsure } from '../../shared/metres.ts';
import { useApp } from './app_state.ts';
import { districtAt } from './geo.ts';
import { Icon } from './icons.tsx';
import type { Place } from './types.ts';
import { useNearest } from './use_nearest.ts';
import { useWords } from './words.ts';

/* A part of its own, so that it alone is read out when the pin has moved. How far it is says
 * something of a pin only: a position is not that good. */
function Near({ place }: { place: Place }): JSX.Element {
  const { t } = useWords();
  const near = useNearest(place);
  const words = near?.name ? t(place.from === 'map' ? 'where.near-away' : 'where.near', { name: near.name, m: metres(near.distance ?? 0) })
    : near?.insideCity && t('where.near-none');

  return <p role="status">{words}</p>;
}

export function WhereGiven(): JSX.Element | null {
  const { t } = useWords();
  const { writing, city, say } = useApp();
  const { place } = writing.draft;
  const { lat, lon, from, accuracy, address } = place;

  if (lat === null || lon === null) return null;
  const district = districtAt(city.areas, lat, lon);
  const name = city.areas?.features.find(({ properties }) => properties.code === district)?.properties.name;
  const remove = (): void => {
    writing.setPlace({ lat: null, lon: null, accuracy: null, from: '', ...(from === 'search' && { address: '', unit: '' }) });
    say(t('where.removed'));
  };
  return (
    <div class="given">
      <p role="status"><Icon name="pin" /><span>
        <strong>{from === 'here' && accuracy !== null ? t('where.found', { m: metres(accuracy) })
          : from === 'search' ? address : t('where.pinned')}</strong>
        {name && <> {t('where.in', { district: name })}</>}</span></p>
      <Near place={place} />
      {from === 'here' && accuracy !== null && accuracy > unsure && <p class="warning" role="status">▲ {t('where.unsure')}</p>}
      {district === '' && <p class="warning">▲ {t('where.outside')}</p>}
      <button type="button" onClick={remove}>{t('where.remove')}</button>
    </div>);
}
