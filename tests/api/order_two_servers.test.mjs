/* Two servers of ours: the city hands a case over to a contractor by Open311, and gets it back. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { act, at, submitTo, trafik } from './contract_desk_kit.mjs';
import { eventually, startServer } from './harness.mjs';
import { addContractor, addShare, hurry, order, orders } from './order_kit.mjs';
import { newColleague } from './staff.mjs';

let city, there, desk, works;
before(async () => {
  there = await startServer();
  city = await startServer({ env: { SYNPUNKT_CONTRACTOR_PRIVATE: 'true' } });
  desk = await newColleague(city, 'kontrakt-co', `coordinator@${trafik}`, 'Cia Ord');
  works = await newColleague(there, 'arbetare', `coordinator@${trafik},manager@${trafik}`, 'Arb Etare');
  const admin = await newColleague(there, 'adda', 'administrator');
  const { key } = (await admin.post('/api/v1/desk/api-clients', { json: { name: 'Staden', kind: 'production',
    scopes: ['post', 'updates'], perHour: 1000 } })).json;
  await addContractor(desk, { code: 'bolaget', name: 'Bolaget AB', way: 'open311', url: `${there.url}/open311/v2`, takesKeys: true });
  assert.equal((await desk.post('/api/v1/desk/contractors/bolaget/keys', { json: { key } })).status, 204);
  await addShare(desk, { contractor: 'bolaget', category: 'gatubelysning', serviceCode: 'gatubelysning',
    serviceAnswers: ['fel=slackt'] });
});
after(async () => {
  await city?.stop();
  await there?.stop();
  for (const server of [city, there]) assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
});

test('a case is handed over and back', async () => {
  const c = await submitTo(city, 'Mörkt. Hälsningar Vendela Hemlig', { contact: { name: 'Vendela Hemlig', email: 'v@example.org' },
    place: { lat: 59.3251, lon: 18.0711, address: 'Ljusgatan 1' } });
  await order(desk, c.number, { contractor: 'bolaget' });
  await eventually('it is there', async () => {
    const it = (await orders(desk, c.number)).items[0];
    assert.notEqual(it.state, 'stuck', it.trouble);
    return it.state === 'sent' && it;
  }, 30000);
  const [{ year, id }] = await there.sql('SELECT year, id FROM synpunkt.case');
  const number = `${year}-${id}`;
  const got = (await works.get(at(number))).json;
  assert.equal(got.channel, 'open311');
  assert.match(got.text, /Byt lampan i stolpen\./);
  assert.match(got.text, /Vad är fel\?: Släckt/, 'what their service asks for is answered');
  assert.ok(!JSON.stringify(got).includes('Vendela'));
  await act(works, number, 'reply', { text: 'Lampan är bytt.', close: 'remedied' });
  await eventually('it is done here', async () => {
    await hurry(city);
    const it = (await orders(desk, c.number)).items[0];
    return it.state === 'done';
  }, 60000);
  assert.equal((await desk.get(at(c.number))).json.status, 'received');
});
