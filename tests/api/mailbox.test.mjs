/* Which addresses mail is taken for: imported, listed, tried. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startServer } from './harness.mjs';
import { lmtpOpen } from './lmtp_client.mjs';
import { newColleague } from './staff.mjs';

let server;

before(async () => {
  server = await startServer();
}, { timeout: 120000 });

after(async () => {
  await server?.stop();
});

const load = (text) => server.ctl(['--json', 'import', 'mailboxes', '-'], { input: text });
const judge = async (address) => {
  const { code, stdout } = await server.ctl(['--json', 'mailbox', 'test', address]);
  return { code, ...JSON.parse(stdout) };
};

test('the tool says who gets mail to an address, or why nobody does', async () => {
  await server.sql(`INSERT INTO synpunkt.mailbox VALUES
    ('gammal@stad.example', 'trafiknamnden', NULL, '2020-01-01', '2021-01-01'),
    ('kommande@stad.example', 'trafiknamnden', NULL, '2999-01-01', 'infinity'),
    ('norrmalm@stad.example', 'norrmalms-stadsdelsnamnd', NULL, '-infinity', 'infinity')`);
  assert.deepEqual(await judge('KLIPPSKOLAN@stad.example'), { code: 0,
    address: 'klippskolan@stad.example', taken: true, board: 'utbildningsnamnden',
    boardName: 'Utbildningsnämnden', unit: 'klippskolan', unitName: 'Klippskolan',
    because: 'taken' });
  const reasons = { 'nobody@stad.example': 'no mailbox has this address',
    'trafik@elsewhere.example': 'no mailbox is of this domain',
    'gammal@stad.example': 'the mailbox ended on 2021-01-01',
    'kommande@stad.example': 'the mailbox begins on 2999-01-01' };
  const talk = await lmtpOpen(server);
  await talk.say('MAIL FROM:<>');
  for (const [address, because] of Object.entries(reasons)) {
    const found = await judge(address);
    assert.equal(found.code, 1, address);
    assert.equal(found.taken, false, address);
    assert.equal(found.because, because);
    assert.match(await talk.say(`RCPT TO:<${address}>`), /^550/, 'LMTP says the same');
  }
  const ended = await judge('norrmalm@stad.example');
  assert.equal(ended.taken, true);
  assert.match(ended.because, /^taken, but the board ended on \d{4}-/);
  assert.match(await talk.say('RCPT TO:<norrmalm@stad.example>'), /^250/);
  await talk.end();
  const list = JSON.parse((await server.ctl(['--json', 'mailbox', 'list'])).stdout);
  assert.ok(list.length > 30);
  assert.equal((await server.ctl(['mailbox', 'frob'])).code, 2);
});

test('administrators see the list, page by page, and try one; others do not', async () => {
  const admin = await newColleague(server, 'admin', 'administrator@*');
  let next = null;
  const all = [];
  do {
    const res = await admin.get(`/api/v1/mailboxes?limit=20${next
      ? `&after=${encodeURIComponent(next)}` : ''}`);
    assert.equal(res.status, 200, res.text);
    all.push(...res.json.items);
    next = res.json.next;
  } while (next);
  const [{ n }] = await server.sql('SELECT count(*) AS n FROM synpunkt.mailbox');
  assert.equal(all.length, Number(n));
  assert.equal(new Set(all.map((m) => m.address)).size, all.length);
  const one = await admin.get('/api/v1/mailboxes/Trafik%40stad.example');
  assert.deepEqual(one.json, { address: 'trafik@stad.example', taken: true,
    board: 'trafiknamnden', boardName: 'Trafiknämnden', unit: null, unitName: null,
    because: 'taken' });
  const none = await admin.get('/api/v1/mailboxes/x');
  assert.equal(none.json.taken, false);
  assert.equal((await admin.get('/api/v1/mailboxes?limit=0')).status, 422);
  const handler = await newColleague(server, 'handler', 'case-handler@trafiknamnden');
  for (const path of ['/api/v1/mailboxes', '/api/v1/mailboxes/x']) {
    assert.equal((await handler.get(path)).status, 403);
    assert.equal((await server.get(path)).status, 401);
  }
});

test('a file of mailboxes goes in whole or not at all, and is the whole of them', async () => {
  const before = (await server.sql('SELECT address FROM synpunkt.mailbox')).length;
  for (const [row, fault] of [['trafik\tTrafik\t', /no address of mail: \\"trafik\\"/],
    ['a@stad.example\tIngen nämnd\t', /nothing is called \\"Ingen nämnd\\"/],
    ['a@stad.example\tTrafik\tingen-enhet', /nothing is called \\"ingen-enhet\\"/],
    ['a@stad.example\tTrafik\t\na@stad.example\tKultur\t', /is there twice/]]) {
    const out = await load(`address\tboard\tunit\n${row}\n`);
    assert.equal(out.code, 1);
    assert.match(out.stdout, fault);
  }
  assert.equal((await server.sql('SELECT address FROM synpunkt.mailbox')).length, before);
  const text = 'address\tboard\tunit\tvalid_to\nTrafik@Stad.example\tTrafiknämnden\t\t\n'
    + 'klippskolan@stad.example\tUtbildning\tklippskolan\t2999-12-31\n';
  for (const changed of [2, 0]) {
    const out = await load(text);
    assert.equal(out.code, 0, out.stdout);
    const told = JSON.parse(out.stdout);
    assert.equal(told.rows, 2);
    if (!changed) assert.equal(told.changed, 0, 'a second time changes nothing');
  }
  assert.deepEqual(await server.sql(`SELECT address, board, unit FROM synpunkt.mailbox
    ORDER BY 1`), [
    { address: 'klippskolan@stad.example', board: 'utbildningsnamnden', unit: 'klippskolan' },
    { address: 'trafik@stad.example', board: 'trafiknamnden', unit: null }]);
});
