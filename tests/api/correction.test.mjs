/* What stood wrong is corrected: the right holds from then on, and what stood there before
 * is kept with the event. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { act, at, coordinator, doIt } from './contract_desk_kit.mjs';
import { startServer } from './harness.mjs';

let server, desk;
before(async () => {
  server = await startServer();
  desk = await coordinator(server);
});
after(() => server.stop());

async function submit(text, contact, more = {}) {
  const res = await server.post('/api/v1/cases', { json: { text, category: 'gatubelysning',
    contact, ...more } });
  assert.equal(res.status, 201, res.text);
  return res.json;
}

test('a correction holds for later letters, and the earlier value is kept', async () => {
  const c = await submit('Fel adress', { name: 'Ulla Fel', email: 'fel@example.org' },
    { place: { address: 'Fel gata 1', lat: 59.33, lon: 18.06 } });
  const res = await act(desk, c.number, 'correct', { text: 'Hon ringde',
    contact: { email: 'ratt@example.org', phone: null }, place: { address: 'Rätt gata 2',
      lat: 59.25, lon: 18.09 } });
  assert.deepEqual(res.json.contact, { name: 'Ulla Fel', email: 'ratt@example.org' });
  assert.deepEqual([res.json.place.address, res.json.place.lat, res.json.place.lon],
    ['Rätt gata 2', 59.25, 18.09]);
  assert.equal(res.json.district, 'farsta');
  assert.equal(res.json.notes.at(-1).text, 'Hon ringde');
  const [kept] = res.json.corrections;
  assert.deepEqual([kept.byName, kept.earlier.contact.email, kept.earlier.place.address,
    kept.earlier.position], ['Cia Ord', 'fel@example.org', 'Fel gata 1', { lat: 59.33, lon: 18.06 }]);
  const event = res.json.events.at(-1);
  assert.deepEqual([event.what, event.codes.fields], ['corrected', ['contact.email',
    'place.address', 'place.position']]);
  assert.doesNotMatch(JSON.stringify(event), /example|gata/);
  const verified = await server.ctl(['--json', 'audit', 'verify']);
  assert.deepEqual(JSON.parse(verified.stdout).faults, []);

  const [letter] = await server.sql(`UPDATE synpunkt.outbox SET due_at = now() WHERE case_id =
    ${c.number.split('-')[1]} RETURNING id`);
  const claimed = await server.sql("SELECT id, email FROM synpunkt_mail.claim(1000, 1, 'x')");
  assert.equal(claimed.find((l) => l.id === letter.id).email, 'ratt@example.org');

  /* Once more: both earlier values are there, and what was done to them is found. */
  await act(desk, c.number, 'correct', { text: 'Igen', contact: { email: 'rattare@example.org' } });
  assert.deepEqual(JSON.parse((await server.ctl(['--json', 'audit', 'verify'])).stdout).faults, []);
  await server.sql(`UPDATE synpunkt.case_content SET body = '{"email":"x@y.se"}' WHERE case_id =
    ${c.number.split('-')[1]} AND kind = 'contact'`);
  const faults = JSON.parse((await server.ctl(['--json', 'audit', 'verify'])).stdout).faults;
  assert.deepEqual(faults.map((f) => [f.fault, f.what]), [['content-missing', 'contact']]);
});

test('what cannot be corrected, and by whom not', async () => {
  const anonymous = (await server.post('/api/v1/cases', { json: { text: 'Anonym',
    category: 'gatubelysning' } })).json;
  const bad = async (number, json, status) => {
    const { etag } = (await desk.get(at(number))).headers;
    const res = await doIt(desk, number, 'correct', { etag, json });
    assert.equal(res.status, status, res.text);
    return res;
  };
  await bad(anonymous.number, { text: 'x', contact: { email: 'a@b.se' } }, 422);
  const c = await submit('Rätt från början', { email: 'a@example.org' });
  await bad(c.number, { contact: { email: 'b@example.org' } }, 422); /* no reason */
  await bad(c.number, { text: 'x', contact: { email: 'inte en adress' } }, 422);
  await bad(c.number, { text: 'x', place: { lat: 59 } }, 422);
  const same = await bad(c.number, { text: 'x', contact: { email: 'a@example.org' } }, 201);
  assert.ok(!same.json.events.some((e) => e.what === 'corrected'));
});

test('the database lets nobody else change what stands there', async () => {
  for (const role of ['synpunkt_resident', 'synpunkt_desk', 'synpunkt_job', 'synpunkt_report'])
    await assert.rejects(server.sqlAs(role, "UPDATE synpunkt.case_content SET body = 'x'"),
      /permission denied/);
  const [{ n }] = await server.sql(`SET ROLE synpunkt_act; WITH u AS (UPDATE
    synpunkt.case_content SET body = 'x' WHERE kind NOT IN ('contact', 'place') OR seq > 1
    RETURNING 1) SELECT count(*) AS n FROM u`);
  assert.equal(n, '0');
});
