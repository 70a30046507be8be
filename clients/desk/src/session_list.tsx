/* Where one is signed in, and signing out there. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { endSession, listSessions } from './api.ts';
import { useDesk } from './desk.ts';
import { instant } from './format.ts';
import { troubleText } from './trouble.ts';
import { Trouble } from './trouble_box.tsx';
import type { Presence } from './types.ts';
import { fill, useWords } from './words.ts';

function Row({ it, onEnd }: { it: Presence; onEnd: () => void }): JSX.Element {
  const t = useWords();
  const what = it.agent ?? t.account.unknown;

  return (
    <li class="session">
      <div>
        <p class="heading">{what} {it.current && <span class="here">{t.account.current}</span>}</p>
        <p class="soft">{fill(t.account.started, { at: instant(t, it.startedAt) })}
          {' · '}{fill(t.account.seen, { at: instant(t, it.seenAt) })}</p>
      </div>
      {!it.current && <button type="button" onClick={onEnd}
        aria-label={fill(t.account.endOf, { what, at: instant(t, it.startedAt) })}>{t.account.end}</button>}
    </li>);
}

export function SessionList(): JSX.Element {
  const t = useWords();
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
      announce(t.account.ended);
      load();
    }, setError);
  };

  useEffect(load, [signIns]);
  return (
    <section class="card">
      <h2 tabIndex={-1} ref={heading}>{t.account.sessions}</h2>
      <p>{t.account.sessionsLead}</p>
      {error !== null && <Trouble title={items ? t.account.failed : t.account.offline} text={troubleText(t, error)}
        onRetry={load} />}
      {items && <ul class="sessions">{items.map((it) => <Row key={it.id} it={it} onEnd={() => end(it.id)} />)}</ul>}
      {!items && error === null && <p role="status">{t.loading}</p>}
      {items && items.length > 1 && <button type="button" onClick={() => end(null)}>{t.account.endOthers}</button>}
    </section>);
}
