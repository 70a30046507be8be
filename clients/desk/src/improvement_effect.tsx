/* Whether an action helped: one word, why, and the numbers beside it. */
import type { JSX } from 'preact';

import { becauseOf, chanceText, expectedText, monthText, ratioText } from './improvements.ts';
import { improvementWords } from './texts/improvement.ts';
import type { Improvement } from './types.ts';
import { fill, useWords } from './words.ts';

/* A sign beside the word: never by colour alone. */
const signs = { helped: '✓', 'no-change': '=', worse: '▲', 'too-early': '…' } as const;

export function Verdict({ it }: { it: Improvement }): JSX.Element | null {
  const w = improvementWords(useWords());

  if (!it.effect) return null;
  return <span class={`verdict ${it.effect.verdict}`}><span aria-hidden="true">{signs[it.effect.verdict]}</span> {w.verdicts[it.effect.verdict]}</span>;
}

function Counted({ effect }: { effect: NonNullable<Improvement['effect']> }): JSX.Element {
  const t = useWords();
  const w = improvementWords(t);
  const years = effect.yearsEarlier === 1 ? w.year : fill(w.years, { n: effect.yearsEarlier ?? 1 });

  return (
    <details>
      <summary>{w.counted}</summary>
      <div class="wide" tabIndex={0} role="region" aria-label={w.counted}>
        <table>
          <thead><tr><td /><th scope="col">{w.period}</th><th scope="col">{w.count}</th></tr></thead>
          <tbody>{(['before', 'after', 'beforeEarlier', 'afterEarlier'] as const).map((name) => effect[name] && (
            <tr key={name}><th scope="row">{fill(w.windows[name], { years })}</th>
              <td>{monthText(t, effect[name].from)} – {monthText(t, effect[name].to)}</td><td>{effect[name].n}</td></tr>))}
          {effect.expected !== undefined && <tr><th scope="row">{w.expected}</th><td /><td>{expectedText(t, effect.expected)}</td></tr>}
          {effect.ratio !== undefined && <tr><th scope="row">{w.ratio}</th><td /><td>{ratioText(t, effect.ratio)}</td></tr>}
          {effect.p !== undefined && <tr><th scope="row">{w.p}</th><td /><td>{chanceText(t, effect.p)}</td></tr>}</tbody>
        </table>
      </div>
      <p class="soft">{w.method}</p>
    </details>);
}

export function Effect({ it }: { it: Improvement }): JSX.Element | null {
  const t = useWords();
  const w = improvementWords(t);
  const because = becauseOf(t, w, it);

  if (!it.effect && because === null) return null;
  return (
    <section class="card" aria-labelledby="effect">
      <h2 id="effect">{w.effect}</h2>
      {it.effect && <p class="main"><Verdict it={it} /></p>}
      {because !== null && <p>{because}</p>}
      {it.effect?.after && <Counted effect={it.effect} />}
    </section>);
}
