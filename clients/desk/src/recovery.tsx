/* Recovery codes, shown this once. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import { accountWords } from './texts/account.ts';
import { useWords } from './words.ts';

interface RecoveryProps {
  codes: string[];
  level: 2 | 3; /* of its heading */
  onDone: () => void;
}

export function RecoveryCodes({ codes, level, onDone }: RecoveryProps): JSX.Element {
  const t = useWords();
  const w = accountWords(t);
  const heading = useRef<HTMLHeadingElement>(null);
  const [said, setSaid] = useState('');
  const Heading: 'h2' | 'h3' = level === 2 ? 'h2' : 'h3';
  const copy = (): void => {
    navigator.clipboard.writeText(codes.join('\n')).then(() => setSaid(w.totp.copied),
      () => setSaid(w.totp.notCopied));
  };

  useLayoutEffect(() => heading.current?.focus(), []);
  return (
    <section class="recovery">
      <Heading tabIndex={-1} ref={heading}>{w.totp.codesTitle}</Heading>
      <p>{w.totp.codesLead}</p>
      <ul>{codes.map((code) => <li key={code}><code>{code}</code></li>)}</ul>
      <p role="status">{said}</p>
      <div class="buttons noprint">
        <button type="button" class="main" onClick={onDone}>{w.totp.saved}</button>
        <button type="button" onClick={copy}>{w.totp.copy}</button>
        <button type="button" onClick={() => window.print()}>{w.totp.print}</button>
      </div>
    </section>);
}
