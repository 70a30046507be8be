/* The first second factor: of which kind, that one set up, and the recovery codes. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { hasPasskeys, listPasskeys } from './passkey_device.ts';
import { PasskeyForm } from './passkey_form.tsx';
import { RecoveryCodes } from './recovery.tsx';
import { passkeyWords } from './texts/passkey.ts';
import { TotpSetup } from './totp_setup.tsx';
import { useWords } from './words.ts';

interface FactorSetupProps {
  level: 2 | 3; /* of its headings */
  onDone: () => void;
  onCancel?: () => void;
}

type Way = 'passkey' | 'codes';

function Choice({ level, onWay, onCancel }: Omit<FactorSetupProps, 'onDone'> & { onWay: (way: Way) => void }): JSX.Element {
  const t = useWords();
  const w = passkeyWords(t).ways;
  const Heading: 'h2' | 'h3' = level === 2 ? 'h2' : 'h3';
  const option = (way: Way, name: string, lead: string, start: string): JSX.Element => (
    <li class="session">
      <div>
        <p class="heading" id={`way-${way}`}>{name}</p>
        <p class="soft">{lead}</p>
      </div>
      <button type="button" id={`choose-${way}`} aria-describedby={`way-${way}`} onClick={() => onWay(way)}>{start}</button>
    </li>);

  return (
    <section class="setup">
      <Heading>{w.title}</Heading>
      <p>{w.lead}</p>
      <ul class="sessions ways">
        {option('passkey', w.passkey, w.passkeyLead, w.passkeyStart)}
        {option('codes', w.codes, w.codesLead, w.codesStart)}
      </ul>
      {onCancel && <button type="button" onClick={onCancel}>{t.cancel}</button>}
    </section>);
}

function PasskeySetup({ level, onDone, onCancel }: FactorSetupProps): JSX.Element {
  const w = passkeyWords(useWords());
  const heading = useRef<HTMLHeadingElement>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const Heading: 'h2' | 'h3' = level === 2 ? 'h2' : 'h3';
  /* Without codes there was a factor already, made somewhere else meanwhile. */
  const added = (made: string[]): void => { if (made.length) setCodes(made); else onDone(); };

  useLayoutEffect(() => heading.current?.focus(), []);
  if (codes) return <RecoveryCodes codes={codes} level={level} onDone={onDone} />;
  return (
    <div class="setup">
      <Heading tabIndex={-1} ref={heading}>{w.ways.passkey}</Heading>
      <p>{w.lead}</p>
      <PasskeyForm onAdded={added} onCancel={onCancel} />
    </div>);
}

/* Where passkeys cannot be made there is nothing to choose. */
export function FactorSetup({ level, onDone, onCancel }: FactorSetupProps): JSX.Element {
  const t = useWords();
  const [isPossible, setPossible] = useState<boolean | null>(hasPasskeys() ? null : false);
  const [way, setWay] = useState<Way | null>(null);
  const back = (): void => setWay(null);
  const whole = { level, onDone, ...(onCancel && { onCancel }) };

  useEffect(() => {
    if (isPossible === null)
      listPasskeys(new AbortController().signal).then(({ possible }) => setPossible(possible), () => setPossible(false));
  }, []);
  if (isPossible === null) return <p role="status">{t.loading}</p>;
  if (!isPossible) return <TotpSetup {...whole} />;
  if (way === 'passkey') return <PasskeySetup level={level} onDone={onDone} onCancel={back} />;
  if (way === 'codes') return <TotpSetup level={level} onDone={onDone} onCancel={back} />;
  return <Choice level={level} onWay={setWay} {...(onCancel && { onCancel })} />;
}
