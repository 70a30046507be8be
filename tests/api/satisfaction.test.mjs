/* Satisfaction after an answer: who is asked, that nobody sees who said what, and what a
 * month tells of it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { act, coordinator, serial, submitTo, trafik } from './contract_desk_kit.mjs';
import { eventually, startServer } from './harness.mjs';
import { readLetter, startSink } from './smtp_sink.mjs';
import { newColleague } from './staff.mjs';

let server, sink, desk;
before(async () => {
  sink = await startSink();
  server = await startServer({ env: { SYNPUNKT_SMTP: sink.url, SYNPUNKT_INTAKE_PER_HOUR: '0',
    SYNPUNKT_MAIL_FROM: 'synpunkter@stad.example', SYNPUNKT_PUBLIC_URL: 'https://synpunkt.example' } });
  desk = await coordinator(server);
});
after(async () => {
  await server.stop();
  await sink.close();
  assert.doesNotMatch(server.log, /Sanitizer|runtime error|page_failed/);
});

const html = { headers: { accept: 'text/html' } };
const letters = (to) => sink.letters.filter((l) => l.to === to).map((l) => readLetter(l.text));
const answerTo = (to) => eventually(`an answer to ${to}`, () =>
  letters(to).find((l) => /Det finns ett svar/.test(l.body)));
const link = (letter) => /https:\/\/synpunkt\.example(\/tyck\/[0-9A-Z]+)\?lang=sv/.exec(letter.body)?.[1];
const answers = async () => JSON.parse((await server.sql(`SELECT coalesce(json_agg(json_build_array(
  w.ease, w.clarity)), '[]') AS all FROM synpunkt.satisfaction_answer w`))[0].all);
let used = 0;
const somebody = () => `tyckare${++used}@example.org`;

/* A case of somebody new that has its answer, and the letter. */
async function answered(more = {}, close = 'explained') {
  const email = more.contact?.email ?? somebody();
  const made = await submitTo(server, 'Lampan är släckt', { contact: { email }, ...more });
  await act(desk, made.number, 'reply', { text: 'Den är lagad.', ...(close && { close }) });
  return { ...made, email };
}
const asked = async (c) => (await server.sql(
  `SELECT 1 FROM synpunkt.satisfaction_ask WHERE case_id = ${serial(c.number)}`)).length === 1;

test('the link of an answer leads to two questions, answered once and changed while there is time', async () => {
  const c = await answered();
  const letter = await answerTo(c.email);
  const path = link(letter);
  assert.ok(path, letter.body);
  for (const secret of [c.number, serial(c.number), c.followUpCode.replaceAll('-', '')])
    assert.ok(!path.includes(secret));
  await eventually('the token is forgotten', async () =>
    (await server.sql('SELECT 1 FROM synpunkt.satisfaction_letter')).length === 0);

  const page = await server.get(path, html);
  assert.equal(page.status, 200);
  assert.match(page.text, /Vad tyckte du om svaret\?/);
  assert.doesNotMatch(page.text, /<script(?! src)|checked/);
  assert.deepEqual(await answers(), [], 'reading it answers nothing');

  const half = await server.post(path, { form: { ease: '4', clarity: '9' }, ...html });
  assert.equal(half.status, 422);
  assert.match(half.text, /href="#clarity">Välj hur tydligt svaret var/);
  assert.match(half.text, /id="ease-4" value="4" checked/);

  const sent = await server.post(path, { form: { ease: '4', clarity: '5' }, ...html });
  assert.deepEqual([sent.status, sent.headers.location], [303, `${path}?tack=1`]);
  assert.match((await server.get(`${path}?tack=1`, html)).text, /Tack för att du svarade/);
  assert.match((await server.get(path, html)).text, /id="clarity-5" value="5" checked/);

  await Promise.all([1, 2, 3, 4].map(() => server.post(path, { form: { ease: '2', clarity: '1' } })));
  assert.deepEqual(await answers(), [[2, 1]]);

  /* By the page of the case it is the same answer. */
  const follow = `/folj/${c.number}/${c.followUpCode}`;
  assert.match((await server.get(follow, html)).text, /Svara på två frågor/);
  const way = await server.post(`${follow}/tyck`, { form: {} });
  assert.equal(way.status, 303);
  assert.match(way.headers.location, /^\/tyck\/[0-9A-Z]{32}$/);
  assert.match((await server.get(way.headers.location, html)).text, /id="ease-2" value="2" checked/);
  const pasted = await server.post(`${way.headers.location}%0A`, { form: { ease: '3', clarity: '3' } });
  assert.deepEqual([pasted.status, pasted.headers.location], [303, `${way.headers.location}?tack=1`]);
  assert.deepEqual(await answers(), [[3, 3]]);
  const wrong = await server.post(`/folj/${c.number}/AAAA-BBBB-CCCC/tyck`, { form: {} });
  assert.deepEqual([wrong.status, wrong.headers.location], [303, `/folj/${c.number}/AAAA-BBBB-CCCC`]);

  assert.equal((await server.get(`/tyck/${'0'.repeat(32)}`, html)).status, 404);
  assert.equal((await server.get('/tyck/x', html)).status, 404);
  await server.sql(`UPDATE synpunkt.satisfaction_ask SET asked_on = asked_on - 40, open_until = open_until - 31
    WHERE case_id = ${serial(c.number)}`);
  for (const late of [await server.get(path, html), await server.post(path, { form: { ease: '1', clarity: '1' }, ...html })])
    assert.match(late.text, /Tiden för att svara är slut/);
  assert.doesNotMatch((await server.get(follow, html)).text, /Svara på två frågor/);
  assert.deepEqual(await answers(), [[3, 3]]);
});

test('who is left alone gets the answer without questions', async () => {
  const left = [await answered({ wantsReply: false }), await answered({}, 'duplicate'), await answered({}, 'redirected'),
    await answered({}, 'not-a-case')];
  const threat = await submitTo(server, 'Jag kommer', { contact: { email: somebody() } });
  await act(desk, threat.number, 'flag-threat');
  await act(desk, threat.number, 'reply', { text: 'Vi har lagat lampan.' });
  left.push(threat);
  const child = await submitTo(server, 'Gungan', { contact: { email: somebody() } });
  await server.sql(`UPDATE synpunkt.case SET from_child = true WHERE id = ${serial(child.number)}`);
  await act(desk, child.number, 'reply', { text: 'Den är lagad.' });
  left.push(child);
  const safe = await submitTo(server, 'Skyddad', { contact: { email: somebody() } });
  await server.sql(`UPDATE synpunkt.case SET sensitivity = 4, protected_by =
    (SELECT min(u.id) FROM synpunkt.staff_user u)
    WHERE id = ${serial(safe.number)}`);
  await server.sql(`INSERT INTO synpunkt.outbox (case_id, seq, kind, due_at)
    VALUES (${serial(safe.number)}, 1, 'reply', now() + interval '1 day')`);
  left.push(safe);
  for (const c of left)
    assert.equal(await asked(c), false, c.number);

  /* Once in ninety days, whichever case, also when two are answered at once. */
  const email = somebody();
  const two = await Promise.all([1, 2].map(() => submitTo(server, 'Två', { contact: { email } })));
  await Promise.all(two.map((c, i) => act(desk, c.number, 'reply', { text: `Svar ${i}` })));
  const both = [await asked(two[0]), await asked(two[1])];
  assert.deepEqual(both.sort(), [false, true]);
  await server.sql(`UPDATE synpunkt.satisfaction_ask SET asked_on = asked_on - 90
    WHERE person = sha256('${email}')`);
  assert.equal(await asked(await answered({ contact: { email: email.toUpperCase() } })), true);
  const letter = await answerTo(left[1].email);
  assert.equal(link(letter), undefined);
});

test('no session reads an ask or an answer, and sums only of its own boards', async () => {
  for (const role of ['synpunkt_desk', 'synpunkt_resident', 'synpunkt_report', 'synpunkt_job', 'synpunkt_count'])
    for (const table of ['satisfaction_ask', 'satisfaction_answer', 'satisfaction_letter'])
      await assert.rejects(server.sql(`SET ROLE ${role}; SELECT count(*) FROM synpunkt.${table}`),
        /permission denied/, `${role} ${table}`);
  /* Nothing that an answer holds is in the ask. */
  const columns = await server.sql(`SELECT a.attname AS name FROM pg_attribute a
    WHERE a.attrelid = 'synpunkt.satisfaction_answer'::regclass AND a.attnum > 0 ORDER BY a.attnum`);
  assert.deepEqual(columns.map((c) => c.name), ['key', 'month', 'board', 'unit', 'category', 'ease', 'clarity']);
});

/* Asks whose time ran out last month, so many of them answered, all alike. */
const plant = (board, unit, category, [n, of], ease, clarity) => server.sql(`
  INSERT INTO synpunkt.satisfaction_ask (asked_on, open_until, board, unit, category)
  SELECT m.day - 30, m.day, '${board}', '${unit}', '${category}'
  FROM generate_series(1, ${of}) i,
    (SELECT (date_trunc('month', synpunkt.today()) - interval '10 days')::date AS day) m;
  INSERT INTO synpunkt.satisfaction_answer (key, month, board, unit, category, ease, clarity)
  SELECT sha256(uuid_send(gen_random_uuid())), date_trunc('month', m.day)::date, '${board}', '${unit}', '${category}',
    ${ease}, ${clarity}
  FROM generate_series(1, ${n}) i,
    (SELECT (date_trunc('month', synpunkt.today()) - interval '10 days')::date AS day) m`);

test('a month tells who was asked, who answered and the index, and hides what is too few', async () => {
  await server.sql('DELETE FROM synpunkt.satisfaction_answer');
  await server.sql('DELETE FROM synpunkt.satisfaction_ask');
  await plant(trafik, 'norr', 'gatubelysning', [20, 40], 5, 3);
  await plant(trafik, 'soder', 'gatubelysning', [10, 20], 1, 1);
  await plant(trafik, 'vaster', 'klotter', [4, 10], 2, 2);
  await plant('farsta-stadsdelsnamnd', '', 'park', [3, 9], 5, 5);
  const secretary = await newColleague(server, 'nojd-sekr', `board-secretary@${trafik}`);
  const analyst = await newColleague(server, 'nojd-analys', 'analyst');
  const month = (await server.sql(`SELECT to_char(synpunkt.today() - interval '1 month', 'YYYY-MM') AS m`))[0].m;
  const now = (await server.sql(`SELECT to_char(synpunkt.today(), 'YYYY-MM') AS m`))[0].m;
  const packOf = async (client, board, of = month) => {
    const res = await client.get(`/api/v1/statistics/packs?month=${of}${board ? `&board=${board}` : ''}`);
    assert.equal(res.status, 200, res.text);
    return res.json.sections.find((s) => s.code === 'L');
  };
  const rows = (section, id) => Object.fromEntries(section.tables.find((t) => t.id === id).rows
    .map((r) => [r.id, r.cells.map((c) => c.text.replaceAll('\u00a0', ' '))]));
  const section = await packOf(secretary, trafik);
  /* (20 × 100 + 10 × 0 + 4 × 25) / 34; (20 × 50 + 4 × 25) / 34 */
  assert.deepEqual(rows(section, 'satisfaction')[month], ['70', '34', '49 %', '61,8', '32,4']);
  assert.deepEqual(rows(section, 'satisfaction-unit'), { norr: ['40', '20', '50 %', '100,0', '50,0'],
    soder: ['20', '··', '··', '··', '··'], vaster: ['10', '<5', '··', '··', '··'] });
  assert.deepEqual(rows(section, 'satisfaction-category'), { gatubelysning: ['60', '··', '··', '··', '··'],
    klotter: ['10', '<5', '··', '··', '··'] });
  assert.match((await packOf(secretary, trafik, now)).notes.join(), /när månaden är slut/);

  /* Farsta has three: neither its own index nor what is left of the city's is told. */
  assert.deepEqual(rows(await packOf(analyst, 'farsta-stadsdelsnamnd'), 'satisfaction')[month],
    ['9', '3', '33 %', '··', '··']);
  assert.deepEqual(rows(await packOf(analyst), 'satisfaction')[month], ['79', '37', '47 %', '··', '··']);
  await plant('farsta-stadsdelsnamnd', '', 'park', [7, 7], 3, 3);
  assert.deepEqual(rows(await packOf(analyst), 'satisfaction')[month].slice(0, 2), ['86', '44']);
  assert.match(rows(await packOf(analyst), 'satisfaction')[month][3], /^\d+,\d$/);

  /* Every form says the same. */
  const forms = await Promise.all(['csv', 'xlsx'].map((f) => secretary.get(`/statistik/${trafik}/${month}/${f}`)));
  assert.deepEqual(forms.map((f) => f.status), [200, 200]);
  assert.match(forms[0].text, /;"ease";"[^"]*";"61\.8";/);
  assert.match((await secretary.get(`/statistik/${trafik}/${month}`, html)).text, /61,8/);
});
