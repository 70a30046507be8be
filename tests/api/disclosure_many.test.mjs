/* A compilation of hundreds of cases: each step within what a question to the database may take,
 * and secrecy judged per case. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { serial, trafik } from './contract_desk_kit.mjs';
import { startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

const root = '/api/v1/desk/disclosures';
const cases = 400;
let server;
let carl;

before(async () => {
  server = await startServer();
  carl = await newColleague(server, 'carl', `coordinator@${trafik}`, 'Carl Alm');
});
after(async () => {
  await server.stop();
  assert.doesNotMatch(server.log, /Sanitizer|runtime error|pdf_not_made|page_failed/);
});

const done = (res, status = 200) => { assert.equal(res.status, status, res.text); return res.json; };

/* n more cases as one, with all that there is of it. */
async function copies(number, n) {
  for (const table of ['case', 'case_leg', 'case_event', 'case_content']) {
    const key = table === 'case' ? 'id' : 'case_id';
    const [{ columns }] = await server.sql(`SELECT string_agg(quote_ident(column_name), ', ') AS columns
      FROM information_schema.columns WHERE table_schema = 'synpunkt' AND table_name = '${table}' AND is_generated = 'NEVER'
      ${table === 'case_leg' ? "AND column_name NOT LIKE 'registration%'" : ''}`);
    await server.sql(`INSERT INTO synpunkt.${table} (${columns})
      SELECT ${columns.split(', ').map((c) => (c === key ? `t.${key} * 1000 + g` : `t.${c}`)).join(', ')}
      FROM synpunkt.${table} t, generate_series(1, ${n}) g WHERE t.${key} = ${serial(number)}`);
  }
}

test('four hundred cases are chosen, decided and handed out, each step within what a question may take', async () => {
  const words = 'Plogbilen kom inte, och trottoaren utanför porten var hal i flera dagar. '.repeat(12);
  const one = async (more) => done(await server.post('/api/v1/cases', { json: { text: `${words}${more}`, category: 'gatubelysning',
    contact: { name: 'Åsa Ek', email: 'asa@ek.example', phone: '070-123 45 67' } } }), 201).number;
  const first = [await one('Ring 070-123 45 67.'), await one('Mitt nummer är 19811218-9876.')];
  await copies(first[0], cases - 20);
  await copies(first[1], 18);
  await server.sql(`UPDATE synpunkt.case SET received_on = '2019-03-01' WHERE id > 1000000 OR id IN (${first.map(serial)})`);
  const { id } = done(await carl.post(root, { json: { board: trafik, asked: 'Allt om gatubelysning' } }), 201);
  const filter = { category: 'gatubelysning', from: '2019-01-01', to: '2019-12-31' };
  let whole = done(await carl.post(`${root}/${id}/cases`, { json: { filter } }));
  assert.deepEqual([whole.cases, whole.needs], [cases, 19]);

  for (const { number } of whole.items.filter(({ needs }) => needs > 0)) {
    const { items } = done(await carl.get(`${root}/${id}/cases/${number}`));
    for (const d of items.filter(({ state }) => state !== 'clear' || !items.some((i) => i.state === 'needs'))) {
      const masks = d.proposals.filter(({ kind }) => kind === 'identity-number').map(({ start, end }) => ({ start, end, section: 'OSL 21:7' }));
      done(await carl.put(`${root}/${id}/cases/${number}/documents/${d.document}`,
        { json: { decision: 'part', hash: d.hash, because: d.because, masks } }));
    }
  }
  whole = done(await carl.get(`${root}/${id}`));
  assert.equal(whole.needs, 0);
  whole = done(await carl.post(`${root}/${id}/decisions`, { json: { decision: whole.suggestedDecision } }));
  assert.deepEqual([whole.state, whole.cases, whole.masked], ['decided', cases, 19]);
  for (const form of ['csv', 'xlsx', 'pdf']) {
    const res = await fetch(`${server.url}/desk/utlamnande/${id}/${form}`, { headers: { cookie: carl.cookie } });
    const bytes = Buffer.from(await res.arrayBuffer());
    assert.equal(res.status, 200, `${form}: ${bytes.subarray(0, 300)}`);
    assert.ok(form !== 'csv' || !bytes.includes('19811218'));
  }
  assert.equal(done(await carl.post(`${root}/${id}/handovers`, { json: { how: 'letter' } })).state, 'handed-out');
});
