/* Improvement actions: written by those who may, about cases that they read, with an effect
 * that is counted; those who complained hear of it once, and nothing of each other. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { testRoot } from './cluster.mjs';
import { assertProblem } from './contract_kit.mjs';
import { act, at, events, farsta, serial, submitTo, trafik } from './contract_desk_kit.mjs';
import { startServer } from './harness.mjs';
import { localDay, nextMonth } from './lives.mjs';
import { newColleague } from './staff.mjs';

const improvements = '/api/v1/desk/improvements';
const today = localDay(Date.now());
const thisMonth = today.slice(0, 7);
const ago = (n) => nextMonth(thisMonth, -n);
let server;
let secretary, handler, manager, there, analyst;

before(async () => {
  server = await startServer();
  secretary = await newColleague(server, 'sekr', `board-secretary@${trafik}`, 'Siv Ek');
  handler = await newColleague(server, 'handl', `case-handler@${trafik}`);
  manager = await newColleague(server, 'chef', `manager@${trafik}`);
  there = await newColleague(server, 'dar', `coordinator@${farsta}`);
  analyst = await newColleague(server, 'analys', 'analyst');
}, { timeout: 120000 });
after(async () => {
  await server?.stop();
  assert.doesNotMatch(server.log, /Sanitizer|runtime error|page_failed|job_failed/);
});

const wanted = (more = {}) => ({ board: trafik, title: 'Byt armaturer', cause: 'Gamla lampor går sönder.',
  expectedResult: 'Färre släckta lampor', responsible: 'Enhetschef belysning', startsOn: `${ago(8)}-10`,
  endsOn: `${ago(5)}-20`, categories: ['gatubelysning'], state: 'ongoing', ...more });
const words = { sv: { said: 'Lampor var släckta.', did: 'Vi bytte alla lampor.' },
  en: { said: 'Lights were out.', did: 'We changed all lights.' } };
const completion = (more = {}) => ({ doneOn: `${ago(5)}-20`, texts: words, public: true, tell: true, ...more });
async function make(more, who = secretary) {
  const res = await who.post(improvements, { json: wanted(more) });
  assert.equal(res.status, 201, res.text);
  return res.json;
}
const get = async (who, id) => (await who.get(`${improvements}/${id}`)).json;
const link = (who, id, number) => who.post(`${improvements}/${id}/links`, { json: { number } });
const complete = (who, it, more) => who.post(`${improvements}/${it.id}/completions`,
  { json: completion(more), etag: `"${it.version}"` });
const importGoals = async (lines) => {
  const file = path.join(testRoot(), `goals-${process.pid}.tsv`);
  fs.writeFileSync(file, ['code\tlevel\tparent\tboard\tname\ttarget', ...lines].join('\n'));
  return server.ctl(['import', 'goals', file]);
};

test('goals come from a file, each under one of the level above', async () => {
  const good = ['i1\tindicator\tn1\tTrafiknämnden\tTrasiga lampor\t200',
    'm1\tstrategic\t\t\tEn hållbar stad\t', 'v1\tarea\tm1\t\tFramkomlighet\t',
    'n1\tboard\tv1\tTrafiknämnden\tGator är trygga\t', 'n2\tboard\tv1\tFarsta stadsdelsnämnd\tRena parker\t'];
  for (let i = 0; i < 2; i++) assert.equal((await importGoals(good)).code, 0);
  for (const [line, why] of [['x1\tboard\tm1\tTrafiknämnden\tFel\t', /cannot stand under/],
    ['x1\tunit\tn2\tTrafiknämnden\tFel\t', /another board/], ['x1\tstrategic\t\t\tFel\t7', /target/]]) {
    const out = await importGoals([line]);
    assert.equal(out.code, 1);
    assert.match(out.stdout + out.stderr, why.source === 'target' ? /check constraint/ : why);
  }
  const { json } = await secretary.get(`/api/v1/desk/goals?board=${trafik}`);
  assert.deepEqual(json.items.map((g) => g.code).filter((code) => !code.startsWith('demo-')), ['i1', 'm1', 'v1', 'n1']);
});

test('an action is written by the board\'s leaders and secretary, seen by its own and by analysts', async () => {
  const it = await make({ goal: 'n1', indicator: 'i1' });
  assert.deepEqual(it.goals.map((g) => g.level), ['strategic', 'area', 'board']);
  assert.deepEqual([it.target, it.writable, it.effect, it.late], ['200', true, null, true]);
  assertProblem(await handler.post(improvements, { json: wanted() }), 403);
  assertProblem(await there.post(improvements, { json: wanted() }), 403);
  assertProblem(await analyst.post(improvements, { json: wanted() }), 403);
  assert.equal((await get(handler, it.id)).writable, false);
  assert.equal((await get(analyst, it.id)).title, it.title);
  assertProblem(await there.get(`${improvements}/${it.id}`), 404);
  assert.deepEqual((await there.get(improvements)).json.items, []);
  const auditor = await newColleague(server, 'revisor', 'auditor');
  assertProblem(await auditor.get(improvements), 403);
  assertProblem(await server.get(improvements), 401);
  for (const [more, name] of [[{ goal: 'n2' }, 'goal'], [{ goal: 'i1' }, 'goal'], [{ indicator: 'n1' }, 'indicator'],
    [{ categories: ['nej'] }, 'categories'], [{ endsOn: '2020-01-01' }, 'endsOn'], [{ state: 'done' }, 'state'],
    [{ startsOn: '2026-02-30' }, 'startsOn'], [{ unit: 'klippskolan' }, 'unit'], [{ title: ' ' }, 'title'],
    [{ categories: Array(11).fill('park') }, 'categories']])
    assertProblem(await secretary.post(improvements, { json: wanted(more) }), 422, [name]);
  /* Of two who change it at once the later is told. */
  const put = (json, etag) => secretary.put(`${improvements}/${it.id}`, { json, etag });
  assert.equal((await put(wanted({ title: 'Byt allt' }), `"${it.version}"`)).status, 200);
  assert.equal((await put(wanted({ title: 'Nej' }), `"${it.version}"`)).json.current.title, 'Byt allt');
  assertProblem(await put(wanted()), 428);
  assertProblem(await handler.put(`${improvements}/${it.id}`, { json: wanted(), etag: '"2"' }), 403);
  const { items } = (await secretary.get(`${improvements}/${it.id}/changes`)).json;
  assert.deepEqual(items.map((c) => [c.version, c.byName, c.changed]),
    [[2, 'Siv Ek', ['goal', 'indicator', 'title']], [1, 'Siv Ek', []]]);
});

test('a case is linked by who reads it, is told nothing of it, and counts once', async () => {
  const it = await make();
  const c = await submitTo(server, 'Lampan är släckt');
  const secret = await submitTo(server, 'Känslig sak');
  const theirs = await submitTo(server, 'Deras sak');
  const co = await newColleague(server, 'sam', `coordinator@${trafik},coordinator@${farsta}`);
  await act(co, secret.number, 'change', { sensitivity: 4 });
  await act(co, theirs.number, 'transfer', { board: farsta, ground: 'no-secrecy' });
  for (let i = 0; i < 2; i++) assert.equal((await link(handler, it.id, c.number)).json.cases, 1);
  assert.deepEqual((await events(server, c.number)).slice(-1), [{ what: 'improvement-linked', codes: `{"improvement": ${it.id}}` }]);
  for (const number of [secret.number, theirs.number, '2026-1', 'x'])
    assertProblem(await link(handler, it.id, number), 422, ['number']);
  assertProblem(await link(co, it.id, theirs.number), 422, ['number']);
  assertProblem(await link(there, it.id, c.number), 404);
  /* How many there are all see; which, those who read them. */
  assert.equal((await link(co, it.id, secret.number)).json.cases, 2);
  const seen = await get(handler, it.id);
  assert.deepEqual([seen.cases, seen.linked.map((l) => l.number)], [2, [c.number]]);
  const of = async (who, number) => (await who.get(at(number, 'improvements'))).json.items.map((i) => i.id);
  assert.deepEqual([await of(handler, c.number), await of(handler, secret.number), await of(there, c.number)], [[it.id], [], []]);
  const res = await server.get(`/api/v1/cases/${c.number}`, { headers: { authorization: `Bearer ${c.followUpCode}` } });
  assert.ok(!res.text.includes('improvement'), res.text);
  await secretary.post(`${improvements}/${it.id}/link-removals`, { json: { number: c.number } });
  assert.deepEqual(await of(handler, c.number), []);
  assert.equal((await events(server, c.number)).at(-1).what, 'improvement-unlinked');
});

test('when it is done who complained and wanted to hear is told once, in their language', async () => {
  const it = await make({ title: 'Nya lampor' });
  const sv = await submitTo(server, 'Anna Anders säger: mörkt');
  const en = await submitTo(server, 'It is dark here', { language: 'en-GB' });
  const quiet = await submitTo(server, 'Säg inget', { wantsReply: false });
  const bare = await submitTo(server, 'Utan adress', { contact: { phone: '070 123 45 67' } });
  const gone = await submitTo(server, 'Går vidare');
  const threat = await submitTo(server, 'Jag vet var du bor');
  const shielded = await submitTo(server, 'Ingen får veta var jag bor');
  for (const c of [sv, en, quiet, bare, gone, threat, shielded]) assert.equal((await link(handler, it.id, c.number)).status, 200);
  await act(manager, gone.number, 'transfer', { board: farsta, ground: 'no-secrecy' });
  await act(manager, threat.number, 'flag-threat', {});
  await act(manager, shielded.number, 'protect', {});
  assertProblem(await complete(handler, it), 403);
  assertProblem(await complete(there, it), 404);
  assertProblem(await complete(secretary, it, { doneOn: '2099-01-01' }), 422, ['doneOn']);
  assertProblem(await complete(secretary, it, { texts: { en: words.en } }), 422, ['texts.sv']);
  assertProblem(await complete(secretary, it, { texts: { sv: { said: 'x' } } }), 422, ['texts.sv.did']);
  const both = await Promise.all([complete(secretary, it), complete(secretary, it)]);
  assert.deepEqual(both.map((r) => r.status).sort(), [200, 409]);
  const done = both.find((r) => r.status === 200).json;
  assert.deepEqual([done.state, done.toldNow, done.told, done.cases], ['done', 3, 3, 7]);
  const again = await complete(secretary, done, { texts: { sv: { said: 'Släckt.', did: 'Bytt.' } } });
  assert.deepEqual([again.json.toldNow, again.json.texts.sv.did], [0, 'Bytt.']);
  const told = async (c) => (await server.get(`/api/v1/cases/${c.number}`,
    { headers: { authorization: `Bearer ${c.followUpCode}` } })).json.messages.map((m) => m.text);
  assert.deepEqual([await told(sv), await told(en), await told(bare)],
    [[words.sv.did], [words.en.did], [words.sv.did]]);
  for (const c of [quiet, threat, shielded]) assert.deepEqual(await told(c), []);
  const letters = await server.sql(`SELECT case_id, kind FROM synpunkt.outbox WHERE kind = 'improved' ORDER BY case_id`);
  assert.deepEqual(letters.map((l) => l.case_id), [serial(sv.number), serial(en.number)]);
  assert.match((await server.get(`/folj/${sv.number}/${sv.followUpCode}`)).text, /Vi berättade vad vi har gjort/);
  /* What was told stays linked. */
  assert.equal((await secretary.post(`${improvements}/${it.id}/link-removals`, { json: { number: sv.number } })).json.cases, 7);
  assert.equal((await server.ctl(['audit', 'verify'])).code, 0);
});

test('who wrote a case that was merged into one of it complained of the same, and is told, too', async () => {
  const it = await make({ title: 'Ljusare tunnel' });
  const [parent, child, quiet] = [await submitTo(server, 'Tunneln är mörk'), await submitTo(server, 'Mörkt i tunneln'),
    await submitTo(server, 'Mörk tunnel', { wantsReply: false })];
  assert.equal((await link(handler, it.id, parent.number)).status, 200);
  for (const c of [child, quiet]) {
    const { headers: { etag } } = await handler.get(at(c.number));
    const res = await handler.post(at(c.number, 'merges'), { json: { parent: parent.number }, etag });
    assert.ok(res.status < 300, res.text);
  }
  const done = (await complete(secretary, it)).json;
  assert.deepEqual([done.toldNow, done.told, done.cases], [2, 2, 2]);
  for (const [c, n] of [[parent, 1], [child, 1], [quiet, 0]]) {
    const { messages } = (await server.get(`/api/v1/cases/${c.number}`,
      { headers: { authorization: `Bearer ${c.followUpCode}` } })).json;
    assert.equal(messages.filter((m) => m.text === words.sv.did).length, n, c.number);
  }
  assert.equal((await complete(secretary, done)).json.toldNow, 0);
  assert.equal((await server.ctl(['audit', 'verify'])).code, 0);
});

test('where a manager approves answers, the manager completes', async () => {
  const it = await make();
  await link(handler, it.id, (await submitTo(server, 'Mörkt igen')).number);
  await server.sql(`INSERT INTO synpunkt.approval_rule (board) VALUES ('${trafik}')`);
  assertProblem(await complete(secretary, it), 403);
  const res = await complete(manager, it);
  await server.sql('DELETE FROM synpunkt.approval_rule');
  assert.equal(res.json.toldNow, 1, res.text);
});

test('anybody reads what was done, and praise that is shared, and nothing of a case', async () => {
  const page = async (query = '') => (await server.get(`/resultat/du-sa-vi-gjorde/${trafik}${query}`)).text;
  const it = await make({ title: 'Hemlig arbetstitel', cause: 'Intern orsak' });
  await complete(secretary, it, { texts: { sv: { said: 'Hål i vägen <b>', did: 'Vi lagade vägen.' } }, tell: false, public: false });
  assert.doesNotMatch(await page(), /Vi lagade vägen/);
  const hidden = await get(secretary, it.id);
  await complete(secretary, hidden, { texts: { sv: { said: 'Hål i vägen <b>', did: 'Vi lagade vägen.' } } });
  const text = await page();
  assert.match(text, /Vi lagade vägen/);
  assert.match(text, /Hål i vägen &lt;b/);
  assert.match(text, /Vi bytte alla lampor|Bytt\./);
  assert.match(await page('?lang=en'), /We changed all lights/);
  assert.doesNotMatch(text, /Hemlig arbetstitel|Intern orsak|Siv Ek|<script(?! src)/);
  assert.match((await server.get('/resultat/du-sa-vi-gjorde')).text, /Trafiknämnden/);
  assert.equal((await server.get('/resultat/du-sa-vi-gjorde/nej')).status, 404);

  const praise = await submitTo(server, 'Tack Kalle på kontoret', { type: 'praise' });
  const share = (number, json) => handler.post(at(number, 'praise-sharings'), { json });
  assertProblem(await share(praise.number, { text: 'Snabb hjälp uppskattades', consent: false }), 422, ['consent']);
  assertProblem(await share((await submitTo(server, 'Klagar')).number, { text: 'Bra', consent: true }), 409);
  const shared = await share(praise.number, { text: 'Snabb hjälp uppskattades', consent: true });
  assert.equal(shared.json.shared.text, 'Snabb hjälp uppskattades', shared.text);
  assert.match(await page(), /Snabb hjälp uppskattades/);
  assert.doesNotMatch(await page(), /Kalle/);
  /* What may not be told any more is not. */
  await act(manager, praise.number, 'change', { sensitivity: 3 });
  assert.doesNotMatch(await page(), /Snabb hjälp/);
  await act(manager, praise.number, 'change', { sensitivity: 1 });
  assert.equal((await handler.post(at(praise.number, 'praise-sharing-removals'), { json: {} })).json.shared, null);
  assert.doesNotMatch(await page(), /Snabb hjälp/);
  assert.deepEqual((await events(server, praise.number)).map((e) => e.what).filter((w) => w.startsWith('praise')),
    ['praise-shared', 'praise-unshared']);
});

test('a board of which there is praise alone stands in the list of boards, while it may be told', async () => {
  const listed = async () => (await server.get('/resultat/du-sa-vi-gjorde')).text.includes(`/resultat/du-sa-vi-gjorde/${farsta}"`);
  const praise = (await server.post('/api/v1/cases', { json: { text: 'Fin lekplats', type: 'praise', category: 'lekplats',
    place: { lat: 59.24, lon: 18.09 } } })).json;
  assert.equal(praise.board.code, farsta);
  assert.equal(await listed(), false);
  const res = await there.post(at(praise.number, 'praise-sharings'), { json: { text: 'Fin lekplats', consent: true } });
  assert.ok(res.json?.shared, res.text);
  assert.equal(await listed(), true);
  assert.match((await server.get(`/resultat/du-sa-vi-gjorde/${farsta}`)).text, /Fin lekplats/);
  assert.ok((await there.post(at(praise.number, 'praise-sharing-removals'), { json: {} })).status < 300);
  assert.equal(await listed(), false);
});

/* As if these had been counted. */
const plant = (category, counts) => server.sql(`INSERT INTO synpunkt.statistic_cube SELECT c.*
  FROM (VALUES ${Object.entries(counts).flatMap(([month, n]) => [[month, n, 'complaint'], [month, 500, 'praise']])
    .map(([m, n, type]) => `('${m}-01'::date, ${n}, '${type}')`).join(', ')}) v (month, n, type)
  CROSS JOIN LATERAL jsonb_populate_record(NULL::synpunkt.statistic_cube, (SELECT jsonb_object_agg(column_name,
    CASE data_type WHEN 'text' THEN '""'::jsonb ELSE '0'::jsonb END) FROM information_schema.columns
    WHERE table_schema = 'synpunkt' AND table_name = 'statistic_cube' AND column_name <> 'month')
    || jsonb_build_object('board', '${trafik}', 'month', v.month, 'category', '${category}', 'type', v.type, 'received', v.n)) c`);

test('the effect is counted with the season, and said with its numbers', async () => {
  /* Begun eight months ago, done five months ago: four months are over since. */
  const done = async (category, doneOn = `${ago(5)}-20`) => {
    const it = await make({ categories: [category], startsOn: `${ago(5)}-02`, endsOn: `${ago(5)}-20`, title: category });
    const res = await complete(secretary, it, { doneOn, tell: false, public: false });
    assert.equal(res.status, 200, res.text);
    return res.json;
  };
  const months = (first, n, each) => Object.fromEntries([...Array(n)].map((_, i) => [nextMonth(ago(first), i), each]));
  /* After: 4 to 1 months ago; before: 9 to 6; the same a year earlier: 16 to 13 and 21 to 18. */
  await plant('bygglov', { ...months(4, 4, 10), ...months(9, 4, 20), ...months(16, 4, 20), ...months(21, 4, 20) });
  await plant('detaljplan', { ...months(4, 4, 10), ...months(9, 4, 20), ...months(16, 4, 10), ...months(21, 4, 20) });
  await plant('bostadsko', { ...months(4, 4, 20), ...months(9, 4, 10), ...months(16, 4, 10), ...months(21, 4, 10) });
  await plant('byggprojekt', { ...months(9, 4, 1), ...months(16, 4, 1), ...months(21, 4, 1) });
  const { effect } = await done('bygglov');
  assert.deepEqual([effect.verdict, effect.months, effect.expected, effect.ratio], ['helped', 4, 80, 0.5]);
  assert.deepEqual([effect.after, effect.beforeEarlier],
    [{ from: ago(4), to: ago(1), n: 40 }, { from: ago(21), to: ago(18), n: 80 }]);
  assert.ok(Math.abs(effect.p - 0.0123) < 0.01 && effect.p < 0.05, `${effect.p}`);
  assert.equal((await done('detaljplan')).effect.verdict, 'no-change', 'it is so every year');
  assert.equal((await done('bostadsko')).effect.verdict, 'worse');
  const few = (await done('byggprojekt')).effect;
  assert.deepEqual([few.verdict, few.few, 'p' in few], ['no-change', true, false]);
  const early = await make({ categories: ['bygglov'], startsOn: `${ago(5)}-02`, endsOn: today, title: 'Nyss' });
  const fresh = (await complete(secretary, early, { doneOn: `${ago(3)}-01`, tell: false })).json.effect;
  assert.deepEqual(fresh, { verdict: 'too-early', from: nextMonth(thisMonth, 1) });
  /* Who has a unit's cases has no figures of the board. */
  const { items } = (await analyst.get(improvements)).json;
  assert.equal(items.find((i) => i.title === 'bygglov').effect.verdict, 'helped');
  const ils = await secretary.get(`${improvements}/${items.find((i) => i.title === 'bygglov').id}/ils`);
  assert.match(ils.headers['content-type'], /text\/plain/);
  for (const line of [/^Aktivitet: bygglov$/m, /^Startdatum: /m, /^Slutdatum: /m, /^Ansvarig: Enhetschef belysning$/m,
    /^Effekt: Har hjälpt/m, /^Väntat antal efter, med årstiden inräknad: 80,0$/m]) assert.match(ils.text, line);
});
