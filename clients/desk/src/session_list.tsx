/* Where one is signed in, and signing out there. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { endSession, listSessions } from './api.ts';
import { useDesk } from './desk.ts';
import { instant } from './format.ts';
import { troubleText } from './trouble.ts';
import { Trouble } from './trouble_box.tsx';
import type { Presence } from './types.ts';
import { accountWords } from './texts/account.ts';
import { fill, useWords } from './words.ts';

function Row({ it, onEnd }: { it: Presence; onEnd: () => void }): JSX.Element {
  const t = useWords();
  const w = accountWords(t);
  const what = it.agent ?? w.account.unknown;

  return (
    <li class="session">
      <div>
        <p class="heading">{what} {it.current && <span class="here">{w.account.current}</span>}</p>
        <p class="soft">{fill(w.account.started, { at: instant(t, it.startedAt) })}
          {' · '}{fill(w.account.seen, { at: instant(t, it.seenAt) })}</p>
      </div>
      {!it.current && <button type="button" onClick={onEnd}
        aria-label={fill(w.account.endOf, { what, at: instant(t, it.startedAt) })}>{w.account.end}</button>}
    </li>);
}

export function SessionList(): JSX.Element {
  const t = useWords();
  const w = accountWords(t);
  const { signIns, announce } = useDesk();
  const heading = useRef<HTMLHeadingElement>(null);
  const [items, setItems] = useState<Presence[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const load = (): void => {
    setError(null);
    listSessions(new AbortController().signal).then(setItems, setError);
  };
  const end = (id: string | null): void => {
    endSession(id).then(() => {
      heading.current?.focus(); /* the button that had it is gone */
      announce(w.account.ended);
      load();
    }, setError);
  };

  useEffect(load, [signIns]);
  return (
    <section class="card">
      <h2 tabIndex={-1} ref={heading}>{w.account.sessions}</h2>
      <p>{w.account.sessionsLead}</p>
      {error !== null && <Trouble title={items ? w.account.failed : w.account.offline} text={troubleText(t, error)}
        onRetry={load} />}
      {items && <ul class="sessions">{items.map((it) => <Row key={it.id} it={it} onEnd={() => end(it.id)} />)}</ul>}
      {!items && error === null && <p role="status">{t.loading}</p>}
      {items && items.length > 1 && <button type="button" onClick={() => end(null)}>{w.account.endOthers}</button>}
    </section>);
}
