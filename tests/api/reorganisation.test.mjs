/* A reorganisation: what it would do, what becomes of open cases, and that nothing that was
 * becomes another. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { at, serial } from './contract_desk_kit.mjs';
import { follow } from './contract_kit.mjs';
import { eventually, startServer } from './harness.mjs';
import { addBoards, bromma, farsta, park, planOf, reorganise, syd, today, trafik } from './reorganise_kit.mjs';
import { newColleague } from './staff.mjs';

let server, day, admin, fia, stig, ped;
before(async () => {
  server = await startServer({ env: { SYNPUNKT_INTAKE_PER_HOUR: '0' } });
  await addBoards(server);
  day = await today(server);
  admin = await newColleague(server, 'adam', 'administrator@*', 'Adam Ask');
  fia = await newColleague(server, 'fia', `case-handler@${farsta}`, 'Fia Lind');
  stig = await newColleague(server, 'stig', `case-handler@${farsta},case-handler@${syd}`, 'Stig Ek');
  ped = await newColleague(server, 'ped', `coordinator@${syd}`, 'Per Ed');
});
after(async () => {
  await server.stop();
  assert.doesNotMatch(server.log, /Sanitizer|runtime error|page_failed|job_failed/);
});

const places = { farsta: { lat: 59.243, lon: 18.093 }, bromma: { lat: 59.338, lon: 17.94 } };
async function submit(category, district, more = {}) {
  const res = await server.post('/api/v1/cases', { json: { text: 'Gungan är trasig.', category,
    place: places[district], contact: { email: 'a@example.org' }, ...more } });
  assert.equal(res.status, 201, res.text);
  return res.json;
}
const rowOf = async (c) => (await server.sql(`SELECT * FROM synpunkt.case WHERE id = ${serial(c.number)}`))[0];
const legsOf = (c) => server.sql(`SELECT * FROM synpunkt.case_leg WHERE case_id = ${serial(c.number)} ORDER BY seq`);
const eventsOf = (c) => server.sql(`SELECT * FROM synpunkt.case_event WHERE case_id = ${serial(c.number)} ORDER BY seq`);
const carried = async (c) => (await eventsOf(c)).filter((e) => e.what === 'carried-over');
const atFarsta = (more) => submit('lekplats', 'farsta', more);
const put = (plan) => reorganise(server, 'plan', plan);
const farstaEnds = (from, more = {}) => planOf(from, { boards: [{ board: farsta, successor: syd }], ...more });

/* ---- what is no plan ---- */

test('a plan that cannot be is told member by member, and nothing is kept of it', async () => {
  const wrong = [
    [{ ...planOf(day), boards: [] , x: 1 }, 'x'],
    [planOf('2027-02-30', { boards: [{ board: farsta, successor: syd }] }), 'from'],
    [planOf(day, { boards: [{ board: 'ingen', successor: syd }] }), 'boards[0].board'],
    [planOf(day, { boards: [{ board: farsta, successor: 'norrmalms-stadsdelsnamnd' }] }), 'boards[0].successor'],
    [planOf(day, { boards: [{ board: farsta, successor: bromma }, { board: bromma, successor: syd }] }), 'boards[0].successor'],
    [planOf(day, { boards: [{ board: farsta, successor: syd }, { board: farsta, successor: park }] }), 'boards[1].board'],
    [planOf(day, { boards: [{ board: farsta, successor: syd, parts: [{ to: park }] }] }), 'boards[0].parts[0]'],
    [planOf(day, { boards: [{ board: farsta, successor: syd }], roles: [{ from: farsta, to: syd, persons: ['ingen'] }] }), 'roles[0].persons'],
    [planOf(day, { units: [{ unit: 'ingen', successor: 'klippskolan' }] }), 'units[0].unit'],
  ];
  for (const [plan, path] of wrong) {
    for (const word of ['rehearse', 'plan', 'carry-out']) {
      const { code, json, text } = await reorganise(server, word, plan);
      assert.equal(code, 1, text);
      assert.ok(json.faults.some((f) => f.severity === 'error' && f.path === path), `${word} ${path}: ${text}`);
    }
  }
  assert.deepEqual(await server.sql('SELECT * FROM synpunkt.reorganisation'), []);
  assert.equal((await server.sql(`SELECT valid_to FROM synpunkt.organisation WHERE code = '${farsta}'`))[0].valid_to, 'infinity');
});

/* ---- rehearsed ---- */

test('a rehearsal says how many go where, who loses them, and what names the board; and does nothing', async () => {
  const c = await atFarsta();
  await server.sql(`UPDATE synpunkt.case SET handler = (SELECT id FROM synpunkt.staff_user WHERE username = 'fia'),
    status = 'assigned' WHERE id = ${serial(c.number)}`);
  await server.sql(`INSERT INTO synpunkt.mailbox (address, board) VALUES ('prov@farsta.example', '${farsta}')`);
  await server.sql(`INSERT INTO synpunkt.reply_template (board, language, kind, name, body)
    VALUES ('${farsta}', 'sv', 'reply', 'Farstas mall', 'Hej')`);
  const note = await fia.post(at(c.number, 'follow-ups'), { json: { on: await today(server, 3), words: 'Titta' } });
  assert.ok(note.status < 300, note.text);
  const before = await server.sql('SELECT sum(version) AS n, count(*) AS m FROM synpunkt.case');

  const { code, json, text } = await reorganise(server, 'rehearse', farstaEnds(day));
  assert.equal(code, 0, text);
  const move = json.moves.find((m) => m.from === farsta);
  const [{ n }] = await server.sql(`SELECT count(*) AS n FROM synpunkt.case WHERE board = '${farsta}' AND closed_at IS NULL`);
  assert.equal(move.cases, Number(n));
  assert.equal(json.cases, Number(n));
  assert.equal(Object.values(move.byStatus).reduce((a, b) => a + b), move.cases);
  assert.ok(json.handlers.some((h) => h.username === 'fia' && h.cases === 1), text);
  assert.ok(json.followUps >= 1);
  const named = (kind) => json.named.find((k) => k.kind === kind);
  assert.ok(named('mailboxes').names.includes('prov@farsta.example'));
  assert.ok(named('templates').names.includes('Farstas mall'));
  assert.ok(json.roles.who.some((r) => r.username === 'fia'), 'her role is given nowhere');
  assert.ok(!json.roles.who.some((r) => r.username === 'stig'), 'he has one there already');
  assert.ok(!text.includes('Gungan'), 'nothing of what a case says');

  assert.deepEqual(await server.sql('SELECT sum(version) AS n, count(*) AS m FROM synpunkt.case'), before);
  assert.deepEqual(await server.sql('SELECT * FROM synpunkt.reorganisation'), []);
  assert.equal((await rowOf(c)).board, farsta);
});

/* ---- planned ---- */

test('a plan writes its ends, is put again as another, and is taken back whole', async () => {
  const end = async (code) => (await server.sql(`SELECT valid_to, successor FROM synpunkt.organisation WHERE code = '${code}'`))[0];
  const [later, latest] = [await today(server, 10), await today(server, 20)];
  assert.equal((await put(farstaEnds(later))).code, 0);
  assert.deepEqual(await end(farsta), { valid_to: await today(server, 9), successor: syd });
  const moved = planOf(latest, { boards: [{ board: bromma, successor: syd }] });
  assert.equal((await put(moved)).code, 0);
  assert.deepEqual(await end(farsta), { valid_to: 'infinity', successor: null });
  assert.deepEqual(await end(bromma), { valid_to: await today(server, 19), successor: syd });

  const other = await put({ ...moved, code: 'en-annan' });
  assert.equal(other.code, 1);
  assert.equal(other.json.faults[0].code, 'other-plan');
  const early = await reorganise(server, 'carry-out', moved);
  assert.equal(early.code, 1);
  assert.match(early.text, /its day has not come/);

  assert.equal((await reorganise(server, 'withdraw', 'prov')).code, 0);
  assert.deepEqual(await end(bromma), { valid_to: 'infinity', successor: null });
  assert.equal((await reorganise(server, 'withdraw', 'prov')).code, 1);
});

/* ---- carried out ---- */

test('every open case gets a leg and an event at the successor once; promise, words and closed cases stay', async () => {
  const open = await atFarsta();
  const kept = await atFarsta();
  const waiting = await atFarsta();
  const closed = await atFarsta();
  const elsewhere = await submit('gatubelysning', 'farsta');
  assert.equal(elsewhere.board.code, trafik);
  const assign = async (c, user) => {
    const { etag } = (await fia.get(at(c.number))).headers;
    const res = await fia.post(at(c.number, 'assignments'), { etag, json: { user } });
    assert.equal(res.status, 201, res.text);
  };
  await assign(open, 'fia');
  await assign(kept, 'stig');
  const note = await fia.post(at(open.number, 'notes'), { etag: (await fia.get(at(open.number))).headers.etag, json: { text: 'Ring i morgon' } });
  assert.equal(note.status, 201, note.text);
  await fia.post(at(waiting.number, 'questions'), { etag: (await fia.get(at(waiting.number))).headers.etag, json: { text: 'Var?' } });
  await fia.post(at(closed.number, 'closures'), { etag: (await fia.get(at(closed.number))).headers.etag, json: { reason: 'explained' } });
  await eventually('the closed one is registered', async () => (await legsOf(closed))[0].registration_number);
  const was = { open: await rowOf(open), closed: [await rowOf(closed), await legsOf(closed), await eventsOf(closed)] };
  const letters = (await server.sql('SELECT count(*) AS n FROM synpunkt.outbox'))[0].n;

  const plan = farstaEnds(day);
  const told = (await reorganise(server, 'rehearse', plan)).json;
  const first = await reorganise(server, 'carry-out', plan);
  assert.equal(first.code, 0, first.text);
  assert.equal(first.json.carried, told.cases, 'as many as were rehearsed');
  const again = await reorganise(server, 'carry-out', plan);
  assert.equal(again.code, 0, again.text);
  assert.equal(again.json.carried, told.cases);

  const [now] = await Promise.all([rowOf(open)]);
  assert.deepEqual([now.board, now.status, now.handler, now.answer_by, now.acknowledge_by],
    [syd, 'received', null, was.open.answer_by, was.open.acknowledge_by]);
  assert.equal((await rowOf(kept)).handler, (await server.sql("SELECT id FROM synpunkt.staff_user WHERE username = 'stig'"))[0].id);
  assert.equal((await rowOf(waiting)).status, 'waiting-complainant');
  assert.equal((await rowOf(elsewhere)).board, trafik);
  const legs = await legsOf(open);
  assert.deepEqual(legs.map((l) => [l.board, l.state]), [[farsta, 'passed-on'], [syd, 'accepted']]);
  const [event] = await carried(open);
  assert.equal((await carried(open)).length, 1);
  assert.equal(legs[0].ended_seq, event.seq);
  assert.deepEqual(JSON.parse(event.codes).board, { from: farsta, to: syd });
  assert.equal(JSON.parse(event.codes).reorganisation, 'prov');
  assert.deepEqual([await rowOf(closed), await legsOf(closed), await eventsOf(closed)], was.closed);
  await eventually('the successor’s register has it', async () => (await legsOf(open))[1].registration_number);

  assert.equal((await server.sql('SELECT count(*) AS n FROM synpunkt.outbox'))[0].n, letters, 'no letter is sent');
  const seen = (await follow(server, open.number, open.followUpCode)).json;
  assert.equal(seen.board.name, 'Sydöstra stadsdelsnämnden');
  assert.ok(seen.events.some((e) => e.what === 'carried-over'));
  const page = await server.get(`/folj/${open.number}/${open.followUpCode}`, { headers: { accept: 'text/html' } });
  assert.match(page.text, /Ditt ärende har följt med/);
  assert.match(page.text, /Sydöstra stadsdelsnämnden/);
  const audit = await server.ctl(['audit', 'verify']);
  assert.equal(audit.code, 0, audit.stdout + audit.stderr);
});

test('afterwards the old board sees its own part, and the successor all of it', async () => {
  const [{ id, year }] = await server.sql(`SELECT id, year FROM synpunkt.case c WHERE board = '${syd}' AND EXISTS
    (SELECT FROM synpunkt.case_content t WHERE t.case_id = c.id AND t.kind = 'note' AND t.body = 'Ring i morgon') LIMIT 1`);
  const number = `${year}-${id}`;
  const past = await fia.get(at(number));
  assert.deepEqual([past.status, past.json.part, past.json.actions], [200, 'earlier', []]);
  const list = (await fia.get('/api/v1/desk/cases')).json.items;
  assert.ok(!list.some((c) => c.number === number));
  const refused = await fia.post(at(number, 'notes'), { headers: { 'if-match': '*' }, json: { text: 'Nej' } });
  assert.ok(refused.status >= 400, refused.text);
  const whole = await ped.get(at(number));
  assert.equal(whole.status, 200, whole.text);
  assert.equal(whole.json.notes[0].text, 'Ring i morgon');
  assert.ok((await stig.get('/api/v1/desk/cases')).json.items.some((c) => c.number === number));
  const before = await newColleague(server, 'trud', `case-handler@${trafik}`, 'Trud A');
  assert.equal((await before.get(at(number))).status, 404);
});

test('what is new goes to the successor, and what comes late to the old board follows', async () => {
  const c = await atFarsta();
  assert.equal(c.board.code, syd);
  assert.equal((await legsOf(c)).length, 1);
  const route = JSON.parse((await server.ctl(['--json', 'route', '--category', 'lekplats', '--district', 'farsta'])).stdout);
  assert.equal(route.board, syd);
  const judged = JSON.parse((await server.ctl(['--json', 'mailbox', 'test', 'prov@farsta.example'])).stdout);
  assert.equal(judged.board, syd);

  const [{ id, year }] = await server.sql(`SELECT id, year FROM synpunkt.case WHERE board = '${farsta}' AND status = 'closed'
    AND closed_at > now() - interval '1 hour' LIMIT 1`);
  const number = `${year}-${id}`;
  const code = await fia.post(at(number, 'reopenings'), { etag: (await fia.get(at(number))).headers.etag, json: {} });
  assert.equal(code.status, 201, code.text);
  await eventually('it is carried too', async () => (await rowOf({ number })).board === syd);
  assert.equal((await carried({ number })).length, 1);
});

test('a board is split by category and district; what moves from a board that goes on may be given back', async () => {
  const [park1, park2, rest] = [await submit('park', 'bromma'), await submit('park', 'bromma'), await submit('lekplats', 'bromma')];
  const light = await submit('gatubelysning', 'bromma');
  assert.deepEqual([park1.board.code, rest.board.code, light.board.code], [bromma, bromma, trafik]);
  const plan = planOf(day, { code: 'delning', boards: [{ board: bromma, successor: syd, parts: [{ category: 'park', to: park }] }],
    categories: [{ category: 'gatubelysning', from: trafik, to: park }] });
  const told = (await reorganise(server, 'rehearse', plan)).json;
  assert.ok(told.faults.some((f) => f.severity === 'warning' && f.code === 'category-owner'), JSON.stringify(told.faults));
  assert.ok(told.faults.some((f) => f.code === 'no-staff'));
  const out = await reorganise(server, 'carry-out', plan);
  assert.equal(out.code, 0, out.text);
  assert.deepEqual(await Promise.all([park1, park2, rest, light].map(async (c) => (await rowOf(c)).board)), [park, park, syd, park]);
  assert.equal((await submit('gatubelysning', 'bromma')).board.code, park, 'the category has another owner');
  assert.match((await server.sql(`SELECT reason FROM synpunkt.setting_change WHERE kind = 'categories'
    AND key = 'gatubelysning' ORDER BY id DESC LIMIT 1`))[0].reason, /Nya nämnder på prov/);

  const pia = await newColleague(server, 'pia', `coordinator@${park}`, 'Pia Ask');
  const res = await pia.post(at(light.number, 'transfers'), { etag: (await pia.get(at(light.number))).headers.etag,
    json: { board: trafik, ground: 'no-secrecy' } });
  assert.equal(res.status, 201, res.text);
  for (let i = 0; i < 3; i++) await server.sql('SELECT synpunkt_reorganise.carry(100)');
  assert.equal((await rowOf(light)).board, trafik);
});

test('units: cases go to the successor unit, a poster of the old one too, and roles only where the plan says', async () => {
  await server.sql(`INSERT INTO synpunkt.unit (code, name, kind, board, operating_form)
    VALUES ('gamla-skolan', 'Gamla skolan', 'school', 'utbildningsnamnden', 'in-house'),
      ('nya-skolan', 'Nya skolan', 'school', 'utbildningsnamnden', 'in-house')`);
  const c = await eventually('the unit is known', async () => {
    const res = await server.post('/api/v1/cases', { json: { text: 'Maten är kall.', category: 'fritids-mat-skjuts', place: { unit: 'gamla-skolan' } } });
    return (await rowOf(res.json)).unit === 'gamla-skolan' && res.json;
  });
  await newColleague(server, 'ulla', 'case-handler@utbildningsnamnden/gamla-skolan', 'Ulla Ek');
  await newColleague(server, 'ove', 'case-handler@utbildningsnamnden/gamla-skolan', 'Ove Ek');
  const plan = planOf(day, { code: 'skolor', units: [{ unit: 'gamla-skolan', successor: 'nya-skolan' }],
    roles: [{ from: 'utbildningsnamnden', to: 'utbildningsnamnden', persons: ['ulla'] }] });
  const told = (await reorganise(server, 'rehearse', plan)).json;
  assert.deepEqual(told.moves.map((m) => [m.fromUnit, m.toUnit, m.cases]), [['gamla-skolan', 'nya-skolan', 1]]);
  assert.deepEqual(told.roles.who.map((r) => r.username), ['ove']);
  const out = await reorganise(server, 'carry-out', plan);
  assert.equal(out.code, 0, out.text);
  const row = await rowOf(c);
  assert.deepEqual([row.unit, row.board], ['nya-skolan', 'utbildningsnamnden']);
  assert.equal((await legsOf(c)).length, 1, 'the board is the same');
  assert.equal((await carried(c)).length, 1);
  const roles = async (user) => (await admin.get(`/api/v1/people/${user}`)).json;
  assert.ok((await roles('ulla')).roles.some((r) => r.unit === 'nya-skolan' && r.validFrom === day));
  assert.ok((await roles('ulla')).changes.some((h) => h.what === 'role-given' && /Nya nämnder/.test(h.reason ?? '')));
  assert.ok(!(await roles('ove')).roles.some((r) => r.unit === 'nya-skolan'));
  const late = await server.post('/api/v1/cases', { json: { text: 'Maten är kall.', category: 'fritids-mat-skjuts', place: { unit: 'gamla-skolan' } } });
  assert.equal((await rowOf(late.json)).unit, 'nya-skolan');
});

/* ---- at the desk ---- */

test('administrators alone see plans at the desk; carrying out asks for the password again', async () => {
  const root = '/api/v1/desk/reorganisations';
  assert.equal((await fia.get(root)).status, 403);
  assert.equal((await ped.post(`${root}/prov/carry-outs`)).status, 403);
  assert.equal((await server.get(root)).status, 401);
  assert.equal((await admin.get(`${root}/ingen`)).status, 404);
  await server.sql(`INSERT INTO synpunkt.organisation (code, position, kind, name, short_name)
    VALUES ('sistanamnden', 995, 'board', 'Sista nämnden', 'Sista')`);
  assert.equal((await put(planOf(day, { code: 'sista', boards: [{ board: 'sistanamnden', successor: syd }] }))).code, 0);
  const items = (await admin.get(root)).json.items;
  assert.deepEqual(items.map((r) => [r.code, r.state]).sort(), [['delning', 'done'], ['prov', 'done'], ['sista', 'planned'], ['skolor', 'done']]);
  const one = (await admin.get(`${root}/sista`)).json;
  assert.equal(one.mayCarryOut, true);
  assert.equal(one.rehearsal.cases, 0);
  await server.sql(`UPDATE synpunkt.staff_session SET confirmed_at = now() - interval '1 hour'`);
  const asked = await admin.post(`${root}/sista/carry-outs`);
  assert.deepEqual([asked.status, asked.json.needs], [403, 'confirmation']);
  await server.sql('UPDATE synpunkt.staff_session SET confirmed_at = now()');
  const done = await admin.post(`${root}/sista/carry-outs`);
  assert.equal(done.status, 200, done.text);
  assert.equal(done.json.begunByName, 'Adam Ask');
  await eventually('the job worker has done it', async () => (await admin.get(`${root}/sista`)).json.state === 'done');
});

/* ---- what it goes with ---- */

test('a plan that is put again with other categories gives those their owners, too', async () => {
  const [one, two] = (await server.sql(`SELECT code FROM synpunkt.category WHERE owner = '${trafik}'
    AND valid_to = 'infinity' ORDER BY code LIMIT 2`)).map((c) => c.code);
  const plan = (...codes) => planOf(day, { code: 'agare', categories: codes.map((category) => ({ category, from: trafik, to: park })) });
  const owner = async (code) => (await server.sql(`SELECT owner FROM synpunkt.category WHERE code = '${code}'`))[0].owner;
  assert.equal((await put(plan(one))).code, 0);
  await eventually('its day has come', async () => await owner(one) === park);
  /* What somebody changes later stays, as long as the plan says the same. */
  await server.sql(`UPDATE synpunkt.category SET owner = '${trafik}' WHERE code = '${one}'`);
  assert.equal((await put({ ...plan(one), name: 'Ett annat namn' })).code, 0);
  await server.sql('SELECT synpunkt_reorganise.carry(1)');
  assert.equal(await owner(one), trafik);
  assert.equal((await put(plan(one, two))).code, 0);
  await eventually('the other has its owner', async () => await owner(two) === park);
  assert.equal(await owner(one), park);
});

test('roles that a group gives go along as that group’s, and end with it', async () => {
  const issuer = 'https://id.example';
  await server.sql(`INSERT INTO synpunkt.organisation (code, position, kind, name, short_name)
    VALUES ('gruppnamnden', 996, 'board', 'Gruppnämnden', 'Grupp')`);
  const gina = await newColleague(server, 'gina', 'registrar@gruppnamnden', 'Gina Ek');
  await newColleague(server, 'gus', `auditor@*`, 'Gus Ek');
  const [{ map }] = await server.sql(`INSERT INTO synpunkt.oidc_map (issuer, group_name, role, board)
    VALUES ('${issuer}', 'handlaggare', 'case-handler', 'gruppnamnden') RETURNING id AS map`);
  await server.sql(`INSERT INTO synpunkt.staff_role (user_id, role, board, map_id)
    SELECT id, 'case-handler', 'gruppnamnden', ${map} FROM synpunkt.staff_user WHERE username IN ('gina', 'gus')`);
  const asked = await gina.post('/api/v1/desk/disclosures', { json: { board: 'gruppnamnden', asked: 'Allt' } });
  assert.equal(asked.status, 201, asked.text);
  const plan = (persons) => planOf(day, { code: 'grupper', boards: [{ board: 'gruppnamnden', successor: syd }],
    roles: [{ from: 'gruppnamnden', to: syd, persons }] });
  const told = (await reorganise(server, 'rehearse', plan('all'))).json;
  const named = (kind) => told.named.find((k) => k.kind === kind);
  assert.deepEqual([named('groups').names, named('disclosures').names], [['handlaggare: case-handler'], [asked.json.reference]]);
  assert.equal(told.roles.loses, 0);
  const few = (await reorganise(server, 'rehearse', plan(['gina', 'gus']))).json;
  assert.deepEqual(few.roles.who.map((r) => [r.username, r.role]), [['gina', 'case-handler'], ['gus', 'case-handler']]);

  assert.equal((await reorganise(server, 'carry-out', plan('all'))).code, 0);
  const roles = (user) => server.sql(`SELECT r.role, r.map_id FROM synpunkt.staff_role r JOIN synpunkt.staff_user u
    ON u.id = r.user_id WHERE u.username = '${user}' AND r.board = '${syd}' ORDER BY r.role`);
  const [added, ...rest] = await server.sql(`SELECT id, role, to_char(valid_from, 'YYYY-MM-DD') AS day FROM synpunkt.oidc_map
    WHERE issuer = '${issuer}' AND group_name = 'handlaggare' AND board = '${syd}'`);
  assert.deepEqual([added.role, added.day, rest], ['case-handler', day, []]);
  assert.deepEqual(await roles('gina'), [{ role: 'case-handler', map_id: added.id }, { role: 'registrar', map_id: null }]);
  assert.deepEqual(await roles('gus'), [{ role: 'case-handler', map_id: added.id }]);
  /* As at the next sign-in: one is in the group, and the other has left it. */
  const signIn = (user, groups) => server.sql(`SELECT synpunkt_signin.oidc_roles(id, '${issuer}', '${groups}')
    FROM synpunkt.staff_user WHERE username = '${user}'`);
  await signIn('gina', '{handlaggare}');
  await signIn('gus', '{}');
  assert.deepEqual([(await roles('gina')).length, await roles('gus')], [2, []]);
});
