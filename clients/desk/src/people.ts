/* Accounts and roles as words and values: everything that needs no page. */
import type { Speaker, Values } from './settings.ts';
import type { Account, Session } from './types.ts';
import { fitsWords } from './commands.ts';
import { boardName, isAdministrator, ledBoards } from './desk.ts';
import { validityText } from './settings.ts';
import { wordOf } from './words.ts';

export type Role = Account['roles'][number];
type RoleFacts = Pick<Role, 'role' | 'board' | 'unit' | 'validFrom' | 'validTo'>;

/* Of no board: their word is the whole city's. */
const boardless = ['analyst', 'administrator'];

/* As synpunkt_people.may_give(), which decides. */
const below = ['registrar', 'case-handler', 'board-secretary', 'provider'];

export function roleCodes(session: Session, all: string[]): string[] {
  return isAdministrator(session) ? all : all.filter((code) => below.includes(code));
}

export function boardCodes(session: Session, all: string[]): string[] {
  if (isAdministrator(session)) return ['', ...all];
  return ledBoards(session);
}

export function roleText({ t, lists }: Speaker, { role, board, unit }: RoleFacts): string {
  return [wordOf(t.role, role), ...(board === '*' ? [] : [boardName(lists, board)]), ...(unit ? [unit] : [])].join(', ');
}

export function roleWithDays(speaker: Speaker, it: RoleFacts): string {
  return it.validFrom || it.validTo ? `${roleText(speaker, it)} (${validityText(speaker, { ...it })})` : roleText(speaker, it);
}

/* What is empty is left out. */
export function bodyOf(values: Values): object {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.trim()])
    .filter(([name, value]) => value !== '' && !(name === 'board' && boardless.includes(values['role'] ?? ''))));
}

/* By name, account or role. */
export function fitsPerson(speaker: Speaker, { username, name, roles }: Account, sought: string): boolean {
  return fitsWords([username, name, ...roles.map((role) => roleText(speaker, role))], sought);
}
