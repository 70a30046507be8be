/*
 * Made-up cases with lives, as rows: transfers, returns, replies, delays, closings and
 * reopenings over 26 months, many of them at the edges: the last second of a due day or
 * of a month, the first of the next, nights when the clock is changed. The same seed
 * makes the same lives.
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

/* When the next thing happens: soon, later, or on an edge. */
function later(life, random, now) {
  const day = localDay(life.at);
  const edges = [
    dayStart(addDays(life.acknowledgeBy, 1)) - 1000, dayStart(addDays(life.acknowledgeBy, 1)),
    dayStart(addDays(life.answerBy, 1)) - 1000, dayStart(addDays(life.answerBy, 1)),
    dayStart(`${nextMonth(day)}-01`) - 1000, dayStart(`${nextMonth(day)}-01`),
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
  Object.assign(life, { status: 'closed', closed: life.at, reason });
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
    if (random.chance(0.6)) close(life, random.pick(reasons)); /* in the same transaction */
  },
  close: (life, random) => close(life, random.pick(reasons)),
  transfer(life, random) {
    hand(life, 'transferred', random.pick(boards.filter((b) => b !== life.board)));
  },
  return(life) {
    const legs = life.legs;
    if (legs.length > 1 && open(life).state === 'offered')
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
const often = ['acknowledge', 'acknowledge', 'reply', 'reply', 'close', 'transfer', 'transfer',
  'return', 'return', 'change', 'note', 'ask', 'delay', 'resume'];

function step(life, random) {
  if (life.status !== 'closed') {
    acts[random.pick(often)](life, random);
    return;
  }
  put(life, 'reopened', { ...moved('closureReason', life.reason, null), ...moved('status', 'closed', 'received') });
  Object.assign(life, { status: 'received', closed: null, reason: null });
  Object.assign(open(life), { ended: null, state: 'accepted' });
}

function makeLife(id, random, calendar, { from, now }) {
  let at = from + random.below((now - from) / MINUTE - 10) * MINUTE;
  if (random.chance(0.15)) at = dayStart(`${nextMonth(localDay(at))}-01`) - random.pick([0, 1000]);
  if (at > now) at = now - DAY;
  const day = localDay(at);
  const life = { id, at, day, board: random.pick(boards), type: random.pick(types.slice(0, 5)),
    category: random.chance(0.1) ? null : random.pick(categories), wants: random.chance(0.8),
    channel: random.pick(channels), acknowledgeBy: dueDay(calendar, day, random.pick([2, 2, 0])),
    answerBy: dueDay(calendar, day, random.pick([10, 10, 3, 30])), status: 'received',
    events: [], legs: [] };
  life.typeGiven = life.type;
  life.categoryGiven = life.category;
  life.legs.push({ seq: 1, board: life.board, opened: at, ended: null, state: 'offered' });
  put(life, 'received', { type: life.type, ...(life.category && { category: life.category }),
    board: life.board, channel: life.channel, wantsReply: life.wants, receivedOn: day,
    acknowledgeBy: life.acknowledgeBy, answerBy: life.answerBy });
  for (let n = random.below(9); n > 0; n--) {
    const next = later(life, random, now);
    if (next >= now) break;
    life.at = next;
    step(life, random);
  }
  return life;
}

/* calendar: Map from day to whether it is a working day. */
export function makeLives(count, seed, calendar, now = Date.now() - 2 * MINUTE) {
  const random = makeRandom(seed);
  const from = dayStart(`${nextMonth(localDay(now), -26)}-01`);
  return Array.from({ length: count }, (_, i) =>
    makeLife(500001 + i, random, calendar, { from, now }));
}

const stamp = (ms) => (ms === null || ms === undefined ? null : new Date(ms).toISOString());

/* Puts them in as rows: case, legs, chained events. */
export async function storeLives(server, lives) {
  const file = path.join(testRoot(), 'lives.json');
  fs.writeFileSync(file, JSON.stringify(lives.map((l) => ({ ...l, at: undefined,
    receivedAt: stamp(l.events[0].at), acknowledged: stamp(l.acknowledged),
    answered: stamp(l.answered), closed: stamp(l.closed), year: Number(l.day.slice(0, 4)),
    events: l.events.map((e) => ({ ...e, at: stamp(e.at) })),
    legs: l.legs.map((g) => ({ ...g, opened: stamp(g.opened), ended: stamp(g.ended),
      openedOn: localDay(g.opened) })) }))));
  await server.sql(`WITH l AS (SELECT * FROM jsonb_to_recordset(pg_read_file('${file}')::jsonb)
      AS l (id bigint, year smallint, type text, "typeGiven" text, category text,
      "categoryGiven" text, board text, channel text, status text, reason text, wants boolean,
      "receivedAt" timestamptz, day date, "acknowledgeBy" date, "answerBy" date,
      acknowledged timestamptz, answered timestamptz, closed timestamptz, events jsonb, legs jsonb)),
    c AS (INSERT INTO synpunkt.case (id, year, submission_id, type, type_given, category,
      category_given, board, channel, status, closure_reason, sensitivity, language, wants_reply,
      received_at, received_on, acknowledge_by, answer_by, acknowledge_because, answer_because,
      acknowledged_at, answered_at, closed_at, rule, because, city_version, follow_hash)
      SELECT id, year, id, type, "typeGiven", category, "categoryGiven", board, channel, status,
        reason, 1, 'sv', wants, "receivedAt", day, "acknowledgeBy", "answerBy", '', '',
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
