/* What went wrong, in words, and a way to try again. */
import type { ComponentChildren, JSX } from 'preact';

import { useWords } from './words.ts';

interface TroubleProps {
  title?: string;
  text: string;
  onRetry?: (() => void) | undefined;
  retry?: string;    /* the button's word, where it is not to try again */
  of?: string | undefined; /* what is tried again, for who hears the button alone */
  children?: ComponentChildren;
}

export function Trouble({ title, text, onRetry, retry, of, children }: TroubleProps): JSX.Element {
  const t = useWords();
  const label = retry ?? t.retry;
  const what = of ?? title;

  return (
    <div class="trouble" role="alert">
      {title && <p class="heading">{title}</p>}
      <p>{text}</p>
      {children}
      {onRetry && <button type="button" aria-label={what && `${label}: ${what}`} onClick={onRetry}>{label}</button>}
    </div>);
}
