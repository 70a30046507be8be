/* A letter about several things is split: a part for each further matter, a look at where
 * they go, and then all of them at once. What is typed is kept until it is sent. */
import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';

import { Seen } from './action_beside.tsx';
import { parseCase, readCase } from './api.ts';
import { useDesk } from './desk.ts';
import { DraftNote } from './draft_note.tsx';
import { ProblemError } from './errors.ts';
import { ErrorSummary } from './field.tsx';
import type { Fault } from './field.tsx';
import { useKeys } from './keys.ts';
import { bodyOf, draftOf, faultsFrom, faultsIn, isSameWay, newPart, partsMost, partsOf, splitsIn } from './split.ts';
import type { Part, PartFault } from './split.ts';
import { lookSplit, sendSplit } from './split_api.ts';
import { SplitDone, SplitFound } from './split_made.tsx';
import { SplitPart, splitId } from './split_part.tsx';
import { draftKeep, draftRead, sessionKeep, sessionRead } from './store.ts';
import type { Draft } from './store.ts';
import { splitWords } from './texts/split.ts';
import type { SplitWords } from './texts/split.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { Case, SplitDecision, SplitMade } from './types.ts';
import { fill, useWords } from './words.ts';

interface SplitFormProps {
  it: Case;
  onFresh: (it: Case) => void;
  onCancel: () => void;
}

const action = 'split'; /* as its draft is called */
const marked = (): string => window.getSelection()?.toString() ?? '';

/* How often the case had been split when something was sent that nothing came back of. */
function lostRead(number: string): number | null {
  const text = sessionRead(`split.${number}`);
  return text ? Number(text) : null;
}

const lostKeep = (number: string, splits: number | null): void => sessionKeep(`split.${number}`, splits === null ? '' : String(splits));

function faultText(w: SplitWords, { part, field, why }: PartFault): string {
  const words: Record<string, string> = why === 'required' ? w.required : w.refused;

  return fill(why === 'tooLong' ? w.tooLong : words[field] ?? '', { n: part + 2 });
}

function useParts(it: Case) {
  const [parts, setParts] = useState<Part[]>(() => {
    const kept = partsOf(draftRead(it.number, action), it);
    return kept.length ? kept : [newPart(it, marked())];
  });
  const [looked, setLooked] = useState<SplitDecision[] | null>(null);
  const put = (next: Part[]): void => {
    if (next.length !== parts.length || next.some((part, i) => !isSameWay(part, parts[i] ?? part))) setLooked(null);
    setParts(next);
    draftKeep(it.number, action, draftOf(next));
  };
  const replace = (draft: Draft, isThere: boolean): void => {
    const kept = partsOf(draft, it);
    setLooked(null);
    setParts(kept.length ? kept : [newPart(it, '')]);
    if (!isThere) draftKeep(it.number, action, draft);
  };
  return { parts, put, replace, looked, setLooked };
}

function useSplit({ it, onFresh }: SplitFormProps) {
  const w = splitWords(useWords());
  const { announce } = useDesk();
  const state = useParts(it);
  const [faults, setFaults] = useState<PartFault[]>([]);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const [made, setMade] = useState<SplitMade[] | null>(null);
  const [found, setFound] = useState<Case | null>(null); /* it was made, but the answer was lost */
  const fail = (failed: unknown): void => {
    const wrong = failed instanceof ProblemError && failed.status === 422 ? faultsFrom(failed.problem.fields.map((f) => f.name)) : [];
    if (failed instanceof ProblemError) lostKeep(it.number, null); /* nothing was made */
    if (wrong.length) setFaults(wrong);
    else setError(failed);
    if (wrong.some(({ field }) => field === 'board')) state.setLooked(null);
    if (failed instanceof ProblemError && failed.status === 409 && failed.problem.current) onFresh(parseCase(failed.problem.current));
  };
  const look = async (): Promise<void> => {
    state.setLooked(await lookSplit(it.number, bodyOf(it, state.parts, null)));
    announce(w.looked);
  };
  /* After an answer that was lost the case itself says whether it was made: the version that
   * one has by then may be the one after it. */
  const wasMade = async (): Promise<Case | null> => {
    const before = lostRead(it.number);
    if (before === null) return null;
    const now = await readCase(it.number, new AbortController().signal);
    return splitsIn(now) > before ? now : null;
  };
  const send = async (): Promise<void> => {
    const there = await wasMade();
    if (there) {
      draftKeep(it.number, action, {});
      lostKeep(it.number, null);
      setFound(there);
      onFresh(there);
      return;
    }
    lostKeep(it.number, splitsIn(it));
    const done = await sendSplit(it.number, bodyOf(it, state.parts, state.looked), it.version);
    draftKeep(it.number, action, {});
    lostKeep(it.number, null);
    setMade(done);
    announce(fill(w.made, { n: done.length + 1 }));
    readCase(it.number, new AbortController().signal).then(onFresh, () => undefined);
  };
  const submit = async (): Promise<void> => {
    const wrong = faultsIn(state.parts, state.looked);
    setFaults(wrong);
    setError(null);
    if (wrong.length || isBusy) return;
    setBusy(true);
    await (state.looked ? send() : look()).catch(fail);
    setBusy(false);
  };
  return { ...state, faults, error, isBusy, made, found, submit };
}

export function SplitForm(props: SplitFormProps): JSX.Element {
  const t = useWords();
  const w = splitWords(t);
  const { it, onCancel } = props;
  const { announce } = useDesk();
  const { parts, put, replace, looked, faults, error, isBusy, made, found, submit } = useSplit(props);
  const form = useRef<HTMLFormElement>(null);
  /* The same list until there is another: a new one takes the focus. */
  const told = useMemo((): Fault[] => faults.map((f) => ({ id: splitId(f.part, f.field), text: faultText(w, f) })), [faults]);
  const add = (words: string): void => {
    put([...parts, newPart(it, words)]);
    window.setTimeout(() => document.getElementById(splitId(parts.length, 'text'))?.focus());
  };
  const drop = (i: number): void => {
    put(parts.filter((_, k) => k !== i));
    announce(w.dropped);
    document.getElementById(splitId(0, 'text'))?.focus();
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.current?.requestSubmit();
  };

  useLayoutEffect(() => { form.current?.querySelector('textarea')?.focus(); }, []);
  useKeys({ Escape: made ?? found ? (): void => undefined : onCancel }); /* the codes are shown once */
  if (found) return <SplitFound it={found} onReady={onCancel} />;
  if (made) return <SplitDone number={it.number} made={made} onReady={onCancel} />;
  return (
    <form class="act card split" ref={form} noValidate aria-labelledby="split-title" onKeyDown={onKey} onSubmit={(event) => {
      event.preventDefault();
      void submit();
    }}>
      <div>
        <h3 id="split-title">{w.title}</h3>
        <p class="soft">{w.lead}</p>
        <ErrorSummary title={t.error.summary} faults={told} />
        {parts.map((part, i) => <SplitPart key={i} it={it} i={i} part={part} goes={looked?.[i]}
          faultOf={(field) => told.find(({ id }) => id === splitId(i, field))?.text}
          onPart={(next) => put(parts.map((old, k) => (k === i ? next : old)))}
          onDrop={parts.length > 1 ? () => drop(i) : null} />)}
        {parts.length < partsMost && <p class="buttons">
          <button type="button" onClick={() => add('')}>{w.more}</button>
          {/* The marking must outlive the press. */}
          <button type="button" onMouseDown={(event) => event.preventDefault()} onClick={() => add(marked())}>{w.marked}</button>
        </p>}
        {error !== null && <Trouble text={error instanceof ProblemError && error.status === 409 ? w.changed : troubleText(t, error)} />}
        <div class="buttons">
          <button type="submit" class="main" aria-disabled={isBusy}>{isBusy ? w.looking
            : looked ? fill(w.send, { n: parts.length + 1 }) : w.look}</button>
          <button type="button" onClick={onCancel}>{t.cancel}</button>
        </div>
        <DraftNote number={it.number} action={action} values={draftOf(parts)} onValues={replace} />
      </div>
      {it.text !== null && <Seen it={it} />}
    </form>);
}
