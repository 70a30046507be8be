/* What is held on a person, case by case, on the screen and on paper. */
import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

import { boardName, useDesk } from './desk.ts';
import { instant, size } from './format.ts';
import { documentName } from './marking.tsx';
import type { Held, HeldItem } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';
import { orderWords } from './texts/order.ts';
import type { Texts } from './texts/sv.ts';

export interface Found {
  sought: string;
  at: string;
  held: Held;
}

function Fact({ name, value }: { name: string; value: string | null | undefined }): JSX.Element | null {
  return value ? <div><dt>{name}</dt><dd>{value}</dd></div> : null;
}

function List({ title, lines }: { title: string; lines: ComponentChildren[] }): JSX.Element | null {
  if (lines.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul>{lines.map((line, n) => <li key={n}>{line}</li>)}</ul>
    </>);
}

/* What was sent to whom, of work that was ordered. */
function Orders({ orders }: { orders: NonNullable<HeldItem['orders']> }): JSX.Element {
  const t = useWords();
  const w = orderWords(t);

  return <List title={t.case.orders} lines={orders.map((o) => (
    <>{o.contractorName}, {instant(t, o.at)}, {wordOf(w.states, o.state)}
      <p class="words" lang="sv">{[o.subject, o.text, o.address, ...o.pictures, o.recallText].filter(Boolean).join('\n')}</p></>))} />;
}

const messagesOf = (t: Texts, item: HeldItem): JSX.Element[] => (item.messages ?? []).map((m) => (
  <>{m.from === 'city' ? t.persons.city : t.persons.person}, {instant(t, m.at)}
    <p class="words" lang={item.language}>{m.text}</p></>));

function Lists({ item }: { item: HeldItem }): JSX.Element {
  const t = useWords();
  const { lists } = useDesk();

  return (
    <>
      <List title={t.persons.registrations}
        lines={(item.registrations ?? []).map((r) => `${r.number}, ${boardName(lists, r.board)}`)} />
      <List title={t.persons.messages} lines={messagesOf(t, item)} />
      <List title={t.persons.letters} lines={(item.letters ?? []).map((l) =>
        `${wordOf(t.mail, l.kind)}, ${wordOf(t.mail, l.state)}, ${instant(t, l.at)}`)} />
      <List title={t.persons.files} lines={(item.attachments ?? []).map((a) => a.name)} />
      <List title={t.persons.masked} lines={(item.masked ?? []).map((m) => `${m.name}, ${instant(t, m.at)}`)} />
      <List title={t.originals.title} lines={(item.originals ?? []).map((m) =>
        `${wordOf(t.originals.kinds, m.class)}, ${instant(t, m.at)}, ${size(m.size, t)}`)} />
      {(item.orders ?? []).length > 0 && <Orders orders={item.orders ?? []} />}
      <List title={t.persons.devices} lines={(item.devices ?? []).map((d) =>
        fill(t.persons.since, { at: instant(t, d.since) }))} />
      <List title={t.persons.events} lines={(item.events ?? []).map((e) =>
        `${wordOf(t.event, e.what)}, ${instant(t, e.at)}`)} />
      <List title={t.persons.reads} lines={(item.reads ?? []).map((r) =>
        `${r.by}: ${r.what === 'case' ? t.persons.theCase : documentName(t, r.what)}, ${instant(t, r.at)}`)} />
    </>);
}

/* Of a case where it stood until it was corrected, there is only that. */
function Earlier({ item }: { item: HeldItem }): JSX.Element {
  const t = useWords();

  return (
    <>
      <p>{t.persons.earlier}</p>
      <ul>{(item.earlier ?? []).flatMap((one) => Object.values(one)).map((value, n) =>
        <li key={n}>{String(value)}</li>)}</ul>
    </>);
}

/* Another's case, which the person supports: what is kept to write letters, and no more. */
function Supported({ item }: { item: HeldItem }): JSX.Element | null {
  const t = useWords();
  const { supported } = item;

  if (!supported) return null;
  return (
    <>
      <p>{fill(t.shown.supported, { at: instant(t, supported.at), email: supported.email })}{' '}
        {supported.confirmedAt ? fill(t.shown.confirmed, { at: instant(t, supported.confirmedAt) }) : t.shown.unconfirmed}</p>
      <List title={t.persons.letters} lines={(item.letters ?? []).map((l) =>
        `${wordOf(t.mail, l.kind)}, ${wordOf(t.mail, l.state)}, ${instant(t, l.at)}`)} />
    </>);
}

function Whole({ item }: { item: HeldItem }): JSX.Element {
  const t = useWords();

  if (item.earlier) return <Earlier item={item} />;
  if (item.supported) return <Supported item={item} />;
  return (
    <>
      {item.text && <><h3>{t.persons.text}</h3><p class="words" lang={item.language}>{item.text}</p></>}
      <Lists item={item} />
    </>);
}

function HeldCase({ item }: { item: HeldItem }): JSX.Element {
  const t = useWords();
  const { name, email, phone, address } = item.contact ?? {};

  return (
    <section class="card">
      <h2>{item.number}, <span lang="sv">{item.boardName}</span></h2>
      <dl>
        <Fact name={t.persons.received} value={instant(t, item.receivedAt)} />
        <Fact name={t.field.category} value={item.categoryName} />
        <Fact name={t.field.status} value={item.status && wordOf(t.status, item.status)} />
        <Fact name={t.persons.closed} value={item.closedAt && instant(t, item.closedAt)} />
        <Fact name={t.case.nameLabel} value={name} />
        <Fact name={t.case.email} value={email} />
        <Fact name={t.case.phone} value={phone} />
        <Fact name={t.case.postal} value={address} />
        <Fact name={t.case.address} value={item.place?.address} />
      </dl>
      <Whole item={item} />
    </section>);
}

/* As a file, of the same JSON that the API gave. */
function save(held: Held): void {
  const link = document.createElement('a');

  link.href = URL.createObjectURL(new Blob([JSON.stringify(held, null, 2)], { type: 'application/json' }));
  link.download = 'registerutdrag.json';
  link.click();
  URL.revokeObjectURL(link.href);
}

function foundText(t: Texts, n: number): string {
  if (n === 0) return t.persons.foundNone;
  return n === 1 ? t.persons.foundOne : fill(t.persons.found, { n });
}

export function PersonHeld({ found: { sought, at, held } }: { found: Found }): JSX.Element {
  const t = useWords();
  const { lists } = useDesk();
  const heading = useRef<HTMLHeadingElement>(null);
  const boards = held.boards.map((b) => boardName(lists, b)).join(', ');

  useLayoutEffect(() => heading.current?.focus(), [held]);
  return (
    <section class="held">
      <h2 tabIndex={-1} ref={heading}>{foundText(t, held.items.length)}</h2>
      <p>{fill(t.persons.about, { sought, boards, at: instant(t, at) })}</p>
      {held.items.length === 0 ? <p>{t.persons.none}</p> : <p class="buttons noprint">
        <button type="button" onClick={() => window.print()}>{t.case.print}</button>
        <button type="button" onClick={() => save(held)}>{t.persons.save}</button></p>}
      {held.items.map((item) => <HeldCase key={item.number} item={item} />)}
    </section>);
}
