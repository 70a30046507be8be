/*
 * Checks the desk's source: types, the tests beside it, and that api.gen.ts is what the
 * server says of itself.
 *
 *   node clients/desk/check.mjs [--write] SYNPUNKTCTL
 *
 * --write makes api.gen.ts anew. The last line is "desk: N passed, N failed".
 */
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const here = import.meta.dirname;
const bin = (name) => path.join(here, 'node_modules/.bin', name);
const types = path.join(here, 'src/api.gen.ts');
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'synpunkt-desk-'));
const [ctl, isWriting] = process.argv[2] === '--write'
  ? [process.argv[3], true] : [process.argv[2], false];
const count = { passed: 0, failed: 0 };

function tell(what, isGood, more = '') {
  count[isGood ? 'passed' : 'failed']++;
  console.log(`${isGood ? 'ok' : 'FAILED'}: ${what}${more && `\n${more}`}`);
}

function run(program, args) {
  const out = spawnSync(process.execPath, [program, ...args], { cwd: here, encoding: 'utf8' });
  return { isGood: out.status === 0, text: `${out.stdout}${out.stderr}` };
}

function makeTypes() {
  const api = path.join(scratch, 'openapi.json');
  const made = path.join(scratch, 'api.gen.ts');

  fs.writeFileSync(api, execFileSync(ctl, ['config', '--openapi'], { maxBuffer: 1 << 24 }));
  const out = run(bin('openapi-typescript'), [api, '-o', made]);
  if (!out.isGood) throw new Error(out.text);
  return fs.readFileSync(made, 'utf8');
}

/* node:test runs what esbuild makes of the tests, so that they may import components. */
function runTests() {
  const tests = fs.readdirSync(path.join(here, 'src')).filter((n) => /\.test\.tsx?$/.test(n));

  execFileSync(bin('esbuild'), [...tests.map((name) => `src/${name}`), '--bundle', '--platform=node',
    '--format=esm', '--jsx=automatic', '--jsx-import-source=preact', '--log-level=warning',
    '--out-extension:.js=.mjs', `--outdir=${scratch}/tests`], { cwd: here });
  const env = { ...process.env };
  delete env.NODE_TEST_CONTEXT;
  const out = spawnSync(process.execPath, ['--test', '--test-reporter=tap',
    ...tests.map((name) => path.join(scratch, 'tests', name.replace(/\.tsx?$/, '.mjs')))],
  { encoding: 'utf8', env });
  const of = (word) => Number(new RegExp(`^# ${word} (\\d+)`, 'm').exec(out.stdout)?.[1] ?? 0);

  count.passed += of('pass');
  count.failed += of('fail') + of('cancelled');
  if (of('pass') === 0) tell('no test ran', false, out.stderr);
  if (out.status !== 0) console.log(out.stdout);
}

try {
  const made = makeTypes();
  if (isWriting) fs.writeFileSync(types, made);
  const isTrue = fs.readFileSync(types, 'utf8') === made;
  tell('api.gen.ts is what the server says', isTrue, isTrue ? '' :
    'make it anew: node clients/desk/check.mjs --write SYNPUNKTCTL');
  const typed = run(bin('tsc'), ['-p', '.']);
  tell('types', typed.isGood, typed.text);
  runTests();
} finally {
  fs.rmSync(scratch, { recursive: true, force: true });
}
console.log(`desk: ${count.passed} passed, ${count.failed} failed`);
process.exitCode = count.failed ? 1 : 0;
