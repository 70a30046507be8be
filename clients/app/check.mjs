/*
 * Checks the app's source: types, imports, the tests beside it, that every text it asks for is there
 * in every language and every text that is there is asked for, and that what a telephone fetches stays small.
 *
 *   node clients/app/check.mjs
 *
 * The last line is "app: N passed, N failed".
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

import { Check } from '../shared/check.mjs';

const check = new Check('app', import.meta.dirname);
const built = path.join(check.scratch, 'built');
const sizeMax = 120 * 1024; /* without the map, compressed */
const bundle = (...args) => execFileSync('python3', [path.join(check.here, 'bundle.py'), ...args]);

const sources = () => fs.readdirSync(path.join(check.here, 'src'))
  .filter((name) => /\.tsx?$/.test(name) && !/\.test\./.test(name))
  .map((name) => fs.readFileSync(path.join(check.here, 'src', name), 'utf8')).join('\n');

/* t('a.b') asks for one text; t(`a.${code}`) and or(`a.${code}`) for those that begin so. */
function checkTexts() {
  const table = JSON.parse(fs.readFileSync(path.join(built, 'sv.json'), 'utf8'));
  const source = sources();
  const whole = new Set([...source.matchAll(/'([a-z][\w.-]*)'/g)].map(([, text]) => text));
  const beginnings = [...source.matchAll(/`([a-z][\w.-]*[.-])\$\{/g)].map(([, text]) => text);
  const missing = [...source.matchAll(/\bt\('([^']+)'/g)].map(([, key]) => key).filter((key) => !(key in table));
  const idle = Object.keys(table).filter((key) => !whole.has(key) &&
    !beginnings.some((beginning) => key.startsWith(beginning)));

  check.tell('every text that is asked for is there', missing.length === 0, missing.join('\n'));
  check.tell('every text is asked for', idle.length === 0, idle.join('\n'));
}

/* Each key of a file of texts, with the {names} in its text. */
function entriesOf(name) {
  const file = fs.readFileSync(path.join(check.here, 'texts', name), 'utf8');

  return file.split('\n\n').map((entry) => /^msgid "([^"]+)"/m.exec(entry)?.[1] &&
    `${/^msgid "([^"]+)"/m.exec(entry)[1]} ${[...new Set(entry.match(/\{\w+\}/g))].sort()}`).filter(Boolean);
}

/* A text that one language has, every language has, with the same values. */
function checkLanguages() {
  const base = new Set(entriesOf('sv.po'));

  for (const name of fs.readdirSync(path.join(check.here, 'texts'))) {
    const own = new Set(entriesOf(name));
    const odd = [...base].filter((entry) => !own.has(entry)).concat([...own].filter((entry) => !base.has(entry)));
    check.tell(`${name} has every text`, odd.length === 0, odd.join('\n'));
  }
}

/* Script, style, page, worker and one language, the largest; icons are the telephone's own. */
function checkSize() {
  const output = path.join(check.scratch, 'app');
  const out = (name) => path.join(check.scratch, name);
  const sizeOf = (name) => zlib.gzipSync(fs.readFileSync(path.join(output, name)), { level: 9 }).length;

  bundle('--output', output, '--table', out('app_files.c'), '--depfile', out('app.d'));
  const names = fs.readdirSync(output);
  const texts = names.filter((name) => name.startsWith('texts.')).map(sizeOf);
  const size = ['index.html', 'app.js', 'app.css', 'sw.js', 'manifest.webmanifest', 'icon.svg']
    .reduce((sum, name) => sum + sizeOf(name), Math.max(...texts));
  check.tell(`all without the map is ${size} bytes compressed, at most ${sizeMax}`, size <= sizeMax);
}

check.all(() => bundle('--built', built), () => check.types(), () => check.circles(), checkTexts, checkLanguages, checkSize,
  () => check.tests([`--alias:built=${built}`]));
