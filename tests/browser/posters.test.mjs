/* Posters with a QR code: what stands in the code is read back by another program from
 * what is drawn, the PDF can be listened to, and the page makes them without script. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import { HtmlValidate, StaticConfigLoader } from 'html-validate';

import { startServer } from '../api/harness.mjs';
import { newColleague } from '../api/staff.mjs';
import { axeSource, browser, closeBrowser, lookAt, nuCheck, openTab } from './browser.mjs';

const run = promisify(execFile);
const base = 'https://synpunkt.stad.example';
const long = 'Bollplanen vid Nybohovsbackens förskola, övre gården, mot Hägerstensvägen & Årstaängsvägen';

let server;
let clients;
let dir;
let unit;

before(async () => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'synpunkt-posters-'));
  server = await startServer({ env: { SYNPUNKT_PUBLIC_URL: base } });
  clients = { manager: await newColleague(server, 'mona', 'manager@trafiknamnden', 'Mona Ek'),
    handler: await newColleague(server, 'hedda', 'case-handler@trafiknamnden', 'Hedda Ros'),
    admin: await newColleague(server, 'ada', 'administrator', 'Ada Holm') };
  [unit] = await server.sql(`SELECT code, name FROM synpunkt.unit WHERE kind = 'home-care'
    ORDER BY code LIMIT 1`);
});
after(async () => {
  await closeBrowser();
  await server?.stop();
  fs.rmSync(dir, { recursive: true, force: true });
  assert.doesNotMatch(server?.log ?? '', /Sanitizer|runtime error|page_failed/);
});

const kept = (name, bytes) => {
  const file = path.join(dir, name);
  fs.writeFileSync(file, bytes);
  return file;
};

/* What zbar, which shares nothing with us, reads in a picture. */
async function decoded(png) {
  const { stdout } = await run('zbarimg', ['--quiet', '--raw', '-Sdisable', '-Sqrcode.enable', png]);
  return stdout.trim();
}

async function decodedSvg(svg) {
  const tab = await (await browser()).newPage({ viewport: { width: 900, height: 900 } });
  await tab.goto(`data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`);
  const png = kept('code.png', await tab.screenshot());
  await tab.close();
  return decoded(png);
}

async function decodedPdf(file) {
  await run('pdftoppm', ['-r', '150', '-png', '-singlefile', file, file]);
  return decoded(`${file}.png`);
}

const ask = (client, query) =>
  client.get(`/api/v1/desk/qr?${new URLSearchParams(query)}`);

test('the code in picture, poster and label leads to the form, preset', async () => {
  for (const [query, address] of [
    [{ unit: unit.name }, `${base}/lamna?unit=${unit.code}`],
    [{ unit: 'Vasaparken', category: 'lekplats', type: 'fault-report' },
      `${base}/lamna?type=fault-report&category=lekplats&unit=Vasaparken`],
    [{ unit: long }, `${base}/lamna?unit=${encodeURIComponent(long)}`],
    [{}, `${base}/lamna`],
  ]) {
    const svg = await ask(clients.manager, { ...query, format: 'svg' });
    assert.equal(svg.headers['content-type'], 'image/svg+xml');
    assert.equal(await decodedSvg(svg.text), address);
    for (const size of ['poster', 'label']) {
      const pdf = await ask(clients.manager, { ...query, format: 'pdf', size });
      assert.equal(pdf.headers['content-type'], 'application/pdf', pdf.text);
      assert.equal(await decodedPdf(kept(`${size}.pdf`, pdf.body)), address, size);
    }
  }
});

test('the poster says in words what it is for, and how to come there without a camera', async () => {
  const { body, headers } = await ask(clients.manager, { unit: unit.name, format: 'pdf' });
  const file = kept('words.pdf', body);
  const { stdout: text } = await run('pdftotext', ['-layout', file, '-']);

  assert.match(headers['content-disposition'], /^attachment; filename\*=UTF-8''affisch-/);
  for (const words of ['Berätta vad du tycker', unit.name, 'synpunkt.stad.example/lamna',
    'Tell us what you think.', 'Synpunkt Stockholm'])
    assert.ok(text.replace(/\s+/g, ' ').includes(words), `${words}: ${text}`);
  const { stdout: info } = await run('pdfinfo', [file]);
  assert.match(info, /Page size:\s+595\.\d+ x 841\.\d+ pts \(A4\)/);
  assert.match(info, /Pages:\s+1\n/);
});

test('the PDFs are tagged, with title, languages and words for the picture', async () => {
  for (const size of ['poster', 'label']) {
    const { body } = await ask(clients.manager, { unit: 'Vasaparken', format: 'pdf', size });
    const file = kept('tagged.pdf', body);
    const { stdout: info } = await run('pdfinfo', [file]);
    const { stdout: tags } = await run('pdfinfo', ['-struct-text', file]);

    assert.match(info, /Title:\s+Lämna en synpunkt: Vasaparken/);
    assert.match(info, /Tagged:\s+yes/);
    assert.match(tags, /^\s*H1[^"]*"Berätta vad du tycker *"/m, tags);
    assert.match(tags, /Figure/);
    const raw = body.toString('latin1');
    assert.match(raw, /\/Lang \(sv\)/);
    assert.match(raw, /\/DisplayDocTitle true/);
    assert.match(raw, /\/Alt \(QR-kod som leder till https:\/\/synpunkt\.stad\.example\/lamna\?unit=Vasaparken\)/);
    assert.equal(raw.match(/\/Lang \(en\)/g).length, 1);
    assert.match(tags, /P \(block\)\n\s*"Tell us what you think\./, tags);
    const { stdout: fonts } = await run('pdffonts', [file]);
    assert.match(fonts, /DejaVuSans.* yes yes yes/);
  }
});

test('nothing that is drawn falls off the paper, however long the name', async () => {
  const name = 'Långa namnets förskola '.repeat(8).trim();
  for (const size of ['poster', 'label']) {
    const { body } = await ask(clients.manager, { unit: name, format: 'pdf', size });
    const file = kept(`long-${size}.pdf`, body);
    const { stdout } = await run('pdftotext', ['-bbox', file, '-']);
    const [, w, h] = /page width="([\d.]+)" height="([\d.]+)"/.exec(stdout).map(Number);
    const words = [...stdout.matchAll(/xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)"/g)];
    assert.ok(words.length > 20);
    for (const [all, ...box] of words) {
      const [left, top, right, bottom] = box.map(Number);
      assert.ok(left >= 0 && top >= 0 && right <= w && bottom <= h, `${size}: ${all}`);
    }
    assert.match(await decodedPdf(file), /unit=L/);
  }
});

test('synpunktctl makes the same, to a file or to standard output', async () => {
  const file = path.join(dir, 'tool.pdf');
  const env = { SYNPUNKT_PUBLIC_URL: base };
  const made = await server.ctl(['--json', 'qr', '--unit', 'Vasaparken', '--category', 'lekplats',
    '--format', 'pdf', '--size', 'label', '--output', file], { env });
  assert.equal(made.code, 0, made.stderr);
  assert.equal(JSON.parse(made.stdout).address, `${base}/lamna?category=lekplats&unit=Vasaparken`);
  assert.equal(await decodedPdf(file), `${base}/lamna?category=lekplats&unit=Vasaparken`);
  const svg = await server.ctl(['qr', '--format', 'svg'], { env });
  assert.equal(await decodedSvg(svg.stdout), `${base}/lamna`);

  for (const [args, code, why] of [[['--format', 'gif'], 2, /--format is svg or pdf/], [[], 2, /--format/],
    [['--format', 'svg', '--size', 'label'], 2, /--size/],
    [['--format', 'svg', '--category', 'finns-inte'], 1, /--category/],
    [['--format', 'svg', '--unit', 'x'.repeat(201)], 1, /--unit/]]) {
    const out = await server.ctl(['qr', ...args], { env });
    assert.equal(out.code, code, args.join(' '));
    assert.match(out.stderr, why);
  }
  const without = await server.ctl(['qr', '--format', 'svg'], { env: { SYNPUNKT_PUBLIC_URL: '' } });
  assert.equal(without.code, 1);
  assert.match(without.stderr, /SYNPUNKT_PUBLIC_URL/);
});

test('who may, and what is refused', async () => {
  assert.equal((await server.get('/api/v1/desk/qr?format=svg')).status, 401);
  assert.equal((await ask(clients.handler, { format: 'svg' })).status, 403);
  assert.equal((await clients.handler.get('/affischer/')).status, 403);
  assert.equal((await ask(clients.admin, { format: 'svg' })).status, 200);
  for (const [query, name] of [[{}, 'format'], [{ format: 'png' }, 'format'],
    [{ format: 'svg', size: 'label' }, 'size'], [{ format: 'pdf', size: 'a3' }, 'size'],
    [{ format: 'svg', category: 'finns-inte' }, 'category'], [{ format: 'svg', type: 'deviation' }, 'type'],
    [{ format: 'svg', unit: ' ' }, 'unit'], [{ format: 'svg', unit: 'a\nb' }, 'unit'],
    [{ format: 'svg', unit: 'å'.repeat(200) }, 'unit']]) {
    const res = await ask(clients.manager, query);
    assert.equal(res.status, 422, JSON.stringify(query));
    assert.deepEqual(res.json.invalidParams.map((p) => p.name), [name]);
  }
});

test('a name is text in the picture, whatever is in it', async () => {
  const name = '</title><script>alert(1)</script>&"\'';
  const { text } = await ask(clients.manager, { unit: name, format: 'svg' });

  assert.doesNotMatch(text, /<script/);
  assert.equal(await decodedSvg(text), `${base}/lamna?unit=${encodeURIComponent(name).replace(/'/g, '%27')
    .replace(/[()]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)}`);
});

async function enter(client, where, options) {
  const tab = await openTab(server, options);
  const [name, value] = client.cookie.split('=');
  await tab.context().addCookies([{ name, value, url: server.url }]);
  tab.res = await tab.goto(where);
  return tab;
}

test('the page: chosen, looked at and fetched without script', async () => {
  const tab = await enter(clients.manager, '/statistik/', { javaScriptEnabled: false, acceptDownloads: true });
  await tab.click('nav.main a[href="/affischer/"]');
  await tab.fill('#unit', unit.name);
  await tab.selectOption('#category', 'hemtjanst');
  await tab.click('main form button');
  assert.equal(await tab.locator('img.qr').evaluate((img) => img.naturalWidth > 0), true);
  assert.match(await tab.locator('#koden + p + p').textContent(), /\/lamna\?category=hemtjanst&unit=/);
  const [file] = await Promise.all([tab.waitForEvent('download'), tab.click('main .actions a.button')]);
  assert.match(file.suggestedFilename(), /^affisch-.*\.pdf$/);
  assert.equal(await decodedPdf(await file.path()), `${base}/lamna?category=hemtjanst&unit=${unit.code}`);

  await tab.fill('#unit', 'Vasaparken');
  await tab.click('main form button');
  assert.match(await tab.textContent('main'), /Ingen enhet i stadens register heter så/);
});

const pages = ['/affischer/', '/affischer/?unit=Vasaparken&category=lekplats', '/affischer/?category=finns-inte'];

for (const [width, scheme, lang] of [[320, 'dark', 'sv'], [1280, 'light', 'en']])
  test(`axe has nothing to say of the page, and nothing is too wide or small: ${width} px`, async () => {
    for (const where of pages) {
      const tab = await enter(clients.manager, where, { width, scheme, lang });
      await tab.evaluate(axeSource);
      const seen = await lookAt(tab);
      assert.deepEqual([seen.faults, seen.small], [[], []], where);
      assert.ok(seen.wide <= width, `${where} is ${seen.wide} px wide at ${width}`);
      await tab.context().close();
    }
  });

test('html-validate and the Nu checker find no errors in the page', async () => {
  const validate = new HtmlValidate(new StaticConfigLoader({
    extends: ['html-validate:recommended', 'html-validate:a11y'],
    rules: { 'no-trailing-whitespace': 'off', 'void-style': 'off', 'long-title': 'off' } }));
  const found = {};
  for (const where of pages) {
    const { text } = await clients.manager.get(where);
    found[where] = text;
    const report = await validate.validateString(text, 'posters.html');
    assert.deepEqual(report.results.flatMap((r) => r.messages)
      .map((m) => `${m.line}: ${m.ruleId} ${m.message}`), [], where);
  }
  assert.deepEqual(await nuCheck(found), []);
});
