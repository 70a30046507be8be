/* The helpers themselves, as far as they need no server. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import { test } from 'node:test';

import { csvParse, eventually, literal, multipart, raw, request, startCluster }
  from './harness.mjs';

test('csvParse reads quotes, NULL and line ends', () => {
  assert.deepEqual(csvParse('a,b\n1,\\N\n"x,""y\nz",""\n'),
    [['a', 'b'], ['1', null], ['x,"y\nz', '']]);
  assert.deepEqual(csvParse(''), []);
});

test('literal quotes', () => {
  assert.equal(literal("it's"), "'it''s'");
  assert.equal(literal(null), 'NULL');
});

test('a cluster comes back after kill -9', async () => {
  const cluster = await startCluster();
  await cluster.sql('CREATE TABLE public.kept (n integer)');
  await cluster.sql('INSERT INTO public.kept VALUES (1), (NULL)');
  cluster.kill9();
  await cluster.start();
  assert.deepEqual(await cluster.sql('SELECT n FROM public.kept ORDER BY n'),
    [{ n: '1' }, { n: null }]);
  await assert.rejects(cluster.sql('SELECT nothing'), /column "nothing" does not exist/);
  await cluster.stop();
});

test('nothing is left of a killed test', async () => {
  const code = `import { startCluster } from '${import.meta.dirname}/cluster.mjs';
    const c = await startCluster();
    console.log(c.dir + ' ' + c.pid());
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code],
    { stdio: ['ignore', 'pipe', 'inherit'] });
  const [dir, pid] = String((await once(child.stdout, 'data'))[0]).trim().split(' ');
  child.kill('SIGKILL');
  await eventually('cleared away', () =>
    !fs.existsSync(dir) && !fs.existsSync(`/proc/${pid}`), 60000);
});

test('request and raw speak to a server', async (t) => {
  const server = http.createServer((req, res) => {
    res.setHeader('content-type', 'application/problem+json');
    res.end(JSON.stringify({ type: req.headers['content-type'], url: req.url }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const base = `http://127.0.0.1:${server.address().port}`;

  const res = await request(base, 'POST', '/x', {
    multipart: multipart([{ name: 'case', json: { text: 'å' } }]) });
  assert.equal(res.status, 200);
  assert.match(res.json.type, /^multipart\/form-data; boundary=/);
  const answer = await raw(base, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  assert.deepEqual(answer.statuses, [200]);
  assert.equal(answer.closed, true);
});
