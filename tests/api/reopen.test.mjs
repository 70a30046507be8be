/* Who is not content with the answer opens the case again. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { act, at, coordinator, events, serial, submitTo } from './contract_desk_kit.mjs';
import { startServer } from './harness.mjs';

let server, desk;
before(async () => {
  server = await startServer();
  desk = await coordinator(server);
});
after(() => server.stop());

const reopen = (c, text = 'Den är fortfarande släckt.', code = c.followUpCode) => server.post(
  `/api/v1/cases/${c.number}/reopenings`, { json: { text }, headers: { authorization: `Bearer ${code}` } });
const answered = async (json = { text: 'Det är lagat.' }) => {
  const c = await submitTo(server, 'Lampan är släckt.');
  await act(desk, c.number, 'reply', json);
  return c;
};
const closed = () => answered({ text: 'Det är lagat.', close: 'remedied' });
/* As if answer and end had been so many local days ago. */
const ago = (at, days) => `(${at} AT TIME ZONE 'Europe/Stockholm' - interval '${days} days')
  AT TIME ZONE 'Europe/Stockholm'`;
const age = (c, days) => server.sql(`UPDATE synpunkt.case_event SET at = ${ago('at', days)}
    WHERE case_id = ${serial(c.number)};
  UPDATE synpunkt.case SET closed_at = ${ago('closed_at', days)} WHERE id = ${serial(c.number)}`);
const whole = async (c) => (await desk.get(at(c.number))).json;

test('an answered case is opened again, with words and an event', async () => {
  const c = await answered();
  const before = await whole(c);
  const res = await reopen(c);
  assert.equal(res.status, 201, res.text);
  assert.equal(res.json.status, 'received');
  assert.deepEqual(res.json.messages.at(-1).text, 'Den är fortfarande släckt.');
  assert.equal(res.json.messages.at(-1).from, 'resident');
  assert.equal(res.json.events.at(-1).what, 'reopened');
  assert.equal(res.json.answerBy, before.answerBy, 'the dates are the same as before');
  const last = (await events(server, c.number)).at(-1);
  assert.deepEqual(JSON.parse(last.codes), { status: { from: 'answered', to: 'received' } });
  const now = await whole(c);
  assert.equal(now.version, before.version + 1);
  assert.deepEqual([now.messages.at(-1).kind, now.messages.at(-1).from], ['reopened', 'resident']);
  assert.equal(now.events.at(-1).actor, 'resident');
});

test('a closed case goes on where it was, with whoever handled it', async () => {
  const c = await submitTo(server, 'Lampan är släckt.');
  await act(desk, c.number, 'assign');
  await act(desk, c.number, 'reply', { text: 'Lagat.', close: 'remedied' });
  assert.equal((await reopen(c)).json.status, 'assigned');
  const now = await whole(c);
  assert.deepEqual([now.handler, now.closureReason, now.closedAt], ['kontrakt-co', null, null]);
  assert.equal(now.legs.at(-1).state, 'accepted');
  assert.equal(now.legs.at(-1).endedAt, null);
  await act(desk, c.number, 'reply', { text: 'Nu är den bytt.', close: 'remedied' });
  assert.equal((await reopen(c, 'Nej.')).status, 201, 'as often as need be');
  const out = await server.ctl(['--json', 'audit', 'verify']);
  assert.equal(out.code, 0, out.stdout);
});

test('a second tap on the button is the same reopening', async () => {
  const c = await closed();
  for (let i = 0; i < 2; i++) assert.equal((await reopen(c)).status, 201);
  assert.equal((await events(server, c.number)).filter((e) => e.what === 'reopened').length, 1);
});

test('what is not answered yet is not opened again: 409 with the case as it is', async () => {
  const c = await submitTo(server, 'Lampan är släckt.');
  const res = await reopen(c);
  assert.equal(res.status, 409);
  assert.match(res.json.detail, /add a message instead/);
  assert.equal(res.json.current.status, 'received');
});

test('for 60 days, the last included; then one is told to submit a new one', async () => {
  for (const made of [answered, closed]) {
    const inTime = await made();
    await age(inTime, 60);
    assert.equal((await reopen(inTime)).status, 201);
    const late = await made();
    await age(late, 61);
    const res = await reopen(late);
    assert.equal(res.status, 409);
    assert.match(res.json.detail, /for 60 days .* submit a new one/);
    assert.ok(['answered', 'closed'].includes(res.json.current.status));
  }
});

test('without the code, with a wrong one, without words: as for a message', async () => {
  const c = await closed();
  assert.equal((await server.post(`/api/v1/cases/${c.number}/reopenings`, { json: { text: 'x' } })).status, 401);
  assert.equal((await reopen(c, 'x', 'ABCD-EFGH-JKMN')).status, 404);
  assert.equal((await reopen(c, ' \n')).status, 422);
  assert.equal((await whole(c)).status, 'closed');
});

const page = (c, what = '') => `/folj/${c.number}/${c.followUpCode}${what}`;

test('on the page without script: a button, and the case says that it is open again', async () => {
  const c = await closed();
  const shown = (await server.get(page(c))).text;
  assert.match(shown, /<form id="mer" action="[^"]*\/oppna" method="post"/);
  assert.match(shown, /Jag är inte nöjd: öppna ärendet igen<\/button>/);
  assert.doesNotMatch(shown, /går inte att skriva mer/);
  let res = await server.post(page(c, '/oppna'), { form: { text: ' ' } });
  assert.equal(res.status, 422);
  assert.match(res.text, /<form id="mer" action="[^"]*\/oppna"/);
  res = await server.post(page(c, '/oppna'), { form: { text: 'Nej, den är släckt.' } });
  assert.equal(res.status, 303, res.text);
  res = await server.get(res.headers.location);
  assert.match(res.text, /Ärendet är öppnat igen\./);
  assert.match(res.text, /Nej, den är släckt\./);
  assert.doesNotMatch(res.text, /\/oppna"/);
  res = await server.post(page(c, '/oppna'), { form: { text: 'Och en sak till.' } });
  assert.equal(res.status, 409);
  assert.match(res.text, /redan öppet/);
  assert.match(res.text, />\r?\nOch en sak till\.<\/textarea>/);
});

test('an answered case has both ways on its page, a late one neither', async () => {
  const c = await answered();
  assert.match((await server.get(page(c))).text, /<button type="submit" class="second" formaction="[^"]*\/oppna">/);
  await age(c, 61);
  const shown = (await server.get(page(c))).text;
  assert.doesNotMatch(shown, /\/oppna"/);
  assert.match(shown, /<form id="mer"/, 'an answered case still takes messages');
  const over = await closed();
  await age(over, 61);
  assert.match((await server.get(page(over))).text, /mer än 60 dagar.*Lämna en ny synpunkt/s);
  const res = await server.post(page(over, '/oppna'), { form: { text: 'För sent' } });
  assert.equal(res.status, 409);
  assert.match(res.text, /Lämna en ny synpunkt i stället/);
});

test('a message that meets a closed case is kept, and can open it', async () => {
  const c = await closed();
  const res = await server.post(page(c), { form: { text: 'Hinner jag?' } });
  assert.equal(res.status, 409);
  assert.match(res.text, />\r?\nHinner jag\?<\/textarea>/);
  assert.match(res.text, /Öppna ärendet igen om du vill skicka det/);
});
