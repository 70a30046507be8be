/* How what was decided reaches whoever asked: noted, or sent by mail from here. The address is
 * sent and forgotten; nothing shows it again. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { isOnItsWay, mailTrouble, whyNot } from './disclosure.ts';
import { ProblemError } from './errors.ts';
import { Check, Field } from './field.tsx';
import { day, instant } from './format.ts';
import { useSending } from './sending.ts';
import { disclosureWords } from './texts/disclosure.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { Disclosure, DisclosureHead } from './types.ts';
import { fill, sentence, useWords, wordOf } from './words.ts';

export interface Act {
  body?: object;
  said: string; /* when it is done */
  to: string;   /* where one goes on */
}

export interface PartProps {
  it: Disclosure;
  act: (what: string, then: Act) => Promise<void>; /* throws */
}

/* Why something was not done, and what to do; the same wherever it was tried. */
export function NotDone({ error }: { error: unknown }): JSX.Element | null {
  const t = useWords();

  return error === null ? null : <Trouble text={whyNot(disclosureWords(t), error) || troubleText(t, error)} />;
}

/* That a letter is on its way, or did not arrive. */
export function MailState({ mail }: Pick<DisclosureHead, 'mail'>): JSX.Element | null {
  const t = useWords();
  const w = disclosureWords(t);

  if (!mail) return null;
  return mail.state === 'waiting' ? <p role="status">{fill(w.mailWaits, { at: instant(t, mail.at) })}</p>
    : <p class="attention">▲ {fill(w.mailFailed, { at: instant(t, mail.at), why: mailTrouble(t, w, mail.trouble) })}</p>;
}

function Mailing({ act }: PartProps): JSX.Element {
  const w = disclosureWords(useWords());
  const [email, setEmail] = useState('');
  const [table, setTable] = useState(false);
  const { isBusy, error, send } = useSending();
  const isWrong = error instanceof ProblemError && error.status === 422;
  const mail = (): Promise<void> => send(() => act('mailings', { body: { email: email.trim(), table }, said: w.mailedNow, to: 'disclosure-handed' }));

  useEffect(() => { if (isWrong) document.getElementById('disclosure-email')?.focus(); }, [error]);
  return (
    <form onSubmit={(event) => { event.preventDefault(); void mail(); }} noValidate>
      <Field id="disclosure-email" label={w.email} hint={w.emailHint} fault={isWrong ? w.emailWrong : undefined}>{(aria) => (
        <input {...aria} type="email" autoComplete="off" value={email} onInput={(event) => setEmail(event.currentTarget.value)} />)}</Field>
      <Check id="disclosure-table" text={w.table} isOn={table} onChange={setTable} />
      <p class="soft">{w.mailNot}</p>
      {!isWrong && <NotDone error={error} />}
      <button type="submit" class="main" aria-disabled={isBusy}>{isBusy ? w.mailing : w.mail}</button>
    </form>);
}

function Noting({ how, act }: PartProps & { how: string }): JSX.Element {
  const w = disclosureWords(useWords());
  const { isBusy, error, send } = useSending();
  const note = (): Promise<void> => send(() => act('handovers', { body: { how }, said: w.handedNow, to: 'disclosure-handed' }));

  return (
    <form onSubmit={(event) => { event.preventDefault(); void note(); }}>
      <NotDone error={error} />
      <button type="submit" name="note" class="main" aria-disabled={isBusy}>{isBusy ? w.noting : w.handOut}</button>
    </form>);
}

function Ways(props: PartProps): JSX.Element {
  const w = disclosureWords(useWords());
  const [how, setHow] = useState('letter');

  return (
    <>
      <Field id="disclosure-how" label={w.how}>{(aria) => (
        <select {...aria} value={how} onChange={(event) => setHow(event.currentTarget.value)}>
          {Object.entries(w.ways).map(([code, text]) => <option key={code} value={code}>{text}</option>)}</select>)}</Field>
      {how === 'send' ? <Mailing {...props} /> : <Noting key={how} {...props} how={how} />}
    </>);
}

export function HandOut(props: PartProps): JSX.Element {
  const t = useWords();
  const w = disclosureWords(t);
  const { it } = props;

  return (
    <section aria-labelledby="disclosure-handed">
      <h2 id="disclosure-handed" tabIndex={-1}>{it.handedOn ? w.handed : w.handing}</h2>
      {it.handedOn && <p>{sentence(day(t, it.handedOn))} {sentence(wordOf(w.hows, it.handedHow))}</p>}
      <MailState mail={it.mail} />
      {!it.handedOn && !isOnItsWay(it) && <Ways {...props} />}
    </section>);
}
