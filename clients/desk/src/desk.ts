/* What every part of the desk may ask for: who, where, the lists, and a voice. */
import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';

import { readAccess, readBoards, readCategories, readColleagues, readSections } from './api.ts';
import type { Place } from './place.ts';
import type { AccessRow, Board, Category, Colleague, Section, Session } from './types.ts';

export interface Lists {
  boards: Board[];
  categories: Category[];
  colleagues: Colleague[];
  sections: Section[]; /* of law, for markings */
  access: AccessRow[]; /* which roles may do what, from which status */
}

export interface Desk {
  session: Session;
  place: Place;
  go: (place: Place, isReplace?: boolean) => void;
  announce: (text: string) => void; /* to screen readers, politely */
  tell: (text: string) => void; /* the same, and it stands over the queue until a case is opened */
  lists: Lists;
  signIns: number; /* counts up with each: what failed meanwhile is asked for again */
}

/* Some board's data protection officer: is told what it holds on a person. */
export function isOfficer({ roles }: Session): boolean {
  return roles.some(({ role, board }) => role === 'data-protection-officer' && board !== '*');
}

/* Says whether mail in quarantine goes on. */
export function decidesOnMail({ roles }: Session): boolean {
  return roles.some(({ role }) => ['registrar', 'coordinator', 'dispatcher'].includes(role));
}

/* Reads improvement actions, as synpunkt.my_improvement_boards() has it, which decides. */
export function improves({ roles }: Session): boolean {
  return roles.some(({ role }) => ['coordinator', 'manager', 'board-secretary', 'case-handler', 'registrar', 'analyst'].includes(role));
}

export function isAdministrator({ roles }: Session): boolean {
  return roles.some(({ role }) => role === 'administrator');
}

export function hasSettings(session: Session): boolean {
  return isAdministrator(session) || ledBoards(session).length > 0;
}

/* As qr_may_make() in server/qr_http.c, which decides. */
const posterRoles = ['registrar', 'coordinator', 'manager', 'board-secretary', 'dispatcher', 'administrator'];

export function makesPosters({ roles }: Session): boolean {
  return roles.some(({ role }) => posterRoles.includes(role));
}

const none: Lists = { boards: [], categories: [], colleagues: [], sections: [], access: [] };

export const DeskContext = createContext<Desk>({ session: { user: '', name: '', roles: [],
  csrfToken: '' }, place: { number: null, filters: {} }, go: () => undefined,
announce: () => undefined, tell: () => undefined, lists: none, signIns: 0 });

export function useDesk(): Desk {
  return useContext(DeskContext);
}

/* Names of boards and the like; without them codes are shown, so a failure is silent. */
export function useLists(signIns: number): Lists {
  const [lists, setLists] = useState(none);

  useEffect(() => {
    const control = new AbortController();
    const keep = (part: Partial<Lists>): void => setLists((old) => ({ ...old, ...part }));
    readBoards(control.signal).then((boards) => keep({ boards }), () => undefined);
    readCategories(control.signal).then((categories) => keep({ categories }), () => undefined);
    readColleagues(control.signal).then((colleagues) => keep({ colleagues }), () => undefined);
    readSections(control.signal).then((sections) => keep({ sections }), () => undefined);
    readAccess(control.signal).then((access) => keep({ access }), () => undefined);
    return () => control.abort();
  }, [signIns]);
  return lists;
}

export function boardName(lists: Lists, code: string): string {
  return lists.boards.find((board) => board.code === code)?.name ?? code;
}

export function categoryName(lists: Lists, code: string | null): string | null {
  return lists.categories.find((category) => category.code === code)?.name ?? code;
}

/* Roles for figures, settings or control, which see no case. */
const apart = ['analyst', 'administrator', 'auditor', 'data-protection-officer'];

/* The boards whose cases this session sees. */
export function boardsOf(session: Session): string[] {
  const boards = session.roles
    .filter(({ role }) => !apart.includes(role))
    .map(({ board }) => board);
  return [...new Set(boards)].sort();
}

export function isManagerAt(session: Session, board: string): boolean {
  return session.roles.some((r) => r.role === 'manager' && r.board === board);
}

/* The boards that one leads, as synpunkt.led_boards() has it, which decides: all of a board, not
 * a unit of it. */
export function ledBoards({ roles }: Session): string[] {
  return [...new Set(roles.filter(({ role, unit }) => (role === 'coordinator' || role === 'manager') && !unit)
    .filter(({ board }) => board !== '*')
    .map(({ board }) => board))].sort();
}

export function seesLogs(session: Session): boolean {
  return session.roles.some((r) => r.role === 'auditor' || r.role === 'data-protection-officer');
}
