/* One disclosure: its cases, what waits, the decision, the files, and that it was handed out. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { categoryName, useDesk } from './desk.ts';
import { doDisclosure, readDisclosure } from './disclosure_api.ts';
import { addedText, ByFilter, ByNumber } from './disclosure_choose.tsx';
import { ProblemError } from './errors.ts';
import { useFetched } from './fetched.ts';
import { Field } from './field.tsx';
import { instant } from './format.ts';
import { disclosurePath } from './place.ts';
import { disclosureWords } from './texts/disclosure.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { Disclosure } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';

interface PartProps {
  it: Disclosure;
  act: (what: string, body?: object) => Promise<void>;
  error: unknown;
}

function CaseRow({ it, one, act }: Omit<PartProps, 'error'> & { one: Disclosure['items'][number] }): JSX.Element {
  const t = useWords();
  const w = disclosureWords(t);
  const { lists } = useDesk();
  const said = [fill(w.item, { documents: one.documents }), ...(one.masked ? [fill(w.masked, { n: one.masked })] : []),
    ...(one.refused ? [fill(w.refused, { n: one.refused })] : [])];

  return (
    <li>
      <a href={disclosurePath(it.id, one.number)} aria-label={fill(w.look, { number: one.number })}>{one.number}</a>
      <p>{one.receivedOn}. <span lang="sv">{categoryName(lists, one.category) ?? t.unknownCategory}</span>. {said.join(', ')}.</p>
      {one.needs > 0 && <p class="attention">▲ {fill(w.needs, { n: one.needs })}</p>}
      {one.because.length > 0 && <p class="soft">{fill(w.may, { reasons: one.because.map((b) => wordOf(w.because, b)).join(', ') })}</p>}
      {it.state === 'open' && <button type="button" aria-label={fill(w.removeThis, { number: one.number })}
        onClick={() => act(`cases/${one.number}/removals`)}>{w.remove}</button>}
    </li>);
}

function Cases({ it, act }: PartProps): JSX.Element {
  const w = disclosureWords(useWords());
  const next = it.items.find(({ needs }) => needs > 0);

  return (
    <section aria-labelledby="disclosure-cases">
      <h2 id="disclosure-cases">{w.cases} ({it.items.length})</h2>
      {it.unreadable > 0 && <p class="attention">▲ {fill(w.unreadable, { n: it.unreadable })}</p>}
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
      <p class="files">{(['pdf', 'csv'] as const).map((form) => (
        <a key={form} href={`${disclosurePath(it.id)}/${form}`} target="_self" download>{w[form]}</a>))}</p>
    </section>);
}

function Decision({ it, act, error }: PartProps): JSX.Element {
  const t = useWords();
  const w = disclosureWords(t);
  const [text, setText] = useState(it.decision ?? '');
  const isWrong = error instanceof ProblemError && error.status === 422;
  const isEarly = error instanceof ProblemError && error.status === 409;

  if (it.state !== 'open')
    return (
      <section aria-labelledby="disclosure-decision">
        <h2 id="disclosure-decision">{w.decision}</h2>
        {it.decision && <p class="words" lang="sv">{it.decision}</p>}
        {it.state === 'decided' && <button type="button" onClick={() => act('reopenings')}>{w.reopen}</button>}
      </section>);
  return (
    <form onSubmit={(event) => { event.preventDefault(); void act('decisions', { decision: text.trim() }); }} noValidate>
      <h2 id="disclosure-decision">{w.decision}</h2>
      {error !== null && !isWrong && <Trouble text={isEarly ? w.undecided : troubleText(t, error)} />}
      <Field id="disclosure-words" label={w.decision} hint={w.decisionHint} fault={isWrong ? w.wrong.decision : undefined}>{(aria) => (
        <textarea {...aria} rows={8} maxLength={8000} lang="sv" value={text} onInput={(event) => setText(event.currentTarget.value)} />)}</Field>
      <div class="buttons"><button type="submit" class="main">{w.decide}</button>
        <button type="button" name="suggest" onClick={() => setText(it.suggestedDecision)}>{w.suggest}</button></div>
    </form>);
}

function HandOut({ it, act }: PartProps): JSX.Element | null {
  const w = disclosureWords(useWords());
  const [how, setHow] = useState('letter');

  if (it.state === 'open') return null;
  if (it.handedOn)
    return <section aria-labelledby="disclosure-handed"><h2 id="disclosure-handed">{w.handed}</h2>
      <p>{it.handedOn}. {wordOf(w.hows, it.handedHow ?? '')}.</p></section>;
  return (
    <form onSubmit={(event) => { event.preventDefault(); void act('handovers', { how }); }}>
      <h2>{w.handed}</h2>
      <Field id="disclosure-how" label={w.how}>{(aria) => (
        <select {...aria} value={how} onChange={(event) => setHow(event.currentTarget.value)}>
          {Object.entries(w.hows).map(([code, text]) => <option key={code} value={code}>{text}</option>)}</select>)}</Field>
      <button type="submit" class="main">{w.handOut}</button>
    </form>);
}

function Log({ it }: { it: Disclosure }): JSX.Element {
  const t = useWords();
  const w = disclosureWords(t);

  return (
    <details class="card">
      <summary>{w.log}</summary>
      <ul>{it.events.map((e) => (
        <li key={`${e.at} ${e.what}`}>{instant(t, e.at)}: {e.byName} {wordOf(w.what, e.what)}</li>))}</ul>
    </details>);
}

function Whole({ it, put }: { it: Disclosure; put: (it: Disclosure) => void }): JSX.Element {
  const w = disclosureWords(useWords());
  const { announce } = useDesk();
  const [error, setError] = useState<unknown>(null);
  const act = async (what: string, body: object = {}): Promise<void> => {
    setError(null);
    try {
      const next = await doDisclosure(String(it.id), what, body);
      put(next);
      if (what === 'decisions') announce(w.decidedNow);
    } catch (failed) {
      setError(failed);
    }
  };
  const parts = { it, act, error };

  return (
    <>
      <p lang="sv">{it.boardName}. {it.asked}</p>
      <p class="soft">{fill(w.opened, { day: it.openedOn })}, {it.openedByName}. {wordOf(w.states, it.state)}.</p>
      {it.state === 'open' && <p class="soft">{w.notAsk}</p>}
      {it.adding && <p role="status">{addedText(w, it)}</p>}
      {it.state === 'open' && <><ByFilter it={it} onChange={put} /><ByNumber it={it} onChange={put} /></>}
      <Cases {...parts} />
      <Files it={it} />
      <Decision key={it.state} {...parts} />
      <HandOut {...parts} />
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
  return (
    <>
      <h1 tabIndex={-1} ref={heading}>{it?.reference ?? w.title}</h1>
      {error !== null && <Trouble text={troubleText(t, error)} onRetry={again} />}
      {it ? <Whole it={it} put={put} /> : error === null && <p role="status">{t.loading}</p>}
    </>);
}
