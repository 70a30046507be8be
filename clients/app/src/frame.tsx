/* The frame around every screen: the name, the way to one's cases and to the device's
 * settings, and what must be told whatever is on the screen. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { useApp } from './app_state.ts';
import { Icon } from './icons.tsx';
import { steps } from './route.ts';
import type { Step } from './route.ts';
import { useSent } from './use_outbox.ts';
import { swedishWords, useWords } from './words.ts';
import { takeVersion, useNewVersion } from './worker.ts';

function useOnline(): boolean {
  const [isOnline, setOnline] = useState(navigator.onLine);

  useEffect(() => {
    const look = (): void => setOnline(navigator.onLine);
    window.addEventListener('online', look);
    window.addEventListener('offline', look);
    return () => {
      window.removeEventListener('online', look);
      window.removeEventListener('offline', look);
    };
  }, []);
  return isOnline;
}

/* Never in the way of writing: it waits until it is pressed. */
function NewVersion(): JSX.Element | null {
  const { t } = useWords();
  const worker = useNewVersion();

  if (!worker) return null;
  return (
    <div class="told">
      <p>{t('version.new')}</p>
      <button type="button" onClick={() => takeVersion(worker)}>{t('version.take')}</button>
    </div>);
}

function Unkept(): JSX.Element | null {
  const { t } = useWords();
  const { unkept } = useApp().writing;

  return unkept ? <p class="told warning" role="alert">▲ {t(`unkept.${unkept}`)}</p> : null;
}

/* Nobody who speaks the language has read it: said in it, and in Swedish. */
function Unreviewed(): JSX.Element | null {
  const { t, language } = useWords();

  if (!language.isUnreviewed) return null;
  return (
    <div class="unreviewed hint">
      <p>{t('page.unreviewed')}</p>
      <p lang="sv" dir="ltr">{swedishWords.t('page.unreviewed')}</p>
    </div>);
}

/* That something waits, and for what, wherever one is. */
function Waits(): JSX.Element | null {
  const { t } = useWords();
  const { route } = useApp();
  const isOnline = useOnline();
  const sent = useSent();
  const n = sent?.waiting.length ?? 0;
  const isTold = route.name === 'mine' || route.name === 'sent';

  return (
    <>
      {!isOnline && <p class="told" role="status">{t('offline')}</p>}
      {n > 0 && !isTold && <p class="told"><a class="row" href="/app/mina">{t('waits', { n })}</a></p>}
    </>);
}

export function Frame({ children }: { children: ComponentChildren }): JSX.Element {
  const { t } = useWords();

  return (
    <>
      <a class="skip" href="#main" onClick={(event) => {
        event.preventDefault();
        document.getElementById('main')?.focus();
      }}>{t('skip')}</a>
      <header class="site">
        <a class="name" href="/app/">{t('product')}</a>
        <nav aria-label={t('menu')}>
          <a href="/app/mina">{t('menu.mine')}</a>
          <a href="/app/enheten"><Icon name="device" /><span class="away">{t('menu.device')}</span></a>
        </nav>
      </header>
      <main id="main" tabIndex={-1}>
        <NewVersion />
        <Waits />
        <Unkept />
        {children}
        <Unreviewed />
      </main>
    </>);
}

interface TitleProps {
  text: string;
  step?: Step;
  on?: string; /* another screen of the same kind: the focus moves again */
}

/* The focus goes to the heading when one has moved, so that it is read out, and the page is
 * shown from its top. */
export function Title({ text, step, on }: TitleProps): JSX.Element {
  const { t } = useWords();
  const { moves } = useApp();
  const heading = useRef<HTMLHeadingElement>(null);

  useLayoutEffect(() => { document.title = `${text} – ${t('product')}`; }, [text]);
  useLayoutEffect(() => {
    if (!moves) return;
    window.scrollTo(0, 0);
    heading.current?.focus({ preventScroll: true });
  }, [on ?? text]);
  return (
    <h1 tabIndex={-1} ref={heading}>
      {step && <span class="step">{t('step', { n: steps.indexOf(step) + 1, of: steps.length })} </span>}
      {text}
    </h1>);
}

interface BarProps {
  onBack?: () => void;
  children: ComponentChildren; /* what leads on */
}

/* Where the thumb is. */
export function Bar({ onBack, children }: BarProps): JSX.Element {
  const { t } = useWords();

  return (
    <div class="bar">
      {onBack && <button type="button" onClick={onBack}>{t('back')}</button>}
      {children}
    </div>);
}
