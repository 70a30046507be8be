/* The facts beside the text: dates and why, place, contact, routing, legs. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { categoryName, useDesk } from './desk.ts';
import { Fact } from './fact.tsx';
import { Folded } from './folded.tsx';
import { day, instant, languageName } from './format.ts';
import { later } from './later.tsx';
import { MarkingHistory } from './marking.tsx';
import { MergedCases } from './merged.tsx';
import { Originals } from './originals.tsx';
import { ShowCase } from './publication.tsx';
import { RelatedCases } from './related.tsx';
import { legText } from './timeline.tsx';
import type { Case, Suggestions } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';

const PlaceMap = later(async () => (await import('./map.tsx')).PlaceMap);

const CaseImprovements = later(async () => (await import('./improvements_case.tsx')).CaseImprovements);

const CaseOrders = later(async () => (await import('./order_case.tsx')).CaseOrders);

const CaseWay = later(async () => (await import('./routing_case.tsx')).CaseWay);

const FollowUps = later(async () => (await import('./follow_ups.tsx')).FollowUps);

function Dates({ it }: { it: Case }): JSX.Element {
  const t = useWords();
  const clock = (name: string, by: string, done: string | null, why: string): JSX.Element => (
    <Fact name={name}>
      {day(t, by)}{done && <> <span class="soft">✓ {fill(t.case.done, { date: instant(t, done) })}</span></>}
      <details><summary>{t.case.why}</summary><p class="soft" lang="sv">{why}</p></details>
    </Fact>);

  return (
    <section class="card">
      <h2>{t.case.due}</h2>
      <dl>
        {clock(t.case.acknowledge, it.acknowledgeBy, it.acknowledgedAt, it.acknowledgeBecause)}
        {clock(t.case.answer, it.answerBy, it.answeredAt, it.answerBecause)}
      </dl>
    </section>);
}

interface CaseSideProps {
  it: Case;
  found: Suggestions | null;
  onCase: (it: Case) => void;
}

function Where({ it, onCase }: Omit<CaseSideProps, 'found'>): JSX.Element {
  const t = useWords();
  const place = it.place;
  const position = place?.lat != null && place.lon != null ? { lat: place.lat, lon: place.lon } : null;
  const words = [place?.address, it.unitName ?? place?.unit, it.districtName].filter(Boolean).join(', ');

  return (
    <section class="card">
      <h2>{t.case.where}</h2>
      <Folded it={it} why="protectedIdentity">
      {!words && !position && <p class="soft">{it.disposedOn ? t.case.goneData : it.withheld.includes('place') ? t.case.notSent : t.case.noPlace}</p>}
      <dl>
        {place?.address && <Fact name={t.case.address}>{place.address}</Fact>}
        {(it.unitName ?? place?.unit) && <Fact name={t.case.unit}>{it.unitName ?? place?.unit}</Fact>}
        {it.districtName && <Fact name={t.case.district}>{it.districtName}</Fact>}
        {position && <Fact name={t.case.position}>{position.lat.toFixed(5)}, {position.lon.toFixed(5)}</Fact>}
      </dl>
      {position && <PlaceMap position={position} where={words || t.case.position} district={it.district} />}
      </Folded>
      <ShowCase it={it} onCase={onCase} />
    </section>);
}

function Contact({ it }: { it: Case }): JSX.Element {
  const t = useWords();
  const { name, email, phone, address } = it.contact ?? {};

  return (
    <section class="card">
      <h2>{t.case.contact}</h2>
      <Folded it={it} why="protectedIdentity">{it.contact ? <dl>
        {name && <Fact name={t.case.nameLabel}>{name}</Fact>}
        {email && <Fact name={t.case.email}><a href={`mailto:${email}`}>{email}</a></Fact>}
        {phone && <Fact name={t.case.phone}><a href={`tel:${phone}`}>{phone}</a></Fact>}
        {address && <Fact name={t.case.postal}>{address}</Fact>}
      </dl> : <p>{it.disposedOn ? t.case.goneData : it.withheld.includes('contact') ? t.case.notSent
        : it.type === 'deviation' ? t.case.nobody : t.case.anonymous}</p>}</Folded>
      <p class="soft">{it.wantsReply ? t.case.wantsReply : t.case.noReply}
        {it.onBehalfOf && ` ${fill(t.case.onBehalf, { who: wordOf(t.behalf, it.onBehalfOf) })}.`}</p>
      {it.mail.some((m) => m.returned) && <p class="attention">▲ {t.case.mailReturned}</p>}
      {it.fromChild && <p><strong>{t.case.fromChild}</strong></p>}
      {it.corrections.length > 0 && <Folded it={it} why="protectedIdentity"><Earlier it={it} /></Folded>}
      {it.mail.length > 0 && <>
        <h3>{t.case.mail}</h3>
        <ul>{it.mail.map((m) => (
          <li key={`${m.kind}${m.at}`} class={m.state === 'failed' ? 'attention' : ''}>
            {m.state === 'failed' && '▲ '}{wordOf(t.mail, m.kind)}: {wordOf(t.mail, m.state)}{' '}
            <time class="soft" dateTime={m.at}>{instant(t, m.at)}</time></li>))}</ul>
      </>}
    </section>);
}

/* What stood there before it was corrected. */
function Earlier({ it }: { it: Case }): JSX.Element {
  const t = useWords();

  return (
    <>{it.corrections.map(({ at, byName, earlier: { contact, place, position } }) => (
      <div key={at} class="soft">
        <p>{fill(t.case.earlier, { date: instant(t, at), who: byName ?? '' })}</p>
        <ul>{[contact?.name, contact?.email, contact?.phone, contact?.address, place?.address, place?.unit,
          position?.lat != null && position.lon != null ? `${position.lat.toFixed(5)}, ${position.lon.toFixed(5)}` : null]
          .filter(Boolean).map((value) => <li key={value}>{value}</li>)}</ul>
      </div>))}</>);
}

/* Whether the subject that it has is the one that the machine set when it came in. */
export function isSetByText(it: Pick<Case, 'events' | 'category'>): boolean {
  const suggested: unknown = it.events[0]?.codes['suggested'];

  return typeof suggested === 'object' && suggested !== null && 'set' in suggested && suggested.set === true
    && 'categories' in suggested && Array.isArray(suggested.categories) && suggested.categories[0] === it.category;
}

function Facts({ it, found }: { it: Case; found: Suggestions | null }): JSX.Element {
  const t = useWords();
  const words = found?.categories.find(({ code }) => code === it.category)?.words ?? [];
  const { lists } = useDesk();
  const [first] = it.events;
  const given = it.categoryGiven === it.category ? '' : fill(t.case.given, {
    what: categoryName(lists, it.categoryGiven) ?? t.unknownCategory });

  return (
    <section class="card">
      <h2>{t.case.facts}</h2>
      <dl>
        <Fact name={t.case.category}>
          <span lang="sv">{it.categoryName ?? t.unknownCategory}</span>{' '}
          <span class="soft">{isSetByText(it) ? t.case.setByText : given}</span>
          {isSetByText(it) && words.length > 0 && <span class="soft">: {words.map((word, i) => (
            <>{i > 0 && ', '}<q lang="sv" key={word}>{word}</q></>))}</span>}</Fact>
        <Fact name={t.case.type}>{wordOf(t.type, it.type)}{it.typeGiven !== it.type && (
          <span class="soft"> {fill(t.case.given, { what: wordOf(t.type, it.typeGiven) })}</span>)}</Fact>
        <Fact name={t.case.dimension}>{wordOf(t.dimension, it.qualityDimension) || t.case.notSet}</Fact>
        {it.closureReason && <Fact name={t.case.reason}>{wordOf(t.reason, it.closureReason)}</Fact>}
        <Fact name={t.case.channel}>{wordOf(t.channel, it.channel)}{it.sentBy && ` (${it.sentBy})`}</Fact>
        {first?.what === 'received' && first.actor === 'staff' && <Fact name={t.case.takenDown}>
          {fill(t.case.takenDownBy, { date: instant(t, first.at), who: first.byName ?? '' })}</Fact>}
        <Fact name={t.case.languageOf}>{languageName(t, it.language)}</Fact>
        {it.concerns.length > 0 && (
          <Fact name={t.case.concerns}>{it.concerns.map(({ name }) => name).join(', ')}</Fact>)}
        <Fact name={t.case.sensitivity}>S{it.sensitivity}. {wordOf(t.sensitivity, String(it.sensitivity))}</Fact>
        {it.readers.length > 0 && <Fact name={t.case.readers}>{it.readers.map((r) => r.name).join(', ')}</Fact>}
      </dl>
    </section>);
}

/* Fetched when somebody opens it. */
function FollowUpCard({ it }: { it: Case }): JSX.Element | null {
  const t = useWords();
  const [isOpen, setOpen] = useState(false);

  if (it.restricted || it.disposedOn) return null;
  return (
    <div class="card noprint">
      <details class="followup" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{t.case.followUp}</summary>
        {isOpen && <FollowUps it={it} />}
      </details>
    </div>);
}

/* The same: what its cause led to. */
function ImprovementCard({ it }: { it: Case }): JSX.Element | null {
  const t = useWords();
  const [isOpen, setOpen] = useState(false);

  if (it.restricted || it.disposedOn || it.part !== 'present') return null;
  return (
    <div class="card noprint">
      <details class="improving" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{t.improvements}</summary>
        {isOpen && <CaseImprovements it={it} />}
      </details>
    </div>);
}

/* And what contractors were asked to do about it. */
function OrderCard({ it }: { it: Case }): JSX.Element | null {
  const t = useWords();
  const [isOpen, setOpen] = useState(false);

  if (it.restricted || it.disposedOn || it.part !== 'present') return null;
  return (
    <div class="card noprint">
      <details class="ordering" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{t.case.orders}</summary>
        {isOpen && <CaseOrders it={it} />}
      </details>
    </div>);
}

function Way({ it }: { it: Case }): JSX.Element {
  const t = useWords();
  const [isOpen, setOpen] = useState(false);

  return (
    <section class="card">
      <h2>{t.case.routing}</h2>
      <p lang="sv">{it.routing.because}</p>
      <p class="soft">{fill(t.case.rule, { rule: it.routing.rule })}</p>
      {it.part === 'present' && <details class="way noprint" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{t.case.whyHere}</summary>
        {isOpen && <CaseWay number={it.number} />}
      </details>}
      <h3>{t.case.legs}</h3>
      <ol class="legs">{it.legs.map((leg) => (
        <li key={leg.seq}>
          <span lang="sv">{leg.boardName}</span>: {legText(t, leg)}
          <span class="soft">, {instant(t, leg.openedAt)}{leg.endedAt && <> – {instant(t, leg.endedAt)}</>}
            {leg.ground && <>. {wordOf(t.ground, leg.ground)}</>}
            {leg.sent && <>. {fill(t.case.sent, { parts: leg.sent.map((p) => t.part[p]).join(', ') || t.nothing })}</>}
            {(leg.endedAt || it.part === 'present') && <>. {fill(t.case.workingDays, { n: leg.workingDays })}</>}
            {leg.registrationNumber && <>. {fill(t.case.registration, { n: leg.registrationNumber })}</>}</span>
        </li>))}</ol>
    </section>);
}

export function CaseSide({ it, found, onCase }: CaseSideProps): JSX.Element {
  return (
    <aside class="side" aria-label={useWords().case.facts}>
      {it.part === 'present' && <Dates it={it} />}
      <MergedCases it={it} />
      {!it.restricted && <Where it={it} onCase={onCase} />}
      {!it.restricted && <Contact it={it} />}
      <FollowUpCard it={it} />
      <RelatedCases it={it} />
      <OrderCard it={it} />
      <ImprovementCard it={it} />
      <Originals it={it} />
      <Facts it={it} found={found} />
      <Way it={it} />
      <MarkingHistory it={it} />
    </aside>);
}
