/* What residents see of their district: the same as counting the rows, nothing small,
 * nothing sensitive, and never another number of the same months. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { ctl, eventually, request, startServer } from './harness.mjs';
import { addDays, dayStart, localDay, makeLives, nextMonth, storeLives } from './lives.mjs';
import { readRows, workingDays } from './month_count.mjs';
import { leaks } from './pack_leaks.mjs';

const thisMonth = localDay(Date.now()).slice(0, 7);
/* The last month of the last four that are frozen by now, whatever day it is. */
const last = [-2, -3, -4, -5].map((n) => nextMonth(thisMonth, n)).find((m) => Number(m.slice(5)) % 4 === 0);
const first = nextMonth(last, -3);
const districts = ['farsta', 'bromma', 'sodermalm', 'kungsholmen', 'skarpnack'];
let server;
let calendar;
let lives;

const counted = () => eventually('all is counted', async () => (await server.sql(`SELECT
  (SELECT count(*) FROM synpunkt.case) = (SELECT count(*) FROM synpunkt.statistic_case)
  AND NOT EXISTS (SELECT FROM synpunkt.statistic_dirty) AS done`))[0].done === 't', 300000);
const freeze = async (month) => {
  const got = await server.ctl(['statistics', '--freeze', '--month', month]);
  assert.equal(got.code, 0, got.stdout + got.stderr);
};
const resultsOf = async (district, query = '') => {
  const res = await server.get(`/api/v1/results?district=${district}${query}`);
  assert.equal(res.status, 200, res.text);
  return res.json;
};

before(async () => {
  const days = JSON.parse((await ctl(['due', '--list', '2020', '2035', '--json'])).stdout);
  calendar = new Map(days.map((d) => [d.date, d.workingDay]));
  server = await startServer();
  lives = makeLives(5800, 23, calendar);
  lives.forEach((life, i) => {
    /* Skarpnäck is small; every ninth case is sensitive, every eleventh's subject is. */
    life.district = i % 97 === 0 ? 'skarpnack' : districts[i % 4];
    life.sensitivity = i % 9 === 0 ? 3 : 1 + i % 2;
    if (i % 11 === 0) {
      Object.assign(life, { category: 'hemtjanst', categoryGiven: 'hemtjanst' });
      life.events = life.events.filter((e) => !e.codes.category || e.seq === 1);
      life.events.forEach((e, n) => { e.seq = n + 1; });
      life.events[0].codes.category = 'hemtjanst';
    }
    Object.assign(life.events[0].codes, { district: life.district, sensitivity: life.sensitivity });
  });
  await storeLives(server, lives);
  await counted();
  await freeze(last);
});
after(async () => {
  await server.stop();
  assert.doesNotMatch(server.log, /Sanitizer|runtime error|page_failed|job_failed/);
});

/* ---- the independent count ---- */

const inPeriod = (day) => day.slice(0, 7) >= first && day.slice(0, 7) <= last;
const median = (days) => [...days].sort((a, b) => a - b)[Math.ceil(days.length / 2) - 1];

async function countAll() {
  /* The demonstration's cases count too: they are not among the lives. */
  const of = new Map((await server.sql('SELECT id, district, sensitivity FROM synpunkt.case'))
    .map((c) => [c.id, { district: c.district, sensitivity: Number(c.sensitivity) }]));
  for (const l of lives) of.set(String(l.id), l);
  const area = new Map((await server.sql('SELECT code, area, sensitivity FROM synpunkt.category'))
    .map((c) => [c.code, c]));
  const sums = new Map();
  const sumOf = (district) => {
    if (!sums.has(district))
      sums.set(district, { received: 0, areas: {}, months: {}, answered: [], closed: [], of: 0, in: 0 });
    return sums.get(district);
  };
  for (const c of await readRows(server)) {
    const life = of.get(String(c.id));
    if (life.sensitivity > 2 || !c.category || area.get(c.category).sensitivity > 2) continue;
    for (const sum of [sumOf(life.district), sumOf('')]) {
      if (inPeriod(c.received_on)) {
        const month = c.received_on.slice(0, 7);
        const code = area.get(c.category).area;
        sum.received++;
        sum.areas[code] = (sum.areas[code] ?? 0) + 1;
        sum.months[month] = (sum.months[month] ?? 0) + 1;
        sum.subjects = { ...sum.subjects, [c.category]: (sum.subjects?.[c.category] ?? 0) + 1 };
      }
      if (c.answered !== Infinity && inPeriod(localDay(c.answered)))
        sum.answered.push(workingDays(calendar, c.received_on, localDay(c.answered)));
      for (let month = first; month <= last; month = nextMonth(month)) {
        const [start, end] = [dayStart(`${month}-01`), dayStart(`${nextMonth(month)}-01`)];
        const turn = c.turns.findLast((t) => t.at >= start && t.at < end);
        if (turn?.what === 'closed')
          sum.closed.push(workingDays(calendar, c.received_on, localDay(turn.at)));
      }
      if (c.wants && inPeriod(c.answer_by)) {
        sum.of++;
        if (c.answered < dayStart(addDays(c.answer_by, 1))) sum.in++;
      }
    }
  }
  return sums;
}

function sameCell(cell, exact, what) {
  if (cell.mark === 'shown') assert.equal(cell.n, exact, what);
  else assert.equal(cell.mark === 'few', exact < 5, what);
}

function sameSpeed(doc, id, days, city, what) {
  const { own, city: beside } = doc.speed.find((s) => s.id === id);
  assert.equal(own.n, days.length >= 10 ? median(days) : null, `${what} ${id}`);
  if (days.length >= 10) assert.equal(own.note, `av ${days.length}`, what);
  assert.equal(beside.n, median(city), `city ${id}`);
}

test('figures are those of the rows, without what is sensitive', async () => {
  const sums = await countAll();
  const city = sums.get('');
  let hidden = 0;
  assert.ok(city.received >= 500 && city.of >= 500, `${city.received}, ${city.of}: no share of the city is told`);
  for (const district of districts) {
    const doc = await resultsOf(district);
    const sum = sums.get(district);
    assert.deepEqual([doc.period.from, doc.period.to], [first, last]);
    sameCell(doc.received, sum.received, district);
    for (const [code, n] of Object.entries(sum.areas)) {
      const area = doc.areas.find((a) => a.code === code);
      sameCell(area.received, n, `${district} ${code}`);
      assert.equal(area.city.n, Math.floor(100 * city.areas[code] / city.received + 0.5), code);
      for (const s of area.subjects) sameCell(s.received, sum.subjects[s.code], `${district} ${s.code}`);
    }
    for (const a of doc.areas) if (!sum.areas[a.code]) sameCell(a.received, 0, a.code);
    assert.deepEqual(doc.months.map((m) => m.month).slice(-4), [-3, -2, -1, 0].map((n) => nextMonth(last, n)));
    for (const m of doc.months) {
      sameCell(m.received, sum.months[m.month] ?? 0, `${district} ${m.month}`);
      hidden += m.received.mark !== 'shown';
    }
    sameSpeed(doc, 'first-answer', sum.answered, city.answered, district);
    sameSpeed(doc, 'closing', sum.closed, city.closed, district);
    const due = doc.speed.find((s) => s.id === 'in-time');
    assert.equal(due.city.n, Math.floor(100 * city.in / city.of + 0.5));
    if (due.own.mark === 'shown') assert.equal(due.own.n, Math.floor(100 * sum.in / sum.of + 0.5));
    else assert.ok(sum.of < 10 || [sum.in, sum.of - sum.in].some((n) => n >= 1 && n <= 4));
  }
  assert.ok(hidden > 0, 'something is hidden');
});

const cellsOf = (doc) => [doc.received, ...doc.areas.flatMap((a) => [a.received,
  ...a.subjects.map((s) => s.received)]), ...doc.months.map((m) => m.received)];

test('nothing of 1 to 4 is shown, nor to be found by subtraction', async () => {
  for (const district of districts) {
    const doc = await resultsOf(district);
    for (const cell of cellsOf(doc)) {
      assert.ok(cell.n === null || cell.n === 0 || cell.n >= 5, `${district} ${cell.text}`);
      assert.equal(cell.n === null, cell.mark !== 'shown');
    }
    const list = (id, rows, name) => ({ id, columns: [{ id: 'received', kind: 'count' }],
      rows: [...rows.map((r) => ({ id: r[name], cells: [r.received] })),
        { total: true, id: 'all', cells: [doc.received] }] });
    assert.deepEqual(leaks({ month: first, sections: [{ tables: [list('channel', doc.areas, 'code'),
      list('language', doc.months, 'month')] }] }), [], district);
  }
});

test('a sensitive subject has no place on the page', async () => {
  const res = await server.get('/resultat/farsta');
  assert.equal(res.status, 200);
  assert.doesNotMatch(res.text.replace(/<footer[\s\S]*/, ''), /Äldreomsorg|Hemtjänst|hemtjanst/);
  assert.doesNotMatch(JSON.stringify(await resultsOf('farsta')), /aldreomsorg|hemtjanst/i);
});

test('the page has the API’s numbers, in any language, and may be kept by anybody', async () => {
  const doc = await resultsOf('farsta');
  const res = await server.get('/resultat/farsta');
  assert.match(res.headers['cache-control'], /^public, max-age=3600$/);
  assert.equal(res.headers['set-cookie'], undefined);
  const shown = [...res.text.matchAll(/<bdi dir="ltr">([^<]*)/g)].map((m) => m[1].trim());
  assert.equal(shown[0], doc.received.text);
  for (const area of doc.areas) assert.ok(shown.includes(area.received.text.replace('<', '&lt;')), area.name);
  for (const lang of ['en', 'fi', 'fit', 'se', 'sv-x-easy', 'ar'])
    assert.equal((await server.get(`/resultat/farsta?lang=${lang}`)).status, 200, lang);
  const kept = await server.get('/resultat/farsta?lang=en');
  assert.match(kept.headers['cache-control'], /private/, 'what sets a cookie is not for all');
  const head = await request(server.url, 'HEAD', '/resultat/farsta');
  assert.equal(head.status, 200);
  assert.equal(head.text, '');
});

test('other districts and periods than there are answer 404', async () => {
  for (const where of ['/resultat/atlantis', '/resultat/farsta?period=2019-01', '/resultat/farsta?period=x',
    '/api/v1/results?district=atlantis', `/api/v1/results?district=farsta&period=${nextMonth(first, 1)}`])
    assert.equal((await server.get(where)).status, 404, where);
  assert.equal((await server.get('/api/v1/results')).status, 422);
});

test('an address leads to its district, without script', async () => {
  const to = async (q) => {
    const res = await server.get(`/resultat/?q=${encodeURIComponent(q)}`);
    return [res.status, res.headers.location];
  };
  assert.deepEqual(await to('Provstigen 58'), [303, '/resultat/farsta']);
  assert.deepEqual(await to('södermalm'), [303, '/resultat/sodermalm']);
  assert.deepEqual(await to('x'), [422, undefined]);
  assert.deepEqual(await to('qqqqqqq'), [422, undefined]);
  const list = await server.get('/resultat/');
  assert.equal(list.status, 200);
  for (const d of districts) assert.ok(list.text.includes(`href="/resultat/${d}"`), d);
  for (const from of ['/', '/karta']) assert.match((await server.get(from)).text, /href="\/resultat\/"/);
});

test('what is told stays, whatever becomes of the cases, and periods never overlap', async () => {
  const told = await resultsOf('bromma');
  await server.sql(`INSERT INTO synpunkt.case_event (case_id, seq, at, what, actor, board, codes,
      content, hash)
    SELECT c.id, (SELECT max(e.seq) + 1 FROM synpunkt.case_event e WHERE e.case_id = c.id), now(),
      'changed', 'system', c.board, '{"sensitivity": {"from": "1", "to": "4"}}', '{}', sha256('')
    FROM synpunkt.case c WHERE c.id % 2 = 0`);
  await counted();
  await freeze(nextMonth(last, -4));
  const again = await resultsOf('bromma');
  assert.deepEqual({ ...again, months: again.months.slice(-4), periods: again.periods.slice(-1) },
    { ...told, months: told.months.slice(-4) });
  assert.deepEqual(again.periods.map((p) => p.from), [nextMonth(first, -4), first]);
  const earlier = await resultsOf('bromma', `&period=${nextMonth(first, -4)}`);
  assert.equal(earlier.period.to, nextMonth(first, -1));
  assert.deepEqual(earlier.months, again.months.slice(0, 4));
});

test('the server’s role reads a district’s rows and no table', async () => {
  const as = (sql) => server.sql(`SET ROLE synpunkt_resident; ${sql}`);
  for (const table of ['result', 'statistic_cube', 'statistic_days', 'statistic_frozen'])
    await assert.rejects(as(`SELECT FROM synpunkt.${table}`), /permission denied/, table);
  for (const call of [`publish('${first}-01')`, `cells('${first}-01', '${last}-01')`])
    await assert.rejects(as(`SELECT synpunkt_result.${call}`), /permission denied/, call);
  assert.match((await as("SELECT synpunkt_result.read('', NULL) AS r"))[0].r, /"shown": \[\]/);
  assert.match((await as("SELECT synpunkt_result.read('farsta', NULL) AS r"))[0].r, /"months"/);
});

test('who asks without end is asked to wait', async () => {
  let status;
  for (let i = 0; i < 700 && status !== 429; i++)
    status = (await server.get('/api/v1/results?district=farsta')).status;
  assert.equal(status, 429);
});
