/* A letter about several things: a case for each, all or none, and to another board no
 * more than was meant for it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { assertProblem, follow } from './contract_kit.mjs';
import { act, at, coordinator, events, serial, trafik } from './contract_desk_kit.mjs';
import { ctl, eventually, multipart, startServer } from './harness.mjs';
import { addDays, localDay } from './lives.mjs';
import { countMonth, readRows } from './month_count.mjs';
import { readLetter, startSink } from './smtp_sink.mjs';
import { newColleague } from './staff.mjs';

const school = 'utbildningsnamnden';
const service = 'servicenamnden';
let server, sink;
let co; /* coordinator and manager at trafik */
let anna; /* case-handler at trafik */
let skol; /* case-handler at the school's board */

before(async () => {
  sink = await startSink();
  server = await startServer({ env: { SYNPUNKT_SMTP: sink.url } });
  co = await coordinator(server);
  anna = await newColleague(server, 'anna', `case-handler@${trafik}`, 'Anna Lind');
  skol = await newColleague(server, 'skol', `case-handler@${school}`, 'Sam Skol');
});
after(async () => {
  await server.stop();
  await sink.close();
  assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
});

const lampWords = 'Lampan vid porten är trasig.';
const mealWords = 'Skolmaten har blivit för dyr.';
const rudeWords = 'Handläggaren i växeln var otrevlig.';
const whole = `${lampWords}\n\n${mealWords}\n\n${rudeWords}`;
const place = { lat: 59.2518, lon: 18.0921, address: 'Lönnvägen 7' };
const meal = { text: mealWords, category: 'fritids-mat-skjuts', type: 'suggestion',
  board: school, ground: 'no-secrecy' };
const light = { text: lampWords, category: 'gatubelysning', board: trafik };

let turn = 0;
async function submit(more = {}, client = server, where = '/api/v1/cases') {
  const email = `eva.${++turn}@example.org`;
  const json = { text: whole, category: 'gatubelysning', place,
    contact: { name: 'Eva Ek', email, phone: '070-1234567' }, ...more };
  const res = await client.post(where, { multipart: multipart([{ name: 'case', json },
    ...['lampa', 'kvitto'].map((name) => ({ name: 'attachment', filename: `${name}.txt`, body: `${name} ${turn}` }))]) });
  assert.equal(res.status, 201, res.text);
  return { ...res.json, email };
}
/* That came a while ago, and is taken down today. */
const daysAgo = (n) => addDays(localDay(Date.now()), -n);
const takeDown = (n) => submit({ channel: 'letter', receivedOn: daysAgo(n) }, anna, '/api/v1/desk/cases');
const read = async (client, number) => (await client.get(at(number))).json;
const tagOf = async (client, number) => (await client.get(at(number))).headers.etag;
const preview = (client, number, parts) => client.post(at(number, 'split-previews'), { json: { parts } });
const send = (client, number, parts, etag) => client.post(at(number, 'splits'), { json: { parts }, etag });
const split = async (client, number, ...parts) => send(client, number, parts, await tagOf(client, number));
async function splitDone(client, number, ...parts) {
  const res = await split(client, number, ...parts);
  assert.equal(res.status, 201, res.text);
  return res.json.cases;
}
const count = async () => Number((await server.sql('SELECT count(*) AS n FROM synpunkt.case'))[0].n);
const row = async (number) => (await server.sql(`SELECT *, position::text AS at FROM synpunkt.case
  WHERE id = ${serial(number)}`))[0];
const whats = async (number) => (await events(server, number)).map((e) => e.what);
const lettersTo = (email) => sink.letters.filter((l) => l.to === email).map((l) => readLetter(l.text));
async function audited() {
  const out = await server.ctl(['audit', 'verify']);
  assert.equal(out.code, 0, out.stdout + out.stderr);
}

test('each further matter becomes a case with its own number, code, words and dates', async () => {
  const c = await takeDown(11); /* what is promised runs from then */
  const rude = { text: rudeWords, category: 'bemotande-kontakt', type: 'complaint' };
  const before = await count();
  const looked = await preview(anna, c.number, [meal, rude, { text: lampWords }]);
  assert.equal(looked.status, 200, looked.text);
  assert.deepEqual(looked.json.parts.map((p) => [p.board.code, p.otherBoard, p.receiptMailed]),
    [[school, true, true], [service, true, true], ['dispatch', true, true]]);
  assert.match(looked.json.parts[0].routing.because, /\S/);
  assert.match(looked.json.parts[0].answerBecause, /räknat från dagen då hela synpunkten kom in$/);
  assert.equal(await count(), before, 'a preview stores nothing');

  const [fed, kind] = await splitDone(anna, c.number, { ...meal, attachments: [2] },
    { ...rude, board: service, ground: 'no-secrecy', place: false });
  const old = await row(c.number);
  for (const [one, words] of [[fed, mealWords], [kind, rudeWords]]) {
    const it = await row(one.number);
    assert.notEqual(one.number, c.number);
    for (const same of ['submission_id', 'received_at', 'received_on', 'language', 'channel', 'wants_reply'])
      assert.equal(it[same], old[same], same);
    assert.equal(one.followUpCode, null, 'a letter tells it');
    const { text, categoryGiven } = await read(one === fed ? skol : await newColleague(server, 'serv', `case-handler@${service}`), one.number);
    assert.deepEqual([text, categoryGiven], [words, one.category]);
    assert.equal(it.received_on, daysAgo(11));
  }
  assert.deepEqual([fed.answerBy, fed.answerBecause],
    [looked.json.parts[0].answerBy, looked.json.parts[0].answerBecause]);
  assert.deepEqual([(await row(fed.number)).at, (await row(kind.number)).at], [old.at, null]);
  assert.deepEqual((await read(skol, fed.number)).attachments.map((f) => f.name), ['kvitto.txt']);
  const bytes = await skol.get(at(fed.number, 'attachments/1'));
  assert.equal(bytes.status, 200);
  assert.match(bytes.text, /^kvitto/);

  /* The first keeps all of it, and says what was done with it. */
  const first = await read(anna, c.number);
  assert.deepEqual([first.text, first.attachments.length, first.status], [whole, 2, 'received']);
  assert.deepEqual(first.events.slice(-2).map((e) => [e.what, e.byName, e.codes]), [
    ['split-off', 'Anna Lind', { toBoard: school, ground: 'no-secrecy', sent: ['text', 'contact', 'place', 'attachments'] }],
    ['split-off', 'Anna Lind', { toBoard: service, ground: 'no-secrecy', sent: ['text', 'contact'] }]]);
  assert.deepEqual(JSON.parse((await events(server, fed.number))[1].codes).other, c.number);
  const legs = await eventually('they have their numbers in the boards\' registers', async () => {
    const found = await server.sql(`SELECT registration_number, ground, sent FROM synpunkt.case_leg
      WHERE case_id IN (${serial(fed.number)}, ${serial(kind.number)}) ORDER BY case_id`);
    return found.every((l) => l.registration_number) && found;
  });
  assert.deepEqual(legs.map((l) => l.ground), ['no-secrecy', 'no-secrecy']);
  await audited();

  /* A letter for each, in plain words, with its own way in. */
  await eventually('both letters are sent', () => lettersTo(c.email).length === 3);
  const told = lettersTo(c.email).find((l) => l.headers.subject.includes(fed.number));
  assert.match(told.headers.subject, /^En del av det du skrev har fått ett eget nummer/);
  assert.match(told.body, /Det du skrev till oss handlade om flera saker/);
  assert.match(told.body, /Ansvarig: Utbildningsnämnden/);
  const code = new RegExp(`/folj/${fed.number}/(\\S+)`).exec(told.body)[1];
  const seen = await follow(server, fed.number, code);
  assert.equal(seen.status, 200, seen.text);
  assert.ok(!seen.text.includes(lampWords) && !seen.text.includes(c.number), seen.text);
  assert.ok(seen.json.events.some((e) => e.what === 'split-from'));
  const of = await follow(server, c.number, c.followUpCode);
  assert.equal(of.json.events.filter((e) => e.what === 'split-off').length, 2);
  assert.ok(!of.text.includes(fed.number));
  assertProblem(await follow(server, c.number, code), 404);
  const page = await server.get(`/folj/${fed.number}/${code}`);
  assert.match(page.text, /Du skrev om flera saker\. Det här är en av dem\./);
});

test('the board sees its part alone, and of who wrote what was meant for it', async () => {
  const c = await submit();
  const before = await count();
  for (const wrong of [{ ...meal, ground: undefined }, { ...meal, ground: 'why-not' }])
    assertProblem(await split(anna, c.number, light, wrong), 422, ['parts[1].ground']);
  assertProblem(await split(anna, c.number, { ...meal, board: trafik }), 422, ['parts[0].board']);
  assertProblem(await split(anna, c.number, { ...meal, board: undefined }), 422, ['parts[0].board']);
  assert.equal(await count(), before);

  const [fed, stays] = await splitDone(anna, c.number, { ...meal, contact: false, place: false }, light);
  const theirs = await skol.get(at(fed.number));
  assert.deepEqual([theirs.json.contact, theirs.json.withheld, theirs.json.place, theirs.json.sameLetter],
    [null, ['contact'], null, []]);
  for (const secret of [lampWords, rudeWords, c.number, stays.number, 'Eva Ek', c.email, 'Lönnvägen'])
    assert.ok(!theirs.text.includes(secret), secret);
  assertProblem(await skol.get(at(c.number)), 404);
  assertProblem(await anna.get(at(fed.number)), 404);
  /* What stays is no disclosure. */
  const mine = await read(anna, stays.number);
  assert.deepEqual([mine.contact.email, mine.legs[0].ground, mine.legs[0].sent], [c.email, null, null]);
  assert.deepEqual(mine.sameLetter.map((o) => o.number), [c.number]);
  assert.deepEqual((await read(anna, c.number)).sameLetter.map((o) => [o.number, o.board]), [[stays.number, trafik]]);
  /* The complainant is answered all the same. */
  await act(skol, fed.number, 'reply', { text: 'Priset ses över i vår.' });
  await eventually('the answer is sent', () => lettersTo(c.email).some((l) => l.body.includes('Priset ses över')));
  /* Both hold what the complainant asks for. */
  const officer = await newColleague(server, 'ombud', `data-protection-officer@${trafik}`);
  const held = await officer.post('/api/v1/desk/persons', { json: { email: c.email } });
  assert.deepEqual(held.json.items.map((i) => i.number).sort(), [c.number, stays.number]);

  /* A part can be split on: it is the same letter. */
  const [again] = await splitDone(anna, stays.number, { ...light, text: 'Och stolpen lutar.' });
  assert.equal((await row(again.number)).submission_id, serial(c.number));
  assert.deepEqual((await read(anna, again.number)).sameLetter.map((o) => o.number), [c.number, stays.number]);
  await audited();
});

test('what warns of the letter warns of each part', async () => {
  const c = await submit();
  await act(co, c.number, 'mark', { section: 'OSL 26:1' });
  await act(co, c.number, 'flag-threat', {});
  await act(co, c.number, 'concern', { user: 'anna' });
  await act(co, c.number, 'change', { sensitivity: 4 });
  const [fed, stays] = await splitDone(co, c.number, meal, light);
  assert.deepEqual([fed.sensitivity, stays.sensitivity], [4, 4]);
  for (const { number } of [fed, stays]) {
    const it = await row(number);
    assert.deepEqual([it.sensitivity, it.threat], ['4', 't']);
    assert.deepEqual((await whats(number)).slice(-4),
      ['split-from', 'threat-set', 'concern-marked', 'marked']);
    assert.deepEqual(await server.sql(`SELECT u.username FROM synpunkt.case_concern k
      JOIN synpunkt.staff_user u ON u.id = k.user_id WHERE k.case_id = ${serial(number)}`), [{ username: 'anna' }]);
  }
  const mine = await read(co, stays.number);
  assert.deepEqual([mine.threat, mine.marked, mine.markings[0].section], [true, true, 'OSL 26:1']);
  /* Said not to be secret: then at least not who wrote. */
  assert.deepEqual(JSON.parse((await row(fed.number)).withheld), { contact: '{[1,2)}' });
  assert.equal((await row(stays.number)).withheld, null);
  /* A handler who does not read it does not split it. */
  assertProblem(await split(anna, c.number, light), 403);

  const hidden = await submit();
  await act(co, hidden.number, 'protect', {});
  const [part] = await splitDone(co, hidden.number, light);
  const it = await row(part.number);
  assert.deepEqual([it.sensitivity, it.protected_by], ['4', (await row(hidden.number)).protected_by]);
  assert.ok((await whats(part.number)).includes('protected'));
  await audited();
});

test('a part meets rules that ask for an area of the letter\'s place', async () => {
  await server.sql(`INSERT INTO synpunkt.area (kind, code, name, geometry)
    VALUES ('kvarter', 'lonnen', 'Lönnen', public.st_multi(public.st_makeenvelope(18.09, 59.25, 18.1, 59.26, 4326)));
    WITH v AS (INSERT INTO synpunkt.rule_version (rules) SELECT '[{"code": "lonnen", "categories": ["bygglov"],
      "areas": [{"kind": "kvarter", "code": "lonnen"}], "outcome": "kulturnamnden", "because": "Prov."}]'::jsonb || o.rules
      FROM synpunkt.rule_version o WHERE o.version = synpunkt.rule_in_force(synpunkt.today()) RETURNING version)
    INSERT INTO synpunkt.rule_activation (version, from_day) SELECT v.version, synpunkt.today() FROM v`);
  const c = await submit();
  const part = { text: lampWords, category: 'bygglov' };
  await eventually('the rule is in force', async () =>
    (await preview(anna, c.number, [part])).json.parts?.[0].board.code === 'kulturnamnden');
  const elsewhere = (await preview(anna, c.number, [{ ...part, place: false }])).json.parts[0];
  assert.notEqual(elsewhere.board.code, 'kulturnamnden');
  const [split] = await splitDone(anna, c.number, { ...part, board: 'kulturnamnden', ground: 'no-secrecy' });
  assert.equal((await row(split.number)).rule, 'lonnen');
  await server.sql(`INSERT INTO synpunkt.rule_activation (version, from_day)
    SELECT max(a.version) - 1, synpunkt.today() FROM synpunkt.rule_activation a`);
});

test('pressed twice, or by two at once, it is split once', async () => {
  const c = await submit();
  const etag = await tagOf(anna, c.number);
  const before = await count();
  const both = await Promise.all([send(anna, c.number, [light], etag), send(co, c.number, [light], etag)]);
  assert.deepEqual(both.map((r) => r.status).sort(), [201, 409]);
  const late = await send(anna, c.number, [light], etag);
  assertProblem(late, 409);
  assert.ok(late.json.current.events.some((e) => e.what === 'split-off'));
  assertProblem(await send(anna, c.number, [light]), 428);
  assert.equal(await count(), before + 1);
  assert.equal((await whats(c.number)).filter((w) => w === 'split-off').length, 1);
});

test('a part that cannot be stored stores none', async () => {
  const c = await submit();
  const before = await count();
  const version = (await read(anna, c.number)).version;
  await server.sql(`CREATE FUNCTION public.stop() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN RAISE EXCEPTION ''no''; END'; CREATE TRIGGER stop BEFORE INSERT ON synpunkt.case_content
    FOR EACH ROW WHEN (NEW.body LIKE '%går inte%') EXECUTE FUNCTION public.stop()`);
  const res = await split(anna, c.number, light, { ...meal, text: 'Det här går inte.' });
  await server.sql('DROP TRIGGER stop ON synpunkt.case_content');
  assertProblem(res, 500);
  assert.deepEqual([await count(), (await read(anna, c.number)).version], [before, version]);
});

test('what cannot be split is refused, and says why', async () => {
  const c = await submit();
  const before = await count();
  for (const [parts, names] of [
    [[], ['parts']], [Array(10).fill(light), ['parts']],
    [[light, { ...light, text: ' \n' }], ['parts[1].text']],
    [[{ ...light, text: 'x'.repeat(10001) }], ['parts[0].text']],
    [[{ ...light, category: 'finns-inte' }], ['parts[0].category']],
    [[{ ...light, type: 'klagomål' }], ['parts[0].type']],
    [[{ ...light, attachments: [3] }], ['parts[0].attachments']],
    [[{ ...light, attachments: [1, 1] }], ['parts[0].attachments']],
    [[{ ...light, attachments: ['1'] }], ['parts[0].attachments']],
    [[7], ['parts[0]']],
  ]) assertProblem(await split(anna, c.number, ...parts), 422, names);
  assertProblem(await anna.post(at(c.number, 'splits'), { json: {}, etag: '*' }), 422, ['parts']);
  assertProblem(await skol.post(at(c.number, 'split-previews'), { json: { parts: [light] } }), 404);
  assertProblem(await send(skol, c.number, [light], '*'), 404);
  const secretary = await newColleague(server, 'sekr', `board-secretary@${trafik}`);
  assertProblem(await split(secretary, c.number, light), 403);
  assertProblem(await server.post(at(c.number, 'splits'), { json: { parts: [light] } }), 401);
  await act(co, c.number, 'close', { reason: 'explained' });
  assertProblem(await split(anna, c.number, light), 409);
  await server.sql(`WITH d AS (INSERT INTO synpunkt.disposal (decision, rule, ran_at, ran_by)
    VALUES ('D1', 'r', now(), 'test') RETURNING id) UPDATE synpunkt.case SET disposed_on = current_date,
    position = NULL, disposal_id = (SELECT id FROM d) WHERE id = ${serial(c.number)}`);
  assertProblem(await send(anna, c.number, [light], '*'), 409);
  assert.equal(await count(), before);
});

test('who cannot be written to is told by the colleague', async () => {
  const c = await submit({ contact: { phone: '070-1234567' } });
  const [one] = await splitDone(anna, c.number, light);
  assert.equal(one.receiptMailed, false);
  assert.match(one.followUpUrl, new RegExp(`/folj/${one.number}/${one.followUpCode}$`));
  assert.equal((await follow(server, one.number, one.followUpCode)).json.number, one.number);
});

test('nine parts at most, each counted where it came in', async () => {
  const c = await submit();
  const nine = await splitDone(anna, c.number, ...Array.from({ length: 9 }, (_, i) =>
    ({ ...(i % 2 ? meal : light), text: `${'å'.repeat(9990)} ${i}` })));
  assert.equal(new Set(nine.map((n) => n.number)).size, 9);
  await eventually('all is counted', async () => (await server.sql(`SELECT
    (SELECT count(*) FROM synpunkt.case WHERE disposed_on IS NULL) <= (SELECT count(*) FROM synpunkt.statistic_case)
    AND NOT EXISTS (SELECT FROM synpunkt.statistic_dirty) AS done`))[0].done === 't', 60000);
  const days = JSON.parse((await ctl(['due', '--list', '2020', '2035', '--json'])).stdout);
  const calendar = new Map(days.map((d) => [d.date, d.workingDay]));
  const month = localDay(Date.now()).slice(0, 7);
  const counts = countMonth(await readRows(server), month, calendar);
  for (const board of [trafik, school, '']) {
    const [{ month: got }] = await server.sql(`SELECT synpunkt_statistics.month_of('${board}', '${month}-01', false) AS month`);
    assert.equal(JSON.parse(got).received, counts.get(board).received, board);
  }
  assert.deepEqual(await server.sql('SELECT synpunkt_statistics.differences() AS n'), [{ n: '0' }]);
});

test('who wrote with a postal address alone has it in every part', async () => {
  const contact = { name: 'Rut Berg', address: 'Exempelgatan 11' };
  const { number } = await submit({ channel: 'letter', receivedOn: daysAgo(1), contact }, anna, '/api/v1/desk/cases');
  const [part] = await splitDone(anna, number, light);
  assert.equal((await read(anna, part.number)).contact.address, contact.address);
});
