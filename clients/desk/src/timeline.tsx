/* What has happened, in words: each event, and what it moved from where to where. */
import type { JSX } from 'preact';

import { boardName, categoryName, useDesk } from './desk.ts';
import type { Lists } from './desk.ts';
import { day, instant } from './format.ts';
import { documentName } from './marking.tsx';
import type { Case, CaseEvent, Leg } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';
import type { Texts } from './texts/sv.ts';

const dates = ['answerBy', 'expectedBy', 'since', 'until'];

/* Why a mail did not arrive. */
function troubleOf(t: Texts, code: string): string {
  if (code.startsWith('recipient')) return t.trouble.recipient;
  return code === 'bounced' || code === 'unreachable' || code === 'ceiling' ? t.trouble[code] : t.trouble.server;
}

function valueText(t: Texts, lists: Lists, field: string, value: unknown): string {
  if (value === null || value === undefined) return t.case.notSet;
  const code = String(value);
  const tables: Record<string, Record<string, string>> = { status: t.status, type: t.type,
    qualityDimension: t.dimension, closureReason: t.reason, close: t.reason, ground: t.ground,
    kind: t.mail, sensitivity: t.sensitivity };

  if (field === 'board' || field === 'consentBoard' || field === 'toBoard') return boardName(lists, code);
  if (field === 'category') return categoryName(lists, code) ?? code;
  if (field === 'document') return documentName(t, code);
  if (dates.includes(field)) return day(t, code);
  if (field === 'trouble') return troubleOf(t, code);
  return wordOf(tables[field] ?? {}, code);
}

function isMove(value: unknown): value is { from: unknown; to: unknown } {
  return typeof value === 'object' && value !== null && 'from' in value && 'to' in value;
}

/* Of "received" the codes are the case's own, which stand beside; of the rest, the moves. */
export function movesOf(t: Texts, lists: Lists, event: Pick<CaseEvent, 'what' | 'codes'>): string[] {
  if (event.what === 'received') return [];
  const codes: Record<string, unknown> = event.codes;

  return Object.entries(codes).flatMap(([name, value]) => {
    const field = wordOf(t.field, name);
    if (isMove(value)) {
      if (typeof value.to === 'boolean') return []; /* a flag: the event's own name says it */
      const [from, to] = [value.from, value.to].map((v) =>
        (name === 'handler' && v === null ? t.nobody : valueText(t, lists, name, v)));
      return [fill(t.event.moved, { field, from: from ?? '', to: to ?? '' })];
    }
    if (name === 'sent' && Array.isArray(value))
      return [fill(t.event.given, { field, to: value.map((part) => wordOf(t.part, String(part))).join(', ') || t.nothing })];
    if (name === 'fields' && Array.isArray(value))
      return [fill(t.event.given, { field, to: value.map((one) => wordOf(t.corrected, String(one))).join(', ') })];
    return name in t.field && (typeof value === 'string' || typeof value === 'number')
      ? [fill(t.event.given, { field, to: valueText(t, lists, name, value) })] : [];
  });
}

/* A mail that only says again what is here has a word of its own. */
function nameOf(t: Texts, event: Pick<CaseEvent, 'what' | 'codes'>): string {
  return event.what === 'mail-noted' && event.codes['class'] === 'tyck-till'
    ? t.event['mail-again'] : wordOf(t.event, event.what);
}

export function whoOf(t: Texts, event: Pick<CaseEvent, 'actor' | 'byName'>): string {
  if (event.actor === 'resident') return '';
  return fill(t.event.by, { who: event.actor === 'system' ? t.event.system : event.byName ?? '' });
}

/* The first board was given it by the rules: nobody there has to receive it. */
export function legText(t: Texts, { seq, state }: Pick<Leg, 'seq' | 'state'>): string {
  return seq === 1 && state === 'offered' ? t.leg.routed : wordOf(t.leg, state);
}

export function Timeline({ it }: { it: Case }): JSX.Element {
  const t = useWords();
  const { lists } = useDesk();

  return (
    <section class="card">
      <h2>{t.case.events}</h2>
      <ol class="timeline">{it.events.map((event) => (
        <li key={event.seq}>
          <p><strong>{nameOf(t, event)}</strong> {whoOf(t, event)}{' '}
            <time class="soft" dateTime={event.at}>{instant(t, event.at)}</time></p>
          {'overruled' in event.codes && <p class="soft">{t.event.overruled}</p>}
          {movesOf(t, lists, event).map((text) => <p class="soft" key={text}>{text}</p>)}
        </li>))}</ol>
    </section>);
}
