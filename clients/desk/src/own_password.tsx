/* A new password in the place of one's own. It stands here once. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { renewPassword } from './api.ts';
import { useSending } from './sending.ts';
import { ToldOnce } from './told_once.tsx';
import { troubleText } from './trouble.ts';
import { Trouble } from './trouble_box.tsx';
import { fill, useWords } from './words.ts';

export function OwnPassword({ onRenewed }: { onRenewed: () => void }): JSX.Element {
  const t = useWords();
  const [made, setMade] = useState<{ username: string; password: string } | null>(null);
  const { isBusy, error, send } = useSending();
  const renew = (): Promise<void> => send(async () => {
    setMade(await renewPassword());
    onRenewed();
  });

  return (
    <section class="card">
      <h2>{t.password.title}</h2>
      <p>{t.password.lead}</p>
      {error !== null && <Trouble title={t.password.failed} text={troubleText(t, error)} />}
      {made ? <ToldOnce key={made.password} level={3} title={fill(t.password.made, { username: made.username })} secret={made.password} lead={t.password.once} /> : null}
      <button type="button" aria-disabled={isBusy} onClick={() => void renew()}>{isBusy ? t.password.working : t.password.button}</button>
    </section>);
}
