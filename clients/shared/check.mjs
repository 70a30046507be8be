/* What checking a client's source needs, whichever client: types, imports, and the tests that
 * stand beside it. The last line of a check is "NAME: N passed, N failed". */
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/* The first circle found, from a name back to it; [] where there is none. */
function circleOf(names, importsOf) {
  const seen = new Set();
  const walk = (way, name) => {
    if (way.includes(name)) return [...way.slice(way.indexOf(name)), name];
    if (seen.has(name)) return [];
    seen.add(name);
    for (const to of importsOf(name)) {
      const found = walk([...way, name], to);
      if (found.length) return found;
    }
    return [];
  };

  for (const name of names) {
    const found = walk([], name);
    if (found.length) return found;
  }
  return [];
}

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

  /* A file whose imports lead back to it cannot be read, tested or fetched alone. Types count,
   * import() when something is wanted does not. */
  circles() {
    const src = path.join(this.here, 'src');
    const importsOf = (name) => [...fs.readFileSync(path.join(src, name), 'utf8').matchAll(/^(?:import|\}).* from '\.\/([^']+)';$/gm)]
      .map(([, to]) => to).filter((to) => fs.existsSync(path.join(src, to)));
    const found = circleOf(fs.readdirSync(src).filter((name) => /\.tsx?$/.test(name)), importsOf);

    this.tell('imports go round in no circle', found.length === 0, found.join(' -> '));
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
