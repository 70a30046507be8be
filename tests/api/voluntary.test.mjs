/* The two voluntary questions on the receipt: asked once, kept as sums apart from the case,
 * and what a month tells of them. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

const trafik = 'trafiknamnden';
const farsta = 'farsta-stadsdelsnamnd';
let server;
before(async () => {
  server = await startServer({ env: { SYNPUNKT_FORM_LEAST_MS: '0', SYNPUNKT_INTAKE_PER_HOUR: '0' } });
});
after(async () => {
  await server.stop();
  assert.doesNotMatch(server.log, /Sanitizer|runtime error|page_failed|statistics_failed/);
});

const html = { headers: { accept: 'text/html', 'accept-language': 'sv' } };
async function filed(fields = {}, at = '/lamna') {
  const res = await server.post(at, { form: { text: 'Lampan är släckt', category: 'gatubelysning',
    language: 'sv', ...fields } });
  assert.equal(res.status, 303, res.text);
  const [, number] = /^\/kvitto\/([^/]+)\/[^/]+$/.exec(res.headers.location);
  return { number, id: number.split('-')[1], receipt: res.headers.location };
}
const answer = (made, form) => server.post(`${made.receipt}/fragor`, { form: { language: 'sv', ...form }, ...html });
const sums = async () => (await server.sql(`SELECT s.board, s.type, s.sex, s.age_band, s.n
  FROM synpunkt.statistic_about s ORDER BY 1, 2, 3, 4`)).map((r) => Object.values(r).join(' '));

test('the receipt asks once, and an answer becomes a sum that knows no case', async () => {
  const made = await filed({ type: 'complaint' });
  const page = await server.get(made.receipt, html);
  assert.match(page.text, /Två frivilliga frågor/);
  assert.match(page.text, /påverkar inte ditt ärende/);
  assert.doesNotMatch(page.text.slice(page.text.indexOf('id="fragor"')), /checked/);

  const none = await answer(made, {});
  assert.deepEqual([none.status, none.headers.location], [303, `${made.receipt}?svar=inget&lang=sv#fragor`]);
  assert.match((await server.get(`${made.receipt}?svar=inget`, html)).text, /Du valde inget svar[^]*id="sex-woman"/);
  const odd = await answer(made, { sex: "woman'", age: '7' });
  assert.match(odd.headers.location, /svar=inget/);

  const sent = await Promise.all([1, 2, 3, 4].map(() => answer(made, { sex: 'woman', age: '45' })));
  assert.deepEqual(sent.map((r) => r.headers.location), Array(4).fill(`${made.receipt}?svar=tack&lang=sv#fragor`));
  const thanks = await server.get(`${made.receipt}?svar=tack`, html);
  assert.match(thanks.text, /Tack för svaren/);
  assert.doesNotMatch(thanks.text, /sex-woman/);
  assert.deepEqual(await sums(), [`${trafik} complaint woman 45 1`]);
  await answer(made, { sex: 'man' });
  assert.doesNotMatch((await server.get(made.receipt, html)).text, /frivilliga|Tack för svaren/);
  assert.deepEqual(await sums(), [`${trafik} complaint woman 45 1`]);

  /* One of the two, and neither, which is counted nowhere. */
  await answer(await filed({ type: 'complaint' }), { age: '45', sex: 'none' });
  const shy = await filed({ type: 'complaint' });
  assert.match((await answer(shy, { sex: 'none', age: 'none' })).headers.location, /svar=tack/);
  assert.doesNotMatch((await server.get(shy.receipt, html)).text, /frivilliga/);
  assert.deepEqual(await sums(), [`${trafik} complaint  45 1`, `${trafik} complaint woman 45 1`]);
  const columns = await server.sql(`SELECT a.attname AS name FROM pg_attribute a
    WHERE a.attrelid = 'synpunkt.about_answered'::regclass AND a.attnum > 0 ORDER BY a.attnum`);
  assert.deepEqual(columns.map((c) => c.name), ['case_id', 'open_until']);
});

test('who is not asked: a child, who came another way, a wrong code, and after a day', async () => {
  const before = await sums();
  const child = await filed({}, '/lamna/barn');
  assert.doesNotMatch((await server.get(child.receipt, html)).text, /id="fragor"/);
  await answer(child, { sex: 'man', age: '0' });
  const api = (await server.post('/api/v1/cases', { json: { text: 'x', category: 'park' } })).json;
  await answer({ receipt: `/kvitto/${api.number}/${api.followUpCode}` }, { sex: 'man' });
  const made = await filed();
  const wrong = await answer({ receipt: `/kvitto/${made.number}/AAAA-BBBB-CCCC` }, { sex: 'man' });
  assert.equal(wrong.status, 303);
  assert.equal((await server.get(`/kvitto/${made.number}/AAAA-BBBB-CCCC?svar=tack`, html)).status, 404);
  await server.sql(`UPDATE synpunkt.case SET received_on = received_on - 2 WHERE id = ${made.id}`);
  assert.doesNotMatch((await server.get(made.receipt, html)).text, /frivilliga/);
  await answer(made, { sex: 'man' });
  assert.deepEqual(await sums(), before);

  /* The mark goes when it is needed no more. */
  await server.sql('UPDATE synpunkt.about_answered SET open_until = open_until - 3');
  await answer(await filed(), { sex: 'other' });
  assert.equal((await server.sql('SELECT count(*) AS n FROM synpunkt.about_answered'))[0].n, '1');
});

test('no session reads a mark or a sum', async () => {
  for (const role of ['synpunkt_desk', 'synpunkt_resident', 'synpunkt_report', 'synpunkt_job', 'synpunkt_count'])
    for (const table of ['about_answered', 'statistic_about'])
      await assert.rejects(server.sql(`SET ROLE ${role}; SELECT count(*) FROM synpunkt.${table}`),
        /permission denied/, `${role} ${table}`);
});

const plant = (board, sex, age, n, type = 'complaint') => server.sql(`
  INSERT INTO synpunkt.statistic_about (board, month, type, sex, age_band, n)
  VALUES ('${board}', (date_trunc('month', synpunkt.today()) - interval '2 months')::date, '${type}', '${sex}', '${age}', ${n})`);
/* So many cases that came in the month before last, which is over on any day, and no others. */
const received = (board, n) => server.sql(`WITH m AS (SELECT (date_trunc('month', synpunkt.today())
    - interval '2 months')::date AS month), gone AS (DELETE FROM synpunkt.statistic_cube c USING m
    WHERE c.month = m.month AND c.board = '${board}')
  INSERT INTO synpunkt.statistic_cube
  SELECT '${board}', m.month, 'nytt', 'complaint', '', '', 'web', '', '', 1, 'sv', ${n}, ${n}, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0 FROM m`);

test('a month tells a split when each of its cells has five, and what is missing', async () => {
  await server.sql('DELETE FROM synpunkt.statistic_about');
  await server.sql(`DELETE FROM synpunkt.statistic_cube c
    WHERE c.month = (date_trunc('month', synpunkt.today()) - interval '2 months')::date`);
  await received(trafik, 60);
  await received(farsta, 30);
  for (const [sex, age, n] of [['woman', '0', 5], ['woman', '25', 9], ['man', '45', 6], ['man', '65', 6], ['other', '25', 2],
    ['', '65', 3]])
    await plant(trafik, sex, age, n);
  await plant(trafik, 'woman', '', 1, 'praise');
  await plant(farsta, 'woman', '25', 7);
  await plant(farsta, 'man', '25', 3);
  const secretary = await newColleague(server, 'om-sekr', `board-secretary@${trafik}`);
  const analyst = await newColleague(server, 'om-analys', 'analyst');
  const [{ month, now }] = await server.sql(`SELECT to_char(synpunkt.today() - interval '2 months', 'YYYY-MM') AS month,
    to_char(synpunkt.today(), 'YYYY-MM') AS now`);
  const packOf = async (client, board, of = month) => {
    const res = await client.get(`/api/v1/statistics/packs?month=${of}${board ? `&board=${board}` : ''}`);
    assert.equal(res.status, 200, res.text);
    return res.json.sections.find((s) => s.code === 'J');
  };
  const rows = (section, id) => Object.fromEntries(section.tables.find((t) => t.id === id).rows
    .map((r) => [r.id, r.cells.map((c) => c.text.replaceAll('\u00a0', ' '))]));

  /* The two of "other" are with those of whom nothing is known: 60 - 15 - 12. */
  const section = await packOf(secretary, trafik);
  assert.deepEqual(rows(section, 'about-sex'), { woman: ['15', '56 %', '25 %'], man: ['12', '44 %', '20 %'],
    missing: ['33', '–', '55 %'] });
  assert.equal(section.tables.find((t) => t.id === 'about-sex').rows.at(-1).name, 'Annat, eller uppgift saknas');
  assert.deepEqual(rows(section, 'about-age'), { 0: ['5', '16 %', '8 %'], 25: ['11', '35 %', '18 %'],
    45: ['6', '19 %', '10 %'], 65: ['9', '29 %', '15 %'], missing: ['29', '–', '48 %'] });
  assert.match((await packOf(secretary, trafik, now)).notes.join(), /när månaden är slut/);

  /* Three men of Farsta: not told there, nor as what is left of the city. */
  assert.deepEqual(rows(await packOf(analyst, farsta), 'about-sex'),
    { answered: ['10', '–', '33 %'], missing: ['20', '–', '67 %'] });
  assert.deepEqual(rows(await packOf(analyst), 'about-sex'), { answered: ['39', '–', '43 %'], missing: ['51', '–', '57 %'] });
  await plant('kulturnamnden', 'woman', '', 1);
  await plant('kulturnamnden', 'man', '', 2);
  assert.deepEqual(rows(await packOf(analyst), 'about-sex').man, ['17', '43 %', '19 %']);
  assert.deepEqual(rows(await packOf(analyst), 'about-age').answered?.[0], '41');

  /* So few answers that how many is told of nobody. */
  await server.sql(`DELETE FROM synpunkt.statistic_about WHERE board = '${trafik}' AND NOT (sex = 'other')`);
  assert.deepEqual(rows(await packOf(secretary, trafik), 'about-sex'),
    { answered: ['<5', '–', '··'], missing: ['··', '–', '··'] });

  for (const form of ['csv', 'xlsx', 'pdf'])
    assert.equal((await secretary.get(`/statistik/${trafik}/${month}/${form}`)).status, 200, form);
});

test('a frozen month keeps its sums', async () => {
  const [{ month }] = await server.sql(`SELECT to_char(synpunkt.today() - interval '2 months', 'YYYY-MM') AS month`);
  const got = await server.ctl(['statistics', '--freeze', '--month', month]);
  if (got.code) return; /* its third working day has not come */
  const rows = async () => (await server.sql(`SELECT f.body::jsonb -> 'rows' AS rows FROM synpunkt.statistic_frozen f
    WHERE f.board = '${trafik}' AND f.month = '${month}-01'`))[0].rows;
  assert.ok((await rows()).includes('["about-sex", "other", "n", 2]'));
});
