/* The register of a board (diarium): fit to show to anybody, searchable, without a gap. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { act, coordinator, farsta, serial, submitTo, trafik } from './contract_desk_kit.mjs';
import { eventually, startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

const year = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm' })
  .format(new Date()).slice(0, 4);
let server;
let co;
before(async () => {
  server = await startServer();
  co = await coordinator(server);
});
after(() => server.stop());

async function submit(text, more = {}) {
  const c = await submitTo(server, text, { contact: { name: 'Rut Xylander',
    email: 'rut@example.org' }, ...more });
  await eventually('it is registered', async () => (await server.sql(`SELECT 1
    FROM synpunkt.case_leg WHERE registration_number IS NULL`)).length === 0);
  return c;
}
async function read(query = '', client = co, board = trafik) {
  const res = await client.get(`/api/v1/register?board=${board}&${query}`);
  assert.equal(res.status, 200, res.text);
  return res.json;
}
const entry = async (c, query = '') => (await read(`q=${c.number}&${query}`)).items[0];

test('an entry has date, number, status, category; sender and a subject in our own words', async () => {
  const c = await submit('Hemliga ord om lampan', { place: { lat: 59.2518, lon: 18.0921,
    address: 'Hemliga gatan 1' } });
  const it = await entry(c);
  assert.match(it.number, new RegExp(`^${year}/\\d+$`));
  assert.deepEqual({ ...it, number: '', n: 0 }, { number: '', n: 0, receivedOn: it.receivedOn,
    case: c.number, status: 'received', category: 'gatubelysning', categoryName: 'Gatubelysning',
    open: true, sender: 'Rut Xylander', subject: it.subject });
  assert.match(it.subject, /^Gatubelysning(, [\wÅÄÖåäö -]+)?$/);
  assert.doesNotMatch(JSON.stringify(it), /Hemliga|rut@/);
});

test('marked, or likely secret: date and number stay, sender and subject go', async () => {
  const closed = { open: false, sender: null, subject: null };
  const shown = async (c) => (({ open, sender, subject }) => ({ open, sender, subject }))(
    await entry(c));
  const whole = await submit('Märk allt');
  await act(co, whole.number, 'mark', { section: 'OSL 26:1' });
  assert.deepEqual(await shown(whole), closed);
  const part = await submit('Märk texten');
  await act(co, part.number, 'mark', { document: 'text', section: 'OSL 26:5' });
  assert.deepEqual(await shown(part), closed);
  await act(co, part.number, 'unmark', { document: 'text' });
  assert.equal((await shown(part)).sender, 'Rut Xylander');
  for (const sensitivity of [3, 4]) {
    await act(co, part.number, 'change', { sensitivity });
    assert.deepEqual(await shown(part), closed);
    const it = await entry(part);
    assert.ok(it.number && it.receivedOn && it.category === 'gatubelysning');
  }
});

test('who wrote is not shown where the board was not told', async () => {
  const c = await submit('Skickat utan avsändare');
  await act(co, c.number, 'transfer', { board: farsta, ground: 'no-secrecy', send: ['text'] });
  await eventually('it is registered there', async () => (await server.sql(`SELECT 1
    FROM synpunkt.case_leg WHERE registration_number IS NULL`)).length === 0);
  const there = await newColleague(server, 'diarium-f', `registrar@${farsta}`);
  const [it] = (await read(`q=${c.number}`, there, farsta)).items;
  assert.deepEqual([it.case, it.open, it.sender], [c.number, false, null]);
  assert.deepEqual((await read('q=Xylander', there, farsta)).items, []);
  assert.equal((await entry(c)).sender, 'Rut Xylander', 'the sender’s own register');
});

test('a hidden sender is not found by name either; a shown one is, and a category', async () => {
  const c = await submit('Namnet', { contact: { name: 'Quist Zebulon', email: 'q@example.org' } });
  const found = async (q, more = '') => (await read(`q=${encodeURIComponent(q)}&limit=200&${more}`))
    .items.some((i) => i.case === c.number);
  assert.ok(await found('zebulon'));
  assert.ok(await found('Gatubel'));
  assert.ok(await found('gatubel', 'category=gatubelysning&status=received'));
  assert.ok(!await found('zebulon', 'category=park'));
  assert.ok(!await found('zebulon', 'status=closed'));
  assert.ok(!await found('lampan'));
  await act(co, c.number, 'mark', { section: 'OSL 21:7' });
  assert.ok(!await found('zebulon'));
  assert.ok(await found('gatubel'));
});

test('found by each kind of number, by day and by status', async () => {
  const c = await submit('Numret');
  const it = await entry(c);
  const only = async (query) => (await read(query)).items.map((i) => i.case);
  assert.deepEqual(await only(`q=${encodeURIComponent(it.number)}`), [c.number]);
  assert.deepEqual(await only(`q=${it.n}`), [c.number]);
  assert.deepEqual(await only(`q=${c.number}`), [c.number]);
  assert.deepEqual(await only(`q=1999/${it.n}`), []);
  assert.deepEqual(await only(`q=1999-${serial(c.number)}`), []);
  const day = it.receivedOn;
  assert.ok((await only(`from=${day}&to=${day}&limit=200`)).includes(c.number));
  assert.deepEqual(await only(`from=${Number(year) + 1}-01-01`), []);
  assert.deepEqual(await only('to=2000-01-01'), []);
  await act(co, c.number, 'close');
  assert.ok((await only('status=closed&limit=200')).includes(c.number));
});

test('pages follow each other by number, and the series says whether one is missing', async () => {
  await submit('Sista');
  const whole = await read('limit=200');
  const numbers = [];
  let next = '';
  do {
    const page = await read(`limit=3${next && `&after=${next}`}`);
    numbers.push(...page.items.map((i) => i.n));
    next = page.next;
  } while (next && numbers.length < 200);
  assert.deepEqual(numbers, whole.items.map((i) => i.n).slice(0, numbers.length));
  assert.deepEqual(numbers, [...numbers].sort((a, b) => b - a));
  assert.deepEqual([whole.first, whole.last, whole.complete],
    [`${year}/1`, `${year}/${whole.count}`, true]);
  assert.ok(whole.years.includes(Number(year)));
  await server.sql(`UPDATE synpunkt.case_leg SET registration_number = '1999/2'
    WHERE board = '${trafik}' AND registration_number = '${year}/2'`);
  assert.equal((await read()).complete, false);
  await server.sql(`UPDATE synpunkt.case_leg SET registration_number = '${year}/2'
    WHERE board = '${trafik}' AND registration_number = '1999/2'`);
  assert.equal((await read()).complete, true);
});

test('what went on to another board stays in the first one’s register, as passed on', async () => {
  const c = await submit('Vidare');
  const there = await newColleague(server, 'reg-farsta', `registrar@${farsta}`);
  await act(co, c.number, 'transfer', { board: farsta, ground: 'no-secrecy' });
  await eventually('the new leg has a number', async () =>
    (await read(`q=${c.number}`, there, farsta)).items.length === 1);
  const [here, gone] = [(await read(`q=${c.number}`, there, farsta)).items[0], await entry(c)];
  assert.deepEqual([here.status, gone.status], ['received', 'passed-on']);
  assert.deepEqual(await entry(c, 'status=passed-on'), gone);
});

test('for those whose work it is, at the board, and nobody else', async () => {
  for (const role of ['registrar', 'coordinator', 'board-secretary', 'manager', 'case-handler',
    'auditor', 'data-protection-officer']) {
    const client = await newColleague(server, `reg-${role}`, `${role}@${trafik}`);
    assert.equal((await client.get(`/api/v1/register?board=${trafik}`)).status, 200, role);
    assert.equal((await client.get(`/api/v1/register?board=${farsta}`)).status, 403, role);
    assert.equal((await client.get(`/diarium/${farsta}/csv`)).status, 403, role);
  }
  const [unit] = await server.sql('SELECT board, code FROM synpunkt.unit LIMIT 1');
  for (const role of ['provider', 'registrar']) { /* of one unit is not of the board */
    const client = await newColleague(server, `reg-enhet-${role}`, `${role}@${unit.board}/${unit.code}`);
    assert.equal((await client.get(`/api/v1/register?board=${unit.board}`)).status, 403, role);
  }
  for (const role of [`dispatcher@${trafik}`, 'analyst@*',
    'administrator@*']) {
    const client = await newColleague(server, `reg-no-${role.split('@')[0]}`, role);
    assert.equal((await client.get(`/api/v1/register?board=${trafik}`)).status, 403, role);
    assert.equal((await client.get(`/diarium/${trafik}`)).status, 403, role);
  }
  assert.equal((await server.get(`/api/v1/register?board=${trafik}`)).status, 401);
  assert.equal((await server.get(`/diarium/${trafik}`)).status, 303);
});

test('wrong values are all told at once', async () => {
  const res = await co.get(`/api/v1/register?board=${trafik}&year=x&status=lost&from=1&to=2026-02-30&after=x&limit=0&q=${'x'.repeat(101)}`);
  assert.equal(res.status, 422);
  assert.deepEqual(res.json.invalidParams.map((p) => p.name).sort(),
    ['after', 'from', 'limit', 'q', 'status', 'to', 'year']);
  for (const query of ['', 'board=', 'board=lost'])
    assert.equal((await co.get(`/api/v1/register?${query}`)).status, 422, query);
  assert.equal((await co.get('/diarium/lost')).status, 404);
});

test('as a file: UTF-8, semicolons, no formula; and that it was fetched is logged', async () => {
  await submit('Filen', { contact: { name: '=HYPERLINK("http://x";"y")', email: 'f@example.org' } });
  const res = await co.get(`/diarium/${trafik}/csv?year=${year}&q=hyperlink&status=received`);
  assert.equal(res.status, 200, res.text);
  assert.match(res.headers['content-type'], /^text\/csv; charset=utf-8/);
  assert.match(res.headers['content-disposition'], /diarium-trafiknamnden-\d{4}\.csv/);
  const [head, row, end] = res.text.replace(/^\uFEFF/, '').split('\r\n');
  assert.ok(res.text.startsWith('\uFEFF'));
  assert.equal(head, '"Diarienummer";"Inkom";"Ärende";"Läge";"Ämne";"Avsändare";"Ärendemening"');
  assert.match(row, /;"'=HYPERLINK\(""http:\/\/x"";""y""\)";"Gatubelysning[^"]*"$/);
  assert.equal(end, '');
  const [log] = await server.sql('SELECT * FROM synpunkt.export_log ORDER BY id DESC LIMIT 1');
  assert.match(log.actor, /^user:\d+$/);
  assert.deepEqual([log.board, log.what, log.rows], [trafik, 'register-csv', '1']);
  assert.deepEqual(JSON.parse(log.filter),
    { year: Number(year), status: 'received', searched: true });
});

test('a file that is cut says so', async () => {
  const c = await submit('Många rader');
  await server.sql(`INSERT INTO synpunkt.case_leg (case_id, seq, board, opened_at, opened_on,
      ended_at, state, opened_by, registration_number)
    SELECT ${serial(c.number)}, 10 + n, '${trafik}', now(), '1999-05-05', now(), 'passed-on', 'routing',
      '1999/' || n FROM generate_series(1, 5001) n`);
  const lines = (await co.get(`/diarium/${trafik}/csv?year=1999`)).text.trimEnd().split('\r\n');
  assert.equal(lines.length, 1 + 5000 + 1);
  assert.equal(lines.at(-1), '"Det finns fler rader. Välj kortare tid."');
  const [log] = await server.sql('SELECT rows FROM synpunkt.export_log ORDER BY id DESC LIMIT 1');
  assert.equal(log.rows, '5000');
});

test('what is looked for stands in no log and in no table', async () => {
  await co.get(`/api/v1/register?board=${trafik}&q=Sigismundsdotter`);
  await co.get(`/diarium/${trafik}?q=Sigismundsdotter`);
  await co.get(`/diarium/${trafik}/csv?q=Sigismundsdotter`);
  assert.doesNotMatch(server.log, /Sigismund/i);
  assert.deepEqual(await server.sql(`SELECT 1 FROM synpunkt.export_log
    WHERE filter::text ILIKE '%sigismund%'`), []);
});

test('nobody changes or removes what the log says, or reads the register past it', async () => {
  for (const role of ['synpunkt_desk', 'synpunkt_note', 'synpunkt_job', 'synpunkt_owner'])
    for (const deed of ['DELETE FROM synpunkt.export_log', "UPDATE synpunkt.export_log SET what = 'x'"]) {
      await server.sql(`SET ROLE ${role}; ${deed}`).catch((e) =>
        assert.match(e.message, /permission denied/));
      assert.ok(Number((await server.sql(`SELECT count(*) AS n FROM synpunkt.export_log
        WHERE what = 'register-csv'`))[0].n) > 0, role);
    }
  for (const role of ['synpunkt_resident', 'synpunkt_job', 'synpunkt_report'])
    await assert.rejects(server.sqlAs(role,
      `SELECT synpunkt_register.head('ff', '${trafik}', 2026::smallint)`), /permission denied/);
  assert.deepEqual(await server.sqlAs('synpunkt_desk',
    `SELECT synpunkt_register.head('ff', '${trafik}', 2026::smallint) AS h`), [{ h: null }]);
});
