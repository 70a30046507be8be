/* The desk of somebody whose role sees no case: where to go instead. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';

import { hasSettings, isOfficer, makesPosters, seesLogs, useDesk } from './desk.ts';
import { settingsPath } from './place.ts';
import { useWords } from './words.ts';

export function NoCases(): JSX.Element {
  const t = useWords();
  const { session } = useDesk();

  useEffect(() => { document.title = `${t.noCases.title} – ${t.desk}`; });
  return (
    <div class="lonely">
      <h1>{t.noCases.title}</h1>
      <p>{t.noCases.lead}</p>
      <ul class="ways">
        {hasSettings(session) && <li><a class="button" href={settingsPath}>{t.settings}</a></li>}
        {isOfficer(session) && <li><a class="button" href="/desk/personer">{t.persons.title}</a></li>}
        {seesLogs(session) && <li><a class="button" href="/loggar/">{t.noCases.logs}</a></li>}
        {seesLogs(session) && <li><a class="button" href="/diarium/">{t.register}</a></li>}
        <li><a class="button" href="/statistik/">{t.statistics}</a></li>
        {makesPosters(session) && <li><a class="button" href="/affischer/">{t.posters}</a></li>}
      </ul>
    </div>);
}
