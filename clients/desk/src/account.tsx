/* One's own account: two-step sign-in, and where one is signed in. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { readTotp, removeTotp, renewRecovery } from './api.ts';
import { useDesk } from './desk.ts';
import { FactorSetup } from './factor_setup.tsx';
import { instant } from './format.ts';
import { OwnPassword } from './own_password.tsx';
import { listPasskeys } from './passkey_device.ts';
import { Passkeys } from './passkeys.tsx';
import { RecoveryCodes } from './recovery.tsx';
import { SessionList } from './session_list.tsx';
import { TotpSetup } from './totp_setup.tsx';
import { troubleText } from './trouble.ts';
import { Trouble } from './trouble_box.tsx';
import type { PasskeyList, Totp } from './types.ts';
import { accountWords } from './texts/account.ts';
import { fill, useWords } from './words.ts';
import type { Texts } from './texts/sv.ts';

export function leftText(t: Texts, n: number): string {
  const w = accountWords(t);
  if (n === 0) return w.totp.leftNone;
  return n === 1 ? w.totp.leftOne : fill(w.totp.left, { n });
}

interface Factors {
  totp: Totp;
  passkeys: PasskeyList;
}

/* Codes from a telephone: on or off beside passkeys. */
function Codes({ totp, onStart, onRemove }: { totp: Totp; onStart: () => void; onRemove: () => void }): JSX.Element {
  const t = useWords();
  const w = accountWords(t);

  return (
    <section class="passkeys">
      <h3>{w.totp.codes}</h3>
      <p>{totp.enrolledAt ? fill(w.totp.codesOn, { at: instant(t, totp.enrolledAt) }) : w.totp.codesOff}</p>
      {totp.enrolled ? <button type="button" onClick={onRemove}>{w.totp.remove}</button>
        : <button type="button" onClick={onStart}>{w.totp.codesStart}</button>}
    </section>);
}

interface StateProps {
  factors: Factors;
  onStart: () => void;
  onStartCodes: () => void;
  onRenew: () => void;
  onRemove: () => void;
  onPasskeys: (codes: string[]) => void;
}

function State({ factors: { totp, passkeys }, onStart, onStartCodes, onRenew, onRemove, onPasskeys }: StateProps): JSX.Element {
  const t = useWords();
  const w = accountWords(t);

  if (!totp.enrolled && !passkeys.items.length)
    return (
      <>
        <p>{w.totp.isOff}</p>
        <button type="button" class="main" onClick={onStart}>{w.totp.start}</button>
      </>);
  return (
    <>
      <p>{w.totp.isOn} {totp.required && w.totp.required}</p>
      <p class={totp.recoveryCodesLeft ? '' : 'attention'}>{leftText(t, totp.recoveryCodesLeft)}</p>
      <button type="button" onClick={onRenew}>{w.totp.renew}</button>
      <Codes totp={totp} onStart={onStartCodes} onRemove={onRemove} />
      <Passkeys has={passkeys} onChange={onPasskeys} />
    </>);
}

type Setup = 'any' | 'codes' | null;

function useFactors(focus: () => void) {
  const { signIns, announce } = useDesk();
  const [factors, setFactors] = useState<Factors | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const [setup, setSetup] = useState<Setup>(null);
  const load = (): void => {
    const { signal } = new AbortController();
    setError(null);
    setCodes(null);
    setSetup(null);
    Promise.all([readTotp(signal), listPasskeys(signal)])
      .then(([totp, passkeys]) => setFactors({ totp, passkeys }), setError);
  };
  const remove = (said: string): void => {
    removeTotp().then(() => { announce(said); focus(); load(); }, setError);
  };
  const renew = (): void => { renewRecovery().then(setCodes, setError); };
  /* The first one, when the others went meanwhile: its codes are shown once. */
  const added = (made: string[]): void => { if (made.length) setCodes(made); else load(); };

  useEffect(load, [signIns]);
  return { factors, error, codes, setup, setSetup, load, remove, renew, added };
}

function FactorSection(): JSX.Element {
  const t = useWords();
  const w = accountWords(t);
  const heading = useRef<HTMLHeadingElement>(null);
  const focus = (): void => heading.current?.focus(); /* the button that had it is gone */
  const { factors, error, codes, setup, setSetup, load, remove, renew, added } = useFactors(focus);
  const back = (): void => { focus(); load(); };
  const start = (what: Setup): void => { focus(); setSetup(what); };

  return (
    <section class="card">
      <h2 tabIndex={-1} ref={heading}>{t.totp.title}</h2>
      {!codes && !setup && <p>{w.totp.lead}</p>}
      {error !== null && <Trouble title={w.totp.failed} text={troubleText(t, error)} onRetry={load} />}
      {codes && <RecoveryCodes codes={codes} level={3} onDone={back} />}
      {!codes && setup === 'any' && <FactorSetup level={3} onDone={back} onCancel={back} />}
      {!codes && setup === 'codes' && <TotpSetup level={3} onDone={back} onCancel={back} />}
      {!codes && !setup && error === null && (factors
        ? <State factors={factors} onStart={() => start('any')} onStartCodes={() => start('codes')} onRenew={renew}
          onRemove={() => remove(w.totp.removed)} onPasskeys={added} />
        : <p role="status">{t.loading}</p>)}
    </section>);
}

export function Account(): JSX.Element {
  const t = useWords();
  const w = accountWords(t);
  const { session } = useDesk();
  const [renewals, setRenewals] = useState(0); /* each ends the other sessions */
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => { document.title = `${t.account.title} – ${t.desk}`; });
  useLayoutEffect(() => heading.current?.focus(), []);
  return (
    <div class="account">
      <p class="noprint"><a class="button" href="/desk/">{w.account.back}</a></p>
      <h1 tabIndex={-1} ref={heading}>{t.account.title}</h1>
      {/* Whom a provider vouches for has neither here. */}
      {!session.provider && <FactorSection />}
      {!session.provider && <OwnPassword onRenewed={() => setRenewals(renewals + 1)} />}
      <SessionList key={renewals} />
    </div>);
}
