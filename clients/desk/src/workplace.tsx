/* The signed-in part: the queue, or a case of it; changes as they happen. */
import type { JSX } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

import { CaseView } from './case.tsx';
import { mostChosen, useChosen } from './chosen.ts';
import { AllCommands } from './palette_all.tsx';
import { boardsOf, DeskContext, useLists } from './desk.ts';
import { fetchDrafts, startDrafts, unsavedNumbers } from './draft_sync.ts';
import { Frame } from './frame.tsx';
import type { FrameProps } from './frame.tsx';
import { useKeys } from './keys.ts';
import { later } from './later.tsx';
import { useLive } from './live.ts';
import { addressOf, placeOf, queryOf } from './place.ts';
import type { Place } from './place.ts';
import { Queue } from './queue.tsx';
import { useRows } from './rows.ts';
import type { Change, Session } from './types.ts';
import { useViews } from './views.ts';
import { fill, useWords } from './words.ts';

interface WorkplaceProps {
  session: Session;
  signIns: number;
  frame: Pick<FrameProps, 'language' | 'onLanguage' | 'notice'>;
  onSignOut: (isEverywhere: boolean) => void;
  onSignedOut: () => void;
}

type Go = (place: Place, isReplace?: boolean) => void;

const here = (): Place => placeOf(new URL(window.location.href));

function usePlace(): [Place, Go] {
  const [place, setPlace] = useState(here());
  const go = useCallback<Go>((to, isReplace = false) => {
    window.history[isReplace ? 'replaceState' : 'pushState'](null, '', addressOf(to));
    setPlace(to);
  }, []);

  useEffect(() => {
    const onBack = (): void => setPlace(here());
    const onClick = (event: MouseEvent): void => {
      const link = event.target instanceof Element ? event.target.closest('a') : null;
      if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey
        || event.shiftKey || event.altKey || link.target || link.getAttribute('href')?.startsWith('#')
        || !link.pathname.startsWith('/desk/') || link.origin !== window.location.origin) return;
      event.preventDefault();
      go(placeOf(new URL(link.href)));
    };
    window.addEventListener('popstate', onBack);
    document.addEventListener('click', onClick);
    return () => {
      window.removeEventListener('popstate', onBack);
      document.removeEventListener('click', onClick);
    };
  }, [go]);
  return [place, go];
}

/* A polite live region says a text again only when it changes. */
function useVoice(): [string, (text: string) => void] {
  const [text, setText] = useState('');
  const say = useCallback((next: string) => {
    setText('');
    window.setTimeout(() => setText(next), 50);
  }, []);
  return [text, say];
}

/* What was written on another device is known before its case is opened. */
function useDrafts(signIns: number): void {
  useEffect(startDrafts, []);
  useEffect(() => {
    const control = new AbortController();
    fetchDrafts(null, control.signal).catch(() => undefined);
    return () => control.abort();
  }, [signIns]);
}

/* A closed tab forgets its drafts; another page of ours in the same tab does not. */
function useLeaveGuard(): void {
  useEffect(() => {
    let isOurs = false;
    const onClick = (event: MouseEvent): void => {
      const link = event.target instanceof Element ? event.target.closest('a') : null;
      isOurs = link?.origin === window.location.origin;
    };
    const onLeave = (event: BeforeUnloadEvent): void => {
      if (!isOurs && unsavedNumbers().length > 0) event.preventDefault();
    };
    document.addEventListener('click', onClick, true);
    window.addEventListener('beforeunload', onLeave);
    return () => {
      document.removeEventListener('click', onClick, true);
      window.removeEventListener('beforeunload', onLeave);
    };
  }, []);
}

/* What was done to a case that is no longer here to say it. */
function useTold(number: string | null, announce: (text: string) => void): [string, (text: string) => void] {
  const [told, setTold] = useState('');

  useEffect(() => { if (number !== null) setTold(''); }, [number]);
  return [told, (text) => {
    setTold(text);
    announce(text);
  }];
}

const Help = later(async () => (await import('./help.tsx')).Help);
const views = { account: later(async () => (await import('./account.tsx')).Account),
  disclosures: later(async () => (await import('./disclosures_page.tsx')).Disclosures),
  improvements: later(async () => (await import('./improvements_page.tsx')).Improvements),
  orders: later(async () => (await import('./order_stuck.tsx')).StuckOrders),
  persons: later(async () => (await import('./persons.tsx')).Persons),
  quarantine: later(async () => (await import('./quarantine.tsx')).Quarantine),
  reorganisations: later(async () => (await import('./reorganisations.tsx')).Reorganisations),
  reports: later(async () => (await import('./reports_page.tsx')).Reports),
  rules: later(async () => (await import('./rules_page.tsx')).Rules),
  settings: later(async () => (await import('./settings.tsx')).SettingsView),
  take: later(async () => (await import('./take.tsx')).Take),
  templates: later(async () => (await import('./templates_page.tsx')).Templates),
  workload: later(async () => (await import('./workload.tsx')).Workload),
  signals: later(async () => (await import('./signals.tsx')).Signals) };

function View({ view }: { view: keyof typeof views }): JSX.Element {
  const Chosen = views[view];

  return <Chosen />;
}

export function Workplace({ session, signIns, frame, onSignOut, onSignedOut }: WorkplaceProps): JSX.Element {
  const [place, go] = usePlace();
  const [said, announce] = useVoice();
  const [isHelp, setHelp] = useState(false);
  const [isPalette, setPalette] = useState(false);
  const [change, setChange] = useState<Change | null>(null);
  const lists = useLists(signIns);
  const rows = useRows(place.filters, signIns);
  const t = useWords();
  const chosen = useChosen(rows.isOld ? [] : rows.rows.items, queryOf(place.filters).toString(),
    () => announce(fill(t.bulk.full, { n: mostChosen })));
  const views = useViews(signIns, rows.rows, boardsOf(session).length > 0);
  const last = useRef<string | null>(null);
  const live = useLive(signIns, { onSignedOut,
    onChange: (told) => { setChange(told); rows.look(); },
    onMissed: () => { setChange({ number: '', version: 0 }); rows.look(); } });

  const [told, tell] = useTold(place.number, announce);

  useDrafts(signIns);
  useLeaveGuard();
  if (place.number) last.current = place.number;
  useKeys({ '?': () => setHelp(true) });
  return (
    <DeskContext.Provider value={{ session, place, go, announce, tell, lists, signIns }}>
      <Frame {...frame} onHelp={() => setHelp(true)} onPalette={() => setPalette(true)} onSignOut={onSignOut}>
        {place.view ? <View view={place.view} /> : place.number === null
          ? <Queue rows={rows} chosen={chosen} views={views} cameFrom={last.current} told={told} isLost={live.isLost} />
          : <CaseView key={place.number} number={place.number} rows={rows} change={change} onDone={rows.look} />}
      </Frame>
      <AllCommands isOpen={isPalette} onOpen={() => setPalette(true)} onHelp={() => setHelp(true)} onClose={() => setPalette(false)} />
      {isHelp && <Help onClose={() => setHelp(false)} />}
      <div class="away" role="status" aria-live="polite">{said}</div>
    </DeskContext.Provider>);
}
