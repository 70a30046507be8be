/* Citizens' proposals: taken down with name, address and district, sent to the board there,
 * and listed for the council (KL 5 kap. 35 §). */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { farsta, serial, trafik } from './contract_desk_kit.mjs';
import { eventually, startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

const path = '/api/v1/desk/cases';
const proposal = { channel: 'letter', type: 'citizen-proposal', text: 'Bygg ett utegym i Farsta.',
  category: 'gatubelysning', district: 'farsta',
  contact: { name: 'Rut Berg', address: 'Exempelgatan 11, 123 47 Farsta' } };
let server;
let hanna; /* takes down, at Farsta */
let sten; /* the board's secretary there */
let tove; /* the secretary of another board */
let ada; /* analyst */
let first;

before(async () => {
  server = await startServer();
  hanna = await newColleague(server, 'hanna.ord', `registrar@${farsta},case-handler@${farsta}`);
  sten = await newColleague(server, 'sten.sand', `board-secretary@${farsta}`);
  tove = await newColleague(server, 'tove.tall', `board-secretary@${trafik}`);
  ada = await newColleague(server, 'ada.ask', 'analyst');
  first = (await hanna.post(path, { json: proposal })).json;
});
after(() => server?.stop());

const faultsOf = async (more) => {
  const res = await hanna.post(path, { json: { ...proposal, ...more } });
  assert.equal(res.status, 422, res.text);
  return res.json.invalidParams.map(({ name }) => name).sort();
};
const year = new Date().toLocaleDateString('sv-SE', { timeZone: 'Europe/Stockholm' }).slice(0, 4);
const listOf = async (client, query) =>
  (await client.get(`/api/v1/statistics/citizen-proposals?${query}`)).json.items;

test('it goes to the board of the district where its author is registered, whatever its subject', async () => {
  assert.equal(first.board.code, farsta);
  assert.equal(first.routing.rule, 'medborgarforslag');
  const whole = (await hanna.get(`${path}/${first.number}`)).json;
  assert.equal(whole.contact.address, proposal.contact.address);
  assert.equal(whole.district, 'farsta');
});

test('without name, address or district it is refused, every fault at once', async () => {
  assert.deepEqual(await faultsOf({ contact: null, district: null }), ['contact.address', 'contact.name', 'district']);
  assert.deepEqual(await faultsOf({ contact: { name: ' ', address: '' } }), ['contact.address', 'contact.name']);
  assert.deepEqual(await faultsOf({ district: 'ingenstans' }), ['district']);
  assert.deepEqual(await faultsOf({ contact: { name: 'Rut', address: 'x'.repeat(301) } }), ['contact.address']);
});

test('of other types neither is asked, and a district that is said decides', async () => {
  const res = await hanna.post(path, { json: { channel: 'phone', text: 'Parken är skräpig.', category: 'park', district: 'farsta' } });
  assert.equal(res.status, 201, res.text);
  assert.equal(res.json.board.code, farsta);
});

test('a resident’s own way takes no postal address: nothing of it is stored', async () => {
  const { number } = (await server.post('/api/v1/cases', { json: { text: 'Lampan.', category: 'gatubelysning',
    district: 'farsta', contact: { name: 'Eva', address: 'Hemligt 1' } } })).json;
  const [row] = await server.sql(`SELECT t.body FROM synpunkt.case_content t
    WHERE t.case_id = ${serial(number)} AND t.kind = 'contact'`);
  assert.doesNotMatch(row.body, /Hemligt/);
});

test('a wrong address is corrected, and the earlier one is kept with the event', async () => {
  const at = `${path}/${first.number}`;
  const { headers: { etag } } = await hanna.get(at);
  const res = await hanna.post(`${at}/corrections`, { etag, json: { text: 'Hon har flyttat.', contact: { address: 'Nya gatan 2' } } });
  assert.equal(res.status, 201, res.text);
  assert.equal(res.json.contact.address, 'Nya gatan 2');
  assert.equal(res.json.corrections.at(-1).earlier.contact.address, proposal.contact.address);
});

test('the year’s list has what came in and what waited, and says what took more than a year', async () => {
  const { number: old } = (await hanna.post(path, { json: { ...proposal, text: 'Fler bänkar.' } })).json;
  await server.sql(`UPDATE synpunkt.case SET received_on = received_on - 400, acknowledge_by = acknowledge_by - 400,
    answer_by = answer_by - 400 WHERE id = ${serial(old)}`);
  /* The register's number comes within a second. */
  const list = await eventually('all are registered', async () => {
    const items = await listOf(sten, `board=${farsta}&year=${year}`);
    return items.every(({ registration }) => registration) && items;
  });
  assert.deepEqual(list.map(({ number, late, decidedOn }) => [number, late, decidedOn]),
    [[old, true, null], [first.number, false, null]]);
  assert.match(list[1].registration, /^\S+/);
  assert.deepEqual((await listOf(sten, `board=${farsta}&year=${year - 3}`)), []);
  const { headers: { etag } } = await hanna.get(`${path}/${old}`);
  const done = await hanna.post(`${path}/${old}/closures`, { etag, json: { reason: 'no-action' } });
  assert.equal(done.status, 201, done.text);
  const [closed] = await listOf(sten, `board=${farsta}&year=${year}`);
  assert.deepEqual([closed.number, closed.late, closed.setAside], [old, true, false]);
  assert.match(closed.decidedOn, /^\d{4}-\d\d-\d\d$/);
});

test('page and file say the same; who has no role at the board sees none of it', async () => {
  const page = await sten.get(`/statistik/${farsta}/medborgarforslag`);
  assert.equal(page.status, 200);
  assert.match(page.text, new RegExp(first.number));
  const file = await sten.get(`/statistik/${farsta}/medborgarforslag/csv?year=${year}`);
  assert.match(file.headers['content-type'], /text\/csv/);
  assert.match(file.text, new RegExp(`"${first.number}"`));
  assert.doesNotMatch(page.text + file.text, /Rut Berg|Nya gatan|utegym/);
  assert.equal((await tove.get(`/statistik/${farsta}/medborgarforslag`)).status, 403);
  assert.equal((await tove.get(`/api/v1/statistics/citizen-proposals?board=${farsta}`)).status, 403);
  assert.equal((await sten.get('/api/v1/statistics/citizen-proposals')).status, 403, 'the city is the analysts’');
  assert.equal((await listOf(ada, `year=${year}`)).length, 2);
  for (const query of ['year=19', 'year=3000', 'board=inget'])
    assert.equal((await ada.get(`/api/v1/statistics/citizen-proposals?${query}`)).status, 404, query);
});
