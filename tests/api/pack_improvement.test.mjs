/* What a month tells of improvement actions and of praise: as it was when it ended, frozen but
 * for what somebody may take back. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { at as caseAt, serial, submitTo, trafik } from './contract_desk_kit.mjs';
import { ctl, eventually, startServer } from './harness.mjs';
import { localDay, makeLives, nextMonth, storeLives } from './lives.mjs';
import { newColleague } from './staff.mjs';

/* A month that can be frozen whatever today is. */
const month = nextMonth(localDay(Date.now()).slice(0, 7), -2);
const html = { headers: { accept: 'text/html' } };
let server, secretary, analyst;

before(async () => {
  const days = JSON.parse((await ctl(['due', '--list', '2020', '2035', '--json'])).stdout);
  server = await startServer({ env: { SYNPUNKT_INTAKE_PER_HOUR: '0' } });
  await storeLives(server, makeLives(1500, 7, new Map(days.map((d) => [d.date, d.workingDay]))));
  secretary = await newColleague(server, 'forb-sekr', `board-secretary@${trafik}`);
  analyst = await newColleague(server, 'forb-analys', 'analyst');
  await counted();
}, { timeout: 300000 });
after(async () => {
  await server.stop();
  assert.doesNotMatch(server.log, /Sanitizer|runtime error|statistics_failed|page_failed/);
});

const counted = () => eventually('all is counted', async () => (await server.sql(`SELECT
  (SELECT count(*) FROM synpunkt.case) = (SELECT count(*) FROM synpunkt.statistic_case)
  AND NOT EXISTS (SELECT FROM synpunkt.statistic_dirty) AND NOT EXISTS (SELECT FROM synpunkt.statistic_case k
    WHERE k.seq < (SELECT max(e.seq) FROM synpunkt.case_event e WHERE e.case_id = k.case_id)) AS done`))[0].done === 't',
240000);
const packOf = async (client, code, board = trafik, of = month) => {
  const res = await client.get(`/api/v1/statistics/packs?month=${of}${board ? `&board=${board}` : ''}`);
  assert.equal(res.status, 200, res.text);
  return { ...res.json.sections.find((s) => s.code === code), pack: res.json };
};
const rows = (section, id) => Object.fromEntries(section.tables.find((t) => t.id === id).rows
  .map((r) => [r.id, r.cells.map((c) => c.text.replaceAll('\u00a0', ' '))]));
const numbers = (section) => Object.fromEntries(section.tables.find((t) => t.id === 'improvements').rows
  .map((r) => [r.id, r.cells[0].n]));

/* An action that was planned on a day and, by [day, state] each, became something else. */
async function plan(title, [start, end], on, ...steps) {
  const [{ id }] = await server.sql(`INSERT INTO synpunkt.improvement (board, title, cause, expected, responsible, starts_on,
    ends_on, categories, changed_at, changed_by) SELECT '${trafik}', '${title}', 'x', '', 'x', '${start}', '${end}',
    '{gatubelysning}', '${on} 12:00', min(u.id) FROM synpunkt.staff_user u RETURNING id`);
  for (const [i, [day, state, texts]] of steps.entries())
    await server.sql(`UPDATE synpunkt.improvement SET state = '${state}', version = ${i + 2}, changed_at = '${day} 12:00',
      done_on = ${state === 'done' ? `'${day}'` : 'NULL'}, texts = ${texts ? `'${JSON.stringify(texts)}'` : 'NULL'},
      public = ${texts?.sv?.did.startsWith('Hemligt') ? 'false' : `${state === 'done'}`} WHERE id = ${id}`);
  return id;
}
const at = (back, day) => `${nextMonth(month, -back)}-${day}`;
const did = (sv, en) => ({ sv: { said: 'Det var mörkt.', did: sv }, ...(en && { en: { said: 'Dark.', did: en } }) });

/* Twenty complaints that have only been with the board and are open, closed in the month; all there are of it. */
async function closedComplaints() {
  const some = await server.sql(`SELECT e.case_id AS id FROM synpunkt.case_event e GROUP BY e.case_id
    HAVING min(e.board) = '${trafik}' AND max(e.board) = '${trafik}' AND min(e.at) < '${month}-10'
      AND NOT array_agg(e.what) && '{closed,transferred,leg-returned}'
      AND (array_agg(coalesce(e.codes #>> '{type,to}', e.codes ->> 'type') ORDER BY e.seq DESC)
        FILTER (WHERE e.codes ? 'type'))[1] = 'complaint' ORDER BY 1 LIMIT 20`);
  assert.equal(some.length, 20);
  const ids = some.map((r) => r.id);
  await server.sql(`INSERT INTO synpunkt.case_event (case_id, seq, at, what, actor, board, codes, content, hash)
    SELECT e.case_id, max(e.seq) + 20, '${month}-18 12:00', 'closed', 'system', '${trafik}',
      '{"closureReason": {"from": null, "to": "explained"}}', '{}', sha256('') FROM synpunkt.case_event e
    WHERE e.case_id IN (${ids}) GROUP BY e.case_id`);
  await counted();
  return ids;
}
const link = (improvement, id, on) => server.sql(`INSERT INTO synpunkt.improvement_case VALUES (${improvement}, ${id});
  INSERT INTO synpunkt.case_event (case_id, seq, at, what, actor, board, codes, content, hash) SELECT ${id}, max(e.seq) + 20,
  '${on} 12:00', 'improvement-linked', 'system', '${trafik}', '{"improvement": ${improvement}}', '{}', sha256('')
  FROM synpunkt.case_event e WHERE e.case_id = ${id}`);

test('actions are told as they were when the month ended', async () => {
  const was = numbers(await packOf(secretary, 'K'));
  await plan('Ny', [at(0, '10'), at(-12, '10')], at(0, '05'));                                  /* new, planned */
  await plan('Pågår', [at(2, '01'), at(-3, '01')], at(2, '01'), [at(1, '01'), 'ongoing']);
  await plan('Försenad', [at(4, '01'), at(0, '20')], at(4, '01'), [at(4, '02'), 'ongoing'], [at(-1, '02'), 'done', did('Nu.')]);
  await plan('Byt lampor', [at(3, '01'), at(0, '20')], at(3, '01'), [at(2, '02'), 'ongoing'],
    [at(0, '15'), 'done', did('Vi bytte alla lampor.\nOch stolpar.', 'We changed all lights.')]);
  await plan('Inom väggarna', [at(3, '01'), at(0, '20')], at(3, '01'), [at(0, '16'), 'done', did('Hemligt.')]);
  await plan('Länge sedan', [at(8, '01'), at(5, '20')], at(8, '01'), [at(5, '15'), 'done', did('Vi satte upp skyltar.')]);
  await plan('Inte mer', [at(3, '01'), at(0, '20')], at(3, '01'), [at(0, '03'), 'dropped']);
  await plan('Senare', [at(-1, '01'), at(-2, '20')], at(-1, '01'));

  const section = await packOf(secretary, 'K');
  const n = numbers(section);
  const more = Object.fromEntries(Object.keys(n).map((k) => [k, n[k] - was[k]]));
  assert.deepEqual(more, { new: 1, ongoing: 2, planned: 1, overdue: 1, done: 2, judged: 1, linked: 0 });
  assert.match(rows(section, 'improvements').judged[1], /%$/);
  /* What was told to residents, in the reader's language; what was told to nobody is not. */
  assert.deepEqual(section.quotes.map((q) => [q.title, q.text, q.lang]),
    [['Byt lampor', 'Vi bytte alla lampor.\nOch stolpar.', 'sv']]);
  const english = await secretary.get(`/api/v1/statistics/packs?month=${month}&board=${trafik}`, { headers: { 'accept-language': 'en' } });
  assert.equal(english.json.sections.find((s) => s.code === 'K').quotes[0].text, 'We changed all lights.');
  assert.deepEqual((await packOf(analyst, 'K', 'farsta-stadsdelsnamnd')).quotes, []);
});

test('the share of closed complaints that led to something is told, and no small number of them', async () => {
  const closed = await closedComplaints();
  const begun = await plan('Börjad', [at(1, '01'), at(-3, '01')], at(1, '01'), [at(1, '02'), 'ongoing']);
  const decided = await plan('Beslutad', [at(0, '01'), at(-3, '01')], at(0, '01'));
  const led = async () => rows(await packOf(secretary, 'K'), 'improvement-led');
  /* A few of another type would hide how many complaints there were, and what is told of them with it. */
  await server.sql(`DELETE FROM synpunkt.statistic_cube c
    WHERE c.board = '${trafik}' AND c.month = '${month}-01' AND c.type <> 'complaint'`);
  const [{ whole }] = await server.sql(`SELECT sum(c.closed) AS whole FROM synpunkt.statistic_cube c
    WHERE c.board = '${trafik}' AND c.month = '${month}-01' AND c.type = 'complaint'`);
  assert.deepEqual(await led(), { led: ['0', '0 %'], decided: ['0', '0 %'] });
  for (const id of closed.slice(0, 3)) await link(begun, id, at(0, '20'));
  assert.deepEqual(await led(), { led: ['<5', '··'], decided: ['0', '0 %'] });
  assert.deepEqual(rows(await packOf(secretary, 'K'), 'improvements').linked, ['<5', '–']);
  for (const id of closed.slice(3, 7)) await link(begun, id, at(0, '20'));
  for (const id of closed.slice(5, 13)) await link(decided, id, at(0, '20'));
  for (const id of closed.slice(13, 15)) await link(begun, id, at(-1, '05')); /* after the month */
  const now = await led();
  assert.deepEqual([now.led[0], now.decided[0]], ['7', '6']);
  assert.match(now.led[1], new RegExp(`^${Math.round(700 / whole)} %`));
  assert.deepEqual(rows(await packOf(secretary, 'K'), 'improvements').linked, ['13', '–']);
  assert.equal((await packOf(secretary, 'K')).pack.definitions.some((d) => d.id === 'improvement'), true);
});

test('shared praise is read when the pack is, figures and words of actions are frozen', async () => {
  const made = [];
  for (let i = 0; i < 4; i++) made.push(await submitTo(server, 'Tack', { type: 'praise' }));
  for (const [i, c] of made.entries())
    await server.sql(`UPDATE synpunkt.case SET received_on = '${month}-1${i}' WHERE id = ${serial(c.number)};
      INSERT INTO synpunkt.praise_shared (case_id, board, words, shared_by)
      SELECT ${serial(c.number)}, '${trafik}', 'Snabb hjälp ${i}.', min(u.id) FROM synpunkt.staff_user u`);
  assert.deepEqual((await packOf(secretary, 'M')).quotes.map((q) => q.text), [3, 2, 1].map((i) => `Snabb hjälp ${i}.`));
  assert.equal((await server.ctl(['statistics', '--freeze', '--month', month])).code, 0);
  const frozen = await packOf(secretary, 'K');
  assert.equal(frozen.pack.frozen, true);
  assert.deepEqual(frozen.quotes.map((q) => q.title), ['Byt lampor']);
  const [{ body }] = await server.sql(`SELECT f.body FROM synpunkt.statistic_frozen f
    WHERE f.board = '${trafik}' AND f.month = '${month}-01'`);
  assert.ok(body.includes('Vi bytte alla lampor.'));
  assert.ok(!body.includes('Snabb hjälp'));

  /* One takes theirs back, one case becomes sensitive: gone, and the others stay. */
  const desk = await newColleague(server, 'forb-co', `coordinator@${trafik}`);
  const gone = await desk.post(caseAt(made[3].number, 'praise-sharing-removals'), { json: {} });
  assert.equal(gone.status, 201, gone.text);
  await server.sql(`UPDATE synpunkt.case SET sensitivity = 3 WHERE id = ${serial(made[1].number)}`);
  const section = await packOf(secretary, 'M');
  assert.deepEqual(section.quotes.map((q) => q.text), ['Snabb hjälp 2.', 'Snabb hjälp 0.']);
  assert.match(section.notes.join(), /inte fastställda/);
  /* The actions change: what was frozen does not, and the cells say nothing else of the month. */
  await server.sql("UPDATE synpunkt.improvement SET title = 'Annat', version = version + 1, changed_at = now() WHERE title = 'Byt lampor'");
  await plan('Ännu en', [at(-1, '10'), at(-12, '10')], at(-1, '11'));
  const later = await packOf(secretary, 'K');
  assert.deepEqual(later.quotes.map((q) => q.title), ['Byt lampor']);
  assert.deepEqual(numbers(later), numbers(frozen));
});

test('page and files have the same figures and words', async () => {
  const page = await secretary.get(`/statistik/${trafik}/${month}`, html);
  assert.match(page.text, /<h3>Byt lampor<\/h3>\s*<p>Vi bytte alla lampor/);
  assert.match(page.text, /Snabb hjälp 2\./);
  const csv = await secretary.get(`/statistik/${trafik}/${month}/csv`);
  assert.ok(/"led";"[^"]*";"n";"[^"]*";"7"/.test(csv.text));
  for (const form of ['xlsx', 'pdf'])
    assert.equal((await secretary.get(`/statistik/${trafik}/${month}/${form}`)).status, 200, form);
});
