/* A version tried on cases that have come: how many would go elsewhere, from where to where,
 * and how much each board would have. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { categoryName, useDesk } from './desk.ts';
import { isConflict } from './errors.ts';
import { Field } from './field.tsx';
import { today } from './format.ts';
import { addressOf } from './place.ts';
import { readRehearsal, startRehearsal } from './rules_rehearse_api.ts';
import { outcomeWord } from './rules.ts';
import type { Speaker } from './rules.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { Rehearsed, RuleVersion } from './types.ts';
import { fill, wordOf } from './words.ts';

const number = (t: Speaker['t'], n: number): string => n.toLocaleString(t.locale);

const pause = 700; /* milliseconds between two questions */

interface Running {
  told: Rehearsed | null; /* null: none was asked for, or it was not answered yet */
  isBusy: boolean;
  error: unknown; /* null: none */
  run: (since: string, until: string) => void;
}

function useRehearsal(version: number): Running {
  const [now, setNow] = useState<Omit<Running, 'run'>>({ told: null, isBusy: false, error: null });
  const control = useRef<AbortController | null>(null);

  useEffect(() => () => control.current?.abort(), []);
  const follow = async (since: string, until: string, signal: AbortSignal): Promise<void> => {
    const id = await startRehearsal(version, since, until);
    for (;;) {
      const told = await readRehearsal(id, signal);
      if (signal.aborted) return;
      setNow({ told, isBusy: told.state === 'running', error: null });
      if (told.state !== 'running') return;
      await new Promise((wake) => { window.setTimeout(wake, pause); });
    }
  };

  return { ...now, run: (since, until) => {
    control.current?.abort();
    const mine = new AbortController();
    control.current = mine;
    setNow({ told: null, isBusy: true, error: null });
    follow(since, until, mine.signal).catch((error: unknown) => {
      if (!mine.signal.aborted) setNow({ told: null, isBusy: false, error });
    });
  } };
}

type Move = NonNullable<Rehearsed['moves']>[number];

function Samples({ speaker: { w, lists }, move }: { speaker: Speaker; move: Move }): JSX.Element {
  return (
    <ul>{move.samples.map((it) => (
      <li key={it.number}><a href={addressOf({ number: it.number, filters: {} })}>{it.number}</a>
        {', '}<span lang="sv">{it.category ? categoryName(lists, it.category) : w.noCategory}</span>: {fill(w.by, { rule: it.rule, before: it.ruleBefore })}</li>))}</ul>);
}

function Moves({ speaker, moves }: { speaker: Speaker; moves: Move[] }): JSX.Element {
  const { t, w } = speaker;

  return (
    <section aria-labelledby="moves-title">
      <h3 id="moves-title">{w.moves}</h3>
      <ul class="moves">{moves.map((move) => (
        <li key={`${move.from} ${move.to}`}>
          <details><summary>{fill(w.move, { from: outcomeWord(speaker, move.from), to: outcomeWord(speaker, move.to), n: number(t, move.n) })}</summary>
            {move.samples.length > 0 ? <Samples speaker={speaker} move={move} /> : <p class="soft">{w.noSamples}</p>}</details>
        </li>))}</ul>
    </section>);
}

function Load({ speaker: { t, w }, load }: { speaker: Speaker; load: NonNullable<Rehearsed['load']> }): JSX.Element {
  const isChanged = load.some((it) => it.now !== it.then);
  const sign = (n: number): string => n > 0 ? `+${number(t, n)}` : n < 0 ? `−${number(t, -n)}` : '0';

  return (
    <details open={isChanged}><summary><h3 id="load-title">{w.load}</h3></summary>
      <div class="wide" role="region" tabIndex={0} aria-labelledby="load-title">
        <table>
          <thead><tr><th scope="col">{w.filterBoard}</th><th scope="col" class="n">{w.now}</th><th scope="col" class="n">{w.then}</th><th scope="col" class="n">{w.difference}</th></tr></thead>
          <tbody>{load.map((it) => (
            <tr key={it.board}><th scope="row" lang="sv">{it.name}</th><td class="n">{number(t, it.now)}</td><td class="n">{number(t, it.then)}</td><td class="n">{sign(it.then - it.now)}</td></tr>))}</tbody>
        </table>
      </div>
    </details>);
}

/* All but how many go elsewhere, which is told first. */
export function restTexts({ t, w }: Pick<Speaker, 't' | 'w'>, { otherwise, failed, leftOut, milliseconds }: Rehearsed): string[] {
  const counted = ([text, n]: [string, number | null | undefined]): string[] => n ? [fill(text, { n: number(t, n) })] : [];

  return [...([[w.otherwise, otherwise], [w.failedCases, failed], [w.leftOut, leftOut]] satisfies [string, number | null | undefined][]).flatMap(counted),
    fill(w.took, { s: ((milliseconds ?? 0) / 1000).toLocaleString(t.locale, { maximumFractionDigits: 1 }) })];
}

function Result({ speaker, told }: { speaker: Speaker; told: Rehearsed }): JSX.Element {
  const { t, w } = speaker;
  const heading = useRef<HTMLParagraphElement>(null);
  const all = number(t, told.cases ?? 0);
  const { moves = [], load = [] } = told;

  useEffect(() => heading.current?.focus(), [told]);
  if (told.state === 'failed') return <Trouble text={wordOf(w.whys, told.why, w.rehearseFailed)} />;
  return (
    <>
      <p ref={heading} tabIndex={-1}><strong>{!told.cases ? w.rehearsedNothing : told.elsewhere ? fill(w.rehearsed, { n: number(t, told.elsewhere), all }) : fill(w.rehearsedNone, { all })}</strong></p>
      <ul>{restTexts(speaker, told).map((text) => <li key={text}>{text}</li>)}</ul>
      {moves.length > 0 && <Moves speaker={speaker} moves={moves} />}
      {load.length > 0 && <Load speaker={speaker} load={load} />}
    </>);
}

function yearAgo(): string {
  const date = new Date(`${today()}T12:00:00Z`);
  date.setUTCFullYear(date.getUTCFullYear() - 1);
  return date.toISOString().slice(0, 10);
}

export function Rehearsal({ it, speaker, isChanged }: { it: RuleVersion; speaker: Speaker; isChanged: boolean }): JSX.Element {
  const { t, w } = speaker;
  const { announce } = useDesk();
  const [since, setSince] = useState(yearAgo());
  const [until, setUntil] = useState(today());
  const [fault, setFault] = useState<string>();
  const { told, isBusy, error, run } = useRehearsal(it.version);
  const start = (): void => {
    const isFit = Boolean(since && until && since <= until);
    setFault(isFit ? undefined : w.rehearseFields);
    if (!isFit) document.getElementById('rehearse-since')?.focus();
    if (!isFit || isBusy) return;
    announce(w.running);
    run(since, until);
  };

  return (
    <section class="card" aria-labelledby="rehearse-title">
      <h2 id="rehearse-title">{w.rehearse}</h2>
      <p>{w.rehearseLead}</p>
      {isChanged ? <p class="soft">{w.saveFirst}</p> : <form noValidate class="noprint" onSubmit={(event) => { event.preventDefault(); start(); }}>
        <div class="beside">
          <Field id="rehearse-since" label={w.sinceField} fault={fault}>{(aria) => <input {...aria} type="date" class="short" value={since} onInput={(event) => setSince(event.currentTarget.value)} />}</Field>
          <Field id="rehearse-until" label={w.until}>{(aria) => <input {...aria} type="date" class="short" value={until} onInput={(event) => setUntil(event.currentTarget.value)} />}</Field>
        </div>
        <div class="buttons"><button type="submit" aria-disabled={isBusy}>{isBusy ? w.running : w.run}</button></div>
      </form>}
      {error !== null && <Trouble text={isConflict(error) ? w.rehearseBusy : troubleText(t, error)} />}
      {told?.state === 'running' && told.cases !== null && <p class="soft">{fill(w.decided, { n: number(t, told.decided), all: number(t, told.cases) })}</p>}
      {told && told.state !== 'running' && <Result speaker={speaker} told={told} />}
    </section>);
}
