/* Registration: a number in the board's own series, at once and without gaps. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { eventually, startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

let server;
before(async () => { server = await startServer({ workers: 2 }); });
after(async () => { await server?.stop(); });

const unregistered = async () => Number((await server.sql(`SELECT count(*) AS n
  FROM synpunkt.case_leg WHERE registration_number IS NULL`))[0].n);

/* Boards and years whose numbers are not 1 to n, each once. */
const faulty = () => server.sql(`SELECT l.board, split_part(l.registration_number, '/', 1) AS year
  FROM synpunkt.case_leg l GROUP BY 1, 2
  HAVING max(split_part(l.registration_number, '/', 2)::integer) <> count(*)
    OR count(DISTINCT l.registration_number) <> count(*)`);

test('what was there before gets its number too', async () => {
  await eventually('all have one', async () => await unregistered() === 0, 20000);
  assert.deepEqual(await faulty(), []);
});

test('a case has its number within a second of arrival, and the desk shows it', async () => {
  const anna = await newColleague(server, 'anna.register', 'registrar@trafiknamnden');
  const { json } = await server.post('/api/v1/cases',
    { json: { text: 'Lampan är släckt', category: 'gatubelysning' } });
  const since = Date.now();
  const year = json.number.slice(0, 4);
  await eventually('it has one', async () => await unregistered() === 0, 5000);
  assert.ok(Date.now() - since < 2500, 'a second, and what a busy machine adds');
  const shown = (await anna.get(`/api/v1/desk/cases/${json.number}`)).json;
  assert.match(shown.legs[0].registrationNumber, new RegExp(`^${year}/[1-9][0-9]*$`));
});

test('many at once, to several boards, and jobs that run beside each other: no gap', async () => {
  const categories = ['gatubelysning', 'sophamtning', 'bibliotek', 'bostadsko'];
  const sendFifty = async (batch) => {
    for (let i = 0; i < 50; i++)
      assert.equal((await server.post('/api/v1/cases',
        { json: { text: `Nummer ${batch} ${i}`, category: categories[i % 4] } })).status, 201);
  };
  const sent = [1, 2, 3, 4].map(sendFifty);
  const jobs = Array.from({ length: 6 }, () => server.sqlAs('synpunkt_job',
    'SELECT synpunkt_register.assign(7)'));
  await Promise.all([...sent, ...jobs]);
  await eventually('all have one', async () => await unregistered() === 0, 20000);
  assert.deepEqual(await faulty(), []);
});

test('a later arrival never has a lower number in the same series', async () => {
  const wrong = await server.sql(`SELECT a.case_id FROM synpunkt.case_leg a
    JOIN synpunkt.case_leg b ON b.board = a.board AND b.opened_at > a.opened_at
      AND split_part(b.registration_number, '/', 1) = split_part(a.registration_number, '/', 1)
      AND split_part(b.registration_number, '/', 2)::integer
        < split_part(a.registration_number, '/', 2)::integer
    WHERE a.opened_at < now() - interval '1 day'`);
  assert.deepEqual(wrong, []);
});

test('the number stays when the case goes on to another board, which gives its own', async () => {
  const anna = await newColleague(server, 'anna.vidare', 'coordinator@trafiknamnden');
  const { json } = await server.post('/api/v1/cases',
    { json: { text: 'Det är bibliotekets lampa', category: 'gatubelysning' } });
  await eventually('it has one', async () => await unregistered() === 0, 5000);
  const before = await anna.get(`/api/v1/desk/cases/${json.number}`);
  const moved = await anna.post(`/api/v1/desk/cases/${json.number}/transfers`,
    { etag: before.headers.etag, json: { board: 'kulturnamnden', ground: 'no-secrecy' } });
  assert.ok(moved.status < 300, moved.text);
  await eventually('the new leg has one', async () => await unregistered() === 0, 5000);
  const legs = await server.sql(`SELECT board, registration_number AS n FROM synpunkt.case_leg
    WHERE case_id = ${json.number.split('-')[1]} ORDER BY seq`);
  assert.equal(legs[0].n, before.json.legs[0].registrationNumber);
  assert.deepEqual(legs.map((l) => l.board), ['trafiknamnden', 'kulturnamnden']);
  assert.match(legs[1].n, /^\d{4}\/\d+$/);
});

test('nobody else may give a number', async () => {
  for (const role of ['synpunkt_resident', 'synpunkt_desk', 'synpunkt_report'])
    await assert.rejects(server.sqlAs(role, 'SELECT synpunkt_register.assign(1)'),
      /permission denied/);
  await assert.rejects(server.sqlAs('synpunkt_job',
    "UPDATE synpunkt.case_leg SET registration_number = '2026/1'"), /permission denied/);
});
