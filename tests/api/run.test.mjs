/* ./run and what must not be lost: here against a database of somebody's own, which
 * needs no packages and no cluster more. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { sharedCluster, template, testRoot, top } from './harness.mjs';

/* A word of the functions of ./run that mind the secret. */
function runDo(state, words) {
  const script = `set -eu\nme=$(id -un); daemon_user=$me; pg_user=$me; real=$1; state=$1
    pg_bin=/usr/lib/postgresql/15/bin
    die() { echo "run: $*" >&2; exit 1; }\n. "${path.join(top, 'server/run_secret.sh')}"
    ${words}`;
  return new Promise((done) => {
    execFile('bash', ['-c', script, 'run', state], (e, stdout, stderr) =>
      done({ code: e ? e.code : 0, stdout, stderr }));
  });
}

test('a lost secret is made anew only where no case depends on it', async () => {
  const cluster = await sharedCluster();
  const state = fs.mkdtempSync(path.join(testRoot(), 'run-'));
  const at = async (empty) => `host=${cluster.dir} user=postgres dbname=${
    await cluster.newDatabase(await template(cluster, { empty }))}`;
  const secret = `${state}/secret`;

  let out = await runDo(state, `make_secret "${await at(true)}"`);
  assert.deepEqual([out.code, out.stderr], [0, '']);
  assert.equal(fs.statSync(secret).size, 32);
  assert.equal(fs.statSync(secret).mode & 0o777, 0o600);

  const before = fs.readFileSync(secret);
  const full = await at(false);
  out = await runDo(state, `make_secret "${full}"`);
  assert.equal(out.code, 0);
  assert.deepEqual(fs.readFileSync(secret), before);

  fs.rmSync(secret);
  out = await runDo(state, `make_secret "${full}"`);
  assert.equal(out.code, 1);
  assert.match(out.stderr, /secret is missing.*follow-up codes depend on it/);
  assert.ok(!fs.existsSync(secret));

  out = await runDo(state, `make_secret "host=${cluster.dir} user=postgres dbname=none"`);
  assert.equal(out.code, 1, 'a database that does not answer');
  assert.ok(!fs.existsSync(secret));
});

test('the secret and its name are on the disk before it is used', async () => {
  const state = fs.mkdtempSync(path.join(testRoot(), 'run-'));
  const out = await runDo(state, `sync() { echo "sync $1"; }
    mv() { echo "mv $1 $2"; }; make_secret`);
  assert.equal(out.code, 0, out.stderr);
  assert.deepEqual(out.stdout.trim().split('\n'), [`sync ${state}/secret.new`,
    `mv ${state}/secret.new ${state}/secret`, `sync ${state}`]);
});

test('a key for push messages is made once, and somebody’s own is left alone', async () => {
  const state = fs.mkdtempSync(path.join(testRoot(), 'run-'));
  const key = `${state}/push-key.pem`;
  const made = await runDo(state, 'make_push_key; echo "$SYNPUNKT_PUSH_KEY_FILE"');

  assert.equal(made.code, 0, made.stderr);
  assert.equal(made.stdout.trim(), key);
  assert.equal(fs.statSync(key).mode & 0o777, 0o600);
  const { asymmetricKeyDetails } = crypto.createPrivateKey(fs.readFileSync(key));
  assert.equal(asymmetricKeyDetails.namedCurve, 'prime256v1');
  const before = fs.readFileSync(key);
  await runDo(state, 'make_push_key');
  assert.deepEqual(fs.readFileSync(key), before);
  for (const own of ['', '/etc/synpunkt/push.pem']) {
    const out = await runDo(state, `SYNPUNKT_PUSH_KEY_FILE=${own}; make_push_key; echo "<$SYNPUNKT_PUSH_KEY_FILE>"`);
    assert.equal(out.stdout.trim(), `<${own}>`);
  }
});

test('the mail sink starts whatever python3 comes first in PATH', async () => {
  const state = fs.mkdtempSync(path.join(testRoot(), 'run-'));
  fs.writeFileSync(`${state}/python3`, '#!/bin/sh\nexit 126\n', { mode: 0o755 });
  const out = await runDo(state, `top="${top}"; PATH=$1:$PATH; unset SYNPUNKT_SMTP
    own_dir() { mkdir -p "$2"; }; as() { shift; "$@"; }
    . <(sed -n '/^start_mail_sink()/,/^}/p' "$top/run")
    start_mail_sink; kill "$sink"; echo "$SYNPUNKT_SMTP"`);
  assert.equal(out.code, 0, out.stderr);
  assert.match(out.stdout, /^smtp:\/\/127\.0\.0\.1:\d+$/m);
});

test('the private cluster lets in whoever synpunktd connects as', async () => {
  const cluster = await sharedCluster();
  const database = await cluster.newDatabase(await template(cluster, { empty: true }));
  const wanted = (await cluster.sql(`SELECT rolname FROM pg_catalog.pg_roles
    WHERE rolcanlogin AND rolname LIKE 'synpunkt%' ORDER BY 1`, database)).map((r) => r.rolname);
  const state = fs.mkdtempSync(path.join(testRoot(), 'run-'));
  const out = await runDo(state, `pg=$1; as() { shift; "$@"; }
    . <(sed -n '/^write_access()/,/^}/p' "${top}/run"); write_access`);
  assert.equal(out.code, 0, out.stderr);
  const let_in = new Set(fs.readFileSync(`${state}/pg_ident.conf`, 'utf8').trim().split('\n')
    .map((line) => line.split(' ')[2]).filter((name) => name.startsWith('synpunkt_')));
  assert.deepEqual([...let_in].sort(), wanted);
});
