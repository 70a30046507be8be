/* Section 3: what holds for every call: media, errors, ids that come back, OpenAPI. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { assertProblem, lamp } from './contract_kit.mjs';
import { startServer } from './harness.mjs';

let server;
before(async () => { server = await startServer(); });
after(async () => { await server.stop(); });

const post = (body, type = 'application/json', path = '/api/v1/cases') =>
  server.post(path, { body, headers: type === null ? {} : { 'content-type': type } });

/* 400 ------------------------------------------------------------------------------------- */

for (const [name, body] of [
  ['nothing', ''], ['half an object', '{"text":"x"'], ['a trailing comma', '{"text":"x",}'],
  ['two values', '{"text":"x"}{"text":"y"}'], ['garbage after it', '{"text":"x"} x'],
  ['a member twice', '{"text":"x","text":"y"}'],
  ['a member twice inside', '{"text":"x","place":{"lat":1,"lat":2,"lon":3}}'],
  ['single quotes', "{'text':'x'}"], ['a comment', '{"text":"x"/**/}'],
  ['a byte of no UTF-8', Buffer.from('7b2274657874223a22ff227d', 'hex')],
  ['an overlong form', Buffer.from('7b2274657874223a22c0af227d', 'hex')],
  ['a surrogate as UTF-8', Buffer.from('7b2274657874223a22eda080227d', 'hex')],
  ['half a pair of surrogates', '{"text":"\\ud83d"}'],
  ['a bare control mark', '{"text":"a\u0001b"}'], ['an unknown escape', '{"text":"\\x"}'],
  ['a bottomless list', '['.repeat(20000)]])
  test(`JSON with ${name} is 400`, async () => { assertProblem(await post(body), 400); });

test('a message body is held to the same', async () => {
  const made = (await server.post('/api/v1/cases', { json: lamp })).json;
  const res = await server.post(`/api/v1/cases/${made.number}/messages`, { body: '{"text":"x"',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${made.followUpCode}` } });
  assertProblem(res, 400);
});

test('white space around the value is fine', async () => {
  assert.equal((await post(` \r\n\t${JSON.stringify(lamp)}\n `)).status, 201);
});

/* 413, 415 ---------------------------------------------------------------------------------- */

test('256 KiB of JSON are taken, one octet more is 413', async () => {
  const whole = JSON.stringify({ ...lamp, pad: '' });
  const pad = 256 * 1024 - Buffer.byteLength(whole);
  const res = await post(JSON.stringify({ ...lamp, pad: 'x'.repeat(pad) }));
  assert.equal(res.status, 201, res.text);
  assertProblem(await post(JSON.stringify({ ...lamp, pad: 'x'.repeat(pad + 1) })), 413);
});

test('a wrong or missing media type is 415', async () => {
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'json',
    'application/jsonx', 'text/json', '', null])
    assertProblem(await post(JSON.stringify(lamp), type), 415);
});

test('the media type is read in any case of letters and with a charset', async () => {
  for (const type of ['Application/JSON', 'application/json; charset=utf-8',
    'application/json;charset="UTF-8"'])
    assert.equal((await post(JSON.stringify(lamp), type)).status, 201, type);
});

/* 404, 405 ---------------------------------------------------------------------------------- */

for (const path of ['/api/v1', '/api/v1/', '/api/v1/nothing', '/api/v1/cases/', '/api/v1/Cases',
  '/api/v2/cases', '/api', '/api/v1/cases/2026-1/nothing', '/api/v1/categories/', '/api/v1//cases'])
  test(`GET ${path} is a problem of 404`, async () => {
    assertProblem(await server.get(path), 404);
  });

for (const [method, path, allow] of [
  ['get', '/api/v1/cases', ['POST']], ['delete', '/api/v1/cases', ['POST']],
  ['post', '/api/v1/categories', ['GET', 'HEAD']], ['put', '/api/v1/boards', ['GET', 'HEAD']],
  ['patch', '/api/v1/cases/2026-1', ['GET', 'HEAD']],
  ['get', '/api/v1/cases/2026-1/messages', ['POST']],
  ['post', '/api/v1/openapi.json', ['GET', 'HEAD']]])
  test(`${method} ${path} is 405 with Allow`, async () => {
    const res = await server[method](path);
    assertProblem(res, 405);
    const told = res.headers.allow.split(/,\s*/).filter((m) => m !== 'OPTIONS').sort();
    assert.deepEqual(told, allow);
  });

test('a browser that asks for a page gets a problem from the API all the same', async () => {
  const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
  for (const [path, status] of [['/api/v1/nothing', 404], ['/api/v1/cases', 405],
    ['/api/v1/cases/2026-1', 401], ['/api/v1/boards?limit=0', 422]])
    assertProblem(await server.get(path, { headers }), status);
});

test('HEAD is answered wherever GET is, with the same headers and no body', async () => {
  for (const path of ['/api/v1/categories', '/api/v1/openapi.json', '/', '/lamna', '/om']) {
    const get = await server.get(path);
    const head = await server.head(path);
    assert.equal(head.status, 200, path);
    assert.equal(head.body.length, 0);
    assert.equal(head.headers['content-type'], get.headers['content-type']);
    if (head.headers['content-length'] && path !== '/lamna')
      assert.equal(head.headers['content-length'], get.headers['content-length'], path);
  }
});

/* Ids --------------------------------------------------------------------------------------- */

const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

test('a given traceparent comes back', async () => {
  for (const path of ['/api/v1/categories', '/api/v1/nothing']) {
    const res = await server.get(path, { headers: { traceparent: trace } });
    assert.equal(res.headers.traceparent, trace, path);
  }
});

test('a given X-Correlation-ID comes back', async () => {
  for (const path of ['/api/v1/boards', '/api/v1/nothing', '/']) {
    const res = await server.get(path, { headers: { 'x-correlation-id': 'Fråga-1'.replace('å', 'a') } });
    assert.equal(res.headers['x-correlation-id'], 'Fraga-1', path);
  }
});

test('every answer has a correlation id, each its own', async () => {
  const ids = [];
  for (const path of ['/api/v1/boards', '/api/v1/boards', '/nothing', '/', '/api/v1/cases'])
    ids.push((await server.get(path)).headers['x-correlation-id']);
  assert.ok(ids.every((id) => id?.length >= 8), ids.join());
  assert.equal(new Set(ids).size, ids.length);
});

test('an id that could harm a log is not repeated', async () => {
  const res = await server.get('/api/v1/boards',
    { headers: { 'x-correlation-id': 'x'.repeat(5000), traceparent: 'nonsense' } });
  assert.equal(res.status, 200);
  assert.ok(res.headers['x-correlation-id'].length <= 200);
  assert.notEqual(res.headers.traceparent, 'nonsense');
});

test('the API says nosniff and gives no referrer', async () => {
  for (const path of ['/api/v1/boards', '/api/v1/nothing']) {
    const { headers } = await server.get(path);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.match(headers['referrer-policy'], /no-referrer/);
  }
});

/* OpenAPI ------------------------------------------------------------------------------------- */

const openapi = async () => (await server.get('/api/v1/openapi.json')).json;

const expected = {
  '/api/v1/cases': ['post'],
  '/api/v1/cases/{number}': ['get'],
  '/api/v1/cases/{number}/messages': ['post'],
  '/api/v1/categories': ['get'],
  '/api/v1/boards': ['get'],
};

test('OpenAPI 3.1 is told as JSON', async () => {
  const res = await server.get('/api/v1/openapi.json');
  assert.equal(res.status, 200);
  assert.match(res.headers['content-type'], /^application\/(vnd\.oai\.openapi\+)?json/);
  assert.match(res.json.openapi, /^3\.1\.\d+$/);
  assert.equal(typeof res.json.info.title, 'string');
  assert.equal(typeof res.json.info.version, 'string');
});

/* The base of the servers entry may be part of the path. */
function pathsOf(api) {
  const base = api.servers?.[0]?.url?.startsWith('/api') ? api.servers[0].url : '';
  return Object.fromEntries(Object.entries(api.paths)
    .map(([p, item]) => [p.startsWith('/api') ? p : base + p, item]));
}

test('every path of the contract is in it with its methods', async () => {
  const paths = pathsOf(await openapi());
  for (const [path, methods] of Object.entries(expected))
    for (const method of methods) assert.ok(paths[path]?.[method], `${method} ${path}`);
});

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

function operations(api) {
  return Object.entries(api.paths).flatMap(([path, item]) => methods
    .filter((m) => item[m]).map((m) => ({ path, method: m, op: item[m], item })));
}

test('each operation has a summary, answers, and its path parameters', async () => {
  for (const { path, method, op, item } of operations(await openapi())) {
    const where = `${method} ${path}`;
    assert.equal(typeof op.summary, 'string', where);
    assert.ok(Object.keys(op.responses).length > 0, where);
    for (const [code, answer] of Object.entries(op.responses)) {
      assert.match(code, /^([1-5]\d\d|[1-5]XX|default)$/, where);
      assert.ok(answer.$ref || typeof answer.description === 'string', `${where} ${code}`);
    }
    const told = [...(op.parameters ?? []), ...(item.parameters ?? [])];
    const named = told.filter((p) => p.in === 'path');
    assert.deepEqual(named.map((p) => p.name).sort(),
      [...path.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort(), where);
    assert.ok(named.every((p) => p.required === true), where);
    for (const p of told) assert.ok(p.schema || p.content, `${where} ${p.name}`);
  }
});

test('every reference leads somewhere', async () => {
  const api = await openapi();
  const walk = (node) => {
    if (typeof node !== 'object' || node === null) return;
    if (typeof node.$ref === 'string') {
      const target = node.$ref.replace(/^#\//, '').split('/')
        .reduce((at, key) => at?.[key.replaceAll('~1', '/').replaceAll('~0', '~')], api);
      assert.ok(target, node.$ref);
    }
    Object.values(node).forEach(walk);
  };
  walk(api);
});

test('operation ids are there once each, or not at all', async () => {
  const ids = operations(await openapi()).map((o) => o.op.operationId).filter(Boolean);
  assert.equal(new Set(ids).size, ids.length);
});

test('a submission may be JSON or a form with files, and says how it is refused', async () => {
  const op = pathsOf(await openapi())['/api/v1/cases'].post;
  assert.deepEqual(Object.keys(op.requestBody.content).sort(),
    ['application/json', 'multipart/form-data']);
  assert.ok(op.responses['201']);
  const refusals = Object.keys(op.responses);
  assert.ok(refusals.includes('default') || refusals.includes('422') || refusals.includes('4XX'));
});

test('the lists name their query', async () => {
  const paths = pathsOf(await openapi());
  for (const path of ['/api/v1/categories', '/api/v1/boards'])
    assert.deepEqual(paths[path].get.parameters.filter((p) => p.in === 'query')
      .map((p) => p.name).sort(), ['after', 'lang', 'limit']);
});
