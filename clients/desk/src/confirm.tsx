/* The password once more, in a dialogue over whatever is being done, which then goes on. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';

import { confirmMe } from './api.ts';
import type { Credentials } from './api.ts';
import type { Step } from './code_field.tsx';
import { missingFactor, passkeyOf, SecondStep, stepFault, stepOf } from './code_field.tsx';
import { Dialog } from './dialog.tsx';
import { ProblemError, SignedOutError } from './errors.ts';
import { ErrorSummary, Field } from './field.tsx';
import type { Fault } from './field.tsx';
import { refusalText } from './signin.tsx';
import { Elsewhere } from './providers.tsx';
import type { Session } from './types.ts';
import { useWords } from './words.ts';
import type { Texts } from './texts/sv.ts';

/* Null: nothing is wrong, a second step is wanted. */
function confirmFault(t: Texts, error: unknown, code: string): Fault | null {
  if (stepOf(error)) return stepFault(t, 'confirm-totp', error, code);
  const isWrong = error instanceof ProblemError && error.problem.fields.some(({ name }) => name === 'password');
  return { id: 'confirm-password', text: isWrong ? t.confirm.wrongPassword : refusalText(t, error) };
}

export function Confirm({ onDone }: { onDone: (isDone: boolean) => void }): JSX.Element {
  const t = useWords();
  const typed = useRef<Omit<Credentials, 'username'>>({ password: '', totp: '' });
  const [faults, setFaults] = useState<Fault[]>([]);
  const [isBusy, setBusy] = useState(false);
  const [step, setStep] = useState<Step>('');
  const [passkey, setPasskey] = useState<unknown>();
  const faultOf = (id: string): string | undefined => faults.find((f) => f.id === id)?.text;

  const send = async (event?: Event): Promise<void> => {
    event?.preventDefault();
    if (isBusy) return;
    const missing = typed.current.password ? missingFactor(t, 'confirm-totp', step, typed.current)
      : [{ id: 'confirm-password', text: t.signIn.missingPassword }];
    setFaults(missing);
    if (missing.length) return;
    setBusy(true);
    try {
      await confirmMe(typed.current);
      onDone(true);
    } catch (error) {
      if (error instanceof SignedOutError) { onDone(false); return; }
      const fault = confirmFault(t, error, typed.current.totp);
      setFaults(fault ? [fault] : []);
      setStep((had) => stepOf(error) || had);
      setPasskey(passkeyOf(error));
      typed.current.passkey = undefined;
      setBusy(false);
    }
  };

  return (
    <Dialog labelledBy="confirm-title" onClose={() => onDone(false)}>
      <form class="signin" noValidate onSubmit={(event) => { void send(event); }}>
        <h2 id="confirm-title">{t.confirm.title}</h2>
        <p>{t.confirm.lead}</p>
        <ErrorSummary title={t.confirm.faults} faults={faults} />
        <Field id="confirm-password" label={t.signIn.password} fault={faultOf('confirm-password')}>
          {(aria) => <input {...aria} type="password" autoComplete="current-password"
            onInput={(event) => { typed.current.password = event.currentTarget.value; }} />}
        </Field>
        {step && <SecondStep id="confirm-totp" step={step} passkey={passkey} fault={faultOf('confirm-totp')}
          onCode={(code) => { typed.current.totp = code; }}
          onAnswer={(answer) => { typed.current.passkey = answer; void send(); }} />}
        <div class="buttons">
          <button type="submit" class={step === 'passkey' ? '' : 'main'}>{isBusy ? t.confirm.working : t.confirm.button}</button>
          <button type="button" onClick={() => onDone(false)}>{t.cancel}</button>
        </div>
      </form>
    </Dialog>);
}

/* The same for whom a provider vouches: it asks, in a tab of its own. */
export function ConfirmElsewhere({ provider, isAgain, onDone }: {
  provider: NonNullable<Session['provider']>;
  isAgain: boolean; /* it was said to be done, and was not */
  onDone: (isDone: boolean) => void;
}): JSX.Element {
  const t = useWords();

  return (
    <Dialog labelledBy="confirm-title" onClose={() => onDone(false)}>
      <div class="signin">
        <h2 id="confirm-title">{t.confirm.title}</h2>
        <p>{t.provider.confirmLead}</p>
        {isAgain && <div class="trouble" role="alert"><p>{t.provider.notConfirmedYet}</p></div>}
        <Elsewhere providers={[provider]} isConfirming onDone={() => onDone(true)} />
        <button type="button" onClick={() => onDone(false)}>{t.cancel}</button>
      </div>
    </Dialog>);
}
