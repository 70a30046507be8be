/* One case: what it says, what has been said of it, and what can be done. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { ActionArea } from './action_area.tsx';
import { Approval } from './approval.tsx';
import { CaseHead, CaseNav, neighbours } from './case_head.tsx';
import { CaseSide } from './case_side.tsx';
import { CaseText, Restricted } from './case_text.tsx';
import { useCase } from './case_state.ts';
import { useDesk } from './desk.ts';
import { focusSearch } from './filters.tsx';
import { useFoldAgain } from './folded.tsx';
import { useKeys } from './keys.ts';
import { later } from './later.tsx';
import { Gone } from './gone.tsx';
import { Presence } from './presence.tsx';
import { Notes, Talk } from './talk.tsx';
import { Timeline } from './timeline.tsx';
import { troubleText } from './trouble.ts';
import { Trouble } from './trouble_box.tsx';
import type { RowsState } from './rows.ts';
import { SortPanel } from './sort_panel.tsx';
import { useSuggested } from './suggested.tsx';
import type { Case, Change } from './types.ts';
import { useWords } from './words.ts';

interface CaseViewProps {
  number: string;
  rows: RowsState;
  change: Change | null;
  onDone: () => void;
}

const Spotted = later(async () => (await import('./spotted.tsx')).Spotted);

function Words({ it, onCase }: { it: Case; onCase: (it: Case) => void }): JSX.Element {
  return it.restricted ? <Restricted /> : <CaseText it={it} onCase={onCase} />;
}

export function CaseView({ number, rows, change, onDone }: CaseViewProps): JSX.Element {
  const t = useWords();
  const { place, go, announce, signIns } = useDesk();
  const [writing, setWriting] = useState<string | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const state = useCase(number, change, signIns, writing !== null, () => announce(t.case.updated));
  const found = useSuggested(state.it);
  const flags = found?.flags ?? [];
  const near = neighbours(rows.rows.items, number);
  const put = (it: Case): void => {
    state.put(it);
    onDone();
  };
  const open = (to: string | undefined): void => {
    if (to) go({ ...place, number: to });
  };

  useEffect(() => { document.title = `${number} – ${t.desk}`; });
  /* At once: later it would take the focus from what a quick key has opened. */
  useLayoutEffect(() => heading.current?.focus(), [number, state.it === null, state.isOut]);
  useFoldAgain();
  useKeys({ '/': () => {
    go({ ...place, number: null });
    window.setTimeout(focusSearch, 50); /* the queue is drawn by then */
  },
  Escape: () => go({ ...place, number: null }),
    j: () => open(near.next), k: () => open(near.previous) });

  if (state.isOut) return <Gone number={number} heading={heading} />;
  return (
    <article class="case">
      <CaseNav near={near} />
      {state.error !== null && <Trouble title={t.case.offline} text={troubleText(t, state.error)} onRetry={state.reload} />}
      {!state.it && state.error === null && <p class="lonely" role="status">{t.loading}</p>}
      {state.it && <>
        <CaseHead it={state.it} heading={heading} isThreatTold={flags.some(({ flag }) => flag === 'threat')} />
        <Presence number={state.it.part === 'present' && !state.it.restricted ? number : null} writing={writing} />
        {state.isStale && <p class="notice" role="status">{t.case.changed}{' '}
          <button type="button" onClick={state.reload}>{t.case.show}</button></p>}
        {place.isSorting && flags.length > 0 && <div class="sorted"><Spotted flags={flags} /></div>}
        {place.isSorting && <div class="sorted"><Words it={state.it} onCase={put} /></div>}
        {place.isSorting && <SortPanel it={state.it} found={found} rows={rows} next={near.next} onCase={put} onLost={state.reload} onLeft={onDone} />}
        <ActionArea it={state.it} onCase={put} onLost={state.reload}
          onLeft={onDone} onWriting={setWriting} next={near.next} />
        <div class="parts">
          <div class="said">
            <Approval it={state.it} />
            {!place.isSorting && flags.length > 0 && <Spotted flags={flags} />}
            {!place.isSorting && <Words it={state.it} onCase={put} />}
            {!state.it.restricted && <>
              <Talk it={state.it} />
              <Notes it={state.it} />
            </>}
            <Timeline it={state.it} />
          </div>
          <CaseSide it={state.it} found={found} onCase={put} />
        </div>
      </>}
    </article>);
}
