/* Cases handed to lex Sarah, lex Maria, the police: registered at the desk, told to colleagues
 * alone, and counted as numbers. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { assertProblem } from './contract_kit.mjs';
import { at, coordinator, submitTo, trafik } from './contract_desk_kit.mjs';
import { startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

let server, desk, secretary, dispatcher;
before(async () => {
  server = await startServer({ env: { SYNPUNKT_INTAKE_PER_HOUR: '0' } });
  desk = await coordinator(server);
  secretary = await newColleague(server, 'sekr', `board-secretary@${trafik}`);
  dispatcher = await newColleague(server, 'vaxel', `dispatcher@${trafik}`);
});
after(async () => {
  await server.stop();
  assert.doesNotMatch(server.log, /Sanitizer|runtime error|page_failed/);
});

const hand = async (client, number, json, etag) => client.post(at(number, 'hand-offs'), { json,
  etag: etag ?? (await desk.get(at(number))).headers.etag });
const month = async () => (await server.sql(`SELECT to_char(synpunkt.today(), 'YYYY-MM') AS m`))[0].m;
async function told(client = secretary, board = trafik) {
  const res = await client.get(`/api/v1/statistics/packs?month=${await month()}${board && `&board=${board}`}`);
  assert.equal(res.status, 200, res.text);
  const section = res.json.sections.find((s) => s.code === 'N');
  return Object.fromEntries(section.tables[0].rows.map((r) => [r.id, r.cells[0].text]));
}

test('a hand-off is an event with a note, and the complainant hears nothing of it', async () => {
  const made = await submitTo(server, 'Han slog mig');
  const res = await hand(desk, made.number, { to: 'police', text: 'Diarienummer 5000-K1.' });
  assert.equal(res.status, 201, res.text);
  assert.equal(res.json.events.at(-1).what, 'handed-police');
  assert.deepEqual([res.json.notes.at(-1).kind, res.json.notes.at(-1).text], ['handed-police', 'Diarienummer 5000-K1.']);
  assert.equal(res.json.status, 'received');
  const follow = await server.get(`/api/v1/cases/${made.number}`, { headers: { 'x-follow-up-code': made.followUpCode } });
  assert.ok(!JSON.stringify(follow.json).includes('handed'));
  const page = await server.get(`/folj/${made.number}/${made.followUpCode}`, { headers: { accept: 'text/html' } });
  assert.doesNotMatch(page.text, /5000-K1|[Pp]olis/);
  /* Without words, and of a closed case too. */
  assert.equal((await hand(desk, made.number, { to: 'lex-sarah' })).status, 201);
  await desk.post(at(made.number, 'closures'), { json: { reason: 'explained' }, etag: (await desk.get(at(made.number))).headers.etag });
  assert.equal((await hand(desk, made.number, { to: 'other-authority' })).status, 201);
  const [row] = await server.sql(`SELECT count(*) AS n FROM synpunkt.case_hand_off WHERE case_id = ${made.number.split('-')[1]}`);
  assert.equal(row.n, '3');
});

test('who may, and what is wrong with it', async () => {
  const made = await submitTo(server, 'x');
  for (const client of [secretary, dispatcher])
    assertProblem(await hand(client, made.number, { to: 'police' }), 403);
  for (const json of [{}, { to: 'fbi' }, { text: 'x' }])
    assertProblem(await hand(desk, made.number, json), 422);
  assertProblem(await hand(desk, made.number, { to: 'police' }, '"999"'), 409);
  assert.equal((await desk.post(at(made.number, 'hand-offs'), { json: { to: 'police' } })).status, 428);
});

test('a month counts the cases, and hides few of them', async () => {
  assert.deepEqual(await told(), { 'lex-sarah': '<5', 'lex-maria': '0', police: '<5', 'other-authority': '<5' });
  for (let i = 0; i < 5; i++) {
    const made = await submitTo(server, `Fall ${i}`);
    await hand(desk, made.number, { to: 'lex-sarah' });
    await hand(desk, made.number, { to: 'lex-sarah', text: 'en gång till' });
  }
  assert.equal((await told())['lex-sarah'], '6');
  const analyst = await newColleague(server, 'analys', 'analyst');
  assert.equal((await told(analyst, ''))['lex-sarah'], '6');
  assert.equal((await told(analyst, 'farsta-stadsdelsnamnd'))['lex-sarah'], '0');
});
