/* What one sees when one's role asks for a second factor that is not there: nothing else. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';

import { later } from './later.tsx';
import { useWords } from './words.ts';

const TotpSetup = later(async () => (await import('./totp_setup.tsx')).TotpSetup);

export function Enrol({ onDone, onLeave }: { onDone: () => void; onLeave: () => void }): JSX.Element {
  const t = useWords();

  useEffect(() => { document.title = `${t.totp.title} – ${t.desk}`; });
  return (
    <div class="account">
      <h1>{t.totp.start}</h1>
      <p>{t.totp.enrolLead}</p>
      <TotpSetup level={2} onDone={onDone} />
      <p><button type="button" onClick={onLeave}>{t.signIn.out}</button></p>
    </div>);
}
