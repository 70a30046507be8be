/* What the demonstration's boards have made of its cases, as ./run loads it. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';

import { ctl, sharedCluster, template, top } from './harness.mjs';

test('the deeds of the demonstration are there once, and what they say of cases is right', async () => {
  const cluster = await sharedCluster();
  const database = await cluster.newDatabase(await template(cluster));
  const sql = (query) => cluster.sql(query, { database });
  const load = () => ctl(['--json', 'demo-deeds', path.join(top, 'server/demo/deeds.tsv')], { database, dir: cluster.dir });
  for (const made of [true, false]) {
    const out = await load();
    assert.equal(out.code, 0, out.stderr);
    assert.deepEqual(JSON.parse(out.stdout), { made });
  }

  const states = Object.fromEntries((await sql('SELECT state, count(*) AS n FROM synpunkt.improvement GROUP BY 1'))
    .map((r) => [r.state, Number(r.n)]));
  assert.deepEqual(states, { done: 3, ongoing: 3, planned: 1 });
  const [late] = await sql(`SELECT count(*) AS n FROM synpunkt.improvement WHERE state = 'ongoing' AND ends_on < synpunkt.today()`);
  assert.equal(late.n, '1');
  assert.deepEqual(await sql(`SELECT i.id FROM synpunkt.improvement i WHERE i.version <> (SELECT count(*)
    FROM synpunkt.improvement_change c WHERE c.improvement_id = i.id) OR i.changed_at > now()`), []);
  assert.deepEqual(await sql(`SELECT l.case_id FROM synpunkt.improvement_case l JOIN synpunkt.case c ON c.id = l.case_id
    JOIN synpunkt.improvement i ON i.id = l.improvement_id
    WHERE c.board <> i.board OR c.category <> ALL (i.categories) OR c.received_on >= coalesce(i.done_on, synpunkt.today())`), []);
  const [{ linked }] = await sql('SELECT count(DISTINCT improvement_id) AS linked FROM synpunkt.improvement_case');
  assert.ok(Number(linked) >= 5, `${linked} actions have cases`);
  const [{ praised }] = await sql(`SELECT count(*) AS praised FROM synpunkt.praise_shared p
    WHERE EXISTS (SELECT FROM synpunkt_result.praise_tellable(ARRAY[p.case_id]))`);
  assert.ok(Number(praised) >= 2, `${praised} are shared`);
  const [{ answers, who }] = await sql(`SELECT (SELECT count(*) FROM synpunkt.satisfaction_answer) AS answers,
    (SELECT sum(n) FROM synpunkt.statistic_about) AS who`);
  assert.ok(Number(answers) > 50 && Number(who) > 80, `${answers} ${who}`);
  assert.deepEqual(await sql(`SELECT s.board, s.month FROM synpunkt.statistic_about s GROUP BY 1, 2 HAVING sum(s.n) > (SELECT count(*)
    FROM synpunkt.case c JOIN synpunkt.case_leg l ON l.case_id = c.id AND l.seq = 1 WHERE l.board = s.board
      AND date_trunc('month', c.received_on) = s.month)`), []);
});
