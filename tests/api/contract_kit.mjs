/* What the contract's tests share: short ways to submit, and what a refusal looks like. */
import assert from 'node:assert/strict';

import { multipart } from './harness.mjs';

export const lamp = { text: 'Lampan vid busshållplatsen är släckt.', category: 'gatubelysning' };

export const mib = 1024 * 1024;

export function submitter(server) {
  return (json, headers = {}) => server.post('/api/v1/cases', { json, headers });
}

/* The case as multipart: files are [name, bytes] or [name, bytes, type]. */
export function withFiles(server, json, files, headers = {}) {
  return server.post('/api/v1/cases', { headers, timeout: 120000,
    multipart: multipart([{ name: 'case', json },
      ...files.map(([filename, body, type]) =>
        ({ name: 'attachment', filename, body, type: type ?? 'application/octet-stream' }))]) });
}

export const faultsOf = (res) =>
  [...new Set(res.json.invalidParams.map((p) => p.name))].sort();

/* An answer of RFC 9457; names are those of the wrong members, if that is the matter. */
export function assertProblem(res, status, names) {
  assert.equal(res.status, status, res.text);
  assert.match(res.headers['content-type'], /^application\/problem\+json/);
  assert.equal(res.json.status, status);
  assert.equal(typeof res.json.title, 'string');
  assert.ok(res.json.title.length > 0);
  if (!names) return;
  assert.deepEqual(faultsOf(res), [...names].sort(), res.text);
  for (const p of res.json.invalidParams) {
    assert.equal(typeof p.reason, 'string');
    assert.ok(p.reason.length > 0);
  }
}

export const follow = (server, number, code, headers = {}) =>
  server.get(`/api/v1/cases/${number}`,
    { headers: { ...(code && { authorization: `Bearer ${code}` }), ...headers } });

/* As the desk will leave it. */
export const close = (server, number) => server.sql(`UPDATE synpunkt.case
  SET status = 'closed', closed_at = now(), closure_reason = 'explained'
  WHERE id = ${number.split('-')[1]}`);

export const serialOf = (res) => res.json.number.split('-')[1];
