/* The child's form: what it takes and what it leaves, who gets the case, who helps. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { eventually, startServer, top } from './harness.mjs';
import { newColleague } from './staff.mjs';

let server;
before(async () => {
  server = await startServer({ env: { SYNPUNKT_FORM_LEAST_MS: '0' } });
});
after(async () => {
  await server?.stop();
});

const story = 'De stora tar min mössa på rasten, varje dag, i biblioteket.';

function tell(fields, { headers, at = '/lamna/barn' } = {}) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return fetch(server.url + at, { method: 'POST', body: form, redirect: 'manual',
    headers: { 'accept-language': 'sv', ...headers } });
}

async function told(fields) {
  const res = await tell(fields);
  assert.equal(res.status, 303, await res.text());
  const [, number, code] = /^\/kvitto\/([^/]+)\/([^/]+)$/.exec(res.headers.get('location'));
  const [row] = await server.sql(`SELECT c.* FROM synpunkt.case c
    WHERE c.id = ${Number(number.split('-')[1])}`);
  return { number, code, row, receipt: `/kvitto/${number}/${code}`,
    follow: `/folj/${number}/${code}` };
}

const page = async (where, headers = { 'accept-language': 'sv' }) => {
  const res = await fetch(server.url + where, { headers });
  return { status: res.status, headers: res.headers, text: await res.text() };
};

test('what a child tells is for a person to read, and closed to most', async () => {
  const { row } = await told({ text: story, address: 'På skolgården', language: 'sv' });

  /* "Biblioteket" would otherwise send it to the board of libraries. */
  assert.deepEqual([row.board, row.category, row.rule, row.type, row.channel],
    ['dispatch', null, 'child', 'complaint', 'web']);
  assert.deepEqual([row.sensitivity, row.on_behalf_of, row.from_child, row.wants_reply],
    ['4', 'self', 't', 't']);
  const [event] = await server.sql(`SELECT codes FROM synpunkt.case_event
    WHERE case_id = ${row.id} AND what = 'received'`);
  assert.equal(JSON.parse(event.codes).fromChild, true);
});

test('what the form does not ask is not taken', async () => {
  const { row } = await told({ text: story, language: 'sv', name: 'Eva Ek', phone: '070-123 45 67',
    category: 'park', type: 'praise', unit: 'Vasaparken', onBehalfOf: 'child', lat: '59.3', lon: '18' });

  assert.deepEqual([row.category, row.type, row.unit, row.on_behalf_of, row.position],
    [null, 'complaint', null, 'self', null]);
  const content = await server.sql(`SELECT kind FROM synpunkt.case_content WHERE case_id = ${row.id}`);
  assert.deepEqual(content, [{ kind: 'text' }]);
});

test('the ordinary form makes no case of a child', async () => {
  const res = await tell({ text: story, language: 'sv', child: 'true', fromChild: 'true' },
    { at: '/lamna' });
  const [, serial] = /^\/kvitto\/\d+-(\d+)/.exec(res.headers.get('location'));
  const [row] = await server.sql(`SELECT from_child, board FROM synpunkt.case WHERE id = ${serial}`);
  assert.deepEqual(row, { from_child: 'f', board: 'kulturnamnden' });
});

test('a coordinator of the dispatch finds it and reads it', async () => {
  const { number } = await told({ text: story, language: 'sv' });
  const siv = await newColleague(server, 'siv.barn', 'coordinator@dispatch');
  const queue = await siv.get('/api/v1/desk/cases?board=dispatch&limit=200');
  assert.ok(queue.json.items.some((item) => item.number === number));
  const whole = await siv.get(`/api/v1/desk/cases/${number}`);
  assert.equal(whole.status, 200);
  assert.equal(whole.json.text, story);
  assert.equal(whole.json.sensitivity, 4);
  assert.equal(whole.json.fromChild, true);
});

test('who reads a child\'s case is in the log', async () => {
  const { number, row } = await told({ text: story, language: 'sv' });
  const maj = await newColleague(server, 'maj.barn', 'coordinator@dispatch');
  assert.equal((await maj.get(`/api/v1/desk/cases/${number}`)).status, 200);
  const reads = await server.sql(`SELECT u.username, r.what, r.because FROM synpunkt.read_log r
    JOIN synpunkt.staff_user u ON u.id = r.user_id WHERE r.case_id = ${row.id}`);
  assert.deepEqual(reads, [{ username: 'maj.barn', what: 'case', because: 'S4' }]);
});

test('no page of a child is kept, and none remembers a language', async () => {
  const { receipt, follow } = await told({ text: story, language: 'en' });
  const faulty = await tell({ text: '', language: 'en' });

  assert.equal(faulty.status, 422);
  assert.equal(faulty.headers.get('cache-control'), 'no-store');
  for (const where of ['/lamna/barn', receipt, follow]) {
    const got = await page(`${where}?lang=en`);
    assert.equal(got.status, 200, where);
    assert.equal(got.headers.get('cache-control'), 'no-store', where);
    assert.equal(got.headers.get('set-cookie'), null, where);
    assert.match(got.text, /<html lang="en" dir="ltr">/);
  }
});

test('the pages of the case speak the language of the form', async () => {
  const { receipt, follow } = await told({ text: story, language: 'en' });

  for (const where of [receipt, follow])
    assert.match((await page(where)).text, /<html lang="en" dir="ltr">/, where);
});

/* A child looks for the answer with the same simple words, whatever has happened. */
test('receipt and follow-up speak to a child', async () => {
  const { receipt, follow } = await told({ text: story, language: 'sv' });
  const first = (await page(receipt)).text, then = (await page(follow)).text;

  assert.match(first, /Nu har vi fått det du skrev/);
  assert.doesNotMatch(first, /synpunkt har|nämnden/i);
  assert.match(then, /Snart läser en vuxen det/);
  for (const text of [first, then]) {
    assert.match(text, /href="tel:112"/);
    assert.match(text, /href="tel:116111"/);
    assert.equal(text.match(/data-exit>/g).length, 2);
  }
  const more = await tell({ text: 'Nu hände det igen.', language: 'sv', child: 'true' }, { at: follow });
  assert.equal(more.status, 303);
  const blank = await tell({ text: ' ', language: 'sv', child: 'true' }, { at: follow });
  assert.equal(blank.status, 422);
  assert.match(await blank.text(), /Vill du skriva mer\?/);
});

test('who helps at once are rows of the city', async () => {
  const file = path.join(server.state, 'helplines.tsv');
  const load = async (text) => {
    fs.writeFileSync(file, `code\tname\tphone\tlink\n${text}`);
    return server.ctl(['--json', 'import', 'helplines', file]);
  };

  try {
    assert.equal((await load('tjejjouren\tTjejjouren <här>\t08-12 34 56\thttps://exempel.se/hjalp\n')).code, 0);
    const text = await eventually('the new row is shown', async () => {
      const got = (await page('/lamna/barn')).text;
      return got.includes('Tjejjouren') && got;
    });
    assert.match(text, /<h3><bdi>Tjejjouren &lt;här&gt;<\/bdi><\/h3>/);
    assert.match(text, /<a class="phone" href="tel:08-123456"><bdi dir="ltr">08-12\u00a034\u00a056<\/bdi><\/a>/);
    assert.match(text, /<a href="https:\/\/exempel\.se\/hjalp" rel="noreferrer">/);
    assert.doesNotMatch(text, /116111/);
    assert.match(text, /href="tel:112"/); /* which is nobody's row */

    assert.notEqual((await load('a\tA\tring 1\t\n')).code, 0);
    assert.notEqual((await load('a\tA\t\tjavascript:alert(1)\n')).code, 0);
    assert.notEqual((await load('a\tA\t\t\n')).code, 0);
  } finally {
    await server.ctl(['import', 'helplines', path.join(top, 'server/demo/helplines.tsv')]);
  }
});

test('the letters about a child\'s case say nothing of it', async () => {
  const { row } = await told({ text: story, email: 'eva@example.se', language: 'sv' });
  const [letter] = await server.sql(`SELECT kind FROM synpunkt.outbox WHERE case_id = ${row.id}`);
  assert.equal(letter.kind, 'receipt');
  /* The server's own job takes it, too: whoever comes first. */
  const claimed = await eventually('the letter is taken', async () => {
    await server.sql(`UPDATE synpunkt.outbox SET due_at = now() WHERE case_id = ${row.id}`);
    return (await server.sql(`SELECT sensitive, board_name, words
      FROM synpunkt_mail.claim(100, 60, 'example.se') WHERE serial = ${row.id}`))[0];
  });
  assert.deepEqual(claimed, { sensitive: 't', board_name: null, words: null });
});

test('the way out is a setting', async () => {
  const other = await startServer({ env: { SYNPUNKT_SAFE_EXIT: 'https://exempel.se/vader' } });

  try {
    const text = await (await fetch(`${other.url}/lamna/barn`)).text();
    assert.equal(text.match(/href="https:\/\/exempel\.se\/vader" rel="noreferrer"/g).length, 2);
  } finally {
    await other.stop();
  }
});

test('errors on the way are as simple', async () => {
  const wrong = await fetch(`${server.url}/lamna/barn`, { method: 'DELETE',
    headers: { accept: 'text/html', 'accept-language': 'sv' } });
  assert.equal(wrong.status, 405);
  assert.match(await wrong.text(), /data-exit>/);
});
