/* One action: what it is, its effect, its cases, and what can be done with it. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { useDesk } from './desk.ts';
import { ProblemError } from './errors.ts';
import { Fact } from './fact.tsx';
import { useFetched } from './fetched.ts';
import { day, instant } from './format.ts';
import { Completion } from './improvement_done.tsx';
import { Effect } from './improvement_effect.tsx';
import { ImprovementForm } from './improvement_form.tsx';
import { improvementDraft } from './improvement_draft.ts';
import { ilsAt, linkImprovement, listImprovementChanges, readIls, readImprovement } from './improvements_api.ts';
import { LinkForm } from './link_form.tsx';
import { addressOf } from './place.ts';
import { draftRead } from './store.ts';
import { improvementWords } from './texts/improvement.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { Improvement } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';

function Facts({ it }: { it: Improvement }): JSX.Element {
  const t = useWords();
  const w = improvementWords(t);

  return (
    <section class="card">
      <dl>
        <Fact name={w.state}>{w.states[it.state]}{it.doneOn && `, ${day(t, it.doneOn)}`}{it.late && <strong class="attention"> ▲ {w.late}</strong>}
          {it.state === 'done' && <span class="soft"> · {it.public ? w.shownAt : w.shownNot}</span>}</Fact>
        <Fact name={w.board}><span lang="sv">{[it.boardName, it.unitName].filter(Boolean).join(', ')}</span></Fact>
        <Fact name={w.fields.cause}><span class="words" lang="sv">{it.cause}</span></Fact>
        {it.expectedResult && <Fact name={w.fields.expectedResult}><span class="words" lang="sv">{it.expectedResult}</span></Fact>}
        <Fact name={w.fields.responsible}>{it.responsible}</Fact>
        <Fact name={w.fields.startsOn}>{day(t, it.startsOn)}</Fact>
        <Fact name={w.fields.endsOn}>{day(t, it.endsOn)}</Fact>
        {it.goals.map((goal) => <Fact key={goal.code} name={w.levels[goal.level]}><span lang="sv">{goal.name}</span></Fact>)}
        {it.indicatorName && <Fact name={w.levels.indicator}><span lang="sv">{it.indicatorName}</span>
          {it.target && <span class="soft"> {w.target}: {it.target}</span>}</Fact>}
        {it.categories.length > 0 && <Fact name={w.fields.categories}><span lang="sv">{it.categories.map(({ name }) => name).join(', ')}</span></Fact>}
      </dl>
    </section>);
}

/* As an aktivitet, to paste; where a browser has no clipboard, as a file. */
function Ils({ it }: { it: Improvement }): JSX.Element {
  const w = improvementWords(useWords());
  const [said, setSaid] = useState('');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(await readIls(it.id));
      setSaid(w.ilsCopied);
    } catch {
      setSaid(w.ilsFailed);
    }
  };

  return (
    <>
      <button type="button" id="ils-copy" onClick={() => void copy()}>{w.ils}</button>
      <a class="button" href={ilsAt(it.id)} download>{w.ilsFile}</a>
      <span role="status">{said}</span>
    </>);
}

function Row({ it, one, onUnlink }: { it: Improvement; one: NonNullable<Improvement['linked']>[number]; onUnlink: () => void }): JSX.Element {
  const t = useWords();
  const w = improvementWords(t);
  const { place } = useDesk();

  return (
    <li>
      <a href={addressOf({ number: one.number, filters: place.filters })}>{one.number}</a>{' '}
      <span class={`status ${one.status}`}>{wordOf(t.status, one.status)}</span>{' '}
      <span class="soft">{[wordOf(t.type, one.type), one.told ? w.toldMark : one.wantsReply ? null : w.noWish].filter(Boolean).join(' · ')}</span>{' '}
      {!one.told && it.writable && <button type="button" aria-label={fill(w.unlinkThis, { number: one.number })} onClick={onUnlink}>{w.unlink}</button>}
    </li>);
}

function Cases({ it, onChange }: { it: Improvement; onChange: (it: Improvement) => void }): JSX.Element {
  const t = useWords();
  const w = improvementWords(t);
  const [said, setSaid] = useState('');
  const status = useRef<HTMLParagraphElement>(null);
  const seen = it.linked ?? [];
  const say = (text: string): void => { setSaid(text); status.current?.focus(); };
  const change = (which: string, isGone: boolean): Promise<boolean> => linkImprovement(it.id, which, isGone).then((next) => {
    onChange(next);
    say(fill(isGone ? w.didUnlink : w.didLink, { number: which }));
    return true;
  }, (e: unknown) => {
    say(e instanceof ProblemError && e.status === 422 ? fill(w.wrongCase, { number: which })
      : e instanceof ProblemError && e.status === 409 ? w.full : troubleText(t, e));
    return false;
  });

  return (
    <section class="card" aria-labelledby="cases">
      <h2 id="cases">{w.linked}: {it.cases}</h2>
      <p class="said" tabIndex={-1} ref={status} role="status">{said}</p>
      {it.cases === 0 && <p class="soft">{w.linkedNone}</p>}
      <ul class="rows">{seen.map((one) => <Row key={one.number} it={it} one={one} onUnlink={() => void change(one.number, true)} />)}</ul>
      {it.cases > seen.length && <p class="soft">{fill(w.hiddenCases, { n: it.cases - seen.length })}</p>}
      <LinkForm id="improvement-number" label={w.number} button={w.link} onLink={(number) => change(number, false)} />
    </section>);
}

/* Fetched when it is opened. */
function History({ id, version }: { id: number; version: number }): JSX.Element {
  const t = useWords();
  const w = improvementWords(t);
  const [isOpen, setOpen] = useState(false);
  const { value, error, again } = useFetched(async (signal) => (isOpen ? listImprovementChanges(id, signal) : null), [isOpen, id, version]);

  return (
    <details class="card" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{w.history}</summary>
      {error !== null && <Trouble text={troubleText(t, error)} onRetry={again} />}
      <ol class="rows">{value?.map((c) => (
        <li key={c.version}>{instant(t, c.at)}: {c.byName} {c.version === 1 ? w.first
          : fill(w.changed, { what: c.changed.map((name) => wordOf(w.changedNames, name)).join(', ') })}</li>))}</ol>
    </details>);
}

function Shown({ it, onChange }: { it: Improvement; onChange: (it: Improvement) => void }): JSX.Element {
  const w = improvementWords(useWords());
  const { announce } = useDesk();
  const [isWriting, setWriting] = useState(() => Object.keys(draftRead(improvementDraft, String(it.id))).length > 0);
  const [said, setSaid] = useState('');
  const heading = useRef<HTMLHeadingElement>(null);
  const took = (next: Improvement, text: string): void => {
    onChange(next);
    setWriting(false);
    setSaid(text);
    announce(text);
    heading.current?.focus();
  };

  useEffect(() => heading.current?.focus(), []);
  return (
    <>
      <h1 tabIndex={-1} ref={heading} lang="sv">{it.title}</h1>
      {said && <p class="notice">✓ {said}</p>}
      <div class="buttons noprint">
        {it.writable && !isWriting && <button type="button" class="main" onClick={() => setWriting(true)}>{w.change}</button>}
        <Ils it={it} />
      </div>
      {isWriting ? <ImprovementForm old={it} onSaved={(next) => took(next, w.saved)} onClose={() => setWriting(false)} /> : <Facts it={it} />}
      <Effect it={it} />
      <Cases it={it} onChange={onChange} />
      {it.writable && it.state !== 'dropped' && <details class="card completing" key={it.version}>
        <summary>{it.state === 'done' ? w.changeDone : w.complete}</summary>
        <Completion it={it} onDone={(next, told) => took(next, fill(w.toldNow, { n: told }))} />
      </details>}
      <History id={it.id} version={it.version} />
    </>);
}

export function OneImprovement({ id }: { id: string }): JSX.Element {
  const t = useWords();
  const { signIns } = useDesk();
  const { value: it, error, again, put } = useFetched((signal) => readImprovement(id, signal), [id, signIns]);

  useEffect(() => { if (it) document.title = `${it.title} – ${t.desk}`; }, [it, t]);
  if (error !== null) return <Trouble text={troubleText(t, error)} onRetry={again} />;
  if (!it) return <p role="status">{t.loading}</p>;
  /* Linking gives the action without its version changed. */
  return <Shown it={it} onChange={put} />;
}
