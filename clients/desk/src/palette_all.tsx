/* The command palette: Ctrl+K from wherever one is, and what it holds on every view. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { commandsNow, numberOf } from './commands.ts';
import type { Command } from './commands.ts';
import { boardName, boardsOf, decidesOnMail, hasSettings, improves, isOfficer, ledBoards, makesPosters, seesLogs, useDesk } from './desk.ts';
import type { Desk } from './desk.ts';
import { filterRows } from './filters.tsx';
import { Palette } from './palette.tsx';
import { disclosuresPath, improvementsPath, placeOf, quarantinePath, reportsPath, rulesPath, signalsPath, takePath, withFilter, workloadPath } from './place.ts';
import { disclosingBoards, readsReports, takingName } from './takers.ts';
import { fill, useWords, wordOf } from './words.ts';
import type { Texts } from './texts/sv.ts';

/* Pages of the desk, and the server's own beside it. */
function pages(t: Texts, { session, lists }: Desk): [path: string, text: string][] {
  const boards = boardsOf(session);

  return [
    ...(boards.length ? [['/desk/', t.queue.title]] satisfies [string, string][] : []),
    ...[takingName(t, session)].flatMap((name): [string, string][] => (name ? [[takePath, name]] : [])),
    ...(decidesOnMail(session) ? [[quarantinePath, t.quarantine.menu]] satisfies [string, string][] : []),
    ...(improves(session) ? [[improvementsPath, t.improvements]] satisfies [string, string][] : []),
    ...(readsReports(session) ? [[reportsPath, t.reports]] satisfies [string, string][] : []),
    ...(disclosingBoards(session).length ? [[disclosuresPath, t.disclosures]] satisfies [string, string][] : []),
    ...(ledBoards(session).length ? [[workloadPath, t.workload.title], [signalsPath, t.signals]] satisfies [string, string][] : []),
    ...(hasSettings(session) ? [[rulesPath, t.rules]] satisfies [string, string][] : []),
    ...(isOfficer(session) ? [['/desk/personer', t.persons.title]] satisfies [string, string][] : []),
    ['/desk/konto', t.account.title],
    ['/statistik/', t.statistics],
    ...boards.map((b): [string, string] => [`/statistik/${b}`, `${t.statistics}: ${boardName(lists, b)}`]),
    ['/diarium/', t.register],
    ...boards.map((b): [string, string] => [`/diarium/${b}`, `${t.register}: ${boardName(lists, b)}`]),
    ...(seesLogs(session) ? [['/loggar/', t.noCases.logs]] satisfies [string, string][] : []),
    ...(makesPosters(session) ? [['/affischer/', t.posters]] satisfies [string, string][] : []),
  ];
}

function pageCommands(t: Texts, desk: Desk): Command[] {
  return pages(t, desk).map(([path, text]) => ({ id: `page:${path}`, text, group: t.palette.page,
    run: () => {
      if (path.startsWith('/desk/')) desk.go(placeOf(new URL(path, window.location.href)));
      else window.location.assign(path);
    } }));
}

function filterCommands(t: Texts, desk: Desk): Command[] {
  const { place, go } = desk;
  if (!boardsOf(desk.session).length) return [];
  const clear: Command = { id: 'filter:', text: t.queue.clear, group: t.palette.filter, run: () => go({ number: null, filters: {} }) };

  return [...(Object.keys(place.filters).length ? [clear] : []),
    ...filterRows(t, desk, []).flatMap(([name, options]) => options.map(([value, text]): Command => ({
      id: `filter:${name}:${value}`, text: `${wordOf(t.filter, name)}: ${text}`, group: t.palette.filter,
      isQuiet: name !== 'attention' && name !== 'handler',
      run: () => go({ number: null, filters: withFilter(place.filters, name, value) }) })))];
}

function openCommand(t: Texts, { go, place }: Desk, query: string): Command[] {
  const number = numberOf(query, new Date().getFullYear());

  return number === null ? [] : [{ id: `case:${number}`, text: fill(t.palette.open, { number }), group: t.palette.case,
    run: () => go({ number, filters: place.filters }) }];
}

/* Also while one writes: it is no single letter. A dialog keeps its keys to itself. */
function usePaletteKey(open: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey
        || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      open();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

interface AllCommandsProps {
  isOpen: boolean;
  onOpen: () => void;
  onHelp: () => void;
  onClose: () => void;
}

export function AllCommands({ isOpen, onOpen, onHelp, onClose }: AllCommandsProps): JSX.Element | null {
  const t = useWords();
  const desk = useDesk();

  usePaletteKey(onOpen);
  if (!isOpen) return null;
  return <Opened t={t} desk={desk} onHelp={onHelp} onClose={onClose} />;
}

function Opened({ t, desk, onHelp, onClose }: { t: Texts; desk: Desk; onHelp: () => void; onClose: () => void }): JSX.Element {
  const [commands] = useState((): Command[] => [...commandsNow(), ...pageCommands(t, desk), ...filterCommands(t, desk),
    { id: 'help', text: t.keys.title, group: t.palette.page, key: '?', run: onHelp }]);

  return <Palette label={t.palette.title} commands={commands} onClose={onClose}
    more={(query) => openCommand(t, desk, query)} />;
}

