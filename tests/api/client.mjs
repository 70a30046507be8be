/*
 * The wire, in two ways: request() for well-formed HTTP with whole answers, and raw()
 * for bytes exactly as given, which is what the strictness of the HTTP layer is tried with.
 */
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';

/*
 * One request on a connection of its own (or on `agent`). Body from `json`, `form`
 * (object, urlencoded), `multipart` (of multipart()) or `body`. Gives {status, headers,
 * rawHeaders, body (Buffer), text, json}; json is undefined when the answer is not JSON.
 */
export async function request(base, method, path, options = {}) {
  const url = new URL(path, base);
  const { body, type } = bodyOf(options);
  const headers = { ...(type && { 'content-type': type }),
    ...(body !== undefined && { 'content-length': body.length }), ...options.headers };
  const req = (url.protocol === 'https:' ? https : http).request(url, {
    method, headers, agent: options.agent ?? false, rejectUnauthorized: false,
    timeout: options.timeout ?? 30000 });

  req.on('timeout', () => req.destroy(new Error(`no answer to ${method} ${path}`)));
  req.end(body);
  const [res] = await once(req, 'response');
  const chunks = [];
  for await (const chunk of res) chunks.push(chunk);
  return answerOf(res, Buffer.concat(chunks));
}

function bodyOf({ json, form, multipart: parts, body }) {
  if (json !== undefined)
    return { body: Buffer.from(JSON.stringify(json)), type: 'application/json' };
  if (form !== undefined)
    return { body: Buffer.from(new URLSearchParams(form).toString()),
      type: 'application/x-www-form-urlencoded' };
  if (parts !== undefined) return parts;
  return { body: body === undefined ? undefined : Buffer.from(body) };
}

function answerOf(res, body) {
  const answer = { status: res.statusCode, headers: res.headers,
    rawHeaders: res.rawHeaders, body, text: body.toString('utf8') };
  if (/^application\/([a-z.+-]+\+)?json/.test(res.headers['content-type'] ?? ''))
    answer.json = JSON.parse(answer.text || 'null');
  return answer;
}

/* parts: [{name, filename?, type?, body}] as multipart/form-data; `json` in place of
 * body makes a JSON part. */
export function multipart(parts, boundary = 'synpunkt-0123456789abcdef') {
  const out = [];
  for (const part of parts) {
    const type = part.type ?? (part.json !== undefined ? 'application/json' : undefined);
    out.push(`--${boundary}\r\nContent-Disposition: form-data; name="${part.name}"`);
    if (part.filename !== undefined) out.push(`; filename="${part.filename}"`);
    if (type) out.push(`\r\nContent-Type: ${type}`);
    out.push('\r\n\r\n', part.json !== undefined ? JSON.stringify(part.json) : part.body,
      '\r\n');
  }
  out.push(`--${boundary}--\r\n`);
  return { body: Buffer.concat(out.map((x) => Buffer.from(x))),
    type: `multipart/form-data; boundary=${boundary}` };
}

/* An open socket to the server of a URL: {socket, write(bytes), received(), closed,
 * until(test, ms)}. received() is latin1 text, so that bytes and characters agree. */
export async function rawOpen(base, { secure = false } = {}) {
  const url = new URL(base);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const socket = secure || url.protocol === 'https:'
    ? tls.connect({ host, port: url.port, rejectUnauthorized: false })
    : net.connect({ host, port: Number(url.port) });
  const conn = { socket, text: '', isClosed: false };

  socket.setNoDelay(true);
  socket.on('data', (chunk) => { conn.text += chunk.toString('latin1'); });
  socket.on('error', (e) => { conn.error = e; });
  conn.closed = new Promise((done) => {
    socket.on('close', () => { conn.isClosed = true; done(); });
    socket.on('end', () => { conn.isEnded = true; });
  });
  await once(socket, socket.encrypted ? 'secureConnect' : 'connect');
  conn.write = (bytes) => socket.write(Buffer.from(bytes, 'latin1'));
  conn.received = () => conn.text;
  conn.until = async (test, ms = 5000) => {
    const end = Date.now() + ms;
    while (!test(conn.text)) {
      if (conn.isClosed || conn.isEnded || Date.now() > end) return false;
      await new Promise((done) => { setTimeout(done, 5); });
    }
    return true;
  };
  return conn;
}

/* Sends bytes (latin1 text or a Buffer) and gives all that comes back until the server
 * closes, or `quiet` ms have passed without a byte: {text, closed, statuses}. */
export async function raw(base, bytes, { quiet = 300, secure = false } = {}) {
  const conn = await rawOpen(base, { secure });
  let before = -1;

  conn.write(bytes);
  while (!conn.isClosed && !conn.isEnded && conn.text.length !== before) {
    before = conn.text.length;
    await Promise.race([conn.closed, new Promise((done) => { setTimeout(done, quiet); })]);
  }
  const closed = conn.isClosed || Boolean(conn.isEnded);
  conn.socket.destroy();
  return { text: conn.text, closed,
    statuses: [...conn.text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((m) => Number(m[1])) };
}
