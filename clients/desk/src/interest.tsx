/* The case names the colleague or concerns them: a clear word, and a manager's way on. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

import { useDesk } from './desk.ts';
import { fill, useWords } from './words.ts';

interface InterestProps {
  user: string; /* whom it may not go to */
  isManager: boolean;
  onOverrule: () => void;
}

export function Interest({ user, isManager, onOverrule }: InterestProps): JSX.Element {
  const t = useWords();
  const { session, lists } = useDesk();
  const box = useRef<HTMLDivElement>(null);
  const isSelf = user === session.user;
  const who = lists.colleagues.find((c) => c.user === user)?.name ?? user;

  useLayoutEffect(() => box.current?.focus(), [user]);
  return (
    <div class="notice interest" role="group" tabIndex={-1} ref={box} aria-labelledby="interest-title">
      <p class="attention" id="interest-title">▲ {isSelf ? t.interest.self : fill(t.interest.lead, { who })}</p>
      {!isSelf && (isManager
        ? <p><button type="button" class="main" onClick={onOverrule}>{t.action.overrule}</button></p>
        : <p>{t.interest.ask}</p>)}
    </div>);
}
