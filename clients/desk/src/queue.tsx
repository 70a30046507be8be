/* The queue: what is to be done, soonest answer first. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

import type { Chosen } from './chosen.ts';
import { ChosenBar, PickAll } from './chosen_bar.tsx';
import { ColumnChoice, Labels } from './column_choice.tsx';
import { useColumns } from './columns.ts';
import { boardName, boardsOf, useDesk } from './desk.ts';
import type { Desk } from './desk.ts';
import { FilterBar, focusSearch } from './filters.tsx';
import { useKeys } from './keys.ts';
import { NoCases } from './no_cases.tsx';
import { addressOf, takePath } from './place.ts';
import { QueueRow } from './queue_row.tsx';
import type { RowsState } from './rows.ts';
import { draftNumbers } from './store.ts';
import { SummaryStrip } from './summary.tsx';
import { takingName } from './takers.ts';
import { troubleText } from './trouble.ts';
import { Today } from './today.tsx';
import { Trouble } from './trouble_box.tsx';
import { Welcome } from './welcome.tsx';
import { ViewStrip } from './view_strip.tsx';
import type { Views } from './views.ts';
import { fill, useWords } from './words.ts';

/* Moves the focus along the rows; from anywhere else to the first. */
function step(list: HTMLElement | null, by: number): void {
  const links = [...(list?.querySelectorAll<HTMLElement>('a.open') ?? [])];
  const row = document.activeElement?.closest('li.row');
  const at = links.findIndex((link) => row?.contains(link));
  const to = links[at < 0 ? 0 : Math.min(Math.max(at + by, 0), links.length - 1)];

  to?.focus();
}

/* The row that has the focus, by its link or its box. */
function numberAtFocus(): string | undefined {
  return document.activeElement?.closest('li.row')?.querySelector<HTMLElement>('a.open')?.dataset['number'];
}

type List = { current: HTMLElement | null };

function useQueueKeys(list: List, more: () => void, chosen: Chosen, { place, go }: Desk, taking: string | null): void {
  const pick = (isRange: boolean): void => {
    const number = numberAtFocus();
    if (number) chosen.toggle(number, isRange);
  };
  const move = (by: number) => (event: KeyboardEvent): void => {
    const from = numberAtFocus();
    if (event.shiftKey && from && !chosen.has(from)) chosen.toggle(from, false);
    step(list.current, by);
    if (event.shiftKey && from) pick(true);
  };

  const sort = (): void => {
    const first = numberAtFocus() ?? list.current?.querySelector<HTMLElement>('a.open')?.dataset['number'];
    if (first) go({ number: first, filters: place.filters, isSorting: true });
  };

  useKeys({ ...(taking && { n: () => go({ ...place, view: 'take' }) }), j: move(1), ArrowDown: move(1),
    k: move(-1), ArrowUp: move(-1), J: move(1), K: move(-1), m: more, s: sort, x: () => pick(false), X: () => pick(true), A: chosen.all,
    '/': focusSearch });
}

interface QueueProps {
  rows: RowsState;
  chosen: Chosen;
  views: Views;
  cameFrom: string | null;
  told: string;
  isLost: boolean;
}

function Cases({ rows: state, chosen, views, cameFrom, told, isLost }: QueueProps): JSX.Element {
  const t = useWords();
  const desk = useDesk();
  const { session, lists } = desk;
  const list = useRef<HTMLOListElement>(null);
  const boards = boardsOf(session);
  const taking = takingName(t, session);
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => { document.title = `${t.queue.title} – ${t.desk}`; });
  /* Back from a case: to its row. */
  useLayoutEffect(() => {
    if (cameFrom === null) return;
    const row = list.current?.querySelector<HTMLElement>(`a[data-number="${cameFrom}"]`);
    (row ?? heading.current)?.focus();
    state.look();
  }, []);
  useQueueKeys(list, state.more, chosen, desk, taking);

  return (
    <div class="queue">
      <div class="head">
        <h1 tabIndex={-1} ref={heading}>{t.queue.title}</h1>
        <p class="soft">{fill(t.queue.lead, {
          boards: boards.length === 1 ? boardName(lists, boards[0] ?? '') : t.queue.allBoards })}</p>
        {state.rows.items[0] && <a class="button" href={addressOf({ number: state.rows.items[0].number, filters: desk.place.filters, isSorting: true })}>
          {t.sort.start} <kbd aria-hidden="true">s</kbd></a>}
        {taking && <a class="button" href={takePath}>{taking} <kbd aria-hidden="true">n</kbd></a>}
      </div>
      <SummaryStrip isStale={state.rows} />
      <Today isStale={state.rows} />
      <ViewStrip views={views} />
      <FilterBar />
      {told && <p class="notice">✓ {told}</p>}
      <Welcome />
      {isLost && <p class="notice" role="status">{t.queue.paused}</p>}
      <News state={state} />
      <ListBody state={state} chosen={chosen} list={list} hasBoards={boards.length > 1} />
      <ChosenBar chosen={chosen} onDone={state.look} />
    </div>);
}

export function Queue(props: QueueProps): JSX.Element {
  const { session } = useDesk();

  return boardsOf(session).length ? <Cases {...props} /> : <NoCases />;
}

function News({ state }: { state: RowsState }): JSX.Element {
  const t = useWords();
  const { announce } = useDesk();
  const { fresh } = state.rows;

  useEffect(() => { if (fresh) announce(fill(t.queue.fresh, { n: fresh })); }, [fresh]);
  return (
    <div class="news">
      {fresh > 0 && <button type="button" onClick={state.reload}>{fill(t.queue.fresh, { n: fresh })}</button>}
    </div>);
}

interface ListBodyProps {
  state: RowsState;
  chosen: Chosen;
  list: { current: HTMLOListElement | null };
  hasBoards: boolean;
}

function ListBody({ state, chosen, list, hasBoards }: ListBodyProps): JSX.Element {
  const t = useWords();
  const { items, marks } = state.rows;
  const drafted = draftNumbers();
  const columns = useColumns();
  /* Here and not among the keys: elsewhere on the page the space bar presses what has the focus. */
  const onSpace = (event: KeyboardEvent): void => {
    const number = event.key === ' ' && !event.ctrlKey && !event.altKey && !event.metaKey ? numberAtFocus() : undefined;
    if (!number) return;
    event.preventDefault();
    chosen.toggle(number, event.shiftKey);
  };

  return (
    <section aria-label={t.queue.title} aria-busy={state.isLoading}>
      {items.length > 0 && <>
        <div class="listhead"><PickAll chosen={chosen} rows={items} /><ColumnChoice columns={columns} /></div>
        <Labels columns={columns} />
        <ol class={columns.listClass} ref={list} onKeyDown={onSpace}>{items.map((item) => (
          <QueueRow key={item.number} item={item} mark={marks.get(item.number)} chosen={chosen} columns={columns} hasBoard={hasBoards}
            isDrafted={drafted.includes(item.number)} />))}</ol>
      </>}
      {state.error !== null && <Trouble title={t.queue.offline} text={troubleText(t, state.error)}
        onRetry={items.length ? state.more : state.reload} />}
      {items.length === 0 && state.error === null && (state.isLoading
        ? <p class="lonely" role="status">{t.loading}</p> : <Empty />)}
      {items.length > 0 && <Foot state={state} />}
    </section>);
}

function Foot({ state }: { state: RowsState }): JSX.Element {
  const t = useWords();
  const n = state.rows.items.length;
  const text = n === 1 && !state.next ? t.queue.one
    : fill(state.next ? t.queue.countMore : t.queue.count, { n });

  return (
    <div class="foot">
      <p role="status">{text}</p>
      {state.next && <button type="button" onClick={state.more}>{state.isLoading ? t.loading : t.queue.more}</button>}
    </div>);
}

function Empty(): JSX.Element {
  const t = useWords();
  const { place, go } = useDesk();
  const isFiltered = Object.keys(place.filters).some((name) => name !== 'sort');

  return (
    <div class="lonely" role="status">
      <h2>{t.queue.empty}</h2>
      <p>{isFiltered ? t.queue.emptyFiltered : t.queue.emptyAll}</p>
      {isFiltered && <button type="button" onClick={() => go({ number: null, filters: {} })}>{t.queue.clear}</button>}
    </div>);
}
