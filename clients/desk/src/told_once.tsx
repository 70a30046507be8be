/* A secret that is told once: a key, a password. It stands here and nowhere else, and is gone
 * when the page is left. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import { useDesk } from './desk.ts';
import { outsideWords } from './texts/outside.ts';
import { useWords } from './words.ts';

interface ToldOnceProps {
  title: string;
  secret: string;
  lead: string;
  level?: 2 | 3; /* of its heading */
}

export function ToldOnce({ title, secret, lead, level = 2 }: ToldOnceProps): JSX.Element {
  const w = outsideWords(useWords());
  const { announce } = useDesk();
  const [said, setSaid] = useState('');
  const heading = useRef<HTMLHeadingElement>(null);
  const Heading: 'h2' | 'h3' = level === 2 ? 'h2' : 'h3';
  const tell = (text: string): void => { setSaid(text); announce(text); };
  const copy = (): void => {
    navigator.clipboard.writeText(secret).then(() => tell(w.copied), () => tell(w.notCopied));
  };

  useLayoutEffect(() => heading.current?.focus(), []);
  return (
    <section class="told-once" aria-labelledby="secret-title">
      <Heading id="secret-title" tabIndex={-1} ref={heading}>{title}</Heading>
      <p><code>{secret}</code></p>
      <p>{lead}</p>
      <div class="buttons noprint"><button type="button" onClick={copy}>{w.copy}</button></div>
      {said && <p class="soft">{said}</p>}
    </section>);
}
