/* Words in a queue of many cases: whatever way they are looked for, a page is complete, in
 * the queue's order, and the next page goes on where it ended. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { act, coordinator, farsta, serial, submitTo, trafik } from './contract_desk_kit.mjs';
import { eventually, startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

/* In the order of their answers: "gemensam" is in all, "sentida" in all but the first,
 * "mellanting" in some that come after 5,000 others, "udda" in few. Every fourth is closed. */
const many = 26000;
const words = {
  gemensam: 'true', sentida: 'i > 5000', mellanting: 'i BETWEEN 5001 AND 9500',
  udda: 'i % 1301 = 7',
};
let server;
let co;
let there;
before(async () => {
  server = await startServer();
  co = await coordinator(server);
  there = await newColleague(server, 'dar', `coordinator@${farsta}`);
  const seed = serial((await submitTo(server, 'Mallen')).number);
  await eventually('found', async () => (await page({ q: 'mallen' })).items.length);
  await server.sql(`
    CREATE TABLE public.made AS
    SELECT i, 5000000 + i * 7919 % ${many} AS id, i % 4 = 0 AS closed,
      CASE WHEN i % 10 = 9 THEN '${farsta}' ELSE '${trafik}' END AS board
    FROM generate_series(1, ${many}) i;
    INSERT INTO synpunkt.case SELECT (jsonb_populate_record(c, jsonb_build_object('id', m.id,
      'board', m.board, 'received_on', '2025-01-01',
      'received_at', '2025-01-01T12:00:00Z'::timestamptz - make_interval(mins => m.i / 3),
      'acknowledge_by', '2025-01-03', 'answer_by', '2026-01-01'::date + m.i / 40,
      'type', CASE WHEN m.i % 5 = 0 THEN 'praise' ELSE 'complaint' END,
      'category', CASE WHEN m.i % 3 = 0 THEN 'vagskador' ELSE 'gatubelysning' END,
      'handler', CASE WHEN m.i % 7 = 0 THEN (SELECT u.id FROM synpunkt.staff_user u
        WHERE u.username = 'kontrakt-co') END,
      'status', CASE WHEN m.closed THEN 'closed' ELSE 'received' END,
      'closed_at', CASE WHEN m.closed THEN now() END))).*
    FROM public.made m, synpunkt.case c WHERE c.id = ${seed};
    INSERT INTO synpunkt.case_search (case_id, board, category, type, answer_by, received_at,
      open, vector)
    SELECT m.id, m.board, c.category, c.type, c.answer_by, c.received_at, NOT m.closed,
      to_tsvector('pg_catalog.swedish', concat_ws(' ',
      ${Object.entries(words).map(([word, holds]) => `CASE WHEN ${holds} THEN '${word}' END`)}))
    FROM public.made m JOIN synpunkt.case c ON c.id = m.id;
    /* They have no events: nothing to count. */
    INSERT INTO synpunkt.statistic_case SELECT id, 0, '{}' FROM public.made;
    SELECT setval('synpunkt.case_serial', 6000000);
    ANALYZE synpunkt.case_search; ANALYZE synpunkt.case`);
});
after(() => server.stop());

async function page(values, client = co) {
  const res = await client.get(`/api/v1/desk/cases?${new URLSearchParams(values)}`);
  assert.equal(res.status, 200, res.text);
  return res.json;
}

/* Every page, or the first ones; each but the last is full. */
async function pages(values, most = Infinity) {
  const found = [];
  for (let after = '', n = 0; after !== null && n < most; n++) {
    const { items, next } = await page({ limit: 200, ...values, ...(after && { after }) });
    assert.ok(next === null || items.length === 200, `${items.length} on a page`);
    found.push(...items.map((i) => serial(i.number)));
    after = next;
  }
  return found;
}

/* The same by the rows themselves. */
async function truth(word, { where = 'NOT m.closed', order = 'answer_by', board = trafik } = {}) {
  const rows = await server.sql(`SELECT m.id FROM public.made m
    JOIN synpunkt.case c ON c.id = m.id
    WHERE (${words[word].replaceAll(/\bi\b/g, 'm.i')}) AND m.board = '${board}' AND (${where})
    ORDER BY c.${order}, c.id`);
  return rows.map((r) => r.id);
}

test('a word that all cases hold is found page after page, none lost and none twice', async () => {
  const expected = await truth('gemensam');
  assert.ok(expected.length > 15000);
  assert.deepEqual(await pages({ q: 'gemensam' }, 20), expected.slice(0, 4000));
  const some = await truth('gemensam', { where: 'm.closed AND m.i % 5 = 0' });
  assert.ok(some.length > 600);
  assert.deepEqual(await pages({ q: 'gemensam', status: 'closed', type: 'praise' }), some);
});

test('a word of a few cases is found among the many, open and closed', async () => {
  const open = await truth('udda');
  const all = await truth('udda', { where: 'true' });
  assert.ok(open.length > 5 && all.length > open.length);
  assert.deepEqual(await pages({ q: 'udda' }), open);
  assert.deepEqual(await pages({ q: 'udda', status: 'any' }), all);
  assert.deepEqual(await pages({ q: 'udda', status: 'closed' }),
    await truth('udda', { where: 'm.closed' }));
});

test('a word that begins far down the queue is found, all of it', async () => {
  const where = 'true';
  const expected = await truth('mellanting', { where });
  assert.ok(expected.length > 4000);
  assert.deepEqual(await pages({ q: 'mellanting', status: 'any' }), expected);
  assert.deepEqual(await pages({ q: 'mellanting' }), await truth('mellanting'));
  const late = await truth('sentida', { where });
  assert.ok(late.length > 18000);
  assert.deepEqual(await pages({ q: 'sentida', status: 'any' }, 4), late.slice(0, 800));
});

test('the other order has the same cases', async () => {
  for (const [q, status, where] of [['udda', 'any', 'true'], ['mellanting', 'received', 'NOT m.closed'],
    ['gemensam', 'closed', 'm.closed']]) {
    const expected = await truth(q, { where, order: 'received_at' });
    assert.deepEqual(await pages({ q, status, sort: 'receivedAt' }, 8), expected.slice(0, 1600));
  }
});

test('filters and words hold together', async () => {
  for (const [q, more, where] of [
    ['gemensam', { category: 'vagskador', type: 'praise', handler: 'kontrakt-co' },
      'NOT m.closed AND m.i % 105 = 0'],
    ['gemensam', { handler: 'none', overdue: 'true', type: 'praise', category: 'vagskador' },
      `NOT m.closed AND m.i % 15 = 0 AND m.i % 7 <> 0
        AND c.answer_by < (now() AT TIME ZONE 'Europe/Stockholm')::date`],
    ['mellanting', { status: 'any', type: 'praise' }, 'm.i % 5 = 0'],
    ['mellanting', { status: 'any', category: 'vagskador' }, 'm.i % 3 = 0'],
    ['udda', { category: 'gatubelysning' }, 'NOT m.closed AND m.i % 3 <> 0'],
    ['gemensam', { status: 'waiting-other' }, 'false'],
    ['gemensam', { handler: 'nobody-such' }, 'false']])
    assert.deepEqual(await pages({ q, ...more }), await truth(q, { where }), JSON.stringify(more));
  for (const [q, least] of [['gemensam udda', 5], ['mellanting or udda', 2900]])
    assert.ok((await pages({ q })).length >= least, q);
  assert.deepEqual(await pages({ q: 'udda -gemensam' }), []);
});

test('another board’s words are never found, by however common a word', async () => {
  const theirs = new Set(await truth('gemensam', { where: 'true', board: farsta }));
  for (const q of ['gemensam', 'mellanting', 'udda'])
    assert.ok(!(await pages({ q, status: 'any' }, 10)).some((id) => theirs.has(id)), q);
  assert.deepEqual((await page({ q: 'gemensam', board: farsta })).items, []);
  const own = await page({ q: 'gemensam', limit: 200 }, there);
  assert.equal(own.items.length, 200);
  assert.ok(own.items.every((i) => theirs.has(serial(i.number)) && i.board === farsta));
});

test('a case passed on takes its words along, and those that come later', async () => {
  const c = await submitTo(server, 'En alldeles gemensam vildkanin');
  const numbers = async (q, client, more = {}) =>
    (await page({ q, ...more }, client)).items.map((i) => i.number);
  await eventually('found', async () => (await numbers('vildkanin', co)).length);
  await act(co, c.number, 'transfer');
  assert.deepEqual(await numbers('vildkanin', co, { status: 'any' }), []);
  assert.deepEqual(await numbers('vildkanin', there), [c.number]);
  await act(there, c.number, 'reply', { text: 'Vi har flyttat ripan' });
  assert.deepEqual(await numbers('ripan', there), [c.number]);
  assert.deepEqual(await numbers('ripan', co), []);
  await act(there, c.number, 'close');
  assert.deepEqual(await numbers('ripan', there), []);
  assert.deepEqual(await numbers('ripan vildkanin', there, { status: 'closed' }), [c.number]);
});

test('a number finds its case among the many, closed or not, at one’s own board', async () => {
  const [mine] = await server.sql(`SELECT c.year || '-' || c.id AS number FROM synpunkt.case c
    JOIN public.made m ON m.id = c.id WHERE m.closed AND m.board = '${trafik}' LIMIT 1`);
  for (const [values, client, found] of [[{}, co, 1], [{ status: 'received' }, co, 0],
    [{}, there, 0], [{ attention: 'mail-failed' }, co, 0]])
    assert.equal((await page({ q: mine.number, ...values }, client)).items.length, found);
});
