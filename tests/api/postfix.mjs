/*
 * A Postfix of a test's own, set up towards LMTP as server/MAIL.md says: its own folders, a
 * free port of 127.0.0.1 for SMTP, no process of the machine's own Postfix touched.
 *
 *   const postfix = await startPostfix({ lmtp: '127.0.0.1:2424' });
 *   await postfix.swaks(['--to', 'trafik@stad.example', '--data', '-'], letter);
 *   await postfix.queue();      ids of letters that it keeps
 *   await postfix.flush();      tries them now
 *   await postfix.stop();
 *
 * It must be started by root, and so by sudo where we are not.
 */
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { eventually, freePort, testRoot, top } from './harness.mjs';

const run = promisify(execFile);
const asRoot = process.getuid() === 0 ? [] : ['sudo', '-n', '--'];
const sbin = '/usr/lib/postfix/sbin';

const root = (...args) => {
  const [file, ...rest] = [...asRoot, ...args];
  return run(file, rest, { maxBuffer: 16 * 1024 * 1024 });
};

const services = `
127.0.0.1:%PORT% inet n - n - - smtpd
pickup unix n - n 1 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`;

/* The lines between "```main.cf" and "```" of the manual: what is documented is tried. */
function documented() {
  const text = fs.readFileSync(path.join(top, 'server/MAIL.md'), 'utf8');
  return /```main\.cf\n(.*?)```/s.exec(text)[1];
}

const folders = ['active', 'bounce', 'corrupt', 'defer', 'deferred', 'flush', 'hold',
  'incoming', 'private', 'saved', 'trace', 'maildrop', 'public'];

export async function startPostfix({ lmtp, settings = {} }) {
  const dir = path.join(testRoot(), `postfix-${process.hrtime.bigint()}`);
  const port = await freePort();
  const own = { compatibility_level: '3.6', queue_directory: `${dir}/queue`,
    data_directory: `${dir}/data`, daemon_directory: sbin, command_directory: '/usr/sbin',
    mail_owner: 'postfix', setgid_group: 'postdrop', maillog_file: `${dir}/log`,
    maillog_file_prefixes: dir, inet_interfaces: '127.0.0.1', inet_protocols: 'ipv4',
    myhostname: 'mail.stad.example', mydestination: '', mynetworks: '127.0.0.0/8',
    alias_maps: '', local_recipient_maps: '',
    /* Soon again, for a test waits for it. */
    minimal_backoff_time: '1s', maximal_backoff_time: '1s', queue_run_delay: '1s',
    address_verify_negative_refresh_time: '1s', address_verify_negative_expire_time: '2s',
    address_verify_poll_delay: '1s', ...settings };
  const main = documented().replace('127.0.0.1:2424', lmtp)
    + Object.entries(own).map(([k, v]) => `${k} = ${v}\n`).join('');

  fs.mkdirSync(`${dir}/etc`, { recursive: true });
  fs.mkdirSync(`${dir}/queue/pid`, { recursive: true });
  fs.mkdirSync(`${dir}/data`);
  for (const name of folders) fs.mkdirSync(`${dir}/queue/${name}`);
  fs.writeFileSync(`${dir}/etc/main.cf`, main);
  fs.writeFileSync(`${dir}/etc/master.cf`, services.replace('%PORT%', port));
  await root('chown', 'postfix', `${dir}/data`, ...folders.map((f) => `${dir}/queue/${f}`));
  await root('chgrp', 'postdrop', `${dir}/queue/maildrop`, `${dir}/queue/public`);
  await root('chown', 'root', `${dir}/queue`, `${dir}/queue/pid`, `${dir}/etc/main.cf`,
    `${dir}/etc/master.cf`);

  const [file, ...args] = [...asRoot, `${sbin}/master`, '-c', `${dir}/etc`, '-d'];
  const child = spawn(file, args, { cwd: dir, stdio: 'ignore' });
  const exited = new Promise((done) => { child.on('exit', done); });
  const log = () => {
    try {
      return fs.readFileSync(`${dir}/log`, 'utf8');
    } catch {
      return '';
    }
  };
  const tool = (name, ...rest) => root(name, '-c', `${dir}/etc`, ...rest);
  const postfix = { port, log,
    /* {code, stdout}: code 0 when the letter was taken. */
    swaks: async (extra, input) => {
      const done = execFile('swaks', ['--server', '127.0.0.1', '--port', String(port),
        '--from', 'anna@example.org', '--helo', 'client.example', ...extra]);
      let stdout = '';
      done.stdout.on('data', (text) => { stdout += text; });
      done.stdin.end(input ?? '');
      const code = await new Promise((end) => { done.on('close', end); });
      return { code, stdout };
    },
    queue: async () => (await tool('postqueue', '-j')).stdout.trim().split('\n')
      .filter(Boolean).map((line) => JSON.parse(line)),
    flush: () => tool('postqueue', '-f'),
    stop: async () => {
      await root('kill', fs.readFileSync(`${dir}/queue/pid/master.pid`, 'utf8').trim());
      await exited;
    } };
  await eventually('Postfix serves', async () => {
    if (child.exitCode !== null) throw new Error(`Postfix ended:\n${log()}`);
    return log().includes('daemon started') && (await postfix.swaks(['--quit-after', 'EHLO'])).code === 0;
  }, 30000).catch((e) => { throw new Error(`${e.message}\n${log()}`); });
  return postfix;
}
