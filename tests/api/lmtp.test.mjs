/*
 * Mail comes in by LMTP (RFC 2033): what is said to whom, what is stored, and what a
 * stranger cannot do.
 */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { after, before, test } from 'node:test';

import { eventually, request, startServer } from './harness.mjs';
import { letter, lmtpConnect, lmtpOpen, stuffed } from './lmtp_client.mjs';

const trafik = 'trafik@stad.example';
const kultur = 'kultur@stad.example';
let server;

before(async () => {
  server = await startServer({ env: { SYNPUNKT_LMTP_SIZE: '1MiB',
    SYNPUNKT_LMTP_MEMORY: '4MiB' } });
}, { timeout: 120000 });

after(async () => {
  assert.deepEqual(await server?.stop(), { code: 0, signal: null });
});

const rowsOf = (id) => server.sql(`SELECT m.id, m.envelope_from, m.message_id, m.size,
  encode(m.raw, 'hex') AS raw, encode(m.body_sha256, 'hex') AS body, d.recipient, d.mailbox,
  d.board, d.unit, d.state, d.token FROM synpunkt.mail_message m JOIN synpunkt.mail_delivery d
  ON d.message_id = m.id WHERE m.message_id = '${id}' ORDER BY d.recipient`);

const newId = () => `${crypto.randomUUID()}@example.org`;
const count = async () =>
  Number((await server.sql('SELECT count(*) AS n FROM synpunkt.mail_message'))[0].n);

test('LHLO tells what is offered, and HELO and EHLO are no LMTP', async () => {
  const talk = await lmtpConnect(server);
  assert.match(talk.greeting, /^220 localhost LMTP$/);
  assert.match(await talk.say('MAIL FROM:<a@example.org>'), /^503 5\.5\.1 /);
  assert.match(await talk.say('EHLO mail.example'), /^500 5\.5\.1 /);
  assert.match(await talk.say('HELO mail.example'), /^500 5\.5\.1 /);
  assert.match(await talk.say('LHLO'), /^501 5\.5\.4 /);
  const hello = (await talk.say('lhlo mail.example')).split('\r\n');
  assert.deepEqual(hello.map((l) => l.slice(4)).slice(1), ['PIPELINING', '8BITMIME',
    'SMTPUTF8', 'ENHANCEDSTATUSCODES', `SIZE ${1024 * 1024}`]);
  assert.match(await talk.say('NOOP whatever'), /^250 2\./);
  assert.match(await talk.say('VRFY anna'), /^252 2\./);
  assert.match(await talk.say('STARTTLS'), /^502 5\.5\.1 /);
  assert.match(await talk.say('FROB'), /^500 5\.5\.2 /);
  assert.match(await talk.say('QUIT'), /^221 2\./);
  await talk.closed;
});

test('a letter is stored byte for byte before it is told 250', async () => {
  const id = newId();
  const bytes = Buffer.concat([letter({ id, subject: 'Åäö',
    body: '.en punkt\r\n..två\r\n.\r\n mitt i\r\nslut.' }),
  Buffer.from([0x00, 0xff, 0xe5, 0x0d, 0x20, 0x80]), Buffer.from('\r\n')]);
  const talk = await lmtpOpen(server);
  assert.deepEqual(await talk.send({ to: ['Trafik@Stad.example'], bytes,
    mail: ` SIZE=${bytes.length} BODY=8BITMIME SMTPUTF8` }), ['250 2.0.0 stored']);
  const [row, ...more] = await rowsOf(id);
  assert.deepEqual(more, []);
  assert.equal(row.raw, bytes.toString('hex'));
  assert.equal(Number(row.size), bytes.length);
  assert.equal(row.envelope_from, 'anna@example.org');
  assert.equal(row.recipient, trafik);
  assert.equal(row.mailbox, trafik);
  assert.equal(row.board, 'trafiknamnden');
  assert.equal(row.unit, null);
  assert.equal(row.token, null);
  const body = bytes.subarray(bytes.indexOf('\r\n\r\n') + 4);
  assert.equal(row.body, crypto.createHash('sha256').update(body).digest('hex'));
  await talk.end();
});

test('a group of commands in one write is answered in order', async () => {
  const [one, two] = [newId(), newId()];
  const talk = await lmtpConnect(server);
  const group = (rcpts) => ['MAIL FROM:<a@example.org>',
    ...rcpts.map((r) => `RCPT TO:<${r}>`), 'DATA'].map((l) => `${l}\r\n`).join('');
  talk.write(`LHLO mail.example\r\n${group([trafik, `nobody@stad.example`, kultur])}`);
  assert.deepEqual((await talk.lines(6)).map((l) => l.slice(0, 9).trim().slice(0, 3)),
    ['250', '250', '250', '550', '250', '354']);
  talk.write(Buffer.concat([stuffed(letter({ id: one })), Buffer.from(group([kultur]))]));
  assert.deepEqual((await talk.lines(5)).map((l) => l.slice(0, 3)),
    ['250', '250', '250', '250', '354']);
  talk.write(Buffer.concat([stuffed(letter({ id: two })), Buffer.from('QUIT\r\n')]));
  assert.deepEqual((await talk.lines(2)).map((l) => l.slice(0, 3)), ['250', '221']);
  await talk.closed;
  assert.deepEqual((await rowsOf(one)).map((r) => r.recipient), [kultur, trafik]);
  assert.deepEqual((await rowsOf(two)).map((r) => r.recipient), [kultur]);
});

test('a client that has said its last byte still gets its answers', async () => {
  const id = newId();
  const talk = await lmtpConnect(server);
  talk.write('LHLO a\r\nMAIL FROM:<>\r\n' + `RCPT TO:<${trafik}>\r\nDATA\r\n`);
  await talk.lines(4);
  talk.socket.end(Buffer.concat([stuffed(letter({ id })), Buffer.from('QUIT\r\n')]));
  assert.deepEqual(await talk.lines(2), ['250 2.0.0 stored', '221 2.0.0 goodbye']);
  assert.equal((await rowsOf(id))[0].envelope_from, '', 'the null sender');
});

test('who is no recipient is told 550 5.1.1, and nothing is stored', async () => {
  await server.sql(`INSERT INTO synpunkt.mailbox VALUES
    ('gammal@stad.example', 'trafiknamnden', NULL, '2020-01-01', current_date - 2),
    ('kommande@stad.example', 'trafiknamnden', NULL, current_date + 2, 'infinity')`);
  const before = await count();
  const talk = await lmtpOpen(server);
  for (const one of ['nobody@stad.example', 'trafik@elsewhere.example', 'trafik',
    'gammal@stad.example', 'kommande@stad.example', 'postmaster', '"trafik "@stad.example',
    'trafik@[127.0.0.1]'])
    assert.match((await talk.send({ to: [one], bytes: letter() }))[0], /^550 5\.1\.1 /, one);
  assert.equal(await count(), before);
  const [row] = await server.sql(
    `SELECT board, unit FROM synpunkt_mail_in.mailbox('KLIPPSKOLAN@stad.example')`);
  assert.deepEqual(row, { board: 'utbildningsnamnden', unit: 'klippskolan' });
  await talk.end();
});

test('what is out of order or wrong is refused, and the conversation goes on', async () => {
  const talk = await lmtpOpen(server);
  const wrong = [
    ['RCPT TO:<trafik@stad.example>', '503 5.5.1'], ['DATA', '503 5.5.1'],
    ['MAIL FROM:a@example.org', '501 5.1.7'], ['MAIL FROM: <a@example.org>', '501 5.1.7'],
    ['MAIL', '501 5.1.7'], ['MAIL FROM:<a@@b>', '501 5.1.7'],
    ['MAIL FROM:<a b@example.org>', '501 5.1.7'], ['MAIL FROM:<a@example..org>', '501 5.1.7'],
    [`MAIL FROM:<${'a'.repeat(65)}@example.org>`, '501 5.1.7'],
    ['MAIL FROM:<a@example.org>SIZE=1', '501 5.5.4'],
    ['MAIL FROM:<a@example.org> SIZE=1x', '501 5.5.4'],
    ['MAIL FROM:<a@example.org> SIZE=', '501 5.5.4'],
    ['MAIL FROM:<a@example.org> SIZE=1 SIZE=1', '501 5.5.4'],
    ['MAIL FROM:<a@example.org> BODY=BINARYMIME', '501 5.5.4'],
    ['MAIL FROM:<a@example.org> SMTPUTF8=yes', '501 5.5.4'],
    ['MAIL FROM:<a@example.org> AUTH=<>', '555 5.5.4'],
    ['MAIL FROM:<å@example.org>', '553 5.6.7'],
    ['MAIL FROM:<a@example.org> SIZE=99999999999999999999', '552 5.3.4'],
    ['MAIL FROM:<a@example.org> SIZE=1048577', '552 5.3.4'],
    ['RSET now', '501 5.5.4'], ['VRFY', '501 5.5.4'], ['BDAT 10', '502 5.5.1'],
  ];
  for (const [line, answer] of wrong)
    assert.equal((await talk.say(line)).slice(0, 9), answer, line);
  const right = ['a@example.org', '', '"a b>"@example.org', 'a..b.@example.org', 'MAILER-DAEMON',
    'a@[192.0.2.1]', 'a@[IPv6:2001:db8::1]', "o'neil+x/y=z@example.org"];
  for (const from of right) {
    assert.match(await talk.say(`mail from:<${from}>  BODY=7bit size=0 `), /^250 2\.1\.0 /, from);
    assert.match(await talk.say('MAIL FROM:<b@example.org>'), /^503 5\.5\.1 /);
    assert.match(await talk.say('RSET'), /^250 2\./);
  }
  assert.match(await talk.say('MAIL FROM:<a@example.org>'), /^250/);
  for (const [line, answer] of [['RCPT TO:<>', '501 5.1.3'], ['RCPT TO:', '501 5.1.3'],
    ['RCPT FROM:<trafik@stad.example>', '501 5.1.3'],
    ['RCPT TO:<@relay.example:trafik@stad.example>', '501 5.1.3'],
    ['RCPT TO:<trafik@stad.example> NOTIFY=NEVER', '555 5.5.4'],
    ['RCPT TO:<trafik@städ.example>', '553 5.6.7'], ['DATA', '503 5.5.1']])
    assert.equal((await talk.say(line)).slice(0, 9), answer, line);
  await talk.end();
});

test('an address with letters of all kinds, by SMTPUTF8', async () => {
  const id = newId();
  await server.sql(`INSERT INTO synpunkt.mailbox VALUES ('gångväg@stad.example', 'trafiknamnden')`);
  const talk = await lmtpOpen(server);
  assert.deepEqual(await talk.send({ from: 'åsa@exempel.example', mail: ' SMTPUTF8',
    to: ['GÅNGVÄG@stad.example'], bytes: letter({ id }) }), ['250 2.0.0 stored']);
  const [row] = await rowsOf(id);
  assert.equal(row.envelope_from, 'åsa@exempel.example');
  assert.equal(row.recipient, 'gångväg@stad.example');
  await talk.end();
});

test('a letter that comes twice is told 250 and is there once', async () => {
  const id = newId();
  const bytes = letter({ id });
  const trace = Buffer.concat([Buffer.from('Received: by another hop\r\n'), bytes]);
  const talk = await lmtpOpen(server);
  for (const again of [bytes, bytes, trace])
    assert.deepEqual(await talk.send({ to: [trafik], bytes: again }), ['250 2.0.0 stored']);
  assert.equal((await rowsOf(id)).length, 1);
  assert.deepEqual(await talk.send({ to: [kultur, trafik, 'Trafik@stad.example'], bytes }),
    Array(3).fill('250 2.0.0 stored'));
  const rows = await rowsOf(id);
  assert.deepEqual(rows.map((r) => r.recipient), [kultur, trafik]);
  assert.equal(rows[0].id, rows[1].id, 'the bytes are there once');
  await talk.send({ to: [trafik], bytes: letter({ id, body: 'Något annat.' }) });
  assert.equal((await rowsOf(id)).length, 3, 'another body is another letter');
  await talk.end();
});

test('without a Message-ID only the very same letter is the same', async () => {
  const mark = crypto.randomUUID();
  const plain = letter({ id: '', body: mark });
  const talk = await lmtpOpen(server);
  const stored = async () => Number((await server.sql(`SELECT count(*) AS n FROM
    synpunkt.mail_message WHERE message_id IS NULL AND raw LIKE '%${mark}%'::bytea`))[0].n);
  for (const bytes of [plain, plain]) await talk.send({ to: [trafik], bytes });
  assert.equal(await stored(), 1);
  await talk.send({ to: [trafik], bytes: letter({ id: '', body: mark, subject: 'Annat' }) });
  assert.equal(await stored(), 2);
  await talk.end();
});

test('the same letter by two conversations at once is there once', async () => {
  const id = newId();
  const bytes = letter({ id });
  const talks = await Promise.all(Array.from({ length: 8 }, () => lmtpOpen(server)));
  const answers = await Promise.all(talks.map((t) => t.send({ to: [trafik], bytes })));
  assert.deepEqual(answers.flat(), Array(8).fill('250 2.0.0 stored'));
  assert.equal((await rowsOf(id)).length, 1);
  await Promise.all(talks.map((t) => t.end()));
});

test('a hundred recipients and no more; each that was taken gets its answer', async () => {
  const id = newId();
  await server.sql(`INSERT INTO synpunkt.mailbox (address, board)
    SELECT 'm' || n || '@stad.example', 'trafiknamnden' FROM generate_series(1, 101) n`);
  const to = Array.from({ length: 101 }, (_, n) => `m${n + 1}@stad.example`);
  const talk = await lmtpOpen(server);
  const answers = await talk.send({ to, bytes: letter({ id }) });
  assert.match(answers[100], /^452 4\.5\.3 /);
  assert.deepEqual(answers.slice(0, 100), Array(100).fill('250 2.0.0 stored'));
  assert.equal((await rowsOf(id)).length, 100);
  await talk.end();
});

test('ten thousand recipients: those that are taken have their letter, the rest come again',
  async () => {
    const id = newId();
    const talk = await lmtpOpen(server);
    talk.write(`MAIL FROM:<a@example.org>\r\n${`RCPT TO:<${trafik}>\r\n`.repeat(10000)}DATA\r\n`);
    const answers = await talk.lines(10002);
    assert.equal(answers.filter((a) => a.startsWith('250 2.1.5')).length, 100);
    assert.equal(answers.filter((a) => a.startsWith('452 4.5.3')).length, 9900);
    assert.match(answers[10001], /^354/);
    talk.write(stuffed(letter({ id })));
    assert.deepEqual(await talk.lines(100), Array(100).fill('250 2.0.0 stored'));
    assert.equal((await rowsOf(id)).length, 1);
    await talk.end();
  });

test('asking for recipients and forgetting them again is no nuisance', async () => {
  const talk = await lmtpOpen(server);
  for (let i = 0; i < 150; i++) {
    await talk.say('MAIL FROM:<>');
    assert.match(await talk.say('RCPT TO:<nobody@stad.example>'), /^550/);
    assert.match(await talk.say('RSET'), /^250/);
  }
  await talk.end();
});

test('a letter over the size is 552 for each recipient, wherever that is found out', async () => {
  const talk = await lmtpOpen(server);
  const id = newId();
  const big = letter({ id, body: `${'x'.repeat(70)}\r\n`.repeat(15000) });
  assert.match((await talk.send({ to: [trafik], bytes: big,
    mail: ` SIZE=${big.length}` }))[0], /^552 5\.3\.4 /);
  const answers = await talk.send({ to: [trafik, kultur], bytes: big });
  assert.equal(answers.length, 2);
  for (const answer of answers) assert.match(answer, /^552 5\.3\.4 /);
  assert.deepEqual(await rowsOf(id), []);
  const most = letter({ id, body: 'x'.repeat(1024 * 1024 - letter({ id, body: '' }).length) });
  assert.equal(most.length, 1024 * 1024);
  assert.deepEqual(await talk.send({ to: [trafik], bytes: most }), ['250 2.0.0 stored']);
  await talk.end();
});

test('a line of ten million characters costs no more than the size allows', async () => {
  const talk = await lmtpOpen(server);
  const [answer] = await talk.send({ to: [trafik],
    bytes: Buffer.concat([letter(), Buffer.alloc(10e6, 'x'), Buffer.from('\r\n')]) });
  assert.match(answer, /^552 5\.3\.4 /);
  talk.write(Buffer.alloc(10e6, 'y'));
  assert.match(await talk.say(''), /^500 5\.5\.2 the line is too long/);
  assert.match(await talk.say('NOOP'), /^250/);
  assert.match(await talk.say(`NOOP ${'z'.repeat(1019)}`), /^250/, 'as long as may be');
  assert.match(await talk.say(`NOOP ${'z'.repeat(1020)}`), /^500 5\.5\.2 /);
  await talk.end();
});

test('all letters together have a ceiling of memory: 452, and none is lost for it', async () => {
  const begun = async () => {
    const talk = await lmtpOpen(server);
    await talk.say('MAIL FROM:<a@example.org>');
    await talk.say(`RCPT TO:<${trafik}>`);
    await talk.say('DATA');
    talk.write(`Subject: stor\r\n\r\n${'x'.repeat(900 * 1024)}`);
    return talk;
  };
  const held = async () => Number(/synpunkt_mail_in_bytes (\d+)\n/.exec(
    (await request(server.opsUrl, 'GET', '/metrics')).text)[1]);
  const talks = [await begun(), await begun(), await begun(), await begun()];
  /* Whole: what is in memory of one is told at once, what is on its way is not. */
  await eventually('four are in memory', async () => await held() >= 4 * 900 * 1024);
  const fifth = await begun();
  fifth.write('\r\n.\r\n');
  assert.match(await fifth.line(), /^452 4\.3\.1 /);
  const late = await lmtpOpen(server);
  assert.match(await late.say('MAIL FROM:<a@example.org> SIZE=1000000'), /^452 4\.3\.1 /);
  for (const talk of talks) talk.write('\r\n.\r\n');
  for (const talk of talks) assert.match(await talk.line(), /^250 /);
  assert.match(await late.say('MAIL FROM:<a@example.org> SIZE=1000000'), /^250/);
  await eventually('the metrics say that nothing is held', async () => await held() === 0);
  await Promise.all([...talks, fifth, late].map((t) => t.end()));
});

/* What a reader that takes LF or CR for a line's end would take for the letter's end. */
const ends = ['\n.\n', '\n.\r\n', '\r\n.\n', '\r.\r', '\r\n.\r', '\r.\r\n', '\n.\r', '\r\n.\0\r\n'];

test('nothing but CRLF . CRLF ends a letter, so none can be smuggled in another', async () => {
  for (const end of ends) {
    const [id, smuggled] = [newId(), newId()];
    const inner = `MAIL FROM:<mallory@example.org>\r\nRCPT TO:<${trafik}>\r\nDATA\r\n`
      + letter({ id: smuggled }).toString('latin1');
    const talk = await lmtpOpen(server);
    await talk.say('MAIL FROM:<a@example.org>');
    await talk.say(`RCPT TO:<${trafik}>`);
    await talk.say('DATA');
    talk.write(Buffer.from(`${letter({ id }).toString('latin1')}x${end}${inner}\r\n.\r\n`,
      'latin1'));
    const answer = await talk.line();
    const name = JSON.stringify(end);
    assert.match(answer, /(^|[^\r])\n/.test(end) ? /^554 5\.6\.0 / : /^250 /, name);
    assert.match(await talk.say('NOOP'), /^250 2\.0\.0 fine/, name);
    assert.deepEqual(await rowsOf(smuggled), [], name);
    const kept = await rowsOf(id);
    assert.equal(kept.length, answer.startsWith('250') ? 1 : 0, name);
    if (kept.length)
      assert.ok(Buffer.from(kept[0].raw, 'hex').includes('mallory'), 'all of it is one letter');
    await talk.end();
  }
});

test('a bare LF is refused, a bare CR of a broken client is kept as it is', async () => {
  const id = newId();
  const talk = await lmtpOpen(server);
  const bad = Buffer.from(`Message-ID: <${id}>\r\n\r\nrad ett\nrad två\r\n`);
  for (const answer of await talk.send({ to: [trafik, kultur], bytes: bad }))
    assert.match(answer, /^554 5\.6\.0 /);
  assert.deepEqual(await rowsOf(id), []);
  const odd = Buffer.from(`Message-ID: <${id}>\r\n\r\nrad ett\rrad två\r\r\n`);
  assert.deepEqual(await talk.send({ to: [trafik], bytes: odd }), ['250 2.0.0 stored']);
  assert.equal((await rowsOf(id))[0].raw, odd.toString('hex'));
  await talk.end();
});

test('a stranger who speaks something else is told so and gets no further', async () => {
  const before = await count();
  const inner = `LHLO a\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<${trafik}>\r\nDATA\r\n`
    + `${letter()}.\r\n`;
  for (const [opening, answer] of [
    ['GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', /^500 5\.5\.2 this is LMTP/],
    ['POST /x HTTP/1.1\r\nHost: localhost\r\n\r\n', /^500 5\.5\.2 this is LMTP/],
    ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n', /^500 5\.5\.2 this is LMTP/],
    ['LHLO a\n', /^500 5\.5\.2 lines end with CRLF/],
    ['LHLO \0a\r\n', /^500 5\.5\.2 /]]) {
    const talk = await lmtpConnect(server);
    talk.write(Buffer.from(opening + inner, 'latin1'));
    assert.match(await talk.line(), answer);
    await talk.closed;
    assert.equal(talk.text, '', 'nothing after it was answered');
  }
  /* DATA that is refused must not make commands of the letter on its heels. */
  const talk = await lmtpOpen(server);
  talk.write(Buffer.from(`MAIL FROM:<a@example.org>\r\nDATA\r\n${inner}`));
  assert.deepEqual((await talk.lines(3)).map((l) => l.slice(0, 9)),
    ['250 2.1.0', '503 5.5.1', '421 4.7.0']);
  await talk.closed;
  assert.equal(await count(), before);
});

test('who says a hundred things and sends no letter is shown out', async () => {
  const talk = await lmtpOpen(server);
  for (let i = 0; i < 99; i++) assert.match(await talk.say('NOOP'), /^250/);
  assert.match(await talk.say('NOOP'), /^421 4\.7\.0 /);
  await talk.closed;
});

test('the role that stores letters reads none, nor anything of a case', async () => {
  for (const what of ['SELECT raw FROM synpunkt.mail_message',
    'SELECT id FROM synpunkt.mail_message', 'SELECT recipient FROM synpunkt.mail_delivery',
    'SELECT address FROM synpunkt.mailbox', 'SELECT id FROM synpunkt.case',
    'DELETE FROM synpunkt.mail_message', 'UPDATE synpunkt.mail_delivery SET state = state',
    "INSERT INTO synpunkt.mailbox VALUES ('a@b.example', 'trafiknamnden')"])
    await assert.rejects(server.sqlAs('synpunkt_mail_in', what), /permission denied/, what);
  for (const role of ['synpunkt_resident', 'synpunkt_report', 'synpunkt_mail_case'])
    for (const what of ['SELECT raw FROM synpunkt.mail_message',
      "SELECT synpunkt_mail_in.mailbox('a')"])
      await assert.rejects(server.sqlAs(role, what), /permission denied/, `${role}: ${what}`);
  await assert.rejects(server.sqlAs('synpunkt_desk', "SELECT synpunkt_mail_in.mailbox('a')"),
    /permission denied/);
  /* The desk reads the mails of the cases that its session reads: without one, none. */
  assert.deepEqual(await server.sqlAs('synpunkt_desk', 'SELECT raw FROM synpunkt.mail_message'),
    []);
});

test('whoever waits for letters is told of one', async () => {
  const talk = await lmtpOpen(server);
  await talk.send({ to: [trafik], bytes: letter() });
  await eventually('it was notified', async () => (await server.sql(`SELECT 1 FROM
    pg_stat_activity WHERE datname = current_database() AND usename = 'synpunkt_mail_in'
    AND query LIKE '%pg_notify(''synpunkt_mail_in''%'`)).length > 0);
  await talk.end();
});

test('it is counted what came in and what was refused, and nobody is named in the log',
  async () => {
    const metrics = async () => (await request(server.opsUrl, 'GET', '/metrics')).text;
    const value = (text, name) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)[1]);
    await eventually('the letters are counted', async () => value(await metrics(),
      'synpunkt_mail_in_taken_total') >= await count());
    const text = await metrics();
    assert.ok(value(text, 'synpunkt_mail_in_refused_total{answer="5xx"}') > 8);
    assert.ok(value(text, 'synpunkt_mail_in_refused_total{answer="4xx"}') >= 2);
    assert.equal(value(text, 'synpunkt_mail_workers_ready_total'), 1);
    assert.ok(server.logs().some((l) => l.event === 'lmtp' && l.what === 'message' && l.taken === 1));
    assert.doesNotMatch(server.log, /example\.org|stad\.example/);
  });
