/* The form: sent as a browser without script sends it, and what comes back when refused. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { readForm, visible } from './contract_form_reader.mjs';
import { mib } from './contract_kit.mjs';
import { jpeg } from './contract_samples.mjs';
import { eventually, multipart, rawOpen, sleep, startServer } from './harness.mjs';

let server;
before(async () => { server = await startServer({ env: { SYNPUNKT_FORM_LEAST_MS: '0' } }); });
after(async () => { await server.stop(); });

const text = 'Lampan är släckt.\r\n"Citat" & <b>mer</b> \u{1f600}';
const typed = { text, type: 'suggestion', category: 'gatubelysning', address: 'Torget 1 & 2',
  unit: 'Okänd enhet', name: 'Anna "A" Åkesson', email: 'anna@example.se', phone: '070-123 45 67',
  wantsReply: 'true', onBehalfOf: 'child' };

const open = async (at = server, query = '') => {
  const form = readForm((await at.get(`/lamna${query}`)).text);
  assert.equal(form.action, '/lamna');
  assert.equal(form.enctype, 'multipart/form-data');
  return form.fields;
};

/* As a browser: multipart with a file part even where no file was chosen. */
async function send(fields, files = [], at = server) {
  const none = { name: 'attachment', filename: '', type: 'application/octet-stream', body: '' };
  return at.post('/lamna', { timeout: 60000, multipart: multipart([
    ...Object.entries(fields).map(([name, body]) => ({ name, body })),
    ...(files.length ? files.map(([filename, body]) => ({ ...none, filename, body })) : [none])]) });
}

const caseOf = async (res, at = server) => {
  const [, number] = /\/kvitto\/([^/]+)\//.exec(res.headers.location);
  const [row] = await at.sql(`SELECT * FROM synpunkt.case WHERE id = ${number.split('-')[1]}`);
  return row;
};
const countIn = async (at) =>
  (await at.sql('SELECT count(*) AS n FROM synpunkt.case'))[0].n;

function assertKept(res, fields = typed) {
  assert.match(res.headers['content-type'], /^text\/html/);
  const now = readForm(res.text)?.fields ?? assert.fail('no form');
  for (const [name, value] of Object.entries(fields))
    assert.equal(now[name].replaceAll('\r\n', '\n'), value.replaceAll('\r\n', '\n'), name);
}

/* Sent ------------------------------------------------------------------------------------- */

test('as multipart it becomes a case, and 303 leads to the receipt', async () => {
  const res = await send({ ...await open(), ...typed });
  assert.equal(res.status, 303, visible(res.text).slice(0, 600));
  const row = await caseOf(res);
  assert.equal(row.channel, 'web');
  assert.deepEqual([row.type, row.category, row.wants_reply], ['suggestion', 'gatubelysning', 't']);
  const page = await server.get(res.headers.location);
  assert.equal(page.status, 200);
});

test('as urlencoded it becomes a case too', async () => {
  const res = await server.post('/lamna', { form: { ...await open(), ...typed } });
  assert.equal(res.status, 303);
  const row = await caseOf(res);
  const [content] = await server.sql(`SELECT body FROM synpunkt.case_content
    WHERE case_id = ${row.id} AND kind = 'text'`);
  assert.equal(content.body.replaceAll('\r\n', '\n'), text.replaceAll('\r\n', '\n'));
});

test('the text alone is enough', async () => {
  const res = await send({ ...await open(), text: 'Hej' });
  assert.equal(res.status, 303);
  const row = await caseOf(res);
  assert.equal(row.category, null);
  assert.equal(row.board, 'dispatch');
});

test('the language of the page is the language of the case', async () => {
  const row = await caseOf(await send({ ...await open(server, '?lang=en'), text: 'Hello' }));
  assert.equal(row.language, 'en');
});

test('files come with it', async () => {
  const res = await send({ ...await open(), text: 'Hej' },
    [['bild.jpg', jpeg], ['brev.txt', 'Hej']]);
  assert.equal(res.status, 303, visible(res.text).slice(0, 500));
  const page = await server.get(res.headers.location.replace('/kvitto/', '/folj/'));
  assert.ok(visible(page.text).includes('bild.jpg') && visible(page.text).includes('brev.txt'));
});

test('sent twice, as by two clicks, it is one case', async () => {
  const fields = { ...await open(), text: 'Två klick' };
  const [one, two] = await Promise.all([send(fields), send(fields)]);
  assert.deepEqual([one.status, two.status], [303, 303]);
  assert.equal(one.headers.location, two.headers.location);
});

/* Refused with all that was typed ------------------------------------------------------------- */

test('wrong fields are 422: a summary that links to them, and all is kept', async () => {
  const wrong = { ...typed, text: '   ', email: 'anna', address: 'x'.repeat(301) };
  const res = await send({ ...await open(), ...wrong });
  assert.equal(res.status, 422);
  assertKept(res, { ...wrong, text: wrong.text });
  for (const id of ['text', 'email', 'address']) {
    assert.match(res.text, new RegExp(`href="#${id}"`));
    assert.match(res.text, new RegExp(`id="${id}"[^>]*aria-invalid="true"`));
  }
  assert.match(res.text, /<title>[^<]*Fel/);
});

test('a place on the map in anything but plain degrees is refused, and nothing is lost', async () => {
  for (const [lat, lon] of [['0x3B', '18'], ['59.3', 'inf'], ['nan', '18'], [' 59.3', '18'], ['59.3', '18 '],
    ['59,3', '18'], ['+59.3', '18'], ['5.93e1', '18'], ['59.3.1', '18'], ['.', '18'], ['-', '-'], ['90.1', '18'],
    ['59.3', '-180.1'], [`1${'0'.repeat(400)}`, '18'], ['x', 'y']]) {
    const res = await send({ ...await open(), ...typed, lat, lon });
    assert.equal(res.status, 422, `${lat} ${lon}`);
    assertKept(res, { ...typed, lat, lon });
    const said = visible(res.text).split('Platsen på kartan stämmer inte').length - 1;
    assert.equal(said, 2, `once in the summary and once at the field: ${lat} ${lon}`);
    assert.match(res.text, /href="#place"/);
  }
  const without = await send({ ...await open(), ...typed, lat: 'x', lon: '18', noPoint: 'true' });
  assert.equal(without.status, 303, 'the box takes it away');
  const row = await caseOf(await send({ ...await open(), ...typed, lat: '59.31', lon: '-0.5' }));
  const [{ at }] = await server.sql(`SELECT public.st_astext(position) AS at FROM synpunkt.case WHERE id = ${row.id}`);
  assert.equal(at, 'POINT(-0.5 59.31)');
});

test('the same faults come back in English', async () => {
  const res = await send({ ...await open(server, '?lang=en'), text: '', email: 'anna' });
  assert.equal(res.status, 422);
  assert.match(res.text, /<html[^>]* lang="en"/);
});

test('a text of 10,001 characters is kept whole', async () => {
  const long = { ...typed, text: '\u{1f600}'.repeat(10001) };
  const res = await send({ ...await open(), ...long });
  assert.equal(res.status, 422);
  assertKept(res, long);
});

test('a form corrected after a refusal is sent', async () => {
  const refused = await send({ ...await open(), ...typed, email: 'anna' });
  const res = await send({ ...readForm(refused.text).fields, email: 'anna@example.se' });
  assert.equal(res.status, 303);
});

test('a wrong type of file is 415 and keeps all', async () => {
  const res = await send({ ...await open(), ...typed }, [['ful.gif', 'GIF89a;']]);
  assert.equal(res.status, 415);
  assertKept(res);
});

test('a file too large is 413 and keeps all', async () => {
  const res = await send({ ...await open(), ...typed }, [['a.txt', Buffer.alloc(20 * mib + 1, 'a')]]);
  assert.equal(res.status, 413);
  assertKept(res);
});

test('eleven files are 413 and keep all', async () => {
  const res = await send({ ...await open(), ...typed },
    Array.from({ length: 11 }, (_, i) => [`${i}.txt`, `fil ${i}`]));
  assert.equal(res.status, 413);
  assertKept(res);
});

test('over the ceiling of an hour it is 429 with Retry-After and keeps all', async (t) => {
  const strict = await startServer({ env: { SYNPUNKT_FORM_LEAST_MS: '0',
    SYNPUNKT_INTAKE_PER_HOUR: '1' } });
  t.after(() => strict.stop());
  assert.equal((await send({ ...await open(strict), text: 'Ett' }, [], strict)).status, 303);
  const res = await send({ ...await open(strict), ...typed }, [], strict);
  assert.equal(res.status, 429);
  assert.ok(Number(res.headers['retry-after']) > 0);
  assertKept(res);
});

test('without the database it is 503 with Retry-After and keeps all; then it is sent', async (t) => {
  const alone = await startServer({ ownCluster: true, env: { SYNPUNKT_FORM_LEAST_MS: '0',
    SYNPUNKT_DATABASE_TIMEOUT_MS: '1000' } });
  t.after(async () => { await alone.stop(); await alone.cluster.stop(); });
  const fields = { ...await open(alone), ...typed };
  await alone.cluster.stop('immediate');
  const res = await send(fields, [], alone);
  assert.equal(res.status, 503);
  assert.ok(Number(res.headers['retry-after']) > 0);
  assertKept(res);
  assert.equal((await alone.get('/lamna')).status, 200);
  await alone.cluster.start();
  await eventually('the kept form is taken', async () =>
    (await send(readForm(res.text).fields, [], alone)).status === 303, 20000);
});

test('what was typed is never run', async () => {
  const evil = '"><script>alert(1)</script></textarea><img src=x onerror=y>{{text}}';
  const res = await send({ ...await open(), text: evil, name: evil, address: evil, unit: evil,
    email: evil, phone: evil });
  assert.equal(res.status, 422);
  assert.doesNotMatch(res.text, /<script>alert|<img/);
  assertKept(res, { text: evil, name: evil, address: evil });
});

/* Guards --------------------------------------------------------------------------------------- */

test('a form whose trap was filled stores nothing', async () => {
  const fields = await open();
  const trap = Object.keys(fields).find((n) => n === 'website');
  assert.ok(trap, 'there is a trap');
  const before = await countIn(server);
  const res = await send({ ...fields, ...typed, [trap]: 'http://spam.example' });
  assert.notEqual(res.status, 500);
  assert.equal(await countIn(server), before);
});

test('a form sent too fast is asked to be sent again, and then is taken', async (t) => {
  const slow = await startServer({ env: { SYNPUNKT_FORM_LEAST_MS: '1500' } });
  t.after(() => slow.stop());
  const before = await countIn(slow);
  const res = await send({ ...await open(slow), ...typed }, [], slow);
  assert.notEqual(res.status, 303);
  assert.equal(await countIn(slow), before);
  assertKept(res);
  await sleep(1600);
  assert.equal((await send({ ...readForm(res.text).fields }, [], slow)).status, 303);
});

test('a form without the stamp of a page is not taken at once, but keeps all', async (t) => {
  const slow = await startServer({ env: { SYNPUNKT_FORM_LEAST_MS: '1' } });
  t.after(() => slow.stop());
  const { stamp, ...fields } = { ...await open(slow), ...typed };
  assert.ok(stamp);
  for (const forged of [undefined, '', 'x', `${stamp.slice(0, -2)}zz`]) {
    const res = await send({ ...fields, ...(forged !== undefined && { stamp: forged }) }, [], slow);
    assert.notEqual(res.status, 303, `stamp ${forged}`);
    assertKept(res);
  }
});

test('a personal number in the text is warned of, and the warning can be let be', async () => {
  const about = { ...typed, text: 'Jag heter Anna, 19811228-9874, hej.' };
  const res = await send({ ...await open(), ...about });
  assert.equal(res.status, 422);
  assertKept(res, about);
  assert.match(visible(res.text), /personnummer/i);
  const { fields } = readForm(res.text);
  const [, name, value] =
    /<button type="submit"[^>]*name="([^"]*)" value="([^"]*)"/.exec(res.text);
  assert.equal((await send(fields)).status, 422, 'warned until heeded or let be');
  assert.equal((await send({ ...fields, [name]: value })).status, 303, 'let be');
  const heeded = { ...await open(), ...typed, text: 'Jag heter Anna, hej.' };
  assert.equal((await send(heeded)).status, 303, 'heeded');
});

test('no field asks for a personal number', async () => {
  const fields = Object.keys(await open());
  assert.ok(!fields.some((n) => /person|pnr|ssn|identity/i.test(n)), fields.join());
});

test('a body of another type is 415 as a page', async () => {
  const res = await server.post('/lamna', { json: { text: 'x' } });
  assert.equal(res.status, 415);
  assert.match(res.headers['content-type'], /^text\/html/);
});

test('a broken form is 400 as a page', async () => {
  for (const [body, type] of [['--x\r\n', 'multipart/form-data; boundary=x'],
    ['text=%ff', 'application/x-www-form-urlencoded']]) {
    const res = await server.post('/lamna', { body, headers: { 'content-type': type } });
    assert.equal(res.status, 400);
    assert.match(res.headers['content-type'], /^text\/html/);
  }
});

/* A body that cannot be read whole -------------------------------------------------------- */

/* The fields, then a file that is promised to be this large, of which only a little is sent. */
async function sendPromised(at, fields, promised) {
  const head = multipart([...Object.entries(fields).map(([name, body]) => ({ name, body })),
    { name: 'attachment', filename: 'film.jpg', type: 'image/jpeg', body: '' }]);
  const body = Buffer.concat([head.body.subarray(0, -30), Buffer.alloc(100 * 1024, 'x')]);
  const conn = await rawOpen(at.url);
  conn.write(`POST /lamna HTTP/1.1\r\nHost: x\r\nContent-Type: ${head.type}\r\n`
    + `Content-Length: ${promised}\r\n\r\n`);
  conn.socket.write(body);
  assert.ok(await conn.until((t) => t.includes('</html>')), conn.text.slice(0, 500));
  const answer = Buffer.from(conn.text, 'latin1').toString('utf8');
  conn.socket.destroy();
  const [top, ...rest] = answer.split('\r\n\r\n');
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(top)[1]), text: rest.join('\r\n\r\n'),
    headers: Object.fromEntries(top.split('\r\n').slice(1).map((l) =>
      [l.split(': ')[0].toLowerCase(), l.split(': ').slice(1).join(': ')])) };
}

test('the files come last, so that a body cut in them loses nothing typed', async () => {
  const html = (await server.get('/lamna')).text;
  const names = [...html.matchAll(/<(?:input|select|textarea)\b[^>]*\sname="([^"]+)"/g)]
    .map(([, name]) => name);
  for (const name of Object.keys(typed)) assert.ok(names.includes(name), name);
  assert.equal(names.indexOf('attachment'), names.length - 1, names.join());
});

test('a body over the maximum is 413 and keeps all that was typed', async () => {
  const before = await countIn(server);
  const res = await sendPromised(server, { ...await open(), ...typed }, 400 * mib);
  assert.equal(res.status, 413);
  assert.equal(res.headers.connection, 'close');
  assertKept(res);
  assert.match(visible(res.text), /för stort.*50 MB/s);
  assert.equal(await countIn(server), before);
});

test('with the spool full the form is 503, keeps what was typed and says when', async () => {
  const small = await startServer({ env: { SYNPUNKT_FORM_LEAST_MS: '0',
    SYNPUNKT_SPOOL_BYTES: '1MiB' } });
  try {
    const res = await sendPromised(small, { ...await open(small), ...typed }, 5 * mib);
    assert.equal(res.status, 503);
    assert.match(res.headers['retry-after'], /^\d+$/);
    assert.equal(res.headers.connection, 'close');
    assertKept(res);
    assert.match(visible(res.text), /för många som skickar filer/);
    const again = await send({ ...readForm(res.text).fields }, [], small);
    assert.equal(again.status, 303);
  } finally {
    await small.stop();
  }
});
