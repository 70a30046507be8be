/* A version tried on cases that have come: how many would go elsewhere, from where to where,
 * and how much each board would have. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { categoryName, useDesk } from './desk.ts';
import { Field } from './field.tsx';
import { today } from './format.ts';
import { addressOf } from './place.ts';
import { readRehearsal, startRehearsal } from './rules_rehearse_api.ts';
import type { Rehearsed } from './rules_rehearse_api.ts';
import { outcomeWord } from './rules.ts';
import type { Speaker } from './rules.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { RuleVersion } from './types.ts';
import { fill } from './words.ts';

const number = (t: Speaker['t'], n: number): string => n.toLocaleString(t.locale);

const pause = 700; /* milliseconds between two questions */

interface Running {
  state: 'none' | 'running' | 'failed';
  done: Rehearsed | null;
  error: unknown; /* null: none */
  run: (since: string, until: string) => void;
}

function useRehearsal(version: number): Running {
  const [now, setNow] = useState<Omit<Running, 'run'>>({ state: 'none', done: null, error: null });
  const control = useRef<AbortController | null>(null);

  useEffect(() => () => control.current?.abort(), []);
  const follow = async (since: string, until: string, signal: AbortSignal): Promise<void> => {
    const id = await startRehearsal(version, since, until);
    for (;;) {
      const told = await readRehearsal(id, signal);
      if (signal.aborted) return;
      if (told.state === 'done') { setNow({ state: 'none', done: told, error: null }); return; }
      if (told.state === 'failed') { setNow({ state: 'failed', done: null, error: null }); return; }
      await new Promise((wake) => { window.setTimeout(wake, pause); });
    }
  };

  return { ...now, run: (since, until) => {
    control.current?.abort();
    const mine = new AbortController();
    control.current = mine;
    setNow({ state: 'running', done: null, error: null });
    follow(since, until, mine.signal).catch((error: unknown) => {
      if (!mine.signal.aborted) setNow({ state: 'none', done: null, error });
    });
  } };
}

function Samples({ speaker, move }: { speaker: Speaker; move: Rehearsed['moves'][number] }): JSX.Element {
  const { w, lists } = speaker;

  return (
    <ul>{move.samples.map((it, i) => (
      <li key={i}>{it.number ? <a href={addressOf({ number: it.number, filters: {} })}>{it.number}</a> : w.hiddenCase}
        {', '}<span lang="sv">{it.category ? categoryName(lists, it.category) : w.noCategory}</span>: {fill(w.by, { rule: it.rule, before: it.ruleBefore })}</li>))}</ul>);
}

function Moves({ speaker, done }: { speaker: Speaker; done: Rehearsed }): JSX.Element {
  const { t, w } = speaker;

  return (
    <section aria-labelledby="moves-title">
      <h3 id="moves-title">{w.moves}</h3>
      <ul class="moves">{done.moves.map((move) => (
        <li key={`${move.from} ${move.to}`}>
          <details><summary>{fill(w.move, { from: outcomeWord(speaker, move.from), to: outcomeWord(speaker, move.to), n: number(t, move.n) })}</summary>
            <Samples speaker={speaker} move={move} /></details>
        </li>))}</ul>
    </section>);
}

function Load({ speaker: { t, w }, done }: { speaker: Speaker; done: Rehearsed }): JSX.Element {
  const sign = (n: number): string => n > 0 ? `+${number(t, n)}` : n < 0 ? `−${number(t, -n)}` : '0';

  return (
    <>
      <h3 id="load-title">{w.load}</h3>
      <div class="wide" role="region" tabIndex={0} aria-labelledby="load-title">
        <table>
          <thead><tr><th scope="col">{w.filterBoard}</th><th scope="col" class="n">{w.now}</th><th scope="col" class="n">{w.then}</th><th scope="col" class="n">{w.difference}</th></tr></thead>
          <tbody>{done.load.map((it) => (
            <tr key={it.board}><th scope="row" lang="sv">{it.name}</th><td class="n">{number(t, it.now)}</td><td class="n">{number(t, it.then)}</td><td class="n">{sign(it.then - it.now)}</td></tr>))}</tbody>
        </table>
      </div>
    </>);
}

function Result({ speaker, done }: { speaker: Speaker; done: Rehearsed }): JSX.Element {
  const { t, w } = speaker;
  const heading = useRef<HTMLParagraphElement>(null);

  useEffect(() => heading.current?.focus(), [done]);
  return (
    <>
      <p ref={heading} tabIndex={-1}><strong>{done.elsewhere ? fill(w.rehearsed, { n: number(t, done.elsewhere), all: number(t, done.cases) }) : fill(w.rehearsedNone, { all: number(t, done.cases) })}</strong>{' '}
        <span class="soft">{fill(w.took, { s: (done.milliseconds / 1000).toLocaleString(t.locale, { maximumFractionDigits: 1 }) })}</span></p>
      {done.moves.length > 0 && <Moves speaker={speaker} done={done} />}
      {done.load.length > 0 && <Load speaker={speaker} done={done} />}
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
  const { state, done, error, run } = useRehearsal(it.version);
  const start = (): void => {
    const isFit = Boolean(since && until && since <= until);
    setFault(isFit ? undefined : w.rehearseFields);
    if (!isFit || state === 'running') return;
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
        <div class="buttons"><button type="submit" aria-disabled={state === 'running'}>{state === 'running' ? w.running : w.run}</button></div>
      </form>}
      {state === 'failed' && <Trouble text={w.rehearseFailed} />}
      {error !== null && <Trouble text={troubleText(t, error)} />}
      {done && <Result speaker={speaker} done={done} />}
    </section>);
}
