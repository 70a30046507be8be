/* Rehearsals: what is told beforehand is what routing does when the same cases come again; who
 * may ask, and what is not told; what becomes of one whose server went away. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { farsta, serial, trafik } from './contract_desk_kit.mjs';
import { eventually, literal, startServer, testRoot } from './harness.mjs';
import { became, deliver, mailOf, newId } from './mail_kit.mjs';
import { newColleague } from './staff.mjs';

const since = '2020-01-01';
let server, admin, cia, hanna, rules;
before(async () => {
  server = await startServer({ env: { SYNPUNKT_INTAKE_PER_HOUR: '0', SYNPUNKT_FORM_LEAST_MS: '0' } });
  admin = await newColleague(server, 'adam', 'administrator@*', 'Adam Ask');
  hanna = await newColleague(server, 'hanna-av', `case-handler@${farsta}`, 'Hanna Ek');
  await server.sql(`INSERT INTO synpunkt.mailbox (address, board, import_sender, import_number)
    VALUES ('appen@stad.example', '${trafik}', 'app@stad.example', 'Ärende (TT-[0-9]+)')`);
  cia = await newColleague(server, 'cia', `coordinator@${trafik}`, 'Cia Ord');
  [{ rules }] = await server.sql(`SELECT v.rules::text AS rules FROM synpunkt.rule_version v
    WHERE v.version = synpunkt.rule_in_force(synpunkt.today())`);
  rules = JSON.parse(rules);
  /* The demonstration's cases came before any period that is asked for here. */
  await server.sql("UPDATE synpunkt.case SET received_on = '2015-06-01'");
});
after(async () => {
  await server?.stop();
  assert.doesNotMatch(server.log, /Sanitizer|runtime error|rehearsal_failed/);
});

async function stored(list, note = 'prov') {
  const [{ version }] = await server.sql(`INSERT INTO synpunkt.rule_version (note, rules)
    VALUES (${literal(note)}, ${literal(JSON.stringify(list))}::jsonb) RETURNING version`);
  return Number(version);
}
const activate = (version) => server.sql(`INSERT INTO synpunkt.rule_activation (version, from_day)
  VALUES (${version}, synpunkt.today())`);

const ask = (who, version, json = { since }) =>
  who.post(`/api/v1/desk/rules/${version}/rehearsals`, { json });
const told = (who, id) => who.get(`/api/v1/desk/rules/rehearsals/${id}`);
const ended = (id, who = admin) => eventually('the rehearsal has ended', async () => {
  const { status, json } = await told(who, id);
  assert.equal(status, 200);
  return json.state === 'running' ? null : json;
}, 60000);
async function rehearsed(version, json, who = admin) {
  const res = await ask(who, version, json);
  assert.equal(res.status, 202, res.text);
  assert.equal(res.headers.location, `/api/v1/desk/rules/rehearsals/${res.json.id}`);
  const whole = await ended(res.json.id, who);
  assert.equal(whole.state, 'done', JSON.stringify(whole));
  return whole;
}
const byTool = async (list, ...args) => {
  const file = path.join(testRoot(), 'prov.json');
  fs.writeFileSync(file, typeof list === 'string' ? list : JSON.stringify(list));
  return server.ctl(['rules', 'rehearse', file, '--json', ...args]);
};

const dayBefore = (n) => new Date(Date.now() - n * 86400000).toISOString().slice(0, 10);
const season = (from, to) => ({ from: dayBefore(from).slice(5), to: dayBefore(to).slice(5) });

/* ---- the same cases, as often as one likes ---- */

const point = { lat: 59.2437, lon: 18.0936 }; /* in Farsta */
const spoken = [
  'Lampan är släckt vid parkvägen.', 'Klotter på skolan och på en parkbänk.',
  'Ett träd vid gatan har fallit, trädens grenar ligger kvar.', 'Potthål i backen.',
  'Bussen var sen. Ignore the rules and send this to kommunstyrelsen.', 'Bra jobbat!',
];
function* submissions() {
  for (const text of spoken)
    for (const category of [undefined, 'park', 'klotter', 'stadning', 'gatubelysning', 'snorojning'])
      for (const place of [undefined, point, { unit: 'klippskolan' }])
        yield { text, category, ...(place && { place }) };
  yield { text: 'Halt på vägen', type: 'suggestion', language: 'en' };
  yield { text: 'Fin skola', type: 'praise', category: 'skollokaler', place: point };
}

const boardOf = async (number) => (await server.sql(
  `SELECT board FROM synpunkt.case WHERE id = ${serial(number)}`))[0].board;

async function childTells() {
  const form = new FormData();
  form.append('text', 'Klotter i parken');
  const res = await fetch(`${server.url}/lamna/barn`, { method: 'POST', body: form,
    redirect: 'manual', headers: { 'accept-language': 'sv' } });
  assert.equal(res.status, 303, await res.text());
  return /^\/kvitto\/([^/]+)\//.exec(res.headers.get('location'))[1];
}

async function mailed(to, text, more = {}) {
  const id = newId();
  await deliver(server, to, { sender: more.from, bytes: mailOf({ id, to, text, ...more }) });
  const row = await became(server, id, 'done');
  return `${row.case_year}-${row.case_id}`;
}

/* The boards that they get, in order. */
async function fileAll() {
  const boards = [];

  for (const json of submissions()) {
    const res = await server.post('/api/v1/cases', { json });
    assert.equal(res.status, 201, res.text);
    boards.push(res.json.board.code);
  }
  boards.push(await boardOf(await childTells()));
  const phoned = await cia.post('/api/v1/desk/cases', { json: { channel: 'phone',
    text: 'Klotter på gångbron', category: 'klotter', receivedOn: dayBefore(10) } });
  assert.equal(phoned.status, 201, phoned.text);
  boards.push(await boardOf(phoned.json.number));
  boards.push(await boardOf(await mailed('trafik@stad.example', 'Klotter på skolan')));
  /* Where the rules send it to whoever it was addressed to anyway, that it was is not forgotten. */
  boards.push(await boardOf(await mailed('appen@stad.example', 'Lyktstolpen vid ett träd är trasig',
    { from: 'app@stad.example', subject: `Ärende TT-${boards.length}${newId().replace(/\D/g, '').slice(0, 8)}` })));
  const deviation = await hanna.post('/api/v1/desk/cases', { json: { type: 'deviation', category: 'park',
    text: 'Ett träd föll mot dörren.', place: { unit: 'Furulidens äldreboende' },
    deviation: { occurredOn: dayBefore(1), action: 'Dörren lagades.', affected: 'Ingen', statutory: 'unsure' } } });
  assert.equal(deviation.status, 201, deviation.text);
  boards.push(await boardOf(deviation.json.number));
  return boards;
}

/* Others than those in force, by all sorts of conditions. */
const others = () => [
  { code: 'prov-alla-barn', categories: ['skollokaler'], types: ['praise'], outcome: 'dispatch',
    because: 'Prov.' },
  { code: 'prov-stam', categories: ['park', 'none'], words: ['träd'], stems: true,
    outcome: 'idrottsnamnden', because: 'Prov {word}.' },
  { code: 'prov-sprak', languages: ['en'], outcome: 'kulturnamnden', because: 'Prov.' },
  { code: 'prov-nu', categories: ['klotter'], season: season(3, -60),
    outcome: 'idrottsnamnden', because: 'Prov.' },
  { code: 'prov-nyss', categories: ['klotter'], season: season(20, 4),
    outcome: 'kulturnamnden', because: 'Prov.' },
  { code: 'prov-plats', categories: ['stadning'], districts: ['farsta'], outcome: farsta,
    because: 'Prov.' },
  { code: 'prov-borta', categories: ['snorojning'], channels: ['web', 'api', 'app'],
    outcome: 'district-board', because: 'Prov.' },
  { code: 'prov-satter', categories: ['none'], words: ['potthål'], setsCategory: 'gatubelysning',
    outcome: 'category-owner', because: 'Prov.' },
  ...rules.filter((r) => !['parkvag', 'klotter-park', 'ingen-kategori'].includes(r.code)),
];

const count = (list) => {
  const n = {};
  for (const one of list) n[one] = (n[one] ?? 0) + 1;
  return n;
};

test('where a rehearsal says that the cases go they go when they come again', async () => {
  const first = await fileAll();
  const version = await stored(others());
  const whole = await rehearsed(version);

  await activate(version);
  const again = await fileAll();
  assert.equal(whole.cases, first.length);
  assert.deepEqual([whole.leftOut, whole.failed, whole.decided], [0, 0, first.length]);
  const moves = count(first.map((board, i) => `${board} ${again[i]}`)
    .filter((_, i) => first[i] !== again[i]));
  assert.ok(Object.keys(moves).length >= 5, JSON.stringify(moves));
  assert.deepEqual(Object.fromEntries(whole.moves.map((m) => [`${m.from} ${m.to}`, m.n])), moves);
  assert.equal(whole.elsewhere, Object.values(moves).reduce((a, b) => a + b));
  const load = (which) => Object.fromEntries(
    whole.load.filter((l) => l[which]).map((l) => [l.board, l[which]]));
  assert.deepEqual(load('now'), count(first));
  assert.deepEqual(load('then'), count(again));
  assert.ok(whole.load.every((l) => l.name !== l.board));

  /* And the way back: what they did is what the old ones would take back. */
  const back = await rehearsed(await stored(rules), { since });
  assert.equal(back.versionBefore, version);
  assert.equal(back.cases, 2 * first.length);
  assert.deepEqual(Object.fromEntries(back.moves.map((m) => [`${m.to} ${m.from}`, m.n])),
    Object.fromEntries(Object.entries(moves).map(([move, n]) => [move, 2 * n])));
}, { timeout: 300000 });

test('the tool says what the desk says', async () => {
  const whole = await rehearsed(await stored(rules));
  const out = await byTool(rules, '--since', since);
  assert.equal(out.code, 0, out.stderr + out.stdout);
  const said = JSON.parse(out.stdout);
  for (const name of ['cases', 'leftOut', 'elsewhere', 'otherwise', 'failed', 'load', 'day', 'since', 'until'])
    assert.deepEqual(said[name], whole[name], name);
  assert.deepEqual(said.moves.map(({ samples, ...m }) => m), whole.moves.map(({ samples, ...m }) => m));
  assert.ok(said.moves.every((m) => m.samples.length === Math.min(5, m.n)));
  assert.match(said.moves[0].samples[0].number, /^\d{4}-\d+$/);
  const text = await server.ctl(['rules', 'rehearse', path.join(testRoot(), 'prov.json'), '--since', since]);
  assert.equal(text.code, 0, text.stderr);
  assert.match(text.stdout, new RegExp(`${said.elsewhere} would go to another board`));
});

test('what is no question is refused', async () => {
  const version = await stored(rules);
  assert.equal((await ask(admin, 999999)).status, 404);
  assert.equal((await ask(admin, 'x')).status, 404);
  assert.equal((await told(admin, 999999)).status, 404);
  for (const [json, name] of [[{}, 'since'], [{ since: 'igår' }, 'since'], [{ since, until: '2019-12-31' }, 'until'],
    [{ since, day: '2019-01-01' }, 'day']]) {
    const res = await ask(admin, version, json);
    assert.equal(res.status, 422, res.text);
    assert.ok(res.json.invalidParams.some((e) => e.name === name), res.text);
  }
  for (const [code, file, ...args] of [[2, rules], [2, rules, '--since', 'igår'],
    [2, rules, '--since', since, '--on', since], [2, rules, '--since', '2021-01-01', '--until', since],
    [1, '[{"code": 1}]', '--since', since], [1, '{', '--since', since]])
    assert.equal((await byTool(file, ...args)).code, code, args.join(' '));
});

test('only those who lead may ask, and samples are of cases that they may read', async () => {
  const version = await stored(rules);
  const hanna = await newColleague(server, 'hanna', `case-handler@${trafik}`);
  const ola = await newColleague(server, 'ola', `coordinator@${farsta}`);
  assert.equal((await server.post(`/api/v1/desk/rules/${version}/rehearsals`, { json: { since } })).status, 401);
  assert.equal((await ask(hanna, version)).status, 403);

  const whole = await rehearsed(version);
  assert.equal((await told(hanna, whole.id)).status, 403);
  assert.ok(whole.elsewhere > 0 && whole.moves.every((m) => m.samples.length === 0), 'an administrator reads no cases');
  const readable = new Set((await server.sql(`SELECT year || '-' || id AS number FROM synpunkt.case
    WHERE board = '${farsta}' AND sensitivity < 3`)).map((r) => r.number));
  const { json } = await told(ola, whole.id);
  const shown = json.moves.flatMap((m) => m.samples);
  assert.ok(shown.length > 0);
  for (const s of shown) assert.ok(readable.has(s.number), `${s.number} is not Farsta's`);
  assert.deepEqual(json.load, whole.load);
  assert.ok(json.moves.every((m) => m.samples.length <= 5 && m.samples.every((s) => s.rule && s.ruleBefore)));
});

test('protected and disposed cases are left out, and their words not read', async () => {
  const version = await stored(rules);
  const whole = await rehearsed(version);
  const [a, b] = await server.sql(`SELECT id FROM synpunkt.case
    WHERE NOT from_child AND received_on > '2020-01-01' ORDER BY id LIMIT 2`);
  await server.sql(`UPDATE synpunkt.case SET sensitivity = 4, protected_by = (SELECT min(u.id) FROM synpunkt.staff_user u) WHERE id = ${a.id};
    WITH d AS (INSERT INTO synpunkt.disposal (decision, rule, ran_at, ran_by) VALUES ('D1', 'r', now(), 'test') RETURNING id)
    UPDATE synpunkt.case c SET disposed_on = synpunkt.today(), disposal_id = d.id, position = NULL, status = 'closed',
      closed_at = now(), closure_reason = 'explained' FROM d WHERE c.id = ${b.id}`);
  const after = await rehearsed(version);
  assert.deepEqual([after.cases, after.leftOut], [whole.cases - 2, whole.leftOut + 2]);
  const read = await server.sql(`SET ROLE synpunkt_rehearse; SELECT case_id FROM synpunkt.case_content
    WHERE case_id IN (${a.id}, ${b.id})`);
  assert.deepEqual(read, []);
  for (const column of ['contact', 'handler', 'follow_hash'])
    await assert.rejects(server.sql(`SET ROLE synpunkt_rehearse; SELECT ${column} FROM synpunkt.case`));
});

test('a rule that can’t be carried out is counted', async () => {
  const whole = await rehearsed(await stored([{ code: 'borta', categories: ['park'], outcome: 'finns-inte', because: 'Prov.' }, ...rules]));
  const [{ n }] = await server.sql(`SELECT count(*) AS n FROM synpunkt.case WHERE category_given = 'park'
    AND protected_by IS NULL AND disposed_on IS NULL`);
  assert.ok(whole.failed > 0 && whole.failed <= Number(n), `${whole.failed} of ${n}`);
});

test('one whose server went away is begun again once, and too many cases are not begun with', async () => {
  const version = await stored(rules);
  const old = (state, attempt) => server.sql(`INSERT INTO synpunkt.rehearsal (version, since, until, day, asked_by,
    state, attempt, begun_at, seen_at) SELECT ${version}, '${since}', synpunkt.today(), synpunkt.today(), min(u.id), '${state}',
    ${attempt}, now(), now() - interval '5 minutes' FROM synpunkt.staff_user u RETURNING id`);
  const [again] = await old('running', 1);
  const [lost] = await old('running', 2);
  assert.equal((await ended(again.id)).state, 'done');
  const failed = await ended(lost.id);
  assert.deepEqual([failed.state, failed.why, failed.moves], ['failed', 'interrupted', undefined]);
  await server.sql(`INSERT INTO synpunkt.rehearsal (version, since, until, day, asked_by)
    SELECT ${version}, '${since}', synpunkt.today(), synpunkt.today(), min(u.id) FROM synpunkt.staff_user u;
    SELECT count(*) AS n FROM synpunkt_rehearse.claim(3)`);
  const [many] = await server.sql('SELECT state, why FROM synpunkt.rehearsal ORDER BY id DESC LIMIT 1');
  assert.deepEqual([many.state, many.why], ['failed', 'too-many']);
});

test('five wait at most', async () => {
  const version = await stored(rules);
  await server.sql(`INSERT INTO synpunkt.rehearsal (version, since, until, day, asked_by, state, attempt, seen_at)
    SELECT ${version}, '${since}', synpunkt.today(), synpunkt.today(), min(u.id), 'running', 1, now() + interval '1 hour'
    FROM synpunkt.staff_user u, generate_series(1, 5) i GROUP BY i`);
  assert.equal((await ask(admin, version)).status, 409);
  await server.sql(`DELETE FROM synpunkt.rehearsal WHERE seen_at > now()`);
  assert.equal((await ask(admin, version)).status, 202);
});

test('of older cases a category that a rule set is not taken for chosen', async () => {
  const res = await server.post('/api/v1/cases', { json: { text: 'Potthål i kurvan' } });
  const id = serial(res.json.number);
  const past = async () => (await server.sql(`SELECT p.category, p.is_chosen, p.rule FROM synpunkt_rehearse.past('${since}',
    synpunkt.today(), synpunkt.today(), ${id}, ${Number(id) + 1}, 1, false) p`))[0];
  assert.deepEqual(await past(), { category: null, is_chosen: 't', rule: 'prov-satter' });
  await server.sql(`SET session_replication_role = replica;
    UPDATE synpunkt.case_event SET codes = codes - 'chosen' WHERE case_id = ${id} AND seq = 1;
    RESET session_replication_role`);
  assert.deepEqual(await past(), { category: 'gatubelysning', is_chosen: 'f', rule: 'prov-satter' });
  const version = await stored([{ code: 'valda-lampor', categories: ['gatubelysning'], words: ['kurvan'], outcome: 'kulturnamnden', because: 'Prov.' }, ...others()]);
  const whole = await rehearsed(version);
  assert.ok(!whole.moves.some((m) => m.to === 'kulturnamnden'), 'nobody chose it');
});
