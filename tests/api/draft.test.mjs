/* Drafts on the server: their writer's alone, on any device, through a crash. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { childrenOf, eventually, startServer } from './harness.mjs';
import { addUser, newColleague, signIn } from './staff.mjs';

let server;
let handler, tablet, colleague, stranger;

before(async () => {
  server = await startServer({ workers: 2 });
  const password = await addUser(server, 'dra-handler', 'case-handler@trafiknamnden');
  handler = await signIn(server, 'dra-handler', password);
  tablet = await signIn(server, 'dra-handler', password);
  colleague = await newColleague(server, 'dra-manager', 'manager@trafiknamnden');
  stranger = await newColleague(server, 'dra-stranger', 'manager@farsta-stadsdelsnamnd');
}, { timeout: 120000 });
after(async () => { await server?.stop(); });

async function submit() {
  const res = await server.post('/api/v1/cases', { json: { text: 'Lampan är trasig.', category: 'gatubelysning' } });
  assert.equal(res.status, 201, res.text);
  return res.json.number;
}
const at = (number, action = '') => `/api/v1/desk/cases/${number}/drafts${action && `/${action}`}`;
const keep = (who, number, text, seen = null, action = 'reply') =>
  who.put(at(number, action), { json: { fields: { text }, seen } });
const items = async (who, url) => (await who.get(url)).json.items;

test('what is typed is read back on another device, changed there, and removed', async () => {
  const number = await submit();
  const first = await keep(handler, number, 'Hej å\u{1F600}');
  assert.equal(first.status, 200, first.text);
  const [draft] = await items(tablet, at(number));
  assert.deepEqual(draft, { number, action: 'reply', savedAt: first.json.savedAt, fields: { text: 'Hej å\u{1F600}' } });
  const second = await keep(tablet, number, 'Hej igen', draft.savedAt);
  assert.equal(second.status, 200, second.text);
  assert.deepEqual((await items(handler, '/api/v1/desk/drafts')).map((d) => [d.number, d.fields.text]),
    [[number, 'Hej igen']]);
  assert.equal((await handler.delete(at(number, 'reply'))).status, 204);
  assert.equal((await handler.delete(at(number, 'reply'))).status, 204, 'and again');
  assert.deepEqual(await items(tablet, at(number)), []);
});

test('what another device has written since is not written over unread', async () => {
  const number = await submit();
  const first = await keep(handler, number, 'Ett');
  await keep(tablet, number, 'Två', first.json.savedAt);
  const late = await keep(handler, number, 'Tre', first.json.savedAt);
  assert.equal(late.status, 409);
  assert.equal(late.json.current.fields.text, 'Två');
  assert.equal((await keep(handler, number, 'Tre')).status, 409, 'nor by who knows of none');
  assert.equal((await keep(handler, number, 'Två')).status, 200, 'the same words are no conflict');
  const [now] = await items(handler, at(number));
  assert.equal((await keep(handler, number, 'Tre', now.savedAt)).status, 200);
});

test('nobody else sees a draft, and of another board\'s case there is none', async () => {
  const number = await submit();
  await keep(handler, number, 'Mitt');
  await keep(handler, number, 'Anteckning', null, 'note');
  assert.deepEqual(await items(colleague, at(number)), []);
  assert.deepEqual(await items(colleague, '/api/v1/desk/drafts'), []);
  assert.equal((await keep(colleague, number, 'Chefens')).status, 200, 'each has their own');
  assert.equal((await colleague.delete(at(number, 'reply'))).status, 204);
  assert.equal((await items(handler, at(number))).length, 2);
  assert.equal((await keep(stranger, number, 'Nej')).status, 404);
  assert.equal((await keep(handler, '2026-999999999', 'Nej')).status, 404);
  assert.equal((await server.put(at(number, 'reply'), { json: { fields: {} } })).status, 401);
  assert.equal((await handler.put(at(number, 'reply'), { json: { fields: {} }, headers: { 'x-csrf-token': 'x' } })).status, 403);
  const whole = await handler.get(`/api/v1/desk/cases/${number}`);
  assert.ok(!whole.text.includes('Anteckning'), 'it is no part of the case');
  assert.deepEqual(await server.sql(`SELECT what FROM synpunkt.case_event
    WHERE case_id = ${number.split('-')[1]} AND what NOT IN ('received', 'registered', 'routed')`), []);
});

test('a colleague\'s change of the case leaves it', async () => {
  const number = await submit();
  const { savedAt } = (await keep(handler, number, 'Halvvägs')).json;
  const { etag } = (await colleague.get(`/api/v1/desk/cases/${number}`)).headers;
  const noted = await colleague.post(`/api/v1/desk/cases/${number}/notes`, { etag, json: { text: 'Före' } });
  assert.equal(noted.status, 201);
  const late = await handler.post(`/api/v1/desk/cases/${number}/replies`, { etag, json: { text: 'Halvvägs' } });
  assert.equal(late.status, 409);
  assert.deepEqual((await items(handler, at(number))).map((d) => d.fields.text), ['Halvvägs']);
  assert.equal((await keep(handler, number, 'Helt', savedAt)).status, 200);
});

test('a worker that is killed between saving and reading loses nothing', async () => {
  const number = await submit();
  assert.equal((await keep(handler, number, 'Före kraschen')).status, 200);
  const workers = childrenOf(server.process.pid).filter((c) => /http|worker/.test(c.name));
  for (const { pid } of workers.length ? workers : childrenOf(server.process.pid)) process.kill(pid, 'SIGKILL');
  const found = await eventually('it is read again', async () => {
    try {
      const res = await tablet.get(at(number));
      return res.status === 200 && res.json.items;
    } catch {
      return false;
    }
  }, 30000);
  assert.deepEqual(found.map((d) => d.fields.text), ['Före kraschen']);
  /* Each worker has the city to load before it takes any; chance says which is asked. */
  await eventually('cases come in again, whoever takes them', async () => {
    for (let i = 0; i < 10; i++)
      if (!await submit().then(() => true, () => false)) return false;
    return true;
  }, 30000);
});

test('what is no draft is refused, and there is a ceiling', async () => {
  const number = await submit();
  const put = (json, action = 'reply') => handler.put(at(number, action), { json });
  for (const json of [{}, { fields: 'x' }, { fields: { text: 1 } }, { fields: { text: 'x'.repeat(10001) } },
    { fields: { text: 'a\u0000b' } }, { fields: { ['x'.repeat(41)]: 'a' } }, { fields: {}, seen: 'i går' },
    { fields: Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`f${i}`, 'x'])) }])
    assert.equal((await put(json)).status, 422, JSON.stringify(json).slice(0, 60));
  assert.equal((await put({ fields: { text: 'å'.repeat(10000) } })).status, 200);
  assert.equal((await put({ fields: {} }, 'a'.repeat(41))).status, 404);
  assert.equal((await put({ fields: {} }, 'x%27')).status, 404);
  assert.ok((await put({ fields: {}, seen: '2026-13-45T99:99:99.000Z' })).status < 500);
  assert.equal((await put({ fields: { a: 'x'.repeat(70000) } })).status, 413);
  await server.sql(`INSERT INTO synpunkt.reply_draft (user_id, case_id, action, fields)
    SELECT u.id, c.id, 'note', '{}' FROM synpunkt.staff_user u, LATERAL
    (SELECT c.id FROM synpunkt.case c ORDER BY c.id LIMIT 200) c WHERE u.username = 'dra-handler'`);
  const full = await put({ fields: { text: 'En till' } }, 'ask');
  assert.equal(full.status, 409);
  assert.match(full.json.detail, /200 drafts/);
});
