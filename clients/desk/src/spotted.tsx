/* What in a case's text somebody should look at, each with why and what one can do: for
 * people to decide on. It hides and changes nothing by itself. */
import type { ComponentChildren, JSX } from 'preact';

import { categoryName, useDesk } from './desk.ts';
import { addressOf } from './place.ts';
import { spotWords } from './texts/spot.ts';
import type { Suggestions } from './types.ts';
import { fill, useWords } from './words.ts';

type Flag = Suggestions['flags'][number];

const listed = (because: unknown): string[] => (Array.isArray(because) ? because.map(String) : []);

/* What stands after the title: whose it may be, which subjects, which cases. */
function About({ flag }: { flag: Flag }): JSX.Element | null {
  const t = useWords();
  const w = spotWords(t);
  const { lists, place } = useDesk();
  const joined = (parts: ComponentChildren[]): JSX.Element => <>{parts.map((part, i) => <>{i > 0 && ', '}{part}</>)}</>;

  if (flag.cases) return joined(flag.cases.map(({ number, metres }) => (
    <a key={number} href={addressOf({ number, filters: place.filters })}>
      {fill(metres > 0 ? w.near : w.here, { number, metres })}</a>)));
  if (flag.recipients) return joined(flag.recipients.map(({ code, title, link }) => (/^https?:/.test(link)
    ? <a key={code} lang="sv" href={link} target="_blank" rel="noopener">{title}</a> : <span key={code} lang="sv">{title}</span>)));
  if (flag.flag === 'several-matters') return <span lang="sv">{listed(flag.because).map((code) => categoryName(lists, code) ?? code).join(', ')}</span>;
  return null;
}

export function Spotted({ flags }: { flags: Flag[] }): JSX.Element {
  const t = useWords();
  const w = spotWords(t);

  return (
    <section class="card spotted noprint" aria-labelledby="spotted-title">
      <h2 id="spotted-title">{w.title}</h2>
      <p class="soft">{w.lead}</p>
      <ul>{flags.map((flag) => (
        <li key={flag.flag}>
          <p><strong class="attention">▲ {w.flags[flag.flag]?.title ?? flag.flag}</strong> <About flag={flag} /></p>
          {flag.words.length > 0 && <p>{w.words}{' '}{flag.words.map((word, i) => (
            <>{i > 0 && ', '}<q lang="sv" key={word}>{word}</q></>))}</p>}
          <p class="soft">{w.flags[flag.flag]?.advice}</p>
        </li>))}</ul>
    </section>);
}
