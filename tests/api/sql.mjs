/*
 * What tests ask PostgreSQL. Connections are kept for a moment, since a new one has the
 * catalogues to read and every function to plan again.
 */
import pg from 'pg';

/* Text as psql shows it, so that tests compare what PostgreSQL says. */
const asText = { getTypeParser: () => (value) => value };

/* What would stay with a connection and be found by the next who asks. */
const leavesTraces = /\b(?:set|set_config|begin|prepare|temp|temporary|listen|lock|\w*advisory\w*|load)\b/i;

const pools = new Map();

function poolOf(host, user, database) {
  const key = `${host} ${user} ${database}`;
  if (!pools.has(key)) {
    const pool = new pg.Pool({ host, user, database, types: asText, max: 20,
      idleTimeoutMillis: 1000, allowExitOnIdle: true });
    pool.on('error', () => {}); /* PostgreSQL went; the next who asks connects anew */
    pools.set(key, pool);
  }
  return pools.get(key);
}

/* As psql tells it: ERROR:  what, then DETAIL, HINT and CONTEXT, a line each. */
function told(e) {
  if (!e.severity) return e.message;
  return [[e.severity, e.message], ['DETAIL', e.detail], ['HINT', e.hint], ['CONTEXT', e.where]]
    .filter(([, text]) => text).map(([name, text]) => `${name}:  ${text}`).join('\n');
}

/* The rows of the last statement that has any, values as text. */
function rowsOf(result) {
  const last = [result].flat().findLast((one) => one.fields.length);
  return last ? last.rows : [];
}

/* All statements of the query are one transaction. */
export async function ask(query, { host, user, database }) {
  let client;
  let failed;
  try {
    client = await poolOf(host, user, database).connect();
    return rowsOf(await client.query(query));
  } catch (e) {
    failed = e;
    throw new Error(told(e), { cause: e });
  } finally {
    client?.release(Boolean(failed) || leavesTraces.test(query));
  }
}

/* For a database that is to be copied, renamed or dropped: nobody may be connected then. */
export async function askOnce(query, { host, user, database }) {
  const client = new pg.Client({ host, user, database, types: asText });
  client.on('error', () => {});
  try {
    await client.connect();
    return rowsOf(await client.query(query));
  } catch (e) {
    throw new Error(told(e), { cause: e });
  } finally {
    await client.end().catch(() => {});
  }
}
