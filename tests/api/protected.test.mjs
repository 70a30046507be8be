/* Protected identity: no address in lists or searches, read by few. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { assertProblem } from './contract_kit.mjs';
import { act, at, farsta, serial, submitTo, trafik } from './contract_desk_kit.mjs';
import { eventually, startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

let server;
let rut; /* registrar */
let clara; /* manager */
let carl; /* coordinator */
let anna; /* case-handler */
before(async () => {
  server = await startServer();
  rut = await newColleague(server, 'rut', `registrar@${trafik}`, 'Rut Rask');
  clara = await newColleague(server, 'clara', `manager@${trafik}`, 'Clara Dahl');
  carl = await newColleague(server, 'carl', `coordinator@${trafik}`, 'Carl Alm');
  anna = await newColleague(server, 'anna', `case-handler@${trafik}`, 'Anna Lind');
});
after(() => server.stop());

const words = 'Lampan utanför min port på Lönnvägen är trasig.';
const submit = () => submitTo(server, words, {
  place: { lat: 59.2518, lon: 18.0921, address: 'Lönnvägen 7' },
  contact: { name: 'Eva Ek', email: 'eva@example.org', phone: '070-1234567' } });
const secrets = ['Lönnvägen', 'eva@example.org', '070-1234567', 'Eva Ek', '59.25'];
const list = async (client, query) =>
  (await client.get(`/api/v1/desk/cases?limit=200&${query}`)).json.items;
const has = async (client, c, query) =>
  (await list(client, query)).some((i) => i.number === c.number);

async function protect() {
  const c = await submit();
  await eventually('found by its words', () => has(rut, c, 'q=L%C3%B6nnv%C3%A4gen'));
  const res = await act(rut, c.number, 'protect', {});
  assert.deepEqual([res.json.protectedIdentity, res.json.sensitivity], [true, 4]);
  return { ...c, after: res.json };
}

test('the flag is an event and makes the case S4, which it stays', async () => {
  const c = await protect();
  const event = c.after.events.at(-1);
  assert.deepEqual([event.what, event.byName, event.codes], ['protected', 'Rut Rask',
    { sensitivity: { from: 1, to: 4 }, protectedIdentity: { from: false, to: true } }]);
  assert.equal((await act(rut, c.number, 'protect', {})).json.version, c.after.version);
  for (const sensitivity of [1, 2, 3])
    assertProblem(await act(rut, c.number, 'change', { sensitivity }, 422), 422,
      ['sensitivity']);
  await assert.rejects(server.sql(`UPDATE synpunkt.case SET sensitivity = 1
    WHERE id = ${serial(c.number)}`), /check/);
});

test('no list shows a word, an address or a place of it; no search and no district finds it', async () => {
  const c = await protect();
  const [{ district }] = await server.sql(
    `SELECT district FROM synpunkt.case WHERE id = ${serial(c.number)}`);
  assert.ok(district);
  const items = await list(rut, `q=${c.number}`);
  assert.deepEqual([items.length, items[0].snippet, items[0].protectedIdentity], [1, '', true]);
  for (const word of secrets) assert.ok(!JSON.stringify(items).includes(word), word);
  for (const query of ['q=L%C3%B6nnv%C3%A4gen', 'q=lampan+port', 'q=eva%40example.org',
    `district=${district}`])
    assert.equal(await has(rut, c, query), false, query);
  /* Nor by words that come later. */
  await act(rut, c.number, 'acknowledge', { text: 'Vi ser det på Tallvägen.' });
  assert.equal(await has(rut, c, 'q=Tallv%C3%A4gen'), false);
});

test('what is stored is all there, and a letter tells no more than the number', async () => {
  const c = await protect();
  const seen = (await rut.get(at(c.number))).json;
  assert.deepEqual([seen.text, seen.contact.email, seen.place.address],
    [words, 'eva@example.org', 'Lönnvägen 7']);
  await act(rut, c.number, 'acknowledge', { text: 'Vi har fått det.' });
  /* The job worker may have had them already; they are due again, and taken at once. */
  const letters = await server.sql(`UPDATE synpunkt.outbox SET due_at = now(), sent_at = NULL,
      failed_at = NULL WHERE case_id = ${serial(c.number)};
    SELECT * FROM synpunkt_mail.claim(50, 60, 'x.example')`);
  const mine = letters.filter((l) => l.serial === serial(c.number));
  assert.ok(mine.length >= 1);
  assert.ok(mine.every((l) => l.sensitive === 't' && l.words === null && l.board_name === null));
});

test('the board that passed it on keeps its part, and reads as little of it', async () => {
  const c = await protect();
  assert.equal((await act(rut, c.number, 'transfer', { board: farsta, ground: 'osl-10-2' }))
    .status, 201);
  const mine = (await clara.get(at(c.number))).json;
  assert.deepEqual([mine.part, mine.restricted, mine.text, mine.district],
    ['earlier', true, null, null]);
  for (const word of secrets) assert.ok(!JSON.stringify(mine).includes(word), word);
});

test('lifted by whoever set it, or by a manager: searched again, and still S4', async () => {
  const c = await protect();
  const res = await act(rut, c.number, 'protect', { lift: true });
  assert.deepEqual([res.json.protectedIdentity, res.json.sensitivity,
    res.json.events.at(-1).what], [false, 4, 'protection-lifted']);
  await eventually('found again', () => has(rut, c, 'q=L%C3%B6nnv%C3%A4gen'));
  const { sensitivity } = (await act(rut, c.number, 'change', { sensitivity: 2 })).json;
  assert.equal(sensitivity, 2);
});

test('few read it: whoever protected it, the handler and the named, but no manager', async () => {
  const c = await protect();
  for (const client of [clara, anna, carl]) {
    const res = await client.get(at(c.number));
    assert.deepEqual([res.status, res.json.restricted, res.json.text, res.json.contact,
      res.json.place, res.json.district], [200, true, null, null, null, null], client.username);
    for (const word of secrets) assert.ok(!res.text.includes(word), word);
    await act(client, c.number, 'note', { text: 'x' }, 403);
    assert.equal((await list(client, `q=${c.number}`))[0].restricted, true);
  }
  assert.equal((await rut.get(at(c.number))).json.restricted, false);
  await act(rut, c.number, 'assign', { user: 'anna' });
  assert.equal((await anna.get(at(c.number))).json.text, words);
  assert.equal((await carl.get(at(c.number))).json.restricted, true);
  await server.sql(`INSERT INTO synpunkt.case_access (case_id, user_id) SELECT
    ${serial(c.number)}, id FROM synpunkt.staff_user WHERE username = 'carl'`);
  assert.equal((await carl.get(at(c.number))).json.contact.email, 'eva@example.org');
  assert.equal((await clara.get(at(c.number))).json.restricted, true);
});

test('a manager says, without reading it, who has it', async () => {
  const c = await protect();
  assert.deepEqual((await clara.get(at(c.number))).json.actions, ['assign']);
  await act(carl, c.number, 'assign', { user: 'anna' }, 403);
  const res = await act(clara, c.number, 'assign', { user: 'anna' });
  assert.deepEqual([res.json.handler, res.json.restricted, res.json.text], ['anna', true, null]);
  assert.equal((await anna.get(at(c.number))).json.text, words);
});

test('the complainant’s own page says nothing of it', async () => {
  const c = await protect();
  const told = await server.get(`/api/v1/cases/${c.number}`,
    { headers: { authorization: `Bearer ${c.followUpCode}` } });
  assert.deepEqual([told.status, told.json.number], [200, c.number]);
  assert.ok(!/protect/.test(told.text));
  const page = await server.get(`/folj/${c.number}/${c.followUpCode}`);
  assert.equal(page.status, 200);
  assert.ok(page.text.includes(c.number) && !/skyddad|protect/i.test(page.text));
});
