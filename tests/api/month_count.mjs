/*
 * The independent count: every figure of a month from the rows of events and legs, case
 * by case and month by month as they stood at its end. Nothing here is taken from the
 * product but what the contract says.
 */
import { addDays, dayStart, localDay, nextMonth } from './lives.mjs';

export async function readRows(server) {
  const group = (rows) => {
    const by = new Map();
    for (const r of rows) by.set(r.case_id, [...by.get(r.case_id) ?? [], r]);
    return by;
  };
  const cases = await server.sql(`SELECT id, type, category, wants_reply, received_on,
    acknowledge_by, answer_by FROM synpunkt.case`);
  const legs = group(await server.sql(`SELECT case_id, board, opened_on,
    (extract(epoch FROM opened_at) * 1000)::bigint AS opened FROM synpunkt.case_leg ORDER BY case_id, seq`));
  const events = group(await server.sql(`SELECT case_id, what, board,
    (extract(epoch FROM at) * 1000)::bigint AS at FROM synpunkt.case_event
    WHERE what IN ('acknowledged', 'replied', 'closed', 'reopened') ORDER BY case_id, seq`));
  return cases.map((c) => {
    const e = (events.get(c.id) ?? []).map((r) => ({ ...r, at: Number(r.at) }));
    return { ...c, wants: c.wants_reply === 't', turns: e.filter((r) => /^(closed|reopened)$/.test(r.what)),
      legs: legs.get(c.id).map((l) => ({ ...l, opened: Number(l.opened) })),
      acknowledged: e.find((r) => /^(acknowledged|replied)$/.test(r.what))?.at ?? Infinity,
      answered: e.find((r) => r.what === 'replied')?.at ?? Infinity };
  });
}

const heldAt = (c, end) => c.legs.findLast((l, i) => i === 0 || l.opened < end).board;

function nearestRank(days, share) {
  if (!days.length) return null;
  return [...days].sort((a, b) => a - b)[Math.ceil(share * days.length / 100) - 1];
}

/* calendar: Map from day to whether it is a working day, in order. */
export function workingDays(calendar, from, to) {
  let n = 0;
  for (let day = from; day < to;) {
    day = addDays(day, 1);
    if (calendar.get(day)) n++;
  }
  return n;
}

/* Tells count(figure, board, value) of one case in the month; handling time as a list. */
function tally(c, span, tell, calendar) {
  const { month, start, end, today, running } = span;
  const inMonth = (day) => day.slice(0, 7) === month;

  for (const leg of c.legs) if (inMonth(leg.opened_on)) tell(leg.board, 'received');
  if (inMonth(c.received_on)) tell('', 'received');
  const turn = c.turns.findLast((t) => t.at >= start && t.at < end);
  if (turn?.what === 'closed')
    for (const board of [turn.board, '']) {
      tell(board, 'closed');
      tell(board, 'days', workingDays(calendar, c.received_on, localDay(turn.at)));
    }
  if (c.legs[0].opened < end && c.turns.findLast((t) => t.at < end)?.what !== 'closed') {
    const past = running ? c.answer_by < today : c.answer_by.slice(0, 7) <= month;
    for (const board of [heldAt(c, end), '']) {
      tell(board, 'open');
      if (past && c.answered >= end) tell(board, 'overdue');
    }
  }
  if (!c.wants) return;
  for (const [figure, due, done] of [['acknowledged', c.acknowledge_by, c.acknowledged],
    ['answered', c.answer_by, c.answered]]) {
    if (!inMonth(due)) continue;
    const over = dayStart(addDays(due, 1));
    for (const board of [heldAt(c, over), '']) {
      tell(board, `${figure}Of`);
      if (done < over) tell(board, `${figure}In`);
    }
  }
}

const asFigures = (n) => ({ received: n.received ?? 0, closed: n.closed ?? 0, open: n.open ?? 0,
  overdue: n.overdue ?? 0,
  acknowledgedInTime: { in: n.acknowledgedIn ?? 0, of: n.acknowledgedOf ?? 0 },
  answeredInTime: { in: n.answeredIn ?? 0, of: n.answeredOf ?? 0 },
  handlingDays: { n: n.days?.length ?? 0, median: nearestRank(n.days ?? [], 50),
    p90: nearestRank(n.days ?? [], 90) } });

/* The figures of every board and of the city ('') in a month: Map board → figures. */
export function countMonth(cases, month, calendar, now = Date.now()) {
  const today = localDay(now);
  const end = dayStart(`${nextMonth(month)}-01`);
  const span = { month, start: dayStart(`${month}-01`), end, today,
    running: addDays(`${nextMonth(month)}-01`, -1) >= today };
  const sums = new Map();

  for (const c of cases)
    tally(c, span, (board, figure, value) => {
      for (const key of ['all', `category ${c.category ?? ''}`, `type ${c.type}`]) {
        const at = `${board} ${key}`;
        if (!sums.has(at)) sums.set(at, { board, key });
        const sum = sums.get(at);
        if (figure === 'days') (sum.days ??= []).push(value);
        else sum[figure] = (sum[figure] ?? 0) + 1;
      }
    }, calendar);
  const boards = new Map();
  for (const sum of sums.values()) {
    const of = boards.get(sum.board) ?? { byCategory: [], byType: [] };
    const [axis, code] = sum.key.split(' ');
    if (axis === 'all') Object.assign(of, asFigures(sum));
    else of[axis === 'type' ? 'byType' : 'byCategory'].push({ [axis]: code || null, ...asFigures(sum) });
    boards.set(sum.board, of);
  }
  const code = (r) => r.category ?? r.type ?? '\uffff';
  for (const of of boards.values())
    for (const list of [of.byCategory, of.byType])
      list.sort((a, b) => b.received - a.received || (code(a) < code(b) ? -1 : 1));
  return boards;
}

export const nothing = { ...asFigures({}), byCategory: [], byType: [] };
