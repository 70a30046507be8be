/* Operations: /live, /ready, /metrics, settings that stop the start, and what the log tells. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, test } from 'node:test';

import { readForm } from './contract_form_reader.mjs';
import { follow, submitter, withFiles } from './contract_kit.mjs';
import { jpeg } from './contract_samples.mjs';
import { daemonPath, eventually, request, startCluster, startServer, template }
  from './harness.mjs';

let server;
before(async () => {
  server = await startServer({ workers: 2, env: { SYNPUNKT_FORM_LEAST_MS: '0',
    SYNPUNKT_LOG_LEVEL: 'debug' } });
});
after(async () => { await server.stop(); });

const ops = (path, method = 'GET', at = server) => request(at.opsUrl, method, path);

/* Ops ---------------------------------------------------------------------------------------- */

test('/live, /ready and /metrics answer on the port of operations only', async () => {
  for (const path of ['/live', '/ready', '/metrics']) {
    assert.equal((await ops(path)).status, 200, path);
    assert.equal((await ops(path, 'HEAD')).status, 200, path);
    assert.equal((await ops(path, 'POST')).status, 405, path);
    assert.equal((await server.get(path)).status, 404, path);
  }
  for (const path of ['/', '/lamna', '/api/v1/boards']) assert.equal((await ops(path)).status, 404);
});

test('no worker says ready before every worker has been', async (t) => {
  const cluster = await startCluster();
  t.after(async () => { await cluster.stop(); });
  await template(cluster);
  /* As many as one of the two workers takes: the other one cannot read the city. */
  await cluster.sql('ALTER ROLE synpunkt_resident CONNECTION LIMIT 4');
  const held = await startServer({ cluster, workers: 2, wait: false });
  t.after(async () => { await held.stop(); });
  const ask = () => ops('/ready', 'GET', held).then((res) => res.status, () => 0);
  const connected = `SELECT count(*) AS n FROM pg_stat_activity
    WHERE usename = 'synpunkt_resident' AND datname = '${held.database}'`;
  await eventually('one worker has them all', async () =>
    (await cluster.sql(connected))[0].n === '4');
  for (let i = 0; i < 20; i++) assert.notEqual(await ask(), 200);
  await cluster.sql('ALTER ROLE synpunkt_resident CONNECTION LIMIT -1');
  await eventually('both are ready', async () => await ask() === 200, 30000);
  for (let i = 0; i < 20; i++) assert.equal(await ask(), 200);
});

test('/metrics is text that Prometheus reads', async () => {
  const res = await ops('/metrics');
  assert.match(res.headers['content-type'], /^text\/plain/);
  let samples = 0;
  for (const line of res.text.split('\n')) {
    if (line === '') continue;
    if (line.startsWith('#')) {
      assert.match(line, /^# (HELP|TYPE) [a-z_:][a-z0-9_:]* /, line);
      continue;
    }
    assert.match(line,
      /^[a-zA-Z_:][\w:]*(\{([a-z_]\w*="([^"\\\n]|\\.)*",?)*\})? (-?[\d.e+-]+|NaN|[+-]Inf)$/, line);
    samples++;
  }
  assert.ok(samples > 5);
});

test('/metrics counts what was done', async () => {
  const total = async () => [...(await ops('/metrics')).text
    .matchAll(/^synpunkt_\w*(?:cases|intake|submissions)\w*(?:\{[^}]*\})? (\d+)$/gm)]
    .reduce((sum, m) => sum + Number(m[1]), 0);
  const before = await total();
  for (let i = 0; i < 5; i++) await submitter(server)({ text: 'x' });
  await eventually('five more are counted', async () => await total() >= before + 5);
});

test('/ready is 503 while the database is away, /live is not', async (t) => {
  const alone = await startServer({ ownCluster: true,
    env: { SYNPUNKT_DATABASE_TIMEOUT_MS: '1000' } });
  t.after(async () => { await alone.stop(); await alone.cluster.stop().catch(() => {}); });
  await alone.cluster.stop('immediate');
  await eventually('not ready', async () =>
    (await ops('/ready', 'GET', alone)).status === 503, 20000);
  assert.equal((await ops('/live', 'GET', alone)).status, 200);
  await alone.cluster.start();
  await eventually('ready again', async () =>
    (await ops('/ready', 'GET', alone)).status === 200, 20000);
});

/* Settings ----------------------------------------------------------------------------------- */

/* Starts a daemon that should not start; what it wrote and how it ended. */
async function refusedStart(env) {
  const child = spawn(daemonPath, [], { cwd: server.state, env: { ...server.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const out of [child.stdout, child.stderr])
    out.setEncoding('utf8').on('data', (s) => { text += s; });
  const timer = setTimeout(() => child.kill('SIGTERM'), 15000);
  const code = await new Promise((done) => { child.on('close', done); });
  clearTimeout(timer);
  return { code, text };
}

for (const [name, value] of [['SYNPUNKT_COLOUR', 'red'], ['SYNPUNKT_HTTP_WORKER', '2'],
  ['SYNPUNKT_HTTP_WORKERS', '0'], ['SYNPUNKT_HTTP_WORKERS', 'two'], ['SYNPUNKT_HTTP', '8080'],
  ['SYNPUNKT_HTTP', 'example.se:80'], ['SYNPUNKT_OPS', '127.0.0.1:99999'],
  ['SYNPUNKT_INTAKE_PER_HOUR', '-1'], ['SYNPUNKT_CONNECTIONS_PER_ADDRESS', '1.5'],
  ['SYNPUNKT_LOG', 'xml']])
  test(`${name}=${value} stops the start with one clear line`, async () => {
    const { code, text } = await refusedStart({ [name]: value });
    assert.ok(code > 0, `code ${code}`);
    const lines = text.trim().split('\n').filter((l) => !/^=+\d+=+|^$/.test(l));
    assert.equal(lines.length, 1, text);
    assert.ok(lines[0].includes(name) || lines[0].includes(value), lines[0]);
  });

test('a secret that is not there, or too short, stops the start', async () => {
  const lock = `${server.state}/lock2`;
  for (const file of ['/nowhere', '/dev/null']) {
    const { code, text } = await refusedStart({ SYNPUNKT_SECRET_FILE: file, SYNPUNKT_LOCK: lock });
    assert.ok(code > 0);
    assert.equal(text.trim().split('\n').length, 1, text);
  }
});

test('a second server on the same lock does not start', async () => {
  const { code, text } = await refusedStart({});
  assert.ok(code > 0);
  assert.equal(text.trim().split('\n').length, 1, text);
  assert.equal((await ops('/ready')).status, 200, 'the first goes on');
});

/* Log ----------------------------------------------------------------------------------------- */

/* Words that occur nowhere else. */
const secret = { text: 'Xylofonhemlighet', name: 'Qvintus', email: 'zebra77@example.se',
  phone: '070-987 65 43', address: 'Hemvägen 77', file: 'vrakbild', query: 'frageord' };

test('the log holds nothing personal, no code, no query and no body', async () => {
  const made = await withFiles(server, { text: secret.text, place: { address: secret.address,
    lat: 59.31337, lon: 18.07331 }, contact: { name: secret.name, email: secret.email,
    phone: secret.phone } }, [[`${secret.file}.jpg`, jpeg], [`${secret.file}.txt`, secret.text]]);
  assert.equal(made.status, 201);
  const { number, followUpCode: code, followUpUrl } = made.json;
  await follow(server, number, code);
  await follow(server, number, 'ZZZZ-ZZZZ-ZZZZ');
  await server.post(`/api/v1/cases/${number}/messages`, { json: { text: secret.text },
    headers: { authorization: `Bearer ${code}` } });
  for (const path of [new URL(followUpUrl).pathname, `/kvitto/${number}/${code}`,
    `/lamna?unit=${secret.query}`, `/api/v1/boards?limit=${secret.query}`, `/${secret.query}`])
    await server.get(path);
  await server.post('/folj', { form: { number, code } });
  const { fields } = readForm((await server.get('/lamna')).text);
  for (const email of [secret.email, `${secret.email} fel`])
    await server.post('/lamna', { form: { ...fields, text: secret.text, name: secret.name, email,
      phone: secret.phone, address: secret.address } });
  await server.post('/api/v1/cases', { body: `{"text":"${secret.text}"`,
    headers: { 'content-type': 'application/json' } });
  const { log } = server;
  for (const word of [...Object.values(secret), code, code.replaceAll('-', ''), 'ZZZZ-ZZZZ',
    '59.31337', '18.07331', fields.stamp])
    assert.ok(!log.toLowerCase().includes(word.toLowerCase()), `the log holds "${word}": ${
      log.split('\n').find((l) => l.toLowerCase().includes(word.toLowerCase()))}`);
});

test('every line of the log is one JSON object with time, level and event', async () => {
  const lines = server.log.split('\n').filter(Boolean);
  assert.ok(lines.length > 10);
  for (const line of lines) {
    const entry = JSON.parse(line);
    assert.ok(Object.values(entry).some((v) => /^\d{4}-\d\d-\d\dT/.test(v)), line);
  }
});

test('a request is logged by its route, with its correlation id', async () => {
  await server.get('/api/v1/boards', { headers: { 'x-correlation-id': 'spar-4711' } });
  await eventually('it is in the log', async () => server.log.includes('spar-4711'));
  const line = server.log.split('\n').find((l) => l.includes('spar-4711'));
  assert.ok(line.includes('/api/v1/boards'), line);
});

test('no page or problem tells what runs inside', async () => {
  for (const res of [await server.get('/api/v1/nothing'), await server.get('/'),
    await server.post('/api/v1/cases', { body: '{' })]) {
    assert.equal(res.headers['x-powered-by'], undefined);
    assert.doesNotMatch(res.text, /libpq|postgres|\.c:\d+|\/work\/|SELECT /i);
  }
});

test('SIGTERM stops it cleanly, with what is in work finished', async () => {
  const other = await startServer({ workers: 2 });
  const count = async () =>
    Number((await other.sql('SELECT count(*) AS n FROM synpunkt.case'))[0].n);
  const before = await count();
  const all = Promise.all(Array.from({ length: 30 }, (_, i) => submitter(other)({ text: `Fall ${i}` })
    .then((r) => r.status, () => 'cut')));
  await eventually('some have arrived', async () => await count() > before);
  const how = await other.stop();
  assert.equal(how.code, 0, other.log);
  const done = (await all).filter((s) => s === 201).length;
  assert.equal(await count() - before, done, 'each stored one was answered');
});
