/* Search and filters. Each choice is in the address at once; words when they are sent. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { boardName, boardsOf, useDesk } from './desk.ts';
import type { Desk } from './desk.ts';
import { useDistricts } from './districts.ts';
import type { Options } from './options.ts';
import { soughtPlace, withFilter } from './place.ts';
import type { FilterName } from './place.ts';
import { settingKeep, settingRead } from './store.ts';
import { useWords, wordOf } from './words.ts';
import type { Texts } from './texts/sv.ts';

type Rows = [name: FilterName, options: Options][];

export function filterRows(t: Texts, { lists, session }: Desk, districts: Options): Rows {
  const any: Options = [['', t.filter.any]];
  const boards = boardsOf(session);

  return [
    ['handler', [...any, ['me', t.filter.me], ['none', t.filter.none],
      ...lists.colleagues.filter((c) => c.user !== session.user).map((c): [string, string] => [c.user, c.name])]],
    ['status', [['', t.filter.open], ...Object.entries(t.status), ['any', t.filter.everything]]],
    ['category', [...any, ...lists.categories.map((c): [string, string] => [c.code, c.name])]],
    ['type', [...any, ...Object.entries(t.type)]],
    ['district', [...any, ...districts]],
    ...(boards.length > 1
      ? [['board', [...any, ...boards.map((b): [string, string] => [b, boardName(lists, b)])]] satisfies Rows[number]] : []),
    ['attention', [...any, ...Object.entries(t.attention)]],
    ['part', [['', t.filter.present], ['earlier', t.filter.earlier]]],
    ['sort', [['', t.filter.byAnswer], ['receivedAt', t.filter.byReceived]]],
  ];
}

function Search(): JSX.Element {
  const t = useWords();
  const { place, go } = useDesk();
  const box = useRef<HTMLInputElement>(null);
  const send = (event: Event): void => {
    event.preventDefault();
    go(soughtPlace(place.filters, box.current?.value ?? ''));
  };

  useEffect(() => { if (box.current) box.current.value = place.filters.q ?? ''; }, [place.filters.q]);
  return (
    <form class="search" role="search" onSubmit={send}>
      <label for="q">{t.filter.q}</label>
      <input id="q" type="search" ref={box} maxLength={200} autoComplete="off" />
      <button type="submit">{t.filter.search}</button>
    </form>);
}

export function focusSearch(): void {
  document.getElementById('q')?.focus();
}

export function FilterBar(): JSX.Element {
  const t = useWords();
  const desk = useDesk();
  const { place, go } = desk;
  const districts = useDistricts(desk.signIns);
  const set = (name: FilterName, value: string): void =>
    go({ number: null, filters: withFilter(place.filters, name, value) });
  const chosen = Object.keys(place.filters).filter((name) => name !== 'q' && name !== 'sort').length;
  const [isOpen] = useState(() => settingRead('filters') === 'open');
  const remember = (event: { currentTarget: HTMLElement }): void => settingKeep('filters',
    event.currentTarget.closest('details')?.open ? 'folded' : 'open'); /* it is about to turn */

  return (
    <div class="find">
      <Search />
      {Object.keys(place.filters).length > 0 && <button type="button" class="plain clear"
        onClick={() => go({ number: null, filters: {} })}>{t.queue.clear}</button>}
      <details class="filters" open={isOpen}>
        <summary onClick={remember}>{t.filter.show}{chosen > 0 && ` (${chosen})`}</summary>
        <div class="choices">{filterRows(t, desk, districts).map(([name, options]) => (
          <div class="choice" key={name}>
            <label for={`filter-${name}`}>{wordOf(t.filter, name)}</label>
            <select id={`filter-${name}`} value={place.filters[name] ?? ''}
              onChange={(event) => set(name, event.currentTarget.value)}>
              {options.map(([value, text]) => <option key={value} value={value}>{text}</option>)}
            </select>
          </div>))}</div>
      </details>
    </div>);
}
