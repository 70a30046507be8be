/* Whether a mail in quarantine goes on, said by whoever has read it. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { decideHeldMail, heldMailOf } from './api.ts';
import type { Verdict } from './api.ts';
import { ProblemError } from './errors.ts';
import { quarantineWords } from './texts/quarantine.ts';
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
      onDecided(mail.id, fill(verdict === 'release' ? quarantineWords(t).released : quarantineWords(t).dismissed, { subject }));
      return;
    } catch (failed) {
      const first = firstOf(failed);
      if (first) {
        onDecided(mail.id, fill(quarantineWords(t).first, { by: first.decidedBy ?? '',
          what: wordOf(quarantineWords(t).done, first.outcome ?? '').toLowerCase() }));
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
      <p class="soft">{quarantineWords(t).releaseHint}</p>
      <button type="button" class="main" aria-disabled={isBusy} onClick={() => void decide('release')}>
        {isBusy ? quarantineWords(t).sending : quarantineWords(t).release}</button>
      <p class="soft">{quarantineWords(t).dismissHint}</p>
      <label for={id}>{quarantineWords(t).reason}</label>
      <select id={id} value={reason} onChange={(event) => {
        setReason(reasons.find((one) => one === event.currentTarget.value) ?? 'other');
      }}>{reasons.map((one) => <option key={one} value={one}>{quarantineWords(t).dismissReasons[one]}</option>)}</select>
      <button type="button" aria-disabled={isBusy} onClick={() => void decide(reason)}>{quarantineWords(t).dismiss}</button>
    </div>);
}
