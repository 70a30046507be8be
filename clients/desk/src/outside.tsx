/* What the settings' pages about other systems share: a page with its way back, and ending what
 * was given. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

import { useSending } from './sending.ts';
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
      {error !== null && <Trouble text={troubleText(t, error)} of={title} onRetry={onRetry} />}
      {isLoading && error === null && <p role="status">{t.loading}</p>}
      {children}
    </>);
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
  const { isBusy, error, send } = useSending();

  return (
    <details class="ending">
      <summary>{title ?? w.end}</summary>
      <p>{lead}</p>
      {error !== null && <Trouble text={troubleText(t, error)} />}
      <button type="button" aria-disabled={isBusy} onClick={() => void send(onEnd)}>{isBusy ? busy ?? w.ending : label}</button>
    </details>);
}
