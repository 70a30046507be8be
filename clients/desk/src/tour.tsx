/* The first day's tour: what there is and which keys lead to it, a step at a time. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import { Dialog } from './dialog.tsx';
import { tourWords } from './texts/tour.ts';
import { fill, useWords } from './words.ts';

export function Tour({ onClose }: { onClose: () => void }): JSX.Element {
  const t = useWords();
  const w = tourWords(t);
  const [at, setAt] = useState(0);
  const heading = useRef<HTMLHeadingElement>(null);
  const step = w.steps[at];
  const isLast = at === w.steps.length - 1;

  useLayoutEffect(() => heading.current?.focus(), [at]);
  return (
    <Dialog labelledBy="tour-title" onClose={onClose}>
      <p class="soft">{fill(w.title, { n: at + 1, all: w.steps.length })}</p>
      <h2 id="tour-title" tabIndex={-1} ref={heading}>{step?.title}</h2>
      <p>{step?.text}</p>
      <dl class="keys">{step?.keys?.map(([key, what]) => (
        <div key={key}><dt>{key.split(' ').map((one) => <kbd key={one}>{one}</kbd>)}</dt><dd>{what}</dd></div>))}</dl>
      <div class="buttons">
        <button type="button" class="main" onClick={() => (isLast ? onClose() : setAt(at + 1))}>{isLast ? w.end : w.next}</button>
        {at > 0 && <button type="button" onClick={() => setAt(at - 1)}>{w.back}</button>}
        {!isLast && <button type="button" onClick={onClose}>{t.close}</button>}
      </div>
    </Dialog>);
}
