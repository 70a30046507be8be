/* Cases of the city's present app by mail: once each, whether its file had them or not. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { eventually, startServer } from './harness.mjs';
import { became, deliver, deliveryOf, mailOf, newId } from './mail_kit.mjs';
import { startSink } from './smtp_sink.mjs';
import { newColleague } from './staff.mjs';

const app = 'tycktill@stad.example';
const box = 'appen@stad.example';

let server;
let sink;
let anna;

before(async () => {
  sink = await startSink();
  server = await startServer({ env: { SYNPUNKT_SMTP: sink.url, SYNPUNKT_MAIL_FROM: 'svar@stad.example',
    SYNPUNKT_MAIL_AUTHSERV_ID: 'mx.stad.example' } });
  anna = await newColleague(server, 'anna', 'administrator,case-handler@trafiknamnden,board-secretary@trafiknamnden');
  const res = await anna.post('/api/v1/settings/mailboxes', { json: { reason: 'appen', row: {
    address: box, board: 'trafiknamnden', importSender: 'TyckTill@stad.example',
    importNumber: 'Ärende (TT-[0-9]+)', importDay: 'Inkom: ([0-9]{4}-[0-9]{2}-[0-9]{2}[ T]?[0-9:]*)' } } });
  assert.ok([200, 201].includes(res.status), res.text);
}, { timeout: 120000 });

after(async () => {
  await server?.stop();
  await sink?.close();
});

const day = (back) => new Date(Date.now() - back * 86400e3).toISOString().slice(0, 10);
const numbered = (number) => server.sql(`SELECT c.year || '-' || c.id AS number, c.id, c.board, c.channel, c.received_on, i.fingerprint,
  to_char(c.received_at AT TIME ZONE 'Europe/Stockholm', 'HH24:MI') AS clock,
  (SELECT count(*) FROM synpunkt.outbox o WHERE o.case_id = c.id) AS letters,
  (SELECT body::jsonb ->> 'email' FROM synpunkt.case_content p WHERE p.case_id = c.id AND p.kind = 'contact') AS email
  FROM synpunkt.case c JOIN synpunkt.case_import i ON i.case_id = c.id WHERE i.number = '${number}'`);
const events = async (id) => (await server.sql(`SELECT what FROM synpunkt.case_event WHERE case_id = ${id} ORDER BY seq`)).map((e) => e.what);

async function mail(subject, text, { from = app, to = box, fields = [], sender = from } = {}) {
  const id = newId();
  await deliver(server, to, { sender, bytes: mailOf({ id, from, to, subject, text, fields }) });
  return became(server, id, 'done');
}

const header = 'Ärendenummer;Inkom;Beskrivning\r\n';
async function load(...rows) {
  const out = await server.ctl(['--json', 'import', 'tyck-till', '-'], { input: header + rows.join('\r\n') });
  return { ...JSON.parse(out.stdout), code: out.code };
}

test('a mail of the app is a case once, with its number, its day and no letter', async () => {
  const text = `Ärende TT-100\nInkom: ${day(12)} 14:05\n\nLampan är släckt på Kungsgatan.`;
  const row = await mail('Ny synpunkt i Tyck till', text, { fields: ['Auto-Submitted: auto-generated', 'Reply-To: eva@example.org'] });
  const [c, ...more] = await numbered('TT-100');
  assert.deepEqual(more, []);
  assert.equal(row.case_id, c.id);
  assert.deepEqual([c.board, c.channel, c.received_on, c.clock, c.letters, c.email],
    ['trafiknamnden', 'app', day(12), '14:05', '0', 'eva@example.org']);
  assert.deepEqual(await events(c.id), ['received', 'imported']);
  const shown = await anna.get(`/api/v1/desk/cases/${c.number}`);
  assert.deepEqual(shown.json.imported, { source: 'tyck-till', number: 'TT-100' });
  assert.deepEqual((await anna.get('/api/v1/desk/cases?q=tt-100')).json.items.map((i) => i.number), [c.number]);

  const again = await mail('Påminnelse: ärende tt-100', 'Den är fortfarande släckt.');
  assert.equal(again.case_id, c.id, 'the number is known, however it is spelled');
  assert.equal((await numbered('TT-100')).length, 1);
  assert.deepEqual(await events(c.id), ['received', 'imported', 'mail-noted']);
  const mails = await anna.get(`/api/v1/desk/cases/${c.number}/mails`);
  assert.equal(mails.json.items.length, 2, mails.text);

  const file = await load(`TT-100;${day(12)};Lampan är släckt`);
  assert.deepEqual([file.code, file.added, file.known], [0, 0, 1], 'the file knows what came by mail');
  assert.deepEqual(JSON.parse((await server.ctl(['--json', 'audit', 'verify'])).stdout).faults, []);
});

test('a mail of what the file had is noted on that case', async () => {
  assert.equal((await load(`TT-200;${day(5)};Hål i vägen`)).added, 1);
  const [c] = await numbered('TT-200');
  const row = await mail('Ärende TT-200', 'Hål i vägen');
  assert.equal(row.case_id, c.id);
  assert.deepEqual(await events(c.id), ['received', 'imported', 'mail-noted']);
  assert.equal((await numbered('TT-200')).length, 1);
});

test('mails of one number at once are one case', async () => {
  const ids = Array.from({ length: 6 }, () => newId());
  await Promise.all(ids.map((id) => deliver(server, box, { sender: app,
    bytes: mailOf({ id, from: app, to: box, subject: 'Ärende TT-300', text: `Inkom: ${day(2)}` }) })));
  await Promise.all(ids.map((id) => became(server, id, 'done')));
  const rows = await Promise.all(ids.map((id) => deliveryOf(server, id)));
  assert.equal(new Set(rows.map((r) => r.case_id)).size, 1);
  assert.equal((await numbered('TT-300')).length, 1);
});

test('what tells no number, or comes from others, is a case as any mail', async () => {
  const none = await mail('Hej', 'Inget nummer alls');
  const stranger = await mail('Ärende TT-400', 'Från någon annan', { from: 'bo@example.se' });
  const forged = await mail('Ärende TT-400', 'Ser ut som appen',
    { fields: ['Authentication-Results: mx.stad.example; dmarc=fail (p=none) header.from=stad.example'] });
  for (const row of [none, stranger, forged]) {
    assert.ok(row.case_id);
    assert.deepEqual(await events(row.case_id), ['received']);
  }
  assert.deepEqual(await numbered('TT-400'), []);
});

test('a day that is none is left out, and the mail is a case of its own day', async () => {
  const row = await mail('Ärende TT-500', 'Inkom: 2026-13-45\nHej');
  const [c] = await numbered('TT-500');
  assert.equal(c.id, row.case_id);
  assert.equal(c.received_on, (await server.sql(`SELECT (now() AT TIME ZONE 'Europe/Stockholm')::date::text AS d`))[0].d);
  const ahead = await mail('Ärende TT-501', `Inkom: ${day(-20)}`);
  assert.equal((await numbered('TT-501'))[0].id, ahead.case_id);
});

test('a file waits for a number that a mail is just becoming', async () => {
  const [d] = await server.sql(`SELECT max(id) AS id FROM synpunkt.mail_delivery`);
  await server.sql(`INSERT INTO synpunkt.mail_import (delivery, source, key, number) VALUES (${d.id}, 'tyck-till', 'tt-600', 'TT-600')`);
  const got = await load(`TT-600;${day(5)};Hål i vägen`);
  assert.equal(got.code, 1);
  assert.match(got.error, /try again/);
  const id = newId();
  await deliver(server, box, { sender: app, bytes: mailOf({ id, from: app, to: box, subject: 'Ärende TT-600' }) });
  await eventually('it was tried', async () => Number((await deliveryOf(server, id))?.attempts) > 0);
  assert.deepEqual(await numbered('TT-600'), []);
  await server.sql(`DELETE FROM synpunkt.mail_import`);
  await server.sql(`UPDATE synpunkt.mail_delivery SET due_at = now() WHERE state = 'received'`);
  await became(server, id, 'done');
  assert.equal((await numbered('TT-600')).length, 1);
});

test('of a mail that is held back the number is free, for a file or another mail', async () => {
  const id = newId();
  await deliver(server, box, { sender: 'bo@example.se', bytes: mailOf({ id, from: 'bo@example.se', to: box, subject: 'Utan nummer' }) });
  await became(server, id, 'done');
  const [d] = await server.sql(`SELECT max(id) AS id FROM synpunkt.mail_delivery`);
  await server.sql(`UPDATE synpunkt.mail_delivery SET state = 'received', due_at = now() + interval '1 hour' WHERE id = ${d.id};
    INSERT INTO synpunkt.mail_import (delivery, source, key, number) VALUES (${d.id}, 'tyck-till', 'tt-650', 'TT-650');
    UPDATE synpunkt.mail_delivery SET state = 'quarantined' WHERE id = ${d.id}`);
  assert.equal((await load(`TT-650;${day(5)};Hål i vägen`)).code, 0);
  assert.equal((await numbered('TT-650')).length, 1);
});

test('the number of a case that is disposed of is no number to a mail', async () => {
  const text = `Ärendenummer;Inkom;Beskrivning;Status;Avslutad\nTT-700;${day(4)};Borta;Åtgärdad;${day(2)}`;
  assert.equal((await server.ctl(['import', 'tyck-till', '-'], { input: text })).code, 0);
  const [row] = await numbered('TT-700');
  await server.sql(`WITH d AS (INSERT INTO synpunkt.disposal (decision, rule, ran_at, ran_by) VALUES ('1', 'r', now(), 'x') RETURNING id)
    UPDATE synpunkt.case c SET disposed_on = synpunkt.today(), disposal_id = d.id, follow_hash = sha256('') FROM d WHERE c.id = ${row.id}`);
  const late = await mail('Ärende TT-700', 'Hej igen');
  assert.notEqual(late.case_id, row.id);
  assert.deepEqual(await events(late.case_id), ['received']);
});

test('a pattern is checked when it is saved', async () => {
  const put = (row) => anna.post('/api/v1/settings/mailboxes', { json: { reason: 'prov', row: { address: `${newId()}`, board: 'trafiknamnden', ...row } } });
  const named = async (row) => (await put(row)).json.invalidParams?.map((e) => e.name).filter((name, i, all) => all.indexOf(name) === i);
  for (const importNumber of ['Ärende', '(a+)+', '(a)\\1', '(?=a)(b)', '(', `(${'a'.repeat(300)})`])
    assert.deepEqual(await named({ importSender: app, importNumber }), ['row.importNumber'], importNumber);
  assert.deepEqual(await named({ importNumber: '(a)' }), ['row.importNumber']);
  assert.deepEqual(await named({ importDay: '(a)' }), ['row.importDay']);
  const fits = (p) => server.sql(`SELECT synpunkt.mail_pattern_fits('${p}') AS ok`).then(([r]) => r.ok);
  assert.equal(await fits('(z-a]['), 'f', 'the table asks again');
  assert.equal(await fits('(a)\\1'), 'f');
  assert.equal(await fits('Nr (\\d+)'), 't');
});
