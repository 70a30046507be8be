/* The contract's section 3, "Desk": the queue and its filters, from outside. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { assertProblem } from './contract_kit.mjs';
import { act, at, coordinator, farsta, serial, statuses, submitTo, trafik }
  from './contract_desk_kit.mjs';
import { eventually, raw, startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

let server;
let co;
let there;
before(async () => {
  server = await startServer();
  co = await coordinator(server);
  there = await newColleague(server, 'dar', `coordinator@${farsta}`);
});
after(() => server.stop());

const submit = (text, more) => submitTo(server, text, more);
const query = (values) => `/api/v1/desk/cases?${new URLSearchParams(values)}`;
async function list(values, client = co) {
  const res = await client.get(query(values));
  assert.equal(res.status, 200, res.text);
  return res.json.items;
}
const numbers = async (values, client) => (await list(values, client)).map((i) => i.number);
const found = (q, number, more = {}) => eventually(`"${q}" is found`, async () =>
  (await numbers({ q, limit: 200, ...more })).includes(number));

test('an item has the members of the contract, each of its kind', async () => {
  const c = await submit('En post med allt');
  const item = (await list({ limit: 200 })).find((i) => i.number === c.number);
  const kinds = { number: 'string', type: 'string', category: 'string', board: 'string',
    status: 'string', receivedAt: 'string', acknowledgeBy: 'string', answerBy: 'string',
    overdue: 'boolean', snippet: 'string', version: 'number' };
  for (const [name, kind] of Object.entries(kinds)) assert.equal(typeof item[name], kind, name);
  assert.equal(item.handler, null);
  assert.match(item.receivedAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
  for (const day of [item.acknowledgeBy, item.answerBy]) assert.match(day, /^\d{4}-\d\d-\d\d$/);
  assert.match(item.number, /^\d{4}-\d+$/);
  assert.ok(item.version >= 1);
});

test('limit is 50 by default, 1 to 200; outside that 422', async () => {
  const all = await list({ limit: 200, status: 'any' });
  assert.equal((await list({ status: 'any' })).length, Math.min(50, all.length));
  assert.equal((await list({ limit: 1 })).length, 1);
  for (const limit of ['0', '201', '-1', 'x', '1.5', '', ' 7', '+7', '1e2', '99999999999'])
    assertProblem(await co.get(query({ limit })), 422, ['limit']);
});

test('unknown query names are ignored', async () => {
  const numbers = (items) => items.map(({ number }) => number); /* the rest may change meanwhile */
  assert.deepEqual(numbers(await list({ limit: 3 })), numbers(await list({ limit: 3, color: 'red', Q: 'x' })));
});

test('codes that are none are 422, all of them at once', async () => {
  assertProblem(await co.get(query({ status: 'new', type: 'gripe', sort: 'board',
    overdue: 'maybe', limit: 0, after: 'x' })), 422,
  ['after', 'limit', 'overdue', 'sort', 'status', 'type']);
});

test('each status is a filter; without one the queue is what is open', async () => {
  const made = {};
  for (const status of statuses) {
    const c = await submit(`Läge ${status}`);
    made[status] = c.number;
    await server.sql(`UPDATE synpunkt.case SET status = '${status}', closed_at =
      ${status === 'closed' ? 'now()' : 'NULL'} WHERE id = ${serial(c.number)}`);
  }
  for (const status of statuses) {
    const items = await list({ status, limit: 200 });
    assert.ok(items.every((i) => i.status === status), status);
    assert.ok(items.some((i) => i.number === made[status]), status);
  }
  const open = await numbers({ limit: 200 });
  for (const status of statuses)
    assert.equal(open.includes(made[status]), status !== 'closed', status);
});

test('filters alone and together', async () => {
  const c = await submit('Många filter', { type: 'suggestion', category: 'vagskador',
    place: { lat: 59.33, lon: 18.06 } });
  await act(co, c.number, 'assign');
  const { district } = (await co.get(at(c.number))).json;
  assert.ok(district);
  const right = { board: trafik, status: 'assigned', category: 'vagskador',
    type: 'suggestion', district, handler: 'kontrakt-co', limit: '200' };
  const wrong = { board: farsta, status: 'answered', category: 'park', type: 'praise',
    district: 'nowhere', handler: 'none', overdue: 'true' };
  await found('filter', c.number, right);
  for (const [name, value] of Object.entries(right))
    assert.ok((await numbers({ limit: 200, [name]: value })).includes(c.number), name);
  assert.deepEqual(await numbers({ ...right, q: 'filter' }), [c.number]);
  for (const [name, value] of Object.entries(wrong)) {
    assert.ok(!(await numbers({ limit: 200, [name]: value })).includes(c.number), name);
    assert.deepEqual((await numbers({ ...right, q: 'filter', [name]: value }))
      .filter((n) => n === c.number), [], name);
  }
});

test('overdue is what should have been answered before today, and is not', async () => {
  const set = async (text, assignments) => {
    const c = await submit(text);
    await server.sql(`UPDATE synpunkt.case SET received_on = received_on - 30,
      acknowledge_by = acknowledge_by - 30, ${assignments} WHERE id = ${serial(c.number)}`);
    return c.number;
  };
  const today = "(now() AT TIME ZONE 'Europe/Stockholm')::date";
  const late = await set('sen', `answer_by = ${today} - 1`);
  const last = await set('sista dagen', `answer_by = ${today}`);
  const answered = await set('besvarad', `answer_by = ${today} - 1, answered_at = now(),
    status = 'answered'`);
  const closed = await set('avslutad', `answer_by = ${today} - 1, closed_at = now(),
    status = 'closed'`);
  const items = await list({ overdue: 'true', limit: 200 });
  assert.ok(items.every((i) => i.overdue === true));
  assert.deepEqual([late, last, answered, closed].map((n) =>
    items.some((i) => i.number === n)), [true, false, false, false]);
  const plain = new Map((await list({ status: 'any', limit: 200 }))
    .map((i) => [i.number, i.overdue]));
  assert.deepEqual([late, last, answered, closed].map((n) => plain.get(n)),
    [true, false, false, false]);
});

async function pages(values, between = async () => {}) {
  const got = [];
  for (let after; after !== null;) {
    const res = await co.get(query({ ...values, ...(after && { after }) }));
    assert.equal(res.status, 200, res.text);
    assert.ok(res.json.items.length > 0 || res.json.next === null);
    got.push(...res.json.items.map((i) => i.number));
    after = res.json.next;
    if (after !== null) await between(got);
  }
  return got;
}

for (const sort of ['answerBy', 'receivedAt'])
  test(`pages by ${sort}: nothing twice, nothing lost, while cases come and go`, async () => {
    const before = await numbers({ limit: 200, sort });
    const gone = new Set();
    const got = await pages({ limit: 2, sort }, async (seen) => {
      await submit('Kommer medan någon bläddrar');
      if (seen.length % 4) return;
      const next = before.find((n) => !seen.includes(n) && !gone.has(n));
      const last = seen.at(-1);
      for (const n of [next, last].filter(Boolean)) {
        gone.add(n);
        await server.sql(`UPDATE synpunkt.case SET status = 'closed', closed_at = now(),
          version = version + 1 WHERE id = ${serial(n)} AND closed_at IS NULL`);
      }
    });
    assert.equal(new Set(got).size, got.length);
    for (const n of before) assert.ok(got.includes(n) || gone.has(n), n);
    const order = got.filter((n) => before.includes(n));
    assert.deepEqual(order, before.filter((n) => order.includes(n)));
    for (const n of gone)
      await server.sql(`UPDATE synpunkt.case SET status = 'received', closed_at = NULL
        WHERE id = ${serial(n)}`);
  });

test('soonest answer comes first, by receivedAt the oldest', async () => {
  const days = (await list({ limit: 200 })).map((i) => i.answerBy);
  assert.deepEqual(days, [...days].sort());
  assert.deepEqual(days, (await list({ limit: 200, sort: 'answerBy' })).map((i) => i.answerBy));
  const instants = (await list({ limit: 200, sort: 'receivedAt' })).map((i) => i.receivedAt);
  assert.deepEqual(instants, [...instants].sort());
});

test('cursors of another order, forged or broken, are 422 and never 500', async () => {
  const { next } = (await co.get(query({ limit: 1, sort: 'receivedAt' }))).json;
  for (const after of [next, `${next}'`, '2026-02-30~1', '~', 'NaN~1', '2026-01-01~-1',
    'infinity~1', '2026-01-01 00:00:00~1', "2026-01-01'; DROP TABLE x--~1", 'x'.repeat(2000)])
    assert.equal((await co.get(query({ limit: 1, after }))).status, 422, after);
  for (const after of ['2026-01-01 99:00:00+00~1', '2026-01-01 ::::~1', '2026-01-01-~1',
    '2026-01-01 1:1:1+99:99~1',
    '2026-01-01 10:00:00~1', '2026-01-01 10:00:00.+00~1', '0000-01-01 10:00:00+00~1'])
    assertProblem(await co.get(query({ limit: 1, sort: 'receivedAt', after })), 422, ['after']);
});

test('Swedish words by stem, with å ä ö, phrases, and, or, not', async () => {
  const c = await submit('Cyklisterna på Götgatan åkte över ÄNGARNA vid brofästets räcke');
  await found('brofästets', c.number);
  for (const q of ['cyklist', 'CYKLISTERNA', 'götgatan', 'ängar', 'äng', '"vid brofästets"',
    'cyklist götgatan', 'gotgatan', 'xyzzy or götgatan', 'götgatan -xyzzy', '  götgatan  ', '"götgatan'])
    assert.ok((await numbers({ q, limit: 200 })).includes(c.number), q);
  for (const q of ['götgätan', '"räcke brofästets"', 'götgatan -cyklist', 'xyzzy', 'cyklist xyzzy'])
    assert.ok(!(await numbers({ q, limit: 200 })).includes(c.number), q);
});

test('searches that mean nothing find nothing, and none fails', async () => {
  for (const q of ['och att det', '"', '-', '""', '!!!', '&|!()<->:*', "'; DROP TABLE x; --",
    '%_\\', 'a\tb', '😀', '-och', 'or', 'or or or', '\\', "''''"]) {
    const items = await list({ q });
    assert.ok(Array.isArray(items), q);
  }
  for (const q of ['och att det', '"', '!!!']) assert.deepEqual(await list({ q }), [], q);
  assert.ok((await list({ q: '' })).length > 0); /* nothing asked for, nothing filtered */
});

test('200 characters of search are taken, whatever they weigh; 201 are 422', async () => {
  for (const letter of ['a', 'å', '😀'])
    assert.deepEqual(await list({ q: letter.repeat(200) }), []);
  for (const q of ['a'.repeat(201), 'å'.repeat(201), 'ord '.repeat(2000)])
    assertProblem(await co.get(query({ q })), 422, ['q']);
});

test('a query that is not UTF-8, or holds U+0000, is 400 or finds nothing, never 500', async () => {
  for (const q of ['%ff', '%00', 'a%00b', '%c3', '%ed%a0%80', '%']) {
    const { statuses: [status] } = await raw(server.url, 'GET /api/v1/desk/cases?q='
      + `${q} HTTP/1.1\r\nHost: x\r\nCookie: ${co.cookie}\r\nConnection: close\r\n\r\n`,
    { quiet: 1500 });
    assert.ok([200, 400, 422].includes(status), `${q} ${status}`);
  }
});

test('a case’s number finds it, open or closed, at one’s own board only', async () => {
  const c = await submit('Sök på numret');
  assert.deepEqual(await numbers({ q: c.number }), [c.number]);
  await act(co, c.number, 'close');
  assert.deepEqual(await numbers({ q: ` ${c.number} ` }), [c.number]);
  assert.deepEqual(await numbers({ q: c.number, status: 'received' }), []);
  assert.deepEqual(await numbers({ q: c.number }, there), []);
  assert.deepEqual(await numbers({ q: `1999-${serial(c.number)}` }), []);
  assert.deepEqual(await list({ q: '9999-999999999999999' }), []);
});

test('words that come later are found too: the complainant’s, and the answer’s', async () => {
  const c = await submit('Först bara en uttersvans');
  await found('uttersvans', c.number);
  await server.post(`/api/v1/cases/${c.number}/messages`, { json: { text: 'Tillägg: fladdermus' },
    headers: { authorization: `Bearer ${c.followUpCode}` } });
  await found('fladdermus', c.number);
  await act(co, c.number, 'reply', { text: 'Igelkotten är omhändertagen' });
  await found('igelkott', c.number);
  await act(co, c.number, 'note', { text: 'vesslan är hemlig' });
  await found('fladdermus', c.number);
  assert.deepEqual(await numbers({ q: 'vesslan' }), []);
});

test('a case passed on is found by its new board only, a closed one not in the queue', async () => {
  const c = await submit('Tvättbjörnen sprang');
  await found('tvättbjörn', c.number);
  await act(co, c.number, 'transfer');
  assert.deepEqual(await numbers({ q: 'tvättbjörn', status: 'any' }), []);
  assert.deepEqual(await numbers({ q: 'tvättbjörn' }, there), [c.number]);
  await act(there, c.number, 'close');
  assert.deepEqual(await numbers({ q: 'tvättbjörn' }, there), []);
  assert.deepEqual(await numbers({ q: 'tvättbjörn', status: 'closed' }, there), [c.number]);
  await act(there, c.number, 'reopen');
  assert.deepEqual(await numbers({ q: 'tvättbjörn' }, there), [c.number]);
});

/* n copies of a case, open or closed, all holding the word. */
async function many(word, n, closed) {
  const c = await submit(`${word} är ordet`);
  await found(word, c.number);
  await server.sql(`INSERT INTO synpunkt.case SELECT (jsonb_populate_record(c,
      jsonb_build_object('id', nextval('synpunkt.case_serial')) || ${closed
    ? "'{\"status\": \"closed\", \"closed_at\": \"2026-01-01T00:00:00Z\"}'" : "'{}'"}::jsonb)).*
    FROM synpunkt.case c, generate_series(1, ${n}) WHERE c.id = ${serial(c.number)};
    INSERT INTO synpunkt.case_search (case_id, board, answer_by, received_at, open, vector)
    SELECT n.id, s.board, s.answer_by, s.received_at, ${!closed}, s.vector FROM synpunkt.case n, synpunkt.case_search s
    WHERE s.case_id = ${serial(c.number)} AND n.id > s.case_id
      AND n.follow_hash = (SELECT o.follow_hash FROM synpunkt.case o WHERE o.id = s.case_id)`);
  return c.number;
}

test('open cases are found behind thousands of newer ones, open or closed', async () => {
  const old = await many('kondensator', 1500, true);
  assert.deepEqual(await numbers({ q: 'kondensator' }), [old]);
  const first = await many('transistor', 1500, false);
  const got = await pages({ q: 'transistor', limit: 200 });
  assert.equal(got.length, 1501);
  assert.equal(new Set(got).size, 1501);
  assert.ok(got.includes(first));
  assert.equal((await pages({ q: 'kondensator', status: 'any', limit: 200 })).length, 1501);
});

test('addresses that are there answer only their methods', async () => {
  for (const [method, where, allow] of [['put', '/api/v1/desk/cases', /GET/],
    ['delete', at('2026-1'), /PATCH/], ['get', at('2026-1', 'notes'), /POST/],
    ['patch', at('2026-1', 'replies'), /POST/]]) {
    const res = await server[method](where, { headers: { cookie: co.cookie } });
    assert.equal(res.status, 405, where);
    assert.match(res.headers.allow, allow);
  }
  for (const where of ['/api/v1/desk', '/api/v1/desk/', '/api/v1/desk/cases/', at('2026-1', 'x')])
    assert.equal((await co.get(where)).status, 404, where);
  const head = await server.head('/api/v1/desk/cases', { headers: { cookie: co.cookie } });
  assert.equal(head.status, 200);
  assert.equal(head.body.length, 0);
  assert.equal(head.headers['cache-control'], 'no-store');
});
