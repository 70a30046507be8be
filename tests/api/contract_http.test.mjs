/* Section 4: HTTP to the letter, as raw bytes against the real server. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { raw, rawOpen, sleep, startServer } from './harness.mjs';

let server;
before(async () => {
  server = await startServer({ env: { SYNPUNKT_CONNECTIONS_PER_ADDRESS: '0' } });
});
after(async () => { await server.stop(); });

const ask = (head, body = '') => raw(server.url, `${head}\r\n\r\n${body}`, { quiet: 400 });
const get = '/api/v1/boards?limit=1';
const caseBody = '{"text":"x"}';
const post = 'POST /api/v1/cases HTTP/1.1\r\nHost: x\r\nContent-Type: application/json';

async function refused(bytes, status = 400) {
  const res = await raw(server.url, bytes, { quiet: 800 });
  assert.deepEqual(res.statuses, [status], JSON.stringify(res.text.slice(0, 300)));
  assert.ok(res.closed, 'and closed');
}

/* Refused before any handler runs ------------------------------------------------------------ */

const bad = {
  'Content-Length twice, equal':
    `${post}\r\nContent-Length: 12\r\nContent-Length: 12\r\n\r\n${caseBody}`,
  'Content-Length twice, different':
    `${post}\r\nContent-Length: 12\r\nContent-Length: 13\r\n\r\n${caseBody}`,
  'Content-Length as a list': `${post}\r\nContent-Length: 12, 12\r\n\r\n${caseBody}`,
  'Content-Length with Transfer-Encoding':
    `${post}\r\nContent-Length: 12\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'Transfer-Encoding with Content-Length after it':
    `${post}\r\nTransfer-Encoding: chunked\r\nContent-Length: 12\r\n\r\n0\r\n\r\n`,
  'Transfer-Encoding gzip': `${post}\r\nTransfer-Encoding: gzip\r\n\r\n`,
  'Transfer-Encoding gzip, chunked': `${post}\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  'Transfer-Encoding chunked, identity':
    `${post}\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
  'Transfer-Encoding identity': `${post}\r\nTransfer-Encoding: identity\r\n\r\n`,
  'Transfer-Encoding empty': `${post}\r\nTransfer-Encoding:\r\n\r\n`,
  'Transfer-Encoding twice':
    `${post}\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'Transfer-Encoding xchunked': `${post}\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
  'Transfer-Encoding in HTTP/1.0': 'POST /api/v1/cases HTTP/1.0\r\nHost: x\r\n'
    + 'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'no Host': `GET ${get} HTTP/1.1\r\n\r\n`,
  'Host twice': `GET ${get} HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n`,
  'Host in two cases': `GET ${get} HTTP/1.1\r\nHost: x\r\nhOST: y\r\n\r\n`,
  'bare LF after the request line': `GET ${get} HTTP/1.1\nHost: x\r\n\r\n`,
  'bare LF after a header': `GET ${get} HTTP/1.1\r\nHost: x\n\r\n`,
  'bare LF at the end': `GET ${get} HTTP/1.1\r\nHost: x\r\n\n`,
  'bare CR in a value': `GET ${get} HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n`,
  'bare CR in the request line': `GET ${get}\r HTTP/1.1\r\nHost: x\r\n\r\n`,
  'a folded line': `GET ${get} HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n`,
  'a line folded by tab': `GET ${get} HTTP/1.1\r\nHost: x\r\nA: b\r\n\tc\r\n\r\n`,
  'a first header folded': `GET ${get} HTTP/1.1\r\n Host: x\r\n\r\n`,
  'NUL in a value': `GET ${get} HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n`,
  'a control byte in a value': `GET ${get} HTTP/1.1\r\nHost: x\r\nA: b\x01c\r\n\r\n`,
  'DEL in a value': `GET ${get} HTTP/1.1\r\nHost: x\r\nA: b\x7fc\r\n\r\n`,
  'a control byte in a name': `GET ${get} HTTP/1.1\r\nHost: x\r\nA\x01: b\r\n\r\n`,
  'a control byte in the target': 'GET /\x01 HTTP/1.1\r\nHost: x\r\n\r\n',
  'white space before a colon': `GET ${get} HTTP/1.1\r\nHost : x\r\n\r\n`,
  'a tab before a colon': `GET ${get} HTTP/1.1\r\nHost: x\r\nA\t: b\r\n\r\n`,
  'an empty name': `GET ${get} HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n`,
  'a line without a colon': `GET ${get} HTTP/1.1\r\nHost: x\r\nhello\r\n\r\n`,
  'a negative Content-Length': `${post}\r\nContent-Length: -1\r\n\r\n`,
  'Content-Length with a sign': `${post}\r\nContent-Length: +12\r\n\r\n${caseBody}`,
  'Content-Length in hexadecimal': `${post}\r\nContent-Length: 0xc\r\n\r\n${caseBody}`,
  'Content-Length that is empty': `${post}\r\nContent-Length:\r\n\r\n`,
  'a path that is not UTF-8': 'GET /%ff HTTP/1.1\r\nHost: x\r\n\r\n',
  'a path with an overlong slash': 'GET /%c0%af HTTP/1.1\r\nHost: x\r\n\r\n',
  'a path with raw bytes of no UTF-8': 'GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n',
  'a path with U+0000': 'GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n',
  'a broken escape': 'GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n',
  'HTTP/1.2': `GET ${get} HTTP/1.2\r\nHost: x\r\n\r\n`,
  'HTTP/2.0': `GET ${get} HTTP/2.0\r\nHost: x\r\n\r\n`,
  'HTTP/0.9': `GET ${get} HTTP/0.9\r\nHost: x\r\n\r\n`,
  'http/1.1 in small letters': `GET ${get} http/1.1\r\nHost: x\r\n\r\n`,
  'HTTP/1.10': `GET ${get} HTTP/1.10\r\nHost: x\r\n\r\n`,
  'no version': `GET ${get}\r\n\r\n`,
  'two spaces': `GET  ${get} HTTP/1.1\r\nHost: x\r\n\r\n`,
};
for (const [name, bytes] of Object.entries(bad))
  test(`${name}: 400 and close`, async () => { await refused(bytes); });

const chunked = `${post}\r\nTransfer-Encoding: chunked\r\n\r\n`;
const badChunks = {
  'a size with 0x': '0xc\r\n{"text":"x"}\r\n0\r\n\r\n',
  'a size with a sign': '+c\r\n{"text":"x"}\r\n0\r\n\r\n',
  'a size with a space before': ' c\r\n{"text":"x"}\r\n0\r\n\r\n',
  'a size with a space after': 'c \r\n{"text":"x"}\r\n0\r\n\r\n',
  'an empty size': '\r\n{"text":"x"}\r\n0\r\n\r\n',
  'an extension': 'c;a=b\r\n{"text":"x"}\r\n0\r\n\r\n',
  'an empty extension': 'c;\r\n{"text":"x"}\r\n0\r\n\r\n',
  'a size ended by bare LF': 'c\n{"text":"x"}\r\n0\r\n\r\n',
  'no CRLF after the data': 'c\r\n{"text":"x"}0\r\n\r\n',
  'a size beyond 64 bits': '10000000000000000c\r\n{"text":"x"}\r\n0\r\n\r\n',
};
for (const [name, bytes] of Object.entries(badChunks))
  test(`chunks with ${name}: 400 and close`, async () => { await refused(chunked + bytes); });

test('a Content-Length beyond 64 bits is refused and closed', async () => {
  const res = await raw(server.url, `${post}\r\nContent-Length: ${'9'.repeat(23)}\r\n\r\n`);
  assert.ok([400, 413].includes(res.statuses[0]), res.text);
  assert.ok(res.closed);
});

test('what follows a refused request is not read as another', async () => {
  await refused(`${bad['Content-Length twice, equal']}GET ${get} HTTP/1.1\r\nHost: x\r\n\r\n`);
});

/* What is taken ------------------------------------------------------------------------------- */

test('chunked is taken in any case of letters', async () => {
  for (const word of ['chunked', 'Chunked', 'CHUNKED']) {
    const res = await raw(server.url, `${post}\r\nTransfer-Encoding: ${word}\r\n\r\n`
      + '5\r\n{"tex\r\n7\r\nt":"x"}\r\n0\r\n\r\n');
    assert.deepEqual(res.statuses, [201], res.text);
  }
});

test('a size in either case of letters and with zeros before is plain hexadecimal', async () => {
  for (const size of ['c', 'C', '000c']) {
    const res = await raw(server.url, `${chunked}${size}\r\n${caseBody}\r\n0\r\n\r\n`);
    assert.deepEqual(res.statuses, [201], size);
  }
});

test('HTTP/1.0 is answered and closed', async () => {
  const res = await ask(`GET ${get} HTTP/1.0\r\nHost: x`);
  assert.deepEqual(res.statuses, [200]);
  assert.ok(res.closed);
});

test('a connection is kept in 1.1 and closed when asked', async () => {
  assert.equal((await ask(`GET ${get} HTTP/1.1\r\nHost: x`)).closed, false);
  assert.equal((await ask(`GET ${get} HTTP/1.1\r\nHost: x\r\nConnection: close`)).closed, true);
});

test('an unknown method is 501', async () => {
  for (const method of ['BREW', 'get', 'PROPFIND', 'TRACE']) {
    const res = await ask(`${method} ${get} HTTP/1.1\r\nHost: x`);
    assert.deepEqual(res.statuses, [501], method);
  }
});

test('a request line over 8 KiB is 414', async () => {
  const line = (n) => `GET /${'a'.repeat(n - 'GET / HTTP/1.1'.length)} HTTP/1.1`;
  assert.deepEqual((await ask(`${line(8192)}\r\nHost: x`)).statuses, [404]);
  await refused(`${line(8193)}\r\nHost: x\r\n\r\n`, 414);
  await refused(`GET /${'a'.repeat(100000)}`, 414);
});

test('headers over 32 KiB are 431', async () => {
  const head = (n) => Array.from({ length: 32 },
    (_, i) => `A${i}: ${'b'.repeat(n)}`).join('\r\n');
  assert.deepEqual((await ask(`GET ${get} HTTP/1.1\r\nHost: x\r\n${head(1000)}`)).statuses, [200]);
  await refused(`GET ${get} HTTP/1.1\r\nHost: x\r\n${head(1030)}\r\n\r\n`, 431);
});

test('100 headers are taken, 101 are 431', async () => {
  const head = (n) => `Host: x\r\n${'A: b\r\n'.repeat(n - 1)}`;
  const fine = await raw(server.url, `GET ${get} HTTP/1.1\r\n${head(100)}\r\n`);
  assert.deepEqual(fine.statuses, [200]);
  await refused(`GET ${get} HTTP/1.1\r\n${head(101)}\r\n`, 431);
});

test('HEAD has the headers of GET and no body', async () => {
  const res = await ask(`HEAD ${get} HTTP/1.1\r\nHost: x`);
  assert.deepEqual(res.statuses, [200]);
  assert.ok(res.text.endsWith('\r\n\r\n'), res.text);
});

test('Expect: 100-continue is answered before the body', async () => {
  const conn = await rawOpen(server.url);
  conn.write(`${post}\r\nContent-Length: 12\r\nExpect: 100-continue\r\n\r\n`);
  assert.ok(await conn.until((t) => t.includes('HTTP/1.1 100 ')), conn.received());
  conn.write(caseBody);
  assert.ok(await conn.until((t) => t.includes('HTTP/1.1 201 ')), conn.received());
  conn.socket.destroy();
});

test('a body that would be refused is refused without 100', async () => {
  const conn = await rawOpen(server.url);
  conn.write(`${post}\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n`);
  assert.ok(await conn.until((t) => t.includes('HTTP/1.1 413 ')), conn.received());
  assert.ok(!conn.received().includes(' 100 '));
  conn.socket.destroy();
});

test('an unknown expectation is refused', async () => {
  const res = await ask(`GET ${get} HTTP/1.1\r\nHost: x\r\nExpect: cake`);
  assert.ok([417, 400].includes(res.statuses[0]), res.text);
});

test('pipelined requests are answered in order', async () => {
  const many = [get, '/api/v1/nothing', get, '/', get]
    .map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join('');
  const res = await raw(server.url, many, { quiet: 800 });
  assert.deepEqual(res.statuses, [200, 404, 200, 200, 200]);
});

test('a submission and what follows it on the same connection keep their order', async () => {
  const one = `${post}\r\nContent-Length: 12\r\n\r\n${caseBody}`;
  const two = `GET ${get} HTTP/1.1\r\nHost: x\r\n\r\n`;
  const res = await raw(server.url, one + two + one + two, { quiet: 1000 });
  assert.deepEqual(res.statuses, [201, 200, 201, 200]);
});

test('a request in many pieces is one request', async () => {
  const conn = await rawOpen(server.url);
  for (const c of `${post}\r\nContent-Length: 12\r\n\r\n${caseBody}`) {
    conn.write(c);
    await sleep(1);
  }
  assert.ok(await conn.until((t) => t.includes('HTTP/1.1 201 ')), conn.received());
  conn.socket.destroy();
});

test('every refusal of the API on the wire is a problem', async () => {
  const res = await raw(server.url, `GET ${get} HTTP/1.1\r\n\r\n`);
  assert.match(res.text, /content-type: application\/problem\+json/i);
  assert.match(res.text, /x-correlation-id: /i);
});

/* Deadlines --------------------------------------------------------------------------------- */

test('deadlines cut who drips headers, drips a body, or idles', async (t) => {
  const strict = await startServer({ env: { SYNPUNKT_HEADERS_MS: '1000',
    SYNPUNKT_BODY_MS: '1000', SYNPUNKT_IDLE_MS: '1500' } });
  t.after(() => strict.stop());
  const drip = async (first, byte) => {
    const conn = await rawOpen(strict.url);
    const start = Date.now();
    conn.write(first);
    while (!conn.isClosed && !conn.isEnded && Date.now() - start < 8000) {
      if (byte) conn.write(byte);
      await sleep(100);
    }
    conn.socket.destroy();
    return { ms: Date.now() - start, text: conn.received() };
  };
  for (const [first, byte] of [['GET / HTTP/1.1\r\nHost: x\r\nA: ', 'b'],
    [`${post}\r\nContent-Length: 10000\r\n\r\n`, ' '],
    [`GET ${get} HTTP/1.1\r\nHost: x\r\n\r\n`, '']]) {
    const { ms, text } = await drip(first, byte);
    assert.ok(ms < 5000, `${JSON.stringify(first)} held on for ${ms} ms`);
    assert.ok(text === '' || /^HTTP\/1\.1 (200|408) /.test(text), text);
  }
});
