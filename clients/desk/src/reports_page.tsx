/* Reports of tertials and years: which there are, and the way to one. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { useDesk } from './desk.ts';
import { useFetched } from './fetched.ts';
import { instant } from './format.ts';
import { reportPath, reportsPath } from './place.ts';
import { OneReport } from './report_editor.tsx';
import { draftKeyOf } from './reports.ts';
import { readReports } from './reports_api.ts';
import { draftRead } from './store.ts';
import { readsReports, reportDraft } from './takers.ts';
import { reportWords } from './texts/report.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { ReportHead } from './types.ts';
import { fill, useWords } from './words.ts';

function Row({ it }: { it: ReportHead }): JSX.Element {
  const t = useWords();
  const w = reportWords(t);
  const isBegun = Object.keys(draftRead(reportDraft, draftKeyOf(it.board.code, it.period))).length > 0;

  return (
    <li>
      <a href={reportPath(it.board.code, it.period)} lang="sv">{it.name}</a>
      <p>{it.complete ? `✓ ${w.complete}` : it.through ? fill(w.through, { month: it.through }) : w.noMonth}</p>
      <p class="soft">{it.version && it.savedAt
        ? fill(w.savedBy, { n: it.version, at: instant(t, it.savedAt), by: it.savedBy ?? '' }) : w.noVersion}</p>
      {isBegun && <p class="attention">▲ {w.begun}</p>}
    </li>);
}

function Boards({ items }: { items: ReportHead[] }): JSX.Element {
  const w = reportWords(useWords());
  const boards = new Map(items.map(({ board }) => [board.code, board.name]));
  const [board, setBoard] = useState([...boards.keys()][0] ?? '');

  if (!items.length) return <p>{w.none}</p>;
  return (
    <>
      {boards.size > 1 && <div class="field"><label for="report-board">{w.board}</label>
        <select id="report-board" value={board} onChange={(event) => setBoard(event.currentTarget.value)}>
          {[...boards].map(([code, name]) => <option key={code} value={code}>{name}</option>)}</select></div>}
      <ul class="periods">{items.filter((it) => it.board.code === board).map((it) => <Row key={it.period} it={it} />)}</ul>
    </>);
}

function List(): JSX.Element {
  const t = useWords();
  const w = reportWords(t);
  const { value, error, again } = useFetched(readReports, [useDesk().signIns]);
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => { document.title = `${w.title} – ${t.desk}`; }, [w, t]);
  useEffect(() => heading.current?.focus(), []);
  return (
    <>
      <h1 tabIndex={-1} ref={heading}>{w.title}</h1>
      <p>{w.lead}</p>
      {error !== null && <Trouble text={troubleText(t, error)} onRetry={again} />}
      {value ? <Boards items={value} /> : error === null && <p role="status">{t.loading}</p>}
    </>);
}

export function Reports(): JSX.Element {
  const w = reportWords(useWords());
  const { session, place: { report } } = useDesk();

  if (!readsReports(session)) return <article class="reports"><h1>{w.title}</h1><Trouble text={w.notYou} /></article>;
  return (
    <article class="reports">
      {report && <p class="noprint"><a class="back" href={reportsPath}>← {w.back}</a></p>}
      {report ? <OneReport key={`${report.board} ${report.period}`} {...report} /> : <List />}
    </article>);
}
