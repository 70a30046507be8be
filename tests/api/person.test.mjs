/* What is held on one person: all of it, at the boards that are asked, and nobody else's. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { act, at, coordinator, farsta, serial, trafik } from './contract_desk_kit.mjs';
import { eventually, multipart, startServer, testRoot } from './harness.mjs';
import { letter, lmtpOpen } from './lmtp_client.mjs';
import { addContractor, order } from './order_kit.mjs';
import { openPsql } from './psql.mjs';
import { makePushKey } from './push_service.mjs';
import { newColleague } from './staff.mjs';

let server, desk, officer, cases;
const her = { email: 'Åsa.Person@Example.ORG', phone: '+46 (0)70-123 45 67' };

async function submit(text, contact, more = {}) {
  const res = await server.post('/api/v1/cases', { multipart: multipart([
    { name: 'case', json: { text, category: 'gatubelysning', contact, ...more } },
    { name: 'attachment', filename: 'bild-av-lampa.txt', body: `fil till ${text}\n` }]) });
  assert.equal(res.status, 201, res.text);
  return res.json;
}

before(async () => {
  const dir = fs.mkdtempSync(path.join(testRoot(), 'person-'));
  fs.chmodSync(dir, 0o755);
  server = await startServer({ env: { SYNPUNKT_DATABASE_TIMEOUT_MS: '2000',
    SYNPUNKT_DATABASE_CONNECTIONS: '1', SYNPUNKT_PUSH_HOSTS: 'push.example',
    SYNPUNKT_PUSH_KEY_FILE: makePushKey(path.join(dir, 'push-key.pem')) } });
  desk = await coordinator(server);
  officer = await newColleague(server, 'ombud', `data-protection-officer@${trafik}`, 'Dag Ombud');
  cases = {
    both: await submit('Hennes första', { name: 'Åsa Person', ...her },
      { place: { address: 'Storgatan 1', lat: 59.33, lon: 18.06 } }),
    phone: await submit('Hennes andra', { phone: '070 123 45 67' }),
    moved: await submit('Hennes tredje', { email: 'åsa.person@example.org' }),
    other: await submit('Någon annans', { name: 'Bo Annan', email: 'bo@example.org',
      phone: '070-765 43 21' }),
  };
  await act(desk, cases.both.number, 'note', { text: 'Grannen Gunvald är jävig' });
  await act(desk, cases.both.number, 'reply', { text: 'Lampan är lagad.' });
  await act(desk, cases.moved.number, 'transfer', { board: farsta, ground: 'consent',
    text: 'Bo Annan skrev om samma sak' });
  await eventually('all have their numbers', async () => (await server.sql(`SELECT 1 FROM
    synpunkt.case_leg WHERE registration_number IS NULL`)).length === 0, 30000);
});
after(() => server.stop());

const numbers = (items) => items.map((i) => i.number).sort();
const wanted = (...names) => names.map((n) => cases[n].number).sort();

async function ctl(...args) {
  const out = await server.ctl(['--json', 'person', 'export', ...args]);
  return { code: out.code, ...JSON.parse(out.stdout) };
}
const search = (client, json) => client.post('/api/v1/desk/persons', { json });

test('an address is found whatever its case, a number however it was written', async () => {
  assert.deepEqual(numbers((await ctl('--email', ' ÅSA.PERSON@example.org ')).items),
    wanted('both', 'moved'));
  for (const phone of ['0701234567', '+46701234567', '0046 70 123 45 67', '070-123 45 67',
    '+46 (0)70 1234567'])
    assert.deepEqual(numbers((await ctl('--phone', phone)).items), wanted('both', 'phone'), phone);
  assert.deepEqual((await ctl('--phone', '0701234568')).items, []);
  assert.deepEqual((await ctl('--email', 'person@example.org')).items, []);
});

test('it holds all that is hers, and nothing of anybody else', async () => {
  const { items } = await ctl('--email', her.email);
  const it = items.find((i) => i.number === cases.both.number);
  assert.deepEqual([it.text, it.contact.name, it.contact.email, it.contact.phone, it.place.address,
    it.place.lat, it.board, it.status],
  ['Hennes första', 'Åsa Person', her.email, her.phone, 'Storgatan 1', 59.33, trafik, 'answered']);
  assert.deepEqual(it.messages.map((m) => [m.from, m.text]), [['city', 'Lampan är lagad.']]);
  assert.deepEqual(it.attachments.map((a) => a.name), ['bild-av-lampa.txt']);
  assert.deepEqual(it.letters.map((l) => l.kind), ['receipt', 'reply']);
  assert.deepEqual(it.events.map((e) => e.what), ['received', 'replied']);
  assert.match(it.registrations[0].number, /^\d{4}\/\d+$/);
  assert.doesNotMatch(JSON.stringify(items), /Gunvald|Bo Annan|Någon annans|Cia Ord/);
});

test('as text it can be read', async () => {
  const out = await server.ctl(['person', 'export', '--email', her.email]);
  assert.equal(out.code, 0);
  for (const text of ['2 ärenden', `Ärende ${cases.both.number}, Trafiknämnden`, 'Hennes första',
    'Storgatan 1', 'Lampan är lagad.', 'bild-av-lampa.txt'])
    assert.ok(out.stdout.includes(text), text);
});

test('one board’s part is its own: a case that it passed on, up to then', async () => {
  await act(await newColleague(server, 'farsta', `coordinator@${farsta}`), cases.moved.number,
    'reply', { text: 'Farsta svarar.' });
  const here = await ctl('--email', her.email, '--board', trafik);
  const moved = here.items.find((i) => i.number === cases.moved.number);
  assert.equal(moved.text, 'Hennes tredje');
  assert.deepEqual(moved.messages, []);
  assert.deepEqual(moved.events.map((e) => e.what), ['received', 'transferred']);
  const there = await ctl('--email', her.email, '--board', farsta);
  assert.deepEqual(numbers(there.items), wanted('moved'));
  assert.deepEqual(there.items[0].messages.map((m) => m.text), ['Farsta svarar.']);
  assert.equal((await ctl('--email', her.email, '--board', 'okand')).code, 1);
});

test('what was not sent with a case the receiver does not hold, and does not tell', async () => {
  const email = 'delvis@example.org';
  const c = await submit('Inte skickat', { name: 'Åsa Delvis', email });
  await act(desk, c.number, 'transfer', { board: farsta, ground: 'no-secrecy', send: ['place'] });
  assert.deepEqual((await ctl('--email', email, '--board', farsta)).items, []);
  const d = await submit('Inte heller skickat', { name: 'Åsa Delvis', email });
  await act(desk, d.number, 'transfer', { board: farsta, ground: 'no-secrecy', send: ['contact'] });
  const [there] = (await ctl('--email', email, '--board', farsta)).items;
  assert.deepEqual([there.number, there.contact.email, there.text, there.attachments],
    [d.number, email, null, []]);
  const here = (await ctl('--email', email, '--board', trafik)).items;
  assert.deepEqual(here.map((i) => i.text), ['Inte skickat', 'Inte heller skickat']);
});

test('the mails that came about a case are listed, where the board had all that they hold',
  async () => {
    const from = 'mejl.person@example.org';
    const bytes = letter({ id: 'person.1@example.org', body: 'Gatlampan är släckt.' }).toString()
      .replace('anna@example.org', from);
    const talk = await lmtpOpen(server);
    assert.match((await talk.send({ to: ['trafik@stad.example'], from,
      bytes: Buffer.from(bytes) }))[0], /^250 /);
    await talk.end();
    const it = await eventually('its case', async () => (await ctl('--email', from)).items[0]);
    const [mail] = await eventually('it is the case’s', async () => {
      const [one] = (await ctl('--email', from)).items;
      return one.originals.length > 0 && one.originals;
    });
    const [stored] = await server.sql(`SELECT m.size, encode(m.body_sha256, 'hex') AS hash
      FROM synpunkt.mail_message m JOIN synpunkt.mail_delivery d ON d.message_id = m.id
      WHERE d.case_id = ${serial(it.number)}`);
    assert.deepEqual([mail.class, mail.size, mail.bodySha256],
      ['new', Number(stored.size), stored.hash]);
    assert.match(mail.at, /^20\d\d-.*Z$/);
    assert.match((await server.ctl(['person', 'export', '--email', from])).stdout,
      new RegExp(stored.hash));
    assert.doesNotMatch(JSON.stringify(it.originals), /stad\.example|arende\+/);

    await act(desk, it.number, 'transfer', { board: farsta, ground: 'no-secrecy',
      send: ['text', 'contact'] });
    const [there] = (await ctl('--email', from, '--board', farsta)).items;
    assert.deepEqual([there.number, there.originals], [it.number, []]);
    const [here] = (await ctl('--email', from, '--board', trafik)).items;
    assert.equal(here.originals.length, 1);
  });

test('since when which devices are told of a case is said, and nowhere which they are', async () => {
  const email = 'aviserad@example.org';
  const c = await submit('Med aviseringar', { email });
  const tell = async (device) => {
    const res = await server.put(`/api/v1/cases/${c.number}/push-subscription`, {
      headers: { authorization: `Bearer ${c.followUpCode}` },
      json: { endpoint: `https://push.example/${device}`, keys: {
        p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
        auth: 'BTBZMqHH6r4Tts7J_aSIgg' } } });
    assert.equal(res.status, 204, res.text);
  };
  const devices = async (...args) =>
    (await ctl('--email', email, ...args)).items.map((i) => i.devices);
  assert.deepEqual(await devices(), [[]]);
  await tell('telefon');
  await tell('platta');
  await server.sql(`UPDATE synpunkt.push_subscription SET made_at = '2026-01-02 03:04:05Z'
    WHERE endpoint LIKE '%telefon'`);
  const [[first, second]] = await devices();
  assert.deepEqual(first, { since: '2026-01-02T03:04:05.000Z' });
  assert.ok(Math.abs(Date.parse(second.since) - Date.now()) < 60000, second.since);
  const { stdout } = await server.ctl(['person', 'export', '--email', email]);
  assert.match(stdout, /Enheter som får aviseringar, sedan\n {2}2026-01-02T03:04:05\.000Z\n {2}20/);
  const { text } = await search(officer, { email });
  assert.match(text, /"devices": ?\[\{"since": ?"2026-01-02T/);
  assert.doesNotMatch(stdout + text, /push\.example|telefon|platta/);
  await assert.rejects(server.sql(`SET ROLE synpunkt_person;
    SELECT endpoint FROM synpunkt.push_subscription`), /permission denied/);

  await act(desk, c.number, 'transfer', { board: farsta, ground: 'consent' });
  assert.deepEqual(await devices('--board', trafik), [[]], 'told by whom it was passed on to');
  assert.deepEqual(await devices('--board', farsta), [[first, second]]);
  await act(await newColleague(server, 'farsta-r', `coordinator@${farsta}`), c.number, 'correct',
    { text: 'Fel person', contact: { email: 'ratt@example.org' } });
  assert.deepEqual(await devices(), [undefined], 'they are another’s now');
});

test('an officer for one unit is no officer of the board', async () => {
  const [{ code }] = await server.sql(`SELECT n.code FROM synpunkt.unit n LIMIT 1`);
  const unit = await newColleague(server, 'ombud-e', `data-protection-officer@${trafik}/${code}`);
  assert.equal((await search(unit, { email: her.email })).status, 403);
});

test('an officer finds what the own boards hold, nobody else finds anything', async () => {
  const res = await search(officer, { email: her.email });
  assert.equal(res.status, 200, res.text);
  assert.deepEqual(res.json.boards, [trafik]);
  assert.deepEqual(numbers(res.json.items), wanted('both', 'moved'));
  const elsewhere = await newColleague(server, 'ombud-f', `data-protection-officer@${farsta}`);
  assert.deepEqual(numbers((await search(elsewhere, { phone: her.phone })).json.items), []);
  assert.equal((await search(desk, { email: her.email })).status, 403);
  const floating = await newColleague(server, 'ombud-x', 'data-protection-officer@*');
  assert.equal((await search(floating, { email: her.email })).status, 403);
  assert.equal((await server.post('/api/v1/desk/persons', { json: {} })).status, 401);
  assert.equal((await server.post('/api/v1/desk/persons', { json: { email: her.email },
    headers: { cookie: officer.cookie } })).status, 403, 'without the CSRF token');
});

test('what is looked for is one thing, and could be one', async () => {
  for (const json of [{}, { email: 'a@b.se', phone: '0701234567' }, { phone: 'ring mig' },
    { email: 7 }]) {
    const res = await search(officer, json);
    assert.equal(res.status, 422, JSON.stringify(json));
    assert.ok(res.json.invalidParams.length);
  }
  const misused = await server.ctl(['person', 'export']);
  assert.equal(misused.code, 2);
  assert.equal((await server.ctl(['person', 'export', '--phone', 'hej'])).code, 2);
});

test('who read it, and when, is told where readings are logged, of the boards asked', async () => {
  const c = await submit('Hennes känsliga', { email: 'kanslig@example.org' });
  await server.sql(`UPDATE synpunkt.case SET sensitivity = 3 WHERE id = ${serial(c.number)}`);
  await desk.get(at(c.number));
  await desk.get(at(c.number, 'attachments/1'));
  const read = async (...args) => (await ctl('--email', 'kanslig@example.org', ...args)).items[0].reads;
  const ours = await read('--board', trafik);
  assert.deepEqual(ours.map((r) => [r.by, r.what]), [['Cia Ord', 'case'], ['Cia Ord', 'attachment-1']]);
  for (const { at: when } of ours) assert.ok(Math.abs(Date.parse(when) - Date.now()) < 60000, when);
  assert.deepEqual((await search(officer, { email: 'kanslig@example.org' })).json.items[0].reads, ours);
  assert.match((await server.ctl(['person', 'export', '--email', 'kanslig@example.org'])).stdout,
    /Läst av\n.*case Cia Ord/);
  await act(desk, c.number, 'transfer', { board: farsta, ground: 'osl-10-2' });
  const there = await newColleague(server, 'farsta-laser', `coordinator@${farsta}`, 'Fia Läsare');
  await there.get(at(c.number));
  assert.deepEqual((await read('--board', farsta)).map((r) => r.by), ['Fia Läsare']);
  const by = async (...args) => [...new Set((await read(...args)).map((r) => r.by))];
  assert.deepEqual([await by('--board', trafik), await by()], [['Cia Ord'], ['Cia Ord', 'Fia Läsare']]);
});

test('work that was ordered of her case is told: what was sent to whom, and no person there', async () => {
  const c = await submit('Hål i gatan', { email: 'bestallning@example.org' });
  const leader = await newColleague(server, 'bestallare', `coordinator@${trafik}`, 'Olle Ordrar');
  await addContractor(leader, { code: 'gren', name: 'Gren AB', way: 'mail', mail: 'kim.karlsson@gren.example', phone: '08-777 66 55' });
  await order(leader, c.number, { contractor: 'gren', text: 'Laga hålet vid porten.' });
  const found = async (...args) => (await ctl('--email', 'bestallning@example.org', ...args)).items[0];
  const { orders: [one, ...more] } = await found();
  assert.deepEqual(more, []);
  assert.deepEqual([one.board, one.contractorName, one.text, one.pictures, one.recallText], [trafik, 'Gren AB', 'Laga hålet vid porten.', [], null]);
  assert.doesNotMatch(JSON.stringify(await found()), /kim\.karlsson|777 66 55/);
  assert.deepEqual((await search(officer, { email: 'bestallning@example.org' })).json.items[0].orders, [one]);
  assert.match((await server.ctl(['person', 'export', '--email', 'bestallning@example.org'])).stdout, /Uppdrag till utförare\n.*Gren AB Laga hålet/);
  await act(desk, c.number, 'transfer', { board: farsta, ground: 'osl-10-2' });
  assert.deepEqual((await found('--board', farsta)).orders, [], 'another board’s orders are not its');
});

test('each search is in the log of exports, without what was looked for', async () => {
  await search(officer, { email: her.email });
  await ctl('--phone', her.phone);
  const { items } = (await officer.get(`/api/v1/audit/exports?board=${trafik}`)).json;
  assert.deepEqual(items.slice(0, 2).map((i) => [i.what, i.user, i.board, i.filter, i.rows]), [
    ['person', null, null, { key: 'phone' }, 2], ['person', 'ombud', trafik, { key: 'email' }, 2]]);
  const page = await officer.get(`/loggar/${trafik}/uttag`);
  assert.match(page.text, /Uppgifter om en person/);
  const [{ row }] = await server.sql("SELECT string_agg(x::text, ' ') AS row FROM synpunkt.export_log x");
  for (const text of [row, page.text, server.log])
    assert.doesNotMatch(text, /sa\.Person@|123 45 67|1234567|kanslig@/i);
});

test('the database lets nobody else correct or search', async () => {
  for (const role of ['synpunkt_resident', 'synpunkt_desk', 'synpunkt_job', 'synpunkt_report']) {
    await assert.rejects(server.sqlAs(role, "UPDATE synpunkt.case_content SET body = 'x'"),
      /permission denied/);
    await assert.rejects(server.sqlAs(role,
      "SELECT synpunkt_person.export('email', 'a@b.se', NULL)"), /permission denied/);
  }
  await assert.rejects(server.sql(`SET ROLE synpunkt_act;
    INSERT INTO synpunkt.case_content VALUES (1, 1, 'text', '', 'x')`), /policy|check/);
  const [{ n }] = await server.sql(`SET ROLE synpunkt_person; SELECT count(*) AS n FROM
    synpunkt.case_content WHERE kind = 'note'`);
  assert.equal(n, '0');
});

test('a search that takes long holds up nobody, and is answered when it is done', async (t) => {
  const held = openPsql(server);
  t.after(() => held.close());
  /* The search can find, and has to wait before it can write that it did. */
  await held.run('BEGIN; LOCK TABLE synpunkt.export_log IN SHARE MODE');
  const slow = search(officer, { email: her.email });
  const waited = async (s) => (await server.sql(`SELECT 1 FROM pg_stat_activity
    WHERE datname = '${server.database}' AND query LIKE '%synpunkt_person.search%'
      AND wait_event_type = 'Lock' AND query_start < now() - interval '${s} s'`)).length;
  await eventually('it waits', () => waited(0), 30000);
  for (const where of ['/api/v1/desk/cases', at(cases.both.number)])
    assert.equal((await desk.get(where)).status, 200, where);
  await eventually('longer than others may', () => waited(3), 30000);
  assert.equal((await desk.get('/api/v1/desk/cases')).status, 200);
  await held.run('COMMIT');
  const res = await slow;
  assert.equal(res.status, 200, res.text);
  assert.deepEqual(numbers(res.json.items), wanted('both', 'moved'));
});
