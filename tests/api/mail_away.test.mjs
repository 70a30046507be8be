/* The process that reads mails is away, or dies with one in its hands: no mail is lost, and
 * one that cannot be read at last is a case with the original. Its own time to answer is a
 * minute, so these wait. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { eventually, startServer } from './harness.mjs';
import { letter, lmtpOpen } from './lmtp_client.mjs';
import { newColleague } from './staff.mjs';

const patience = 100000;
let server;
before(async () => {
  server = await startServer();
});
after(async () => {
  await server?.stop();
});

let nth = 0;
const started = () => server.logs().filter((l) => l.event === 'child_started'
  && l.child === 'mail-reader');
const readerPid = () => started().at(-1).child_pid;
const waits = (id) => server.logs().filter((l) => l.event === 'mail_waits'
  && l.delivery === id && l.step === 'read');

/* Hands a letter over; what its one recipient's row is. */
async function deliver(subject) {
  const id = `away.${process.pid}.${++nth}@example.org`;
  const talk = await lmtpOpen(server);
  assert.match((await talk.send({ to: ['trafik@stad.example'], from: 'anna@example.org',
    bytes: letter({ id, subject, body: 'Gatlampan är släckt.' }) }))[0], /^250 /);
  await talk.end();
  const row = async () => (await server.sql(`SELECT d.* FROM synpunkt.mail_delivery d
    JOIN synpunkt.mail_message m ON m.id = d.message_id WHERE m.message_id = '${id}'`))[0];
  return { id: (await row()).id, row,
    attempt: (n) => eventually(`attempt ${n}`, async () => Number((await row()).attempts) === n),
    done: () => eventually('it is done', async () => {
      const it = await row();
      return it.state === 'done' && it;
    }, patience) };
}

const caseOf = async (row) => (await server.sql(`SELECT c.year, c.id, c.board, t.body AS text
  FROM synpunkt.case c JOIN synpunkt.case_content t ON t.case_id = c.id AND t.kind = 'text'
  WHERE c.id = ${row.case_id}`))[0];

test('a mail waits for a reader that stands still, and is read when it goes on', async () => {
  process.kill(readerPid(), 'SIGSTOP');
  const mail = await deliver('Under tiden');
  await mail.attempt(1);
  assert.equal((await mail.row()).state, 'received');
  process.kill(readerPid(), 'SIGCONT');
  assert.match((await caseOf(await mail.done())).text, /^Under tiden\n\nGatlampan/);
});

test('a reader that is killed with a mail before it loses none: the next one reads it',
  async () => {
    const before = started().length;
    process.kill(readerPid(), 'SIGSTOP');
    const mail = await deliver('Dödad läsare');
    await mail.attempt(1);
    process.kill(readerPid(), 'SIGKILL');
    await eventually('another one', () => started().length > before);
    const row = await mail.done();
    assert.match((await caseOf(row)).text, /^Dödad läsare\n\nGatlampan/);
    assert.deepEqual(await server.sql(`SELECT count(*) AS n FROM synpunkt.case_content
      WHERE kind = 'text' AND body LIKE 'Dödad läsare%'`), [{ n: '1' }]);
  });

test('while it is away a mail is tried again, until it is a case with the original',
  async () => {
    const staff = await newColleague(server, 'away-co', 'coordinator@trafiknamnden');
    process.kill(readerPid(), 'SIGSTOP');
    try {
      const mail = await deliver('Oläst');
      await mail.attempt(1);
      /* As if it were the seventh: one more is tried. */
      await server.sql(`UPDATE synpunkt.mail_delivery SET attempts = 7, due_at = now()
        WHERE id = ${mail.id}`);
      await eventually('it has waited in vain', () => waits(mail.id).length === 1, patience);
      assert.equal((await mail.row()).state, 'received');
      const row = await mail.done();
      assert.equal(row.attempts, '8');
      const it = await caseOf(row);
      assert.equal(it.board, 'trafiknamnden');
      assert.match(it.text, /gick inte att läsa/);
      const file = await staff.get(`/api/v1/desk/cases/${it.year}-${it.id}/mails/1`);
      assert.equal(file.status, 200);
      assert.match(file.text, /Subject: Oläst/);
    } finally {
      process.kill(readerPid(), 'SIGCONT');
    }
  });
