/* What went wrong, in words, and a way to try again. */
import type { ComponentChildren, JSX } from 'preact';

import { useWords } from './words.ts';

interface TroubleProps {
  title?: string;
  text: string;
  onRetry?: (() => void) | undefined;
  children?: ComponentChildren;
}

export function Trouble({ title, text, onRetry, children }: TroubleProps): JSX.Element {
  const t = useWords();

  return (
    <div class="trouble" role="alert">
      {title && <p class="heading">{title}</p>}
      <p>{text}</p>
      {children}
      {onRetry && <button type="button" onClick={onRetry}>{t.retry}</button>}
    </div>);
}
