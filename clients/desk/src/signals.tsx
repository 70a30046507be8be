/* What was found in the night to Monday at the boards that one leads, with the numbers that it
 * rests on. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { boardName, ledBoards, useDesk } from './desk.ts';
import { ProblemError } from './errors.ts';
import { useFetched } from './fetched.ts';
import { Field } from './field.tsx';
import { instant, longDay, today } from './format.ts';
import { improvementDraft } from './improvement_draft.ts';
import { boardsToImprove } from './improvements.ts';
import { addressOf, improvementsPath } from './place.ts';
import { improvementOf, signalEvidence, signalTitle } from './signal_text.ts';
import { dismissSignal, readSignals } from './signals_api.ts';
import { draftKeep, draftRead } from './store.ts';
import { signalWords } from './texts/signal.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { Signal, SignalList } from './types.ts';
import { fill, useWords } from './words.ts';

type Change = (list: SignalList) => void;

function Dismiss({ it, onChange }: { it: Signal; onChange: Change }): JSX.Element {
  const t = useWords();
  const w = signalWords(t);
  const { announce } = useDesk();
  const [reason, setReason] = useState('');
  const [fault, setFault] = useState<string | undefined>(undefined);
  const [isBusy, setBusy] = useState(false);
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    setFault(reason.trim() ? undefined : w.empty);
    if (!reason.trim() || isBusy) return;
    setBusy(true);
    try {
      onChange(await dismissSignal(it.id, reason.trim()));
      announce(w.gone);
      document.getElementById(`signal-title-${it.id}`)?.focus();
    } catch (error) {
      setFault(error instanceof ProblemError && error.status === 409 ? w.already : troubleText(t, error));
    }
    setBusy(false);
  };

  return (
    <details>
      <summary>{w.dismiss}</summary>
      <form noValidate onSubmit={(event) => void send(event)}>
        <Field id={`signal-${it.id}`} label={w.why} fault={fault}>
          {(aria) => <input {...aria} type="text" maxLength={500} autocomplete="off" value={reason} onInput={(event) => setReason(event.currentTarget.value)} />}
        </Field>
        <button type="submit" aria-disabled={isBusy}>{isBusy ? w.sending : w.send}</button>
      </form>
    </details>);
}

/* What is begun already is not written over. */
function Improve({ it }: { it: Signal }): JSX.Element | null {
  const t = useWords();
  const w = signalWords(t);
  const { announce, session } = useDesk();
  const begin = (): void => {
    if (Object.keys(draftRead(improvementDraft, 'ny')).length) announce(w.begun);
    else draftKeep(improvementDraft, 'ny', improvementOf(t, it, today()));
  };

  if (!boardsToImprove(session).includes(it.board)) return null;
  return <p><a class="button" href={`${improvementsPath}/ny`} onClick={begin}>{w.improve}</a></p>;
}

function One({ it, onChange }: { it: Signal; onChange: Change }): JSX.Element {
  const t = useWords();
  const w = signalWords(t);
  const { lists } = useDesk();
  const { dismissed } = it;

  return (
    <section class={dismissed ? 'card soft' : 'card'} aria-labelledby={`signal-title-${it.id}`}>
      <h2 id={`signal-title-${it.id}`} tabIndex={-1}>{signalTitle(t, it)}</h2>
      <p class="soft" lang="sv">{boardName(lists, it.board)}</p>
      {signalEvidence(t, it).map((line) => <p key={line}>{line}</p>)}
      {it.sensitive && <p class="soft">{w.sensitive}</p>}
      {it.numbers.length > 0 && <ul class="signal-cases" aria-label={w.cases}>{it.numbers.map((number) => (
        <li key={number}><a href={addressOf({ number, filters: {} })}>{number}</a></li>))}</ul>}
      {dismissed ? <p>{fill(w.by, { by: dismissed.byName, at: instant(t, dismissed.at), reason: dismissed.reason })}</p>
        : <><Improve it={it} /><Dismiss it={it} onChange={onChange} /></>}
    </section>);
}

function Told({ list, onChange }: { list: SignalList; onChange: Change }): JSX.Element {
  const t = useWords();
  const w = signalWords(t);

  if (list.week === null) return <p>{w.notYet}</p>;
  return (
    <>
      <p><strong>{fill(w.week, { day: longDay(t, list.week) })}</strong> {list.years > 0 ? fill(w.tested, { n: list.tested }) : w.untested}</p>
      {list.items.length === 0 && <p>{w.none}</p>}
      {list.items.map((it) => <One key={it.id} it={it} onChange={onChange} />)}
    </>);
}

function Shown(): JSX.Element {
  const t = useWords();
  const { signIns } = useDesk();
  const { value, error, again, put } = useFetched(readSignals, [signIns]);

  return (
    <>
      <p>{signalWords(t).lead}</p>
      {error !== null && <Trouble text={troubleText(t, error)} onRetry={again} />}
      {value ? <Told list={value} onChange={put} /> : error === null && <p role="status">{t.loading}</p>}
    </>);
}

export function Signals(): JSX.Element {
  const t = useWords();
  const { session } = useDesk();

  useEffect(() => { document.title = `${t.signals} – ${t.desk}`; }, [t]);
  return (
    <article class="signals">
      <h1 tabIndex={-1}>{t.signals}</h1>
      {ledBoards(session).length > 0 ? <Shown /> : <Trouble text={signalWords(t).notYou} />}
    </article>);
}
