/* A provider that lies, is slow, is down or answers what is no answer: nobody gets in, and
 * nobody waits for it but who asked. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { enter, mapAdd, startWith } from './oidc_kit.mjs';
import { newKey, sign, startLiar } from './oidc_liar.mjs';

let server;
let liar;
const now = () => Math.floor(Date.now() / 1000);

before(async () => {
  ({ server, provider: liar } = await startWith(startLiar));
  await mapAdd(server, liar.issuer, 'handlaggare', 'case-handler@trafiknamnden');
});
after(async () => {
  await server?.stop();
  await liar?.stop();
});

/* Where it ends when that is the lie. */
async function lied(lie) {
  liar.lie = lie;
  const person = await enter(server, 'anna');
  liar.lie = {};
  if (person.location !== '/desk/') assert.equal(person.session, undefined);
  return person.location;
}

/* The document and the keys are kept: a worker that has neither asks for them. */
const forget = async () => { await server.stop(); await server.start(); };

test('down, slow, HTML, redirects and endless answers at first: it says that it is away', async () => {
  const document = '/.well-known/openid-configuration';
  const lies = [{ raw: { [document]: (res) => res.writeHead(503).end() } },
    { raw: { [document]: () => undefined } }, /* no answer */
    { raw: { [document]: (res) => res.end('<!DOCTYPE html><title>Logga in</title>') } },
    { raw: { [document]: (res) => res.writeHead(302, { location: '/keys' }).end() } },
    { raw: { [document]: (res) => res.end(JSON.stringify({ issuer: 'x'.repeat(70000) })) } },
    { document: { issuer: 'http://127.0.0.1:1' } },
    { document: { token_endpoint: 'file:///etc/passwd' } },
    { document: { authorization_endpoint: 'javascript:alert(1)' } },
    { document: { code_challenge_methods_supported: ['plain'] } }];

  for (const lie of lies) assert.equal(await lied(lie), '/desk/?inloggning=nere', JSON.stringify(lie));
});

test('keys that are too many bytes, or none at all, are not taken', async () => {
  const lies = [{ raw: { '/keys': (res) => res.end(JSON.stringify({ keys: ['x'.repeat(300000)] })) } },
    { keys: { keys: 'none' } }, { raw: { '/keys': (res) => res.end('<html>') } }];

  for (const lie of lies) assert.equal(await lied(lie), '/desk/?inloggning=nere');
});

test('the truth is taken, and lies about it are not', async () => {
  assert.equal(await lied({}), '/desk/');
  const wrong = [{ iss: 'https://evil.example' }, { aud: 'another' }, { aud: ['synpunkt', 'another'] },
    { aud: ['synpunkt', 'another'], azp: 'another' }, { azp: 'another' }, { nonce: 'another' }, { nonce: undefined },
    { exp: now() - 61 }, { exp: undefined }, { iat: now() + 3600 }, { iat: now() - 3600 }, { sub: '' }, { sub: undefined },
    { sub: 7 }, { groups: Array(501).fill('g') }];

  for (const claims of wrong) assert.equal(await lied({ claims }), '/desk/?inloggning=fel', JSON.stringify(claims));
  assert.equal(await lied({ claims: { exp: now() - 30 } }), '/desk/', 'clocks may differ by a minute');
  assert.equal(await lied({ claims: { groups: ['andra'] } }), '/desk/?inloggning=ingen-roll');
});

test('a signature of another key, none and HMAC with the public key are refused', async () => {
  const other = { ...newKey('one') };
  const lies = [{ key: other }, { header: { alg: 'none' } }, { header: { alg: 'HS256', kid: 'one' } },
    { header: { alg: 'ES256', kid: 'one', crit: ['exp'] } }, { header: { alg: 'ES256', kid: 'one', jwk: other.jwk }, key: other }];

  for (const lie of lies) assert.equal(await lied(lie), '/desk/?inloggning=fel', JSON.stringify(lie.header));
});

test('an answer to the code that is none is not taken', async () => {
  const token = (answer) => ({ raw: { '/token': answer } });

  for (const lie of [{ token: { id_token: undefined } }, { token: { id_token: 'a.b.c' } }, { token: { id_token: 7 } },
    token((res) => res.writeHead(400).end('{"error":"invalid_grant"}')), token((res) => res.end('<html>'))])
    assert.equal(await lied(lie), '/desk/?inloggning=fel');
  for (const lie of [token((res) => res.writeHead(307, { location: '/elsewhere' }).end()), token((res) => res.writeHead(500).end()),
    token((res) => res.destroy()), token((res) => res.end('x'.repeat(70000))), token(() => undefined)])
    assert.equal(await lied(lie), '/desk/?inloggning=nere');
});

test('while a provider is slow others are served', async () => {
  liar.lie = { raw: { '/token': () => undefined } };
  const slow = enter(server, 'anna');
  for (let i = 0; i < 5; i++) assert.equal((await server.get('/api/v1/sign-in')).status, 200);
  assert.equal((await slow).location, '/desk/?inloggning=nere');
  liar.lie = {};
});

test('a key that nobody knows has the keys fetched, and not again at once', async () => {
  const stranger = newKey('two');
  const before = liar.asked['/keys'];
  for (let i = 0; i < 3; i++) assert.equal(await lied({ key: stranger }), '/desk/?inloggning=fel');

  assert.ok(liar.asked['/keys'] - before <= 1);
});

/* ---- back-channel logout ---- */

const event = { 'http://schemas.openid.net/event/backchannel-logout': {} };
const logoutClaims = (more) => ({ iss: liar.issuer, aud: 'synpunkt', sub: 'anna', iat: now(), exp: now() + 120,
  jti: `j${Math.random()}`, events: event, ...more });
const logout = (token) => server.post('/oidc/stad/logout', { form: { logout_token: token } });

test('a logout token that is not right ends nothing', async () => {
  const anna = await enter(server, 'anna');
  const wrong = [{ nonce: 'n' }, { events: {} }, { events: undefined }, { aud: 'another' }, { iss: 'https://evil.example' },
    { jti: undefined }, { sub: undefined }, { iat: now() - 3600 }, { exp: now() - 3600 }];

  for (const more of wrong) {
    const res = await logout(sign(liar.key, logoutClaims(more)));
    assert.equal(res.status, 400, JSON.stringify(more));
    assert.deepEqual(res.json, { error: 'invalid_request' });
  }
  assert.equal((await logout(sign(newKey('one'), logoutClaims()))).status, 400);
  assert.equal((await logout('a.b.c')).status, 400);
  assert.equal((await server.post('/oidc/stad/logout', { form: { other: 'x' } })).status, 400);
  assert.equal((await anna.get('/api/v1/sessions/current')).status, 200);
});

test('a right one ends the sessions of its subject, once', async () => {
  const anna = await enter(server, 'anna');
  const token = sign(liar.key, logoutClaims({ sid: undefined }));

  assert.equal((await logout(token)).status, 200);
  assert.equal((await anna.get('/api/v1/sessions/current')).status, 401);
  const again = await enter(server, 'anna');
  assert.equal((await logout(token)).status, 400, 'the same a second time');
  assert.equal((await again.get('/api/v1/sessions/current')).status, 200);
});

test('a session of another sid goes on', async () => {
  liar.lie = { claims: { sid: 's1' } };
  const one = await enter(server, 'anna');
  liar.lie = { claims: { sid: 's2' } };
  const two = await enter(server, 'anna');
  liar.lie = {};

  assert.equal((await logout(sign(liar.key, logoutClaims({ sid: 's1' })))).status, 200);
  assert.equal((await one.get('/api/v1/sessions/current')).status, 401);
  assert.equal((await two.get('/api/v1/sessions/current')).status, 200);
});

test('a provider that is away when the server starts is found when it is back', async () => {
  await forget();
  const document = '/.well-known/openid-configuration';
  assert.equal(await lied({ raw: { [document]: (res) => res.destroy() } }), '/desk/?inloggning=nere');
  assert.equal(await lied({}), '/desk/');
});
