/* /api/v1/openapi.json is right, whole, and enough to make a client of. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

import { startServer, testRoot, top } from './harness.mjs';
import { addUser, newColleague } from './staff.mjs';

const run = promisify(execFile);
const modules = path.join(top, 'tests/node_modules');
const month = new Date().toLocaleDateString('sv-SE', { timeZone: 'Europe/Stockholm' }).slice(0, 7);
let server;
let api;

before(async () => {
  server = await startServer();
  api = (await server.get('/api/v1/openapi.json')).json;
}, { timeout: 120000 });

after(async () => {
  await server?.stop();
});

const operations = () => Object.entries(api.paths).flatMap(([where, item]) =>
  Object.entries(item).map(([method, op]) => ({ where, method, op })));

test('the document is OpenAPI 3.1', async () => {
  const said = await new Validator().validate(structuredClone(api));
  assert.ok(said.valid, JSON.stringify(said).slice(0, 2000));
});

test('every address under /api/v1 is in it with all that a client needs', async () => {
  const served = (await server.ctl(['config', '--routes'])).stdout.split('\n')
    .map((line) => /^public +(\S+) +(\/api\/v1\/\S+)/.exec(line)).filter(Boolean)
    .map(([, method, where]) => `${method.toLowerCase()} ${where}`)
    .filter((one) => one !== 'get /api/v1/openapi.json');
  assert.ok(served.length > 150);
  assert.deepEqual(operations().map((o) => `${o.method} ${o.where}`).sort(), served.sort());
  for (const { where, method, op } of operations()) {
    const at = `${method} ${where}`;
    assert.match(op.operationId, /^[a-z]+[A-Z]\w+$/, at);
    assert.equal(op.tags.length, 1, at);
    assert.ok(api.tags.some((t) => t.name === op.tags[0]), at);
    const done = Object.entries(op.responses).filter(([status]) => /^2/.test(status));
    assert.equal(done.length, 1, at);
    const [status, answer] = done[0];
    assert.equal(status === '204', !answer.content, `${at}: 204 alone has no content`);
    for (const [media, content] of Object.entries(answer.content ?? {}))
      assert.ok(content.schema, `${at} ${media}`);
    for (const content of Object.values(op.requestBody?.content ?? {})) assert.ok(content.schema, at);
    assert.ok(op.responses.default, at);
    assert.equal(!!op.responses['422'], !!op.requestBody || (op.parameters ?? []).some((p) => p.in === 'query'), at);
    for (const scheme of op.security.flatMap(Object.keys)) assert.ok(api.components.securitySchemes[scheme], at);
    assert.equal(!!op.responses['401'], op.security.length > 0, at);
  }
  const ids = operations().map((o) => o.op.operationId);
  assert.equal(new Set(ids).size, ids.length);
});

test('who may call what is what the server does', async () => {
  for (const { where, method, op } of operations()) {
    if (!op.security.some((s) => s.session)) continue;
    const res = await server[method](where.replace(/\{\w+\}/g, '1'),
      method === 'get' || method === 'delete' ? {} : { json: {} });
    assert.equal(res.status, 401, `${method} ${where}`);
  }
});

test('a client is made of it, type-checked, and does the work', async () => {
  const dir = fs.mkdtempSync(path.join(testRoot(), 'client-'));
  const node = (file, ...args) => run(process.execPath, [path.join(modules, file), ...args], { cwd: dir });
  fs.symlinkSync(modules, path.join(dir, 'node_modules'));
  fs.writeFileSync(path.join(dir, 'openapi.json'), JSON.stringify(api));
  fs.writeFileSync(path.join(dir, 'package.json'), '{"type": "module"}');
  fs.copyFileSync(path.join(top, 'tests/api/openapi_client.ts'), path.join(dir, 'openapi_client.ts'));
  await node('openapi-typescript/bin/cli.js', 'openapi.json', '-o', 'api.gen.ts');
  fs.writeFileSync(path.join(dir, 'globals.d.ts'),
    'declare const process: { argv: string[] };\n');
  fs.writeFileSync(path.join(dir, 'tsconfig.json'), JSON.stringify({ files: ['openapi_client.ts', 'globals.d.ts'],
    compilerOptions: { strict: true, noUncheckedIndexedAccess: true, target: 'es2022', module: 'nodenext',
      lib: ['es2022', 'dom', 'dom.iterable'], types: [], skipLibCheck: true } }));
  const check = await node('typescript/bin/tsc').catch((e) => assert.fail(e.stdout));
  assert.equal(check.stdout, '');
  const password = await addUser(server, 'nora', 'case-handler@trafiknamnden,board-secretary@trafiknamnden');
  const { stdout } = await run(process.execPath, [path.join(dir, 'openapi_client.js'), server.url, 'nora', password, month]);
  const { number, ...did } = JSON.parse(stdout);
  assert.match(number, /^\d{4}-\d+$/);
  assert.deepEqual(did, { board: 'trafiknamnden', refused: ['text'], before: 'received', queue: [number],
    text: 'Lampan vid busshållplatsen är släckt', answered: 'closed', after: ['Lampan är bytt.'], figures: month, ended: 204 });
});

/* Every GET that needs no name in its path, and what the named ones are filled with. */
const queries = {
  '/api/v1/areas': 'kind=district', '/api/v1/statistics': `board=trafiknamnden&month=${month}`,
};

function checker() {
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats(ajv);
  ajv.addSchema({ $id: 'api', components: api.components });
  return (at, ref, value) => {
    const check = ajv.getSchema(`api${ref}`);
    assert.ok(check(value), `${at}: ${JSON.stringify(check.errors?.slice(0, 5))} in ${JSON.stringify(value).slice(0, 600)}`);
  };
}

const schemaOf = (op, status) => op.responses[status]?.content?.['application/json']?.schema?.$ref;

test('what is answered is what the document says', async () => {
  const holds = checker();
  const all = await newColleague(server, 'alla', ['case-handler', 'coordinator', 'manager', 'registrar', 'board-secretary',
    'auditor', 'data-protection-officer'].map((r) => `${r}@trafiknamnden`).concat('analyst@*', 'administrator@*').join(','));
  const made = await server.post('/api/v1/cases', { json: { text: 'Lampan blinkar', category: 'gatubelysning',
    place: { lat: 59.2518, lon: 18.0921, address: 'Kungsgatan 1' }, contact: { name: 'Eva Ek', email: 'eva@example.org' } } });
  assert.equal(made.status, 201);
  holds('receipt', schemaOf(api.paths['/api/v1/cases'].post, '201'), made.json);
  const { number, followUpCode } = made.json;
  const checked = [];
  for (const { where, method, op } of operations()) {
    const ref = schemaOf(op, '200');
    if (method !== 'get' || !ref || /\{(?!number\}|board\})/.test(where)) continue;
    const filled = where.replace('{number}', number).replace('{board}', 'trafiknamnden');
    const headers = op.security.some((s) => s.followCode) ? { authorization: `Bearer ${followUpCode}` } : {};
    const names = (op.parameters ?? []).filter((p) => p.in === 'query').map((p) => p.name);
    const query = queries[where] ?? names.filter((n) => known[n]).map((n) => `${n}=${known[n]}`).join('&');
    const res = await all.get(`${filled}?${query}`, { headers });
    if (res.status !== 200) {
      holds(`${filled} ${res.status}`, '#/components/schemas/Problem', res.json);
      continue;
    }
    holds(`${filled}?${query}`, ref, res.json);
    checked.push(where);
  }
  assert.ok(checked.length > 45, `${checked.length} were checked: ${checked}`);
  for (const one of ['/api/v1/cases/{number}', '/api/v1/desk/cases', '/api/v1/desk/cases/{number}', '/api/v1/statistics',
    '/api/v1/statistics/packs', '/api/v1/desk/webhooks', '/api/v1/settings', '/api/v1/categories'])
    assert.ok(checked.includes(one), one);
});

const known = { board: 'trafiknamnden', month, limit: '5', kind: 'district', year: month.slice(0, 4), q: 'lampan' };
