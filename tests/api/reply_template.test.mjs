/* Templates for replies: who writes and sees them, which fit a case, what is filled in. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

const at = '/api/v1/desk/templates';
let server;
let handler, coordinator, manager, stranger, admin, analyst, registrar;

before(async () => {
  server = await startServer();
  handler = await newColleague(server, 'tpl-handler', 'case-handler@trafiknamnden', 'Hilda Hjort');
  coordinator = await newColleague(server, 'tpl-coordinator', 'coordinator@trafiknamnden', 'Karin Ko');
  manager = await newColleague(server, 'tpl-manager', 'manager@trafiknamnden');
  registrar = await newColleague(server, 'tpl-registrar', 'registrar@trafiknamnden');
  stranger = await newColleague(server, 'tpl-stranger', 'coordinator@farsta-stadsdelsnamnd');
  admin = await newColleague(server, 'tpl-admin', 'administrator@*');
  analyst = await newColleague(server, 'tpl-analyst', 'analyst@*');
}, { timeout: 120000 });
after(async () => { await server?.stop(); });

const sample = (over = {}) => ({ board: 'trafiknamnden', language: 'sv', kind: 'reply',
  name: 'Egen mall', text: 'Hej {{complainantName}}! Ärende {{number}}.', ...over });
async function write(over, who = coordinator) {
  const res = await who.post(at, { json: sample(over) });
  assert.equal(res.status, 201, res.text);
  return res;
}
async function submit(over = {}) {
  const res = await server.post('/api/v1/cases', { json: { text: 'Lampan är trasig.',
    category: 'gatubelysning', contact: { name: 'Eva Ek', email: 'eva@example.se' },
    place: { lat: 59.33, lon: 18.06 }, ...over } });
  assert.equal(res.status, 201, res.text);
  return res.json;
}
async function fit(number, kind = 'reply', who = handler) {
  return who.get(`/api/v1/desk/cases/${number}/templates?for=${kind}`);
}
const names = (res) => res.json.items.map((i) => i.name);

test('a coordinator writes a template, and what it said is kept', async () => {
  const made = await write({ name: 'Blir till' });
  const { id } = made.json;
  assert.equal(made.json.version, 1);
  assert.equal(made.json.changedBy, 'Karin Ko');
  assert.equal(made.headers.location, `${at}/${id}`);
  const changed = await manager.put(`${at}/${id}`, { etag: made.headers.etag,
    json: sample({ name: 'Blir till', text: 'Nu {{number}}', validTo: '2030-01-31' }) });
  assert.equal(changed.status, 200, changed.text);
  assert.equal(changed.json.version, 2);
  assert.equal(changed.json.validTo, '2030-01-31');
  const { items } = (await handler.get(`${at}/${id}/changes`)).json;
  assert.deepEqual(items.map((i) => [i.version, i.text, i.byName, i.validTo]), [
    [2, 'Nu {{number}}', 'Test tpl-manager', '2030-01-31'],
    [1, 'Hej {{complainantName}}! Ärende {{number}}.', 'Karin Ko', null]]);
  const deleted = await coordinator.delete(`${at}/${id}`, { etag: '"2"' });
  assert.equal(deleted.status, 405);
});

test('a stale version is a conflict with what is there now, and a missing one is asked for', async () => {
  const made = await write({ name: 'Strid' });
  const url = `${at}/${made.json.id}`;
  await manager.put(url, { etag: '"1"', json: sample({ name: 'Strid', text: 'Först' }) });
  const late = await coordinator.put(url, { etag: '"1"', json: sample({ name: 'Strid', text: 'Sist' }) });
  assert.equal(late.status, 409);
  assert.equal(late.json.current.text, 'Först');
  assert.equal(late.json.current.version, 2);
  assert.equal((await coordinator.put(url, { json: sample() })).status, 428);
});

test('another board neither sees nor changes it, and a handler only uses it', async () => {
  const made = await write({ name: 'Bara vår' });
  const url = `${at}/${made.json.id}`;
  assert.equal((await stranger.get(url)).status, 404);
  assert.equal((await stranger.get(`${url}/changes`)).status, 404);
  assert.equal((await stranger.put(url, { etag: '"1"', json: sample() })).status, 404);
  assert.ok(!(await stranger.get(`${at}?limit=200`)).json.items.some((i) => i.board === 'trafiknamnden'));
  assert.equal((await handler.get(url)).json.writable, false);
  for (const who of [handler, registrar])
    assert.equal((await who.put(url, { etag: '"1"', json: sample() })).status, 403);
  assert.equal((await handler.post(at, { json: sample() })).status, 403);
  assert.equal((await coordinator.post(at, { json: sample({ board: null }) })).status, 403);
  assert.equal((await coordinator.put(url, { etag: '"1"',
    json: sample({ board: 'farsta-stadsdelsnamnd' }) })).status, 403, 'nor given away');
  assert.equal((await analyst.get(at)).status, 403, 'an analyst has no use for them');
  assert.equal((await server.get(at)).status, 401);
  const rows = await server.sql(`SELECT version, board FROM synpunkt.reply_template
    WHERE id = ${made.json.id}`);
  assert.deepEqual(rows, [{ version: '1', board: 'trafiknamnden' }]);
});

test('the city\'s are written by an administrator and seen by all boards', async () => {
  const made = await write({ board: null, name: 'Hela stadens' }, admin);
  for (const who of [handler, stranger])
    assert.equal((await who.get(`${at}/${made.json.id}`)).json.name, 'Hela stadens');
  assert.equal((await coordinator.put(`${at}/${made.json.id}`, { etag: '"1"',
    json: sample({ board: null }) })).status, 403);
  assert.equal((await admin.post(at, { json: sample() })).status, 403, 'a board\'s are its own');
});

test('an unknown field, a section that is not closed and wrong members are refused when saved', async () => {
  for (const [text, why] of [['Hej {{namn}}', /namn/], ['{{#number}}', /line 1/], ['{{>mail}}', /mail/],
    ['{{.}}', /\./], ['{{complainantName.first}}', /first/]]) {
    const res = await coordinator.post(at, { json: sample({ text }) });
    assert.equal(res.status, 422, text);
    assert.equal(res.json.invalidParams[0].name, 'text');
    assert.match(res.json.invalidParams[0].reason, why);
  }
  for (const [member, value] of [['board', 'ingen'], ['category', 'ingen'], ['status', 'ny'],
    ['language', 'xx'], ['kind', 'note'], ['name', ' '], ['validTo', 'i morgon'], ['text', 'x'.repeat(10001)]]) {
    const res = await (member === 'board' ? admin : coordinator).post(at, { json: sample({ [member]: value }) });
    assert.ok(member === 'board' ? res.status === 403 : res.status === 422, `${member}: ${res.status}`);
    if (member !== 'board') assert.equal(res.json.invalidParams[0].name, member);
  }
  const order = await coordinator.post(at, { json: sample({ validFrom: '2030-02-01', validTo: '2030-01-01' }) });
  assert.deepEqual([order.status, order.json.invalidParams[0].name], [422, 'validTo']);
});

test('those that fit come filled in, what says most first', async () => {
  const { number } = await submit();
  await write({ name: 'Nämndens allmänna', text: 'A' });
  await write({ name: 'Nämndens om lampor', category: 'gatubelysning',
    text: 'Hej {{complainantName}}, {{boardName}}, {{categoryName}}, {{number}}, {{myName}} & co' });
  await write({ name: 'Om parker', category: 'park' });
  await write({ name: 'När den är besvarad', status: 'answered' });
  await write({ name: 'Slutade i går', validFrom: '2020-01-01', validTo: '2020-12-31' });
  await write({ name: 'Börjar sedan', validFrom: '2099-01-01' });
  const res = await fit(number);
  assert.equal(res.status, 200);
  const found = names(res);
  for (const name of ['Om parker', 'När den är besvarad', 'Slutade i går', 'Börjar sedan'])
    assert.ok(!found.includes(name), name);
  const own = res.json.items.find((i) => i.name === 'Nämndens om lampor');
  assert.equal(own.text, `Hej Eva Ek, Trafiknämnden, Gatubelysning, ${number}, Hilda Hjort & co`);
  assert.deepEqual(own.missing, []);
  assert.ok(found.indexOf('Nämndens om lampor') < found.indexOf('Nämndens allmänna'));
  assert.ok(found.indexOf('Nämndens allmänna') < found.indexOf('Svar: det är åtgärdat'));
  assert.ok(res.json.items.every((i) => i.language === 'sv'));
});

test('a gap is seen by whoever sends it, and in a section nothing is there', async () => {
  const { number } = await submit({ contact: undefined });
  await write({ name: 'Med lucka', text: 'Hej {{complainantName}}! {{#complainantName}}Du {{complainantName}}{{/complainantName}}Hälsar {{handlerName}}' });
  const item = (await fit(number)).json.items.find((i) => i.name === 'Med lucka');
  assert.equal(item.text, 'Hej [complainantName?]! Hälsar [handlerName?]');
  assert.deepEqual(item.missing, ['complainantName', 'handlerName']);
});

test('a case in English gets English first, with days in words, and Swedish after', async () => {
  const { number } = await submit({ language: 'en-GB', text: 'The lamp is broken.' });
  await write({ name: 'In English', language: 'en', text: 'By {{answerBy}}' });
  await write({ name: 'Suomeksi', language: 'fi', text: 'Hei' });
  const { items } = (await fit(number)).json;
  const languages = items.map((i) => i.language);
  assert.equal(languages[0], 'en');
  assert.equal(languages.lastIndexOf('en') + 1, languages.indexOf('sv'));
  assert.ok(!languages.includes('fi'));
  assert.match(items.find((i) => i.name === 'In English').text,
    /^By (Mon|Tues|Wednes|Thurs|Fri)day,? \d+ [A-Z][a-z]+ \d{4}$/);
});

test('of another board\'s case, or one that may not be read, nothing is filled in', async () => {
  const { number } = await submit();
  assert.equal((await fit(number, 'reply', stranger)).status, 404);
  assert.equal((await fit(number, 'note')).status, 422);
  assert.equal((await fit('2026-999999999')).status, 404);
  await server.sql(`UPDATE synpunkt.case SET sensitivity = 4 WHERE id = ${number.split('-')[1]}`);
  assert.equal((await fit(number)).status, 404, 'a handler does not read S4');
  const seen = await fit(number, 'reply', manager);
  assert.equal(seen.status, 200);
  assert.deepEqual((await server.sql(`SELECT because FROM synpunkt.read_log
    WHERE case_id = ${number.split('-')[1]}`)).map((r) => r.because), ['S4'], 'the reading is logged');
});

test('where there is a threat nobody\'s name is filled in', async () => {
  const { number } = await submit();
  const read = await coordinator.get(`/api/v1/desk/cases/${number}`);
  const flagged = await coordinator.post(`/api/v1/desk/cases/${number}/threats`, { etag: read.headers.etag, json: {} });
  assert.equal(flagged.status, 201, flagged.text);
  await write({ name: 'Undertecknad', text: '{{myName}} {{handlerName}}' });
  const item = (await fit(number)).json.items.find((i) => i.name === 'Undertecknad');
  assert.equal(item.text, '[myName?] [handlerName?]');
});

test('the demonstration city\'s templates fill in without a gap but for what one writes', async () => {
  const { number } = await submit();
  const demo = (await server.sql('SELECT id FROM synpunkt.reply_template WHERE changed_by IS NULL'))
    .map((r) => Number(r.id));
  for (const kind of ['acknowledge', 'reply', 'interim-reply', 'ask', 'notify-delay']) {
    const items = (await fit(number, kind)).json.items.filter((i) => demo.includes(i.id));
    assert.ok(items.length > 0, kind);
    for (const item of items) assert.deepEqual(item.missing, [], item.name);
  }
  const rows = await server.sql(`SELECT count(*) AS n, count(DISTINCT language) AS l
    FROM synpunkt.reply_template WHERE changed_by IS NULL`);
  assert.deepEqual(rows, [{ n: '17', l: '2' }]);
});

test('a preview says what a template would, with a made-up case', async () => {
  const res = await coordinator.post('/api/v1/desk/template-previews', { json: { language: 'sv',
    text: 'Hej {{complainantName}}, {{receivedOn}}' } });
  assert.equal(res.status, 200, res.text);
  assert.equal(res.json.text, 'Hej Kim Exempel, måndag 2 november 2026');
  const wrong = await coordinator.post('/api/v1/desk/template-previews', { json: { language: 'sv', text: '{{x}}' } });
  assert.equal(wrong.status, 422);
});
