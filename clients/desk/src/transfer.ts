/* What goes along when a case is passed on. To another board it is a disclosure: the sender
 * says which parts go, and on what ground. */
import type { Case } from './types.ts';

export const parts = ['text', 'contact', 'place', 'attachments', 'originals', 'messages', 'notes'] as const;

/* Of a masked picture the copy goes; the original is a choice where there is one. */
export function partsOf(it: Pick<Case, 'attachments'>): (typeof parts)[number][] {
  return parts.filter((part) => part !== 'originals' || it.attachments.some(({ mask, original }) => mask && original));
}


export const isSensitive = (it: Pick<Case, 'sensitivity'>): boolean => it.sensitivity > 2;

/* The last that was said of consent: asked, given or refused, and of which board. Of the
 * board that has it now nothing is left to ask. */
export function lastConsent(it: Pick<Case, 'events' | 'board'>): { what: string; board: string } | null {
  const last = it.events.filter(({ what }) => what.startsWith('consent-')).at(-1);
  const codes: Record<string, unknown> = last?.codes ?? {};

  return last && codes['consentBoard'] !== it.board
    ? { what: last.what, board: String(codes['consentBoard']) } : null;
}

/* The board that the complainant said yes to, if that was their last word. */
export function consentedBoard(it: Pick<Case, 'events' | 'board'>): string | null {
  const last = lastConsent(it);

  return last?.what === 'consent-given' ? last.board : null;
}

/* The question to the complainant leads, until it has been put or another ground chosen. */
export function isAskedFirst(it: Case, ground: string): boolean {
  return isSensitive(it) && lastConsent(it) === null && it.actions.includes('ask-consent')
    && (ground === 'no-secrecy' || ground === 'consent' || ground === '');
}

/* Of a sensitive case only what is no secret, until there is a ground for more. The same
 * as the server does when it is not told. */
export function partsFor(it: Pick<Case, 'sensitivity'>, ground: string): string {
  return isSensitive(it) && (ground === 'no-secrecy' || !ground) ? 'place'
    : 'text,contact,place,attachments,messages';
}

export function groundFor(it: Pick<Case, 'sensitivity' | 'events' | 'board'>): string {
  if (consentedBoard(it)) return 'consent';
  return isSensitive(it) ? 'no-secrecy' : '';
}

/* With another ground other parts go along, unless the sender has chosen by hand. */
export function withGround(it: Case, values: Record<string, string>, ground: string): Record<string, string> {
  const isChosen = values['send'] !== partsFor(it, values['ground'] ?? '');

  return { ...values, ground, ...(!isChosen && { send: partsFor(it, ground) }) };
}
