/* Setting up a second factor: the key for the telephone, a first code, recovery codes. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { generate } from 'lean-qr';
import { toSvgPath } from 'lean-qr/extras/svg';

import { beginTotp, confirmTotp } from './api.ts';
import { CodeField } from './code_field.tsx';
import { ProblemError } from './errors.ts';
import { ErrorSummary } from './field.tsx';
import type { Fault } from './field.tsx';
import { RecoveryCodes } from './recovery.tsx';
import { troubleText } from './trouble.ts';
import { Trouble } from './trouble_box.tsx';
import type { TotpSecret } from './types.ts';
import { accountWords } from './texts/account.ts';
import { useWords } from './words.ts';

function groupsOf(secret: string): string[] {
  return secret.match(/.{1,4}/g) ?? [];
}

/* Dark on light whatever the scheme, with the quiet edge that readers need. */
function Picture({ uri }: { uri: string }): JSX.Element {
  const t = useWords();
  const w = accountWords(t);
  const code = generate(uri);
  const size = code.size + 8;

  return (
    <svg class="qr" role="img" aria-label={w.totp.picture} viewBox={`-4 -4 ${size} ${size}`}>
      <rect x="-4" y="-4" width={size} height={size} fill="#ffffff" />
      <path d={toSvgPath(code)} fill="#000000" />
    </svg>);
}

type Heading = 'h2' | 'h3';

function Key({ begun, heading: H }: { begun: TotpSecret; heading: Heading }): JSX.Element {
  const t = useWords();
  const w = accountWords(t);

  return (
    <section>
      <H>1. {w.totp.stepApp}</H>
      <p>{w.totp.stepAppLead}</p>
      <div class="key">
        <Picture uri={begun.uri} />
        <div>
          <p class="heading">{w.totp.key}</p>
          <p class="groups">{groupsOf(begun.secret).map((group, i) => <code key={i}>{group}</code>)}</p>
          <p><a class="button" href={begun.uri}>{w.totp.link}</a></p>
        </div>
      </div>
    </section>);
}

interface FirstCodeProps {
  heading: Heading;
  onCodes: (codes: string[]) => void;
  onError: (error: unknown) => void;
  onCancel?: (() => void) | undefined;
}

function FirstCode({ heading: H, onCodes, onError, onCancel }: FirstCodeProps): JSX.Element {
  const t = useWords();
  const w = accountWords(t);
  const [code, setCode] = useState('');
  const [faults, setFaults] = useState<Fault[]>([]);
  const [isBusy, setBusy] = useState(false);

  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isBusy) return;
    if (!code.trim()) {
      setFaults([{ id: 'first-code', text: w.totp.missingCode }]);
      return;
    }
    setBusy(true);
    try {
      onCodes(await confirmTotp(code));
    } catch (error) {
      setBusy(false);
      if (error instanceof ProblemError && error.status === 422)
        setFaults([{ id: 'first-code', text: t.totp.wrongCode }]);
      else onError(error);
    }
  };

  return (
    <form noValidate onSubmit={(event) => { void send(event); }}>
      <H>2. {w.totp.stepCode}</H>
      <ErrorSummary title={w.totp.faults} faults={faults} />
      <CodeField id="first-code" hint={w.totp.firstHint} fault={faults[0]?.text} isFocused={false} onCode={setCode} />
      <div class="buttons">
        <button type="submit" class="main">{w.totp.confirm}</button>
        {onCancel && <button type="button" onClick={onCancel}>{t.cancel}</button>}
      </div>
    </form>);
}

interface TotpSetupProps {
  level: 2 | 3; /* of its headings */
  onDone: () => void;
  onCancel?: () => void;
}

export function TotpSetup({ level, onDone, onCancel }: TotpSetupProps): JSX.Element {
  const t = useWords();
  const w = accountWords(t);
  const [begun, setBegun] = useState<TotpSecret | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const heading: Heading = level === 2 ? 'h2' : 'h3';
  const begin = (): void => {
    setError(null);
    setBegun(null);
    beginTotp().then(setBegun, setError);
  };

  useEffect(begin, []);
  if (codes) return <RecoveryCodes codes={codes} level={level} onDone={onDone} />;
  if (error !== null) {
    const isVoid = error instanceof ProblemError && error.status === 409;
    return (
      <Trouble title={w.totp.failed} text={isVoid ? w.totp.again : troubleText(t, error)} onRetry={begin} />);
  }
  if (!begun) return <p role="status">{t.loading}</p>;
  return (
    <div class="setup">
      <Key begun={begun} heading={heading} />
      <FirstCode heading={heading} onCodes={(made) => { if (made.length) setCodes(made); else onDone(); }} onError={setError} onCancel={onCancel} />
    </div>);
}
