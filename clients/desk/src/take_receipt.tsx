/* After it was taken down: what is read out on the telephone or handed over on paper. The
 * code is on this page and nowhere else. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

import { boardsOf, useDesk } from './desk.ts';
import { longDay } from './format.ts';
import { useKeys } from './keys.ts';
import { addressOf } from './place.ts';
import { deviationWords } from './texts/deviation.ts';
import type { Taken } from './types.ts';
import { fill, useLanguage, useWords } from './words.ts';

/* In the language of whoever gets it, where the desk has it. */
function Slip({ taken, language }: { taken: Taken; language: string }): JSX.Element {
  const own = useWords();
  const t = useLanguage(language, own);
  const follow = new URL('/folj', taken.followUpUrl);

  return (
    <section class="card slip" lang={t.locale.slice(0, 2)} aria-labelledby="slip-title">
      <h2 id="slip-title">{t.receipt.slip}</h2>
      <dl>
        <div class="told"><dt>{t.receipt.number}</dt><dd>{taken.number}</dd></div>
        <div class="told"><dt>{t.receipt.code}</dt><dd>{taken.followUpCode}</dd></div>
        <div><dt>{t.receipt.board}</dt><dd lang="sv">{taken.board.name}</dd></div>
        <div><dt>{t.receipt.receivedOn}</dt><dd>{longDay(t, taken.receivedOn)}</dd></div>
        <div><dt>{t.receipt.acknowledgeBy}</dt><dd>{longDay(t, taken.acknowledgeBy)}</dd></div>
        <div><dt>{t.receipt.answerBy}</dt><dd>{longDay(t, taken.answerBy)}</dd></div>
        <div><dt>{t.receipt.follow}</dt><dd>{follow.href}</dd></div>
      </dl>
      <p>{t.receipt.slipLead}</p>
    </section>);
}

/* Nobody gets number and code of a deviation: what is shown is for who reported it. */
export function DeviationReceipt({ taken, onMore }: { taken: Taken; onMore: () => void }): JSX.Element {
  const t = useWords();
  const w = deviationWords(t);
  const { place } = useDesk();
  const heading = useRef<HTMLHeadingElement>(null);
  const refused = taken.attachments.filter(({ state }) => state === 'refused');

  useLayoutEffect(() => heading.current?.focus(), []);
  useKeys({ n: onMore });
  return (
    <>
      <h1 tabIndex={-1} ref={heading}>{w.reported}</h1>
      <p>{fill(w.reportedLead, { board: taken.board.name })}</p>
      {refused.map(({ name }) => <p class="attention" key={name}>▲ {fill(t.receipt.refusedFile, { name })}</p>)}
      <div class="card slip">
        <dl>
          <div class="told"><dt>{w.number}</dt><dd>{taken.number}</dd></div>
          <div><dt>{t.receipt.board}</dt><dd lang="sv">{taken.board.name}</dd></div>
          <div><dt>{w.answerBy}</dt><dd>{longDay(t, taken.answerBy)}</dd></div>
        </dl>
      </div>
      <div class="buttons">
        <a class="button main" href={addressOf({ filters: place.filters, number: taken.number })}>{t.receipt.open}</a>
        <button type="button" onClick={onMore}>{w.more} <kbd aria-hidden="true">n</kbd></button>
        <a class="button" href={addressOf({ filters: place.filters, number: null })}>{t.case.back}</a>
      </div>
    </>);
}

interface TakeReceiptProps {
  taken: Taken;
  language: string;
  onMore: () => void;
}

export function TakeReceipt({ taken, language, onMore }: TakeReceiptProps): JSX.Element {
  const t = useWords();
  const { session, place } = useDesk();
  const heading = useRef<HTMLHeadingElement>(null);
  const isOurs = boardsOf(session).includes(taken.board.code);
  const refused = taken.attachments.filter(({ state }) => state === 'refused');

  useLayoutEffect(() => heading.current?.focus(), []);
  useKeys({ n: onMore });
  return (
    <>
      <h1 class="noprint" tabIndex={-1} ref={heading}>{t.receipt.title}</h1>
      <p class="noprint">{t.receipt.lead} {taken.receiptMailed ? t.receipt.mailed : t.receipt.notMailed}</p>
      {refused.map(({ name }) => <p class="attention noprint" key={name}>▲ {fill(t.receipt.refusedFile, { name })}</p>)}
      <Slip taken={taken} language={language} />
      {!isOurs && <p class="noprint soft">{fill(t.receipt.apart, { board: taken.board.name })}</p>}
      <div class="buttons noprint">
        <button type="button" class="main" onClick={() => window.print()}>{t.receipt.print}</button>
        <button type="button" onClick={onMore}>{t.receipt.more} <kbd aria-hidden="true">n</kbd></button>
        {isOurs && <a class="button" href={addressOf({ filters: place.filters, number: taken.number })}>{t.receipt.open}</a>}
        <a class="button" href={addressOf({ filters: place.filters, number: null })}>{t.case.back}</a>
      </div>
    </>);
}
