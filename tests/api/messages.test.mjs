/* What a complainant adds to a case, and what strangers try there. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { raw, startServer } from './harness.mjs';

let server, filed;
before(async () => {
  server = await startServer();
  filed = (await server.post('/api/v1/cases', { json: { text: 'Lampan är släckt.' } })).json;
});
after(async () => {
  await server.stop();
  assert.ok(!/ERROR: (Address|Leak)Sanitizer/.test(server.log), server.log);
});

test('a chunked message of just the largest size is read as one', async () => {
  const json = Buffer.alloc(65536, 0x20);
  json.write('{"text":"Precis så stort."}');
  const { statuses } = await raw(server.url,
    `POST /api/v1/cases/${filed.number}/messages HTTP/1.1\r\nHost: x\r\n`
    + `Authorization: Bearer ${filed.followUpCode}\r\nContent-Type: application/json\r\n`
    + `Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n`
    + `10000\r\n${json.toString('latin1')}\r\n0\r\n\r\n`, { quiet: 2000 });
  assert.deepEqual(statuses, [201]);
});

test('a message that comes too soon is refused, and forgotten', async (t) => {
  const strict = await startServer({ env: { SYNPUNKT_INTAKE_PER_HOUR: '1' } });
  t.after(() => strict.process.kill());
  const { json } = await strict.post('/api/v1/cases', { json: { text: 'Ett' } });
  const res = await strict.post(`/api/v1/cases/${json.number}/messages`, {
    json: { text: 'Två' }, headers: { authorization: `Bearer ${json.followUpCode}` } });
  assert.equal(res.status, 429);
  await strict.stop();
  assert.ok(!/LeakSanitizer/.test(strict.log), strict.log);
});

test('a file number that no case can have is not found', async () => {
  for (const n of ['0', '1', '99999', '-1', 'x', '4294967297'])
    assert.equal((await server.get(
      `/folj/${filed.number}/${filed.followUpCode}/bilaga/${n}`)).status, 404, n);
});

test('the way back after a message is the case itself, however it was written', async () => {
  const res = await server.post(`/folj/%20${filed.number}%0D%0A/${
    filed.followUpCode.toLowerCase().replaceAll('-', '%20')}`, { form: { text: 'Mer.' } });
  assert.equal(res.status, 303, res.text);
  assert.equal((await server.get(res.headers.location)).status, 200);
});

test('a message that cannot be stored comes back as it was typed', async (t) => {
  const alone = await startServer({ ownCluster: true,
    env: { SYNPUNKT_DATABASE_TIMEOUT_MS: '1000', SYNPUNKT_INTAKE_PER_HOUR: '2' } });
  t.after(() => alone.stop());
  const { json } = await alone.post('/api/v1/cases', { json: { text: 'Ett' } });
  const send = () => alone.post(`/folj/${json.number}/${json.followUpCode}`,
    { form: { text: 'Min dotter <vågar> inte gå dit.' } });
  const kept = (res, status) => {
    assert.equal(res.status, status);
    assert.match(res.text, />\r?\nMin dotter &lt;vågar&gt; inte gå dit\.<\/textarea>/);
    assert.ok(res.text.includes(`action="/folj/${json.number}/${json.followUpCode}"`));
    assert.ok(Number(res.headers['retry-after']) > 0);
  };
  await alone.cluster.stop('immediate');
  kept(await send(), 503);
  kept(await send(), 429);
});

test('a form that finds the database away says when to come again', async (t) => {
  const alone = await startServer({ ownCluster: true,
    env: { SYNPUNKT_DATABASE_TIMEOUT_MS: '1000', SYNPUNKT_FORM_LEAST_MS: '0' } });
  t.after(() => alone.stop());
  await alone.cluster.stop('immediate');
  const res = await alone.post('/lamna', { form: { text: 'Kvar.' } });
  assert.equal(res.status, 503);
  assert.match(res.text, /Kvar\./);
  assert.ok(Number(res.headers['retry-after']) > 0);
});

test('a text of ten thousand escaped characters outside the first plane is taken', async () => {
  const text = '😀'.repeat(10000);
  const escaped = `{"text":"${'\\ud83d\\ude00'.repeat(10000)}"}`;
  const headers = { 'content-type': 'application/json' };
  const sent = await server.post('/api/v1/cases', { body: escaped, headers });
  assert.equal(sent.status, 201, sent.text);
  const { number, followUpCode } = sent.json;
  const res = await server.post(`/api/v1/cases/${number}/messages`, { body: escaped,
    headers: { ...headers, authorization: `Bearer ${followUpCode}` } });
  assert.equal(res.status, 201, res.text);
  assert.equal(res.json.messages[0].text, text);
});
