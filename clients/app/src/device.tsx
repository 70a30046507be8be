/* The language, what is kept here, and the way to be rid of all of it. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { useApp } from './app_state.ts';
import { Dialog } from './dialog.tsx';
import { Choice } from './field.tsx';
import { Title } from './frame.tsx';
import { languages } from './languages.ts';
import { removeAll } from './remove_all.ts';
import { useSent } from './use_outbox.ts';
import { useWords } from './words.ts';

function LanguageChoice(): JSX.Element {
  const { t, language } = useWords();
  const { choose } = useApp();

  return (
    <fieldset class="field">
      <legend>{t('device.language')}</legend>
      <div class="choices">{languages.map(({ code, name }) => (
        <Choice key={code} name="language" value={code} isChosen={code === language.code} onChoose={() => choose(code)}
          label={<span lang={code}>{name}</span>} />))}</div>
    </fieldset>);
}

function useRemoval(): { state: '' | 'asking' | 'done' | 'failed'; ask: (isAsking: boolean) => void; remove: () => void } {
  const { isRemover, writing } = useApp();
  const [state, setState] = useState<'' | 'asking' | 'done' | 'failed'>('');
  const remove = (): void => {
    isRemover.current = true;
    removeAll().then(() => {
      writing.begin(null);
      setState('done');
    }, () => setState('failed'));
  };

  return { state, remove, ask: (isAsking) => setState(isAsking ? 'asking' : '') };
}

export function DeviceScreen(): JSX.Element {
  const { t } = useWords();
  const sent = useSent();
  const { state, ask, remove } = useRemoval();
  const unsent = sent?.waiting.length ?? 0;

  if (state === 'done') return <><Title text={t('device.removed')} on="removed" /><p>{t('device.removed-lead')}</p></>;
  return (
    <>
      <Title text={t('menu.device')} />
      <LanguageChoice />
      <h2>{t('device.kept')}</h2>
      <p>{t('device.kept-lead')}</p>
      {state === 'failed' && <p class="fault" role="alert">{t('device.failed')}</p>}
      <p><button type="button" class="danger" onClick={() => ask(true)}>{t('device.remove')}</button></p>
      <ul class="plain links">
        <li><a href="/om">{t('device.about')}</a></li>
        <li><a href="/tillganglighet">{t('device.accessibility')}</a></li>
        <li><a href="/lamna">{t('device.form')}</a></li>
      </ul>
      {state === 'asking' && <Dialog labelledBy="remove-title" onClose={() => ask(false)}>
        <h2 id="remove-title">{t('device.sure')}</h2>
        <p>{t('device.sure-lead')}</p>
        {unsent > 0 && <p class="warning">▲ {t('device.unsent', { n: unsent })}</p>}
        <div class="pair">
          <button type="button" onClick={() => ask(false)}>{t('cancel')}</button>
          <button type="button" class="danger" onClick={remove}>{t('device.remove')}</button>
        </div>
      </Dialog>}
    </>);
}
