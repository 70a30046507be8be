import assert from 'node:assert/strict';
import { test } from 'node:test';

import { bodyOf, missingIn, refusedIn } from './completion.ts';
import { improvementWords } from './texts/improvement.ts';
import { sv } from './texts/sv.ts';

const w = improvementWords(sv);
const idsOf = (faults: { id: string }[]): string[] => faults.map(({ id }) => id);

test('what the server refuses is told at its field, and what has none at no other', () => {
  const names = ['doneOn', 'texts.sv', 'texts.fi.did', 'texts.sv-x-easy.said', 'texts.xx.did', 'state', ''];
  const faults = refusedIn(sv, w, names.map((name) => ({ name, reason: 'is too long' })));

  assert.deepEqual(idsOf(faults), ['doneOn', 'said-sv', 'did-fi', 'said-sv-x-easy']);
  assert.match(faults[2]?.text ?? '', /finska/);
});

test('a language is said in whole or not at all; Swedish always', () => {
  const values = { doneOn: '2026-02-01', 'said-sv': 'a', 'did-sv': ' ', 'did-fi': 'b', 'said-en': ' ', tell: 'yes' };

  assert.deepEqual(idsOf(missingIn(sv, w, values)), ['did-sv', 'said-fi']);
  assert.deepEqual(bodyOf(values), { doneOn: '2026-02-01', public: false, tell: true,
    texts: { sv: { said: 'a', did: '' }, fi: { said: '', did: 'b' } } });
});
