/* Section 3: attachments, from the multipart form's edges to what is stored of a picture. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { assertProblem, follow, lamp, mib, serialOf, withFiles } from './contract_kit.mjs';
import { accepted, heic, jpeg, png, webp, xlsx } from './contract_samples.mjs';
import { multipart, startServer } from './harness.mjs';

let server;
before(async () => { server = await startServer(); });
after(async () => { await server.stop(); });

const send = (files, headers) => withFiles(server, lamp, files, headers);
const sendParts = (parts, headers) =>
  server.post('/api/v1/cases', { multipart: multipart(parts), headers });
const letters = (n, c = 'a') => Buffer.alloc(n, c);

function storedFiles(dir = `${server.state}/attachments`) {
  return fs.readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((e) => e.isFile()).map((e) => path.join(e.parentPath ?? e.path, e.name));
}

/* Types -------------------------------------------------------------------------------- */

for (const [name, type, bytes] of accepted)
  test(`${name}: ${type} is taken by its content`, async () => {
    const res = await send([['fil.bin', bytes]]);
    assert.equal(res.status, 201, res.text);
    const [a] = res.json.attachments;
    assert.deepEqual(Object.keys(a).sort(), ['name', 'size', 'state', 'type']);
    assert.equal(a.name, 'fil.bin');
    assert.equal(a.state, 'stored');
    if (!type.startsWith('image/')) assert.deepEqual([a.type, a.size], [type, bytes.length]);
    else assert.match(a.type, /^image\//);
    assert.ok(Number.isInteger(a.size) && a.size > 0);
  });

const refused = [
  ['html', '<!DOCTYPE html><html><body>x</body></html>'],
  ['svg', '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'],
  ['gif', 'GIF89a\u0001\u0000\u0001\u0000\u0000\u0000\u0000;'],
  ['program', Buffer.from('7f454c4602010100000000000000000002003e00', 'hex')],
  ['zip', Buffer.from('504b0506000000000000000000000000000000000000', 'hex')],
  ['xlsx', xlsx],
  ['octets', Buffer.from([0, 1, 2, 3, 255, 254, 0, 0, 7])],
];
for (const [name, bytes] of refused)
  test(`${name} is 415, whatever name and type it claims`, async () => {
    assertProblem(await send([['bild.jpg', Buffer.from(bytes), 'image/jpeg']]), 415);
  });

test('one wrong type refuses the whole: nothing is stored', async () => {
  const count = async () => (await server.sql('SELECT count(*) AS n FROM synpunkt.case'))[0].n;
  const before = await count();
  assertProblem(await send([['a.txt', letters(10)], ['b.gif', Buffer.from('GIF89a;')]]), 415);
  assert.equal(await count(), before);
});

/* A picture is taken apart --------------------------------------------------------------- */

const marks = [/GPS/, /Hemligkamera/, /Exif\0\0/, /eXIf/, /tEXt/, /EXIF/];

for (const [name, bytes] of [['jpg', jpeg], ['png', png()], ['webp', webp], ['heic', heic]])
  test(`of a ${name} neither position nor camera nor comment is stored`, async () => {
    const before = new Set(storedFiles());
    const res = await send([[`bild.${name}`, bytes]]);
    assert.equal(res.json.attachments[0].state, 'stored');
    const files = storedFiles();
    for (const file of files.filter((f) => !before.has(f))) {
      const text = fs.readFileSync(file, 'latin1');
      for (const mark of marks) assert.ok(!mark.test(text), `${file}: ${mark}`);
    }
    for (const file of files)
      assert.ok(!fs.readFileSync(file).equals(bytes), 'the original is kept');
    assert.ok(Buffer.from(bytes).toString('latin1').includes('Hemligkamera'), 'a fair test');
  });

for (const [name, bytes] of [['half a JPEG', jpeg.subarray(0, 300)],
  ['a PNG with noise', Buffer.concat([png().subarray(0, 60), letters(300, 0xee)])],
  ['half a HEIC', heic.subarray(0, 400)]])
  test(`${name} cannot be decoded: 201, refused, an event, the case kept`, async () => {
    const res = await send([['trasig', bytes], ['hel.txt', letters(5)]]);
    assert.equal(res.status, 201, res.text);
    assert.deepEqual(res.json.attachments.map((a) => a.state), ['refused', 'stored']);
    const told = await follow(server, res.json.number, res.json.followUpCode);
    assert.deepEqual(told.json.attachments, res.json.attachments);
    const events = await server.sql(`SELECT what FROM synpunkt.case_event
      WHERE case_id = ${serialOf(res)}`);
    assert.ok(events.some((e) => e.what.includes('refused')), JSON.stringify(events));
  });

test('a picture that would be huge is refused and harms nobody', async () => {
  const res = await send([['bomb.png', png(60000, 30)], ['b2.png', png(30000, 1500)]]);
  assert.equal(res.status, 201, res.text);
  assert.equal((await send([['a.png', png()]])).json.attachments[0].state, 'stored');
});

/* Numbers and sizes --------------------------------------------------------------------- */

test('ten are taken, eleven are 413', async () => {
  const files = Array.from({ length: 11 }, (_, i) => [`${i}.txt`, Buffer.from(`fil ${i}`)]);
  const res = await send(files.slice(0, 10));
  assert.equal(res.status, 201, res.text);
  assert.deepEqual(res.json.attachments.map((a) => a.name), files.slice(0, 10).map((f) => f[0]));
  assertProblem(await send(files), 413);
});

test('20 MiB is taken, one octet more is 413', async () => {
  const res = await send([['a.txt', letters(20 * mib)]]);
  assert.equal(res.status, 201, res.text);
  assert.equal(res.json.attachments[0].size, 20 * mib);
  assertProblem(await send([['a.txt', letters(20 * mib + 1)]]), 413);
});

test('50 MiB together are taken, one octet more is 413', async () => {
  const files = [['a.txt', letters(20 * mib, 'a')], ['b.txt', letters(20 * mib, 'b')]];
  assert.equal((await send([...files, ['c.txt', letters(10 * mib, 'c')]])).status, 201);
  assertProblem(await send([...files, ['c.txt', letters(10 * mib + 1, 'c')]]), 413);
});

test('a body far too large is 413 before it is read', async () => {
  const res = await server.post('/api/v1/cases', { body: letters(10),
    headers: { 'content-type': 'multipart/form-data; boundary=x', 'content-length': 1 << 30 },
    timeout: 10000 });
  assertProblem(res, 413);
});

test('the part case has the limit of a JSON body', async () => {
  const res = await sendParts([{ name: 'case', type: 'application/json',
    body: JSON.stringify({ ...lamp, pad: 'x'.repeat(256 * 1024) }) }]);
  assertProblem(res, 413);
});

/* The form -------------------------------------------------------------------------------- */

test('multipart without files is a case like any other', async () => {
  const res = await sendParts([{ name: 'case', json: lamp }]);
  assert.equal(res.status, 201, res.text);
  assert.deepEqual(res.json.attachments, []);
});

test('the part case may come last, and need not name its type', async () => {
  const res = await sendParts([{ name: 'attachment', filename: 'a.txt', body: 'hej' },
    { name: 'case', body: JSON.stringify(lamp) }]);
  assert.equal(res.status, 201, res.text);
  assert.equal(res.json.attachments.length, 1);
});

test('without a part case it is refused', async () => {
  for (const parts of [[{ name: 'attachment', filename: 'a.txt', body: 'hej' }],
    [{ name: 'Case', json: lamp }]]) {
    const res = await sendParts(parts);
    assert.ok([400, 422].includes(res.status), res.text);
    assertProblem(res, res.status);
  }
});

test('broken JSON in the part case is 400, wrong members are 422', async () => {
  assertProblem(await sendParts([{ name: 'case', type: 'application/json', body: '{"text":' }]), 400);
  assertProblem(await sendParts([{ name: 'case', json: { text: '', type: 'deviation' } }]),
    422, ['text', 'type']);
});

test('two parts case are refused', async () => {
  const res = await sendParts([{ name: 'case', json: lamp }, { name: 'case', json: { text: 'b' } }]);
  assert.ok([400, 422].includes(res.status), `${res.status}`);
});

test('parts that are not known are ignored', async () => {
  const res = await sendParts([{ name: 'other', body: 'x' }, { name: 'case', json: lamp },
    { name: 'file', filename: 'a.exe', body: 'MZ' }]);
  assert.equal(res.status, 201, res.text);
  assert.deepEqual(res.json.attachments, []);
});

test('a form that breaks off, or has no boundary, is 400', async () => {
  const whole = multipart([{ name: 'case', json: lamp }]);
  const post = (body, type) => server.post('/api/v1/cases',
    { body, headers: { 'content-type': type } });
  assertProblem(await post(whole.body.subarray(0, -6), whole.type), 400);
  assertProblem(await post('', whole.type), 400);
  for (const type of ['multipart/form-data', 'multipart/form-data; boundary=',
    `multipart/form-data; boundary=${'x'.repeat(71)}`]) {
    const res = await post(whole.body, type);
    assert.ok([400, 415].includes(res.status), `${type}: ${res.status}`);
    assertProblem(res, res.status);
  }
});

test('a name with a path, quotes or control marks stays harmless', async () => {
  for (const filename of ['../../etc/passwd', 'C:\\temp\\a.txt', 'a%22b.txt', 'å ä ö.txt',
    'x'.repeat(1000)]) {
    const res = await send([[filename, letters(5)]]);
    assert.equal(res.status, 201, res.text);
    const [{ name }] = res.json.attachments;
    assert.ok(name.length > 0 && name.length <= 255, name);
    assert.ok(!name.includes('/') && !name.includes('\\'), name);
  }
});

test('a file is told by number and code with the case', async () => {
  const res = await send([['a.txt', letters(7)]]);
  const told = await follow(server, res.json.number, res.json.followUpCode);
  assert.deepEqual(told.json.attachments,
    [{ name: 'a.txt', type: 'text/plain', size: 7, state: 'stored' }]);
});

test('equal content is stored once', async () => {
  await send([['ett.txt', Buffer.from('lika stort innehåll')]]);
  const before = storedFiles().length;
  await send([['annat.txt', Buffer.from('lika stort innehåll')]]);
  assert.equal(storedFiles().length, before);
});

/* With a key ------------------------------------------------------------------------------- */

test('the same key with the same files is the same answer', async () => {
  const headers = { 'idempotency-key': 'f-1' };
  const first = await send([['a.jpg', jpeg]], headers);
  const again = await send([['a.jpg', jpeg]], headers);
  assert.equal(again.status, 201);
  assert.deepEqual(again.json, first.json);
});

test('files are compared by content', async () => {
  const headers = { 'idempotency-key': 'f-2' };
  await send([['a.txt', letters(5)]], headers);
  assertProblem(await send([['a.txt', letters(6)]], headers), 409);
  assertProblem(await send([], headers), 409);
  assertProblem(await send([['a.txt', letters(5)], ['b.txt', letters(6)]], headers), 409);
});

test('concurrent uploads with one key are one case', async () => {
  const headers = { 'idempotency-key': 'f-3' };
  const all = await Promise.all(Array.from({ length: 6 }, () => send([['a.jpg', jpeg]], headers)));
  assert.deepEqual([...new Set(all.map((r) => r.status))], [201]);
  assert.equal(new Set(all.map((r) => r.json.number)).size, 1);
});
