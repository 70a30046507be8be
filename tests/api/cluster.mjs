/*
 * A private PostgreSQL for tests: its own directory under the temporary files, a unix
 * socket only, every local user let in as any role, fsync off unless asked for: what is
 * committed outlives killed processes all the same, only not a loss of power.
 *
 * Everything a test process starts lives in one directory, its root. reaper.sh watches
 * that process and clears the root away when it is gone, killed or not.
 */
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { ask, askOnce } from './sql.mjs';

const run = promisify(execFile);
const here = path.dirname(fileURLToPath(import.meta.url));
const asRoot = process.getuid() === 0;

export const top = path.resolve(here, '../..');
export const buildDir = path.resolve(top, process.env.SYNPUNKT_TEST_BUILD ?? 'build');
export const ctlPath = path.join(buildDir, 'server/synpunktctl');
export const daemonPath = path.join(buildDir, 'server/synpunktd');

let madeRoot;

/* The directory of this process's tests; made, and watched, at the first call. */
export function testRoot() {
  if (madeRoot) return madeRoot;
  madeRoot = fs.mkdtempSync(path.join(os.tmpdir(), 'synpunkt-test-'));
  fs.chmodSync(madeRoot, 0o755);
  const reaper = spawn(path.join(here, 'reaper.sh'), [madeRoot],
    { cwd: '/', detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  reaper.unref();
  reaper.stdin.unref();
  return madeRoot;
}

function pgBin() {
  for (const version of ['15', '16', '17', '18']) {
    const dir = `/usr/lib/postgresql/${version}/bin`;
    if (fs.existsSync(path.join(dir, 'initdb'))) return dir;
  }
  throw new Error('no PostgreSQL 15 or later is installed');
}

/* PostgreSQL refuses to run as root. setpriv, unlike su, adds no process between. */
function asPostgres(file, args) {
  if (!asRoot) return [file, args];
  return ['setpriv',
    ['--reuid=postgres', '--regid=postgres', '--init-groups', '--', file, ...args]];
}

async function postgresDo(file, args) {
  const [cmd, argv] = asPostgres(path.join(pgBin(), file), args);
  return run(cmd, argv, { cwd: '/' });
}

/* Rows of CSV with \N for NULL; quoted values are taken as they stand. */
export function csvParse(text) {
  const rows = [];
  const field = /("(?:[^"]|"")*"|[^,\n"]*)(,|\n|$)/gy;
  let row = [];

  while (field.lastIndex < text.length) {
    const [, value, end] = field.exec(text);
    if (value.startsWith('"')) row.push(value.slice(1, -1).replaceAll('""', '"'));
    else row.push(value === '\\N' ? null : value);
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

/* 'it''s' from it's; null gives NULL. */
export function literal(value) {
  if (value === null || value === undefined) return 'NULL';
  return `'${String(value).replaceAll("'", "''")}'`;
}

async function initCluster(dir) {
  fs.mkdirSync(dir, { mode: 0o755 });
  if (asRoot) await run('chown', ['postgres:', dir]);
  await postgresDo('initdb', ['-D', `${dir}/data`, '-U', 'postgres', '-A', 'trust',
    '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync', '--no-instructions']);
}

/*
 * A running cluster: {dir, sql(query, {role, database}), start(), stop(), kill9(),
 * pid(), newDatabase(template)}. Rows come as objects of text.
 */
export async function startCluster({ fsync = false, settings = {} } = {}) {
  const dir = path.join(testRoot(), `pg-${process.hrtime.bigint()}`);
  await initCluster(dir);
  const all = { listen_addresses: '', unix_socket_directories: dir, timezone: 'UTC',
    max_connections: '200', jit: 'off', fsync: fsync ? 'on' : 'off',
    full_page_writes: fsync ? 'on' : 'off', ...settings };
  const options = Object.entries(all).map(([k, v]) => `-c ${k}='${v}'`).join(' ');
  const cluster = clusterAt(dir);

  /* After kill9() the children of the old postmaster hold its shared memory a moment. */
  cluster.start = async () => {
    for (let tries = 0; ; tries++) {
      try {
        await postgresDo('pg_ctl', ['-D', `${dir}/data`, '-l', `${dir}/log`,
          '-o', options, '-w', '-t', '120', 'start']);
        return;
      } catch (e) {
        if (tries === 100) throw e;
        await new Promise((done) => { setTimeout(done, 100); });
      }
    }
  };
  await cluster.start();
  return cluster;
}

/*
 * The same for a cluster that somebody else started, as ./check does. A process number
 * comes back within an hour of tests, so a database's name is by the time, too.
 */
export function clusterAt(dir) {
  const since = Date.now().toString(36);
  const copies = new Set(); /* nobody copies or renames these */
  let serial = 0;
  const cluster = {
    dir,
    sql: (query, { role = 'postgres', database = 'postgres' } = {}) =>
      (copies.has(database) ? ask : askOnce)(query, { host: dir, user: role, database }),
    pid() {
      try {
        return Number(fs.readFileSync(`${dir}/data/postmaster.pid`, 'utf8')
          .split('\n')[0]);
      } catch {
        return 0;
      }
    },
    stop: (mode = 'fast') =>
      postgresDo('pg_ctl', ['-D', `${dir}/data`, '-m', mode, '-w', 'stop']),
    /* The postmaster only: its children notice and go by themselves. */
    kill9: () => process.kill(cluster.pid(), 'SIGKILL'),
    async newDatabase(template) {
      const name = `t${since}_${process.pid}_${++serial}`;
      await cluster.sql(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`);
      copies.add(name);
      return name;
    },
  };
  return cluster;
}

export async function ctl(args, { database, dir, env = {}, input } = {}) {
  const conninfo = database && `host=${dir} dbname=${database} user=postgres`;
  const child = spawn(ctlPath, args, { cwd: top,
    env: { ...process.env, ...(conninfo && { SYNPUNKT_DATABASE: conninfo }), ...env } });
  const out = { code: null, stdout: '', stderr: '' };

  child.stdout.setEncoding('utf8').on('data', (s) => { out.stdout += s; });
  child.stderr.setEncoding('utf8').on('data', (s) => { out.stderr += s; });
  child.stdin.on('error', () => {}); /* it may have ended without reading */
  child.stdin.end(input ?? '');
  out.code = await new Promise((done, failed) => {
    child.on('error', failed).on('close', done);
  });
  return out;
}
