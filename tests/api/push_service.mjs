/*
 * A push service of a browser's maker, small: HTTPS with an authority of its own. It
 * keeps what came, and verifies each message's token (RFC 8292) with Node's crypto,
 * which shares nothing with what made it.
 */
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import https from 'node:https';
import path from 'node:path';

/* {ca, cert, key}: files in dir; the certificate is for localhost and names given. */
export function makeCertificates(dir, names = ['localhost']) {
  const file = (name) => path.join(dir, name);
  const openssl = (...args) => execFileSync('openssl', args, { stdio: 'pipe' });
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];

  openssl('req', '-x509', ...ec, '-subj', '/CN=Test authority', '-keyout', file('ca.key'),
    '-out', file('ca.pem'));
  openssl('req', ...ec, '-subj', `/CN=${names[0]}`, '-keyout', file('push.key'), '-out', file('push.csr'));
  fs.writeFileSync(file('push.ext'), `subjectAltName=${names.map((n) => `DNS:${n}`).join(',')}\n`);
  openssl('x509', '-req', '-in', file('push.csr'), '-CA', file('ca.pem'), '-CAkey', file('ca.key'),
    '-CAcreateserial', '-days', '2', '-extfile', file('push.ext'), '-out', file('push.pem'));
  return { ca: file('ca.pem'), cert: file('push.pem'), key: file('push.key') };
}

/* A key pair as ./run makes it. */
export function makePushKey(file, curve = 'P-256') {
  execFileSync('openssl', ['genpkey', '-algorithm', 'EC', '-pkeyopt',
    `ec_paramgen_curve:${curve}`, '-out', file], { stdio: 'pipe' });
  fs.chmodSync(file, 0o644);
  return file;
}

/* The claims of "vapid t=…, k=…", or an error that says what is wrong with it. */
export function verifyVapid(header) {
  const [, token, key] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(header ?? '') ?? [];
  if (!token) throw new Error(`no VAPID: ${header}`);
  const [head, claims, signature] = token.split('.');
  const point = Buffer.from(key, 'base64url');
  const publicKey = crypto.createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') } });
  const isRight = crypto.verify('sha256', Buffer.from(`${head}.${claims}`),
    { key: publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));

  if (point.length !== 65 || point[0] !== 4) throw new Error('the key is no point');
  if (!isRight) throw new Error('the signature is wrong');
  return { head: JSON.parse(Buffer.from(head, 'base64url')), key,
    ...JSON.parse(Buffer.from(claims, 'base64url')) };
}

/* answers: path → status or [status, headers]; otherwise 201. */
export async function startPushService({ cert, key }, port = 0) {
  const service = { messages: [], answers: {} };
  const server = https.createServer({ cert: fs.readFileSync(cert), key: fs.readFileSync(key) },
    (req, res) => {
      let body = '';
      req.setEncoding('latin1').on('data', (bytes) => { body += bytes; });
      req.on('end', () => {
        service.messages.push({ path: req.url, method: req.method, headers: req.headers, body,
          at: Date.now() });
        const [status, headers] = [service.answers[req.url] ?? 201].flat();
        if (status === 'silent') return;
        res.writeHead(status, headers).end('some words of the service');
      });
    });

  await new Promise((done) => { server.listen(port, '127.0.0.1', done); });
  service.port = server.address().port;
  service.origin = `https://localhost:${service.port}`;
  service.to = (where) => service.messages.filter((m) => m.path === where);
  service.close = () => {
    server.closeAllConnections();
    return new Promise((done) => { server.close(done); });
  };
  return service;
}
