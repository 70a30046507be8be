/* Signing in with a real OpenID provider, from the button to the session and out again. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { eventually } from './harness.mjs';
import { enter, mapAdd, startWith } from './oidc_kit.mjs';
import { newBrowser, startProvider } from './oidc_provider.mjs';
import { newColleague } from './staff.mjs';

const trafik = 'trafiknamnden';
const people = {
  anna: { name: 'Anna Ek', preferred_username: 'anna.ek@stad.example', groups: ['handlaggare', 'annat'] },
  bo: { name: 'Bo Alm', preferred_username: 'bo', groups: ['inget'] },
  cia: { name: 'Cia Lind', preferred_username: 'anna.ek', groups: ['handlaggare'] },
  dag: { name: 'Dag Ros', preferred_username: 'dag', groups: ['kommande'] },
  eva: { name: 'Eva Sten', preferred_username: 'eva', groups: ['handlaggare', 'chefer'] },
  adam: { name: 'Adam Ask', preferred_username: 'adam', groups: ['administratorer'] },
  siv: { name: 'Siv Berg', preferred_username: 'siv', groups: ['revision'] },
};
let server;
let provider;

before(async () => {
  ({ server, provider } = await startWith((options) => startProvider({ ...options, people }),
    { settings: { OIDC_ACR: 'urn:tva-steg' } }));
  await mapAdd(server, provider.issuer, 'handlaggare', `case-handler@${trafik}`);
  await mapAdd(server, provider.issuer, 'chefer', `manager@${trafik}`);
  await mapAdd(server, provider.issuer, 'kommande', `manager@${trafik}`, '--from', '2999-01-01');
  await mapAdd(server, provider.issuer, 'administratorer', 'administrator@*');
  await mapAdd(server, provider.issuer, 'revision', 'auditor@*');
});
after(async () => {
  await server?.stop();
  await provider?.stop();
});

test('whom a group gives a role is signed in, and the account is made', async () => {
  const anna = await enter(server, 'anna');

  assert.equal(anna.location, '/desk/', server.log.slice(-1500));
  assert.equal(anna.session.user, 'anna.ek');
  assert.equal(anna.session.name, 'Anna Ek');
  assert.deepEqual(anna.session.roles, [{ role: 'case-handler', board: trafik }]);
  assert.deepEqual(anna.session.provider, { name: 'stad', label: 'Stockholms stad' });
  assert.equal((await anna.get('/api/v1/desk/cases')).status, 200);
  const again = await enter(server, 'anna');
  assert.equal(again.session.user, 'anna.ek');
  const [{ n }] = await server.sql(`SELECT count(*) AS n FROM synpunkt.staff_user WHERE username LIKE 'anna%'`);
  assert.equal(n, '1');
});

test('whoever has a name already is somebody else, and e-mail says nothing', async () => {
  await enter(server, 'anna');
  const cia = await enter(server, 'cia');

  assert.equal(cia.session.user, 'anna.ek-2');
  assert.equal(cia.session.name, 'Cia Lind');
});

test('who is in no group that counts is told so, and no account is made', async () => {
  const bo = await enter(server, 'bo');

  assert.equal(bo.location, '/desk/?inloggning=ingen-roll');
  assert.equal(bo.session, undefined);
  const dag = await enter(server, 'dag'); /* not yet */
  assert.equal(dag.location, '/desk/?inloggning=ingen-roll');
  const rows = await server.sql(`SELECT username FROM synpunkt.staff_user WHERE username IN ('bo', 'dag')`);
  assert.deepEqual(rows, []);
});

test('roles follow the groups at each sign-in; one given by hand stays', async () => {
  const eva = await enter(server, 'eva');
  assert.deepEqual(eva.session.roles.map((r) => r.role), ['case-handler', 'manager']);
  assert.equal((await server.ctl(['user', 'role', 'add', 'eva', `registrar@${trafik}`])).code, 0);

  people.eva.groups = ['handlaggare'];
  const later = await enter(server, 'eva');
  assert.deepEqual(later.session.roles.map((r) => r.role), ['case-handler', 'registrar']);
  people.eva.groups = [];
  const last = await enter(server, 'eva');
  assert.deepEqual(last.session.roles.map((r) => r.role), ['registrar']);
  const history = await server.sql(`SELECT c.what, c.role ->> 'role' AS role, c.reason
    FROM synpunkt.staff_change c JOIN synpunkt.staff_user u ON u.id = c.user_id
    WHERE u.username = 'eva' AND c.role ->> 'role' = 'manager' ORDER BY c.id`);
  assert.deepEqual(history.map((h) => h.what), ['role-given', 'role-ended']);
  assert.match(history[1].reason, /^Grupper hos http/);
});

test('a mapping that ends takes its roles away at once', async () => {
  const id = await mapAdd(server, provider.issuer, 'tillfallig', `manager@${trafik}`);
  people.tor = { name: 'Tor Ek', preferred_username: 'tor', groups: ['tillfallig'] };
  const tor = await enter(server, 'tor');
  assert.equal(tor.session.roles.length, 1);

  assert.equal((await server.ctl(['oidc', 'map', 'end', id])).code, 0);
  assert.deepEqual((await tor.get('/api/v1/sessions/current')).json.roles, []);
  assert.equal((await enter(server, 'tor')).location, '/desk/?inloggning=ingen-roll');
  assert.notEqual((await server.ctl(['oidc', 'map', 'end', id])).code, 0);
  const list = JSON.parse((await server.ctl(['--json', 'oidc', 'map', 'list'])).stdout);
  assert.ok(list.some((m) => m.group === 'chefer' && m.role === 'manager'));
  assert.ok(!list.some((m) => m.id === id));
});

test('it ends at the page that was asked for, and never at another host', async () => {
  assert.equal((await enter(server, 'anna', { query: '?to=/desk/arenden/2026-1' })).location,
    '/desk/arenden/2026-1');
  for (const to of ['//evil.example/', 'https://evil.example/', '/desk//evil.example', '/%5Cevil.example'])
    assert.equal((await enter(server, 'anna', { query: `?to=${encodeURIComponent(to)}` })).location, '/desk/');
});

/* The address at which the browser comes back, without going there. */
const back = (browser, person = 'anna') => browser.follow(`${server.url}/oidc/stad/start`,
  { person, until: /\/oidc\/stad\/callback/ }).then((res) => res.location);

test('what comes back counts once, in the same browser, and as it was sent', async () => {
  const browser = newBrowser();
  const url = new URL(await back(browser));
  const expired = `${server.url}/desk/?inloggning=utgangen`;
  const changed = (change) => { const u = new URL(url); change(u.searchParams); return u.href; };

  assert.equal((await newBrowser().get(url.href)).location, expired);
  for (const change of [(p) => p.delete('state'), (p) => p.append('state', p.get('state')),
    (p) => p.append('code', 'x'), (p) => p.set('state', 'A'.repeat(43)), (p) => p.delete('code'),
    (p) => p.append('error', 'access_denied'), (p) => p.set('code', 'x'.repeat(5000))])
    assert.equal((await browser.get(changed(change))).location, expired);
  assert.equal((await browser.get(url.href)).location, `${server.url}/desk/`);
  assert.equal((await browser.get(url.href)).location, expired);
});

test('an answer of another provider is not redeemed (RFC 9207)', async () => {
  for (const iss of ['https://evil.example', null]) {
    const browser = newBrowser();
    const url = new URL(await back(browser));
    if (iss) url.searchParams.set('iss', iss);
    else url.searchParams.delete('iss');
    const asked = provider.state.requests.length;

    assert.equal((await browser.get(url.href)).location, `${server.url}/desk/?inloggning=fel`);
    assert.ok(!provider.state.requests.slice(asked).includes('POST /token'));
  }
});

test('who does not want to, or may not, at the provider comes back signed out', async () => {
  const nobody = await enter(server, 'ingen');

  assert.equal(nobody.location, '/desk/?inloggning=nekad');
  assert.equal(nobody.session, undefined);
});

test('where a role asks for a second factor the provider must tell of one', async () => {
  await server.sql(`INSERT INTO synpunkt.role_requirement VALUES ('auditor', true)`);
  const without = await enter(server, 'siv');
  assert.equal(without.location, '/desk/?inloggning=tva-steg');
  assert.equal(without.session, undefined);

  people.siv.acr = 'urn:tva-steg';
  const withFactor = await enter(server, 'siv');
  assert.equal(withFactor.session?.needs, undefined);
  assert.deepEqual(withFactor.session.roles.map((r) => r.role), ['auditor']);
});

test('a closed account stays closed until it is opened here', async () => {
  people.kim = { name: 'Kim Ek', preferred_username: 'kim', groups: ['handlaggare'] };
  const kim = await enter(server, 'kim');
  assert.equal((await server.ctl(['user', 'disable', 'kim'])).code, 0);

  assert.equal((await kim.get('/api/v1/sessions/current')).status, 401);
  assert.equal((await enter(server, 'kim')).location, '/desk/?inloggning=stangt');
  assert.equal((await server.ctl(['oidc', 'open', 'kim'])).code, 0);
  assert.equal((await enter(server, 'kim')).session.user, 'kim');
});

test('whom a provider vouches for gets no password', async () => {
  await enter(server, 'anna');
  const admin = await newColleague(server, 'rot', 'administrator@*');
  const res = await admin.post('/api/v1/people/anna.ek/passwords', { json: { reason: 'Vill' } });
  assert.equal(res.status, 409);
  assert.equal(res.json.outcome, 'provider');
  const out = await server.ctl(['user', 'reset', 'anna.ek']);
  assert.notEqual(out.code, 0);
  assert.match(out.stderr, /signs in with a provider/);
});

test('an account of before is given to a subject by hand; its password is gone', async () => {
  people.olle = { name: 'Olle Ek', preferred_username: 'annat', groups: [] };
  const olle = await newColleague(server, 'olle', `registrar@${trafik}`);
  assert.equal((await server.ctl(['oidc', 'link', 'olle', provider.issuer, 'olle'])).code, 0);

  assert.equal((await olle.get('/api/v1/sessions/current')).status, 401);
  assert.equal((await enter(server, 'olle')).session.user, 'olle');
  const [{ hash }] = await server.sql(`SELECT password_hash AS hash FROM synpunkt.staff_user WHERE username = 'olle'`);
  assert.equal(hash ?? '', '');
});

test('for what is sensitive one signs in once more at the provider', async () => {
  const adam = await enter(server, 'adam');
  await server.sql(`UPDATE synpunkt.staff_session SET confirmed_at = now() - interval '1 hour'
    WHERE subject = 'adam'`);
  const add = () => adam.post('/api/v1/people', { json: { username: `ny${Date.now()}`, name: 'Ny Ny',
    role: 'registrar', board: trafik, reason: 'Ny' } });
  assert.equal((await add()).json.needs, 'confirmation');

  const browser = newBrowser(); /* another at the provider, the same here */
  for (const pair of adam.browser.cookiesOf(server.url)) browser.cookiesOf(server.url).set(...pair);
  const other = await browser.follow(`${server.url}/oidc/stad/start?confirm=1`,
    { person: 'anna', until: /\/desk\// });
  assert.equal(other.location, `${server.url}/desk/?inloggning=annan`);
  assert.equal((await add()).json.needs, 'confirmation');
  const mine = await adam.browser.follow(`${server.url}/oidc/stad/start?confirm=1&to=/desk/bekraftad`,
    { person: 'adam', until: /\/desk\// });
  assert.equal(mine.location, `${server.url}/desk/bekraftad`);
  assert.equal((await add()).status, 201);
});

test('leaving the provider ends the session here', async () => {
  const anna = await enter(server, 'anna');
  const other = await enter(server, 'anna');
  const end = await anna.browser.get(`${server.url}/oidc/stad/end`);
  assert.match(end.location, new RegExp(`^${provider.issuer}/session/end\\?client_id=synpunkt`));
  const page = await anna.browser.get(end.location);
  const [, xsrf] = /name="xsrf" value="([^"]+)"/.exec(page.text);

  await anna.browser.get(`${provider.issuer}/session/end/confirm`, { method: 'POST',
    body: new URLSearchParams({ xsrf, logout: 'yes' }) });
  await eventually('the session ends', async () => (await anna.get('/api/v1/sessions/current')).status === 401);
  assert.equal((await other.get('/api/v1/sessions/current')).status, 200, 'one session there, one here');
});

test('signing out here is signing out here', async () => {
  const anna = await enter(server, 'anna');

  assert.equal((await anna.delete('/api/v1/sessions/current')).status, 204);
  assert.equal((await anna.get('/api/v1/sessions/current')).status, 401);
});

test('after signing out here the provider is told who leaves, once', async () => {
  const anna = await enter(server, 'anna');
  assert.equal((await anna.delete('/api/v1/sessions/current')).status, 204);
  /* The browser's jar has had the answer of the client's call. */
  const out = await fetch(`${server.url}/oidc/stad/end`, { redirect: 'manual', headers: {
    cookie: `synpunkt-oidc-end=${/synpunkt=([0-9a-f]+)/.exec(anna.cookie)[1]}` } });
  const url = new URL(out.headers.get('location'));
  const claims = JSON.parse(Buffer.from(url.searchParams.get('id_token_hint').split('.')[1], 'base64url'));

  assert.equal(claims.sub, 'anna');
  assert.match(out.headers.get('set-cookie'), /^synpunkt-oidc-end=; .*Max-Age=0/);
  assert.equal((await anna.browser.get(url.href)).status, 200, 'the provider takes it');
  const again = await anna.browser.get(`${server.url}/oidc/stad/end`);
  assert.equal(new URL(again.location).searchParams.get('id_token_hint'), null);
  const kept = await server.sql(`SELECT count(*) AS n FROM synpunkt.oidc_hint h WHERE NOT EXISTS (
    SELECT FROM synpunkt.staff_session s WHERE s.token_hash = h.token_hash) AND h.last_at <= now()`);
  assert.equal(kept[0].n, '0');
});

test('signing out leaves its mark for a moment, of a provider’s session alone', async () => {
  const anna = await enter(server, 'anna');
  const cookies = (await anna.delete('/api/v1/sessions/current')).headers['set-cookie'];
  const marks = [cookies].flat();

  assert.match(marks[0], /^synpunkt=; .*Max-Age=0/);
  assert.match(marks[1], /^synpunkt-oidc-end=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=120$/);
});

test('another site’s page can neither send somebody to the provider nor sign them out there', async () => {
  const { cookie } = await enter(server, 'anna');
  const from = async (where, site) => (await server.get(where, { headers: { cookie, ...(site && {
    'sec-fetch-site': site }) } })).headers.location;
  const leaves = ['/oidc/stad/start', '/oidc/stad/start?confirm=1', '/oidc/stad/end'];

  for (const where of leaves)
    for (const site of ['cross-site', 'same-site']) assert.equal(await from(where, site), '/desk/', where);
  for (const where of leaves)
    for (const site of ['same-origin', 'none', undefined])
      assert.ok((await from(where, site)).startsWith(provider.issuer), `${where} ${site}`);
});

test('new keys at the provider are found by themselves', async () => {
  provider.rotate();
  assert.equal((await enter(server, 'anna')).location, '/desk/');
});

test('our keys are shown without what is private', async () => {
  const { json } = await server.get('/oidc/stad/jwks');

  assert.deepEqual(Object.keys(json.keys[0]).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use']);
});

test('the ways to sign in are told to anybody', async () => {
  assert.deepEqual((await server.get('/api/v1/sign-in')).json,
    { providers: [{ name: 'stad', label: 'Stockholms stad' }], localAccounts: 'always' });
  assert.equal((await server.get('/oidc/annan/start')).status, 404);
});

test('no code, token, state or name is in the log', async () => {
  const browser = newBrowser();
  const url = new URL(await back(browser));
  await browser.get(url.href);

  for (const secret of [url.searchParams.get('code'), url.searchParams.get('state'), 'Anna Ek', 'eyJ'])
    assert.ok(!server.log.includes(secret), secret);
});

test('who starts again and again is asked to wait, and one browser has ten sign-ins under way', async () => {
  const browser = newBrowser();
  const ends = [];
  for (let i = 0; i < 301; i++) ends.push((await browser.get(`${server.url}/oidc/stad/start`)).location);

  /* Not the last of the 300: another browser of these tests may have the same address. */
  assert.match(ends[200], new RegExp(`^${provider.issuer}/auth`));
  assert.equal(ends.at(-1), `${server.url}/desk/?inloggning=vanta`);
  const counts = await server.sql(`SELECT max(k.n) AS most FROM (SELECT count(*) AS n
    FROM synpunkt.oidc_login GROUP BY browser_hash) k`);
  assert.equal(counts[0].most, '10');
});

test('whoever fills the table of sign-ins makes nobody begin again but themselves', async () => {
  await server.sql('DELETE FROM synpunkt.oidc_login');
  const begin = (source, state) => server.sql(`SELECT synpunkt_signin.oidc_begin(jsonb_build_object('state',
    encode(sha256('${state}'), 'hex'), 'browser', encode(sha256('of ${state}'), 'hex'), 'source', ${source}, 'provider',
    'stad', 'nonce', 'n', 'verifier', 'v', 'path', '/desk/'), 10, 20)`);

  await begin(7, 'colleague');
  for (let i = 0; i < 30; i++) await begin(8, `stranger ${i}`);
  await begin(9, 'another');
  const rows = await server.sql(`SELECT source, count(*) AS n,
    bool_or(state_hash = sha256('stranger 0')) AS first FROM synpunkt.oidc_login GROUP BY 1 ORDER BY 1`);
  assert.deepEqual(rows.map((r) => [r.source, r.n]), [['7', '1'], ['8', '18'], ['9', '1']]);
  assert.equal(rows[1].first, 'f', 'the oldest of them went');
});
