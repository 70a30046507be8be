/* Who else has a case open: told to those who may read it, and gone by itself. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { eventually, startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

let server;
let eva, hugo, stranger;

before(async () => {
  server = await startServer({ workers: 2 });
  eva = await newColleague(server, 'pres-eva', 'case-handler@trafiknamnden', 'Eva Ek');
  hugo = await newColleague(server, 'pres-hugo', 'case-handler@trafiknamnden', 'Hugo Alm');
  stranger = await newColleague(server, 'pres-stranger', 'manager@farsta-stadsdelsnamnd');
}, { timeout: 120000 });
after(async () => { await server?.stop(); });

async function submit() {
  const res = await server.post('/api/v1/cases', { json: { text: 'Lampan är trasig.', category: 'gatubelysning' } });
  assert.equal(res.status, 201, res.text);
  return res.json.number;
}
const at = (number) => `/api/v1/desk/cases/${number}/presence`;
const here = (who, number, writing = null) => who.put(at(number), { json: { writing } });
const others = async (who, number, writing) => (await here(who, number, writing)).json.items;

test('each sees who else has it open, who writes, and who has left', async () => {
  const number = await submit();
  assert.deepEqual(await others(eva, number), []);
  assert.deepEqual(await others(hugo, number), [{ user: 'pres-eva', name: 'Eva Ek', writing: null }]);
  await here(eva, number, 'reply');
  assert.deepEqual(await others(hugo, number), [{ user: 'pres-eva', name: 'Eva Ek', writing: 'reply' }]);
  assert.equal((await eva.delete(at(number))).status, 204);
  assert.deepEqual(await others(hugo, number), []);
});

test('who says no more is gone after half a minute, and nothing of it is kept', async () => {
  const number = await submit();
  const id = number.split('-')[1];
  await here(eva, number, 'note');
  const [row] = await server.sql(`SELECT until - now() BETWEEN '25 s' AND '30 s' AS soon
    FROM synpunkt.case_presence WHERE case_id = ${id}`);
  assert.equal(row.soon, 't');
  await server.sql(`UPDATE synpunkt.case_presence SET until = now() - interval '2 minutes' WHERE case_id = ${id}`);
  assert.deepEqual(await others(hugo, number), []);
  assert.deepEqual(await server.sql(`SELECT user_id FROM synpunkt.case_presence p JOIN synpunkt.staff_user u
    ON u.id = p.user_id WHERE case_id = ${id} AND u.username = 'pres-eva'`), []);
  assert.deepEqual(await server.sql(`SELECT what FROM synpunkt.case_event WHERE case_id = ${id}
    AND actor LIKE 'user:%'`), []);
  assert.deepEqual(await server.sql(`SELECT version FROM synpunkt.case WHERE id = ${id}`), [{ version: '1' }]);
});

test('of a case that is not theirs to read nobody says or learns anything', async () => {
  const number = await submit();
  await here(eva, number);
  assert.equal((await here(stranger, number)).status, 404);
  await server.sql(`UPDATE synpunkt.case SET sensitivity = 4 WHERE id = ${number.split('-')[1]}`);
  assert.equal((await here(hugo, number)).status, 404);
  assert.equal((await here(eva, '2026-999999999')).status, 404);
  assert.equal((await here(eva, number, 'x y')).status, 422);
  assert.equal((await server.put(at(number), { json: {} })).status, 401);
});

test('those who have it open are told by the stream that something is new, and only they', async () => {
  const number = await submit();
  const other = await submit();
  const read = async (who) => {
    const control = new AbortController();
    const res = await fetch(`${server.url}/api/v1/desk/events`, { headers: { cookie: who.cookie }, signal: control.signal });
    const told = { text: '', stop: () => control.abort() };
    (async () => {
      for await (const piece of res.body.pipeThrough(new TextDecoderStream())) told.text += piece;
    })().catch(() => undefined);
    return told;
  };
  const toEva = await read(eva);
  const toHugo = await read(hugo);
  await here(eva, number);
  await here(hugo, number, 'reply');
  await eventually('Eva is told', () => toEva.text.includes(`event: presence\ndata: {"number":"${number}"}`), 10000);
  const told = toEva.text.split('event: presence').length;
  await here(hugo, number, 'reply');
  await here(hugo, other, 'reply');
  await here(hugo, number, null);
  await eventually('and of what he does next', () => toEva.text.split('event: presence').length === told + 1, 10000);
  assert.ok(!toEva.text.includes(other), 'a sign of life is no news, nor is another case');
  assert.ok(!toHugo.text.includes('event: presence'), 'nor what one does oneself');
  toEva.stop();
  toHugo.stop();
});
