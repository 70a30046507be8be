/* Rows 5, 7 and 8: the desk and the figures over a million cases. */
import { execFile } from 'node:child_process';
import crypto from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';

import { literal, request, startServer, template, top } from '../api/harness.mjs';
import { newColleague } from '../api/staff.mjs';
import { load, pgbenchRun, requestsFile } from './sides.mjs';

const run = promisify(execFile);
const cases = Number(process.env.BENCH_CASES ?? 1000000);
const board = 'trafiknamnden';

/* A database of the city with n cases. */
export async function manyCases(cluster, name, n) {
  const started = Date.now();

  await cluster.sql(`CREATE DATABASE ${name} TEMPLATE ${await template(cluster)}`);
  await run('/usr/lib/postgresql/15/bin/psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1',
    '-v', `cases=${n}`, '-h', cluster.dir, '-U', 'postgres', '-d', name,
    '-f', path.join(top, 'tests/bench/million.sql')]);
  console.error(`${n} cases made in ${((Date.now() - started) / 1000).toFixed(0)} s`);
}

/* A template of a city with a million cases, counted. */
export async function millionTemplate(cluster) {
  const name = 'template_million';
  const at = { database: name };
  const started = Date.now();
  const since = () => `${((Date.now() - started) / 1000).toFixed(0)} s`;

  await manyCases(cluster, name, cases);
  for (let after = 0, n = Infinity; n > 0;) {
    const [row] = await cluster.sql(
      `SELECT n, last FROM synpunkt_statistics.catch_up(10000, ${after})`, at);
    n = Number(row.n);
    after = row.last;
  }
  await cluster.sql('VACUUM ANALYZE', at);
  console.error(`and counted in ${since()}`);
  return name;
}

/* The database itself, not a copy: there is one user of it at a time. */
export async function millionServer(cluster) {
  const server = await startServer({ cluster, workers: 2, database: await millionTemplate(cluster),
    env: { SYNPUNKT_LOG_LEVEL: 'warning', SYNPUNKT_CONNECTIONS_PER_ADDRESS: '0' } });
  const staff = await newColleague(server, 'bench', `coordinator@${board}`);
  const token = staff.cookie.split('=')[1];
  server.staff = staff;
  server.session = crypto.createHash('sha256').update(Buffer.from(token, 'hex')).digest('hex');
  return server;
}

const query = (values) => `/api/v1/desk/cases?${new URLSearchParams(values)}`;

function all200(result) {
  const bad = Object.keys(result.statuses).filter((status) => status !== '200');
  if (bad.length || !result.answers) throw new Error(`answers ${JSON.stringify(result.statuses)}`);
  return result;
}

/* Row 5. The reference is the server's own statement, its rows unread. */
export async function queuePage(server, { inTurn, seconds }) {
  const file = requestsFile([{ path: query({ limit: 50 }),
    headers: { cookie: server.staff.cookie } }]);
  const statement = `SELECT l.* FROM synpunkt_desk.list(${literal(server.session)}, NULL, NULL,
    NULL, NULL, NULL, NULL, false, NULL, false, NULL, NULL, 51, NULL, 3) l;`;
  const both = await inTurn('queue page',
    async () => all200(await load(server.url, { connections: 64, seconds, file })),
    () => pgbenchRun(server.cluster, server.database, { role: 'synpunkt_desk', clients: 64,
      seconds, script: statement.replaceAll('\n', ' ') }));
  return [{ row: '5', name: `queue page of 50 at ${cases} cases, 64 connections`,
    unit: 'pages/s', ours: both.ours.perSecond, reference: both.reference.perSecond,
    ratio: both.ours.perSecond / both.reference.perSecond, least: 0.9 }];
}

/* {ms, whole}: the database's own time for an expression, and its value. */
async function timed(server, expression) {
  const [row] = await server.sql(`CREATE TEMP TABLE took (at timestamptz, whole text);
    INSERT INTO took VALUES (clock_timestamp());
    INSERT INTO took (whole) SELECT ${expression};
    INSERT INTO took VALUES (clock_timestamp());
    SELECT extract(epoch FROM max(at) - min(at)) * 1000 AS ms, max(whole) AS whole FROM took`);
  return { ms: Number(row.ms), whole: row.whole };
}

/* Row 7. Straight is facts() over every case, once: it takes minutes. */
export async function figures(server, { quiet, median }) {
  const rows = [];
  const now = new Date();
  const year = now.getUTCFullYear();
  for (const [name, where, first, last] of [
    ['the month of one board', board, `${year}-05-01`, `${year}-05-01`],
    ['the whole city’s year', '', `${year - 1}-01-01`, `${year - 1}-12-01`]]) {
    const figure = (byEvents) => timed(server, `synpunkt_statistics.figures('${where}',
      '${first}', '${last}', ${byEvents})::text`);
    await figure(false);
    const cells = [];
    for (let i = 0; i < 5; i++) cells.push(await quiet(name, () => figure(false)));
    const straight = await quiet(name, () => figure(true));
    if (cells.some((c) => c.whole !== straight.whole) || !straight.whole.includes('"received"'))
      throw new Error(`${name}: the cells are not what the events say`);
    const ms = median(cells.map((c) => c.ms));
    rows.push({ row: '7', name: `${name} by cells, equal to straight SQL`, unit: 'ms', ours: ms,
      reference: straight.ms, ratio: straight.ms / ms, least: 100 });
  }
  return rows;
}

/* Each way that words can be looked for: rare and common, open and closed, the first page
 * and a later one, with other filters, in either order. */
function searches() {
  const all = [];
  const words = [1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 500, 1000, 5000, 19000].map((n) => `ord${n}`);
  for (const q of [...words, 'sällsynt', 'trasig', 'ord1 ord2', 'ord1 -ord2', 'ord700 or ord800',
    '"ord1 ord1"', 'finnsinte', 'belysning', 'stolpe', 'skola trasig', 'halkbekampning', 'namn17',
    'person17@example.org', '+46 70 000 00 17'])
    for (const more of [{}, { status: 'any' }, { status: 'closed' },
      { status: 'any', sort: 'receivedAt' }, { type: 'praise' }, { overdue: 'true' },
      { status: 'any', category: 'gatubelysning' }, { handler: 'none' }])
      all.push({ q, limit: 50, ...more });
  return all;
}

/* Row 8, over HTTP on one connection: the median of five of each search. */
export async function wordSearch(server, { quiet, median }) {
  const headers = { cookie: server.staff.cookie };
  const once = async (values) => {
    const started = performance.now();
    const res = await request(server.url, 'GET', query(values), { headers });
    const ms = performance.now() - started;
    if (res.status !== 200) throw new Error(`${query(values)} answers ${res.status}`);
    return { ms, next: res.json.next };
  };
  const took = await quiet('word search', async () => {
    const list = [];
    for (const values of searches()) {
      const { next } = await once(values);
      for (const page of next ? [values, { ...values, after: next }] : [values]) {
        const times = [];
        for (let i = 0; i < 5; i++) times.push((await once(page)).ms);
        list.push({ ms: median(times), page });
      }
    }
    return list.sort((a, b) => a.ms - b.ms);
  });
  const slow = took.at(-1);
  console.error(`${took.length} searches; the slowest is ${JSON.stringify(slow.page)}`);
  const row = (name, ms, most) => ({ row: '8', name, unit: 'ms', ours: ms, reference: most,
    ratio: ms / most, most: 1 });
  return [row(`a word search at ${cases} cases, median of ${took.length}`,
    took[Math.floor(took.length / 2)].ms, 10),
  row('the slowest of them', slow.ms, 50)];
}
