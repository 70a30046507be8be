/* Every operation of the OpenAPI document with values that it did not ask for, one at a time
 * in a request that is else right, by colleagues of several roles: none is answered by an
 * error of ours, and the log has none. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { farsta, submitTo, trafik } from './contract_desk_kit.mjs';
import { multipart, startServer } from './harness.mjs';
import { addContractor, order } from './order_kit.mjs';
import { newColleague } from './staff.mjs';

let server, document, clients, known;
const leads = ['registrar', 'coordinator', 'case-handler', 'manager', 'data-protection-officer',
  'auditor'].map((r) => `${r}@${trafik}`).join(',');

/* What stands in the place of one value of a body … */
const oddValues = ['', ' ', '\u0000', 'a\u0000b', '\u2028\u202e\ufffe', '%s%n', "'||(", '[', '\\',
  '\r\nBcc: a@b.se', 'x'.repeat(9000), '-1', '99999999999999999999', '2026-02-31', 'NaN', -1, 0, 1.5,
  1e15, 1e300, true, null, [], {}, [null], ['\u0000'], [[]], [{}], { '': '' },
  [{ start: '\u0000', end: 1e300, section: ['\u0000'] }], [{ start: 0.5, end: 99999999 }]];
/* … and, as they are written there, of an address. */
const oddTexts = ['', '%00', '%FF%FE', '%C3%28', '%ED%A0%80', '%F4%90%80%80', '%0D%0AX:1', '..%2F..%2F',
  '%27%7C%7C%28', '%5B', '-1', '0', '1.5', '1e9', 'NaN', '32768', '2147483648', '9223372036854775807',
  '99999999999999999999', '2026-1', '2026-99999999999', '2026-02-31', '0000-00-00', '294277-01-01',
  '1,2,3,4', '1e999,-1e999,1,1', 'x'.repeat(2000), '%E2%80%AE', '%25s'];

before(async () => {
  server = await startServer({ env: { SYNPUNKT_FORM_LEAST_MS: '0' } });
  document = (await server.get('/api/v1/openapi.json')).json;
  const lead = await newColleague(server, 'leda', leads);
  const chief = await newColleague(server, 'styra', 'administrator@*,analyst@*');
  await newColleague(server, 'offer', `case-handler@${trafik}`);
  clients = [lead, chief, server];
  known = await madeThings(lead, chief);
});
after(async () => {
  await server?.stop();
});

/* One of each, so that an address leads to something. */
async function madeThings(lead, chief) {
  const { number, followUpCode: code } = await submitTo(server, 'Lampan är släckt, säger Eva Ek.');
  const contractor = await addContractor(chief, { code: 'elfirma', name: 'Elfirman', way: 'link' });
  const { id } = await order(lead, number, { contractor });
  const made = async (who, path, json) => {
    const res = await who.post(path, { json });
    assert.equal(res.status, 201, `${path} ${res.text}`);
    return res.json.id;
  };
  const disclosure = await made(lead, '/api/v1/desk/disclosures', { board: trafik, asked: 'Belysning' });
  await lead.post(`/api/v1/desk/disclosures/${disclosure}/cases`, { json: { numbers: [number] } });
  const { items } = (await lead.get(`/api/v1/desk/disclosures/${disclosure}/cases/${number}`)).json;
  const improvement = await made(lead, '/api/v1/desk/improvements', { board: trafik, title: 'Lampor',
    cause: 'Gamla lampor', expectedResult: 'Ljus', responsible: 'Enhetschefen', startsOn: '2026-01-02',
    endsOn: '2026-12-02', categories: ['gatubelysning'], state: 'ongoing' });
  return { number, code, id, contractor, disclosures: disclosure, improvements: improvement,
    document: items[0].document, hash: items[0].hash, because: items[0].because, board: trafik,
    category: 'gatubelysning', district: 'farsta', user: 'offer', username: 'offer', n: '1',
    kind: 'contractors', key: 'elfirma', month: '2026-10', lang: 'sv', action: 'reply',
    version: '1', decision: 'part', numbers: [number], masks: [{ start: 0, end: 6, section: 'OSL 26:1' }] };
}

/* ---- what is right ---- */

const resolve = (schema) => schema?.$ref
  ? resolve(document.components.schemas[schema.$ref.split('/').pop()]) : schema ?? {};

function rightOf(reference, name, depth = 0) {
  const schema = resolve(reference);
  if (known[name] !== undefined) return known[name];
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.oneOf ?? schema.anyOf) return rightOf((schema.oneOf ?? schema.anyOf)[0], name, depth);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((s) => rightOf(s, name, depth)));
  switch ([schema.type].flat()[0]) {
    case 'object': return depth > 3 ? {} : Object.fromEntries(Object.entries(schema.properties ?? {})
      .map(([member, s]) => [member, rightOf(s, member, depth + 1)]));
    case 'array': return [rightOf(schema.items, name, depth + 1)];
    case 'integer': case 'number': return schema.minimum ?? 1;
    case 'boolean': return true;
    default: return schema.format === 'date' ? '2026-11-02' : 'Lampan';
  }
}

/* ---- what is odd ---- */

/* The body with each of its values, wherever it stands, in turn another. */
function* bodiesLike(value, put = (v) => v, depth = 0) {
  for (const odd of oddValues) yield put(odd);
  if (depth > 3 || value === null || typeof value !== 'object') return;
  for (const member of Object.keys(value)) {
    yield* bodiesLike(value[member], (v) => {
      const copy = structuredClone(value);
      copy[member] = v;
      return put(copy);
    }, depth + 1);
  }
}

const idOf = (path) => /\/(disclosures|improvements)\/\{id\}/.exec(path)?.[1] ?? 'id';
const asked = (path, names, values) => {
  const where = path.replace(/\{(\w+)\}/g, (_, name) =>
    values[name] ?? known[name === 'id' ? idOf(path) : name] ?? '1');
  const query = names.filter((n) => values[n] !== undefined).map((n) => `${n}=${values[n]}`);
  return query.length ? `${where}?${query.join('&')}` : where;
};

function* addressesLike(path, parameters) {
  const names = (where) => parameters.filter((p) => p.in === where).map((p) => p.name);
  const right = Object.fromEntries(parameters.filter((p) => p.in === 'query' && (p.required ||
    known[p.name])).map((p) => [p.name, known[p.name] ?? rightOf(p.schema, p.name)]));
  yield asked(path, names('query'), right);
  for (const name of [...names('path'), ...names('query')])
    for (const odd of name === 'lang' ? oddTexts.slice(0, 4) : oddTexts) yield asked(path, names('query'), { ...right, [name]: odd });
}

/* ---- asking ---- */

/* Those of the caller's own sessions are asked by a stranger, and the stream never ends. */
const ends = /^\/api\/v1\/sessions/;
const slow = /statistics|reports/; /* they have few connections, and wait in turn */
const skipped = ['GET /api/v1/desk/events'];

const operations = () => Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).filter(([verb]) => ['get', 'post', 'put', 'patch', 'delete'].includes(verb))
    .map(([verb, op]) => ({ path, verb, op, name: `${verb.toUpperCase()} ${path}`,
      schema: op.requestBody?.content['application/json']?.schema })))
  .filter((o) => !skipped.includes(o.name));

async function ask(client, { verb, name }, where, json, failed) {
  const res = await client[verb](where, { json, headers: { 'if-match': '*',
    'x-follow-up-code': known.code } });
  if (res.status >= 500)
    failed.push(`${res.status} ${name} ${where.slice(0, 200)} ${JSON.stringify(json)?.slice(0, 300)} ${res.text}`);
  return res.status;
}

/* Whoever gets furthest with what is right asks for what is odd. */
async function bestOf(o, where, json, failed) {
  let best = clients[0], least = 999;
  for (const client of clients) {
    const status = await ask(client, o, where, json, failed);
    if (status < least && status !== 401) [best, least] = [client, status];
  }
  return best;
}

/* One of so many, in turn: another one of each value at the next. SYNPUNKT_TEST_ODD=1 asks all. */
let turn = 0;
const some = (all, every = 11) => all.filter(() => turn++ % (process.env.SYNPUNKT_TEST_ODD ?? every) === 0);

test('no value that is not asked for is an error of ours', async () => {
  const failed = [];
  for (const o of operations()) {
    const json = o.schema && rightOf(o.schema);
    const [right, ...odd] = addressesLike(o.path, o.op.parameters ?? []);
    const best = ends.test(o.path) ? server : await bestOf(o, right, json, failed);
    const asks = some([...odd.map((where) => [where, json]),
      ...(json === undefined ? [] : [...bodiesLike(json)].map((body) => [right, body]))]);
    while (asks.length > 0)
      await Promise.all(asks.splice(0, slow.test(o.path) ? 1 : 8)
        .map(([where, body]) => ask(best, o, where, body, failed)));
  }
  assert.deepEqual(failed, []);
  assert.deepEqual(server.logs().filter((l) => l.level === 'error'), []);
});

/* Names that pages look for in an address or a form, and bodies that are none. */
const words = ['lang', 'q', 'from', 'to', 'after', 'category', 'status', 'month', 'period', 'version', 'bbox', 'year',
  'ram', 'typ', 'amne', 'plats', 'text', 'key', 'stamp', 'unit', 'format', 'size', 'user', 'case', 'state', 'code', 'iss',
  'number', 'seen', 'says', 'words', 'svar', 'ease', 'service_request_id', 'lat', 'long', 'radius', 'page', 'api_key'];
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const badBodies = [['', form], ['=&&=&;', form], ['%', form], ['a=%zz', form], ['\u0000=\u0000', form],
  ['{', { 'content-type': 'application/json' }], ['--x\r\n', { 'content-type': 'multipart/form-data; boundary=x' }],
  ['--x\r\nContent-Disposition: form-data; name="text"; filename="\u0000"\r\n\r\n\r\n--x--', { 'content-type': 'multipart/form-data; boundary=x' }]];

test('nor is it one of a page, a file or Open311', async () => {
  const out = await server.ctl(['--json', 'config', '--routes']);
  const pages = JSON.parse(out.stdout).filter(({ path, method }) => ['GET', 'POST'].includes(method)
    && !/^\/api\/|\/pdf$|^\/(live|ready|metrics)$/.test(path));
  const failed = [];
  for (const route of pages) {
    const o = { verb: route.method.toLowerCase(), name: `${route.method} ${route.path}` };
    const names = [...route.path.matchAll(/\{(\w+)\}/g)].map((m) => m[1]);
    const addresses = some([...names.flatMap((name) => oddTexts.map((odd) => asked(route.path, [], { [name]: odd }))),
      ...words.flatMap((name) => oddTexts.map((odd) => asked(route.path, [name], { [name]: odd })))], 47);
    const asks = o.verb === 'get' ? addresses.map((where) => [where, {}])
      : [...addresses.map((where) => [where, { form: {} }]), ...badBodies.map(([body, headers]) => [asked(route.path, [], {}), { body, headers }]),
        ...some(words.flatMap((name) => oddTexts.map((odd) => [asked(route.path, [], {}), { body: `${name}=${odd}&language=sv`, headers: form }])), 47)];
    for (const client of route.access.includes('staff') ? clients : [server])
      for (const [where, options] of asks) {
        const res = await client[o.verb](where, options);
        if (res.status >= 500) failed.push(`${res.status} ${o.name} ${where.slice(0, 200)} ${JSON.stringify(options)} ${res.text.slice(0, 100)}`);
      }
  }
  assert.deepEqual(failed, []);
  assert.deepEqual(server.logs().filter((l) => l.level === 'error'), []);
});

/* What these tell is everybody's, or nothing of the board's: contractors and the city's templates
 * are looked up by all who lead, and of a case that is not there is nothing to list or to forget. */
const harmless = ['GET /api/v1/settings/{kind}/{key}', 'GET /api/v1/desk/templates/{id}',
  'GET /api/v1/desk/templates/{id}/changes', 'DELETE /api/v1/desk/cases/{number}/drafts/{action}',
  'DELETE /api/v1/desk/cases/{number}/presence'];

test('what is another board’s is nobody’s, whatever is asked about it', async () => {
  const there = await newColleague(server, 'dar', `${leads},board-secretary@${trafik}`.replaceAll(trafik, farsta));
  const told = [];
  for (const o of operations().filter(({ path }) => /\{(number|id|code|key|document)\}/.test(path))) {
    const [where] = addressesLike(o.path, o.op.parameters ?? []);
    const res = await there[o.verb](where, { json: o.schema && rightOf(o.schema), headers: { 'if-match': '*' } });
    if (res.status < 400 && res.text !== '{"items":[],"next":null}' && !harmless.includes(o.name))
      told.push(`${res.status} ${o.name} ${res.text.slice(0, 200)}`);
  }
  assert.deepEqual(told, []);
});
