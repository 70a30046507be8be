/* Stored files that no case refers to go; those of a case stay for ever. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { eventually, multipart, startServer } from './harness.mjs';

const sha256 = (text) => crypto.createHash('sha256').update(text).digest('hex');

/* As if it had been put so many hours ago. */
function put(server, text, hours) {
  const hash = sha256(text);
  const dir = path.join(server.state, 'attachments', hash.slice(0, 2), hash.slice(2, 4));
  const file = path.join(dir, hash);
  const owner = fs.statSync(path.join(server.state, 'attachments'));
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  fs.writeFileSync(file, text, { mode: 0o600 });
  for (const made of [file, dir, path.dirname(dir)]) fs.chownSync(made, owner.uid, owner.gid);
  fs.utimesSync(file, new Date(), new Date(Date.now() - hours * 3600e3));
  return file;
}

test('files of no case go after two days, others stay', async (t) => {
  const server = await startServer({ env: { SYNPUNKT_CLEAR_MS: '2' } });
  t.after(() => server.stop());
  const res = await server.post('/api/v1/cases', { multipart: multipart([
    { name: 'case', json: { text: 'Med fil' } },
    { name: 'attachment', filename: 'a.txt', body: 'ett ärendes fil\n' }]) });
  assert.equal(res.status, 201, res.text);
  const kept = put(server, 'ett ärendes fil\n', 1000);
  const young = put(server, 'en ny fil\n', 47);
  const old = [1, 2, 3, 4, 5].map((n) => put(server, `en gammal fil ${n}\n`, 49));
  await eventually('the old ones are gone', () => !old.some((f) => fs.existsSync(f)), 30000);
  await eventually('all parts were looked through again', async () => {
    const again = put(server, 'sist\n', 49);
    await eventually('it is gone', () => !fs.existsSync(again), 30000);
    return true;
  }, 31000);
  assert.ok(fs.existsSync(kept), 'the case keeps its file');
  assert.ok(fs.existsSync(young));
});
