/* Who else has the case open, and who is writing: a sign of life each ten seconds while the
 * page is looked at, and the stream says when something is new. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { dropPresence, putPresence } from './draft_api.ts';
import { useDesk } from './desk.ts';
import type { Beside } from './types.ts';
import { fill, useWords } from './words.ts';
import type { Texts } from './texts/sv.ts';

const beat = 10_000; /* ms; the server forgets after thirty seconds */
/* Without a key or a pointer for so long nobody is there, whatever is on the screen; and each
 * sign of life would keep the session from ending by itself. */
const idle = 300_000;
const touched = { at: Date.now() };

for (const kind of ['keydown', 'pointerdown', 'pointermove'])
  globalThis.addEventListener?.(kind, () => { touched.at = Date.now(); }, { passive: true });

const watchers = new Set<(number: string) => void>();

export function presenceNews(number: string): void {
  for (const watch of watchers) watch(number);
}

export function besideText(t: Texts, { name, writing }: Beside): string {
  if (writing === null) return fill(t.presence.open, { name });
  return fill(writing in t.presence.writes ? t.presence.writes[writing as keyof typeof t.presence.writes]
    : t.presence.writing, { name });
}

/* Each thing is said once for as long as the case is open, however often it comes and goes. */
function useSaid(others: Beside[]): void {
  const t = useWords();
  const { announce } = useDesk();
  const said = useRef(new Set<string>());

  useEffect(() => {
    const fresh = others.filter(({ user, writing }) => !said.current.has(`${user} ${writing ?? ''}`));
    for (const { user, writing } of fresh) said.current.add(`${user} ${writing ?? ''}`);
    if (fresh.length) announce(fresh.map((one) => besideText(t, one)).join('. '));
  }, [others]);
}

/* number: null while there is nothing that one reads. writing: the form that is open. */
function useBeside(number: string | null, writing: string | null): Beside[] {
  const { signIns } = useDesk();
  const [others, setOthers] = useState<Beside[]>([]);

  useEffect(() => {
    if (number === null) return undefined;
    const control = new AbortController();
    const look = (): void => {
      if (document.hidden || Date.now() - touched.at > idle) return;
      putPresence(number, writing, control.signal).then((now) =>
        setOthers((old) => (JSON.stringify(old) === JSON.stringify(now) ? old : now)), () => undefined);
    };
    const onNews = (about: string): void => { if (about === number) look(); };
    const timer = window.setInterval(look, beat);
    look();
    watchers.add(onNews);
    return () => {
      watchers.delete(onNews);
      clearInterval(timer);
      control.abort();
    };
  }, [number, writing, signIns]);
  useEffect(() => {
    if (number === null) return undefined;
    const leave = (): void => { dropPresence(number).catch(() => undefined); };
    const onTurn = (): void => { if (document.hidden) leave(); else presenceNews(number); };
    document.addEventListener('visibilitychange', onTurn);
    window.addEventListener('pagehide', leave);
    return () => {
      document.removeEventListener('visibilitychange', onTurn);
      window.removeEventListener('pagehide', leave);
      leave();
    };
  }, [number]);
  return others;
}

export function Presence({ number, writing }: { number: string | null; writing: string | null }): JSX.Element | null {
  const t = useWords();
  const others = useBeside(number, writing);

  useSaid(others);
  if (!others.length) return null;
  return <p class="beside">{others.map((one) => (
    <span key={one.user}><span aria-hidden="true">{one.writing === null ? '○' : '✎'}</span> {besideText(t, one)}</span>))}</p>;
}
