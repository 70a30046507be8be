/* What the settings' pages about other systems share: a page with its way back, a secret that
 * is shown once, and ending what was given. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { useDesk } from './desk.ts';
import { outsideWords } from './texts/outside.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import { useWords } from './words.ts';

interface OutsidePageProps {
  title: string;
  lead?: string;
  back: { href: string; text: string };
  error: unknown; /* null: none */
  isLoading: boolean;
  onRetry: () => void;
  told?: string; /* what was done just now */
  children: ComponentChildren;
}

export function OutsidePage({ title, lead, back, error, isLoading, onRetry, told, children }: OutsidePageProps): JSX.Element {
  const t = useWords();
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => { document.title = `${title} – ${t.desk}`; });
  useLayoutEffect(() => heading.current?.focus(), []);
  return (
    <>
      <p class="noprint"><a class="back" href={back.href}>← {back.text}</a></p>
      <h1 tabIndex={-1} ref={heading} id="settings-title">{title}</h1>
      {lead && <p>{lead}</p>}
      {told && <p class="notice">✓ {told}</p>}
      {error !== null && <Trouble text={troubleText(t, error)} onRetry={onRetry} />}
      {isLoading && error === null && <p role="status">{t.loading}</p>}
      {children}
    </>);
}

/* It stands here and nowhere else, and is gone when the page is left. */
export function ToldOnce({ title, secret, lead }: { title: string; secret: string; lead: string }): JSX.Element {
  const w = outsideWords(useWords());
  const { announce } = useDesk();
  const [said, setSaid] = useState('');
  const heading = useRef<HTMLHeadingElement>(null);
  const tell = (text: string): void => { setSaid(text); announce(text); };
  const copy = (): void => {
    navigator.clipboard.writeText(secret).then(() => tell(w.copied), () => tell(w.notCopied));
  };

  useLayoutEffect(() => heading.current?.focus(), []);
  return (
    <section class="preview" aria-labelledby="secret-title">
      <h2 id="secret-title" tabIndex={-1} ref={heading}>{title}</h2>
      <p><code class="told">{secret}</code></p>
      <p>{lead}</p>
      <div class="buttons"><button type="button" onClick={copy}>{w.copy}</button></div>
      {said && <p class="soft">{said}</p>}
    </section>);
}

interface EndItProps {
  title?: string; /* of what opens it, where it is not plain what ends */
  lead: string; /* what it means */
  label: string; /* of the button */
  busy?: string; /* what it says meanwhile */
  onEnd: () => Promise<void>;
}

/* Looked at before it is done: it cannot be undone. */
export function EndIt({ title, lead, label, busy, onEnd }: EndItProps): JSX.Element {
  const t = useWords();
  const w = outsideWords(t);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const end = async (): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    setError(null);
    try {
      await onEnd();
    } catch (failed) {
      setError(failed);
      setBusy(false);
    }
  };

  return (
    <details class="ending">
      <summary>{title ?? w.end}</summary>
      <p>{lead}</p>
      {error !== null && <Trouble text={troubleText(t, error)} />}
      <button type="button" aria-disabled={isBusy} onClick={() => void end()}>{isBusy ? busy ?? w.ending : label}</button>
    </details>);
}
