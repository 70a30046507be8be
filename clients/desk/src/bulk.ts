/* The same thing done to many cases: which of them it can be done to, and doing it. Each is a
 * call of its own with the version that was seen, so that it is an event of its own, and what
 * a colleague did meanwhile is a conflict of that case and no other. */
import type { ActionRow, FieldRow, Values } from './actions.ts';
import { parseCase } from './api.ts';
import { OfflineError, ProblemError, SignedOutError } from './errors.ts';
import type { AccessRow, Case, Colleague, FilledTemplate, Item, Session } from './types.ts';

export interface BulkRow extends Pick<ActionRow, 'code' | 'path'> {
  what: string[]; /* the events that it may become */
  key: string; /* as in a case */
  fields: FieldRow[];
}

const choice = (name: string, label: FieldRow['label'], isRequired: boolean): FieldRow =>
  ({ name, kind: 'choice', label, isRequired });
const text = (label: FieldRow['label']): FieldRow => ({ name: 'text', kind: 'text', label, isRequired: false });

/* Of a transfer the server chooses what goes along, case by case, by how sensitive it is. */
export const bulkRows: Record<string, BulkRow> = {
  acknowledge: { code: 'acknowledge', path: 'acknowledgements', what: ['acknowledged'], key: 'a', fields: [text('acknowledgeText')] },
  assign: { code: 'assign', path: 'assignments', what: ['assigned'], key: 'g', fields: [choice('user', 'user', true)] },
  change: { code: 'change', path: '', what: ['changed'], key: 'e', fields: [choice('category', 'category', false),
    choice('type', 'type', false), choice('qualityDimension', 'qualityDimension', false)] },
  transfer: { code: 'transfer', path: 'transfers', what: ['transferred'], key: 'o', fields: [choice('board', 'board', true),
    choice('ground', 'ground', true), text('transferText')] },
  /* The words are a template's, filled in for each case; where a manager approves, they wait. */
  reply: { code: 'reply', path: 'replies', what: ['replied', 'approval-asked'], key: 'r', fields: [choice('template', 'template', true),
    choice('close', 'closeAlso', false)] },
  close: { code: 'close', path: 'closures', what: ['closed'], key: 'x', fields: [choice('reason', 'closeReason', true)] },
};

/* Gives the case back to nobody; null in the call. */
export const noUser = '-';

export function bulkBody(values: Values, words?: string): object {
  if (words !== undefined) return { text: words, ...(values['close'] && { close: values['close'] }) };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim())
    .map(([name, value]) => [name, name === 'user' && value === noUser ? null : value]));
}

/* ---- before: which of them it can be done to ---- */

export type Hindrance = 'unreadable' | 'left' | 'closed' | 'status' | 'role' | 'acknowledged' | 'colleague' | 'board' | 'same'
  | 'template' | 'gap';

export interface Known {
  session: Session;
  access: AccessRow[];
  colleagues: Colleague[];
  filled?: ReadonlyMap<string, FilledTemplate[]>; /* by the case's number: what fits it */
}

function isAllowed(item: Item, { roles }: AccessRow, session: Session): boolean {
  return session.roles.some(({ role, board }) => roles.includes(role) && board === item.board);
}

function isSame(item: Item, row: BulkRow, values: Values): boolean {
  if (row.code === 'assign') return item.handler === (values['user'] === noUser ? null : values['user']);
  return row.code === 'change' && !values['qualityDimension'] && (!values['category'] || values['category'] === item.category)
    && (!values['type'] || values['type'] === item.type);
}

function isColleague(item: Item, user: string, { colleagues }: Known): boolean {
  return user === noUser || colleagues.some((c) => c.user === user && c.boards.includes(item.board));
}

export function templateFor(number: string, values: Values, filled: Known['filled']): FilledTemplate | undefined {
  return filled?.get(number)?.find(({ id }) => String(id) === values['template']);
}

/* Null: nothing that is known here. The server has the last word. */
export function hindrance(item: Item, row: BulkRow, values: Values, known: Known): Hindrance | null {
  const rule = known.access.find(({ action }) => action === row.code);

  if (item.leftAt) return 'left';
  if (item.restricted) return 'unreadable';
  if (rule && !isAllowed(item, rule, known.session)) return 'role';
  if (rule && !rule.statuses.includes(item.status)) return item.status === 'closed' ? 'closed' : 'status';
  if (row.code === 'acknowledge' && item.acknowledged) return 'acknowledged';
  if (values['user'] && !isColleague(item, values['user'], known)) return 'colleague';
  if (values['board'] === item.board) return 'board';
  if (row.code === 'reply' && values['template']) {
    const template = templateFor(item.number, values, known.filled);
    if (!template || template.missing.length) return template ? 'gap' : 'template';
  }
  const isFilled = Object.values(values).some((value) => value.trim());
  return isFilled && isSame(item, row, values) ? 'same' : null;
}

/* ---- doing it ---- */

export interface Try {
  item: Item;
  version: number;
  isUnsure: boolean; /* it was sent, and no answer came: it may have been done */
  words?: string | undefined; /* a reply's, as they were shown */
}

export type Ending = 'done' | 'stale' | 'status' | 'interest' | 'forbidden' | 'refused' | 'busy' | 'silent' | 'signedOut' | 'unbegun';

export interface Outcome extends Try {
  ending: Ending;
  field: string; /* that was refused, or '' */
  current: Case | null; /* with a conflict: what the colleague made of it */
}

const again: Ending[] = ['stale', 'busy', 'silent', 'signedOut', 'unbegun'];

export function canRetry({ ending, current }: Outcome, row: BulkRow): boolean {
  return again.includes(ending) && (current === null || current.actions.includes(row.code));
}

/* Is the event among those since that version, by oneself? Each version adds two at most. */
function isOwn(now: Case, { version }: Try, row: BulkRow, { name }: Session): boolean {
  const added = now.part === 'earlier' ? 1 : now.version - version;
  const since = added > 0 ? now.events.slice(-2 * added) : [];

  return since.some(({ what, byName }) => row.what.includes(what) && byName === name);
}

export function outcomeOf(one: Try, error: unknown, row: BulkRow, session: Session): Outcome {
  const end = (ending: Ending, more: Partial<Outcome> = {}): Outcome => ({ ...one, field: '', current: null, ending, ...more });

  if (error instanceof SignedOutError) return end('signedOut');
  if (!(error instanceof ProblemError)) return end('silent', { isUnsure: true });
  const { status, problem } = error;
  if (status === 409 && problem.current) {
    const current = parseCase(problem.current);
    if (one.isUnsure && isOwn(current, one, row, session)) return end('done');
    if (problem.isOfInterest) return end('interest');
    return end(current.version === one.version ? 'status' : 'stale',
      { current, version: current.version, isUnsure: false });
  }
  if (status === 403 || status === 404) return end('forbidden');
  if (status === 429 || status === 503) return end('busy');
  return end('refused', { field: problem.fields[0]?.name ?? '' });
}

/* A line that is down takes nothing more; what was under way may have been done or not. */
const isDown = (error: unknown): boolean => error instanceof OfflineError || error instanceof SignedOutError;

const atOnce = 4; /* a browser opens six connections to a server; one is for changes */

export interface Run {
  row: BulkRow;
  session: Session;
  stop: AbortSignal; /* begins no more; those under way end */
  send: (one: Try) => Promise<unknown>;
  onOutcome: (outcome: Outcome) => void;
}

export async function runBulk(tries: Try[], { row, session, stop, send, onOutcome }: Run): Promise<Outcome[]> {
  const outcomes = tries.map((one): Outcome => ({ ...one, ending: 'unbegun', field: '', current: null }));
  let next = 0;
  let isOver = false;
  const work = async (): Promise<void> => {
    while (next < tries.length && !isOver && !stop.aborted) {
      const at = next++;
      const one = tries[at];
      if (!one) return;
      const outcome = await send(one).then((): Outcome => ({ ...one, ending: 'done', field: '', current: null }),
        (error: unknown) => {
          isOver ||= isDown(error);
          return outcomeOf(one, error, row, session);
        });
      outcomes[at] = outcome;
      onOutcome(outcome);
    }
  };

  await Promise.all(Array.from({ length: atOnce }, work));
  return outcomes;
}
