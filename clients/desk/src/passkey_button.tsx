/* A passkey in the place of the code that is asked for. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { answerBy, askedOf } from './passkey_device.ts';
import { passkeyWords } from './texts/passkey.ts';
import type { PasskeyAnswer } from './types.ts';
import { useWords } from './words.ts';

interface PasskeyButtonProps {
  given: unknown; /* what the server told */
  onAnswer: (answer: PasskeyAnswer) => void;
}

export function PasskeyButton({ given, onAnswer }: PasskeyButtonProps): JSX.Element | null {
  const w = passkeyWords(useWords());
  const asked = askedOf(given);
  const [isWaiting, setWaiting] = useState(false);
  const [isLost, setLost] = useState(false);
  const [answered, setAnswered] = useState<unknown>(null); /* another is asked for: it was refused */
  const use = (): void => {
    if (!asked || isWaiting) return;
    setLost(false);
    setWaiting(true);
    answerBy(asked).then((answer) => { setAnswered(given); onAnswer(answer); }, () => setLost(true))
      .finally(() => setWaiting(false));
  };

  if (!asked) return null;
  return (
    <>
      {(isLost || (answered !== null && answered !== given)) && <div class="trouble" role="alert"><p>{w.lost}</p></div>}
      <p><button type="button" class="passkey" aria-disabled={isWaiting} onClick={use}>{isWaiting ? w.waiting : w.use}</button></p>
    </>);
}
