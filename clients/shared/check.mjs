/* What checking a client's source needs, whichever client: types, and the tests that stand
 * beside it. The last line of a check is "NAME: N passed, N failed". */
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export class Check {
  constructor(name, here) {
    this.name = name;
    this.here = here;
    this.scratch = fs.mkdtempSync(path.join(os.tmpdir(), `synpunkt-${name}-`));
    this.count = { passed: 0, failed: 0 };
  }

  bin(name) {
    return path.join(this.here, 'node_modules/.bin', name);
  }

  tell(what, isGood, more = '') {
    this.count[isGood ? 'passed' : 'failed']++;
    console.log(`${isGood ? 'ok' : 'FAILED'}: ${what}${more && `\n${more}`}`);
  }

  run(program, args) {
    const out = spawnSync(process.execPath, [program, ...args], { cwd: this.here, encoding: 'utf8' });
    return { isGood: out.status === 0, text: `${out.stdout}${out.stderr}` };
  }

  types() {
    const typed = this.run(this.bin('tsc'), ['-p', '.']);
    this.tell('types', typed.isGood, typed.text);
  }

  /* node:test runs what esbuild makes of the tests, so that they may import components. */
  tests(options = []) {
    const tests = fs.readdirSync(path.join(this.here, 'src')).filter((n) => /\.test\.tsx?$/.test(n));

    execFileSync(this.bin('esbuild'), [...tests.map((name) => `src/${name}`), '--bundle', '--platform=node',
      '--format=esm', '--jsx=automatic', '--jsx-import-source=preact', '--log-level=warning', ...options,
      '--out-extension:.js=.mjs', `--outdir=${this.scratch}/tests`], { cwd: this.here });
    const env = { ...process.env };
    delete env.NODE_TEST_CONTEXT;
    const out = spawnSync(process.execPath, ['--test', '--test-reporter=tap',
      ...tests.map((name) => path.join(this.scratch, 'tests', name.replace(/\.tsx?$/, '.mjs')))],
    { cwd: this.here, encoding: 'utf8', env });
    const of = (word) => Number(new RegExp(`^# ${word} (\\d+)`, 'm').exec(out.stdout)?.[1] ?? 0);

    this.count.passed += of('pass');
    this.count.failed += of('fail') + of('cancelled');
    if (of('pass') === 0) this.tell('no test ran', false, out.stderr);
    if (out.status !== 0) console.log(out.stdout);
  }

  /* Runs the parts and ends the process by what they said. */
  all(...parts) {
    try {
      for (const part of parts) part();
    } finally {
      fs.rmSync(this.scratch, { recursive: true, force: true });
    }
    console.log(`${this.name}: ${this.count.passed} passed, ${this.count.failed} failed`);
    process.exitCode = this.count.failed ? 1 : 0;
  }
}
