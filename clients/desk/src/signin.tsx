/* Signing in: a page of its own, or a dialog over work that goes on afterwards. The code of
 * a telephone is asked for when the password was right. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';

import { signIn } from './api.ts';
import type { Credentials } from './api.ts';
import type { Step } from './code_field.tsx';
import { missingFactor, passkeyOf, SecondStep, stepFault, stepOf } from './code_field.tsx';
import { ProblemError } from './errors.ts';
import { ErrorSummary, Field } from './field.tsx';
import type { Fault } from './field.tsx';
import { Elsewhere, localPath, ProviderButtons, providerTrouble, useWays } from './providers.tsx';
import { retryAt, troubleText } from './trouble.ts';
import type { Session } from './types.ts';
import { fill, useWords } from './words.ts';
import type { Texts } from './texts/sv.ts';

export function faultsOf(t: Texts, { username, password }: Omit<Credentials, 'totp'>): Fault[] {
  const faults: Fault[] = [];

  if (!username.trim()) faults.push({ id: 'username', text: t.signIn.missingUsername });
  if (!password) faults.push({ id: 'password', text: t.signIn.missingPassword });
  return faults;
}

export function refusalText(t: Texts, error: unknown): string {
  if (!(error instanceof ProblemError)) return troubleText(t, error);
  if (error.status === 401) return t.signIn.wrong;
  if (error.status === 429) return fill(t.signIn.wait, { time: retryAt(t, error) });
  return troubleText(t, error);
}

/* Null: nothing is wrong, a second step is wanted. */
export function refusalOf(t: Texts, error: unknown, code: string): Fault | null {
  return stepOf(error) ? stepFault(t, 'totp', error, code) : { id: 'username', text: refusalText(t, error) };
}

interface SignInProps {
  title: string;
  lead: string;
  level: 1 | 2;
  onDone: (session: Session) => void;
}

function PasswordForm({ onDone, hasProviders }: { onDone: (session: Session) => void; hasProviders: boolean }): JSX.Element {
  const t = useWords();
  const typed = useRef<Credentials>({ username: '', password: '', totp: '' });
  const [faults, setFaults] = useState<Fault[]>([]);
  const [isBusy, setBusy] = useState(false);
  const [step, setStep] = useState<Step>('');
  const [passkey, setPasskey] = useState<unknown>();

  const send = async (event?: Event): Promise<void> => {
    event?.preventDefault();
    const missing = [...faultsOf(t, typed.current), ...missingFactor(t, 'totp', step, typed.current)];
    setFaults(missing);
    if (missing.length || isBusy) return;
    setBusy(true);
    try {
      onDone(await signIn({ ...typed.current, username: typed.current.username.trim() }));
    } catch (error) {
      const refusal = refusalOf(t, error, typed.current.totp);
      setFaults(refusal ? [refusal] : []);
      setStep((had) => stepOf(error) || had);
      setPasskey(passkeyOf(error));
      typed.current.passkey = undefined;
      setBusy(false);
    }
  };
  const faultOf = (id: string): string | undefined => faults.find((f) => f.id === id)?.text;
  const field = (name: 'username' | 'password', autoComplete: string): JSX.Element => {
    const common = { autoComplete, spellcheck: false,
      onInput: (event: Event) => {
        if (event.currentTarget instanceof HTMLInputElement) typed.current[name] = event.currentTarget.value;
      } } as const;

    return (
      <Field id={name} label={t.signIn[name]} fault={faultOf(name)}>
        {(aria) => (name === 'password' ? <input {...aria} {...common} type="password" />
          : <input {...aria} {...common} type="text" autoCapitalize="none" />)}
      </Field>);
  };

  return (
    <form noValidate onSubmit={(event) => { void send(event); }} aria-labelledby="signin-title">
      <ErrorSummary title={t.signIn.faults} faults={faults} />
      {field('username', 'username')}
      {field('password', 'current-password')}
      {step && <SecondStep id="totp" step={step} passkey={passkey} fault={faultOf('totp')}
        onCode={(code) => { typed.current.totp = code; }}
        onAnswer={(answer) => { typed.current.passkey = answer; void send(); }} />}
      <button type="submit" class={hasProviders || step === 'passkey' ? '' : 'main'}>{isBusy ? t.signIn.working : t.signIn.button}</button>
    </form>);
}

/* Providers first, where there are any. On a page of its own their buttons lead away; over
 * work that is not saved, to a new tab. */
export function SignIn({ title, lead, level, onDone }: SignInProps): JSX.Element {
  const t = useWords();
  const { ways, isLocal } = useWays();
  const Heading: 'h1' | 'h2' = level === 1 ? 'h1' : 'h2';
  const hasProviders = Boolean(ways?.providers.length);
  const isEmergency = ways?.localAccounts === 'break-glass' && window.location.pathname === localPath;
  const trouble = level === 1 ? providerTrouble(t, new URL(window.location.href)) : null;

  return (
    <div class="signin">
      <Heading id="signin-title">{title}</Heading>
      <p>{lead}</p>
      {trouble && <div class="trouble" role="alert"><p>{trouble}</p></div>}
      {ways && hasProviders && (level === 1 ? <ProviderButtons ways={ways} />
        : <Elsewhere providers={ways.providers} isConfirming={false} onDone={onDone} />)}
      {hasProviders && isLocal && <p>{isEmergency ? <><strong>{t.provider.local}.</strong> {t.provider.localLead}</> : t.provider.or}</p>}
      {isLocal && <PasswordForm onDone={onDone} hasProviders={hasProviders} />}
    </div>);
}
