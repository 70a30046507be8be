/* One reorganisation: what it rests on, how far it has come, what it would do, and carrying
 * it out. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { useDesk } from './desk.ts';
import { useFetched } from './fetched.ts';
import { useFocus } from './focus.ts';
import { day, instant } from './format.ts';
import { EndIt, OutsidePage } from './outside.tsx';
import { reorganisationsPath } from './place.ts';
import { Rehearsal } from './reorganisation_rehearsal.tsx';
import { carryOut, readReorganisation } from './reorganisations_api.ts';
import { reorganisationWords } from './texts/reorganisation.ts';
import type { Reorganisation } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';

function Facts({ it }: { it: Reorganisation }): JSX.Element {
  const t = useWords();
  const w = reorganisationWords(t);
  const when = (at: string, who: string | null): string => fill(w.by, { at: instant(t, at), who: who ?? w.tool });

  return (
    <dl class="facts">
      <div><dt>{wordOf(w.states, it.state)}</dt><dd>{fill(w.from, { day: day(t, it.from) })}</dd></div>
      <div><dt>{w.decision}</dt><dd lang="sv">{it.decision}</dd></div>
      <div><dt>{w.made}</dt><dd>{when(it.madeAt, it.madeByName)}</dd></div>
      {it.begunAt && <div><dt>{w.begun}</dt><dd>{when(it.begunAt, it.begunByName)}</dd></div>}
      {it.doneAt && <div><dt>{w.done}</dt><dd>{instant(t, it.doneAt)}</dd></div>}
    </dl>);
}

function Progress({ it, onAgain }: { it: Reorganisation; onAgain: () => void }): JSX.Element {
  const w = reorganisationWords(useWords());

  return (
    <>
      <p>{fill(w.carried, { n: it.carried })}</p>
      {it.state === 'carrying' && <p>{fill(w.left, { n: it.left })}</p>}
      <p><button type="button" onClick={onAgain}>{w.again}</button></p>
    </>);
}

function Starting({ it, onStart }: { it: Reorganisation; onStart: () => Promise<void> }): JSX.Element {
  const w = reorganisationWords(useWords());

  if (!it.mayCarryOut) return <p class="notice">{w.early}</p>;
  if (it.rehearsal?.faults.some(({ severity }) => severity === 'error')) return <p class="notice">{w.blocked}</p>;
  return <EndIt title={w.start} lead={w.startLead} label={w.startNow} busy={w.starting} onEnd={onStart} />;
}

export function ReorganisationOne({ code }: { code: string }): JSX.Element {
  const t = useWords();
  const w = reorganisationWords(t);
  const { announce, signIns } = useDesk();
  const [told, setTold] = useState('');
  const focus = useFocus();
  const { value: it, error, again } = useFetched((signal) => readReorganisation(code, signal), [code, signIns]);
  const start = async (): Promise<void> => {
    await carryOut(code);
    setTold(w.started);
    announce(w.started);
    focus('settings-title');
    again();
  };

  return (
    <OutsidePage title={it?.name ?? w.title} back={{ href: reorganisationsPath, text: w.back }} error={error} isLoading={!it} onRetry={again} told={told}>
      {it && <>
        <Facts it={it} />
        {it.state === 'planned' ? <Starting it={it} onStart={start} /> : <Progress it={it} onAgain={again} />}
        {it.rehearsal && <Rehearsal told={it.rehearsal} />}
      </>}
    </OutsidePage>);
}
