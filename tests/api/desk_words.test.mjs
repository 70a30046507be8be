/* What a search at the desk finds: inflected and compound words, with dots or without, numbers,
 * and whoever wrote; for whom; and where it says that it was found. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { act, at, coordinator, events, farsta, serial, submitTo, trafik } from './contract_desk_kit.mjs';
import { eventually, startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

let server;
let co;
let there;
let secretary;
before(async () => {
  server = await startServer();
  co = await coordinator(server);
  there = await newColleague(server, 'dar', `coordinator@${farsta}`);
  secretary = await newColleague(server, 'sekr', `board-secretary@${trafik}`);
});
after(() => server.stop());

async function list(q, client = co, more = {}) {
  const res = await client.get(`/api/v1/desk/cases?${new URLSearchParams({ q, limit: 200, ...more })}`);
  assert.equal(res.status, 200, res.text);
  return res.json.items;
}
const numbers = async (...args) => (await list(...args)).map((i) => i.number);
const isIndexed = (number) => eventually('indexed', async () => (await server.sql(
  `SELECT 1 FROM synpunkt.case_search WHERE case_id = ${serial(number)}`)).length);
async function submit(text, more) {
  const c = await submitTo(server, text, more);
  await isIndexed(c.number);
  return c;
}
/* The match of the one case that is found. */
async function match(q, number, client = co, more = {}) {
  const item = (await list(q, client, more)).find((i) => i.number === number);
  assert.ok(item, `${q} finds ${number}`);
  return item.match;
}

test('a word is found in its inflections and in compounds', async () => {
  for (const [text, found, missed] of [
    ['Gatubelysningen är trasig här', ['belysning', 'gatubelysning', 'gata', 'trasigt'], ['lysa']],
    ['Två lyktstolparna lutar', ['lyktstolpe', 'stolpe', 'stolpar'], ['stol']],
    ['Glas i sanden på lekplatsens gungor', ['lekplats', 'lekplatsen', 'lekplatser', 'plats', 'gunga'], ['las']],
    ['Förskolan vid backen', ['skola', 'förskola', 'skolor'], []],
    ['Cykelställ saknas på skolgården', ['skola', 'gård', 'skolgård', 'cykel', 'cyklar', 'ställ'], []],
    ['Matavfallet hämtas inte', ['avfall', 'matavfall'], ['sopor']],
    ['Bron över vattnet i rummet', ['bro', 'broar', 'vatten', 'rum'], []],
    ['Parkering i garaget', ['parkeringen'], ['park', 'ring']],
    ['Gatubelysningsstolpe nedkörd', ['stolpe', 'belysning'], []]]) {
    const { number } = await submit(text);
    for (const q of found) assert.ok((await numbers(q)).includes(number), `${q}: ${text}`);
    for (const q of missed) assert.ok(!(await numbers(q)).includes(number), `not ${q}: ${text}`);
  }
});

test('words typed without dots find those with, and words typed with them no others', async () => {
  const { number } = await submit('Halkbekämpningen i Åkersberga är för dålig, kommer från skolgården');
  for (const q of ['halkbekampning', 'akersberga', 'skolgard', 'gard', 'dalig halkbekampningen for akersberga'])
    assert.ok((await numbers(q)).includes(number), q);
  const bare = await submit('Trad och bat vid algens hage');
  for (const q of ['träd', 'båt', 'älg']) assert.ok(!(await numbers(q)).includes(bare.number), q);
  const idea = await submit('En idé om ett kafé och dess möjlighet');
  for (const q of ['ide', 'idé', 'kafe', 'mojlighet']) assert.deepEqual(await numbers(q), [idea.number], q);
});

test('a number goes to its case, with the year or without, and so does its registration number', async () => {
  const c = await submit('Räcket är löst');
  await act(co, c.number, 'close', { reason: 'explained' });
  const [{ nr }] = await eventually('registered', async () => {
    const rows = await server.sql(`SELECT registration_number AS nr FROM synpunkt.case_leg
      WHERE case_id = ${serial(c.number)} AND registration_number IS NOT NULL`);
    return rows.length && rows;
  });
  for (const [q, where] of [[c.number, 'number'], [serial(c.number), 'number'], [` ${c.number} `, 'number'],
    [`#${serial(c.number)}`, 'number'], [nr, 'registration-number']]) {
    const items = await list(q);
    assert.deepEqual(items.map((i) => [i.number, i.match.where]), [[c.number, where]], q);
    assert.deepEqual(items[0].match.snippet, ['', q.trim().replace('#', '')], q);
    assert.deepEqual(await numbers(q, there), [], q);
  }
  /* What is no case's number is looked for as words. */
  const house = await submit('Utanför nummer 7781 är det mörkt');
  assert.deepEqual(await numbers('7781'), [house.number]);
  assert.deepEqual(await numbers('1999/99'), []);
  assert.deepEqual(await numbers('999999999999999'), []);
});

const person = { name: 'Sigrid Törnqvist', email: 'Sigrid.T@example.org', phone: '070-712 34 56' };

test('a case is found by who wrote it: name, address, and telephone however it is written', async () => {
  const c = await submit('Grinden gnisslar', { contact: person });
  for (const [q, where, snippet] of [['törnqvist', 'name', ['Sigrid ', 'Törnqvist']],
    ['sigrid tornqvist', 'name', ['', 'Sigrid', ' ', 'Törnqvist']],
    ['sigrid.t@EXAMPLE.org', 'email', ['', person.email]],
    ...['0707123456', '070 712 34 56', '+46707123456', '+46 (0)70-712 34 56', '0046 70 712 34 56']
      .map((q) => [q, 'phone', ['', person.phone]])]) {
    assert.deepEqual(await numbers(q), [c.number], q);
    assert.deepEqual(await match(q, c.number), { where, snippet }, q);
    assert.deepEqual(await numbers(q, there), [], `${q} at another board`);
  }
  assert.deepEqual(await numbers('0707123457'), []);
});

test('who wrote is found by those alone who read it', async () => {
  const one = { ...person, name: 'Torvald Gräns', email: 'torvald@example.org', phone: '08-555 123 45' };
  const c = await submit('Staketet är rivet', { contact: one });
  const asks = ['torvald', 'torvald@example.org', '0855512345', 'staketet'];
  for (const q of asks) assert.deepEqual(await numbers(q, secretary), [c.number], q);
  await act(co, c.number, 'change', { sensitivity: 3 });
  for (const q of asks) {
    assert.deepEqual(await numbers(q, secretary), [], `${q} S3`);
    assert.deepEqual(await numbers(q), [c.number], `${q} S3`);
  }
  await act(co, c.number, 'protect', {});
  for (const q of asks) assert.deepEqual(await numbers(q), [], `${q} protected`);
  assert.equal((await match(c.number, c.number)).where, 'number');
  assert.ok(!JSON.stringify(await list(c.number)).includes('Torvald'));
});

test('a contact that a board was not sent finds nothing there, and its text does', async () => {
  const one = { ...person, name: 'Ingeborg Alvfors', email: 'ingeborg@example.org' };
  const c = await submit('Vajern har släppt', { contact: one });
  await act(co, c.number, 'transfer', { board: farsta, ground: 'osl-10-28', send: ['text'] });
  assert.deepEqual(await numbers('vajer', there), [c.number]);
  assert.equal((await match('vajer', c.number, there)).where, 'text');
  for (const q of ['alvfors', 'ingeborg@example.org'])
    assert.deepEqual(await numbers(q, there), [], q);
  assert.deepEqual(await numbers('alvfors'), []);
});

test('a contact that is corrected is found as it is now', async () => {
  const c = await submit('Brunnslocket skramlar', { contact: { ...person, name: 'Felnamn Felsson' } });
  assert.deepEqual(await numbers('felsson'), [c.number]);
  await act(co, c.number, 'correct', { text: 'Hen heter så', contact: { name: 'Rättman Rätt' } });
  assert.deepEqual(await numbers('felsson'), []);
  assert.deepEqual(await numbers('rättman'), [c.number]);
});

test('a row says where it was found, with what was found apart', async () => {
  const c = await submit(`${'Det här har jag skrivit om flera gånger förut. '.repeat(10)}Nu är <b>vattenpumparna</b> sönder igen & ingen gör något. ${'Vi väntar på er hjälp. '.repeat(10)}`);
  const found = await match('pump', c.number);
  assert.equal(found.where, 'text');
  assert.equal(found.snippet[1], 'vattenpumparna');
  assert.match(found.snippet[0], /^… .*<b>$/);
  assert.match(found.snippet[2], /^<\/b> sönder igen & .*…$/);
  assert.ok(found.snippet.join('').length < 240, found.snippet.join(''));
  await act(co, c.number, 'reply', { text: 'Pumphuset lagas av entreprenören Kaskelot' });
  assert.deepEqual(await match('kaskelot', c.number),
    { where: 'reply', snippet: ['Pumphuset lagas av entreprenören ', 'Kaskelot'] });
  assert.deepEqual((await match('pumpar -kran', c.number)).where, 'text');
  assert.ok((await list('')).every((i) => !i.match));
});

test('what is hard to read is not shown where it was found', async () => {
  const c = await submit('Jag ska krossa gorillaburen');
  await act(co, c.number, 'flag-threat', {});
  assert.deepEqual(await match('gorillabur', c.number), { where: 'text', snippet: [] });
});

test('a note of colleagues finds nothing', async () => {
  const c = await submit('Soffan är blöt');
  await act(co, c.number, 'note', { text: 'Anteckning om krokofant' });
  assert.deepEqual(await numbers('krokofant'), []);
});

test('whatever is typed gets an answer', async () => {
  for (const q of ['a'.repeat(200), 'å'.repeat(200), 'och det att i en', 'pa', '"', '""', '"och', "'", "o'hara", '\\', '\\\\\'',
    '& | ! ( )', '-', '--', '-ord', 'or', 'or or', ':*', 'ord:*', '<->', '%', '_', '👩‍🚒', 'е́', 'a\u0308', '\u202e', '2026-',
    '2026-104233-1', '2026/', '/', '0-0', '9999-1', '99999-1', '+', '+46', '()', '070', 'x@', '@', 'a@b@c', 'https://a.se/ö?x=1',
    '1e400', '-1.5', ' '.repeat(50), '\t', '"a b" -"c d" or e', '((((', 'tel:0701234567', `${'ab '.repeat(66)}`])
    assert.ok(Array.isArray(await list(q)), q);
  const res = await co.get(`/api/v1/desk/cases?q=${'a'.repeat(201)}`);
  assert.equal(res.status, 422);
  for (const q of ['%00', 'a%00b', '%ff', '%c3'])
    assert.ok([200, 400, 422].includes((await co.get(`/api/v1/desk/cases?q=${q}`)).status), q);
});

test('after an upgrade the older words are made anew, a few at a time, and found as before meanwhile', async () => {
  const made = [];
  for (let i = 0; i < 4; i++) made.push((await submit(`Cykelparkeringen nummer ${i} vid sopstationen`)).number);
  const ids = made.map(serial);
  const old = `UPDATE synpunkt.case_search s SET vector = to_tsvector('pg_catalog.swedish', t.body)
    FROM synpunkt.case_content t WHERE t.case_id = s.case_id AND t.kind = 'text' AND s.case_id IN (${ids})`;
  await server.sql(old);
  assert.deepEqual(await numbers('stationen'), []);
  assert.equal((await numbers('sopstationen')).length, 4);
  /* What was stopped half way goes on where it was. */
  await server.sql(`${old}; UPDATE synpunkt.case_search_mark SET renewed = ${Number(ids[2])}`);
  await eventually('done', async () => (await server.sql(
    'SELECT renewed FROM synpunkt.case_search_mark'))[0].renewed === null);
  assert.deepEqual((await numbers('station')).sort(), made.slice(0, 2).sort());
  await server.sql(`UPDATE synpunkt.case_search_mark SET renewed = 9223372036854775807`);
  await eventually('found', async () => (await numbers('station')).length === 4);
  assert.equal((await events(server, made[0])).length, 1);
  assert.equal((await co.get(at(made[0]))).json.version, 1);
});
