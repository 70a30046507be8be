/* The server's own TLS as a stranger finds it, by handshakes of openssl s_client: what it takes,
 * and that it takes nothing else. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import { after, before, test } from 'node:test';

import { startServer, testRoot } from './harness.mjs';
import { makeCertificates } from './push_service.mjs';

/* Whatever the client's library knows, old or weak: it is the server that is to refuse. */
const anything = ':@SECLEVEL=0';
let server, certificates;

before(async () => {
  const dir = fs.mkdtempSync(`${testRoot()}/tls-`);
  certificates = makeCertificates(dir);
  fs.chmodSync(dir, 0o755);
  fs.chmodSync(certificates.key, 0o644);
  server = await startServer({ env: { SYNPUNKT_TLS_CERT: certificates.cert, SYNPUNKT_TLS_KEY: certificates.key } });
});
after(async () => {
  await server?.stop();
});

/* All that the client wrote, once the server or it has had enough. */
function handshake(args, input = '') {
  return new Promise((done) => {
    const client = spawn('openssl', ['s_client', '-connect', new URL(server.url).host, '-CAfile',
      certificates.ca, '-servername', 'localhost', ...args], { timeout: 20000 });
    let out = '';
    for (const stream of [client.stdout, client.stderr]) stream.on('data', (data) => { out += data; });
    client.on('close', () => done(out));
    client.stdin.on('error', () => undefined);
    client.stdin.end(input);
  });
}
const agreed = (out) => /^New, (TLSv\S+), Cipher is (\S+)$/m.exec(out)?.slice(1) ?? null;
const suites = (...args) => execFileSync('openssl', ['ciphers', '-s', ...args, `ALL:COMPLEMENTOFALL${anything}`],
  { encoding: 'utf8' }).trim().split(':');

/* Those that it takes of many, eight at a time. */
async function taken(names, argsOf) {
  const found = [];
  for (const left = [...names]; left.length > 0;)
    await Promise.all(left.splice(0, 8).map(async (name) => {
      if (agreed(await handshake(argsOf(name)))) found.push(name);
    }));
  return found.sort();
}

test('TLS 1.2 and 1.3, of a certificate that is trusted, and nothing older', async () => {
  for (const [version, name] of [['-tls1_2', 'TLSv1.2'], ['-tls1_3', 'TLSv1.3']]) {
    const out = await handshake([version, '-verify_return_error']);
    assert.equal(agreed(out)[0], name);
    assert.match(out, /Verify return code: 0 \(ok\)/);
  }
  for (const version of ['-tls1', '-tls1_1'])
    assert.equal(agreed(await handshake([version, '-cipher', `ALL${anything}`])), null, version);
});

test('forward secrecy and authenticated encryption alone, of every suite that there is', async () => {
  const old = suites('-tls1_2');
  assert.ok(old.includes('AES128-SHA') && old.includes('ECDHE-ECDSA-AES128-SHA256'), 'the client knows weak ones');
  assert.deepEqual(await taken(old, (name) => ['-tls1_2', '-cipher', `${name}${anything}`]),
    ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-CHACHA20-POLY1305']);
  assert.deepEqual(await taken(['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256',
    'TLS_AES_128_CCM_SHA256', 'TLS_AES_128_CCM_8_SHA256'], (name) => ['-tls1_3', '-ciphersuites', name]),
  ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256']);
});

test('the server chooses the suite, and ChaCha20 for who would rather have it', async () => {
  const of = async (list) => agreed(await handshake(['-tls1_2', '-cipher', list]))[1];
  const [small, large, cha] = ['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'CHACHA20-POLY1305'].map((s) => `ECDHE-ECDSA-${s}`);

  assert.equal(await of(`${large}:${small}`), small);
  assert.equal(await of(`${cha}:${small}`), cha);
});

/* In TLS 1.2 a certificate of P-256 wants that group to be among those offered. */
test('strong groups alone', async () => {
  const weak = ['secp160r1', 'secp192k1', 'prime192v1', 'secp224k1', 'secp224r1', 'sect163k1', 'sect193r1', 'sect233k1', 'sect239k1'];
  /* Of finite fields a handshake costs the server what a stranger likes (CVE-2002-20001). */
  const costly = ['ffdhe2048', 'ffdhe3072', 'ffdhe4096', 'ffdhe6144', 'ffdhe8192', 'P-521', 'X448'];
  assert.deepEqual(await taken(['X25519', 'P-256', 'P-384', ...costly], (name) => ['-tls1_3', '-groups', name]),
    ['P-256', 'P-384', 'X25519']);
  for (const name of weak) {
    const out = await handshake(['-tls1_2', '-groups', `${name}:P-256`, '-cipher', `ALL${anything}`]);
    assert.match(out, /^Server Temp Key: ECDH, prime256v1, 256 bits$/m, name);
  }
});

test('no signature by SHA-1, no renegotiation, no compression, no HTTP/2 that we do not speak', async () => {
  assert.equal(agreed(await handshake(['-tls1_2', '-sigalgs', 'ECDSA+SHA1', '-cipher', `ALL${anything}`])), null);
  const again = await handshake(['-tls1_2'], 'R\n');
  assert.match(again, /RENEGOTIATING[^]*no renegotiation/);
  assert.match(again, /Secure Renegotiation IS supported/);
  assert.match(again, /^Compression: NONE$/m);
  assert.match(await handshake(['-alpn', 'h2,http/1.1']), /^ALPN protocol: http\/1\.1$/m);
});

test('browsers are told to come by TLS for a year, also below the name', async () => {
  const all = await Promise.all(['/', '/desk/', '/api/v1/categories', '/ingenting'].map((path) => server.get(path)));
  for (const res of all)
    assert.equal(res.headers['strict-transport-security'], 'max-age=31536000; includeSubDomains');
});

test('the language is remembered by a cookie that is bound to this host', async () => {
  const [cookie] = (await server.get('/?lang=en')).headers['set-cookie'];
  assert.match(cookie, /^__Host-lang=en; Path=\/; .*HttpOnly; Secure$/);
  const languageBy = async (text) => (await server.get('/', { headers: { cookie: text } })).headers['content-language'];
  assert.equal(await languageBy('__Host-lang=en'), 'en');
  assert.equal(await languageBy('lang=en'), 'sv', 'which anybody below our name could set');
});
