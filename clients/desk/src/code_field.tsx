/* The second step of signing in: a code from the telephone, or a passkey. It comes when it
 * is wanted, and takes the focus. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

import type { Credentials } from './api.ts';
import { ProblemError } from './errors.ts';
import { Field } from './field.tsx';
import type { Fault } from './field.tsx';
import { later } from './later.tsx';
import type { PasskeyAnswer } from './types.ts';
import { useWords } from './words.ts';
import type { Texts } from './texts/sv.ts';

const PasskeyButton = later(async () => (await import('./passkey_button.tsx')).PasskeyButton);
const PasskeyStep = later(async () => (await import('./passkey_button.tsx')).PasskeyStep);

export type Step = '' | 'totp' | 'passkey';

/* What is to come with the password, which was right; '': it is something else. */
export function stepOf(error: unknown): Step {
  const needs = error instanceof ProblemError ? error.problem.needs : '';
  return needs === 'totp' || needs === 'passkey' ? needs : '';
}

/* Null: nothing is wrong, it is only asked for. */
export function stepFault(t: Texts, id: string, error: unknown, code: string): Fault | null {
  if (!code.trim()) return null;
  return { id, text: stepOf(error) === 'passkey' ? t.totp.wrongRecovery : t.totp.wrongCode };
}

/* Nothing to send: the passkey has a button of its own. */
export function missingFactor(t: Texts, id: string, step: Step, typed: Omit<Credentials, 'username'>): Fault[] {
  return step === 'passkey' && !typed.passkey && !typed.totp.trim() ? [{ id, text: t.totp.missing }] : [];
}

interface CodeFieldProps {
  id: string;
  hint: string;
  fault: string | undefined;
  isFocused: boolean;
  onCode: (code: string) => void;
  label?: string;
}

export function CodeField({ id, hint, fault, isFocused, onCode, label }: CodeFieldProps): JSX.Element {
  const t = useWords();
  const input = useRef<HTMLInputElement>(null);

  useLayoutEffect(() => { if (isFocused) input.current?.focus(); }, []);
  return (
    <Field id={id} label={label ?? t.totp.code} hint={hint} fault={fault}>
      {(aria) => <input {...aria} ref={input} type="text" autoComplete="one-time-code" autoCapitalize="characters"
        spellcheck={false} onInput={(event) => onCode(event.currentTarget.value)} />}
    </Field>);
}

interface SecondStepProps {
  id: string;
  step: Step;
  fault: string | undefined;
  passkey: unknown; /* what the server told of one; undefined: there is none */
  onCode: (code: string) => void;
  onAnswer: (answer: PasskeyAnswer) => void;
}

export function SecondStep({ id, step, fault, passkey, onCode, onAnswer }: SecondStepProps): JSX.Element {
  const t = useWords();

  if (step === 'passkey') return <PasskeyStep id={id} fault={fault} given={passkey} onCode={onCode} onAnswer={onAnswer} />;
  return (
    <>
      <CodeField id={id} hint={t.totp.codeHint} fault={fault} isFocused onCode={onCode} />
      {passkey !== undefined && <PasskeyButton given={passkey} onAnswer={onAnswer} />}
    </>);
}

export const passkeyOf = (error: unknown): unknown => (error instanceof ProblemError ? error.problem.passkey : undefined);
