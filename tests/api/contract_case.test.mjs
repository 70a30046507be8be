/* Section 3: the answer to a submission, following it by number and code, adding to it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { assertProblem, close, follow, lamp, serialOf, submitter } from './contract_kit.mjs';
import { eventually, startServer } from './harness.mjs';

let server;
let submit;
before(async () => {
  server = await startServer({ workers: 2 });
  submit = submitter(server);
});
after(async () => { await server.stop(); });

const facts = ['acknowledgeBy', 'answerBy', 'attachments', 'board', 'category', 'number',
  'receivedAt', 'routing', 'status', 'type'];
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

const addTo = (made, json, headers = {}) =>
  server.post(`/api/v1/cases/${made.number}/messages`, { json,
    headers: { authorization: `Bearer ${made.followUpCode}`, ...headers } });

/* 201 ------------------------------------------------------------------------------- */

test('the answer has its members and no other', async () => {
  const res = await submit(lamp);
  assert.equal(res.status, 201);
  assert.match(res.headers['content-type'], /^application\/json/);
  assert.deepEqual(Object.keys(res.json).sort(), [...facts, 'followUpCode', 'followUpUrl'].sort());
  assert.deepEqual(Object.keys(res.json.board).sort(), ['code', 'name']);
  assert.deepEqual(Object.keys(res.json.routing).sort(), ['because', 'rule']);
  assert.deepEqual(res.json.attachments, []);
  assert.equal(res.json.status, 'received');
  assert.equal(res.json.category, 'gatubelysning');
  assert.equal(res.json.type, 'complaint');
});

test('Location names the case', async () => {
  const res = await submit(lamp);
  assert.equal(res.headers.location, `/api/v1/cases/${res.json.number}`);
});

test('the number is the year and a serial', async () => {
  const first = await submit(lamp);
  const second = await submit(lamp);
  assert.match(first.json.number, /^\d{4}-[1-9]\d*$/);
  const year = new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Stockholm', year: 'numeric' })
    .format(new Date());
  assert.ok(first.json.number.startsWith(`${year}-`));
  assert.notEqual(first.json.number, second.json.number);
});

test('the instant of arrival is RFC 3339 with zone, and now', async () => {
  const { json } = await submit(lamp);
  assert.match(json.receivedAt, instant);
  assert.ok(Math.abs(Date.now() - Date.parse(json.receivedAt)) < 20000);
  assert.match(json.acknowledgeBy, /^\d{4}-\d\d-\d\d$/);
  assert.match(json.answerBy, /^\d{4}-\d\d-\d\d$/);
});

test('codes are not guessable: all differ, and only their hash is stored', async () => {
  const all = await Promise.all(Array.from({ length: 20 }, () => submit(lamp)));
  const codes = all.map((r) => r.json.followUpCode);
  assert.equal(new Set(codes).size, 20);
  assert.ok(codes.every((c) => c.replace(/[^0-9A-Z]/gi, '').length >= 12));
  const tables = await server.sql(`SELECT format('%I.%I', schemaname, tablename) AS name
    FROM pg_tables WHERE schemaname LIKE 'synpunkt%'`);
  for (const { name } of tables) {
    const rows = JSON.stringify(await server.sql(`SELECT t::text FROM ${name} t`));
    for (const code of codes) {
      assert.ok(!rows.includes(code), `${name} holds a code`);
      assert.ok(!rows.includes(code.replaceAll('-', '')), `${name} holds a code`);
    }
  }
});

test('followUpUrl leads to the page of the case', async () => {
  const { json } = await submit(lamp);
  const url = new URL(json.followUpUrl);
  const page = await server.get(url.pathname);
  assert.equal(page.status, 200);
  assert.match(page.headers['content-type'], /^text\/html/);
  assert.ok(page.text.includes(json.number));
});

/* GET --------------------------------------------------------------------------------- */

test('with the code the case is told, without the code in it', async () => {
  const made = await submit({ ...lamp, contact: { name: 'Anna Åkesson', email: 'anna@example.se' } });
  const res = await follow(server, made.json.number, made.json.followUpCode);
  assert.equal(res.status, 200);
  assert.deepEqual(Object.keys(res.json).filter((k) => k !== 'followUpUrl').sort(),
    [...facts, 'events', 'messages'].sort());
  assert.ok(!('followUpCode' in res.json));
  for (const name of facts) assert.deepEqual(res.json[name], made.json[name], name);
  assert.equal(res.headers['cache-control'], 'no-store');
});

test('messages and events have their members; the arrival is the first event', async () => {
  const made = await submit(lamp);
  await addTo(made.json, { text: 'Mer' });
  const { json } = await follow(server, made.json.number, made.json.followUpCode);
  assert.deepEqual(Object.keys(json.messages[0]).sort(), ['at', 'from', 'text']);
  assert.equal(json.events[0].what, 'received');
  assert.deepEqual(Object.keys(json.events[0]).sort(), ['at', 'what']);
  for (const { at } of [...json.messages, ...json.events]) assert.match(at, instant);
});

test('the code is read as people write it', async () => {
  const { number, followUpCode: code } = (await submit(lamp)).json;
  for (const written of [code.toLowerCase(), code.replaceAll('-', '')])
    assert.equal((await follow(server, number, written)).status, 200, written);
});

test('no token, or another scheme, is 401 and says how', async () => {
  const { number, followUpCode } = (await submit(lamp)).json;
  for (const authorization of [undefined, '', 'Bearer', 'Bearer ', `Basic ${followUpCode}`,
    followUpCode]) {
    const res = await server.get(`/api/v1/cases/${number}`,
      { headers: authorization === undefined ? {} : { authorization } });
    assertProblem(res, 401);
    assert.match(res.headers['www-authenticate'] ?? '', /^Bearer/);
  }
});

test('the scheme is read in any case of letters', async () => {
  const { number, followUpCode } = (await submit(lamp)).json;
  for (const scheme of ['bearer', 'BEARER']) {
    const res = await server.get(`/api/v1/cases/${number}`,
      { headers: { authorization: `${scheme} ${followUpCode}` } });
    assert.equal(res.status, 200);
  }
});

test('a wrong number and a wrong code are the same 404', async () => {
  const one = (await submit(lamp)).json;
  const two = (await submit(lamp)).json;
  const body = (res) => {
    assertProblem(res, 404);
    const { instance, correlationId, ...rest } = res.json;
    return rest;
  };
  const expected = body(await follow(server, one.number, two.followUpCode));
  const year = one.number.slice(0, 4);
  for (const [number, code] of [[`${year}-99999999`, one.followUpCode],
    [one.number, '0000-0000-0000'], [one.number, 'x'], [one.number, 'å'.repeat(3)],
    [one.number, 'X'.repeat(4000)], ['1999-1', one.followUpCode], ['nonsense', one.followUpCode],
    [`${year}-0${serialOf({ json: one })}`, one.followUpCode],
    [`${Number(year) - 1}-${serialOf({ json: one })}`, one.followUpCode],
    [`${year}-99999999999999999999999`, one.followUpCode]]) {
    const res = await server.get(`/api/v1/cases/${number}`, { headers:
      { authorization: Buffer.from(`Bearer ${code}`).toString('latin1') } });
    assert.deepEqual(body(res), expected, `${number} ${code}`);
  }
});

/* In turn, so that whatever else the machine does falls on both; the quickest quarter,
 * since noise only adds. */
test('a wrong number and a wrong code take the same time', async () => {
  const one = (await submit(lamp)).json;
  const other = (await submit(lamp)).json.followUpCode;
  const asks = [one.number, `${one.number.slice(0, 5)}987654`];
  const times = [[], []];
  for (let i = 0; i < 400; i++) {
    const start = process.hrtime.bigint();
    await follow(server, asks[i % 2], other);
    times[i % 2].push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  const [code, number] = times.map((t) => t.sort((a, b) => a - b)[50]);
  assert.ok(Math.abs(code - number) < 0.25 * code, `${code} and ${number} ms`);
});

/* Messages ---------------------------------------------------------------------------- */

test('a message is added to an open case', async () => {
  const made = (await submit(lamp)).json;
  const res = await addTo(made, { text: 'Nu är den helt släckt.\r\nHälsningar' });
  assert.equal(res.status, 201, res.text);
  const { json } = await follow(server, made.number, made.followUpCode);
  const last = json.messages.at(-1);
  assert.deepEqual([last.from, last.text], ['resident', 'Nu är den helt släckt.\r\nHälsningar']);
  assert.ok(json.events.length > 1);
});

test('a message obeys the rule of text', async () => {
  const made = (await submit(lamp)).json;
  for (const text of [undefined, null, '', ' \n', 'a\u0000', 'x'.repeat(10001), 5])
    assertProblem(await addTo(made, { text }), 422, ['text']);
  assert.equal((await addTo(made, { text: '\u{1f600}'.repeat(10000) })).status, 201);
});

test('a message needs the code: 401 without, 404 with a wrong one', async () => {
  const made = (await submit(lamp)).json;
  const to = (headers, number = made.number) => server.post(`/api/v1/cases/${number}/messages`,
    { json: { text: 'x' }, headers });
  assertProblem(await to({}), 401);
  const wrong = await to({ authorization: 'Bearer 0000-0000-0000' });
  assertProblem(wrong, 404);
  assertProblem(await to({ authorization: `Bearer ${made.followUpCode}` }, '2026-99999999'), 404);
});

test('a closed case takes no message: 409', async () => {
  const made = (await submit(lamp)).json;
  await close(server, made.number);
  const res = await addTo(made, { text: 'x' });
  assertProblem(res, 409);
  assert.ok('current' in res.json, '409 comes with current');
});

/* Idempotency-Key ---------------------------------------------------------------------- */

test('the same key with the same members is the same 201, code and all', async () => {
  const headers = { 'idempotency-key': 'k-1' };
  const first = await submit({ ...lamp, place: { lat: 59.3, lon: 18.0 } }, headers);
  for (const same of [{ ...lamp, place: { lat: 59.30, lon: 18, unknown: 1 } },
    { ...lamp, place: { lon: 18, lat: 59.3, address: null }, contact: null, x: 'y' }]) {
    const res = await submit(same, headers);
    assert.equal(res.status, 201, res.text);
    assert.deepEqual(res.json, first.json);
    assert.equal(res.headers.location, first.headers.location);
  }
});

test('the same key with any other member is 409', async () => {
  const headers = { 'idempotency-key': 'k-2' };
  const base = { ...lamp, place: { address: 'x' }, contact: { email: 'a@b.se' } };
  await submit(base, headers);
  for (const more of [{ text: `${lamp.text} ` }, { type: 'praise' }, { category: null },
    { place: { address: 'y' } }, { place: { unit: 'x' } }, { contact: { email: 'b@b.se' } },
    { contact: null }, { wantsReply: false }, { language: 'en' }, { onBehalfOf: 'child' }])
    assertProblem(await submit({ ...base, ...more }, headers), 409);
});

test('a refused submission does not use up its key', async () => {
  const headers = { 'idempotency-key': 'k-3' };
  assertProblem(await submit({ text: '' }, headers), 422, ['text']);
  assert.equal((await submit(lamp, headers)).status, 201);
});

test('concurrent submissions with one key are one case', async () => {
  const headers = { 'idempotency-key': 'k-4' };
  const all = await Promise.all(Array.from({ length: 24 }, (_, i) =>
    submit(i % 4 === 3 ? { ...lamp, text: 'Annat' } : lamp, headers)));
  const made = all.filter((r) => r.status === 201);
  assert.equal(new Set(made.map((r) => r.json.number)).size, 1);
  assert.ok(all.every((r) => r.status === 201 || r.status === 409));
  assert.ok(all.some((r) => r.status === 409));
});

test('a key is 1 to 64 printable ASCII characters', async () => {
  for (const key of ['a', '~'.repeat(64), '!"#$%&\'()*+,-./', 'a b'])
    assert.equal((await submit(lamp, { 'idempotency-key': key })).status, 201, key);
  for (const key of ['', 'a'.repeat(65), 'nyckelå', 'a\tb']) {
    const res = await submit(lamp, { 'idempotency-key': key });
    assert.ok([400, 422].includes(res.status), `${key}: ${res.status}`);
    assertProblem(res, res.status);
  }
});

test('a key serves for 30 days and no longer', async () => {
  const headers = { 'idempotency-key': 'k-5' };
  const first = (await submit(lamp, headers)).json;
  const age = (days) => server.sql(`UPDATE synpunkt.intake_key
    SET stored_at = stored_at - interval '${days}'`);
  await age('29 days 23 hours');
  assert.equal((await submit(lamp, headers)).json.number, first.number);
  await age('2 hours');
  const later = await submit(lamp, headers);
  assert.equal(later.status, 201, later.text);
  assert.notEqual(later.json.number, first.number);
});

test('a repeated answer says what the case was, also after it moved on', async () => {
  const headers = { 'idempotency-key': 'k-6' };
  const first = (await submit(lamp, headers)).json;
  await addTo(first, { text: 'Mer' });
  const again = await submit(lamp, headers);
  assert.equal(again.status, 201);
  assert.equal(again.json.followUpCode, first.followUpCode);
});

test('a key holds across a restart', async () => {
  const headers = { 'idempotency-key': 'k-7' };
  const first = (await submit(lamp, headers)).json;
  await server.stop();
  await server.start();
  await eventually('it answers', async () =>
    (await server.get('/api/v1/boards').catch(() => ({}))).status === 200);
  assert.deepEqual((await submit(lamp, headers)).json, first);
});
