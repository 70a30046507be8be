/* The demonstration's cases: handled by the product's own functions, as of this morning. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ctl, sharedCluster, template } from './harness.mjs';

async function demo() {
  const cluster = await sharedCluster();
  const database = await cluster.newDatabase(await template(cluster));
  return (query) => cluster.sql(query, { database });
}

const none = async (sql, what, query) =>
  assert.deepEqual(await sql(query), [], what);

test('events of the demonstration are chained, and content is what they refer to', async () => {
  const sql = await demo();
  await none(sql, 'chain', `SELECT e.case_id, e.seq
    FROM synpunkt.case_event e
    LEFT JOIN synpunkt.case_event b ON b.case_id = e.case_id AND b.seq = e.seq - 1
    WHERE e.hash <> synpunkt.event_hash(coalesce(b.hash, ''), e.case_id, e.seq, e.at,
      e.what, e.actor, e.board, e.codes, e.content)
      OR (b.seq IS NULL) <> (e.seq = 1)`);
  await none(sql, 'content', `SELECT t.case_id, t.seq, t.kind
    FROM synpunkt.case_content t JOIN synpunkt.case_event e USING (case_id, seq)
    WHERE e.content ->> t.kind IS DISTINCT FROM synpunkt.content_hash(t.salt, t.body)`);
  await none(sql, 'no content missing', `SELECT e.case_id, e.seq
    FROM synpunkt.case_event e CROSS JOIN LATERAL jsonb_object_keys(e.content) k
    WHERE NOT EXISTS (SELECT FROM synpunkt.case_content t
      WHERE t.case_id = e.case_id AND t.seq = e.seq AND t.kind = k)`);
  await none(sql, 'time', `SELECT e.case_id, e.seq, e.at
    FROM synpunkt.case_event e JOIN synpunkt.case c ON c.id = e.case_id
    LEFT JOIN synpunkt.case_event b ON b.case_id = e.case_id AND b.seq = e.seq - 1
    WHERE e.at > now() OR e.at < c.received_at OR e.at < b.at`);
  await none(sql, 'staff work by day', `SELECT e.case_id, e.seq, e.at
    FROM synpunkt.case_event e
    WHERE e.actor LIKE 'user:%' AND ((e.at AT TIME ZONE 'Europe/Stockholm')::time
      NOT BETWEEN '08:00' AND '16:31'
      OR extract(isodow FROM e.at AT TIME ZONE 'Europe/Stockholm') > 5)`);
});

test('a case of the demonstration is what its events say', async () => {
  const sql = await demo();
  await none(sql, 'row', `SELECT c.id, c.status, s.status, c.board, s.board
    FROM synpunkt.case c
    CROSS JOIN LATERAL (SELECT
      coalesce((SELECT e.codes #>> '{status,to}' FROM synpunkt.case_event e
        WHERE e.case_id = c.id AND e.codes #>> '{status,to}' IS NOT NULL
        ORDER BY e.seq DESC LIMIT 1), 'received') AS status,
      coalesce((SELECT e.codes #>> '{board,to}' FROM synpunkt.case_event e
        WHERE e.case_id = c.id AND e.codes #>> '{board,to}' IS NOT NULL
        ORDER BY e.seq DESC LIMIT 1), (SELECT e.board FROM synpunkt.case_event e
        WHERE e.case_id = c.id AND e.seq = 1)) AS board,
      (SELECT min(e.at) FROM synpunkt.case_event e WHERE e.case_id = c.id
        AND e.what IN ('acknowledged', 'replied')) AS acknowledged_at,
      (SELECT min(e.at) FROM synpunkt.case_event e WHERE e.case_id = c.id
        AND e.what = 'replied') AS answered_at,
      (SELECT max(e.at) FROM synpunkt.case_event e WHERE e.case_id = c.id
        AND e.codes #>> '{status,to}' = 'closed') AS closed_at,
      (SELECT e.codes #>> '{closureReason,to}' FROM synpunkt.case_event e
        WHERE e.case_id = c.id AND e.codes ? 'closureReason'
        ORDER BY e.seq DESC LIMIT 1) AS reason) s
    WHERE (c.status, c.board, c.acknowledged_at, c.answered_at, c.closed_at,
      c.closure_reason) IS DISTINCT FROM (s.status, s.board, s.acknowledged_at,
      s.answered_at, s.closed_at, s.reason)
      OR (c.status = 'assigned' AND c.handler IS NULL)`);
  await none(sql, 'legs', `SELECT c.id
    FROM synpunkt.case c
    CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE l.ended_at IS NULL) AS open,
      count(*) AS n, max(l.ended_at) AS ended, bool_and(l.opened_on =
        (l.opened_at AT TIME ZONE 'Europe/Stockholm')::date) AS days
      FROM synpunkt.case_leg l WHERE l.case_id = c.id) l
    WHERE l.open <> CASE WHEN c.closed_at IS NULL THEN 1 ELSE 0 END OR NOT l.days
      OR (c.closed_at IS NOT NULL AND l.ended <> c.closed_at)
      OR l.n <> 1 + (SELECT count(*) FROM synpunkt.case_event e
        WHERE e.case_id = c.id AND e.what = 'transferred')
      OR c.board <> (SELECT g.board FROM synpunkt.case_leg g WHERE g.case_id = c.id
        ORDER BY g.seq DESC LIMIT 1)`);
  await none(sql, 'gaps between legs', `SELECT l.case_id FROM synpunkt.case_leg l
    JOIN synpunkt.case_leg b ON b.case_id = l.case_id AND b.seq = l.seq - 1
    WHERE l.opened_at IS DISTINCT FROM b.ended_at`);
  await none(sql, 'nothing is mailed, and no session is left',
    `SELECT 1 FROM synpunkt.outbox UNION ALL SELECT 1 FROM synpunkt.staff_session
    UNION ALL SELECT 1 FROM synpunkt.staff_user u WHERE u.password_hash IS NOT NULL`);
});

test('waits of the demonstration are as long as the times of their events say', async () => {
  const sql = await demo();
  const day = (at) => `(${at} AT TIME ZONE 'Europe/Stockholm')::date`;
  await none(sql, 'stopped', `SELECT e.case_id, e.seq, e.at, e.codes
    FROM synpunkt.case_event e
    WHERE e.what = 'clock-stopped' AND (e.codes ->> 'since')::date <> ${day('e.at')}`);
  await none(sql, 'resumed', `SELECT e.case_id, e.at, e.codes, s.codes, c.answer_by,
      c.answer_because
    FROM synpunkt.case_event e
    JOIN synpunkt.case c ON c.id = e.case_id
    CROSS JOIN LATERAL (SELECT s.at, s.codes, ${day('s.at')} AS since, ${day('e.at')} AS until,
      (s.codes ->> 'answerBy')::date AS answer_by FROM synpunkt.case_event s
      WHERE s.case_id = e.case_id AND s.seq < e.seq AND s.what = 'clock-stopped'
      ORDER BY s.seq DESC LIMIT 1) s
    CROSS JOIN LATERAL (SELECT synpunkt.working_days_between(s.since, s.until) AS days) w
    WHERE e.what = 'clock-resumed' AND (
      (e.codes ->> 'since')::date <> s.since OR (e.codes ->> 'until')::date <> s.until
      OR (e.codes ->> 'workingDays')::integer <> w.days
      OR (w.days > 0) <> (e.codes ? 'answerBy')
      OR c.answer_by <> CASE w.days WHEN 0 THEN s.answer_by
        ELSE synpunkt.working_day_after(s.answer_by, w.days) END
      OR c.answer_by <> coalesce((e.codes #>> '{answerBy,to}')::date, c.answer_by)
      OR c.answer_because NOT LIKE '%; stod still ' || w.days || ' arbetsdag%, '
        || s.since || ' till ' || s.until
      OR c.answer_because LIKE '%stod still%stod still%')`);
  await none(sql, 'stands still', `SELECT c.id, c.status, c.waiting_since
    FROM synpunkt.case c
    CROSS JOIN LATERAL (SELECT max(e.seq) FILTER (WHERE e.what = 'clock-stopped') AS stopped,
      max(e.seq) FILTER (WHERE e.what = 'clock-resumed') AS resumed
      FROM synpunkt.case_event e WHERE e.case_id = c.id) e
    WHERE c.waiting_since IS DISTINCT FROM (SELECT ${day('s.at')}
      FROM synpunkt.case_event s WHERE s.case_id = c.id AND s.seq = e.stopped
        AND e.stopped > coalesce(e.resumed, 0))`);
  const [{ n, longest }] = await sql(`SELECT count(*) AS n,
      max((e.codes ->> 'workingDays')::integer) AS longest
    FROM synpunkt.case_event e WHERE e.what = 'clock-resumed'`);
  assert.ok(Number(n) >= 8 && Number(longest) >= 1 && Number(longest) <= 4, `${n} ${longest}`);
});

test('the audit finds nothing to say of the demonstration', async () => {
  const cluster = await sharedCluster();
  const database = await cluster.newDatabase(await template(cluster));
  const out = await ctl(['--json', 'audit', 'verify'], { database, dir: cluster.dir });
  assert.equal(out.code, 0, out.stdout + out.stderr);
  const said = JSON.parse(out.stdout);
  assert.deepEqual(said.faults, []);
  assert.ok(said.cases >= 300, out.stdout);
});

test('the queue looks like this morning, and the months before have figures', async () => {
  const sql = await demo();
  const [all] = await sql(`SELECT count(*) AS cases,
      count(*) FILTER (WHERE c.board = 'trafiknamnden') AS trafik,
      count(*) FILTER (WHERE c.board = 'farsta-stadsdelsnamnd') AS farsta,
      count(*) FILTER (WHERE c.board = 'utbildningsnamnden') AS utbildning,
      count(*) FILTER (WHERE c.closed_at IS NULL) AS open,
      count(*) FILTER (WHERE c.closed_at IS NULL AND c.received_on < current_date - 60)
        AS old,
      count(*) FILTER (WHERE c.status = 'received') AS fresh,
      count(*) FILTER (WHERE c.answered_at IS NULL AND c.closed_at IS NULL
        AND c.answer_by < current_date AND c.board = 'trafiknamnden') AS overdue,
      count(*) FILTER (WHERE c.answered_at IS NULL AND c.closed_at IS NULL
        AND c.answer_by BETWEEN current_date AND current_date + 4) AS soon,
      count(*) FILTER (WHERE (c.answered_at AT TIME ZONE 'Europe/Stockholm')::date
        > c.answer_by) AS late,
      count(DISTINCT c.closure_reason) AS reasons,
      count(*) FILTER (WHERE c.type = 'praise' AND c.closed_at IS NOT NULL) AS praise
    FROM synpunkt.case c`);
  const whats = new Set((await sql('SELECT DISTINCT e.what FROM synpunkt.case_event e'))
    .map((r) => r.what));
  /* Of 500 cases 22 % are of the last three weeks; of the 390 others those of the last t days
   * of 26 months (791 days) are 390 √(t / 791). The leanest of three whole months is the one
   * from 92 to 122 days ago, on the last day of a month: 390 (√122 - √92) / √791 = 20 on an
   * average, and fewer than 8 once in a thousand days. Trafiknämnden has a good quarter of
   * them: 5 in that month, which may be 1, but 19 in the three, and fewer than 6 hardly ever. */
  const months = await sql(`SELECT date_trunc('month', c.received_on)::date AS month,
      count(*) FILTER (WHERE c.board = 'trafiknamnden') AS trafik
    FROM synpunkt.case c
    WHERE c.received_on < date_trunc('month', current_date)
      AND c.received_on >= date_trunc('month', current_date) - interval '3 months'
    GROUP BY 1 HAVING count(*) >= 8 AND count(c.closed_at) >= 6`);
  const least = { cases: 300, trafik: 60, farsta: 25, utbildning: 25, open: 25, fresh: 3,
    overdue: 1, soon: 3, late: 20, reasons: 5, praise: 15 };

  for (const [name, n] of Object.entries(least))
    assert.ok(Number(all[name]) >= n, `${name} ${all[name]}: ${JSON.stringify(all)}`);
  assert.ok(Number(all.old) <= 5, JSON.stringify(all));
  for (const what of ['received', 'acknowledged', 'assigned', 'note', 'question', 'message',
    'changed', 'replied', 'closed', 'transferred', 'leg-accepted'])
    assert.ok(whats.has(what), what);
  assert.equal(months.length, 3);
  assert.ok(months.reduce((n, m) => n + Number(m.trafik), 0) >= 6, JSON.stringify(months));
});
