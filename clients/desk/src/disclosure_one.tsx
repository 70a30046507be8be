/* One disclosure: its cases, what waits, the decision, the files, and that it was handed out. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { categoryName, useDesk } from './desk.ts';
import { isOnItsWay } from './disclosure.ts';
import { doDisclosure, readDisclosure } from './disclosure_api.ts';
import { Choosing } from './disclosure_choose.tsx';
import { HandOut, NotDone } from './disclosure_hand.tsx';
import type { Act, PartProps } from './disclosure_hand.tsx';
import { ProblemError } from './errors.ts';
import { useFetched } from './fetched.ts';
import { Field } from './field.tsx';
import { useFocus } from './focus.ts';
import { day, instant } from './format.ts';
import { disclosurePath } from './place.ts';
import { useSending } from './sending.ts';
import { disclosureWords } from './texts/disclosure.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { Disclosure } from './types.ts';
import { fill, sentence, useWords, wordOf } from './words.ts';

/* A letter that is on its way takes seconds, as a rule. */
const MAIL_LOOK_MS = 3000;

function CaseRow({ it, one, act }: PartProps & { one: Disclosure['items'][number] }): JSX.Element {
  const t = useWords();
  const w = disclosureWords(t);
  const { lists } = useDesk();
  const { isBusy, error, send } = useSending();
  const said = [fill(w.item, { documents: one.documents }), ...(one.masked ? [fill(w.masked, { n: one.masked })] : []),
    ...(one.refused ? [fill(w.refused, { n: one.refused })] : [])];
  const remove = (): Promise<void> => send(() => act(`cases/${one.number}/removals`, { said: fill(w.removed, { number: one.number }), to: 'disclosure-cases' }));

  return (
    <li>
      <a href={disclosurePath(it.id, one.number)} aria-label={fill(w.look, { number: one.number })}>{one.number}</a>
      <p>{sentence(day(t, one.receivedOn))} <span lang="sv">{categoryName(lists, one.category) ?? t.unknownCategory}</span>. {sentence(said.join(', '))}</p>
      {one.needs > 0 && <p class="attention">▲ {fill(w.needs, { n: one.needs })}</p>}
      {one.because.length > 0 && <p class="soft">{fill(w.may, { reasons: one.because.map((b) => wordOf(w.because, b)).join(', ') })}</p>}
      <NotDone error={error} />
      {it.state === 'open' && <button type="button" aria-label={fill(w.removeThis, { number: one.number })} aria-disabled={isBusy}
        onClick={() => void remove()}>{isBusy ? w.removing : w.remove}</button>}
    </li>);
}

function Cases({ it, act }: PartProps): JSX.Element {
  const w = disclosureWords(useWords());
  const next = it.items.find(({ needs }) => needs > 0);

  return (
    <section aria-labelledby="disclosure-cases">
      <h2 id="disclosure-cases" tabIndex={-1}>{w.cases} ({it.items.length})</h2>
      {it.unreadable > 0 && <p class="attention">▲ {fill(w.unreadable, { n: it.unreadable })}</p>}
      {it.passed.map(({ number, boardName }) => (
        <p key={number} class="attention">▲ {fill(w.passed, { number, board: boardName })} <a href={`/desk/arenden/${number}`} aria-label={fill(w.ownPast, { number })}>{w.ownPastShort}</a></p>))}
      {it.needs > 0 && <p class="attention">▲ {fill(w.waits, { n: it.needs })}</p>}
      {next && it.state === 'open' && <p><a class="button" href={disclosurePath(it.id, next.number)}>{w.next}</a></p>}
      {it.items.length === 0 && <p>{w.noCases}</p>}
      <ul class="periods">{it.items.map((one) => <CaseRow key={one.number} it={it} one={one} act={act} />)}</ul>
    </section>);
}

function Files({ it }: { it: Disclosure }): JSX.Element | null {
  const w = disclosureWords(useWords());

  if (!it.items.length) return null;
  return (
    <section aria-labelledby="disclosure-files">
      <h2 id="disclosure-files">{w.files}</h2>
      {it.state === 'open' && <p class="soft">{w.draft}</p>}
      <p class="files">{(['pdf', 'csv', 'xlsx'] as const).map((form) => (
        <a key={form} href={`${disclosurePath(it.id)}/${form}`} target="_self" download>{w[form]}</a>))}</p>
    </section>);
}

function Deciding({ it, act }: PartProps): JSX.Element {
  const w = disclosureWords(useWords());
  const [text, setText] = useState(it.decision ?? '');
  const { isBusy, error, send } = useSending();
  const isWrong = error instanceof ProblemError && error.status === 422;
  const decide = (): Promise<void> => send(() => act('decisions', { body: { decision: text.trim() }, said: w.decidedNow, to: 'disclosure-decision' }));

  useEffect(() => { if (isWrong) document.getElementById('disclosure-words')?.focus(); }, [error]);
  return (
    <form onSubmit={(event) => { event.preventDefault(); void decide(); }} noValidate>
      <h2 id="disclosure-decision" tabIndex={-1}>{w.decision}</h2>
      {!isWrong && <NotDone error={error} />}
      <Field id="disclosure-words" label={w.decisionText} hint={w.decisionHint} fault={isWrong ? w.decisionWrong : undefined}>{(aria) => (
        <textarea {...aria} rows={8} maxLength={8000} lang="sv" value={text} onInput={(event) => setText(event.currentTarget.value)} />)}</Field>
      <div class="buttons"><button type="submit" class="main" aria-disabled={isBusy}>{isBusy ? w.deciding : w.decide}</button>
        <button type="button" name="suggest" onClick={() => setText(it.suggestedDecision)}>{w.suggest}</button></div>
    </form>);
}

function Decided({ it, act }: PartProps): JSX.Element {
  const w = disclosureWords(useWords());
  const { isBusy, error, send } = useSending();
  const reopen = (): Promise<void> => send(() => act('reopenings', { said: w.reopened, to: 'disclosure-decision' }));

  return (
    <section aria-labelledby="disclosure-decision">
      <h2 id="disclosure-decision" tabIndex={-1}>{w.decision}</h2>
      {it.decision ? <p class="words" lang="sv">{it.decision}</p> : <p>{w.wholeOut}</p>}
      <NotDone error={error} />
      {it.state === 'decided' && !isOnItsWay(it) && <button type="button" aria-disabled={isBusy} onClick={() => void reopen()}>{isBusy ? w.reopening : w.reopen}</button>}
    </section>);
}

function Log({ it }: { it: Disclosure }): JSX.Element {
  const t = useWords();
  const w = disclosureWords(t);

  return (
    <details class="card">
      <summary>{w.log}</summary>
      <ul>{it.events.map((e, i) => (
        <li key={i}>{instant(t, e.at)}: {e.byName ?? ''} {wordOf(w.what, e.what)}</li>))}</ul>
    </details>);
}

function Whole({ it, put }: { it: Disclosure; put: (it: Disclosure) => void }): JSX.Element {
  const t = useWords();
  const w = disclosureWords(t);
  const { announce } = useDesk();
  const focus = useFocus();
  const act = async (what: string, { body = {}, said, to }: Act): Promise<void> => {
    put(await doDisclosure(String(it.id), what, body));
    announce(said);
    focus(to);
  };

  return (
    <>
      <p lang="sv">{sentence(it.boardName)} {sentence(it.asked)}</p>
      <p class="soft">{fill(w.opened, { day: day(t, it.openedOn) })}, {it.openedByName}. {wordOf(w.states, it.state)}.</p>
      {it.state === 'open' && <><p class="soft">{w.notAsk}</p><Choosing it={it} onChange={put} /></>}
      <Cases it={it} act={act} />
      <Files it={it} />
      {it.state === 'open' ? <Deciding it={it} act={act} /> : <><Decided it={it} act={act} /><HandOut it={it} act={act} /></>}
      <Log it={it} />
    </>);
}

export function OneDisclosure({ id }: { id: string }): JSX.Element {
  const t = useWords();
  const w = disclosureWords(t);
  const { value: it, error, again, put } = useFetched((signal) => readDisclosure(id, signal), [id, useDesk().signIns]);
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => { document.title = `${it?.reference ?? w.title} – ${t.desk}`; }, [it?.reference, w, t]);
  useEffect(() => heading.current?.focus(), []);
  useEffect(() => {
    if (!it || !isOnItsWay(it)) return undefined;
    const timer = window.setTimeout(again, MAIL_LOOK_MS);
    return () => window.clearTimeout(timer);
  }, [it]);
  return (
    <>
      <h1 tabIndex={-1} ref={heading}>{it?.reference ?? w.title}</h1>
      {error !== null && <Trouble text={troubleText(t, error)} of={it?.reference ?? w.title} onRetry={again} />}
      {it ? <Whole it={it} put={put} /> : error === null && <p role="status">{t.loading}</p>}
    </>);
}
