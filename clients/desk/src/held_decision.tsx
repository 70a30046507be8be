/* Whether a mail in quarantine goes on, said by whoever has read it. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { decideHeldMail, heldMailOf } from './api.ts';
import type { Verdict } from './api.ts';
import { ProblemError } from './errors.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { HeldMail } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';

interface HeldDecisionProps {
  mail: HeldMail;
  subject: string;
  onDecided: (id: number, words: string) => void;
}

/* What a colleague has decided meanwhile; null: nothing that is known. */
function firstOf(error: unknown): HeldMail | null {
  if (!(error instanceof ProblemError) || error.status !== 409) return null;
  const current = heldMailOf(error.problem.current);

  return current.outcome ? current : null;
}

function useDecision({ mail, subject, onDecided }: HeldDecisionProps) {
  const t = useWords();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const decide = async (verdict: Verdict): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    setError(null);
    try {
      await decideHeldMail(mail, verdict);
      onDecided(mail.id, fill(verdict === 'release' ? t.quarantine.released : t.quarantine.dismissed, { subject }));
      return;
    } catch (failed) {
      const first = firstOf(failed);
      if (first) {
        onDecided(mail.id, fill(t.quarantine.first, { by: first.decidedBy ?? '',
          what: wordOf(t.quarantine.done, first.outcome ?? '').toLowerCase() }));
        return;
      }
      setError(failed);
    }
    setBusy(false);
  };

  return { isBusy, error, decide };
}

const reasons = ['spam', 'virus', 'other'] as const;

export function HeldDecision(props: HeldDecisionProps): JSX.Element {
  const t = useWords();
  const { isBusy, error, decide } = useDecision(props);
  const [reason, setReason] = useState<(typeof reasons)[number]>('spam');
  const id = `reason-${props.mail.id}`;

  return (
    <div class="decision">
      {error !== null && <Trouble text={troubleText(t, error)} />}
      <p class="soft">{t.quarantine.releaseHint}</p>
      <button type="button" class="main" aria-disabled={isBusy} onClick={() => void decide('release')}>
        {isBusy ? t.quarantine.sending : t.quarantine.release}</button>
      <p class="soft">{t.quarantine.dismissHint}</p>
      <label for={id}>{t.quarantine.reason}</label>
      <select id={id} value={reason} onChange={(event) => {
        setReason(reasons.find((one) => one === event.currentTarget.value) ?? 'other');
      }}>{reasons.map((one) => <option key={one} value={one}>{t.quarantine.dismissReasons[one]}</option>)}</select>
      <button type="button" aria-disabled={isBusy} onClick={() => void decide(reason)}>{t.quarantine.dismiss}</button>
    </div>);
}
