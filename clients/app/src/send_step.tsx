/* Step 4: all of it once more, what others have said already about the same thing, and the
 * button. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { useApp } from './app_state.ts';
import { addressOfPlace, bodyOf, faultsOf } from './draft.ts';
import { Bar, Title } from './frame.tsx';
import { Nearby } from './nearby.tsx';
import { entryOf, putIn } from './outbox.ts';
import { addressOf } from './route.ts';
import type { Route } from './route.ts';
import { sendNow } from './sending.ts';
import { unknown } from './types.ts';
import { useWords } from './words.ts';

interface RowProps {
  name: string;
  value: string;
  to: Route;
}

function Row({ name, value, to }: RowProps): JSX.Element {
  const { t } = useWords();

  return (
    <div>
      <dt>{t(`send.${name}`)}</dt>
      <dd>{value || <span class="soft">{t('send.nothing')}</span>}</dd>
      <dd><a href={addressOf(to)}>{t('send.change')}<span class="away"> {t(`send.${name}`)}</span></a></dd>
    </div>);
}

function Summary(): JSX.Element {
  const { t } = useWords();
  const { city, writing } = useApp();
  const { draft, photos } = writing;
  const known = city.categories?.find(({ code }) => code === draft.category)?.name ?? draft.category;
  const words = addressOfPlace(draft.place, city.areas);
  const place = draft.place.lat === null ? words : [t('send.position'), words].filter(Boolean).join('. ');
  const contact = [draft.name, draft.email, draft.phone].map((value) => value.trim()).filter(Boolean).join(', ');

  return (
    <dl class="summary">
      <Row name="category" to={{ name: 'what', area: '' }} value={draft.category && draft.category !== unknown ? known : t('what.unknown')} />
      <Row name="place" to={{ name: 'where' }} value={place} />
      <Row name="text" to={{ name: 'tell' }} value={draft.text} />
      <Row name="type" to={{ name: 'tell' }} value={t(`type.${draft.type}`)} />
      <Row name="photos" to={{ name: 'tell' }} value={photos.length ? t('photos.count', { n: photos.length }) : ''} />
      <Row name="contact" to={{ name: 'tell' }} value={contact} />
    </dl>);
}

/* On the disk first, then away: what is shown next is what happens to it. */
function useSend(): { isBusy: boolean; send: () => void } {
  const { language } = useWords();
  const { city, writing, go } = useApp();
  const [isBusy, setBusy] = useState(false);
  const send = async (): Promise<void> => {
    const { draft, photos, begin } = writing;
    setBusy(true);
    await putIn(entryOf(draft, bodyOf(draft, city.areas, language.code)), photos);
    city.used(draft.category);
    begin(null);
    go({ name: 'sent', key: draft.id }, true);
    void sendNow(true);
  };

  return { isBusy, send: () => { if (!isBusy) void send(); } };
}

export function SendStep(): JSX.Element {
  const { t } = useWords();
  const { back, go, writing } = useApp();
  const { isBusy, send } = useSend();
  const isWhole = faultsOf(writing.draft).length === 0;

  return (
    <>
      <Title text={t('send.title')} step="send" />
      {isWhole && <Nearby />}
      <Summary />
      {isWhole ? <p class="hint">{t('send.public')} <a href="/om#personuppgifter">{t('send.data')}</a></p>
        : <p class="warning">▲ {t('send.lacks')}</p>}
      <Bar onBack={back}>
        {isWhole ? <button type="button" class="main" aria-disabled={isBusy} onClick={send}>{t(isBusy ? 'send.sending' : 'send.send')}</button>
          : <button type="button" class="main" onClick={() => go({ name: 'tell' })}>{t('send.fill')}</button>}
      </Bar>
    </>);
}
