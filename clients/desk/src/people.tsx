/* Who works here: the accounts, and a new one. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { useDesk } from './desk.ts';
import { today } from './format.ts';
import { fitsPerson, roleWithDays } from './people.ts';
import { addPerson, readPeople } from './people_api.ts';
import { PersonForm } from './person_form.tsx';
import { PersonPage } from './person_page.tsx';
import { settingPath, settingsPath } from './place.ts';
import type { Speaker } from './settings.ts';
import { ToldOnce } from './told_once.tsx';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { Account } from './types.ts';
import { fill } from './words.ts';

const most = 100; /* rows drawn at once; more are found by searching */

function Rows({ people, speaker }: { people: Account[]; speaker: Speaker }): JSX.Element {
  const { w } = speaker;

  return (
    <div class="wide" role="region" tabIndex={0} aria-labelledby="settings-title">
      <table class="stacked">
        <thead><tr><th scope="col">{w.fields.name}</th><th scope="col">{w.account}</th><th scope="col">{w.roles}</th></tr></thead>
        <tbody>{people.slice(0, most).map((one) => (
          <tr key={one.username}>
            <th scope="row"><a href={settingPath('people', one.username)}>{one.name}</a></th>
            <td data-label={w.account}>{one.username}{one.isClosed && <> <strong>{w.closed}</strong></>}</td>
            <td data-label={w.roles}>{one.roles.length ? <ul class="plain">{one.roles.map((role, i) => <li key={i}>{roleWithDays(speaker, role)}</li>)}</ul> : w.none}</td>
          </tr>))}</tbody>
      </table>
    </div>);
}

function Found({ people, speaker }: { people: Account[]; speaker: Speaker }): JSX.Element {
  const { w } = speaker;
  const [sought, setSought] = useState('');
  const [isEverything, setEverything] = useState(false);
  const found = people.filter((one) => (isEverything || !one.isClosed) && fitsPerson(speaker, one, sought));

  return (
    <>
      <div class="choices">
        <div class="field"><label for="people-sought">{w.filter}</label>
          <input id="people-sought" type="search" autocomplete="off" value={sought}
            onInput={(event) => setSought(event.currentTarget.value)} /></div>
        <label class="check choice"><input type="checkbox" checked={isEverything}
          onChange={(event) => setEverything(event.currentTarget.checked)} /><span>{w.withClosed}</span></label>
        <a class="button main" href={settingPath('people', 'ny')}>{w.addPerson}</a>
      </div>
      <p role="status" class="soft">{found.length > most ? fill(w.first, { n: found.length, most })
        : found.length === 1 ? w.one : found.length ? fill(w.count, { n: found.length }) : w.empty}</p>
      {found.length > 0 && <Rows people={found} speaker={speaker} />}
    </>);
}

function List({ speaker }: { speaker: Speaker }): JSX.Element {
  const { t, w } = speaker;
  const { signIns } = useDesk();
  const [people, setPeople] = useState<Account[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => { document.title = `${w.people} – ${w.title} – ${t.desk}`; });
  useEffect(() => {
    const control = new AbortController();
    readPeople(control.signal).then(setPeople, setError);
    return () => control.abort();
  }, [signIns]);
  useLayoutEffect(() => heading.current?.focus(), []);
  return (
    <>
      <p class="noprint"><a class="back" href={settingsPath}>← {w.back}</a></p>
      <h1 tabIndex={-1} ref={heading} id="settings-title">{w.people}</h1>
      <p>{w.peopleLead}</p>
      {error !== null && <Trouble text={troubleText(t, error)} />}
      {!people && error === null && <p role="status">{t.loading}</p>}
      {people && <Found people={people} speaker={speaker} />}
    </>);
}

function NewPerson({ speaker }: { speaker: Speaker }): JSX.Element {
  const { t, w } = speaker;
  const [made, setMade] = useState<{ username: string; password: string } | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => { document.title = `${w.addPerson} – ${w.people} – ${t.desk}`; });
  useLayoutEffect(() => heading.current?.focus(), []);
  return (
    <>
      <p class="noprint"><a class="back" href={settingPath('people')}>← {w.toPeople}</a></p>
      <h1 tabIndex={-1} ref={heading}>{w.addPerson}</h1>
      {made ? <ToldOnce title={fill(w.passwordOf, { username: made.username })} secret={made.password} lead={w.passwordOnce} />
        : <PersonForm speaker={speaker} names={['username', 'name', 'email', 'role', 'board', 'unit', 'validFrom', 'validTo', 'reason']}
          start={{ validFrom: today() }} label={w.makePerson} send={async (body, values) => {
            const password = await addPerson(body);
            setMade({ username: values['username']?.trim() ?? '', password });
          }} />}
    </>);
}

export function People({ at, speaker }: { at: string | undefined; speaker: Speaker }): JSX.Element {
  if (at === undefined) return <List speaker={speaker} />;
  return at === 'ny' ? <NewPerson speaker={speaker} /> : <PersonPage key={at} username={at} speaker={speaker} />;
}
