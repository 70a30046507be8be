/* What can be done with a case, as a table: where it goes, what is filled in, which key.
 * A row is offered only when the case's own list of actions holds its code. */
import { mentionedIn } from './mention.ts';
import { consentedBoard, groundFor, isSensitive, partsFor } from './transfer.ts';
import type { ActionCode, Case } from './types.ts';

export interface FieldRow {
  name: string;
  kind: 'text' | 'choice' | 'date' | 'section' | 'line' | 'parts' | 'followers' | 'merge'
    | 'mentions';
  label: 'template' | 'delayText' | 'replyText' | 'askText' | 'noteText' | 'acknowledgeText' | 'transferText'
    | 'reasonText' | 'rejectText' | 'overruleReason' | 'closeAlso' | 'closeReason' | 'user' | 'reader' | 'board' | 'ground' | 'category'
    | 'type' | 'qualityDimension' | 'expectedBy' | 'document' | 'section'
    | 'holdText' | 'holdUntil' | 'handTo' | 'handText'
    | 'send' | 'followers' | 'consentText' | 'rightName' | 'rightEmail' | 'rightPhone' | 'rightPostal' | 'rightAddress' | 'whyCorrect' | 'mergeParent';
  isRequired: boolean;
  from?: (it: Case) => string; /* what stands there from the start */
  choices?: string; /* the list of them, where it is not the name's */
  isShown?: (it: Case) => boolean;
}

export interface ActionRow {
  code: ActionCode;
  path: string;
  fields: FieldRow[];
  adds?: object; /* to what is filled in */
  hasFiles?: boolean; /* files may go with it */
  isOffered?: (it: Case, isManager: boolean) => boolean;
}

const text = (label: FieldRow['label'], isRequired: boolean): FieldRow =>
  ({ name: 'text', kind: 'text', label, isRequired });
const choice = (name: string, label: FieldRow['label'], isRequired: boolean,
  from?: (it: Case) => string): FieldRow =>
  ({ name, kind: 'choice', label, isRequired, ...(from && { from }) });

const firstMarked = (it: Case): string => {
  const live = it.markings.filter((m) => m.removedAt === null);
  return live.some((m) => m.document === null) ? '' : live[0]?.document ?? '';
};

const line = (name: string, label: FieldRow['label'], from: (it: Case) => string): FieldRow =>
  ({ name, kind: 'line', label, isRequired: false, from });

export const actionRows: Record<string, ActionRow> = {
  reply: { code: 'reply', path: 'replies', hasFiles: true, fields: [text('replyText', true),
    choice('close', 'closeAlso', false),
    { name: 'followers', kind: 'followers', label: 'followers', isRequired: false,
      isShown: (it) => it.followers > 0 }] },
  ask: { code: 'ask', path: 'questions', fields: [text('askText', true)] },
  note: { code: 'note', path: 'notes', fields: [text('noteText', true),
    { name: 'mentions', kind: 'mentions', label: 'noteText', isRequired: false }] },
  acknowledge: { code: 'acknowledge', path: 'acknowledgements',
    fields: [text('acknowledgeText', false)] },
  /* Where a manager approves answers, nobody sends half of one past them. */
  'interim-reply': { code: 'interim-reply', path: 'interim-replies', hasFiles: true, fields: [text('replyText', true)],
    isOffered: (it) => !it.replyNeedsApproval && it.answeredAt === null },
  'notify-delay': { code: 'notify-delay', path: 'delay-notices', fields: [
    { name: 'expectedBy', kind: 'date', label: 'expectedBy', isRequired: false },
    text('delayText', false)] },
  assign: { code: 'assign', path: 'assignments', fields: [choice('user', 'user', true)] },
  overrule: { code: 'assign', path: 'assignments', adds: { overrule: true },
    fields: [choice('user', 'user', true),
      { name: 'reason', kind: 'text', label: 'overruleReason', isRequired: true }] },
  concern: { code: 'concern', path: 'concerns', fields: [choice('user', 'user', true)] },
  liftConcern: { code: 'concern', path: 'concerns', adds: { lift: true },
    fields: [{ ...choice('user', 'user', true), choices: 'concerned' }],
    isOffered: (it, isManager) => isManager && it.concerns.length > 0 },
  protect: { code: 'protect', path: 'protections', fields: [],
    isOffered: (it) => !it.protectedIdentity },
  liftProtection: { code: 'protect', path: 'protections', adds: { lift: true }, fields: [],
    isOffered: (it) => it.protectedIdentity },
  change: { code: 'change', path: '', fields: [
    choice('category', 'category', false, (it) => it.category ?? ''),
    choice('type', 'type', true, (it) => it.type),
    choice('qualityDimension', 'qualityDimension', false, (it) => it.qualityDimension ?? '')] },
  askConsent: { code: 'ask-consent', path: 'consent-requests',
    fields: [choice('board', 'board', true), text('consentText', false)] },
  transfer: { code: 'transfer', path: 'transfers', fields: [
    choice('board', 'board', true, (it) => consentedBoard(it) ?? ''),
    choice('ground', 'ground', true, groundFor),
    { name: 'send', kind: 'parts', label: 'send', isRequired: false,
      from: (it) => partsFor(it, groundFor(it)) },
    text('transferText', false)] },
  split: { code: 'split', path: 'splits', fields: [], /* a form of its own: split_form.tsx */
    isOffered: (it) => it.text !== null },
  return: { code: 'return', path: 'returns', fields: [text('reasonText', false)] },
  wait: { code: 'wait', path: 'waits', fields: [text('reasonText', false)] },
  resume: { code: 'resume', path: 'resumptions', fields: [text('reasonText', false)] },
  merge: { code: 'merge', path: 'merges',
    fields: [{ name: 'parent', kind: 'merge', label: 'mergeParent', isRequired: true }] },
  close: { code: 'close', path: 'closures', fields: [choice('reason', 'closeReason', true)] },
  mark: { code: 'mark', path: 'markings', fields: [choice('document', 'document', false),
    { name: 'section', kind: 'section', label: 'section', isRequired: true }] },
  unmark: { code: 'unmark', path: 'marking-removals', fields: [
    { ...choice('document', 'document', false, firstMarked), choices: 'markedDocument' }] },
  approve: { code: 'approve', path: 'approvals', fields: [] },
  'reject-approval': { code: 'reject-approval', path: 'approvals/rejections',
    fields: [text('rejectText', true)] },
  'withdraw-approval': { code: 'withdraw-approval', path: 'approvals/withdrawals',
    fields: [text('reasonText', false)] },
  reopen: { code: 'reopen', path: 'reopenings', fields: [text('reasonText', false)] },
  nameReader: { code: 'name-reader', path: 'readers', fields: [choice('user', 'user', true)],
    isOffered: isSensitive }, /* names are for what most may not read */
  removeReader: { code: 'remove-reader', path: 'reader-removals',
    fields: [{ ...choice('user', 'reader', true), choices: 'reader' }],
    isOffered: (it) => it.readers.length > 0 },
  hold: { code: 'hold', path: 'holds', fields: [text('holdText', true),
    { name: 'until', kind: 'date', label: 'holdUntil', isRequired: false }] },
  'release-hold': { code: 'release-hold', path: 'hold-releases', fields: [text('reasonText', false)] },
  handOff: { code: 'hand-off', path: 'hand-offs', fields: [choice('to', 'handTo', true), text('handText', false)] },
  correct: { code: 'correct', path: 'corrections', fields: [
    line('contact.name', 'rightName', (it) => it.contact?.name ?? ''),
    line('contact.email', 'rightEmail', (it) => it.contact?.email ?? ''),
    line('contact.phone', 'rightPhone', (it) => it.contact?.phone ?? ''),
    line('contact.address', 'rightPostal', (it) => it.contact?.address ?? ''),
    line('place.address', 'rightAddress', (it) => it.place?.address ?? ''), text('whyCorrect', true)] },
};

/* What needs no form: done as soon as it is pressed. */
interface PressRow {
  code: ActionCode;
  path: string;
  body: (user: string) => object;
  isOffered: (it: Case, user: string) => boolean;
}

const always = (): boolean => true;

export const pressRows: Record<string, PressRow> = {
  accept: { code: 'accept', path: 'acceptances', body: () => ({}), isOffered: always },
  take: { code: 'assign', path: 'assignments', body: (user) => ({ user }),
    isOffered: (it, user) => it.handler !== user },
  giveBack: { code: 'assign', path: 'assignments', body: () => ({ user: null }),
    isOffered: (it) => it.handler !== null },
  flagThreat: { code: 'flag-threat', path: 'threats', body: () => ({}),
    isOffered: (it) => !it.threat },
  liftThreat: { code: 'flag-threat', path: 'threats', body: () => ({ lift: true }),
    isOffered: (it) => it.threat },
  unmerge: { code: 'unmerge', path: 'merge-removals', body: () => ({}), isOffered: always },
  retryMail: { code: 'retry-mail', path: 'mail-retries', body: () => ({}), isOffered: always },
  dismissMail: { code: 'retry-mail', path: 'mail-retries', body: () => ({ dismiss: true }),
    isOffered: always },
};

/* In the order they stand in: what is done most first. */
export const order = ['approve', 'reject-approval', 'withdraw-approval', 'accept', 'return', 'take',
  'reply', 'note', 'acknowledge', 'ask', 'wait', 'resume', 'interim-reply', 'notify-delay', 'assign', 'giveBack',
  'concern', 'liftConcern', 'flagThreat', 'liftThreat', 'protect', 'liftProtection', 'askConsent', 'transfer', 'handOff',
  'change', 'split', 'correct', 'mark', 'unmark', 'merge', 'unmerge', 'close', 'reopen', 'retryMail',
  'dismissMail', 'hold', 'release-hold',
  'nameReader', 'removeReader'];

export const actionKeys: Record<string, string> = { t: 'take', r: 'reply', a: 'acknowledge',
  i: 'note', q: 'ask', g: 'assign', e: 'change', o: 'transfer', x: 'close', u: 'reopen',
  d: 'notify-delay', w: 'wait', f: 'resume', b: 'return', l: 'giveBack',
  p: 'accept', s: 'retryMail', m: 'mark', n: 'unmark', y: 'approve', v: 'reject-approval',
  z: 'withdraw-approval', c: 'concern', h: 'flagThreat' };

export function offered(it: Case, user: string, isManager = false): string[] {
  return order.filter((name) => {
    const press = pressRows[name];
    const row = actionRows[name];
    const code = press?.code ?? row?.code;
    return code !== undefined && it.actions.includes(code)
      && (press?.isOffered(it, user) ?? row?.isOffered?.(it, isManager) ?? true);
  });
}

/* Done seldom, by few: they stand apart and quieter, so that the daily ones are found. */
const seldom = ['concern', 'liftConcern', 'flagThreat', 'liftThreat', 'protect', 'liftProtection',
  'askConsent', 'handOff', 'mark', 'unmark', 'hold', 'release-hold', 'nameReader', 'removeReader'];

export function isSeldom(name: string): boolean {
  return seldom.includes(name);
}

/* Of every day, or what a case in this state waits for: on a telephone they stand alone. */
const daily = ['approve', 'reject-approval', 'withdraw-approval', 'accept', 'return', 'take', 'reply', 'note',
  'acknowledge', 'ask', 'resume', 'assign', 'close', 'reopen', 'retryMail'];

export function isDaily(name: string): boolean {
  return daily.includes(name);
}

/* What somebody wrote themselves, whatever its field is called. */
export function wordsOf(values: Values): string {
  return (values['text'] ?? values['reason'] ?? '').trim();
}

/* The one that most often comes next, of those that are offered. */
export function leadOf(it: Case, names: string[]): string | undefined {
  return ['approve', 'accept', ...(it.handler === null ? ['take'] : []), 'reply'].find((name) => names.includes(name));
}

export type Values = Record<string, string>;

export function startValues(row: ActionRow, it: Case, draft: Values): Values {
  const values: Values = {};

  for (const field of row.fields) {
    if (field.isShown?.(it) ?? true) values[field.name] = draft[field.name] ?? field.from?.(it) ?? '';
  }
  return values;
}

export function missing(row: ActionRow, values: Values): FieldRow[] {
  return row.fields.filter((field) => field.isRequired && !values[field.name]?.trim());
}

/* "contact.email" is a member of contact. What was emptied is taken away. */
function correctionOf(row: ActionRow, values: Values, it: Case): object {
  const parts: Record<string, Record<string, string | null>> = {};

  for (const field of row.fields) {
    const [part, name] = field.name.split('.');
    const now = (values[field.name] ?? '').trim();
    if (part && name && now !== field.from?.(it)) parts[part] = { ...parts[part], [name]: now || null };
  }
  return { text: values['text'], ...parts };
}

/* A choice that was left as it was is not sent: an unchanged case gets no event. */
export function bodyOf(row: ActionRow, values: Values, it: Case): object {
  if (row.code === 'correct') return correctionOf(row, values, it);
  const isLeft = (field: FieldRow, value: string): boolean => !value.trim()
    || (row.code === 'change' && field.from?.(it) === value);

  return { ...row.adds, ...Object.fromEntries(row.fields.flatMap((field): [string, unknown][] => {
    const value = values[field.name] ?? '';
    if (field.kind === 'parts') return [[field.name, value.split(',').filter(Boolean)]];
    if (field.kind === 'followers') return value === 'true' && it.followers > 0 ? [[field.name, true]] : [];
    if (field.kind === 'mentions') {
      const users = mentionedIn(values['text'] ?? '', value).map(({ user }) => user);
      return users.length ? [[field.name, users]] : [];
    }
    return isLeft(field, value) ? [] : [[field.name, value]];
  })) };
}
