/* The field for a code from the telephone. It comes when it is wanted, and takes the focus. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

import { ProblemError } from './errors.ts';
import { Field } from './field.tsx';
import { later } from './later.tsx';
import type { PasskeyAnswer } from './types.ts';
import { useWords } from './words.ts';

const PasskeyButton = later(async () => (await import('./passkey_button.tsx')).PasskeyButton);

/* The password was right, and a code is to come with it; or another one. */
export function isCodeWanted(error: unknown): boolean {
  return error instanceof ProblemError && error.problem.needs === 'totp';
}

interface CodeFieldProps {
  id: string;
  hint: string;
  fault: string | undefined;
  isFocused: boolean;
  onCode: (code: string) => void;
}

export function CodeField({ id, hint, fault, isFocused, onCode }: CodeFieldProps): JSX.Element {
  const t = useWords();
  const input = useRef<HTMLInputElement>(null);

  useLayoutEffect(() => { if (isFocused) input.current?.focus(); }, []);
  return (
    <Field id={id} label={t.totp.code} hint={hint} fault={fault}>
      {(aria) => <input {...aria} ref={input} type="text" autoComplete="one-time-code" autoCapitalize="characters"
        spellcheck={false} onInput={(event) => onCode(event.currentTarget.value)} />}
    </Field>);
}

interface SecondStepProps extends CodeFieldProps {
  passkey: unknown; /* what the server told of one; undefined: there is none */
  onAnswer: (answer: PasskeyAnswer) => void;
}

/* The code, or a passkey where one has been added. */
export function SecondStep({ passkey, onAnswer, ...code }: SecondStepProps): JSX.Element {
  return (
    <>
      <CodeField {...code} />
      {passkey !== undefined && <PasskeyButton given={passkey} onAnswer={onAnswer} />}
    </>);
}

export const passkeyOf = (error: unknown): unknown => (error instanceof ProblemError ? error.problem.passkey : undefined);
