/* Reorganisations, for administrators: the list, and one of them (reorganisation_one.tsx). */
import type { JSX } from 'preact';

import { isAdministrator, useDesk } from './desk.ts';
import { useFetched } from './fetched.ts';
import { day } from './format.ts';
import { OutsidePage } from './outside.tsx';
import { reorganisationPath, settingsPath } from './place.ts';
import { ReorganisationOne } from './reorganisation_one.tsx';
import { readReorganisations } from './reorganisations_api.ts';
import { settingWords } from './texts/settings.ts';
import { reorganisationWords } from './texts/reorganisation.ts';
import { fill, sentence, useWords, wordOf } from './words.ts';

function List(): JSX.Element {
  const t = useWords();
  const w = reorganisationWords(t);
  const { value, error, again } = useFetched(readReorganisations, [useDesk().signIns]);

  return (
    <OutsidePage title={w.title} lead={w.lead} back={{ href: settingsPath, text: settingWords(t).back }} error={error} isLoading={!value} onRetry={again}>
      {value?.length === 0 && <p>{w.none}</p>}
      {value !== null && value.length > 0 && (
        <ul class="outsiders">{value.map((it) => (
          <li key={it.code}>
            <a href={reorganisationPath(it.code)} lang="sv">{it.name}</a>
            <p>{wordOf(w.states, it.state)}. {sentence(fill(w.from, { day: day(t, it.from) }))}</p>
            {it.state !== 'planned' && <p class="soft">{fill(w.carried, { n: it.carried })}.{it.left > 0 && ` ${fill(w.left, { n: it.left })}.`}</p>}
          </li>))}</ul>)}
    </OutsidePage>);
}

export function Reorganisations(): JSX.Element {
  const t = useWords();
  const { session, place } = useDesk();

  return (
    <section class="settings" aria-labelledby="settings-title">
      {!isAdministrator(session) ? <p role="alert">{reorganisationWords(t).notYou}</p>
        : place.reorganisation === undefined ? <List />
          : <ReorganisationOne key={place.reorganisation} code={place.reorganisation} />}
    </section>);
}
