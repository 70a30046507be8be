/* What one sees when one's role asks for a second factor that is not there: nothing else. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';

import { FactorSetup } from './factor_setup.tsx';
import { accountWords } from './texts/account.ts';
import { useWords } from './words.ts';

export function Enrol({ onDone, onLeave }: { onDone: () => void; onLeave: () => void }): JSX.Element {
  const t = useWords();
  const w = accountWords(t);

  useEffect(() => { document.title = `${t.totp.title} – ${t.desk}`; });
  return (
    <div class="account">
      <h1>{w.totp.start}</h1>
      <p>{w.totp.enrolLead}</p>
      <FactorSetup level={2} onDone={onDone} />
      <p><button type="button" onClick={onLeave}>{t.signIn.out}</button></p>
    </div>);
}
