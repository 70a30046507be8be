/* The contract's section 3, "Desk": what is done with a case, step by step. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { assertProblem } from './contract_kit.mjs';
import { act, actions, at, coordinator, doIt, events, farsta, serial, submitTo, trafik }
  from './contract_desk_kit.mjs';
import { eventually, startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

let server;
let co;
let there;
before(async () => {
  server = await startServer();
  co = await coordinator(server);
  there = await newColleague(server, 'dar', `coordinator@${farsta}`);
});
after(() => server.stop());

const submit = (text = 'Lampan är trasig', more = {}) => submitTo(server, text, more);
const look = async (number, client = co) => (await client.get(at(number))).json;
const note = (number, etag, client = co) =>
  client.post(at(number, 'notes'), { json: { text: 'n' }, headers: { 'if-match': etag } });

test('every change wants If-Match: 428', async () => {
  const c = await submit();
  for (const action of Object.keys(actions))
    assertProblem(await doIt(co, c.number, action), 428);
  assert.equal((await look(c.number)).version, 1);
});

test('If-Match: the tag, a list, a weak one, any; else 409 with the case as it is', async () => {
  const c = await submit();
  let version = 1;
  for (const etag of ['"1"', '"7", "2"', 'W/"3"', '"x", W/"4" , "9"', '*', '"5","6","7"']) {
    const res = await note(c.number, etag);
    assert.equal(res.status, 201, `${etag} ${res.text}`);
    version += 1;
    assert.equal(res.headers.etag, `"${version}"`);
    assert.equal(res.json.version, version);
  }
  for (const etag of ['"1"', '"8"', '""', '"x"', '7', 'seven', '"-7"', '"7x"', ',', '"07 "',
    '"99999999999999999999"', '"1", "2"', '"*"', 'w/"7"']) {
    const res = await note(c.number, etag);
    assertProblem(res, 409);
    assert.equal(res.json.current.number, c.number, etag);
    assert.equal(res.json.current.version, 7);
  }
});

test('the answer of a change is the case as a GET shows it', async () => {
  const c = await submit();
  await eventually('registered',
    async () => (await look(c.number)).legs[0].registrationNumber !== null);
  const { headers, json } = await act(co, c.number, 'assign');
  /* As when the job worker takes the receipt to send it. */
  await server.sql(`UPDATE synpunkt.outbox SET due_at = due_at + interval '3 minutes'
    WHERE case_id = ${serial(c.number)}`);
  const got = await co.get(at(c.number));
  assert.deepEqual(got.json, json);
  assert.equal(got.headers.etag, headers.etag);
  assert.equal(got.headers['cache-control'], 'no-store');
});

test('a double click: one is done, the other 409; one event, one mail', async () => {
  for (const action of ['reply', 'ask', 'acknowledge', 'close', 'assign', 'note', 'wait']) {
    const c = await submit();
    const both = await Promise.all([1, 2, 3].map(() =>
      doIt(co, c.number, action, { etag: '"1"' })));
    assert.deepEqual(both.map((r) => r.status).sort(), [201, 409, 409], action);
    // Asking stops the answer's clock, which is the clock's own event.
    const whats = (await events(server, c.number)).map((e) => e.what);
    assert.equal(whats.filter((what) => what !== 'clock-stopped').length, 2, action);
    assert.equal(whats.includes('clock-stopped'), action === 'ask', action);
    assert.equal(new Set(whats).size, whats.length, action);
    const mails = await server.sql(`SELECT kind FROM synpunkt.outbox
      WHERE case_id = ${serial(c.number)} AND kind <> 'receipt'`);
    assert.equal(mails.length, ['reply', 'ask', 'acknowledge'].includes(action) ? 1 : 0, action);
  }
});

test('without a live session 401 comes first, then the token 403, then the rest', async () => {
  const c = await submit();
  const send = (headers) => server.post(at(c.number, 'notes'),
    { json: { text: 'x' }, headers: { 'if-match': '"1"', ...headers } });
  const dead = `synpunkt=${'ab'.repeat(32)}`;
  assertProblem(await send({}), 401);
  assertProblem(await send({ cookie: dead }), 401);
  assertProblem(await send({ cookie: dead, 'x-csrf-token': co.csrf }), 401);
  assertProblem(await send({ cookie: co.cookie }), 403);
  for (const token of ['', 'x', there.csrf, co.csrf.toUpperCase(), `${co.csrf}0`])
    assertProblem(await send({ cookie: co.cookie, 'x-csrf-token': token }), 403);
  assert.equal((await send({ cookie: co.cookie, 'x-csrf-token': co.csrf })).status, 201);
});

test('another board’s case is the same 404 as one that never was, for every action', async () => {
  const c = await submit();
  const shown = (res) => {
    const { correlationId, ...rest } = res.json;
    assert.ok(correlationId);
    return JSON.stringify([res.status, rest]);
  };
  const never = '2026-999999999';
  assert.equal(shown(await there.get(at(c.number))), shown(await there.get(at(never))));
  for (const action of Object.keys(actions)) {
    const [is, not] = [await doIt(there, c.number, action, { etag: '"1"' }),
      await doIt(there, never, action, { etag: '"1"' })];
    assertProblem(is, 404);
    assert.equal(shown(is), shown(not), action);
  }
  for (const number of ['x', '2026-', '-1', '2026-1x', '1999-1', `2027-${serial(c.number)}`,
    '2026-99999999999999999999', "2026-1'", '%C3%A5'])
    assertProblem(await co.get(at(number)), 404);
  assert.equal((await events(server, c.number)).length, 1);
});

test('…and in the same time', { timeout: 60000 }, async () => {
  const c = await submit();
  const time = async (number) => {
    const start = process.hrtime.bigint();
    await note(number, '"1"', there);
    await there.get(at(number));
    return Number(process.hrtime.bigint() - start) / 1e6;
  };
  const samples = { is: [], not: [] };
  for (let i = 0; i < 60; i++) {
    samples.is.push(await time(c.number));
    samples.not.push(await time('2026-999999999'));
  }
  const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];
  const [is, not] = [median(samples.is), median(samples.not)];
  assert.ok(Math.abs(is - not) < Math.max(is, not) * 0.25 + 1, `${is} ms, ${not} ms`);
});

test('bodies: broken 400, another kind 422 or 415, too big 413', async () => {
  const c = await submit();
  const headers = { 'content-type': 'application/json' };
  const send = (body, more = {}) => co.post(at(c.number, 'notes'),
    { etag: '"1"', body, headers: { ...headers, ...more } });
  for (const body of ['{', '{"text":"a"}x', '{"text":"a","text":"b"}', '{"text":"\xff',
    Buffer.from('{"text":"\xff"}', 'latin1'), '\ufeff{"text":"a"}', "{'text':'a'}", '{text:1}'])
    assertProblem(await send(body), 400);
  for (const body of ['[]', '"text"', '1', 'null', 'true', '{}', '{"text":null}', '{"text":1}',
    '{"text":["a"]}', '{"text":{}}'])
    assertProblem(await send(body), 422);
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx',
    'application/merge-patch+json', ''])
    assertProblem(await send('{"text":"a"}', { 'content-type': type }), 415);
  assertProblem(await co.post(at(c.number, 'notes'), { etag: '"1"' }), 415);
  assertProblem(await send(`{"text":"${'x'.repeat(1 << 20)}"}`), 413);
  assert.equal((await send('{"text":"a"}', { 'content-type': 'application/json; charset=utf-8' }))
    .status, 201);
});

test('a text has 1 to 10,000 characters, whatever they weigh and however they are sent', async () => {
  const c = await submit();
  for (const letter of ['x', 'å', '😀']) {
    const res = await act(co, c.number, 'note', { text: letter.repeat(10000) });
    assert.equal(res.json.notes.at(-1).text, letter.repeat(10000));
    const { etag } = res.headers;
    assertProblem(await co.post(at(c.number, 'notes'),
      { etag, json: { text: letter.repeat(10001) } }), 422, ['text']);
  }
  const { etag } = (await co.get(at(c.number))).headers;
  const escaped = await co.post(at(c.number, 'replies'), { etag,
    headers: { 'content-type': 'application/json' },
    body: `{"text":"${'\\ud83d\\ude00'.repeat(10000)}"}` });
  assert.equal(escaped.status, 201, escaped.text.slice(0, 200));
  for (const text of ['', ' \n\t ', 'a\u0000b'])
    for (const action of ['note', 'reply', 'ask'])
      assertProblem(await doIt(co, c.number, action, { etag: escaped.headers.etag,
        json: { text } }), 422, ['text']);
});

test('PATCH: all faults at once; unknown members ignored; null takes back or is a fault', async () => {
  const c = await submit();
  const patch = async (json, status = 200) => {
    const { etag } = (await co.get(at(c.number))).headers;
    const res = await co.patch(at(c.number), { etag, json });
    assert.equal(res.status, status, res.text);
    return res;
  };
  assertProblem(await patch({ category: 7, type: 'gripe', sensitivity: 9,
    qualityDimension: 'x' }, 422), 422, ['category', 'type', 'sensitivity', 'qualityDimension']);
  for (const sensitivity of [0, 5, 1.5, '2', true, -1, 1e9])
    assertProblem(await patch({ sensitivity }, 422), 422, ['sensitivity']);
  assertProblem(await patch({ type: null, sensitivity: null }, 422), 422,
    ['type', 'sensitivity']);
  assertProblem(await patch({ category: 'ingen' }, 422), 422, ['category']);
  assert.equal((await patch({})).json.version, 1);
  assert.equal((await patch({ colour: 'red', status: 'closed', board: farsta })).json.version, 1);
  let res = await patch({ category: 'park', qualityDimension: 'safety', type: 'deviation',
    sensitivity: 4 });
  assert.deepEqual([res.json.category, res.json.qualityDimension, res.json.type,
    res.json.sensitivity], ['park', 'safety', 'deviation', 4]);
  res = await patch({ category: null, qualityDimension: null });
  assert.deepEqual([res.json.category, res.json.qualityDimension, res.json.type],
    [null, null, 'deviation']);
  assert.deepEqual(res.json.events.at(-1).codes, { category: { from: 'park', to: null },
    qualityDimension: { from: 'safety', to: null } });
  assert.equal((await co.get('/api/v1/desk/cases?limit=200')).json.items
    .find((i) => i.number === c.number).category, null);
});

test('every closure reason closes, by itself and with the reply', async () => {
  for (const reason of ['remedied', 'explained', 'no-action', 'redirected', 'duplicate',
    'withdrawn', 'not-a-case']) {
    const [a, b] = [await submit(), await submit()];
    let res = await act(co, a.number, 'close', { reason });
    assert.deepEqual([res.json.status, res.json.closureReason, res.json.answeredAt],
      ['closed', reason, null]);
    res = await act(co, b.number, 'reply', { text: 'Svar', close: reason });
    assert.deepEqual([res.json.status, res.json.closureReason], ['closed', reason]);
    assert.ok(res.json.answeredAt);
    assert.deepEqual((await events(server, b.number)).map((e) => e.what),
      ['received', 'replied', 'closed']);
  }
  const c = await submit();
  for (const json of [{}, { reason: null }, { reason: 'done' }, { reason: 1 }])
    await act(co, c.number, 'close', json, 422);
  for (const close of ['done', 1, true, ['remedied']])
    await act(co, c.number, 'reply', { text: 'x', close }, 422);
  assertProblem(await act(co, c.number, 'reply', { close: 'x', text: 3 }, 422), 422,
    ['close', 'text']);
  assert.equal((await act(co, c.number, 'reply', { text: 'x', close: null })).json.status,
    'answered');
});

test('an assignment: a colleague of the board, or null; anybody else is 422', async () => {
  const c = await submit();
  await newColleague(server, 'slut', `case-handler@${trafik}`);
  await newColleague(server, 'laser', `auditor@${trafik}`);
  assert.equal((await server.ctl(['user', 'disable', 'slut'])).code, 0);
  let res = await act(co, c.number, 'assign', { user: 'kontrakt-co' });
  assert.deepEqual([res.json.status, res.json.handler], ['assigned', 'kontrakt-co']);
  for (const json of [{ user: 'dar' }, { user: 'ingen' }, { user: '' }, { user: 1 }, {},
    { user: 'slut' }, { user: 'laser' }, { user: 'x'.repeat(500) }])
    assertProblem(await act(co, c.number, 'assign', json, 422), 422, ['user']);
  res = await act(co, c.number, 'assign', { user: null });
  assert.deepEqual([res.json.status, res.json.handler], ['received', null]);
  assert.equal((await act(co, c.number, 'assign', { user: null })).json.version,
    res.json.version);
});

test('a transfer: each ground; not to oneself, to nobody, to an administration', async () => {
  for (const ground of ['no-secrecy', 'consent', 'osl-10-2', 'osl-10-27', 'osl-10-28']) {
    const c = await submit();
    const res = await act(co, c.number, 'transfer', { board: farsta, ground });
    assert.equal(res.json.number, c.number);
    assert.equal((await look(c.number, there)).legs[1].ground, ground);
  }
  const c = await submit();
  await server.sql(`INSERT INTO synpunkt.organisation (code, position, kind, name, short_name,
    valid_to) VALUES ('ett-kontor', 900, 'administration', 'K', 'K', 'infinity'),
    ('gammal-namnd', 901, 'board', 'G', 'G', '2020-01-01')`);
  for (const board of [trafik, 'nowhere', 'ett-kontor', 'gammal-namnd', '', '*'])
    assertProblem(await act(co, c.number, 'transfer', { board, ground: 'consent' }, 422), 422,
      ['board']);
  assertProblem(await act(co, c.number, 'transfer', { board: 1, ground: 'because' }, 422), 422,
    ['board', 'ground']);
  assertProblem(await act(co, c.number, 'transfer', {}, 422), 422, ['board', 'ground']);
});

test('the receiving board accepts, once, or returns; clocks and number go on', async () => {
  const c = await submit();
  const before = await look(c.number);
  await act(co, c.number, 'accept', {}, 409); /* no transfer */
  await act(co, c.number, 'return', {}, 409);
  await act(co, c.number, 'transfer');
  let res = await act(there, c.number, 'accept');
  assert.deepEqual(res.json.legs.map((l) => l.state), ['passed-on', 'accepted']);
  assert.equal(res.json.status, 'received');
  for (const name of ['number', 'receivedAt', 'acknowledgeBy', 'answerBy'])
    assert.equal(res.json[name], before[name], name);
  assert.deepEqual((await events(server, c.number)).map((e) => e.what),
    ['received', 'transferred', 'leg-accepted']);
  for (const name of ['accept', 'return']) {
    assert.ok(!res.json.actions.includes(name));
    await act(there, c.number, name, {}, 409);
  }
  res = await act(there, c.number, 'transfer', { board: trafik, ground: 'consent' });
  res = await act(co, c.number, 'return', { text: 'Nej, er' });
  assert.equal((await co.get(at(c.number))).status, 404);
  assert.deepEqual((await look(c.number, there)).legs.map((l) => l.state),
    ['passed-on', 'passed-on', 'returned', 'offered']);
});

test('waiting for others and going on: the note is the staff’s only', async () => {
  const c = await submit();
  let res = await act(co, c.number, 'wait', { text: 'Väntar på Ellevio' });
  assert.equal(res.json.status, 'waiting-other');
  assert.equal(res.json.notes.at(-1).text, 'Väntar på Ellevio');
  assert.ok(!res.json.actions.includes('wait') && res.json.actions.includes('resume'));
  await act(co, c.number, 'wait', {}, 409);
  res = await act(co, c.number, 'resume', { text: 'De har svarat' });
  assert.equal(res.json.status, 'received'); /* nobody has it */
  await act(co, c.number, 'assign');
  await act(co, c.number, 'ask');
  res = await act(co, c.number, 'resume');
  assert.equal(res.json.status, 'assigned');
  await act(co, c.number, 'resume', {}, 409);
  await act(co, c.number, 'wait');
  assertProblem(await act(co, c.number, 'resume', { text: 5 }, 422), 422, ['text']);
  const told = await server.get(`/api/v1/cases/${c.number}`,
    { headers: { authorization: `Bearer ${c.followUpCode}` } });
  assert.equal(told.json.status, 'waiting-other');
  assert.ok(!told.text.includes('Ellevio') && !told.text.includes('De har svarat'));
  assert.deepEqual((await events(server, c.number)).map((e) => e.what).slice(1, 3),
    ['waiting', 'resumed']);
  const page = await server.get(`/folj/${c.number}/${c.followUpCode}`);
  assert.equal(page.status, 200);
  assert.ok(!page.text.includes('Ellevio'));
});

test('closed is closed: only what the table says of it; reopened it goes on', async () => {
  const c = await submit();
  const table = (await co.get('/api/v1/desk/access')).json.actions;
  await act(co, c.number, 'assign');
  await act(co, c.number, 'close');
  const cannot = table.filter((r) => r.roles.includes('coordinator')
    && !r.statuses.includes('closed'));
  assert.ok(cannot.length > 10);
  for (const { action } of cannot) await act(co, c.number, action, undefined, 409);
  await act(co, c.number, 'note');
  const res = await act(co, c.number, 'reopen', { text: 'Den är trasig igen' });
  assert.deepEqual([res.json.status, res.json.closedAt, res.json.closureReason],
    ['assigned', null, null]);
  await act(co, c.number, 'reopen', {}, 409);
});

test('what was not asked for is not mailed: no reply wanted, no address', async () => {
  for (const more of [{ wantsReply: false }, { contact: null }]) {
    const c = await submit('tyst', more);
    await act(co, c.number, 'acknowledge');
    await act(co, c.number, 'reply');
    assert.deepEqual(await server.sql(`SELECT kind FROM synpunkt.outbox
      WHERE case_id = ${serial(c.number)} AND kind <> 'receipt'`), []);
  }
});

test('a traceparent or X-Correlation-ID comes back, also with a refusal', async () => {
  const c = await submit();
  for (const etag of ['"1"', '"99"']) {
    const res = await co.post(at(c.number, 'notes'), { etag, json: { text: 'x' },
      headers: { 'x-correlation-id': 'prov-17' } });
    assert.equal(res.headers['x-correlation-id'], 'prov-17');
  }
});

test('nothing personal is logged', async () => {
  const c = await submit('Hemligheten Bävern', { contact: { name: 'Rut Ask',
    email: 'rut.ask@example.org' } });
  await act(co, c.number, 'reply', { text: 'Svarshemlighet' });
  await co.get('/api/v1/desk/cases?q=B%C3%A4vern');
  for (const word of ['Bävern', 'B%C3%A4vern', 'Rut', 'rut.ask', 'Svarshemlighet',
    co.csrf, co.cookie.split('=')[1], c.followUpCode])
    assert.ok(!server.log.includes(word), word);
});
