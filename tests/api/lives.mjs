/*
 * Made-up cases with lives, as rows: transfers, returns, replies, delays, closings and
 * reopenings over 26 months, many of them at the edges: the last second of a due day or
 * of a month, the first of the next, nights when the clock is changed. The same seed
 * makes the same lives on the same day.
 *
 * With a city ({units, boards, districts, merger}, see cityOf()) they have all that the
 * monthly pack tells apart too: units, districts, languages, children, classes of
 * sensitivity, quality dimensions, every closing reason, clocks that stood still, papers
 * that were stored days after they came, and two boards that became one.
 */
import fs from 'node:fs';
import path from 'node:path';

import { testRoot } from './harness.mjs';

export const boards = ['trafiknamnden', 'farsta-stadsdelsnamnd', 'utbildningsnamnden',
  'bromma-stadsdelsnamnd', 'dispatch'];
const categories = ['gatubelysning', 'park', 'lekplats', 'snorojning', 'stadning', 'klotter'];
const types = ['complaint', 'suggestion', 'praise', 'question', 'fault-report', 'deviation'];
const reasons = ['remedied', 'explained', 'no-action', 'redirected', 'withdrawn'];
const channels = ['web', 'app', 'api', 'phone', 'mail'];
const cityCategories = [null, null, ...categories, 'hemtjanst', 'aldreboende', 'bibliotek',
  'forskola-verksamhet', 'skola-trygghet', 'simhall-idrottshall'];
const cityReasons = ['remedied', 'explained', 'no-action', 'redirected', 'withdrawn',
  'duplicate', 'not-a-case'];
const cityChannels = [...channels, 'open311', 'letter', 'visit', 'social-media'];
const dimensions = [null, null, 'treatment', 'accessibility', 'waiting-time', 'information',
  'cost', 'other'];
const languages = ['sv', 'sv', 'sv', 'en', 'fi', 'fit', 'se', 'ar'];

const MINUTE = 60000;
const DAY = 1440 * MINUTE;
const zone = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm',
  dateStyle: 'short', timeStyle: 'medium' });
const localDays = new Map(); /* by hour: Intl is slow */

const localText = (ms) => zone.format(ms).replace(' ', 'T');
export function localDay(ms) {
  const hour = Math.floor(ms / 3600000);
  if (!localDays.has(hour)) localDays.set(hour, localText(ms).slice(0, 10));
  return localDays.get(hour);
}

/* The instant at which a local day begins, by trying both offsets. */
const starts = new Map();
export function dayStart(day) {
  if (!starts.has(day)) {
    const midnight = Date.parse(`${day}T00:00:00Z`);
    starts.set(day, [midnight - 2 * 3600000, midnight - 3600000]
      .find((t) => localText(t) === `${day}T00:00:00`));
  }
  return starts.get(day);
}

export const addDays = (day, n) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + n * DAY).toISOString().slice(0, 10);
export const nextMonth = (month, n = 1) => {
  const at = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 + n;
  return `${Math.floor(at / 12)}-${String(at % 12 + 1).padStart(2, '0')}`;
};

function makeRandom(seed) {
  let a = seed;
  const unit = () => { /* mulberry32 */
    a = a + 0x6d2b79f5 | 0;
    let t = Math.imul(a ^ a >>> 15, 1 | a);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return ((t ^ t >>> 14) >>> 0) / 4294967296;
  };
  return { chance: (p) => unit() < p, below: (n) => Math.floor(unit() * n),
    pick: (list) => list[Math.floor(unit() * list.length)] };
}

function dueDay(calendar, from, n) {
  let day = from;
  for (let left = n; left > 0;) {
    day = addDays(day, 1);
    if (calendar.get(day)) left--;
  }
  return day;
}

const addYear = (day) => `${Number(day.slice(0, 4)) + 1}-01-01`;

/* The last Sundays of March and October, when the clock is changed. */
function clockDays(year) {
  return ['03', '10'].map((month) => {
    const last = `${year}-${month}-31`;
    return addDays(last, -new Date(`${last}T00:00:00Z`).getUTCDay());
  });
}

/* Around the night when the clock is changed, the second that the year is, and on either
 * side of the last second of the sixtieth day after an answer or a closing. */
function cityEdges(life, random, day) {
  const night = random.pick(clockDays(Number(day.slice(0, 4))));
  const year = dayStart(addYear(day));
  const ended = life.ended ? dayStart(addDays(localDay(life.ended), 61)) : year;
  return [dayStart(night) + random.below(300) * MINUTE - MINUTE, year - 1000, year,
    ended - 1000, ended];
}

/* When the next thing happens: soon, later, or on an edge. */
function later(life, random, now) {
  const day = localDay(life.at);
  const edges = [
    dayStart(addDays(life.acknowledgeBy, 1)) - 1000, dayStart(addDays(life.acknowledgeBy, 1)),
    dayStart(addDays(life.answerBy, 1)) - 1000, dayStart(addDays(life.answerBy, 1)),
    dayStart(`${nextMonth(day)}-01`) - 1000, dayStart(`${nextMonth(day)}-01`),
    ...(life.city ? cityEdges(life, random, day) : []),
  ];
  const at = random.chance(0.3) ? random.pick(edges)
    : life.at + (random.chance(0.3) ? random.below(300) * MINUTE + 1
      : random.below(12 * 1440) * MINUTE + 1);
  return at > life.at && at < now ? at : life.at + 1 + random.below(2 * DAY);
}

const moved = (name, from, to) => (from === to ? {} : { [name]: { from, to } });

function put(life, what, codes = {}, board = life.board) {
  life.events.push({ seq: life.events.length + 1, at: life.at, what, board, codes });
}

const open = (life) => life.legs.at(-1);
const reason = (life, random) => random.pick(life.city ? cityReasons : reasons);

/* The boards that there are on a day. */
function boardsOn(life, day) {
  if (!life.city) return boards;
  const { merger } = life.city;
  return life.city.boards.filter((b) => b !== (day < merger.on ? merger.to : merger.from));
}

function hand(life, what, to) {
  const codes = { ...moved('board', life.board, to), ground: 'consent' };
  put(life, what, codes);
  Object.assign(open(life), { ended: life.at, state: what === 'transferred' ? 'passed-on' : 'returned' });
  life.board = to;
  life.legs.push({ seq: life.legs.length + 1, board: to, opened: life.at, ended: null,
    state: 'offered', ground: 'consent' });
}

function close(life, reason) {
  put(life, 'closed', { ...moved('closureReason', null, reason), ...moved('status', life.status, 'closed') });
  Object.assign(life, { status: 'closed', closed: life.at, ended: life.at, reason });
  Object.assign(open(life), { ended: life.at, state: 'closed' });
}

const acts = {
  acknowledge(life) {
    if (life.acknowledged) return;
    put(life, 'acknowledged');
    life.acknowledged = life.at;
  },
  reply(life, random) {
    put(life, 'replied', moved('status', life.status, 'answered'));
    life.status = 'answered';
    life.acknowledged ??= life.at;
    life.answered ??= life.at;
    life.ended = life.at;
    if (random.chance(0.6)) close(life, reason(life, random)); /* in the same transaction */
  },
  close: (life, random) => close(life, reason(life, random)),
  transfer(life, random) {
    const to = boardsOn(life, localDay(life.at)).filter((b) => b !== life.board);
    hand(life, 'transferred', random.pick(to));
  },
  return(life) {
    const legs = life.legs;
    if (legs.length < 2 || open(life).state !== 'offered') return;
    if (boardsOn(life, localDay(life.at)).includes(legs.at(-2).board))
      hand(life, 'leg-returned', legs.at(-2).board);
  },
  change(life, random) {
    const category = random.pick(categories);
    const type = random.pick(types);
    const codes = { ...moved('category', life.category, category), ...moved('type', life.type, type) };
    if (Object.keys(codes).length) put(life, 'changed', codes);
    Object.assign(life, { category, type });
  },
  note: (life) => put(life, 'note'),
  ask: (life) => put(life, 'question'),
  delay: (life) => put(life, 'delay-notice'),
  /* The clock stood still for a while: the last day for an answer is a later one. */
  resume(life, random) {
    if (life.answered) return;
    const to = addDays(life.answerBy, 1 + random.below(40));
    put(life, 'clock-resumed', moved('answerBy', life.answerBy, to));
    life.answerBy = to;
  },
};

/* Those of a city's lives besides. */
const cityActs = {
  ...acts,
  delay: (life) => put(life, 'delay-notice', { expectedBy: addDays(localDay(life.at), 20) }),
  change(life, random) {
    const now = { category: random.pick(cityCategories), type: random.pick(types),
      sensitivity: 1 + random.below(4), qualityDimension: random.pick(dimensions) };
    const codes = {};
    for (const [name, to] of Object.entries(now))
      if (random.chance(0.6)) {
        Object.assign(codes, moved(name, life[name], to));
        life[name] = to;
      }
    if (Object.keys(codes).length) put(life, 'changed', codes);
  },
  correct(life, random) {
    const district = random.pick(life.city.districts);
    put(life, 'corrected', { fields: ['place'], ...moved('district', life.district, district) });
    life.district = district;
  },
  wait(life) {
    if (life.answered || life.waitingSince) return;
    put(life, 'question', moved('status', life.status, 'waiting-complainant'));
    put(life, 'clock-stopped', { since: localDay(life.at), answerBy: life.answerBy });
    Object.assign(life, { status: 'waiting-complainant', waitingSince: localDay(life.at) });
  },
  resume(life) {
    if (!life.waitingSince) return;
    put(life, 'resumed', moved('status', life.status, 'received'));
    life.status = 'received';
  },
  /* An answer that is not accepted, though nothing was closed. */
  contest(life) {
    if (life.status === 'answered') reopen(life);
  },
};

/* What the database does when a case no longer waits, whatever it was that ended it: the
 * last day is moved by the working days that the clock stood still. */
function resumeClock(life, board) {
  if (!life.waitingSince || life.status === 'waiting-complainant') return;
  const until = localDay(life.at);
  let workingDays = 0;
  for (let day = life.waitingSince; day < until;) {
    day = addDays(day, 1);
    if (life.calendar.get(day)) workingDays++;
  }
  const to = dueDay(life.calendar, life.answerBy, workingDays);
  put(life, 'clock-resumed', { since: life.waitingSince, until, workingDays,
    ...moved('answerBy', life.answerBy, to) }, board);
  Object.assign(life, { answerBy: to, waitingSince: null });
}

const often = ['acknowledge', 'acknowledge', 'reply', 'reply', 'close', 'transfer', 'transfer',
  'return', 'return', 'change', 'note', 'ask', 'delay', 'resume'];
const cityOften = [...often, 'change', 'change', 'correct', 'wait', 'wait', 'resume', 'contest'];

function reopen(life) {
  put(life, 'reopened', { ...moved('closureReason', life.reason ?? null, null),
    ...moved('status', life.status, 'received') });
  Object.assign(life, { status: 'received', closed: null, reason: null });
  Object.assign(open(life), { ended: null, state: 'accepted' });
}

function step(life, random) {
  if (life.status === 'closed') reopen(life);
  else if (!life.city) acts[random.pick(often)](life, random);
  else {
    const { board } = life;
    cityActs[random.pick(cityOften)](life, random);
    if (life.board !== board && life.waitingSince) life.status = 'received';
    resumeClock(life, board);
  }
}

/* On the day of the merger the new board takes over what is open at the old one. */
function merge(life, random, next) {
  const { from, to, on } = life.city.merger;
  const at = dayStart(on) + random.below(360) * MINUTE;
  if (life.board !== from || life.status === 'closed' || life.at >= at || next <= at) return;
  life.at = at;
  if (life.waitingSince) life.status = 'received';
  hand(life, 'transferred', to);
  resumeClock(life, from);
}

/* Where and from whom it comes, and the day, which for papers is one before. */
function makeCityLife(life, random) {
  const { city } = life;
  const stored = localDay(life.at);
  const there = boardsOn(life, stored);
  const unit = random.chance(0.6) ? random.pick(city.units) : null;
  const owned = unit && there.includes(unit.board) && random.chance(0.8);
  const late = random.chance(0.12);

  Object.assign(life, { unit: unit?.code ?? null,
    board: owned ? unit.board : random.pick(there),
    district: unit?.district ?? (random.chance(0.7) ? random.pick(city.districts) : null),
    category: random.pick(cityCategories), sensitivity: 1 + random.below(4),
    language: random.pick(languages), fromChild: random.chance(0.05), qualityDimension: null,
    onBehalfOf: random.pick([null, null, 'self', 'child', 'relative', 'client', 'other']),
    channel: late ? random.pick(['letter', 'phone', 'visit']) : random.pick(cityChannels),
    day: late ? addDays(stored, -1 - random.below(6)) : stored });
  return { ...(life.unit && { unit: life.unit }), ...(life.district && { district: life.district }),
    ...(life.onBehalfOf && { onBehalfOf: life.onBehalfOf }),
    ...(life.fromChild && { fromChild: true }), sensitivity: life.sensitivity,
    language: life.language };
}

/* When a city's case comes: now and then as the year or the clock is changed. */
function cityStart(at, random) {
  const day = localDay(at);
  if (random.chance(0.03)) return dayStart(addYear(day)) - random.pick([0, 1000]);
  if (random.chance(0.05))
    return dayStart(random.pick(clockDays(Number(day.slice(0, 4))))) + random.below(300) * MINUTE;
  return at;
}

function makeLife(id, random, calendar, { from, now, city }) {
  let at = from + random.below((now - from) / MINUTE - 10) * MINUTE;
  if (random.chance(0.15)) at = dayStart(`${nextMonth(localDay(at))}-01`) - random.pick([0, 1000]);
  if (city) at = Math.max(cityStart(at, random), from);
  if (at > now) at = now - DAY;
  const day = localDay(at);
  const life = { id, at, day, board: random.pick(boards), type: random.pick(types.slice(0, 5)),
    category: random.chance(0.1) ? null : random.pick(categories), wants: random.chance(0.8),
    channel: random.pick(channels), status: 'received', events: [], legs: [] };
  if (city) Object.assign(life, { city, calendar });
  const more = city ? makeCityLife(life, random) : {};
  life.acknowledgeBy = dueDay(calendar, life.day, random.pick([2, 2, 0]));
  life.answerBy = dueDay(calendar, life.day, random.pick([10, 10, 3, 30]));
  life.typeGiven = life.type;
  life.categoryGiven = life.category;
  life.legs.push({ seq: 1, board: life.board, opened: at, openedOn: life.day,
    ended: null, state: 'offered' });
  put(life, 'received', { type: life.type, ...(life.category && { category: life.category }),
    board: life.board, channel: life.channel, ...more, wantsReply: life.wants,
    receivedOn: life.day, acknowledgeBy: life.acknowledgeBy, answerBy: life.answerBy });
  for (let n = random.below(city ? 14 : 9); n > 0; n--) {
    const next = later(life, random, now);
    if (next >= now) break;
    if (city) merge(life, random, next);
    life.at = next;
    step(life, random);
  }
  return life;
}

/* calendar: Map from day to whether it is a working day. They end where the day begins: the same
 * seed makes the same lives at any hour of it. */
export function makeLives(count, seed, calendar, now = dayStart(localDay(Date.now())), city = null) {
  const random = makeRandom(seed);
  const from = dayStart(`${nextMonth(localDay(now), -26)}-01`);
  return Array.from({ length: count }, (_, i) =>
    makeLife(500001 + i, random, calendar, { from, now, city }));
}

/* The demonstration city as lives need it. Kungsholmen and Norra innerstaden become one in
 * the middle of the time, on the seventeenth of a month. */
export async function cityOf(server, now = Date.now()) {
  const units = await server.sql(`SELECT code, board, district, operating_form AS form
    FROM synpunkt.unit ORDER BY code`);
  const districts = await server.sql('SELECT DISTINCT district FROM synpunkt.unit ORDER BY 1');
  const merger = { from: 'kungsholmens-stadsdelsnamnd', to: 'norra-innerstadens-stadsdelsnamnd',
    on: `${nextMonth(localDay(now), -11)}-17` };
  return { units, districts: districts.map((d) => d.district), merger,
    boards: [...new Set([...boards, ...units.map((u) => u.board)])] };
}

const stamp = (ms) => (ms === null || ms === undefined ? null : new Date(ms).toISOString());

/* Puts them in as rows: case, legs, chained events. What is read as one may be no larger
 * than 256 MB. */
export async function storeLives(server, lives) {
  for (let i = 0; i < lives.length; i += 20000) await storePart(server, lives.slice(i, i + 20000));
}

function asRow(l) {
  return { ...l, city: undefined, calendar: undefined, at: undefined, legs: l.legs.map((g) =>
    ({ ...g, opened: stamp(g.opened), ended: stamp(g.ended), openedOn: g.openedOn ?? localDay(g.opened) })),
  receivedAt: l.day === localDay(l.events[0].at) ? stamp(l.events[0].at) : `${l.day}T12:00:00Z`,
  registered: stamp(l.city && l.events[0].at), acknowledged: stamp(l.acknowledged),
  answered: stamp(l.answered), closed: stamp(l.closed), year: Number(l.day.slice(0, 4)),
  events: l.events.map((e) => ({ ...e, at: stamp(e.at) })) };
}

async function storePart(server, lives) {
  const file = path.join(testRoot(), 'lives.json');
  fs.writeFileSync(file, JSON.stringify(lives.map(asRow)));
  await server.sql(`WITH l AS MATERIALIZED (SELECT * FROM jsonb_to_recordset(pg_read_file('${file}')::jsonb)
      AS l (id bigint, year smallint, type text, "typeGiven" text, category text,
      "categoryGiven" text, board text, channel text, status text, reason text, wants boolean,
      unit text, district text, sensitivity smallint, language text, "onBehalfOf" text,
      "fromChild" boolean, "qualityDimension" text, "waitingSince" date, registered timestamptz,
      "receivedAt" timestamptz, day date, "acknowledgeBy" date, "answerBy" date,
      acknowledged timestamptz, answered timestamptz, closed timestamptz, events jsonb, legs jsonb)),
    c AS (INSERT INTO synpunkt.case (id, year, submission_id, type, type_given, category,
      category_given, board, unit, district, channel, status, closure_reason, sensitivity,
      language, on_behalf_of, from_child, quality_dimension, waiting_since, wants_reply,
      received_at, received_on, registered_at, acknowledge_by, answer_by, acknowledge_because,
      answer_because, acknowledged_at, answered_at, closed_at, rule, because, city_version,
      follow_hash)
      SELECT id, year, id, type, "typeGiven", category, "categoryGiven", board, unit, district,
        channel, status, reason, coalesce(sensitivity, 1), coalesce(language, 'sv'),
        "onBehalfOf", coalesce("fromChild", false), "qualityDimension", "waitingSince", wants,
        "receivedAt", day, coalesce(registered, now()), "acknowledgeBy", "answerBy", '', '',
        acknowledged, answered, closed, 'r', '', 1, sha256('') FROM l),
    g AS (INSERT INTO synpunkt.case_leg (case_id, seq, board, opened_at, opened_on, ended_at,
      state, ground, opened_by)
      SELECT l.id, g.seq, g.board, g.opened, g."openedOn", g.ended, g.state, g.ground, 'routing'
      FROM l, jsonb_to_recordset(l.legs) AS g (seq smallint, board text, opened timestamptz,
        "openedOn" date, ended timestamptz, state text, ground text))
    INSERT INTO synpunkt.case_event (case_id, seq, at, what, actor, board, codes, content, hash)
    SELECT l.id, e.seq, e.at, e.what, 'system', e.board, e.codes, '{}', sha256('')
    FROM l, jsonb_to_recordset(l.events) AS e (seq integer, at timestamptz, what text,
      board text, codes jsonb)`);
}
