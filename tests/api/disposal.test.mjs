/* Disposal: what a decision says shall go goes, whole, and nothing else. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import { at, coordinator, trafik } from './contract_desk_kit.mjs';
import { ctlPath, eventually, multipart, startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

const run = promisify(execFile);
const decision = 'SSA 2026:17';
const secret = { text: 'Zebrafinkens lampa slocknade', name: 'Xerxes Qvidingsson',
  email: 'xerxes.qviding@example.org', phone: '070-7417417', address: 'Hemlighetsgränd 17',
  file: 'qvidingssons-lampa.txt', message: 'Vadmalskostymen blev blöt',
  reply: 'Hälsningar om glödtråden', note: 'Ring Qvidingsson i gryningen',
  key: 'nyckel-zebrafink' };
const body = `innehållet i ${secret.file}\n`;
const sha256 = (text) => crypto.createHash('sha256').update(text).digest('hex');

let server, desk, rules;
before(async () => {
  server = await startServer();
  desk = await coordinator(server);
  rules = `${server.state}/rules.tsv`;
});
after(() => server.stop());

const id = (number) => number.split('-')[1];
const fileOf = (hash) =>
  path.join(server.state, 'attachments', hash.slice(0, 2), hash.slice(2, 4), hash);

async function ctl(...args) {
  const out = await server.ctl(['--json', ...args], { env: {
    SYNPUNKT_STATE: server.state } });
  return { code: out.code, ...(out.stdout && JSON.parse(out.stdout)) };
}

async function importRules(...rows) {
  fs.writeFileSync(rules, ['code\ttype\tboard\tcategory\toutcome\tage\tdecision', ...rows]
    .map((line) => `${line}\n`).join(''));
  const out = await ctl('import', 'disposal-rules', rules);
  assert.equal(out.code, 0, out.error);
  return out;
}

const plan = async (...args) => {
  const out = await ctl('disposal', 'plan', ...args);
  assert.equal(out.code, 0, out.error);
  return Object.fromEntries(out.rules.map((r) => [r.rule, r]));
};
const dispose = (...args) => ctl('disposal', 'run', '--by', 'Arkivarien', '--yes', ...args);

/* One case with everything that a case can hold, closed so many months ago. */
async function fullCase(months, extra = {}, file = body) {
  const res = await server.post('/api/v1/cases', {
    headers: { 'idempotency-key': `${secret.key}-${crypto.randomUUID()}` },
    multipart: multipart([{ name: 'case', json: { text: secret.text,
      category: 'gatubelysning', contact: { name: secret.name, email: secret.email,
        phone: secret.phone }, place: { lat: 59.3293, lon: 18.0686,
        address: secret.address }, ...extra } },
    { name: 'attachment', filename: secret.file, body: file }]) });
  assert.equal(res.status, 201, res.text);
  const { number, followUpCode: code } = res.json;
  assert.equal((await server.post(`/api/v1/cases/${number}/messages`, {
    json: { text: secret.message }, headers: { authorization: `Bearer ${code}` } })).status, 201);
  for (const [word, json] of [['corrections', { text: 'Stod fel', contact: { name: 'Yngwie' } }],
    ['corrections', { text: 'Igen', contact: { name: secret.name }, place: { address: secret.address } }],
    ['notes', { text: secret.note }],
    ['replies', { text: secret.reply, close: 'explained' }]]) {
    const { etag } = (await desk.get(at(number))).headers;
    assert.equal((await desk.post(at(number, word), { json, etag })).status, 201);
  }
  await server.sql(`INSERT INTO synpunkt.push_subscription (case_id, endpoint)
    VALUES (${id(number)}, 'https://push.example/zebrafink-telefon')`);
  await server.sql(`INSERT INTO synpunkt.case_follow_up (case_id, board, on_day, words, set_by)
    SELECT ${id(number)}, 'trafiknamnden', synpunkt.today(), 'Zebrafink', min(u.id) FROM synpunkt.staff_user u`);
  await server.sql(`WITH d AS (INSERT INTO synpunkt.disclosure (board, year, n, asked, opened_by)
      SELECT 'trafiknamnden', 2020, ${id(number)}, 'Klagomål', min(u.id) FROM synpunkt.staff_user u RETURNING id),
    k AS (INSERT INTO synpunkt.disclosure_case SELECT d.id, ${id(number)} FROM d RETURNING *)
    INSERT INTO synpunkt.disclosure_document (disclosure_id, case_id, document, decision, hash, because, decided_by)
    SELECT k.disclosure_id, k.case_id, 'text', 'whole', '', '{}', min(u.id) FROM k, synpunkt.staff_user u
    GROUP BY 1, 2`);
  await server.sql(`INSERT INTO synpunkt.about_answered VALUES (${id(number)}, synpunkt.today())`);
  await server.sql(`INSERT INTO synpunkt.praise_shared (case_id, board, words, shared_by)
    SELECT ${id(number)}, 'trafiknamnden', 'Zebrafink', min(u.id) FROM synpunkt.staff_user u`);
  await server.sql(`INSERT INTO synpunkt.contractor (code, board, name, way)
    VALUES ('gren', 'trafiknamnden', 'Gren AB', 'link') ON CONFLICT DO NOTHING`);
  await server.sql(`INSERT INTO synpunkt.work_order (case_id, board, contractor, ref, subject, words, waits)
    VALUES (${id(number)}, 'trafiknamnden', 'gren', gen_random_uuid(), 'Lampan', 'Zebrafink', true)`);
  await server.sql(`INSERT INTO synpunkt.case_mask (case_id, attachment, n, seq, areas, name, type, size, sha256,
    thumbnail_sha256) VALUES (${id(number)}, 1, 1, 1, '[]', '${secret.file}', 'image/png', 1,
    '${sha256(file)}', '${sha256(file)}')`);
  await server.sql(`INSERT INTO synpunkt.api_client (name, kind, scopes, per_hour, key_hash, made_by)
    SELECT 'Appen', 'test', '{post}', 1, sha256('x'), min(u.id) FROM synpunkt.staff_user u ON CONFLICT DO NOTHING`);
  await server.sql(`INSERT INTO synpunkt.open311_request (case_id, client, key)
    SELECT ${id(number)}, a.id, 'zebrafink-${id(number)}' FROM synpunkt.api_client a`);
  await server.sql(`INSERT INTO synpunkt.reply_draft (user_id, case_id, action, fields)
    SELECT min(u.id), ${id(number)}, 'note', '{"text": "Zebrafink"}' FROM synpunkt.staff_user u`);
  await eventually('it is found by its words', async () => (await server.sql(
    `SELECT 1 FROM synpunkt.case_search WHERE case_id = ${id(number)}`)).length, 20000);
  await closedAgo(number, months);
  return { number, code };
}

const closedAgo = (number, months) => server.sql(`UPDATE synpunkt.case SET closed_at =
  now() - interval '${months} months 1 day' WHERE id = ${id(number)}`);

async function dump() {
  const { stdout } = await run('pg_dump', ['-h', server.cluster.dir, '-U', 'postgres',
    server.database], { maxBuffer: 1 << 30, cwd: '/' });
  return stdout;
}

/* Everything that the attachment store holds, and the names in it. */
function store() {
  const root = path.join(server.state, 'attachments');
  return fs.readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile()).map((e) => fs.readFileSync(path.join(e.parentPath ?? e.path,
      e.name), 'latin1') + e.name).join('\n');
}

async function months() {
  await eventually('all is counted', async () => (await server.sql(
    'SELECT 1 FROM synpunkt.statistic_dirty')).length === 0, 30000);
  const cells = await server.sql(`SELECT * FROM synpunkt.statistic_cell
    ORDER BY board, month, axis, value`);
  const due = await server.sql('SELECT * FROM synpunkt.statistic_due ORDER BY 1, 2, 3, 4');
  return JSON.stringify([cells, due]);
}

test('without a decision nothing goes, and the plan says so', async () => {
  await importRules('allt\t\t\t\t\t1 month\t');
  const { allt } = await plan();
  assert.ok(allt.cases > 0 && allt.decision === null);
  assert.deepEqual((await dispose()).disposals, []);
  assert.match((await dispose('--rule', 'allt')).error, /no decision/);
  assert.match((await dispose('--rule', 'okand')).error, /no rule/);
  const [{ n }] = await server.sql(
    'SELECT count(*) AS n FROM synpunkt.case WHERE disposed_on IS NOT NULL');
  assert.equal(n, '0');
});

test('a file of rules with a fault is refused whole', async () => {
  fs.writeFileSync(rules, 'code\tage\nnagot\t2 veckor\n');
  assert.match((await ctl('import', 'disposal-rules', rules)).error, /2, age: expected an age/);
  assert.equal((await ctl('disposal', 'run', '--yes')).code, 2, 'somebody must answer for it');
});

test('the rule that says most decides alone', async () => {
  const c = await fullCase(14);
  const row = async (...lines) => {
    await importRules(...lines);
    return (await server.sql(`SELECT r.code FROM synpunkt.disposal_rule r
      CROSS JOIN LATERAL synpunkt_dispose.candidates(r.code, current_date, ${id(c.number)} - 1, 1) k
      WHERE k.id = ${id(c.number)}`)).map((r) => r.code);
  };
  assert.deepEqual(await row(`belysning\t\t\tgatubelysning\t\t1 year\t${decision}`), ['belysning']);
  assert.deepEqual(await row(`belysning\t\t\tgatubelysning\t\t15 months\t${decision}`,
    `namnd\t\ttrafiknämnden\t\texplained\t1 month\t${decision}`), []);
  assert.deepEqual(await row(`namnd\tcomplaint\ttrafiknämnden\tgatubelysning\tremedied\t1 month\t${decision}`,
    `belysning\t\t\tgatubelysning\t\t14 months\t${decision}`), ['belysning']);
  assert.deepEqual(await row(`belysning\t\t\tgatubelysning\t\t2 years\t${decision}`), []);
  const later = await plan('--as-of', '2099-01-01');
  assert.ok(later.belysning.cases > 0 && later.belysning.samples.length <= 5);
  assert.doesNotMatch(JSON.stringify(later), /Zebra|Qviding/);
});

test('after a run nothing personal is left, and figures and events are', async () => {
  const gone = await fullCase(30, { text: `${secret.text} två` });
  const stays = await fullCase(1, { text: 'Denna finns kvar', contact: { email: 'b@example.org' } });
  const hash = sha256(body);
  fs.utimesSync(fileOf(hash), new Date(), new Date(Date.now() - 50 * 3600e3));
  /* The other test's case has the same words. */
  await server.sql(`UPDATE synpunkt.case SET closed_at = now() - interval '30 months' WHERE id IN
    (SELECT case_id FROM synpunkt.case_content WHERE body LIKE '%Zebrafink%')`);
  await importRules(`belysning\t\t\tgatubelysning\t\t2 years\t${decision}`);
  const before = await months();
  const events = await server.sql(`SELECT seq, what, encode(hash, 'hex') AS hash FROM
    synpunkt.case_event WHERE case_id = ${id(gone.number)} ORDER BY seq`);
  const [{ follow }] = await server.sql(`SELECT encode(follow_hash, 'hex') AS follow FROM
    synpunkt.case WHERE id = ${id(gone.number)}`);
  const [{ sealed }] = await server.sql(`SELECT encode(sealed_code, 'hex') AS sealed FROM
    synpunkt.outbox WHERE case_id = ${id(gone.number)} AND sealed_code IS NOT NULL`);
  const planned = (await plan()).belysning;
  assert.ok((await dump()).includes(secret.email));

  const out = await dispose();
  assert.equal(out.code, 0, out.error);
  assert.equal(out.disposals.length, 1);
  const [done] = out.disposals;
  assert.equal(done.counts.cases, planned.cases);
  assert.equal(done.counts.filesShared, 1, 'the case that stays has the same file');
  assert.ok(fs.existsSync(fileOf(hash)));

  /* What the other case has itself is taken from what may not be found. */
  await closedAgo(stays.number, 40);
  const more = await dispose();
  assert.equal(more.disposals[0].counts.files, 1);
  assert.ok(!fs.existsSync(fileOf(hash)), 'the last case that had it has gone');
  const left = await dump() + store();
  for (const text of [secret.text, 'zebrafink', secret.name, secret.email, secret.phone,
    secret.address, secret.file, secret.message, 'vadmal', secret.reply, secret.note, follow,
    sealed, '18.0686', hash, 'Denna finns kvar'])
    assert.ok(!left.includes(text), `${text} is left`);
  const [{ n }] = await server.sql(`SELECT count(*) AS n FROM synpunkt.case WHERE
    position IS NOT NULL AND disposed_on IS NOT NULL`);
  assert.equal(n, '0');

  assert.equal(await months(), before, 'the figures are the same');
  const now = await server.sql(`SELECT seq, what, encode(hash, 'hex') AS hash FROM
    synpunkt.case_event WHERE case_id = ${id(gone.number)} ORDER BY seq`);
  assert.deepEqual(now.slice(0, -1), events);
  assert.equal(now.at(-1).what, 'disposed');
  const verified = await ctl('audit', 'verify');
  assert.deepEqual(verified.faults, []);
});

test('the certificate says who, when, by which decision, how many and of which', async () => {
  const c = await fullCase(30);
  const { disposals: [done] } = await dispose();
  const text = fs.readFileSync(done.certificate, 'utf8');
  assert.equal(fs.statSync(done.certificate).mode & 0o777, 0o600);
  assert.match(text, /Beslut: SSA 2026:17\nRegel: belysning\nPåbörjad: \d{4}-\d\d-\d\d \d\d:\d\d av Arkivarien/);
  assert.match(text, /Ärenden: 1\nTexter: 1\nKontaktuppgifter: 1\nPlatser: 1\n/);
  assert.match(text, /\nMaskade kopior av bilder: 1\n/);
  assert.equal(done.listHash, sha256(`${c.number}\n`));
  assert.ok(text.includes(done.listHash) && text.endsWith(`\n${c.number}\n`));
  const [row] = await server.sql(`SELECT decision, rule, ran_by, encode(list_hash, 'hex') AS
    hash, counts ->> 'cases' AS n, ended_at IS NOT NULL AND certified_at IS NOT NULL AS ended
    FROM synpunkt.disposal WHERE id = ${done.id}`);
  assert.deepEqual(row, { decision, rule: 'belysning', ran_by: 'Arkivarien',
    hash: done.listHash, n: '1', ended: 't' });
  assert.equal(done.counts.filesWaiting, 1, 'the file came in just now');
  fs.utimesSync(fileOf(sha256(body)), new Date(), new Date(Date.now() - 50 * 3600e3));
  await dispose();
  assert.ok(!fs.existsSync(fileOf(sha256(body))), 'it goes with a later run');
});

test('who has the code is told that the case is gone, and cannot add to it', async () => {
  const c = await fullCase(30);
  await dispose();
  const as = { authorization: `Bearer ${c.code}` };
  const api = await server.get(`/api/v1/cases/${c.number}`, { headers: as });
  assert.equal(api.status, 200);
  assert.match(api.json.disposedOn, /^\d{4}-\d\d-\d\d$/);
  assert.deepEqual([api.json.messages, api.json.attachments], [[], []]);
  const added = await server.post(`/api/v1/cases/${c.number}/messages`, { headers: as,
    json: { text: 'En sak till' } });
  assert.equal(added.status, 409);
  assert.match(added.json.detail, /disposed of/);
  const page = await server.get(`/folj/${c.number}/${c.code}`);
  assert.equal(page.status, 200);
  assert.match(page.text, /Ärendet är gallrat/);
  assert.doesNotMatch(page.text, /<textarea|Gatubelysning/);
  const receipt = await server.get(`/kvitto/${c.number}/${c.code}`);
  assert.match(receipt.text, /Ärendet är gallrat/);
  const consent = await server.post(`/folj/${c.number}/${c.code}/samtycke`, { form: { svar: 'ja' } });
  assert.equal(consent.status, 303);
  assert.match((await server.get(consent.headers.location)).text,
    /Ärendet är gallrat: [^.]*\. Ditt svar kunde inte sparas\./);
  const sent = await server.post(`/folj/${c.number}/${c.code}`, { form: { text: 'Mer' } });
  assert.equal(sent.status, 409);
  assert.match(sent.text, /Det du skrev kunde inte sparas/);
  assert.equal((await server.get(`/api/v1/cases/${c.number}`, { headers: {
    authorization: 'Bearer ABCD-EFGH-JKMN' } })).status, 404);
  assert.equal((await server.get(`/folj/${c.number}/${c.code}/bilaga/1`)).status, 404);
});

test('the desk says that it is gone, and does nothing with it', async () => {
  const c = await fullCase(30);
  const { etag } = (await desk.get(at(c.number))).headers;
  await dispose();
  const seen = await desk.get(at(c.number));
  assert.equal(seen.status, 200);
  assert.match(seen.json.disposedOn, /^\d{4}-/);
  assert.deepEqual([seen.json.text, seen.json.contact, seen.json.place, seen.json.notes,
    seen.json.mail, seen.json.actions, seen.json.status],
  [null, null, null, [], [], [], 'closed']);
  const gone = seen.json.events.at(-1);
  assert.deepEqual([gone.what, gone.codes.decision, gone.codes.rule],
    ['disposed', decision, 'belysning']);
  for (const [word, json] of [['notes', { text: 'x' }], ['reopenings', {}], ['holds', { text: 'x' }]])
    for (const tag of [etag, seen.headers.etag]) {
      const res = await desk.post(at(c.number, word), { json, etag: tag });
      assert.equal(res.status, 409, word);
      assert.match(res.json.detail, /disposed of/);
    }
});

test('open, reopened and held cases do not go', async () => {
  const [open, held, byBoard] = [await fullCase(30), await fullCase(30), await fullCase(30)];
  const reopen = await desk.get(at(open.number));
  assert.equal((await desk.post(at(open.number, 'reopenings'), { json: {},
    etag: reopen.headers.etag })).status, 201);

  const shown = await desk.get(at(held.number));
  assert.ok(shown.json.actions.includes('hold') && !shown.json.actions.includes('release-hold'));
  assert.equal((await desk.post(at(held.number, 'holds'), { json: { text: '' },
    etag: shown.headers.etag })).status, 422);
  assert.equal((await desk.post(at(held.number, 'holds'), { etag: shown.headers.etag,
    json: { text: 'x', until: '2020-01-01' } })).status, 422);
  const set = await desk.post(at(held.number, 'holds'), { json: { text: 'Rättegång pågår' },
    etag: shown.headers.etag });
  assert.equal(set.status, 201, set.text);
  assert.equal(set.json.holds.length, 1);
  assert.equal(set.json.events.at(-1).what, 'hold-set');
  assert.equal(set.json.notes.at(-1).text, 'Rättegång pågår');

  const before = (await plan()).belysning;
  assert.ok(before.samples.includes(byBoard.number) && !before.samples.includes(held.number));
  assert.ok(before.held >= 1);
  assert.equal((await ctl('disposal', 'hold', '--board', trafik, '--by', 'Registrator',
    '--reason', 'Arkivet utreder')).code, 0);
  assert.equal((await plan()).belysning.cases, 0);
  assert.deepEqual((await dispose()).disposals, []);
  assert.equal((await ctl('disposal', 'holds')).holds.length, 2);

  assert.equal((await ctl('disposal', 'release', '--board', trafik, '--by', 'Registrator')).code, 0);
  assert.equal((await ctl('disposal', 'release', '--board', trafik, '--by', 'Registrator')).code, 1);
  assert.equal((await dispose()).disposals[0].counts.cases, 1);
  const still = await desk.get(at(held.number));
  assert.equal(still.json.text, secret.text);
  assert.equal((await desk.post(at(held.number, 'hold-releases'), { json: {},
    etag: still.headers.etag })).status, 201);
  assert.equal((await dispose()).disposals[0].counts.cases, 1);
  assert.equal((await desk.get(at(open.number))).json.text, secret.text);
});

test('a hold from the tool is an event of the case, and ends with its day', async () => {
  const c = await fullCase(30);
  const set = await ctl('disposal', 'hold', '--case', c.number, '--by', 'Arkivarien',
    '--reason', 'Forskning', '--until', '2099-01-01');
  assert.equal(set.code, 0, set.error);
  const seen = (await desk.get(at(c.number))).json;
  assert.deepEqual([seen.holds[0].by, seen.holds[0].until, seen.events.at(-1).what,
    seen.notes.at(-1).text], ['Arkivarien', '2099-01-01', 'hold-set', 'Forskning']);
  assert.equal((await plan()).belysning.cases, 0);
  assert.equal((await plan('--as-of', '2099-01-02')).belysning.held, 0);
  await server.sql(`UPDATE synpunkt.disposal_hold SET from_on = from_on - 9,
    to_on = (now() AT TIME ZONE 'Europe/Stockholm')::date - 1 WHERE case_id = ${id(c.number)}`);
  const later = (await desk.get(at(c.number))).json;
  assert.deepEqual([later.holds, later.actions.includes('release-hold')], [[], false]);
  await server.sql(`UPDATE synpunkt.disposal_hold SET to_on = '2099-01-01'
    WHERE case_id = ${id(c.number)}`);
  assert.equal((await ctl('disposal', 'hold', '--case', '2026-1', '--by', 'A', '--reason', 'x')).code, 1);
  assert.equal((await ctl('disposal', 'hold', '--case', c.number, '--board', trafik, '--by', 'A',
    '--reason', 'x')).code, 2);
  assert.equal((await ctl('disposal', 'release', '--case', c.number, '--by', 'A')).code, 0);
  assert.equal((await dispose()).disposals[0].counts.cases, 1);
});

/* As many at once as take more than one batch. */
async function manyCases(word, n) {
  const rows = await server.sql(`SELECT synpunkt_intake.submit((SELECT version FROM
    synpunkt.city_version), array_agg(nextval('synpunkt.case_serial')), array_agg(now()),
    array_agg(current_date), array_agg('complaint'::text), array_agg('lekplats'::text),
    array_agg('trafiknamnden'::text), array_agg(NULL::text), array_agg(NULL::text),
    array_agg('api'::text), array_agg(1::smallint), array_agg('sv'::text), array_agg(NULL::text),
    array_agg(false), array_agg(true), array_agg(NULL::float8), array_agg(NULL::float8),
    array_agg(current_date + 2), array_agg('två'::text), array_agg(current_date + 14),
    array_agg('tio'::text), array_agg('regel'::text), array_agg('därför'::text),
    array_agg(sha256(i::text::bytea)), array_agg('${word} ' || i),
    array_agg('{"email":"${word}@example.org"}'::text), array_agg(NULL::text),
    array_agg('\\x00'::bytea), array_agg(NULL::jsonb), array_agg(NULL::bytea),
    array_agg(NULL::bytea), array_agg('"a":1'::text), array_agg(now()),
    array_agg(NULL::text)) AS id FROM generate_series(1, ${n}) i`);
  await eventually('they have their numbers', async () => (await server.sql(`SELECT 1 FROM
    synpunkt.case_leg WHERE registration_number IS NULL`)).length === 0, 30000);
  await server.sql(`UPDATE synpunkt.case SET status = 'closed', closure_reason = 'explained',
    closed_at = now() - interval '3 years' WHERE id IN (${rows.map((r) => r.id).join()});
    UPDATE synpunkt.case_leg SET ended_at = now(), state = 'closed' WHERE case_id IN
    (${rows.map((r) => r.id).join()})`);
  return rows.map((r) => Number(r.id)).sort((a, b) => a - b);
}

test('killed in the middle and run again, it ends the same; two at once do not', async (t) => {
  const ids = await manyCases('Myrslokskalas', 450);
  await importRules(`lekplats\t\t\tlekplats\texplained\t2 years\t${decision}`);
  const planned = (await plan()).lekplats.cases;
  /* Somebody changes a case of the third batch, and the run has to wait there. Nobody but the
   * run: a stronger lock would hold up whoever refers to the case, and what they hold. */
  const blocker = spawn('psql', ['-h', server.cluster.dir, '-U', 'postgres', '-d', server.database,
    '-qc', `BEGIN; SELECT 1 FROM synpunkt.case WHERE id = ${ids[449]} FOR NO KEY UPDATE;
      SELECT pg_sleep(600)`], { stdio: 'ignore', cwd: '/' });
  t.after(() => blocker.kill());
  await eventually('it is locked', async () => (await server.sql(`SELECT 1 FROM pg_stat_activity
    WHERE query LIKE '%pg_sleep(600)%' AND datname = '${server.database}' AND state = 'active'
    AND wait_event = 'PgSleep'`)).length);
  const killed = spawn(ctlPath, ['disposal', 'run', '--by', 'Arkivarien', '--yes'], {
    stdio: 'ignore', env: { ...process.env, SYNPUNKT_STATE: server.state,
      SYNPUNKT_DATABASE: `host=${server.cluster.dir} dbname=${server.database} user=postgres` } });
  const taken = async () => Number((await server.sql(`SELECT count(*) AS n FROM synpunkt.case
    WHERE disposed_on IS NOT NULL AND category = 'lekplats'`))[0].n);
  await eventually('two batches have gone', async () => (await taken()) >= 400, 60000);
  assert.match((await dispose()).error, /another disposal is under way/);
  killed.kill('SIGKILL');
  await new Promise((done) => { killed.on('exit', done); });
  assert.ok((await taken()) < planned);
  assert.equal((await plan()).lekplats.begun, true);
  assert.deepEqual((await ctl('audit', 'verify')).faults, [], 'half done is in order too');
  await server.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE
    '%pg_sleep(600)%' AND datname = '${server.database}' AND pid <> pg_backend_pid()`);
  blocker.kill();
  const again = await eventually('the first one’s connection is gone', async () => {
    const out = await dispose();
    return out.error ? null : out;
  }, 30000);
  assert.equal(again.disposals.length, 1);
  const [{ numbers }] = await server.sql(`SELECT string_agg(year || '-' || id || chr(10), ''
    ORDER BY id) AS numbers FROM synpunkt.case WHERE disposal_id = ${again.disposals[0].id}`);
  assert.equal(again.disposals[0].counts.cases, planned);
  assert.equal(again.disposals[0].counts.text, planned);
  assert.equal(again.disposals[0].listHash, sha256(numbers));
  assert.ok(!(await dump()).includes('Myrsloks'));
});

test('content that went without a disposal is still named, and a disposed case’s is not', async () => {
  const c = await fullCase(1);
  await server.sql(`DELETE FROM synpunkt.case_content WHERE case_id = ${id(c.number)}
    AND kind = 'note' AND seq = (SELECT max(seq) FROM synpunkt.case_content WHERE kind = 'note'
    AND case_id = ${id(c.number)})`);
  const { faults } = await ctl('audit', 'verify');
  assert.deepEqual(faults.map((f) => [f.number, f.fault, f.what]),
    [[c.number, 'content-missing', 'note']]);
  await importRules(`belysning\t\t\tgatubelysning\t\t1 month\t${decision}`);
  await dispose();
  assert.deepEqual((await ctl('audit', 'verify')).faults.map((f) => f.number), [c.number]);
});

test('a file that somebody sends in again meanwhile stays', async () => {
  await importRules(`belysning\t\t\tgatubelysning\t\t2 years\t${decision}`);
  const file = 'en fil som kommer igen\n';
  const hash = sha256(file);
  await fullCase(30, {}, file);
  fs.utimesSync(fileOf(hash), new Date(), new Date(Date.now() - 100 * 3600e3));
  /* The upload is stored, which makes it young, and its case is not there yet. */
  fs.utimesSync(fileOf(hash), new Date(), new Date());
  const { disposals: [done] } = await dispose();
  assert.equal(done.counts.filesWaiting, 1);
  assert.ok(fs.existsSync(fileOf(hash)));
  const res = await server.post('/api/v1/cases', { multipart: multipart([
    { name: 'case', json: { text: 'Samma fil' } },
    { name: 'attachment', filename: 'annan.txt', body: file }]) });
  assert.equal(res.status, 201);
  fs.utimesSync(fileOf(hash), new Date(), new Date(Date.now() - 100 * 3600e3));
  await dispose();
  assert.ok(fs.existsSync(fileOf(hash)), 'the new case has it');
});

/* A letter that came in, to one recipient for each of the cases. */
async function letterOf(name, ...cases) {
  await server.sql(`WITH m AS (
    INSERT INTO synpunkt.mail_message (key, envelope_from, message_id, body_sha256, size, raw)
    VALUES (sha256('${name}'), 'anna@example.org', '${name}', sha256('x'), 9, 'Zebrafink')
    RETURNING id)
    INSERT INTO synpunkt.mail_delivery (message_id, recipient, mailbox, board, state, case_id)
    SELECT m.id, c.case_id || '@stad.example', 'a@stad.example', 'trafiknamnden', 'done',
      c.case_id
    FROM m CROSS JOIN unnest(ARRAY[${cases.map((c) => id(c.number))}]::bigint[]) AS c (case_id)`);
}

test('the letter that a case came by goes with it, unless another case has it too', async () => {
  await importRules(`belysning\t\t\tgatubelysning\t\t2 years\t${decision}`);
  const [old, young] = [await fullCase(30), await fullCase(1)];
  await letterOf('alone', old);
  await letterOf('shared', old, young);
  const { disposals: [done] } = await dispose();
  assert.equal(done.counts.originals, 1);
  assert.deepEqual(await server.sql(`SELECT m.message_id, d.case_id FROM synpunkt.mail_message m
    LEFT JOIN synpunkt.mail_delivery d ON d.message_id = m.id ORDER BY 1, 2`),
  [{ message_id: 'shared', case_id: id(young.number) }]);
});

/* A mail that no case was made of, so many months old, to a board's mailbox. */
async function kept(name, months, ...boards) {
  await server.sql(`WITH m AS (
    INSERT INTO synpunkt.mail_message (key, received_at, envelope_from, message_id, body_sha256,
      size, raw)
    VALUES (sha256('${name}'), now() - interval '${months} months 2 days', '', '${name}',
      sha256('x'), 9, 'Zebrafink') RETURNING id)
    INSERT INTO synpunkt.mail_delivery (message_id, recipient, mailbox, board, state, class)
    SELECT m.id, b.board || '@stad.example', 'a@stad.example', b.board, 'done', 'receipt'
    FROM m CROSS JOIN unnest(ARRAY[${boards.map((b) => `'${b}'`)}]) AS b (board)`);
}
const keptMails = async () => (await server.sql(`SELECT DISTINCT m.message_id AS name
  FROM synpunkt.mail_message m JOIN synpunkt.mail_delivery d ON d.message_id = m.id
  WHERE d.case_id IS NULL ORDER BY 1`)).map((r) => r.name);

test('mails without a case go by rules of their own, and by no other', async () => {
  fs.writeFileSync(rules, 'code\tabout\tcategory\tage\tdecision\n'
    + `mejl\tmail\tgatubelysning\t1 month\t${decision}\n`);
  assert.equal((await ctl('import', 'disposal-rules', rules)).code, 1, 'a mail has no category');
  await server.sql('DELETE FROM synpunkt.mail_delivery; DELETE FROM synpunkt.mail_message');
  await kept('old', 7, trafik);
  await kept('both', 7, trafik, 'kulturnamnden');
  await kept('young', 1, trafik);
  await kept('hers', 7, 'kulturnamnden');
  await server.sql(`UPDATE synpunkt.mail_delivery SET state = 'quarantined'
    WHERE message_id = (SELECT id FROM synpunkt.mail_message WHERE message_id = 'hers')`);
  await importRules(`allt\t\t\t\t\t1 month\t${decision}`);
  await dispose();
  assert.deepEqual(await keptMails(), ['both', 'hers', 'old', 'young'], 'a rule for cases');

  const header = 'code\tabout\tboard\tage\tdecision\n';
  const put = async (...rows) => {
    fs.writeFileSync(rules, header + rows.map((r) => `${r}\n`).join(''));
    assert.equal((await ctl('import', 'disposal-rules', rules)).code, 0);
  };
  await put('mejl\tmail\t\t6 months\t');
  const undecided = (await plan()).mejl;
  assert.deepEqual([undecided.about, undecided.mails, undecided.cases], ['mail', 3, undefined]);
  await dispose();
  assert.deepEqual(await keptMails(), ['both', 'hers', 'old', 'young'], 'no decision');

  /* A board's own rule, without a decision, keeps its mails from the general one. */
  await put(`mejl\tmail\t\t6 months\t${decision}`, 'kultur\tmail\tkulturnamnden\t6 months\t');
  const held = await ctl('disposal', 'hold', '--board', trafik, '--reason', 'Rättegång', '--by', 'A');
  assert.equal(held.code, 0, held.error);
  assert.deepEqual([(await plan()).mejl.mails, (await plan()).mejl.held], [0, 2]);
  assert.equal((await ctl('disposal', 'release', '--board', trafik, '--by', 'A')).code, 0);
  const ids = await server.sql(`SELECT d.id, synpunkt.local_day(m.received_at) AS day
    FROM synpunkt.mail_delivery d JOIN synpunkt.mail_message m ON m.id = d.message_id
    WHERE m.message_id IN ('old', 'both') AND d.board = '${trafik}' ORDER BY d.id`);
  const { disposals: [done] } = await dispose('--rule', 'mejl');
  assert.deepEqual([done.counts.mails, done.counts.originals, done.counts.cases],
    [2, 1, undefined]);
  assert.deepEqual(await keptMails(), ['both', 'hers', 'young']);
  const text = fs.readFileSync(done.certificate, 'utf8');
  const list = ids.map((r) => `mejl-${r.id} ${r.day}\n`).join('');
  assert.ok(text.endsWith(`\n\n${list}`), text);
  assert.match(text, /Mejl som inte hör till något ärende: 2\nInkomna brev i original: 1/);
  assert.equal(done.listHash, sha256(list));
  assert.equal((await plan()).mejl.mails, 0);
  await server.sql('DELETE FROM synpunkt.mail_delivery; DELETE FROM synpunkt.mail_message');
});

test('every table that knows of cases is seen to, or keeps nothing personal', async () => {
  const rows = await server.sql(`SELECT DISTINCT table_name AS name FROM
    information_schema.columns WHERE table_schema = 'synpunkt' AND column_name = 'case_id'
    ORDER BY 1`);
  const emptied = ['about_answered', 'case_attachment', 'case_concern', 'case_content', 'case_follow_up', 'case_mask', 'case_mention', 'case_photo_shown', 'case_search', 'case_support', 'disclosure_case', 'disclosure_document', 'disposal_hold',
    'intake_key', 'mail_delivery', 'outbox',
    'open311_request', 'open311_update', 'praise_shared', 'public_case', 'push_subscription', 'reply_draft', 'reply_file', 'satisfaction_ask', 'work_order', 'work_order_candidate']; /* these by their triggers on the case */
  const kept = ['case_access', 'case_change', 'case_event', 'case_hand_off', 'case_import', /* the number alone */ 'case_leg', 'case_link', 'case_marking', 'case_presence', /* some seconds */
    'case_search_mark', 'case_supporters', 'case_unshown', 'disposed_content', 'guess_outcome', 'improvement_case', 'read_log', 'rehearsal_sample', /* codes and the number */
    'statistic_case', 'statistic_dirty', 'statistic_mark', 'webhook_case' /* a second */];
  assert.deepEqual(rows.map((r) => r.name), [...emptied, ...kept].sort(),
    'a new table goes into take() of 0022_disposal.sql, or into the list of those kept');
  for (const name of emptied) {
    const left = await server.sql(`SELECT 1 FROM synpunkt.${name} t JOIN synpunkt.case c
      ON c.id = t.case_id WHERE c.disposed_on IS NOT NULL
      ${name === 'case_search' ? "AND t.vector <> ''" : ''}`);
    assert.deepEqual(left, [], name);
  }
});

test('nobody but the tool may dispose, and only keepers may hold', async () => {
  for (const role of ['synpunkt_resident', 'synpunkt_desk', 'synpunkt_job', 'synpunkt_report'])
    for (const call of ['plan(current_date)', 'take(1, 0, 1)', 'take_mail(1, 0, 1)', "begin('a', 'b')",
      "hold(2026::smallint, 1, NULL, 'x', 'y', NULL)"])
      await assert.rejects(server.sqlAs(role, `SELECT synpunkt_dispose.${call}`),
        /permission denied/);
  await assert.rejects(server.sql(`SET ROLE synpunkt_dispose;
    SELECT body FROM synpunkt.case_content`), /permission denied/);
  const c = await fullCase(1);
  const handler = await newColleague(server, 'gallrare', `case-handler@${trafik}`);
  const { etag } = (await handler.get(at(c.number))).headers;
  assert.equal((await handler.post(at(c.number, 'holds'), { json: { text: 'x' }, etag })).status, 403);
});
