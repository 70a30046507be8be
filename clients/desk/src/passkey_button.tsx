/* A passkey in the place of the code that is asked for, or where there are no codes. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import { CodeField } from './code_field.tsx';
import { answerBy, askedOf } from './passkey_device.ts';
import { passkeyWords } from './texts/passkey.ts';
import type { PasskeyAnswer } from './types.ts';
import { useWords } from './words.ts';

interface PasskeyButtonProps {
  given: unknown; /* what the server told */
  onAnswer: (answer: PasskeyAnswer) => void;
  isAlone?: boolean;
}

export function PasskeyButton({ given, onAnswer, isAlone = false }: PasskeyButtonProps): JSX.Element | null {
  const w = passkeyWords(useWords());
  const asked = askedOf(given);
  const button = useRef<HTMLButtonElement>(null);
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

  useLayoutEffect(() => { if (isAlone) button.current?.focus(); }, []);
  if (!asked) return null;
  return (
    <>
      {(isLost || (answered !== null && answered !== given)) && <div class="trouble" role="alert"><p>{isAlone ? w.lostAlone : w.lost}</p></div>}
      <p><button type="button" ref={button} class={isAlone ? 'main passkey' : 'passkey'} aria-disabled={isWaiting} onClick={use}>
        {isWaiting ? w.waiting : w.use}</button></p>
    </>);
}

interface PasskeyStepProps extends Omit<PasskeyButtonProps, 'isAlone'> {
  id: string;
  fault: string | undefined;
  onCode: (code: string) => void;
}

/* The one second factor there is; a recovery code where the device is lost, or the browser
 * knows of no passkeys. */
export function PasskeyStep({ id, fault, given, onCode, onAnswer }: PasskeyStepProps): JSX.Element {
  const w = passkeyWords(useWords());
  const isPossible = askedOf(given) !== null;

  return (
    <>
      <p>{isPossible ? w.step : w.notHere}</p>
      <PasskeyButton given={given} onAnswer={onAnswer} isAlone />
      <CodeField id={id} label={w.recovery} hint={w.recoveryHint} fault={fault} isFocused={!isPossible} onCode={onCode} />
    </>);
}
