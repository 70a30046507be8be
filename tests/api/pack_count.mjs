/*
 * The independent count of the monthly pack: each case's events are walked in order of
 * time, and what happens is told to the month, the board and the city that it belongs to.
 * Written from what the figures are said to mean, not from how the product counts them.
 */
import { addDays, localDay, nextMonth } from './lives.mjs';

const HELD_BACK = ['redirected', 'not-a-case', 'duplicate', 'withdrawn'];
const monthOf = (day) => day.slice(0, 7);

/* Remembers what a function of one word says: days are worked out again and again. */
const remembered = (fn) => {
  const known = new Map();
  return (word) => {
    if (!known.has(word)) known.set(word, fn(word));
    return known.get(word);
  };
};
const after = remembered((month) => nextMonth(month));
const lastOf = remembered((month) => addDays(`${nextMonth(month)}-01`, -1));

/* ---- what is read ---- */

/* The events of every case, one case after the other: [{day, what, board, codes}]. */
async function* readCases(server) {
  const [{ first, last }] = await server.sql('SELECT min(id) AS first, max(id) AS last FROM synpunkt.case');
  for (let id = Number(first); id <= Number(last); id += 10000) {
    const rows = await server.sql(`SELECT json_agg(json_build_array(
      (extract(epoch FROM e.at) * 1000)::bigint, e.what, e.board, e.codes) ORDER BY e.seq) AS events
      FROM synpunkt.case_event e WHERE e.case_id >= ${id} AND e.case_id < ${id + 10000}
      GROUP BY e.case_id`);
    for (const r of rows)
      yield JSON.parse(r.events).map(([at, what, board, codes]) =>
        ({ day: localDay(at), what, board, codes }));
  }
}

/* How many working days there have been up to each day. */
export function ordinalsOf(calendar) {
  const ordinals = new Map();
  let n = 0;
  for (const [day, working] of calendar) {
    if (working) n++;
    ordinals.set(day, n);
  }
  return ordinals;
}

/* What is looked up: {areas: category → area, forms: unit → [{from, form}], the latest
 * last}. The calendar is a Map from day to whether it is a working day. */
export async function readTables(server, calendar) {
  const categories = await server.sql('SELECT code, area FROM synpunkt.category');
  const units = await server.sql('SELECT code, operating_form AS form FROM synpunkt.unit');
  return { areas: new Map(categories.map((c) => [c.code, c.area])), ordinals: ordinalsOf(calendar),
    forms: new Map(units.map((u) => [u.code, [{ from: '0000-01-01', form: u.form }]])) };
}

/* ---- one case ---- */

/* What holds of it however long ago it happened: the last that was said. */
function subjectOf(events, tables) {
  const given = events[0].codes;
  const said = { ...given };
  for (const { codes } of events.slice(1))
    for (const name of ['category', 'type', 'district', 'sensitivity', 'qualityDimension', 'answerBy'])
      if (codes[name] && typeof codes[name] === 'object') said[name] = codes[name].to;
  const forms = tables.forms.get(said.unit) ?? [];
  return { category: said.category ?? '', type: said.type, unit: said.unit ?? '',
    district: said.district ?? '', channel: said.channel, language: said.language ?? '',
    dimension: said.qualityDimension ?? '', sensitivity: String(said.sensitivity ?? 0),
    area: tables.areas.get(said.category) ?? '', answerBy: said.answerBy,
    form: forms.findLast((f) => f.from <= given.receivedOn)?.form ?? '',
    receivedOn: given.receivedOn, acknowledgeBy: given.acknowledgeBy,
    wants: given.wantsReply ?? true, child: given.fromChild === true || given.onBehalfOf === 'child' };
}

/* Walks the events and tells each figure as it comes about: tell(board, month, figure,
 * options). Returns what is asked of it afterwards. */
function walk(events, subject, tell) {
  const held = [];   /* {day, board, open}: how it stands from then on */
  const arrivals = []; /* {board, month} */
  const waits = [];  /* {day, days} */
  let ending = null; /* the last closing, until something else is known of its month */
  let acknowledged = null;
  let answered = null;
  let ended = null;  /* day of the latest answer or closing */

  const tellEnding = () => {
    if (!ending) return;
    const { day, board, reason, unanswered } = ending;
    const month = monthOf(day);
    tell(board, month, 'closed');
    if (reason === 'redirected') tell(board, month, 'redirected');
    else if (HELD_BACK.includes(reason)) tell(board, month, 'set_aside');
    else if (unanswered) tell(board, month, 'unanswered');
    const still = waits.filter((w) => w.day <= day).reduce((sum, w) => sum + w.days, 0);
    tell(board, month, 'days', { kind: 'handling', to: day, still: 0 });
    tell(board, month, 'days', { kind: 'net', to: day, still });
    ending = null;
  };
  const arrive = (board, day) => {
    const before = arrivals.at(-1);
    if (before) {
      tell(before.board, before.month, 'misdirected', { city: arrivals.length === 1 });
      tell(before.board, monthOf(day), 'passed_on');
    }
    arrivals.push({ board, month: monthOf(day) });
    held.push({ day, board, open: true });
    tell(board, monthOf(day), 'received', { city: !before });
  };

  for (const e of events) {
    const { what, codes, board } = e;
    const month = monthOf(e.day);
    if (ending && monthOf(ending.day) !== month) tellEnding();
    if (what === 'received') {
      arrive(board, codes.receivedOn);
      if (subject.child) tell(board, monthOf(codes.receivedOn), 'from_child');
      if (e.day > codes.receivedOn) tell(board, monthOf(codes.receivedOn), 'registered_late');
    } else if (what === 'transferred' || what === 'leg-returned') {
      arrive(codes.board.to, e.day);
    } else if (what === 'acknowledged') {
      acknowledged ??= e.day;
    } else if (what === 'replied') {
      if (!answered) {
        tell(board, month, 'answered');
        tell(board, month, 'days', { kind: 'answer', to: e.day, still: 0 });
      }
      acknowledged ??= e.day;
      answered ??= e.day;
      ended = e.day;
    } else if (what === 'closed') {
      ending = { day: e.day, board, reason: codes.closureReason.to,
        unanswered: subject.wants && !answered };
      held.push({ day: e.day, board, open: false });
      ended = e.day;
    } else if (what === 'reopened') {
      if (e.day <= addDays(ended, 60)) tell(held.at(-1).board, month, 'reopened');
      ending = null; /* in the same month: it is no closing of that month */
      held.push({ day: e.day, board: held.at(-1).board, open: true });
    } else if (what === 'delay-notice') {
      tell(board, month, 'delayed');
    } else if (what === 'clock-resumed') {
      waits.push({ day: e.day, days: codes.workingDays ?? 0 });
    }
  }
  tellEnding();
  return { held, acknowledged, answered };
}

/* Whether it was done on the last day that was promised, at the board that held it then. */
function tellDue(life, subject, tell) {
  if (!subject.wants) return;
  for (const [name, due, done] of [['acknowledge', subject.acknowledgeBy, life.acknowledged],
    ['answer', subject.answerBy, life.answered]]) {
    const { board } = life.held.findLast((h) => h.day <= due) ?? life.held[0];
    tell(board, monthOf(due), `${name}_of`);
    if (done && done <= due) tell(board, monthOf(due), `${name}_in`);
  }
}

/* How it stands at the end of every month from its first, and now. */
function tellStock(life, subject, tell, today) {
  const { held, answered } = life;
  for (let month = monthOf(held[0].day); month <= monthOf(today); month = after(month)) {
    const last = lastOf(month);
    const running = last >= today;
    const { open, board } = held.findLast((h) => h.day <= last);
    if (!open) {
      if (held.at(-1).day <= last) return;
      continue;
    }
    tell(board, month, 'open', { stock: running ? today : last });
    if (answered && answered <= last) continue;
    if (running ? subject.answerBy < today : subject.answerBy <= last) tell(board, month, 'overdue');
    else if (running && subject.wants && monthOf(subject.answerBy) === month)
      tell(board, month, 'not_due');
  }
}

/* ---- the sums ---- */

const AXES = ['category', 'type', 'unit', 'district', 'form', 'channel', 'language', 'dimension',
  'sensitivity'];
const STOCK_AXES = ['category', 'type', 'unit', 'district'];
const DAYS_AXES = ['category', 'type', 'unit', 'district', 'form'];
const STEPS = [41, 21, 11, 6, 0];

const add = (map, key) => map.set(key, (map.get(key) ?? 0) + 1);

/* What there is of a board and a month: column → "part, item" → how many, and the lists of
 * working days: kind → "part, item" → days. */
class Sum {
  constructor() {
    this.columns = new Map();
    this.days = new Map();
  }

  column(name) {
    if (!this.columns.has(name)) this.columns.set(name, new Map());
    return this.columns.get(name);
  }

  put(places, figure) {
    const column = this.column(figure);
    for (const place of places) add(column, place);
  }

  putDays(places, kind, days) {
    if (!this.days.has(kind)) this.days.set(kind, new Map());
    const lists = this.days.get(kind);
    for (const place of places)
      if (lists.has(place)) lists.get(place).push(days);
      else lists.set(place, [days]);
    add(this.column('n'), `${kind}-days\t${days}`);
  }

  /* Nearest rank: the smallest number of days that so many percent took at most. */
  cells() {
    const cells = new Map();
    for (const [name, places] of this.columns)
      for (const [place, n] of places) cells.set(`${place}\t${name}`, n);
    for (const [kind, lists] of this.days)
      for (const [place, days] of lists) {
        days.sort((a, b) => a - b);
        const rank = (percent) => days[Math.ceil(percent * days.length / 100) - 1];
        cells.set(`${place}\t${kind}_n`, days.length);
        cells.set(`${place}\t${kind}_median`, rank(50));
        cells.set(`${place}\t${kind}_p90`, rank(90));
      }
    return cells;
  }
}

const placesOf = (subject, axes) =>
  ['whole\t', ...axes.map((axis) => `${axis}\t${subject[axis]}`)];

/* Where a case's figures go. */
const placesOfAll = (subject) => ({ flow: placesOf(subject, AXES),
  stock: placesOf(subject, STOCK_AXES), days: placesOf(subject, DAYS_AXES) });

function addTo(sum, subject, places, figure, { kind, days, age }) {
  if (figure === 'days') {
    sum.putDays(places.days, kind, days);
    return;
  }
  sum.put(['open', 'overdue', 'not_due'].includes(figure) ? places.stock : places.flow, figure);
  if (figure === 'received') {
    sum.put([`category-type\t${subject.category}`], subject.type);
    sum.put([`dimension-area\t${subject.dimension}`], subject.area);
  } else if (figure === 'open') {
    sum.put([`stock\t${subject.unit}`], STEPS.find((s) => age >= s));
  }
}

/* Every cell there is: cellsOf(board, month) is a Map from "part, item, column", a tab
 * between them, to a number; board '' is the city. */
export async function countPack(server, tables, now = Date.now()) {
  const today = localDay(now);
  const sums = new Map(); /* "board month" → Sum */
  const workingDays = (from, to) => Math.max(tables.ordinals.get(to) - tables.ordinals.get(from), 0);
  const sumOf = (at) => {
    if (!sums.has(at)) sums.set(at, new Sum());
    return sums.get(at);
  };

  for await (const events of readCases(server)) {
    const subject = subjectOf(events, tables);
    const places = placesOfAll(subject);
    const tell = (board, month, figure, { city = true, ...more } = {}) => {
      if (figure === 'days')
        more.days = Math.max(workingDays(subject.receivedOn, more.to) - more.still, 0);
      if (figure === 'open') more.age = workingDays(subject.receivedOn, more.stock);
      addTo(sumOf(`${board} ${month}`), subject, places, figure, more);
      if (city) addTo(sumOf(` ${month}`), subject, places, figure, more);
    };
    const life = walk(events, subject, tell);
    tellDue(life, subject, tell);
    tellStock(life, subject, tell, today);
  }
  return (board, month) => sums.get(`${board} ${month}`)?.cells() ?? new Map();
}
