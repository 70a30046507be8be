/* An interim reply: the complainant hears what is known so far, and the answer is still due. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

let server;
let handler, manager, registrar;

before(async () => {
  server = await startServer();
  handler = await newColleague(server, 'int-handler', 'case-handler@trafiknamnden');
  manager = await newColleague(server, 'int-manager', 'manager@trafiknamnden');
  registrar = await newColleague(server, 'int-registrar', 'registrar@trafiknamnden');
}, { timeout: 120000 });
after(async () => { await server?.stop(); });

async function submit() {
  const res = await server.post('/api/v1/cases', { json: { text: 'Lampan är trasig.', category: 'gatubelysning',
    contact: { email: 'eva@example.se' } } });
  assert.equal(res.status, 201, res.text);
  return res.json;
}
async function act(who, c, path, json) {
  const { etag } = (await who.get(`/api/v1/desk/cases/${c.number}`)).headers;
  return who.post(`/api/v1/desk/cases/${c.number}/${path}`, { etag, json });
}
const id = (c) => c.number.split('-')[1];

test('it reaches the complainant, and the case stays open and unanswered', async () => {
  const c = await submit();
  const before_ = (await handler.get(`/api/v1/desk/cases/${c.number}`)).json;
  const done = await act(handler, c, 'interim-replies', { text: 'Vi har varit där.' });
  assert.equal(done.status, 201, done.text);
  assert.equal(done.json.status, before_.status);
  assert.equal(done.json.answeredAt, null);
  assert.equal(done.json.answerBy, before_.answerBy);
  assert.equal(done.json.events.at(-1).what, 'interim-reply');
  const [letter] = await server.sql(`SELECT kind FROM synpunkt.outbox WHERE case_id = ${id(c)} ORDER BY id DESC LIMIT 1`);
  assert.equal(letter.kind, 'interim');
  const seen = (await server.get(`/api/v1/cases/${c.number}`, { headers: { authorization: `Bearer ${c.followUpCode}` } })).json;
  assert.deepEqual(seen.messages.map((m) => [m.from, m.text]), [['city', 'Vi har varit där.']]);
  assert.ok(seen.events.some((e) => e.what === 'interim-reply'));
  const page = await server.get(`/folj/${c.number}/${c.followUpCode}`);
  assert.match(page.text, /Du fick ett delsvar/);
});

test('it counts as no answer: its answer may still be late, and is told to be', async () => {
  const c = await submit();
  await act(handler, c, 'interim-replies', { text: 'Vi har varit där.' });
  await server.sql(`UPDATE synpunkt.case SET received_on = current_date - 60, acknowledge_by = current_date - 50,
    answer_by = current_date - 30 WHERE id = ${id(c)}`);
  assert.equal((await handler.get(`/api/v1/desk/cases/${c.number}`)).json.overdue, true);
  assert.deepEqual(await server.sql(`SELECT answered_at FROM synpunkt.case WHERE id = ${id(c)}`), [{ answered_at: null }]);
  assert.equal((await act(handler, c, 'delay-notices', {})).status, 201, 'and its answer may still be late');
});

test('who answers may; where a manager approves answers, the manager alone', async () => {
  const c = await submit();
  assert.equal((await act(registrar, c, 'interim-replies', { text: 'x' })).status, 403);
  assert.equal((await act(handler, c, 'interim-replies', { text: ' ' })).status, 422);
  await server.sql(`INSERT INTO synpunkt.approval_rule (board) VALUES ('trafiknamnden')`);
  assert.equal((await act(handler, c, 'interim-replies', { text: 'Förbi chefen' })).status, 403);
  assert.equal((await act(manager, c, 'interim-replies', { text: 'Av chefen' })).status, 201);
  await server.sql('DELETE FROM synpunkt.approval_rule');
  assert.deepEqual((await server.sql(`SELECT body FROM synpunkt.case_content WHERE case_id = ${id(c)} AND kind = 'reply'`))
    .map((r) => r.body), ['Av chefen']);
});

test('a draft goes in the transaction that sends it, and that of a case passed on is still its writer\'s', async () => {
  const c = await submit();
  const keep = (action, text) => handler.put(`/api/v1/desk/cases/${c.number}/drafts/${action}`, { json: { fields: { text }, seen: null } });
  for (const action of ['reply', 'interim-reply', 'note']) assert.equal((await keep(action, action)).status, 200);
  await act(handler, c, 'interim-replies', { text: 'Klart' });
  await act(manager, c, 'notes', { text: 'Chefens egen' });
  const left = async () => (await handler.get('/api/v1/desk/drafts')).json.items.filter((d) => d.number === c.number).map((d) => d.action).sort();
  assert.deepEqual(await left(), ['note', 'reply']);
  const moved = await act(manager, c, 'transfers', { board: 'farsta-stadsdelsnamnd', ground: 'no-secrecy' });
  assert.equal(moved.status, 201, moved.text);
  assert.deepEqual(await left(), ['note', 'reply'], 'a colleague took the case, not the words');
  assert.equal((await keep('reply', 'mer')).status, 404);
  assert.equal((await handler.delete(`/api/v1/desk/cases/${c.number}/drafts/reply`)).status, 204);
  assert.deepEqual(await left(), ['note']);
});
