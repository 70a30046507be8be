/* One connection that stays open, for a test that must hold a lock while others work:
 * const held = openPsql(server); await held.run('BEGIN; LOCK …'); await held.close(); */
import { spawn } from 'node:child_process';

export function openPsql(server) {
  const child = spawn('psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1',
    '-h', server.cluster.dir, '-U', 'postgres', '-d', server.database],
  { cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] });
  const gone = new Promise((done) => { child.on('close', done); });
  let out = '';
  let complaint = '';
  let said = () => {};
  let n = 0;

  child.stdout.setEncoding('utf8').on('data', (text) => { out += text; said(); });
  child.stderr.setEncoding('utf8').on('data', (text) => { complaint += text; });
  child.on('close', () => said());
  child.stdin.on('error', () => {}); /* it has ended, and run() says so */
  return {
    /* What it printed, a row a line; fails with what PostgreSQL said. */
    async run(query) {
      const mark = `done-${++n}`;
      out = '';
      child.stdin.write(`${query};\n\\echo ${mark}\n`);
      while (!out.includes(`${mark}\n`)) {
        if (child.exitCode !== null) throw new Error(complaint.trim());
        await new Promise((done) => { said = done; });
      }
      return out.slice(0, out.indexOf(mark)).trim();
    },
    async close() {
      child.stdin.end();
      await gone;
    },
  };
}
