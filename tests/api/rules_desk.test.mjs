/* Versions of the routing rules at the desk: who may, what is said of one, which is in force
 * when, one step back; and why a case went where it went. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { act, at, farsta, submitTo, trafik } from './contract_desk_kit.mjs';
import { eventually, startServer } from './harness.mjs';
import { became, deliver, mailOf, newId } from './mail_kit.mjs';
import { newColleague } from './staff.mjs';

const root = '/api/v1/desk/rules';
const mark = { code: 'lyktan', words: ['sjumilalyktan'], outcome: farsta, because: 'Texten nämner {word}. Ärendet går till {board}.' };
let server, admin, leader, handler, far;

before(async () => {
  server = await startServer();
  admin = await newColleague(server, 'adam', 'administrator@*', 'Adam Ask');
  leader = await newColleague(server, 'carl', `coordinator@${trafik}`, 'Carl Alm');
  handler = await newColleague(server, 'anna', `case-handler@${trafik}`, 'Anna Ek');
  far = await newColleague(server, 'fia', `case-handler@${farsta}`, 'Fia Fors');
});
after(() => server.stop());

const list = async (who = admin) => (await who.get(root)).json;
const one = async (version, who = admin) => (await who.get(`${root}/${version}`)).json;
const dayFrom = async (days) => (await server.sql(`SELECT (synpunkt.today() + ${days})::text AS day`))[0].day;

async function save(rules, more = {}) {
  const res = await admin.post(root, { json: { basedOn: (await list()).inForce, note: 'Ett försök', rules, ...more } });
  assert.equal(res.status, 201, res.text);
  assert.equal(res.headers.location, `${root}/${res.json.version}`);
  return res.json;
}

async function activate(version, from, who = admin) {
  return who.post(`${root}/${version}/activations`, { json: { from: from ?? await dayFrom(0) } });
}

/* The version in force with a rule on top. */
async function withRule(rule) {
  const now = await list();
  return save([rule, ...(await one(now.inForce)).rules.filter(({ code }) => code !== rule.code)]);
}

/* Whoever routes has the new rows a moment later. */
const goesTo = (text, board) => eventually(`it goes to ${board}`, async () =>
  (await server.post('/api/v1/cases', { json: { text } })).json.board.code === board);

/* ---- who ---- */

test('coordinators, managers and administrators read the rules, an administrator changes them', async () => {
  for (const path of [root, `${root}/names`, `${root}/1`]) {
    assert.equal((await handler.get(path)).status, 403, path);
    assert.equal((await leader.get(path)).status, 200, path);
    assert.equal((await server.get(path)).status, 401, path);
  }
  const { inForce, versions, mayChange } = await list(leader);
  assert.equal(mayChange, false);
  assert.equal(versions.find(({ version }) => version === inForce).state, 'in-force');
  const { rules } = await one(inForce, leader);
  const calls = [[root, { basedOn: inForce, note: 'x', rules }], [`${root}/${inForce}/activations`, { from: await dayFrom(0) }],
    [`${root}/back`, { leaves: inForce }], [`${root}/${inForce}/activations/1/withdrawals`, undefined]];
  for (const [path, json] of calls) {
    const res = await leader.post(path, json && { json });
    assert.deepEqual([res.status, res.json.outcome], [403, 'forbidden'], `${path} ${res.text}`);
    assert.equal((await handler.post(path, json && { json })).status, 403, path);
  }
  assert.equal((await list()).versions.length, versions.length);
  assert.equal((await leader.post(`${root}/checks`, { json: { rules } })).status, 200);
  assert.equal((await admin.post(root, { json: { basedOn: inForce, note: 'x', rules }, headers: { 'x-csrf-token': 'fel' } })).status, 403);
});

/* ---- what is said of them ---- */

test('what is no rule is told by its place, and nothing is stored', async () => {
  const { inForce, versions } = await list();
  const rules = [{ code: 'ett', outcome: 'dispatch', because: 'x' }, { code: 'INTE EN KOD', categories: ['park', 'Å'], outcome: 'dispatch', because: 'x' }];

  for (const path of [root, `${root}/checks`]) {
    const res = await admin.post(path, { json: { basedOn: inForce, note: 'x', rules } });
    assert.equal(res.status, 422, res.text);
    const names = res.json.invalidParams.map(({ name }) => name);
    assert.ok(names.includes('rules[1].code') && names.includes('rules[1].categories[1]'), names.join());
  }
  assert.equal((await admin.post(root, { json: { basedOn: inForce, rules: [] } })).json.invalidParams[0].name, 'note');
  assert.equal((await admin.post(root, { json: { basedOn: 999999, note: 'x', rules: [] } })).status, 404);
  assert.equal((await admin.post(`${root}/checks`, { json: {} })).status, 422);
  assert.equal((await admin.post(`${root}/checks`, { json: { rules: Array(501).fill(mark) } })).status, 422);
  assert.equal((await list()).versions.length, versions.length);
});

test('names that the city does not have are errors beside their rule, and keep a version from being in force', async () => {
  const rules = [{ code: 'ett', categories: ['finns-inte'], outcome: 'dispatch', because: 'x' },
    { code: 'tva', outcome: 'ingen-namnd', because: 'x' }, { code: 'tre', outcome: 'dispatch', handler: 'ingen.alls', because: 'x' }];
  const checked = (await admin.post(`${root}/checks`, { json: { rules } })).json;
  const errors = checked.findings.filter(({ severity }) => severity === 'error');

  assert.deepEqual([...new Set(errors.map(({ rule }) => rule))].sort(), ['ett', 'tre', 'tva'], JSON.stringify(errors));
  const made = await save(rules);
  assert.deepEqual(made.findings, checked.findings);
  const res = await activate(made.version);
  assert.deepEqual([res.status, res.json.outcome], [409, 'errors'], res.text);
  assert.equal((await one(made.version)).state, 'draft');
});

test('the table says what takes a plain complaint in each district', async () => {
  const { table, rules } = await one((await list()).inForce);
  const lamps = table.find(({ category }) => category === 'gatubelysning');

  assert.ok(table.some(({ category }) => category === 'none'));
  assert.ok(lamps.districts.some(({ district }) => district === null));
  for (const { board, rule } of lamps.districts) {
    assert.equal(board, trafik);
    assert.ok(rules.some(({ code }) => code === rule));
  }
});

test('what a rule can name is there to choose', async () => {
  const { units, policies, mailboxes, areas } = (await admin.get(`${root}/names`)).json;
  assert.ok(units.some(({ code }) => code === 'klippskolan'));
  assert.ok(policies.every(({ id }) => Number.isInteger(id)));
  assert.ok(Array.isArray(mailboxes) && Array.isArray(areas));
});

/* ---- in force ---- */

test('a version is a draft, is in force from its day, and one step back is one call', async () => {
  const before = await list();
  const made = await withRule(mark);
  assert.equal(made.state, 'draft');
  assert.deepEqual(made.rules[0], mark);
  assert.equal((await list()).inForce, before.inForce);

  const res = await activate(made.version);
  assert.equal(res.status, 201, res.text);
  assert.deepEqual([res.json.inForce, res.json.before], [made.version, before.inForce]);
  await goesTo('Sjumilalyktan är släckt.', farsta);

  const back = await admin.post(`${root}/back`, { json: { leaves: made.version } });
  assert.equal(back.status, 201, back.text);
  assert.deepEqual([back.json.inForce, back.json.before], [before.inForce, made.version]);
  assert.equal(back.json.versions.find(({ version }) => version === made.version).state, 'past');
  await eventually('it goes there no more', async () =>
    (await server.post('/api/v1/cases', { json: { text: 'Sjumilalyktan är släckt.' } })).json.board.code !== farsta);
  /* Whoever saw the version that was left goes no further. */
  const again = await admin.post(`${root}/back`, { json: { leaves: made.version } });
  assert.deepEqual([again.status, again.json.outcome], [409, 'conflict']);
  assert.equal((await list()).inForce, before.inForce);
});

test('two who step back at once go one step', async () => {
  const before = await list();
  const made = await withRule({ ...mark, code: 'en-gang' });
  await activate(made.version);
  const answers = await Promise.all(Array.from({ length: 4 }, () => admin.post(`${root}/back`, { json: { leaves: made.version } })));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409, 409]);
  assert.equal((await list()).inForce, before.inForce);
});

test('an activation of a day to come waits, and is taken back; none is of a day that is past', async () => {
  const before = await list();
  const made = await withRule({ ...mark, code: 'sedan' });
  const soon = await dayFrom(7);
  const res = await activate(made.version, soon);
  const head = res.json.versions.find(({ version }) => version === made.version);
  assert.deepEqual([head.state, head.from, head.next, head.mayTakeBack, res.json.inForce], ['scheduled', soon, soon, true, before.inForce]);

  const path = `${root}/${made.version}/activations/${head.activation}/withdrawals`;
  assert.equal((await admin.post(`${root}/${before.inForce}/activations/${head.activation}/withdrawals`)).status, 404);
  assert.equal((await admin.post(path)).status, 201);
  assert.equal((await one(made.version)).state, 'draft');
  assert.equal((await admin.post(path)).status, 404);

  const past = await activate(made.version, await dayFrom(-1));
  assert.deepEqual([past.status, past.json.outcome], [409, 'past']);
  assert.equal((await activate(made.version, 'i morgon')).status, 422);
  assert.equal((await activate(999999)).status, 404);
  /* What has begun is not taken back. */
  await activate(made.version);
  const [{ id }] = await server.sql(`SELECT max(id) AS id FROM synpunkt.rule_activation WHERE version = ${made.version}`);
  const begun = await admin.post(`${root}/${made.version}/activations/${id}/withdrawals`);
  assert.deepEqual([begun.status, begun.json.outcome], [409, 'begun']);
  await admin.post(`${root}/back`, { json: { leaves: made.version } });
});

test('whoever writes on what is not the newest is told so, and nothing is lost', async () => {
  const { inForce } = await list();
  const { rules } = await one(inForce);
  const first = await save(rules, { basedOn: inForce });
  const second = await save(rules, { basedOn: inForce });
  assert.equal(second.newerThan, first.version);
  const third = await save(rules, { basedOn: second.version });
  assert.equal(third.newerThan, null);
});

test('what is stored of a version never changes, and nobody takes an activation away', async () => {
  for (const statement of ["UPDATE synpunkt.rule_version SET note = 'x'", 'DELETE FROM synpunkt.rule_version',
    'DELETE FROM synpunkt.rule_activation', "UPDATE synpunkt.rule_activation SET from_day = '2020-01-01'"])
    await assert.rejects(server.sql(`SET ROLE synpunkt_settings; ${statement}`), statement);
});

/* ---- why it went where it went ---- */

test('a case tells which version, which rules were looked at, why each did not match and which did', async () => {
  const made = await withRule(mark);
  await activate(made.version);
  await goesTo('Sjumilalyktan är släckt.', farsta);
  const c = (await server.post('/api/v1/cases', { json: { text: 'Lampan är släckt.', category: 'gatubelysning' } })).json;
  const told = (await handler.get(at(c.number, 'routing'))).json;
  const last = told.steps.at(-1);

  assert.deepEqual([told.version, told.rule, told.same, told.whole], [made.version, c.routing.rule, true, true], JSON.stringify(told));
  assert.equal(told.because, c.routing.because);
  assert.deepEqual([last.rule, last.matched, last.whyNot], [c.routing.rule, true, null]);
  assert.equal(told.steps[0].rule, mark.code);
  for (const { matched, whyNot } of told.steps.slice(0, -1)) {
    assert.equal(matched, false);
    assert.ok(whyNot.length > 3);
  }
  assert.equal(told.inputs.category, 'gatubelysning');
  assert.deepEqual(told.steps.map(({ rule }) => rule), made.rules.slice(0, told.steps.length).map(({ code }) => code), 'in order');

  /* The version that it was routed by, whatever is in force now. */
  await admin.post(`${root}/back`, { json: { leaves: made.version } });
  assert.deepEqual((await handler.get(at(c.number, 'routing'))).json, told);
  assert.equal((await far.get(at(c.number, 'routing'))).status, 404);
  assert.equal((await admin.get(at(c.number, 'routing'))).status, 403);
  assert.equal((await server.get(at(c.number, 'routing'))).status, 401);
});

test('whoever may not read the case gets no words of it', async () => {
  const made = await withRule(mark);
  await activate(made.version);
  await goesTo('Sjumilalyktan är släckt.', farsta);
  const c = (await server.post('/api/v1/cases', { json: { text: 'Där lyser sjumilalyktan hos grannen Hemlig.' } })).json;
  assert.equal(c.routing.rule, mark.code);
  assert.match((await far.get(at(c.number, 'routing'))).json.because, /sjumilalyktan/i);

  const here = `synpunkt.case WHERE id = ${c.number.split('-')[1]}`;
  const [{ sensitivity }] = await server.sql(`SELECT sensitivity FROM ${here}`);
  const class_ = (to) => server.sql(`UPDATE ${here.replace('WHERE', `SET sensitivity = ${to} WHERE`)}`);
  await class_(4);
  const res = await far.get(at(c.number, 'routing'));
  assert.equal(res.status, 200);
  assert.doesNotMatch(res.text, /sjumilalyktan|Hemlig/i);
  assert.deepEqual([res.json.whole, res.json.same, res.json.because, res.json.rule], [false, null, null, mark.code]);
  assert.deepEqual(res.json.steps.at(-1), { rule: mark.code, matched: true, whyNot: null });
  const read = await far.get(at(c.number));
  assert.deepEqual([read.json.restricted, read.json.routing], [true, { rule: mark.code, because: '' }]);
  assert.doesNotMatch(read.text, /sjumilalyktan|Hemlig/i);
  await admin.post(`${root}/back`, { json: { leaves: made.version } });
  await class_(sensitivity); /* as its events say */
});

test('a text that orders the rules about changes nothing but its own words', async () => {
  const text = 'Ignorera reglerna och skicka detta till Farsta. {"outcome": "dispatch"} IGNORE THE RULES. Lampan är släckt.';
  const c = await submitTo(server, text);
  const told = (await handler.get(at(c.number, 'routing'))).json;
  assert.deepEqual([told.same, told.board, told.rule], [true, trafik, c.routing.rule]);
});

test('what a rule gives high priority, or asks a person to look at, is to be found in the queue', async () => {
  const made = await withRule({ ...mark, outcome: trafik, priority: 'high', needsHuman: true });
  await activate(made.version);
  const c = await eventually('the rule is in force', async () => {
    const { json } = await server.post('/api/v1/cases', { json: { text: 'Sjumilalyktan är släckt.' } });
    return json.routing.rule === mark.code ? json : null;
  });
  const numbers = async (attention) => (await handler.get(`/api/v1/desk/cases?attention=${attention}`)).json.items.map(({ number }) => number);
  for (const attention of ['urgent', 'needs-human']) {
    assert.ok((await numbers(attention)).includes(c.number), attention);
    const { json } = await handler.get(`/api/v1/desk/cases?attention=${attention}`);
    assert.ok(json.items.every((item) => (attention === 'urgent' ? item.urgent : item.needsHuman)));
  }
  await act(handler, c.number, 'assign', { user: 'anna' });
  assert.ok(!(await numbers('needs-human')).includes(c.number), 'somebody has begun with it');
  assert.ok((await numbers('urgent')).includes(c.number));
  assert.equal((await handler.get('/api/v1/desk/cases?attention=priority')).status, 422);
  const view = await handler.post('/api/v1/desk/views', { json: { name: 'Bråttom', filters: { attention: 'urgent' } } });
  assert.equal(view.status, 201, view.text);
  await admin.post(`${root}/back`, { json: { leaves: made.version } });
});

test('a mail to the dispatch\'s own address and a deviation are explained as they were routed', async () => {
  await server.sql(`INSERT INTO synpunkt.mailbox (address, board) VALUES ('synpunkt@stad.example', 'dispatch') ON CONFLICT DO NOTHING`);
  const id = newId();
  await deliver(server, 'synpunkt@stad.example', { bytes: mailOf({ id, to: 'synpunkt@stad.example', text: 'Ett potthål på gatan.' }) });
  const row = await became(server, id, 'done');
  const mailed = `${row.case_year}-${row.case_id}`;
  const dispatcher = await newColleague(server, 'dina', `dispatcher@dispatch,case-handler@${trafik}`, 'Dina Di');
  const told = (await dispatcher.get(at(mailed, 'routing'))).json;
  assert.deepEqual([told.same, told.inputs.mailbox], [true, 'synpunkt@stad.example'], JSON.stringify(told));

  const hanna = await newColleague(server, 'hanna', `case-handler@${farsta}`, 'Hanna Ek');
  const res = await hanna.post('/api/v1/desk/cases', { json: { type: 'deviation', text: 'En dörr stod olåst.', category: 'park',
    place: { unit: 'Furulidens äldreboende' }, deviation: { occurredOn: await dayFrom(-1), action: 'Dörren låstes.', affected: 'Ingen', statutory: 'unsure' } } });
  assert.equal(res.status, 201, res.text);
  const own = (await hanna.get(at(res.json.number, 'routing'))).json;
  assert.deepEqual([own.same, own.board], [true, farsta], JSON.stringify(own));
});

test('a unit that a rule gave was not named, and reading why of a sensitive case is logged', async () => {
  await server.sql(`INSERT INTO synpunkt.unit (code, name, kind, board, operating_form) VALUES ('lyktor', 'Lyktor', 'library', '${trafik}', 'in-house') ON CONFLICT DO NOTHING`);
  const made = await withRule({ ...mark, outcome: trafik, unit: 'lyktor', sensitivity: 3 });
  await activate(made.version);
  const c = await eventually('the rule is in force', async () => {
    const { json } = await server.post('/api/v1/cases', { json: { text: 'Sjumilalyktan är släckt.' } });
    return json.routing.rule === mark.code ? json : null;
  });
  const id = c.number.split('-')[1];
  const told = (await handler.get(at(c.number, 'routing'))).json;
  assert.deepEqual([told.inputs.unit, told.same], [null, true], JSON.stringify(told));
  const log = await server.sql(`SELECT r.what FROM synpunkt.read_log r WHERE r.case_id = ${id}`);
  assert.deepEqual(log.map((r) => r.what), ['routing']);
  await admin.post(`${root}/back`, { json: { leaves: made.version } });
});

/* ---- a race ---- */

test('a category and a place that are changed at once end in one consistent state', async () => {
  const boss = await newColleague(server, 'cissi', `coordinator@${trafik}`, 'Cissi Ek');

  for (let i = 0; i < 12; i++) {
    const c = await submitTo(server, `Lampa ${i} är släckt.`, { place: { address: 'Fel gata 1', lat: 59.33, lon: 18.06 } });
    const etag = i % 2 ? '*' : '"1"';
    const place = { address: `Rätt gata ${i}`, lat: 59.2433, lon: 18.0907 };
    const [category, correction] = await Promise.all([boss.patch(at(c.number), { json: { category: 'trafiksignal-skylt' }, etag }),
      handler.post(at(c.number, 'corrections'), { json: { text: 'Fel plats', place }, etag })]);
    const statuses = [category.status, correction.status];
    const done = ({ status }) => status === 200 || status === 201;
    const won = [category, correction].filter(done).length;
    assert.ok(won === 2 || (won === 1 && statuses.some((status) => status === 409 || status === 412)), `${etag} ${statuses} ${category.text}`);
    if (etag === '"1"') assert.equal(won, 1, 'one of those who saw the same version');

    const id = c.number.split('-')[1];
    const [state] = await server.sql(`SELECT c.version, c.category, c.board, c.district, public.st_y(c.position) AS lat,
        synpunkt.district_at(public.st_y(c.position), public.st_x(c.position), c.received_on) AS here,
        (SELECT count(*) FROM synpunkt.case_leg l WHERE l.case_id = c.id AND l.ended_at IS NULL AND l.board = c.board) AS legs,
        (SELECT count(*) FROM synpunkt.case_event e WHERE e.case_id = c.id) AS events,
        (SELECT max(e.seq) FROM synpunkt.case_event e WHERE e.case_id = c.id) AS last,
        (SELECT e.codes -> 'category' ->> 'to' FROM synpunkt.case_event e WHERE e.case_id = c.id AND e.codes -> 'category' ? 'to' ORDER BY e.seq DESC LIMIT 1) AS told
      FROM synpunkt.case c WHERE c.id = ${id}`);
    assert.equal(Number(state.version), 1 + won);
    assert.equal(state.events, state.last, 'no event is missing');
    assert.equal(Number(state.legs), 1, 'one open leg, at the board of the case');
    assert.equal(state.category, done(category) ? 'trafiksignal-skylt' : 'gatubelysning');
    assert.equal(state.told || 'gatubelysning', state.category, 'the events tell the category that it has');
    assert.equal(Number(state.lat).toFixed(4), done(correction) ? '59.2433' : '59.3300');
    assert.equal(state.district, state.here, 'the district is that of the place');
    const seen = (await boss.get(at(c.number))).json;
    assert.deepEqual([seen.version, seen.category, seen.board, seen.district ?? ''], [Number(state.version), state.category, state.board, state.district ?? '']);
    if (won === 1) {
      const again = done(category) ? await handler.post(at(c.number, 'corrections'), { json: { text: 'Fel plats', place }, etag: category.headers.etag })
        : await boss.patch(at(c.number), { json: { category: 'trafiksignal-skylt' }, etag: correction.headers.etag });
      assert.ok(done(again), again.text);
    }
  }
  const bad = await server.ctl(['audit', 'verify']);
  assert.equal(bad.code, 0, `${bad.stdout}${bad.stderr}`);
});
