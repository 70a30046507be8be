/* Somebody else was first: what they did and wrote, beside what stands here unsent. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

import { wordsOf } from './actions.ts';
import type { ActionRow, Values } from './actions.ts';
import { useDesk } from './desk.ts';
import { Said } from './talk.tsx';
import { movesOf, whoOf } from './timeline.tsx';
import type { Case } from './types.ts';
import { instant } from './format.ts';
import { useWords, wordOf } from './words.ts';

interface ConflictProps {
  current: Case;
  seen: Case;
  row: ActionRow;
  values: Values;
  onSend: (version: number) => void;
  onEdit: (now: Case) => void;
  onDrop: (now: Case) => void;
}

/* Words that came after those that were seen: only ever added, so by their number. */
function Theirs({ current, seen }: Pick<ConflictProps, 'current' | 'seen'>): JSX.Element {
  const t = useWords();
  const { lists } = useDesk();
  const last = seen.events.at(-1)?.seq ?? 0;
  const texts = [...current.messages.slice(seen.messages.length), ...current.notes.slice(seen.notes.length)];

  return (
    <section>
      <h3>{t.conflict.theirs}</h3>
      <ol class="timeline">{current.events.filter((e) => e.seq > last).map((event) => (
        <li key={event.seq}>
          <p><strong>{wordOf(t.event, event.what)}</strong> {whoOf(t, event)}{' '}
            <time class="soft" dateTime={event.at}>{instant(t, event.at)}</time></p>
          {movesOf(t, lists, event).map((text) => <p class="soft" key={text}>{text}</p>)}
        </li>))}</ol>
      <ol class="talk">{texts.map((m) => (
        <Said key={`${m.at}${m.kind}`} side="theirs" at={m.at} text={m.text} who={m.byName ?? t.case.fromResident}
          what={wordOf(t.event, m.kind)} />))}</ol>
    </section>);
}

export function Conflict({ current, seen, row, values, onSend, onEdit, onDrop }: ConflictProps): JSX.Element {
  const t = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  const isPossible = current.actions.includes(row.code);

  useLayoutEffect(() => heading.current?.focus(), []);
  return (
    <div class="conflict card" role="group" aria-labelledby="conflict-title">
      <h2 id="conflict-title" tabIndex={-1} ref={heading}>▲ {t.conflict.title}</h2>
      <p>{t.conflict.lead}</p>
      {!isPossible && <p class="attention">{t.conflict.cannot}</p>}
      <div class="both">
        <Theirs current={current} seen={seen} />
        <section>
          <h3>{t.conflict.yours}</h3>
          <p class="words own">{wordsOf(values) || t.conflict.nothing}</p>
        </section>
      </div>
      <div class="buttons">
        {isPossible && <button type="button" class="main"
          onClick={() => onSend(current.version)}>{t.conflict.sendAnyway}</button>}
        <button type="button" onClick={() => onEdit(current)}>{t.conflict.edit}</button>
        <button type="button" onClick={() => onDrop(current)}>{t.conflict.drop}</button>
      </div>
    </div>);
}
