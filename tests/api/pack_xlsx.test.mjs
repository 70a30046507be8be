/* The month's pack as a workbook, opened by LibreOffice: what is there to be read and
 * printed, and what is in the cells. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import { buildDir, csvParse, top } from './harness.mjs';

const run = promisify(execFile);
const sample = path.join(top, 'tests/unit/pack_sample.json');
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'synpunkt-xlsx-'));
const pack = JSON.parse(fs.readFileSync(sample, 'utf8'));

/* Separated by commas, UTF-8, cells as they are and not as shown, all sheets. */
const CSV = 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1';

async function convert(to) {
  await run('soffice', [`-env:UserInstallation=file://${dir}/profile`, '--headless',
    '--convert-to', to, '--outdir', dir, path.join(dir, 'pack.xlsx')], { timeout: 120000 });
}

/* The rows of a sheet; a table's are found by their first cell. */
function sheetRows(name) {
  const file = path.join(dir, `pack-${name}.csv`);
  return csvParse(fs.readFileSync(file, 'utf8'));
}

before(async () => {
  await run(path.join(buildDir, 'tests/unit/pack_xlsx_write'),
    [sample, path.join(dir, 'pack.xlsx')]);
  await convert('pdf');
  await convert(CSV);
});

after(() => fs.rmSync(dir, { recursive: true, force: true }));

test('what the pack says is on paper', async () => {
  const { stdout } = await run('pdftotext', ['-layout', path.join(dir, 'pack.pdf'), '-']);
  const text = stdout.replace(/[\u00a0\u202f]/g, ' ');
  for (const section of pack.sections) {
    assert.ok(text.includes(section.title), section.title);
    for (const table of section.tables)
      assert.ok(text.includes(table.title), table.title);
  }
  for (const part of [pack.title, pack.state, pack.hash, 'Elva ärenden om gatubelysning',
    'Tecken i tabellerna'])
    assert.ok(text.includes(part), part);
  assert.match(text, /Gatubelysning +1 204 +1 180 +\+24 +91 % +1 100 +1 204 +4\n/);
  assert.match(text, /Hål i vägbanan +187 +215 +−28 +80 % +150 +187 +3\n/);
  assert.match(text, /Median, arbetsdagar +4,5 +6 +−1,5\n/);
  assert.match(text, /@Park +<5 +11 +·· +– +··\n/);
});

test('numbers are numbers and a share is the fraction', () => {
  const row = sheetRows('C Ämnen').find((cells) => cells[0] === 'Gatubelysning');
  const [received, before_, change, answered, days] = pack.sections[2].tables[0].rows
    .find((one) => one.name === 'Gatubelysning').cells;
  assert.deepEqual(row.slice(1, 4).map(Number), [received.n, before_.n, change.n]);
  const share = row[4].endsWith('%') ? parseFloat(row[4]) / 100 : Number(row[4].replace(',', '.'));
  assert.ok(Math.abs(share - answered.n / answered.of) < 0.005, row[4]);
  assert.deepEqual(row.slice(5, 8).map(Number), [answered.n, answered.of, days.n]);
});

test('what is withheld is its sign, and a name like a formula is a name', () => {
  const rows = sheetRows('C Ämnen');
  assert.deepEqual(rows.find((cells) => cells[0] === '@Park').slice(1, 8),
    ['<5', '11', '··', '–', '', '', '··']);
  for (const name of ['=2+3', '+46 8 508 00 000', '-Broar'])
    assert.ok(rows.some((cells) => cells[0] === name), name);
});

test('totals come last', () => {
  const rows = sheetRows('C Ämnen').map((cells) => cells[0]);
  assert.ok(rows.indexOf('Alla') > rows.indexOf('-Broar'));
});

test('every page is on paper once, with its number', async () => {
  const { stdout } = await run('pdfinfo', [path.join(dir, 'pack.pdf')]);
  const pages = Number(/Pages: +(\d+)/.exec(stdout)[1]);
  assert.match(stdout, /Page size: +84[12][.\d]* x 595/); // A4, landscape
  assert.ok(pages >= pack.sections.length + 2 && pages <= 16, `${pages} pages`);
});
