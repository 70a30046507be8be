/* A report as page, PDF, DOCX and ODT: opened by LibreOffice and looked at, with headings,
 * tables, language and title that are real, and what somebody wrote in it as text and nothing
 * else. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import { ctl, eventually, startServer } from './harness.mjs';
import { localDay, makeLives, storeLives } from './lives.mjs';
import { newColleague } from './staff.mjs';

const run = promisify(execFile);
const trafik = 'trafiknamnden';
const farsta = 'farsta-stadsdelsnamnd';
const year = Number(localDay(Date.now()).slice(0, 4)) - 1;
const root = `/statistik/${trafik}/rapport`;
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'synpunkt-report-'));
const hostile = [
  'Sjukdom i maj <script>alert(1)</script> & semester.',
  '',
  'Så gör vi:', '– fler handläggare', '- mallar',
  '{{title}} {{> top}} <img src="/etc/hostname"> <iframe src="/etc/passwd"></iframe>',
  '<w:p/> ]]> &lt;b&gt; \\input{x} $x^2$ {=openxml}',
].join('\n');
let server;
let sekr;
let fred; /* board-secretary at farsta */
let report;

before(async () => {
  const days = JSON.parse((await ctl(['due', '--list', '2020', '2035', '--json'])).stdout);
  server = await startServer();
  await storeLives(server, makeLives(600, 7, new Map(days.map((d) => [d.date, d.workingDay]))));
  await eventually('all is counted', async () => (await server.sql(`SELECT (SELECT count(*)
    FROM synpunkt.case) = (SELECT count(*) FROM synpunkt.statistic_case) AS done`))[0].done === 't', 240000);
  sekr = await newColleague(server, 'sekr', `board-secretary@${trafik}`, 'Siv Ek');
  fred = await newColleague(server, 'fred', `board-secretary@${farsta}`);
  const made = await sekr.post('/api/v1/desk/improvements', { json: { board: trafik,
    title: 'Fler lampor\ti tunneln', cause: 'Många skrev.', expectedResult: '', responsible: 'Ada',
    startsOn: `${year}-02-01`, endsOn: `${year}-06-30`, categories: [], state: 'ongoing' } });
  assert.equal(made.status, 201, made.text);
  const res = await sekr.put(`/api/v1/desk/reports/${trafik}/${year}-t2`, { etag: '"0"',
    json: { sections: [{ id: 'late', text: hostile }] } });
  assert.equal(res.status, 200, res.text);
  report = res.json;
});
after(async () => {
  fs.rmSync(dir, { recursive: true, force: true });
  await server.stop();
  assert.doesNotMatch(server.log, /Sanitizer|runtime error|pdf_not_made|page_failed/);
});

async function fileOf(ending, query = '') {
  const res = await fetch(`${server.url}${root}/${year}-t2.${ending}${query}`,
    { headers: { cookie: sekr.cookie } });
  assert.equal(res.status, 200, ending);
  assert.match(res.headers.get('content-disposition'),
    new RegExp(`filename="rapport-${trafik}-${year}-t2.${ending}"`));
  const at = path.join(dir, `report.${ending}`);
  fs.writeFileSync(at, Buffer.from(await res.arrayBuffer()));
  return { at, type: res.headers.get('content-type') };
}

const part = async (at, name) =>
  (await run('unzip', ['-p', at, name], { maxBuffer: 1 << 24 })).stdout;
const names = async (at) => (await run('unzip', ['-Z1', at])).stdout.trim().split('\n');
const texts = (xml) => xml.replace(/<[^>]*>/g, '').replaceAll('&lt;', '<').replaceAll('&gt;', '>')
  .replaceAll('&quot;', '"').replaceAll('&amp;', '&');
const flat = (text) => text.replace(/[\s\u00a0\u202f]+/g, ' ');

/* What LibreOffice shows of it, in words and as pictures, which are kept where
 * SYNPUNKT_TEST_PICTURES names a folder for them. */
async function opened(at, ending) {
  const pdf = path.join(dir, 'report.pdf');
  fs.rmSync(pdf, { force: true });
  await run('soffice', [`-env:UserInstallation=file://${dir}/profile`, '--headless',
    '--convert-to', 'pdf:writer_pdf_Export', '--outdir', dir, at], { timeout: 120000 });
  const { stdout: about } = await run('pdfinfo', [pdf]);
  assert.match(about, /^Page size: .*\(A4\)$/m, ending);
  const folder = process.env.SYNPUNKT_TEST_PICTURES;
  if (folder) await run('pdftoppm', ['-r', '70', '-png', pdf, path.join(folder, `report-${ending}`)]);
  const pages = path.join(dir, `pages-${ending}`);
  fs.mkdirSync(pages);
  await run('pdftoppm', ['-r', '50', '-gray', pdf, path.join(pages, 'p')]);
  fs.readdirSync(pages).sort().forEach((name) => assertLooksRight(fs.readFileSync(path.join(pages, name)), `${ending} ${name}`));
  const { stdout } = await run('pdftotext', ['-layout', pdf, '-']);
  const { stdout: raw } = await run('pdftotext', ['-raw', pdf, '-']);
  assertWhole(flat(raw.replace(/(-|\u00ad)\n/g, '')));
  return flat(stdout);
}

/* No word of a table is cut in two but by a hyphen. */
function assertWhole(text) {
  for (const table of report.sections.flatMap((s) => s.tables))
    for (const word of [...table.columns.map((c) => c.title), ...table.rows.flatMap((r) => [r.name, ...r.cells.map((c) => c.text)])]
      .flatMap((t) => t.split(/\s/)))
      assert.ok(text.includes(word), `${word} is cut in ${table.title}`);
}

/* A page has something on it, in black on white, and nothing runs out of its margins: what is
 * too wide does. */
function assertLooksRight(pgm, name) {
  const head = /^P5\s(\d+) (\d+)\s255\s/.exec(pgm.subarray(0, 40).toString('latin1'));
  const [width, height] = head.slice(1).map(Number);
  const pixels = pgm.subarray(head[0].length);
  assert.equal(pixels.length, width * height, name);
  const margin = Math.round(width * 0.05);
  let dark = 0, outside = 0;
  for (let i = 0; i < pixels.length; i++) {
    if (pixels[i] > 128) continue;
    dark++;
    const x = i % width, y = Math.floor(i / width);
    outside += x < margin || x >= width - margin || y < margin || y >= height - margin;
  }
  assert.ok(dark > pixels.length / 1000 && dark < pixels.length / 4, `${name}: ${dark} of ${pixels.length} are dark`);
  assert.equal(outside, 0, `${name}: ${outside} in the margins`);
}

function assertSaid(text) {
  for (const { title, tables } of report.sections) {
    assert.ok(text.includes(title), title);
    for (const table of tables) assert.ok(text.includes(table.title), table.title);
  }
  for (const said of ['Sjukdom i maj <script>alert(1)</script> & semester.', 'fler handläggare',
    '{{title}} {{> top}} <img src="/etc/hostname">', 'Fler lampor', report.state])
    assert.ok(text.includes(flat(said)), said);
}

test('DOCX opens in LibreOffice, with real headings, heads of tables, language and title', async () => {
  const { at, type } = await fileOf('docx');
  assert.equal(type, 'application/vnd.openxmlformats-officedocument.wordprocessingml.document');
  const body = await part(at, 'word/document.xml');
  assert.equal(body.match(/<w:pStyle w:val="Heading1"/g).length, 10);
  const tables = report.sections.flatMap((s) => s.tables).length;
  assert.equal(body.match(/<w:tblHeader /g).length, tables);
  assert.match(await part(at, 'docProps/core.xml'), /<dc:title>Tertialrapport 2 \d{4}, Trafiknämnden</);
  assert.match(await part(at, 'word/styles.xml'), /<w:lang [^>]*w:val="sv-SE"/);
  assert.deepEqual((await names(at)).filter((n) => /media|embed/i.test(n)), []);
  assert.ok(texts(body).includes('Sjukdom i maj <script>alert(1)</script> & semester.'));
  assertSaid(await opened(at, 'docx'));
});

test('ODT opens in LibreOffice, with the same', async () => {
  const { at, type } = await fileOf('odt');
  assert.equal(type, 'application/vnd.oasis.opendocument.text');
  const body = await part(at, 'content.xml');
  assert.equal(body.match(/<text:h [^>]*text:outline-level="1"/g).length, 10);
  const tables = report.sections.flatMap((s) => s.tables).length;
  assert.equal(body.match(/<table:table-header-rows>/g).length, tables);
  assert.match(await part(at, 'meta.xml'), /<dc:title>Tertialrapport 2 \d{4}, Trafiknämnden</);
  assert.match(await part(at, 'styles.xml'), /fo:language="sv"/);
  assert.deepEqual((await names(at)).filter((n) => /Pictures/.test(n)), []);
  for (const { rows } of report.sections.flatMap((s) => s.tables))
    for (const row of rows) assert.ok(flat(texts(body)).replaceAll('\u00ad', '').includes(flat(row.name)), row.name);
  assertSaid(await opened(at, 'odt'));
});

test('PDF is tagged and says the same', async () => {
  const { at, type } = await fileOf('pdf');
  assert.equal(type, 'application/pdf');
  const { stdout: tags } = await run('pdfinfo', ['-struct-text', at], { maxBuffer: 1 << 24 });
  for (const tag of ['H1', 'H2', 'Table', 'TH', 'TD', 'Caption', 'LI'])
    assert.match(tags, new RegExp(`^ *${tag}\\b`, 'm'), tag);
  const { stdout } = await run('pdftotext', ['-layout', at, '-'], { maxBuffer: 1 << 24 });
  assertSaid(flat(stdout));
});

test('the page shows what was written as text, and an earlier version when it is asked for', async () => {
  const page = await sekr.get(`${root}/${year}-t2`);
  assert.equal(page.status, 200);
  assert.ok(page.text.includes('Sjukdom i maj &lt;script&gt;alert(1)&lt;/script&gt; &amp; semester.'));
  assert.doesNotMatch(page.text, /<script>|<img|<iframe/);
  assert.match(page.text, /<li>fler handläggare<\/li>\s*<li>mallar<\/li>/);
  const more = await sekr.put(`/api/v1/desk/reports/${trafik}/${year}-t2`, { etag: '"1"',
    json: { sections: [{ id: 'late', text: 'Nu som det ska vara.' }] } });
  assert.equal(more.status, 200, more.text);
  assert.match((await sekr.get(`${root}/${year}-t2`)).text, /Nu som det ska vara\./);
  const old = await sekr.get(`${root}/${year}-t2?version=1`);
  assert.match(old.text, /fler handläggare/);
  assert.match(old.text, new RegExp(`${year}-t2.docx\\?version=1"`));
  const { at } = await fileOf('odt', '?version=1');
  assert.match(await part(at, 'content.xml'), /fler handläggare/);
});

test('the texts for ILS-webb are plain, one part each, cells parted by tabs', async () => {
  const page = await sekr.get(`${root}/${year}-t2/ils?version=1`);
  assert.equal(page.status, 200);
  const fields = [...page.text.matchAll(/<textarea id="([^"]*)" rows="\d+" readonly[^>]*>\n([^<]*)</g)]
    .map((m) => [m[1], m[2]]);
  assert.deepEqual(fields.map(([id]) => id).slice(0, 8),
    ['told', 'changed', 'types', 'operation', 'who', 'children', 'late', 'risks']);
  const rows = fields.find(([id]) => id.startsWith('activities-'))[1].split('\n');
  assert.deepEqual(rows.map((r) => r.split('\t')), [
    ['Aktivitet', 'Startdatum', 'Slutdatum', 'Ansvarig', 'Status'],
    ['Fler lampor i tunneln', `${year}-02-01`, `${year}-06-30`, 'Ada', 'Pågår']]);
  assert.equal(fields.find(([id]) => id === 'indicators-rows')[1].split('\n').length, 6);
});

test('another board’s secretary gets none of it, and there are no other forms', async () => {
  for (const at of ['', `/${year}-t2`, `/${year}-t2.docx`, `/${year}-t2/ils`])
    assert.ok([403, 404].includes((await fred.get(`${root}${at}`)).status) || at === '', at);
  assert.doesNotMatch((await fred.get(root)).text, new RegExp(`${root}/${year}`));
  for (const at of [`/${year}-t2.exe`, `/${year}-t2.docx.pdf`, '/nu', `/${year}-t2.docx?version=99`])
    assert.equal((await sekr.get(`${root}${at}`)).status, 404, at);
  assert.equal((await sekr.get(`/statistik/ingen/rapport/${year}.pdf`)).status, 404);
  const res = await fred.get(`${root}/${year}-t2.odt`);
  assert.equal(res.headers['content-disposition'], undefined);
});
