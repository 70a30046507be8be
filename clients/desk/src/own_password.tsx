/* A new password in the place of one's own. It stands here once. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { renewPassword } from './api.ts';
import { useSending } from './sending.ts';
import { ToldOnce } from './told_once.tsx';
import { troubleText } from './trouble.ts';
import { Trouble } from './trouble_box.tsx';
import { accountWords } from './texts/account.ts';
import { fill, useWords } from './words.ts';

export function OwnPassword({ onRenewed }: { onRenewed: () => void }): JSX.Element {
  const t = useWords();
  const w = accountWords(t);
  const [made, setMade] = useState<{ username: string; password: string } | null>(null);
  const { isBusy, error, send } = useSending();
  const renew = (): Promise<void> => send(async () => {
    setMade(await renewPassword());
    onRenewed();
  });

  return (
    <section class="card">
      <h2>{w.password.title}</h2>
      <p>{w.password.lead}</p>
      {error !== null && <Trouble title={w.password.failed} text={troubleText(t, error)} />}
      {made ? <ToldOnce key={made.password} level={3} title={fill(w.password.made, { username: made.username })} secret={made.password} lead={w.password.once} /> : null}
      <button type="button" aria-disabled={isBusy} onClick={() => void renew()}>{isBusy ? w.password.working : w.password.button}</button>
    </section>);
}
