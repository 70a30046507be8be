/* Letters to followers of a case that come back. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { after, before, test } from 'node:test';

import { act, at, coordinator, serial } from './contract_desk_kit.mjs';
import { eventually, startServer } from './harness.mjs';
import { became, bounced, deliver, mailOf, newId } from './mail_kit.mjs';
import { readLetter, startSink } from './smtp_sink.mjs';

let server, sink, desk;
before(async () => {
  sink = await startSink();
  server = await startServer({ env: { SYNPUNKT_SMTP: sink.url,
    SYNPUNKT_MAIL_FROM: 'synpunkter@stad.example', SYNPUNKT_PUBLIC_URL: 'https://synpunkt.example' } });
  desk = await coordinator(server);
});
after(async () => {
  await server?.stop();
  await sink?.close();
});

let used = 0;
const lettersTo = (to) => sink.letters.filter((l) => l.to === to).map((l) => readLetter(l.text));
const idOf = (letter) => letter.headers['message-id'].slice(1, -1);
const whole = async (c) => (await desk.get(at(c.number))).json;
const rows = (c) => server.sql(`SELECT email, confirmed_at, forget_at, unreachable_at FROM synpunkt.case_support
  WHERE case_id = ${serial(c.number)} ORDER BY id`);

async function publicCase() {
  const res = await server.post('/api/v1/cases', { json: { text: 'Lampan är släckt', category: 'gatubelysning',
    place: { lat: 59.3105 + used++ * 0.003, lon: 18.0101 } } });
  assert.equal(res.status, 201, res.text);
  const key = await eventually('it is on the map', async () => (await server.sql(
    `SELECT key FROM synpunkt.public_case WHERE case_id = ${serial(res.json.number)}`))[0]?.key);
  return { ...res.json, key };
}

async function supports(c, email, device = crypto.randomBytes(16).toString('base64url')) {
  const res = await server.post(`/api/v1/open-cases/${c.key}/supports`, { json: { device, contact: { email } } });
  assert.equal(res.status, 201, res.text);
  return res.json;
}

/* Known to be sent, and not only taken by the sink. */
async function letterTo(to, n) {
  const letter = await eventually(`letter ${n} to ${to}`, () => lettersTo(to)[n - 1]);
  await eventually('it is marked as sent', async () => (await server.sql(`SELECT 1 FROM synpunkt.outbox
    WHERE message_id = '${idOf(letter)}' AND sent_at IS NOT NULL`)).length);
  return letter;
}

/* Somebody who has said yes to letters; n: the letter that asks. */
async function follower(c, email, n = 1) {
  await supports(c, email);
  const letter = await letterTo(email, n);
  const [, path] = /https:\/\/synpunkt\.example(\/stod\/[0-9A-Z]+)/.exec(letter.body);
  assert.equal((await server.post(path, { form: { svar: 'ja' } })).status, 303);
}

const tell = (c, text) => act(desk, c.number, 'reply', { text, followers: true });

test('a bounce for good ends the letters to that address, and nobody is told', async () => {
  const c = await publicCase();
  await follower(c, 'borta@example.org');
  await follower(c, 'kvar@example.org');
  await tell(c, 'Vi lagar den i morgon.');
  const letter = await letterTo('borta@example.org', 2);
  await letterTo('kvar@example.org', 2);
  const was = await whole(c);
  assert.deepEqual([was.supporters, was.followers], [2, 2]);

  const mail = await bounced(server, { email: 'borta@example.org', messageId: idOf(letter) });
  assert.deepEqual([mail.class, mail.case_id], ['bounce', null]);
  const now = await whole(c);
  assert.deepEqual([now.events, now.version, now.mail, now.attention], [was.events, was.version, was.mail, was.attention]);
  assert.deepEqual([now.supporters, now.followers], [2, 1]);
  const [gone, kept] = await rows(c);
  assert.deepEqual([gone.email, gone.confirmed_at, gone.forget_at, kept.email, kept.unreachable_at],
    [null, null, null, 'kvar@example.org', null]);
  assert.ok(gone.unreachable_at);
  assert.deepEqual(JSON.parse((await server.ctl(['--json', 'person', 'export', '--email', 'borta@example.org'])).stdout).items, []);
  assert.ok(!server.log.includes('borta@example.org'));

  await tell(c, 'Den är lagad.');
  await letterTo('kvar@example.org', 3);
  assert.equal(lettersTo('borta@example.org').length, 2);
  assert.equal(Number((await server.sql(`SELECT count(*) AS n FROM synpunkt.outbox o JOIN synpunkt.case_support s
    ON s.id = o.support_id WHERE s.case_id = ${serial(c.number)} AND s.email IS NULL`))[0].n), 0);
});

test('only a bounce for good of that very letter counts', async () => {
  const c = await publicCase();
  const email = 'dröjer@example.org';
  await follower(c, email);
  await tell(c, 'Vi lagar den.');
  const letter = await letterTo(email, 2);
  const messageId = idOf(letter);
  await bounced(server, { email, messageId, status: '4.4.1' });
  await bounced(server, { email, messageId: `${'0'.repeat(32)}@stad.example` });
  for (const fields of [['Auto-Submitted: auto-replied', `In-Reply-To: <${messageId}>`], [`References: <${messageId}>`]]) {
    const id = newId();
    await deliver(server, 'trafik@stad.example', { bytes: mailOf({ id, fields, subject: 'Re: 5.1.1', text: 'Status: 5.1.1' }) });
    const { case_id: made } = await became(server, id, 'done');
    assert.notEqual(made, serial(c.number));
  }
  await tell(c, 'Den är lagad.');
  await letterTo(email, 3);
});

test('the letter that asks: the address is forgotten at once, and not asked again for a week', async () => {
  const c = await publicCase();
  const email = 'felskriven@example.org';
  assert.equal((await supports(c, email)).letter, true);
  await bounced(server, { email, messageId: idOf(await letterTo(email, 1)) });
  assert.equal((await rows(c))[0].email, null);
  const again = await supports(c, email);
  assert.deepEqual([again.letter, again.supporters], [false, 1]);
  await server.sql(`UPDATE synpunkt.case_support SET unreachable_at = now() - interval '8 days'
    WHERE unreachable_at IS NOT NULL`);
  assert.equal((await supports(c, email)).letter, true);
  await letterTo(email, 2);
});

test('whoever else gave that address to the same case is not written to either; another case is', async () => {
  const [c, other] = [await publicCase(), await publicCase()];
  const email = 'delad@example.org';
  await follower(c, email);
  await follower(c, email, 2);
  await follower(other, email, 3);
  await tell(c, 'Vi lagar den.');
  const letter = await letterTo(email, 4);
  await bounced(server, { email, messageId: idOf(letter) });
  assert.deepEqual((await rows(c)).map((row) => row.email), [null, null]);
  await tell(c, 'Den är lagad.');
  await tell(other, 'Den här också.');
  assert.match((await letterTo(email, 5)).body, /Den här också/);
  assert.equal(lettersTo(email).length, 5);
});

test('an address given since is written to, whatever the one before did', async () => {
  const c = await publicCase();
  const device = crypto.randomBytes(16).toString('base64url');
  await supports(c, 'forst@example.org', device);
  const letter = await letterTo('forst@example.org', 1);
  await supports(c, 'sedan@example.org', device);
  await letterTo('sedan@example.org', 1);
  await bounced(server, { email: 'forst@example.org', messageId: idOf(letter) });
  const [row] = await rows(c);
  assert.deepEqual([row.email, row.unreachable_at], ['sedan@example.org', null]);
});

test('who reads mail reads no follower, and nobody else says that a letter came back', async () => {
  await assert.rejects(server.sql('SET ROLE synpunkt_clerk; SELECT 1 FROM synpunkt.case_support'), /permission denied/);
  for (const role of ['synpunkt_resident', 'synpunkt_desk', 'synpunkt_job', 'synpunkt_mail_case'])
    await assert.rejects(server.sqlAs(role, 'SELECT synpunkt_support.came_back(1)'), /permission denied/, role);
});
