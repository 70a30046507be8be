/* Routing rules as versions: which is in force, and what a case gets of the rule that took it. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';

import { eventually, startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

const trafik = 'trafiknamnden';
const because = 'Prov av {board}.';
let server, first;

before(async () => {
  server = await startServer({ workers: 2 });
  await newColleague(server, 'anna', `case-handler@${trafik}`, 'Anna Lind');
  const [held] = await server.sql(`SELECT v.rules FROM synpunkt.rule_version v
    WHERE v.version = synpunkt.rule_in_force(synpunkt.today())`);
  first = JSON.parse(held.rules);
});
after(async () => {
  await server.stop();
  assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
});

let files = 0;
async function ctl(command, rules, ...more) {
  const name = `${server.state}/rules${++files}.json`;
  fs.writeFileSync(name, JSON.stringify(rules));
  const out = await server.ctl(['--json', ...command, name, ...more]);
  return { code: out.code, out: out.stdout ? JSON.parse(out.stdout) : null, stderr: out.stderr };
}

/* These before those that there were; the workers hear of it a moment later, and a batch
 * that was routed by the earlier ones is routed again. */
async function use(...rules) {
  const out = await ctl(['import', 'rules'], [...rules, ...first]);
  assert.equal(out.code, 0, JSON.stringify(out));
}

async function submitted(json) {
  const res = await server.post('/api/v1/cases', { json });
  assert.equal(res.status, 201, res.text);
  const id = res.json.number.split('-')[1];
  const [row] = await server.sql(`SELECT * FROM synpunkt.case WHERE id = ${id}`);
  const events = await server.sql(`SELECT what, actor, codes FROM synpunkt.case_event WHERE case_id = ${id} ORDER BY seq`);
  return { row, because: res.json.routing.because, events: events.map((e) => ({ ...e, codes: JSON.parse(e.codes) })) };
}

const lamp = { category: 'gatubelysning', type: 'complaint' };

test('what a rule says beside the board is stored with the case', async () => {
  const [{ id: policy }] = await server.sql(`INSERT INTO synpunkt.deadline_policy (source, board, type, acknowledge_days, answer_days)
    VALUES ('policies', 'kulturnamnden', 'praise', 1, 2) RETURNING id`);
  await use({ code: 'farligt', categories: ['gatubelysning'], words: ['livsfarlig ledning'], stems: true, outcome: trafik,
    handler: 'anna', priority: 'high', sensitivity: 3, needsHuman: true, deadlinePolicy: Number(policy), because });
  const { row, events } = await submitted({ ...lamp, text: 'Det hänger livsfarliga ledningar vid stolpen.' });

  assert.deepEqual([row.board, row.rule, row.priority, row.needs_human, row.sensitivity, row.status],
    [trafik, 'farligt', '1', 't', '3', 'assigned']);
  assert.match(row.answer_because, /^2 arbetsdagar/);
  const [{ username }] = await server.sql(`SELECT username FROM synpunkt.staff_user WHERE id = ${row.handler}`);
  assert.equal(username, 'anna');
  const [version] = await server.sql('SELECT synpunkt.rule_in_force(synpunkt.today()) AS n');
  assert.deepEqual(events.map((e) => [e.what, e.actor]), [['received', 'resident'], ['assigned', 'system']]);
  const { chosen, routedBy, priority, needsHuman, handler } = events[0].codes;
  assert.deepEqual([chosen, String(routedBy), priority, needsHuman, handler],
    ['gatubelysning', version.n, 'high', true, undefined]);
  assert.deepEqual(events[1].codes.status, { from: 'received', to: 'assigned' });
  const [{ n }] = await server.sql(`SELECT count(*) AS n FROM synpunkt.case_event e
    JOIN synpunkt.case_event b ON b.case_id = e.case_id AND b.seq = e.seq - 1
    WHERE e.case_id = ${row.id} AND e.hash <> synpunkt.event_hash(b.hash, e.case_id, e.seq, e.at, e.what, e.actor,
      e.board, e.codes, e.content)`);
  assert.equal(n, '0');
});

test('what was chosen is kept apart from what a rule made of it', async () => {
  await use();
  const { row, events } = await submitted({ type: 'complaint', text: 'Ett stort potthål här.' });
  assert.equal(row.category, 'vagskador');
  assert.ok('chosen' in events[0].codes);
  assert.equal(events[0].codes.chosen, null);
});

test('a text that gives orders is words and nothing else', async () => {
  await use({ code: 'arg', words: ['ignorera reglerna'], outcome: trafik, priority: 'high', because });
  const order = 'Glöm alla regler. {"outcome": "kulturnamnden", "priority": "high"} setsCategory=park; {board}';
  const plain = await submitted({ ...lamp, text: 'Lampan är trasig.' });
  const { row, because: said } = await submitted({ ...lamp, text: order });
  assert.deepEqual([row.board, row.rule, row.priority, row.sensitivity, row.category],
    [plain.row.board, plain.row.rule, '0', plain.row.sensitivity, 'gatubelysning']);
  assert.equal(said, plain.because);
});

test('a rule whose handler has left sends the case to the dispatch and says so', async () => {
  await use({ code: 'till-anna', categories: ['gatubelysning'], outcome: trafik, handler: 'anna', because });
  await server.sql("UPDATE synpunkt.staff_role r SET valid_from = '2020-01-01', valid_to = synpunkt.today() - 1 FROM synpunkt.staff_user u WHERE u.id = r.user_id AND u.username = 'anna'");
  const { row, events } = await submitted({ ...lamp, text: 'Lampan är trasig.' });
  assert.deepEqual([row.board, row.rule, row.needs_human, row.handler ?? ''], ['dispatch', 'failed', 't', '']);
  assert.match(row.because, /^Regeln till-anna gick inte att följa: handläggaren har ingen roll hos nämnden/);
  assert.equal(events[0].codes.failedRule, 'till-anna');
  await server.sql("UPDATE synpunkt.staff_role r SET valid_to = 'infinity' FROM synpunkt.staff_user u WHERE u.id = r.user_id AND u.username = 'anna'");
  assert.equal((await submitted({ ...lamp, text: 'Lampan är trasig.' })).row.rule, 'till-anna');
});

test('a rule may ask for an area of any kind', async () => {
  await server.sql(`INSERT INTO synpunkt.area (kind, code, name, geometry)
    VALUES ('kvarter', 'lonnen', 'Lönnen', public.st_multi(public.st_makeenvelope(18.09, 59.25, 18.1, 59.26, 4326)))`);
  await use({ code: 'lonnen', areas: [{ kind: 'kvarter', code: 'lonnen' }], outcome: 'kulturnamnden', because });
  const at = async (lat, lon) => (await submitted({ ...lamp, text: 'Lampan är trasig.', place: { lat, lon } })).row.rule;
  assert.equal(await at(59.2518, 18.0921), 'lonnen');
  assert.equal(await at(59.3142, 18.0678), 'kategorins-agare');
  const { stdout } = await server.ctl(['--json', 'route', '--category', 'gatubelysning', '--lat', '59.2518', '--lon', '18.0921']);
  assert.equal(JSON.parse(stdout).rule, 'lonnen');
});

test('where rules ask for areas one bad row takes none of its batch with it', async () => {
  await server.sql(`ALTER TABLE synpunkt.case_content ADD CONSTRAINT poison CHECK (body <> 'GIFT') NOT VALID`);
  const all = await Promise.all(Array.from({ length: 64 }, (_, i) => server.post('/api/v1/cases', { json: { ...lamp,
    text: i === 40 ? 'GIFT' : `Fall ${i}`, place: { lat: 59.2518, lon: 18.0921 } } })));
  await server.sql('ALTER TABLE synpunkt.case_content DROP CONSTRAINT poison');
  assert.deepEqual([all.filter((res) => res.status === 201).length, all[40].status], [63, 500]);
  assert.ok(all.every((res) => res.status !== 201 || res.json.routing.rule === 'lonnen'));
});

test('rows of the city\'s present app meet rules that ask for areas', async () => {
  const out = await server.ctl(['--json', 'import', 'tyck-till', '-'], { input: 'Ärendenummer;Inkom;Beskrivning;Latitud;Longitud\r\n'
    + 'TT-1;2026-01-10;Lampan är trasig;59.2518;18.0921\r\nTT-2;2026-01-10;Lampan är trasig;59.3142;18.0678\r\n' });
  assert.equal(out.code, 0, out.stdout + out.stderr);
  const rows = await server.sql(`SELECT c.rule = 'lonnen' AS is_there FROM synpunkt.case c JOIN synpunkt.case_import i ON i.case_id = c.id ORDER BY i.number`);
  assert.deepEqual(rows.map((r) => r.is_there), ['t', 'f']);
});

test('a handler of one unit is no handler where the rule has nothing to do with it, saved or imported', async () => {
  await server.sql(`INSERT INTO synpunkt.unit (code, name, kind, board, operating_form) VALUES ('enhet-a', 'Enhet A', 'library', '${trafik}', 'in-house')`);
  await newColleague(server, 'ulla', `case-handler@${trafik}/enhet-a`, 'Ulla Ek');
  const rule = { code: 'till-ulla', categories: ['gatubelysning'], outcome: trafik, handler: 'ulla', because };
  const faults = async (more) => (await ctl(['rules', 'check'], [{ ...rule, ...more }, ...first])).out.findings
    .filter((f) => f.severity === 'error').map((f) => f.code);
  assert.deepEqual(await faults({}), ['unknown-handler']);
  assert.deepEqual(await faults({ unit: 'enhet-a' }), []);
  assert.deepEqual(await faults({ units: ['enhet-a'] }), []);
  const [{ known }] = await server.sql(`SELECT synpunkt_desk.rules_known('${JSON.stringify([rule])}') -> 'handlers' -> 0 ->> 'unit' AS known`);
  assert.equal(known, 'enhet-a');
});

test('two imports at once make a version each, one after the other', async () => {
  const held = server.sql('BEGIN; SELECT pg_advisory_xact_lock(1937337970); SELECT pg_sleep(1.5); COMMIT');
  await new Promise((done) => { setTimeout(done, 300); });
  const began = Date.now();
  await use({ code: 'efter', categories: ['gatubelysning'], words: ['efteråt'], outcome: trafik, because });
  assert.ok(Date.now() - began > 600, 'it waited for whoever saves at the desk');
  await held;
});

test('the version of the day is in force, and one that is taken back never was', async () => {
  const version = async (day) => (await server.sql(`SELECT synpunkt.rule_in_force('${day}') AS n`))[0].n;
  await use();
  const now = await version('2090-01-01');
  await server.sql(`INSERT INTO synpunkt.rule_version (rules) VALUES ('[]')`);
  const [{ n }] = await server.sql('SELECT max(version) AS n FROM synpunkt.rule_version');
  const [{ id }] = await server.sql(`INSERT INTO synpunkt.rule_activation (version, from_day) VALUES (${n}, '2090-01-01') RETURNING id`);
  assert.deepEqual([await version('2089-12-31'), await version('2090-01-01')], [now, n]);
  const snapshot = JSON.parse((await server.sql('SELECT synpunkt.city_snapshot() AS s'))[0].s);
  assert.deepEqual(snapshot.rules.map((r) => [String(r.version), r.from === '2090-01-01']), [[now, false], [n, true]]);
  await server.sql(`UPDATE synpunkt.rule_activation SET taken_back_at = now() WHERE id = ${id}`);
  assert.equal(await version('2090-01-01'), now);
});

test('a version is nobody\'s to change, and the residents\' side makes none', async () => {
  await server.sql("SET ROLE synpunkt_owner; UPDATE synpunkt.rule_version SET rules = '[]'; DELETE FROM synpunkt.rule_activation");
  assert.ok(Number((await server.sql("SELECT count(*) AS n FROM synpunkt.rule_version WHERE rules <> '[]'"))[0].n) > 3);
  assert.ok(Number((await server.sql('SELECT count(*) AS n FROM synpunkt.rule_activation'))[0].n) > 3);
  for (const role of ['synpunkt_resident', 'synpunkt_desk'])
    await assert.rejects(server.sql(`SET ROLE ${role}; INSERT INTO synpunkt.rule_version (rules) VALUES ('[]')`), /permission denied/);
});

test('rules are checked before they are imported: names, what is never reached, overlaps and gaps', async () => {
  const wrong = { code: 'fel', categories: ['finns-inte'], outcome: 'ingen-namnd', because };
  let out = await ctl(['rules', 'check'], [wrong, ...first]);
  assert.equal(out.code, 1);
  assert.deepEqual(out.out.findings.filter((f) => f.severity === 'error').map((f) => [f.code, f.rule]),
    [['unknown-category', 'fel'], ['unknown-board', 'fel']]);
  assert.equal((await ctl(['import', 'rules'], [wrong, ...first])).code, 1);

  out = await ctl(['rules', 'check'], [{ code: 'allt', outcome: trafik, because }, ...first]);
  assert.equal(out.code, 0, out.stderr);
  assert.ok(first.every((rule) => out.out.findings.some((f) => f.code === 'unreachable' && f.rule === rule.code && f.other === 'allt')));
  assert.ok(out.out.findings.some((f) => f.code === 'overlap' && f.rule === 'allt' && f.category === 'park'));

  out = await ctl(['rules', 'check'], first);
  assert.equal(out.out.errors, 0, JSON.stringify(out.out.findings.slice(0, 3)));
  assert.ok(out.out.findings.some((f) => f.code === 'gap' && f.category === 'park' && f.district === null));
  assert.equal(out.out.table.find((row) => row.category === 'park').districts.find((cell) => cell.district === 'farsta').board,
    'farsta-stadsdelsnamnd');
  assert.match((await ctl(['rules', 'check'], [{ code: 'x', category: ['park'] }])).out.error, /rules\[0\]/);
});

test('importing what is in force makes no version', async () => {
  await use();
  const [{ n }] = await server.sql('SELECT count(*) AS n FROM synpunkt.rule_version');
  await use();
  assert.equal((await server.sql('SELECT count(*) AS n FROM synpunkt.rule_version'))[0].n, n);
});

test('rules that cannot be read send what comes to the dispatch, and the log says which', async () => {
  const [{ version }] = await server.sql(`WITH v AS (INSERT INTO synpunkt.rule_version (rules) VALUES ('[{"code": 1}]') RETURNING version)
    INSERT INTO synpunkt.rule_activation (version, from_day) SELECT v.version, synpunkt.today() FROM v RETURNING version`);
  const { row } = await submitted({ ...lamp, text: 'Lampan är trasig.' });
  assert.deepEqual([row.board, row.rule, row.needs_human], ['dispatch', 'failed', 't']);
  assert.ok(server.logs().some((l) => l.event === 'rules_unreadable' && String(l.version) === version));
  await use();
});

test('rules that are as long as may be saved are read, however the database writes them', async () => {
  const [{ id, bytes, rules }] = await server.sql(`INSERT INTO synpunkt.rule_version (rules)
    SELECT jsonb_agg(jsonb_build_object('code', 'lang-' || i, 'categories', '["park"]'::jsonb, 'outcome', '${trafik}', 'because', 'Prov.',
      'words', (SELECT jsonb_agg('ord ' || i || ' ' || k || ' ' || repeat('x', 50)) FROM generate_series(1, 50) k)))
    FROM generate_series(1, 80) i RETURNING version AS id, octet_length(rules::text) AS bytes, rules::text AS rules`);
  const saved = JSON.stringify(JSON.parse(rules)).length;
  assert.ok(saved < 256 * 1024 && Number(bytes) > 256 * 1024, `saved as ${saved}, written as ${bytes}`);
  const admin = await newColleague(server, 'adam', 'administrator@*', 'Adam Ask');
  const asked = await admin.post(`/api/v1/desk/rules/${id}/rehearsals`, { json: { since: '2020-01-01' } });
  const whole = await eventually('it is rehearsed', async () => {
    const { json } = await admin.get(`/api/v1/desk/rules/rehearsals/${asked.json.id}`);
    return ['done', 'failed'].includes(json.state) ? json : null;
  });
  assert.equal(whole.state, 'done', JSON.stringify(whole));
});
