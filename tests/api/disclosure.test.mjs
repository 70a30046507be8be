/* Documents handed out to somebody who asked: what is masked is gone from every byte of what
 * leaves, what may be secret waits for somebody, and nobody is asked who they are or why. */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import { at, farsta, serial, trafik } from './contract_desk_kit.mjs';
import { pdf as paper } from './contract_samples.mjs';
import { assertGone, everything, layers } from './disclosure_kit.mjs';
import { csvParse, multipart, startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

const run = promisify(execFile);
const root = '/api/v1/desk/disclosures';
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'synpunkt-disclosure-'));
const secret = { name: 'Zebrina Qvidingsson', email: 'zebrina@qviding.example', phone: '070-123 45 67',
  number: '19811218-9876', street: 'Vildvinsgatan 14' };
const text = `Snön ligger kvar 🚲 utanför ${secret.street}. Jag heter ${secret.name}, ${secret.number}, `
  + `ring ${secret.phone} eller skriv till ${secret.email}. Zebrinas granne Åke väntar också.`;
let server;
let carl; /* coordinator of trafik, who decides */
let rut; /* registrar */
let anna; /* case-handler */
let fia; /* coordinator of another board */

before(async () => {
  server = await startServer();
  carl = await newColleague(server, 'carl', `coordinator@${trafik}`, 'Carl Alm');
  rut = await newColleague(server, 'rut', `registrar@${trafik}`, 'Rut Dahl');
  anna = await newColleague(server, 'anna', `case-handler@${trafik}`, 'Anna Ek');
  fia = await newColleague(server, 'fia', `coordinator@${farsta}`, 'Fia Lind');
});
after(async () => {
  fs.rmSync(dir, { recursive: true, force: true });
  await server.stop();
  assert.doesNotMatch(server.log, /Sanitizer|runtime error|pdf_not_made|page_failed/);
  for (const word of ['Qviding', '19811218', 'zebrina@']) assert.ok(!server.log.includes(word), `${word} is in the log`);
});

async function submit(json = {}, files = []) {
  const whole = { text: 'Det är mörkt', category: 'gatubelysning', ...json };
  const res = await server.post('/api/v1/cases', files.length ? { multipart: multipart([{ name: 'case', json: whole },
    ...files.map((body, i) => ({ name: 'attachment', filename: `Zebrina-${i}.jpg`, body }))]) } : { json: whole });
  assert.equal(res.status, 201, res.text);
  return res.json.number;
}
const personal = (files) => submit({ text, contact: { name: secret.name, email: secret.email, phone: secret.phone } }, files);

async function opened(who = carl, asked = 'Klagomål om snö') {
  const res = await who.post(root, { json: { board: trafik, asked } });
  assert.equal(res.status, 201, res.text);
  return res.json.id;
}
async function withCases(numbers, who = carl) {
  const id = await opened(who);
  const res = await who.post(`${root}/${id}/cases`, { json: { numbers } });
  assert.equal(res.status, 200, res.text);
  return { id, whole: res.json };
}
const documents = async (id, number, who = carl) => {
  const res = await who.get(`${root}/${id}/cases/${number}`);
  assert.equal(res.status, 200, res.text);
  return Object.fromEntries(res.json.items.map((d) => [d.document, d]));
};
const put = (id, number, d, json, who = carl) =>
  who.put(`${root}/${id}/cases/${number}/documents/${d.document}`, { json: { hash: d.hash, because: d.because, ...json } });
const accepted = (d, section = 'OSL 21:7') => d.proposals.map(({ start, end }) => ({ start, end, section }));
const done = (res, status = 200) => { assert.equal(res.status, status, res.text); return res.json; };
const decide = (id, decision = 'Beslut. Uppgifter omfattas av sekretess.') =>
  carl.post(`${root}/${id}/decisions`, { json: { decision } });

async function fileOf(id, ending, who = carl) {
  const res = await fetch(`${server.url}/desk/utlamnande/${id}/${ending}`, { headers: { cookie: who.cookie } });
  const bytes = Buffer.from(await res.arrayBuffer());
  assert.equal(res.status, 200, `${ending}: ${bytes.subarray(0, 300)}`);
  const where = path.join(dir, `${id}.${ending}`);
  fs.writeFileSync(where, bytes);
  return { where, bytes, name: res.headers.get('content-disposition') };
}

test('what is masked is in no byte of the bundle or the table, and the rest is', async () => {
  const number = await personal();
  const { id } = await withCases([number]);
  let d = await documents(id, number);
  assert.deepEqual([d.text.state, d.text.because], ['needs', ['identity-number']]);
  done(await put(id, number, d.text, { decision: 'part', masks: accepted(d.text) }));
  d = await documents(id, number);
  done(await put(id, number, d.contact, { decision: 'part', masks: accepted(d.contact) }));
  d = await documents(id, number);
  assert.deepEqual([d.text.state, d.contact.state], ['part', 'part']);
  done(await decide(id));

  const pdf = await everything((await fileOf(id, 'pdf')).where);
  const flat = pdf.shown.replace(/\s+/g, ' ');
  for (const word of ['Snön ligger kvar', 'granne Åke väntar också', '[maskat, OSL 21:7]', `Ärende ${number}`, 'Beslut',
    'Gatubelysning', 'Klagomål om snö']) assert.ok(flat.includes(word), `${word}: ${flat}`);
  assertGone(pdf, ['Zebrina', 'Qvidingsson', 'Zebrinas', secret.email, 'qviding', '123 45 67', secret.number, '9876',
    'Vildvinsgatan', 'Vildvin']);
  assert.deepEqual(pdf.images, []);
  for (const tag of ['H1', 'H2', 'H3', 'P']) assert.match(pdf.tags, new RegExp(`^ *${tag}\\b`, 'm'), tag);
  assert.match(pdf.about, /Title: +Utlämnande av allmänna handlingar, U\d{4}-\d+/);
  assert.doesNotMatch(pdf.about, /Author|Carl|Alm/);

  const { bytes, name } = await fileOf(id, 'csv');
  const csv = bytes.toString();
  assert.match(name, /^attachment; filename="utlamnande-U\d{4}-\d+\.csv"$/);
  assert.match(csv, /"Ärende";"Inkom".*"Synpunkten"/);
  assert.match(csv, /Snön ligger kvar .* utanför \[maskat, OSL 21:7\]/);
  for (const word of ['Zebrin', 'qviding', '9876', 'Vildvin', '45 67']) assert.ok(!csv.includes(word), word);

  /* The same rows in the workbook, every part of it unpacked. */
  const book = await fileOf(id, 'xlsx');
  assert.match(book.name, /^attachment; filename="utlamnande-U\d{4}-\d+\.xlsx"$/);
  const { stdout: parts } = await run('unzip', ['-p', book.where], { maxBuffer: 1 << 26 });
  for (const word of [number, 'Snön ligger kvar', '[maskat, OSL 21:7]', 'Gatubelysning', 'Utlämnande av allmänna handlingar'])
    assert.ok(parts.includes(word), word);
  for (const word of ['Zebrin', 'qviding', '9876', 'Vildvin', '45 67', 'Carl', 'Alm']) assert.ok(!parts.includes(word), word);
  assert.deepEqual((await fileOf(id, 'xlsx')).bytes, book.bytes, 'the same gives the same bytes');
});

test('a compilation opens as a table, texts are texts, and of what is not decided the name says so', async () => {
  const number = await submit({ text: '=HYPERLINK("http://x.example";"klicka")\nrad två' });
  const { id } = await withCases([number]);
  assert.match((await fileOf(id, 'csv')).name, /filename="utkast-U/);
  const { where, name } = await fileOf(id, 'xlsx');
  assert.match(name, /filename="utkast-U/);
  await run('soffice', [`-env:UserInstallation=file://${dir}/profile`, '--headless', '--convert-to',
    'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false', '--outdir', dir, where], { timeout: 120000 });
  const rows = csvParse(fs.readFileSync(where.replace(/xlsx$/, 'csv'), 'utf8'));
  assert.deepEqual(rows[0].slice(0, 2), ['Ärende', 'Inkom']);
  assert.equal(rows[1][0], number);
  assert.equal(rows[1].at(-1), '=HYPERLINK("http://x.example";"klicka")\nrad två');
});

test('a passage is counted in characters, also after those of two code units', async () => {
  const number = await submit({ text: '🚲🚲 Åsa Ö bor här' });
  const { id } = await withCases([number]);
  const { text: d } = await documents(id, number);
  done(await put(id, number, d, { decision: 'part', masks: [{ start: 3, end: 8, section: 'OSL 26:1' },
    { start: 6, end: 9, section: 'OSL 21:7' }] }));
  assert.match((await fileOf(id, 'csv')).bytes.toString(), /"🚲🚲 \[maskat, OSL 26:1\]bor här"/);
});

test('what may be masked is proposed, each passage once', async () => {
  const number = await personal();
  const { id } = await withCases([number]);
  const { text: d } = await documents(id, number);
  const letters = [...d.text];
  const said = d.proposals.map(({ start, end, kind }) => [kind, letters.slice(start, end).join('')]);
  assert.deepEqual(said, [['address', secret.street], ['name', secret.name], ['identity-number', secret.number],
    ['phone', secret.phone], ['email', secret.email], ['name', 'Zebrinas']]);
});

test('a name of signs is looked for as it was written, and finds nothing else', async () => {
  for (const name of ['Bo (.*) Ek', 'Ek [a-z]+$', '\\d+ Ek', 'Ek|ben', '(((( Ek', '{9} Ek?']) {
    const number = await submit({ text: `Benet är av. ${name}, granne`, contact: { name } });
    const { id } = await withCases([number]);
    const { text: d } = await documents(id, number);
    const masked = d.proposals.map(({ start, end }) => d.text.slice(start, end)).join(' ');
    assert.ok(masked.includes('Ek'), name);
    assert.ok(!/Benet|granne/.test(masked), `${name}: ${masked}`);
  }
});

test('what is marked, sensitive, protected or a child’s waits for a decision, and is not in what is made before', async () => {
  const plain = await submit({ text: 'Lampan är vanlig' });
  const marked = await submit({ text: 'Hemligheten ett' });
  const sensitive = await submit({ text: 'Hemligheten två' });
  const protectedOne = await submit({ text: 'Hemligheten tre', contact: { name: 'Zelda' } });
  const { etag } = (await rut.get(at(marked))).headers;
  done(await rut.post(at(marked, 'markings'), { json: { section: 'OSL 26:1' }, etag }), 201);
  await server.sql(`UPDATE synpunkt.case SET sensitivity = 3, handler = (SELECT id FROM synpunkt.staff_user
    WHERE username = 'carl') WHERE id = ${serial(sensitive)}`);
  await server.sql(`UPDATE synpunkt.case SET sensitivity = 4, protected_by = (SELECT id FROM synpunkt.staff_user
    WHERE username = 'carl') WHERE id = ${serial(protectedOne)}`);
  const { id, whole } = await withCases([plain, marked, sensitive, protectedOne]);
  const because = Object.fromEntries(whole.items.map((i) => [i.number, i.because]));
  assert.deepEqual([because[plain], because[marked], because[sensitive], because[protectedOne]],
    [[], ['marked'], ['sensitive'], ['protected', 'sensitive']]);
  const draft = (await fileOf(id, 'csv')).bytes.toString();
  assert.match(draft, /Lampan är vanlig/);
  assert.doesNotMatch(draft, /Hemligheten|Zelda/);
  const pdf = await everything((await fileOf(id, 'pdf')).where);
  assert.match(pdf.shown, /Utkast/);
  assertGone(pdf, ['Hemligheten', 'Zelda']);
  assert.equal((await decide(id)).status, 409);

  for (const number of [marked, sensitive, protectedOne])
    for (const d of Object.values(await documents(id, number)))
      done(await put(id, number, d, number === marked ? { decision: 'whole' } : { decision: 'refused', section: 'OSL 21:3' }));
  assert.equal((await decide(id, '')).status, 422);
  const end = done(await decide(id));
  assert.deepEqual([end.state, end.documents, end.refused], ['decided', 2, 3]);
  const out = await everything((await fileOf(id, 'pdf')).where);
  assert.match(out.shown, /Hemligheten ett/);
  assert.match(out.shown, /Lämnas inte ut/);
  assertGone(out, ['Hemligheten två', 'Hemligheten tre', 'Zelda']);
  /* Of a case that is refused whole there is the number alone. */
  const row = (await fileOf(id, 'csv')).bytes.toString().split('\r\n').find((line) => line.includes(protectedOne));
  assert.match(row, /^"[^"]+";"";"";"";"";"";"[^"]*";"";"";"Lämnas inte ut \(OSL 21:3\)"$/);
});

test('who may not read a case gets nothing of it, and cannot decide for those who may', async () => {
  const number = await submit({ text: 'Bara för få ögon' });
  await server.sql(`UPDATE synpunkt.case SET sensitivity = 4, protected_by = (SELECT id FROM synpunkt.staff_user
    WHERE username = 'carl') WHERE id = ${serial(number)}`);
  const { id } = await withCases([number]);
  done(await put(id, number, (await documents(id, number)).text, { decision: 'whole' }));
  const seen = done(await rut.get(`${root}/${id}`));
  assert.deepEqual([seen.items, seen.unreadable], [[], 1]);
  assert.equal((await rut.get(`${root}/${id}/cases/${number}`)).status, 404);
  assert.equal((await rut.post(`${root}/${id}/decisions`, { json: {} })).status, 409);
  assert.doesNotMatch((await fileOf(id, 'csv', rut)).bytes.toString(), /Bara för få/);
  const other = await opened(rut);
  const added = done(await rut.post(`${root}/${other}/cases`, { json: { numbers: [number, '2026-999999'] } }));
  assert.deepEqual(added.adding, { added: 0, unreadable: 1, unknown: 1, passed: [] });
});

test('a decision is no decision when the text or what is known of it has changed', async () => {
  const number = await personal();
  const { id } = await withCases([number]);
  const { text: d } = await documents(id, number);
  done(await put(id, number, d, { decision: 'part', masks: accepted(d) }));
  await server.sql(`UPDATE synpunkt.case_content SET body = 'Nytt före. ' || body WHERE case_id = ${serial(number)}
    AND kind = 'text'`);
  assert.equal((await documents(id, number)).text.state, 'needs');
  assert.equal((await put(id, number, d, { decision: 'whole' })).status, 409);
  assert.doesNotMatch((await fileOf(id, 'csv')).bytes.toString(), /Nytt före/);

  const calm = await submit({ text: 'Helt vanlig text' });
  const { id: second } = await withCases([calm]);
  done(await decide(second));
  const { etag } = (await rut.get(at(calm))).headers;
  done(await rut.post(at(calm, 'markings'), { json: { section: 'OSL 26:1' }, etag }), 201);
  /* Decided, and not handed out: nothing leaves before it has been decided anew. */
  for (const form of ['csv', 'pdf']) assert.equal((await carl.get(`/desk/utlamnande/${second}/${form}`)).status, 409);
  assert.equal((await carl.post(`${root}/${second}/handovers`, { json: { how: 'letter' } })).status, 409);
  const logs = () => server.sql(`SELECT count(*) AS n FROM synpunkt.disclosure_event WHERE disclosure_id = ${second}
    AND what = 'file-made'`);
  assert.deepEqual(await logs(), [{ n: '0' }]);
  done(await carl.post(`${root}/${second}/reopenings`));
  assert.doesNotMatch((await fileOf(second, 'csv')).bytes.toString(), /Helt vanlig/);
  assert.deepEqual(await logs(), [{ n: '1' }]);
});

test('a decision is about the reasons that were shown', async () => {
  const number = await submit({ text: 'Ingen såg detta' });
  const { id } = await withCases([number]);
  const { text: shown } = await documents(id, number);
  assert.deepEqual(shown.because, []);
  const { etag } = (await rut.get(at(number))).headers;
  done(await rut.post(at(number, 'markings'), { json: { section: 'OSL 26:1' }, etag }), 201);
  assert.equal((await put(id, number, shown, { decision: 'whole' })).status, 409);
  assert.equal((await put(id, number, shown, { decision: 'whole', because: undefined })).status, 422);
  assert.equal((await put(id, number, shown, { decision: 'whole', because: [''] })).status, 409);
  const { text: now } = await documents(id, number);
  assert.equal(now.state, 'needs');
  done(await put(id, number, now, { decision: 'whole' }));
});

test('what is masked in one document does not leave by another that nobody looked at', async () => {
  const number = await submit({ text: `Det är mörkt hos ${secret.name}.`, contact: { name: secret.name, email: 'z@q.example' } });
  const { id } = await withCases([number]);
  let d = await documents(id, number);
  assert.deepEqual([d.text.state, d.contact.state], ['clear', 'clear']);
  done(await put(id, number, d.text, { decision: 'part', masks: accepted(d.text) }));
  d = await documents(id, number);
  assert.deepEqual([d.text.state, d.contact.state, d.contact.because], ['part', 'needs', ['repeats']]);
  assert.equal((await decide(id)).status, 409);
  for (const form of ['csv', 'pdf']) assert.ok(!(await fileOf(id, form)).bytes.includes('Zebrina'));
  assertGone(await everything((await fileOf(id, 'pdf')).where), ['Zebrina', 'Qvidingsson']);

  /* Whoever was shown it may hand it out all the same, or mask it there, too. */
  done(await put(id, number, d.contact, { decision: 'whole' }));
  assert.equal((await documents(id, number)).contact.state, 'whole');
  done(await put(id, number, (await documents(id, number)).contact, { decision: 'part', masks: accepted(d.contact) }));
  d = await documents(id, number);
  assert.deepEqual([d.contact.state, d.contact.because], ['part', []]);
  done(await decide(id));
  assertGone(await everything((await fileOf(id, 'pdf')).where), ['Zebrina', 'Qvidingsson']);
});

test('a decision of before does not know what is masked afterwards', async () => {
  const number = await submit({ text: `Hälsa ${secret.name.toUpperCase()}, telefon 070-1234567`, contact: { name: secret.name, phone: secret.phone } });
  const { id } = await withCases([number]);
  let d = await documents(id, number);
  done(await put(id, number, d.text, { decision: 'whole' }));
  done(await put(id, number, d.contact, { decision: 'part', masks: accepted(d.contact) }));
  d = await documents(id, number);
  assert.deepEqual([d.text.state, d.text.because, d.contact.state], ['needs', ['repeats'], 'part']);
  /* The number alone, written in another way. */
  const [, phone] = d.contact.masks;
  done(await put(id, number, d.contact, { decision: 'part', masks: [phone] }));
  assert.deepEqual((await documents(id, number)).text.because, ['repeats']);
  /* Short words are in everything. */
  done(await put(id, number, d.contact, { decision: 'part', masks: [{ start: 0, end: 3, section: 'OSL 21:7' }] }));
  assert.deepEqual((await documents(id, number)).text.state, 'whole');
});

test('a case that goes to another board is in it no more, and does not hold the rest up', async () => {
  const [stays, goes] = [await submit({ text: 'Kvar' }), await submit({ text: 'Bort' })];
  const { id, whole } = await withCases([stays, goes]);
  assert.deepEqual([whole.cases, whole.unreadable], [2, 0]);
  await server.sql(`UPDATE synpunkt.case SET board = '${farsta}' WHERE id = ${serial(goes)}`);
  const after = done(await carl.get(`${root}/${id}`));
  assert.deepEqual([after.cases, after.unreadable, after.items.map((i) => i.number)], [1, 0, [stays]]);
  assert.deepEqual([done(await decide(id, '')).cases, (await carl.get(`${root}/${id}`)).json.documents], [1, 1]);
  done(await carl.post(`${root}/${id}/handovers`, { json: { how: 'mail' } }));
});

test('of a case that was passed on it is said which board has it, and nothing of it is handed out', async () => {
  const [before, later] = [await submit({ text: 'Zebrina före' }), await submit({ text: 'Zebrina efter' })];
  const passOn = async (number) => done(await carl.post(at(number, 'transfers'), { json: { board: farsta, ground: 'no-secrecy' },
    etag: (await carl.get(at(number))).headers.etag }), 201);
  const goneTo = (number) => [{ number, board: farsta, boardName: 'Farsta stadsdelsnämnd' }];
  await passOn(before);
  const { id, whole } = await withCases([before, later, '2026-999999999']);
  assert.deepEqual(whole.adding, { added: 1, unreadable: 0, unknown: 1, passed: goneTo(before) });
  assert.deepEqual(whole.passed, []);
  await passOn(later);
  const now = done(await carl.get(`${root}/${id}`));
  assert.deepEqual([now.items, now.cases, now.passed], [[], 0, goneTo(later)]);
  assert.ok(!(await fileOf(id, 'csv')).bytes.includes('Zebrina'));
  /* Whoever has it hands it out; and tells nobody else's board of it. */
  const theirs = done(await fia.post(root, { json: { board: farsta, asked: 'Snö' } }), 201).id;
  assert.equal(done(await fia.post(`${root}/${theirs}/cases`, { json: { numbers: [before, later] } })).adding.added, 2);
  const never = await submit();
  assert.deepEqual(done(await fia.post(`${root}/${theirs}/cases`, { json: { numbers: [never] } })).adding,
    { added: 0, unreadable: 0, unknown: 1, passed: [] });
});

test('what was decided whole is not handed out in part: a case that has gone since has it decided anew', async () => {
  await server.sql(`INSERT INTO synpunkt.disposal (decision, rule, ran_at, ran_by) VALUES ('§ 1', 'prov', now(), 'Arkivarien')`);
  for (const go of [`board = '${farsta}'`, `position = NULL, disposed_on = synpunkt.today(),
    disposal_id = (SELECT max(id) FROM synpunkt.disposal)`]) {
    const [stays, goes] = [await submit({ text: 'Kvar' }), await submit({ text: 'Bort' })];
    const { etag } = (await carl.get(at(goes))).headers;
    done(await carl.post(at(goes, 'replies'), { json: { text: 'Tack', close: 'explained' }, etag }), 201);
    const { id } = await withCases([stays, goes]);
    done(await decide(id, ''));
    await server.sql(`UPDATE synpunkt.case SET ${go} WHERE id = ${serial(goes)}`);
    assert.deepEqual([(await carl.get(`${root}/${id}`)).json.cases, (await carl.get(`${root}/${id}`)).json.unreadable], [2, 1]);
    assert.equal((await carl.get(`/desk/utlamnande/${id}/pdf`)).status, 409, go);
    assert.equal((await carl.post(`${root}/${id}/handovers`, { json: { how: 'mail' } })).status, 409, go);
    assert.deepEqual(done(await carl.post(`${root}/${id}/reopenings`)).cases, 1);
    done(await decide(id, ''));
    const csv = (await fileOf(id, 'csv')).bytes.toString();
    assert.ok(csv.includes('Kvar') && !csv.includes('Bort'));
    assert.equal(done(await carl.post(`${root}/${id}/handovers`, { json: { how: 'mail' } })).cases, 1);
  }
});

test('what is written after the decision is not in it', async () => {
  const number = await submit();
  const { id } = await withCases([number]);
  done(await decide(id));
  const { etag } = (await carl.get(at(number))).headers;
  done(await carl.post(at(number, 'replies'), { json: { text: 'Senare svar', close: 'explained' }, etag }), 201);
  assert.doesNotMatch((await everything((await fileOf(id, 'pdf')).where)).shown, /Senare svar/);
  assert.equal((await carl.post(`${root}/${id}/cases`, { json: { numbers: [number] } })).status, 409);
  done(await carl.post(`${root}/${id}/reopenings`));
  assert.match((await everything((await fileOf(id, 'pdf')).where)).shown, /Senare svar/);
});

/* Nowhere near black, and red where something is to be hidden. */
const size = { width: 160, height: 96 };
const area = { left: 32, top: 16, width: 48, height: 40 };
const isUnder = (x, y, rim = 0) => x >= area.left - rim && x < area.left + area.width + rim
  && y >= area.top - rim && y < area.top + area.height + rim;
function newPicture(kind) {
  const pixels = Buffer.alloc(size.width * size.height * 3);
  for (let i = 0; i < size.width * size.height; i++)
    pixels.set(isUnder(i % size.width, Math.floor(i / size.width)) ? [250, 40, 40] : [120, 200, 150], i * 3);
  fs.writeFileSync(path.join(dir, 'new.ppm'), Buffer.concat([Buffer.from(`P6\n${size.width} ${size.height}\n255\n`), pixels]));
  execFileSync('vips', ['copy', 'new.ppm', `new.${kind}`], { cwd: dir });
  execFileSync('exiftool', ['-q', '-overwrite_original', ...(kind === 'webp' ? [] : ['-Comment=Zebrina']), '-Artist=Zebrina', path.join(dir, `new.${kind}`)]);
  return fs.readFileSync(path.join(dir, `new.${kind}`));
}
async function masked(number) {
  const { etag } = (await carl.get(at(number))).headers;
  const res = await carl.post(at(number, 'attachments/1/masks'), { json: { areas: [area] }, etag });
  assert.equal(res.status, 201, res.text);
}
const isRed = ([r, g, b]) => r > 150 && g < 110 && b < 110;

for (const kind of ['png', 'jpg', 'webp'])
  test(`${kind}: a picture is in the bundle as it was decided on, and in no layer is what its areas cover`, async () => {
    const number = await submit({ text: 'Se bilden' }, [newPicture(kind)]);
    const { id } = await withCases([number]);
    const d = (await documents(id, number))['attachment-1'];
    assert.deepEqual([d.state, d.because, d.text], ['needs', ['file'], null]);
    assert.equal((await put(id, number, d, { decision: 'part' })).status, 409, 'there is no copy yet');
    assert.deepEqual(await layers((await fileOf(id, 'pdf')).where), [], 'nobody has decided');
    done(await put(id, number, d, { decision: 'whole' }));
    const [whole, ...none] = await layers((await fileOf(id, 'pdf')).where);
    assert.deepEqual([none, whole.width, whole.height], [[], size.width, size.height]);
    assert.ok(isRed(whole.at(area.left + 20, area.top + 20)), 'as it came');

    await masked(number);
    const again = (await documents(id, number))['attachment-1'];
    assert.equal(again.state, 'needs', 'a copy is another document');
    done(await put(id, number, again, { decision: 'part' }));
    done(await decide(id));
    const { where } = await fileOf(id, 'pdf');
    const found = await layers(where);
    assert.equal(found.length, 1);
    for (let y = 0; y < size.height; y++)
      for (let x = 0; x < size.width; x++) {
        assert.ok(!isRed(found[0].at(x, y)), `${x}, ${y}`);
        if (isUnder(x, y, -16)) assert.ok(found[0].at(x, y).every((v) => v <= 40), `${x}, ${y}: ${found[0].at(x, y)}`);
        else if (!isUnder(x, y, 16)) assert.ok(found[0].at(x, y)[1] > 150, `${x}, ${y}: ${found[0].at(x, y)}`);
      }
    const pdf = await everything(where);
    assert.match(pdf.shown, /Bilaga 1/);
    assert.match(pdf.tags, /Figure/);
    assert.doesNotMatch(pdf.shown, /egen fil/);
    assertGone(pdf, ['Zebrina']);
  });

test('a file that is no picture is handed out as its own, by no name', async () => {
  const number = await submit({ text: 'Se filen' }, [paper]);
  const { id } = await withCases([number]);
  const d = (await documents(id, number))['attachment-1'];
  done(await put(id, number, d, { decision: 'whole' }));
  done(await decide(id));
  const pdf = await everything((await fileOf(id, 'pdf')).where);
  assert.match(pdf.shown, /Bilaga 1[^]*egen fil/);
  assert.deepEqual(pdf.images, []);
  assertGone(pdf, ['Zebrina-0']);
});

/* A case that was answered with a paper and a picture. */
async function answeredWithFiles() {
  const number = await submit({ text: 'Hur ser det ut?' });
  const { etag } = (await anna.get(at(number))).headers;
  done(await anna.post(at(number, 'replies'), { etag, multipart: multipart([{ name: 'reply', json: { text: 'Se filerna.' } },
    { name: 'attachment', filename: 'Zebrina.pdf', body: paper }, { name: 'attachment', filename: 'Zebrina.jpg', body: newPicture('jpg') }]) }), 201);
  return number;
}

test('what the city sent with a reply is decided on as other files are, and is handed out', async () => {
  const number = await answeredWithFiles();
  const { id } = await withCases([number]);
  const all = await documents(id, number);
  for (const n of [1, 2]) {
    const d = all[`replyfile-${n}`];
    assert.deepEqual([d.kind, d.state, d.because, d.file.picture], ['replyfile', 'needs', ['file'], n === 2]);
    assert.equal((await put(id, number, d, { decision: 'part' })).status, 409, 'of it there is no copy');
    done(await put(id, number, d, { decision: 'whole' }));
  }
  done(await decide(id));
  const { where } = await fileOf(id, 'pdf');
  const pdf = await everything(where);
  assert.match(pdf.shown, /Fil till svar 1[^]*egen fil/);
  assert.equal((await layers(where)).length, 1);
  assertGone(pdf, ['Zebrina']);
});

test('a file of a reply that is refused is not handed out', async () => {
  const number = await answeredWithFiles();
  const { id } = await withCases([number]);
  const all = await documents(id, number);
  done(await put(id, number, all['replyfile-1'], { decision: 'whole' }));
  done(await put(id, number, all['replyfile-2'], { decision: 'refused', section: 'OSL 21:7' }));
  done(await decide(id));
  assert.deepEqual(await layers((await fileOf(id, 'pdf')).where), []);
});

test('a file of a reply in which something was found is no document any more, also when it was decided on', async () => {
  const number = await answeredWithFiles();
  const { id } = await withCases([number]);
  const [{ sha }] = await server.sql(`SELECT x ->> 'sha256' AS sha FROM synpunkt.case_content t, jsonb_array_elements(t.body::jsonb) x
    WHERE t.case_id = ${serial(number)} AND t.kind = 'reply-files' AND x ->> 'type' = 'application/pdf'`);
  done(await put(id, number, (await documents(id, number))['replyfile-1'], { decision: 'whole' }));
  const other = await submit({ text: 'Samma fil' }, [paper]);
  await server.sql(`UPDATE synpunkt.case_attachment SET sha256 = '${sha}', state = 'infected' WHERE case_id = ${serial(other)}`);
  assert.equal((await documents(id, number))['replyfile-1'], undefined);
  assert.doesNotMatch((await everything((await fileOf(id, 'pdf')).where)).shown, /Fil till svar 1/);
});

test('a request such as all of a subject, a district and a year is answered by filter, as far as one reads', async () => {
  for (let i = 0; i < 6; i++) await submit({ text: `Snö ${i}`, category: 'snorojning' });
  const [{ board, category, ...all }] = await server.sql(`SELECT board, category, count(*) AS n FROM synpunkt.case
    WHERE category = 'snorojning' AND type = 'complaint' GROUP BY 1, 2`);
  const n = Number(all.n);
  const who = await newColleague(server, 'siv', `coordinator@${board}`, 'Siv Ask');
  const { id } = done(await who.post(root, { json: { board, asked: 'Snö 2026' } }), 201);
  const whole = done(await who.post(`${root}/${id}/cases`, { json: { filter: { category, from: '2020-01-01', type: 'complaint' } } }));
  assert.equal(whole.adding.added, n);
  assert.equal(done(await who.post(`${root}/${id}/cases`, { json: { filter: { category, to: '2020-01-01' } } })).adding.added, 0);
  const csv = (await fileOf(id, 'csv', who)).bytes.toString();
  for (let i = 0; i < 6; i++) assert.ok(csv.includes(`"Snö ${i}"`));
  await server.sql(`UPDATE synpunkt.case SET district = 'farsta' WHERE category = 'snorojning'`);
  const { id: second } = done(await who.post(root, { json: { board, asked: 'Snö i Farsta' } }), 201);
  assert.equal(done(await who.post(`${root}/${second}/cases`, { json: { filter: { category, district: 'farsta', type: 'complaint' } } })).adding.added, n);
  assert.equal(done(await who.post(`${root}/${second}/cases`, { json: { filter: { category, district: 'alvsjo' } } })).adding.added, 0);
});

test('there are no more than five hundred cases in one', async () => {
  const number = await submit();
  await server.sql(`UPDATE synpunkt.case SET received_on = '2019-03-01' WHERE id = ${serial(number)};
    INSERT INTO synpunkt.case SELECT (jsonb_populate_record(c, jsonb_build_object('id', 900000 + g))).*
    FROM synpunkt.case c, generate_series(1, 500) g WHERE c.id = ${serial(number)}`);
  const id = await opened();
  const year = { from: '2019-01-01', to: '2019-12-31' };
  assert.equal((await carl.post(`${root}/${id}/cases`, { json: { filter: year } })).status, 409);
  assert.equal(done(await carl.get(`${root}/${id}`)).cases, 0);
});

test('nobody is asked who or why, and nothing takes it', async () => {
  const columns = await server.sql(`SELECT column_name AS c FROM information_schema.columns
    WHERE table_schema = 'synpunkt' AND table_name LIKE 'disclosure%'`);
  assert.ok(columns.length > 20);
  assert.ok(columns.every(({ c }) => !/name|mail$|address|who|why|purpose|asker|requester/.test(c)), JSON.stringify(columns));
  for (const asked of ['Allt om zebrina@qviding.example', 'Allt om 811218-9876', 'Allt om 198112189876', ''])
    assert.equal((await carl.post(root, { json: { board: trafik, asked } })).status, 422, asked);
});

test('only registrars and coordinators of the board hand out', async () => {
  const id = await opened(rut);
  for (const who of [anna, fia]) {
    assert.equal((await who.post(root, { json: { board: trafik, asked: 'x' } })).status, 403);
    assert.equal((await who.get(`${root}/${id}`)).status, 404);
    assert.ok(!done(await who.get(root)).items.some((d) => d.id === id));
    assert.equal((await who.get(`/desk/utlamnande/${id}/pdf`)).status, 404);
    assert.equal((await who.get(`/desk/utlamnande/register/${trafik}/csv`)).status, 404);
    assert.equal((await who.post(`${root}/${id}/decisions`, { json: {} })).status, 404);
  }
  const theirs = await submit();
  await server.sql(`UPDATE synpunkt.case SET board = '${farsta}' WHERE id = ${serial(theirs)}`);
  assert.deepEqual(done(await rut.post(`${root}/${id}/cases`, { json: { numbers: [theirs] } })).adding,
    { added: 0, unreadable: 0, unknown: 1, passed: [] });
});

test('a decision does not repeat what is masked, and passages must be of the text', async () => {
  const number = await personal();
  const { id } = await withCases([number]);
  const { text: d } = await documents(id, number);
  for (const masks of [[], [{ start: 3, end: 3, section: 'OSL 26:1' }], [{ start: 0, end: 99999, section: 'OSL 26:1' }],
    [{ start: -1, end: 2, section: 'OSL 26:1' }], [{ start: 0, end: 2, section: 'x' }], [{ start: 0, end: 2 }], 'x', [1]])
    assert.equal((await put(id, number, d, { decision: 'part', masks })).status, 422, JSON.stringify(masks));
  assert.equal((await put(id, number, d, { decision: 'refused' })).status, 422);
  assert.equal((await put(id, number, { ...d, document: 'note-1' }, { decision: 'whole' })).status, 404);
  done(await put(id, number, d, { decision: 'part', masks: accepted(d) }));
  done(await put(id, number, (await documents(id, number)).contact, { decision: 'refused', section: 'OSL 21:7' }));
  assert.equal((await decide(id, `${secret.name} skyddas.`)).status, 422);
  /* However a number is parted. */
  for (const phone of [secret.phone, secret.phone.replace(/\D/g, ''), secret.phone.replace(/\D/g, '').replace(/..(?=.)/g, '$& ')])
    assert.equal((await decide(id, `Numret ${phone} skyddas.`)).status, 422, phone);
  const { suggestedDecision } = done(await carl.get(`${root}/${id}`));
  assert.match(suggestedDecision, /Kammarrätten i Stockholm.*inom tre veckor/s);
  assert.match(suggestedDecision, /OSL 21:7/);
  done(await decide(id, suggestedDecision));
});

test('what was done is written down, by numbers, and the register has it', async () => {
  const number = await submit();
  const { id } = await withCases([number]);
  const { reference } = done(await decide(id));
  await fileOf(id, 'pdf');
  const whole = done(await carl.post(`${root}/${id}/handovers`, { json: { how: 'letter' } }));
  assert.deepEqual(whole.events.map((e) => e.what), ['handed-out', 'file-made', 'decided', 'cases-added', 'opened']);
  assert.equal((await carl.post(`${root}/${id}/reopenings`)).status, 409);
  const [log] = await server.sql(`SELECT board, what, filter ->> 'disclosure' AS ref, rows, actor FROM synpunkt.export_log
    WHERE what = 'disclosure-pdf' ORDER BY id DESC LIMIT 1`);
  assert.deepEqual([log.board, log.ref, log.rows], [trafik, reference, '1']);
  assert.match(log.actor, /^user:\d+$/);
  const csv = await fetch(`${server.url}/desk/utlamnande/register/${trafik}/csv`, { headers: { cookie: rut.cookie } });
  assert.match(await csv.text(), new RegExp(`"${reference}";"\\d{4}-\\d\\d-\\d\\d";"Klagomål om snö";"Utlämnat";"1";"1";"0";"0";.*"Brev"`));
  const { items } = done(await rut.get(`${root}?board=${trafik}&limit=1`));
  assert.equal(items.length, 1);
});

test('reading a sensitive case for a disclosure is logged', async () => {
  const number = await submit({ text: 'Känsligt' });
  await server.sql(`UPDATE synpunkt.case SET sensitivity = 3, handler = (SELECT id FROM synpunkt.staff_user
    WHERE username = 'carl') WHERE id = ${serial(number)}`);
  const { id } = await withCases([number]);
  await documents(id, number);
  const [{ n }] = await server.sql(`SELECT count(*) AS n FROM synpunkt.read_log WHERE case_id = ${serial(number)}
    AND what = 'disclosure'`);
  assert.equal(n, '1');
});
