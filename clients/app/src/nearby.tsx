/* What others have said within some steps and about the same: one can join them instead. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { readOpenCases, supportCase } from './api.ts';
import type { OpenCase } from './api.ts';
import { useApp } from './app_state.ts';
import { tell } from './changes.ts';
import { settingKeep, settingRead, within } from './db.ts';
import { newKey } from './draft.ts';
import { draftRemove } from './draft_store.ts';
import { unknown } from './types.ts';
import type { Draft } from './types.ts';
import { useWords } from './words.ts';

function useNearby({ place: { lat, lon }, category }: Draft): OpenCase[] {
  const [cases, setCases] = useState<OpenCase[]>([]);

  useEffect(() => {
    const control = new AbortController();
    if (lat !== null && lon !== null && category && category !== unknown)
      readOpenCases({ lat, lon, category }, control.signal).then(setCases, () => undefined);
    return () => control.abort();
  }, [lat, lon, category]);
  return cases;
}

/* Says that it is the same device, and nothing else of it. */
async function deviceId(): Promise<string> {
  const known = await settingRead('device', '');
  if (known) return known;
  const made = newKey();
  await settingKeep('device', made);
  return made;
}

function useSupport(): { trouble: boolean; support: (one: OpenCase) => void } {
  const { language } = useWords();
  const { go, writing } = useApp();
  const [trouble, setTrouble] = useState(false);
  const support = async (one: OpenCase): Promise<void> => {
    const { supportToken } = await supportCase(one.key, await deviceId(), language.code);
    await within(['supports'], 'readwrite', (kept) =>
      kept.put('supports', { key: one.key, token: supportToken, category: one.category, at: Date.now() }));
    await draftRemove(writing.draft.id);
    writing.begin(null);
    tell('changed');
    go({ name: 'support', key: one.key }, true);
  };

  return { trouble, support: (one) => {
    setTrouble(false);
    support(one).catch(() => setTrouble(true));
  } };
}

/* Of the day before yesterday and earlier the number says it. */
const ages = ['near.today', 'near.yesterday'] as const;

function NearCase({ one, onSame }: { one: OpenCase; onSame: () => void }): JSX.Element {
  const { t, or } = useWords();

  return (
    <li class="near">
      {one.photo && <img src={one.photo} alt={t('near.photo')} loading="lazy" />}
      <p><strong>{t(ages[one.days] ?? 'near.days', { n: one.days })}</strong><br />
        {or(`near.status.${one.status}`, one.status)}. {t('near.distance', { n: Math.round(one.distance) })}. {t('near.supporters', { n: one.supporters })}</p>
      <button type="button" onClick={onSame}>{t('near.same')}</button>
    </li>);
}

export function Nearby(): JSX.Element | null {
  const { t } = useWords();
  const { writing } = useApp();
  const cases = useNearby(writing.draft);
  const { trouble, support } = useSupport();

  if (!cases.length) return null;
  return (
    <section class="card" aria-labelledby="near-title">
      <h2 id="near-title">{t('near.title')}</h2>
      <p>{t('near.lead')}</p>
      {trouble && <p class="fault" role="alert">{t('near.trouble')}</p>}
      <ul class="plain">{cases.map((one) => <NearCase key={one.key} one={one} onSame={() => support(one)} />)}</ul>
    </section>);
}
