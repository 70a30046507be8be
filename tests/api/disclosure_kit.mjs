/* What can be got out of a PDF, to see that what is masked is nowhere in it. */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import zlib from 'node:zlib';

const run = promisify(execFile);

/* Every stream of it unpacked, beside what stands between them. */
function unpacked(bytes) {
  const parts = [bytes.toString('latin1')];
  let from = 0;
  let n = 0;
  for (;;) {
    const begin = bytes.indexOf('stream', from);
    if (begin < 0) break;
    const start = begin + 6 + (bytes[begin + 6] === 13 ? 2 : 1);
    const end = bytes.indexOf('endstream', start);
    assert.ok(end > 0);
    const data = bytes.subarray(start, end);
    const head = bytes.subarray(bytes.lastIndexOf('obj', begin), begin).toString('latin1');
    if (/FlateDecode/.test(head)) { parts.push(zlib.inflateSync(data, { finishFlush: zlib.constants.Z_SYNC_FLUSH }).toString('latin1')); n++; }
    else if (/DCTDecode/.test(head)) parts.push(data.toString('latin1')); /* a JPEG: looked at as a picture */
    else assert.doesNotMatch(head, /Filter/, head);
    from = end + 9;
  }
  assert.ok(n > 0, 'there are packed streams');
  return parts.join('\n');
}

/* All that can be got out of a PDF: its text, its objects with every stream unpacked, what it
 * says of itself, its tags, and its pictures. */
export async function everything(where) {
  const big = { maxBuffer: 1 << 28 };
  const { stdout: shown } = await run('pdftotext', ['-raw', where, '-'], big);
  const { stdout: tags } = await run('pdfinfo', ['-struct-text', where], big);
  const { stdout: about } = await run('pdfinfo', ['-meta', where], big);
  const { stdout: info } = await run('pdfinfo', [where], big);
  const { stdout: images } = await run('pdfimages', ['-list', where], big);
  return { shown, tags, about: about + info, raw: unpacked(fs.readFileSync(where)), images: images.trim().split('\n').slice(2) };
}

/* Every picture and every mask of one that is in it, as {width, height, at(x, y)}. */
export async function layers(where) {
  const dir = path.dirname(where);
  const root = `${where}-layer`;
  await run('pdfimages', ['-png', where, root]);
  return fs.readdirSync(dir).filter((name) => path.join(dir, name).startsWith(root)).sort().map((name) => {
    execFileSync('vips', ['copy', name, 'layer.ppm'], { cwd: dir });
    const raw = fs.readFileSync(path.join(dir, 'layer.ppm'));
    const [head, kind, w, h] = /^P([56])\s+(?:#.*\n)*(\d+)\s+(\d+)\s+255\s/.exec(raw.toString('latin1'));
    const bands = kind === '6' ? 3 : 1;
    return { width: Number(w), height: Number(h), at: (x, y) =>
      [...raw.subarray(head.length + (y * w + x) * bands, head.length + (y * w + x) * bands + bands)] };
  });
}
const forms = (word) => [word, word.toLowerCase(), Buffer.from(word, 'utf16le').toString('latin1'),
  Buffer.from(word, 'utf16le').swap16().toString('latin1'), Buffer.from(word).toString('hex'),
  Buffer.from(word, 'utf16le').swap16().toString('hex')];
export function assertGone(pdf, words) {
  const flat = (t) => t.replace(/\s+/g, ' ');
  const hex = (t) => t.replace(/[\s<>]/g, '').toLowerCase();
  for (const word of words) {
    for (const where of ['shown', 'tags', 'about'])
      assert.ok(!flat(pdf[where]).toLowerCase().includes(word.toLowerCase()), `${word} in ${where}`);
    for (const form of forms(word)) assert.ok(!pdf.raw.includes(form) && !hex(pdf.raw).includes(form), `${word} in the objects`);
  }
}
