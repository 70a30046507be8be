/* What each of the daemon's processes holds. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import { after, before, test } from 'node:test';

import { sharedCluster, startServer, template } from './harness.mjs';
import { newFolder, newKeyFile, writeConfig } from './oidc_kit.mjs';

let server;
const folder = newFolder();
const oidcKey = newKeyFile(folder);
const pushKey = `${folder}/push.pem`;
writeConfig(folder, 'stad', { OIDC_ISSUER: 'http://127.0.0.1:9', OIDC_KEY_FILE: oidcKey });
fs.writeFileSync(pushKey, crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  .export({ type: 'pkcs8', format: 'pem' }));
const password = 'sesam-oppna-dig-4711'; /* any does: the cluster asks for none */
before(async () => {
  const cluster = await sharedCluster();
  const database = await cluster.newDatabase(await template(cluster));
  server = await startServer({ cluster, env: { SYNPUNKT_OIDC: folder, SYNPUNKT_OIDC_PRIVATE: 'true',
    SYNPUNKT_PUBLIC_URL: 'http://127.0.0.1:9', SYNPUNKT_PUSH_KEY_FILE: pushKey,
    SYNPUNKT_PUSH_SUBJECT: 'mailto:drift@stad.example',
    SYNPUNKT_DATABASE: `host=${cluster.dir} dbname=${database} password=${password}`,
    DATABASE_URL: `postgres://x:${password}@localhost/x` } });
});
after(async () => { await server.stop(); });

const pidOf = (child) => server.logs()
  .find((l) => l.event === 'child_started' && l.child === child).child_pid;

/* Whether the bytes stand anywhere in the memory that the process can write. What only
 * a sanitizer maps is far larger than what is read here. */
function holds(pid, bytes) {
  const mem = fs.openSync(`/proc/${pid}/mem`, 'r');

  try {
    return fs.readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n').some((line) => {
      const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
      const size = Number(BigInt(`0x${to ?? 0}`) - BigInt(`0x${from ?? 0}`));
      if (size === 0 || size > 32 << 20) return false;
      const block = Buffer.alloc(size);
      try {
        fs.readSync(mem, block, 0, size, BigInt(`0x${from}`));
      } catch {
        return false; /* a device, or gone meanwhile */
      }
      return block.includes(bytes);
    });
  } finally {
    fs.closeSync(mem);
  }
}

test('where pictures and letters are read there is no secret to be found', {
  skip: process.getuid() !== 0 && 'only root may read the memory of others',
}, () => {
  const secret = fs.readFileSync(`${server.state}/secret`).subarray(0, 32);
  assert.ok(holds(pidOf('http-1'), secret), 'this test can find it where it is');
  for (const child of ['image', 'mail-reader']) assert.ok(!holds(pidOf(child), secret), child);
});

test('neither the environment nor the command line tells those a password', {
  skip: process.getuid() !== 0 && 'only root may read the environment of others',
}, () => {
  const read = (pid, what) => fs.readFileSync(`/proc/${pid}/${what}`, 'latin1');
  assert.ok(read(pidOf('http-1'), 'environ').includes(password), 'it is there to be found');
  for (const child of ['image', 'mail-reader']) {
    for (const what of ['environ', 'cmdline']) {
      assert.ok(!read(pidOf(child), what).includes(password), `${child} ${what}`);
      assert.ok(!/SYNPUNKT_|PG|secret/.test(
        read(pidOf(child), what).replace(/^.*synpunktd/, '')), `${child} ${what}`);
    }
    /* AddressSanitizer keeps a copy of the environment for itself. */
    if (!read(pidOf(child), 'maps').includes('libasan'))
      assert.ok(!holds(pidOf(child), Buffer.from(password)), `${child} memory`);
  }
});

/* What was read to be judged and freed again would still be there, in pieces. */
const pieces = (text) => text.match(/.{24}/g).map((piece) => Buffer.from(piece));

test('keys that were judged at the start are in nobody’s memory but those who use them', {
  skip: process.getuid() !== 0 && 'only root may read the memory of others',
}, () => {
  const [key] = JSON.parse(fs.readFileSync(oidcKey)).keys;
  const push = fs.readFileSync(pushKey, 'utf8').split('\n')[1];

  assert.ok(holds(pidOf('http-1'), Buffer.from(key.d)), 'this test can find it where it is');
  for (const [who, pid] of [['parent', server.process.pid],
    ...['image', 'mail-reader', 'mail'].map((child) => [child, pidOf(child)])])
    for (const piece of [...pieces(key.d), ...pieces(key.p), ...pieces(push)])
      assert.ok(!holds(pid, piece), who);
});
