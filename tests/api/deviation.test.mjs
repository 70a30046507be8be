/* Deviations: what staff report of their own operation. Nobody complains, and it goes to the
 * board of its unit whatever the city's rules say. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { farsta, serial } from './contract_desk_kit.mjs';
import { startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

const path = '/api/v1/desk/cases';
const localDay = (back = 0) => new Date(Date.now() - back * 86400e3).toLocaleDateString('sv-SE', { timeZone: 'Europe/Stockholm' });
const deviation = { type: 'deviation', text: 'En dörr stod olåst hela natten.', category: 'gatubelysning',
  place: { unit: 'Furulidens äldreboende' }, deviation: { occurredOn: localDay(3), action: 'Dörren låstes.\nLarmet provades.',
    affected: 'Två boende', statutory: 'unsure' } };
let server;
let hanna; /* takes down, at Farsta */
let mats; /* leads it */

before(async () => {
  server = await startServer();
  hanna = await newColleague(server, 'hanna.ord', `case-handler@${farsta}`);
  mats = await newColleague(server, 'mats.chef', `manager@${farsta}`);
});
after(() => server?.stop());

const report = (more = {}, client = hanna, headers = {}) => client.post(path, { json: { ...deviation, ...more }, headers });
const faultsOf = async (more) => {
  const res = await report(more);
  assert.equal(res.status, 422, res.text);
  return res.json.invalidParams.map(({ name }) => name).sort();
};

test('all that was asked for is one text, at the board of its unit, and nobody is answered', async () => {
  const res = await report();
  assert.equal(res.status, 201, res.text);
  const { number, board, type, channel, receiptMailed } = res.json;
  assert.deepEqual([board.code, type, channel, receiptMailed], [farsta, 'deviation', 'web', false]);
  const whole = (await hanna.get(`${path}/${number}`)).json;
  assert.equal(whole.text, `En dörr stod olåst hela natten.

När det hände: ${localDay(3)}
Verksamhet: Furulidens äldreboende
Gjordes direkt: Dörren låstes.
Larmet provades.
Vilka som berördes: Två boende
Kan vara lex Sarah eller lex Maria: Vet inte, behöver bedömas`);
  assert.equal(whole.contact, null);
  const [row] = await server.sql(`SELECT c.wants_reply, c.unit, (SELECT count(*) FROM synpunkt.outbox) AS mails
    FROM synpunkt.case c WHERE c.id = ${serial(number)}`);
  assert.deepEqual([row.wants_reply, row.unit, Number(row.mails)], ['f', 'furulidens-aldreboende', 0]);
});

test('it is in the queue and in the figures like any other', async () => {
  const { items } = (await mats.get(`${path}?type=deviation`)).json;
  assert.ok(items.length > 0);
  assert.match(items[0].snippet, /^En dörr stod olåst/);
  assert.ok(items[0].answerBy > items[0].receivedAt.slice(0, 10));
});

test('every fault at once', async () => {
  assert.deepEqual(await faultsOf({ text: ' ', place: null, deviation: {} }),
    ['deviation.action', 'deviation.affected', 'deviation.occurredOn', 'deviation.statutory', 'place.unit', 'text']);
  assert.deepEqual(await faultsOf({ deviation: null }), ['deviation']);
  assert.deepEqual(await faultsOf({ text: 'x'.repeat(6001), deviation: { occurredOn: localDay(-1), action: 'x'.repeat(2001),
    affected: 'x'.repeat(1001), statutory: 'ja' } }),
  ['deviation.action', 'deviation.affected', 'deviation.occurredOn', 'deviation.statutory', 'text']);
  for (const occurredOn of [localDay(400), '2026-02-30', 'i går', '', 7])
    assert.deepEqual(await faultsOf({ deviation: { ...deviation.deviation, occurredOn } }), ['deviation.occurredOn'], occurredOn);
});

test('the longest that each may be is taken', async () => {
  const res = await report({ text: 'å'.repeat(6000), deviation: { ...deviation.deviation, action: 'ä'.repeat(2000), affected: 'ö'.repeat(1000) } });
  assert.equal(res.status, 201, res.text);
});

test('nobody complains of it: neither contact, nor on behalf of whom, nor a wish for an answer', async () => {
  assert.deepEqual(await faultsOf({ contact: { name: 'Rut', email: 'rut@example.se', phone: '08-123 45 67', address: 'Storgatan 1' },
    onBehalfOf: 'child', wantsReply: true }),
  ['contact.address', 'contact.email', 'contact.name', 'contact.phone', 'onBehalfOf', 'wantsReply']);
  assert.equal((await report({ contact: { name: ' ' }, wantsReply: false })).status, 201);
});

test('its unit is one of a board where one takes down', async () => {
  for (const unit of ['Hällmarksskolan', 'hallmarksskolan', 'ingen', ' '])
    assert.deepEqual(await faultsOf({ place: { unit } }), ['place.unit'], unit);
  const units = await hanna.get('/api/v1/desk/deviation-units');
  assert.deepEqual(units.json.items.map(({ name }) => name), ['Fritidsgården Kullen', 'Furulidens äldreboende',
    'Förskolan Svalungen', 'Hemtjänst Oxeln']);
  assert.deepEqual(units.json.items[1], { code: 'furulidens-aldreboende', name: 'Furulidens äldreboende', board: farsta });
});

test('whatever its words say it stays at its own board', async () => {
  const res = await report({ text: 'Klotter på skolan.', category: 'klotter' });
  assert.equal(res.status, 201, res.text);
  assert.equal(res.json.board.code, farsta);
  assert.equal(res.json.routing.rule, 'deviation');
});

test('the same key is the same deviation, and other types have no such members', async () => {
  const key = { 'idempotency-key': 'avvikelse-1' };
  const first = await report({}, hanna, key);
  assert.equal((await report({}, hanna, key)).json.number, first.json.number);
  assert.equal((await report({ deviation: { ...deviation.deviation, statutory: 'no' } }, hanna, key)).status, 409);
  const res = await report({ type: 'complaint', channel: 'phone' });
  assert.deepEqual(res.json.invalidParams.map(({ name }) => name), ['deviation']);
});

const unitsFor = async (client) => {
  const res = await client.get('/api/v1/desk/deviation-units');
  return res.status === 200 ? res.json.items.map(({ code }) => code) : res.status;
};
const elsewhere = { place: { unit: 'Förskolan Svalungen' } };

test('managers report of what they lead, the board or a unit, and take nothing else down', async () => {
  assert.equal((await unitsFor(mats)).length, 4);
  const res = await report({}, mats);
  assert.equal(res.status, 201, res.text);
  const { json } = await mats.get(`${path}/${res.json.number}`);
  assert.deepEqual([json.type, json.events[0].byName], ['deviation', 'Test mats.chef']);
  const unit = await newColleague(server, 'ulla.enhet', `manager@${farsta}/furulidens-aldreboende`);
  assert.deepEqual(await unitsFor(unit), ['furulidens-aldreboende']);
  assert.equal((await report({}, unit)).status, 201);
  assert.equal((await report(elsewhere, unit)).status, 422);
  const n = (await server.sql('SELECT count(*) AS n FROM synpunkt.case'))[0].n;
  assert.equal((await mats.post(path, { json: { type: 'complaint', channel: 'phone', text: 'x', category: 'park' } })).status, 403);
  assert.equal((await server.sql('SELECT count(*) AS n FROM synpunkt.case'))[0].n, n);
});

test('a provider reports of its own unit alone', async () => {
  const provider = await newColleague(server, 'ove.utforare', `provider@${farsta}/furulidens-aldreboende`);
  assert.deepEqual(await unitsFor(provider), ['furulidens-aldreboende']);
  assert.equal((await report({}, provider)).status, 201);
  assert.deepEqual((await report(elsewhere, provider)).json.invalidParams.map(({ name }) => name), ['place.unit']);
  assert.equal((await provider.post(path, { json: { type: 'praise', channel: 'phone', text: 'x', category: 'park' } })).status, 403);
});

test('nobody else reports one, and the database says the same', async () => {
  for (const role of ['board-secretary', 'analyst', 'auditor']) {
    const client = await newColleague(server, `inte.${role}`, `${role}@${role === 'analyst' ? '*' : farsta}`);
    assert.equal(await unitsFor(client), 403, role);
    assert.equal((await report({}, client)).status, 403, role);
  }
  const asked = (type, board) => server.sql(`SELECT synpunkt.reporter_of(encode(s.token_hash, 'hex'), '${type}', '${board}')
    FROM synpunkt.staff_session s JOIN synpunkt.staff_user u ON u.id = s.user_id WHERE u.username = 'mats.chef'`);
  await asked('deviation', farsta);
  await assert.rejects(asked('complaint', farsta), /none of the session/);
  await assert.rejects(asked('deviation', 'trafiknamnden'), /none of the session/);
});
