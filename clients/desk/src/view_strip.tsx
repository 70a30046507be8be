/* Saved filters above the queue, each with how many cases it shows; g and a digit go there. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';

import { useCommands } from './commands.ts';
import { boardName, useDesk } from './desk.ts';
import { useKeys } from './keys.ts';
import type { Keys } from './keys.ts';
import { later } from './later.tsx';
import { addressOf } from './place.ts';
import type { SavedView, ViewCount } from './types.ts';
import { filtersOf, isOpen, savable } from './views.ts';
import type { Views } from './views.ts';
import { fill, useWords } from './words.ts';

const ViewDialog = later(async () => (await import('./view_dialog.tsx')).ViewDialog);

const patience = 2000; /* ms between g and its digit */

/* The digit alone is nothing: it must come soon after g. */
function useViewKeys(views: SavedView[], open: (view: SavedView) => void): void {
  const { announce } = useDesk();
  const t = useWords();
  const asked = useRef(0);
  const keys: Keys = { g: () => { asked.current = Date.now(); announce(t.view.digit); } };

  views.slice(0, 9).forEach((view, i) => {
    keys[String(i + 1)] = () => {
      if (Date.now() - asked.current < patience) open(view);
      asked.current = 0;
    };
  });
  useKeys(keys);
}

function Count({ count }: { count: ViewCount | undefined }): JSX.Element {
  const t = useWords();

  return <strong>{count ? `${count.count}${count.more ? '+' : ''}` : <span aria-label={t.loading}>…</span>}</strong>;
}

function ViewLink({ view, views, digit }: { view: SavedView; views: Views; digit: number }): JSX.Element {
  const t = useWords();
  const { place, lists } = useDesk();

  return (
    <li>
      <a href={addressOf({ number: null, filters: filtersOf(view) })} aria-current={isOpen(view, place.filters) ? 'true' : undefined}>
        <Count count={views.countOf(view)} /> {view.name}
        {view.board !== null && <span class="soft">{fill(t.view.shared, { board: boardName(lists, view.board) })}</span>}
        {digit <= 9 && <kbd aria-hidden="true">g{digit}</kbd>}
      </a>
    </li>);
}

export function ViewStrip({ views }: { views: Views }): JSX.Element {
  const t = useWords();
  const { place, go } = useDesk();
  const [isEditing, setEditing] = useState(false);
  const open = (view: SavedView): void => go({ number: null, filters: filtersOf(view) });
  const has = Object.keys(savable(place.filters)).length > 0;

  useViewKeys(views.items, open);
  useCommands(() => [...views.items.map((view, i) => ({ id: `view:${view.id}`, text: view.name, group: t.view.title,
    key: i < 9 ? `g ${i + 1}` : undefined, run: () => open(view) })),
  { id: 'view:', text: t.view.manage, group: t.view.title, run: () => setEditing(true) }]);
  return (
    <>
      {(views.items.length > 0 || has) && <nav class="summary views" aria-label={t.view.title}>
        <ul>
          {views.items.map((view, i) => <ViewLink key={view.id} view={view} views={views} digit={i + 1} />)}
          <li><button type="button" class="plain" id="views-edit" onClick={() => setEditing(true)}>
            {has ? t.view.save : t.view.manage}</button></li>
        </ul>
      </nav>}
      {isEditing && <ViewDialog views={views} onClose={() => setEditing(false)} />}
    </>);
}
