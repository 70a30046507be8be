/* The number and the code: what opens the case, to be copied, printed or written down. */
import type { JSX } from 'preact';

import { useApp } from './app_state.ts';
import type { Known } from './types.ts';
import { useWords } from './words.ts';

export function CodeSlip({ known }: { known: Known }): JSX.Element {
  const { t } = useWords();
  const { say } = useApp();
  const copy = (): void => {
    const text = t('slip.copied-text', { number: known.number, code: known.code, address: new URL('/folj', location.href).href });
    navigator.clipboard.writeText(text).then(() => say(t('slip.copied')), () => say(t('slip.not-copied')));
  };

  return (
    <section class="card slip" aria-labelledby={`slip-${known.number}`}>
      <h2 id={`slip-${known.number}`}>{t('slip.title')}</h2>
      <dl>
        <div><dt>{t('slip.number')}</dt><dd class="code"><bdi dir="ltr">{known.number}</bdi></dd></div>
        <div><dt>{t('slip.code')}</dt><dd class="code"><bdi dir="ltr">{known.code}</bdi></dd></div>
      </dl>
      <p class="hint">{t('slip.lead')}</p>
      <div class="pair noprint">
        <button type="button" onClick={copy}>{t('slip.copy')}</button>
        <button type="button" onClick={() => window.print()}>{t('slip.print')}</button>
      </div>
    </section>);
}
