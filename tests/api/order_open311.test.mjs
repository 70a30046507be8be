/* Work orders by Open311: a contractor's server that is down, slow, lies, or answers twice. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { at, submitTo, trafik } from './contract_desk_kit.mjs';
import { eventually, startServer } from './harness.mjs';
import { json, startContractor } from './open311_contractor.mjs';
import { addContractor, addShare, doOrder, eventsOf, hurry, order, orders, row } from './order_kit.mjs';
import { newColleague } from './staff.mjs';

const who = { name: 'Vendela Hemlig', email: 'vendela.hemlig@example.org', phone: '070-765 43 21' };
const key = 'nyckel-som-ingen-ser-9817';
let server, desk, there;
before(async () => {
  there = await startContractor();
  server = await startServer({ env: { SYNPUNKT_CONTRACTOR_PRIVATE: 'true', SYNPUNKT_CONTRACTOR_TIMEOUT_S: '2',
    SYNPUNKT_INTAKE_PER_HOUR: '0' } });
  desk = await newColleague(server, 'kontrakt-co', `coordinator@${trafik}`, 'Cia Ord');
  await addContractor(desk, { code: 'gator', name: 'Gator AB', way: 'open311', url: there.url, jurisdiction: 'stad.example' });
  await addContractor(desk, { code: 'vet', name: 'Vet AB', way: 'open311', url: there.url, takesKeys: true, takesUpdates: true });
  const res = await desk.post('/api/v1/desk/contractors/gator/keys', { json: { key } });
  assert.equal(res.status, 204, res.text);
});
after(async () => {
  await there?.close();
  await server?.stop();
  assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
  assert.ok(!server.log.includes(key), 'the key is in no log');
});

const submit = () => submitTo(server, `Hål i gatan. Hälsningar ${who.name}`, { contact: who,
  place: { lat: 59.3251, lon: 18.0711, address: 'Ljusgatan 1' } });
const one = async (c) => (await orders(desk, c.number)).items[0];
const becomes = (c, state) => eventually(`the order is ${state}`, async () => {
  const it = await one(c);
  return it?.state === state && it;
}, 20000);
const troubled = (c, trouble) => eventually(`it says ${trouble}`, async () => {
  const it = await one(c);
  return it.trouble === trouble && it;
}, 20000);
const sent = async (contractor = 'gator') => {
  const c = await submit();
  const made = await order(desk, c.number, { contractor });
  await becomes(c, 'sent');
  return { ...c, id: made.id };
};
const usual = () => {
  there.create = there.taken;
  there.look = there.told;
  there.status = 'open';
  there.notes = null;
};

test('a request tells what and where with the contractor’s codes, and never who wrote', async () => {
  await addShare(desk, { contractor: 'gator', category: 'gatubelysning', serviceCode: 'LAMP' });
  const c = await sent();
  const { fields, key: once } = there.requests.at(-1);
  assert.deepEqual([fields.api_key, fields.jurisdiction_id, fields.service_code, fields.address_string],
    [key, 'stad.example', 'LAMP', 'Ljusgatan 1']);
  assert.ok(Math.abs(fields.lat - 59.3251) < 1e-6 && Math.abs(fields.long - 18.0711) < 1e-6);
  assert.match(fields.description, /^Gatubelysning\n\nByt lampan i stolpen\.\n\n2\d{3}-\d+$/);
  assert.match(once, /^[0-9a-f-]{36}$/);
  for (const secret of [who.name, who.email, who.phone, c.followUpCode])
    assert.ok(!JSON.stringify(fields).includes(secret), secret);
  assert.match((await one(c)).remoteId, /^G-\d+$/);
  for (const where of [at(c.number, 'orders'), '/api/v1/settings/contractors', '/api/v1/settings/contractors/gator'])
    assert.ok(!(await desk.get(where)).text.includes(key), where);
  assert.ok(!(await server.sql('SELECT sealed FROM synpunkt.contractor_key'))[0].sealed.includes(Buffer.from(key).toString('hex')));
});

test('what the contractor’s service asks for is answered by its share', async () => {
  await addShare(desk, { contractor: 'gator', category: 'klotter', serviceCode: 'KLOTTER',
    serviceAnswers: ['material=puts & sten', 'yta[]=mur', 'yta[]=bänk = soffa'] });
  const c = await submitTo(server, 'Klotter', { category: 'klotter', place: { lat: 59.3251, lon: 18.0711, address: 'Ljusgatan 1' } });
  await order(desk, c.number, { contractor: 'gator' });
  await becomes(c, 'sent');
  const { fields } = there.requests.at(-1);
  assert.deepEqual([fields.service_code, fields['attribute[material]'], fields['attribute[yta][]']],
    ['KLOTTER', 'puts & sten', 'bänk = soffa']);
  assert.ok(there.bodies.at(-1).includes(`${encodeURIComponent('attribute[yta][]')}=mur`)
    || there.bodies.at(-1).includes('attribute[yta][]=mur'), there.bodies.at(-1));
  for (const wrong of ['utan svar', '=svar', 'två ord=svar', 'kod[x]=svar', 'kod=']) {
    const res = await desk.post('/api/v1/settings/contractor-shares', { json: { reason: 'Ny', row: { board: trafik,
      contractor: 'gator', category: 'park', serviceCode: 'X', serviceAnswers: [wrong] } } });
    assert.equal(res.json.invalidParams?.[0].name, 'row.serviceAnswers', `${wrong}: ${res.text}`);
  }
});

test('the status is followed back: closed there is done here, with the contractor’s notes', async () => {
  const c = await sent();
  await hurry(server);
  await eventually('it was asked', () => there.asked.some((a) => a.startsWith('GET /v2/requests/')));
  assert.equal((await one(c)).state, 'sent');
  there.status = 'closed';
  there.notes = 'Lagat i natt.';
  await hurry(server);
  await becomes(c, 'done');
  usual();
  const it = (await desk.get(at(c.number))).json;
  assert.equal(it.status, 'received');
  assert.ok(it.notes.some((n) => n.text === 'Lagat i natt.'));
  assert.deepEqual(await eventsOf(server, c.number), ['order-placed', 'order-sent', 'order-done']);
  const asked = there.asked.length;
  await hurry(server);
  await new Promise((done) => { setTimeout(done, 2500); });
  assert.ok(!there.asked.slice(asked).some((a) => a.includes(`/${c.remoteId}.`)), 'nothing more is asked');
});

test('a server that shows a request to its key alone is asked with the key', async () => {
  await addContractor(desk, { code: 'las', name: 'Lås AB', way: 'open311', url: there.url, jurisdiction: 'stad', readsKeyed: true });
  assert.equal((await desk.post('/api/v1/desk/contractors/las/keys', { json: { key } })).status, 204);
  there.look = (res, id, query) => (query.get('api_key') === key ? there.told(res, id) : res.writeHead(404).end());
  const c = await sent('las');
  there.status = 'closed';
  await hurry(server);
  await becomes(c, 'done');
  usual();
  const { remoteId } = await one(c);
  assert.ok(there.asked.includes(`GET /v2/requests/${remoteId}.json?api_key=${key}&jurisdiction_id=stad`), there.asked.at(-1));
  assert.ok(!there.asked.some((a) => a.includes(key) && !a.includes(remoteId)), 'no other is asked with it');
});

test('a key is told of and forgotten, by who leads the board, and never shown', async () => {
  await addContractor(desk, { code: 'nyckel', name: 'Nyckel AB', way: 'open311', url: there.url });
  const keys = '/api/v1/desk/contractors/nyckel/keys';
  assert.deepEqual((await desk.get(keys)).json, { items: [], next: null });
  assert.equal((await desk.post(keys, { json: { key } })).status, 204);
  const { json: { items: [it] }, text } = await desk.get(keys);
  assert.equal(it.setBy, 'Cia Ord');
  assert.ok(Date.parse(it.setAt) && !text.includes(key));
  const handler = await newColleague(server, 'kontrakt-ha', `case-handler@${trafik}`);
  const other = await newColleague(server, 'kontrakt-ut', 'coordinator@utbildningsnamnden');
  for (const who of [handler, other]) {
    assert.equal((await who.get(keys)).status, 404);
    assert.equal((await who.delete(keys)).status, 403);
  }
  assert.equal((await desk.get('/api/v1/desk/contractors/ingen/keys')).status, 404);
  assert.equal((await desk.delete(keys)).status, 204);
  assert.deepEqual((await desk.get(keys)).json.items, []);
  await desk.post(keys, { json: { key } });
  const { headers: { etag } } = await desk.get('/api/v1/settings/contractors/nyckel');
  const res = await desk.put('/api/v1/settings/contractors/nyckel', { etag, json: { reason: 'Flyttat', row: {
    board: trafik, name: 'Nyckel AB', way: 'open311', url: `${there.url}/ny` } } });
  assert.equal(res.status, 200, res.text);
  assert.deepEqual((await desk.get(keys)).json.items, [], 'another address has another key');
});

test('a server that gives a token first is asked for the number', async () => {
  there.create = (res) => json(res, [{ token: 'T-7' }]);
  const c = await sent();
  usual();
  assert.equal((await one(c)).remoteId, null);
  there.token = (res, token) => json(res, [{ token, service_request_id: 'G-700' }]);
  await hurry(server);
  await eventually('it has a number', async () => (await one(c)).remoteId === 'G-700');
});

test('a server that is down gets the order when it is up, once', async () => {
  await there.close();
  const c = await submit();
  const made = await order(desk, c.number, { contractor: 'gator' });
  await troubled(c, 'connect');
  assert.equal((await one(c)).state, 'waiting');
  await there.open();
  const n = there.requests.length;
  await hurry(server);
  await becomes(c, 'sent');
  assert.equal(there.requests.length, n + 1);
  const held = await submit();
  await there.close();
  const second = await order(desk, held.number, { contractor: 'gator' });
  await troubled(held, 'connect');
  await server.sql(`UPDATE synpunkt.work_order SET due_at = now(), give_up_at = now() - interval '1 second' WHERE id = ${second.id}`);
  const stuck = await becomes(held, 'stuck');
  await there.open();
  assert.deepEqual([stuck.trouble, stuck.actions], ['connect', ['recall', 'resend', 'confirm']]);
  assert.ok(made.id < second.id);
  await doOrder(desk, held.number, second.id, 'resends');
  await becomes(held, 'sent');
});

test('one that takes too long may have it: it is not sent again, and a person says which', async () => {
  there.create = () => {}; /* never */
  const a = await submit();
  const b = await submit();
  const [one_, two] = [await order(desk, a.number, { contractor: 'gator' }), await order(desk, b.number, { contractor: 'gator' })];
  for (const c of [a, b]) assert.equal((await becomes(c, 'stuck')).trouble, 'unsure');
  usual();
  const n = there.requests.length;
  await hurry(server);
  await new Promise((done) => { setTimeout(done, 2500); });
  assert.equal(there.requests.length, n, 'nothing is sent again by itself');
  const known = await doOrder(desk, a.number, one_.id, 'confirmations', { remoteId: 'G-900' });
  assert.deepEqual([known.state, known.remoteId], ['sent', 'G-900']);
  await doOrder(desk, b.number, two.id, 'resends');
  await becomes(b, 'sent');
  assert.equal(there.requests.length, n + 1);
  await doOrder(desk, b.number, two.id, 'confirmations', { remoteId: 'G-901' }, 409);
});

test('one that knows a request again is sent it again, with the same key, and has it once', async () => {
  const n = there.requests.length;
  there.create = () => {};
  const c = await submit();
  await order(desk, c.number, { contractor: 'vet' });
  await troubled(c, 'timeout');
  usual();
  await hurry(server);
  const it = await becomes(c, 'sent');
  const sentOnes = there.requests.slice(n);
  assert.ok(sentOnes.length >= 2);
  assert.equal(new Set(sentOnes.map((r) => r.key)).size, 1);
  assert.equal(it.remoteId, there.idOf[sentOnes[0].key]);
});

test('a job worker that dies while it sends leaves a question, not a second request', async () => {
  const c = await submit();
  const made = await order(desk, c.number, { contractor: 'gator' });
  await becomes(c, 'sent');
  await server.sql(`UPDATE synpunkt.work_order SET state = 'waiting', task = 'send', begun = true, remote_id = NULL,
    due_at = now() WHERE id = ${made.id}`);
  const n = there.requests.length;
  assert.equal((await becomes(c, 'stuck')).trouble, 'unsure');
  assert.equal(there.requests.length, n);
});

test('lies to a new request are told as such, and nothing is believed', async () => {
  const lies = [
    ['lies-json', (res) => res.writeHead(201).end('<html>')],
    ['lies-json', (res) => res.writeHead(201).end('[{"service_request_id": "1", "service_request_id": "2"}]')],
    ['lies-count', (res) => json(res, [])],
    ['lies-count', (res) => json(res, [{ service_request_id: 'A' }, { service_request_id: 'B' }])],
    ['lies-id', (res) => json(res, [{ service_request_id: 'två ord' }])],
    ['lies-id', (res) => json(res, [{ service_request_id: null }])],
    ['lies-large', (res) => res.writeHead(201).end(`[${' '.repeat(70000)}]`)],
    ['lies-redirect', (res) => res.writeHead(302, { location: `${there.url}/requests/G-1.json` }).end()],
  ];
  for (const [lie, create] of lies) {
    there.create = create;
    const c = await submit();
    await order(desk, c.number, { contractor: 'gator' });
    const it = await becomes(c, 'stuck');
    assert.deepEqual([it.trouble, it.remoteId], [lie, null]);
  }
  usual();
  for (const [status, why] of [[400, '400'], [403, 'key']]) {
    there.create = (res) => json(res, [{ code: status, description: 'nej' }], status);
    const c = await submit();
    await order(desk, c.number, { contractor: 'gator' });
    assert.equal((await becomes(c, 'stuck')).trouble, why);
  }
  usual();
});

test('lies about a request change nothing; told five times running it is stuck', async () => {
  const c = await sent();
  const lies = [
    ['lies-id', (res) => json(res, [{ service_request_id: 'G-1', status: 'closed' }])],
    ['lies-status', (res, id) => json(res, [{ service_request_id: id, status: 'vanished' }])],
    ['lies-count', (res, id) => json(res, [{ service_request_id: id, status: 'closed' }, { service_request_id: id, status: 'open' }])],
    ['lies-redirect', (res) => res.writeHead(301, { location: 'http://127.0.0.1:1/' }).end()],
  ];
  const before_ = await eventsOf(server, c.number);
  for (const [lie, look] of lies) {
    there.look = look;
    await hurry(server);
    const it = await troubled(c, lie);
    assert.equal(it.state, 'sent');
    assert.deepEqual(await eventsOf(server, c.number), before_);
  }
  there.look = (res) => res.writeHead(404).end();
  await hurry(server);
  const it = await becomes(c, 'stuck');
  assert.deepEqual([it.trouble, it.actions], ['lies-gone', ['recall', 'resend']]);
  usual();
  const n = there.requests.length;
  await doOrder(desk, c.number, c.id, 'resends');
  await eventually('it is asked about again', async () => (await one(c)).trouble === null && (await one(c)).state === 'sent');
  assert.equal(there.requests.length, n, 'what is there is not sent a second time');
});

test('one that answers twice that it is done is done once', async () => {
  const c = await sent();
  there.status = 'closed';
  await hurry(server);
  await becomes(c, 'done');
  await server.sql(`UPDATE synpunkt.work_order SET task = 'look', due_at = now() WHERE id = ${c.id}`);
  await new Promise((done) => { setTimeout(done, 3000); });
  usual();
  assert.equal((await eventsOf(server, c.number)).filter((e) => e === 'order-done').length, 1);
});

test('a recall is told where the server takes one, and by telephone where it does not', async () => {
  const a = await sent('vet');
  const told = await doOrder(desk, a.number, a.id, 'recalls', { text: 'Den är redan lagad.' });
  assert.equal(told.state, 'recalled');
  await eventually('it is told', async () => (await one(a)).told === 'told');
  const update = there.updates.at(-1);
  assert.deepEqual([update.service_request_id, update.status, update.description], [(await one(a)).remoteId, 'CLOSED', 'Den är redan lagad.']);
  const b = await sent();
  assert.equal((await doOrder(desk, b.number, b.id, 'recalls', {})).told, 'by-telephone');
  there.status = 'closed';
  const events = await eventsOf(server, b.number);
  await server.sql(`UPDATE synpunkt.work_order SET task = 'look', due_at = now() WHERE id = ${b.id}`);
  await new Promise((done) => { setTimeout(done, 3000); });
  usual();
  assert.deepEqual(await eventsOf(server, b.number), events, 'a late answer changes nothing');
});

test('recalled while it is being sent: what comes of that is known, and the contractor told', async () => {
  let answer;
  there.create = (res, id) => { answer = () => there.taken(res, id); };
  const c = await submit();
  const made = await order(desk, c.number, { contractor: 'vet' });
  await eventually('it is there', () => answer);
  await doOrder(desk, c.number, made.id, 'recalls', {});
  answer();
  usual();
  await eventually('it is told', async () => (await one(c)).told === 'told', 20000);
  assert.ok(there.updates.some((u) => u.service_request_id === there.idOf[there.requests.at(-1).key]));
  assert.deepEqual(await eventsOf(server, c.number), ['order-placed', 'order-recalled']);
});

test('an automatic share orders by itself, subject and place alone, and only of open cases', async () => {
  await addShare(desk, { contractor: 'gator', category: 'snorojning', serviceCode: 'SNO', automatic: true });
  const c = await submitTo(server, 'Snö överallt hos Vendela', { category: 'snorojning', contact: who,
    place: { lat: 59.3251, lon: 18.0711, address: 'Ljusgatan 1' } });
  const it = await becomes(c, 'sent');
  assert.deepEqual([it.orderedBy, it.text], [null, '']);
  const { fields } = there.requests.at(-1);
  assert.equal(fields.service_code, 'SNO');
  assert.ok(!fields.description.includes('Snö överallt'));
  assert.equal((await desk.get(at(c.number))).json.status, 'waiting-other');
  const nowhere = await submitTo(server, 'Snö någonstans', { category: 'snorojning' });
  const child = await submitTo(server, 'Snö', { category: 'snorojning', type: 'question', place: { lat: 59.3251, lon: 18.0711 } });
  await eventually('they were looked at', async () => (await server.sql('SELECT 1 FROM synpunkt.work_order_candidate')).length === 0);
  for (const { number } of [nowhere, child]) assert.deepEqual((await orders(desk, number)).items, []);
  assert.ok(await row(server, it.id));
});

test('an address of our own network is not sent to unless the operator says so', async () => {
  const other = await startServer();
  const lead = await newColleague(other, 'leder', `coordinator@${trafik}`);
  await addContractor(lead, { code: 'inne', name: 'Inne', way: 'open311', url: there.url.replace('http:', 'https:') });
  const c = await submitTo(other, 'Hål', {});
  const n = there.asked.length;
  await order(lead, c.number, { contractor: 'inne' });
  await eventually('it is stuck', async () => (await orders(lead, c.number)).items[0].trouble === 'refused', 20000);
  assert.equal(there.asked.length, n);
  await other.stop();
});
