/* When a case is to be looked at again: set, seen and ended beside it. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { useDesk } from './desk.ts';
import { ProblemError } from './errors.ts';
import { Field } from './field.tsx';
import { addFollowUp, endFollowUp, readFollowUps } from './follow_ups_api.ts';
import { day, instant, today } from './format.ts';
import { draftKeep, draftRead } from './store.ts';
import { followUpWords } from './texts/follow_up.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { Case, FollowUp } from './types.ts';
import { fill, useWords } from './words.ts';

function useFollowUps({ number }: Case) {
  const { announce, signIns } = useDesk();
  const [items, setItems] = useState<FollowUp[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const run = async (work: () => Promise<FollowUp[]>, told = ''): Promise<boolean> => {
    setError(null);
    try {
      setItems(await work());
      if (told) announce(told);
      return true;
    } catch (failed) {
      setError(failed);
      return false;
    }
  };

  useEffect(() => { void run(() => readFollowUps(number, new AbortController().signal)); }, [number, signIns]);
  return { items, error, run };
}

/* As drafts are called that are no action's: kept until it is set. */
const draft = 'follow-up';

interface AddProps {
  number: string;
  error: unknown;
  add: (on: string, text: string) => Promise<boolean>;
}

function Add({ number, error, add }: AddProps): JSX.Element {
  const w = followUpWords(useWords());
  const [typed, setTyped] = useState(() => ({ on: '', text: '', ...draftRead(number, draft) }));
  const [isMissing, setMissing] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const { on, text } = typed;
  const set = (next: typeof typed): void => {
    setTyped(next);
    draftKeep(number, draft, next);
  };
  const isRefused = error instanceof ProblemError && error.status === 422;
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    setMissing(!on);
    if (!on || isBusy) return;
    setBusy(true);
    if (await add(on, text)) set({ on: '', text: '' });
    setBusy(false);
  };

  return (
    <form noValidate onSubmit={(event) => void send(event)}>
      <Field id="follow-up-on" label={w.on} fault={isMissing || isRefused ? w.wrongDay : undefined}>
        {(aria) => <input {...aria} type="date" class="short" min={today()} value={on} onInput={(event) => set({ on: event.currentTarget.value, text })} />}
      </Field>
      <Field id="follow-up-text" label={w.text}>
        {(aria) => <input {...aria} type="text" maxLength={500} autocomplete="off" value={text} onInput={(event) => set({ on, text: event.currentTarget.value })} />}
      </Field>
      <button type="submit" aria-disabled={isBusy}>{isBusy ? w.adding : w.add}</button>
    </form>);
}

export function FollowUps({ it }: { it: Case }): JSX.Element {
  const t = useWords();
  const w = followUpWords(t);
  const { items, error, run } = useFollowUps(it);
  const isFull = error instanceof ProblemError && error.status === 409;

  return (
    <>
      {error !== null && !(error instanceof ProblemError && error.status === 422) && <Trouble text={isFull ? w.full : troubleText(t, error)} />}
      {!items && error === null && <p role="status">{t.loading}</p>}
      {items?.length === 0 && <p class="soft">{w.none}</p>}
      <ul class="followups">{items?.map((one) => (
        <li key={one.id}>
          <p><strong>{day(t, one.on)}</strong> {one.text}<br /><span class="soft">{fill(w.set, { by: one.byName, at: instant(t, one.setAt) })}</span></p>
          <button type="button" aria-label={fill(w.doneThis, { day: day(t, one.on) })}
            onClick={() => void run(() => endFollowUp(it.number, one.id), w.ended)}>{w.done}</button>
        </li>))}</ul>
      {items && <Add number={it.number} error={error} add={(on, text) => run(() => addFollowUp(it.number, { on, ...(text.trim() && { text }) }), w.added)} />}
    </>);
}
