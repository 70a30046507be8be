/* Approval: where a board wants it, a manager lets an answer go that somebody else wrote. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { act, at, doIt, events, farsta, serial, submitTo, trafik }
  from './contract_desk_kit.mjs';
import { startServer, testRoot } from './harness.mjs';
import { newColleague } from './staff.mjs';

let server;
let hanna; /* case-handler */
let clara; /* manager */
let mats; /* another manager */
let there; /* manager of another board */
before(async () => {
  server = await startServer();
  hanna = await newColleague(server, 'hanna', `case-handler@${trafik}`, 'Hanna Ek');
  clara = await newColleague(server, 'clara', `manager@${trafik}`, 'Clara Alm');
  mats = await newColleague(server, 'mats', `manager@${trafik}`, 'Mats Bo');
  there = await newColleague(server, 'dar', `manager@${farsta}`, 'Dag Rask');
  assert.equal((await rules('board\n', `${trafik}\n`)).code, 0);
});
after(() => server.stop());

/* The whole of what wants approval. */
async function rules(...lines) {
  const file = path.join(testRoot(), `approvals-${process.pid}.tsv`);
  fs.writeFileSync(file, lines.join(''));
  return server.ctl(['import', 'approvals', file]);
}

const submit = (more) => submitTo(server, 'Lampan är trasig', more);
const look = async (c, client = clara) => (await client.get(at(c.number))).json;
const follow = async (c) => (await server.get(`/api/v1/cases/${c.number}`,
  { headers: { authorization: `Bearer ${c.followUpCode}` } }));
const whats = async (c) => (await events(server, c.number)).map((e) => e.what);
const letters = (c) => server.sql(`SELECT o.kind, o.seq FROM synpunkt.outbox o
  WHERE o.case_id = ${serial(c.number)} AND o.kind <> 'receipt'`);

async function waiting(json = { text: 'Det är lagat, tack!' }, more = {}) {
  const c = await submit(more);
  await act(hanna, c.number, 'assign', { user: 'hanna' });
  const res = await act(hanna, c.number, 'reply', json);
  assert.equal(res.json.status, 'awaiting-approval');
  return c;
}

test('a handler’s answer waits: 201, nothing is sent and no clock is met', async () => {
  const c = await waiting({ text: 'Det är lagat.', close: 'remedied' });
  const seen = await look(c, hanna);
  assert.deepEqual([seen.status, seen.answeredAt, seen.acknowledgedAt, seen.closedAt],
    ['awaiting-approval', null, null, null]);
  assert.deepEqual(seen.messages, []);
  assert.equal(seen.replyNeedsApproval, true);
  assert.deepEqual({ ...seen.approval, at: 0 }, { by: 'hanna', byName: 'Hanna Ek', at: 0,
    text: 'Det är lagat.', close: 'remedied', approvers: ['Clara Alm', 'Clara Chef', 'Mats Bo'] });
  assert.deepEqual(await letters(c), []);
  assert.deepEqual(await whats(c), ['received', 'assigned', 'approval-asked']);
  assert.deepEqual(await server.sql(`SELECT kind, body FROM synpunkt.case_content
    WHERE case_id = ${serial(c.number)} AND seq = 3`),
    [{ kind: 'draft', body: 'Det är lagat.' }]);
  assert.ok(seen.actions.includes('withdraw-approval') && !seen.actions.includes('approve'));
});

test('the complainant sees neither the draft nor that it waits among colleagues', async () => {
  const c = await waiting({ text: 'hemligt utkast' });
  await act(clara, c.number, 'reject-approval', { text: 'mjukare ton' });
  await act(hanna, c.number, 'reply', { text: 'nytt utkast' });
  await act(hanna, c.number, 'withdraw-approval', {});
  const told = await follow(c);
  const page = await server.get(`/folj/${c.number}/${c.followUpCode}`);
  assert.equal(page.status, 200);
  for (const { text } of [told, page])
    for (const word of ['utkast', 'mjukare', 'approval', 'Hanna', 'Clara'])
      assert.ok(!text.includes(word), word);
  assert.deepEqual(told.json.messages, []);
});

test('a manager lets it go exactly as it was written: event, clocks, letter, author', async () => {
  const text = '  Det är lagat.\n\nHälsningar 😀 ';
  const c = await waiting({ text });
  const res = await act(clara, c.number, 'approve', {});
  assert.equal(res.json.status, 'answered');
  assert.ok(res.json.answeredAt && res.json.answeredAt === res.json.acknowledgedAt);
  assert.deepEqual(res.json.messages.map((m) => [m.from, m.text, m.byName]),
    [['city', text, 'Hanna Ek']]);
  assert.equal(res.json.approval, null);
  assert.deepEqual(await whats(c),
    ['received', 'assigned', 'approval-asked', 'approved', 'replied']);
  assert.deepEqual(res.json.events.slice(-2).map((e) => [e.what, e.byName, e.codes.draft]),
    [['approved', 'Clara Alm', 3], ['replied', 'Clara Alm', 3]]);
  assert.deepEqual(res.json.events.at(-1).codes.status,
    { from: 'awaiting-approval', to: 'answered' });
  assert.ok(!('author' in res.json.events.at(-1).codes));
  assert.deepEqual(await letters(c), [{ kind: 'reply', seq: '5' }]);
  assert.deepEqual((await follow(c)).json.messages.map((m) => m.text), [text]);
  /* The draft stays what its event brought. */
  assert.equal((await server.sql(`SELECT body FROM synpunkt.case_content
    WHERE case_id = ${serial(c.number)} AND seq = 3 AND kind = 'draft'`))[0].body, text);
});

test('a closing that was asked for is done when it goes', async () => {
  const c = await waiting({ text: 'Klart', close: 'explained' });
  const res = await act(mats, c.number, 'approve', {});
  assert.deepEqual([res.json.status, res.json.closureReason], ['closed', 'explained']);
  assert.deepEqual((await whats(c)).slice(-3), ['approved', 'replied', 'closed']);
  assert.equal((await letters(c)).length, 1);
});

test('sent back with words: the case is the handler’s again, and the draft is kept', async () => {
  const c = await waiting({ text: 'Sluta klaga.' });
  for (const json of [{}, { text: null }, { text: ' ' }])
    await act(clara, c.number, 'reject-approval', json, 422);
  const res = await act(clara, c.number, 'reject-approval', { text: 'Skriv vänligare.' });
  assert.deepEqual([res.json.status, res.json.handler, res.json.answeredAt],
    ['assigned', 'hanna', null]);
  assert.deepEqual(res.json.notes.map((n) => [n.kind, n.byName, n.text]),
    [['approval-rejected', 'Clara Alm', 'Skriv vänligare.']]);
  assert.deepEqual(await letters(c), []);
  await act(clara, c.number, 'approve', {}, 409);
  await act(hanna, c.number, 'reply', { text: 'Vi lagar den.' });
  const done = await act(clara, c.number, 'approve', {});
  assert.deepEqual(done.json.messages.map((m) => m.text), ['Vi lagar den.']);
});

test('the handler takes it back, or writes it anew: only the last draft can go', async () => {
  const c = await waiting({ text: 'ett' });
  const back = await act(hanna, c.number, 'withdraw-approval', { text: 'jag tänkte om' });
  assert.equal(back.json.status, 'assigned');
  await act(hanna, c.number, 'withdraw-approval', {}, 409);
  await act(hanna, c.number, 'reply', { text: 'två', close: 'remedied' });
  const again = await act(hanna, c.number, 'reply', { text: 'tre' });
  assert.deepEqual([again.json.approval.text, again.json.approval.close], ['tre', null]);
  const done = await act(clara, c.number, 'approve', {});
  assert.deepEqual([done.json.status, done.json.messages.map((m) => m.text)],
    ['answered', ['tre']]);
});

test('nobody lets go what they wrote themselves; a case-handler lets nothing go', async () => {
  const c = await waiting();
  await act(hanna, c.number, 'approve', {}, 403);
  await act(hanna, c.number, 'reject-approval', { text: 'nej' }, 403);
  /* Hanna becomes a manager: the draft is still her own. */
  await server.sql(`INSERT INTO synpunkt.staff_role (user_id, role, board) SELECT id,
    'manager', '${trafik}' FROM synpunkt.staff_user WHERE username = 'hanna'`);
  try {
    const seen = await look(c, hanna);
    assert.ok(!seen.actions.includes('approve'));
    assert.deepEqual(seen.approval.approvers, ['Clara Alm', 'Clara Chef', 'Mats Bo']);
    await act(hanna, c.number, 'approve', {}, 403);
    assert.equal((await look(c)).status, 'awaiting-approval');
  } finally {
    await server.sql(`DELETE FROM synpunkt.staff_role r USING synpunkt.staff_user u
      WHERE u.id = r.user_id AND u.username = 'hanna' AND r.role = 'manager'`);
  }
  assert.equal((await doIt(there, c.number, 'approve', { etag: '"3"' })).status, 404);
  assert.deepEqual(await letters(c), []);
});

test('a manager’s own answer goes at once; so does one where no rule asks', async () => {
  const own = await submit();
  assert.equal((await look(own)).replyNeedsApproval, false);
  assert.equal((await act(clara, own.number, 'reply', { text: 'Klart' })).json.status,
    'answered');
  const cases = [
    [['board\tcategory\n', `${trafik}\tpark\n`], 'answered'],
    [['board\tcategory\n', `${trafik}\tgatubelysning\n`], 'awaiting-approval'],
    [['board\tsensitivity\n', `${trafik}\tS3\n`], 'answered'],
    [['board\tsensitivity\n', `${trafik}\tS1\n`], 'awaiting-approval'],
    [['board\tvalid_from\n', `${trafik}\t2099-01-01\n`], 'answered'],
    [['board\tvalid_to\n', `${trafik}\t2020-01-01\n`], 'answered'],
    [['board\n', `${farsta}\n`], 'answered'],
    [['board\n', 'Trafiknämnden\n'], 'awaiting-approval'],
  ];
  for (const [lines, status] of cases) {
    const out = await rules(...lines);
    assert.equal(out.code, 0, out.stderr);
    const c = await submit();
    assert.equal((await act(hanna, c.number, 'reply', { text: 'Klart' })).json.status,
      status, lines[1]);
  }
  assert.equal((await rules('board\n', 'ingen-namnd\n')).code, 1);
  assert.equal((await server.sql('SELECT count(*) AS n FROM synpunkt.approval_rule'))[0].n, '1');
});

test('a double press lets it go once: one letter, the other 409', async () => {
  const c = await waiting();
  const { etag } = (await clara.get(at(c.number))).headers;
  const both = await Promise.all([clara, mats, clara].map((who) =>
    doIt(who, c.number, 'approve', { etag })));
  assert.deepEqual(both.map((r) => r.status).sort(), [201, 409, 409]);
  assert.equal((await letters(c)).length, 1);
  assert.equal((await whats(c)).filter((w) => w === 'replied').length, 1);
});

test('managers find what awaits them: by status, by attention, marked in the queue', async () => {
  const c = await waiting();
  for (const query of ['status=awaiting-approval', 'attention=approval']) {
    const { items } = (await clara.get(`/api/v1/desk/cases?limit=200&${query}`)).json;
    assert.ok(items.some((i) => i.number === c.number), query);
    assert.ok(items.every((i) => i.status === 'awaiting-approval'
      && i.attention.includes('approval')), query);
  }
  await act(clara, c.number, 'approve', {});
  const { items } = (await clara.get(
    '/api/v1/desk/cases?limit=200&attention=approval')).json;
  assert.ok(!items.some((i) => i.number === c.number));
});

test('it counts as answered when it goes; the chain holds', async () => {
  const c = await waiting();
  const answered = async () => (await server.sql(`SELECT answered_at FROM synpunkt.case
    WHERE id = ${serial(c.number)}`))[0].answered_at;
  assert.equal(await answered(), null);
  await act(clara, c.number, 'approve', {});
  assert.ok(await answered());
  const out = await server.ctl(['--json', 'audit', 'verify']);
  assert.equal(out.code, 0, out.stdout + out.stderr);
});

test('who can let it go: who stands in for a manager today, not who is away tomorrow', async () => {
  const sara = await newColleague(server, 'sara', `case-handler@${trafik}`, 'Sara Vik');
  const ask = async (c) => (await look(c, hanna)).approval.approvers;
  const c = await waiting();
  assert.ok(!(await ask(c)).includes('Sara Vik'));
  const put = (...args) => server.ctl(['user', 'substitute', 'mats', 'sara', ...args]);
  assert.equal((await put('--from', '2999-01-01', '--to', '2999-02-01')).code, 0);
  assert.ok(!(await ask(c)).includes('Sara Vik'));
  assert.equal((await put('--to', '2999-01-01')).code, 0);
  assert.deepEqual(await ask(c), ['Clara Alm', 'Clara Chef', 'Mats Bo', 'Sara Vik']);
  assert.equal((await act(sara, c.number, 'approve', {})).json.status, 'answered');
});

test('the filter of what waits goes with other filters', async () => {
  const c = await waiting();
  const list = async (query) => (await clara.get(`/api/v1/desk/cases?limit=200&${query}`)).json.items
    .map((i) => i.number);
  assert.ok((await list('attention=approval&status=awaiting-approval')).includes(c.number));
  assert.ok((await list('attention=approval&status=received,awaiting-approval')).includes(c.number));
  assert.ok((await list('attention=approval&handler=hanna')).includes(c.number));
  for (const query of ['status=received', 'status=closed', 'status=received,closed', 'handler=clara'])
    assert.deepEqual(await list(`attention=approval&${query}`), [], query);
});
