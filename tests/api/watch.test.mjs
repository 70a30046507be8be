/* Deadlines watched, as staff and complainants see it: the clock, marks, notices of delay,
 * letters that failed, the digest. tests/api/watch_days.test.mjs tries chosen instants. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { ctl, eventually, startServer } from './harness.mjs';
import { readLetter, startSink } from './smtp_sink.mjs';
import { addUser, newColleague } from './staff.mjs';

const trafik = 'trafiknamnden';
const farsta = 'farsta-stadsdelsnamnd';
const local = (options) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm',
  ...options }).format(new Date());
const today = local({});

let server;
let sink;
let anna; /* case-handler */
let carl; /* coordinator */
let other; /* at another board */
let working; /* day → is it a working day, by the rule */

before(async () => {
  sink = await startSink();
  server = await startServer({ env: { SYNPUNKT_SMTP: sink.url,
    SYNPUNKT_MAIL_FROM: 'synpunkter@stad.example',
    SYNPUNKT_PUBLIC_URL: 'https://synpunkt.example',
    SYNPUNKT_DIGEST_AT: local({ hour: '2-digit', minute: '2-digit' }) } });
  anna = await newColleague(server, 'anna', `case-handler@${trafik}`, 'Anna Ek');
  carl = await newColleague(server, 'carl', `coordinator@${trafik}`, 'Carl Alm');
  other = await newColleague(server, 'fia', `coordinator@${farsta}`, 'Fia Lind');
  const year = Number(today.slice(0, 4));
  const list = JSON.parse((await ctl(['due', '--list', `${year - 1}`, `${year + 1}`,
    '--json'])).stdout);
  working = new Map(list.map((d) => [d.date, d.workingDay]));
});
after(async () => {
  await server.stop();
  await sink.close();
});

const addDays = (day, n) => new Date(Date.parse(day) + n * 86400000).toISOString().slice(0, 10);
function workingDays(from, to) {
  let n = 0;
  for (let day = addDays(from, 1); day <= to; day = addDays(day, 1)) n += working.get(day);
  return n;
}
function workingDayAfter(from, n) {
  let day = from;
  while (n > 0) {
    day = addDays(day, 1);
    n -= working.get(day);
  }
  return day;
}

let serial = 0;
async function submit(more = {}) {
  const email = `resident.${++serial}@example.se`;
  const res = await server.post('/api/v1/cases', { json: { text: 'Lampan är hemligt släckt',
    category: 'gatubelysning', contact: { email }, ...more } });
  assert.equal(res.status, 201, res.text);
  return { ...res.json, id: res.json.number.split('-')[1], email };
}
const at = (c, what = '') => `/api/v1/desk/cases/${c.number}${what && `/${what}`}`;
async function look(client, c) {
  const res = await client.get(at(c));
  assert.equal(res.status, 200, res.text);
  return { ...res.json, etag: res.headers.etag };
}
async function act(client, c, what, json, status = 201) {
  const { etag } = await look(client, c);
  const res = await client.post(at(c, what), { json, etag });
  assert.equal(res.status, status, res.text);
  return res.json;
}
const set = (c, what) => server.sql(`UPDATE synpunkt.case SET ${what} WHERE id = ${c.id}`);
const say = async (c, text) => assert.equal((await server.post(
  `/api/v1/cases/${c.number}/messages`, { json: { text },
    headers: { authorization: `Bearer ${c.followUpCode}` } })).status, 201);
const follow = async (c) => (await server.get(`/api/v1/cases/${c.number}`,
  { headers: { authorization: `Bearer ${c.followUpCode}` } })).json;
const page = async (c, lang = 'sv') => (await server.get(
  `/folj/${c.number}/${c.followUpCode}?lang=${lang}`)).text;
const summary = async (client) => {
  const res = await client.get('/api/v1/desk/summary');
  assert.equal(res.status, 200, res.text);
  return res.json;
};
const listed = async (client, attention) => {
  const res = await client.get(`/api/v1/desk/cases?limit=200&attention=${attention}`);
  assert.equal(res.status, 200, res.text);
  return res.json.items;
};
const lettersTo = (c) => sink.letters.filter((l) => l.to === c.email);

/* ---- the clock ---- */

test('the clock stands still while the complainant is asked, and goes on', async () => {
  const c = await submit();
  const stopped = await act(anna, c, 'questions', { text: 'Vilken?' });
  assert.match(stopped.answerBecause, /; tiden står still medan vi väntar på den som skrev$/);
  assert.equal(stopped.events.at(-1).what, 'clock-stopped');
  assert.deepEqual(stopped.events.at(-1).codes, { since: today, answerBy: c.answerBy });
  assert.equal(stopped.answerBy, c.answerBy);

  const since = addDays(today, -40);
  const due = workingDayAfter(since, 3);
  await set(c, `received_on = '${since}', acknowledge_by = '${today}',
    answer_by = '${due}', waiting_since = '${since}'`);
  const waiting = await look(anna, c);
  assert.equal(waiting.daysLeft, 3, 'as many as when it stopped');
  assert.deepEqual([waiting.overdue, waiting.attention], [false, []]);

  await say(c, 'Den vid dörren');
  const it = await look(anna, c);
  const waited = workingDays(since, today);
  assert.equal(it.status, 'received');
  assert.equal(it.answerBy, workingDayAfter(due, waited));
  assert.equal(it.daysLeft, 3);
  assert.match(it.answerBecause,
    new RegExp(`; stod still ${waited} arbetsdagar, ${since} till ${today}$`));
  const resumed = it.events.at(-1);
  assert.equal(resumed.what, 'clock-resumed');
  assert.deepEqual(resumed.codes, { since, until: today, workingDays: waited,
    answerBy: { from: due, to: it.answerBy } });
  const seen = await follow(c);
  assert.equal(seen.answerBy, it.answerBy);
});

test('staff end a wait too: an answer in time by the net clock is in time', async () => {
  const c = await submit();
  await act(anna, c, 'questions', { text: 'Vilken?' });
  const since = addDays(today, -30);
  await set(c, `received_on = '${since}', acknowledge_by = '${today}',
    answer_by = '${since}', waiting_since = '${since}'`);
  const it = await act(anna, c, 'replies', { text: 'Lagad.', close: 'remedied' });
  assert.deepEqual(it.events.slice(-3).map((e) => e.what), ['replied', 'closed', 'clock-resumed']);
  assert.equal(it.answerBy, workingDayAfter(since, workingDays(since, today)));
  assert.deepEqual([it.daysLeft, it.attention, it.overdue], [null, [], false]);
});

test('where the clock stops is a setting of the policy, and is shown', async () => {
  await server.sql(`UPDATE synpunkt.deadline_policy SET stops_for = '{}'
      WHERE category = 'snorojning';
    INSERT INTO synpunkt.deadline_policy (source, category, answer_days, stops_for)
    SELECT 'test', 'snorojning', 7, '{}' WHERE NOT EXISTS (SELECT
      FROM synpunkt.deadline_policy WHERE category = 'snorojning')`);
  await server.sql(`INSERT INTO synpunkt.deadline_policy (source, category, answer_days, stops_for)
    VALUES ('test', 'klotter', 7, '{waiting-complainant,waiting-other}')
    ON CONFLICT (board, category, type, valid_from)
    DO UPDATE SET stops_for = excluded.stops_for, answer_days = 7`);
  const c = await eventually('the new rule is used', async () => {
    const made = await submit({ category: 'snorojning' });
    const [row] = await server.sql(`SELECT answer_because AS b FROM synpunkt.case
      WHERE id = ${made.id}`);
    return /; tiden går också medan vi väntar$/.test(row.b) && made;
  });
  const board = (await newColleague(server, 'snorojare', `case-handler@${c.board.code}`));
  const it = await act(board, c, 'questions', { text: 'Vilken?' });
  assert.equal(it.status, 'waiting-complainant');
  assert.equal(it.events.at(-1).what, 'question');
  await say(c, 'Den där');
  assert.equal((await look(board, c)).answerBy, c.answerBy);

  for (const [category, stops] of [['klotter', true], ['gatubelysning', false]]) {
    const d = await submit({ category });
    await set(d, `status = 'waiting-other'`);
    const [row] = await server.sql(`SELECT waiting_since FROM synpunkt.case WHERE id = ${d.id}`);
    assert.equal(row.waiting_since, stops ? today : null, category);
  }
});

test('another category or board: number and clocks go on', async () => {
  const c = await submit();
  const { etag } = await look(anna, c);
  const changed = await anna.patch(at(c), { json: { category: 'snorojning' }, etag });
  assert.deepEqual([changed.json.answerBy, changed.json.acknowledgeBy],
    [c.answerBy, c.acknowledgeBy]);
  await act(carl, c, 'transfers', { board: farsta, ground: 'no-secrecy' });
  const there = await look(other, c);
  assert.deepEqual([there.number, there.answerBy, there.acknowledgeBy],
    [c.number, c.answerBy, c.acknowledgeBy]);
});

test('what has no owner’s policy any more stops for the complainant', async () => {
  const [row] = await server.sql(`SELECT synpunkt_desk.clock_stops_for(-1) AS s`);
  assert.equal(row.s, '{waiting-complainant}');
});

/* ---- attention ---- */

test('attention, counts and lists agree, at one’s own board only', async () => {
  const near = await submit();
  const late = await submit();
  const before2 = { carl: await summary(carl), other: await summary(other) };
  const soon = workingDayAfter(today, 2);
  await set(near, `answer_by = '${soon}'`);
  await set(late, `received_on = '2026-01-05', acknowledge_by = '2026-01-07',
    answer_by = '2026-01-20'`);
  await act(carl, near, 'assignments', { user: 'carl' });
  const now = await summary(carl);
  assert.deepEqual(Object.keys(now), ['open', 'mine', 'unassigned', 'nearDue', 'overdue',
    'acknowledgeOverdue', 'mailFailed', 'held', 'heldOverdue']);
  const was = before2.carl;
  assert.deepEqual(now, { ...was, mine: was.mine + 1, unassigned: was.unassigned - 1,
    nearDue: was.nearDue + 1, overdue: was.overdue + 1,
    acknowledgeOverdue: was.acknowledgeOverdue + 1 });
  assert.deepEqual(await summary(other), before2.other);
  assert.equal((await listed(carl, 'near-due')).length, now.nearDue);
  assert.equal((await listed(carl, 'overdue')).length, now.overdue);
  assert.equal((await listed(carl, 'acknowledge')).length, now.acknowledgeOverdue);
  for (const code of ['near-due', 'overdue', 'acknowledge', 'mail-failed']) {
    for (const item of await listed(carl, code)) {
      assert.ok(item.attention.includes(code), `${item.number}: ${item.attention}`);
      assert.equal(item.board, trafik);
    }
    assert.ok(!(await listed(other, code)).some((i) => i.board !== farsta));
  }
  const it = await look(carl, late);
  assert.equal(it.daysLeft, -workingDays('2026-01-20', today) || -1);
  assert.deepEqual(it.attention, ['overdue', 'acknowledge']);
  assert.equal((await look(carl, near)).daysLeft, 2);
  assert.equal((await carl.get('/api/v1/desk/cases?attention=lost')).status, 422);
  const all = (await carl.get('/api/v1/desk/cases?limit=200')).json.items;
  assert.equal(all.filter((i) => i.attention.includes('overdue')).length, now.overdue);
  assert.ok(all.every((i) => i.overdue === i.attention.includes('overdue')));
});

test('the worker tells the desk and writes it in the timeline, once', async () => {
  const c = await submit();
  await set(c, `received_on = '2026-01-05', acknowledge_by = '2026-01-07',
    answer_by = '2026-01-20'`);
  const whats = async () => (await look(anna, c)).events.map((e) => e.what);
  await eventually('it is marked', async () => (await whats()).includes('became-overdue'), 30000);
  const { version, events } = await look(anna, c);
  assert.equal(version, 2);
  assert.equal(events.at(-1).actor, 'system');
  const rows = await server.sql(`SELECT version FROM synpunkt.case_change
    WHERE case_id = ${c.id} ORDER BY id DESC LIMIT 1`);
  assert.deepEqual(rows, [{ version: '2' }]);
  assert.match(await page(c), /Sista dagen för svar passerade/);
});

test('a role for figures only has no summary; nobody at all needs to sign in', async () => {
  const alva = await newColleague(server, 'alva', 'analyst@*');
  assert.equal((await alva.get('/api/v1/desk/summary')).status, 403);
  assert.equal((await server.get('/api/v1/desk/summary')).status, 401);
});

/* ---- a notice of delay ---- */

test('a notice of delay is mailed and shown, and moves no date', async () => {
  const c = await submit();
  const expectedBy = addDays(today, 60);
  const it = await act(anna, c, 'delay-notices', { text: 'Vi väntar på en reservdel.',
    expectedBy });
  assert.equal(it.answerBy, c.answerBy);
  assert.deepEqual(it.events.at(-1).codes, { expectedBy });
  assert.equal(it.events.at(-1).what, 'delay-notice');
  assert.equal(it.messages.at(-1).kind, 'delay-notice');
  await eventually('the letter', () => lettersTo(c).length === 2);
  const { headers, body } = readLetter(lettersTo(c)[1].text);
  assert.equal(headers.subject, `Svaret i ditt ärende dröjer (${c.number})`);
  assert.match(body, /Du kan vänta dig svar senast \S+dag \d+ \w+ 20\d\d\./);
  assert.ok(body.includes(c.followUpCode), 'also of a receipt that goes at the same moment');
  assert.match(body, /Vi väntar på en reservdel\./);
  const seen = await follow(c);
  assert.deepEqual(seen.events.at(-1).expectedBy, expectedBy);
  assert.match(await page(c), /Svaret dröjer\.<\/strong> Du kan vänta dig svar senast[^]*reservdel/);
  assert.match(await page(c, 'en'), /The answer takes longer\.<\/strong> You can expect an answer by/);
  await act(anna, c, 'replies', { text: 'Lagad.' });
  assert.ok(!(await page(c)).includes('Svaret dröjer.</strong>'));
  await act(anna, c, 'delay-notices', {}, 409);
});

test('the notice of a sensitive case says no word and no day', async () => {
  const [category] = await server.sql(`SELECT code FROM synpunkt.category
    WHERE sensitivity = 4 AND owner = 'district' LIMIT 1`);
  const c = await submit({ category: category.code, text: 'Om mitt barn',
    place: { lat: 59.2518, lon: 18.0921 } });
  const handler = await newColleague(server, 'social', `coordinator@${c.board.code}`);
  await act(handler, c, 'delay-notices', { text: 'Vi utreder barnet.',
    expectedBy: addDays(today, 9) });
  await eventually('the letter', () => lettersTo(c).length === 2);
  const { body } = readLetter(lettersTo(c)[1].text);
  assert.ok(!/barn|20\d\d\.|nämnd/.test(body), body);
});

test('a notice takes a day to come, and only a handler gives it', async () => {
  const c = await submit();
  for (const expectedBy of ['2026-02-30', 'i morgon', addDays(today, -1)]) {
    const { etag } = await look(anna, c);
    const res = await anna.post(at(c, 'delay-notices'), { json: { expectedBy }, etag });
    assert.equal(res.status, 422, expectedBy);
    assert.equal(res.json.invalidParams[0].name, 'expectedBy');
  }
  const rut = await newColleague(server, 'rut', `registrar@${trafik}`);
  await act(rut, c, 'delay-notices', {}, 403);
  assert.ok(!(await look(rut, c)).actions.includes('notify-delay'));
  assert.ok((await look(anna, c)).actions.includes('notify-delay'));
});

/* ---- letters that failed ---- */

async function failed(more) {
  /* Those of the tests before are not to fail with it. */
  await eventually('all is sent', async () => (await server.sql(`SELECT 1
    FROM synpunkt.outbox WHERE sent_at IS NULL AND failed_at IS NULL`)).length === 0);
  sink.mode = 'rcpt-550';
  const c = await submit(more);
  await eventually('it failed', async () => (await look(carl, c)).attention
    .includes('mail-failed'));
  sink.mode = 'ok';
  return c;
}

test('a letter that failed is seen by all and goes again', async () => {
  const was = await summary(carl);
  const c = await failed();
  const it = await look(carl, c);
  assert.equal((await summary(carl)).mailFailed, was.mailFailed + 1);
  assert.equal((await summary(other)).mailFailed, 0);
  assert.ok((await listed(carl, 'mail-failed')).some((i) => i.number === c.number));
  assert.deepEqual(it.mail.map((m) => [m.kind, m.state]), [['receipt', 'failed']]);
  assert.match(it.mail[0].at, /^20\d\d-.*Z$/);
  assert.equal(it.events.at(-1).what, 'mail-failed');
  assert.deepEqual(it.events.at(-1).codes, { kind: 'receipt', of: 1, trouble: 'recipient-550' });
  assert.ok(it.actions.includes('retry-mail'));
  assert.match(await page(c), /Ett mejl till dig gick inte att skicka/);

  const again = await act(carl, c, 'mail-retries', {});
  assert.equal(again.events.at(-1).what, 'mail-retried');
  assert.deepEqual(again.attention, []);
  assert.equal((await summary(carl)).mailFailed, was.mailFailed);
  await eventually('it is sent', async () => (await look(carl, c)).mail[0].state === 'sent');
  assert.equal(lettersTo(c).length, 1);
  assert.ok(readLetter(lettersTo(c)[0].text).body.includes(c.followUpCode), 'the code too');
  await act(carl, c, 'mail-retries', {}, 409);
});

test('or is let be, also when the case is closed', async () => {
  const c = await failed();
  await act(anna, c, 'closures', { reason: 'explained' });
  assert.ok((await listed(carl, 'mail-failed')).some((i) => i.number === c.number));
  const it = await act(carl, c, 'mail-retries', { dismiss: true });
  assert.equal(it.events.at(-1).what, 'mail-dismissed');
  assert.deepEqual(it.mail.map((m) => m.state), ['failed']);
  assert.deepEqual(it.attention, []);
  assert.ok(!(await listed(carl, 'mail-failed')).some((i) => i.number === c.number));
});

test('the chain of all that holds', async () => {
  assert.deepEqual(await server.sql(`SELECT e.case_id, e.seq FROM synpunkt.case_event e
    WHERE e.hash <> synpunkt.event_hash(coalesce((SELECT b.hash FROM synpunkt.case_event b
      WHERE b.case_id = e.case_id AND b.seq = e.seq - 1), ''), e.case_id, e.seq, e.at,
      e.what, e.actor, e.board, e.codes, e.content)`), []);
});

/* ---- the digest, by the real worker and a real server of mail ---- */

test('staff with an address get one letter, with numbers and links, and no words', async () => {
  const c = await submit();
  await set(c, `received_on = '2020-01-02', acknowledge_by = '2020-01-07',
    answer_by = '2020-01-15'`); /* the first of the list */
  await server.sql(`INSERT INTO synpunkt.working_day_exception (day, open, name)
    VALUES ('${today}', true, 'provdag') ON CONFLICT (day) DO UPDATE SET open = true`);
  await server.sql(`INSERT INTO synpunkt.signal_run (week, tested, years)
      VALUES (date_trunc('week', synpunkt.today()::timestamp), 1, 1) ON CONFLICT DO NOTHING;
    INSERT INTO synpunkt.signal (week, kind, board, evidence)
      SELECT max(week), 'backlog', '${trafik}', '{}' FROM synpunkt.signal_run`);
  await addUser(server, 'dora', `coordinator@${trafik}`);
  const out = await server.ctl(['user', 'email', 'dora', '--email', 'dora@stad.example']);
  assert.equal(out.code, 0, out.stderr);
  await eventually('the digest', () => lettersTo({ email: 'dora@stad.example' }).length, 30000);
  const [letter] = lettersTo({ email: 'dora@stad.example' });
  const { headers, body } = readLetter(letter.text);
  assert.match(headers.subject, /^Synpunkter i dag: 0 hos dig, \d+ i nämnden$/);
  assert.match(body, /I nämnden, försenade: \d+/);
  assert.ok(body.includes(`${c.number}, Gatubelysning, svar senast onsdag 15 januari 2020: `
    + `https://synpunkt.example/desk/arenden/${c.number}`), body);
  assert.match(body, /Nya signaler: [1-9]\d*\r?\n- https:\/\/synpunkt\.example\/desk\/signaler/);
  assert.ok(!/hemligt|resident\.|example\.se|\{\w|mail\./.test(body), body);
  assert.equal((await server.sql("SELECT 1 FROM synpunkt.outbox WHERE kind = 'digest'")).length, 1);
  assert.ok(!server.log.includes('dora@'), 'no address in the log');
});

test('an account’s address is given, changed, taken away, and judged', async () => {
  const email = async (name) => (await server.sql(`SELECT email FROM synpunkt.staff_user
    WHERE username = '${name}'`))[0]?.email;
  const user = (...args) => server.ctl(['user', ...args]);
  const add = ['--name', 'Eva', '--roles', `registrar@${trafik}`];
  assert.equal((await user('add', 'eva', ...add, '--email', 'eva')).code, 1);
  assert.equal(await email('eva'), undefined);
  assert.equal((await user('add', 'eva', ...add, '--email', 'eva@stad.example')).code, 0);
  assert.equal(await email('eva'), 'eva@stad.example');
  assert.equal((await user('email', 'eva')).code, 0);
  assert.equal(await email('eva'), null);
  assert.equal((await user('email', 'nobody', '--email', 'a@b.example')).code, 1);
});

test('a time of day that is none stops the worker with a clear line', async () => {
  const odd = await startServer({ env: { SYNPUNKT_DIGEST_AT: '25:00' }, wait: false });
  await eventually('the line', () => /SYNPUNKT_DIGEST_AT must be a time/.test(odd.log));
  await odd.stop();
});
