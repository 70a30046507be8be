/* A version in force from a day; and what has not begun, taken back. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';

import { useDesk } from './desk.ts';
import { ProblemError } from './errors.ts';
import { Field } from './field.tsx';
import { day, today } from './format.ts';
import { activateRules, withdrawRules } from './rules_api.ts';
import { useSending } from './sending.ts';
import { ruleWords } from './texts/rule.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { RuleVersion } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';

interface ActivateProps {
  it: RuleVersion;
  isChanged: boolean;
  onAgain: () => void;
}

function Awaited({ it, onDone }: { it: RuleVersion; onDone: (said: string) => void }): JSX.Element {
  const t = useWords();
  const w = ruleWords(t);
  const { isBusy, error, send } = useSending();
  const withdraw = (): Promise<void> => send(async () => {
    if (it.activation === null) return;
    await withdrawRules(it.version, it.activation);
    onDone(w.withdrawn);
  });

  return (
    <>
      <p><strong>◷ {fill(w.withdrawLead, { date: it.next ? day(t, it.next) : '' })}</strong>{' '}
        {it.mayTakeBack && <button type="button" aria-disabled={isBusy} onClick={() => void withdraw()}>{w.withdraw}</button>}</p>
      {error !== null && <Trouble text={troubleText(t, error)} />}
    </>);
}

function Form({ it, onDone }: { it: RuleVersion; onDone: (said: string) => void }): JSX.Element {
  const t = useWords();
  const w = ruleWords(t);
  const [from, setFrom] = useState(today());
  const [fault, setFault] = useState<string>();
  const { isBusy, error, send, fail } = useSending();
  const activate = (): Promise<void> => send(async () => {
    setFault(undefined);
    if (!from || from < today()) {
      setFault(w.wrongDay);
      document.getElementById('rules-from')?.focus();
      return;
    }
    await activateRules(it.version, from);
    onDone(fill(w.activated, { n: it.version, date: day(t, from) }));
  }, (failed) => {
    const outcome = failed instanceof ProblemError ? failed.problem.outcome : '';
    setFault(wordOf({ errors: w.hasErrors, past: w.wrongDay }, outcome, '') || undefined);
    if (outcome !== 'errors' && outcome !== 'past') fail(failed);
  });

  return (
    <form noValidate onSubmit={(event) => { event.preventDefault(); void activate(); }}>
      <Field id="rules-from" label={w.activateFrom} fault={fault}>
        {(aria) => <input {...aria} type="date" class="short" min={today()} value={from} onInput={(event) => setFrom(event.currentTarget.value)} />}
      </Field>
      {error !== null && <Trouble text={troubleText(t, error)} />}
      <div class="buttons"><button type="submit" class="main" aria-disabled={isBusy}>{isBusy ? w.activating : fill(w.activateDo, { n: it.version })}</button></div>
    </form>);
}

export function ActivateRules({ it, isChanged, onAgain }: ActivateProps): JSX.Element {
  const w = ruleWords(useWords());
  const { announce } = useDesk();
  const [told, setTold] = useState('');
  const heading = useRef<HTMLHeadingElement>(null);
  const hasErrors = !it.findings || it.findings.some(({ severity }) => severity === 'error');
  const done = (said: string): void => {
    setTold(said);
    announce(said);
    heading.current?.focus();
    onAgain();
  };

  return (
    <section class="card noprint" aria-labelledby="activate-title">
      <h2 id="activate-title" tabIndex={-1} ref={heading}>{w.activate}</h2>
      {told && <p class="notice">✓ {told}</p>}
      {it.activation !== null && <Awaited it={it} onDone={done} />}
      {isChanged ? <p class="soft">{w.saveThenActivate}</p> : hasErrors ? <p class="attention">▲ {w.hasErrors}</p> : it.state === 'in-force' ? null
        : <><p>{w.activateLead}</p><Form it={it} onDone={done} /></>}
      {it.state === 'in-force' && !isChanged && <p>✓ {wordOf(w.states, it.state)}.</p>}
    </section>);
}
