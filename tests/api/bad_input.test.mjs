/* Requests that are expired, replayed, somebody else's or too late: a clear answer, a log
 * line that tells of nobody, and nothing changed. The addresses are those that
 * `synpunktctl config --routes` prints, so that a new one without a guard fails here. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { act, actions, at, coordinator, doIt, events, farsta, serial, submitTo, trafik }
  from './contract_desk_kit.mjs';
import { eventually, startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

let server, cia, routes;
before(async () => {
  server = await startServer({ env: { SYNPUNKT_FORM_LEAST_MS: '0' } });
  cia = await coordinator(server);
  const out = await server.ctl(['--json', 'config', '--routes']);
  routes = JSON.parse(out.stdout).filter((r) => !['GET', 'OPTIONS'].includes(r.method));
});
after(async () => {
  await server?.stop();
});

/* Whoever calls these is nobody: no cookie gives them more than a stranger has, so there
 * is nothing that another site's page could borrow. */
const strangers = {
  'POST /api/v1/cases': 'submitting',
  'POST /api/v1/cases/{number}/messages': 'the code is in a header that no page sends by itself',
  'POST /api/v1/cases/{number}/reopenings': 'the code is in a header that no page sends by itself',
  'POST /api/v1/open-cases/{key}/supports': 'the device is in the body, JSON only',
  'DELETE /api/v1/supports/current': 'the token is in a header that no page sends by itself',
  'PUT /api/v1/cases/{number}/push-subscription': 'the code is in a header that no page sends by itself',
  'DELETE /api/v1/cases/{number}/push-subscription': 'the code is in a header that no page sends by itself',
  'POST /app/dela': 'stores nothing: the worker of the app takes what is shared before it comes here',
  'POST /kvitto/{number}/{code}/fragor': 'the code is in the address',
  'POST /open311/v2/{file}': 'the key is in the body or the address',
  'POST /open311/test/v2/{file}': 'the key is in the body or the address',
  'POST /oidc/{provider}/logout': 'what the provider says is signed, and in the body',
  'POST /uppdrag/{token}': 'the token is in the address',
  'POST /stod/{link}': 'the link is signed, and in the address',
  'POST /lamna': 'submitting',
  'POST /lamna/barn': 'submitting',
  'POST /folj': 'looks nothing up: leads to the page that number and code name',
  'POST /folj/{number}/{code}': 'the code is in the address',
  'POST /folj/{number}/{code}/oppna': 'the code is in the address',
  'POST /folj/{number}/{code}/samtycke': 'the code is in the address',
  'POST /folj/{number}/{code}/tyck': 'the code is in the address',
  'POST /tyck/{token}': 'the token is in the address',
  'POST /api/v1/sessions': 'signing in: JSON only, which another site may not send',
};

const nameOf = (route) => `${route.method} ${route.path}`;
const staffs = () => routes.filter((r) => r.access.includes('staff'));

async function openCase() {
  const { number } = await submitTo(server, 'Hemligt om Anna Hallon');
  await eventually('it has its registration number', async () =>
    (await server.sql(`SELECT seq FROM synpunkt.case_leg WHERE registration_number IS NOT NULL
      AND case_id = ${serial(number)}`)).length === 1);
  return number;
}

const stateOf = async (number) => (await server.sql(`SELECT c.version, c.status, c.board, c.handler,
  (SELECT count(*) FROM synpunkt.case_event e WHERE e.case_id = c.id) AS events,
  (SELECT count(*) FROM synpunkt.case_content t WHERE t.case_id = c.id) AS content,
  (SELECT count(*) FROM synpunkt.case_leg l WHERE l.case_id = c.id) AS legs,
  (SELECT count(*) FROM synpunkt.outbox o WHERE o.case_id = c.id) AS letters
  FROM synpunkt.case c WHERE c.id = ${serial(number)}`))[0];

function send(route, number, headers) {
  const path = route.path.replace('{number}', number).replace(/\{\w+\}/g, '1');
  const body = ['POST', 'PATCH', 'PUT'].includes(route.method) ? { json: {} } : {};
  return server[route.method.toLowerCase()](path, { ...body, headers });
}

/* The lines about one request, found by the id that came back with the answer; the one that
 * says how it was answered is the last. */
const linesOf = (res) => eventually('the request is in the log', () => {
  const id = res.headers['x-correlation-id'];
  const lines = server.log.split('\n').filter((line) => line.includes(id));
  return lines.some((line) => line.includes('http_request')) && lines.join('\n');
});

test('every address that changes something asks who calls, or gives a caller nothing', () => {
  assert.ok(staffs().length > 20);
  assert.deepEqual(routes.filter((r) => !r.access.includes('staff')).map(nameOf).sort(),
    Object.keys(strangers).sort());
});

test('without a session, or with one that has ended: 401 at every one of them', async () => {
  const number = await openCase();
  const gone = await newColleague(server, 'ute.ur', `manager@${trafik}`);
  const late = await newColleague(server, 'for.sen', `manager@${trafik}`);
  await gone.delete('/api/v1/sessions/current');
  await server.sql(`UPDATE synpunkt.staff_session SET ends_at = now() - interval '1 second'
    WHERE user_id = (SELECT id FROM synpunkt.staff_user WHERE username = 'for.sen')`);
  const before_ = await stateOf(number);

  for (const route of staffs()) {
    for (const headers of [{}, { 'x-csrf-token': late.csrf },
      { cookie: gone.cookie, 'x-csrf-token': gone.csrf, 'if-match': '*' },
      { cookie: late.cookie, 'x-csrf-token': late.csrf, 'if-match': '*' }]) {
      const res = await send(route, number, headers);
      assert.equal(res.status, 401, nameOf(route));
      assert.match(res.headers['content-type'], /^application\/problem\+json/, nameOf(route));
    }
  }
  assert.deepEqual(await stateOf(number), before_);
});

test('from another site, or with somebody else’s token: 403 at every one of them', async () => {
  const number = await openCase();
  const mia = await newColleague(server, 'mia.annan', `coordinator@${trafik}`);
  const before_ = await stateOf(number);
  const tries = [{}, { 'x-csrf-token': '' }, { 'x-csrf-token': mia.csrf },
    { 'x-csrf-token': cia.csrf.slice(1) },
    { origin: 'https://ond.example', 'sec-fetch-site': 'cross-site' },
    /* Even who has read the token somehow is not let in from elsewhere. */
    { 'x-csrf-token': cia.csrf, 'sec-fetch-site': 'cross-site', origin: 'https://ond.example' },
    { 'x-csrf-token': cia.csrf, 'sec-fetch-site': 'same-site' }];

  for (const route of staffs()) {
    for (const headers of tries) {
      const res = await send(route, number, { cookie: cia.cookie, 'if-match': '*', ...headers });
      assert.equal(res.status, 403, `${nameOf(route)} ${JSON.stringify(headers)}`);
      assert.match(res.json.detail, /X-CSRF-Token|another site/);
    }
  }
  assert.deepEqual(await stateOf(number), before_);
  assert.equal((await cia.get('/api/v1/sessions/current')).status, 200);
});

test('what was refused is in the log, and tells of nobody', async () => {
  const number = await openCase();
  const route = staffs().find((r) => r.path.endsWith('/notes'));

  for (const [status, headers] of [[401, {}], [403, { cookie: cia.cookie }]]) {
    const res = await send(route, number, headers);
    assert.equal(res.status, status);
    const lines = await linesOf(res);
    assert.match(lines, new RegExp(`\\b${status}\\b`));
    for (const secret of [cia.cookie.split('=')[1], cia.csrf, number, 'Hallon', 'kontrakt-co'])
      assert.ok(!lines.includes(secret), `${secret} in ${lines}`);
  }
});

test('the page’s own calls are let in', async () => {
  const number = await openCase();
  await act(cia, number, 'note', { text: 'utan rubrik' });
  const { etag } = (await cia.get(at(number))).headers;
  const res = await doIt(cia, number, 'note', { etag, headers: { 'sec-fetch-site': 'same-origin' } });
  assert.equal(res.status, 201, res.text);
});

test('another site is told nothing, and is not asked in', async () => {
  const number = await openCase();
  for (const route of routes) {
    const path = route.path.replace('{number}', number).replace(/\{\w+\}/g, '1');
    const asked = await fetch(server.url + path, { method: 'OPTIONS', headers: {
      origin: 'https://ond.example', 'access-control-request-method': route.method,
      'access-control-request-headers': 'content-type' } });
    const given = [...asked.headers.keys()].filter((name) => name.startsWith('access-control-'));
    /* Of Open311 anybody's page may read what anybody may; sending is not let through. */
    const isOpen = route.path.startsWith('/open311/');
    assert.deepEqual(given.sort(), isOpen ? ['access-control-allow-methods', 'access-control-allow-origin', 'access-control-max-age'] : [], nameOf(route));
    if (isOpen) assert.equal(asked.headers.get('access-control-allow-methods'), 'GET, HEAD', nameOf(route));
  }
  /* What a page can send without asking is not what signing in takes. */
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    const res = await server.post('/api/v1/sessions', { body: '{"username":"a","password":"b"}',
      headers: { 'content-type': type } });
    assert.equal(res.status, 415, type);
  }
});

test('a colleague’s cookie at a resident’s door is worth nothing', async () => {
  const form = new FormData();
  form.append('text', 'Från en annan sida');
  const res = await fetch(`${server.url}/lamna`, { method: 'POST', body: form, redirect: 'manual',
    headers: { cookie: cia.cookie, origin: 'https://ond.example', 'sec-fetch-site': 'cross-site' } });
  const [, id] = /^\/kvitto\/\d+-(\d+)/.exec(res.headers.get('location'));
  const [event] = await server.sql(`SELECT actor FROM synpunkt.case_event
    WHERE case_id = ${id} AND seq = 1`);
  assert.equal(event.actor, 'resident');
});

for (const path of ['/lamna', '/lamna/barn'])
  test(`the form of ${path} sent twice is one case and one receipt`, async () => {
    const again = async (text) => {
      const form = new FormData();
      form.append('text', text);
      form.append('key', `samma-nyckel-${path}`);
      return fetch(server.url + path, { method: 'POST', body: form, redirect: 'manual' });
    };
    const [one, two] = [await again('Lampan är släckt'), await again('Lampan är släckt')];
    assert.deepEqual([one.status, two.status], [303, 303]);
    assert.equal(one.headers.get('location'), two.headers.get('location'));
    const other = await again('Något annat');
    assert.equal(other.status, 409);
    assert.match(await other.text(), /Något annat/);
  });

test('the desk’s request sent again does nothing again', async () => {
  const number = await openCase();
  const { etag } = (await cia.get(at(number))).headers;
  const first = await doIt(cia, number, 'reply', { etag });
  assert.equal(first.status, 201, first.text);
  const then = await stateOf(number);
  const second = await doIt(cia, number, 'reply', { etag });
  assert.equal(second.status, 409);
  assert.equal(second.json.current.number, number);
  assert.equal((await doIt(cia, number, 'reply')).status, 428);
  assert.deepEqual(await stateOf(number), then);
});

test('a role taken away from whoever is signed in: no action of theirs does anything', async () => {
  const number = await openCase();
  const eva = await newColleague(server, 'eva.utan', `coordinator@${trafik}`);
  const { etag } = (await eva.get(at(number))).headers;
  await server.sql(`DELETE FROM synpunkt.staff_role
    WHERE user_id = (SELECT id FROM synpunkt.staff_user WHERE username = 'eva.utan')`);
  const before_ = await stateOf(number);

  for (const action of Object.keys(actions)) {
    const res = await doIt(eva, number, action, { etag });
    assert.ok([403, 404].includes(res.status), `${action} ${res.status}`);
    assert.match(res.headers['content-type'], /^application\/problem\+json/);
    assert.doesNotMatch(res.text, /Hallon/);
  }
  assert.deepEqual(await stateOf(number), before_);
  assert.ok([403, 404].includes((await eva.get(at(number))).status));
});

test('two transfers at once: one is done, the other is told so', async () => {
  const number = await openCase();
  const mia = await newColleague(server, 'mia.flytt', `coordinator@${trafik}`);
  const { etag } = (await cia.get(at(number))).headers;
  const to = (client, board) => doIt(client, number, 'transfer', { etag,
    json: { board, ground: 'no-secrecy' } });
  const both = await Promise.all([to(cia, farsta), to(mia, 'idrottsnamnden')]);
  const [done, late] = both[0].status === 201 ? both : both.reverse();

  assert.equal(done.status, 201, done.text);
  assert.ok([404, 409].includes(late.status), late.text); /* 404: it is out of sight by now */
  assert.match(late.headers['content-type'], /^application\/problem\+json/);
  const told = await events(server, number);
  assert.equal(told.filter((e) => e.what === 'transferred').length, 1);
  const legs = await server.sql(`SELECT board FROM synpunkt.case_leg
    WHERE case_id = ${serial(number)} AND ended_at IS NULL`);
  assert.equal(legs.length, 1);
  assert.ok([farsta, 'idrottsnamnden'].includes(legs[0].board));
});
