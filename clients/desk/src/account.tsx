/* One's own account: two-step sign-in, and where one is signed in. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { readTotp, removeTotp, renewRecovery } from './api.ts';
import { useDesk } from './desk.ts';
import { instant } from './format.ts';
import { OwnPassword } from './own_password.tsx';
import { Passkeys } from './passkeys.tsx';
import { RecoveryCodes } from './recovery.tsx';
import { SessionList } from './session_list.tsx';
import { TotpSetup } from './totp_setup.tsx';
import { troubleText } from './trouble.ts';
import { Trouble } from './trouble_box.tsx';
import type { Totp } from './types.ts';
import { accountWords } from './texts/account.ts';
import { fill, useWords } from './words.ts';
import type { Texts } from './texts/sv.ts';

export function leftText(t: Texts, n: number): string {
  const w = accountWords(t);
  if (n === 0) return w.totp.leftNone;
  return n === 1 ? w.totp.leftOne : fill(w.totp.left, { n });
}

interface StateProps {
  totp: Totp;
  onStart: () => void;
  onRenew: () => void;
  onRemove: () => void;
}

function State({ totp, onStart, onRenew, onRemove }: StateProps): JSX.Element {
  const t = useWords();
  const w = accountWords(t);

  if (!totp.enrolled)
    return (
      <>
        <p>{w.totp.isOff}</p>
        <button type="button" class="main" onClick={onStart}>{w.totp.start}</button>
      </>);
  return (
    <>
      <p>{fill(w.totp.isOn, { at: totp.enrolledAt ? instant(t, totp.enrolledAt) : '' })}{' '}
        {totp.required && w.totp.required}</p>
      <p class={totp.recoveryCodesLeft ? '' : 'attention'}>{leftText(t, totp.recoveryCodesLeft)}</p>
      <div class="buttons">
        <button type="button" onClick={onRenew}>{w.totp.renew}</button>
        <button type="button" onClick={onRemove}>{w.totp.remove}</button>
      </div>
    </>);
}

function useTotp(focus: () => void) {
  const { signIns, announce } = useDesk();
  const [totp, setTotp] = useState<Totp | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const [isSetup, setSetup] = useState(false);
  const load = (): void => {
    setError(null);
    setCodes(null);
    setSetup(false);
    readTotp(new AbortController().signal).then(setTotp, setError);
  };
  const remove = (said: string): void => {
    removeTotp().then(() => { announce(said); focus(); load(); }, setError);
  };
  const renew = (): void => { renewRecovery().then(setCodes, setError); };

  useEffect(load, [signIns]);
  return { totp, error, codes, isSetup, setSetup, load, remove, renew };
}

function TotpSection(): JSX.Element {
  const t = useWords();
  const w = accountWords(t);
  const heading = useRef<HTMLHeadingElement>(null);
  const focus = (): void => heading.current?.focus(); /* the button that had it is gone */
  const { totp, error, codes, isSetup, setSetup, load, remove, renew } = useTotp(focus);
  const back = (): void => {
    focus();
    load();
  };

  return (
    <section class="card">
      <h2 tabIndex={-1} ref={heading}>{t.totp.title}</h2>
      {!codes && !isSetup && <p>{w.totp.lead}</p>}
      {error !== null && <Trouble title={w.totp.failed} text={troubleText(t, error)} onRetry={load} />}
      {codes && <RecoveryCodes codes={codes} level={3} onDone={back} />}
      {isSetup && <TotpSetup level={3} onDone={back} onCancel={back} />}
      {!codes && !isSetup && error === null && (totp
        ? <State totp={totp} onStart={() => { focus(); setSetup(true); }} onRenew={renew} onRemove={() => remove(w.totp.removed)} />
        : <p role="status">{t.loading}</p>)}
      {totp?.enrolled && !codes && !isSetup && <Passkeys />}
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
      {!session.provider && <TotpSection />}
      {!session.provider && <OwnPassword onRenewed={() => setRenewals(renewals + 1)} />}
      <SessionList key={renewals} />
    </div>);
}
