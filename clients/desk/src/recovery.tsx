/* Recovery codes, shown this once. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import { useWords } from './words.ts';

interface RecoveryProps {
  codes: string[];
  level: 2 | 3; /* of its heading */
  onDone: () => void;
}

export function RecoveryCodes({ codes, level, onDone }: RecoveryProps): JSX.Element {
  const t = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  const [said, setSaid] = useState('');
  const Heading: 'h2' | 'h3' = level === 2 ? 'h2' : 'h3';
  const copy = (): void => {
    navigator.clipboard.writeText(codes.join('\n')).then(() => setSaid(t.totp.copied),
      () => setSaid(t.totp.notCopied));
  };

  useLayoutEffect(() => heading.current?.focus(), []);
  return (
    <section class="recovery">
      <Heading tabIndex={-1} ref={heading}>{t.totp.codesTitle}</Heading>
      <p>{t.totp.codesLead}</p>
      <ul>{codes.map((code) => <li key={code}><code>{code}</code></li>)}</ul>
      <p role="status">{said}</p>
      <div class="buttons noprint">
        <button type="button" class="main" onClick={onDone}>{t.totp.saved}</button>
        <button type="button" onClick={copy}>{t.totp.copy}</button>
        <button type="button" onClick={() => window.print()}>{t.totp.print}</button>
      </div>
    </section>);
}
