/* Which case it is, how it stands, and the way to the ones beside it. */
import type { JSX, RefObject } from 'preact';

import { categoryName, useDesk } from './desk.ts';
import { DueMark } from './due_mark.tsx';
import { day, instant, otherMarks, receivedText } from './format.ts';
import { CaseMarking } from './marking.tsx';
import { MergedInto } from './merged.tsx';
import { addressOf } from './place.ts';
import type { Case, Item } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';

export interface Near {
  at: number; /* from 1; 0: not among the rows that were shown */
  of: number;
  next: string | undefined;
  previous: string | undefined;
}

export function neighbours(rows: Pick<Item, 'number'>[], number: string): Near {
  const at = rows.findIndex((row) => row.number === number);

  if (at < 0) return { at: 0, of: rows.length, next: rows[0]?.number, previous: undefined };
  return { at: at + 1, of: rows.length, next: rows[at + 1]?.number, previous: rows[at - 1]?.number };
}

export function CaseNav({ near }: { near: Near }): JSX.Element {
  const t = useWords();
  const { place } = useDesk();
  const to = (number: string | null): string => addressOf({ ...place, number });

  return (
    <nav class="casenav" aria-label={t.case.back}>
      <a class="button" href={to(null)}>← {t.case.back}</a>
      {near.at > 0 && <span class="soft">{fill(t.case.place, { i: near.at, n: near.of })}</span>}
      {near.previous && <a class="button" href={to(near.previous)}>{t.case.previous}</a>}
      {near.next && <a class="button" href={to(near.next)}>{t.case.next}</a>}
      <button type="button" class="noprint" onClick={() => window.print()}>{t.case.print}</button>
    </nav>);
}

/* What keeps a case from being disposed of, or that it has been. */
function Kept({ it }: { it: Case }): JSX.Element {
  const t = useWords();
  const decision = it.events.find((event) => event.what === 'disposed')?.codes['decision'];

  return (
    <>
      {it.disposedOn !== null && <p class="notice">{fill(t.case.disposed, { date: day(t, it.disposedOn),
        decision: String(decision ?? '') })}</p>}
      {it.holds.map((hold) => (
        <p class="soft" key={`${hold.from}${hold.by}`}>{fill(hold.until ? t.case.heldUntil : t.case.held, { who: hold.by,
          date: day(t, hold.from), until: hold.until ? day(t, hold.until) : '' })}</p>))}
    </>);
}

/* The other cases that the letter became, of those that are one's to read. */
function SameLetter({ it }: { it: Case }): JSX.Element | null {
  const t = useWords();
  const { place, lists } = useDesk();

  if (!it.sameLetter.length) return null;
  return (
    <p class="soft">{t.case.sameLetter}{' '}{it.sameLetter.map((other, i) => (
      <span key={other.number}>{i > 0 && ', '}<a href={addressOf({ ...place, number: other.number })}>{other.number}</a>{' '}
        (<span lang="sv">{categoryName(lists, other.category) ?? t.unknownCategory}</span>, {wordOf(t.status, other.status)})</span>))}</p>);
}

interface CaseHeadProps {
  it: Case;
  heading: RefObject<HTMLHeadingElement | null>;
  isThreatTold: boolean; /* with its words, further down */
}

export function CaseHead({ it, heading, isThreatTold }: CaseHeadProps): JSX.Element {
  const t = useWords();
  const last = it.legs.at(-1);
  const before = it.legs.at(-2);

  return (
    <div class="casehead">
      <h1 tabIndex={-1} ref={heading}><span class="number">{it.number}</span>{' '}
        <span lang="sv">{it.categoryName ?? t.unknownCategory}</span></h1>
      <p class="line">
        <span class={`status ${it.status}`}>{it.part === 'earlier' ? t.case.passedOn : wordOf(t.status, it.status)}</span>
        <span>{wordOf(t.type, it.type)}</span>
        <span lang="sv">{it.boardName}</span>
        {it.part === 'present' && <span>{it.handlerName ?? t.queue.noHandler}</span>}
        {it.mergedTotal > 0 && <span>{fill(t.merged.count, { n: it.mergedTotal })}</span>}
        {it.supporters > 0 && <span>{fill(t.shown.supporters, { n: it.supporters })}</span>}
        <span class="soft">{fill(t.case.received, { date: receivedText(t, it) })}</span>
      </p>
      {it.imported && <p class="soft">{fill(t.case.imported, { n: it.imported.number })}</p>}
      <SameLetter it={it} />
      <CaseMarking it={it} />
      {it.part === 'earlier' ? last && <p class="notice">{fill(t.case.earlierPart, {
        board: last.boardName, date: instant(t, last.openedAt) })}</p> : <DueMark item={it} />}
      {otherMarks(it).map((code) => (
        <p class="attention" key={code}>▲ {wordOf(t.attention, code)}</p>))}
      {it.threat && <p class="notice">{t.case.threat}</p>}
      {it.threatSuggested && !isThreatTold && <p class="notice">{t.case.threatSuggested}</p>}
      {it.protectedIdentity && <p class="notice">{t.case.protectedIdentity}</p>}
      {it.part === 'present' && last?.state === 'offered' && before && (
        <p class="notice">{fill(before.state === 'returned' ? t.case.returned : t.case.offered,
          { board: before.boardName })}</p>)}
      <MergedInto it={it} />
      <Kept it={it} />
    </div>);
}
