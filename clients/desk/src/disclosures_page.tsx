/* Disclosures: which there are, a new one, and the way to one and to its cases. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { boardName, useDesk } from './desk.ts';
import { openDisclosure, readDisclosures } from './disclosure_api.ts';
import { OneCase } from './disclosure_case.tsx';
import { MailState } from './disclosure_hand.tsx';
import { OneDisclosure } from './disclosure_one.tsx';
import { ProblemError } from './errors.ts';
import { useFetched } from './fetched.ts';
import { Field } from './field.tsx';
import { day } from './format.ts';
import { disclosurePath, disclosuresPath } from './place.ts';
import { useSending } from './sending.ts';
import { disclosingBoards } from './takers.ts';
import { disclosureWords } from './texts/disclosure.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { DisclosurePage } from './types.ts';
import { fill, sentence, useWords, wordOf } from './words.ts';

function NewOne(): JSX.Element {
  const t = useWords();
  const w = disclosureWords(t);
  const { session, lists, go } = useDesk();
  const boards = disclosingBoards(session);
  const [board, setBoard] = useState(boards[0] ?? '');
  const [asked, setAsked] = useState('');
  const { isBusy, error, send } = useSending();
  const isWrong = error instanceof ProblemError && error.status === 422;
  const open = (): Promise<void> => send(async () => {
    const made = await openDisclosure({ board, asked });
    go({ number: null, filters: {}, view: 'disclosures', disclosure: { id: String(made.id) } });
  });

  useEffect(() => { if (isWrong) document.getElementById('disclosure-asked')?.focus(); }, [error]);
  return (
    <form class="card" onSubmit={(event) => { event.preventDefault(); void open(); }} noValidate>
      <h2>{w.newTitle}</h2>
      <p><strong>{w.notAsk}</strong></p>
      {boards.length > 1 && <Field id="disclosure-board" label={w.board}>{(aria) => (
        <select {...aria} value={board} onChange={(event) => setBoard(event.currentTarget.value)}>
          {boards.map((code) => <option key={code} value={code}>{boardName(lists, code)}</option>)}</select>)}</Field>}
      <Field id="disclosure-asked" label={w.asked} hint={w.askedHint} fault={isWrong ? w.askedWrong : undefined}>{(aria) => (
        <input {...aria} type="text" maxLength={500} autoComplete="off" value={asked} onInput={(event) => setAsked(event.currentTarget.value)} />)}</Field>
      {error !== null && !isWrong && <Trouble text={troubleText(t, error)} />}
      <button type="submit" class="main" aria-disabled={isBusy}>{isBusy ? w.beginning : w.begin}</button>
    </form>);
}

function List(): JSX.Element {
  const t = useWords();
  const w = disclosureWords(t);
  const { session, lists, signIns } = useDesk();
  const heading = useRef<HTMLHeadingElement>(null);
  const [after, setAfter] = useState('');
  const [before, setBefore] = useState<DisclosurePage['items']>([]);
  const { value: page, error, again } = useFetched((signal) => readDisclosures(after, signal), [after, signIns]);
  const more = (): void => {
    if (!page?.next) return;
    setBefore([...before, ...page.items]);
    setAfter(page.next);
  };
  const items = [...before, ...(page?.items ?? []).filter(({ id }) => !before.some((one) => one.id === id))];

  useEffect(() => { document.title = `${w.title} – ${t.desk}`; }, [w, t]);
  useEffect(() => heading.current?.focus(), []);
  return (
    <>
      <h1 tabIndex={-1} ref={heading}>{w.title}</h1>
      <p>{w.lead}</p>
      <NewOne />
      {error !== null && <Trouble text={troubleText(t, error)} of={w.title} onRetry={again} />}
      {!page && error === null && <p role="status">{t.loading}</p>}
      {page && items.length === 0 && <p>{w.none}</p>}
      <ul class="periods">{items.map((d) => (
        <li key={d.id}>
          <a href={disclosurePath(d.id)}>{d.reference}: <span lang="sv">{d.asked}</span></a>
          <p class="soft"><span lang="sv">{d.boardName}</span>. {sentence(fill(w.opened, { day: day(t, d.openedOn) }))}{' '}
            {fill(w.row, { cases: d.cases, state: wordOf(w.states, d.state) })}</p>
          <MailState mail={d.mail} />
        </li>))}</ul>
      {page?.next && <button type="button" onClick={more}>{w.more}</button>}
      <p class="files">{disclosingBoards(session).map((code) => (
        <a key={code} href={`${disclosuresPath}/register/${code}/csv`} target="_self">{fill(w.register, { board: boardName(lists, code) })}</a>))}</p>
    </>);
}

export function Disclosures(): JSX.Element {
  const w = disclosureWords(useWords());
  const { session, place: { disclosure } } = useDesk();

  if (!disclosingBoards(session).length) return <article class="reports"><h1>{w.title}</h1><Trouble text={w.notYou} /></article>;
  return (
    <article class="reports disclosures">
      {disclosure && !disclosure.number && <p class="noprint"><a class="back" href={disclosuresPath}>← {w.back}</a></p>}
      {!disclosure && <List />}
      {disclosure && !disclosure.number && <OneDisclosure key={disclosure.id} id={disclosure.id} />}
      {disclosure?.number && <OneCase key={`${disclosure.id} ${disclosure.number}`} id={disclosure.id} number={disclosure.number} />}
    </article>);
}
