/* synpunktctl as far as it needs no database. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { ctl, testRoot } from './harness.mjs';

test('an unknown command, option or word is told, with exit 2', async () => {
  for (const args of [[], ['fly'], ['config', '--loud'], ['config', 'x'], ['render', 'a']]) {
    const out = await ctl(args);
    assert.equal(out.code, 2, args.join(' '));
    assert.notEqual(out.stderr, '');
  }
  assert.equal(JSON.parse((await ctl(['--json', 'fly'])).stdout).error, 'unknown command "fly"');
  const help = await ctl(['--help']);
  assert.equal(help.code, 0);
  assert.match(help.stdout, /migrate .*\n.*import/);
});

test('config prints settings and where they come from, without a database', async () => {
  const env = { SYNPUNKT_INTAKE_PER_HOUR: '7' };
  const rows = JSON.parse((await ctl(['config', '--json'], { env })).stdout);
  const row = rows.find((r) => r.name === 'SYNPUNKT_INTAKE_PER_HOUR');
  assert.deepEqual([row.value, row.origin], [7, 'environment']);
  const wrong = await ctl(['config'], { env: { SYNPUNKT_INTAKE_PER_HOUR: 'many' } });
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /SYNPUNKT_INTAKE_PER_HOUR/);
  const routes = JSON.parse((await ctl(['config', '--routes', '--json'])).stdout);
  assert.ok(routes.some((r) => r.method === 'POST' && r.path === '/api/v1/cases'));
  for (const route of routes) assert.ok(route.access.length > 0, route.path);
});

test('render fills a template, with partials from a folder', async () => {
  const dir = fs.mkdtempSync(path.join(testRoot(), 'render'));
  const put = (name, text) => {
    fs.writeFileSync(path.join(dir, name), text);
    return path.join(dir, name);
  };
  const template = put('page.html', '<p>{{name}}</p>{{#list}}{{>item}}{{/list}}{{>none}}');
  put('item.mustache', '[{{.}}]');
  const data = put('data.json', '{"name": "a < å", "list": [1, 2]}');
  const out = await ctl(['render', template, data, '--partials', dir]);
  assert.deepEqual(out, { code: 0, stdout: '<p>a &lt; å</p>[1][2]', stderr: '' });
  const json = await ctl(['render', template, data, '--json']);
  assert.deepEqual(JSON.parse(json.stdout), { text: '<p>a &lt; å</p>' });
  const input = await ctl(['render', template, '-'], { input: '{"name": 7}' });
  assert.equal(input.stdout, '<p>7</p>');
  assert.equal((await ctl(['render', put('bad', '{{#a}}'), data])).code, 1);
  assert.equal((await ctl(['render', template, put('bad.json', '{')])).code, 1);
});
