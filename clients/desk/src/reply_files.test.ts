import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ProblemError, ServerError } from './errors.ts';
import { areApart, fileRefused, withFiles } from './reply_files.ts';
import { sv } from './texts/sv.ts';

const mib = 1024 * 1024;
const file = (name: string, size: number): File => ({ name, size }) as File;
const names = (files: File[]): string[] => files.map(({ name }) => name);

test('what there is room for is taken, and the first that is left out says why', () => {
  const cases: [File[], File[], string[], string | undefined][] = [
    [[], [file('a', 1), file('b', 2)], ['a', 'b'], undefined],
    [[file('a', 1)], [file('tom', 0), file('b', 1)], ['a', 'b'], 'empty'],
    [[], [file('stor', 20 * mib + 1), file('b', 20 * mib)], ['b'], 'size'],
    [[file('a', 20 * mib), file('b', 20 * mib)], [file('c', 11 * mib), file('d', 10 * mib)], ['a', 'b', 'd'], 'total'],
    [Array.from({ length: 10 }, (_, i) => file(`${i}`, 1)), [file('elva', 1)], [...'0123456789'], 'count'],
  ];
  for (const [had, more, want, why] of cases) {
    const { files, left } = withFiles(had, more);
    assert.deepEqual([names(files), left?.why], [want, why]);
  }
});

test('a letter has them up to 7 MiB, and none of a sensitive case', () => {
  assert.equal(areApart([file('a', 7 * mib)], false), false);
  assert.equal(areApart([file('a', 7 * mib), file('b', 1)], false), true);
  assert.equal(areApart([file('a', 1)], true), true);
});

test('a refusal names the file that the server named', () => {
  const problem = (status: number, detail: string, outcome = ''): ProblemError => new ProblemError({ status, detail,
    fields: [], current: undefined, isOfInterest: false, retryAfter: 0, outcome, needs: '' });
  const files = [file('a.pdf', 1), file('b.gif', 1)];
  assert.match(fileRefused(sv, files, problem(415, '"b.gif" is of a type that is not taken')) ?? '', /^b\.gif /);
  assert.match(fileRefused(sv, files, problem(415, 'else')) ?? '', /^En av filerna/);
  assert.match(fileRefused(sv, files, problem(413, '')) ?? '', /för stora/);
  assert.match(fileRefused(sv, files, problem(415, '"b.gif" holds', 'attachment-infected')) ?? '', /skadlig kod i b\.gif\. Inget är skickat/);
  assert.match(fileRefused(sv, files, problem(413, '"a.pdf" is', 'attachment-too-large')) ?? '', /^a\.pdf är för stor för viruskontrollen/);
  assert.match(fileRefused(sv, files, new ServerError('503', 'attachment-unchecked')) ?? '', /kunde inte kontrolleras mot virus just nu/);
  assert.equal(fileRefused(sv, files, new ServerError('503')), null);
  assert.equal(fileRefused(sv, files, problem(422, '')), null);
  assert.equal(fileRefused(sv, [], problem(413, '')), null);
});
