/* Versions of the routing rules: which there are, which is in force, and one step back. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { hasSettings, useDesk } from './desk.ts';
import { Dialog } from './dialog.tsx';
import { isConflict } from './errors.ts';
import { useFetched } from './fetched.ts';
import { instant } from './format.ts';
import { rulePath, rulesPath } from './place.ts';
import { readVersions, stepBack } from './rules_api.ts';
import { stateText } from './rules.ts';
import { OneVersion } from './rules_version.tsx';
import { useSending } from './sending.ts';
import { ruleWords } from './texts/rule.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { RuleVersionHead, RuleVersionList } from './types.ts';
import { fill, useWords } from './words.ts';

const marks: Record<string, string> = { 'in-force': '✓ ', scheduled: '◷ ', draft: '✎ ', past: '' };

function Row({ it }: { it: RuleVersionHead }): JSX.Element {
  const t = useWords();
  const w = ruleWords(t);

  return (
    <li class={it.state === 'in-force' ? 'present' : ''}>
      <p class="title"><a href={rulePath(it.version)}>{fill(w.version, { n: it.version })}</a>{' '}
        <strong>{marks[it.state]}{stateText(t, w, it)}</strong></p>
      <p lang="sv">{it.note || w.noNote}</p>
      <p class="soft">{fill(w.made, { at: instant(t, it.madeAt), by: it.madeBy ?? w.machine })} {fill(w.count, { n: it.rules })}.</p>
    </li>);
}

interface BackProps {
  inForce: number;
  before: number;
  onList: (list: RuleVersionList) => void;
  onConflict: () => void;
}

function StepBack({ inForce, before, onList, onConflict }: BackProps): JSX.Element {
  const t = useWords();
  const w = ruleWords(t);
  const { announce } = useDesk();
  const [isAsking, setAsking] = useState(false);
  const { isBusy, error, send } = useSending();
  const back = (): Promise<void> => send(async () => {
    const list = await stepBack(inForce);
    setAsking(false);
    announce(fill(w.stepped, { n: before }));
    onList(list);
  });

  return (
    <>
      <button type="button" onClick={() => setAsking(true)}>{w.stepBack}</button>
      {isAsking && <Dialog labelledBy="back-title" onClose={() => setAsking(false)}>
        <h2 id="back-title">{fill(w.stepBackSure, { n: before })}</h2>
        <p>{fill(w.stepBackTo, { n: before, now: inForce })}</p>
        {error !== null && <Trouble text={isConflict(error) ? w.stepConflict : troubleText(t, error)}
          retry={w.look} onRetry={isConflict(error) ? () => { setAsking(false); onConflict(); } : undefined} />}
        <div class="buttons"><button type="button" class="main" aria-disabled={isBusy} onClick={() => void back()}>{w.stepBackDo}</button>
          <button type="button" onClick={() => setAsking(false)}>{t.cancel}</button></div>
      </Dialog>}
    </>);
}

function List(): JSX.Element {
  const t = useWords();
  const w = ruleWords(t);
  const { value: list, error, again, put } = useFetched(readVersions, [useDesk().signIns]);
  const heading = useRef<HTMLHeadingElement>(null);
  const done = (next: RuleVersionList): void => {
    put(next);
    heading.current?.focus();
  };

  useEffect(() => { document.title = `${w.title} – ${t.desk}`; }, [w, t]);
  useLayoutEffect(() => heading.current?.focus(), []);
  return (
    <>
      <h1 tabIndex={-1} ref={heading}>{w.title}</h1>
      <p>{w.lead}</p>
      {error !== null && <Trouble text={troubleText(t, error)} of={w.title} onRetry={again} />}
      {!list && error === null && <p role="status">{t.loading}</p>}
      {list && <>
        {!list.mayChange && <p class="soft">{w.readOnly}</p>}
        {list.mayChange && list.inForce !== null && list.before !== null && <StepBack inForce={list.inForce} before={list.before} onList={done} onConflict={again} />}
        <ul class="versions">{list.versions.map((it) => <Row key={it.version} it={it} />)}</ul>
      </>}
    </>);
}

export function Rules(): JSX.Element {
  const w = ruleWords(useWords());
  const { session, place: { rules } } = useDesk();

  if (!hasSettings(session)) return <article class="rules"><h1>{w.title}</h1><Trouble text={w.notYou} /></article>;
  return (
    <article class="rules">
      {rules !== undefined && <p class="noprint"><a class="back" href={rulesPath}>← {w.back}</a></p>}
      {rules !== undefined ? <OneVersion key={rules} version={rules} /> : <List />}
    </article>);
}
