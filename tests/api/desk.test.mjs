/* The desk: what staff of one board see and do, and what they must not. */
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';

import { actions } from './contract_desk_kit.mjs';
import { eventually, sleep, startServer } from './harness.mjs';
import { addUser, newColleague, signIn } from './staff.mjs';

const trafik = 'trafiknamnden';
const farsta = 'farsta-stadsdelsnamnd';
let server;
let anna; /* case-handler */
let carl; /* coordinator */
let other; /* at another board */

before(async () => {
  server = await startServer();
  anna = await newColleague(server, 'anna', `case-handler@${trafik}`, 'Anna Ek');
  carl = await newColleague(server, 'carl', `coordinator@${trafik}`, 'Carl Alm');
  other = await newColleague(server, 'farsta', `coordinator@${farsta}`, 'Fia Lind');
});
after(() => server.stop());

async function submit(text = 'Lampan är trasig', more = {}) {
  const res = await server.post('/api/v1/cases', { json: { text, category: 'gatubelysning',
    contact: { email: 'a@example.org' }, ...more } });
  assert.equal(res.status, 201, res.text);
  assert.equal(res.json.board.code, trafik);
  return res.json;
}

const at = (number, what = '') => `/api/v1/desk/cases/${number}${what && `/${what}`}`;

/* A case with its ETag, as the client sees it. */
async function look(client, number) {
  const res = await client.get(at(number));
  assert.equal(res.status, 200, res.text);
  assert.equal(res.headers.etag, `"${res.json.version}"`);
  return { ...res.json, etag: res.headers.etag };
}

/* Does it with the version as it is now. */
async function act(client, number, what, json, status = 201) {
  const { etag } = await look(client, number);
  const res = what === 'change' ? await client.patch(at(number), { json, etag })
    : await client.post(at(number, what), { json, etag });
  assert.equal(res.status, status, res.text);
  return res;
}

const follow = async (c) => (await server.get(`/api/v1/cases/${c.number}`,
  { headers: { authorization: `Bearer ${c.followUpCode}` } })).json;

async function chainHolds() {
  assert.deepEqual(await server.sql(`SELECT e.case_id, e.seq FROM synpunkt.case_event e
    WHERE e.hash <> synpunkt.event_hash(coalesce((SELECT b.hash FROM synpunkt.case_event b
      WHERE b.case_id = e.case_id AND b.seq = e.seq - 1), ''), e.case_id, e.seq, e.at,
      e.what, e.actor, e.board, e.codes, e.content)`), []);
}

test('the queue holds the board’s open cases, soonest answer first', async () => {
  const c = await submit('Gatlyktan  vid\nporten är   trasig');
  const res = await anna.get('/api/v1/desk/cases?limit=200');
  assert.equal(res.status, 200, res.text);
  const item = res.json.items.find((i) => i.number === c.number);
  assert.deepEqual(item, { number: c.number, type: 'complaint', category: 'gatubelysning',
    board: trafik, status: 'received', acknowledgeBy: c.acknowledgeBy,
    answerBy: c.answerBy, handler: null, handlerName: null, receivedAt: c.receivedAt,
    overdue: false, threat: false, protectedIdentity: false, marked: false,
    snippet: 'Gatlyktan vid porten är trasig', version: 1, restricted: false, supporters: 0,
    acknowledged: false, daysLeft: item.daysLeft, attention: [], urgent: false, needsHuman: false,
    channel: 'api', unitName: null, districtName: null });
  assert.ok(item.daysLeft > 2);
  const days = res.json.items.map((i) => i.answerBy);
  assert.deepEqual(days, [...days].sort());
  assert.ok(res.json.items.every((i) => i.board === trafik && i.status !== 'closed'));
});

test('pages follow each other without a gap or a repeat, by either order', async () => {
  for (const sort of ['answerBy', 'receivedAt']) {
    const whole = (await anna.get(`/api/v1/desk/cases?limit=200&sort=${sort}`)).json;
    assert.ok(whole.items.length > 5);
    const found = [];
    let next = '';
    do {
      const page = (await anna.get(`/api/v1/desk/cases?limit=3&sort=${sort}${
        next && `&after=${encodeURIComponent(next)}`}`)).json;
      found.push(...page.items.map((i) => i.number));
      next = page.next;
    } while (next && found.length < whole.items.length);
    assert.deepEqual(found, whole.items.map((i) => i.number).slice(0, found.length));
    assert.equal(found.length, whole.items.length);
  }
});

test('filters narrow the queue', async () => {
  const c = await submit('Filtrera mig', { category: 'snorojning', type: 'suggestion' });
  await act(anna, c.number, 'assignments', { user: 'anna' });
  const has = async (query) => {
    const res = await anna.get(`/api/v1/desk/cases?limit=200&${query}`);
    assert.equal(res.status, 200, res.text);
    return res.json.items.some((i) => i.number === c.number);
  };
  for (const query of ['status=assigned', 'status=received,assigned', 'status=any',
    'category=snorojning', 'type=suggestion', 'handler=anna', 'handler=me',
    `board=${trafik}`, 'overdue=false'])
    assert.ok(await has(query), query);
  for (const query of ['status=received', 'status=closed', 'category=park',
    'type=complaint', 'handler=carl', 'handler=none', `board=${farsta}`, 'overdue=true',
    'district=farsta'])
    assert.ok(!await has(query), query);
  const late = await anna.get('/api/v1/desk/cases?overdue=true');
  assert.ok(late.json.items.every((i) => i.overdue));
});

test('wrong values are all told at once', async () => {
  const res = await anna.get(
    '/api/v1/desk/cases?status=lost&type=x&sort=y&overdue=z&limit=0&after=q');
  assert.equal(res.status, 422);
  assert.deepEqual(res.json.invalidParams.map((p) => p.name).sort(),
    ['after', 'limit', 'overdue', 'sort', 'status', 'type']);
  for (const after of ['2026-01-01~x', '~1', '2026-13-01~1', "2026-01-01'~1",
    `2026-01-01~${'9'.repeat(30)}`])
    assert.equal((await anna.get(`/api/v1/desk/cases?after=${encodeURIComponent(after)}`))
      .status, 422, after);
});

test('words are found a moment later, by their stem, at one’s own board only', async () => {
  const c = await submit('En trasig xylofonlampa vid bron');
  const find = async (client, q) => (await client.get(
    `/api/v1/desk/cases?q=${encodeURIComponent(q)}`)).json.items.map((i) => i.number);
  await eventually('the case is found', async () =>
    (await find(anna, 'xylofonlampa')).includes(c.number));
  assert.deepEqual(await find(anna, 'xylofonlampor'), [c.number]);
  assert.deepEqual(await find(anna, 'xylofonlampa -bron'), []);
  assert.deepEqual(await find(other, 'xylofonlampa'), []);
});

test('one case is shown whole', async () => {
  const c = await submit('Allt om detta', { place: { lat: 59.33, lon: 18.06,
    address: 'Vasagatan 1' }, contact: { name: 'Eva', email: 'eva@example.org' } });
  const it = await look(anna, c.number);
  assert.equal(it.text, 'Allt om detta');
  assert.equal(it.contact.email, 'eva@example.org');
  assert.equal(it.place.address, 'Vasagatan 1');
  assert.ok(Math.abs(it.place.lat - 59.33) < 1e-9);
  assert.deepEqual(it.events.map((e) => e.what), ['received']);
  assert.equal(it.legs.length, 1);
  assert.deepEqual(it.actions, ['change', 'acknowledge', 'ask', 'reply', 'note', 'assign',
    'transfer', 'close', 'notify-delay', 'interim-reply', 'wait', 'mark', 'concern',
    'flag-threat', 'protect', 'ask-consent', 'correct', 'split', 'show-photo', 'show-case', 'merge', 'mask-picture', 'hand-off', 'order']);
});

test('another board’s case is not there, to read or to change', async () => {
  const c = await submit();
  for (const number of [c.number, '2026-1', 'nonsense'])
    assert.equal((await other.get(at(number))).status, 404);
  for (const [what, json] of [['notes', { text: 'x' }], ['replies', { text: 'x' }],
    ['assignments', { user: 'farsta' }], ['closures', { reason: 'remedied' }]])
    assert.equal((await other.post(at(c.number, what), { json, etag: '"1"' })).status, 404);
  const list = await other.get(`/api/v1/desk/cases?board=${trafik}&status=any&limit=200`);
  assert.deepEqual(list.json.items, []);
  assert.equal((await look(anna, c.number)).version, 1);
});

test('the list’s own statement without its filter leaks nothing', async () => {
  const hash = (await server.sql(`SELECT encode(s.token_hash, 'hex') AS h
    FROM synpunkt.staff_session s JOIN synpunkt.staff_user u ON u.id = s.user_id
    WHERE u.username = 'farsta' LIMIT 1`))[0].h;
  for (const table of ['case', 'case_event', 'case_leg', 'case_change'])
    assert.deepEqual((await server.sqlAs('synpunkt_desk', `SET synpunkt.session = '${hash}';
      SELECT DISTINCT board FROM synpunkt.${table}`)).filter((r) => r.board === trafik
      && table !== 'case_event' && table !== 'case_leg'), [], table);
});

test('no session is 401, roles without cases 403', async () => {
  assert.equal((await server.get('/api/v1/desk/cases')).status, 401);
  assert.equal((await server.post(at('2026-1', 'notes'), { json: {} })).status, 401);
  const analyst = await newColleague(server, 'analys', 'analyst@*');
  assert.equal((await analyst.get('/api/v1/desk/cases')).status, 403);
});

test('a change without If-Match is 428, with an old one 409 with the case as it is', async () => {
  const c = await submit();
  const [a, b] = [await look(anna, c.number), await look(carl, c.number)];
  const missing = await anna.post(at(c.number, 'notes'), { json: { text: 'x' } });
  assert.equal(missing.status, 428);
  const first = await anna.post(at(c.number, 'replies'),
    { json: { text: 'Annas svar' }, etag: a.etag });
  assert.equal(first.status, 201);
  const second = await carl.post(at(c.number, 'replies'),
    { json: { text: 'Carls svar' }, etag: b.etag });
  assert.equal(second.status, 409);
  assert.equal(second.headers['content-type'], 'application/problem+json');
  assert.equal(second.json.current.version, first.json.version);
  assert.equal(second.json.current.messages.at(-1).text, 'Annas svar');
  assert.equal((await look(carl, c.number)).messages.length, 1);
});

test('two at the same moment: one is done, one is 409', async () => {
  const c = await submit();
  const { etag } = await look(anna, c.number);
  const both = await Promise.all([anna, carl].map((client) =>
    client.post(at(c.number, 'notes'), { json: { text: 'samtidigt' }, etag })));
  assert.deepEqual(both.map((r) => r.status).sort(), [201, 409]);
});

test('from receipt to the answer, and the complainant sees it', async () => {
  const c = await submit();
  let res = await act(carl, c.number, 'assignments', { user: 'anna' });
  assert.equal(res.json.status, 'assigned');
  assert.equal(res.json.handler, 'anna');
  res = await act(anna, c.number, 'acknowledgements', { text: 'Vi har fått det.' });
  assert.ok(res.json.acknowledgedAt);
  await act(anna, c.number, 'acknowledgements', {}, 409);
  await act(anna, c.number, 'notes', { text: 'hemlig anteckning' });
  res = await act(anna, c.number, 'questions', { text: 'Vilken lampa?' });
  assert.equal(res.json.status, 'waiting-complainant');
  await server.post(`/api/v1/cases/${c.number}/messages`, { json: { text: 'Den vid dörren' },
    headers: { authorization: `Bearer ${c.followUpCode}` } });
  assert.equal((await look(anna, c.number)).status, 'assigned');
  res = await act(anna, c.number, 'replies', { text: 'Lagad.', close: 'remedied' });
  assert.equal(res.json.status, 'closed');
  assert.equal(res.json.closureReason, 'remedied');
  assert.ok(res.json.answeredAt && res.json.closedAt);
  assert.deepEqual(res.json.events.map((e) => e.what), ['received', 'assigned',
    'acknowledged', 'note', 'question', 'clock-stopped', 'message', 'changed',
    'clock-resumed', 'replied', 'closed']);
  const seen = await follow(c);
  assert.equal(seen.status, 'closed');
  assert.deepEqual(seen.messages.map((m) => m.text),
    ['Vi har fått det.', 'Vilken lampa?', 'Den vid dörren', 'Lagad.']);
  assert.ok(!JSON.stringify(seen).includes('hemlig'));
  assert.ok(!JSON.stringify(seen).includes('Anna'));
  const more = await server.post(`/api/v1/cases/${c.number}/messages`,
    { json: { text: 'x' }, headers: { authorization: `Bearer ${c.followUpCode}` } });
  assert.equal(more.status, 409);
  const mails = await server.sql(`SELECT kind FROM synpunkt.outbox
    WHERE case_id = ${c.number.split('-')[1]} ORDER BY id`);
  assert.deepEqual(mails.map((m) => m.kind),
    ['receipt', 'acknowledgement', 'question', 'reply']);
  await act(anna, c.number, 'replies', { text: 'igen' }, 409);
  await chainHolds();
});

test('a first reply meets both clocks; a closed case opens again', async () => {
  const c = await submit();
  let res = await act(anna, c.number, 'replies', { text: 'Svar' });
  assert.equal(res.json.status, 'answered');
  assert.ok(res.json.acknowledgedAt && res.json.answeredAt);
  res = await act(anna, c.number, 'closures', { reason: 'explained' });
  assert.equal(res.json.legs[0].state, 'closed');
  assert.deepEqual(res.json.actions, ['note', 'reopen', 'mark', 'flag-threat', 'protect',
    'correct', 'show-photo', 'show-case', 'mask-picture', 'hand-off']);
  res = await act(anna, c.number, 'reopenings', {});
  assert.equal(res.json.status, 'received');
  assert.equal(res.json.closedAt, null);
  assert.equal(res.json.legs.length, 1);
  assert.equal(res.json.legs[0].endedAt, null);
  await chainHolds();
});

test('what it is about can be changed, and the change is told by codes', async () => {
  const c = await submit();
  const res = await act(anna, c.number, 'change', { category: 'vagskador',
    type: 'fault-report', sensitivity: 2, qualityDimension: 'safety' }, 200);
  assert.equal(res.json.category, 'vagskador');
  assert.equal(res.json.qualityDimension, 'safety');
  assert.equal(res.json.version, 2);
  assert.deepEqual(res.json.events.at(-1).codes, { category: { from: 'gatubelysning',
    to: 'vagskador' }, type: { from: 'complaint', to: 'fault-report' },
  sensitivity: { from: 1, to: 2 }, qualityDimension: { from: null, to: 'safety' } });
  const same = await act(anna, c.number, 'change', { category: 'vagskador' }, 200);
  assert.equal(same.json.version, 2);
  for (const json of [{ category: 'ingen' }, { type: 'x' }, { sensitivity: 5 },
    { qualityDimension: 'x' }])
    await act(anna, c.number, 'change', json, 422);
});

test('a case goes to another board and comes back, with its number and clocks', async () => {
  const c = await submit('Skicka mig vidare');
  const before = await look(anna, c.number);
  let res = await act(anna, c.number, 'transfers',
    { board: farsta, ground: 'no-secrecy', text: 'Er park' });
  assert.equal(res.json.number, c.number);
  assert.equal((await look(anna, c.number)).part, 'earlier');
  let there = await look(other, c.number);
  assert.equal(there.board, farsta);
  assert.equal(there.answerBy, before.answerBy);
  assert.equal(there.notes[0].text, 'Er park');
  assert.ok(there.actions.includes('return'));
  assert.deepEqual(there.legs.map((l) => l.state), ['passed-on', 'offered']);
  await act(other, c.number, 'returns', { text: 'Inte vår' });
  assert.equal((await look(other, c.number)).part, 'earlier');
  const back = await look(anna, c.number);
  assert.deepEqual(back.legs.map((l) => [l.board, l.state]), [[trafik, 'passed-on'],
    [farsta, 'returned'], [trafik, 'offered']]);
  res = await act(anna, c.number, 'notes', { text: 'Då tar vi den' });
  assert.equal(res.json.legs[2].state, 'accepted');
  assert.ok(res.json.events.some((e) => e.what === 'leg-accepted'));
  await act(anna, c.number, 'returns', {}, 409);
  for (const json of [{ board: trafik, ground: 'consent' }, { board: 'nowhere',
    ground: 'consent' }, { board: farsta, ground: 'x' }, { board: farsta }])
    await act(anna, c.number, 'transfers', json, 422);
  await chainHolds();
});

test('roles: who may only read may not write', async () => {
  const c = await submit();
  const clerk = await newColleague(server, 'sekr', `board-secretary@${trafik}`);
  const auditor = await newColleague(server, 'revisor', `auditor@${trafik}`);
  assert.deepEqual((await look(clerk, c.number)).actions, ['note', 'mark', 'hold']);
  await act(clerk, c.number, 'replies', { text: 'x' }, 403);
  assert.equal((await auditor.post(`${at(c.number)}/notes`, { json: { text: 'x' }, etag: '*' })).status, 403);
  await act(clerk, c.number, 'notes', { text: 'till nämnden' });
});

test('the table is the same for server, tool and desk', async () => {
  const shown = (await anna.get('/api/v1/desk/access')).json;
  const out = await server.ctl(['--json', 'config', '--access']);
  assert.deepEqual(JSON.parse(out.stdout), shown);
  assert.deepEqual(shown.actions.map((a) => a.action).sort(), Object.keys(actions).sort());
});

test('a case is given to colleagues of the board only', async () => {
  const c = await submit();
  const list = (await anna.get('/api/v1/desk/colleagues')).json.items;
  assert.ok(list.some((p) => p.user === 'carl' && p.boards.includes(trafik)));
  assert.ok(!list.some((p) => p.user === 'farsta'));
  for (const json of [{ user: 'farsta' }, { user: 'ingen' }, {}])
    await act(anna, c.number, 'assignments', json, 422);
  await act(anna, c.number, 'assignments', { user: 'carl' });
  const res = await act(anna, c.number, 'assignments', { user: null });
  assert.deepEqual([res.json.handler, res.json.status], [null, 'received']);
});

test('words are required where they are the point', async () => {
  const c = await submit();
  for (const what of ['replies', 'notes', 'questions'])
    for (const text of [undefined, '', '  \n', 'a\u0000b', 'x'.repeat(10001)])
      await act(anna, c.number, what, { text }, 422);
  await act(anna, c.number, 'closures', {}, 422);
  assert.equal((await look(anna, c.number)).version, 1);
});

test('a role taken away while a case is open counts at once', async () => {
  const password = await addUser(server, 'avgar', `case-handler@${trafik}`);
  const leaver = await signIn(server, 'avgar', password);
  const c = await submit();
  const { etag } = await look(leaver, c.number);
  await server.sql(`UPDATE synpunkt.staff_role SET valid_to = current_date - 1
    WHERE user_id = (SELECT id FROM synpunkt.staff_user WHERE username = 'avgar')`);
  assert.ok([403, 404].includes((await leaver.post(at(c.number, 'notes'),
    { json: { text: 'x' }, etag })).status));
  assert.ok([403, 404].includes((await leaver.get(at(c.number))).status));
});

/* An open stream: its text so far, and close(). */
async function events(client, headers = {}) {
  const url = new URL('/api/v1/desk/events', server.url);
  const req = http.get(url, { agent: false, headers: { cookie: client.cookie, ...headers } });
  const res = await new Promise((done, fail) => { req.on('response', done); req.on('error', fail); });
  const stream = { status: res.statusCode, type: res.headers['content-type'], text: '',
    ended: false, close: () => req.destroy() };
  res.setEncoding('utf8').on('data', (text) => { stream.text += text; });
  res.on('end', () => { stream.ended = true; }).on('error', () => {});
  req.on('error', () => {});
  stream.list = () => [...stream.text.matchAll(
    /id: (\d+)\nevent: case-changed\ndata: (.*)\n\n/g)]
    .map((m) => ({ id: m[1], ...JSON.parse(m[2]) }));
  return stream;
}

test('changes come as they happen, to those who may see them, and can be resumed', async () => {
  const [mine, theirs] = [await events(anna), await events(other)];
  assert.equal(mine.status, 200);
  assert.equal(mine.type, 'text/event-stream');
  await eventually('both are open', () => mine.text && theirs.text);
  await sleep(300);
  const c = await submit('En ny som ska synas');
  await eventually('the new case is told', () =>
    mine.list().some((e) => e.number === c.number && e.version === 1));
  await act(carl, c.number, 'notes', { text: 'nytt' });
  await eventually('the change is told', () =>
    mine.list().some((e) => e.number === c.number && e.version === 2));
  assert.ok(!theirs.list().some((e) => e.number === c.number));
  const first = mine.list().find((e) => e.number === c.number);
  mine.close();
  await act(carl, c.number, 'notes', { text: 'medan ingen såg' });
  const again = await events(anna, { 'last-event-id': first.id });
  await eventually('what was missed comes', () => again.list()
    .filter((e) => e.number === c.number).map((e) => e.version).join() === '2,3');
  again.close();
  theirs.close();
});
