import assert from 'node:assert/strict';
import { test } from 'node:test';

import { changesOf, isOthers, mine, refusedIds, settled, suggestedAgain, textOf, untouched, written } from './reports.ts';
import type { Draft } from './store.ts';
import { writesReports } from './takers.ts';
import type { ReportSection } from './types.ts';

const section = (more: Partial<ReportSection> = {}): ReportSection => ({ id: 'told', title: 'Det har framförts', suggested: 'Systemets.',
  text: 'Systemets.', edited: false, outdated: false, tables: [], notes: [], ...more });
const report = (...sections: ReportSection[]): { sections: ReportSection[] } => ({ sections });

test('what is written is a draft until it stands there, and what is written back is none', () => {
  const draft = written(section(), {}, 'Mitt.');

  assert.equal(textOf(section(), draft), 'Mitt.');
  assert.deepEqual(changesOf(report(section()), draft), [{ id: 'told', text: 'Mitt.' }]);
  assert.deepEqual(written(section(), draft, 'Systemets.'), {});
  assert.deepEqual(changesOf(report(section()), written(section(), {}, '')), [{ id: 'told', text: '' }], 'nothing is a text, too');
});

test('the system’s text again takes a saved text away, and is nothing where none was saved', () => {
  assert.deepEqual(suggestedAgain(section(), written(section(), {}, 'Mitt.')), {});
  const saved = section({ text: 'Sparat.', edited: true });
  const draft = suggestedAgain(saved, {});
  assert.equal(textOf(saved, draft), 'Systemets.');
  assert.deepEqual(changesOf(report(saved), draft), [{ id: 'told', text: null }]);
  assert.equal(textOf(saved, written(saved, draft, 'Nytt.')), 'Nytt.');
  assert.deepEqual(changesOf(report(saved), written(saved, draft, 'Nytt.')), [{ id: 'told', text: 'Nytt.' }]);
});

test('somebody else’s words are told beside one’s own until they were seen', () => {
  const draft = written(section(), {}, 'Mitt.');
  const now = section({ text: 'Deras.', edited: true });

  assert.ok(!isOthers(section(), draft));
  assert.ok(isOthers(now, draft));
  assert.ok(!isOthers(now, mine(now, draft)));
  assert.ok(isOthers(now, written(now, draft, 'Mitt och mera.')), 'also when one writes on');
  assert.ok(!isOthers(section({ text: 'Mitt.' }), draft), 'the same words are no conflict');
  assert.deepEqual(untouched(now, draft), {});
});

test('what was saved is no draft, and what was written meanwhile goes on from it', () => {
  const draft: Draft = { ...written(section(), {}, 'Mitt.'), ...written(section({ id: 'late' }), {}, 'Sent.') };
  const sent = changesOf(report(section(), section({ id: 'late' })), draft);
  const after = report(section({ text: 'Mitt.', edited: true }), section({ id: 'late', text: 'Sent.', edited: true }));

  assert.deepEqual(settled(after, draft, sent), {});
  const meanwhile = written(section(), draft, 'Mitt och mera.');
  const rest = settled(after, meanwhile, sent);
  assert.deepEqual(changesOf(after, rest), [{ id: 'told', text: 'Mitt och mera.' }]);
  assert.ok(!isOthers(after.sections[0]!, rest));
});

test('after an answer that was lost only what was not saved is left', () => {
  const draft: Draft = { ...written(section(), {}, 'Mitt.'), ...written(section({ id: 'late' }), {}, 'Sent.') };
  const now = report(section({ text: 'Mitt.', edited: true }), section({ id: 'late', text: 'Deras.', edited: true }));
  const rest = settled(now, draft);

  assert.deepEqual(Object.keys(rest), ['late', 'late:was']);
  assert.ok(isOthers(now.sections[1]!, rest));
});

test('a refusal is told at its section', () => {
  const sent = [{ id: 'told' as const, text: 'x' }, { id: 'late' as const, text: 'y' }];
  assert.deepEqual(refusedIds(['sections[1].text', 'sections[7].id', 'x'], sent), ['late']);
});

test('three roles write, of a whole board', () => {
  const may = (role: string, unit: string | null = null): boolean =>
    writesReports({ user: 'u', name: 'U', csrfToken: '', roles: [{ role, board: 'b', ...(unit && { unit }) }] });
  for (const role of ['board-secretary', 'coordinator', 'manager']) assert.ok(may(role), role);
  for (const role of ['case-handler', 'registrar', 'analyst', 'administrator']) assert.ok(!may(role), role);
  assert.ok(!may('manager', 'klippskolan'));
});
