/* What can be done with the case: a button each, and the form of the one that is open. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { act } from './api.ts';
import { ProblemError } from './errors.ts';
import { ActionButtons } from './action_buttons.tsx';
import { ActionForm } from './action_form.tsx';
import { actionKeys, actionRows, offered, pressRows } from './actions.ts';
import { useCommands } from './commands.ts';
import { isManagerAt, useDesk } from './desk.ts';
import { useServerDrafts } from './draft_note.tsx';
import { Interest } from './interest.tsx';
import { useKeys } from './keys.ts';
import type { Keys } from './keys.ts';
import { later } from './later.tsx';
import { addressOf } from './place.ts';
import { sortKeys } from './quick.ts';
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
  onWriting: (form: string | null) => void; /* that is open */
}

const SplitForm = later(async () => (await import('./split_form.tsx')).SplitForm);

/* An answer that somebody else lets go has not gone. */
function doneAs(name: string, after: Case): string {
  return name === 'reply' && after.status === 'awaiting-approval' ? 'replyWaits' : name;
}

function drafted(number: string): string | null {
  return Object.keys(actionRows).find((name) => Object.keys(draftRead(number, name)).length > 0) ?? null;
}

function useArea(props: ActionAreaProps) {
  const t = useWords();
  const { session, place, go, announce, tell, signIns } = useDesk();
  const [open, setOpen] = useState<string | null>(() => drafted(props.it.number));
  const [turn, setTurn] = useState(0); /* another device's words have come into the open form */
  const [done, setDone] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [named, setNamed] = useState<string | null>(null); /* whom the case may not go to */
  const finish = (name: string, after: Case | null): void => {
    const text = after ? wordOf(t.done, doneAs(name, after)) : fill(t.done.moved, { number: props.it.number });
    setOpen(null);
    if (after) {
      setDone(text);
      announce(text);
      props.onCase(after);
      return;
    }
    tell(text);
    props.onLeft();
    go({ ...place, number: null });
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

  const last = useRef(open);
  last.current = open;
  useServerDrafts(props.it.number, signIns, (action) => {
    if (last.current === null) setOpen(drafted(props.it.number));
    else if (last.current === action) setTurn((n) => n + 1);
  });
  useEffect(() => props.onWriting(open), [open]);
  const refuse = (user: string): void => {
    setOpen(null);
    setNamed(user);
  };
  const overrule = (user: string): void => {
    draftKeep(props.it.number, 'overrule', { ...draftRead(props.it.number, 'overrule'), user });
    start('overrule');
  };
  /* In place of a transfer: of its draft only what was written stays. */
  const ask = (board: string): void => {
    const { number } = props.it;
    draftKeep(number, 'transfer', { text: draftRead(number, 'transfer')['text'] ?? '' });
    draftKeep(number, 'askConsent', { ...draftRead(number, 'askConsent'), ...(board && { board }) });
    start('askConsent');
  };
  return { open, setOpen, turn, done, error, start, finish, named, refuse, overrule, ask };
}

export function ActionArea(props: ActionAreaProps): JSX.Element {
  const t = useWords();
  const { session, place } = useDesk();
  const isManager = isManagerAt(session, props.it.board);
  const names = offered(props.it, session.user, isManager);
  const { open, setOpen, turn, done, error, start, finish, named, refuse, overrule, ask } = useArea(props);
  const keys: Keys = {};

  for (const [key, name] of Object.entries(actionKeys))
    if (names.includes(name) && !(place.isSorting && sortKeys.includes(key))) keys[key] = () => start(name);
  useKeys(keys);
  useCommands(() => names.map((name) => ({ id: `do:${name}`, text: wordOf(t.action, name), group: props.it.number,
    key: Object.keys(keys).find((key) => actionKeys[key] === name), run: () => start(name) })));
  useFocusBack(open, done, named !== null);
  const row = open ? actionRows[open] : undefined;
  return (
    <section class="actions noprint" aria-labelledby="actions-title">
      <h2 id="actions-title" class="away">{t.action.title}</h2>
      {done && <p class="notice">✓ {done}{' '}
        {props.next && <a class="button" href={addressOf({ ...place, number: props.next })}>{t.case.next}
          <kbd aria-hidden="true">j</kbd></a>}</p>}
      {error !== null && !isOutOfReach(error) && <Trouble text={troubleText(t, error)} />}
      {named !== null && <Interest user={named} isManager={isManager} onOverrule={() => overrule(named)} />}
      {!place.isSorting && <ActionButtons it={props.it} names={names} open={open} onPress={start} />}
      {row && open === 'split' && <SplitForm key={turn} it={props.it} onFresh={props.onCase} onCancel={() => setOpen(null)} />}
      {row && open && open !== 'split' && <ActionForm key={`${open}-${turn}`} name={open} row={row} it={props.it}
        onDone={(after) => finish(open, after)} onFresh={props.onCase} onLost={props.onLost} onInterest={refuse} onCancel={() => setOpen(null)} onAsk={ask} />}
    </section>);
}

/* When a form closes, to the button that opened it. Where that is gone, as is a button
 * that was pressed for good: to what comes next in this case, or to the next case. Not when
 * something else has been said instead, which has the focus. */
function useFocusBack(open: string | null, done: string, isSaid: boolean): void {
  const last = useRef<string | null>(null);

  useLayoutEffect(() => {
    const isLost = document.activeElement === document.body;
    if (open === null && !isSaid && (last.current !== null || (done && isLost)))
      (document.getElementById(`do-${last.current ?? ''}`)
        ?? document.querySelector<HTMLElement>('.actions .buttons .main')
        ?? document.querySelector<HTMLElement>('.actions .notice a')
        ?? document.querySelector<HTMLElement>('h1'))?.focus();
    last.current = open;
  }, [open, done]);
}
