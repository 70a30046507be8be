/* A client written from the specification of GeoReport v2, in another language, does every
 * call in both formats (open311_client.py), and the schemas hold (open311.rng). */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

import { startServer, top } from './harness.mjs';
import { newColleague } from './staff.mjs';

test('a client from the specification does every call in both formats, and the schemas hold', async () => {
  const server = await startServer();
  try {
    const admin = await newColleague(server, 'adda', 'administrator');
    const keys = [];
    for (const kind of ['production', 'test']) {
      const res = await admin.post('/api/v1/desk/api-clients', { json: { name: kind, kind, scopes: ['post', 'updates'], perHour: 10000 } });
      assert.equal(res.status, 201, res.text);
      keys.push(res.json.key);
    }
    const { stdout } = await promisify(execFile)('python3', [path.join(top, 'tests/api/open311_client.py'),
      `${server.url}/open311/discovery`, ...keys]);
    const { kinds } = JSON.parse(stdout);
    for (const fmt of ['xml', 'json'])
      for (const kind of [`discovery.${fmt} 200`, `services.${fmt} 200`, `service_definition.${fmt} 200`, `requests.${fmt} 200`,
        `sent.${fmt} 201`, `token.${fmt} 200`, `updates.${fmt} 200`, `update_sent.${fmt} 201`, `errors.${fmt} 400`,
        `errors.${fmt} 403`, `errors.${fmt} 404`])
        assert.ok(kinds.includes(kind), `${kind} among ${kinds}`);
  } finally {
    await server.stop();
  }
  assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
});
