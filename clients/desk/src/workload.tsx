/* What lies with each handler and unit of the boards that one leads. Cases are moved in the
 * queue, where they are chosen and given to somebody else. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { readWorkload } from './api.ts';
import { boardName, ledBoards, useDesk } from './desk.ts';
import type { Lists } from './desk.ts';
import { addressOf } from './place.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { Load } from './types.ts';
import { fill, useWords } from './words.ts';

type Handler = Load['handlers'][number];

/* Colleagues who have nothing are who there is room with. */
export function withIdle(load: Load, lists: Pick<Lists, 'colleagues'>, board: string): Handler[] {
  const busy = load.handlers.filter((row) => row.board === board);
  const idle = lists.colleagues.filter(({ user, boards }) => boards.includes(board) && !busy.some(({ handler }) => handler === user))
    .map(({ user, name }) => ({ board, handler: user, handlerName: name, open: 0, dueToday: 0, overdue: 0 }));

  return [...busy, ...idle];
}

function useLoad(): { load: Load | null; error: unknown; again: () => void } {
  const { signIns } = useDesk();
  const [load, setLoad] = useState<Load | null>(null);
  const [error, setError] = useState<unknown>(null);
  const again = (): void => {
    setError(null);
    readWorkload(new AbortController().signal).then(setLoad, setError);
  };

  useEffect(again, [signIns]);
  return { load, error, again };
}

function Numbers({ row }: { row: Pick<Handler, 'open' | 'dueToday' | 'overdue'> }): JSX.Element {
  const late = row.overdue > 0 ? <strong class="late">▲ {row.overdue}</strong> : 0;

  return (
    <>
      <td>{row.open}</td>
      <td>{row.dueToday}</td>
      <td>{late}</td>
    </>);
}

interface BoardProps {
  board: string;
  load: Load;
}

function Handlers({ board, load }: BoardProps): JSX.Element {
  const t = useWords();
  const { lists } = useDesk();

  return (
    <table>
      <caption>{t.workload.handlers}</caption>
      <thead><tr><th scope="col">{t.queue.handler}</th><th scope="col">{t.workload.open}</th><th scope="col">{t.workload.today}</th>
        <th scope="col">{t.workload.late}</th></tr></thead>
      <tbody>{withIdle(load, lists, board).map((row) => (
        <tr key={row.handler}>
          <th scope="row">{row.open > 0 ? <a href={addressOf({ number: null, filters: { board, handler: row.handler ?? 'none' } })}>
            {row.handlerName ?? t.queue.noHandler}</a> : row.handlerName}</th>
          <Numbers row={row} />
        </tr>))}</tbody>
    </table>);
}

function Units({ board, load }: BoardProps): JSX.Element | null {
  const t = useWords();
  const units = load.units.filter((row) => row.board === board);

  if (!units.some(({ unit }) => unit !== null)) return null;
  return (
    <table>
      <caption>{t.workload.units}</caption>
      <thead><tr><th scope="col">{t.column.unit}</th><th scope="col">{t.workload.open}</th><th scope="col">{t.workload.today}</th>
        <th scope="col">{t.workload.late}</th></tr></thead>
      <tbody>{units.map((row) => (
        <tr key={row.unit}>
          <th scope="row" lang="sv">{row.unit === null ? t.workload.noUnit : row.unitName ?? row.unit}</th>
          <Numbers row={row} />
        </tr>))}</tbody>
    </table>);
}

export function Workload(): JSX.Element {
  const t = useWords();
  const { session, lists } = useDesk();
  const { load, error, again } = useLoad();
  const boards = ledBoards(session);

  useEffect(() => { document.title = `${t.workload.title} – ${t.desk}`; }, [t]);
  return (
    <article class="workload">
      <h1 tabIndex={-1}>{t.workload.title}</h1>
      {boards.length ? <p>{t.workload.lead}</p> : <Trouble text={t.workload.notYou} />}
      {boards.length > 0 && error !== null && <Trouble text={troubleText(t, error)} onRetry={again} />}
      {boards.length > 0 && !load && error === null && <p role="status">{t.loading}</p>}
      {load && boards.map((board) => (
        <section class="card" key={board} aria-label={fill(t.workload.at, { board: boardName(lists, board) })}>
          <h2 lang="sv">{boardName(lists, board)}</h2>
          <div class="sums"><Handlers board={board} load={load} /><Units board={board} load={load} /></div>
        </section>))}
    </article>);
}
