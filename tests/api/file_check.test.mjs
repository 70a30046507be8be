/* Files of cases before ClamAV: nobody gets one that waits or that something was found in. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startClamd, startOddClamd } from './clamd.mjs';
import { jpeg, pdf } from './contract_samples.mjs';
import { eventually, request, startServer } from './harness.mjs';
import { newColleague } from './staff.mjs';

let server;
let clamd;
let colleague;

before(async () => {
  clamd = await startClamd();
  server = await startServer({ env: { SYNPUNKT_CLAMAV: clamd.address } });
  colleague = await newColleague(server, 'file-registrar', 'registrar@trafiknamnden');
}, { timeout: 120000 });
after(async () => {
  await server?.stop();
  await clamd?.close();
});

const clean = () => ({ name: 'intyg.pdf', bytes: Buffer.concat([pdf, Buffer.from(`%${Math.random()}\n`)]) });
const infected = () => ({ name: 'faktura.pdf', bytes: Buffer.concat([pdf, Buffer.from(`%${clamd.marker} ${Math.random()}\n`)]) });

/* A case with files, by the API. */
async function send(files, at = server) {
  const form = new FormData();
  form.append('case', new Blob([JSON.stringify({ text: 'Lampan är släckt', category: 'gatubelysning' })],
    { type: 'application/json' }));
  for (const { name, bytes } of files) form.append('attachment', new Blob([bytes]), name);
  const answer = await fetch(`${at.url}/api/v1/cases`, { method: 'POST', body: form });
  const json = await answer.json();
  assert.equal(answer.status, 201, JSON.stringify(json));
  return json;
}

const followed = async ({ number, followUpCode }, at = server) => (await at.get(`/api/v1/cases/${number}`,
  { headers: { authorization: `Bearer ${followUpCode}` } })).json;
const states = async (it, at = server) => (await followed(it, at)).attachments.map(({ state }) => state);
const until = (it, wanted, at = server) => eventually(`files ${wanted}`,
  async () => (await states(it, at)).join() === wanted, 20000);
const pageOf = async ({ number, followUpCode }, at = server) =>
  (await at.get(`/folj/${number}/${followUpCode}`)).text;
const file = ({ number, followUpCode }, n, at = server) => at.get(`/folj/${number}/${followUpCode}/bilaga/${n}`);
const deskFile = ({ number }, n, query = '') => colleague.get(`/api/v1/desk/cases/${number}/attachments/${n}${query}`);
const metric = async (name, at = server) => Number((await request(at.opsUrl, 'GET', '/metrics')).text
  .match(new RegExp(`^${name.replace(/[{}]/g, '\\$&')} (\\d+)`, 'm'))?.[1]);

test('a clean file is opened once it has been checked; a picture, too', async () => {
  const it = await send([clean(), { name: 'lampa.jpg', bytes: jpeg }]);
  assert.deepEqual(it.attachments.map(({ state }) => state), ['checking', 'checking']);
  await until(it, 'stored,stored');
  assert.equal((await file(it, 1)).status, 200);
  assert.equal((await deskFile(it, 1)).status, 200);
  assert.equal((await deskFile(it, 2, '?thumbnail=1')).status, 200);
  assert.match(await pageOf(it), /bilaga\/1"/);
});

test('an infected file is never served, the case is kept, and both sides are told', async () => {
  const it = await send([clean(), infected()]);
  await until(it, 'stored,infected');
  assert.equal((await file(it, 2)).status, 404);
  assert.equal((await deskFile(it, 2)).status, 404);
  assert.equal((await deskFile(it, 2, '?masked=1')).status, 404);
  assert.equal((await file(it, 1)).status, 200);

  const page = await pageOf(it);
  assert.match(page, /Kunde inte tas emot. Vår kontroll fann skadlig kod/);
  assert.match(page, /En fil kunde inte tas emot/);
  assert.doesNotMatch(page, /bilaga\/2"/);

  const desk = await colleague.get(`/api/v1/desk/cases/${it.number}`);
  assert.deepEqual(desk.json.attachments.map(({ state }) => state), ['stored', 'infected']);
  const event = desk.json.events.find(({ what }) => what === 'attachment-infected');
  assert.deepEqual(event.codes, { attachments: [2], found: clamd.signature });
  assert.equal(event.actor, 'system');
  assert.equal((await server.ctl(['audit', 'verify'])).code, 0);
  assert.ok(await metric('synpunkt_file_checks_total{outcome="found"}') >= 1);
});

test('what is found in a file holds for the same bytes where they were opened before', async () => {
  const bytes = infected();
  const first = await send([bytes]);
  await until(first, 'infected');
  await server.sql(`UPDATE synpunkt.case_attachment SET state = 'stored'
    WHERE case_id = ${Number(first.number.slice(5))}`);
  assert.equal((await file(first, 1)).status, 200);
  await until(await send([bytes]), 'infected');
  assert.deepEqual(await states(first), ['infected']);
  assert.equal((await file(first, 1)).status, 404);
});

test('where the scanner is away files wait, unopened, and are checked when it is back', async () => {
  await clamd.stop();
  const it = await send([clean(), infected()]);
  await eventually('the operator sees it', async () =>
    await metric('synpunkt_file_checks_total{outcome="away"}') >= 1
    && await metric('synpunkt_files_unchecked') >= 2, 20000);
  assert.deepEqual(await states(it), ['checking', 'checking']);
  for (const n of [1, 2]) {
    assert.equal((await file(it, n)).status, 404);
    assert.equal((await deskFile(it, n)).status, 404);
  }
  assert.match(await pageOf(it), /Den kontrolleras mot virus nu/);
  assert.doesNotMatch(await pageOf(it), /bilaga\/1"/);
  await clamd.start();
  await until(it, 'stored,infected');
  await eventually('none waits', async () => await metric('synpunkt_files_unchecked') === 0, 20000);
});

test('an answer in other words is none: the file waits, is tried again and holds up no other',
  async () => {
    let judge = () => 'stream: lookup ERROR';
    const odd = await startOddClamd((socket, bytes) => socket.end(`${judge(bytes)}\0`));
    const other = await startServer({ env: { SYNPUNKT_CLAMAV: odd.address } });
    try {
      const it = await send([clean()], other);
      await eventually('it was tried', async () => await metric('synpunkt_files_unchecked_failed', other) === 1, 20000);
      assert.deepEqual(await states(it, other), ['checking']);
      judge = () => 'stream: OK';
      await until(await send([clean()], other), 'stored', other);
      assert.deepEqual(await states(it, other), ['checking'], 'not before its turn');
      await other.sql(`UPDATE synpunkt.case_attachment SET check_after = now() WHERE state = 'checking'`);
      await until(it, 'stored', other);
    } finally {
      await other.stop();
      await odd.close();
    }
  });

test('without a scanner files are opened at once, and those that waited for one are let go',
  async () => {
    const plain = await startServer();
    try {
      const it = await send([clean()], plain);
      assert.deepEqual(it.attachments.map(({ state }) => state), ['stored']);
      await plain.sql(`UPDATE synpunkt.case_attachment SET state = 'checking'`);
      await until(it, 'stored', plain);
      assert.equal((await file(it, 1, plain)).status, 200);
    } finally {
      await plain.stop();
    }
  });
