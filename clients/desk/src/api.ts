/* One function for each call, each with the one place where its answer gets its type. */
import { ServerError } from './errors.ts';
import { request } from './request.ts';
import type { Call } from './request.ts';
import type { AccessRow, Area, Areas, Board, Case, Category, Colleague, Held, HeldMail, Load, Mentionable, Original, Page, PasskeyAnswer, Presence, DeviationUnits,
  ReceivedDays, Related, SavedView, Section, Session, SignInWays, Suggestions,
  Summary, Taken, Totp, TotpSecret, ViewCount } from './types.ts';

/* An answer without these members is not the one that was asked for. */
export function shaped(value: unknown, members: string[]): object {
  if (typeof value !== 'object' || value === null || members.some((m) => !(m in value)))
    throw new ServerError('not the answer that was expected');
  return value;
}

const parseSession = (v: unknown): Session => shaped(v, ['user', 'csrfToken']) as Session;
const parsePage = (v: unknown): Page => shaped(v, ['items', 'next']) as Page;
export const parseCase = (v: unknown): Case => shaped(v, ['number', 'events', 'actions']) as Case;
const parseSummary = (v: unknown): Summary => shaped(v, ['open', 'overdue']) as Summary;
export const parseList = <T>(v: unknown): T[] => (shaped(v, ['items']) as { items: T[] }).items;
const parseHeld = (v: unknown): Held => shaped(v, ['boards', 'items']) as Held;
const parseAreas = (v: unknown): Areas => shaped(v, ['features']) as Areas;

export const desk = '/api/v1/desk';
export const caseAt = (number: string): string => `${desk}/cases/${encodeURIComponent(number)}`;

export interface Credentials {
  username: string;
  password: string;
  totp: string; /* '': none */
  passkey?: PasskeyAnswer | undefined;
}

const withCode = ({ password, totp, passkey }: Omit<Credentials, 'username'>): object =>
  ({ password, ...(totp && { totp }), ...(passkey && { passkey }) });

export async function signIn(typed: Credentials): Promise<Session> {
  return parseSession(await request('/api/v1/sessions', { method: 'POST',
    body: { username: typed.username, ...withCode(typed) }, isSignIn: true }));
}

/* Says once more who one is, before what is sensitive. */
export async function confirmMe(typed: Omit<Credentials, 'username'>): Promise<void> {
  await request('/api/v1/sessions/current/confirmation', { method: 'POST', body: withCode(typed) });
}

export async function listSessions(signal: AbortSignal): Promise<Presence[]> {
  return parseList<Presence>(await request('/api/v1/sessions', { signal }));
}

/* Null: all but this one. */
export async function endSession(id: string | null): Promise<void> {
  await request(`/api/v1/sessions/${id === null ? 'others' : encodeURIComponent(id)}`, { method: 'DELETE' });
}

/* Providers to sign in with, and whether the form for a password is shown beside them. */
export async function signInWays(signal: AbortSignal): Promise<SignInWays> {
  return shaped(await request('/api/v1/sign-in', { signal }), ['providers', 'localAccounts']) as SignInWays;
}

const totp = '/api/v1/totp';
export const parseCodes = (v: unknown): string[] =>
  (shaped(v, ['recoveryCodes']) as { recoveryCodes: string[] }).recoveryCodes;

export async function readTotp(signal: AbortSignal): Promise<Totp> {
  return shaped(await request(totp, { signal }), ['enrolled']) as Totp;
}

export async function beginTotp(): Promise<TotpSecret> {
  return shaped(await request(totp, { method: 'POST' }), ['secret', 'uri']) as TotpSecret;
}

export async function confirmTotp(code: string): Promise<string[]> {
  return parseCodes(await request(`${totp}/confirmation`, { method: 'POST', body: { code } }));
}

export async function renewRecovery(): Promise<string[]> {
  return parseCodes(await request(`${totp}/recovery-codes`, { method: 'POST' }));
}

export async function renewPassword(): Promise<{ username: string; password: string }> {
  return shaped(await request('/api/v1/sessions/current/passwords', { method: 'POST' }),
    ['username', 'password']) as { username: string; password: string };
}

export async function removeTotp(): Promise<void> {
  await request(totp, { method: 'DELETE' });
}

export async function currentSession(signal: AbortSignal): Promise<Session> {
  return parseSession(await request('/api/v1/sessions/current', { signal }));
}

export async function signOut(isEverywhere: boolean): Promise<void> {
  await request(`/api/v1/sessions${isEverywhere ? '' : '/current'}`, { method: 'DELETE' });
}

export async function listCases(query: URLSearchParams, signal: AbortSignal): Promise<Page> {
  return parsePage(await request(`${desk}/cases?${query.toString()}`, { signal }));
}

export async function readCase(number: string, signal: AbortSignal): Promise<Case> {
  return parseCase(await request(caseAt(number), { signal }));
}

export interface Deed {
  path: string; /* '': a change of the case itself */
  body: object;
  version: number;
  files?: File[]; /* that go with it */
}

/* Files take the time that they take. */
function withParts(name: string, body: object, files: File[]): Pick<Call, 'body' | 'timeout'> {
  if (!files.length) return { body };
  const form = new FormData();
  form.append(name, new Blob([JSON.stringify(body)], { type: 'application/json' }));
  for (const file of files) form.append('attachment', file);
  return { body: form, timeout: 300_000 };
}

/* Null: it went to a board that is not the caller's. */
export async function act(number: string, deed: Deed, signal: AbortSignal): Promise<Case | null> {
  const answer = await request(caseAt(number) + (deed.path && `/${deed.path}`),
    { method: deed.path ? 'POST' : 'PATCH', ...withParts('reply', deed.body, deed.files ?? []), version: deed.version, signal });

  return typeof answer === 'object' && answer !== null && 'events' in answer
    ? parseCase(answer) : null;
}

/* masked: the version of the copy with parts covered, so that no browser takes an older one
 * for it; 0: the original. */
export function attachmentAt(number: string, n: number, isSmall: boolean, masked = 0): string {
  const query = new URLSearchParams({ ...(masked && { masked: String(masked) }), ...(isSmall && { thumbnail: '1' }) }).toString();
  return `${caseAt(number)}/attachments/${n}${query && `?${query}`}`;
}

/* The picture's turn may be some way off, and it takes a while. */
export async function maskPicture(number: string, n: number, areas: Area[], version: number): Promise<Case> {
  return parseCase(await request(`${attachmentAt(number, n, false)}/masks`,
    { method: 'POST', body: { areas }, version, timeout: 90_000 }));
}

export function replyFileAt(number: string, n: number, isSmall: boolean): string {
  return `${caseAt(number)}/reply-files/${n}${isSmall ? '?thumbnail=1' : ''}`;
}

export async function readReceivedDays(signal: AbortSignal): Promise<ReceivedDays> {
  return shaped(await request(`${desk}/received-days`, { signal }), ['first', 'last', 'letter']) as ReceivedDays;
}

export async function readDeviationUnits(signal: AbortSignal): Promise<DeviationUnits> {
  return shaped(await request(`${desk}/deviation-units`, { signal }), ['items']) as DeviationUnits;
}

/* With the same key the same case is made once, however often it is sent. */
export async function takeDown(taken: object, files: File[], key: string): Promise<Taken> {
  return shaped(await request(`${desk}/cases`, { method: 'POST', ...withParts('case', taken, files), key }),
    ['number', 'followUpCode', 'board']) as Taken;
}

export async function readSummary(signal: AbortSignal): Promise<Summary> {
  return parseSummary(await request(`${desk}/summary`, { signal }));
}

export async function readWorkload(signal: AbortSignal): Promise<Load> {
  return shaped(await request(`${desk}/workload`, { signal }), ['handlers', 'units']) as Load;
}

const views = `${desk}/views`;
const parseView = (v: unknown): SavedView => shaped(v, ['id', 'name', 'filters']) as SavedView;

export async function readViews(signal: AbortSignal): Promise<SavedView[]> {
  return parseList<SavedView>(await request(views, { signal }));
}

export async function countViews(signal: AbortSignal): Promise<ViewCount[]> {
  return parseList<ViewCount>(await request(`${views}/counts`, { signal }));
}

export async function addView(view: object): Promise<SavedView> {
  return parseView(await request(views, { method: 'POST', body: view }));
}

export async function changeView(id: number, change: object): Promise<SavedView> {
  return parseView(await request(`${views}/${id}`, { method: 'PATCH', body: change }));
}

export async function removeView(id: number): Promise<void> {
  await request(`${views}/${id}`, { method: 'DELETE' });
}

export async function readColleagues(signal: AbortSignal): Promise<Colleague[]> {
  return parseList<Colleague>(await request(`${desk}/colleagues`, { signal }));
}

export async function listMentionable(number: string, signal: AbortSignal): Promise<Mentionable[]> {
  return parseList<Mentionable>(await request(`${caseAt(number)}/mentionable`, { signal }));
}

export async function readAccess(signal: AbortSignal): Promise<AccessRow[]> {
  return (shaped(await request(`${desk}/access`, { signal }), ['actions']) as { actions: AccessRow[] }).actions;
}

export async function readSections(signal: AbortSignal): Promise<Section[]> {
  return parseList<Section>(await request(`${desk}/secrecy-sections`, { signal }));
}

export async function readBoards(signal: AbortSignal): Promise<Board[]> {
  return parseList<Board>(await request('/api/v1/boards?limit=200', { signal }));
}

export async function readCategories(signal: AbortSignal): Promise<Category[]> {
  return parseList<Category>(await request('/api/v1/categories?limit=200', { signal }));
}

export async function readDistricts(signal: AbortSignal): Promise<Areas> {
  return parseAreas(await request('/api/v1/areas?kind=district', { signal }));
}

/* By POST, so that the address is in no URL. */
export async function searchPersons(sought: object, signal: AbortSignal): Promise<Held> {
  return parseHeld(await request(`${desk}/persons`, { method: 'POST', body: sought, signal }));
}

export async function listMails(number: string, signal: AbortSignal): Promise<Original[]> {
  return parseList<Original>(await request(`${caseAt(number)}/mails`, { signal }));
}

export async function listSuggestions(number: string, signal: AbortSignal): Promise<Suggestions> {
  return shaped(await request(`${caseAt(number)}/suggestions`, { signal }), ['categories', 'flags']) as Suggestions;
}

export async function listRelated(number: string, signal: AbortSignal): Promise<Related> {
  return shaped(await request(`${caseAt(number)}/related`, { signal }), ['linked', 'person', 'duplicates', 'place']) as Related;
}

export async function linkCases(number: string, other: string, isGone: boolean): Promise<Related> {
  return shaped(await request(`${caseAt(number)}/${isGone ? 'link-removals' : 'links'}`,
    { method: 'POST', body: { number: other, kind: 'related' } }), ['linked', 'person', 'duplicates', 'place']) as Related;
}

const quarantine = `${desk}/quarantine`;

export const heldMailOf = (v: unknown): HeldMail => shaped(v, ['id', 'reasons', 'version']) as HeldMail;

export interface HeldPage {
  items: HeldMail[];
  next: string | null;
}

/* after: null from the start. */
export async function listHeldMails(after: string | null, signal: AbortSignal): Promise<HeldPage> {
  return shaped(await request(quarantine + (after === null ? '' : `?after=${encodeURIComponent(after)}`), { signal }),
    ['items', 'next']) as HeldPage;
}

export async function readHeldMail(id: number, signal: AbortSignal): Promise<HeldMail> {
  return heldMailOf(await request(`${quarantine}/${id}`, { signal }));
}

export type Verdict = 'release' | 'spam' | 'virus' | 'other';

export async function decideHeldMail({ id, version }: HeldMail, verdict: Verdict): Promise<void> {
  await request(`${quarantine}/${id}/${verdict === 'release' ? 'releases' : 'dismissals'}`,
    { method: 'POST', version, body: verdict === 'release' ? {} : { reason: verdict } });
}

/* The mail that a case was made of is its first. */
export function mailAt(number: string, n: number): string {
  return `${caseAt(number)}/mails/${n}`;
}
