/* What can be done with the case: a button each, and the form of the one that is open. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { act } from './api.ts';
import { ProblemError } from './errors.ts';
import { ActionForm } from './action_form.tsx';
import { actionKeys, actionRows, offered, pressRows } from './actions.ts';
import { isManagerAt, useDesk } from './desk.ts';
import { Interest } from './interest.tsx';
import { useKeys } from './keys.ts';
import type { Keys } from './keys.ts';
import { addressOf } from './place.ts';
import { draftKeep, draftRead } from './store.ts';
import { isOutOfReach, troubleText } from './trouble.ts';
import { Trouble } from './trouble_box.tsx';
import type { Case } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';

export interface ActionAreaProps {
  it: Case;
  next: string | undefined;
  onCase: (it: Case) => void;
  onLost: () => void; /* refused as if it were not there: look whether it is */
  onLeft: () => void; /* it went to somebody else's board */
  onWriting: (isWriting: boolean) => void;
}

const leading = ['approve', 'accept', 'take', 'reply'];

/* An answer that somebody else lets go has not gone. */
function doneAs(name: string, after: Case): string {
  return name === 'reply' && after.status === 'awaiting-approval' ? 'replyWaits' : name;
}

function drafted(number: string): string | null {
  return Object.keys(actionRows).find((name) => Object.keys(draftRead(number, name)).length > 0) ?? null;
}

function useArea(props: ActionAreaProps) {
  const t = useWords();
  const { session, place, go, announce } = useDesk();
  const [open, setOpen] = useState<string | null>(() => drafted(props.it.number));
  const [done, setDone] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [named, setNamed] = useState<string | null>(null); /* whom the case may not go to */
  const finish = (name: string, after: Case | null): void => {
    const text = after ? wordOf(t.done, doneAs(name, after)) : fill(t.done.moved, { number: props.it.number });
    setOpen(null);
    setDone(text);
    announce(text);
    if (after) props.onCase(after);
    else {
      props.onLeft();
      go({ ...place, number: null });
    }
  };
  const start = (name: string): void => {
    const press = pressRows[name];
    setDone('');
    setError(null);
    setNamed(null);
    if (!press) {
      setOpen(name);
      return;
    }
    act(props.it.number, { path: press.path, body: press.body(session.user),
      version: props.it.version }, new AbortController().signal)
      .then((after) => finish(name, after), (fault: unknown) => {
        if (fault instanceof ProblemError && fault.problem.isOfInterest) {
          setNamed(session.user);
          return;
        }
        setError(fault);
        props.onLost();
      });
  };

  useEffect(() => props.onWriting(open !== null), [open]);
  const refuse = (user: string): void => {
    setOpen(null);
    setNamed(user);
  };
  const overrule = (user: string): void => {
    draftKeep(props.it.number, 'overrule', { ...draftRead(props.it.number, 'overrule'), user });
    start('overrule');
  };
  return { open, setOpen, done, error, start, finish, named, refuse, overrule };
}

export function ActionArea(props: ActionAreaProps): JSX.Element {
  const t = useWords();
  const { session, place } = useDesk();
  const isManager = isManagerAt(session, props.it.board);
  const names = offered(props.it, session.user, isManager);
  const { open, setOpen, done, error, start, finish, named, refuse, overrule } = useArea(props);
  const keys: Keys = {};

  for (const [key, name] of Object.entries(actionKeys))
    if (names.includes(name)) keys[key] = () => start(name);
  useKeys(keys);
  useFocusBack(open, named !== null);
  const row = open ? actionRows[open] : undefined;
  return (
    <section class="actions noprint" aria-labelledby="actions-title">
      <h2 id="actions-title" class="away">{t.action.title}</h2>
      {done && <p class="notice">✓ {done}{' '}
        {props.next && <a class="button" href={addressOf({ ...place, number: props.next })}>{t.case.next}</a>}</p>}
      {error !== null && !isOutOfReach(error) && <Trouble text={troubleText(t, error)} />}
      {named !== null && <Interest user={named} isManager={isManager} onOverrule={() => overrule(named)} />}
      {names.length > 0 && <div class="buttons">{names.map((name) => (
        <ActionButton key={name} name={name} isOpen={name === open} onPress={() => start(name)} />))}</div>}
      {row && open && <ActionForm key={open} name={open} row={row} it={props.it}
        onDone={(after) => finish(open, after)} onFresh={props.onCase} onLost={props.onLost} onInterest={refuse} onCancel={() => setOpen(null)} />}
    </section>);
}

/* When a form closes, to the button that opened it; where it is gone, to the heading. Not
 * when something else has been said instead, which has the focus. */
function useFocusBack(open: string | null, isSaid: boolean): void {
  const [last, setLast] = useState<string | null>(null);

  useEffect(() => {
    if (open === null && last !== null && !isSaid)
      (document.getElementById(`do-${last}`) ?? document.querySelector<HTMLElement>('h1'))?.focus();
    setLast(open);
  }, [open]);
}

function ActionButton({ name, isOpen, onPress }: { name: string; isOpen: boolean; onPress: () => void }): JSX.Element {
  const t = useWords();
  const key = Object.entries(actionKeys).find(([, known]) => known === name)?.[0];

  return (
    <button type="button" id={`do-${name}`} class={leading.includes(name) ? 'main' : ''}
      aria-expanded={name in actionRows ? isOpen : undefined} onClick={onPress}>
      {wordOf(t.action, name)}{key && <kbd aria-hidden="true">{key}</kbd>}
    </button>);
}
