/* One account: its roles, what can be done with it, and what has been. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { useDesk } from './desk.ts';
import { instant, today } from './format.ts';
import { roleText, roleWithDays } from './people.ts';
import type { Role } from './people.ts';
import { changePerson, endRole, giveRole, newPassword, readPerson } from './people_api.ts';
import { PersonForm } from './person_form.tsx';
import { settingPath } from './place.ts';
import type { Speaker } from './settings.ts';
import { ToldOnce } from './told_once.tsx';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { Person } from './types.ts';
import { fill, wordOf } from './words.ts';

interface PartProps {
  speaker: Speaker;
  it: Person;
  onDone: (words: string) => void;
  open: string | null; /* the form that is: one at a time, for their fields have the same names */
  setOpen: (form: string | null) => void;
}

const same = ({ role, board, unit, validFrom }: Role): object => ({ role, ...(board !== '*' && { board }),
  ...(unit && { unit }), ...(validFrom && { validFrom }) });

function RoleRow({ speaker, it, role, onDone, open, setOpen }: PartProps & { role: Role }): JSX.Element {
  const { w } = speaker;
  const text = roleText(speaker, role);
  const [days, end] = [`days ${JSON.stringify(role)}`, `end ${JSON.stringify(role)}`];

  return (
    <li>
      <p>{roleWithDays(speaker, role)}</p>
      {role.mayEnd && open !== days && open !== end && <div class="buttons">
        <button type="button" aria-label={fill(w.daysThis, { role: text })} onClick={() => setOpen(days)}>{w.days}</button>
        <button type="button" aria-label={fill(w.endThis, { role: text })} onClick={() => setOpen(end)}>{w.end}</button></div>}
      {open === end && <PersonForm speaker={speaker} names={['reason']} start={{}} label={fill(w.endThis, { role: text })}
        onCancel={() => setOpen(null)} send={async (body) => {
          await endRole(it.username, { ...body, ...same(role) });
          onDone(w.roleEnded);
        }} />}
      {open === days && <PersonForm speaker={speaker} names={['validTo', 'reason']} start={{ validTo: role.validTo ?? '' }} label={w.save}
        onCancel={() => setOpen(null)} send={async (body) => {
          await giveRole(it.username, { ...body, ...same(role) });
          onDone(w.saved);
        }} />}
    </li>);
}

function Roles(props: PartProps): JSX.Element {
  const { speaker, it, onDone, open, setOpen } = props;
  const { w } = speaker;

  return (
    <section aria-labelledby="roles-title">
      <h2 id="roles-title">{w.roles}</h2>
      {it.roles.length === 0 && <p>{w.noRoles}</p>}
      <ul class="rolelist">{it.roles.map((role) => <RoleRow key={JSON.stringify(role)} {...props} role={role} />)}</ul>
      {open === 'give' ? <PersonForm speaker={speaker} names={['role', 'board', 'unit', 'validFrom', 'validTo', 'reason']} start={{ validFrom: today() }}
        label={w.giveRole} onCancel={() => setOpen(null)} send={async (body) => {
          await giveRole(it.username, body);
          onDone(w.saved);
        }} /> : <button type="button" onClick={() => setOpen('give')}>{w.giveRole}</button>}
    </section>);
}

const deeds = ['change', 'password', 'close'] as const;
type Deed = (typeof deeds)[number];

function Deeds({ speaker, it, onDone, onPassword, open, setOpen }: PartProps & { onPassword: (password: string) => void }): JSX.Element {
  const { w } = speaker;
  const opened = deeds.find((deed) => deed === open);
  const form = (deed: Deed): JSX.Element => (
    <PersonForm key={deed} speaker={speaker} label={w.deeds[deed]} onCancel={() => setOpen(null)} isEmptySent={deed === 'change'}
      names={deed === 'change' ? ['name', 'email', 'reason'] : ['reason']}
      start={deed === 'change' ? { name: it.name, email: it.email ?? '' } : {}}
      send={async (body) => {
        if (deed === 'password') onPassword(await newPassword(it.username, body));
        else await changePerson(it.username, { ...body, ...(deed === 'close' && { closed: true }) });
        onDone(deed === 'close' ? w.accountClosed : w.saved);
      }} />);

  return (
    <section aria-labelledby="deeds-title">
      <h2 id="deeds-title">{w.account}</h2>
      <p>{it.email ?? w.noEmail} · {it.hasTotp || it.hasPasskey ? w.hasTotp : w.noTotp}</p>
      {opened ? form(opened) : <div class="buttons">
        <button type="button" onClick={() => setOpen('change')}>{w.deeds.change}</button>
        <button type="button" onClick={() => setOpen('password')}>{w.deeds.password}</button>
        {!it.isClosed && <button type="button" onClick={() => setOpen('close')}>{w.deeds.close}</button>}</div>}
    </section>);
}

function History({ speaker, it }: Pick<PartProps, 'speaker' | 'it'>): JSX.Element {
  const { t, w } = speaker;

  return (
    <section class="history" aria-labelledby="history-title">
      <h2 id="history-title">{w.history}</h2>
      {it.changes.length === 0 && <p>{w.noHistory}</p>}
      <ol>{it.changes.map((change, i) => (
        <li key={i}><p><strong>{wordOf(w.personDone, change.what)}</strong>{change.role && <> {roleWithDays(speaker, change.role)}</>}{' '}
          <time dateTime={change.at}>{instant(t, change.at)}</time>, {change.byName ?? w.byTool}
          {change.reason && <>: <q>{change.reason}</q></>}</p></li>))}</ol>
    </section>);
}

function usePerson(username: string) {
  const { signIns, announce } = useDesk();
  const [it, setIt] = useState<Person | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [told, setTold] = useState({ words: '', round: 0 });
  const load = async (): Promise<void> => {
    try {
      setIt(await readPerson(username, new AbortController().signal));
      setError(null);
    } catch (failed) {
      setError(failed);
    }
  };
  const done = async (words: string): Promise<void> => {
    await load();
    setTold((before) => ({ words, round: before.round + 1 }));
    announce(words);
  };

  useEffect(() => { void load(); }, [signIns]);
  return { it, error, told, done: (words: string) => void done(words) };
}

export function PersonPage({ username, speaker }: { username: string; speaker: Speaker }): JSX.Element {
  const { t, w } = speaker;
  const { it, error, told, done } = usePerson(username);
  const [password, setPassword] = useState<string | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  const onDone = (words: string): void => {
    setOpen(null);
    done(words);
  };
  const heading = useRef<HTMLHeadingElement>(null);
  const part = { speaker, onDone, open, setOpen };
  const name = it?.name ?? username;

  useEffect(() => { document.title = `${name} – ${w.people} – ${t.desk}`; });
  useLayoutEffect(() => heading.current?.focus(), [told.round, it === null]);
  return (
    <>
      <p class="noprint"><a class="back" href={settingPath('people')}>← {w.toPeople}</a></p>
      <h1 tabIndex={-1} ref={heading}>{name} {it?.isClosed && <span class="soft">{w.closed}</span>}</h1>
      {error !== null && <Trouble text={troubleText(t, error)} />}
      {!it && error === null && <p role="status">{t.loading}</p>}
      {told.words && <p class="notice">✓ {told.words}</p>}
      {password !== null && <ToldOnce key={password} title={fill(w.passwordOf, { username })} secret={password} lead={w.passwordOnce} />}
      {it && <div key={told.round}>
        <Roles {...part} it={it} />
        {it.mayChange && <Deeds {...part} it={it} onPassword={setPassword} />}
        <History speaker={speaker} it={it} />
      </div>}
    </>);
}
