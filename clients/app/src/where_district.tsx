/* The part of the city and words of one's own: no worse than a point on a map. */
import type { JSX } from 'preact';

import { useApp } from './app_state.ts';
import { useWords } from './words.ts';

export function WhereDistrict(): JSX.Element {
  const { t } = useWords();
  const { writing, city } = useApp();
  const { district, described } = writing.draft.place;

  return (
    <section aria-labelledby="district-title">
      <h2 id="district-title">{t('where.describe')}</h2>
      <label for="district">{t('where.district')}</label>
      <select id="district" value={district} onChange={(event) => writing.setPlace({ district: event.currentTarget.value })}>
        <option value="">{t('where.district-none')}</option>
        {city.areas?.features.map(({ properties: { code, name } }) => <option key={code} value={code}>{name}</option>)}
      </select>
      <label for="described">{t('where.described')}</label>
      <input id="described" type="text" autocomplete="off" maxLength={200} value={described} aria-describedby="described-hint"
        onInput={(event) => writing.setPlace({ described: event.currentTarget.value })} />
      <p class="hint" id="described-hint">{t('where.described-hint')}</p>
    </section>);
}
