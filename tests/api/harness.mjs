/*
 * What an API or browser test stands on: the real synpunktd on free ports against a
 * fresh database of a real PostgreSQL.
 *
 *   const server = await startServer();            one worker, the demonstration city
 *   const res = await server.post('/api/v1/cases', { json: { text: 'Hej' } });
 *   const rows = await server.sql('SELECT count(*) FROM synpunkt.case');
 *   await server.stop();
 *
 * One cluster serves all servers of a test process, or of a whole ./check, which names
 * it in SYNPUNKT_TEST_CLUSTER. Migrations and import run once per cluster, into
 * templates; a test's database is a copy of one. A test that stops or kills PostgreSQL
 * asks for a cluster of its own: startServer({ ownCluster: true }).
 */
import { execFile, spawn } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';

import { request } from './client.mjs';
import { clusterAt, ctl, ctlPath, daemonPath, startCluster, testRoot, top }
  from './cluster.mjs';

export { multipart, raw, rawOpen, request } from './client.mjs';
export { buildDir, clusterAt, csvParse, ctl, ctlPath, daemonPath, literal, startCluster,
  testRoot, top } from './cluster.mjs';

const run = promisify(execFile);
const asRoot = process.getuid() === 0;

export const sleep = (ms) => new Promise((done) => { setTimeout(done, ms); });

/* Polls until test() is true or something; fails after ms, saying what was awaited. */
export async function eventually(what, test, ms = 10000) {
  const end = Date.now() + ms;
  for (;;) {
    const value = await test();
    if (value) return value;
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await sleep(20);
  }
}

let shared;

export function sharedCluster() {
  const dir = process.env.SYNPUNKT_TEST_CLUSTER;
  shared ??= dir ? Promise.resolve(clusterAt(dir)) : startCluster();
  return shared;
}

/* The name of a migrated (and, unless empty, filled) database to copy from. Who asks
 * first makes it; it gets its name last, so that a half-made one is never used. */
export function template(cluster, { empty = false } = {}) {
  const name = empty ? 'template_empty' : 'template_city';
  const key = `${cluster.dir} ${name}`;
  if (!templates.has(key)) templates.set(key, makeTemplate(cluster, name, empty));
  return templates.get(key);
}

const templates = new Map(); /* promises, by cluster and name */

async function makeTemplate(cluster, name, empty) {
  const half = `${name}_${process.pid}`;
  const known = `SELECT 1 FROM pg_database WHERE datname = '${name}'`;

  if ((await cluster.sql(known)).length) return name;
  const at = { database: half, dir: cluster.dir };
  await cluster.sql(`DROP DATABASE IF EXISTS ${half}`);
  const from = empty ? 'template0'
    : `${await template(cluster, { empty: true })} STRATEGY file_copy`;
  await cluster.sql(`CREATE DATABASE ${half} TEMPLATE ${from}`);
  await must(empty ? ctl(['migrate'], at) : loadCity(at));
  if (!empty) await catchUp(cluster, half);
  try {
    await cluster.sql(`ALTER DATABASE ${half} RENAME TO ${name}`);
  } catch (e) {
    if (!(await cluster.sql(known)).length) throw e;
    await cluster.sql(`DROP DATABASE ${half}`); /* another process was first */
  }
  return name;
}

/* What the job worker does first of all with cases it has not seen, and once a day
 * (server/job_worker.c): done once here, every server that a test starts need not. */
async function catchUp(cluster, database) {
  for (const call of ['synpunkt_register.assign(1000000)', 'synpunkt_desk.catch_up(1000000)',
    'synpunkt_desk.renew_words(1000000)', 'synpunkt_map.catch_up(1000000)',
    'synpunkt_statistics.catch_up(1000000, 0)', "synpunkt_statistics.check('00:00')"])
    await cluster.sql(`SELECT ${call}`, { database });
}

async function must(promise) {
  const out = await promise;
  if (out.code !== 0)
    throw new Error(`setting up the database failed: ${out.stdout}${out.stderr}`);
}

/* server/demo/load is what ./run uses too. */
async function loadCity({ database, dir }) {
  const env = { ...process.env,
    SYNPUNKT_DATABASE: `host=${dir} dbname=${database} user=postgres` };
  try {
    await run(path.join(top, 'server/demo/load'), [ctlPath], { cwd: top, env });
    return { code: 0 };
  } catch (e) {
    return { code: 1, stdout: e.stdout ?? '', stderr: e.stderr ?? e.message };
  }
}

/* Below those that the kernel gives to connections: a server that is killed and started
 * again would find one of a browser's on its port. */
export async function freePort() {
  for (;;) {
    const port = crypto.randomInt(12000, 32000);
    const server = net.createServer();
    const isFree = await new Promise((done) => {
      server.once('error', () => done(false));
      server.listen(port, '127.0.0.1', () => done(true));
    });
    if (!isFree) continue;
    await new Promise((done) => { server.close(done); });
    return port;
  }
}

/* A directory that the daemon's user may write: attachments, spool, secret. */
async function makeState() {
  const dir = fs.mkdtempSync(path.join(testRoot(), 'state-'));
  fs.chmodSync(dir, 0o755);
  fs.mkdirSync(`${dir}/attachments`, { mode: 0o700 });
  fs.mkdirSync(`${dir}/spool`, { mode: 0o700 });
  fs.writeFileSync(`${dir}/secret`, crypto.randomBytes(32), { mode: 0o600 });
  if (asRoot) await run('chown', ['-R', 'nobody:', dir]);
  return dir;
}

async function makeEnv({ env, workers, cluster, database, state }) {
  const [port, opsPort, lmtpPort] =
    await Promise.all([freePort(), freePort(), freePort()]);
  return { ...process.env,
    SYNPUNKT_HTTP: `127.0.0.1:${port}`, SYNPUNKT_OPS: `127.0.0.1:${opsPort}`,
    /* A closed port, so that no test mails by the machine's own server. */
    SYNPUNKT_SMTP: 'smtp://127.0.0.1:1',
    SYNPUNKT_LMTP: `127.0.0.1:${lmtpPort}`, SYNPUNKT_HTTP_WORKERS: String(workers),
    SYNPUNKT_DATABASE: `host=${cluster.dir} dbname=${database}`,
    SYNPUNKT_STATE: state, SYNPUNKT_SECRET_FILE: `${state}/secret`,
    SYNPUNKT_LOCK: `${state}/lock`, SYNPUNKT_LOG: 'json',
    SYNPUNKT_INTAKE_PER_HOUR: '0', ...(asRoot && { SYNPUNKT_USER: 'nobody' }),
    ASAN_OPTIONS: 'detect_leaks=1:abort_on_error=0', ...env };
}

/* pids of synpunktd's children with their names, [{pid, name}]. */
export function childrenOf(pid) {
  const found = [];
  for (const entry of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = fs.readFileSync(`/proc/${entry}/stat`, 'utf8');
      const [, name, rest] = /^\d+ \((.*)\) (.*)$/s.exec(stat);
      if (Number(rest.split(' ')[1]) === pid) found.push({ pid: Number(entry), name });
    } catch {
      /* it ended while we looked */
    }
  }
  return found;
}

function daemonStart(server, env) {
  const child = spawn(daemonPath, [], { cwd: server.state, env,
    stdio: ['ignore', 'pipe', 'pipe'] });
  server.process = child;
  server.exited = new Promise((done) => {
    child.on('exit', (code, signal) => done({ code, signal }));
    child.on('error', (e) => { server.log += `${e}\n`; done({ code: -1 }); });
  });
  for (const out of [child.stdout, child.stderr])
    out.setEncoding('utf8').on('data', (text) => { server.log += text; });
}

async function ready(server) {
  let gone;
  server.exited.then((how) => { gone = how; });
  await eventually('synpunktd is ready', async () => {
    if (gone) throw new Error(`synpunktd stopped: ${JSON.stringify(gone)}\n${server.log}`);
    try {
      return (await request(server.opsUrl, 'GET', '/ready')).status === 200;
    } catch {
      return false;
    }
  }, 60000).catch((e) => { throw new Error(`${e.message}\n${server.log}`); });
}

/* Kills the parent and every child at once, as a machine that loses power would. */
/* The parent first, which would start another child; the lock is free when all are gone. */
async function kill9(server) {
  const all = [server.process.pid, ...childrenOf(server.process.pid).map((c) => c.pid)];
  for (const pid of all) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      /* gone already */
    }
  }
  await server.exited;
  await eventually('all are gone', () => all.every((pid) => !alive(pid)));
}

/* A zombie that nobody has waited for yet holds nothing any more. */
function alive(pid) {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

const verbs = { get: 'GET', head: 'HEAD', post: 'POST', put: 'PUT', patch: 'PATCH',
  delete: 'DELETE', options: 'OPTIONS' };

/*
 * Starts synpunktd and waits until /ready. Options: env (more settings), empty (no
 * demonstration city), workers, ownCluster, cluster, database (one that is there), wait
 * (false: do not wait).
 * The server: url, opsUrl, env, state, database, cluster, log (all it wrote),
 * logs() (its JSON lines), get/post/… (path, options of request()), sql(query),
 * sqlAs(role, query), ctl(args), children(), start(), stop(), kill9(), exited.
 */
export async function startServer(options = {}) {
  const { empty = false, workers = 1, wait = true, ownCluster = false } = options;
  const cluster = options.cluster
    ?? (ownCluster ? await startCluster(options.clusterOptions) : await sharedCluster());
  const database = options.database
    ?? await cluster.newDatabase(await template(cluster, { empty }));
  const state = await makeState();
  const env = await makeEnv({ env: options.env, workers, cluster, database, state });
  const scheme = env.SYNPUNKT_TLS_CERT ? 'https' : 'http';
  const server = { cluster, database, state, env, log: '',
    url: `${scheme}://${env.SYNPUNKT_HTTP}`, opsUrl: `http://${env.SYNPUNKT_OPS}` };

  for (const [name, method] of Object.entries(verbs))
    server[name] = (where, opts) => request(server.url, method, where, opts);
  server.sql = (query) => cluster.sql(query, { database });
  server.sqlAs = (role, query) => cluster.sql(query, { database, role });
  server.ctl = (args, opts = {}) => ctl(args, { database, dir: cluster.dir, ...opts });
  server.children = () => childrenOf(server.process.pid);
  server.logs = () => server.log.split('\n').filter((l) => l.startsWith('{'))
    .map((l) => JSON.parse(l));
  server.start = async () => {
    daemonStart(server, env);
    if (wait) await ready(server);
  };
  server.stop = async (signal = 'SIGTERM') => {
    server.process.kill(signal);
    const how = await server.exited;
    /* What a sanitizer found kills a worker, which another then stands in for. */
    const report = /^.*(?:Sanitizer|runtime error)[^]{0,2000}/m.exec(server.log);
    if (report) throw new Error(`the server broke a rule of memory:\n${report[0]}`);
    return how;
  };
  server.kill9 = () => kill9(server);
  await server.start();
  return server;
}
