/* Beside a case: why it went where it went. Fetched when somebody opens it. */
import type { JSX } from 'preact';

import { categoryName, useDesk } from './desk.ts';
import { useDistricts } from './districts.ts';
import { useFetched } from './fetched.ts';
import { day, languageName } from './format.ts';
import { nameOf } from './options.ts';
import { readRouting } from './rules_api.ts';
import { routingWords } from './texts/routing.ts';
import type { RoutingWords } from './texts/routing.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { CaseRouting } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';

const shownFirst = 12; /* rules; the others are folded away, and the one that took it stands */

type Step = CaseRouting['steps'][number];

function StepLine({ w, step, n }: { w: RoutingWords; step: Step; n: number }): JSX.Element {
  return (
    <li value={n} class={step.matched ? 'matched' : ''}>
      <strong>{step.rule}</strong>: {step.matched ? `✓ ${w.matched}` : <span lang="sv">{step.whyNot}</span>}
    </li>);
}

function Steps({ w, steps }: { w: RoutingWords; steps: Step[] }): JSX.Element {
  const last = steps.length - 1;
  const [head, rest] = steps.length > shownFirst + 1 ? [steps.slice(0, shownFirst), steps.slice(shownFirst, last)] : [steps.slice(0, last), []];

  return (
    <>
      <ol>{head.map((step, i) => <StepLine key={step.rule} w={w} step={step} n={i + 1} />)}</ol>
      {rest.length > 0 && <details><summary>{fill(w.more, { n: rest.length })}</summary>
        <ol>{rest.map((step, i) => <StepLine key={step.rule} w={w} step={step} n={shownFirst + i + 1} />)}</ol></details>}
      <ol>{steps.slice(last).map((step) => <StepLine key={step.rule} w={w} step={step} n={last + 1} />)}</ol>
    </>);
}

/* What was looked at, in one line each. */
function Inputs({ w, it }: { w: RoutingWords; it: CaseRouting }): JSX.Element {
  const t = useWords();
  const { lists, signIns } = useDesk();
  const districts = useDistricts(signIns);
  const { inputs } = it;
  const rows: [string, string | null][] = [[w.category, inputs.category ? categoryName(lists, inputs.category) : w.noCategory],
    [w.type, inputs.type && wordOf(t.type, inputs.type)], [w.district, inputs.district ? nameOf(districts, inputs.district) : it.whole ? w.unknown : null],
    [w.unit, inputs.unit], [w.areas, inputs.areas?.join(', ') || null], [w.channel, inputs.channel && wordOf(t.channel, inputs.channel)],
    [w.mailbox, inputs.mailbox], [w.language, inputs.language && languageName(t, inputs.language)], [w.received, inputs.receivedOn && day(t, inputs.receivedOn)]];

  return (
    <details><summary>{w.inputs}</summary>
      <dl class="facts">{rows.map(([name, value]) => value && <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl></details>);
}

/* Where no rule of the list took it. */
function ruleText(w: RoutingWords, rule: string): string {
  return wordOf(w.ways, rule, fill(w.by, { rule }));
}

export function CaseWay({ number }: { number: string }): JSX.Element {
  const t = useWords();
  const w = routingWords(t);
  const { lists, signIns } = useDesk();
  const { value: it, error, again } = useFetched((signal) => readRouting(number, signal), [number, signIns]);

  if (error !== null) return <Trouble text={troubleText(t, error)} onRetry={again} />;
  if (!it) return <p role="status">{t.loading}</p>;
  return (
    <div class="steps">
      <p>{it.version === null ? w.noVersion : it.from ? fill(w.version, { n: it.version, date: day(t, it.from) }) : fill(w.versionAlways, { n: it.version })}</p>
      <p><strong>{ruleText(w, it.rule)}</strong></p>
      {it.guessed !== null && <p>{fill(w.guessed, { category: categoryName(lists, it.guessed) ?? it.guessed })}</p>}
      {!it.whole && <p class="soft">{w.notWhole}</p>}
      {it.same === false && <p class="attention">▲ {w.notSame}</p>}
      {it.steps.length > 0 ? <><p>{w.looked}</p><Steps w={w} steps={it.steps} /></> : <p>{w.noSteps}</p>}
      <Inputs w={w} it={it} />
    </div>);
}
