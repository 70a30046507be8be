/* Pictures masked at the desk: what is under an area is gone, the original is not. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { at, farsta, serial, trafik } from './contract_desk_kit.mjs';
import { assertProblem } from './contract_kit.mjs';
import { pdf } from './contract_samples.mjs';
import { eventually, multipart, startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

const width = 160;
const height = 96;
const area = { left: 33, top: 17, width: 50, height: 40 };
let server;
let desk;
let there;
let dir;
let photos;

/* A colourful picture that nowhere is near black, as PNG, and as a telephone's JPEG: held on
 * its side, with a position. */
before(async () => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'synpunkt-mask-'));
  const pixels = Buffer.alloc(width * height * 3);
  for (let i = 0; i < width * height; i++)
    pixels.set([120 + i % width / 2, 200 - Math.floor(i / width), 150], i * 3);
  fs.writeFileSync(`${dir}/a.ppm`, Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), pixels]));
  const make = (...args) => execFileSync('vips', args, { cwd: dir });
  make('copy', 'a.ppm', 'a.png');
  make('rot', 'a.ppm', 'side.ppm', 'd270');
  make('copy', 'side.ppm', 'a.jpg[Q=90]');
  execFileSync('exiftool', ['-q', '-overwrite_original', '-n', '-Orientation=6', '-GPSLatitude=59.25',
    '-GPSLongitude=18.09', '-Make=Hemligkamera', `${dir}/a.jpg`]);
  photos = { png: fs.readFileSync(`${dir}/a.png`), jpg: fs.readFileSync(`${dir}/a.jpg`) };
  server = await startServer();
  desk = await newColleague(server, 'kontrakt-co', `coordinator@${trafik}`, 'Cia Ord');
  there = await newColleague(server, 'dar', `coordinator@${farsta}`, 'Dan Där');
});
after(async () => {
  await server?.stop();
  fs.rmSync(dir, { recursive: true, force: true });
});

/* {width, height, at(x, y)} of a picture's bytes. */
function decoded(bytes) {
  fs.writeFileSync(`${dir}/got`, bytes);
  execFileSync('vips', ['copy', 'got', 'got.ppm'], { cwd: dir });
  const raw = fs.readFileSync(`${dir}/got.ppm`);
  const [head, w, h] = /^P6\s+(?:#.*\n)*(\d+)\s+(\d+)\s+255\s/.exec(raw.toString('latin1'));
  return { width: Number(w), height: Number(h),
    at: (x, y) => [...raw.subarray(head.length + (y * w + x) * 3, head.length + (y * w + x) * 3 + 3)] };
}

async function submit(...files) {
  const res = await server.post('/api/v1/cases', { multipart: multipart([{ name: 'case', json: {
    text: 'Skylten', category: 'gatubelysning', place: { lat: 59.3251, lon: 18.0711 } } },
  ...files.map((body, i) => ({ name: 'attachment', filename: `bild-${i + 1}.bin`, body }))]) });
  assert.equal(res.status, 201, res.text);
  return res.json;
}
const file = (client, number, n, query = '') => client.get(at(number, `attachments/${n}${query}`));
const masks = (client, number, areas, { n = 1, etag = '*' } = {}) =>
  client.post(at(number, `attachments/${n}/masks`), { json: { areas }, etag });
async function masked(client, number, areas = [area], n = 1) {
  const { etag } = (await client.get(at(number))).headers;
  const res = await masks(client, number, areas, { n, etag });
  assert.equal(res.status, 201, res.text);
  assert.notEqual(res.headers.etag, etag);
  return res.json.attachments.find((a) => a.n === n);
}
const transferred = async (client, number, json) => {
  const { etag } = (await client.get(at(number))).headers;
  const res = await client.post(at(number, 'transfers'), { etag, json: { ground: 'no-secrecy', ...json } });
  assert.equal(res.status, 201, res.text);
};

for (const [kind, far, rim] of [['png', 0, 0], ['jpg', 40, 16]])
  test(`${kind}: what was under an area is black, the rest is the picture, and nothing says where it was`, async () => {
    const { number } = await submit(photos[kind]);
    const before = await file(desk, number, 1);
    const { mask, original, name } = await masked(desk, number);
    assert.deepEqual([mask.version, mask.byName, mask.areas, original], [1, 'Cia Ord', [area], true]);

    const res = await file(desk, number, 1, '?masked=1');
    assert.equal(res.headers['content-type'], before.headers['content-type']);
    assert.match(res.headers['content-disposition'], /maskad-bild-1/);
    assert.ok(mask.size === res.body.length && name === 'bild-1.bin');
    const [copy, whole] = [decoded(res.body), decoded(before.body)];
    assert.deepEqual([copy.width, copy.height, whole.width, whole.height], [width, height, width, height]);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const isUnder = x >= area.left && x < area.left + area.width && y >= area.top && y < area.top + area.height;
        /* JPEG draws blocks of 16: at the rim black and picture touch each other. */
        const isAtRim = !isUnder && x >= area.left - rim && x < area.left + area.width + rim
          && y >= area.top - rim && y < area.top + area.height + rim;
        const got = copy.at(x, y);
        if (isUnder) assert.ok(got.every((v) => v <= far), `${x},${y} shows ${got}`);
        else if (!isAtRim) assert.ok(got.every((v, i) => Math.abs(v - whole.at(x, y)[i]) <= rim / 4), `${x},${y} is ${got}`);
      }
    fs.writeFileSync(`${dir}/got`, res.body);
    assert.doesNotMatch(execFileSync('exiftool', ['-a', '-G', `${dir}/got`], { encoding: 'utf8' }), /GPS|Hemligkamera|EXIF|XMP/);
    const small = decoded((await file(desk, number, 1, '?masked=1&thumbnail=1')).body);
    assert.ok(small.at(area.left + 25, area.top + 20).every((v) => v <= 30));
    assert.ok((await file(desk, number, 1)).body.equals(before.body), 'the original is as it was');
  });

test('a second mask is made from the original, and counts', async () => {
  const { number } = await submit(photos.png);
  await masked(desk, number);
  const { mask } = await masked(desk, number, [{ left: 0, top: 0, width: 8, height: 8 }]);
  assert.equal(mask.version, 2);
  const now = decoded((await file(desk, number, 1, '?masked=1')).body);
  assert.deepEqual(now.at(0, 0), [0, 0, 0]);
  assert.ok(now.at(area.left + 1, area.top + 1)[0] > 100);
  const { events } = (await desk.get(at(number))).json;
  assert.deepEqual(events.filter((e) => e.what === 'picture-masked').map((e) => [e.byName, e.codes]),
    Array.from({ length: 2 }, () => ['Cia Ord', { attachment: 1, areas: 1 }]));
});

test('areas outside the picture, no area and too many are refused, and so is what is no picture', async () => {
  const { number } = await submit(photos.png, pdf);
  const wrong = [[], Array(51).fill(area), [{ ...area, left: -1 }], [{ ...area, width: 0 }], [{ ...area, top: 1.5 }],
    [{ ...area, left: '3' }], [{ left: 0, top: 0, width: 5 }], ['x'], 'x', undefined,
    [{ ...area, left: width }], [{ left: 0, top: 0, width: width + 1, height: 1 }],
    [area, { left: width - 1, top: height - 1, width: 1, height: 2 }], [{ ...area, left: 65535, width: 65535 }],
    [{ ...area, top: 4294967295 }]];
  for (const areas of wrong) assertProblem(await masks(desk, number, areas), 422, ['areas']);
  for (const n of [2, 3, 0, 'x']) assertProblem(await masks(desk, number, [area], { n }), 422, ['attachment']);
  const { version, attachments } = (await desk.get(at(number))).json;
  assert.deepEqual(attachments.map((a) => a.mask), [null, null]);
  assert.equal((await file(desk, number, 1, '?masked=1')).status, 404);
  const kept = await masks(desk, number, [{ left: 0, top: 0, width, height }], { etag: `"${version}"` });
  assert.equal(kept.status, 201, kept.text);
});

test('the case as it was seen, by somebody who may change it, and once when two press at a time', async () => {
  const { number } = await submit(photos.png);
  const { etag } = (await desk.get(at(number))).headers;
  assertProblem(await desk.post(at(number, 'attachments/1/masks'), { json: { areas: [area] } }), 428);
  const both = await Promise.all([1, 2].map(() => masks(desk, number, [area], { etag })));
  assert.deepEqual(both.map((r) => r.status).sort(), [201, 409]);
  assert.equal(both.find((r) => r.status === 409).json.current.attachments[0].mask.version, 1);
  const secretary = await newColleague(server, 'sekreterare', `board-secretary@${trafik}`);
  assertProblem(await masks(secretary, number, [area]), 403);
  assertProblem(await masks(there, number, [area]), 404);
  assertProblem(await desk.post(at(number, 'attachments/1/masks'), { json: { areas: [area] }, etag: '*',
    headers: { 'x-csrf-token': 'x' } }), 403);
});

test('a picture that the public sees is replaced at once, and the complainant keeps their own', async () => {
  const { number, followUpCode: code } = await submit(photos.png);
  const [{ key }] = await eventually('it is on the map', async () => {
    const rows = await server.sql(`SELECT key FROM synpunkt.public_case WHERE case_id = ${serial(number)}`);
    return rows.length && rows;
  });
  const seen = () => server.get(`/api/v1/open-cases/${key}/photo`);
  assert.equal((await desk.post(at(number, 'attachments/1/publications'), { json: { shown: true }, etag: '*' })).status, 201);
  const inside = [area.left + 25, area.top + 20];
  assert.ok(decoded((await seen()).body).at(...inside)[0] > 100);
  await masked(desk, number);
  const res = await seen();
  assert.equal(res.headers['cache-control'], 'no-store');
  assert.ok(decoded(res.body).at(...inside).every((v) => v <= 30));

  const own = await server.get(`/folj/${number}/${code}/bilaga/1`);
  assert.ok(own.body.equals((await file(desk, number, 1)).body));
  const told = await server.get(`/api/v1/cases/${number}`, { headers: { authorization: `Bearer ${code}` } });
  assert.equal(told.json.attachments.length, 1);
  assert.doesNotMatch(told.text, /mask/);
});

const hashOf = (client) => crypto.createHash('sha256').update(Buffer.from(client.cookie.split('=')[1], 'hex')).digest('hex');

test('another board gets the copy, unless the sender says the original; who had it has it again', async () => {
  const { number } = await submit(photos.png, photos.jpg);
  const first = await file(desk, number, 1);
  const { mask } = await masked(desk, number);
  await transferred(desk, number, { board: farsta });
  let it = (await there.get(at(number))).json;
  assert.deepEqual(it.attachments.map((a) => [a.n, a.original, a.mask?.version]), [[1, false, 1], [2, true, undefined]]);
  assert.deepEqual([it.attachments[0].size, it.withheld], [mask.size, ['notes', 'originals']]);
  const copy = await file(there, number, 1, '?masked=1');
  assert.ok((await file(there, number, 1)).body.equals(copy.body), 'the copy is all there is');
  assert.ok((await file(there, number, 1, '?thumbnail=1')).body.length > 0);
  assert.deepEqual(await server.sqlAs('synpunkt_desk', `SET synpunkt.session = '${hashOf(there)}';
    SELECT seq FROM synpunkt.case_attachment WHERE case_id = ${serial(number)}`), [{ seq: '2' }]);

  /* They mask what they have; the sender's part is as it was. */
  await masked(there, number, [{ left: 0, top: 0, width: 9, height: 9 }]);
  const again = decoded((await file(there, number, 1)).body);
  assert.deepEqual([again.at(0, 0), again.at(area.left, area.top)], [[0, 0, 0], [0, 0, 0]]);
  const left = (await desk.get(at(number))).json;
  assert.deepEqual([left.part, left.attachments[0].original, left.attachments[0].mask.version], ['earlier', true, 1]);
  assert.ok((await file(desk, number, 1)).body.equals(first.body));
  assert.ok((await file(desk, number, 1, '?masked=1')).body.equals(copy.body));

  const { etag } = (await there.get(at(number))).headers;
  assert.equal((await there.post(at(number, 'returns'), { json: {}, etag })).status, 201);
  it = (await desk.get(at(number))).json;
  assert.deepEqual(it.attachments.map((a) => [a.original, a.mask?.version]), [[true, 2], [true, undefined]]);
  assert.ok((await file(desk, number, 1)).body.equals(first.body));
  assert.ok((await file(there, number, 1)).body.equals((await file(there, number, 1, '?masked=1')).body));

  await transferred(desk, number, { board: farsta, send: ['attachments', 'originals'] });
  it = (await there.get(at(number))).json;
  assert.deepEqual([it.attachments[0].original, it.withheld.includes('originals')], [true, false]);
  assert.ok((await file(there, number, 1)).body.equals(first.body));
});

test('what a split takes along is the copy: of what is under it the new case has nothing', async () => {
  const { number } = await submit(photos.png);
  await masked(desk, number);
  const { etag } = (await desk.get(at(number))).headers;
  const res = await desk.post(at(number, 'splits'), { etag, json: { parts: [{ text: 'Stolpen lutar.',
    category: 'gatubelysning', board: trafik, attachments: [1] }] } });
  assert.equal(res.status, 201, res.text);
  const [{ number: other }] = res.json.cases;
  const copy = await file(desk, number, 1, '?masked=');
  const taken = await file(desk, other, 1);
  assert.equal(taken.status, 200);
  assert.deepEqual(taken.body, copy.body);
  assert.notDeepEqual(taken.body, (await file(desk, number, 1)).body);
});
