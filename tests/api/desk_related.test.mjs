/* What else there is about a case: of the same person, at the same place, likely duplicates;
 * for those who read both. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { assertProblem } from './contract_kit.mjs';
import { act, at, coordinator, farsta, serial, submitTo, trafik } from './contract_desk_kit.mjs';
import { eventually, startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

let server;
let co;
let there;
let secretary;
before(async () => {
  server = await startServer();
  co = await coordinator(server);
  there = await newColleague(server, 'dar', `coordinator@${farsta}`);
  secretary = await newColleague(server, 'sekr', `board-secretary@${trafik}`);
});
after(() => server.stop());

/* Places of their own, some kilometres apart, and people. */
let places = 0;
const newPlace = () => ({ lat: 59.25 + (places++) * 0.004, lon: 18.05, address: 'Made 1' });
const metresNorth = (place, m) => ({ ...place, lat: place.lat + m / 111320 });
let people = 0;
const newPerson = () => ({ name: 'Nils Norr', email: `nils${++people}@example.org`, phone: `070-55500${10 + people}` });

async function submit(text, more) {
  const { number } = await submitTo(server, text, { contact: newPerson(), ...more });
  await eventually('indexed', async () => (await server.sql(
    `SELECT 1 FROM synpunkt.case_search WHERE case_id = ${serial(number)}`)).length);
  return number;
}
const age = (number, days) => server.sql(`UPDATE synpunkt.case SET
  received_at = received_at - interval '${days} days', received_on = received_on - ${days} WHERE id = ${serial(number)}`);
async function related(number, client = co) {
  const res = await client.get(at(number, 'related'));
  assert.equal(res.status, 200, res.text);
  return res.json;
}
const numbersOf = (list) => list.map((i) => i.number);

test('the same person is known by address or telephone, however they are written', async () => {
  const who = newPerson();
  const first = await submit('Lampan är trasig', { contact: who });
  const byMail = await submit('Något helt annat', { contact: { email: who.email.toUpperCase() } });
  const byPhone = await submit('Tredje gången', { contact: { phone: `+46 (0)${who.phone.slice(1).replace('-', ' ')}` } });
  await submit('En annan', { contact: { ...newPerson(), name: who.name } });
  const { person, place, duplicates } = await related(first);
  assert.deepEqual(numbersOf(person), [byPhone, byMail]);
  assert.deepEqual([place, duplicates], [[], []]);
  const { receivedAt, ...rest } = person[1];
  assert.match(receivedAt, /^\d{4}-/);
  assert.deepEqual(rest, { number: byMail, type: 'complaint', category: 'gatubelysning', board: trafik,
    status: 'received', closureReason: null, daysAgo: 0, metres: null, handlerName: null,
    snippet: 'Något helt annat' });
  const anonymous = await submit('Utan namn', { contact: undefined });
  assert.deepEqual((await related(anonymous)).person, []);
});

test('at the same place: within a hundred metres and a year', async () => {
  const spot = newPlace();
  const here = await submit('Mitt ärende', { place: spot });
  const close = await submit('Stolpe lutar', { place: metresNorth(spot, 90) });
  await submit('För långt bort', { place: metresNorth(spot, 130) });
  const old = await submit('För gammalt', { place: spot });
  await age(old, 370);
  const last = await submit('I våras', { place: metresNorth(spot, -60) });
  await age(last, 200);
  const { place } = await related(here);
  assert.deepEqual(place.map((i) => [i.number, i.metres, i.daysAgo]), [[close, 90, 0], [last, 60, 200]]);
});

test('likely duplicates: near in place and time, of the same area, with words in common', async () => {
  const spot = newPlace();
  const words = 'Gatubelysningen är släckt längs hela promenaden vid vattnet';
  const here = await submit(words, { place: spot });
  const twin = await submit('Belysningen vid vattnet är släckt på promenaden', { place: metresNorth(spot, 140) });
  const otherWords = await submit('Hundar utan koppel springer överallt', { place: spot });
  const otherArea = await submitTo(server, words, { place: spot, category: 'vagskador' });
  const late = await submit(words, { place: spot });
  await age(late, 40);
  const { duplicates, place } = await related(here);
  assert.deepEqual(duplicates.filter((i) => i.number !== otherArea.number).map((i) => [i.number, i.metres]), [[twin, 140]]);
  assert.ok(numbersOf(place).includes(otherWords) && numbersOf(place).includes(late));
  assert.ok(!numbersOf(place).includes(twin));
  await act(co, twin, 'close', { reason: 'duplicate' });
  const closed = (await related(here)).duplicates.find((i) => i.number === twin);
  assert.deepEqual([closed.status, closed.closureReason], ['closed', 'duplicate']);
});

test('nothing is told of a case that the caller does not read, nor of another board’s', async () => {
  const who = newPerson();
  const spot = newPlace();
  const words = 'Bron skakar när bussen åker över den';
  const [here, secret, theirs] = [await submit(words, { contact: who, place: spot }),
    await submit(words, { contact: who, place: spot }), await submit(words, { contact: who, place: spot })];
  await act(co, secret, 'change', { sensitivity: 3 });
  await act(co, theirs, 'transfer', { board: farsta, ground: 'osl-10-28' });
  const all = ({ person, place, duplicates }) => [...new Set(numbersOf([...person, ...place, ...duplicates]))];
  assert.deepEqual(all(await related(here)), [secret]);
  assert.deepEqual(all(await related(here, secretary)), []);
  assert.deepEqual(all(await related(theirs, there)), []);
  assertProblem(await there.get(at(here, 'related')), 404);
  /* Of one that is seen and not read, nothing. */
  assert.deepEqual(all(await related(secret, secretary)), []);
  /* What was shown of the sensitive one is in the log of reads. */
  const log = await server.sql(`SELECT what FROM synpunkt.read_log WHERE case_id = ${serial(secret)} AND what = 'related'`);
  assert.ok(log.length >= 1);
  assert.equal((await server.sql(`SELECT 1 FROM synpunkt.read_log WHERE case_id = ${serial(here)}`)).length, 0);
  await act(co, secret, 'protect', {});
  assert.deepEqual(all(await related(here)), []);
  assert.deepEqual(all(await related(secret)), []);
});

test('a contact or a place that a board was not sent leads nowhere, from either side', async () => {
  const who = newPerson();
  const spot = newPlace();
  const bare = await submit('Utan uppgifter', { contact: who, place: spot });
  const whole = await submit('Med uppgifter', { contact: who, place: spot });
  await act(co, bare, 'transfer', { board: farsta, ground: 'osl-10-28', send: ['text'] });
  await act(co, whole, 'transfer', { board: farsta, ground: 'osl-10-28' });
  for (const number of [bare, whole])
    assert.deepEqual(await related(number, there), { linked: [], person: [], duplicates: [], place: [] });
});

test('a place that is corrected moves the case', async () => {
  const spot = newPlace();
  const here = await submit('Första', { place: spot });
  const moved = await submit('Andra', { place: newPlace() });
  assert.deepEqual((await related(here)).place, []);
  await act(co, moved, 'correct', { text: 'Fel plats', place: { lat: spot.lat, lon: spot.lon } });
  assert.deepEqual((await related(here)).place.map((i) => [i.number, i.metres]), [[moved, 0]]);
});

test('who reads no cases, and whoever is not signed in, are refused', async () => {
  const number = await submit('Något');
  const analyst = await newColleague(server, 'analys', `analyst@${trafik}`);
  assertProblem(await analyst.get(at(number, 'related')), 403);
  assertProblem(await server.get(at(number, 'related')), 401);
  assertProblem(await co.get(at('2026-1', 'related')), 404);
});

test('by name the database tells a stranger’s session nothing', async () => {
  const number = await submit('Ett ord', { place: newPlace() });
  const ask = (query) => server.sqlAs('synpunkt_desk', `SET synpunkt.session = ''; SELECT ${query} AS it`);
  assert.equal((await ask(`synpunkt_desk.related('', 2026::smallint, ${serial(number)})`))[0].it, null);
  assert.equal((await ask("cardinality(synpunkt_desk.search_person('nils1@example.org', NULL, 10))"))[0].it, '0');
  assert.equal((await ask("(SELECT count(*) FROM synpunkt_desk.search_near(59.25, 18.05, 150, '-infinity', 'infinity', 10))"))[0].it, '0');
});
