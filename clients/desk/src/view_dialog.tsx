/* Saving the filters that are on, and the list of what is saved: renamed, changed, removed. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';

import { addView, changeView, removeView } from './api.ts';
import { boardName, ledBoards, useDesk } from './desk.ts';
import { Dialog } from './dialog.tsx';
import { ProblemError } from './errors.ts';
import { ErrorSummary, Field } from './field.tsx';
import type { Fault } from './field.tsx';
import { filterRows } from './filters.tsx';
import { troubleText } from './trouble.ts';
import { Trouble } from './trouble_box.tsx';
import type { SavedView } from './types.ts';
import { filtersOf, savable } from './views.ts';
import type { Views } from './views.ts';
import { fill, useWords, wordOf } from './words.ts';
import type { Texts } from './texts/sv.ts';
import type { Desk } from './desk.ts';
import type { Filters } from './place.ts';

/* "Handläggare: Jag, Läge: Nytt". */
export function filterWords(t: Texts, desk: Desk, filters: Filters): string {
  const rows = filterRows(t, desk, []);

  return Object.entries(filters).map(([name, value]) => {
    const options = rows.find(([known]) => known === name)?.[1];
    return `${wordOf(t.filter, name)}: ${options?.find(([code]) => code === value)?.[1] ?? value}`;
  }).join(', ');
}

export function viewTrouble(t: Texts, error: unknown): string {
  return error instanceof ProblemError && error.status === 409 ? t.view.full : troubleText(t, error);
}

function Save({ views, onSaid }: { views: Views; onSaid: (text: string) => void }): JSX.Element {
  const t = useWords();
  const desk = useDesk();
  const typed = useRef({ name: '', board: '' });
  const [faults, setFaults] = useState<Fault[]>([]);
  const [error, setError] = useState<unknown>(null);
  const boards = ledBoards(desk.session);
  const filters = savable(desk.place.filters);
  const submit = (event: Event): void => {
    event.preventDefault();
    const { name, board } = typed.current;
    const wrong = name.trim() ? [] : [{ id: 'view-name', text: fill(t.error.required, { label: t.view.name }) }];
    setFaults(wrong);
    setError(null);
    if (wrong.length) return;
    addView({ name: name.trim(), filters, ...(board && { board }) }).then((view) => {
      views.put(view);
      onSaid(fill(t.view.saved, { name: view.name }));
    }, setError);
  };

  return (
    <form noValidate onSubmit={submit} aria-labelledby="view-save">
      <h3 id="view-save">{t.view.save}</h3>
      <p class="soft">{filterWords(t, desk, filters)}{'q' in desk.place.filters && <>. {t.view.noWords}</>}</p>
      <ErrorSummary title={t.error.summary} faults={faults} />
      <Field id="view-name" label={t.view.name} fault={faults[0]?.text}>
        {(aria) => <input {...aria} type="text" maxLength={60} autoComplete="off"
          onInput={(event) => { typed.current.name = event.currentTarget.value; }} />}
      </Field>
      {boards.length > 0 && <Field id="view-board" label={t.view.whose}>
        {(aria) => <select {...aria} onChange={(event) => { typed.current.board = event.currentTarget.value; }}>
          <option value="">{t.view.mine}</option>
          {boards.map((code) => <option key={code} value={code}>{fill(t.view.all, { board: boardName(desk.lists, code) })}</option>)}
        </select>}
      </Field>}
      {error !== null && <Trouble text={viewTrouble(t, error)} />}
      <button type="submit" class="main">{t.view.save}</button>
    </form>);
}

interface SavedProps {
  view: SavedView;
  views: Views;
  onSaid: (text: string) => void;
}

function Saved({ view, views, onSaid }: SavedProps): JSX.Element {
  const t = useWords();
  const desk = useDesk();
  const [error, setError] = useState<unknown>(null);
  const filters = savable(desk.place.filters);
  const change = (): void => {
    changeView(view.id, { filters }).then((now) => { views.put(now); onSaid(fill(t.view.saved, { name: now.name })); }, setError);
  };
  const remove = (): void => {
    removeView(view.id).then(() => { views.drop(view.id); onSaid(fill(t.view.removed, { name: view.name })); }, setError);
  };

  return (
    <li>
      <p><strong>{view.name}</strong>{view.board !== null && <span class="soft"> {fill(t.view.shared, {
        board: boardName(desk.lists, view.board) })}</span>}<br />
      <span class="soft">{filterWords(t, desk, filtersOf(view)) || t.queue.title}</span></p>
      {view.mayChange && <div class="buttons">
        {Object.keys(filters).length > 0 && <button type="button" onClick={change}>{t.view.replace}
          <span class="away"> {view.name}</span></button>}
        <button type="button" onClick={remove}>{t.view.remove}<span class="away"> {view.name}</span></button>
      </div>}
      {error !== null && <Trouble text={viewTrouble(t, error)} />}
    </li>);
}

export function ViewDialog({ views, onClose }: { views: Views; onClose: () => void }): JSX.Element {
  const t = useWords();
  const { place } = useDesk();
  const [said, setSaid] = useState('');
  const title = useRef<HTMLHeadingElement>(null);
  const say = (text: string): void => { setSaid(text); title.current?.focus(); };

  return (
    <Dialog labelledBy="views-title" onClose={onClose}>
      <h2 id="views-title" tabIndex={-1} ref={title}>{t.view.title}</h2>
      <p role="status" class={said ? 'notice' : ''}>{said && `✓ ${said}`}</p>
      {!said && Object.keys(savable(place.filters)).length > 0 && <Save views={views} onSaid={say} />}
      {views.items.length > 0 ? <ul class="saved">{views.items.map((view) => (
        <Saved key={view.id} view={view} views={views} onSaid={say} />))}</ul> : <p>{t.view.none}</p>}
      <button type="button" onClick={onClose}>{t.close}</button>
    </Dialog>);
}
