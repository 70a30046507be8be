/* synpunktctl audit verify: what was done behind the events' back is named. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';

import { eventually, startServer } from './harness.mjs';

let server, anchors, old;
before(async () => {
  server = await startServer();
  anchors = `${server.state}/anchors`;
  await eventually('the first anchor is written', () => fs.existsSync(anchors) &&
    fs.readdirSync(anchors).some((name) => name.endsWith('.anchor')), 30000);
  /* A case that was there yesterday, so that the anchor knows it. */
  [old] = await server.sql(`SELECT c.id, c.year, max(e.seq) AS seq
    FROM synpunkt.case c JOIN synpunkt.case_event e ON e.case_id = c.id
    GROUP BY c.id HAVING max(e.at) < now() - interval '3 days' ORDER BY c.id LIMIT 1`);
});
after(async () => { await server?.stop(); });

async function verify() {
  const { code, stdout } = await server.ctl(['--json', 'audit', 'verify', '--anchors', anchors]);
  return { code, ...JSON.parse(stdout) };
}

/* Does something as the superuser, whom nothing binds, sees what is said, undoes it. */
async function tamper(t, act, undo) {
  await server.sql(act);
  t.after(async () => { await server.sql(undo); });
  const { code, faults } = await verify();
  assert.equal(code, 1);
  return faults.map(({ number, event, fault, what, anchor }) =>
    [number, event, fault, what ?? (anchor && 'anchor')].filter((v) => v !== null).join(' '));
}

test('what intake and the demonstration wrote is in order', async () => {
  await server.post('/api/v1/cases', { json: { text: 'Lampan är släckt',
    contact: { name: 'Eva', email: 'eva@example.se' } } });
  const { code, ok, cases, events, anchors: files, faults } = await verify();
  assert.deepEqual(faults, []);
  assert.equal(code, 0);
  assert.ok(ok && cases > 50 && events >= cases && files === 1);
});

test('a changed event is named', async (t) => {
  const found = await tamper(t,
    `UPDATE synpunkt.case_event SET actor = 'user:1' WHERE case_id = ${old.id} AND seq = 1`,
    `UPDATE synpunkt.case_event SET actor = 'resident' WHERE case_id = ${old.id} AND seq = 1`);
  assert.deepEqual(found, [`${old.year}-${old.id} 1 changed received`]);
});

test('an event with a hash made to fit is named by the anchor', async (t) => {
  const seq = Number(old.seq);
  await server.sql(`CREATE TABLE public.kept AS SELECT * FROM synpunkt.case_event
    WHERE case_id = ${old.id} AND seq = ${seq}`);
  const found = await tamper(t, `UPDATE synpunkt.case_event e SET actor = 'user:999',
      hash = synpunkt.event_hash(coalesce((SELECT b.hash FROM synpunkt.case_event b
        WHERE b.case_id = e.case_id AND b.seq = e.seq - 1), ''), e.case_id, e.seq, e.at,
        e.what, 'user:999', e.board, e.codes, e.content)
      WHERE e.case_id = ${old.id} AND e.seq = ${seq}`,
  `UPDATE synpunkt.case_event e SET actor = k.actor, hash = k.hash FROM public.kept k
      WHERE e.case_id = k.case_id AND e.seq = k.seq; DROP TABLE public.kept`);
  assert.deepEqual(found, [`${old.year}-${old.id} ${seq} changed anchor`]);
});

test('a changed text, a removed one and one put in are named', async (t) => {
  const row = `case_id = ${old.id} AND seq = 1 AND kind = 'text'`;
  const [{ body }] = await server.sql(`SELECT body FROM synpunkt.case_content WHERE ${row}`);
  const number = `${old.year}-${old.id}`;
  const restore = `UPDATE synpunkt.case_content SET body = ${quote(body)} WHERE ${row}`;

  assert.deepEqual(await tamper(t, `UPDATE synpunkt.case_content SET body = 'x' WHERE ${row}`,
    restore), [`${number} 1 content-changed text`]);
  await server.sql(restore);
  assert.deepEqual(await tamper(t, `INSERT INTO synpunkt.case_content
    SELECT case_id, seq, 'note', salt, body FROM synpunkt.case_content WHERE ${row}`,
  `DELETE FROM synpunkt.case_content WHERE case_id = ${old.id} AND seq = 1 AND kind = 'note'`),
  [`${number} 1 content-unknown note`]);
  await server.sql(`DELETE FROM synpunkt.case_content WHERE case_id = ${old.id} AND seq = 1
    AND kind = 'note'`);
  await server.sql(`CREATE TABLE public.text AS SELECT * FROM synpunkt.case_content WHERE ${row}`);
  assert.deepEqual(await tamper(t, `DELETE FROM synpunkt.case_content WHERE ${row}`,
    'INSERT INTO synpunkt.case_content SELECT * FROM public.text; DROP TABLE public.text'),
  [`${number} 1 content-missing text`]);
});

const quote = (text) => `'${text.replaceAll("'", "''")}'`;

test('what a disposal took is in order', async (t) => {
  const row = `case_id = ${old.id} AND seq = 1 AND kind = 'text'`;
  await server.sql(`CREATE TABLE public.text AS SELECT * FROM synpunkt.case_content WHERE ${row};
    DELETE FROM synpunkt.case_content WHERE ${row};
    INSERT INTO synpunkt.disposal (decision, rule, ran_at, ran_by)
      VALUES ('SSA 2026:1', 'test', now(), 'test');
    INSERT INTO synpunkt.disposed_content SELECT ${old.id}, 1, 'text', max(id)
      FROM synpunkt.disposal`);
  t.after(() => server.sql(`INSERT INTO synpunkt.case_content SELECT * FROM public.text;
    DROP TABLE public.text; DELETE FROM synpunkt.disposed_content`));
  assert.deepEqual((await verify()).faults, []);
});

test('a chain whose end was cut off is named by the anchor', async (t) => {
  const [many] = await server.sql(`SELECT c.id, c.year, max(e.seq) AS seq FROM synpunkt.case c
    JOIN synpunkt.case_event e ON e.case_id = c.id GROUP BY c.id
    HAVING max(e.at) < now() - interval '3 days' AND max(e.seq) > 1
      AND NOT EXISTS (SELECT FROM synpunkt.case_content t WHERE t.case_id = c.id
        AND t.seq = max(e.seq)) LIMIT 1`);
  if (!many) { t.diagnostic('no such case in the demonstration'); return; }
  const row = `case_id = ${many.id} AND seq = ${many.seq}`;
  await server.sql(`CREATE TABLE public.cut AS SELECT * FROM synpunkt.case_event WHERE ${row}`);
  const found = await tamper(t, `DELETE FROM synpunkt.case_event WHERE ${row}`,
    'INSERT INTO synpunkt.case_event SELECT * FROM public.cut; DROP TABLE public.cut');
  assert.ok(found.includes(`${many.year}-${many.id} ${many.seq} removed anchor`), found.join('\n'));
});

test('a case whose row says other than its events is named', async (t) => {
  const [{ board }] = await server.sql(`SELECT board FROM synpunkt.case WHERE id = ${old.id}`);
  const found = await tamper(t,
    `UPDATE synpunkt.case SET board = 'dispatch' WHERE id = ${old.id}`,
    `UPDATE synpunkt.case SET board = '${board}' WHERE id = ${old.id}`);
  assert.deepEqual(found, [`${old.year}-${old.id} case-differs board`]);
});

test('an anchor that was changed is named', async (t) => {
  const [name] = fs.readdirSync(anchors);
  const text = fs.readFileSync(`${anchors}/${name}`, 'utf8');
  t.after(() => fs.writeFileSync(`${anchors}/${name}`, text));
  fs.writeFileSync(`${anchors}/${name}`, text.split('\n').toSpliced(3, 1).join('\n'));
  const { code, faults } = await verify();
  assert.equal(code, 1);
  assert.deepEqual(faults.map((f) => f.fault), ['anchor-damaged']);
});

test('the server’s own roles may not call what verifies', async () => {
  for (const role of ['synpunkt_resident', 'synpunkt_desk', 'synpunkt_report', 'synpunkt_job'])
    await assert.rejects(server.sqlAs(role, 'SELECT * FROM synpunkt_audit.faults(1, 2)'),
      /permission denied/);
});
