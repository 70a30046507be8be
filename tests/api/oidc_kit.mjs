/* A server that staff sign in to with a provider, and somebody who does. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { ctlPath, freePort, startServer, testRoot } from './harness.mjs';
import { newBrowser } from './oidc_provider.mjs';

/* A folder of providers that the server's user can read. */
export function newFolder() {
  const folder = fs.mkdtempSync(path.join(testRoot(), 'oidc-'));

  fs.chmodSync(folder, 0o755);
  return folder;
}

export function newKeyFile(folder, ...more) {
  const file = path.join(folder, 'key.json');

  execFileSync(ctlPath, ['oidc', 'key', file, ...more]);
  fs.chmodSync(file, 0o644);
  return file;
}

export function writeConfig(folder, name, settings) {
  fs.writeFileSync(path.join(folder, `${name}.conf`),
    Object.entries({ OIDC_LABEL: 'Stockholms stad', OIDC_CLIENT_ID: 'synpunkt', ...settings })
      .map(([key, value]) => `${key}=${value}\n`).join(''));
}

const publicOf = (file) => JSON.parse(fs.readFileSync(file)).keys
  .map(({ kty, n, e, kid, alg, use, crv, x, y }) => ({ kty, n, e, kid, alg, use, crv, x, y }));

/* start({publicUrl, jwks}) gives a provider with issuer. more: settings of its file. */
export async function startWith(start, { settings = {}, env = {}, name = 'stad' } = {}) {
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  const folder = newFolder();
  const key = newKeyFile(folder);
  const provider = await start({ publicUrl, jwks: { keys: publicOf(key) }, name });

  writeConfig(folder, name, { OIDC_ISSUER: provider.issuer, OIDC_KEY_FILE: key, ...settings });
  const server = await startServer({ env: { SYNPUNKT_HTTP: `127.0.0.1:${port}`,
    SYNPUNKT_PUBLIC_URL: publicUrl, SYNPUNKT_OIDC: folder, SYNPUNKT_OIDC_PRIVATE: 'true',
    SYNPUNKT_OIDC_TIMEOUT_S: '2', SYNPUNKT_TRUSTED_PROXIES: '127.0.0.1', ...env } });
  return { server, provider, folder, key };
}

export async function mapAdd(server, issuer, group, role, ...more) {
  const out = await server.ctl(['--json', 'oidc', 'map', 'add', issuer, group, role, ...more]);
  assert.equal(out.code, 0, `${out.stdout}${out.stderr}`);
  return JSON.parse(out.stdout).id;
}

/* Walks through the provider; where it ends, and a client of whoever got in. */
export async function enter(server, person, { browser = newBrowser(), query = '', name = 'stad' } = {}) {
  const end = await browser.follow(`${server.url}/oidc/${name}/start${query}`,
    { person, until: new RegExp(`^${server.url}/(desk|diarium)/`) });
  const client = { browser, location: end.location?.slice(server.url.length), end };
  const cookies = browser.cookiesOf(server.url);

  client.cookie = [...cookies].map((c) => c.join('=')).join('; ');
  for (const verb of ['get', 'post', 'put', 'patch', 'delete'])
    client[verb] = (where, options = {}) => server[verb](where, { ...options,
      headers: { cookie: client.cookie, ...(client.csrf && { 'x-csrf-token': client.csrf }),
        ...options.headers } });
  const res = await client.get('/api/v1/sessions/current');
  if (res.status === 200) Object.assign(client, { session: res.json, csrf: res.json.csrfToken });
  return client;
}
