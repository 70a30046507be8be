/* The providers that people sign in with, and whether each answers now. */
import type { JSX } from 'preact';

import type { Fetched } from './fetched.ts';
import { instant } from './format.ts';
import { whyText } from './group_maps.ts';
import { groupWords } from './texts/group_map.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { ProviderStates } from './types.ts';
import { fill, useWords } from './words.ts';

function State({ it }: { it: ProviderStates['items'][number] }): JSX.Element {
  const t = useWords();
  const w = groupWords(t);
  const fetched = it.documentAt === null ? w.never : [fill(w.document, { at: instant(t, it.documentAt) }),
    ...(it.keysAt === null ? [] : [fill(w.keys, { n: it.keys, at: instant(t, it.keysAt) })])].join(', ');

  return (
    <li>
      <p><strong>{it.label}</strong> <span class="soft">{it.issuer}</span></p>
      {it.works ? <p>✓ {w.works}</p> : <p class="attention">▲ {w.fails} {it.why && whyText(w, it.why)}</p>}
      <p class="soft">{fetched}.</p>
      {!it.tellsFactor && <p>{w.noFactor}</p>}
    </li>);
}

export function Providers({ states: { value, error, again } }: { states: Fetched<ProviderStates> }): JSX.Element {
  const t = useWords();
  const w = groupWords(t);

  return (
    <section aria-labelledby="providers-title">
      <h2 id="providers-title">{w.providers}</h2>
      {error !== null && <Trouble text={troubleText(t, error)} of={w.providers} onRetry={again} />}
      {!value && error === null && <p role="status">{w.asking}</p>}
      {value && (value.items.length
        ? <><ul class="outsiders">{value.items.map((it) => <State key={it.name} it={it} />)}</ul>
          <p class="soft">{value.localAccounts === 'always' ? w.always : w.emergency} {w.elsewhere}</p></>
        : <p>{w.noProviders} {w.elsewhere}</p>)}
    </section>);
}
