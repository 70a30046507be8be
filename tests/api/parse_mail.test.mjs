/* tests/mail: each NAME.eml as parse-mail reads it, against what NAME.json says of it. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { ctl, top } from './harness.mjs';

const folder = path.join(top, 'tests/mail');
const names = fs.readdirSync(folder).filter((f) => f.endsWith('.eml'))
  .map((f) => f.slice(0, -4)).sort();
const host = { SYNPUNKT_MAIL_AUTHSERV_ID: 'mx.stad.example' };

async function parse(file, env = host) {
  const out = await ctl(['parse-mail', file, '--json'],
    { env: { SYNPUNKT_DATABASE: 'host=/nowhere dbname=x', ...env } });
  assert.equal(out.code, 0, out.stdout + out.stderr);
  return JSON.parse(out.stdout);
}

/* What is said counts; what is not said may be anything. A list is as long as it is said. */
function same(got, want, where) {
  if (Array.isArray(want)) {
    assert.equal(got?.length, want.length, `${where}: ${JSON.stringify(got)}`);
    want.forEach((one, i) => same(got[i], one, `${where}[${i}]`));
  } else if (want && typeof want === 'object') {
    for (const [name, value] of Object.entries(want))
      same(got?.[name], value, where ? `${where}.${name}` : name);
  } else {
    assert.deepEqual(got, want, where);
  }
}

for (const name of names)
  test(name, async () => {
    const want = JSON.parse(fs.readFileSync(path.join(folder, `${name}.json`), 'utf8'));
    same(await parse(path.join(folder, `${name}.eml`)), want, '');
  });

test('every mail has the members that are promised', async () => {
  const got = await parse(path.join(folder, 'reply-gmail-sv.eml'));
  assert.deepEqual(Object.keys(got).sort(), ['attachments', 'authentication', 'because', 'bounce',
    'cc', 'class', 'date', 'encrypted', 'from', 'fromName', 'inReplyTo', 'language', 'messageId',
    'neverAnswer', 'newText', 'otherwise', 'references', 'replyTo', 'returnPath', 'signed', 'subject', 'text',
    'to', 'truncated']);
});

test('a spam header counts for nothing where no mail server is trusted', async () => {
  const got = await parse(path.join(folder, 'spam-flagged.eml'), {});
  assert.equal(got.class, 'new');
});

test('another header can be the one that says spam', async () => {
  const got = await parse(path.join(folder, 'spam-flagged.eml'),
    { ...host, SYNPUNKT_MAIL_SPAM_HEADER: 'X-Spam' });
  assert.equal(got.class, 'new');
});

test('without --json the same is printed to be read; no file is 1, no name is 2', async () => {
  const file = path.join(folder, 'reply-gmail-sv.eml');
  const out = await ctl(['parse-mail', file]);
  assert.equal(out.code, 0, out.stderr);
  assert.deepEqual(JSON.parse(out.stdout), await parse(file, {}));
  assert.equal((await ctl(['parse-mail', '/nowhere.eml'])).code, 1);
  assert.equal((await ctl(['parse-mail'])).code, 2);
  assert.equal((await ctl(['parse-mail', 'a', 'b'])).code, 2);
});
