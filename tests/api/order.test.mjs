/* Work orders by letter and by link: what a contractor gets, what it answers, and that it is
 * never told who wrote. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { act, at, farsta, serial, submitTo, trafik } from './contract_desk_kit.mjs';
import { png } from './contract_samples.mjs';
import { eventually, multipart, startServer } from './harness.mjs';
import { addContractor, addShare, doOrder, eventsOf, order, orders, row, tagOf } from './order_kit.mjs';
import { readLetter, startSink } from './smtp_sink.mjs';
import { newColleague } from './staff.mjs';

const who = { name: 'Vendela Hemlig', email: 'vendela.hemlig@example.org', phone: '070-765 43 21' };
let server, sink, desk, there;
before(async () => {
  sink = await startSink();
  server = await startServer({ env: { SYNPUNKT_SMTP: sink.url, SYNPUNKT_INTAKE_PER_HOUR: '0',
    SYNPUNKT_MAIL_FROM: 'synpunkter@stad.example', SYNPUNKT_PUBLIC_URL: 'https://synpunkt.example' } });
  desk = await newColleague(server, 'kontrakt-co', `coordinator@${trafik}`, 'Cia Ord');
  there = await newColleague(server, 'dar', `coordinator@${farsta}`, 'Dan Där');
  await addContractor(desk, { code: 'ljus', name: 'Ljus och Stolpe AB', way: 'mail', mail: 'order@ljus.example' });
  await addContractor(desk, { code: 'gren', name: 'Gren och Gräv AB', way: 'link', phone: '08-123 45 67' });
});
after(async () => {
  await sink.close();
  await server?.stop();
  assert.doesNotMatch(server.log, /Sanitizer|runtime error|page_failed/);
});

const html = { headers: { accept: 'text/html' } };
const submit = (more) => submitTo(server, `Lampan är släckt. Ring 070-765 43 21. Hälsningar ${who.name}`, {
  contact: who, place: { lat: 59.3251, lon: 18.0711, address: 'Ljusgatan 1' }, ...more });
const path = (link) => link.replace('https://synpunkt.example', '');
const letters = (kind) => sink.letters.filter((l) => l.to === 'order@ljus.example').map((l) => ({ raw: l.text, ...readLetter(l.text) }))
  .filter((l) => l.headers.subject.startsWith(kind));
const says = (link, seen, word, words = '') =>
  server.post(path(link), { form: { language: 'sv', seen, says: word, words }, ...html });
const status = async (number) => (await desk.get(at(number))).json.status;

test('a link is told once; the contractor takes the order and is done, and the case goes on', async () => {
  const c = await submit();
  const made = await order(desk, c.number, { contractor: 'gren' });
  assert.deepEqual([made.state, made.orderedBy, made.subject], ['sent', 'Cia Ord', 'Gatubelysning']);
  assert.match(made.link, /^https:\/\/synpunkt\.example\/uppdrag\/[0-9A-Z]{32}$/);
  assert.equal(await status(c.number), 'waiting-other');
  assert.equal((await orders(desk, c.number)).items[0].link, undefined);
  assert.ok(!JSON.stringify(await row(server, made.id)).includes(made.link.split('/').at(-1)));

  const page = await server.get(path(made.link), html);
  assert.equal(page.status, 200);
  for (const seen of ['Byt lampan i stolpen.', 'Ljusgatan 1', '59.32510, 18.07110', 'Vi tar det', 'Klart', 'Inte vårt'])
    assert.ok(page.text.includes(seen), seen);
  assert.match(page.text, /<meta name="robots" content="noindex">/);
  for (const secret of [who.name, who.email, who.phone, c.followUpCode]) assert.ok(!page.text.includes(secret), secret);
  assert.doesNotMatch(page.text, /<script(?! src)/);

  assert.match((await says(made.link, 'sent', 'accepted')).headers.location, /sagt=1$/);
  assert.match((await says(made.link, 'sent', 'accepted')).headers.location, /igen=1$/, 'a second press');
  const empty = await says(made.link, 'accepted', 'done', '  ');
  assert.equal(empty.status, 422);
  assert.match(empty.text, /Skriv vad ni har gjort/);
  assert.match((await says(made.link, 'accepted', 'done', 'Bytt till LED.')).headers.location, /sagt=1$/);
  assert.match((await says(made.link, 'accepted', 'done', 'Bytt igen.')).headers.location, /igen=1$/);
  const ended = await server.get(path(made.link), html);
  assert.match(ended.text, /Uppdraget är klart/);
  assert.ok(!ended.text.includes('Byt lampan') && !ended.text.includes('Ljusgatan'), 'it tells no more than it must');

  assert.equal(await status(c.number), 'received');
  assert.deepEqual(await eventsOf(server, c.number), ['order-placed', 'order-sent', 'order-accepted', 'order-done']);
  const it = (await desk.get(at(c.number))).json;
  assert.ok(it.notes.some((n) => n.text === 'Bytt till LED.'), 'the contractor’s words are a note');
  const seen = await server.get(`/folj/${c.number}/${c.followUpCode}`, html);
  assert.match(seen.text, /Arbetet är beställt/);
  assert.match(seen.text, /Arbetet är utfört/);
  assert.ok(!seen.text.includes('LED') && !seen.text.includes('Gren och Gräv'), 'never the contractor’s words');
  assert.equal((await server.ctl(['audit', 'verify'])).code, 0);
});

test('a letter tells what and where, with the picture that was chosen, and never who wrote', async () => {
  const res = await server.post('/api/v1/cases', { multipart: multipart([{ name: 'case', json: { text: 'Skylten',
    category: 'gatubelysning', contact: who, place: { lat: 59.3251, lon: 18.0711, address: 'Ljusgatan 1' } } },
  { name: 'attachment', filename: 'vendela.png', body: png() }, { name: 'attachment', filename: 'andra.png', body: png() }]) });
  const c = res.json;
  const made = await order(desk, c.number, { contractor: 'ljus', pictures: [1] });
  assert.equal(made.state, 'waiting');
  assert.equal(made.link, undefined);
  const letter = await eventually('the letter', () => letters('Uppdrag').find((l) => l.raw.includes(c.number)));
  for (const seen of ['Byt lampan i stolpen.', 'Ljusgatan 1', '59.32510, 18.07110', c.number])
    assert.ok(letter.body.includes(seen), letter.body);
  assert.equal(letter.raw.match(/Content-Disposition: attachment/g)?.length, 1);
  for (const secret of [who.name, who.email, '765 43 21', c.followUpCode, 'andra'])
    assert.ok(!letter.raw.includes(secret) && !letter.body.includes(secret), secret);
  await eventually('it is sent', async () => (await orders(desk, c.number)).items[0].state === 'sent');
  const link = /https:\/\/synpunkt\.example\/uppdrag\/[0-9A-Z]+/.exec(letter.body)[0];
  const page = await server.get(path(link), html);
  const picture = /href="(\/uppdrag\/[0-9A-Z]+\/bild\/1)"/.exec(page.text)[1];
  assert.equal((await server.get(picture)).status, 200);
  assert.equal((await server.get(picture.replace(/1$/, '2'))).status, 404, 'what was not chosen is not shown');
  const pasted = await says(`${link}%0A`, 'accepted', 'refused', 'Fel sida.');
  assert.deepEqual([pasted.status, pasted.headers.location], [303, `${path(link)}?igen=1`], 'with the line end of the letter');
  assert.equal((await says(link, 'sent', 'refused', 'Det är regionens stolpe.')).status, 303);
  assert.equal(await status(c.number), 'received');
  assert.equal((await server.get(picture)).status, 404, 'nor anything once it has ended');
  assert.equal((await orders(desk, c.number)).items[0].state, 'refused');
});

test('what begins as the resident’s words marks who somebody is, and what tells who wrote is not sent', async () => {
  const c = await submit();
  const { draft } = await orders(desk, c.number);
  assert.match(draft.text, /^Lampan är släckt/);
  assert.deepEqual(draft.marks, [{ kind: 'telephone', text: '070-765 43 21' }, { kind: 'name', text: who.name }]);
  const tag = await tagOf(desk, c.number);
  for (const text of [`Ring ${who.phone}`, 'Ring 0707654321', `Skriv till ${who.email}`, `Fråga ${who.name}`, 'Gäller 19900101-0017 i huset'])
    assert.equal((await order(desk, c.number, { contractor: 'ljus', text }, 422)).json.invalidParams[0].name, 'text', text);
  assert.equal(await tagOf(desk, c.number), tag);
  for (const [json, field] of [[{ contractor: 'ingen' }, 'contractor'], [{ contractor: 'ljus', pictures: [7] }, 'pictures'],
    [{ contractor: 'ljus', pictures: 'ett' }, 'pictures'], [{ contractor: 'ljus', text: ' ' }, 'text']])
    assert.equal((await order(desk, c.number, json, 422)).json.invalidParams[0].name, field);
});

test('two presses send one order', async () => {
  const c = await submit();
  const etag = await tagOf(desk, c.number);
  const twice = await Promise.all([0, 1].map(() => desk.post(at(c.number, 'orders'), { etag,
    json: { contractor: 'ljus', text: 'Byt lampan i stolpen.' } })));
  assert.deepEqual(twice.map((r) => r.status).sort(), [201, 409]);
  assert.equal((await orders(desk, c.number)).items.length, 1);
  assert.equal((await desk.post(at(c.number, 'orders'), { json: { contractor: 'ljus', text: 'x' } })).status, 428);
  await eventually('one letter', () => letters('Uppdrag').some((l) => l.raw.includes(c.number)));
  assert.equal(letters('Uppdrag').filter((l) => l.raw.includes(c.number)).length, 1);
});

test('an order that was recalled never changes the case again; the contractor is told by letter', async () => {
  const c = await submit();
  const made = await order(desk, c.number, { contractor: 'ljus' });
  const letter = await eventually('the letter', () => letters('Uppdrag').find((l) => l.raw.includes(c.number)));
  const link = /https:\/\/synpunkt\.example\/uppdrag\/[0-9A-Z]+/.exec(letter.body)[0];
  await eventually('it is sent', async () => (await orders(desk, c.number)).items[0].state === 'sent');
  const after_ = await doOrder(desk, c.number, made.id, 'recalls', { text: 'Den är redan bytt.' });
  assert.equal(after_.state, 'recalled');
  assert.equal(await status(c.number), 'received');
  const told = await eventually('the other letter', () => letters('Återkallat').find((l) => l.raw.includes(c.number)));
  assert.match(told.body, /Den är redan bytt\./);
  await eventually('it is known', async () => (await orders(desk, c.number)).items[0].told === 'told');
  const tag = await tagOf(desk, c.number);
  assert.match((await says(link, 'sent', 'done', 'Bytt.')).headers.location, /igen=1$/);
  assert.match((await server.get(path(link), html)).text, /Uppdraget är återkallat/);
  assert.equal(await tagOf(desk, c.number), tag, 'nothing came of it');
  await doOrder(desk, c.number, made.id, 'recalls', {}, 409);
});

test('of a recall and an answer at the same time one counts', async () => {
  for (let i = 0; i < 5; i++) {
    const c = await submit();
    const made = await order(desk, c.number, { contractor: 'gren' });
    const etag = await tagOf(desk, c.number);
    const [recalled, answered] = await Promise.all([
      desk.post(at(c.number, `orders/${made.id}/recalls`), { etag, json: {} }),
      says(made.link, 'sent', 'done', 'Bytt.')]);
    const { state } = (await orders(desk, c.number)).items[0];
    assert.deepEqual([recalled.status, /sagt/.test(answered.headers.location)],
      state === 'recalled' ? [200, false] : [409, true], state);
    assert.equal((await eventsOf(server, c.number)).length, 3);
  }
});

test('a letter that cannot be sent makes the order stuck, and it goes again when somebody says so', async () => {
  const c = await submit();
  sink.mode = 'rcpt-550';
  const made = await order(desk, c.number, { contractor: 'ljus' });
  const stuck = await eventually('it is stuck', async () => {
    const it = (await orders(desk, c.number)).items[0];
    return it.state === 'stuck' && it;
  });
  sink.mode = 'ok';
  assert.match(stuck.trouble, /^recipient/);
  assert.deepEqual(stuck.actions, ['recall', 'resend']);
  assert.equal((await desk.get('/api/v1/desk/today')).json.stuckOrders, 1);
  assert.equal((await there.get('/api/v1/desk/today')).json.stuckOrders, 0);
  const list = (await desk.get('/api/v1/desk/orders?state=stuck')).json;
  assert.deepEqual(list.items.map((o) => [o.number, o.contractorName, o.trouble]), [[c.number, 'Ljus och Stolpe AB', stuck.trouble]]);
  assert.deepEqual((await there.get('/api/v1/desk/orders?state=stuck')).json.items, []);
  assert.equal((await desk.get('/api/v1/desk/orders?state=x')).status, 422);
  await doOrder(desk, c.number, made.id, 'resends');
  await eventually('it went', async () => (await orders(desk, c.number)).items[0].state === 'sent');
  assert.equal((await desk.get('/api/v1/desk/today')).json.stuckOrders, 0);
});

test('another board neither reads nor gives the orders of a case', async () => {
  const c = await submit();
  const made = await order(desk, c.number, { contractor: 'gren' });
  assert.equal((await there.get(at(c.number, 'orders'))).status, 404);
  for (const [what, json] of [['orders', { contractor: 'gren', text: 'x' }], [`orders/${made.id}/recalls`, {}]])
    assert.equal((await there.post(at(c.number, what), { etag: '*', json })).status, 404);
  const secretary = await newColleague(server, `sekr${serial(c.number)}`, `board-secretary@${trafik}`);
  assert.equal((await secretary.post(at(c.number, 'orders'), { etag: '*', json: { contractor: 'gren', text: 'x' } })).status, 403);
  const other = await submit();
  assert.equal((await desk.post(at(other.number, `orders/${made.id}/recalls`), { etag: '*', json: {} })).status, 409);
  await act(desk, c.number, 'transfer', { board: farsta, ground: 'no-secrecy' });
  assert.deepEqual((await orders(there, c.number)).items, [], 'a case passed on does not take it along');
  await addContractor(there, { code: 'gren-2', board: farsta, name: 'Deras', way: 'link' });
  await order(desk, other.number, { contractor: 'gren-2' }, 422);
  assert.equal((await there.post('/api/v1/settings/contractor-shares', { json: { reason: 'x', row: { board: farsta,
    contractor: 'gren', category: 'park' } } })).status, 409, 'nor takes its contractors');
});

test('of a sensitive case nothing goes without a ground, and of a protected person’s nothing at all', async () => {
  const c = await submit();
  await act(desk, c.number, 'change', { sensitivity: 3 });
  const list = await orders(desk, c.number);
  assert.deepEqual([list.draft, list.needsGround], [null, true]);
  await order(desk, c.number, { contractor: 'gren' }, 422);
  await order(desk, c.number, { contractor: 'gren', ground: 'osl-10-2' });
  const p = await submit();
  await act(desk, p.number, 'protect', {});
  await order(desk, p.number, { contractor: 'gren', ground: 'osl-10-2' }, 403);
});

test('the share that says most of a case suggests its contractor', async () => {
  const c = await submit();
  assert.equal((await orders(desk, c.number)).suggestion, null);
  await addShare(desk, { contractor: 'ljus', category: 'gatubelysning' });
  assert.equal((await orders(desk, c.number)).suggestion, 'ljus');
  const { district } = (await desk.get(at(c.number))).json;
  await addShare(desk, { contractor: 'gren', category: 'gatubelysning', district });
  assert.equal((await orders(desk, c.number)).suggestion, 'gren');
  await addShare(desk, { contractor: 'ljus' });
  assert.equal((await orders(desk, c.number)).suggestion, 'gren');
});

test('contractors come from a file, again and again, and what it leaves out stays', async () => {
  const file = (rows) => `code\tboard\tname\tway\tphone\tcategory\n${rows.map((r) => r.join('\t')).join('\n')}\n`;
  const load = (...rows) => server.ctl(['import', 'contractors', '-'], { input: file(rows) });
  const one = ['fil-park', 'Trafiknämnden', 'Park AB', 'link', '08-1', 'park'];
  for (const name of ['Park AB', 'Park och gren AB']) {
    const out = await load(one.with(2, name));
    assert.equal(out.code, 0, out.stderr);
    assert.deepEqual(await server.sql(`SELECT k.name, k.board, k.way, (SELECT string_agg(s.category, ',') FROM synpunkt.contractor_share s
      WHERE s.contractor = k.code) AS category FROM synpunkt.contractor k WHERE k.code = 'fil-park'`), [{ name, board: trafik, way: 'link', category: 'park' }]);
  }
  assert.notEqual((await load(['fil-x', 'Ingen nämnd', 'X', 'link', '', ''])).code, 0);
  assert.notEqual((await load(['fil-x', 'Trafiknämnden', 'X', 'brevduva', '', ''])).code, 0);
  assert.equal((await server.sql("SELECT 1 FROM synpunkt.contractor WHERE code IN ('gren', 'ljus')")).length, 2);
  const demo = await server.ctl(['import', 'contractors', `${import.meta.dirname}/../../server/demo/contractors.tsv`]);
  assert.equal(demo.code, 0, demo.stderr);
  assert.equal((await server.sql("SELECT 1 FROM synpunkt.contractor_share WHERE contractor = 'park' AND board = 'farsta-stadsdelsnamnd'")).length, 1);
});
