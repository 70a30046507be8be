/* The two sides of each row: our server under the load generator, and what it is
 * measured against, pgbench and nginx. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { buildDir, eventually, freePort, request, testRoot, top } from '../api/harness.mjs';

const run = promisify(execFile);
let serial = 0;

/* Whole requests for the load generator, from {method, path, headers, body}. */
export function requestsFile(requests) {
  const file = path.join(testRoot(), `requests-${++serial}`);
  const parts = [];
  for (const { method = 'GET', path: where, headers = {}, body } of requests) {
    const bytes = body === undefined ? Buffer.alloc(0) : Buffer.from(body);
    const all = { host: 'localhost', ...headers,
      ...(body !== undefined && { 'content-length': bytes.length }) };
    const head = Buffer.from(`${method} ${where} HTTP/1.1\r\n${Object.entries(all)
      .map(([k, v]) => `${k}: ${v}\r\n`).join('')}\r\n`);
    parts.push(Buffer.from(`${head.length + bytes.length}\n`), head, bytes);
  }
  fs.writeFileSync(file, Buffer.concat(parts));
  return file;
}

/* {answers, perSecond, p50, p90, p99, max, reopened, statuses} */
export async function load(url, { connections, seconds, file }) {
  const { protocol, hostname, port } = new URL(url);
  const args = [...(protocol === 'https:' ? ['--tls'] : []), connections, seconds,
    hostname, port, file].map(String);
  const { stdout } = await run(path.join(buildDir, 'tests/bench/load'), args);
  return JSON.parse(stdout);
}

const areas = ['gatubelysning', 'vagskador', 'klotter', 'park', 'snorojning',
  'sophamtning', 'lekplats', null];

/* Submissions as residents send them: about 300 bytes of text, a place, an address to
 * answer to, so that case, event, content and outbox rows are written. */
export function submissions(n, { bad = 0 } = {}) {
  return Array.from({ length: n }, (_, i) => {
    const isBad = bad > 0 && i % bad === bad - 1;
    const text = `${isBad ? 'bench-refused ' : ''}Lampan utanför port ${i} har varit `
      + 'trasig i flera veckor och det är mörkt när barnen går till skolan. Vi har '
      + 'ringt två gånger och fått höra att någon ska komma, men ingenting har hänt. '
      + 'Nu undrar vi när den lagas och om fler lampor på gatan kan ses över samtidigt.';
    return { method: 'POST', path: '/api/v1/cases',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text, type: 'complaint', category: areas[i % areas.length],
        place: { lat: 59.25 + (i % 100) * 0.0015, lon: 17.83 + (i % 97) * 0.0031 },
        contact: { name: 'Kim Exempel', email: `kim.${i}@example.org` } }) };
  });
}

/* pgbench with a script, each transaction's time kept: {perSecond, p50, p90, p99} */
export async function pgbenchRun(cluster, database,
  { role, clients, seconds, script, defines = {}, mode = 'prepared' }) {
  const dir = fs.mkdtempSync(path.join(testRoot(), 'pgbench-'));
  fs.writeFileSync(path.join(dir, 'script'), script);
  const args = ['-n', '-M', mode, '-U', role, '-h', cluster.dir,
    '-f', path.join(dir, 'script'), '-c', String(clients),
    '-j', String(Math.min(clients, 2)), '-T', String(seconds), '-l',
    ...Object.entries(defines).flatMap(([name, value]) => ['-D', `${name}=${value}`]),
    database];
  await run('/usr/lib/postgresql/15/bin/pgbench', args, { cwd: dir })
    .catch((e) => { throw new Error(`pgbench: ${e.stderr.slice(0, 500)}`); });
  const took = [];
  for (const file of fs.readdirSync(dir).filter((name) => name !== 'script'))
    for (const line of fs.readFileSync(path.join(dir, file), 'utf8').split('\n'))
      if (line) took.push(Number(line.split(' ')[2]) / 1000);
  took.sort((a, b) => a - b);
  const at = (share) => took[Math.min(Math.floor(share * took.length), took.length - 1)];
  return { perSecond: took.length / seconds, p50: at(0.5), p90: at(0.9), p99: at(0.99) };
}

/* The product's own statement with arrays of one, in the product's role; the routing
 * outcome is given. */
export async function pgbench(cluster, database, { clients, seconds }) {
  const [{ version }] = await cluster.sql('SELECT version FROM synpunkt.city_version',
    { database });
  const script = fs.readFileSync(path.join(top, 'tests/bench/intake.sql'));
  /* base: serials that no sequence and no other run gives */
  return pgbenchRun(cluster, database, { role: 'synpunkt_resident', clients, seconds, script,
    defines: { version, base: 1e12 * ++serial, n: 0,
      text: `{"${JSON.parse(submissions(1)[0].body).text}"}` } });
}

/* Letters of so many bytes by so many conversations: {answers, refused, perSecond, p50, p99} */
export async function handIn(server, { connections, seconds, to, bytes }) {
  const [host, port] = server.env.SYNPUNKT_LMTP.split(':');
  const { stdout } = await run(path.join(buildDir, 'tests/bench/mail'),
    [connections, seconds, host, port, to, bytes].map(String));
  return JSON.parse(stdout);
}

/* As many bytes stored by the product's own call in its own role, each letter another by its
 * key. pgbench sends them as text, for it knows no other way. */
export function pgbenchMail(cluster, database, { clients, seconds, to, bytes }) {
  const hex = Buffer.alloc(bytes, 'Lampan är släckt. ').toString('hex');
  return pgbenchRun(cluster, database, { role: 'synpunkt_mail_in', clients, seconds,
    mode: 'simple',
    script: `SELECT synpunkt_mail_in.store(sha256(gen_random_uuid()::text::bytea),
      'bench@example.org', gen_random_uuid()::text, sha256('x'::bytea), '\\x${hex}'::bytea,
      ARRAY['${to}'], ARRAY[NULL]::text[]);\n` });
}

export async function certificate() {
  const dir = testRoot();
  const files = { cert: `${dir}/cert.pem`, key: `${dir}/key.pem` };
  if (!fs.existsSync(files.cert)) {
    await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
      'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=localhost',
      '-keyout', files.key, '-out', files.cert]);
    fs.chmodSync(files.key, 0o644); /* of this run only; the server reads it as nobody */
  }
  return files;
}

/* nginx with one worker and one file, plain and TLS 1.3: {plain, secure, pid, stop()} */
export async function nginx(body) {
  const dir = fs.mkdtempSync(path.join(testRoot(), 'nginx-'));
  const { cert, key } = await certificate();
  const [port, tlsPort] = [await freePort(), await freePort()];
  fs.chmodSync(dir, 0o755);
  fs.writeFileSync(`${dir}/answer`, body);
  fs.writeFileSync(`${dir}/conf`, `worker_processes 1;
daemon off;
pid ${dir}/pid;
error_log ${dir}/error;
events { worker_connections 1024; }
http {
	access_log off;
	keepalive_requests 1000000000;
	open_file_cache max=10;
	sendfile on;
	tcp_nodelay on;
	${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${dir}/${name};`).join('\n\t')}
	server {
		listen 127.0.0.1:${port};
		listen 127.0.0.1:${tlsPort} ssl;
		ssl_certificate ${cert};
		ssl_certificate_key ${key};
		ssl_protocols TLSv1.3;
		root ${dir};
	}
}
`);
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
  const child = spawn('nginx', ['-p', dir, '-c', `${dir}/conf`], { env, cwd: dir,
    stdio: ['ignore', 'ignore', 'inherit'] });
  const plain = `http://127.0.0.1:${port}`;
  await eventually('nginx answers', () => request(plain, 'GET', '/answer')
    .then((res) => res.status === 200, () => false));
  return { plain, secure: `https://127.0.0.1:${tlsPort}`, pid: child.pid,
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    } };
}
