/* Improvement actions: which there are, and the way to one or a new one. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { boardName, improves, useDesk } from './desk.ts';
import { useFetched } from './fetched.ts';
import { day } from './format.ts';
import { Verdict } from './improvement_effect.tsx';
import { ImprovementForm } from './improvement_form.tsx';
import { OneImprovement } from './improvement_one.tsx';
import { boardsToImprove } from './improvements.ts';
import { listImprovements } from './improvements_api.ts';
import { improvementsPath } from './place.ts';
import { improvementWords } from './texts/improvement.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { Improvement } from './types.ts';
import { useWords } from './words.ts';

function Row({ it }: { it: Improvement }): JSX.Element {
  const t = useWords();
  const w = improvementWords(t);

  return (
    <tr>
      <th scope="row"><a href={`${improvementsPath}/${it.id}`} lang="sv">{it.title}</a><span class="soft" lang="sv">{it.boardName}</span></th>
      <td data-label={w.state}>{w.states[it.state]}{it.late && <strong class="attention"> ▲ {w.late}</strong>}</td>
      <td data-label={w.until}>{day(t, it.doneOn ?? it.endsOn)}</td>
      <td data-label={w.cases}>{it.cases}</td>
      {it.effect ? <td data-label={w.effect}><Verdict it={it} /></td> : <td />}
    </tr>);
}

/* Page after page: the next one, and what stands before it. */
function useImprovements(board: string) {
  const { signIns } = useDesk();
  const [page, setPage] = useState<{ after: string; before: Improvement[] }>({ after: '', before: [] });
  const { value, error, again } = useFetched(async (signal) => {
    const { items, next } = await listImprovements(board, page.after, signal);
    return { items: [...page.before, ...items], next };
  }, [board, page, signIns]);

  return { value, error, again, more: (after: string) => setPage({ after, before: value?.items ?? [] }) };
}

/* Of a board, '' for all; drawn anew for another one. */
function Rows({ board }: { board: string }): JSX.Element {
  const t = useWords();
  const w = improvementWords(t);
  const { value, error, again, more } = useImprovements(board);
  const { items, next } = value ?? { items: null, next: null };

  return (
    <>
      {error !== null && <Trouble text={troubleText(t, error)} onRetry={again} />}
      {!items && error === null && <p role="status">{t.loading}</p>}
      {items?.length === 0 && <p>{w.none}</p>}
      {items && items.length > 0 && <div class="wide" tabIndex={0} role="region" aria-label={w.title}>
        <table class="stacked">
          <thead><tr>{[w.action, w.state, w.until, w.cases, w.effect].map((name) => <th scope="col" key={name}>{name}</th>)}</tr></thead>
          <tbody>{items.map((it) => <Row key={it.id} it={it} />)}</tbody>
        </table>
      </div>}
      {next !== null && <button type="button" onClick={() => more(next)}>{w.more}</button>}
    </>);
}

function List(): JSX.Element {
  const t = useWords();
  const w = improvementWords(t);
  const { session, lists } = useDesk();
  const [board, setBoard] = useState('');
  const isAnalyst = session.roles.some(({ role }) => role === 'analyst');
  const boards = isAnalyst ? lists.boards.map(({ code }) => code) : [...new Set(session.roles.map((r) => r.board))].filter((b) => b !== '*');
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => { document.title = `${w.title} – ${t.desk}`; }, [w, t]);
  useEffect(() => heading.current?.focus(), []);
  return (
    <>
      <h1 tabIndex={-1} ref={heading}>{w.title}</h1>
      <p class="lead">{w.lead}</p>
      {boardsToImprove(session).length > 0 && <p><a class="button main" href={`${improvementsPath}/ny`}>{w.add}</a></p>}
      {boards.length > 1 && <div class="field"><label for="improvement-boards">{w.board}</label>
        <select id="improvement-boards" value={board} onChange={(event) => setBoard(event.currentTarget.value)}>
          <option value="">{w.allBoards}</option>
          {boards.map((code) => <option key={code} value={code}>{boardName(lists, code)}</option>)}</select></div>}
      <Rows key={board} board={board} />
    </>);
}

function New(): JSX.Element {
  const w = improvementWords(useWords());
  const { go, place } = useDesk();
  const list = (): void => go({ number: null, filters: place.filters, view: 'improvements' });

  return (
    <>
      <h1>{w.add}</h1>
      <ImprovementForm old={null} onClose={list}
        onSaved={(it) => go({ number: null, filters: place.filters, view: 'improvements', improvement: String(it.id) })} />
    </>);
}

export function Improvements(): JSX.Element {
  const w = improvementWords(useWords());
  const { session, place: { improvement } } = useDesk();

  if (!improves(session)) return <article class="improvements"><h1>{w.title}</h1><Trouble text={w.notYou} /></article>;
  return (
    <article class="improvements">
      {improvement && <a class="back" href={improvementsPath}>← {w.back}</a>}
      {improvement === undefined ? <List /> : improvement === 'ny' ? <New /> : <OneImprovement key={improvement} id={improvement} />}
    </article>);
}
