/* A case of somebody else's that this device supports: what the city answers to all. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { endSupport, readSupport } from './api.ts';
import type { SupportNow } from './api.ts';
import { useApp } from './app_state.ts';
import { tell } from './changes.ts';
import { within } from './db.ts';
import { moment } from './format.ts';
import { Title } from './frame.tsx';
import type { Supported } from './types.ts';
import { useSent } from './use_outbox.ts';
import { useWords } from './words.ts';

function useSupported(own: Supported | undefined): [SupportNow | null, boolean] {
  const [now, setNow] = useState<SupportNow | null>(null);
  const [isAway, setAway] = useState(false);

  useEffect(() => {
    const control = new AbortController();
    if (own) readSupport(own.token, control.signal).then(setNow, () => { if (!control.signal.aborted) setAway(true); });
    return () => control.abort();
  }, [own?.token]);
  return [now, isAway];
}

function Answers({ now }: { now: SupportNow }): JSX.Element {
  const { t, or, language } = useWords();

  return (
    <>
      <div class="state"><p><strong>{or(`near.status.${now.status}`, now.status)}</strong> {t('near.supporters', { n: now.supporters })}</p></div>
      <h2>{t('support.answers')}</h2>
      {!now.answers.length && <p>{t('support.no-answer')}</p>}
      <ul class="plain talk">{now.answers.map(({ at, text }) => (
        <li key={at} class="city"><p class="soft">{moment(language.code, at)}</p><p class="said">{text}</p></li>))}</ul>
    </>);
}

export function SupportScreen({ supportKey }: { supportKey: string }): JSX.Element {
  const { t } = useWords();
  const { go } = useApp();
  const sent = useSent();
  const own = sent?.supports.find(({ key }) => key === supportKey);
  const [now, isAway] = useSupported(own);
  const end = async (): Promise<void> => {
    if (own) await endSupport(own.token).catch(() => undefined);
    await within(['supports'], 'readwrite', (kept) => kept.remove('supports', supportKey));
    tell('changed');
    go({ name: 'mine' }, true);
  };

  return (
    <>
      <Title text={t('support.title')} />
      <p>{t('support.lead')}</p>
      {isAway && <p class="warning">▲ {t('case.offline')}</p>}
      {now && <Answers now={now} />}
      <p class="after"><button type="button" onClick={() => { void end(); }}>{t('support.end')}</button> <a class="button" href="/app/mina">{t('menu.mine')}</a></p>
    </>);
}
