/*
 * Checks the desk's source: types, imports, the tests beside it, and that api.gen.ts is what the
 * server says of itself.
 *
 *   node clients/desk/check.mjs [--write] SYNPUNKTCTL
 *
 * --write makes api.gen.ts anew. The last line is "desk: N passed, N failed".
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { Check } from '../shared/check.mjs';

const check = new Check('desk', import.meta.dirname);
const types = path.join(check.here, 'src/api.gen.ts');
const [ctl, isWriting] = process.argv[2] === '--write'
  ? [process.argv[3], true] : [process.argv[2], false];

function makeTypes() {
  const api = path.join(check.scratch, 'openapi.json');
  const made = path.join(check.scratch, 'api.gen.ts');

  fs.writeFileSync(api, execFileSync(ctl, ['config', '--openapi'], { maxBuffer: 1 << 24 }));
  const out = check.run(check.bin('openapi-typescript'), [api, '-o', made]);
  if (!out.isGood) throw new Error(out.text);
  return fs.readFileSync(made, 'utf8');
}

function checkApi() {
  const made = makeTypes();
  if (isWriting) fs.writeFileSync(types, made);
  const isTrue = fs.readFileSync(types, 'utf8') === made;

  check.tell('api.gen.ts is what the server says', isTrue, isTrue ? '' :
    'make it anew: node clients/desk/check.mjs --write SYNPUNKTCTL');
}

check.all(checkApi, () => check.types(), () => check.circles(), () => check.tests());
