import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ProblemError } from './errors.ts';
import { areaKey, areaOf, conditionTexts, faultPlace, fieldFaults, findingsOf, freeCode, linesOf, moved, outcomeTexts, withField } from './rules.ts';
import type { Finding } from './rules.ts';
import { faultFindings } from './rules_check.tsx';
import { restTexts } from './rules_rehearse.tsx';
import { tableRows } from './rules_rows.ts';
import { ruleWords } from './texts/rule.ts';
import { sv } from './texts/sv.ts';
import type { Rehearsed, Rule, RuleRow } from './types.ts';

const speaker = { t: sv, w: ruleWords(sv), districts: [['farsta', 'Farsta']] as [string, string][],
  lists: { boards: [{ code: 'b', name: 'Nämnd B' }], categories: [], colleagues: [], sections: [], access: [] },
  names: { units: [], policies: [], mailboxes: [], areas: [{ kind: 'school', code: 'a/b', name: 'Backen' }] } };
const rule: Rule = { code: 'ett', outcome: 'b', because: 'x' };

test('a rule is told in words, and a code without any as it is', () => {
  assert.deepEqual(conditionTexts(speaker, { ...rule, districts: ['farsta', 'nytt'], areas: [{ kind: 'school', code: 'a/b' }, { kind: 'x', code: 'y' }] }),
    ['Stadsdelsområden: Farsta eller nytt', 'Andra områden: Backen (school) eller x/y']);
  assert.deepEqual(outcomeTexts(speaker, { ...rule, priority: 'high' }), ['Nämnd B', 'hög prioritet']);
  assert.deepEqual(outcomeTexts(speaker, { ...rule, outcome: 'borta' }), ['borta']);
});

test('an area has a kind and a code, which may have a slash', () => {
  assert.deepEqual(areaOf(areaKey({ kind: 'school', code: 'a/b' })), { kind: 'school', code: 'a/b' });
});

test('a field that says nothing is left out of a rule', () => {
  assert.deepEqual(withField(rule, 'words', ['snö']), { ...rule, words: ['snö'] });
  assert.deepEqual(withField({ ...rule, words: ['snö'] }, 'words', []), rule);
  assert.deepEqual(withField({ ...rule, stems: true }, 'stems', false), rule);
  assert.deepEqual(linesOf(' snö \n\n is\n'), ['snö', 'is']);
});

test('rules change places, not beyond the ends; a new one has a code of its own', () => {
  assert.deepEqual(moved([1, 2, 3], 1, -1), [2, 1, 3]);
  assert.deepEqual(moved([1, 2], 1, 1), [1, 2]);
  assert.equal(freeCode([{ ...rule, code: 'ny-regel' }]), 'ny-regel-2');
});

test('what the server found in a rule is told at its field', () => {
  assert.deepEqual(faultPlace('rules[3].categories[0]'), { rule: 3, field: 'categories' });
  assert.deepEqual(faultPlace('rules[3].season.to'), { rule: 3, field: 'seasonTo' });
  assert.deepEqual(faultPlace('rules[3]'), { rule: 3, field: 'code' });
  assert.equal(faultPlace('note'), null);

  const fields = [{ name: 'rules[1].because', reason: 'must hold something other than white space' }, { name: 'rules[1].newer', reason: 'is wrong' }];
  const found = faultFindings(speaker, [rule, { ...rule, code: 'ett' }], new ProblemError({ status: 422, detail: '', fields, current: undefined,
    isOfInterest: false, retryAfter: 0, outcome: '', needs: '' }));
  assert.deepEqual(findingsOf(found, [rule, rule], 0), [], 'another rule with the same code has no fault');
  assert.deepEqual(fieldFaults(findingsOf(found, [rule, rule], 1)), { because: 'Förklaring saknas.', newer: 'Regler i ordning: det som står här går inte att använda.' });
  const judged: Finding = { severity: 'warning', code: 'x', rule: 'ett', other: null, category: null, district: null, text: 'x' };
  assert.deepEqual(findingsOf([judged], [rule], 0), [judged]);
});

test('districts that one rule gives to one board are one row', () => {
  const table: RuleRow[] = [{ category: 'park', name: 'Park', districts: [{ district: 'farsta', rule: 'ett', board: 'b' }, { district: 'bromma', rule: 'none', board: 'dispatch' },
    { district: null, rule: 'ett', board: 'b' }] }];
  const all = { category: '', district: '', board: '', onlyGaps: false };
  const fits = (seen: string, sought: string): boolean => seen.includes(sought);

  assert.deepEqual(tableRows(table, all, fits).map(({ rule: code, districts }) => [code, districts]), [['ett', ['farsta', null]], ['none', ['bromma']]]);
  assert.deepEqual(tableRows(table, { ...all, onlyGaps: true }, fits).map(({ rule: code }) => code), ['none']);
  assert.deepEqual(tableRows(table, { ...all, district: '-' }, fits).map(({ districts }) => districts), [[null]]);
  assert.deepEqual(tableRows(table, { ...all, category: 'skola' }, fits), []);
});

test('what else a rehearsal found is told where there is any', () => {
  const done: Rehearsed = { id: 1, version: 2, state: 'done', since: '2026-01-01', until: '2026-02-01', day: '2026-02-01', cases: 12, leftOut: 2, decided: 12, why: null,
    milliseconds: 1234, otherwise: 3, failed: 0, elsewhere: 1, moves: [], load: [] };

  assert.deepEqual(restTexts(speaker, done), ['Ärenden som hade gått till samma nämnd, men med en annan enhet, handläggare, svarstid eller liknande: 3.',
    'Ärenden som är skyddade eller gallrade, och inte prövades: 2.', 'Det tog 1,2 sekunder.']);
});
