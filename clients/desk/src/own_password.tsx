/* A new password in the place of one's own. It stands here once. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import { renewPassword } from './api.ts';
import { troubleText } from './trouble.ts';
import { Trouble } from './trouble_box.tsx';
import { fill, useWords } from './words.ts';

interface Made { username: string; password: string }

function Told({ made }: { made: Made }): JSX.Element {
  const t = useWords();
  const heading = useRef<HTMLHeadingElement>(null);

  useLayoutEffect(() => heading.current?.focus(), []);
  return (
    <section class="preview" aria-labelledby="own-password">
      <h3 id="own-password" tabIndex={-1} ref={heading}>{fill(t.password.made, { username: made.username })}</h3>
      <p><code class="told">{made.password}</code></p>
      <p>{t.password.once}</p>
    </section>);
}

export function OwnPassword({ onRenewed }: { onRenewed: () => void }): JSX.Element {
  const t = useWords();
  const [made, setMade] = useState<Made | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const renew = (): void => {
    if (isBusy) return;
    setError(null);
    setBusy(true);
    renewPassword().then((it) => { setMade(it); onRenewed(); }, setError).finally(() => setBusy(false));
  };

  return (
    <section class="card">
      <h2>{t.password.title}</h2>
      <p>{t.password.lead}</p>
      {error !== null && <Trouble title={t.password.failed} text={troubleText(t, error)} />}
      {made ? <Told key={made.password} made={made} /> : null}
      <button type="button" aria-disabled={isBusy} onClick={renew}>{isBusy ? t.password.working : t.password.button}</button>
    </section>);
}
