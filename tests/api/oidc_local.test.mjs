/* Settings of providers, and passwords as the way in for emergencies alone. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { after, before, test } from 'node:test';

import { ctlPath, daemonPath } from './harness.mjs';
import { newFolder, newKeyFile, startWith, writeConfig } from './oidc_kit.mjs';
import { startLiar } from './oidc_liar.mjs';
import { newColleague } from './staff.mjs';

let server;
let liar;

before(async () => {
  ({ server, provider: liar } = await startWith(startLiar, { env: { SYNPUNKT_LOCAL_ACCOUNTS: 'break-glass' } }));
});
after(async () => {
  await server?.stop();
  await liar?.stop();
});

test('a password in an emergency is written among what was done with the account', async () => {
  const nora = await newColleague(server, 'nora', 'administrator@*');

  assert.equal((await server.get('/api/v1/sign-in')).json.localAccounts, 'break-glass');
  assert.equal(nora.session.provider, undefined);
  const { json } = await nora.get('/api/v1/people/nora');
  assert.equal(json.changes[0].what, 'break-glass');
  assert.ok(server.logs().some((l) => l.event === 'break_glass' && l.level === 'warning'));
});

test('a wrong setting of a provider stops the start with a line that names it', () => {
  const right = { OIDC_ISSUER: 'https://id.example' };
  const wrong = [[{ ...right, OIDC_ISSUER: 'http://id.example' }, /OIDC_ISSUER/], [{ ...right, OIDC_ALGORITHMS: 'HS256' }, /OIDC_ALGORITHMS/],
    [{ ...right, OIDC_SCOPE: 'profile' }, /OIDC_SCOPE/], [{ ...right, OIDC_KEY_FILE: '/dev/null' }, /OIDC_KEY_FILE/],
    [{ ...right, OIDC_SECRET: 'x' }, /unknown setting/], [{}, /OIDC_ISSUER must be set/]];

  for (const [settings, line] of wrong) {
    const folder = newFolder();
    writeConfig(folder, 'stad', { OIDC_KEY_FILE: newKeyFile(folder), ...settings });
    const out = spawnSync(ctlPath, ['oidc', 'providers'], { env: { SYNPUNKT_OIDC: folder, SYNPUNKT_PUBLIC_URL: 'https://a.example' } });
    assert.equal(out.status, 1);
    assert.match(out.stderr.toString(), line);
  }
});

test('passwords for emergencies alone need a provider', () => {
  const out = spawnSync(daemonPath, [], { env: { ...server.env, SYNPUNKT_OIDC: '', SYNPUNKT_LOCK: `${server.state}/lock2`,
    SYNPUNKT_HTTP: '127.0.0.1:0', SYNPUNKT_OPS: '127.0.0.1:0', SYNPUNKT_LMTP: `unix:${server.state}/lmtp` } });

  assert.equal(out.status, 1);
  assert.match(out.stderr.toString(), /SYNPUNKT_LOCAL_ACCOUNTS/);
});

test('a key is made once, for its owner alone, and rotated with the old one kept', () => {
  const folder = newFolder();
  const file = `${folder}/k.json`;
  const kids = () => JSON.parse(fs.readFileSync(file)).keys.map((k) => k.kid);

  execFileSync(ctlPath, ['oidc', 'key', file, '--algorithm', 'ES256']);
  assert.equal(fs.statSync(file).mode & 0o777, 0o600);
  const [first] = kids();
  assert.notEqual(spawnSync(ctlPath, ['oidc', 'key', file]).status, 0);
  execFileSync(ctlPath, ['oidc', 'key', file, '--rotate']);
  assert.equal(kids().length, 2);
  assert.equal(kids()[1], first);
});

test('a rotated key stays readable for whom the operator let read it, and is written through no link', {
  skip: process.getuid() !== 0 && 'only root may give a file to another',
}, () => {
  const folder = newFolder();
  const file = `${folder}/k.json`;
  const others = `${folder}/others`;

  execFileSync(ctlPath, ['oidc', 'key', file, '--algorithm', 'ES256']);
  fs.chownSync(file, 65534, 65534);
  fs.chmodSync(file, 0o440);
  fs.writeFileSync(others, 'theirs');
  fs.symlinkSync(others, `${file}.new`);
  execFileSync(ctlPath, ['oidc', 'key', file, '--rotate']);

  const { uid, gid, mode } = fs.statSync(file);
  assert.deepEqual([uid, gid, mode & 0o777], [65534, 65534, 0o440]);
  assert.equal(JSON.parse(fs.readFileSync(file)).keys.length, 2);
  assert.equal(fs.readFileSync(others, 'utf8'), 'theirs');
  assert.ok(!fs.existsSync(`${file}.new`));
});
