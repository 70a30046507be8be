/*
 * ClamAV's clamd for tests, with a signature of our own and nothing else: no other
 * database, no network, no process of the machine's own.
 *
 *   const clamd = await startClamd();     clamd.address is for SYNPUNKT_CLAMAV
 *   Buffer.from(clamd.marker)             what it finds, by the name clamd.signature
 *   await clamd.stop();  await clamd.start();
 *   await clamd.close();                  the folder goes, too
 *
 *   const odd = await startOddClamd((socket) => …);   one that answers as it is told
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';

import { eventually, testRoot } from './harness.mjs';

const marker = `SYNPUNKT-${'TEST'}-SIGNATURE-7f3a`; /* in two, lest a scanner finds this file */

async function connects(file) {
  const socket = net.connect(file);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

export async function startClamd({ streamMax = '1M' } = {}) {
  const folder = await fs.mkdtemp(path.join(testRoot(), 'clamd-'));
  const socket = path.join(folder, 'clamd.sock');
  const config = path.join(folder, 'clamd.conf');
  const clamd = { marker, signature: 'Synpunkt.Test.UNOFFICIAL', address: `unix:${socket}` };
  let child;

  await fs.chmod(folder, 0o755); /* the server may run as somebody else */
  await fs.mkdir(path.join(folder, 'db'));
  await fs.writeFile(path.join(folder, 'db/own.ndb'),
    `Synpunkt.Test:0:*:${Buffer.from(marker).toString('hex')}\n`);
  await fs.writeFile(config, [`LocalSocket ${socket}`, `DatabaseDirectory ${folder}/db`,
    `TemporaryDirectory ${folder}`, 'Foreground yes', `StreamMaxLength ${streamMax}`, '']
    .join('\n'));
  clamd.start = async () => {
    child = spawn('/usr/sbin/clamd', ['-c', config], { stdio: 'ignore' });
    await eventually('clamd answers', () => connects(socket), 60000);
  };
  clamd.stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
    await fs.rm(socket, { force: true });
  };
  clamd.close = async () => {
    await clamd.stop();
    await fs.rm(folder, { recursive: true });
  };
  await clamd.start();
  return clamd;
}

/* answer(socket, bytes) once a stream has come whole. */
export async function startOddClamd(answer) {
  const server = net.createServer((socket) => {
    let got = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      got = Buffer.concat([got, chunk]);
      if (got.subarray(-4).equals(Buffer.alloc(4))) answer(socket, got);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { address: `127.0.0.1:${server.address().port}`,
    answer: (other) => { answer = other; },
    close: () => new Promise((done) => { server.close(done); }) };
}
