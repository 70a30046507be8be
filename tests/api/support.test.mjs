/* "The same thing": open public cases near a place, who supports them, what they are told. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { after, before, test } from 'node:test';

import { act, at, coordinator, events, serial } from './contract_desk_kit.mjs';
import { jpeg } from './contract_samples.mjs';
import { eventually, multipart, startServer } from './harness.mjs';
import { readLetter, startSink } from './smtp_sink.mjs';
import { newColleague } from './staff.mjs';

let server, sink, desk;
before(async () => {
  sink = await startSink();
  server = await startServer({ env: { SYNPUNKT_SMTP: sink.url,
    SYNPUNKT_MAIL_FROM: 'synpunkter@stad.example', SYNPUNKT_PUBLIC_URL: 'https://synpunkt.example' } });
  desk = await coordinator(server);
});
after(async () => {
  await server.stop();
  await sink.close();
});

let used = 0;
let writers = 0;
const newPlace = () => ({ lat: 59.3105 + used++ * 0.003, lon: 18.0101 });
const near = async ({ lat, lon }, category = 'gatubelysning') => {
  const res = await server.get(`/api/v1/open-cases?lat=${lat}&lon=${lon}&category=${category}`);
  assert.equal(res.status, 200, res.text);
  assert.equal(res.json.next, null);
  return res.json.items;
};

/* A public case at a place of its own, with its key; of an address of its own, for one gets ten
 * receipts an hour, and that an eleventh is not sent is an event of the case. */
async function publicCase(place = newPlace(), more = {}) {
  const res = await server.post('/api/v1/cases', { json: { text: 'Lampan är släckt', category: 'gatubelysning',
    contact: { name: 'Zita Zebra', email: `zita${++writers}@example.org` }, place, ...more } });
  assert.equal(res.status, 201, res.text);
  const key = await eventually('it is on the map', async () => (await server.sql(
    `SELECT key FROM synpunkt.public_case WHERE case_id = ${serial(res.json.number)}`))[0]?.key);
  return { ...res.json, key, place };
}
const device = () => crypto.randomBytes(16).toString('base64url');
const support = (c, json) => server.post(`/api/v1/open-cases/${c.key}/supports`, { json });
const added = async (c, json = { device: device() }) => {
  const res = await support(c, json);
  assert.equal(res.status, 201, res.text);
  return res.json;
};
const bearer = (token) => ({ headers: { authorization: `Bearer ${token}` } });
const current = (token) => server.get('/api/v1/supports/current', bearer(token));
const whole = async (c) => (await desk.get(at(c.number))).json;
const lettersTo = (to) => sink.letters.filter((l) => l.to === to).map((l) => readLetter(l.text));
const letterTo = (to, n = 1) => eventually(`letter ${n} to ${to}`, () => lettersTo(to)[n - 1]);
const pathOf = (letter) => /https:\/\/synpunkt\.example(\/stod\/[0-9A-Z]+)/.exec(letter.body)[1];

/* Somebody who supports it and has said yes to letters. */
async function follower(c, email, language = 'sv') {
  const made = await added(c, { device: device(), contact: { email }, language });
  assert.equal(made.letter, true);
  const path = pathOf(await letterTo(email));
  assert.equal((await server.post(path, { form: { svar: 'ja' } })).status, 303);
  return { ...made, path };
}

test('near a place: open public cases of the category, the nearest first, reviewed fields only', async () => {
  const place = newPlace();
  const c = await publicCase(place);
  const other = await publicCase({ lat: place.lat + 0.0004, lon: place.lon });
  await publicCase(place, { category: 'klotter' });
  await publicCase({ lat: place.lat + 0.0012, lon: place.lon });
  const items = await near(place);
  assert.deepEqual(items.map((i) => i.key), [c.key, other.key]);
  const [{ distance, ...rest }] = items;
  assert.ok(distance <= 20, 'rounded to squares of 25 metres');
  assert.deepEqual(rest, { key: c.key, category: 'gatubelysning', status: 'open', days: 0, photo: null, supporters: 0 });
  for (const secret of [c.number, serial(c.number), 'Zita', 'släckt'])
    assert.ok(!JSON.stringify(items).includes(secret), secret);
  await act(desk, c.number, 'close', { reason: 'remedied' });
  assert.deepEqual((await near(place)).map((i) => i.key), [other.key]);
});

test('without a place or a category: 422, all faults at once', async () => {
  const res = await server.get('/api/v1/open-cases?lat=x');
  assert.equal(res.status, 422);
  assert.deepEqual(res.json.invalidParams.map((p) => p.name).sort(), ['category', 'lat', 'lon']);
});

test('a device counts once, also when it asks again; another counts, too', async () => {
  const c = await publicCase();
  const mine = device();
  const first = await added(c, { device: mine });
  assert.deepEqual([first.supporters, first.new, first.letter], [1, true, false]);
  assert.deepEqual(await added(c, { device: mine }), { ...first, new: false });
  const second = await added(c);
  assert.deepEqual([second.supporters, second.new], [2, true]);
  assert.notEqual(second.supportToken, first.supportToken);
  assert.equal((await near(c.place))[0].supporters, 2);
  assert.equal((await whole(c)).supporters, 2);
  const list = (await desk.get('/api/v1/desk/cases?limit=200&sort=receivedAt')).json.items;
  assert.equal(list.find((i) => i.number === c.number).supporters, 2);
});

test('an address counts once, from however many devices and however it is written', async () => {
  const c = await publicCase();
  assert.equal((await added(c, { device: device(), contact: { email: 'Anna@Example.org' } })).new, true);
  const again = await added(c, { device: device(), contact: { email: 'anna@example.org' } });
  assert.deepEqual([again.supporters, again.new], [1, false]);
});

test('two taps at once are one supporter', async () => {
  const c = await publicCase();
  const json = { device: device() };
  const all = await Promise.all(Array.from({ length: 8 }, () => added(c, json)));
  assert.ok(all.every((a) => a.supporters === 1));
  assert.equal(all.filter((a) => a.new).length, 1);
});

test('neither device nor address is kept in clear, nor the same for two cases', async () => {
  const [c, d] = [await publicCase(), await publicCase()];
  const json = { device: device() };
  const [one, two] = [await added(c, json), await added(d, json)];
  assert.notEqual(one.supportToken, two.supportToken);
  const rows = await server.sql(`SELECT encode(device, 'hex') AS device, s::text AS whole
    FROM synpunkt.case_support s WHERE case_id IN (${serial(c.number)}, ${serial(d.number)})`);
  assert.notEqual(rows[0].device, rows[1].device);
  for (const { whole: text } of rows)
    for (const secret of [json.device, Buffer.from(json.device).toString('hex'), one.supportToken])
      assert.ok(!text.includes(secret));
});

test('each of the first ten is an event with the number alone, then each tenth', async () => {
  const c = await publicCase();
  const gone = await added(c);
  await server.delete('/api/v1/supports/current', bearer(gone.supportToken));
  for (let i = 0; i < 21; i++) await added(c);
  const said = (await events(server, c.number)).filter((e) => e.what === 'supported').map((e) => e.codes);
  assert.deepEqual(said.map((s) => JSON.parse(s)), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20]
    .map((supporters) => ({ supporters })));
  assert.equal((await whole(c)).version, 1, 'nobody who has the case open is in its way');
  const out = await server.ctl(['--json', 'audit', 'verify']);
  assert.equal(out.code, 0, out.stdout);
});

test('what is not public has no key; what is closed takes no supporters', async () => {
  const c = await publicCase();
  assert.equal((await support({ key: 'A'.repeat(22) }, { device: device() })).status, 404);
  await act(desk, c.number, 'close', { reason: 'remedied' });
  const res = await support(c, { device: device() });
  assert.equal(res.status, 409);
  assert.match(res.json.detail, /submit a new one/);
  const d = await publicCase();
  await act(desk, d.number, 'change', { sensitivity: 2 });
  assert.equal((await support(d, { device: device() })).status, 404);
});

test('what is no device, address or language: 422; without JSON: 415', async () => {
  const c = await publicCase();
  for (const [name, json] of [['device', {}], ['device', { device: 'short' }], ['device', { device: 'x'.repeat(65) }],
    ['device', { device: 'åäö'.repeat(8) }], ['contact.email', { device: device(), contact: { email: 'nej' } }],
    ['language', { device: device(), language: '!' }]]) {
    const res = await support(c, json);
    assert.equal(res.status, 422, JSON.stringify(json));
    assert.deepEqual(res.json.invalidParams.map((p) => p.name), [name]);
  }
  assert.equal((await server.post(`/api/v1/open-cases/${c.key}/supports`, { form: { device: device() } })).status, 415);
});

test('supports count against the ceiling of the address that they come from', async (t) => {
  const c = await publicCase();
  const strict = await startServer({ database: server.database, cluster: server.cluster,
    env: { SYNPUNKT_INTAKE_PER_HOUR: '1' } });
  t.after(() => strict.stop());
  const send = () => strict.post(`/api/v1/open-cases/${c.key}/supports`, { json: { device: device() } });
  assert.equal((await send()).status, 201);
  const res = await send();
  assert.equal(res.status, 429);
  assert.ok(Number(res.headers['retry-after']) > 0);
});

test('the token reads what may be told, and ends it', async () => {
  const c = await publicCase();
  const { supportToken } = await added(c);
  await added(c);
  let res = await current(supportToken);
  assert.equal(res.status, 200, res.text);
  assert.deepEqual(res.json, { status: 'open', category: 'gatubelysning', month: c.receivedAt.slice(0, 7),
    supporters: 2, answers: [] });
  assert.equal((await server.get('/api/v1/supports/current')).status, 401);
  assert.equal((await current('X'.repeat(52))).status, 404);
  assert.equal((await server.delete('/api/v1/supports/current', bearer(supportToken))).status, 204);
  res = await server.delete('/api/v1/supports/current', bearer(supportToken));
  assert.equal(res.status, 404);
  assert.equal((await current(supportToken)).status, 404);
  assert.equal((await near(c.place))[0].supporters, 1);
});

test('an answer goes to followers when staff say so, and else to nobody but the complainant', async () => {
  const c = await publicCase();
  const { supportToken } = await follower(c, 'foljare@example.org');
  await added(c, { device: device(), contact: { email: 'obekraftad@example.org' } });
  assert.equal((await whole(c)).followers, 1);
  await act(desk, c.number, 'reply', { text: 'Bara till dig, Zita.' });
  await act(desk, c.number, 'reply', { text: 'Lampan byts i dag.', followers: true });
  const letter = await letterTo('foljare@example.org', 2);
  assert.equal(letter.headers.subject, 'Svar i ett ärende som du följer (Gatubelysning)');
  assert.match(letter.body, /Lampan byts i dag\./);
  assert.match(letter.body, /Läge: öppet/);
  for (const secret of [c.number, serial(c.number), 'Zita', 'Bara till'])
    assert.ok(!`${letter.body}${letter.headers.subject}`.includes(secret), secret);
  assert.ok(!letter.headers['reply-to']);
  const { json } = await current(supportToken);
  assert.deepEqual(json.answers.map((a) => a.text), ['Lampan byts i dag.']);
  const replied = (await events(server, c.number)).filter((e) => e.what === 'replied');
  assert.deepEqual(replied.map((e) => JSON.parse(e.codes).followers), [undefined, true]);
  assert.equal(lettersTo('obekraftad@example.org').length, 1, 'asked, and told nothing');
  assert.ok((await whole(c)).mail.every((m) => !m.kind.startsWith('follower')));
});

test('the end is told, once, also with an answer that ends it', async () => {
  const [c, d] = [await publicCase(), await publicCase()];
  const one = await follower(c, 'slut1@example.org');
  await follower(d, 'slut2@example.org', 'en');
  await act(desk, c.number, 'close', { reason: 'remedied' });
  assert.match((await letterTo('slut1@example.org', 2)).headers.subject, /är avslutat/);
  assert.equal((await current(one.supportToken)).json.status, 'closed');
  await act(desk, d.number, 'reply', { text: 'Klart.', close: 'remedied', followers: true });
  const letter = await letterTo('slut2@example.org', 2);
  assert.match(letter.body, /Klart\./);
  assert.match(letter.body, /Status: closed/);
  const waiting = await server.sql(`SELECT 1 FROM synpunkt.outbox WHERE support_id IS NOT NULL AND sent_at IS NULL`);
  assert.deepEqual(waiting, []);
  assert.equal(lettersTo('slut2@example.org').length, 2);
});

test('once it may not be public, followers are told nothing more', async () => {
  const c = await publicCase();
  const { supportToken } = await follower(c, 'tyst@example.org');
  await act(desk, c.number, 'change', { sensitivity: 2 });
  assert.equal((await current(supportToken)).status, 404);
  assert.equal((await whole(c)).followers, 0);
  const { etag } = (await desk.get(at(c.number))).headers;
  const res = await desk.post(at(c.number, 'replies'), { etag, json: { text: 'Hej', followers: true } });
  assert.equal(res.status, 422);
  assert.deepEqual(res.json.invalidParams.map((p) => p.name), ['followers']);
  await act(desk, c.number, 'reply', { text: 'Hej', close: 'remedied' });
  await server.sql(`SELECT 1`);
  assert.equal(lettersTo('tyst@example.org').length, 1);
});

test('a letter under way when it becomes sensitive is not sent', async () => {
  const c = await publicCase();
  await follower(c, 'undervag@example.org');
  await act(desk, c.number, 'reply', { text: 'x', followers: true });
  await letterTo('undervag@example.org', 2);
  await server.sql(`UPDATE synpunkt.case SET sensitivity = 3 WHERE id = ${serial(c.number)};
    INSERT INTO synpunkt.outbox (kind, due_at, support_id) SELECT 'follower-closed', now(), id
      FROM synpunkt.case_support WHERE case_id = ${serial(c.number)}`);
  await eventually('it is given up', async () => (await server.sql(`SELECT 1 FROM synpunkt.outbox
    WHERE trouble = 'untold' AND failed_at IS NOT NULL`)).length);
  assert.equal(lettersTo('undervag@example.org').length, 2);
});

test('the letter asks, and the page answers by its buttons alone', async () => {
  const c = await publicCase();
  await added(c, { device: device(), contact: { email: 'fraga@example.org' } });
  const letter = await letterTo('fraga@example.org');
  assert.match(letter.headers.subject, /Vill du få brev/);
  assert.equal(letter.headers['auto-submitted'], 'auto-generated');
  const path = pathOf(letter);
  let page = await server.get(path);
  assert.equal(page.status, 200);
  assert.match(page.text, /Ja, skicka brev till mig/);
  assert.match(page.text, /Gatubelysning/);
  assert.equal((await whole(c)).followers, 0, 'to read it says nothing');
  const said = await server.post(`${path}%0A`, { form: { svar: 'ja' } });
  assert.equal(said.headers.location, path, 'with the line end of the letter');
  page = await server.get(path);
  assert.match(page.text, /Du får brev om ärendet/);
  assert.equal((await whole(c)).followers, 1);
  page = await server.post(path, { form: { svar: 'nej' } });
  assert.match(page.text, /Vi har inte din adress kvar/);
  assert.equal((await server.get(path)).status, 404);
  assert.equal((await whole(c)).followers, 0);
  assert.equal((await whole(c)).supporters, 1, 'the device still supports it');
  assert.deepEqual(await server.sql(`SELECT 1 FROM synpunkt.case_support WHERE case_id = ${serial(c.number)}
    AND (email IS NOT NULL OR address IS NOT NULL)`), []);
});

test('a changed letter in the link, or another’s address, opens nothing', async () => {
  const c = await publicCase();
  const mine = device();
  await added(c, { device: mine, contact: { email: 'forst@example.org' } });
  const path = pathOf(await letterTo('forst@example.org'));
  const flipped = path.slice(0, -3) + (path.at(-3) === '0' ? '1' : '0') + path.slice(-2);
  for (const wrong of [flipped, `${path}0`, '/stod/x', `/stod/${'0'.repeat(52)}`])
    for (const res of [await server.get(wrong), await server.post(wrong, { form: { svar: 'ja' } })])
      assert.equal(res.status, 404, wrong);
  await added(c, { device: mine, contact: { email: 'sedan@example.org' } });
  assert.equal((await server.post(path, { form: { svar: 'ja' } })).status, 404, 'it was for the address before');
  await letterTo('sedan@example.org');
});

test('ten letters an hour ask one address, whoever gives it, and no more', async () => {
  const places = await Promise.all(Array.from({ length: 6 }, () => publicCase()));
  const email = 'offer@example.org';
  const said = [];
  for (let i = 0; i < 12; i++)
    said.push((await added(places[i % 6], { device: device(), contact: { email } })).letter);
  assert.deepEqual(said, [...Array(10).fill(true), false, false]);
  await letterTo(email, 10);
});

test('what nobody confirms within seven days is forgotten; so are addresses of what is closed', async () => {
  const [c, d] = [await publicCase(), await publicCase()];
  await added(c, { device: device(), contact: { email: 'vecka@example.org' } });
  await letterTo('vecka@example.org');
  await follower(d, 'avslutad@example.org');
  await act(desk, d.number, 'close', { reason: 'remedied' });
  const rows = () => server.sql(`SELECT email, forget_at > now() + interval '59 days' AS late FROM synpunkt.case_support
    WHERE case_id IN (${serial(c.number)}, ${serial(d.number)}) AND email IS NOT NULL ORDER BY case_id`);
  assert.deepEqual((await rows()).map((r) => [r.email, r.late]), [['vecka@example.org', 'f'], ['avslutad@example.org', 't']]);
  await server.sql(`UPDATE synpunkt.case_support SET forget_at = now() WHERE email IS NOT NULL
    AND case_id IN (${serial(c.number)}, ${serial(d.number)})`);
  await eventually('they are forgotten', async () => (await rows()).length === 0);
  assert.equal((await whole(c)).supporters, 1);
});

test('an answer that awaits approval goes to followers when it is let go', async () => {
  const c = await publicCase();
  const { supportToken } = await follower(c, 'vantar@example.org');
  const carl = await newColleague(server, 'carl-h', 'case-handler@trafiknamnden', 'Carl Lind');
  await server.sql(`INSERT INTO synpunkt.approval_rule (board, valid_from, valid_to)
    VALUES ('trafiknamnden', '-infinity', 'infinity')`);
  try {
    await act(carl, c.number, 'reply', { text: 'Vi lagar den.', followers: true });
    assert.deepEqual((await current(supportToken)).json.answers, []);
    await act(desk, c.number, 'approve');
  } finally {
    await server.sql('DELETE FROM synpunkt.approval_rule');
  }
  assert.deepEqual((await current(supportToken)).json.answers.map((a) => a.text), ['Vi lagar den.']);
  assert.match((await letterTo('vantar@example.org', 2)).body, /Vi lagar den\./);
});

test('a case taken off the map by staff is gone from it, and comes back with its supporters', async () => {
  const c = await publicCase();
  await added(c);
  await act(desk, c.number, 'show-case', { shown: false });
  assert.deepEqual(await near(c.place), []);
  let it = await whole(c);
  assert.deepEqual([it.hiddenFromMap, it.onMap], [true, false]);
  assert.equal((await support(c, { device: device() })).status, 404);
  await act(desk, c.number, 'show-case', { shown: true });
  assert.equal((await near(c.place))[0].supporters, 1);
  it = await whole(c);
  assert.deepEqual([it.hiddenFromMap, it.onMap], [false, true]);
  assert.deepEqual((await events(server, c.number)).map((e) => e.what).filter((w) => w.startsWith('map-')),
    ['map-hidden', 'map-shown']);
  const { etag } = (await desk.get(at(c.number))).headers;
  assert.equal((await desk.post(at(c.number, 'publications'), { etag, json: {} })).status, 422);
});

test('what is held on a person has what they support, and nothing of the case', async () => {
  const c = await publicCase();
  await follower(c, 'registrerad@example.org');
  const officer = await newColleague(server, 'dso', 'data-protection-officer@trafiknamnden', 'Dora');
  const res = await officer.post('/api/v1/desk/persons', { json: { email: 'Registrerad@example.org' } });
  assert.equal(res.status, 200, res.text);
  const [item] = res.json.items;
  assert.equal(item.number, c.number);
  assert.equal(item.supported.email, 'registrerad@example.org');
  assert.ok(item.supported.confirmedAt);
  assert.equal(item.letters.length, 1);
  assert.doesNotMatch(JSON.stringify(item), /Zita|släckt/);
  const out = await server.ctl(['person', 'export', '--email', 'registrerad@example.org']);
  assert.match(out.stdout, /Stöder ärendet/);
});

/* A public case with a picture. */
async function pictured() {
  const place = newPlace();
  const res = await server.post('/api/v1/cases', { multipart: multipart([{ name: 'case', json: {
    text: 'Lampan', category: 'gatubelysning', place } },
  { name: 'attachment', filename: 'annas-hus.jpg', body: jpeg }]) });
  assert.equal(res.status, 201, res.text);
  const key = await eventually('it is on the map', async () => (await near(place))[0]?.key);
  return { ...res.json, key, place };
}
const photo = (c) => server.get(`/api/v1/open-cases/${c.key}/photo`);

test('a picture is seen by nobody until staff show it, small, and while the case is public', async () => {
  const c = await pictured();
  assert.equal((await photo(c)).status, 404);
  await act(desk, c.number, 'show-photo', { shown: true });
  const [item] = await near(c.place);
  assert.equal(item.photo, `/api/v1/open-cases/${c.key}/photo`);
  let res = await server.get(item.photo);
  assert.equal(res.status, 200);
  assert.equal(res.headers['content-type'], 'image/jpeg');
  assert.equal(res.headers['cache-control'], 'no-store');
  assert.match(res.headers['content-security-policy'], /sandbox/);
  assert.doesNotMatch(JSON.stringify(res.headers), /annas-hus/);
  const [row] = await server.sql(`SELECT sha256, thumbnail_sha256 FROM synpunkt.case_attachment
    WHERE case_id = ${serial(c.number)}`);
  assert.equal(crypto.createHash('sha256').update(res.body).digest('hex'), row.thumbnail_sha256);
  assert.deepEqual((await whole(c)).shownPhotos, [1]);
  await act(desk, c.number, 'change', { sensitivity: 2 });
  assert.equal((await photo(c)).status, 404);
  await act(desk, c.number, 'change', { sensitivity: 1 });
  assert.equal((await photo(c)).status, 200);
  await act(desk, c.number, 'show-photo', { shown: false });
  assert.equal((await photo(c)).status, 404);
  assert.equal((await near(c.place))[0].photo, null);
  assert.deepEqual((await events(server, c.number)).filter((e) => e.what.startsWith('photo-'))
    .map((e) => [e.what, JSON.parse(e.codes)]), [['photo-shown', { attachment: 1 }], ['photo-hidden', { attachment: 1 }]]);
});

test('what is no picture of the case cannot be shown, and not every role may', async () => {
  const c = await pictured();
  const show = async (client, n) => client.post(at(c.number, `attachments/${n}/publications`), {
    json: { shown: true }, etag: (await desk.get(at(c.number))).headers.etag });
  for (const n of ['0', '2', '999', 'x', '-1']) assert.equal((await show(desk, n)).status, 422, n);
  const reader = await newColleague(server, 'registrator', 'registrar@trafiknamnden', 'Rut');
  assert.equal((await show(reader, 1)).status, 403);
});
