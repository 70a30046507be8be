/* One case in the queue. The whole row is pressed by its link. */
import type { JSX } from 'preact';

import type { Chosen } from './chosen.ts';
import { Pick } from './chosen_bar.tsx';
import type { Columns } from './columns.ts';
import { boardName, categoryName, useDesk } from './desk.ts';
import { DueMark } from './due_mark.tsx';
import { day, otherMarks } from './format.ts';
import { MatchLine } from './match_line.tsx';
import type { Mark } from './merge.ts';
import { addressOf } from './place.ts';
import { ExtraCells } from './row_cells.tsx';
import type { Item } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';
import type { Texts } from './texts/sv.ts';

interface QueueRowProps {
  item: Item;
  mark: Mark | undefined;
  chosen: Chosen;
  columns: Columns;
  hasBoard: boolean;
  isDrafted: boolean;
}

/* Why the row says nothing of what was written. */
function noWords(t: Texts, item: Item): string {
  if (item.restricted) return t.queue.restricted;
  if (item.threat) return t.queue.threat;
  return item.protectedIdentity ? t.queue.protectedIdentity : t.queue.noText;
}

/* What was found stands in the text: its line says the same words with the hits marked. */
function isToldBelow({ match }: Item): boolean {
  return match?.where === 'text' && match.snippet.length > 0;
}

export function QueueRow({ item, mark, chosen, columns, hasBoard, isDrafted }: QueueRowProps): JSX.Element {
  const t = useWords();
  const { place, lists } = useDesk();

  return (
    <li class={`row${mark ? ` ${mark}` : ''}${chosen.has(item.number) ? ' chosen' : ''}`}>
      <Pick number={item.number} chosen={chosen} />
      <div class={columns.classOf('due')}>{item.leftAt ? <span class="soft">{fill(t.queue.left, {
        date: day(t, item.leftAt.slice(0, 10)), board: boardName(lists, item.leftFor ?? '') })}</span>
        : <DueMark item={item} />}</div>
      <div class="matter">
        <p class="what">
          <a class="open" data-number={item.number} href={addressOf({ number: item.number, filters: place.filters })}>
            <span class="number">{item.number}</span>{' '}
            <span class={isToldBelow(item) ? 'away' : 'snippet'} lang="sv">{item.snippet || noWords(t, item)}</span>
          </a>
        </p>
        {item.match && <MatchLine match={item.match} />}
        <p class="soft">
          <span class={columns.has('category') ? 'apart' : ''}><span lang="sv">{categoryName(lists, item.category) ?? t.unknownCategory}</span>{' · '}</span>
          {wordOf(t.type, item.type)}
          {item.supporters > 0 && <>{' · '}{fill(t.shown.supporters, { n: item.supporters })}</>}
          {hasBoard && <span class={columns.has('board') ? 'apart' : ''}>{' · '}<span lang="sv">{boardName(lists, item.board)}</span></span>}
        </p>
        {item.urgent && <p class="attention">▲ {t.queue.urgent}</p>}
        {item.needsHuman && <p class="attention">▲ {t.queue.needsHuman}</p>}
        {item.marked && <p class="marking">⚠ {t.marking.short}</p>}
        {otherMarks(item).map((code) => <p class="attention" key={code}>▲ {wordOf(t.attention, code)}</p>)}
      </div>
      <div class={columns.classOf('state')}>
        <span class={`status ${item.status}`}>{item.leftAt ? t.case.passedOn : wordOf(t.status, item.status)}</span>
        {isDrafted && <span class="mark">✎ {t.case.draft}</span>}
        {mark && <span class="mark">{t.queue[mark]}</span>}
      </div>
      <div class={columns.classOf('handler')}>
        <span class="away">{t.queue.handler}: </span>
        {item.handlerName ?? <span class="soft">{t.queue.noHandler}</span>}
      </div>
      <ExtraCells item={item} columns={columns} />
    </li>);
}
