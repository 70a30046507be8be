/* What a reorganisation would do now: where the cases go, who loses them, and what else names
 * what ends. */
import type { JSX } from 'preact';

import { reorganisationWords } from './texts/reorganisation.ts';
import type { ReorganisationRehearsal } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';

type Words = ReturnType<typeof reorganisationWords>;
type Move = NonNullable<ReorganisationRehearsal['moves']>[number];

const shownNames = 10; /* of a kind; the rest is told as a number */

function MoveRow({ w, it }: { w: Words; it: Move }): JSX.Element {
  const statuses = Object.entries(it.byStatus).filter(([, n]) => n > 0);

  return (
    <li>
      <p><strong lang="sv">{it.fromName}{it.fromUnitName && `, ${it.fromUnitName}`} → {it.toName}{it.toUnitName && `, ${it.toUnitName}`}</strong></p>
      <p>{it.cases === 1 ? w.case : fill(w.cases, { n: it.cases })}. {statuses.map(([status, n]) => fill(wordOf(w.statuses, status, `${status}: {n}`), { n })).join(', ')}.</p>
      <p class="soft">{fill(w.fine.keep, { n: it.keepHandler })}. {fill(w.fine.unassigned, { n: it.unassigned })}. {fill(w.fine.overdue, { n: it.overdue })}.</p>
    </li>);
}

function Faults({ w, faults }: { w: Words; faults: ReorganisationRehearsal['faults'] }): JSX.Element | null {
  if (!faults.length) return null;
  return (
    <>
      <h3>{faults.some(({ severity }) => severity === 'error') ? w.faults : w.warnings}</h3>
      <ul>{faults.map(({ severity, path, text }) => <li key={path + text}>{severity === 'error' && '▲ '}<span lang="sv">{text}</span> <code>{path}</code></li>)}</ul>
    </>);
}

function Roles({ w, roles }: { w: Words; roles: NonNullable<ReorganisationRehearsal['roles']> }): JSX.Element {
  const t = useWords();
  const rest = roles.loses - roles.who.length;

  return (
    <>
      <h3>{w.roles}</h3>
      <p>{roles.loses ? fill(w.rolesLead, { loses: roles.loses, n: roles.roles }) : w.noRoles}</p>
      {roles.loses > 0 && <ul>{roles.who.map((one) => (
        <li key={`${one.username} ${one.role} ${one.board} ${one.unit}`}>{fill(w.role, { name: one.name, username: one.username,
          role: wordOf(t.role, one.role), place: (one.boardName ?? one.board) + (one.unit ? `, ${one.unit}` : '') })}</li>))}</ul>}
      {rest > 0 && <p>{fill(w.more, { n: rest })}</p>}
    </>);
}

function Named({ w, named }: { w: Words; named: NonNullable<ReorganisationRehearsal['named']> }): JSX.Element {
  return (
    <>
      <h3>{w.named}</h3>
      <p>{named.length ? w.namedLead : w.noNamed}</p>
      {named.length > 0 && <dl class="facts">{named.map(({ kind, n, names }) => (
        <div key={kind}><dt>{wordOf(w.kinds, kind)}: {n}</dt>
          <dd lang="sv">{names.slice(0, shownNames).join(', ')}{names.length > shownNames && ' …'}</dd></div>))}</dl>}
    </>);
}

export function Rehearsal({ told }: { told: ReorganisationRehearsal }): JSX.Element {
  const w = reorganisationWords(useWords());
  const work: [string, number | undefined][] = [[w.drafts, told.drafts], [w.mentions, told.mentions],
    [w.followUps, told.followUps], [w.workOrders, told.workOrders]];

  return (
    <section aria-labelledby="rehearsal-title">
      <h2 id="rehearsal-title">{w.rehearsal}</h2>
      <Faults w={w} faults={told.faults} />
      {told.moves && <>
        <h3>{w.moves}</h3>
        <p>{told.cases ? fill(w.total, { n: told.cases }) : w.noCases}</p>
        {told.moves.length > 0 && <ul class="outsiders">{told.moves.map((it) => <MoveRow key={`${it.from} ${it.to} ${it.fromUnit}`} w={w} it={it} />)}</ul>}
        <h3>{w.handlers}</h3>
        {told.handlers?.length ? <ul>{told.handlers.map((one) => <li key={one.username + one.to}>{fill(w.handler, { name: one.name, username: one.username, to: one.toName, n: one.cases })}</li>)}</ul>
          : <p>{w.allKept}</p>}
        <h3>{w.begunWork}</h3>
        <ul>{work.map(([text, n]) => <li key={text}>{fill(text, { n: n ?? 0 })}</li>)}</ul>
      </>}
      {told.roles && <Roles w={w} roles={told.roles} />}
      {told.named && <Named w={w} named={told.named} />}
    </section>);
}
