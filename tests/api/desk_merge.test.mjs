/* Duplicates merged into a parent: who wrote them is answered all the same, once, and is told
 * nothing of the others. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { assertProblem } from './contract_kit.mjs';
import { act, at, coordinator, events, farsta, serial, submitTo, trafik } from './contract_desk_kit.mjs';
import { multipart, startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

let server, co, handler, registrar, there;
before(async () => {
  server = await startServer();
  co = await coordinator(server);
  handler = await newColleague(server, 'slar-ihop', `case-handler@${trafik}`, 'Hanna Lind');
  registrar = await newColleague(server, 'registrerar', `registrar@${trafik}`);
  there = await newColleague(server, 'granne', `coordinator@${farsta},case-handler@${trafik}`);
});
after(() => server.stop());

const submit = (text, email = `${text}@example.org`, more = {}) =>
  submitTo(server, text, { contact: { email, name: `Ida ${text}` }, ...more });
const send = async (client, c, word, json, etag) => client.post(at(c.number, word), { json,
  etag: etag ?? (await client.get(at(c.number))).headers.etag });
const merge = (client, child, parent, etag) => send(client, child, 'merges', { parent: parent.number }, etag);
const undo = (client, child) => send(client, child, 'merge-removals', {});
const merged = async (client, child, parent) => {
  const res = await merge(client, child, parent);
  assert.equal(res.status, 201, res.text);
  return res.json;
};
const whole = async (c, client = co) => (await client.get(at(c.number))).json;
const whats = async (c) => (await events(server, c.number)).map((e) => e.what);
const letters = async (c) => (await server.sql(`SELECT kind FROM synpunkt.outbox
  WHERE case_id = ${serial(c.number)} AND kind <> 'receipt' ORDER BY id`)).map((r) => r.kind);
const followed = (c) => server.get(`/api/v1/cases/${c.number}`,
  { headers: { authorization: `Bearer ${c.followUpCode}` } });
const page = (c) => server.get(`/folj/${c.number}/${c.followUpCode}`);
const refused = async (client, child, parent, outcome) => {
  const res = await merge(client, child, parent);
  assertProblem(res, 422, ['parent']);
  assert.equal(res.json.outcome, outcome, res.text);
};

test('a merged case is closed, its complainant told so, and answered once with the parent', async () => {
  const [a, b, c] = [await submit('Zebrafink'), await submit('andra'), await submit('tredje', 't@example.org', { language: 'en' })];
  await act(co, b.number, 'assign');
  const child = await merged(handler, b, a);
  await merged(handler, c, a);
  assert.deepEqual([child.status, child.closureReason, child.mergedInto.number, child.mergedInto.byName],
    ['closed', 'duplicate', a.number, 'Hanna Lind']);
  assert.match(child.mergedInto.undoUntil, /^\d{4}-\d\d-\d\d$/);
  assert.ok(child.actions.includes('unmerge') && child.acknowledgedAt);
  assert.deepEqual((await whats(b)).slice(-3), ['acknowledged', 'merged', 'closed']);
  let parent = await whole(a);
  assert.deepEqual([parent.mergedTotal, parent.mergedWaiting, parent.merged.map((m) => m.number), parent.merged[1].language],
    [2, 2, [b.number, c.number], 'en']);
  assert.deepEqual([parent.events.at(-1).what, parent.events.at(-1).codes], ['child-merged', {}]);
  assert.equal((await server.get('/api/v1/desk/cases?limit=200', { headers: { cookie: co.cookie } })).json.items
    .filter((i) => [b.number, c.number].includes(i.number)).length, 0, 'out of the queue');
  assert.match((await page(b)).text, /tillsammans med ett annat/);
  assert.doesNotMatch((await page(b)).text, /Ärendet avslutades/);
  assert.match((await server.get(`/folj/${c.number}/${c.followUpCode}?lang=en`)).text, /together with another/);

  await act(co, a.number, 'reply', { text: 'Lampan är bytt.', close: 'remedied' });
  await act(co, a.number, 'reopen');
  await act(co, a.number, 'reply', { text: 'Bara till dig.' });
  for (const one of [b, c]) {
    const seen = await followed(one);
    assert.deepEqual(seen.json.messages.map((m) => [m.from, m.text]), [['city', 'Lampan är bytt.']]);
    assert.deepEqual(await letters(one), ['merged', 'reply']);
    for (const secret of [a.number, 'Zebrafink', 'child-merged', 'Bara till dig', 'Hanna', 'Cia'])
      for (const text of [seen.text, (await page(one)).text]) assert.ok(!text.includes(secret), `${secret}: ${text}`);
    const now = await whole(one);
    assert.ok(now.answeredAt && now.mergedInto.answeredAt && now.status === 'closed');
  }
  const mine = await followed(a);
  for (const secret of [b.number, c.number, 'merged']) assert.ok(!mine.text.includes(secret), mine.text);
  parent = await whole(a);
  assert.deepEqual([parent.mergedTotal, parent.mergedWaiting], [2, 0]);
  const out = await server.ctl(['audit', 'verify']);
  assert.equal(out.code, 0, out.stdout + out.stderr);
});

test('undone, it is as it was before, and an answer goes by its own way', async () => {
  const [a, b] = [await submit('fem'), await submit('sex')];
  await act(co, b.number, 'assign');
  const was = await whole(b);
  await merged(handler, b, a);
  assertProblem(await undo(registrar, b), 403);
  assertProblem(await co.post(at(b.number, 'merge-removals'), { json: {} }), 428);
  const res = await undo(handler, b);
  assert.equal(res.status, 201, res.text);
  const now = res.json;
  for (const name of ['status', 'handler', 'answerBy', 'acknowledgeBy', 'receivedAt', 'closureReason', 'closedAt'])
    assert.equal(now[name], was[name], name);
  assert.deepEqual([now.mergedInto, now.legs.at(-1).endedAt, now.actions.includes('unmerge')], [null, null, false]);
  assert.deepEqual((await whats(b)).slice(-2), ['unmerged', 'reopened']);
  assert.equal((await whats(a)).at(-1), 'child-unmerged');
  assert.deepEqual(await letters(b), ['merged', 'unmerged']);
  assert.match((await page(b)).text, /för sig igen/);
  assertProblem(await undo(handler, b), 409);
  await act(co, a.number, 'reply', { text: 'Till en.' });
  assert.deepEqual((await followed(b)).json.messages, []);

  const [d, e] = [await submit('sju'), await submit('atta')];
  await merged(handler, e, d);
  await server.sql(`UPDATE synpunkt.case_merge SET merged_at = merged_at - interval '30 days'`);
  assert.ok((await whole(e)).actions.includes('unmerge'), 'the thirtieth day is included');
  await server.sql(`UPDATE synpunkt.case_merge SET merged_at = merged_at - interval '1 day'`);
  assert.equal((await whole(e)).mergedInto.undoUntil, null);
  const late = await undo(handler, e);
  assertProblem(late, 409);
  assert.match(late.json.detail, /more than 30 days ago/);
  assert.equal(late.json.current.number, e.number);
});

test('in the figures it is set aside once, answered when it was, and after an undo neither', async () => {
  const counted = async (c) => Object.fromEntries((await server.sql(`SELECT f.measure, sum(f.n)::integer AS n
    FROM synpunkt_statistics.facts(ARRAY[${serial(c.number)}::bigint], ARRAY[1000], ARRAY[1]) f
    WHERE f.board = '' AND f.measure IN ('closed', 'set_aside', 'answered', 'answer_in', 'acknowledge_in', 'unanswered', 'open_change')
    GROUP BY 1`)).map((r) => [r.measure, Number(r.n)]));
  const [a, b, c] = [await submit('sifferett'), await submit('siffertva'), await submit('siffertre')];
  await merged(handler, b, a);
  await merged(handler, c, a);
  await undo(handler, c);
  await act(co, a.number, 'reply', { text: 'Klart.', close: 'remedied' });
  assert.deepEqual(await counted(b), { closed: 1, set_aside: 1, answered: 1, answer_in: 1, acknowledge_in: 1 });
  assert.deepEqual(await counted(c), { open_change: 1, acknowledge_in: 1 });
});

test('what is no parent is refused, with which it is', async () => {
  const [a, b, c, d] = [await submit('ett'), await submit('tva'), await submit('tre'), await submit('fyra')];
  for (const parent of ['x', '', 7, null, undefined])
    assertProblem(await send(handler, b, 'merges', { parent }), 422, ['parent']);
  await refused(handler, b, b, 'merge-self');
  await refused(handler, b, { number: '2026-1' }, 'merge-none');
  assertProblem(await merge(registrar, b, a), 403);
  assertProblem(await handler.post(at(b.number, 'merges'), { json: { parent: a.number } }), 428);
  await merged(handler, b, a);
  await refused(handler, c, b, 'merge-merged');
  await refused(handler, a, c, 'merge-parent');
  assertProblem(await merge(handler, b, c), 409, undefined, 'merged already');
  await act(co, d.number, 'close');
  await refused(handler, c, d, 'merge-closed');
  await act(co, d.number, 'reopen');
  await act(co, d.number, 'reply');
  await refused(handler, c, d, 'merge-answered');
  assertProblem(await merge(handler, d, c), 409, undefined, 'an answered one waits for no answer');
  const [e, f] = [await submit('nio'), await submit('tio')];
  await act(co, e.number, 'change', { sensitivity: 3 });
  await refused(co, f, e, 'merge-sensitive');
  await merged(co, e, f);
  const g = await submit('elva');
  await act(co, g.number, 'transfer', { board: farsta, ground: 'no-secrecy' });
  await refused(there, f, g, 'merge-board');
  await refused(handler, f, g, 'merge-none');
  const h = await submit('tolv');
  await act(co, h.number, 'protect');
  await refused(co, f, h, 'merge-none');
  await refused(co, h, f, 'merge-none');
  /* The bare reason stays, for whoever has no parent to name. */
  const bare = await submit('utan');
  await act(co, bare.number, 'close', { reason: 'duplicate' });
  assert.deepEqual([(await whole(bare)).mergedInto, await letters(bare)], [null, []]);
});

test('two at once, and twice, merge once', async () => {
  const [a, b] = [await submit('vi'), await submit('dom')];
  const [ea, eb] = [(await co.get(at(a.number))).headers.etag, (await co.get(at(b.number))).headers.etag];
  const both = await Promise.all([merge(co, a, b, ea), merge(handler, b, a, eb)]);
  assert.deepEqual(both.map((r) => r.status).sort(), [201, 409], both.map((r) => r.text).join());
  const [c, d] = [await submit('nu'), await submit('sen')];
  const { etag } = (await co.get(at(c.number))).headers;
  const twice = await Promise.all([1, 2].map(() => merge(handler, c, d, etag)));
  assert.deepEqual(twice.map((r) => r.status).sort(), [201, 409]);
  assert.deepEqual(await letters(c), ['merged']);
  /* Answered while another is merged into it: that one gets the answer too, or is told to choose again. */
  const [e, f] = [await submit('ur'), await submit('in')];
  await merged(handler, e, f);
  const many = await Promise.all(Array.from({ length: 4 }, (_, i) => submit(`m${i}`)));
  const tag = (await co.get(at(f.number))).headers.etag;
  const done = await Promise.all([co.post(at(f.number, 'replies'), { json: { text: 'Klart.' }, etag: '*' }),
    ...many.map((m) => merge(handler, m, f))]);
  assert.equal(done[0].status, 201, `${tag} ${done[0].text}`);
  for (const [i, m] of many.entries()) {
    const texts = (await followed(m)).json.messages.map((one) => one.text);
    if (done[i + 1].status === 201) assert.deepEqual(texts, ['Klart.']);
    else assert.deepEqual([done[i + 1].json.outcome, texts], ['merge-answered', []]);
  }
  assert.deepEqual((await followed(e)).json.messages.length, 1);
});

test('a parent that gives no answer lets those go that wait for it', async () => {
  const ways = [['close', { reason: 'withdrawn' }], ['transfer', { board: farsta, ground: 'no-secrecy' }],
    ['change', { sensitivity: 4 }], ['protect', {}]];
  for (const [how, json] of ways) {
    const [a, b, quiet] = [await submit('p'), await submit('q'), await submit('r', 'r@example.org', { wantsReply: false })];
    await merged(co, b, a);
    await merged(co, quiet, a);
    await act(co, a.number, how, json);
    assert.deepEqual([(await whole(b)).status, (await whole(b)).mergedInto], ['received', null], how);
    assert.deepEqual((await letters(b)).slice(-1), ['unmerged']);
    assert.deepEqual(await letters(quiet), [], 'no letter to who wants none');
    assert.equal((await whole(quiet)).status, how === 'close' ? 'closed' : 'received', how);
    await act(co, b.number, 'reply', { text: 'Egen.' });
  }
  const out = await server.ctl(['audit', 'verify']);
  assert.equal(out.code, 0, out.stdout + out.stderr);
});

test('its complainant opens it again: it is a case of its own, and the parent\'s answer is not for it', async () => {
  const [a, b] = [await submit('x'), await submit('y')];
  await merged(handler, b, a);
  const res = await server.post(`/api/v1/cases/${b.number}/reopenings`, { json: { text: 'Det är en annan lampa.' },
    headers: { authorization: `Bearer ${b.followUpCode}` } });
  assert.equal(res.status, 201, res.text);
  await act(co, a.number, 'reply', { text: 'Till en.' });
  assert.equal((await followed(b)).json.messages.length, 1);
  await act(co, b.number, 'reply', { text: 'Till den andra.' });
  assert.equal((await followed(b)).json.messages.at(-1).text, 'Till den andra.');
  /* Answered long after it was merged, it can still be opened for as long as any other. */
  const [c, d] = [await submit('z'), await submit('w')];
  await merged(handler, d, c);
  await server.sql(`UPDATE synpunkt.case SET closed_at = closed_at - interval '70 days' WHERE id = ${serial(d.number)};
    UPDATE synpunkt.case_event SET at = at - interval '70 days' WHERE case_id = ${serial(d.number)}`);
  await act(co, c.number, 'reply', { text: 'Sent.' });
  assert.match((await page(d)).text, /\/oppna"/);
  assert.equal((await server.post(`/api/v1/cases/${d.number}/reopenings`, { json: { text: 'Nej.' },
    headers: { authorization: `Bearer ${d.followUpCode}` } })).status, 201);
});

test('words that name who wrote the parent, or a colleague to who threatens, reach no other', async () => {
  const [a, b] = [await submit('Alm'), await submit('Bok')];
  await merged(handler, b, a);
  for (const text of ['Hej Ida Alm!', `Ditt ärende ${a.number} är klart.`, 'Vi skrev till Alm@example.org.']) {
    const res = await send(co, a, 'replies', { text });
    assertProblem(res, 422, ['text']);
    assert.equal(res.json.outcome, 'merge-names');
  }
  await server.sql(`UPDATE synpunkt.case SET threat = true WHERE id = ${serial(b.number)}`);
  assertProblem(await send(co, a, 'replies', { text: 'Hälsar Cia Ord' }), 422, ['text']);
  assert.deepEqual((await followed(b)).json.messages, []);
  /* Nor does a file, which was meant for one. */
  const { etag } = (await co.get(at(a.number))).headers;
  const files = await co.post(at(a.number, 'replies'), { etag, multipart: multipart([
    { name: 'reply', json: { text: 'Se ritningen.' } },
    { name: 'attachment', filename: 'ritning.txt', body: 'Bara till dig' }]) });
  assert.equal(files.status, 201, files.text);
  assert.equal((await followed(a)).json.messages[0].files.length, 1);
  assert.deepEqual((await followed(b)).json.messages.map((m) => [m.text, m.files]), [['Se ritningen.', undefined]]);
  /* One person who wrote twice is nobody else. */
  const [c, d] = [await submit('Ceder', 'c@example.org'), await submit('Due', 'c@example.org')];
  await merged(handler, d, c);
  assert.equal((await send(co, c, 'replies', { text: 'Hej Ida Ceder!' })).status, 201);
});

test('an answer that a manager approves goes to them when it goes, and none goes past', async () => {
  const [a, b] = [await submit('chef'), await submit('klart')];
  await merged(handler, b, a);
  await server.sql(`INSERT INTO synpunkt.approval_rule (board, category) VALUES ('${trafik}', 'gatubelysning')`);
  await act(handler, a.number, 'reply', { text: 'Efter chefen.' });
  assert.deepEqual((await followed(b)).json.messages, []);
  await act(co, a.number, 'approve');
  assert.deepEqual((await followed(b)).json.messages.map((m) => m.text), ['Efter chefen.']);
  assert.equal((await whole(b)).messages.at(-1).byName, 'Hanna Lind');
  const [c, d] = [await submit('annat'), await submit('samma')];
  await act(co, c.number, 'change', { category: 'klotter' });
  await merged(handler, d, c);
  const past = await send(handler, c, 'replies', { text: 'Förbi.' });
  assertProblem(past, 403);
  assert.equal(past.json.outcome, 'merge-approval');
  assert.equal((await send(co, c, 'replies', { text: 'Av chefen.' })).status, 201);
  await server.sql('DELETE FROM synpunkt.approval_rule');
});

test('what one does not read is not named, and a waiting case is not disposed of', async () => {
  const [a, b] = [await submit('syns'), await submit('doljs')];
  await act(co, b.number, 'change', { sensitivity: 4 });
  await merged(co, b, a);
  const seen = await whole(a, handler);
  assert.deepEqual([seen.merged, seen.mergedTotal, seen.mergedWaiting], [[], 1, 1]);
  assert.ok(!JSON.stringify(seen).includes(b.number));
  const [held] = await server.sql(`SELECT synpunkt_dispose.is_held(${serial(b.number)}, current_date) AS held`);
  assert.equal(held.held, 't');
  await act(co, a.number, 'transfer', { board: farsta, ground: 'no-secrecy' });
  const theirs = await there.get(at(a.number));
  assert.ok(!theirs.text.includes(b.number), theirs.text);
});
